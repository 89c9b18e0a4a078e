"""Counted: the first walk over the rows: pairs of levels and sums of the outcome, which are the normal equations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError
from salarylab.model.kernel.layout import Layout
from salarylab.model.kernel.rows import Block
from salarylab.model.kernel.sums import LevelSums, PairTables

Array = NDArray[np.float64]


class Counted:
    """Accumulate the normal equations of some rows."""

    def __init__(self, layout: Layout) -> None:
        self.pairs, self.moment = PairTables(layout), LevelSums(layout)
        self.n = self.mass = self.total = self.squares = 0.0
        self.finite = True

    def add(self, block: Block) -> None:
        """Add a block."""
        mass = block.mass
        y = block.y if mass is None else block.y * mass
        self.pairs.add(block, mass)
        self.moment.add(block, y)
        self.n += len(y) if block.count is None else float(block.count.sum())
        self.mass += len(y) if mass is None else float(mass.sum())
        self.total += float(y.sum())
        self.squares += float(y @ block.y) + _within(block)
        self.finite = self.finite and bool(np.isfinite(self.squares) and np.isfinite(block.numbers).all())

    def merge(self, other: Counted) -> None:
        """Add what was counted of other rows."""
        self.pairs.merge(other.pairs)
        self.moment.merge(other.moment)
        self.n, self.mass = self.n + other.n, self.mass + other.mass
        self.total, self.squares = self.total + other.total, self.squares + other.squares
        self.finite = self.finite and other.finite


def counted(blocks: Sequence[Block], layout: Layout) -> Counted:
    """Return what some blocks count to."""
    sums = Counted(layout)
    for block in blocks:
        sums.add(block)
    return sums


def _within(block: Block) -> float:
    if block.within is None:
        return 0.0
    return float(block.within.sum() if block.weights is None else block.weights @ block.within)


def group_means(layout: Layout, first: Counted) -> Array:
    """Return the mean of each column of the groups, shape (k,); tables counted before stay true after a shift."""
    shift = np.zeros(layout.k)
    for group, margin in zip(layout.groups, first.pairs.margins(), strict=True):
        shift[group.columns] = margin @ group.values / first.mass
    return shift


def refuse_shape(first: Counted, k: int) -> None:
    """Refuse fewer rows than columns, and values that are not finite."""
    refuse_rows(round(first.n), k, finite=first.finite)


def refuse_rows(n: int, k: int, *, finite: bool) -> None:
    """Refuse n rows for k columns where they are no more, and values that are not finite."""
    faults = []
    if n <= k:
        faults.append(Fault("equation", f"{n} rows for {k} columns", "more rows than columns", "ask fewer factors"))
    if not finite:
        faults.append(Fault("equation", "values that are not finite", "numbers", "restrict the sample to known values"))
    if faults:
        raise ModelError(*faults)
