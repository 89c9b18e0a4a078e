"""Curve branch: the equations of one tier of controls on one sample and outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log

import numpy as np
from numpy.typing import NDArray

from salarylab.disclosure import MIN_CELL
from salarylab.model.coding import rows_of
from salarylab.model.contributors import one_gives_most, rows_at
from salarylab.model.design import Design
from salarylab.model.trust.curve_estimates import errors
from salarylab.model.trust.curve_projected import projected

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
Band = tuple[float, float]

BAND: Band = (log(0.98), log(1.02))
"""The house's band: differences of 2 % are taken for none."""


@dataclass(frozen=True, slots=True)
class Tier:
    """Declare controls that answer one question: every subset of ``controls`` is asked, always beside ``held``.

    Premia of different tiers are different numbers, not one number that is more or less robust.
    """

    name: str
    controls: tuple[str, ...]
    held: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """Hold the equations of a tier on one sample and outcome: all arrays (m,), ``flipped`` (draws, m).

    ``controls`` says what each equation varies; ``lost`` are those that were left out, and why. ``n`` are the rows in
    the smaller of the two cells compared.
    """

    design: Design = field(repr=False)
    tier: str
    sample: str
    controls: tuple[tuple[str, ...], ...] = field(repr=False)
    lost: tuple[str, ...]
    value: Array = field(repr=False)
    se: Array = field(repr=False)
    low: Array = field(repr=False)
    high: Array = field(repr=False)
    flipped: Array = field(repr=False)
    n: int = field(repr=False)
    dominated: bool = field(repr=False)

    @property
    def withheld(self) -> bool:
        """Whether nothing of these equations may be told."""
        return self.n < MIN_CELL or self.dominated

    def sides(self, band: Band) -> Codes:
        """Return which side of a band each equation's interval clears, (m,): 1 over it, −1 under it, 0 neither."""
        return (self.low > band[1]).astype(np.int64) - (self.high < band[0])

    def sides_by_lot(self, band: Band) -> Codes:
        """Return the same for estimates by lot, with the equations' own reach, shape (draws, m)."""
        reach = self.high - self.value
        return (self.flipped - reach > band[1]).astype(np.int64) - (self.flipped + reach < band[0])


def branch(
    design: Design, tier: Tier, sample: str, factor: str, level: str, lot: tuple[Codes, Array], workers: int
) -> Branch:
    """Ask the premium of a level over its factor's base in every equation of a tier.

    Left out are equations in which some column follows from others, and those whose premium rests on one or a few
    clusters.
    """
    from scipy.special import stdtrit

    focus = next(i for i, t in enumerate(design.terms) if t.factor == factor and t.level == level)
    always = [i for i, t in enumerate(design.terms) if t.factor in (factor, *tier.held) and i != focus]
    blocks = [[i for i, t in enumerate(design.terms) if t.factor == name] for name in tier.controls]
    some = projected(rows_of(design), focus, blocks, always)
    codes, signs = lot
    found = errors(some, None if design.clusters is None else codes, (codes, signs), workers=workers)
    reach = stdtrit(found.df, 0.975) * found.se
    numbers = np.flatnonzero(some.kept)
    judged = np.isfinite(found.se)
    cells = [{factor: at} for at in (level, design.base_of[factor])]
    lost = [f"{_told(tier, i)}: some levels follow from others" for i in np.flatnonzero(~some.kept).tolist()]
    lost += [f"{_told(tier, i)}: identified inside one or a few clusters" for i in numbers[~judged].tolist()]
    return Branch(
        design,
        tier.name,
        sample,
        tuple(_controls(tier, number) for number in numbers[judged].tolist()),
        tuple(lost),
        some.coefficients[judged],
        found.se[judged],
        (some.coefficients - reach)[judged],
        (some.coefficients + reach)[judged],
        found.flipped[:, judged],
        min(rows_at(design, cell) for cell in cells),
        any(one_gives_most(design, cell) for cell in cells),
    )


def _controls(tier: Tier, number: int) -> tuple[str, ...]:
    return tuple(name for j, name in enumerate(tier.controls) if number >> j & 1)


def _told(tier: Tier, number: int) -> str:
    return " + ".join(_controls(tier, number)) or "no control"


def side(found: Sequence[Codes], part: float) -> int:
    """Return the side that at least a part of all equations clear, or 0.

    >>> side([np.array([1, 1, 1]), np.array([1, 0])], 0.8)
    1
    """
    each = np.concatenate([np.zeros(0, dtype=np.int64), *found])
    return next((s for s in (1, -1) if len(each) and (each == s).mean() >= part), 0)
