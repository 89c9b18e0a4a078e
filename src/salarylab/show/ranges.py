"""Ranges: medians and quartiles of pay, a line a group."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from salarylab.disclosure import Released
from salarylab.show.figure import Figure, drawing, figure
from salarylab.show.theme import BLUE, WIDTH
from salarylab.unanswered import unless_unanswered

GROUP, MEDIAN, LOWER, UPPER, ROWS = "group", "median", "lower quartile", "upper quartile", "rows (rounded)"


@unless_unanswered
def quartiles(cells: Released, by: Sequence[str], subtitle: str) -> Figure:
    """Draw medians and quartiles of annual pay, a line a group.

    Parameters
    ----------
    cells : Released
        One row a group: the columns ``by``, then ``usd_25``, ``usd_50``, ``usd_75`` (US dollars a year) and ``n``.
    by : sequence of str
        The columns that name a group.
    subtitle : str
        Whose pay, and what the medians are.

    Returns
    -------
    Figure
        Groups whose quartiles are withheld are left out.
    """
    import altair as alt

    points = cells.then(
        lambda frame: frame.drop_nulls("usd_50").select(
            pl.concat_str(by, separator=", ").alias(GROUP),
            pl.col("usd_50").alias(MEDIAN),
            pl.col("usd_25").alias(LOWER),
            pl.col("usd_75").alias(UPPER),
            pl.col("n").alias(ROWS),
        )
    )
    order = points.frame[GROUP].to_list()
    shared = drawing(points).encode(
        y=alt.Y(f"{GROUP}:N", sort=order, title=None, axis=alt.Axis(grid=True, labelLimit=0)),
        color=alt.value(BLUE),
        tooltip=[f"{GROUP}:N", f"{MEDIAN}:Q", f"{LOWER}:Q", f"{UPPER}:Q", f"{ROWS}:Q"],
    )
    axis = alt.Axis(format="~s", tickCount=6)
    lines = shared.mark_rule(strokeWidth=5, opacity=0.35).encode(x=alt.X(f"{LOWER}:Q"), x2=alt.X2(f"{UPPER}:Q"))
    dots = shared.mark_point(filled=True, size=70, opacity=1).encode(
        x=alt.X(f"{MEDIAN}:Q", title="US dollars a year", scale=alt.Scale(zero=True), axis=axis)
    )
    return figure(
        alt.layer(lines, dots).properties(width=WIDTH, height=alt.Step(30)),
        title=f"Pay by {' and '.join(name.replace('_', ' ') for name in by)}",
        subtitle=f"{subtitle}. Dots: medians; bars: quartiles",
        summary=f"Medians and quartiles of annual pay by {' and '.join(by)}",
    )
