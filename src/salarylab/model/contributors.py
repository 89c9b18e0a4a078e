"""Contributors: who stands behind the rows of a cell, and whether one of them gives most of it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np
from numpy.typing import NDArray

from salarylab import disclosure
from salarylab.model.blocks import Levels, Term
from salarylab.model.design import Design

EMPLOYER = "employer"
Cell = Mapping[str, str]
"""A level of each of some factors."""


def rows_of(design: Design, cell: Cell) -> NDArray[np.bool_]:
    """Return which rows lie in a cell, shape (n,)."""
    inside = np.ones(len(design.y), dtype=bool)
    for name, level in cell.items():
        block = design.blocks[name]
        assert isinstance(block, Levels)
        inside &= block.codes == block.levels.index(level)
    return inside


def rows_at(design: Design, cell: Cell) -> int:
    """Return how many rows lie in a cell; of a table without rows, of one factor's level."""
    (name, level), *rest = cell.items()
    block = design.blocks[name]
    if isinstance(block, Levels) and block.tally is not None and not rest:
        return block.counts[level]
    return int(rows_of(design, cell).sum())


def one_gives_most(design: Design, cell: Cell) -> bool:
    """Return whether one contributor gives more than half of a cell's rows, or of their weight.

    A cell that names its employer tells of that employer openly. Without employers and weights every row counts
    the same, and ten rows are enough.
    """
    if EMPLOYER in cell or (design.contributors is None and design.weights is None):
        return False
    return one_gives_most_of(design, rows_of(design, cell))


def one_gives_most_of(design: Design, inside: NDArray[np.bool_]) -> bool:
    """Return whether one contributor gives more than half of the rows ``inside`` (n,), or of their weight."""
    if design.contributors is None and design.weights is None:
        return False
    amounts = inside.astype(float) if design.weights is None else design.weights
    behind = np.arange(len(inside)) if design.contributors is None else design.contributors
    return disclosure.dominated(amounts[inside], behind[inside])


def cells_of(design: Design, term: Term) -> list[Cell]:
    """Return the cells that a coefficient compares: every corner of its levels and their bases.

    Factors that interact with the term's stand at their bases; the intercept has all of them there.
    """
    bases = design.base_of
    crossed = [factor.split(":") for factor in design.spec.factors if ":" in factor]
    own = term.factor.split(":")
    beside = {name for names in crossed if len(own) == 1 and own[0] in names for name in names} - {*own}
    held = {name: bases[name] for name in (beside if term.level is not None else ()) if name in bases}
    if term.name == "intercept":
        return [bases]
    levels = {name: part.split("[", 1)[1][:-1] for name, part in zip(own, term.parts, strict=True) if name in bases}
    corners = product(*((level, bases[name]) for name, level in levels.items()))
    return [dict(zip(levels, corner, strict=True)) | held for corner in corners] if levels else []


def term_withheld(design: Design, term: Term) -> bool:
    """Return whether a coefficient may not be told: few rows in a cell that it compares, or one contributor."""
    return term.n < disclosure.MIN_CELL or any(one_gives_most(design, cell) for cell in cells_of(design, term))
