"""Rubin's rules: estimates of several completed samples as one, with what was not answered in the variance."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pool:
    """Hold pooled coefficients (k,), their covariance (k, k), degrees of freedom and the information missing (k,)."""

    coefficients: Array = field(repr=False)
    covariance: Array = field(repr=False)
    df: Array = field(repr=False)
    missing: Array = field(repr=False)


def pool(coefficients: Array, covariances: Array, df: Array) -> Pool:
    """Pool m estimates: ``coefficients`` (m, k), ``covariances`` (m, k, k), ``df`` (k,) of a sample that answered all.

    The variance is the mean variance plus (1 + 1/m) times that between estimates. Raises ``ModelError`` for fewer
    than two estimates or numbers that are not finite.

    **Source** Rubin (1987), Multiple Imputation for Nonresponse in Surveys, sections 3.1–3.3; Barnard and Rubin
    (1999), Biometrika 86(4), 948–955 (degrees of freedom).

    >>> found = pool(np.array([[1.0], [3.0]]), np.full((2, 1, 1), 3.0), np.array([np.inf]))
    >>> found.coefficients.tolist(), found.covariance.tolist(), found.df.tolist()
    ([2.0], [[6.0]], [4.0])
    """
    m = len(coefficients)
    if m < 2:
        raise ModelError(Fault("imputations", f"{m}", "two or more", "ask for 20"))
    if not (np.isfinite(coefficients).all() and np.isfinite(covariances).all()):
        raise ModelError(Fault("imputations", "estimates that are not finite", "numbers", "drop their terms"))
    within = covariances.mean(axis=0)
    between = np.atleast_2d(np.cov(coefficients.T, ddof=1))
    total = within + (1 + 1 / m) * between
    added = (1 + 1 / m) * np.diag(between)
    share = added / np.diag(total)
    freedom = barnard_rubin(share, df, m)
    ratio = added / np.diag(within)
    missing = (ratio + 2 / (freedom + 3)) / (1 + ratio)
    return Pool(coefficients.mean(axis=0), total, freedom, np.where(added > 0, missing, 0.0))


def barnard_rubin(share: Array, df: Array, m: int) -> Array:
    """Return the degrees of freedom for shares of variance due to non-response (k,), never above ``df`` (k,).

    >>> barnard_rubin(np.array([0.5]), np.array([np.inf]), 5).tolist()
    [16.0]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        old = np.where(share > 0, (m - 1) / share**2, np.inf)
        seen = np.where(np.isinf(df), np.inf, (df + 1) / (df + 3) * df * (1 - share))
        return np.asarray(1 / (1 / old + 1 / seen))
