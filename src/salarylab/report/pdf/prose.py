"""Prose: a notebook's text as source text for Typst, by pandoc."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

FORMAT = "gfm+smart+tex_math_dollars+footnotes"
FILTER = Path(__file__).with_name("prose.lua")
SEAM, SET_SEAM = "\n\n<!-- next cell -->\n\n", "// next cell\n"


def prose(cells: Sequence[str]) -> list[str]:
    r"""Return cells of Markdown as Typst: lists, links, footnotes, tables, formulas; no HTML and no pictures.

    The cells are one text: a footnote may stand in another cell than its mark.

    >>> print(prose(["*Pay* of #1: $w_i$[^1]", "[^1]: an hour"])[0].strip())
    #emph[Pay] of \#1: #{ set math.equation(alt: "w_i"); $w_i$ }#footnote[an hour]
    """
    told = _typst(SEAM.join(cells)).split(SET_SEAM)
    # a fence that a cell leaves open would take the next cells into itself
    return told if len(told) == len(cells) else [_typst(cell) for cell in cells]


def _typst(markdown: str) -> str:
    import pypandoc

    asked = ["--lua-filter", str(FILTER), "--quiet", "--eol=lf", "--wrap=none"]
    return str(pypandoc.convert_text(markdown, "typst", FORMAT, asked, sandbox=True))
