"""Shapley: the part of the spread of pay that goes with each factor, whatever the order in which they are asked.

**Source** Shapley (1953), Contributions to the Theory of Games II, 307–317; Owen (1977), in Mathematical Economics and
Game Theory, 76–88; Huettner and Sunder (2012), Electronic Journal of Statistics 6, 1239–1250 (shares of R²).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import MIN_CELL, release, round_p
from salarylab.errors import ModelError, unknown
from salarylab.finding import Finding
from salarylab.model.blocks import Levels
from salarylab.model.coding import rows_of
from salarylab.model.contributors import one_gives_most
from salarylab.model.decompose.fold import told_factors, told_levels
from salarylab.model.decompose.shapley_measured import FOLDS, Measured, dealt_parts, lines, measured
from salarylab.model.decompose.shapley_null import dealer, null_shares, orders
from salarylab.model.decompose.shapley_refused import refuse
from salarylab.model.decompose.shapley_shares import Measure
from salarylab.model.decompose.shapley_spread import Ends
from salarylab.model.design import Design
from salarylab.model.estimate import Estimate
from salarylab.model.telling import told_of

Array = NDArray[np.float64]

ALL = "all factors"
SAID = "shares of variation in this sample, by these measures"
NUMBERS = ("share", "of_r_squared", "low", "high", "null", "null_high", "p")


@dataclass(frozen=True, slots=True)
class Shapley:
    """Hold shares of R², one for each of ``names``: factors, then groups of them where they were named, then all.

    ``values`` (m,) and ``intervals``; ``nulls`` (m, draws) are shares of the factor with its values dealt to the rows
    at random, not a number where none were drawn. ``measure`` says which R², ``rule`` how its intervals were found.
    """

    design: Design = field(repr=False)
    names: tuple[str, ...]
    values: Array = field(repr=False)
    intervals: tuple[Ends, ...] = field(repr=False)
    nulls: Array = field(repr=False)
    measure: Measure
    rule: str

    @property
    def table(self) -> pl.DataFrame:
        """One row per factor, group and all of them; factors add up to all.

        Columns: factor, share of the variation of log pay, of_r_squared (of that of all factors), low and high (95 %;
        no low end says "at most"), null and null_high (mean and 95th percentile of shares with the factor's values
        dealt at random), p, and n, rows, rounded.
        """
        rows = [{"factor": name} | self._numbers(i) | self._cell for i, name in enumerate(self.names)]
        numbers = dict.fromkeys(NUMBERS, pl.Float64())
        schema = {"factor": pl.String()} | numbers | {"smallest_cell": pl.Int64(), "dominated": pl.Boolean()}
        released = release(pl.DataFrame(rows, schema=schema), NUMBERS, count="smallest_cell", dominated="dominated")
        return released.frame.rename({"smallest_cell": "n"}).with_columns(pl.col(NUMBERS).round(4) + 0.0)

    @property
    def r_squared(self) -> Finding:
        """The share that goes with all factors together."""
        return self.share(ALL)

    def share(self, name: str) -> Finding:
        """Return the share that goes with a factor, or a group of them; raises ``ModelError`` for one not there."""
        if name not in self.names:
            raise ModelError(unknown("factor of this decomposition", name, self.names))
        i = self.names.index(name)
        at, numbers = self.intervals[i], self._numbers(i)
        said = [SAID]
        if not self._withheld:
            said += [f"one-sided interval: at most {100 * at.high:.1f}%"] if at.low is None else []
            if numbers["null"] is not None:
                said.append(f"with its values dealt at random, {100 * numbers['null']:.1f}% on average")
        block = self.design.blocks.get(name)
        words = name if block is None else block.factor.label
        return told_of(
            self.design,
            f"Share of the variation of pay that goes with {words} ({self.measure} R²)",
            covariance=self.rule,
            unit="share of variation",
            value=float(self.values[i]),
            p=numbers["p"],
            low=at.low,
            high=at.high,
            caveats=tuple(said),
            **self._cell,
        )

    def _numbers(self, i: int) -> dict[str, float | None]:
        value, at, null = float(self.values[i]), self.intervals[i], self.nulls[i]
        numbers: dict[str, float | None] = dict.fromkeys(NUMBERS)
        numbers |= {"share": value, "of_r_squared": value / float(self.values[-1]), "low": at.low, "high": at.high}
        if null.size and not np.isnan(null).any():
            p = (1 + int((null >= value).sum())) / (1 + null.size)
            numbers |= {"null": float(null.mean()), "null_high": float(np.quantile(null, 0.95)), "p": round_p(p)}
        return numbers

    @property
    def _cell(self) -> dict[str, int | bool]:
        return {"smallest_cell": self.design.n, "dominated": one_gives_most(self.design, {})}

    @property
    def _withheld(self) -> bool:
        return self.design.n < MIN_CELL or one_gives_most(self.design, {})


def shapley(
    asked: Design | Estimate,
    groups: Mapping[str, Sequence[str]] | None = None,
    *,
    measure: Measure | None = None,
    draws: int = 99,
    seed: int = 0,
) -> Shapley:
    """Split the R² of an equation among its factors, over every order in which these may be asked.

    Factors of a group (person, job, place) come together: Owen's values; a factor in none is a group of its own.
    ``measure`` is adjusted R² by default, cross-fitted where rows are weighted or clustered: there an adjusted one
    is not right. ``draws`` is how often each factor's values are dealt to the rows at random (0: never), clusters as
    wholes. A factor too small to be told is joined with another. Levels that follow from other factors add nothing.
    A share may be negative: with the factor, other rows are predicted worse than without.

    Intervals are for the limit of the measure; weights, clusters and replicate weights are the design's. Raises
    ``ModelError`` for interactions, more than 12 factors, adjusted R² of weighted or clustered rows, fewer than 20
    clusters, and too few rows.

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept, sl.positive_pay])
    >>> design = sl.build(sl.Spec(factors=("education", "experience", "country")), sample)
    >>> shapley(design, draws=0).names
    ('education', 'experience', 'country', 'all factors')
    """
    design = asked.design if isinstance(asked, Estimate) else asked
    groups = groups or {}
    plain = design.weights is None and design.clusters is None
    measure = measure or ("adjusted" if plain else "cross-fitted")
    refuse(design, groups, measure, FOLDS)
    names, blocks = _blocks(design)
    held = {name: [i for i, one in enumerate(names) if one in group] for name, group in groups.items()}
    held = {name: some for name, some in held.items() if some}
    of = lines(blocks, list(held.values()))
    rows, parts = rows_of(design), dealt_parts(design.n, design.clusters, np.random.default_rng(seed))
    survey = (
        None if design.replicates is None or design.replication is None else (design.replication, design.replicates)
    )
    found = measured(rows, parts, blocks, of, measure, survey)
    nulls = np.full((len(found.values), draws), np.nan)
    dealt = dealer(rows, parts % FOLDS if measure == "cross-fitted" else np.zeros_like(parts))
    for i, block in enumerate(blocks):
        if draws and names[i] in design.blocks:
            dealing = orders(design.clusters, design.n, draws, np.random.default_rng([seed, i]))
            nulls[i] = null_shares(dealt, block, blocks, of.weights[i], measure, dealing)
    told = (*names, *(f"all of {group}" for group in held), ALL)
    return Shapley(design, told, found.values, found.intervals, nulls, measure, _rule(design, found, measure))


def _rule(design: Design, found: Measured, measure: Measure) -> str:
    """Return in words which R² is split and how its intervals were found."""
    by = f"leaving out {found.df + 1:g} parts of the rows in turn"
    if design.clusters is not None:
        by += f", clusters ({design.cluster_label}) as wholes"
    if design.replication is not None:
        by = design.replication.name
    weighted = "" if design.weights is None else "; weighted"
    return f"{measure} R²; noncentral chi-square, its variance by {by}, t({found.df:g}){weighted}"


def _blocks(design: Design) -> tuple[list[str], list[list[int]]]:
    """Return the factors as they may be told, with their columns: one too small to be told is joined with another."""
    factors = design.spec.factors
    opaque = [isinstance(design.blocks[f], Levels) and not told_levels(design, f, [{}]) for f in factors]
    together = told_factors(opaque, design.n)
    rest = [name for name, joined in zip(factors, together, strict=True) if joined]
    sums = [[name] for name in factors if name not in rest] + ([rest] if rest else [])
    columns = [[i for i, term in enumerate(design.terms) if term.factor in some] for some in sums]
    return [" and ".join(some) for some in sums], columns
