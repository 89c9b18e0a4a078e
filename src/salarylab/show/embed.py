"""Embed: charts and tables inside a page, numbered and named; a chart drawn for two widths, its numbers below."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from salarylab.show import narrow, pages, svg

TABLE_ROWS = 50


@dataclass(frozen=True, slots=True)
class Table:
    """Hold the numbers behind a chart: column titles, text cells, and how many rows there are in all."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int


def chart(spec: Mapping[str, Any], number: int, *, static: bool = False) -> str:
    """Return one chart as an HTML figure: caption, two drawings, numbers; its specification unless ``static``.

    One drawing is as wide as the chart, the other as a phone's screen: the page's style shows the one that fits.
    Raises ``ReportError`` for a chart that cannot be drawn or names outside data.
    """
    name = label(spec, number)
    # The caption tells the title, in letters that do not shrink with the drawing; the schema's address would
    # make the live charts complain of a version; the description is what they are called.
    own = {key: value for key, value in spec.items() if key not in ("$schema", "title")} | {"description": name}
    drawing = svg.light(svg.draw(own, f"figure-{number}"))
    phone = svg.light(svg.draw(narrow.narrow(own), f"figure-{number}-narrow"))
    return pages.render(
        "figure.html.j2",
        number=number,
        title=title(spec, number),
        subtitle=titles(spec)[1],
        label=name,
        drawing=Markup(drawing),
        phone=Markup(phone),
        width=svg.width(drawing),
        specification="" if static else _script({"wide": own, "narrow": narrow.changed(own)}),
        tables=tables(own),
        most=TABLE_ROWS,
    )


def _script(content: Mapping[str, Any]) -> Markup:
    """Return JSON that may stand in a script element: no text may end it."""
    text = json.dumps(content, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return Markup(text.replace("<", "\\u003c"))


def table(record: Mapping[str, Any], number: int) -> str:
    """Return a table's record (title, subtitle, columns, rows of text, notes) as an HTML figure."""
    return pages.render("table.html.j2", number=number, **record)


def titles(spec: Mapping[str, Any]) -> tuple[str, str]:
    """Return a chart's title and subtitle; empty where it has none.

    >>> titles({"title": {"text": ["Pay", "by degree"], "subtitle": "Invented"}}), titles({"title": "Pay"})
    (('Pay by degree', 'Invented'), ('Pay', ''))
    """
    told = spec.get("title")
    parts = (told.get("text"), told.get("subtitle")) if isinstance(told, Mapping) else (told, "")
    text, below = (" ".join(map(str, part)) if isinstance(part, list) else str(part or "") for part in parts)
    return text, below


def title(spec: Mapping[str, Any], number: int) -> str:
    """Return what a chart is called in captions and lists: its title, else its accessible name.

    >>> title({"title": "Pay", "description": "Bars of pay"}, 1), title({"description": "Bars of pay"}, 1)
    ('Pay', 'Bars of pay')
    """
    return titles(spec)[0] or label(spec, number)


def label(spec: Mapping[str, Any], number: int) -> str:
    """Return a chart's accessible name: its description, else its title, else its number.

    >>> label({"title": {"text": ["Pay", "by degree"]}}, 1)
    'Pay by degree'
    """
    return str(spec.get("description") or titles(spec)[0] or f"Chart {number}")


def tables(spec: Mapping[str, Any]) -> list[Table]:
    """Return the chart's data sets as tables of text, under the titles that it draws."""
    return [_table(columns, rows) for columns, rows in data_sets(spec)]


def data_sets(spec: Mapping[str, Any]) -> list[tuple[dict[str, str], list[Mapping[str, Any]]]]:
    """Return the chart's data sets, each as the titles of the fields that it draws, and its rows.

    A set of one row (a reference line) is left out where there are larger ones.
    """
    titles = _titles(spec)
    inline = spec.get("data", {}).get("values") if isinstance(spec.get("data"), Mapping) else None
    sets = [rows for rows in [*spec.get("datasets", {}).values(), inline] if isinstance(rows, list) and rows]
    longer = [rows for rows in sets if len(rows) > 1] or sets
    return [(_drawn(rows, titles), rows) for rows in longer if isinstance(rows[0], Mapping)]


def _drawn(rows: list[Mapping[str, Any]], titles: Mapping[str, str]) -> dict[str, str]:
    """Return the titles of the columns: first what a row is called, in text, then its numbers."""
    present = {name: value for row in reversed(rows) for name, value in row.items()}
    names = [name for name in titles if name in present] or list(present)
    names.sort(key=lambda name: not isinstance(present[name], str))
    return {name: titles.get(name, name) for name in names}


def _table(columns: Mapping[str, str], rows: list[Mapping[str, Any]]) -> Table:
    shown = tuple(tuple(_cell(row.get(name)) for name in columns) for row in rows[:TABLE_ROWS])
    return Table(tuple(columns.values()), shown, len(rows))


def _titles(spec: Any) -> dict[str, str]:
    """Return the fields that a chart draws, each with the first title given to it."""
    titles: dict[str, str] = {}
    for channel in _channels(spec):
        name, title = channel["field"], channel.get("title")
        if isinstance(name, str) and (name not in titles or titles[name] == name):
            titles[name] = title if isinstance(title, str) and title else name
    return titles


def _channels(node: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every part of a specification that names a field, data left out; what a tooltip lists comes first."""
    if isinstance(node, Mapping):
        if "field" in node:
            yield node
        for key, part in sorted(node.items(), key=lambda item: item[0] != "tooltip"):
            if key not in ("data", "datasets"):
                yield from _channels(part)
    elif isinstance(node, list):
        for part in node:
            yield from _channels(part)


def _cell(value: Any) -> str:
    """Return a value as a table shows it: charts get rounded numbers, so all digits are meant."""
    if value is None:
        return ""
    if isinstance(value, float):
        text = f"{value:z,.6f}" if abs(value) >= 10_000 else f"{value:z.6f}"
        return text.rstrip("0").rstrip(".")
    return str(value)
