"""Specification: one premium under every equation that was asked, sorted, and the choices behind each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from salarylab.disclosure import Released
from salarylab.errors import ReportError, unknown
from salarylab.model.contrast import BAND
from salarylab.show import intervals
from salarylab.show.coefficients import FEW
from salarylab.show.figure import Figure, drawing, figure
from salarylab.show.intervals import HIGH, LOW, PERCENT
from salarylab.show.theme import BLUE, WIDTH
from salarylab.unanswered import Unanswered, unless_unanswered
from salarylab.units import percent

MOST = 60
"""Equations drawn at most: of more, as many evenly spaced in their order, the ends among them."""

EXTENT = 240
PLACE, CHOICE = "place", "choice"


@unless_unanswered
def specification_curve(shown: Released, choices: Sequence[str], *, subject: str, headline: str) -> Figure | Unanswered:
    """Draw a premium under every equation, lowest first, with 95 % intervals, and below what each equation chose.

    ``shown`` has a row an equation: ``value``, ``low`` and ``high`` in log points, null where they may not be told,
    and a column of text for each of ``choices``. Differences within 2 % are shaded. ``subject`` says which
    premium, ``headline`` whose data. Raises ``ReportError`` for choices that are no column.
    """
    import altair as alt

    missing = [unknown("choice", name, shown.frame.columns) for name in choices if name not in shown.frame.columns]
    if missing:
        raise ReportError(*missing)
    curve = shown.then(lambda told: _sorted(told, choices))
    if curve.frame.is_empty():
        return Unanswered(f"every equation: {FEW}")
    values = shown.frame["value"].drop_nulls()
    n, left = len(values), shown.frame["value"].null_count()
    some = f"{MOST} of {n:,} equations, evenly spaced" if n > MOST else f"{n} equations"
    inside = 100 * int(values.is_between(*BAND).sum()) / n
    edge = max(1, n // 50)
    x = alt.X(f"{PLACE}:Q", title=None, axis=None, scale=alt.Scale(domain=[1 - edge, n + edge], nice=False))
    low, high = (round(percent(end)) for end in BAND)
    return figure(
        alt.vconcat(_estimates(curve, x), _matrix(curve, choices, x), spacing=6),
        title=f"{subject}, by equation",
        subtitle=f"{headline}. {some}{f' ({left} withheld)' if left else ''}; shaded: {low}% to +{high}%",
        summary=f"{subject} under {n:,} equations, sorted, with 95% intervals; {inside:.0f}% of the estimates lie "
        f"within {low}% to +{high}%. Below: the choices of each equation ({', '.join(choices)})",
    )


def _sorted(told: pl.DataFrame, choices: Sequence[str]) -> pl.DataFrame:
    """Return the equations that are drawn, lowest premium first, each with its place among all."""
    whole = told.drop_nulls("value").sort("value", *choices).with_row_index(PLACE, offset=1)
    places = np.unique(np.linspace(0, len(whole) - 1, MOST).round().astype(int)) if len(whole) > MOST else None
    drawn = whole if places is None else whole[places.tolist()]
    return drawn.select(PLACE, *intervals.percents(), *choices)


def _estimates(curve: Released, x: Any) -> Any:
    """Return estimates with intervals above a shaded band of differences that are taken for none."""
    import altair as alt

    ends = [round(percent(end), 1) for end in BAND]
    once = drawing(curve).transform_aggregate(points="count()")
    band = once.mark_rect(color="#888", opacity=0.22).encode(
        y=alt.YDatum(ends[0], title=intervals.PERCENTS.title), y2=alt.Y2Datum(ends[1])
    )
    drawn = drawing(curve).encode(x=x, tooltip=[f"{name}:N" for name in curve.frame.columns if name != PLACE])
    bars = drawn.mark_rule(color=BLUE, opacity=0.5, strokeWidth=1.6).encode(y=f"{LOW}:Q", y2=f"{HIGH}:Q")
    axis = alt.Axis(minExtent=EXTENT, maxExtent=EXTENT, titlePadding=40 - EXTENT)
    marks = drawn.mark_point(filled=True, size=26, color="#222", opacity=1).encode(
        y=alt.Y(f"{PERCENT}:Q", title=intervals.PERCENTS.title, axis=axis)
    )
    zero = intervals.across(curve, 0, y=intervals.PERCENTS.title)
    return alt.layer(band, zero, bars, marks).properties(width=WIDTH - 40, height=220)


def _matrix(curve: Released, choices: Sequence[str], x: Any) -> Any:
    """Return a mark for each choice of each equation, a line an option."""
    import altair as alt

    long = curve.then(
        lambda told: told.unpivot(on=list(choices), index=PLACE, variable_name="of", value_name="option").select(
            PLACE, pl.format("{}: {}", "of", "option").alias(CHOICE), "of"
        )
    )
    lines = long.frame.select("of", CHOICE).unique(maintain_order=True)
    order = [line for of in choices for line in sorted(lines.filter(of=of)[CHOICE].to_list())]
    axis = alt.Axis(minExtent=EXTENT, maxExtent=EXTENT, labelLimit=EXTENT - 8, grid=True)
    drawn = drawing(long).encode(x=x, y=alt.Y(f"{CHOICE}:N", sort=order, title=None, axis=axis))
    marks = drawn.mark_tick(thickness=3, color="#222", orient="vertical")
    return marks.properties(width=WIDTH - 40, height=alt.Step(17))
