"""Profile: the premium along years of experience or age, with an interval at each year and a band for all."""

from __future__ import annotations

import polars as pl

from salarylab.disclosure import release
from salarylab.model.contrast import Curve
from salarylab.model.contrast.curve import NUMBERS
from salarylab.show import intervals
from salarylab.show.figure import Figure, drawing, figure
from salarylab.show.theme import BLUE, WIDTH
from salarylab.unanswered import unless_unanswered

BAND_LOW, BAND_HIGH = "band low", "band high"


@unless_unanswered
def profile(found: Curve) -> Figure:
    """Draw a curve: the premium over its reference, the interval at each point, and the band of the whole curve."""
    import altair as alt

    at = found.design.blocks[found.factor].factor.label
    ends = {BAND_LOW: "band_low", BAND_HIGH: "band_high"}
    points = release(found.table, NUMBERS).then(
        lambda told: told.select(
            pl.col("at").alias(at),
            *intervals.percents(),
            *(((pl.col(column).exp() - 1) * 100).round(1).alias(shown) for shown, column in ends.items()),
            pl.col("n").alias(intervals.ROWS),
        ).pipe(_with_reference, at, found.reference)
    )
    drawn = drawing(points).encode(x=alt.X(f"{at}:Q", scale=alt.Scale(zero=False, nice=False)))
    y = alt.Y(f"{intervals.PERCENT}:Q", title=intervals.PERCENTS.title)
    shade = {"color": BLUE, "line": False}
    band = drawn.mark_area(**shade, opacity=0.15).encode(y=alt.Y(f"{BAND_LOW}:Q"), y2=f"{BAND_HIGH}:Q")
    inner = drawn.mark_area(**shade, opacity=0.3).encode(y=alt.Y(f"{intervals.LOW}:Q"), y2=f"{intervals.HIGH}:Q")
    line = drawn.mark_line(color=BLUE, strokeWidth=2.2).encode(y=y)
    return figure(
        alt.layer(intervals.across(points, 0, y=intervals.PERCENTS.title), band, inner, line).properties(
            width=WIDTH - 60, height=280
        ),
        title=f"Pay along {at}, compared with {found.reference:g}",
        subtitle=f"{found.design.sample.provenance.headline}. Dark: 95% intervals; light: band of the whole curve",
        summary=f"Premium in percent along {at} over {found.reference:g}, with pointwise 95% intervals and a "
        "simultaneous band",
    )


def _with_reference(points: pl.DataFrame, at: str, reference: float) -> pl.DataFrame:
    """Return the points with the reference among them: there the premium is zero, and nothing is estimated."""
    numbers = [name for name in points.columns if points.schema[name].is_float() and name != at]
    zero = pl.DataFrame({at: [reference], **{name: [0.0] for name in numbers}})
    return pl.concat([points, zero], how="diagonal").sort(at)
