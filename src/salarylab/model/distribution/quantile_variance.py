"""Variance of quantile regression: how dense pay is at the fit, and how the rows' pulls vary.

The covariance is H⁻¹ J H⁻¹ with H = Σ w f xx', f the density of each row's outcome at its fitted quantile. J is
τ(1 − τ) Σ w² xx' where the quantiles are linear and rows independent; otherwise the rows' own pulls
w x (τ − 1[r < 0]) give it, summed within clusters.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError
from salarylab.model.distribution.quantile_solver import Optimum, solve_quantile, solve_quantiles
from salarylab.model.variance.dependence import RowRule, covariance_of

Array = NDArray[np.float64]
Variance = Literal["kernel", "nid", "iid"]

WORDS = {
    "kernel": "Powell's sandwich, Gaussian kernel",
    "nid": "Hendricks–Koenker sandwich",
    "iid": "one density for all rows",
}


def hall_sheather(tau: float, n: float, level: float = 0.95) -> float:
    """Return the bandwidth in τ with which a density at a quantile is estimated, halved until τ ± h lies in (0, 1).

    **Source** Hall and Sheather (1988), Journal of the Royal Statistical Society B 50(3), 381–391.

    >>> round(hall_sheather(0.5, 1_000.0), 4)
    0.0972
    """
    from scipy.special import ndtri

    at = float(ndtri(tau))
    density = float(np.exp(-0.5 * at**2) / np.sqrt(2.0 * np.pi))
    reach = float(ndtri(0.5 + level / 2.0)) ** (2 / 3)
    h = float(float(n) ** (-1 / 3) * reach * (1.5 * density**2 / (2.0 * at**2 + 1.0)) ** (1 / 3))
    while tau - h < 0.0 or tau + h > 1.0:
        h /= 2.0
    return h


def densities(kind: Variance, x: Array, y: Array, weights: Array | None, at: Optimum) -> Array:
    """Return the density of the outcome at each row's fitted quantile, shape (n,), with Hall–Sheather's bandwidth.

    ``nid`` is the slope of fitted quantiles in τ (zero where fits cross), ``kernel`` a Gaussian kernel of residuals
    with the standard deviation of Powell's uniform one, ``iid`` one number: the slope of the residuals' quantiles near
    the fit. With weights, rows count as many as their effective number. Shapes as in ``solve_quantile``.

    **Source** Hendricks and Koenker (1992), Journal of the American Statistical Association 87(417), 58–68 (nid);
    Powell (1991), in Nonparametric and Semiparametric Methods in Econometrics, 357–384 (kernel); Koenker and
    Bassett (1982), Econometrica 50(1), 43–61 (iid); bandwidths and rules as in R's quantreg.
    """
    w = np.ones(len(y)) if weights is None else weights
    h = hall_sheather(at.tau, float(w.sum()) ** 2 / float(w @ w))
    if kind == "nid":
        low, high = solve_quantiles(x, y, [at.tau - h, at.tau + h], weights)
        rise = x @ (high.coefficients - low.coefficients)
        found: Array = np.where(rise > 0, 2.0 * h / np.where(rise > 0, rise, 1.0), 0.0)
        return found
    if kind == "iid":
        return np.full(len(y), 1.0 / _sparsity(at.residuals, w, x.shape[1], h))
    return normal_kernel(at.residuals, kernel_width(at.residuals, w, at.tau, h) / np.sqrt(3.0))


def kernel_width(r: Array, w: Array, tau: float, h: float) -> float:
    """Return the distance from the fit, in the outcome's unit, that a bandwidth h in τ comes to."""
    from scipy.special import ndtri

    quarter, three = _quantiles(r, w, [0.25, 0.75])
    scale = min(float(np.sqrt(np.cov(r, aweights=w))), (three - quarter) / 1.34)
    return float((ndtri(tau + h) - ndtri(tau - h)) * scale)


def normal_kernel(r: Array, deviation: float) -> Array:
    """Return a normal density's values at residuals (n,)."""
    return np.asarray(np.exp(-0.5 * (r / deviation) ** 2) / (np.sqrt(2.0 * np.pi) * deviation))


def _sparsity(r: Array, w: Array, k: int, h: float) -> float:
    """Return the slope of the quantiles of residuals near zero: of the nearest, those on the fit left out."""
    n = len(r)
    on_the_fit = int((np.abs(r) < np.sqrt(np.finfo(float).eps)).sum())
    count = max(k + 1, int(np.ceil(n * h)))
    near = np.argsort(np.abs(r), kind="stable")[on_the_fit : on_the_fit + count + 1]
    near = near[np.argsort(r[near], kind="stable")]
    place = np.cumsum(w[near]) / float(w.mean()) / (n - k)
    line = np.column_stack([np.ones(len(near)), place])
    return float(solve_quantile(line, r[near], 0.5, w[near]).coefficients[1])


def _quantiles(values: Array, weights: Array, at: list[float]) -> Array:
    order = np.argsort(values, kind="stable")
    share = (np.cumsum(weights[order]) - 0.5 * weights[order]) / float(weights.sum())
    if np.ptp(weights) == 0:
        return np.asarray(np.quantile(values, at))
    return np.asarray(np.interp(at, share, values[order]))


def bread(x: Array, amounts: Array) -> Array:
    """Return (X' diag(amounts) X)⁻¹, shape (k, k); raises ``ModelError`` where the density vanishes on a term."""
    r = np.linalg.qr(x * np.sqrt(amounts)[:, None], mode="r")
    if (np.abs(np.diag(r)) <= 1e-10 * np.linalg.norm(r, axis=0)).any():
        found = "no density at the fit in the rows of some term"
        raise ModelError(Fault("standard errors", found, "rows near the fit at every term", "choose coarser levels"))
    inverse = np.linalg.inv(r)
    return np.asarray(inverse @ inverse.T)


def linear_covariance(x: Array, weights: Array | None, density: Array, tau: float) -> Array:
    """Return the covariance (k, k) where rows are independent and the quantile is linear in x.

    **Source** Koenker (2005), Quantile Regression, section 3.2.3.
    """
    w = np.ones(len(x)) if weights is None else weights
    outer = bread(x, w * density)
    weighted = x * w[:, None]
    return np.asarray(tau * (1.0 - tau) * outer @ (weighted.T @ weighted) @ outer)


def pulled_covariance(x: Array, weights: Array | None, density: Array, at: Optimum, rule: RowRule) -> Array:
    """Return the covariance (k, k) from the rows' own pulls: right where the quantile is not linear, and in clusters.

    The rows that hold the fit pull with their multipliers, so that pulls add up to nothing.

    **Source** Angrist, Chernozhukov and Fernández-Val (2006), Econometrica 74(2), 539–563 (rows); Parente and Santos
    Silva (2016), Journal of Econometric Methods 5(1), 1–15 (clusters).
    """
    w = np.ones(len(x)) if weights is None else weights
    pulls = w * (at.tau - at.below)
    pulls[at.basis] = at.multipliers
    added = (x * pulls[:, None]) @ bread(x, w * density)
    return covariance_of([(slice(0, len(x)), added)], rule)
