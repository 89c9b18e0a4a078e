"""Shapley spread: how far shares of R² may be from those of a population, near zero as well as away from it.

A share is a sum of squares: near zero it cannot be normal. A raw share is read as a scaled noncentral chi-square whose
bias and variance are those that are found, and its noncentrality is bounded by inversion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from salarylab.model.decompose.shapley_shares import Measure, added, raw, scored
from salarylab.model.kernel.moments import Moments, moments_of_parts
from salarylab.model.kernel.rows import Rows
from salarylab.model.kernel.subsets import Blocks
from salarylab.source import Replication

Array = NDArray[np.float64]

LEAST_DF = 0.1
FAR = 400.0
"""Noncentrality from which the root of a noncentral chi-square is as good as normal."""


@dataclass(frozen=True, slots=True)
class Ends:
    """Hold an interval; ``low`` is None where the lower end is zero: the interval then says "at most"."""

    low: float | None
    high: float


@dataclass(frozen=True, slots=True)
class Spread:
    """Hold the bias of raw shares and the variance of measured ones, each (m,), with its degrees of freedom."""

    bias: Array
    variance: Array
    df: float


def jackknifed(parts: Sequence[Moments], folds: int, blocks: Blocks, weights: Array, measure: Measure) -> Spread:
    """Return the spread of shares by leaving out each part of the rows in turn; every so many parts are a fold.

    ``weights`` (m, 2^q) say what each subset's R² counts in each share. The bias is that of raw shares.

    **Source** Quenouille (1956), Biometrika 43, 353–360 (bias); Kott (2001), Journal of Official Statistics 17(4),
    521–526 (parts of rows).
    """
    held, j = folded(parts, folds), len(parts)
    whole = added(held)
    plain = np.array([weights @ raw(whole - part, blocks) for part in parts])
    bias = (j - 1) * (plain.mean(axis=0) - weights @ raw(whole, blocks))
    left = ([fold - part if f == i % folds else fold for f, fold in enumerate(held)] for i, part in enumerate(parts))
    without = np.array([weights @ scored(some, blocks, measure) for some in left])
    return Spread(bias, (j - 1) / j * ((without - without.mean(axis=0)) ** 2).sum(axis=0), j - 1.0)


def folded(parts: Sequence[Moments], folds: int) -> list[Moments]:
    """Return folds made of every so many parts."""
    return [added(parts[f::folds]) for f in range(folds)]


def replicated(
    rows: Rows,
    replication: Replication,
    replicates: Array,
    folds: NDArray[np.integer],
    blocks: Blocks,
    weights: Array,
    measure: Measure,
) -> Array:
    """Return the variance of shares by a survey's replicate weights (n, R), scale · Σ(θr − θ)², shape (m,)."""

    def of(main: Array | None) -> Array:
        under = replace(rows, weights=main)
        return np.asarray(weights @ scored(moments_of_parts(under, folds), blocks, measure))

    apart = np.array([of(one) for one in replicates.T]) - of(rows.weights)
    return np.asarray(replication.scale * (apart**2).sum(axis=0))


def ends(share: float, bias: float, variance: float, columns: int, df: float, level: float = 0.95) -> Ends:
    """Return an interval for a population's share from the raw share of a block of ``columns``.

    share/a is read as noncentral chi-square with ν = bias/a degrees of freedom and a = variance/(4·share), which has
    this mean and variance; ν is at most the columns, and the variance is widened as t with ``df`` is wider than the
    normal. Where the lower end is zero the interval is one-sided, at most its upper end, and holds with more than
    ``level``.

    **Source** Patnaik (1949), Biometrika 36, 202–232 (matching moments); Steiger (2004), Psychological Methods
    9(2), 164–182 (inversion).

    >>> ends(0.001, 0.001, 4e-6, 1, 1e6).low is None
    True
    """
    from scipy.special import ndtri, stdtrit

    tail = (1.0 - level) / 2.0
    if share <= 0.0 or variance <= 0.0:
        return Ends(None, max(share - bias, 0.0))
    wider = float(stdtrit(df, 1.0 - tail) / ndtri(1.0 - tail)) ** 2
    scale = max(variance * wider / (4.0 * share), bias / columns)
    nu = max(bias / scale, LEAST_DF)
    low, high = (scale * _noncentrality(share / scale, nu, p) for p in (1.0 - tail, tail))
    return Ends(low if low > 0.0 else None, max(high, share - bias, 0.0))


def _noncentrality(x: float, nu: float, p: float) -> float:
    """Return λ at which a noncentral chi-square with ν degrees of freedom is below x with probability p; or 0."""
    from scipy.optimize import brentq
    from scipy.special import chndtr, ndtri

    if x > FAR:  # the variance of √(x − (ν − 1)/2) is about one
        root = float(np.sqrt(max(x - (nu - 1.0) / 2.0, 0.0)) - ndtri(p))
        return max(max(root, 0.0) ** 2 - (nu - 1.0) / 2.0, 0.0)
    if chndtr(x, nu, 0.0) <= p:
        return 0.0
    return float(brentq(lambda nc: chndtr(x, nu, nc) - p, 0.0, 4.0 * x + 100.0))
