"""Counterfactual: the shares that logits give a sample with everybody at one level, and what each row adds to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError
from salarylab.model.blocks import Levels, Numbers, crossed_parts
from salarylab.model.compared import categorical
from salarylab.model.design import Design, matrix
from salarylab.model.distribution.logit import sigmoid

Array = NDArray[np.float64]
AtLevel = Callable[[int, slice], Array]
"""The columns (rows, k) of some rows of a design, with a factor at its l-th level."""

ROWS = 20_000
"""Rows laid out at once."""


def at_level(design: Design, factor: str, level: str, rows: slice) -> Array:
    """Return the design's columns for some rows, as if all stood at one level of a factor, shape (rows, k)."""
    blocks: dict[str, Levels | Numbers] = {}
    for name, block in design.blocks.items():
        if isinstance(block, Numbers):
            blocks[name] = replace(block, values=block.values[rows])
        else:
            codes = block.codes[rows]
            blocks[name] = replace(
                block, codes=np.full_like(codes, block.levels.index(level)) if name == factor else codes
            )
    return matrix(replace(design, y=design.y[rows], blocks=blocks))


def averages(at: AtLevel, levels: int, coefficients: Array, weights: Array) -> tuple[Array, Array]:
    """Return the average shares at each level and threshold, (L, m), and their gradients in the log odds, (L, m, k).

    ``coefficients`` (m, k) are those of one logit a threshold; ``weights`` (n,) weigh the rows.
    """
    m, k = coefficients.shape
    shares, gradients = np.zeros((levels, m)), np.zeros((levels, m, k))
    for rows in blocks_of(len(weights)):
        share_of = weights[rows] / weights.sum()
        for level in range(levels):
            x = at(level, rows)
            p = sigmoid(x @ coefficients.T)
            shares[level] += share_of @ p
            gradients[level] += (share_of[:, None] * p * (1.0 - p)).T @ x
    return shares, gradients


def pieces(
    at: AtLevel, x: Array, yes: Array, weights: Array, coefficients: Array, breads: Array, found: tuple[Array, Array]
) -> Iterator[tuple[slice, Array]]:
    """Yield, by blocks of rows, what each adds to every average share: shape (rows, L·m), levels slowest.

    A row adds by its own place among those averaged over, and through the coefficients. ``x`` (n, k) are the
    columns as they are, ``yes`` (n, m) whether pay is at or below each threshold, ``breads`` (m, k, k) the inverse
    information, ``found`` what ``averages`` gave.
    """
    shares, gradients = found
    through = np.einsum("mij,lmj->lmi", breads, gradients)
    for rows in blocks_of(len(weights)):
        w = weights[rows]
        left = w[:, None] * (yes[rows] - sigmoid(x[rows] @ coefficients.T))
        added = [
            (w / weights.sum())[:, None] * (sigmoid(at(level, rows) @ coefficients.T) - shares[level])
            + left * (x[rows] @ through[level].T)
            for level in range(len(shares))
        ]
        yield rows, np.hstack(added)


def blocks_of(n: int) -> Iterator[slice]:
    """Yield slices that cover n rows.

    >>> len(list(blocks_of(50_000)))
    3
    """
    yield from (slice(start, min(start + ROWS, n)) for start in range(0, n, ROWS))


def levels_of(design: Design, factor: str) -> Levels:
    """Return a factor's levels; raises ``ModelError`` where it has none, or where a cell of its interaction is empty.

    In an empty cell nobody was paid: putting everybody there is a question that the sample cannot answer.
    """
    found = categorical(design, factor)
    for term in (term for term in design.spec.factors if factor in term.split(":") and ":" in term):
        left, right = (design.blocks[part] for part in term.split(":"))
        empty = len(crossed_parts(left, right)) - sum(t.factor == term for t in design.terms)
        if empty:
            what = f"{empty} combinations of levels without a row"
            raise ModelError(Fault(f"adjusted by {factor!r}", what, "rows in each", f"drop {term!r}, or its levels"))
    return found
