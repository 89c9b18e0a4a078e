"""Reading: raw files to tables of text, strictly; nothing is guessed, padded, shifted or unpacked to disk.

A record with fewer cells than the header is no record: CSV readers pad it with nulls and go on. The cells of
every record are therefore counted first, quotes respected, before any is read.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
import polars as pl

from salarylab.errors import DataError, Fault, did_you_mean

ROW = "row"
"""The number of a record in its raw file, from 1 after the header; empty lines are no records."""

CUT = "cut"
"""Whether a record has fewer cells than the header, where the reader was told to mark them."""

LARGEST = 8 * 2**30
"""Bytes that a member of an archive may unpack to."""

DENSEST = 200
"""Times its packed size that a member may unpack to; text packs to a tenth, an archive bomb to a thousandth."""

_BLOCK = 1 << 22


@dataclass(frozen=True, slots=True)
class Dialect:
    """Declare how a text file is written: the mark between cells, the quote ("" for none), the encoding."""

    separator: str = ","
    quote: str = '"'
    encoding: str = "utf-8"


def read_csv(
    raw: Path | bytes,
    *,
    thing: str,
    columns: Sequence[str] | None = None,
    dialect: Dialect = Dialect(),
    mark_cut: bool = False,
) -> pl.DataFrame:
    r"""Return the records of a text file, every cell as text, blank cells null, after the column ``row``.

    ``columns`` are those to keep, all where None; a large file of which few are kept takes little memory.
    Raises ``DataError`` for a file that is no table (empty, a web page, another encoding), for headers that
    are missing or stand twice, and for records with more or fewer cells than the header. With ``mark_cut``
    records with fewer are kept and marked in the column ``cut``.

    >>> read_csv(b"role,pay\nengineer,90\n", thing="an example").rows()
    [(1, 'engineer', '90')]
    """
    raw = _as_utf8(raw, dialect.encoding, thing)
    header = _header(raw, dialect, thing)
    require_header(header, columns or (), thing=thing)
    cells = _cells(raw, dialect)
    _require_whole(cells, len(header), dialect, thing, mark_cut=mark_cut)
    scanned = pl.scan_csv(
        raw, separator=dialect.separator, quote_char=dialect.quote or None, infer_schema=False, glob=False
    )
    kept = scanned.select(columns or header).with_row_index("line")
    try:
        table = kept.collect(engine="streaming").with_columns(pl.lit(cells[1:]).alias("cells"))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _unreadable(thing, str(error).split("\n")[0]) from error
    if not cells.all():
        table = table.filter(pl.col("cells") > 0)
    table = table.with_columns(pl.int_range(1, pl.len() + 1).alias(ROW))
    marks = [(pl.col("cells") < len(header)).alias(CUT)] if mark_cut else []
    return table.select(ROW, *(columns or header), *marks)


def read_member(archive: Path, member: str, *, thing: str) -> bytes:
    """Return one named file of a zip archive; nothing is unpacked to disk.

    Raises ``DataError`` for a damaged archive, a name that leaves its folder or stands twice, a member that is
    not there, and one that would unpack to more than any table does.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            _require_safe(opened, thing)
            if member not in opened.namelist():
                held = ", ".join(opened.namelist()[:10])
                raise _unreadable(thing, f"no member {member!r} among {held}", f"an archive that holds {member!r}")
            return opened.read(member)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise _unreadable(thing, f"a damaged archive ({error})", f"a zip that holds {member!r}") from error


def read_sheet(workbook: Path | bytes, *, thing: str, sheet: str | None = None) -> pl.DataFrame:
    """Return one sheet of an Excel workbook, typed as the workbook types it; the first where None.

    Raises ``DataError`` for a workbook that can't be read or would unpack to more than any table does.
    """
    content = workbook.read_bytes() if isinstance(workbook, Path) else workbook
    require_workbook(content, thing=thing)
    try:
        # polars reads a workbook through fastexcel, whose errors have no class that polars names
        return pl.read_excel(io.BytesIO(content), sheet_name=sheet, infer_schema_length=None)
    except Exception as error:
        raise _unreadable(thing, str(error).split("\n")[0], "an Excel workbook") from error


def require_workbook(content: bytes, *, thing: str) -> None:
    """Raise ``DataError`` for a workbook that is damaged or would unpack to more than any table does."""
    if content[:4] != b"PK\x03\x04":
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            _require_safe(opened, thing)
    except (zipfile.BadZipFile, OSError) as error:
        raise _unreadable(thing, f"a damaged workbook ({error})", "an Excel workbook") from error


def require_header(found: Sequence[str], needed: Sequence[str], *, thing: str) -> None:
    """Raise ``DataError`` naming every needed column that a header lacks, with near names and the strangers.

    >>> require_header(["salary", "country"], ["salary"], thing="an example")
    """
    absent = [name for name in needed if name not in found]
    strangers = [name for name in found if name not in needed]
    told = ", ".join(strangers[:40]) + (", …" if len(strangers) > 40 else "")
    faults = [
        Fault(
            f"{thing}: column {name!r}",
            "no such column",
            f"one of the file's other columns: {told or 'there are none'}",
            did_you_mean(name, strangers) or "check that this is the file of this source and year",
        )
        for name in absent
    ]
    if faults:
        raise DataError(*faults)


def _as_utf8(raw: Path | bytes, encoding: str, thing: str) -> Path | bytes:
    """Return the file as UTF-8: as it is where it is already, else decoded whole."""
    if encoding.lower().replace("-", "") in ("utf8", "utf8sig"):
        return raw
    content = raw.read_bytes() if isinstance(raw, Path) else raw
    try:
        return content.decode(encoding).encode()
    except (UnicodeDecodeError, LookupError) as error:
        raise _unreadable(thing, f"not {encoding}: {error}", f"text in {encoding}") from error


def _blocks(raw: Path | bytes) -> Iterator[bytes]:
    """Yield the file in pieces of whole lines."""
    with raw.open("rb") if isinstance(raw, Path) else io.BytesIO(raw) as file:
        while block := file.read(_BLOCK):
            yield block + file.readline()


def _header(raw: Path | bytes, dialect: Dialect, thing: str) -> list[str]:
    """Return the header's cells; raise ``DataError`` where the file can't be a table at all."""
    start = next(_blocks(raw), b"")[:_BLOCK]
    if not start or start.isspace():
        raise _unreadable(thing, "an empty file")
    if start.lstrip()[:9].lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        raise _unreadable(thing, "a web page, not a table", remedy="the address gave an error page: fetch it again")
    if b"\0" in start:
        raise _unreadable(thing, "bytes that no text holds", remedy="say its encoding, or fetch it again")
    if len(start) < _BLOCK:  # else its last sign may be cut in two
        try:
            start.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise _unreadable(thing, f"byte {error.start + 1} is not {dialect.encoding}") from error
    lines = io.TextIOWrapper(io.BytesIO(start), "utf-8-sig", errors="ignore", newline="")
    try:
        header = next(
            csv.reader(
                lines,
                delimiter=dialect.separator,
                quotechar=dialect.quote or None,
                quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
            )
        )
    except (csv.Error, StopIteration) as error:
        raise _unreadable(thing, f"no header ({error})") from error
    twice = sorted(name for name, times in Counter(header).items() if times > 1)
    if twice:
        raise _unreadable(thing, f"columns of the same name: {', '.join(map(repr, twice))}", "each name once")
    return header


def _cells(raw: Path | bytes, dialect: Dialect) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """Return how many cells each line has, the header first; 0 for an empty line.

    A line ends at a line feed outside quotes: one that an even number of quotes precedes.
    """
    quote, separator = (ord(mark) if mark else None for mark in (dialect.quote, dialect.separator))
    counts: list[np.ndarray[tuple[int], np.dtype[np.int32]]] = []
    inside, marks, length = False, 0, 0  # what the last block left open
    for block in _blocks(raw):
        signs = np.frombuffer(block, dtype=np.uint8)
        is_end, is_separator = signs == ord("\n"), signs == separator
        if inside or (quote is not None and bytes([quote]) in block):
            parity = np.bitwise_xor.accumulate((signs == quote).view(np.uint8)) ^ np.uint8(inside)
            inside = bool(parity[-1])
            is_end &= parity == 0
            is_separator &= parity == 0
        ends = np.flatnonzero(is_end)
        begins = np.concatenate(([0], ends + 1))  # the last line may have no end in this block, or no sign
        in_line = np.add.reduceat(is_separator, begins[begins < len(signs)], dtype=np.int32)
        written = np.diff(ends, prepend=-1) - 1  # signs in the line, its carriage return among them
        written -= (signs[ends - 1] == ord("\r")) & (written > 0)
        in_line[0] += marks
        if len(ends):
            written[0] += length
            length = 0
        marks = int(in_line[len(ends) :].sum())
        length += len(signs) - int(begins[-1])
        counts.append(np.where(written > 0, in_line[: len(ends)] + 1, 0).astype(np.int32))
    tail = [np.array([marks + 1], dtype=np.int32)] if length else []
    return np.concatenate([*counts, *tail])


def _require_whole(
    cells: np.ndarray[tuple[int], np.dtype[np.int32]], width: int, dialect: Dialect, thing: str, *, mark_cut: bool
) -> None:
    """Raise ``DataError`` for records of another width than the header; cut ones are legal with ``mark_cut``."""
    wrong = (cells > width) if mark_cut else (cells != width) & (cells > 0)
    lines = np.flatnonzero(wrong)
    if not len(lines):
        return
    shown = "; ".join(f"record {line} has {cells[line]}" for line in lines[:5]) + ("; …" if len(lines) > 5 else "")
    found = f"{len(lines)} records without the header's {width} cells: {shown}"
    remedy = f"is separator {dialect.separator!r} right?" if width == 1 else ""
    raise _unreadable(thing, found, f"{width} cells in each record", remedy)


def _require_safe(archive: zipfile.ZipFile, thing: str) -> None:
    """Raise ``DataError`` for an archive whose names leave its folder, stand twice, or unpack without end."""
    names = archive.namelist()
    outside = [name for name in names if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts]
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    total, packed = sum(m.file_size for m in archive.infolist()), sum(m.compress_size for m in archive.infolist())
    if outside or twice:
        found = f"names that leave its folder or stand twice: {', '.join([*outside, *twice][:5])}"
        raise _unreadable(thing, found, "an archive of plain names")
    if total > LARGEST or total > DENSEST * max(packed, 1) + _BLOCK:
        found = f"{packed:,} bytes that unpack to {total:,}"
        raise _unreadable(thing, found, f"at most {LARGEST:,} bytes, and {DENSEST} times the packed size")


def _unreadable(thing: str, found: str, expected: str = "a table of text", remedy: str = "") -> DataError:
    return DataError(Fault(thing, found, expected, remedy or "check the file, or fetch it again; nothing was changed"))
