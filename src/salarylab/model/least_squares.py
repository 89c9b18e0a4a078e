"""Least squares row by row: an equation's orthonormal factor, where a method needs what each row does in it.

Influence functions and refits under many weights need it; a fit and its covariance are the kernel's and the variance
room's. Columns are scaled to unit length, factored by QR, and the solution is refined once with the residual.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import ModelError
from salarylab.model.kernel.counted import refuse_rows
from salarylab.model.kernel.orthogonal import DEPENDENT, refuse_collinear
from salarylab.model.kernel.residuals import FULL_LEVERAGE
from salarylab.model.variance.replicates import empty_replicate

Array = NDArray[np.float64]

ALONE = 1.0 - FULL_LEVERAGE
ILL_CONDITIONED = 1e10
"""Condition number of a refit's normal equations above which a replicate leaves some level without weight."""


@dataclass(frozen=True, slots=True)
class DenseFit:
    """Hold a weighted least squares fit; rows are in units of √w.

    ``coefficients`` (k,); ``q`` (n, k) orthonormal basis of the weighted design; ``backward`` (k, k)
    with coefficients = backward · q'y; ``residuals`` (n,) weighted by √w; ``leverage`` (n,).
    """

    coefficients: Array
    q: Array = field(repr=False)
    backward: Array = field(repr=False)
    residuals: Array = field(repr=False)
    leverage: Array = field(repr=False)

    def influence(self, power: float = 0.0) -> Array:
        """Return what each row adds to the coefficients, (n, k), its residual over (1 − leverage)^power."""
        kept = np.maximum(1.0 - self.leverage, ALONE) ** power
        return np.asarray((self.q * (self.residuals / kept)[:, None]) @ self.backward.T)


def solve_dense(x: Array, y: Array, names: Sequence[str], weights: Array | None = None) -> DenseFit:
    """Fit y on x by (weighted) least squares.

    ``x`` has shape (n, k), ``y`` and ``weights`` (n,). Raises ``ModelError`` when there are not more rows
    than columns, when a value is not finite, or (``CollinearError``) when columns are collinear: all of them, each
    with the columns that it depends on.

    **Source** Golub and Van Loan (2013), Matrix Computations, 4th ed., sections 5.3 and 5.3.8.

    >>> x = np.column_stack([np.ones(4), [1.0, 2.0, 3.0, 4.0]])
    >>> solve_dense(x, np.array([3.0, 5.0, 7.0, 9.0]), ["intercept", "slope"]).coefficients.round(12).tolist()
    [1.0, 2.0]
    """
    refuse_rows(*x.shape, finite=bool(np.isfinite(x).all() and np.isfinite(y).all()))
    root = np.ones(len(y)) if weights is None else np.sqrt(weights)
    scaled = x * root[:, None]
    target = y * root
    length = np.linalg.norm(scaled, axis=0)
    length[length == 0] = 1.0
    q, r = np.linalg.qr(scaled / length)
    refuse_collinear(r, names, DEPENDENT)
    inverse = np.linalg.solve(r, np.eye(len(names)))
    backward = inverse / length[:, None]
    coefficients = backward @ (q.T @ target)
    coefficients = coefficients + backward @ (q.T @ (target - scaled @ coefficients))
    residuals = target - scaled @ coefficients
    return DenseFit(coefficients, q, backward, residuals, np.einsum("ij,ij->i", q, q))


class Refits:
    """Refit an equation of columns x (n, k) under other weights, zero or negative ones included.

    The normal equations are solved in an orthonormal basis of the columns, whose first ones span the first of x.
    """

    def __init__(self, x: Array) -> None:
        self.q, r = np.linalg.qr(x)
        self.backward = np.linalg.solve(r, np.eye(len(r)))

    def under(self, weights: Array, y: Array, replicate: int, first: int | None = None) -> Array:
        """Return coefficients (k,) or (k, m) of y (n,) or (n, m) under weights (n,), on the first columns or all.

        Raises ``ModelError``, naming the ``replicate``, where it leaves some level without weight.
        """
        weighted = self.q[:, :first] * weights[:, None]
        gram = weighted.T @ self.q[:, :first]
        if np.linalg.cond(gram) > ILL_CONDITIONED:
            raise ModelError(empty_replicate(replicate))
        return np.asarray(self.backward[:first, :first] @ np.linalg.solve(gram, weighted.T @ y))
