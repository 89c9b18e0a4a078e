"""Attrition of a comparison: how the raw gap moves when those who did not answer every control leave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import MIN_PERCENTILE_CELL, round_share, significant
from salarylab.model.blocks import Levels
from salarylab.model.contrast import contrast
from salarylab.model.design import Design
from salarylab.model.estimate import Fitted
from salarylab.model.rules import row_rule_of
from salarylab.model.variance.dependence import covariance_of
from salarylab.records.audit import median_pay
from salarylab.units import percent

Array = NDArray[np.float64]

POINTS = 2.0
"""Points of percent by which the raw gap must move to be worth a word: the band within which a gap counts as none."""

SHARE = 0.1
"""Share of the rows that may leave without a word."""


@dataclass(frozen=True, slots=True)
class Attrition:
    """Hold how the raw gap moved between all who answered the factor and those who answered every control.

    Attributes
    ----------
    label : str
        The factor, in words.
    moved, se : float
        The gap among those who stayed less everybody's, in log points, and the standard error of this difference.
    everybody, answered : float
        Both gaps, in log points.
    share : float
        Share of the rows that left, 0 to 1, in steps of ten rows or more.
    many : bool
        Whether more than a tenth left, judged before the share was rounded.
    medians : tuple of float or None
        Median annual pay in US dollars of those who left and of those who stayed; None where fewer than thirty left.
    """

    label: str
    moved: float
    se: float
    everybody: float
    answered: float
    share: float
    many: bool
    medians: tuple[float, float] | None

    @property
    def matters(self) -> bool:
        """Whether a first screen must say it."""
        points = abs(percent(self.answered) - percent(self.everybody))
        return self.many or (abs(self.moved) > self.se and points > POINTS)

    @property
    def sentence(self) -> str:
        """Who left and how the gap moved, in words."""
        said = (
            f"Of those who stated pay and {self.label}, {100 * self.share:.0f}% did not answer every control "
            f"or were alone at a level: without them the raw gap is {percent(self.answered):+.1f}% instead of "
            f"{percent(self.everybody):+.1f}%"
        )
        if self.medians is None:
            return f"{said}."
        gone, stayed = (f"{significant(amount, 3):,.0f}" for amount in self.medians)
        return f"{said}. Those who left have a median pay of {gone} US dollars a year, those who stayed {stayed}."


def attrition_of(everybody: Fitted, answered: Fitted, factor: str, level: str, base: str) -> Attrition:
    """Measure how a raw gap moved when rows left.

    Parameters
    ----------
    everybody, answered : Fitted
        The raw gap among all who answered the factor, and among those of them who answered every control.
    factor, level, base : str
        What is compared.

    Notes
    -----
    The two samples overlap, so that the difference has the variance of the sum of each row's part in both: a row of
    the level adds w(y − m)/W, one of the base the same with a minus, zero where the row is not in the sample. The
    covariance rule is that of everybody's equation, to first order. **Source** Hampel (1974), JASA 69(346), 383–393
    (influence); Clogg, Petkova and Haritou (1995), American Journal of Sociology 100(5), 1261–1293 (why two estimates
    on overlapping rows are not compared by their own errors).
    """
    whole, part = everybody.design, answered.design
    stayed = whole.sample.table["record_id"].is_in(part.sample.table["record_id"].to_list()).to_numpy()
    added = _added(whole, factor, level, base, np.ones(whole.n, dtype=bool))
    again = _added(whole, factor, level, base, stayed)
    first, second = (contrast(one, factor, level, base).value or 0.0 for one in (everybody, answered))
    rule = row_rule_of(whole)
    se = float(covariance_of([(slice(None), (again - added)[:, None])], rule)[0, 0]) ** 0.5
    left = whole.sample.table.filter(pl.Series(~stayed))
    told = min(len(left), int(stayed.sum())) >= MIN_PERCENTILE_CELL
    weighted = whole.sample.provenance.source.has_weights
    medians = (median_pay(left, weighted=weighted), median_pay(part.sample.table, weighted=weighted)) if told else None
    share, many = round_share(len(left), whole.n), len(left) > SHARE * whole.n
    known = medians is not None and None not in medians
    label = whole.blocks[factor].factor.label
    return Attrition(label, second - first, se, first, second, share, many, medians if known else None)  # type: ignore[arg-type]


def _added(design: Design, factor: str, level: str, base: str, rows: NDArray[np.bool_]) -> Array:
    """Return what each row of a design adds to the raw gap among some of its rows, shape (n,)."""
    block = design.blocks[factor]
    assert isinstance(block, Levels)
    weights = np.ones(design.n) if design.weights is None else design.weights
    added = np.zeros(design.n)
    for at, sign in ((level, 1.0), (base, -1.0)):
        inside = rows & (block.codes == block.levels.index(at))
        mean = float(np.average(design.y[inside], weights=weights[inside]))
        added[inside] = sign * weights[inside] * (design.y[inside] - mean) / weights[inside].sum()
    return added
