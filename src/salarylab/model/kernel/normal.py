"""Normal equations: one symmetric system, scaled to unit diagonal, solved only where it can be told apart.

A Gram matrix squares the condition of its design: below ``LEAST_RCOND`` digits would be lost silently, and the
rows themselves are factored instead (``orthogonal``).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEAST_RCOND = 1e-6
"""Least reciprocal condition number of a scaled Gram matrix that is inverted: six of sixteen digits may go."""


def inverse(gram: Array, least: float = LEAST_RCOND) -> tuple[Array, float] | None:
    """Return the inverse of a Gram matrix, shape (k, k), and the reciprocal condition number of the scaled one.

    None where that number is below ``least``. The inverse is refined once.

    **Source** Golub and Van Loan (2013), Matrix Computations, 4th ed., sections 3.5 and 4.2.

    >>> found, rcond = inverse(np.array([[4.0, 0.0], [0.0, 9.0]]))
    >>> found.tolist(), rcond
    ([[0.25, 0.0], [0.0, 0.1111111111111111]], 1.0)
    >>> inverse(np.ones((2, 2)))
    """
    diagonal = np.diag(gram)
    if (diagonal <= 0).any() or not np.isfinite(diagonal).all():
        return None
    scale = 1.0 / np.sqrt(diagonal)
    scaled = gram * scale[:, None] * scale
    values = np.linalg.eigvalsh(scaled)
    rcond = float(values[0] / values[-1])
    if rcond < least:
        return None
    found = np.linalg.inv(scaled)
    found += found @ (np.eye(len(gram)) - scaled @ found)
    found = (found + found.T) / 2.0
    return found * scale[:, None] * scale, rcond
