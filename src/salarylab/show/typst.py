"""Typst: a finished table as source text for Typst, ruled as journals rule tables.

Every cell is a string literal: nothing in it is markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

RULE, THIN = "stroke: 0.8pt", "stroke: 0.4pt"


def literal(words: str) -> str:
    r"""Return text as a Typst string.

    >>> print(literal('#let "a" = \\b'))
    "#let \"a\" = \\b"
    """
    plain = words.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + plain.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'


def table(cells: pl.DataFrame, *, title: str, subtitle: str, notes: Sequence[str]) -> str:
    """Return cells of text as a Typst figure: title and subtitle above, notes below.

    The first column is set to the left, the others to the right.

    >>> made = table(pl.DataFrame({"level": ["a"], "(1)": ["0.1"]}), title="t", subtitle="s", notes=["n"])
    >>> made.count("table.hline")
    3
    """
    align = ", ".join(["left"] + ["right"] * (cells.width - 1))
    body = "".join(f"      {_row(row)},\n" for row in cells.iter_rows())
    below = "".join(f"      {literal(note)}, linebreak(),\n" for note in notes)
    return (
        "#figure(\n"
        "  kind: table,\n"
        f"  caption: figure.caption(position: top, {literal(title)} + linebreak() + {literal(subtitle)}),\n"
        "  {\n"
        "    table(\n"
        f"      columns: {cells.width}, align: ({align},), stroke: none, inset: (x: 6pt, y: 3pt),\n"
        f"      table.hline({RULE}),\n"
        f"      table.header({_row(cells.columns)}),\n"
        f"      table.hline({THIN}),\n"
        f"{body}"
        f"      table.hline({RULE}),\n"
        "    )\n"
        "    align(left, text(size: 0.8em, (\n"
        f"{below}"
        "    ).join()))\n"
        "  },\n"
        ")\n"
    )


def _row(words: Iterable[str | None]) -> str:
    return ", ".join(literal(word or "") for word in words)
