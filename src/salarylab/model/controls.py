"""Controls: how what is held equal stands in an equation: laid out, absorbed, or lifted from waves that did not ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from salarylab.model.factor import Factor, factor_in
from salarylab.sample import Sample

CATEGORICAL = ("level", "text")

CONCEPTS = {"experience_years": "experience_concept", "education": "education_concept"}
"""Columns whose meaning another column states, row by row."""

MOST_LEVELS = 100
"""Levels of a control beyond which it is absorbed: small-sample covariances lay every level out, and their time grows
with the square of the columns (1,100 employers: minutes, absorbed 0.2 s)."""

ROWS_A_LEVEL = 20
"""Rows a level of a control must have on average to be laid out: below that the levels cost a twentieth of the rows."""

ALWAYS = "employer"
"""The control that is absorbed however few its levels: its coefficients would tell of single employers."""


def absorbed_among(sample: Sample, controls: Sequence[str]) -> str | None:
    """Return the control that an equation absorbs: employers, else the one of most levels that are too many.

    Parameters
    ----------
    sample : Sample
        The rows of the equation.
    controls : sequence of str
        What is held equal. Of several with too many levels the others are laid out: one is absorbed.

    Returns
    -------
    str or None
        A factor whose column is its own name, so that ``Spec(absorbed=…)`` takes it; none in a survey with replicate
        weights.
    """
    if sample.provenance.source.replication is not None:  # refitted with each replicate's weights, levels laid out
        return None
    if ALWAYS in controls:
        return ALWAYS
    sizes = {
        name: sample.table.select(part.expression.alias("value"))["value"].drop_nulls().n_unique()
        for name in controls
        if (part := factor_in(sample, name)).kind in CATEGORICAL and name in sample.table.columns
    }
    many = {name: n for name, n in sizes.items() if n > min(MOST_LEVELS, len(sample) / ROWS_A_LEVEL)}
    return max(many, key=lambda name: (many[name], name)) if many else None


def as_controls(sample: Sample, names: Sequence[str]) -> tuple[Factor, ...]:
    """Return the controls that some wave did not ask, each as it stands in an equation that holds the year equal.

    A question that nobody of a year answered was not put to them: they have not left it unanswered. They stand at one
    value, and the year's own term takes what differs; the control is held equal within the other years. So do waves
    that asked another thing under the same name, such as years of all work where most asked of professional work.

    Parameters
    ----------
    sample : Sample
        The rows of the equation.
    names : sequence of str
        Controls; without ``year`` among them nothing is lifted.

    Returns
    -------
    tuple of Factor
        For ``Spec(declared=…)``; none where every wave asked everything.
    """
    if "year" not in names:
        return ()
    lifted = []
    for name in names:
        part = factor_in(sample, name)
        meant = pl.when(main_meaning(sample, part)).then(part.expression)
        answers = sample.table.select("year", meant.alias("value"))
        known = answers.filter(pl.col("value").is_not_null())
        if name == "year" or known.is_empty() or known["year"].n_unique() == answers["year"].n_unique():
            continue
        fill = part.base if part.base in known["value"].cast(pl.String) else known["value"].mode().sort()[0]
        unasked = ~pl.col("year").is_in(known["year"].unique().to_list())
        expression = pl.when(unasked).then(pl.lit(fill, known["value"].dtype)).otherwise(part.expression)
        lifted.append(replace(part, expression=expression, needs=()))
    return tuple(lifted)


def waves_that_asked(sample: Sample, name: str) -> list[int]:
    """Return the years in which anybody answered a factor in its commonest meaning."""
    part = factor_in(sample, name)
    known = sample.table.filter(main_meaning(sample, part) & part.expression.is_not_null())
    return [int(year) for year in known["year"].unique().sort()]


def main_meaning(sample: Sample, part: Factor) -> pl.Expr:
    """Return which rows answered a factor's commonest question: years of professional work, or of all work."""
    columns = [concept for column, concept in CONCEPTS.items() if column in part.needs]
    main = {name: sample.table[name].drop_nulls().cast(pl.String).mode().sort() for name in columns}
    meant = [pl.col(name).cast(pl.String) == modes[0] for name, modes in main.items() if len(modes)]
    return pl.all_horizontal(*meant) if meant else pl.lit(True)


def several_meanings(sample: Sample, part: Factor) -> bool:
    """Return whether a factor's rows answer questions of several meanings."""
    columns = [concept for column, concept in CONCEPTS.items() if column in part.needs]
    return any(sample.table[name].drop_nulls().n_unique() > 1 for name in columns)
