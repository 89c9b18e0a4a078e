"""Table columns: what an equation reads of a table, each column under a name of its own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import polars as pl

from salarylab.model.factor import Factor, Outcome
from salarylab.model.kernel.door import Columns
from salarylab.model.spec import DECLARED, SURVEY, Spec
from salarylab.model.spline import restricted_cubic

OUTCOME, WEIGHT, CLUSTER = "outcome ", "weight ", "cluster "
"""Names of read columns; the blank keeps them apart from factors."""


MOST_APART = 400
"""Distance of the least from the greatest whole number up to which numbers are read as a key, as years are."""


def whole(part: Factor, frame: pl.LazyFrame) -> bool:
    """Return whether a number is stored as whole numbers that lie near each other: years are, amounts are not."""
    column = frame.select(part.expression.alias(part.name))
    kind = column.collect_schema()[part.name]
    if not kind.is_integer() or kind in (pl.Int8, pl.UInt8):
        return kind.is_integer()
    ends = column.select(least=pl.col(part.name).min(), most=pl.col(part.name).max()).collect(engine="streaming")
    least, most = ends.row(0)
    return least is None or most - least <= MOST_APART


def selected(
    spec: Spec, wanted: Outcome, parts: Sequence[Factor], keys: Sequence[Factor], frame: pl.LazyFrame
) -> tuple[pl.LazyFrame, Columns]:
    """Return the columns of an equation by name, and which of them is what."""
    value = pl.col(wanted.column).cast(pl.Float64)
    asked = [part.expression.alias(part.name) for part in keys]
    plain = [column for part in parts if part not in keys for column in expressions(part)]
    asked += [*plain, (value.log() if wanted.log else value).alias(OUTCOME)]
    weights = spec.weights not in (None, SURVEY)
    clusters = spec.clusters not in (None, DECLARED)
    asked += [pl.col(str(spec.weights)).alias(WEIGHT)] if weights else []
    asked += [pl.col(str(spec.clusters)).alias(CLUSTER)] if clusters else []
    names = tuple(expression.meta.output_name() for expression in plain)
    read_as = Columns(
        tuple(part.name for part in keys), names, OUTCOME, WEIGHT if weights else None, CLUSTER if clusters else None
    )
    return frame.select(asked), read_as


def expressions(part: Factor) -> list[pl.Expr]:
    """Return the columns of a number with many values: its powers, or the basis of its spline."""
    x = part.expression.cast(pl.Float64)
    if part.kind != "spline":
        names = [part.name, *(f"{part.name}^{power}" for power in range(2, part.degree + 1))]
        return [(x**power).alias(name) for power, name in enumerate(names, start=1)]
    return [
        x.map_batches(partial(_bend, part=part, i=i), pl.Float64).alias(f"{part.name}.{i}")
        for i in range(len(part.knots) - 1)
    ]


def _bend(years: pl.Series, *, part: Factor, i: int) -> pl.Series:
    return pl.Series(years.name, restricted_cubic(years.to_numpy(), part.knots)[:, i])
