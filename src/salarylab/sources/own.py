"""own: a person's own CSV, Excel, Parquet, Stata or SPSS file, through a mapping in TOML.

How to write one: docs/own-data.md; ``salarylab own new`` writes a first draft. There is no declared hash to hold the
file against; the hashes of the file and of the mapping are computed and stamped on everything made of them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from salarylab import readlog
from salarylab.errors import DataError, Fault
from salarylab.paths import project_root
from salarylab.records import Records, exchange
from salarylab.records.audit import Ledger
from salarylab.records.doubts import doubt_hundredfold, doubt_outside
from salarylab.records.own.draft import Draft, draft
from salarylab.records.own.file import OwnFile, read_own
from salarylab.records.own.mapping import OwnMapping, read_mapping
from salarylab.records.own.pay import PER_YEAR, asked_pay
from salarylab.records.own.place import not_there
from salarylab.records.own.table import clean, lay_out
from salarylab.records.roles import ASSIGNED, assign
from salarylab.records.slips import CONFUSABLE, LOCAL, find_slips
from salarylab.records.table import from_ledger
from salarylab.source import FileStamp, Provenance, Source

SOURCE = Source(
    key="own",
    title="Your own file",
    publisher="not stated",
    home="",
    citation="not stated",
    licence="not stated",
    redistribution="unclear",
    headline="Your own file; nothing is known about how its rows were sampled",
    asked=frozenset(),
)


@dataclass(frozen=True, slots=True)
class Opened:
    """Hold a faultless mapping, the file that it names, and the canonical rows laid out, none removed yet."""

    declared: OwnMapping
    file: OwnFile
    rows: pl.DataFrame


def load(*, mapping: str) -> Records:
    """Load a person's own file as the TOML file ``mapping`` declares it.

    A relative path starts at the working directory, else at the project root. Raises ``DataError`` with
    every fault of the mapping and of the file at once.
    """
    return records(opened(mapping))


def opened(mapping: str) -> Opened:
    """Open a mapping and its file, and lay its rows out; raises ``DataError`` with every fault at once."""
    declared, faults = read_mapping(_find(mapping))
    try:
        file = read_own(declared.layout)
    except DataError as error:
        unsaid = any(fault.thing.endswith("[file] path") for fault in faults)  # one fault of the path is enough
        faults += () if unsaid else error.faults
        file = OwnFile(pl.DataFrame(schema=dict.fromkeys(declared.raw_columns, pl.String)), "")
    rows, more = lay_out(file.cells, declared)
    if faults or more:
        raise DataError(*faults, *more)
    return Opened(declared, file, rows)


def new(file: Path, mapping: Path, *, sheet: str | None = None, force: bool = False) -> Draft:
    """Write the first mapping of a file and return it with what it rests on.

    Raises ``DataError`` where the file can't be read, and for a mapping that is there already unless
    ``force`` overwrites it.
    """
    if not file.is_file():
        raise DataError(not_there(file, f"own file {file}", "a pay file", "name your pay file"))
    if mapping.exists() and not force:
        remedy = "name another file with --out, or overwrite it with --force"
        raise DataError(Fault(f"mapping {mapping.name}", "a file that is there already", "a new file", remedy))
    if mapping.resolve() == file.resolve() or not mapping.parent.is_dir():
        expected = "a new TOML file in a folder that exists"
        raise DataError(Fault(f"mapping {mapping}", "no place to write a mapping", expected, "name one with --out"))
    named = os.path.relpath(file.resolve(), mapping.resolve().parent)
    drafted = draft(file, named=Path(named).as_posix(), sheet=sheet)
    mapping.write_text(drafted.text, encoding="utf-8")
    return drafted


def records(own: Opened) -> Records:
    """Return the records of an opened file: rows removed or counted reason by reason, and stamped."""
    declared, place = own.declared, own.declared.path
    source = _source(own)
    readlog.note(declared.layout.path, own.file.sha256)
    stamps = [
        FileStamp(declared.layout.path.name, own.file.sha256, len(own.file.cells)),
        FileStamp(place.name, _sha256(place), 0),
    ]
    if declared.pay.rates.file is not None:
        stamps.append(FileStamp(declared.pay.rates.file.name, _sha256(declared.pay.rates.file), 0))
    if declared.pay.rates.market:
        stamps.append(FileStamp(f"{exchange.FED.key}/{exchange.FILE.name}", exchange.FILE.sha256 or "", 0))
    provenance = Provenance(source, tuple(stamps), source.headline, {"mapping": place.name})
    ledger = clean(own.rows)
    if _reads_titles(declared):
        ledger = assign(ledger, skills="skills" if "skills" in declared.columns else None)
    return from_ledger(_doubted(ledger, declared), provenance)


def _doubted(ledger: Ledger, declared: OwnMapping) -> Ledger:
    """Flag pay that looks like a slip beside what is usual, or lies outside the bounds stated; none is mended."""
    if groups := _groups(declared):
        confusable = CONFUSABLE if declared.pay.currency.column is not None else ()
        cells = [groups, [name for name in groups if name != "role"]]  # where the role is not known, or a rare one
        ledger = find_slips(ledger, by=groups, cells=[cell for cell in cells if cell], confusable=confusable, who="pay")
    else:
        ledger = doubt_hundredfold(ledger, who="pay")
    bounds = [None if bound is None else bound * pl.col(PER_YEAR) for bound in (declared.pay.least, declared.pay.most)]
    return doubt_outside(ledger, *bounds, pay=LOCAL, who="pay")


def _groups(declared: OwnMapping) -> list[str]:
    """Return the columns that tell what pay is usual: those of country, role and year that the file tells."""
    told = {"country", "role"} & set(declared.columns)
    told |= {"year"} if declared.year.column is not None else set()
    told |= {"role"} if _reads_titles(declared) else set()
    return sorted(told)


def _reads_titles(declared: OwnMapping) -> bool:
    """Return whether roles and skill areas come from titles by the crosswalk: where none of them is mapped."""
    return "title" in declared.columns and not ASSIGNED & set(declared.columns)


def _sha256(path: Path) -> str:
    sha256 = readlog.digest(path)
    readlog.note(path, sha256)
    return sha256


def _find(mapping: str) -> Path:
    """Return the mapping's path: kernels start in notebooks/, people name files from the root."""
    named = Path(mapping).expanduser()
    if (Path.cwd() / named).is_file():
        return Path.cwd() / named
    if (project_root() / named).is_file():
        return project_root() / named
    expected = "a TOML file in the working directory or, failing that, at the project root"
    remedy = "salarylab own new FILE writes one; docs/own-data.md explains it"
    raise DataError(not_there(Path.cwd() / named, f"mapping {mapping}", expected, remedy))


def _source(own: Opened) -> Source:
    """Return the source as the mapping describes it, with honest words for what it leaves out."""
    declared = own.declared
    name, said = declared.layout.path.name, declared.source
    ends = {"experience_low", "experience_high", "age_low", "age_high"} & set(own.rows.columns)
    asked = asked_pay(declared) | set(declared.columns) | set(declared.constants) | ends | {"pay_doubt"}
    asked |= ASSIGNED if _reads_titles(declared) else set()
    return replace(
        SOURCE,
        title=said.get("title", f"Your own file {name}"),
        publisher=said.get("publisher", SOURCE.publisher),
        citation=said.get("citation", f"{name}, a file of the user's own"),
        licence=said.get("licence", SOURCE.licence),
        headline=said.get("headline", f"Your own file {name}; nothing is known about how its rows were sampled"),
        asked=asked,
        weighted="weight" in declared.columns,
    )
