"""Datum: one raw file that a report was made from: whose it is, on what terms, and whether the package holds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from salarylab import paths, sources
from salarylab.errors import Fault, ReportError
from salarylab.readlog import Read
from salarylab.records import exchange, prices
from salarylab.report.manifest import Manifest
from salarylab.report.package.item import Item
from salarylab.source import Source

BESIDE = {one.key: one for one in (exchange.FED, prices.WORLD_BANK)}
"""Bodies of data that sources draw on and that are no source by themselves."""

OWN = "own"
UNKNOWN = replace(sources.describe(OWN), key="unknown", title="A file that no source declares")
RAW = PurePosixPath("data", "raw")
INSTALLED = "it comes inside an installed package that requirements.lock names"


@dataclass(frozen=True, slots=True, kw_only=True)
class Datum:
    """Hold a raw file: its source, its place below the project's root, its hash, and why it is left out, if it is.

    ``rows`` is the number of its rows as cards tell it; None where it is not told.
    """

    source: Source
    name: str
    path: str
    origin: Path
    sha256: str
    bytes: int
    rows: int | None
    why_not: str | None

    @property
    def provided(self) -> bool:
        """Whether the package holds it."""
        return self.why_not is None

    @property
    def to_get(self) -> bool:
        """Whether a replicator has to get it."""
        return self.why_not not in (None, INSTALLED)

    @property
    def licence_file(self) -> str:
        """The path of the terms that come with it."""
        return f"LICENSES/{self.source.key}.txt"


def collect(made: Manifest, reads: Sequence[Read], *, with_data: bool) -> tuple[Datum, ...]:
    """Return the raw files of a report, mappings left out.

    The synthetic demo is always provided. A publisher's file is provided when ``with_data`` says so and its source
    declares that it may be passed on; a person's own file and one of unclear terms never.
    """
    told = {stamp["sha256"]: stamp for stamp in made.inputs}
    found = []
    for read in reads:
        stamp = told.get(read.sha256, {})
        origin = Path(read.path).resolve()
        if stamp.get("source") == OWN and origin.suffix == ".toml":
            continue
        source = _source(origin, stamp)
        found.append(
            Datum(
                source=_as_told(source, made.sources),
                name=origin.name,
                path=_place(origin, source),
                origin=origin,
                sha256=read.sha256,
                bytes=read.bytes,
                rows=stamp.get("rows"),
                why_not=_why_not(origin, source, with_data=with_data),
            )
        )
    return tuple(sorted(found, key=lambda datum: datum.path))


def items(found: Sequence[Datum]) -> list[Item]:
    """Return the files of a package that hold data, and the terms of each source; raises for changed files."""
    made = []
    for datum in found:
        if not datum.provided:
            continue
        item = Item(datum.path, f"raw data: {datum.source.title}", datum.origin, licence=datum.licence_file)
        if item.sha256 != datum.sha256:
            found_now = f"sha256 {item.sha256}"
            raise ReportError(Fault(datum.path, found_now, f"sha256 {datum.sha256}", "build the report again"))
        made.append(item)
        record = datum.origin.with_name(f"{datum.name}.sha256")
        if record.is_file():
            made.append(Item(f"{datum.path}.sha256", "the hash of the file's first arrival", record))
    terms = {datum.licence_file: _terms(datum.source) for datum in found if datum.provided}
    return [*made, *(Item(path, "terms of the raw data", text) for path, text in terms.items())]


def _source(origin: Path, stamp: Mapping[str, Any]) -> Source:
    """Return what is declared of a file's source; a person's own file is one wherever it lies."""
    raw = paths.project_root() / RAW
    key = stamp.get("source", "")
    if key != OWN and origin.is_relative_to(raw):
        key = origin.relative_to(raw).parts[0]
    if key in BESIDE:
        return BESIDE[key]
    declared = sources.keys()
    return sources.describe(key) if key in declared else UNKNOWN


def _as_told(source: Source, cards: Sequence[Any]) -> Source:
    """Return a source as its card tells it, where it has one: an own file is described by its mapping."""
    card = next((card for card in cards if card["key"] == source.key), None)
    told = ("title", "publisher", "home", "citation", "licence", "headline")
    return source if card is None else replace(source, **{name: card[name] for name in told})


def _place(origin: Path, source: Source) -> str:
    """Return a file's place below the root; of one elsewhere its name, below its source's."""
    root = paths.project_root()
    return origin.relative_to(root).as_posix() if origin.is_relative_to(root) else f"{source.key}/{origin.name}"


def _why_not(origin: Path, source: Source, *, with_data: bool) -> str | None:
    """Return why a file is left out, None where it is not."""
    if source.key == OWN:
        return "a person's own file stays where it is"
    if not origin.is_relative_to(paths.project_root() / RAW):
        return INSTALLED
    if source.redistribution == "unclear":
        return f"its terms do not say that it may be passed on ({source.licence})"
    if source.synthetic or with_data:
        return None
    return f"not asked for: --with-data includes it ({source.licence})"


def _terms(source: Source) -> str:
    """Return the terms of a source as a file of their own."""
    lines = [source.title, f"Publisher: {source.publisher}", f"Home: {source.home}", f"Licence: {source.licence}"]
    if source.redistribution == "attribution":
        lines.append(f"Attribution required: whoever uses or passes on these files names {source.publisher}.")
    return "\n".join([*lines, "", "Cite as:", source.citation, ""])
