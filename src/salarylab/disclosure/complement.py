"""Complement: what else is withheld, so that no withheld part follows from a whole and its other parts.

Every count of a table is the difference of two running totals (the parts of a whole, in order; the rows left
after each step). Each told count bounds its difference; the shortest paths through these bounds are the
tightest that a reader can work out.

**Source** Hundepool et al. (2012), Statistical Disclosure Control, section 4.4: feasibility intervals and
secondary suppression; the bounds are those of a system of difference constraints (Bellman 1958, Quarterly
of Applied Mathematics 16(1), 87–90).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from salarylab.disclosure.rounding import MIN_CELL, counts_told_as, round_count

Cell = tuple[int, int]
"""The running totals before and after a count."""


def worked_out(cells: Sequence[Cell], bounds: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the least and greatest count of every cell that a reader can work out from the bounds of all.

    >>> worked_out([(0, 1), (1, 2), (0, 2)], [(25, 34), (1, 9), (25, 34)])
    [(25.0, 33.0), (1.0, 9.0), (26.0, 34.0)]
    """
    totals = 1 + max((node for cell in cells for node in cell), default=0)
    most = np.full((totals, totals), np.inf)  # of the second total less the first
    np.fill_diagonal(most, 0.0)
    for (before, after), (least, greatest) in zip(cells, bounds, strict=True):
        most[before, after] = min(most[before, after], greatest)
        most[after, before] = min(most[after, before], -least)
    for through in range(totals):
        most = np.minimum(most, most[:, through, None] + most[None, through, :])
    return [(-float(most[after, before]), float(most[before, after])) for before, after in cells]


def complement(cells: Sequence[Cell], counts: Sequence[int], told: Sequence[bool], may: Sequence[bool]) -> list[bool]:
    """Return which counts may be told once every withheld one is safe: any number from 1 to 9.

    The smallest told count of those that ``may`` be withheld goes first, until all are safe or none is left.

    >>> complement([(0, 1), (1, 2), (0, 2)], [10, 3, 13], [True, False, True], [True, False, False])
    [False, False, True]
    """
    shown = list(told)
    while not _safe(cells, counts, shown):
        candidates = [i for i, open_ in enumerate(may) if open_ and shown[i]]
        if not candidates:
            break
        shown[min(candidates, key=lambda i: counts[i])] = False
    return shown


def _safe(cells: Sequence[Cell], counts: Sequence[int], told: Sequence[bool]) -> bool:
    bounds = [known(count, shown) for count, shown in zip(counts, told, strict=True)]
    return all(
        least <= 1 and greatest >= MIN_CELL - 1
        for (least, greatest), count in zip(worked_out(cells, bounds), counts, strict=True)
        if 0 < count < MIN_CELL
    )


def known(count: int, told: bool) -> tuple[float, float]:
    """Return what a reader knows of a count by itself: what it is told as, or that it is small, or withheld.

    >>> known(0, True), known(12, True), known(3, False), known(12, False)
    ((0, 0), (10, 14), (1, 9), (1, inf))
    """
    if count < MIN_CELL:
        return (1, MIN_CELL - 1) if count else (0, 0)
    return counts_told_as(round_count(count)) if told else (1, np.inf)
