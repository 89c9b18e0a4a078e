"""Influence: what each row, or each cluster, adds to numbers that are made of means and coefficients.

A number made smoothly of several regressions and means, of one group of rows or of several, moves by the
sum of what its rows add: derivative times influence. Summed by unit (row or cluster), the products of these
sums are the covariance of all such numbers, between groups too where a cluster has rows in both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from salarylab.disclosure import show_count
from salarylab.errors import ModelError
from salarylab.model.design import Design
from salarylab.model.kernel.residuals import FULL_LEVERAGE
from salarylab.model.least_squares import DenseFit
from salarylab.model.variance.clusters import FEW_EFFECTIVE, refuse_few
from salarylab.model.variance.dependence import sums_by
from salarylab.model.variance.effective import inverse_herfindahl
from salarylab.model.variance.independent import full_leverage

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

POWERS = {"HC0": 0.0, "HC1": 0.0, "HC2": 0.5, "HC3": 1.0, "CR0": 0.0, "CR1": 0.0, "CRV3": 1.0}
"""Power of one less the leverage by which residuals are divided."""


@dataclass(frozen=True, slots=True)
class Units:
    """Hold the rule of a covariance and what is independent under it: ``codes`` (n,) of rows or of clusters."""

    kind: str
    codes: Codes = field(repr=False)
    count: int
    label: str | None

    @property
    def rule(self) -> str:
        """The rule in words."""
        if self.label is None:
            return f"{self.kind} of the influence of rows, t(effective rows − 1)"
        by = f"clustered by {self.label}, {show_count(self.count)} clusters"
        return f"{self.kind} of the influence of clusters, {by}, t(effective clusters − 1)"


@dataclass(frozen=True, slots=True)
class Influence:
    """Hold what each unit adds to each number, (units, m), and ``expected`` (units, m), its square as expected.

    ``inside`` (m,) marks numbers that rest on one unit alone.
    """

    scores: Array
    expected: Array
    inside: NDArray[np.bool_]

    def __add__(self, other: Influence) -> Influence:
        return Influence(self.scores + other.scores, self.expected + other.expected, self.inside | other.inside)

    def covariance(self, kind: str) -> Array:
        """Return the covariance of the numbers, shape (m, m)."""
        units = len(self.scores)
        factor = (units - 1) / units if kind == "CRV3" else 1.0
        found: Array = factor * self.scores.T @ self.scores
        return found

    @property
    def effective(self) -> Array:
        """The effective number of units behind each number, shape (m,): squared sum over sum of squares."""
        return inverse_herfindahl(self.expected)

    @property
    def df(self) -> Array:
        """Degrees of freedom, shape (m,): one less than the effective number of units, at least one.

        The variance is a sum of a square for each unit. Matched to a scaled chi-square by its first two moments, the
        squares as expected under equal variances, it has as many degrees of freedom as there are effective units,
        and one is lost to the mean.

        **Source** Satterthwaite (1946), Biometrics Bulletin 2(6), 110–114; Carter, Schnepel and Steigerwald
        (2017), Review of Economics and Statistics 99(4), 698–709 (effective clusters).
        """
        return np.maximum(self.effective - 1.0, 1.0)

    def unidentified(self, units: Units) -> NDArray[np.bool_]:
        """Return which numbers rest on one or a few clusters, shape (m,)."""
        return self.inside | (self.effective < FEW_EFFECTIVE) if units.label else self.inside


def units_of(design: Design, kind: str) -> Units:
    """Return what is independent under a rule: clusters where it is for them, else rows.

    Raises ``ModelError`` below 20 clusters unless the spec allows few.
    """
    n = len(design.y)
    if not kind.startswith("CR") or design.clusters is None:
        return Units(kind, np.arange(n), n, None)
    codes = np.unique(design.clusters, return_inverse=True)[1].astype(np.int64)
    count = int(codes.max()) + 1
    refuse_few(count, design.spec.few_clusters)
    return Units(kind, codes, count, design.cluster_label)


def of_coefficients(fit: DenseFit, slopes: Array, units: Units, rows: Codes) -> Influence:
    """Return what units add to numbers with derivatives ``slopes`` (m, k) in the coefficients of a fit.

    ``rows`` are the rows of the whole sample that the fit stands on, shape (n of the fit,).
    """
    n, k = fit.q.shape
    loads = fit.backward.T @ slopes.T
    codes = units.codes[rows]
    scores, lost = _scores(fit, codes, units)
    inside = _touched(loads, lost)
    found = np.zeros((units.count, len(slopes)))
    found[np.unique(codes)] = scores @ loads * _small_sample(n, k, units, codes)
    spread = float(fit.residuals @ fit.residuals) / (n - k)
    expected = _summed(spread * (fit.q @ loads) ** 2, codes, units.count)
    return Influence(found, expected, inside)


def of_means(x: Array, weights: Array | None, slopes: Array, units: Units, rows: Codes) -> Influence:
    """Return what units add to numbers with derivatives ``slopes`` (m, k) in the (weighted) means of x, (n, k).

    A mean is a regression on the constant: a row's leverage is its share of the weight.
    """
    n = len(x)
    share = np.full(n, 1.0 / n) if weights is None else weights / weights.sum()
    each = share[:, None] * ((x - share @ x) @ slopes.T)
    codes = units.codes[rows]
    leverage = np.bincount(codes, share, minlength=units.count)
    alone = leverage > FULL_LEVERAGE
    kept = np.where(alone, 1.0, 1.0 - leverage) ** POWERS[units.kind]
    summed = _summed(each, codes, units.count)
    inside = np.full(len(slopes), alone.any()) & (slopes != 0).any(axis=1)
    return Influence(
        summed / kept[:, None] * _small_sample(n, 1, units, codes), _summed(each**2, codes, units.count), inside
    )


def _small_sample(n: int, k: int, units: Units, codes: Codes) -> float:
    """Return the root of the factor of HC1 or CR1, else one."""
    if units.kind == "HC1":
        return math.sqrt(n / (n - k))
    if units.kind == "CR1":
        groups = len(np.unique(codes))
        return math.sqrt(groups / max(groups - 1, 1) * (n - 1) / (n - k))
    return 1.0


def _summed(each: Array, codes: Codes, count: int) -> Array:
    """Return the sums by unit of a value per row, (n, m) to (count, m)."""
    if len(np.unique(codes)) == len(codes):
        found = np.zeros((count, each.shape[1]))
        found[codes] = each
        return found
    return sums_by(codes, each, count)


def _scores(fit: DenseFit, codes: Codes, units: Units) -> tuple[Array, Array]:
    """Return the score Q_u'(I − H_u)^(−power) e_u of each unit present, and directions (k, d) that one alone gives.

    **Source** MacKinnon and White (1985), Journal of Econometrics 29(3), 305–325 (rows); MacKinnon, Nielsen and
    Webb (2023), Journal of Econometrics 232(2), 272–299 (clusters).
    """
    power, k = POWERS[units.kind], fit.q.shape[1]
    none = np.zeros((k, 0))
    if units.label is None:
        if power and (fit.leverage > FULL_LEVERAGE).any():
            raise ModelError(full_leverage(int((fit.leverage > FULL_LEVERAGE).sum())))
        kept = (1.0 - fit.leverage) ** power if power else np.ones_like(fit.leverage)
        return fit.q * (fit.residuals / kept)[:, None], none
    order = np.argsort(codes, kind="stable")
    q, e = fit.q[order], fit.residuals[order]
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    if not power:
        return np.add.reduceat(q * e[:, None], starts, axis=0), none
    ends = [*starts[1:], len(q)]
    found = [_left_out(q[a:b], e[a:b]) for a, b in zip(starts, ends, strict=True)]
    return np.stack([score for score, _ in found]), np.hstack([none, *(lost for _, lost in found if lost.size)])


def _left_out(q: Array, e: Array) -> tuple[Array, Array]:
    """Return the score Q'(I − QQ')⁻¹e of one cluster, and the directions of Q that vanish with it, (k, d).

    Solved on the shorter side: Q'(I − QQ')⁻¹ = (I − Q'Q)⁻¹Q'.
    """
    wide = len(q) > q.shape[1]
    values, vectors = np.linalg.eigh(q.T @ q if wide else q @ q.T)
    gone = values > FULL_LEVERAGE
    shrink = np.where(gone, 0.0, 1.0 / np.where(gone, 1.0, 1.0 - values))
    along = vectors if wide else q.T @ vectors
    target = along.T @ (q.T @ e) if wide else vectors.T @ e
    return along @ (shrink * target), along[:, gone]


def _touched(loads: Array, lost: Array) -> NDArray[np.bool_]:
    """Return which numbers move along directions that one cluster alone gives, shape (m,)."""
    moved = np.abs(loads.T @ lost)
    scale = np.linalg.norm(loads, axis=0)
    return np.asarray((moved > 1e-6 * np.maximum(scale, 1e-300)[:, None]).any(axis=1))
