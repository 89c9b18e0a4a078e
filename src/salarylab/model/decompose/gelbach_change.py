"""Change: a coefficient's change from a base to a full equation on the same rows, by blocks of columns added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from salarylab.model.decompose.influence import Influence, Units, of_coefficients
from salarylab.model.least_squares import DenseFit, Refits, solve_dense

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Change:
    """Hold one contrast of coefficients in both equations, and how it changes with each block added.

    ``x`` (n, k) are the columns of the full equation, ``of_base`` (k,) those that the base one has, ``contrast`` (k1,)
    weights its coefficients, ``of_blocks`` (b, k2) says which added columns each block has. ``values`` (b + 3,) are
    the base equation's number, one for each block, their sum, and the full equation's. ``index`` (n, b) is each
    block's part of the fitted values, and ``on_base`` its regressions on the base columns.
    """

    x: Array = field(repr=False)
    y: Array = field(repr=False)
    weights: Array | None = field(repr=False)
    of_base: NDArray[np.bool_] = field(repr=False)
    contrast: Array = field(repr=False)
    of_blocks: Array = field(repr=False)
    values: Array
    base: DenseFit = field(repr=False)
    full: DenseFit = field(repr=False)
    on_base: tuple[DenseFit, ...] = field(repr=False)


def change_of(
    x: Array,
    y: Array,
    weights: Array | None,
    names: Sequence[str],
    of_base: NDArray[np.bool_],
    contrast: Array,
    of_blocks: Array,
) -> Change:
    """Fit both equations and split the change: the part of a block is its index regressed on the base columns.

    The index of block b is X_b·β_b of the full equation. See ``Change`` for shapes. Raises ``ModelError`` as
    ``solve_dense`` does.

    **Source** Gelbach (2016), Journal of Labor Economics 34(2), 509–543, equations 8 and 9.

    >>> x = np.column_stack([np.ones(4), [0.0, 1.0, 2.0, 3.0], [1.0, 0.0, 0.0, 2.0]])
    >>> base = np.array([True, True, False])
    >>> change = change_of(x, x @ [1.0, 2.0, 5.0], None, list("abc"), base, np.array([0.0, 1.0]), np.ones((1, 1)))
    >>> change.values.round(9).tolist()
    [3.5, 1.5, 1.5, 2.0]
    """
    kept = [name for name, in_base in zip(names, of_base, strict=True) if in_base]
    full = solve_dense(x, y, names, weights)
    base = solve_dense(x[:, of_base], y, kept, weights)
    added = x[:, ~of_base] @ (of_blocks * full.coefficients[~of_base]).T
    on_base = tuple(solve_dense(x[:, of_base], index, kept, weights) for index in added.T)
    parts = [float(contrast @ fit.coefficients) for fit in on_base]
    ends = (float(contrast @ base.coefficients), float(contrast @ full.coefficients[of_base]))
    values = np.array([ends[0], *parts, sum(parts), ends[1]])
    return Change(x, y, weights, of_base, contrast, of_blocks, values, base, full, on_base)


def influence_of(change: Change, units: Units) -> Influence:
    """Return what every unit adds to the change's values.

    A block's part moves with the regression of its index on the base columns, and with the coefficients that make
    the index: Γ_b·β_b, Γ_b the regression of its columns on those of the base.
    """
    rows = np.arange(len(change.y))
    m, kb, k = len(change.values), int(change.of_base.sum()), len(change.of_base)
    root = np.ones(len(rows)) if change.weights is None else np.sqrt(change.weights)
    # what the contrast picks of the regression of every added column on the base columns, (k2,)
    through = (
        change.contrast @ change.base.backward @ (change.base.q.T @ (change.x[:, ~change.of_base] * root[:, None]))
    )
    of_full = np.zeros((m, k))
    of_full[1:-2, ~change.of_base] = change.of_blocks * through
    of_full[-2] = of_full[1:-2].sum(axis=0)
    of_full[-1, change.of_base] = change.contrast
    found = of_coefficients(change.full, of_full, units, rows)
    of_base = np.zeros((m, kb))
    of_base[0] = change.contrast
    found += of_coefficients(change.base, of_base, units, rows)
    for b, fit in enumerate(change.on_base):
        of_index = np.zeros((m, kb))
        of_index[[1 + b, m - 2]] = change.contrast
        found += of_coefficients(fit, of_index, units, rows)
    return found


def replicated(change: Change, replicates: Array) -> Array:
    """Return the change's values under each replicate weight, shape (R, b + 3); weights may be zero or negative.

    ``replicates`` has shape (n, R). Raises ``ModelError`` where a replicate leaves some level without weight.
    """
    # base columns first: the leading columns of an orthonormal basis then span the base equation
    order = np.concatenate([np.flatnonzero(change.of_base), np.flatnonzero(~change.of_base)])
    kb = int(change.of_base.sum())
    refits = Refits(change.x[:, order])
    found = np.empty((replicates.shape[1], len(change.values)))
    for i, w in enumerate(replicates.T):
        b = refits.under(w, change.y, i)
        index = change.x[:, order[kb:]] @ (change.of_blocks * b[kb:]).T
        split = change.contrast @ refits.under(w, np.column_stack([change.y, index]), i, first=kb)
        found[i] = [*split, split[1:].sum(), change.contrast @ b[:kb]]
    return found
