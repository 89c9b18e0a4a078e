"""Interior point of a quantile regression: coefficients near the optimum, in a dozen weighted least squares.

The linear programme is solved in its dual: max y'a over 0 ≤ a ≤ w with X'a = (1 − τ)X'w. A row with a = w lies above
the fit, one with a = 0 below it, and the k rows in between hold the fit.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

BACKOFF = 0.9995
"""The share of the way to the nearest bound that a step goes."""

MOST_STEPS = 60
BLOCK = 4_096
"""Rows of a Gram matrix formed at once: they stay in the cache."""


@dataclass(frozen=True, slots=True)
class Interior:
    """Hold coefficients (k,) near the optimum, and how undecided each row's side still is, shape (m,)."""

    coefficients: Array
    undecided: Array = field(repr=False)


def gram(x: Array, weights: Array) -> Array:
    """Return X' diag(weights) X, shape (k, k), for x (n, k) and weights (n,) that are not negative."""
    total = np.zeros((x.shape[1], x.shape[1]))
    root = np.sqrt(weights)[:, None]
    for start in range(0, len(x), BLOCK):
        part = x[start : start + BLOCK] * root[start : start + BLOCK]
        total += part.T @ part
    return total


def approach(x: Array, y: Array, weights: Array, tau: float, gap: float) -> Interior:
    """Return coefficients whose check loss is at most about ``gap``, relatively, above the least.

    ``x`` (m, k) should have columns of like length that are far from collinear; ``y`` and ``weights`` have
    shape (m,). It stops early where rounding ends the progress: the vertex that follows is exact anyway.

    **Source** Portnoy and Koenker (1997), Statistical Science 12(4), 279–300, section 5 (Frisch–Newton); Mehrotra
    (1992), SIAM Journal on Optimization 2(4), 575–601 (predictor and corrector).
    """
    b = _solved(gram(x, weights), (y * weights) @ x)
    r = y - x @ b
    spread = float(weights @ np.abs(r)) / float(weights.sum())
    floor = max(spread, np.finfo(float).tiny) * 0.1
    above, below = np.maximum(r, 0.0) + floor, np.maximum(-r, 0.0) + floor
    a = (1.0 - tau) * weights
    s = tau * weights
    undecided = a * s
    for _ in range(MOST_STEPS):
        products = float(a @ below + s @ above)
        loss = float(weights @ np.abs(r)) + products
        if products <= gap * loss:
            break
        undecided = 1.0 / (below / a + above / s)
        curvature = gram(x, undecided)
        move = _solved(curvature, (undecided * r) @ x)
        fitted = x @ move
        da = undecided * (r - fitted)
        dbelow, dabove = -below * (1.0 + da / a), -above * (1.0 - da / s)
        primal, dual = _room((a, da), (s, -da)), _room((below, dbelow), (above, dabove))
        left = float((a + primal * da) @ (below + dual * dbelow) + (s - primal * da) @ (above + dual * dabove))
        centre = (left / products) ** 3 * products / (2.0 * len(y))
        at_zero, at_weight = (centre - da * dbelow) / a, (centre + da * dabove) / s
        target = r - at_weight + at_zero
        move = _solved(curvature, (undecided * target) @ x)
        fitted = x @ move
        da = undecided * (target - fitted)
        dbelow, dabove = at_zero - below * (1.0 + da / a), at_weight - above * (1.0 - da / s)
        primal, dual = _room((a, da), (s, -da)), _room((below, dbelow), (above, dabove))
        if not np.isfinite(primal * dual) or max(primal, dual) < 1e-6:
            break
        a, s = a + primal * da, s - primal * da
        below, above = below + dual * dbelow, above + dual * dabove
        b, r = b + dual * move, r - dual * fitted
    return Interior(b, undecided)


def _room(*pairs: tuple[Array, Array]) -> float:
    """Return the longest step, at most one, that keeps every value above zero."""
    least = min(float((change / value).min()) for value, change in pairs)
    return min(1.0, -BACKOFF / least) if least < 0 else 1.0


def _solved(curvature: Array, slope: Array) -> Array:
    """Return the Newton step; where rounding has made the matrix singular, the shortest one."""
    size = np.sqrt(np.diag(curvature))
    size[size == 0] = 1.0
    scaled = curvature / np.outer(size, size)
    try:
        half = np.linalg.cholesky(scaled)
    except np.linalg.LinAlgError:
        found: Array = np.linalg.lstsq(scaled, slope / size, rcond=1e-14)[0] / size
        return found
    solved: Array = np.linalg.solve(half.T, np.linalg.solve(half, slope / size)) / size
    return solved
