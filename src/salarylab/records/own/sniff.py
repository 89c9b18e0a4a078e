"""Sniff: how a file seems to be written, and what tells so.

A sniff is a first draft for a person to confirm: the mapping that it is written into is what counts.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from salarylab.errors import DataError, Fault
from salarylab.records.own.first_bytes import misnamed
from salarylab.records.own.layout import FORMATS, SEPARATORS, Layout
from salarylab.records.own.place import not_there
from salarylab.records.own.workbook import find_table

RECORDS = 200  # records that are looked at for the separator
_BETWEEN = r"(?<=[^\W\d_])"
_CENTRAL = re.compile(rf"{_BETWEEN}[³¹¿œŸ]|[³¹¿œ](?=[^\W\d_])")  # what Polish letters become in windows-1252
_AMOUNT = re.compile(r"\D{0,4}\d[\d.,'’\s]*\D{0,6}")
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")


@dataclass(frozen=True, slots=True)
class Sniffed:
    """Hold a layout, and why each of its keys is what it is."""

    layout: Layout
    because: dict[str, str]


def sniff(path: Path, *, sheet: str | None = None) -> Sniffed:
    """Return how a file seems to be written; of a workbook, its sheet and the row of its header.

    Raises ``DataError`` where there is no such file, it is not what its name says, or its suffix tells no format.
    """
    thing, named = f"own file {path.name}", f"a pay file: {', '.join(FORMATS)}"
    form = FORMATS.get(path.suffix.lower())
    if not path.is_file():
        raise DataError(not_there(path, thing, named, "name your pay file"))
    content = path.read_bytes()
    told = misnamed(content, form or "csv")
    if told is not None or form is None:
        found, remedy = told or ("a suffix that tells no format", "rename your pay file by its format")
        raise DataError(Fault(thing, found, named, remedy))
    layout = Layout(path, form, sheet=sheet)
    if form == "excel":
        table, because = find_table(content, layout)
        chosen = table.name if "sheet" in because else sheet
        return Sniffed(replace(layout, sheet=chosen, header=table.header if "header" in because else None), because)
    if form != "csv":
        return Sniffed(layout, {})
    encoding, why_encoding = encoding_of(content)
    text = content.decode(encoding, errors="replace")
    separator, why_separator = separator_of(text)
    layout = replace(layout, separator=separator, encoding=encoding)
    return Sniffed(layout, {"separator": why_separator, "encoding": why_encoding})


def encoding_of(content: bytes) -> tuple[str, str]:
    """Return the encoding of a text, and what tells it.

    >>> encoding_of("Зарплата".encode("windows-1251"))[0], encoding_of("Gehälter".encode("windows-1252"))[0]
    ('windows-1251', 'windows-1252')
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", "a byte-order mark"
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8", "every byte fits"
    if any(0x80 <= byte <= 0x9F and byte in b"\x81\x8d\x8f\x90\x9d" for byte in content):
        return "windows-1251", "bytes that western code pages leave empty"
    high = re.findall(rb"[\x80-\xff]+", content)
    if sum(len(run) for run in high if len(run) > 2) > sum(len(run) for run in high) / 2:
        return "windows-1251", "runs of letters that are Cyrillic there; not UTF-8"
    if _CENTRAL.search(content.decode("windows-1252", errors="replace")):
        return "windows-1250", "letters of central Europe; not UTF-8"
    return "windows-1252", "not UTF-8, and letters are western there"


def separator_of(text: str) -> tuple[str, str]:
    r"""Return the mark that parts the cells, and what tells it.

    >>> separator_of("Pay;Degree\n1.200,50;MSc\n1.300,00;BSc\n")
    (';', '2 cells in each of the first 2 records')
    """
    widths = {mark: _widths(text, mark) for mark in SEPARATORS}
    whole = {mark: found[0] for mark, found in widths.items() if found and len(set(found)) == 1 and found[0] > 1}
    if whole:
        best = max(whole, key=lambda mark: whole[mark])
        return best, f"{whole[best]} cells in each of the first {len(widths[best]) - 1} records"
    best = max(SEPARATORS, key=lambda mark: widths[mark][0] if widths[mark] else 0)
    count = widths[best][0] if widths[best] else 0
    return (best, f"{count} cells in the header, but not in every record") if count > 1 else (",", "one column")


def _widths(text: str, mark: str) -> list[int]:
    """Return the number of cells of the header and the first records."""
    lines = text.lstrip("\ufeff").splitlines(keepends=True)[: 4 * RECORDS]
    widths = []
    try:
        for cells in csv.reader(lines, delimiter=mark):
            if cells:
                widths.append(len(cells))
            if len(widths) > RECORDS:
                break
    except csv.Error:
        return []
    return widths


def numbers_of(cells: pl.DataFrame, sniffed: Sniffed) -> Sniffed:
    """Return the layout with its decimal mark and mark of thousands, read off the cells that are text.

    Evidence is a mark before one, two, or more than three last digits (decimal), or before groups of three
    (thousands). A mark that only ever stands before three digits parts thousands.
    """
    texts = [text for name in cells.columns for text in cells[name].drop_nulls().unique().head(2_000)]
    amounts = [text for text in texts if _AMOUNT.fullmatch(text) and not _DATE.match(text)]
    commas, points = (_evidence(amounts, mark, other) for mark, other in ((",", "."), (".", ",")))
    decimal = "," if commas > points else "."
    marks = {"'", "’"} & set("".join(amounts))
    thousands = min(marks) if marks else "." if decimal == "," else ","
    strength = max(commas, points)
    if not strength and sniffed.layout.form != "csv":
        return sniffed  # its numbers are numbers
    told = f"told by {strength} values" if strength else "no value has a fraction, so it is not known"
    if commas and points:
        told += f"; {min(commas, points)} the other way"
    layout = replace(sniffed.layout, decimal=decimal, thousands=thousands)
    return Sniffed(layout, sniffed.because | {"decimal": told})


def _evidence(amounts: Iterable[str], mark: str, other: str) -> int:
    """Return how many amounts can only be read with ``mark`` as the decimal one."""
    point, group = re.escape(mark), re.escape(other)
    decimal = rf"(?<![\d{point}{group}])\d+{point}(?:\d{{1,2}}|\d{{4,}})(?!\d)"
    both = rf"\d{group}\d{{3}}{point}\d"
    thousands = rf"(?<![\d{point}])[1-9]\d{{0,2}}(?:{group}\d{{3}})+(?![\d{point}{group}])"
    return sum(bool(re.search(rf"{decimal}|{both}|{thousands}", amount)) for amount in amounts)
