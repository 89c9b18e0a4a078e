"""Quantiles: one premium along the quantiles of pay among alike workers."""

from __future__ import annotations

import polars as pl

from salarylab.disclosure import MIN_PERCENTILE_CELL, release
from salarylab.errors import ReportError, unknown
from salarylab.model.distribution import QuantileRegression
from salarylab.model.distribution.quantile import NUMBERS
from salarylab.show import intervals
from salarylab.show.figure import Figure, drawing, figure
from salarylab.show.intervals import HIGH, LOW, PERCENT
from salarylab.show.theme import BLUE, WIDTH
from salarylab.unanswered import Unanswered, unless_unanswered

AT = "quantile of pay"
STEP_LOW, STEP_HIGH = "low with a step", "high with a step"


@unless_unanswered
def quantile_process(found: QuantileRegression, term: str) -> Figure | Unanswered:
    """Draw one term of a quantile regression at each quantile, with 95 % intervals, in percent.

    ``term`` is named as in the regression's table. Thin lines admit a step of the lattice on which pay is heaped.
    Raises ``ReportError`` for a term that may not be named or is not there.
    """
    import altair as alt

    table = release(found.table, NUMBERS, at_least=MIN_PERCENTILE_CELL)
    known = table.frame["term"].unique(maintain_order=True).to_list()
    if term not in known:
        raise ReportError(unknown("term of this regression", term, known))
    steps = intervals.percents("value", "low_with_step", "high_with_step")[1:]
    points = table.then(
        lambda told: (
            told.filter(pl.col("term") == term)
            .drop_nulls("value")
            .select(
                pl.col("quantile").alias(AT),
                *intervals.percents(),
                *(end.alias(name) for end, name in zip(steps, (STEP_LOW, STEP_HIGH), strict=True)),
                pl.col("n").alias(intervals.ROWS),
            )
        )
    )
    if points.frame.is_empty():
        return Unanswered(f"the quantiles of {term}: fewer than {MIN_PERCENTILE_CELL} rows, or mostly one contributor")
    drawn = drawing(points).encode(
        x=alt.X(f"{AT}:Q", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(values=[i / 10 for i in range(1, 10)])),
        tooltip=[f"{name}:Q" for name in points.frame.columns],
    )
    y = alt.Y(f"{PERCENT}:Q", title=intervals.PERCENTS.title)
    thin = drawn.mark_rule(color="#444", strokeWidth=1).encode(y=f"{STEP_LOW}:Q", y2=f"{STEP_HIGH}:Q")
    thick = drawn.mark_rule(color=BLUE, strokeWidth=4, opacity=0.5).encode(y=f"{LOW}:Q", y2=f"{HIGH}:Q")
    line = drawn.mark_line(color=BLUE, strokeWidth=1.2, opacity=0.7).encode(y=y)
    marks = drawn.mark_point(filled=True, size=60, opacity=1, color=BLUE).encode(y=y)
    level, base = table.frame.filter(pl.col("term") == term).select("level", "base").row(0)
    what = term if level is None else f"{level} over {base}"
    heaped = bool((points.frame[STEP_HIGH] > points.frame[HIGH]).any())
    layers = [intervals.across(points, 0, y=intervals.PERCENTS.title), *([thin] if heaped else []), thick, line, marks]
    return figure(
        alt.layer(*layers).properties(width=WIDTH - 60, height=260),
        title=f"Difference in pay along its quantiles: {what}",
        subtitle=f"{found.design.sample.provenance.headline}. Bars: 95% intervals"
        + ("; thin: with one step of heaped pay" if heaped else ""),
        summary=f"Difference in pay, {what}, in percent at {len(points.frame)} quantiles, with 95% intervals",
    )
