"""Shapley null: the share that a factor would seem to have if its values were dealt to the rows at random.

Dealt anew, a factor keeps its levels and their sizes and loses whatever goes with pay and with the other factors.
Only its own products change: one table of its levels by those of each group of keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from salarylab.model.decompose.shapley_shares import Measure, scored
from salarylab.model.kernel.layout import Group
from salarylab.model.kernel.moments import Moments, near_means, summed
from salarylab.model.kernel.rows import Block, Rows
from salarylab.model.kernel.subsets import Blocks
from salarylab.model.kernel.sums import LevelSums

Array = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Dealer:
    """Hold rows fold by fold, their moments, and which rows of the whole each fold has."""

    rows: Rows = field(repr=False)
    parts: tuple[Rows, ...] = field(repr=False)
    moments: tuple[Moments, ...] = field(repr=False)
    places: tuple[Codes, ...] = field(repr=False)


def dealer(rows: Rows, folds: NDArray[np.integer]) -> Dealer:
    """Return rows ready to be dealt anew; ``folds`` (n,) are dense codes."""
    near = near_means(rows)
    assert isinstance(near, Rows)
    places = tuple(np.flatnonzero(folds == f) for f in range(int(folds.max()) + 1))
    parts = tuple(near.taken(some) for some in places)
    return Dealer(near, parts, tuple(summed(part, whole=False) for part in parts), places)


def null_shares(
    dealt: Dealer, block: Sequence[int], blocks: Blocks, weights: Array, measure: Measure, orders: Iterator[Codes]
) -> Array:
    """Return the shares of a block whose rows take their values from others, one for each order of rows (n,).

    ``weights`` (2^q,) are those of the block's share. A block's columns are one key's, or all of them numbers.

    **Source** Fisher (1935), The Design of Experiments; Breiman (2001), Machine Learning 45(1), 5–32 (one factor's
    values permuted among the rows).
    """
    columns, read = np.array(block), _read(dealt.rows, block)
    found = []
    for order in orders:
        anew = [
            _dealt(part, own, columns, read.taken(order[places]))
            for part, own, places in zip(dealt.parts, dealt.moments, dealt.places, strict=True)
        ]
        found.append(float(weights @ scored(anew, blocks, measure)))
    return np.array(found)


def orders(clusters: Codes | None, n: int, draws: int, rng: np.random.Generator) -> Iterator[Codes]:
    """Yield which row each row takes its values from, shape (n,), as often as asked.

    Clusters stay whole: the rows of each take theirs from the rows of one other, in turn where it has fewer.

    >>> sorted(next(orders(np.array([0, 0, 1, 1]), 4, 1, np.random.default_rng(1)))[:2].tolist())
    [0, 1]
    """
    for _ in range(draws):
        if clusters is None:
            yield rng.permutation(n)
            continue
        sizes = np.bincount(clusters)
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        shuffled = np.lexsort((rng.random(n), clusters))
        turn = np.empty(n, dtype=np.int64)
        turn[shuffled] = np.arange(n) - starts[clusters[shuffled]]
        donor = rng.permutation(len(sizes))[clusters]
        yield shuffled[starts[donor] + turn % sizes[donor]]


@dataclass(frozen=True, slots=True)
class _Read:
    """Hold a block as it is read: values (levels, m) and each row's level, or values (n, m) and no levels."""

    values: Array
    codes: Codes | None

    def taken(self, order: Codes) -> _Read:
        if self.codes is None:
            return _Read(self.values[order], None)
        return _Read(self.values, self.codes[order])


def _read(rows: Rows, block: Sequence[int]) -> _Read:
    """Return a block's shifted values; levels of other keys of its group are merged."""
    for group, code in zip(rows.layout.groups, rows.codes, strict=True):
        if set(block) <= set(group.columns.tolist()):
            own = group.values[:, [group.columns.tolist().index(column) for column in block]]
            values, level = np.unique(own, axis=0, return_inverse=True)
            return _Read(values, level[code])
    places = np.searchsorted(rows.layout.numbers, block)
    return _Read(rows.numbers[:, places] - rows.layout.shift[list(block)], None)


def _dealt(part: Rows, own: Moments, columns: Codes, read: _Read) -> Moments:
    """Return a part's moments with a block's values taken from other rows."""
    across, inside = _of_numbers(part, read.values) if read.codes is None else _of_levels(part, read.codes, read.values)
    products = own.products.copy()
    products[columns] = across
    products[:, columns] = across.T
    products[np.ix_(columns, columns)] = inside
    return Moments(products, own.n)


def _of_levels(part: Rows, codes: Codes, values: Array) -> tuple[Array, Array]:
    """Return products with all columns (m, k + 1), and with themselves, of values (levels, m) at each row's code."""
    layout, size = part.layout, len(values)
    across, margin, start = np.zeros((size, layout.k + 1)), np.zeros(size), 0
    for block in part.blocks():
        own = codes[start : start + len(block.y)]
        start += len(block.y)
        for group, code in zip(layout.groups, block.codes, strict=True):
            across[:, group.columns] += _table(own, code, group, size, block.mass) @ group.values
        plain = np.column_stack([block.numbers, block.y])
        for column, v in zip((*layout.numbers.tolist(), layout.k), plain.T, strict=True):
            across[:, column] += np.bincount(own, v if block.mass is None else v * block.mass, minlength=size)
        margin += np.bincount(own, block.mass, minlength=size)
    return values.T @ across, (values * margin[:, None]).T @ values


def _table(own: Codes, code: Codes, group: Group, size: int, mass: Array | None) -> Array:
    counted: Array = np.bincount(own * group.size + code, mass, minlength=size * group.size).astype(np.float64)
    return counted.reshape(size, group.size)


def _of_numbers(part: Rows, values: Array) -> tuple[Array, Array]:
    """Return products with all columns (m, k + 1), and with themselves, of values (n, m)."""
    sums = [LevelSums(part.layout) for _ in values.T]
    outcome, inside, start = np.zeros(values.shape[1]), np.zeros((values.shape[1],) * 2), 0
    for block in part.blocks():
        own = _weighted(values[start : start + len(block.y)], block)
        for one, v in zip(sums, own.T, strict=True):
            one.add(block, np.ascontiguousarray(v))
        outcome += own.T @ block.y
        inside += own.T @ values[start : start + len(block.y)]
        start += len(block.y)
    return np.column_stack([np.array([one.vector(part.layout) for one in sums]), outcome]), inside


def _weighted(values: Array, block: Block) -> Array:
    return values if block.mass is None else values * block.mass[:, None]
