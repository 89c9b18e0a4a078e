"""Blocks: a factor as it stands in a sample, and the design columns and terms that it gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import MIN_CELL
from salarylab.errors import Fault, unknown
from salarylab.model.factor import Factor
from salarylab.model.spline import restricted_cubic

RARE = f"(under {MIN_CELL} rows)"

Array = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Levels:
    """Hold a categorical factor in the sample: its levels in order, the base, and a code per row."""

    factor: Factor
    levels: tuple[str, ...]
    base: str
    codes: Codes = field(repr=False)
    tally: tuple[int, ...] | None = None

    @property
    def counts(self) -> dict[str, int]:
        """Rows at each level; ``tally`` says them where the rows were streamed and codes are not held."""
        tally = np.bincount(self.codes, minlength=len(self.levels)).tolist() if self.tally is None else self.tally
        return dict(zip(self.levels, tally, strict=True))

    @property
    def named(self) -> tuple[str, ...]:
        """The levels that may be named: all that are declared, of text those with ten rows."""
        return tuple(level for level in self.levels if self.told(level) == level)

    def told(self, level: str) -> str:
        """Return a level as it may be told: a text found in fewer than ten rows is masked."""
        return level if self.factor.kind == "level" or self.counts[level] >= MIN_CELL else RARE


@dataclass(frozen=True, slots=True)
class Numbers:
    """Hold a numeric factor in the sample: named columns and their values, shape (n, m)."""

    factor: Factor
    names: tuple[str, ...]
    values: Array = field(repr=False)


@dataclass(frozen=True, slots=True)
class Term:
    """Name one coefficient: its factor, level and base, and the rows in the smallest cell that it compares."""

    parts: tuple[str, ...]
    factor: str
    level: str | None
    base: str | None
    n: int

    @property
    def name(self) -> str:
        """The coefficient's name: the names of its parts, joined by colons."""
        return ":".join(self.parts)


def numbers(part: Factor, x: Array) -> Numbers:
    """Return a numeric factor in the sample: itself, its powers, or the basis of its spline.

    A bend at a knot that nobody in the sample has passed is zero in every row, and no term.
    """
    if part.kind != "spline":
        powers = range(1, part.degree + 1)
        names = (part.name, *(f"{part.name}^{power}" for power in powers[1:]))
        return Numbers(part, names, np.column_stack([x**power for power in powers]))
    basis = restricted_cubic(x, part.knots)
    passed = [i for i in range(basis.shape[1]) if i == 0 or basis[:, i].any()]
    return Numbers(part, tuple(f"{part.name}.{i}" for i in passed), basis[:, passed])


def levels_of(part: Factor, values: pl.Series, asked_base: str | None) -> Levels | Fault:
    """Return dense codes from declared (or sorted) levels: independent of row order and string caches."""
    declared = list(values.dtype.categories) if isinstance(values.dtype, pl.Enum) else None
    text = values.cast(pl.String)
    present = set(text.unique().to_list())
    levels = [level for level in declared if level in present] if declared else sorted(present)
    codes = text.replace_strict(levels, list(range(len(levels))), return_dtype=pl.Int64).to_numpy()
    counts = np.bincount(codes, minlength=len(levels)).tolist()
    return refused(Levels(part, tuple(levels), base_of(part, levels, counts, asked_base), codes), asked_base)


def base_of(part: Factor, levels: Sequence[str], counts: Sequence[int], asked: str | None) -> str:
    """Return the base asked for, or declared; for years the earliest; else the commonest (first on a tie)."""
    if asked is not None or part.name == "year":
        return asked or levels[0]
    return str(part.base) if part.base in levels else levels[int(np.argmax(counts))]


def refused(block: Levels, asked_base: str | None) -> Levels | Fault:
    """Return a block, or why it can't stand in an equation: one level, or a base that is not there."""
    if len(block.levels) < 2:
        return Fault(
            f"factor {block.factor.name!r}",
            f"one level only: {', '.join(map(block.told, block.levels)) or 'none'}",
            "at least two levels in the sample",
            "leave the factor out, or widen the sample",
        )
    if asked_base is not None and asked_base not in block.named:
        return unknown(f"base of {block.factor.name}:", asked_base, block.named)
    return block


def columns(block: Levels | Numbers) -> Array:
    """Return the design columns of a block, shape (n, m): indicators of all levels but the base, or numbers."""
    if isinstance(block, Numbers):
        return block.values
    hot = np.zeros((len(block.codes), len(block.levels)))
    hot[np.arange(len(block.codes)), block.codes] = 1.0
    without_base: Array = np.delete(hot, block.levels.index(block.base), axis=1)
    return without_base


def _names(block: Levels | Numbers) -> list[str]:
    if isinstance(block, Numbers):
        return list(block.names)
    return [f"{block.factor.name}[{level}]" for level in block.levels if level != block.base]


def crossed(left: Levels | Numbers, right: Levels | Numbers) -> Array:
    """Return the products of two blocks' columns, left slowest, shape (n, m·m')."""
    a, b = columns(left), columns(right)
    products: Array = np.einsum("ni,nj->nij", a, b).reshape(len(a), -1)
    return products


def crossed_parts(left: Levels | Numbers, right: Levels | Numbers) -> list[tuple[str, str]]:
    """Return the pairs of column names in the order of ``crossed``."""
    return [(a, b) for a in _names(left) for b in _names(right)]


def main_parts(block: Levels | Numbers) -> list[tuple[str, ...]]:
    """Return the column names of a block, each as the parts of a term."""
    return [(name,) for name in _names(block)]


def main_terms(block: Levels | Numbers, beside: Array) -> list[Term]:
    """Return the terms of one factor, with the rows in the smaller cell that each compares.

    ``beside`` (n,) marks the rows at the base of every factor that this one interacts with: an interacted
    factor's main term compares only those.
    """
    name = block.factor.name
    if isinstance(block, Numbers):
        return [Term((column,), name, None, None, len(beside)) for column in block.names]
    counts = dict(
        zip(block.levels, np.bincount(block.codes[beside], minlength=len(block.levels)).tolist(), strict=True)
    )
    return [
        Term((f"{name}[{level}]",), name, level, block.base, min(counts[level], counts[block.base]))
        for level in block.levels
        if level != block.base
    ]


def crossed_terms(name: str, left: Levels | Numbers, right: Levels | Numbers) -> list[Term]:
    """Return the terms of an interaction, with the rows in the smallest of the four cells compared.

    A cell without a row has no coefficient and gets no term.
    """
    base = " × ".join(block.base for block in (left, right) if isinstance(block, Levels))
    terms = []
    for parts, column in zip(crossed_parts(left, right), crossed(left, right).T, strict=True):
        if column.any():
            terms.append(
                Term(parts, name, " × ".join(parts), base, _corners(left, right, parts, int((column != 0).sum())))
            )
    return terms


def _corners(left: Levels | Numbers, right: Levels | Numbers, parts: tuple[str, str], filled: int) -> int:
    """Return the rows in the smallest of the four cells behind an interaction of two levels."""
    if not (isinstance(left, Levels) and isinstance(right, Levels)):
        return filled
    ends = [
        [block.codes == block.levels.index(level) for level in (block.base, part.split("[", 1)[1][:-1])]
        for block, part in zip((left, right), parts, strict=True)
    ]
    return min(int((a & b).sum()) for a in ends[0] for b in ends[1])
