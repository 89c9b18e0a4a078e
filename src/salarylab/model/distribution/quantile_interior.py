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
EXACT = 1e-13
"""Of the outcome: mean residuals under which least squares already fits every row."""

BLOCK = 4_096
"""Rows of a Gram matrix formed at once: they stay in the cache."""


@dataclass(frozen=True, slots=True)
class Interior:
    """Hold coefficients (k,) near the optimum, and how undecided each row's side still is, shape (m,)."""

    coefficients: Array
    undecided: Array = field(repr=False)


@dataclass(slots=True)
class _Point:
    """Stand strictly inside both programmes: coefficients b with residuals r = above − below, and a + s = w."""

    b: Array
    r: Array
    a: Array
    s: Array
    below: Array
    above: Array

    @property
    def products(self) -> float:
        """The gap between the two programmes."""
        return float(self.a @ self.below + self.s @ self.above)


@dataclass(frozen=True, slots=True)
class _Step:
    """Hold a direction from a point, and how far it may go in a and s (``primal``) and in b (``dual``)."""

    move: Array
    fitted: Array
    da: Array
    dbelow: Array
    dabove: Array
    primal: float
    dual: float


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
    undecided = tau * (1.0 - tau) * weights
    if spread <= EXACT * float(np.abs(y).max()):
        return Interior(b, undecided)
    above, below = np.maximum(r, 0.0) + 0.1 * spread, np.maximum(-r, 0.0) + 0.1 * spread
    at = _Point(b, r, (1.0 - tau) * weights, tau * weights, below, above)
    with np.errstate(all="ignore"):  # near the end values leave the range of floats: the last good ones stand
        for _ in range(MOST_STEPS):
            products = at.products
            nearer = 1.0 / (at.below / at.a + at.above / at.s)
            if products <= gap * (float(weights @ np.abs(at.r)) + products) or not _usable(nearer):
                break
            undecided = nearer
            if not _advanced(at, x, undecided):
                break
    return Interior(at.b, undecided)


def _usable(weights: Array) -> bool:
    return bool(np.isfinite(weights).all() and weights.any())


def _advanced(at: _Point, x: Array, undecided: Array) -> bool:
    """Move the point by one corrected Newton step; False where rounding leaves no room."""
    curvature, products, zeros = gram(x, undecided), at.products, np.zeros(1)
    ahead = _step(at, x, undecided, curvature, zeros, zeros)
    a, below = at.a + ahead.primal * ahead.da, at.below + ahead.dual * ahead.dbelow
    s, above = at.s - ahead.primal * ahead.da, at.above + ahead.dual * ahead.dabove
    centre = (float(a @ below + s @ above) / products) ** 3 * products / (2.0 * len(a))
    to_zero, to_weight = (centre - ahead.da * ahead.dbelow) / at.a, (centre + ahead.da * ahead.dabove) / at.s
    step = _step(at, x, undecided, curvature, to_zero, to_weight)
    if not np.isfinite(step.primal * step.dual) or max(step.primal, step.dual) < 1e-6:
        return False
    at.a, at.s = at.a + step.primal * step.da, at.s - step.primal * step.da
    at.below, at.above = at.below + step.dual * step.dbelow, at.above + step.dual * step.dabove
    at.b, at.r = at.b + step.dual * step.move, at.r - step.dual * step.fitted
    return True


def _step(at: _Point, x: Array, undecided: Array, curvature: Array, to_zero: Array, to_weight: Array) -> _Step:
    """Return the Newton direction that takes products to zero, or to what the corrections (m,) ask."""
    target = at.r - to_weight + to_zero
    move = _solved(curvature, (undecided * target) @ x)
    fitted = x @ move
    da = undecided * (target - fitted)
    dbelow, dabove = to_zero - at.below * (1.0 + da / at.a), to_weight - at.above * (1.0 - da / at.s)
    primal, dual = _room((at.a, da), (at.s, -da)), _room((at.below, dbelow), (at.above, dabove))
    return _Step(move, fitted, da, dbelow, dabove, primal, dual)


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
