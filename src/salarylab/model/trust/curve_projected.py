"""Curve projected: one coefficient in the equation of every subset of blocks of controls, from one matrix of products.

By Frisch and Waugh (1933, Econometrica 1(4), 387–401) the coefficient is that of what is left of the outcome on what is
left of the column, once the controls are taken out of both. What is left is a sum over groups of keys, so that all
equations share one walk over the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from salarylab.model.kernel.layout import Layout
from salarylab.model.kernel.moments import near_means, summed
from salarylab.model.kernel.rows import Rows
from salarylab.model.kernel.subsets import LEAST_PIVOT, Blocks, residuals
from salarylab.model.trust.curve_families import families, ordered

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]

PIECE = 1024
BATCH = 32
"""Rows and equations whose residuals are held at once: half a megabyte, which stays in the cache."""


@dataclass(frozen=True, slots=True)
class Projected:
    """Hold m equations on the same n rows: ``coefficients``, ``size`` (Σ w·x̃²) and columns ``k``, each (m,).

    ``of_column`` and ``of_outcome`` (m, k + 1) make x̃ and the residual e from columns and outcome. ``holds`` (m, q)
    says which blocks they hold, the widest first; ``kept`` (2^q,) which subsets of blocks they are: those in which no
    column follows from others.
    """

    rows: Rows = field(repr=False)
    n: float
    coefficients: Array
    size: Array
    k: Codes
    of_column: Array = field(repr=False)
    of_outcome: Array = field(repr=False)
    holds: Flags = field(repr=False)
    kept: Flags = field(repr=False)


def projected(rows: Rows, focus: int, blocks: Blocks, always: Sequence[int] = ()) -> Projected:
    """Return the coefficient of column ``focus`` beside every subset of blocks; ``always`` stand in every equation.

    Raises ``ModelError`` for more than 16 blocks, too few rows, and values that are not finite.
    """
    near = near_means(rows)
    assert isinstance(near, Rows)
    found = summed(near)
    outcome = len(found.gram)
    left = residuals(found.products, [0, *always], blocks, [focus, outcome])
    size = left.products[:, 0, 0]
    kept = (left.lost == 0) & (size > LEAST_PIVOT * found.products[focus, focus])
    b = left.products[kept, 0, 1] / size[kept]
    of_column = left.makers[kept, 0]
    of_outcome = left.makers[kept, 1] - b[:, None] * of_column
    holds = np.flatnonzero(kept)[:, None] >> np.array(ordered(blocks), dtype=np.int64) & 1 == 1
    return Projected(near, found.n, b, size[kept], left.rank[kept] + 1, of_column, of_outcome, holds, kept)


@dataclass(frozen=True, slots=True)
class Scores:
    """Hold what some equations' rows give: ``meat`` Σ w²x̃²e² (m,), and Σ w·x̃·e and Σ w·x̃² by unit (units, m)."""

    meat: Array
    by_unit: Array
    size_by_unit: Array


def scores(some: Projected, units: Codes | None = None, *, workers: int = 1) -> Iterator[tuple[Codes, Scores]]:
    """Yield numbers of some equations and what the rows give of these, until all are told.

    ``units`` (n,) are dense codes, such as clusters'. ``workers`` are threads: each takes some equations at a time,
    and the numbers do not depend on them.
    """
    rows, count = replace(some.rows, clusters=units), 0 if units is None else int(units.max()) + 1
    everything = np.arange(len(some.coefficients))
    with ThreadPoolExecutor(workers) as threads:
        for family in families(
            rows, some.holds, some.of_column.astype(bool) | some.of_outcome.astype(bool), everything
        ):
            pieces = _pieces(_by_cluster(family.rows))
            asked = [family.equations[a : a + BATCH] for a in range(0, len(family.equations), BATCH)]
            told = threads.map(lambda e: _scored(some, e, family.rows.layout, pieces, count), asked)  # noqa: B023
            yield from zip(asked, told, strict=True)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Hold some rows: which entries of a stacked table each sums (n, entries), and what else they have."""

    levels: Any
    numbers: Array
    y: Array
    mass: Array | None
    squared: Array | None
    within: Array | None
    units: Codes
    starts: Codes


def _by_cluster(rows: Rows) -> Rows:
    return rows if rows.clusters is None else rows.taken(np.argsort(rows.clusters, kind="stable"))


def _pieces(rows: Rows) -> list[_Piece]:
    from scipy.sparse import csr_array

    starts = np.cumsum([0, *(group.size for group in rows.layout.groups)])
    width = len(rows.codes)
    entries = np.column_stack(
        [code.astype(np.int32) + np.int32(a) for code, a in zip(rows.codes, starts, strict=False)]
    )
    ones, ends = np.ones(PIECE * width), np.arange(0, PIECE * width + 1, width, dtype=np.int32)
    found = []
    for a in range(0, len(rows), PIECE):
        some = slice(a, a + PIECE)
        n = len(rows.y[some])
        levels = csr_array((ones[: n * width], entries[some].ravel(), ends[: n + 1]), shape=(n, int(starts[-1])))
        (block,) = rows.taken(np.arange(a, a + n)).blocks()
        own = np.zeros(0, dtype=np.int64) if block.clusters is None else block.clusters
        first = np.flatnonzero(np.diff(own, prepend=-1)) if len(own) else own
        w = block.weights
        squared = block.mass if w is None or block.mass is None else block.mass * w
        within = block.within if w is None or block.within is None else block.within * w * w
        found.append(_Piece(levels, block.numbers, block.y, block.mass, squared, within, own[first], first))
    return found


def _scored(some: Projected, batch: Codes, layout: Layout, pieces: list[_Piece], units: int) -> Scores:
    makers = some.of_column[batch], some.of_outcome[batch]
    column, outcome = (np.vstack([g.values @ of[:, g.columns].T for g in layout.groups]) for of in makers)
    slopes = [of[:, layout.numbers].T for of in makers]
    meat, by_unit, size = np.zeros(column.shape[1]), *(np.zeros((units, column.shape[1])) for _ in range(2))
    for piece in pieces:
        x, e = piece.levels @ column, piece.levels @ outcome
        if len(layout.numbers):
            x += piece.numbers @ slopes[0]
            e += piece.numbers @ slopes[1]
        e += piece.y[:, None]
        if units:
            mass = 1.0 if piece.mass is None else piece.mass[:, None]
            by_unit[piece.units] += np.add.reduceat(x * e * mass, piece.starts, axis=0)
            size[piece.units] += np.add.reduceat(x * x * mass, piece.starts, axis=0)
        meat += _meat(x, e, piece)
    return Scores(meat, by_unit, size)


def _meat(x: Array, e: Array, piece: _Piece) -> Array:
    """Return Σ w²x̃²e² over rows, those of a cell included, shape (m,); x and e are used up."""
    x *= e if piece.within is None else 1.0
    if piece.within is None:
        return np.asarray(np.einsum("ij,ij->j", x, x if piece.squared is None else x * piece.squared[:, None]))
    e *= e
    if piece.squared is not None:
        e *= piece.squared[:, None]
    e += piece.within[:, None]
    x *= x
    return np.asarray(np.einsum("ij,ij->j", x, e))
