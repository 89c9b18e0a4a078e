"""Tables: a notebook's table as a figure of the printed report, whole however wide or long it is.

A table that is too wide is set smaller, then on a page turned on its side, then in parts one under the other; one that
is long runs over pages under a repeated head.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from salarylab.report.pdf.sheet import Sheet
from salarylab.show import typst
from salarylab.show.typst import breakable

SIZES = (9.0, 8.0, 7.2)
LETTER = 0.52
"""The width of a letter in heights of the type, a little more than Libertinus has."""
INSET = 12.0
KEPT = 24
"""Cells of at most so many letters are kept on one line; longer ones are broken between words."""
LINES_TOGETHER = 26
"""Lines that are kept on one page."""
LONGEST = 36
"""Letters of a word that are kept on one line: a longer one may be broken anywhere after so many."""


@dataclass(frozen=True, slots=True)
class Column:
    """Hold a column of text, and the letters that its lines have: unbroken, and broken as far as they may be."""

    cells: Sequence[str]
    natural: int
    least: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Hold how a table is set: the size of its type, whether its page is turned, the columns of each part."""

    size: float
    turned: bool
    parts: Sequence[Sequence[Column]]


def table(record: Mapping[str, Any], number: int, on: Sheet) -> str:
    """Return a recorded table (title, subtitle, columns, rows, notes) as a Typst figure that fits the sheet."""
    rows = [[breakable(cell, LONGEST) for cell in row] for row in (record["columns"], *record["rows"])]
    columns = [_column(cells) for cells in zip(*rows, strict=True)]
    layout = _layout(columns, on)
    parts = [_grid(part, layout.size, on.text_height if layout.turned else on.text_width) for part in layout.parts]
    figure = typst.figure(
        parts,
        title=record["title"],
        subtitle=record["subtitle"],
        notes=record["notes"],
        size=layout.size,
        number=number,
    )
    shown = f"#show figure: set block(breakable: {str(_is_long(parts)).lower()})\n{figure}"
    return f"#page(flipped: true)[\n{shown}]\n" if layout.turned else f"#[\n{shown}]\n"


def _column(cells: Sequence[str]) -> Column:
    """Return a column; heads and long cells may be broken between words."""
    kept = [cell for cell in cells[1:] if len(cell) <= KEPT]
    words = re.split(r"[ \u200b]", " ".join(cells))
    return Column(cells, max(map(len, cells)), max(map(len, [*kept, *words])))


def _layout(columns: Sequence[Column], on: Sheet) -> Layout:
    """Return the largest type in which the columns fit beside each other, upright if they can; else parts."""
    for turned, width in ((False, on.text_width), (True, on.text_height)):
        for size in SIZES:
            if sum(_points(column.least, size) for column in columns) <= width:
                return Layout(size, turned, [columns])
    return Layout(SIZES[1], False, _parts(columns, SIZES[1], on.text_width))


def _parts(columns: Sequence[Column], size: float, room: float) -> list[list[Column]]:
    """Return columns dealt into parts that fit; the first column begins each of them."""
    first, *others = columns
    parts = [[first]]
    for column in others:
        if len(parts[-1]) > 1 and sum(_points(one.least, size) for one in (*parts[-1], column)) > room:
            parts.append([first])
        parts[-1].append(column)
    return parts


def _grid(part: Sequence[Column], size: float, room: float) -> typst.Grid:
    """Return a part as rows; where they are tight, all columns give way in proportion to what they can spare."""
    least, natural = (
        [_points(n, size) for n in each] for each in zip(*((c.least, c.natural) for c in part), strict=True)
    )
    wanted = sum(natural) - sum(least)
    share = (room - sum(least)) / wanted if wanted else 1.0
    widths = [low + share * (high - low) if share < 1 else None for low, high in zip(least, natural, strict=True)]
    return typst.Grid(list(zip(*(column.cells for column in part), strict=True)), widths)


def _is_long(parts: Sequence[typst.Grid]) -> bool:
    """Return whether a table may be broken between pages; the lines of its cells are a cautious guess."""
    rows = [row for part in parts for row in part.rows]
    return sum(1 + max(len(cell) // KEPT for cell in row) for row in rows) > LINES_TOGETHER


def _points(letters: int, size: float) -> float:
    return letters * LETTER * size + INSET
