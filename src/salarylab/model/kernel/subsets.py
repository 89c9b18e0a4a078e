"""Subsets: the residuals of some columns on every subset of blocks of others, from one matrix of products.

Blocks are eliminated one after another, the widest first, from a stack in which each matrix is kept twice: with the
block, and without it. A subset then costs one step on the columns that are still to come, no factorisation of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError

Array = NDArray[np.float64]
Blocks = Sequence[Sequence[int]]

LEAST_PIVOT = 1e-9
"""What is left of a unit column's square, once earlier columns are taken out, below which it follows from them."""

MOST_BLOCKS = 16
WIDE = 4
"""Columns from which a block is eliminated as a whole, where none of its columns follows from others."""


@dataclass(frozen=True, slots=True)
class Residuals:
    """Hold residuals of t targets on each of 2^q subsets; bit j of a subset's number says that block j is in.

    ``products`` (2^q, t, t) are their sums of products; ``makers`` (2^q, t, k) give them from all k columns;
    ``rank`` (2^q,) counts the columns taken out, ``lost`` (2^q,) those that followed from others and were not.
    """

    products: Array = field(repr=False)
    makers: Array = field(repr=False)
    rank: NDArray[np.int64] = field(repr=False)
    lost: NDArray[np.int64] = field(repr=False)


def residuals(products: Array, always: Sequence[int], blocks: Blocks, targets: Sequence[int]) -> Residuals:
    """Return the residuals of columns ``targets`` on the columns ``always`` and every subset of ``blocks``.

    ``products`` (k, k) is the matrix of products of all columns. A column that follows from those before it is left
    out: residuals are the same. Raises ``ModelError`` for more blocks than ``MOST_BLOCKS``.

    **Source** Goodnight (1979), American Statistician 33(3), 149–158 (the sweep); Lindeman, Merenda and Gold (1980),
    Introduction to Bivariate and Multivariate Analysis (all subsets).

    >>> found = residuals(np.array([[2.0, 0.0, 2.0], [0.0, 2.0, 1.0], [2.0, 1.0, 4.0]]), [0], [[1]], [2])
    >>> found.products.ravel().tolist(), found.rank.tolist()
    ([2.0, 1.5], [1, 2])
    """
    if len(blocks) > MOST_BLOCKS:
        found = f"{len(blocks)} blocks, {2 ** len(blocks):,} subsets"
        raise ModelError(Fault("blocks", found, f"at most {MOST_BLOCKS}", "join some of them"))
    order = sorted(range(len(blocks)), key=lambda j: -len(blocks[j]))
    places = np.array([*always, *(c for j in order for c in blocks[j]), *targets], dtype=np.int64)
    scale = _unit_scale(np.diag(products)[places])
    scaled = products[np.ix_(places, places)] * scale[:, None] * scale
    stack = np.concatenate([scaled, np.diag(scale)], axis=1)[None]
    rank, lost = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
    stack, rank, lost = _eliminated(stack, rank, lost, len(always))
    for j in order:
        width = len(blocks[j])
        taken = _eliminated(stack, rank, lost, width)
        stack, rank, lost = (
            np.concatenate(pair) for pair in zip((stack[:, width:, width:], rank, lost), taken, strict=True)
        )
    numbers = _numbers(order)
    t = len(targets)
    makers = np.zeros((len(stack), t, len(products)))
    makers[:, :, places] = stack[numbers, :, t:] / scale[-t:, None]
    size = 1.0 / scale[-t:]
    return Residuals(stack[numbers, :, :t] * size[:, None] * size, makers, rank[numbers], lost[numbers])


Stack = tuple[Array, NDArray[np.int64], NDArray[np.int64]]


def _eliminated(stack: Array, rank: NDArray[np.int64], lost: NDArray[np.int64], width: int) -> Stack:
    """Return a stack of (products | makers) less its first columns, each taken out of all that follow."""
    if width > WIDE and _independent(stack[:, :width, :width]):
        along = np.linalg.solve(stack[:, :width, :width], stack[:, :width, width:])
        return stack[:, width:, width:] - stack[:, width:, :width] @ along, rank + width, lost
    for _ in range(width):
        first = stack[:, 0, 1:]
        kept = stack[:, 0, 0] > LEAST_PIVOT
        step = np.where(kept, 1.0 / np.where(kept, stack[:, 0, 0], 1.0), 0.0)
        along = first[:, : stack.shape[1] - 1] * step[:, None]
        stack = stack[:, 1:, 1:] - along[:, :, None] * first[:, None, :]
        rank, lost = rank + kept, lost + ~kept
    return stack, rank, lost


def _independent(products: Array) -> bool:
    """Return whether no column, in any matrix of a stack, follows from those before it."""
    try:
        pivots = np.einsum("sii->si", np.linalg.cholesky(products)) ** 2
    except np.linalg.LinAlgError:
        return False
    return bool((pivots > LEAST_PIVOT).all())


def _unit_scale(diagonal: Array) -> Array:
    return 1.0 / np.sqrt(np.where(diagonal > 0, diagonal, 1.0))


def _numbers(order: Sequence[int]) -> NDArray[np.int64]:
    """Return the place in the stack of each subset's number: block order[d] was the d-th to be doubled."""
    places = np.zeros(1, dtype=np.int64)
    for j in range(len(order)):
        places = np.concatenate([places, places + (1 << order.index(j))])
    return places
