"""Moments: sums of products of an equation's columns and its outcome, over all rows or over parts that add up.

Columns and outcome are less a shift that is the same for every part, near their means, so that few digits cancel.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from salarylab.model.kernel.counted import counted, refuse_shape
from salarylab.model.kernel.layout import centred
from salarylab.model.kernel.passes import swept
from salarylab.model.kernel.rows import Rows, Source

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Moments:
    """Hold Σ w·zz', shape (k + 1, k + 1), z the k shifted columns (intercept first) and then the outcome; ``n`` rows.

    Moments of parts of one source add up to its own, and may be taken off them.

    >>> whole = Moments(np.array([[2.0, 3.0], [3.0, 5.0]]), 2)
    >>> (whole - Moments(np.array([[1.0, 2.0], [2.0, 4.0]]), 1)).squares
    1.0
    """

    products: Array = field(repr=False)
    n: float

    def __add__(self, other: Moments) -> Moments:
        return Moments(self.products + other.products, self.n + other.n)

    def __sub__(self, other: Moments) -> Moments:
        return Moments(self.products - other.products, self.n - other.n)

    @property
    def mass(self) -> float:
        """Sum of the weights."""
        return float(self.products[0, 0])

    @property
    def gram(self) -> Array:
        """Σ w·xx', shape (k, k)."""
        return self.products[:-1, :-1]

    @property
    def vector(self) -> Array:
        """Σ w·x·y, shape (k,)."""
        return self.products[:-1, -1]

    @property
    def squares(self) -> float:
        """Σ w·y²."""
        return float(self.products[-1, -1])


def near_means(source: Source) -> Source:
    """Return a source with numbers and outcome less about their means, and keys' columns less their mean level."""
    layout = source.layout
    numbers, centre = source.means()
    shift = np.zeros(layout.k)
    shift[layout.numbers] = numbers
    for group in layout.groups:
        shift[group.columns] = group.values.mean(axis=0)
    return source.under(centred(layout, shift), centre)


def moments_of_parts(rows: Rows, parts: NDArray[np.integer]) -> list[Moments]:
    """Return the moments of each part of some rows; ``parts`` (n,) are dense codes."""
    near = near_means(rows)
    order = np.argsort(parts, kind="stable")
    ends = np.searchsorted(parts[order], np.arange(int(parts.max()) + 2))
    assert isinstance(near, Rows)
    some = (near.taken(order[a:b]) for a, b in pairwise(ends))
    return [summed(part, whole=False) for part in some]


def summed(source: Source, *, whole: bool = True, executor: Executor | None = None) -> Moments:
    """Return the moments of a source under its own shift; ``whole`` refuses fewer rows than columns."""
    layout = source.layout
    found = swept(source, counted, layout, executor=executor)
    refuse_shape(found, layout.k if whole else 0)
    products = np.empty((layout.k + 1, layout.k + 1))
    products[:-1, :-1] = found.pairs.gram(layout)
    products[:-1, -1] = products[-1, :-1] = found.moment.vector(layout)
    products[-1, -1] = found.squares
    return Moments(products, found.n)
