"""Spline: the restricted cubic spline basis, linear beyond the outer knots."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def restricted_cubic(x: Array, knots: Sequence[float]) -> Array:
    """Return the basis of a restricted cubic spline, shape (n, knots − 1); the first column is x.

    Between knots the curve is cubic, with two continuous derivatives; beyond the outer knots it is a
    straight line. Columns after the first are divided by the squared distance of the outer knots, so
    that all are in the unit of x.

    **Source** Harrell (2015), Regression Modeling Strategies, 2nd ed., section 2.4.5.

    >>> basis = restricted_cubic(np.array([0.0, 40.0, 50.0, 60.0]), (2.0, 6.0, 12.0, 20.0, 32.0))
    >>> basis.shape
    (4, 4)
    >>> bool(np.allclose(np.diff(basis[1:], n=2, axis=0), 0))  # straight beyond the last knot
    True
    """
    t = np.asarray(knots, dtype=np.float64)
    last, before = t[-1], t[-2]
    span = (last - t[0]) ** 2

    def cubed(knot: float) -> Array:
        return np.maximum(x - knot, 0.0) ** 3

    bends = [
        (
            cubed(knot)
            - cubed(before) * (last - knot) / (last - before)
            + cubed(last) * (before - knot) / (last - before)
        )
        / span
        for knot in t[:-2]
    ]
    return np.column_stack([x, *bends])
