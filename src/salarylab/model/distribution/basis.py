"""Basis: a design's columns made orthonormal once, for the many fits that share them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from salarylab.disclosure import MIN_CELL
from salarylab.model.blocks import RARE
from salarylab.model.design import Design
from salarylab.model.estimate import told
from salarylab.model.least_squares import solve_dense

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Basis:
    """Hold a design's columns x (n, k) as ``rows`` (n, k) = x · ``backward`` (k, k), and their names.

    Under the main weights the columns of ``rows`` are orthonormal; ``backward`` takes coefficients on them to those on
    the design's columns.
    """

    rows: Array = field(repr=False)
    backward: Array = field(repr=False)
    names: tuple[str, ...]


def basis_of(x: Array, names: Sequence[str], weights: Array | None = None) -> Basis:
    """Return the orthonormal basis of a design, x (n, k), under weights (n,).

    Raises ``ModelError`` as ``solve_dense`` does: collinear columns, values that are not finite, no more rows
    than columns.

    >>> basis = basis_of(np.column_stack([np.ones(4), [0.0, 0.0, 1.0, 1.0]]), ["intercept", "b"])
    >>> bool(np.allclose(basis.rows.T @ basis.rows, np.eye(2)))
    True
    """
    fit = solve_dense(x, np.zeros(len(x)), names, weights)
    return Basis(fit.q if weights is None else fit.q / np.sqrt(weights)[:, None], fit.backward, tuple(names))


def names_of(design: Design) -> list[str]:
    """Return the names of a design's terms as a refusal may tell them: no level of fewer than ten rows."""
    return [
        f"{term.factor}[{RARE}]" if term.level is not None and term.n < MIN_CELL else told(design, term)[0]
        for term in design.terms
    ]
