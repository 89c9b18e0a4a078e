"""Simultaneous: how many standard errors a band needs to cover a whole curve at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEVEL = 0.95
DRAWS = 9_999
SEED = 20_260_101


def pointwise(df: float) -> float:
    """Return how many standard errors a 95 % interval of one number needs.

    >>> round(pointwise(1e9), 3)
    1.96
    """
    from scipy.special import stdtrit

    return float(stdtrit(df, 0.5 + LEVEL / 2))


def sup_t(covariance: Array, df: float, *, seed: int = SEED, draws: int = DRAWS) -> float:
    """Return how many standard errors a 95 % band over m numbers needs, never fewer than for one of them.

    The 95th percentile of the largest |t| of draws that are normal with the numbers' covariance (m, m) over one
    chi-squared scale with ``df``. A bootstrap that multiplies each row's, or each cluster's, influence by a standard
    normal has this very distribution given the rows.

    **Source** Montiel Olea and Plagborg-Møller (2019), Journal of Applied Econometrics 34(1), 1–17, algorithm 1.

    >>> round(sup_t(np.eye(2), 1e9), 1)
    2.2
    """
    size = np.sqrt(np.diag(covariance))
    moving = size > 0
    if not moving.any():
        return pointwise(df)
    values, vectors = np.linalg.eigh((covariance / np.outer(size, size))[np.ix_(moving, moving)])
    rng = np.random.default_rng(seed)
    normal = rng.standard_normal((draws, len(values))) * np.sqrt(np.clip(values, 0.0, None)) @ vectors.T
    largest = np.abs(normal).max(axis=1) / np.sqrt(rng.chisquare(df, draws) / df)
    return max(pointwise(df), float(np.quantile(largest, LEVEL)))
