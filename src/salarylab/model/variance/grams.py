"""Grams: Σ v·zz' for several weights v of the same rows at once, from pair tables or from the rows themselves."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from salarylab.model.kernel.layout import Layout
from salarylab.model.kernel.rows import Block, Rows, Source, dense
from salarylab.model.kernel.sums import PairTables

Array = NDArray[np.float64]

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
    sizes = [group.size for group in layout.groups]
    widths = [len(group.columns) + 4 for group in layout.groups]
    tables = sum(sizes[a] * sizes[b] * min(widths[a], widths[b]) for a in range(len(sizes)) for b in range(a))
    return rows * layout.k**2 < tables + sum(size * width**2 for size, width in zip(sizes, widths, strict=True))


def is_few(source: Source) -> bool:
    """Return whether a source's rows are at hand and few."""
    return isinstance(source, Rows) and few_rows(len(source), source.layout)


def batches(m: int, layout: Layout, *, few: bool) -> Iterator[slice]:
    """Yield m weights in batches whose tables stay within ``MOST_BYTES``."""
    sizes = [group.size for group in layout.groups]
    cells = sum(sizes[a] * sizes[b] for a in range(len(sizes)) for b in range(a)) or sizes[0]
    each = 8 * (layout.k**2 if few else cells + sum(sizes) * len(layout.numbers))
    at_once = max(1, MOST_BYTES // each)
    for start in range(0, m, at_once):
        yield slice(start, min(m, start + at_once))
