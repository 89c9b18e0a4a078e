"""Grams: Σ v·zz' for several weights v of the same rows at once, from pair tables or from the rows themselves."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from salarylab.model.kernel.layout import Layout
from salarylab.model.kernel.rows import Block, Rows, Source, dense
from salarylab.model.kernel.sums import PairTables

Array = NDArray[np.float64]

CELL = 16
"""What it costs to clear, fill and read a cell of a pair table, in products of a matrix."""

MOST_BYTES = 64 * 2**20
"""Bytes of tables, or of matrices, that are filled in one walk over the rows."""


class WeightedGrams:
    """Accumulate Σ v·zz' for m weights v; ``matrices`` has shape (m, k, k)."""

    def __init__(self, layout: Layout, m: int, *, few: bool) -> None:
        self.layout = layout
        self.tables = [] if few else [PairTables(layout) for _ in range(m)]
        self.sums = np.zeros((m if few else 0, layout.k, layout.k))

    def add(self, block: Block, v: Array) -> None:
        """Add a block's rows with weights v (n, m)."""
        for table, column in zip(self.tables, v.T, strict=False):
            table.add(block, np.ascontiguousarray(column))
        if len(self.sums):
            z = dense(block, self.layout)
            for m, column in enumerate(v.T):
                self.sums[m] += (z * column[:, None]).T @ z

    def merge(self, other: WeightedGrams) -> None:
        """Add the sums of other rows."""
        for mine, theirs in zip(self.tables, other.tables, strict=True):
            mine.merge(theirs)
        self.sums += other.sums

    def matrices(self) -> Array:
        """Return Σ v·zz', shape (m, k, k)."""
        return np.array([table.gram(self.layout) for table in self.tables]) if self.tables else self.sums


def few_rows(rows: int, layout: Layout) -> bool:
    """Return whether a Gram of so many rows costs less from the rows themselves than from pair tables."""
    sizes, columns = [group.size for group in layout.groups], [len(group.columns) for group in layout.groups]
    pairs = sum(sizes[a] * sizes[b] * (columns[a] + CELL) for a, b in combinations(range(len(sizes)), 2))
    return rows * layout.k**2 < pairs + sum(size * m**2 for size, m in zip(sizes, columns, strict=True))


def is_few(source: Source) -> bool:
    """Return whether a source's rows are at hand and few."""
    return isinstance(source, Rows) and few_rows(len(source), source.layout)


def batches(m: int, layout: Layout, *, few: bool) -> Iterator[slice]:
    """Yield m weights in batches whose tables stay within ``MOST_BYTES``."""
    sizes = [group.size for group in layout.groups]
    cells = sum(a * b for a, b in combinations(sizes, 2)) or sizes[0]
    each = 8 * (layout.k**2 if few else cells + sum(sizes) * len(layout.numbers))
    at_once = max(1, MOST_BYTES // each)
    for start in range(0, m, at_once):
        yield slice(start, min(m, start + at_once))
