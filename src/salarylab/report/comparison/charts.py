"""Charts: those of both sides beside each other, matched by title; equal ones are drawn once."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from itertools import count
from typing import Any

from markupsafe import Markup

from salarylab.report import notebook as notebooks
from salarylab.report.comparison.side import Side, parsed
from salarylab.show import embed
from salarylab.show.figure import VEGALITE_MIME


@dataclass(frozen=True, slots=True)
class Pair:
    """Hold a chart's title and its figures; B's is None where it is the same as A's or there is none."""

    title: str
    verdict: str
    a: Markup | None
    b: Markup | None


def pairs(a: Side, b: Side) -> tuple[Pair, ...]:
    """Return the charts of two sides: A's in order, then those that B alone has.

    Charts of one title are matched in the order in which they are shown. Raises ``ReportError`` for a chart that
    cannot be drawn.
    """
    of_a, of_b = _titled(a), _titled(b)
    numbers = count(1)

    def figure(spec: dict[str, Any] | None) -> Markup | None:
        return None if spec is None else Markup(embed.chart(spec, next(numbers), static=True))

    beside = []
    for key in dict.fromkeys([*of_a, *of_b]):
        one, other = of_a.get(key), of_b.get(key)
        same = _text(one) == _text(other)
        verdict = "the same" if same else "only in B" if one is None else "only in A" if other is None else "changed"
        beside.append(Pair(key[0], verdict, figure(one), None if same else figure(other)))
    return tuple(beside)


def _titled(side: Side) -> dict[tuple[str, int], dict[str, Any]]:
    """Return a side's charts by title and how many of that title came before."""
    if side.notebook is None:
        return {}
    counts: dict[str, int] = defaultdict(int)
    charts: dict[tuple[str, int], dict[str, Any]] = {}
    for spec in notebooks.displays(parsed(side.notebook, side.name), VEGALITE_MIME):
        named = embed.titles(spec)[0] or embed.label(spec, len(charts) + 1)
        charts[named, counts[named]] = spec
        counts[named] += 1
    return charts


def _text(spec: dict[str, Any] | None) -> str:
    return json.dumps(spec, sort_keys=True)
