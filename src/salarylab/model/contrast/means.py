"""Means: pay at each level of a factor, adjusted to the covariates of the whole sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import MIN_CELL, release, significant
from salarylab.errors import Fault, ModelError
from salarylab.model.blocks import Levels
from salarylab.model.compared import categorical, partners, refuse_unknown
from salarylab.model.contrast.linear import Linear, linear, rule_of, with_coarse_errors
from salarylab.model.contrast.row import Array, at_levels, mean_row, row_at
from salarylab.model.contrast.simultaneous import LEVEL, SEED, ends, simultaneous_level
from salarylab.model.contributors import one_gives_most, rows_of
from salarylab.model.design import Design
from salarylab.model.estimate import Estimate

LOGS = ("value", "se", "df")
PAYS = ("pay", "pay_low", "pay_high")


@dataclass(frozen=True, slots=True)
class LevelRows:
    """Hold the design rows at which an equation is read for each level of a factor, and what may be told of each.

    ``rows`` has shape (L, k), ``counts`` (L,) are the rows of the sample at each level, ``shown`` (L,) marks levels
    with ten rows that are not mostly one contributor's. ``names`` are the levels as told.
    """

    names: tuple[str, ...]
    rows: Array = field(repr=False)
    counts: NDArray[np.int64] = field(repr=False)
    shown: NDArray[np.bool_] = field(repr=False)


@dataclass(frozen=True, slots=True)
class AdjustedMeans:
    """Hold the adjusted mean of log pay at each level of a factor, with their joint covariance.

    ``at`` are the levels, ``found`` the means in log points of those that may be told, ``level`` the pointwise level of
    the intervals: 0.95, or what makes them all cover at once. ``rule`` says how intervals are made, ``unit`` what pay
    is counted in.
    """

    design: Design = field(repr=False)
    factor: str
    unit: str
    rule: str
    level: float
    at: LevelRows = field(repr=False)
    found: Linear = field(repr=False)

    @property
    def table(self) -> pl.DataFrame:
        """One row a level: mean log pay with se and df as told, geometric mean pay with interval, rows, rounded.

        Levels that may not be told have no numbers.
        """
        low, high = ends(self.found, self.level)
        pays = np.exp(np.column_stack([self.found.values, low, high]))
        logs = zip(self.found.values, self.found.se, self.found.degrees_told, strict=True)
        told = iter([*three, *(significant(float(pay)) for pay in row)] for three, row in zip(logs, pays, strict=True))
        rows = [
            [name, *(next(told) if shown else [None] * 6), n, not shown]
            for name, n, shown in zip(self.at.names, self.at.counts.tolist(), self.at.shown.tolist(), strict=True)
        ]
        schema = {"level": pl.String(), **dict.fromkeys((*LOGS, *PAYS), pl.Float64())}
        cells = pl.DataFrame(rows, schema={**schema, "n": pl.Int64(), "withheld": pl.Boolean()}, orient="row")
        return release(with_coarse_errors(cells), (*LOGS, *PAYS), dominated="withheld").frame


def adjusted_means(
    estimate: Estimate,
    factor: str,
    *,
    within: Mapping[str, str] | None = None,
    simultaneous: bool = False,
    seed: int = SEED,
) -> AdjustedMeans:
    """Return geometric mean pay at each level of a factor, all rows of the sample moved to that level.

    Other covariates stand at their (weighted) means in the sample, taken as known; ``within`` fixes other factors at
    a level instead. Differences are the premia of ``contrast``; in an equation of one factor they are the groups' own.
    With ``simultaneous`` the intervals of all levels that may be told cover at once (sup-t, seeded draws). Raises
    ``ModelError`` for a factor or level that is not in the equation, and for one that no row has together with some
    level of a factor that it interacts with.

    **Source** Searle, Speed and Milliken (1980), American Statistician 34(4), 216–221: population marginal means.

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept])
    >>> estimate = sl.fit(sl.build(sl.Spec(factors=("work_mode", "education")), sample))
    >>> adjusted_means(estimate, "work_mode").table.columns
    ['level', 'value', 'se', 'df', 'pay', 'pay_low', 'pay_high', 'n']
    """
    at = level_rows(estimate.design, factor, within)
    if not at.shown.any():
        raise ModelError(Fault(f"means by {factor}", "no level that may be told", f"{MIN_CELL} rows", "coarser levels"))
    found = linear(estimate, at.rows[at.shown])
    level, how = LEVEL, "95 % intervals of each level by itself"
    if simultaneous:
        level = simultaneous_level(found.covariance, found.identified, seed=seed)
        how = f"95 % intervals of all levels at once (sup-t, draws of seed {seed})"
    unit = estimate.design.outcome.label.removeprefix("log pay, ")
    told = f"{rule_of(estimate, found)}; {how}"
    return AdjustedMeans(estimate.design, factor, unit, told, level, at, found)


def level_rows(design: Design, factor: str, within: Mapping[str, str] | None = None) -> LevelRows:
    """Return the rows at which a design is read for each level of a factor; raises as ``adjusted_means`` does."""
    block, held = categorical(design, factor), dict(within or {})
    for name, at in held.items():
        refuse_unknown(categorical(design, name), at)
    if factor in held:
        raise ModelError(Fault(f"means by {factor}", "held at one of its levels", "other factors", "leave it out"))
    _refuse_empty_cells(design, block, held)
    means = mean_row(design)
    cells = [{factor: level, **held} for level in block.levels]
    counts = np.array([int(rows_of(design, cell).sum()) for cell in cells])
    few = np.array([one_gives_most(design, cell) if n else True for cell, n in zip(cells, counts, strict=True)])
    rows = np.stack([row_at(design, at_levels(cell), means) for cell in cells])
    return LevelRows(tuple(map(block.told, block.levels)), rows, counts, (counts >= MIN_CELL) & ~few)


def _refuse_empty_cells(design: Design, block: Levels, held: Mapping[str, str]) -> None:
    """Refuse to read an interaction where no row is: its coefficient does not exist."""
    name = block.factor.name
    blocks = {other: design.blocks[other] for other in partners(design, name) - {*held}}
    empty = [
        other
        for other, beside in blocks.items()
        if isinstance(beside, Levels)
        and len(np.unique(block.codes * len(beside.levels) + beside.codes)) < len(block.levels) * len(beside.levels)
    ]
    if empty:
        raise ModelError(
            *(
                Fault(
                    f"means by {name}",
                    f"some of its levels have no row at some level of {other}, with which it interacts",
                    "rows at every pair of levels",
                    f'say where: within={{"{other}": …}}, or choose coarser levels',
                )
                for other in empty
            )
        )
