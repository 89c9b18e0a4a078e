"""Own file: a person's file in any format, read to cells of text as a person would have typed them.

Stata and SPSS store codes; the text of a cell is then its value label, and what the file declares missing is
blank.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from polars import selectors

from salarylab.errors import DataError, Fault
from salarylab.records.own.first_bytes import misnamed
from salarylab.records.own.layout import SEPARATORS, Layout
from salarylab.records.own.place import not_there
from salarylab.records.own.sniff import encoding_of, separator_of
from salarylab.records.own.workbook import read_workbook
from salarylab.records.reading import ROW, Dialect, read_csv


@dataclass(frozen=True, slots=True)
class OwnFile:
    """Hold the cells of a file as text, its sha256, and the labels of its variables, by column.

    ``texts`` are the cells that the file itself holds as text: they alone tell its marks of numbers.
    """

    cells: pl.DataFrame
    sha256: str
    labels: Mapping[str, str] = field(default_factory=dict)
    texts: pl.DataFrame = field(default_factory=pl.DataFrame)


def read_own(layout: Layout) -> OwnFile:
    """Read a file with every cell as text. Raises ``DataError`` where it can't be read whole."""
    thing = f"own file {layout.path.name}"
    try:
        content = layout.path.read_bytes()
    except OSError as error:
        expected = f"a readable {layout.form} file"
        raise DataError(not_there(layout.path, thing, expected, "mend path under [file]")) from error
    if (told := misnamed(content, layout.form)) is not None:
        raise _unreadable(layout, *told)
    sha256 = hashlib.sha256(content).hexdigest()
    if layout.form == "csv":
        cells = _csv(content, layout, thing)
        return OwnFile(cells, sha256, texts=cells)
    if layout.form == "excel":
        sheet = read_workbook(content, layout)
        return OwnFile(sheet.marked(layout.decimal), sha256, texts=sheet.texts)
    typed, labels, codes = _parquet(content, layout) if layout.form == "parquet" else _labelled(content, layout)
    cells = _as_text(typed, layout).with_columns(pl.col(name).replace(dict(said)) for name, said in codes.items())
    return OwnFile(cells, sha256, labels, typed.select(selectors.string()))


def wrong_separator(header: str, layout: Layout) -> tuple[str, str]:
    """Return what a header of one cell shows, and what to do about it."""
    other = max(SEPARATORS, key=header.count)
    likely = f"separator = {_toml(other)} would give {header.count(other) + 1} cells" if other in header else ""
    asked = f"is separator {layout.separator!r} right? {likely or 'if not, say separator = …'} under [file]"
    return f"the header has 1 cell: {header!r}", asked


def _toml(mark: str) -> str:
    return '"\\t"' if mark == "\t" else f'"{mark}"'


def _csv(content: bytes, layout: Layout, thing: str) -> pl.DataFrame:
    dialect = Dialect(layout.separator, layout.quote, layout.encoding)
    try:
        return read_csv(content, thing=thing, dialect=dialect).drop(ROW)
    except DataError as error:
        (fault,) = error.faults
        header = _lone_header(content, layout)
        if header is not None and header.strip():
            found, remedy = wrong_separator(header, layout)
            raise _unreadable(layout, f"{found}; {fault.found}", remedy) from error
        raise _unreadable(layout, fault.found, _advice(content, layout, fault.found)) from error


def _advice(content: bytes, layout: Layout, found: str) -> str:
    """Return the encoding or the separator that would fit where the one declared does not, or nothing."""
    encoding, why = encoding_of(content)
    if "is not" in found or found.startswith("not "):
        return f'say encoding = "{encoding}" under [file] ({why}), or what it was saved in'
    if "records without" in found:
        separator, why = separator_of(content.decode(layout.encoding, errors="replace"))
        if separator != layout.separator and "each" in why:
            return f"say separator = {_toml(separator)} under [file]: {why}"
    return ""


def _lone_header(content: bytes, layout: Layout) -> str | None:
    """Return the header where the separator finds no second cell in it."""
    try:
        first = content.decode(layout.encoding).split("\n", 1)[0].strip("\r\ufeff")
        cells = next(csv.reader([first], delimiter=layout.separator), [])
    except (UnicodeDecodeError, LookupError, csv.Error):
        return None
    return first if len(cells) == 1 else None


_Coded = tuple[pl.DataFrame, dict[str, str], dict[str, dict[str, str]]]


def _parquet(content: bytes, layout: Layout) -> _Coded:
    try:
        return pl.read_parquet(io.BytesIO(content)), {}, {}
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _unreadable(layout, str(error).split("\n")[0]) from error


def _labelled(content: bytes, layout: Layout) -> _Coded:
    """Return the values of a Stata or SPSS file, the labels of its variables, and those of its codes."""
    import pyreadstat

    if content.startswith(b"<stata_dta>") and not content.rstrip().endswith(b"</stata_dta>"):
        raise _unreadable(layout, "a file that was cut off")
    read = pyreadstat.read_dta if layout.form == "stata" else pyreadstat.read_sav
    try:
        coded, about = read(io.BytesIO(content), output_format="polars")
    except Exception as error:  # its errors have no class in common but Exception
        raise _unreadable(layout, str(error).split("\n")[0]) from error
    codes = {
        name: {_as_typed(code): label for code, label in said.items()}
        for name, said in about.variable_value_labels.items()
        if name in coded.columns
    }
    return coded, {name: label for name, label in about.column_names_to_labels.items() if label}, codes


def _as_typed(code: Any) -> str:
    """Return a code as the text of its cell."""
    return str(int(code)) if isinstance(code, float) and code.is_integer() else str(code)


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
    remedy = remedy or "check path, format, separator, quote and encoding under [file]; nothing was changed"
    return DataError(Fault(f"own file {layout.path.name}", found, f"a readable {layout.form} file", remedy))
