"""Typst: a finished table as source text for Typst, ruled as journals rule tables.

Every cell is a string literal: nothing in it is markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

RULE, THIN = "stroke: 0.8pt", "stroke: 0.4pt"


def literal(words: str) -> str:
    r"""Return text as a Typst string.

    >>> print(literal('#let "a" = \\b'))
    "#let \"a\" = \\b"
    """
    plain = words.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + plain.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'


def breakable(words: str, longest: int) -> str:
    """Return text in which a word without end may be broken after so many letters, by spaces of no width.

    >>> breakable("xxxxx yy", 2).split("\u200b")
    ['xx', 'xx', 'x yy']
    """
    return re.sub(rf"\S{{{longest}}}(?=\S)", "\\g<0>\u200b", words)


def call(function: str, *words: str, **named: str | bool) -> str:
    r"""Return a line that calls a function of the document with text, none of it markup.

    >>> call("note", "#f", synthetic=True)
    '#note("#f", synthetic: true)\n'
    """
    told = [literal(word) for word in words]
    told += [f"{name}: {literal(said) if isinstance(said, str) else str(said).lower()}" for name, said in named.items()]
    return f"#{function}({', '.join(told)})\n"


@dataclass(frozen=True, slots=True)
class Grid:
    """Hold rows of text, the first of them the head; ``widths`` in points, None: as wide as the text."""

    rows: Sequence[Sequence[str]]
    widths: Sequence[float | None]


def table(cells: pl.DataFrame, *, title: str, subtitle: str, notes: Sequence[str]) -> str:
    """Return cells of text as a Typst figure: title and subtitle above, notes below.

    The first column is set to the left, the others to the right.

    >>> made = table(pl.DataFrame({"level": ["a"], "(1)": ["0.1"]}), title="t", subtitle="s", notes=["n"])
    >>> made.count("table.hline")
    3
    """
    rows = [[word or "" for word in row] for row in cells.iter_rows()]
    return figure([Grid([cells.columns, *rows], [None] * cells.width)], title=title, subtitle=subtitle, notes=notes)


def figure(
    parts: Sequence[Grid],
    *,
    title: str,
    subtitle: str,
    notes: Sequence[str],
    size: float | None = None,
    number: int | None = None,
) -> str:
    """Return a Typst figure of one table, or of one table's parts under each other.

    The head is repeated where a part runs over pages. ``size`` is the type's, in points; Typst numbers the tables
    where no ``number`` is given.
    """
    numbered = f"  numbering: _ => {literal(str(number))},\n" if number is not None else ""
    type_size = f"    set text(size: {size}pt)\n" if size is not None else ""
    caption = f"{literal(title)} + linebreak() + text(fill: luma(85), {literal(subtitle)})"
    below = "".join(f"      {literal(note)},\n" for note in notes)
    return (
        "#figure(\n"
        "  kind: table,\n"
        f"{numbered}"
        f"  caption: figure.caption(position: top, {caption}),\n"
        "  {\n"
        "    set block(spacing: 0.7em)\n"
        f"{type_size}"
        f"{''.join(map(_grid, parts))}"
        "    block(width: 100%, align(left, text(size: 0.85em, (\n"
        f"{below}"
        "    ).join(linebreak()))))\n"
        "  },\n"
        ")\n"
    )


def _grid(part: Grid) -> str:
    head, *body = part.rows
    columns = "".join("auto, " if width is None else f"{width:.1f}pt, " for width in part.widths)
    align = ", ".join(["left"] + ["right"] * (len(head) - 1))
    return (
        "    table(\n"
        f"      columns: ({columns}), align: ({align},), stroke: none, inset: (x: 6pt, y: 3pt),\n"
        f"      table.header(table.hline({RULE}), {_row(head)}, table.hline({THIN})),\n"
        + "".join(f"      {_row(row)},\n" for row in body)
        + f"      table.hline({RULE}),\n"
        "    )\n"
    )


def _row(words: Iterable[str]) -> str:
    return ", ".join(map(literal, words))
