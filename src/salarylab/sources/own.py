"""own: a person's own CSV, Parquet or Excel file, through a mapping that they write by hand in TOML.

How to write one: docs/own-data.md. There is no declared hash to hold the file against; the hashes of the
file and of the mapping are computed and stamped on everything that is made of them.
"""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import replace
from pathlib import Path

import polars as pl

from salarylab.errors import DataError, Fault
from salarylab.paths import project_root
from salarylab.records import Records
from salarylab.records.mapping import Layout, OwnMapping, read_mapping
from salarylab.records.own_pay import asked_pay
from salarylab.records.own_table import ask_separator, clean, lay_out
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


def load(*, mapping: str) -> Records:
    """Load a person's own file as the TOML file ``mapping`` declares it.

    A relative path starts at the working directory, else at the project root. Raises ``DataError`` with
    every fault of the mapping and of the file at once.
    """
    place = _find(mapping)
    declared, faults = read_mapping(place)
    try:
        raw, sha256 = _read(declared.layout)
    except DataError as error:
        faults += error.faults
        raw, sha256 = pl.DataFrame(schema=dict.fromkeys(declared.raw_columns, pl.String)), ""
    rows, more = lay_out(raw, declared)
    if faults or more:
        raise DataError(*faults, *more)
    source = _source(declared)
    stamps = (
        FileStamp(declared.layout.path.name, sha256, len(raw)),
        FileStamp(place.name, hashlib.sha256(place.read_bytes()).hexdigest(), 0),
    )
    provenance = Provenance(source, stamps, source.headline, {"mapping": place.name})
    return from_ledger(clean(rows), provenance)


def _find(mapping: str) -> Path:
    """Return the mapping's path: kernels start in notebooks/, people name files from the root."""
    named = Path(mapping).expanduser()
    for place in (Path.cwd() / named, project_root() / named):
        if place.is_file():
            return place
    expected = "a TOML file in the working directory or, failing that, at the project root"
    raise DataError(Fault(f"mapping {mapping}", "no such file", expected, "docs/own-data.md shows how to write one"))


def _source(declared: OwnMapping) -> Source:
    """Return the source as the mapping describes it, with honest words for what it leaves out."""
    name, said = declared.layout.path.name, declared.source
    asked = asked_pay(declared) | set(declared.columns)
    if declared.experience_concept is not None:
        asked |= {"experience_concept"}
    return replace(
        SOURCE,
        title=said.get("title", f"Your own file {name}"),
        publisher=said.get("publisher", SOURCE.publisher),
        citation=said.get("citation", f"{name}, a file of the user's own"),
        licence=said.get("licence", SOURCE.licence),
        headline=said.get("headline", f"Your own file {name}; nothing is known about how its rows were sampled"),
        asked=asked,
    )


def _read(layout: Layout) -> tuple[pl.DataFrame, str]:
    """Return the file with every cell as text, and its sha256. Raises ``DataError`` where it can't be read."""
    try:
        content = layout.path.read_bytes()
        raw = {"csv": _csv, "parquet": _parquet, "excel": _excel}[layout.form](content, layout)
    except (OSError, ValueError, LookupError, csv.Error, pl.exceptions.PolarsError) as error:
        raise _unreadable(layout, str(error).split("\n")[0]) from error
    return raw, hashlib.sha256(content).hexdigest()


def _csv(content: bytes, layout: Layout) -> pl.DataFrame:
    """Read text strictly: a record that is cut short or too long is an error, never padded or shifted."""
    encoding = "utf-8-sig" if layout.encoding.lower() in ("utf-8", "utf8") else layout.encoding
    try:
        text = io.StringIO(content.decode(encoding), newline="")
    except UnicodeDecodeError as error:
        found = f"byte {error.start + 1} is not {layout.encoding}"
        raise _unreadable(
            layout, found, 'say encoding = "windows-1252" under [file], or what it was saved in'
        ) from error
    reader = csv.reader(
        text,
        delimiter=layout.separator,
        quotechar=layout.quote or None,
        quoting=csv.QUOTE_MINIMAL if layout.quote else csv.QUOTE_NONE,
        strict=True,
    )
    header = next(reader, [])
    twice = sorted({name for name in header if header.count(name) > 1})
    if not header or twice:
        raise _unreadable(layout, f"columns of the same name: {twice}" if twice else "no header row")
    rows, ragged = [], []
    for cells in reader:
        if len(cells) == len(header):
            rows.append(cells)
        elif cells:  # an empty line is no record
            ragged.append(f"line {reader.line_num} has {len(cells)}")
    if ragged:
        shown = "; ".join(ragged[:5]) + ("; …" if len(ragged) > 5 else "")
        found = f"{len(ragged)} records without the header's {len(header)} cells: {shown}"
        if len(header) == 1:
            raise _unreadable(layout, f"the header has 1 cell; {found}", ask_separator(layout))
        raise _unreadable(layout, found)
    return pl.DataFrame(rows, schema=dict.fromkeys(header, pl.String), orient="row")


def _parquet(content: bytes, layout: Layout) -> pl.DataFrame:
    return _as_text(pl.read_parquet(io.BytesIO(content)), layout)


def _excel(content: bytes, layout: Layout) -> pl.DataFrame:
    try:
        sheet = pl.read_excel(io.BytesIO(content), sheet_name=layout.sheet, infer_schema_length=None)
    except Exception as error:  # the workbook reader's errors have no class that polars names
        raise _unreadable(layout, str(error).split("\n")[0]) from error
    return _as_text(sheet, layout)


def _as_text(typed: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Return typed columns as a person would have typed them, so that one rule reads every format.

    Numbers get the mapping's decimal mark (a plain cast would turn 850.5 into 8505 where the mark is a
    comma), whole ones no decimals; lists are joined by semicolons.
    """
    columns = []
    for name, dtype in typed.schema.items():
        cell = pl.col(name)
        if isinstance(dtype, pl.List):
            cell = cell.list.eval(pl.element().cast(pl.String)).list.join(";")
        elif dtype.is_float() or dtype.is_decimal():
            cell = cell.cast(pl.String).str.replace(r"\.0+$", "").str.replace(".", layout.decimal, literal=True)
        elif not dtype.is_nested():
            cell = cell.cast(pl.String)
        else:
            continue
        columns.append(cell)
    return typed.select(columns)


def _unreadable(layout: Layout, found: str, remedy: str = "") -> DataError:
    remedy = remedy or "check path, format, sheet, separator, quote and encoding under [file]; nothing was changed"
    return DataError(Fault(f"own file {layout.path.name}", found, f"a readable {layout.form} file", remedy))
