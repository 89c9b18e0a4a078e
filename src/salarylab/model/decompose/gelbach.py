"""Gelbach: how a premium changes from a base equation to a full one, by what was added.

The order in which controls are added does not matter: base and full equation are asked on one sample, and the
difference of the premium splits exactly among the factors added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from salarylab.disclosure import MIN_CELL, release
from salarylab.errors import Fault, ModelError, unknown
from salarylab.finding import Finding
from salarylab.model.blocks import Levels
from salarylab.model.compared import categorical, level_faults
from salarylab.model.contributors import Cell, one_gives_most, rows_of
from salarylab.model.decompose.fold import told_factors, told_levels
from salarylab.model.decompose.gelbach_change import change_of, influence_of, replicated
from salarylab.model.decompose.measured import NUMBERS, Measured, measure
from salarylab.model.design import Design, matrix
from salarylab.model.estimate import Estimate, told
from salarylab.model.telling import told_of

Added = Sequence[str] | Mapping[str, Sequence[str]]

BASE, ADDED, FULL, OTHERS = "base premium", "all added", "full premium", "other blocks"
SHARES = ("share", "share_low", "share_high")


@dataclass(frozen=True, slots=True)
class Gelbach:
    """Hold the change of one premium, in log points.

    ``measured`` has the numbers of ``blocks`` with their joint covariance: the premium of the base equation, what goes
    with each block added, with all of them, and the premium of the full equation.
    """

    design: Design = field(repr=False)
    factor: str
    level: str
    base: str
    blocks: tuple[str, ...]
    measured: Measured
    smallest_cell: int = field(repr=False)
    dominated: bool = field(repr=False)

    @property
    def table(self) -> pl.DataFrame:
        """One row per block: base premium, the blocks added, all of them, full premium; parts sum to the whole.

        Columns: block, then value, se (two digits), df (as told), p, low and high in log points, share, share_low and
        share_high of the base premium (Fieller; no ends where the set is no interval: ``share_set`` says what it is),
        and n, the rows in the smaller of the two cells compared, rounded.
        """
        rows = [
            {"block": name}
            | self.measured.told(i)
            | self._shares(i)
            | {"n": self.smallest_cell, "withheld": self.dominated}
            for i, name in enumerate(self.blocks)
        ]
        numbers = dict.fromkeys((*NUMBERS, *SHARES), pl.Float64())
        schema = (
            {"block": pl.String()} | numbers | {"share_set": pl.String(), "n": pl.Int64(), "withheld": pl.Boolean()}
        )
        told = (*NUMBERS, *SHARES, "share_set")
        return release(pl.DataFrame(rows, schema=schema), told, dominated="withheld").frame

    @property
    def premium(self) -> Finding:
        """The premium of the base equation."""
        return self._found(BASE, f"Pay premium of {self._compared}, before {self._words(ADDED)} are held equal")

    @property
    def share(self) -> Finding:
        """The share of the base premium that goes with all that was added."""
        return self.share_of(ADDED)

    def part(self, block: str) -> Finding:
        """Return what goes with one block, in log points; raises ``ModelError`` for a block that is not there."""
        return self._found(block, f"Part of the pay premium of {self._compared} that goes with {self._words(block)}")

    def share_of(self, block: str) -> Finding:
        """Return the share of the base premium that goes with one block, with Fieller's set.

        Raises ``ModelError`` for a block that is not there.
        """
        i = self._index(block)
        numbers, said = self.measured.share(i, 0, self.smallest_cell >= MIN_CELL and not self.dominated)
        subject = f"Share of the pay premium of {self._compared} that goes with {self._words(block)}"
        return self._told_of(subject, unit="share of a gap", caveats=(said,), **numbers)

    def _shares(self, i: int) -> dict[str, float | str | None]:
        if i == 0:
            return {}
        numbers, said = self.measured.share(i, 0)
        shape = said if self.measured.unidentified[[0, i]].any() else self.measured.ratio(i, 0).shape
        ends = zip(SHARES, ("value", "low", "high"), strict=True)
        return {column: numbers.get(name) for column, name in ends} | {"share_set": shape}

    def _index(self, block: str) -> int:
        if block not in self.blocks:
            raise ModelError(unknown("block of this decomposition", block, self.blocks))
        return self.blocks.index(block)

    def _found(self, block: str, subject: str) -> Finding:
        return self._told_of(subject, unit="log points", **self.measured.numbers(self._index(block)))

    def _told_of(self, subject: str, **numbers: object) -> Finding:
        block = self.design.blocks[self.factor]
        cell: dict[str, object] = {"smallest_cell": self.smallest_cell, "dominated": self.dominated}
        base = block.told(self.base) if isinstance(block, Levels) else None
        return told_of(self.design, subject, covariance=self.measured.rule, base=base, **cell, **numbers)

    @property
    def _compared(self) -> str:
        block = self.design.blocks[self.factor]
        assert isinstance(block, Levels)
        return f"{block.told(self.level)} over {block.told(self.base)}"

    def _words(self, block: str) -> str:
        if block != ADDED:
            return self.design.blocks[block].factor.label if block in self.design.blocks else block
        return ", ".join(self._words(name) for name in self.blocks[1:-2])


def gelbach(
    asked: Design | Estimate, factor: str, level: str, base: str | None = None, *, added: Added | None = None
) -> Gelbach:
    """Decompose how the premium of one level over another changes when controls are added.

    ``asked`` is the full equation; the base equation leaves out ``added``: factors, or names of blocks with the factors
    of each (default: every other factor by itself). Both are asked of the rows that the full one keeps. Parts sum
    to the base premium less the full one, whatever their order. A block whose levels are too small to be told
    apart is summed with another. What goes with a block may itself be a consequence of the level.

    Weights, clusters and the covariance rule are the spec's. Raises ``ModelError`` for a factor or level that is not in
    the equation, blocks that are not or that hold the factor itself, interactions torn apart, collinear terms, and
    a rule that cannot serve.

    **Source** Gelbach (2016), Journal of Labor Economics 34(2), 509–543.

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept, sl.positive_pay])
    >>> design = sl.build(sl.Spec(factors=("education", "experience", "role_family")), sample)
    >>> gelbach(design, "education", "doctorate", added=["role_family"]).blocks
    ('base premium', 'role_family', 'all added', 'full premium')
    """
    design = asked.design if isinstance(asked, Estimate) else asked
    block = _compared_block(design, factor, level, base)
    base = block.base if base is None else base
    held = _blocks(design, factor, added)
    cells: list[Cell] = [{factor: level}, {factor: base}]
    names, sums = _told_sums(design, held, cells)
    x = matrix(design)
    of_base = np.array([term.factor not in {n for ns in held.values() for n in ns} for term in design.terms])
    contrast = np.array([_sign(t.factor, t.level, factor, level, base) for t in design.terms])[of_base]
    of_blocks = np.array([[float(t.factor in of) for t in design.terms] for of in sums])[:, ~of_base]
    columns = [told(design, term)[0] for term in design.terms]
    change = change_of(x, design.y, design.weights, columns, of_base, contrast, of_blocks)
    measured = measure(
        design,
        change.values,
        lambda units: influence_of(change, units),
        lambda weights: replicated(change, weights),
    )
    n = min(int(rows_of(design, cell).sum()) for cell in cells)
    one = any(one_gives_most(design, cell) for cell in cells)
    return Gelbach(design, factor, level, base, (BASE, *names, ADDED, FULL), measured, n, one)


def _sign(of: str, at: str | None, factor: str, level: str, base: str) -> float:
    return float(of == factor) * (float(at == level) - float(at == base))


def _compared_block(design: Design, factor: str, level: str, base: str | None) -> Levels:
    block = categorical(design, factor)
    faults = level_faults(block, level, block.base if base is None else base)
    crossed = [name for name in design.spec.factors if ":" in name and factor in name.split(":")]
    faults += [
        Fault(f"interaction {name!r}", f"one with {factor}", "one premium in the whole sample", "leave it out")
        for name in crossed
    ]
    if faults:
        raise ModelError(*faults)
    return block


def _blocks(design: Design, factor: str, added: Added | None) -> dict[str, tuple[str, ...]]:
    """Return the factors of each block that was added, by the block's name."""
    others = [name for name in design.spec.factors if name != factor]
    asked = others if added is None else added
    blocks = asked if isinstance(asked, Mapping) else {name: (name,) for name in asked}
    held = {name: tuple(of) for name, of in blocks.items()}
    every = [name for of in held.values() for name in of]
    faults = [unknown("added factor", name, others) for name in dict.fromkeys(every) if name not in others]
    twice = sorted({name for name in every if every.count(name) > 1})
    faults += [Fault(f"added factor {name!r}", "in two blocks", "in one", "choose a block") for name in twice]
    torn = [n for n in others if ":" in n and n not in every and set(n.split(":")) & set(every)]
    faults += [
        Fault(f"interaction {n!r}", "in the base equation, without its factors", "added with them", "add it too")
        for n in torn
    ]
    clash = [name for name in held if name in (BASE, ADDED, FULL, OTHERS)]
    faults += [Fault(f"block {name!r}", "a name that the table uses", "another name", "rename it") for name in clash]
    if not every:
        faults.append(Fault("added", "no factor", "at least one that the base equation leaves out", "name one"))
    if faults:
        raise ModelError(*faults)
    return held


def _told_sums(
    design: Design, held: Mapping[str, tuple[str, ...]], cells: Sequence[Cell]
) -> tuple[list[str], list[tuple[str, ...]]]:
    """Return the blocks as they may be told: those whose levels may not be told apart are summed with another."""
    opaque = [all(_opaque(design, name) for name in of) for of in held.values()]
    rows = sum(int(rows_of(design, cell).sum()) for cell in cells)
    together = told_factors(opaque, rows)
    apart = {name: of for (name, of), in_sum in zip(held.items(), together, strict=True) if not in_sum}
    rest = tuple(n for of, in_sum in zip(held.values(), together, strict=True) if in_sum for n in of)
    return [*apart, *([OTHERS] if rest else [])], [*apart.values(), *([rest] if rest else [])]


def _opaque(design: Design, name: str) -> bool:
    return isinstance(design.blocks.get(name), Levels) and not told_levels(design, name, [{}])
