"""Lasso: least squares under an absolute penalty, by coordinate descent, certified by its optimality conditions."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

SWEEPS = 5_000
CERTIFIED = 1e-9
"""Greatest violation of an optimality condition, relative to the greatest slope at zero."""


@dataclass(frozen=True, slots=True)
class Lasso:
    """Hold the coefficients (p,) and ``violation``, the greatest breach of an optimality condition, relative."""

    coefficients: Array = field(repr=False)
    violation: float

    @property
    def active(self) -> Mask:
        """Which coefficients are not zero, shape (p,)."""
        return np.asarray(self.coefficients != 0)


def lasso(x: Array, y: Array, penalties: Array) -> Lasso:
    """Minimise ‖y − xb‖²/2n + Σ penalties_j·|b_j|; ``x`` (n, p), ``y`` (n,), ``penalties`` (p,) above zero.

    Sweeps of coordinate descent find the active columns; these are then solved for exactly, and the solution is
    returned only once every optimality condition holds. Raises ``ModelError`` for numbers that are not finite, a
    penalty that is not above zero, and where no solution can be certified.

    **Source** Friedman, Hastie and Tibshirani (2010), Journal of Statistical Software 33(1), section 2.

    >>> found = lasso(np.eye(2), np.array([3.0, 0.5]), np.array([0.5, 0.5]))
    >>> found.coefficients.tolist(), found.violation < 1e-12
    ([2.0, 0.0], True)
    """
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ModelError(Fault("lasso", "values that are not finite", "numbers", "restrict the sample"))
    if not (penalties > 0).all():
        raise ModelError(Fault("lasso", "a penalty at or below zero", "penalties above zero", "check the loadings"))
    gram, slope = x.T @ x / len(y), x.T @ y / len(y)
    b, scale = np.zeros(len(slope)), max(float(np.abs(slope).max(initial=0.0)), 1e-300)
    for sweep in range(SWEEPS):
        everywhere = sweep % 10 == 0
        b = _swept(gram, slope, penalties, b, np.arange(len(b)) if everywhere else np.flatnonzero(b))
        if sweep % 10 == 9 or not b.any():
            polished = _polished(gram, slope, penalties, b)
            violation = _violation(gram, slope, penalties, polished) / scale
            if violation < CERTIFIED:
                return Lasso(polished, violation)
    remedy = "drop columns that nearly follow from others"
    raise ModelError(Fault("lasso", "no solution that meets its optimality conditions", "a certified one", remedy))


def _swept(gram: Array, slope: Array, penalties: Array, start: Array, columns: NDArray[np.intp]) -> Array:
    """Return the coefficients after one pass of coordinate descent over some columns."""
    b, curve = start.copy(), np.diag(gram)
    ahead = slope - gram @ b
    for j in columns:
        if curve[j] <= 0:
            continue
        towards = ahead[j] + curve[j] * b[j]
        new = np.sign(towards) * max(abs(towards) - penalties[j], 0.0) / curve[j]
        if new != b[j]:
            ahead -= gram[:, j] * (new - b[j])
            b[j] = new
    return b


def _polished(gram: Array, slope: Array, penalties: Array, b: Array) -> Array:
    """Return the exact solution on the active columns, or the coefficients as they are where signs would change."""
    active = np.flatnonzero(b)
    signs = np.sign(b[active])
    inner = gram[np.ix_(active, active)]
    size = np.sqrt(np.diag(inner))
    target = (slope[active] - penalties[active] * signs) / size
    solved = np.linalg.lstsq(inner / np.outer(size, size), target, rcond=1e-13)[0] / size
    if (np.sign(solved) != signs).any():
        return b
    found = np.zeros(len(b))
    found[active] = solved
    return found


def _violation(gram: Array, slope: Array, penalties: Array, b: Array) -> float:
    """Return the greatest breach: a slope beyond its penalty, or, where active, one that is not at it."""
    ahead = slope - gram @ b
    breach = np.where(b != 0, np.abs(ahead - penalties * np.sign(b)), np.maximum(np.abs(ahead) - penalties, 0.0))
    return float(breach.max(initial=0.0))
