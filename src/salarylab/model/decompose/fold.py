"""Fold: cells that may not be told are summed with others, until the sum may be told and gives none of them away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from salarylab.disclosure import MIN_CELL
from salarylab.model.blocks import Levels
from salarylab.model.contributors import Cell, one_gives_most, rows_of
from salarylab.model.design import Design

OTHER_LEVELS = "other levels"
Counts = tuple[int, ...]
"""Rows of a cell in each of the groups compared."""


@dataclass(frozen=True, slots=True)
class Told:
    """Hold a line that may be told: its name, the levels it sums, and the rows in the least of its cells."""

    name: str
    levels: tuple[str, ...]
    n: int


def fold(cells: Sequence[Counts], withheld: Sequence[bool]) -> list[bool]:
    """Return which cells are summed together: those withheld, and the smallest others until nothing follows.

    A sum of one cell is that cell, and a sum of fewer than ten rows in some group is a small cell itself.

    >>> fold([(500, 400), (60, 80), (20, 30), (3, 40)], [False, False, False, True])
    [False, False, True, True]
    """
    folded = list(withheld)
    while any(folded) and not all(folded):
        inside = [counts for counts, in_sum in zip(cells, folded, strict=True) if in_sum]
        if len(inside) > 1 and min(map(sum, zip(*inside, strict=True))) >= MIN_CELL:
            break
        folded[min((i for i, in_sum in enumerate(folded) if not in_sum), key=lambda i: min(cells[i]))] = True
    return folded


def told_levels(design: Design, name: str, groups: Sequence[Cell]) -> list[Told]:
    """Return the lines of a categorical factor's levels, small ones summed; none where nothing may be told apart.

    A level is told where it has ten rows in each of the ``groups`` compared, and no contributor gives most of one.
    """
    block = design.blocks[name]
    assert isinstance(block, Levels)
    cells = [[{**group, name: level} for group in groups] for level in block.levels]
    counts = [tuple(int(rows_of(design, cell).sum()) for cell in of_level) for of_level in cells]
    withheld = [
        min(rows) < MIN_CELL or any(one_gives_most(design, cell) for cell in of_level)
        for rows, of_level in zip(counts, cells, strict=True)
    ]
    folded = fold(counts, withheld)
    if all(folded):
        return []
    lines = [Told(level, (level,), min(counts[i])) for i, level in enumerate(block.levels) if not folded[i]]
    rest = [i for i, in_sum in enumerate(folded) if in_sum]
    if rest:
        together = min(map(sum, zip(*(counts[i] for i in rest), strict=True)))
        lines.append(Told(OTHER_LEVELS, tuple(block.levels[i] for i in rest), together))
    return lines


def told_factors(opaque: Sequence[bool], rows: int) -> list[bool]:
    """Return which factors are summed together: those whose levels may not be told apart, and another beside one.

    >>> told_factors([False, True, False], 100)
    [True, True, False]
    """
    return fold([(rows,)] * len(opaque), opaque)
