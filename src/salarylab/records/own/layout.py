"""Own layout: how a person's file is written: path, format, marks, and the words that mean missing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from salarylab.records.own.toml_table import TomlTable
from salarylab.records.recode import MISSING_WORDS

FORMATS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".xlsx": "excel",
    ".xls": "excel",
    ".dta": "stata",
    ".sav": "spss",
    ".zsav": "spss",
}
SEPARATORS = (",", ";", "\t", "|")
KEYS = ("path", "format", "sheet", "header", "separator", "quote", "encoding", "decimal", "thousands", "missing")


@dataclass(frozen=True, slots=True)
class Layout:
    """Declare how a raw file is written: its path, format, marks and the words that mean missing.

    ``header`` is the row of the names of columns in Excel; None is the first that is not empty.
    """

    path: Path
    form: str
    sheet: str | None = None
    header: int | None = None
    separator: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    decimal: str = "."
    thousands: str = ","
    missing: tuple[str, ...] = MISSING_WORDS


def read_layout(file: TomlTable, folder: Path) -> Layout:
    """Read the table [file]; a relative path starts at ``folder``."""
    named = file.text("path", required=True)
    path = folder / Path(named or "").expanduser()
    guessed = FORMATS.get(path.suffix.lower())
    untold = named is not None and guessed is None
    form = file.choice("format", tuple(dict.fromkeys(FORMATS.values())), required=untold) or guessed or "csv"
    decimal = file.choice("decimal", (".", ",")) or "."
    thousands = file.choice("thousands", ("", ".", ",", " ", "'", "’"))
    if thousands is not None and thousands == decimal:
        file.refuse("thousands", thousands, "another mark than the decimal one", "mend one of the two")
    missing = file.stated.get("missing", list(MISSING_WORDS))
    if not isinstance(missing, list) or not all(isinstance(word, str) for word in missing):
        file.refuse("missing", missing, "a list of texts", 'such as missing = ["NA", "-"]')
        missing = []
    separator = file.text("separator") or ("\t" if path.suffix.lower() == ".tsv" else ",")
    quote = file.text("quote", blank=True)
    for key, mark in (("separator", separator), ("quote", quote or '"')):
        if len(mark) != 1:
            file.refuse(key, mark, "one character", "a tab is written \\t")
    return Layout(
        path=path,
        form=form,
        sheet=file.text("sheet"),
        header=_header(file, form),
        separator=separator[0],
        quote='"' if quote is None else quote[:1],
        encoding=file.text("encoding") or "utf-8",
        decimal=decimal,
        thousands=(",." if decimal == "." else ".,")[0] if thousands is None else thousands,
        missing=("", *missing),
    )


def _header(file: TomlTable, form: str) -> int | None:
    """Return the row of the header in Excel, if it is said."""
    row = file.stated.get("header")
    if row is None:
        return None
    if form != "excel":
        file.refuse("header", row, "no such key: only Excel names a header's row", "leave it out")
    elif type(row) is not int or row < 1:
        file.refuse("header", row, "the number of a row, as Excel counts them", "such as header = 4")
    else:
        return row
    return None
