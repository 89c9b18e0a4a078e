"""Own workbook: one sheet of an Excel file as cells of text, its numbers in the marks that the mapping declares.

A workbook stores numbers as numbers, whatever its text cells look like: "7.600 €" may stand beside a true 7600.5.
Each cell is therefore asked what it is, and only the true numbers get the decimal mark.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import polars as pl

from salarylab.errors import DataError, Fault, did_you_mean
from salarylab.records.own.layout import Layout
from salarylab.records.reading import require_workbook

LOOKED_AT = 200
"""Rows of a sheet that are looked at for its header."""

NEARLY = 0.6
"""The share of its widest row's cells that a header fills at least; a title fills fewer."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Hold the cells of a sheet as text below its header, and which of them are true numbers.

    ``header`` is the header's row as Excel counts it.
    """

    name: str
    header: int
    cells: pl.DataFrame
    is_number: pl.DataFrame

    @property
    def texts(self) -> pl.DataFrame:
        """The cells that the workbook holds as text; the others null."""
        return self.cells.select(
            pl.when(~self.is_number[name]).then(pl.col(name)).alias(name) for name in self.cells.columns
        )

    @property
    def is_table(self) -> bool:
        """Whether it looks like a table: several columns, at least half of their cells filled."""
        size = self.cells.height * self.cells.width
        return self.cells.width > 1 and 0 < size <= 2 * self.cells.select(pl.sum_horizontal(pl.all().count())).item()

    def marked(self, decimal: str) -> pl.DataFrame:
        """Return the cells, true numbers with this decimal mark."""
        return self.cells.select(
            pl.when(self.is_number[name]).then(pl.col(name).str.replace(".", decimal, literal=True))
            .otherwise(pl.col(name)).alias(name) for name in self.cells.columns
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Grid:
    """Hold all cells of a sheet; ``start`` is the row, as Excel counts it, of the first that is not empty."""

    start: int
    cells: pl.DataFrame
    is_number: pl.DataFrame


def read_workbook(content: bytes, layout: Layout) -> Sheet:
    """Return the sheet that a layout names, below the header that it names.

    Unsaid, the first sheet, and its first row that is not empty. Raises ``DataError`` for a workbook that
    can't be read, and for a sheet or a header that is not there.
    """
    thing = f"own file {layout.path.name}"
    name = _names(content, layout.sheet, thing)[0]
    grid = _grid(content, name, thing)
    return _below(name, grid, grid.start if layout.header is None else layout.header, thing)


def find_table(content: bytes, layout: Layout) -> tuple[Sheet, dict[str, str]]:
    """Return the first sheet that looks like a table, below its header, and what tells both.

    A sheet that the layout names is taken as it is. Raises ``DataError`` as ``read_workbook`` does.
    """
    thing = f"own file {layout.path.name}"
    names = _names(content, layout.sheet, thing)
    for name in names:
        grid = _grid(content, name, thing)
        sheet = _below(name, grid, grid.start + _header(grid), thing) if len(grid.cells) else None
        if sheet is not None and (sheet.is_table or len(names) == 1):
            because = {"sheet": f"the first of {len(names)} that looks like a table"} if len(names) > 1 else {}
            because |= {"header": "rows above it hold a title or remarks"} if sheet.header > grid.start else {}
            return sheet, because
    found = f"no sheet that looks like a table among {', '.join(names)}"
    raise DataError(Fault(thing, found, "a header and rows of cells below it", "name the sheet with --sheet"))


def _names(content: bytes, sheet: str | None, thing: str) -> list[str]:
    """Return the names of all sheets, or the one asked for."""
    require_workbook(content, thing=thing)
    names = list(_sheets(content, thing, sheet_id=0, read_options={"dtypes": "string", "n_rows": 1}))
    if sheet is None or sheet in names:
        return names if sheet is None else [sheet]
    remedy = did_you_mean(sheet, names) or "name one of them: sheet = … under [file], or --sheet"
    raise DataError(Fault(f"{thing}: sheet {sheet!r}", "no such sheet", f"one of: {', '.join(names)}", remedy))


def _grid(content: bytes, name: str, thing: str) -> _Grid:
    (cells,) = _sheets(content, thing, sheet_name=[name], read_options={"dtypes": "string"}).values()
    # a text is neither true nor false, a number is
    (truth,) = _sheets(content, thing, sheet_name=[name], read_options={"dtypes": "boolean"}).values()
    start = 1
    if len(cells) > 1:  # empty rows above are skipped, unless the row of a header is named: that tells how many
        second = {"dtypes": "string", "header_row": 1}
        (after,) = _sheets(content, thing, sheet_name=[name], read_options=second, has_header=True).values()
        start = len(after) + 3 - len(cells)
    return _Grid(start, cells, truth.select(pl.all().is_not_null()))


def _sheets(content: bytes, thing: str, *, has_header: bool = False, **what: Any) -> dict[str, pl.DataFrame]:
    """Return sheets by name, empty rows and columns among them."""
    read: Any = pl.read_excel  # its overloads part what is asked for in one place here
    whole = {"drop_empty_rows": False, "drop_empty_cols": False, "raise_if_empty": False}
    try:
        # polars reads a workbook through fastexcel, whose errors have no class that polars names
        sheets: dict[str, pl.DataFrame] = read(io.BytesIO(content), has_header=has_header, **whole, **what)
    except Exception as error:
        found = str(error).split("\n")[0]
        remedy = "open it in a spreadsheet program and save it anew, without a password"
        raise DataError(Fault(thing, found, "an Excel workbook", remedy)) from error
    return sheets


def _header(grid: _Grid) -> int:
    """Return the first row that fills nearly as many cells as the widest does, none of them a number."""
    first = grid.cells.head(LOOKED_AT)
    filled = first.select(pl.sum_horizontal(pl.all().is_not_null())).to_series().to_list()
    numbers = grid.is_number.head(LOOKED_AT).select(pl.any_horizontal(pl.all())).to_series()
    likely = (row for row, count in enumerate(filled[:-1]) if count >= NEARLY * max(filled) and not numbers[row])
    return next(likely, 0)


def _below(name: str, grid: _Grid, header: int, thing: str) -> Sheet:
    """Return what stands below a header; empty rows, and columns that hold no name and no cell, are left out."""
    row = header - grid.start
    if not 0 <= row < len(grid.cells) or not any(grid.cells.row(row)):
        last = grid.start + len(grid.cells) - 1
        held = f"its cells stand in rows {grid.start} to {last}" if len(grid.cells) else "it is empty"
        found = f"no names in row {header} of the sheet {name!r}; {held}"
        raise DataError(Fault(f"{thing}: header", found, "a row with the names of columns", "mend header under [file]"))
    below, numbers = grid.cells.slice(row + 1), grid.is_number.slice(row + 1)
    titles = {old: new for old, new in _titles(grid.cells, row).items() if new or below[old].count()}
    titles = {old: new or f"column {grid.cells.columns.index(old) + 1}" for old, new in titles.items()}
    filled = below.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    below, numbers = (
        table.filter(filled).select(pl.col(old).alias(new) for old, new in titles.items()) for table in (below, numbers)
    )
    return Sheet(name, header, below, numbers)


def _titles(cells: pl.DataFrame, row: int) -> dict[str, str]:
    """Return the header's names by column; one that stands again is numbered."""
    titles: dict[str, str] = {}
    for column, said in zip(cells.columns, cells.row(row), strict=True):
        name = again = (said or "").strip()
        number = 0
        while again and again in titles.values():
            number += 1
            again = f"{name}_{number}"
        titles[column] = again
    return titles
