"""Implied: the quantiles of pay that adjusted shares imply, with intervals by inversion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import MIN_CELL, MIN_PERCENTILE_CELL, release, significant
from salarylab.errors import Fault, ModelError
from salarylab.model.contributors import one_gives_most
from salarylab.model.distribution.adjusted import AdjustedShares
from salarylab.model.distribution.counterfactual import levels_of

Array = NDArray[np.float64]

NUMBERS = ("pay", "low", "high")


@dataclass(frozen=True, slots=True)
class AdjustedQuantiles:
    """Hold the pays that adjusted shares imply: ``values``, ``lows`` and ``highs`` (L, q) at ``probabilities`` (q,).

    A value is interpolated between thresholds in log pay. An interval holds every pay that the shares' own 95 %
    intervals do not exclude, and ends at thresholds; what lies beyond them is nan.
    """

    shares: AdjustedShares
    probabilities: tuple[float, ...]
    values: Array = field(repr=False)
    lows: Array = field(repr=False)
    highs: Array = field(repr=False)

    @property
    def table(self) -> pl.DataFrame:
        """One row per level and probability: level, probability, pay, low, high (four digits), n, rounded.

        A level tells a quantile when it has thirty rows, and ten beyond it, and no contributor gives most of them.
        """
        design = self.shares.design
        block = levels_of(design, self.shares.factor)
        rows = []
        for i, (level, n) in enumerate(block.counts.items()):
            one = one_gives_most(design, {self.shares.factor: level})
            for j, at in enumerate(self.probabilities):
                told = [_digits(float(found[i, j])) for found in (self.values, self.lows, self.highs)]
                rows.append([block.told(level), at, *told, n, bool(one or n * min(at, 1.0 - at) < MIN_CELL)])
        schema = {"level": pl.String(), "probability": pl.Float64()} | dict.fromkeys(NUMBERS, pl.Float64())
        cells = pl.DataFrame(rows, schema=schema | {"n": pl.Int64(), "withheld": pl.Boolean()}, orient="row")
        return release(cells, NUMBERS, at_least=MIN_PERCENTILE_CELL, dominated="withheld").frame


def adjusted_quantiles(shares: AdjustedShares, probabilities: Sequence[float] = (0.25, 0.5, 0.75)) -> AdjustedQuantiles:
    """Return the quantiles of pay that adjusted shares imply, in the outcome's unit.

    Each interval covers its own quantile; more thresholds make it finer. Raises ``ModelError`` for probabilities
    outside (0, 1).

    **Source** Chernozhukov, Fernández-Val and Melly (2013), Econometrica 81(6), 2205–2268, section 2.

    >>> import salarylab as sl
    >>> from salarylab.model.distribution import adjusted_shares, distribution_regression
    >>> design = sl.build(sl.Spec(factors=("education",)), sl.draw(sl.load("demo"), [sl.main_pay_concept]))
    >>> shares = adjusted_shares(distribution_regression(design, at=[20.0, 40.0, 60.0]), "education")
    >>> adjusted_quantiles(shares, [0.5]).table.columns
    ['level', 'probability', 'pay', 'low', 'high', 'n']
    """
    if not probabilities or not all(0 < at < 1 for at in probabilities):
        found = ", ".join(f"{at:g}" for at in probabilities) or "none"
        raise ModelError(Fault("probabilities", found, "numbers between 0 and 1", "such as (0.25, 0.5, 0.75)"))
    pays, curves = shares.regression.thresholds, shares.rearranged
    low, high = shares.intervals
    values = [[crossing(pays, curve, at) for at in probabilities] for curve in curves]
    # pay is above a threshold whose share is surely below the probability, and at or below one where it surely is not
    lows = [[_last(pays, upper < at) for at in probabilities] for upper in high]
    highs = [[_first(pays, lower >= at) for at in probabilities] for lower in low]
    return AdjustedQuantiles(shares, tuple(probabilities), np.array(values), np.array(lows), np.array(highs))


def crossing(pays: Array, curve: Array, at: float) -> float:
    """Return the pay at which a rising curve of shares reaches a probability, straight in log pay; nan beyond its ends.

    >>> crossing(np.array([1.0, 4.0]), np.array([0.25, 0.75]), 0.5)
    2.0
    """
    if not curve[0] <= at <= curve[-1]:
        return float("nan")
    after = int(np.searchsorted(curve, at))
    if curve[after] == at:
        return float(pays[after])
    part = (at - curve[after - 1]) / (curve[after] - curve[after - 1])
    return float(np.exp(np.log(pays[after - 1]) * (1.0 - part) + np.log(pays[after]) * part))


def _last(pays: Array, where: NDArray[np.bool_]) -> float:
    return float(pays[where][-1]) if where.any() else float("nan")


def _first(pays: Array, where: NDArray[np.bool_]) -> float:
    return float(pays[where][0]) if where.any() else float("nan")


def _digits(pay: float) -> float | None:
    return None if np.isnan(pay) else significant(pay)
