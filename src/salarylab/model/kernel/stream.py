"""Stream: rows of a table that is larger than memory should hold: read anew for each walk, block by block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.model.kernel.door import Columns, Raw, batches, dense_codes
from salarylab.model.kernel.layout import Layout, joint_codes
from salarylab.model.kernel.rows import BLOCK, Block, Rows

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stream:
    """Give a table's rows to the kernel; ``met`` are the raw codes of each coded column, in the order of its levels.

    ``number_means`` (c,) and ``outcome_mean`` are about what the means are.
    """

    table: pl.LazyFrame = field(repr=False)
    columns: Columns
    met: Mapping[str, Sequence[int]] = field(repr=False)
    layout: Layout
    number_means: Array = field(repr=False)
    outcome_mean: float
    centre: float = 0.0

    def means(self) -> tuple[Array, float]:
        """Return about what the means of the numbers (c,) and of the outcome are."""
        return self.number_means, self.outcome_mean

    def under(self, layout: Layout, centre: float) -> Stream:
        """Return the same rows under a layout with other values at the same codes, and another centre."""
        return replace(self, layout=layout, centre=centre)

    def blocks(self) -> Iterator[Block]:
        """Yield the rows in blocks of one size, whatever batches they are read in."""
        left: Rows | None = None
        for part in self.parts():
            rows = part if left is None else joined([left, part])
            whole = len(rows) - len(rows) % BLOCK
            yield from rows.taken(np.arange(whole)).blocks() if whole else ()
            left = rows.taken(np.arange(whole, len(rows)))
        if left is not None and len(left):
            yield from left.blocks()

    def parts(self) -> Iterator[Rows]:
        """Yield batches of the table as rows under the layout."""
        for batch in batches(self.table, self.columns):
            yield coded_rows(batch.codes, batch.doubles, self.columns, self.met, self.layout, self.centre)


def coded_rows(
    raw: Mapping[str, Raw],
    doubles: Mapping[str, Array],
    columns: Columns,
    met: Mapping[str, Sequence[int]],
    layout: Layout,
    centre: float = 0.0,
) -> Rows:
    """Return raw columns as rows under a layout."""
    n = len(doubles[columns.outcome])
    codes = [dense_codes(raw[name], met[name]) for name in columns.keys] or [np.zeros(n, dtype=np.uint8)]
    numbers = [doubles[name] for name in columns.numbers]
    return Rows(
        layout,
        tuple(joint_codes(group, codes) for group in layout.groups),
        np.column_stack(numbers) if numbers else np.zeros((n, 0)),
        doubles[columns.outcome],
        None if columns.weights is None else doubles[columns.weights],
        clusters=None if columns.clusters is None else dense_codes(raw[columns.clusters], met[columns.clusters]),
        centre=centre,
    )


def joined(parts: Sequence[Rows]) -> Rows:
    """Return rows one after another."""
    first = parts[0]
    weights = [part.weights for part in parts if part.weights is not None]
    clusters = [part.clusters for part in parts if part.clusters is not None]
    return replace(
        first,
        codes=tuple(np.concatenate(codes) for codes in zip(*(part.codes for part in parts), strict=True)),
        numbers=np.concatenate([part.numbers for part in parts]),
        y=np.concatenate([part.y for part in parts]),
        weights=np.concatenate(weights) if weights else None,
        clusters=np.concatenate(clusters) if clusters else None,
    )
