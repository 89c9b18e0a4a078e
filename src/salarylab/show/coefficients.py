"""Coefficients: the terms of factors as dots with intervals, several equations beside each other."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from salarylab.disclosure import MIN_CELL
from salarylab.model import Estimate
from salarylab.show import intervals, regression
from salarylab.show.figure import Figure, figure
from salarylab.unanswered import Unanswered, unless_unanswered

FEW = f"fewer than {MIN_CELL} rows, or mostly one contributor"


@unless_unanswered
def coefficients(
    *estimates: Estimate, factors: Sequence[str] | None = None, labels: Sequence[str] | None = None
) -> Figure | Unanswered:
    """Draw the coefficients of factors with their 95 % intervals, in percent, a colour and shape for each equation.

    ``factors`` are those drawn, by default all but splines; ``labels`` name the equations beside their numbers.
    Terms that may not be told are not drawn. Raises ``ReportError`` for no estimate, labels that are too few or too
    many, a factor that no equation has, and an outcome that is no log.
    """
    asked = regression.asked(estimates, labels, factors, unit="percent", beneath="interval", stars=False)
    terms, several = regression.terms(asked), len(asked.factors) > 1
    bases = terms.frame["base"].drop_nulls().unique().to_list()
    alone = not several and len(bases) == 1
    over = pl.when(pl.col("base").is_null() | alone).then(pl.lit("")).otherwise(pl.format(" over {}", "base"))
    of = pl.col("factor").replace_strict({name: f"{regression.named(name, asked)}: " for name in asked.factors})
    crossed = pl.col("factor").str.contains(":", literal=True)
    prefix = pl.when(pl.col("base").is_not_null() & ~crossed & several).then(of).otherwise(pl.lit(""))
    points = terms.then(
        lambda told: (
            told.drop_nulls("log_points")
            .sort(
                pl.col("factor").replace_strict({name: i for i, name in enumerate(asked.factors)}), maintain_order=True
            )
            .select(
                pl.concat_str(prefix, pl.col("label"), over).alias("term"),
                pl.col("equation").replace_strict(dict(enumerate(asked.columns))),
                *intervals.percents("log_points", "ci_low", "ci_high"),
                pl.col("n").alias(intervals.ROWS),
            )
        )
    )
    if points.frame.is_empty():
        return Unanswered(f"every term has {FEW}")
    order = points.frame["term"].unique(maintain_order=True).to_list()
    names = asked.columns if len(asked.columns) > 1 else ()
    chart = intervals.dots(points, intervals.PERCENTS, rows="term", order=order, series="equation", names=names)
    what = ", ".join(regression.named(name, asked) for name in asked.factors)
    headline = "; ".join(dict.fromkeys(one.design.sample.provenance.headline for one in estimates))
    left = f". Not drawn: {FEW}" if len(points.frame) < len(terms.frame) else ""
    return figure(
        chart,
        title=f"Pay by {what}" + (f", compared with {bases[0]}" if alone else ""),
        subtitle=f"{headline}. Marks: estimates; bars: 95% intervals{left}",
        summary=f"Differences in pay by {what}, in percent with 95% intervals"
        + (f", in {len(names)} equations: {', '.join(names)}" if names else ""),
    )
