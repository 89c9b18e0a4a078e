"""Exhibits: every figure and table of a report as data in a file, with the cell that shows it."""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from salarylab.report.notebook import INJECTED, Notebook, findings, found_in
from salarylab.show import embed
from salarylab.show.figure import VEGALITE_MIME
from salarylab.show.tabulation import TABLE_MIME

FOLDER = "exhibits"
SLUG = 40

NUMBER = r"[+-]?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?%?\**"
HARMLESS = re.compile(rf"{NUMBER}(?: to {NUMBER})?")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """Hold one file of data of a figure or table: its number and title, where it is shown, the data as text.

    ``cell`` counts from 1 over the cells that a person wrote. ``findings`` are the lines of findings.jsonl, from 1,
    that stand beside it: shown by the same cell, or by another with no prose between.
    """

    number: str
    title: str
    cell: int
    cell_id: str
    file: str
    findings: tuple[int, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def csv(self) -> str:
        """The data as CSV, lines ended by a line feed.

        A text that a spreadsheet would read as a formula stands behind an apostrophe.

        **Source** OWASP, CSV Injection.
        """
        written = io.StringIO()
        writer = csv.writer(written, lineterminator="\n")
        writer.writerows([guarded(cell) for cell in row] for row in (self.columns, *self.rows))
        return written.getvalue()

    def record(self) -> dict[str, Any]:
        """Return the exhibit as a manifest tells it: with the hash of its file, without the data."""
        return {
            "number": self.number,
            "title": self.title,
            "cell": self.cell,
            "cell_id": self.cell_id,
            "file": self.file,
            "findings": list(self.findings),
            "sha256": hashlib.sha256(self.csv.encode()).hexdigest(),
        }


def collect(notebook: Notebook) -> tuple[Exhibit, ...]:
    """Return the figures and tables of an executed notebook, in order.

    A figure that draws several sets of data has an exhibit for each.
    """
    found: list[Exhibit] = []
    for kind, count, part, shown in _shown(notebook):
        number = f"{kind} {count}" + (f", part {part}" if part > 1 else "")
        name = f"{len(found) + 1:02}-{kind.lower()}-{slug(shown['title'])}"
        found.append(Exhibit(number=number, file=f"{FOLDER}/{name.rstrip('-')}.csv", **shown))
    return tuple(found)


def write(exhibits: Iterable[Exhibit], room: Path) -> None:
    """Write the data of exhibits below a report's folder."""
    for exhibit in exhibits:
        path = room / exhibit.file
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(exhibit.csv.encode())


def guarded(cell: str) -> str:
    """Return the text of a cell, an apostrophe before what could act as a formula.

    >>> guarded("=1+1"), guarded("@home"), guarded("-0.12"), guarded("+3.0% to +4.5%"), guarded("bachelor")
    ("'=1+1", "'@home", '-0.12', '+3.0% to +4.5%', 'bachelor')
    """
    return f"'{cell}" if cell.startswith(FORMULA) and not HARMLESS.fullmatch(cell) else cell


def slug(title: str) -> str:
    """Return a title as part of a file's name.

    >>> slug("Pay, by degree (größer)")
    'pay-by-degree-grosser'
    """
    plain = unicodedata.normalize("NFKD", title.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    whole = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return whole if len(whole) <= SLUG else whole[: SLUG + 1].rpartition("-")[0] or whole[:SLUG]


def _shown(notebook: Notebook) -> Iterator[tuple[str, int, int, dict[str, Any]]]:
    """Yield each set of data: its kind, that kind's count, its part, and what the exhibit holds of it."""
    counts = {"Figure": 0, "Table": 0}
    own = [cell for cell in notebook.cells if INJECTED not in cell.metadata.get("tags", [])]
    beside = _findings(notebook, own)
    for number, cell in enumerate(own, start=1):
        place = {"cell": number, "cell_id": cell["id"], "findings": beside[number - 1]}
        for bundle in _bundles(cell):
            for mime, kind, read in ((VEGALITE_MIME, "Figure", _figure), (TABLE_MIME, "Table", _table)):
                if mime in bundle:
                    counts[kind] += 1
                    parts = read(bundle[mime], counts[kind])
                    yield from ((kind, counts[kind], i, part | place) for i, part in enumerate(parts, start=1))


def _findings(notebook: Notebook, own: Sequence[Any]) -> list[tuple[int, ...]]:
    """Return, for each cell, the lines of the findings that it and its neighbours show, up to the next prose."""
    lines = {_key(finding): line for line, finding in enumerate(findings(notebook), start=1)}
    beside: list[tuple[int, ...]] = []
    for _, cells in itertools.groupby(own, key=lambda cell: cell.cell_type == "code"):
        group = list(cells)
        shown = [finding for cell in group for bundle in _bundles(cell) for finding in found_in(bundle)]
        beside += [tuple(sorted({lines[_key(finding)] for finding in shown}))] * len(group)
    return beside


def _bundles(cell: Any) -> list[Mapping[str, Any]]:
    return [output.get("data", {}) for output in cell.get("outputs", [])]


def _figure(spec: Mapping[str, Any], number: int) -> list[dict[str, Any]]:
    """Return the data sets of a chart, in the order that its file has them, whatever order it came in."""
    sorted_spec = json.loads(_key(spec))
    return [
        {
            "title": embed.title(sorted_spec, number),
            "columns": tuple(columns.values()),
            "rows": tuple(tuple(_text(row.get(name)) for name in columns) for row in rows),
        }
        for columns, rows in embed.data_sets(sorted_spec)
    ]


def _table(record: Mapping[str, Any], _: int) -> list[dict[str, Any]]:
    rows: Sequence[Sequence[str]] = record["rows"]
    return [{"title": record["title"], "columns": tuple(record["columns"]), "rows": tuple(map(tuple, rows))}]


def _text(value: Any) -> str:
    """Return a value of a chart's data as text: it was rounded before it was drawn, so all digits are meant."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _key(content: Any) -> str:
    return json.dumps(content, sort_keys=True)
