"""Charts: a notebook's chart as a figure of the printed report: drawn as vectors, its title above it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from salarylab.report.pdf.sheet import Sheet
from salarylab.show import embed, svg
from salarylab.show.typst import literal

PRINT: Mapping[str, Mapping[str, Any]] = {
    "axis": {"labelFontSize": 13, "titleFontSize": 13, "titleFontWeight": "normal"},
    "legend": {"labelFontSize": 13, "titleFontSize": 13, "titleFontWeight": "normal", "titleLimit": 400, "columns": 4},
    "header": {"labelFontSize": 13, "titleFontSize": 13},
}
SCALE = 0.66
"""Points to a pixel: letters of 13 pixels are printed in 8.6 points."""
TALLEST = 0.6
"""The most of a page's height that a chart takes."""
STAYS = 0.45
"""A chart up to this part of a page stays where it is shown; a taller one may float past text to where it has room."""

FONT = 'font-family="Libertinus Serif"'
"""Typst brings it, so no letter hangs on a machine's fonts; it is no wider than what charts are measured with."""
FAMILY = re.compile(r'(?<=\s)font-family="[^"]*"')
SIZE = re.compile(r'<svg[^>]*? width="([\d.]+)" height="([\d.]+)"')


def chart(spec: Mapping[str, Any], number: int, on: Sheet) -> str:
    """Return a chart as a Typst figure; its title and subtitle are the caption, its description the alternative text.

    Raises ``ReportError`` for a chart that cannot be drawn or names outside data.
    """
    title, subtitle = _titles(spec)
    drawing = svg.TAG.sub(lambda tag: FAMILY.sub(FONT, tag[0]), svg.draw(_for_print(spec), f"chart-{number}"))
    width, height = _size(drawing, on)
    told = {"title": title or embed.label(spec, number), "subtitle": subtitle, "alt": embed.label(spec, number)}
    named = ", ".join(f"{name}: {literal(words)}" for name, words in told.items())
    placed = f"number: {number}, width: {width:.1f}pt, floats: {str(height > STAYS * on.text_height).lower()}"
    return f"#chart({literal(drawing)}, {placed}, {named})\n"


def _for_print(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return a specification without its title, in the type of the page around it."""
    config = dict(spec.get("config", {}))
    for part, change in PRINT.items():
        config[part] = {**config.get(part, {}), **change}
    return {**{name: part for name, part in spec.items() if name != "title"}, "config": config}


def _titles(spec: Mapping[str, Any]) -> tuple[str, str]:
    """Return a chart's title and subtitle as lines of text."""
    title = spec.get("title") or ""
    parts = title if isinstance(title, Mapping) else {"text": title}
    return _line(parts.get("text")), _line(parts.get("subtitle"))


def _line(words: Any) -> str:
    return " ".join(map(str, words)) if isinstance(words, list) else str(words or "")


def _size(drawing: str, on: Sheet) -> tuple[float, float]:
    """Return the points in which a drawing fits the page; charts are drawn to one scale where they can be."""
    found = SIZE.search(drawing)
    assert found is not None, "the drawing library states the size of a drawing"
    width, height = float(found[1]), float(found[2])
    scale = min(SCALE, on.text_width / width, TALLEST * on.text_height / height)
    return width * scale, height * scale
