"""Gaps: what one estimator finds between each level of a factor and its base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import MIN_CELL, release, round_df, show_count
from salarylab.finding import Finding
from salarylab.model.coding import plain
from salarylab.model.estimate import interval
from salarylab.model.kernel.solution import Solution, solve
from salarylab.model.telling import told_of
from salarylab.model.trust.comparison import Comparison, freedom, influence_rule, spread
from salarylab.model.variance.clusters import clustered
from salarylab.model.variance.independent import bell_mccaffrey, heteroskedastic
from salarylab.units import percent

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

NUMBERS = ("value", "se", "df", "p", "low", "high", "percent", "percent_low", "percent_high")


@dataclass(frozen=True, slots=True)
class Gaps:
    """Hold the gap of each level to the base in log points: ``values``, ``se`` and ``df``, shape (m,).

    ``se`` is NaN where no standard error may be given; ``n`` (m,) are the rows in the smaller cell compared;
    ``rule`` is the variance rule in words and ``caveats`` what a reader of the numbers must know.
    """

    comparison: Comparison = field(repr=False)
    what: str
    values: Array = field(repr=False)
    se: Array = field(repr=False)
    df: Array = field(repr=False)
    n: Codes = field(repr=False)
    rule: str
    caveats: tuple[str, ...] = ()

    @property
    def table(self) -> pl.DataFrame:
        """One row a level, in order; a level that may not be told shows no numbers, rare text is masked."""
        block = self.comparison.block
        rows = [
            [block.told(level), block.told(block.base), *self._numbers(j), int(self.n[j]), bool(out)]
            for j, (level, out) in enumerate(zip(self.comparison.levels, self.comparison.dominated, strict=True))
        ]
        text, numbers = dict.fromkeys(("level", "base"), pl.String()), dict.fromkeys(NUMBERS, pl.Float64())
        schema = text | numbers | {"n": pl.Int64(), "withheld": pl.Boolean()}
        return release(pl.DataFrame(rows, schema=schema, orient="row"), NUMBERS, dominated="withheld").frame

    def finding(self, level: str) -> Finding:
        """Return the gap of one level as a finding; raises ``ModelError`` for a level that is not compared."""
        j = self.comparison.index(level)
        block, given = self.comparison.block, self.comparison.given
        told = dict(zip(NUMBERS, self._numbers(j), strict=True))
        numbers = {name: told[name] for name in ("value", "se", "df", "p", "low", "high")}
        held = f" (given {given})" if given else ""
        return told_of(
            self.comparison.design,
            f"{self.what} of {block.told(level)} to {block.told(block.base)}{held}",
            covariance=self.rule,
            unit="log points",
            base=block.told(block.base),
            smallest_cell=int(self.n[j]),
            dominated=bool(self.comparison.dominated[j]),
            caveats=self.caveats,
            **numbers,
        )

    def _numbers(self, j: int) -> list[float | None]:
        value, se, df = float(self.values[j]), float(self.se[j]), float(self.df[j])
        if not np.isfinite(value):
            return [None] * len(NUMBERS)
        if not np.isfinite(se):
            return [value, *[None] * 5, percent(value), None, None]
        low, high, _, p = interval(value, se, df)
        return [value, se, round_df(df), p, low, high, percent(value), percent(low), percent(high)]


def of_influence(
    comparison: Comparison, what: str, values: Array, influence: Array, spent: int, caveats: tuple[str, ...] = ()
) -> Gaps:
    """Return gaps (m,) with the variance of their influence functions (n, m)."""
    df, judged = freedom(comparison, spent=spent)
    se = np.sqrt(np.diag(spread(influence, comparison.design.clusters)))
    told = np.where(judged, se, np.nan)
    return Gaps(comparison, what, values, told, df, comparison.n, influence_rule(comparison.design, spent), caveats)


def least_squares(
    comparison: Comparison, x: Array, names: Sequence[str], rows: NDArray[np.bool_] | None = None
) -> Solution:
    """Return the fit of pay on columns x (n, k), intercept first; ``rows`` marks those that x has, where not all."""
    design = comparison.design
    of = np.ones(len(design.y), dtype=bool) if rows is None else rows
    weights = None if design.weights is None else design.weights[of]
    if design.clusters is None:
        return solve(plain(x, design.y[of], weights), names, meat="HC2")
    met, codes = np.unique(design.clusters[of], return_inverse=True)
    return solve(plain(x, design.y[of], weights, codes), names, meat="clusters", clusters=len(met))


def of_least_squares(
    comparison: Comparison, what: str, fit: Solution, first: int, caveats: tuple[str, ...] = ()
) -> Gaps:
    """Return the coefficients of the arms, columns ``first`` onwards of a fit, under HC2 or CRV3."""
    columns = list(range(first, first + comparison.arms.shape[1]))
    se, df, rule = robust(comparison, fit, columns)
    return Gaps(comparison, what, fit.coefficients[columns], se, df, comparison.n, rule, caveats)


def robust(comparison: Comparison, fit: Solution, columns: list[int]) -> tuple[Array, Array, str]:
    """Return standard errors and degrees of freedom of some coefficients, and the rule in words.

    HC2 with Bell–McCaffrey degrees of freedom; where rows are clustered CRV3 with t(G − 1), NaN for terms that
    rest on a few clusters.
    """
    design = comparison.design
    weighted = "" if design.weights is None else "; weighted"
    if design.clusters is None:
        covariance = heteroskedastic(fit, "HC2")
        df = bell_mccaffrey(fit, np.eye(len(fit.coefficients))[columns])
        rule = f"HC2 with Bell–McCaffrey degrees of freedom{weighted}"
        return np.sqrt(np.diag(covariance)[columns]), df, rule
    found = clustered(fit, "CRV3", few=design.spec.few_clusters)
    se = np.where(found.unidentified, np.nan, np.sqrt(np.diag(found.covariance)))[columns]
    by = f"CRV3 clustered by {design.cluster_label}, {show_count(found.clusters)} clusters, t(clusters − 1)"
    return se, np.full(len(columns), found.clusters - 1.0), by + weighted


def too_few(level: str, n: int, columns: int) -> tuple[str, str]:
    """Return what was found and expected where a level has too few rows to be fitted by itself."""
    return f"{show_count(n)} rows at {level}", f"more than the {columns} controls, and at least {MIN_CELL}"
