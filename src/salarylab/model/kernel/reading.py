"""Reading: what the first walk over a table meets, and the table as a source for the walks to come."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.model.kernel.door import Batch, Columns, Raw, Tally, batches, tallies
from salarylab.model.kernel.layout import Layout
from salarylab.model.kernel.rows import Rows
from salarylab.model.kernel.stream import Stream, coded_rows, filled

Array = NDArray[np.float64]

HELD = 768 * 2**20
"""Bytes of columns up to which they are kept; a larger table is read anew for each walk."""


@dataclass(slots=True)
class Reading:
    """Hold levels with their tallies, rows kept and lost, sums of the numbers, and what is wrong with them.

    ``unfinite`` and ``nonpositive`` count rows by number, ``ends`` are its least and greatest; ``kept`` are the
    columns, until they are too many.
    """

    tallies: dict[str, Tally]
    sums: dict[str, float]
    unfinite: dict[str, int]
    nonpositive: dict[str, int]
    ends: dict[str, tuple[float, float]]
    n: int = 0
    lost: int = 0
    bytes: int = 0
    kept: list[tuple[dict[str, Raw], dict[str, Array]]] = field(default_factory=list)

    def add(self, batch: Batch) -> None:
        """Add a batch."""
        for name, raw in batch.codes.items():
            self.tallies[name].add(batch.frame[name], raw)
        for name, values in batch.doubles.items():
            self.sums[name] += float(values.sum())
            if len(values):
                self._look_at(name, values)
        self.n += len(batch.frame)
        self.lost += batch.lost
        self.bytes += sum(column.nbytes for column in (*batch.codes.values(), *batch.doubles.values()))
        if self.bytes > HELD:
            self.kept.clear()
        else:
            self.kept.append((batch.codes, batch.doubles))

    def _look_at(self, name: str, values: Array) -> None:
        """Note the ends of a number, and what is wrong with it."""
        least, most = self.ends[name]
        low, high = float(values.min()), float(values.max())  # not a number, where one value is none
        self.ends[name] = min(least, low), max(most, high)
        if not np.isfinite(low + high):
            self.unfinite[name] += int((~np.isfinite(values)).sum())
        if not low > 0:
            self.nonpositive[name] += int((values <= 0).sum())

    def source(self, table: pl.LazyFrame, columns: Columns, layout: Layout) -> Rows | Stream:
        """Return the rows under a layout: held where they were kept, else read anew for each walk."""
        met = {name: tally.levels()[1] for name, tally in self.tallies.items()}
        if self.bytes <= HELD:
            self.kept.reverse()  # each batch's columns are let go as soon as they are coded
            coded = (coded_rows(*self.kept.pop(), columns, met, layout) for _ in range(len(self.kept)))
            return filled(coded, self.n)
        means = np.array([self.sums[name] / self.n for name in columns.numbers])
        table, met = self._coded(table, met)
        return Stream(table, columns, met, layout, means, self.sums[columns.outcome] / self.n)

    def _coded(self, table: pl.LazyFrame, met: dict[str, list[int]]) -> tuple[pl.LazyFrame, dict[str, list[int]]]:
        """Return the table with texts as levels in a declared order, which gives them the same codes in each walk."""
        orders = {name: tally.levels()[0] for name, tally in self.tallies.items() if tally.text}
        as_levels = [pl.col(name).cast(pl.String).cast(pl.Enum(levels)) for name, levels in orders.items()]
        return table.with_columns(as_levels), met | {name: list(range(len(levels))) for name, levels in orders.items()}


def read(table: pl.LazyFrame, columns: Columns) -> Reading:
    """Return what a walk over a table meets in these columns."""
    zero = dict.fromkeys(columns.doubles, 0)
    sums = dict.fromkeys(columns.doubles, 0.0)
    ends = dict.fromkeys(columns.doubles, (np.inf, -np.inf))
    reading = Reading(tallies(table, columns.coded), sums, dict(zero), dict(zero), ends)
    for batch in batches(table, columns):
        reading.add(batch)
    return reading
