"""Means: pay at each level of a factor, adjusted to the same covariates, with intervals."""

from __future__ import annotations

import polars as pl

from salarylab.disclosure import release, significant
from salarylab.model.contrast import AdjustedMeans
from salarylab.model.contrast.means import LOGS, PAYS
from salarylab.model.contrast.simultaneous import LEVEL
from salarylab.show import intervals
from salarylab.show.coefficients import FEW
from salarylab.show.figure import Figure, figure
from salarylab.unanswered import unless_unanswered


@unless_unanswered
def adjusted_means(found: AdjustedMeans) -> Figure:
    """Draw geometric mean pay at each level of a factor, all else as in the sample, with its interval."""
    pay = f"pay, {found.unit}"
    measure = intervals.Measure(pay, f"geometric mean pay, {found.unit}", zero=False, format="~s")
    columns = {pay: "pay", intervals.LOW: "pay_low", intervals.HIGH: "pay_high"}
    means = release(found.table, (*LOGS, *PAYS))
    points = means.then(
        lambda told: told.drop_nulls("pay").select(
            "level",
            *(pl.col(name).map_elements(_digits, return_dtype=pl.Float64).alias(to) for to, name in columns.items()),
            pl.col("n").alias(intervals.ROWS),
        )
    )
    design, factor = found.design, found.design.blocks[found.factor].factor.label
    at_once = ", of all levels at once" if found.level != LEVEL else ""
    left = f". Not drawn: {FEW}" if len(points.frame) < len(means.frame) else ""
    return figure(
        intervals.dots(points, measure, rows="level", order=points.frame["level"].to_list()),
        title=f"Pay by {factor}, all else as in the whole sample",
        subtitle=f"{design.sample.provenance.headline}. Bars: 95% intervals{at_once}{left}",
        summary=f"Adjusted geometric mean pay ({found.unit}) at each level of {factor}, with 95% intervals",
    )


def _digits(pay: float) -> float:
    return significant(pay, 3)
