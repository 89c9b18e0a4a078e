"""Readme: the README of a package, in the sections that the data editors of social-science journals ask for.

**Source** Vilhuber, Koren, Llull, Connolly, Oswald and Morrow, Template README for social science replication packages,
version 1.2, https://doi.org/10.5281/zenodo.7293838.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from salarylab.disclosure import show_count
from salarylab.report import manifest
from salarylab.report.asking.request import Request
from salarylab.report.manifest import Manifest
from salarylab.report.package.contents import REPORT
from salarylab.report.package.datum import OWN, UNKNOWN, Datum
from salarylab.show.text import WITHHELD
from salarylab.source import Source

FILE = "README.md"
TEMPLATE = Path(__file__).with_name("README.md.j2")

RUNTIMES = (
    (600, "less than 10 minutes"),
    (3_600, "10 to 60 minutes"),
    (7_200, "1 to 2 hours"),
    (28_800, "2 to 8 hours"),
)
"""The steps in which the template asks for the runtime, by their ends in seconds."""

STORAGES = ((25e6, "less than 25 MB"), (250e6, "25 to 250 MB"), (2e9, "250 MB to 2 GB"), (25e9, "2 to 25 GB"))
"""The steps in which the template asks for the storage, by their ends in bytes."""


def readme(
    made: Manifest, asked: Request, raw: Sequence[Datum], *, mapping: str | None, seconds: float, size: int
) -> str:
    """Return the README. ``seconds`` is what the report took, ``size`` the bytes of package and raw data.

    Both are told in the template's steps: two builds of one report have one README.
    """
    import jinja2

    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters |= {"cell": cell, "count": count}
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        made=made,
        raw=raw,
        sources=_sources(raw),
        availability=_availability(raw),
        mapping=mapping,
        folder=f"reports/{asked.folder.as_posix()}",
        report=REPORT,
        files=sorted([*made.outputs, manifest.FILE]),
        runtime=_step(seconds, RUNTIMES, "more than 8 hours"),
        storage=_step(size, STORAGES, "more than 25 GB"),
    )


def cell(value: Any) -> str:
    """Return a value as it stands in a cell of a Markdown table.

    >>> cell("a|b")
    'a&#124;b'
    """
    return " ".join(str(value).split()).replace("|", "&#124;").replace("<", "&lt;")


def count(rows: int | None) -> str:
    """Return a number of rows as it may be told."""
    return WITHHELD if rows is None else show_count(rows)


def _sources(raw: Sequence[Datum]) -> list[tuple[Source, list[Datum]]]:
    """Return each source with its files, in the order of the files."""
    sources = {datum.source.key: datum.source for datum in raw}
    return [(source, [datum for datum in raw if datum.source.key == key]) for key, source in sources.items()]


def _availability(raw: Sequence[Datum]) -> str:
    """Return which of the template's three statements holds: all, some or none of the data are public."""
    public = [datum.source.key not in (OWN, UNKNOWN.key) for datum in raw]
    return "all" if all(public) else "some" if any(public) else "none"


def _step(value: float, steps: Sequence[tuple[float, str]], beyond: str) -> str:
    return next((told for end, told in steps if value < end), beyond)
