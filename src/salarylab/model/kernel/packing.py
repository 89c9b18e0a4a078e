"""Packing: which keys are read as one joint code, so that few pair tables need be counted.

Tables of pairs of groups cost a pass over the rows each: four groups need six, nine keys on their own thirty-six.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

MOST_LEVELS = 400
"""Joint levels of a group: a pair table of 400 × 400 doubles stays in a processor's second-level cache."""


def pack(sizes: Sequence[int], together: Sequence[Sequence[int]] = ()) -> list[list[int]]:
    """Return the fewest groups of keys whose joint levels stay within ``MOST_LEVELS``.

    ``together`` lists keys that must share a group (an interaction's): such a group may be larger, as may a key
    that is larger on its own.

    >>> pack([5, 6, 3, 6, 8, 46, 25, 60, 40])
    [[7, 1], [5, 4], [8, 3], [6, 0, 2]]
    >>> pack([40, 60, 2], together=[(0, 1)])
    [[0, 1], [2]]
    """
    units = sorted(_bound(len(sizes), together), key=lambda unit: -prod(sizes[key] for key in unit))
    levels = [prod(sizes[key] for key in unit) for unit in units]
    for groups in range(1, len(units) + 1):
        placed = _place(levels, groups)
        if placed is not None:
            return [[key for i in group for key in units[i]] for group in placed]
    return [list(unit) for unit in units]


def _bound(keys: int, together: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the keys in units that may not be parted."""
    units = [{key} for key in range(keys)]
    for some in together:
        joined = [unit for unit in units if unit & set(some)]
        units = [unit for unit in units if not unit & set(some)] + [set().union(*joined)]
    return [sorted(unit) for unit in units]


def _place(levels: Sequence[int], groups: int) -> list[list[int]] | None:
    """Return the units, widest first, in so many groups within the limit, or None where they do not fit."""
    held: list[list[int]] = [[] for _ in range(groups)]
    filled = [1] * groups
    tries = 50_000

    def put(i: int) -> bool:
        nonlocal tries
        if i == len(levels):
            return True
        tried = set()
        for g in range(groups):
            if filled[g] in tried or (held[g] and filled[g] * levels[i] > MOST_LEVELS):
                continue
            tried.add(filled[g])
            tries -= 1
            if tries < 0:
                return False
            held[g].append(i)
            filled[g] *= levels[i]
            if put(i + 1):
                return True
            held[g].pop()
            filled[g] //= levels[i]
        return False

    return held if put(0) else None
