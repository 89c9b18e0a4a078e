"""Intervals: dots with interval bars, a line a row; several series stand apart by height, shape and colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from salarylab.disclosure import Released
from salarylab.show.figure import drawing
from salarylab.show.theme import BLUE, SERIES, WIDTH

SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross", "triangle-right", "triangle-left")
ROW, STEP = 28, 13

PERCENT, LOW, HIGH, ROWS = "percent difference", "95% low", "95% high", "rows (rounded)"
IN_LOGS = "log points"


@dataclass(frozen=True, slots=True)
class Measure:
    """Name what is measured: the columns of a value and of its interval's ends, and their axis."""

    value: str
    title: str
    low: str = LOW
    high: str = HIGH
    zero: bool = True
    format: str | None = None


PERCENTS = Measure(PERCENT, "difference in pay, percent")


def percents(value: str = "value", low: str = "low", high: str = "high") -> list[pl.Expr]:
    """Return log points and their interval's ends as percent differences, to one decimal."""
    named = {PERCENT: value, LOW: low, HIGH: high}
    return [((pl.col(name).exp() - 1) * 100).round(1).alias(shown) for shown, name in named.items()]


def logs() -> list[pl.Expr]:
    """Return log points and their interval's ends to three decimals."""
    return [pl.col(name).round(3).alias(shown) for shown, name in {IN_LOGS: "value", LOW: "low", HIGH: "high"}.items()]


def dots(
    points: Released, measure: Measure, *, rows: str, order: Sequence[str], series: str = "", names: Sequence[str] = ()
) -> Any:
    """Return dots with interval bars; ``rows`` and ``series`` are columns, ``order`` and ``names`` their values."""
    import altair as alt

    columns = [rows, *([series] if series else []), measure.value, measure.low, measure.high, ROWS]
    drawn = drawing(points).encode(
        y=alt.Y(f"{rows}:N", sort=list(order), title=None, axis=alt.Axis(grid=True, labelLimit=300)),
        tooltip=[name for name in columns if name in points.frame.columns],
    )
    several = len(names) > 1
    shaped: dict[str, Any] = {}
    if several:
        domain = {"domain": list(names)}
        shade = alt.Scale(**domain, range=[SERIES[i % len(SERIES)] for i in range(len(names))])
        shapes = alt.Scale(**domain, range=[SHAPES[i % len(SHAPES)] for i in range(len(names))])
        drawn = drawn.encode(
            yOffset=alt.YOffset(f"{series}:N", sort=list(names)),
            color=alt.Color(f"{series}:N", sort=list(names), scale=shade, title=None),
        )
        shaped = {"shape": alt.Shape(f"{series}:N", sort=list(names), scale=shapes, title=None)}
    else:
        drawn = drawn.encode(color=alt.value(BLUE))
    x = alt.X(
        f"{measure.value}:Q",
        title=measure.title,
        scale=alt.Scale(zero=measure.zero),
        axis=alt.Axis(tickCount=8, **({"format": measure.format} if measure.format else {})),
    )
    bars = drawn.mark_rule(strokeWidth=2.2, opacity=0.75).encode(x=f"{measure.low}:Q", x2=f"{measure.high}:Q")
    marks = drawn.mark_point(filled=True, size=60, opacity=1).encode(x=x, **shaped)
    step = STEP * len(names) + 14 if several else ROW
    layers = [*([across(points, 0, x=measure.title)] if measure.zero else []), bars, marks]
    return alt.layer(*layers).properties(width=WIDTH - 60, height=alt.Step(step) if not several else step * len(order))


def across(points: Released, value: float, *, x: str = "", y: str = "") -> Any:
    """Return one dashed line at a value, whatever the number of points: upright on ``x``, level on ``y``."""
    import altair as alt

    once = drawing(points).transform_aggregate(points="count()").mark_rule(color="#777", strokeDash=[3, 3])
    return once.encode(x=alt.XDatum(value, title=x)) if x else once.encode(y=alt.YDatum(value, title=y))
