"""Stream: rows of a table that is larger than memory should hold: read anew for each walk, block by block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.model.kernel.door import Columns, Raw, batches, dense_codes
from salarylab.model.kernel.layout import Group, Layout
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
            yield from rows.taken(slice(whole)).blocks() if whole else ()
            left = rows.taken(slice(whole, None))
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
    numbers = [doubles[name] for name in columns.numbers]
    y = doubles[columns.outcome]
    return Rows(
        layout,
        tuple(_joint(group, raw, columns, met, len(y)) for group in layout.groups),
        np.column_stack(numbers) if numbers else np.zeros((len(y), 0)),
        y,
        None if columns.weights is None else doubles[columns.weights],
        clusters=None if columns.clusters is None else dense_codes(raw[columns.clusters], met[columns.clusters]),
        centre=centre,
    )


def _joint(
    group: Group, raw: Mapping[str, Raw], columns: Columns, met: Mapping[str, Sequence[int]], n: int
) -> NDArray[np.unsignedinteger]:
    """Return the joint code of a group's keys: each key's places come times its stride already."""
    joint: NDArray[np.unsignedinteger] = np.zeros(n, dtype=np.uint16 if group.size <= 2**16 else np.uint32)
    for i, key in enumerate(group.keys if columns.keys else ()):
        name = columns.keys[key]
        joint += dense_codes(raw[name], met[name], prod(group.sizes[i + 1 :])).astype(joint.dtype, copy=False)
    return joint


def joined(parts: Sequence[Rows]) -> Rows:
    """Return rows one after another."""
    return filled(iter(parts), sum(len(part) for part in parts))


def filled(parts: Iterator[Rows], n: int) -> Rows:
    """Return n rows in one piece from parts that are let go one by one."""
    whole: Rows | None = None
    start = 0
    for part in parts:
        if whole is None:
            whole = replace(part, **{name: _like(values, n) for name, values in _arrays(part).items()})
        for name, values in _arrays(part).items():
            into = getattr(whole, name)
            for one, its in zip(into, values, strict=True) if name == "codes" else [(into, values)]:
                one[start : start + len(part)] = its
        start += len(part)
    assert whole is not None
    return whole


def _arrays(rows: Rows) -> dict[str, Any]:
    named = {name: getattr(rows, name) for name in ("codes", "numbers", "y", "weights", "clusters")}
    return {name: values for name, values in named.items() if values is not None}


def _like(values: Any, n: int) -> Any:
    """Return room for n rows of the same kind."""
    if isinstance(values, tuple):
        return tuple(_like(one, n) for one in values)
    return np.empty((n, *values.shape[1:]), dtype=values.dtype)
