"""Sums over rows: Σ v·xx', Σ v·x, Σ v·x by cluster, x'b and x'Ax, read from tables of joint levels.

With one-hot groups, Σ v·xx' needs only how much v lies at each pair of joint levels: X'VX = L'TL, T the pair
tables, L the values. Tables of partitions of the rows add up, and do not change when columns are centred.

**Source** the compressed sufficient statistics of Wong, Lewis and Wardrop (2021), "You only compress once", taken
from cells to pairs of levels.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from salarylab.model.kernel.layout import Layout
from salarylab.model.kernel.rows import Block

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

MOST_CELLS = 4_000_000
"""Cells of a dense table of clusters by levels (32 MB); larger ones are kept sparse."""


class PairTables:
    """Accumulate how much of a weight lies at each pair of joint levels; ``gram`` reads Σ v·xx' from them."""

    def __init__(self, layout: Layout) -> None:
        self.sizes = [group.size for group in layout.groups]
        self.alone = [np.zeros(self.sizes[0])] if len(self.sizes) == 1 else []
        self.pairs = {
            (a, b): np.zeros(self.sizes[a] * self.sizes[b]) for a, b in combinations(range(len(self.sizes)), 2)
        }
        c = len(layout.numbers)
        self.numbers = np.zeros((c, c))
        self.mixed = [np.zeros((c, size)) for size in self.sizes] if c else []

    def add(self, block: Block, v: Array | None = None) -> None:
        """Add a block's rows, each with weight v (n,), or one."""
        joint = np.empty(len(block.y), dtype=np.int64)
        for (a, b), table in self.pairs.items():
            np.multiply(block.codes[a], self.sizes[b], out=joint)
            np.add(joint, block.codes[b], out=joint)
            table[:] += np.bincount(joint, weights=v, minlength=len(table))
        for table in self.alone:
            table[:] += np.bincount(block.codes[0], weights=v, minlength=len(table))
        if self.mixed:
            weighted = block.numbers if v is None else block.numbers * v[:, None]
            self.numbers += weighted.T @ block.numbers
            for mixed, code in zip(self.mixed, block.codes, strict=True):
                mixed[:] += _level_sums(code, weighted, mixed.shape[1])

    def merge(self, other: PairTables) -> None:
        """Add the tables of other rows."""
        for pair, table in other.pairs.items():
            self.pairs[pair] += table
        for mine, theirs in zip((*self.alone, *self.mixed), (*other.alone, *other.mixed), strict=True):
            mine[:] += theirs
        self.numbers += other.numbers

    def margins(self) -> list[Array]:
        """Return how much lies at each joint level of each group."""
        if self.alone:
            return [self.alone[0]]
        shaped = {pair: table.reshape(self.sizes[pair[0]], self.sizes[pair[1]]) for pair, table in self.pairs.items()}
        return [shaped[0, 1].sum(axis=1), *(shaped[0, b].sum(axis=0) for b in range(1, len(self.sizes)))]

    def gram(self, layout: Layout) -> Array:
        """Return Σ v·xx', shape (k, k), for the layout's values at the levels counted."""
        found = np.zeros((layout.k, layout.k))

        def put(rows: Codes, columns: Codes, part: Array) -> None:
            found[np.ix_(rows, columns)] = part
            found[np.ix_(columns, rows)] = part.T

        for group, margin in zip(layout.groups, self.margins(), strict=True):
            put(group.columns, group.columns, (group.values * margin[:, None]).T @ group.values)
        for (a, b), table in self.pairs.items():
            left, right = layout.groups[a], layout.groups[b]
            put(left.columns, right.columns, left.values.T @ table.reshape(left.size, right.size) @ right.values)
        for group, mixed in zip(layout.groups, self.mixed, strict=False):
            put(layout.numbers, group.columns, mixed @ group.values)
        if self.mixed:
            put(layout.numbers, layout.numbers, self.numbers)
        return found


class LevelSums:
    """Accumulate how much of a value lies at each joint level; ``vector`` reads Σ v·x from it."""

    def __init__(self, layout: Layout) -> None:
        self.tables = [np.zeros(group.size) for group in layout.groups]
        self.numbers = np.zeros(len(layout.numbers))

    def add(self, block: Block, v: Array) -> None:
        """Add a block's rows with values v (n,)."""
        for table, code in zip(self.tables, block.codes, strict=True):
            table[:] += np.bincount(code, weights=v, minlength=len(table))
        self.numbers += v @ block.numbers

    def merge(self, other: LevelSums) -> None:
        """Add the sums of other rows."""
        for mine, theirs in zip(self.tables, other.tables, strict=True):
            mine[:] += theirs
        self.numbers += other.numbers

    def vector(self, layout: Layout) -> Array:
        """Return Σ v·x, shape (k,)."""
        found = np.zeros(layout.k)
        for group, table in zip(layout.groups, self.tables, strict=True):
            found[group.columns] = table @ group.values
        found[layout.numbers] = self.numbers
        return found


class ClusterSums:
    """Accumulate Σ v·x by cluster; ``matrix`` has shape (clusters, k)."""

    def __init__(self, layout: Layout, clusters: int) -> None:
        self.clusters = clusters
        self.sparse = [clusters * group.size > MOST_CELLS for group in layout.groups]
        self.tables: list[Array] = [
            np.zeros((clusters, len(group.columns)) if sparse else clusters * group.size)
            for group, sparse in zip(layout.groups, self.sparse, strict=True)
        ]
        self.numbers = np.zeros((clusters, len(layout.numbers)))

    def add(self, block: Block, v: Array, layout: Layout) -> None:
        """Add a block's rows with values v (n,); the block knows its clusters."""
        assert block.clusters is not None
        for group, code, table, sparse in zip(layout.groups, block.codes, self.tables, self.sparse, strict=True):
            if sparse:
                table[:] += by_cluster(block.clusters, code, v, (self.clusters, group.size)) @ group.values
            else:
                table[:] += np.bincount(block.clusters * group.size + code, weights=v, minlength=len(table))
        if self.numbers.shape[1]:
            self.numbers += _level_sums(block.clusters, block.numbers * v[:, None], self.clusters).T

    def merge(self, other: ClusterSums) -> None:
        """Add the sums of other rows."""
        for mine, theirs in zip(self.tables, other.tables, strict=True):
            mine[:] += theirs
        self.numbers += other.numbers

    def matrix(self, layout: Layout) -> Array:
        """Return Σ v·x by cluster, shape (clusters, k)."""
        found = np.zeros((self.clusters, layout.k))
        for group, table, sparse in zip(layout.groups, self.tables, self.sparse, strict=True):
            found[:, group.columns] = table if sparse else table.reshape(self.clusters, group.size) @ group.values
        found[:, layout.numbers] = self.numbers
        return found


class Prediction:
    """Read x'b from one table per group: a row's prediction is the sum of its entries."""

    def __init__(self, layout: Layout, b: Array) -> None:
        self.tables = [group.values @ b[group.columns] for group in layout.groups]
        self.numbers = b[layout.numbers]

    def at(self, block: Block) -> Array:
        """Return x'b of a block's rows, shape (n,)."""
        found: Array = self.tables[0][block.codes[0]]
        for table, code in zip(self.tables[1:], block.codes[1:], strict=True):
            found += table[code]
        if len(self.numbers):
            found += block.numbers @ self.numbers
        return found


class Quadratic:
    """Read x'Ax from one table per group and one per pair of groups."""

    def __init__(self, layout: Layout, a: Array) -> None:
        groups = layout.groups
        self.within = [
            np.einsum("ij,ij->i", group.values @ a[np.ix_(group.columns, group.columns)], group.values)
            for group in groups
        ]
        self.across = {
            (i, j): (2.0 * groups[i].values @ a[np.ix_(groups[i].columns, groups[j].columns)] @ groups[j].values.T)
            for i, j in combinations(range(len(groups)), 2)
        }
        c = layout.numbers
        self.numbers = a[np.ix_(c, c)]
        self.mixed = [2.0 * group.values @ a[np.ix_(group.columns, c)] for group in groups] if len(c) else []

    def at(self, block: Block) -> Array:
        """Return x'Ax of a block's rows, shape (n,)."""
        found: Array = self.within[0][block.codes[0]]
        for table, code in zip(self.within[1:], block.codes[1:], strict=True):
            found += table[code]
        for (i, j), pair in self.across.items():
            found += pair[block.codes[i], block.codes[j]]
        for mixed, code in zip(self.mixed, block.codes, strict=False):
            found += np.einsum("ij,ij->i", mixed[code], block.numbers)
        if self.mixed:
            found += np.einsum("ij,ij->i", block.numbers @ self.numbers, block.numbers)
        return found


def _level_sums(code: Codes, values: Array, size: int) -> Array:
    """Return the sums of each column of values (n, c) at each code, shape (c, size)."""
    return np.array([np.bincount(code, weights=column, minlength=size) for column in values.T]).reshape(-1, size)


def by_cluster(clusters: Codes, code: Codes, v: Array, shape: tuple[int, int]) -> Any:
    """Return a sparse matrix (clusters, levels) of how much of v lies where."""
    from scipy.sparse import csr_array

    return csr_array((v, (clusters, code)), shape=shape)
