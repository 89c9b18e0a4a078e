"""Cells: rows that are alike in every column taken together, where that leaves few of them.

Grouping rows costs a sort, and pays only when cells are far fewer than rows: industry by country by role are soon as
many as the rows themselves. So they are guessed first, from some of the rows.
"""

from __future__ import annotations

from dataclasses import replace
from math import prod

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError
from salarylab.model.kernel.rows import Rows

Array = NDArray[np.float64]

FEW = 0.05
"""Cells over rows below which cells are taken: there they halve the time, above a tenth they save none."""

LOOKED_AT = 20_000
BYTES_PER_CELL = 64
"""What a cell weighs: its codes, count, mean, spread, and the key that it was found by."""

MOST_BYTES = 256 * 2**20
MOST_KEYS = 2**62


def guessed(rows: Rows) -> float:
    """Return about how many cells there are, at least: what is seen in some rows, and what is seen once in it.

    **Source** Chao (1984), Scandinavian Journal of Statistics 11(4), 265–270.
    """
    step = max(1, len(rows) // LOOKED_AT)
    some = rows.taken(np.arange(0, len(rows), step))
    _, seen = np.unique(_keys(some), return_counts=True)
    once, twice = int((seen == 1).sum()), int((seen == 2).sum())
    return len(seen) + once * (once - 1) / (2.0 * (twice + 1))


def worthwhile(rows: Rows) -> bool:
    """Return whether rows are better taken as cells: unweighted, discrete, and alike by the score."""
    if rows.weights is not None or rows.numbers.shape[1] or not _fit_a_key(rows):
        return False
    cells = guessed(rows)
    return cells < FEW * len(rows) and cells * BYTES_PER_CELL < MOST_BYTES


def collapsed(rows: Rows) -> Rows:
    """Return rows alike in every column, and of one cluster, as cells: their count, mean outcome and spread.

    Raises ``ModelError`` where levels do not say all that a row has: weights, and numbers of many values.

    >>> from salarylab.model.kernel.layout import Piece, lay_out
    >>> layout = lay_out([2], [Piece((0,), np.array([[0.0], [1.0]]), (1,))], [], 2)
    >>> cells = collapsed(Rows(layout, (np.array([0, 1, 1]),), np.zeros((3, 0)), np.array([1.0, 2.0, 4.0])))
    >>> cells.count.tolist(), (cells.origin + cells.y).round(12).tolist(), cells.within.round(12).tolist()
    ([1.0, 2.0], [1.0, 3.0], [0.0, 2.0])
    """
    if rows.weights is not None or rows.numbers.shape[1] or not _fit_a_key(rows):
        raise ModelError(
            Fault(
                "route 'cells'",
                "weights, numbers of many values, or too many joint levels",
                "unweighted rows of levels",
                "leave the route to be chosen",
            )
        )
    _, first, cell = np.unique(_keys(rows), return_index=True, return_inverse=True)
    ones = np.ones(len(rows)) if rows.count is None else rows.count
    count: Array = np.bincount(cell, weights=ones).astype(np.float64)
    centre = float(rows.y.mean())  # a mean is no double of the outcome's own: it is kept less their centre
    y = rows.y - centre
    mean = np.bincount(cell, weights=ones * y) / count
    within: Array = np.bincount(cell, weights=ones * (y - mean[cell]) ** 2).astype(np.float64)
    if rows.within is not None:
        within += np.bincount(cell, weights=rows.within)
    return replace(rows.taken(first), y=mean, count=count, within=within, origin=rows.origin + centre)


def _sizes(rows: Rows) -> list[int]:
    clusters = [] if rows.clusters is None else [int(rows.clusters.max()) + 1]
    return [*(group.size for group in rows.layout.groups), *clusters]


def _fit_a_key(rows: Rows) -> bool:
    return prod(_sizes(rows)) < MOST_KEYS


def _keys(rows: Rows) -> NDArray[np.int64]:
    """Return one number per row that says its levels and its cluster."""
    parts = [*rows.codes, *([] if rows.clusters is None else [rows.clusters])]
    keys = np.zeros(len(rows), dtype=np.int64)
    for size, part in zip(_sizes(rows), parts, strict=True):
        keys = keys * size + part
    return keys
