"""Below: the share of pay at or below each of many thresholds as a logit of the factors: distribution regression.

Heaped pay does it no harm: a share below a threshold is as well defined on a lattice as anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import MIN_PERCENTILE_CELL, release_shares, significant
from salarylab.errors import Fault, ModelError
from salarylab.model.design import Design, matrix
from salarylab.model.distribution.basis import Basis, basis_of, names_of
from salarylab.model.distribution.logit import Logit, SeparatedError, logit
from salarylab.model.rules import row_rule_of
from salarylab.model.variance.dependence import RowRule, covariance_of

Array = NDArray[np.float64]

EVERY = tuple(step / 20 for step in range(1, 20))
"""Probabilities of the default thresholds: every twentieth of the sample's pay."""

DIGITS = 3
"""Significant digits of a default threshold: a round pay, and nobody's own."""

SAME_PAY = 1e-12
"""Log points within which pay is at a threshold."""

ROUNDING = 1e-12
"""Relative slack with which running sums of weights are compared."""


@dataclass(frozen=True, slots=True)
class DistributionRegression:
    """Hold a logit of pay at or below each threshold.

    ``thresholds`` (m,) are pay in the outcome's unit, ascending; ``coefficients`` (m, k) are log odds in the order of
    ``design.terms``, ``covariances`` (m, k, k) theirs, ``breads`` (m, k, k) the inverse information; ``notes`` say
    which thresholds were left out, and why.
    """

    design: Design
    thresholds: Array
    coefficients: Array = field(repr=False)
    covariances: Array = field(repr=False)
    breads: Array = field(repr=False)
    rule: RowRule
    notes: tuple[str, ...] = ()

    @property
    def table(self) -> pl.DataFrame:
        """One row per threshold: pay, the share of rows at or below it as it may be told, and n, rounded."""
        yes = below(self.design.y, self.thresholds)
        counts = {"pay": self.thresholds, "rows": yes.sum(axis=0).astype(np.int64), "n": [len(yes)] * yes.shape[1]}
        return release_shares(pl.DataFrame(counts), "rows").frame


def distribution_regression(design: Design, at: Sequence[float] | None = None) -> DistributionRegression:
    """Fit the log odds of pay at or below each threshold on the design's terms.

    ``at`` are thresholds in the outcome's unit (USD a year, not its log); by default every twentieth of the sample's
    pay, rounded. A threshold at which some rows are predicted perfectly, or with fewer than thirty rows on a side, is
    left out and named. The covariance is HC1, or CR1 by the design's clusters, or by its replicate weights, whatever
    ``spec.covariance`` asks of least squares. Raises ``ModelError`` for thresholds that are not positive pay, when no
    threshold is left, for collinear terms, and below 20 clusters unless the spec allows it.

    **Source** Foresi and Peracchi (1995), Journal of the American Statistical Association 90(430), 451–466;
    Chernozhukov, Fernández-Val and Melly (2013), Econometrica 81(6), 2205–2268.

    >>> import salarylab as sl
    >>> design = sl.build(sl.Spec(factors=("education",)), sl.draw(sl.load("demo"), [sl.main_pay_concept]))
    >>> distribution_regression(design, at=[20.0, 40.0]).coefficients.shape[0]
    2
    """
    thresholds = _thresholds(design, at)
    x, rule = matrix(design), row_rule_of(design)
    basis = basis_of(x, names_of(design), design.weights)
    told, inside = [], []
    for pay, rows in zip(thresholds, below(design.y, thresholds).sum(axis=0), strict=True):
        enough = min(rows, len(x) - rows) >= MIN_PERCENTILE_CELL
        told += [] if enough else [f"{pay:,g} left out: fewer than {MIN_PERCENTILE_CELL} rows on one side"]
        inside += [pay] if enough else []
    fitted: list[Logit] = []
    kept: list[float] = []
    faults: list[Fault] = []
    for pay, found in fits(basis, design.y, np.array(inside), design.weights):
        if isinstance(found, SeparatedError):
            told.append(f"{pay:,g} left out: rows perfectly predicted by {', '.join(found.terms)}")
            faults += found.faults
        else:
            kept.append(pay)
            fitted.append(found)
    if not fitted:
        raise ModelError(*(faults or [Fault("thresholds", "; ".join(told), "one with rows on both sides", "move it")]))
    covariances = [_covariance(x, design, pay, found, rule) for pay, found in zip(kept, fitted, strict=True)]
    return DistributionRegression(
        design,
        np.array(kept),
        np.array([found.coefficients for found in fitted]),
        np.array(covariances),
        np.array([found.bread for found in fitted]),
        rule,
        tuple(f"threshold {line}" for line in told),
    )


def below(y: Array, thresholds: Array) -> Array:
    """Return ones where pay is at or below a threshold, shape (n, m); y (n,) is log pay, thresholds (m,) are pay.

    >>> below(np.log([1.0, 2.0, 3.0]), np.array([2.0])).ravel().tolist()
    [1.0, 1.0, 0.0]
    """
    at_or_below: Array = (y[:, None] <= np.log(thresholds)[None, :] + SAME_PAY).astype(np.float64)
    return at_or_below


def fits(
    basis: Basis, y: Array, thresholds: Array, weights: Array | None = None
) -> Iterator[tuple[float, Logit | SeparatedError]]:
    """Yield each threshold with its logit on one basis, or with the refusal of a separated one.

    Each logit starts where the last one ended.
    """
    start = None
    for pay in thresholds:
        try:
            found = logit(basis, below(y, np.array([pay]))[:, 0], weights, start)
        except SeparatedError as refused:
            start = None
            yield float(pay), refused
        else:
            start = found.along
            yield float(pay), found


def _thresholds(design: Design, at: Sequence[float] | None) -> Array:
    if at is not None:
        asked = np.array(at, dtype=np.float64)
        if not len(asked) or not np.isfinite(asked).all() or asked.min() <= 0:
            found = ", ".join(f"{pay:g}" for pay in asked) or "none"
            raise ModelError(Fault("thresholds", found, f"positive pay: {design.outcome.column}", "name round pays"))
        return np.unique(asked)
    order = np.argsort(design.y)
    weights = np.ones(len(order)) if design.weights is None else design.weights[order]
    pays = [np.exp(weighted_quantile(design.y[order], weights, share)) for share in EVERY]
    return np.unique([significant(float(pay), DIGITS) for pay in pays])


def _covariance(x: Array, design: Design, pay: float, found: Logit, rule: RowRule) -> Array:
    weights = 1.0 if design.weights is None else design.weights
    left = weights * (below(design.y, np.array([pay]))[:, 0] - found.probabilities)
    return covariance_of([(slice(0, len(x)), left[:, None] * (x @ found.bread))], rule)


def weighted_quantile(y: Array, weights: Array, probability: float) -> float:
    """Return the least value at or below which lies ``probability`` of the weight; y (n,) ascending.

    >>> weighted_quantile(np.array([1.0, 2.0, 3.0, 4.0]), np.ones(4), 0.5)
    2.0
    """
    running = np.maximum.accumulate(np.cumsum(weights))  # a replicate's weights may be negative
    place = int(np.searchsorted(running, probability * running[-1] * (1.0 - ROUNDING)))
    return float(y[min(place, len(y) - 1)])
