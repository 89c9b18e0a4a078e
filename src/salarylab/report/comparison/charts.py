"""Charts: those of both sides beside each other, matched by title; equal ones are drawn once."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from salarylab.report import notebook as notebooks
from salarylab.report.comparison.side import Side, parsed
from salarylab.show import embed, svg
from salarylab.show.figure import VEGALITE_MIME


@dataclass(frozen=True, slots=True)
class Pair:
    """Hold a chart's title and its drawings; B's is None where it is the same as A's or there is none."""

    title: str
    verdict: str
    a: Markup | None
    b: Markup | None
    label_a: str = ""
    label_b: str = ""


def pairs(a: Side, b: Side) -> tuple[Pair, ...]:
    """Return the charts of two sides: A's in order, then those that B alone has.

    Charts of one title are matched in the order in which they are shown. Raises ``ReportError`` for a chart that
    cannot be drawn.
    """
    of_a, of_b = _titled(a), _titled(b)
    keys = list(dict.fromkeys([*of_a, *of_b]))
    return tuple(_pair(number, key[0], of_a.get(key), of_b.get(key)) for number, key in enumerate(keys, start=1))


def title(spec: Mapping[str, Any]) -> str:
    """Return a chart's title, else its description.

    >>> title({"title": {"text": "Pay", "subtitle": "USD"}, "description": "Pay: bars"})
    'Pay'
    """
    return embed.label({"title": spec.get("title") or spec.get("description")}, 0)


def _titled(side: Side) -> dict[tuple[str, int], dict[str, Any]]:
    """Return a side's charts by title and how many of that title came before."""
    if side.notebook is None:
        return {}
    counts: dict[str, int] = defaultdict(int)
    charts: dict[tuple[str, int], dict[str, Any]] = {}
    for spec in notebooks.displays(parsed(side.notebook, side.name), VEGALITE_MIME):
        named = title(spec)
        charts[named, counts[named]] = spec
        counts[named] += 1
    return charts


def _pair(number: int, named: str, a: dict[str, Any] | None, b: dict[str, Any] | None) -> Pair:
    same = a is not None and b is not None and _text(a) == _text(b)
    verdict = "the same" if same else "only in B" if a is None else "only in A" if b is None else "changed"
    drawn_a = None if a is None else Markup(svg.draw(a, f"a-{number}"))
    drawn_b = None if b is None or same else Markup(svg.draw(b, f"b-{number}"))
    labels = ["" if spec is None else embed.label(spec, number) for spec in (a, b)]
    return Pair(named, verdict, drawn_a, drawn_b, *labels)


def _text(spec: dict[str, Any]) -> str:
    return json.dumps(spec, sort_keys=True)
