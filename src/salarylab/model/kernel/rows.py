"""Rows: what the kernel reads of a sample, block by block: joint codes, numbers, the outcome and weights.

A row may stand for several alike (a cell): ``count`` is how many, ``y`` their mean and ``within`` the sum of
their squared distances from it. Then everything that is a sum over rows is the same sum over cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from salarylab.model.kernel.layout import Layout

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

BLOCK = 1 << 16
"""Rows in a block: its codes and tables stay in the cache together."""


@dataclass(frozen=True, slots=True)
class Block:
    """Hold some rows: joint codes of each group (n,), numbers less their shift (n, c), y less its centre (n,).

    ``weights``, ``count``, ``within`` and ``clusters`` have shape (n,), or are None.
    """

    codes: tuple[Codes, ...]
    numbers: Array
    y: Array
    weights: Array | None
    count: Array | None
    within: Array | None
    clusters: Codes | None

    @property
    def mass(self) -> Array | None:
        """Weight times count of each row; None where both are one."""
        if self.weights is None or self.count is None:
            return self.count if self.weights is None else self.weights
        return self.weights * self.count


class Source(Protocol):
    """Give rows block by block, the same blocks in the same order each time."""

    @property
    def layout(self) -> Layout:
        """The columns that the codes stand for."""

    @property
    def centre(self) -> float:
        """What is taken off the outcome."""

    def means(self) -> tuple[Array, float]:
        """Return about what the means of the numbers (c,) and of the outcome are."""

    def blocks(self) -> Iterator[Block]:
        """Yield the rows."""

    def under(self, layout: Layout, centre: float) -> Source:
        """Return the same rows under a layout with other values at the same codes, and another centre."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Hold rows in memory; fields as in ``Block``, with numbers as they are and y less ``origin``."""

    layout: Layout
    codes: tuple[NDArray[np.integer], ...] = field(repr=False)
    numbers: Array = field(repr=False)
    y: Array = field(repr=False)
    weights: Array | None = field(repr=False, default=None)
    count: Array | None = field(repr=False, default=None)
    within: Array | None = field(repr=False, default=None)
    clusters: NDArray[np.integer] | None = field(repr=False, default=None)
    centre: float = 0.0
    origin: float = 0.0

    def __len__(self) -> int:
        return len(self.y)

    def blocks(self) -> Iterator[Block]:
        """Yield the rows in blocks, in order."""
        shift = self.layout.shift[self.layout.numbers]
        for start in range(0, len(self.y), BLOCK):
            some = slice(start, start + BLOCK)
            yield Block(
                tuple(code[some].astype(np.int64) for code in self.codes),
                self.numbers[some] - shift,
                self.y[some] - (self.centre - self.origin),
                _some(self.weights, some),
                _some(self.count, some),
                _some(self.within, some),
                None if self.clusters is None else self.clusters[some].astype(np.int64),
            )

    def means(self) -> tuple[Array, float]:
        """Return the means of the numbers (c,) and of the outcome."""
        return self.numbers.mean(axis=0), self.origin + float(self.y.mean())

    def under(self, layout: Layout, centre: float) -> Rows:
        """Return the same rows under a layout with other values at the same codes, and another centre."""
        return replace(self, layout=layout, centre=centre)

    def taken(self, some: NDArray[np.integer] | NDArray[np.bool_] | slice) -> Rows:
        """Return some of the rows."""
        optional = {name: getattr(self, name) for name in ("weights", "count", "within", "clusters")}
        return replace(
            self,
            codes=tuple(code[some] for code in self.codes),
            numbers=self.numbers[some],
            y=self.y[some],
            **{name: None if values is None else values[some] for name, values in optional.items()},  # type: ignore[arg-type]
        )


def _some(values: Array | None, some: slice) -> Array | None:
    return None if values is None else values[some]


def dense(block: Block, layout: Layout) -> Array:
    """Return the design of a block as a matrix, shape (n, k)."""
    laid_out = np.empty((len(block.y), layout.k))
    for group, code in zip(layout.groups, block.codes, strict=True):
        laid_out[:, group.columns] = group.values[code]
    laid_out[:, layout.numbers] = block.numbers
    return laid_out
