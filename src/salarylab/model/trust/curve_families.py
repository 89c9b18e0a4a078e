"""Curve families: equations that are asked of the same cells.

Where controls are left out, rows that differ in these alone are alike: an equation without the widest ones needs far
fewer cells than rows. So equations are parted by the blocks that they hold, and rows are made cells where that saves
much.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from salarylab.model.kernel.cells import collapsed, guessed
from salarylab.model.kernel.layout import Codes, Group
from salarylab.model.kernel.rows import Rows

Flags = NDArray[np.bool_]

SORT = 60
"""Equations of a row that are as much work as finding its cell."""

LEAST_ROWS = 20_000

MOST_KEYS = 2**62


@dataclass(frozen=True, slots=True)
class Family:
    """Hold rows, or cells of them, and the numbers of the equations that are asked of these."""

    rows: Rows = field(repr=False)
    equations: Codes = field(repr=False)


def families(rows: Rows, holds: Flags, used: Flags, equations: Codes) -> Iterator[Family]:
    """Yield the families of some equations, whose rows are let go one after another.

    ``holds`` (m, q) says which blocks each of all equations holds, the widest first; ``used`` (m, k) which columns.
    Rows keep their clusters: cells lie within one.
    """
    stay: list[Codes] = []

    def parted(some: Codes, block: int) -> Iterator[Family]:
        if len(some) < SORT or block == holds.shape[1] or len(rows) < LEAST_ROWS:
            stay.append(some)
            return
        inside = holds[some, block]
        yield from parted(some[inside], block + 1)
        without = some[~inside]
        cells = _cells(rows, used[without].any(axis=0), 1.0 - SORT / len(without)) if len(without) > SORT else None
        if cells is None:
            yield from parted(without, block + 1)
        else:
            yield from families(cells, holds, used, without)

    yield from parted(equations, 0)
    if sum(map(len, stay)):
        yield Family(rows, np.concatenate(stay))


def _cells(rows: Rows, columns: Flags, most: float) -> Rows | None:
    """Return rows that are alike in some columns as cells, or None where these are more than a part of the rows."""
    if rows.weights is not None or columns[rows.layout.numbers].any():
        return None
    merged = _without(rows, columns)
    sizes = [group.size for group in merged.layout.groups]
    clusters = 1 if rows.clusters is None else int(rows.clusters.max()) + 1
    if float(np.prod(np.array(sizes, dtype=np.float64))) * clusters > MOST_KEYS or guessed(merged) > most * len(rows):
        return None
    return collapsed(merged)


def _without(rows: Rows, columns: Flags) -> Rows:
    """Return rows under a layout of some columns alone, levels that are alike in these merged."""
    groups, codes = [], []
    for group, code in zip(rows.layout.groups, rows.codes, strict=True):
        inside = columns[group.columns]
        if not inside.any():
            continue
        values, at = np.unique(group.values[:, inside], axis=0, return_inverse=True)
        groups.append(Group(group.keys, (len(values),), values, group.columns[inside]))
        codes.append(at.astype(np.uint32)[code])
    layout = replace(rows.layout, groups=tuple(groups), numbers=np.zeros(0, dtype=np.int64))
    return replace(rows, layout=layout, codes=tuple(codes), numbers=np.zeros((len(rows), 0)))


def ordered(blocks: Sequence[Sequence[int]]) -> list[int]:
    """Return the places of blocks, the widest first.

    >>> ordered([[1], [2, 3, 4], [5, 6]])
    [1, 2, 0]
    """
    return sorted(range(len(blocks)), key=lambda j: -len(blocks[j]))
