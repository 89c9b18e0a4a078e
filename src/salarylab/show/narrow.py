"""Narrow: a chart laid out anew for the width of a phone: nothing is cut off, nothing shrinks out of sight."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

WIDTH = 340
"""Pixels that a page of 390 leaves a drawing."""
LINE = 22
"""Letters of a label's line: beside it more than half of the width is left to the marks."""
EXTENT = 150
"""Pixels of a label's line."""
TITLE = 40
"""Letters of a title's line."""
LETTER, HEIGHT = 6.4, 15
"""Pixels of a letter of twelve pixels, and of a line of them."""
LETTERS = 11
"""Pixels of letters among the marks."""
TICKS, STEP = 4, 20
"""Ticks of an axis of numbers, and what Vega-Lite gives a row where nothing is said."""

WRAPPED = (
    "split(trim(replace(replace(datum.label, regexp('\\\\n', 'g'), ' '), "
    f"regexp('(.{{1,{LINE}}})( |$)', 'g'), '$1\\n')), '\\n')"
)
"""A label broken into lines at its spaces, as Vega works it out; ``_lines`` counts them."""
PLACES = ("x", "y")
LEGENDS = ("color", "fill", "stroke", "shape", "size", "opacity", "strokeDash")


def narrow(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return a chart's specification for a phone: labels in lines, fewer ticks, legends in columns, higher rows.

    Its data are the same.
    """
    own: dict[str, Any] = json.loads(json.dumps(spec))
    config = own.setdefault("config", {})
    for part in ("axis", "legend", "header"):
        config[part] = config.get(part, {}) | {"labelLimit": 0}
    rows = [row for values in _values(own) for row in values if isinstance(row, dict)]
    parts = [part for name in ("vconcat", "hconcat", "concat") for part in own.get(name, ())]
    for view in parts or [own]:
        _lay_out(view, rows)
    if not parts:
        own |= {"width": WIDTH, "autosize": {"type": "fit-x", "contains": "padding"}}
    return own


def changed(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of the specification at its top level in which the phone's differs."""
    return {name: part for name, part in narrow(spec).items() if spec.get(name) != part}


def _lay_out(view: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    """Lay out one view, of one layer or several."""
    lines, count = 1, 0
    for layer in [view, *view.get("layer", ())]:
        if isinstance(layer.get("mark"), dict) and layer["mark"].get("type") == "text":
            layer["mark"]["fontSize"] = min(layer["mark"].get("fontSize", LETTERS), LETTERS)
    for place, channel in _channels(view):
        if isinstance(channel.get("title"), str):
            channel["title"] = _broken(channel["title"], TITLE)
        labels = _labels(channel, rows)
        if place in PLACES and channel.get("axis", {}) is not None:
            _axis(place, channel.setdefault("axis", {}), labels)
        if place == "y" and labels:
            lines, count = max(lines, *map(_lines, labels)), max(count, len(labels))
        if place in LEGENDS and labels and channel.get("legend", {}) is not None:
            longest = max(map(len, labels))
            columns = max(1, int(WIDTH // (LETTER * longest + 30)))
            channel["legend"] = channel.get("legend", {}) | {"columns": columns, "labelLimit": 0}
    height = view.get("height", {"step": STEP})
    if count:  # in pixels: Vega-Lite fits no chart into a width whose height is counted in steps
        given = height["step"] * count if isinstance(height, dict) else height
        view["height"] = max(given, (HEIGHT * lines + 4) * count)
    view["width"] = WIDTH - EXTENT - 10


def _axis(place: str, axis: dict[str, Any], labels: list[str]) -> None:
    axis["labelLimit"] = 0
    if "minExtent" in axis:  # charts above each other keep their labels to one width
        axis["titlePadding"] = axis.get("titlePadding", 0) + axis["minExtent"] - EXTENT
        axis |= {"minExtent": EXTENT, "maxExtent": EXTENT}
    if not labels and "values" not in axis:
        axis["tickCount"] = min(axis.get("tickCount", TICKS), TICKS)
    elif labels:
        axis["labelExpr"] = WRAPPED
        if place == "x" and LETTER * max(map(len, labels)) * len(labels) > WIDTH - EXTENT:
            axis["labelAngle"] = -45


def _channels(view: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every channel of a view and its layers that draws a field or a constant, by name."""
    for name, channel in view.get("encoding", {}).items():
        if isinstance(channel, dict) and ("field" in channel or "datum" in channel):
            yield name, channel
    for layer in view.get("layer", ()):
        yield from _channels(layer)


def _labels(channel: Mapping[str, Any], rows: list[dict[str, Any]]) -> list[str]:
    """Return the texts that a channel of names draws; none where it draws numbers."""
    if channel.get("type") not in ("nominal", "ordinal"):
        return []
    domain = (channel.get("scale") or {}).get("domain")
    found = domain if isinstance(domain, list) else [row.get(str(channel.get("field"))) for row in rows]
    return list(dict.fromkeys(str(value) for value in found if value is not None))


def _values(spec: Mapping[str, Any]) -> Iterator[list[Any]]:
    """Yield the data sets of a specification."""
    yield from (values for values in spec.get("datasets", {}).values() if isinstance(values, list))
    inline = spec.get("data")
    if isinstance(inline, dict) and isinstance(inline.get("values"), list):
        yield inline["values"]


def _lines(label: str) -> int:
    return len(_broken(label.replace("\n", " "), LINE))


def _broken(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [text]
