"""Premia: every level's premium over the base of a factor, as a table."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from salarylab.disclosure import release
from salarylab.finding import Finding
from salarylab.model.blocks import Levels
from salarylab.model.contrast import contrast
from salarylab.model.estimate import Fitted

NUMBERS = ("value", "se", "df", "p", "low", "high", "truth")


def premia(estimate: Fitted, factor: str, within: Mapping[str, str] | None = None) -> pl.DataFrame:
    """Return the premium of each level of a factor over its base, one row a level, in declared order.

    Columns: level, base, then value, se, df (as told), p, low, high and any planted truth in log points, and n, the
    rows in the smaller of the two cells compared, rounded. A cell that may not be told shows no numbers; rare
    text is masked. ``within`` fixes the levels of factors that interact with it.

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept])
    >>> estimate = sl.fit(sl.build(sl.Spec(factors=("work_mode", "education")), sample))
    >>> premia(estimate, "work_mode")["level"].to_list()
    ['hybrid', 'remote']
    """
    block = estimate.design.blocks[factor]
    assert isinstance(block, Levels)
    rows = [
        _premium(contrast(estimate, factor, level, within=within), block.told(level))
        for level in block.levels
        if level != block.base
    ]
    schema = {"level": pl.String(), "base": pl.String()} | dict.fromkeys(NUMBERS, pl.Float64()) | {"n": pl.Int64()}
    return release(pl.DataFrame(rows, schema=schema), NUMBERS).frame


def levels_of(estimate: Fitted, factor: str) -> tuple[str, ...]:
    """Return the levels of a categorical factor in the fitted sample, in declared order."""
    block = estimate.design.blocks[factor]
    return block.levels if isinstance(block, Levels) else ()


def _premium(found: Finding, level: str) -> dict[str, str | float | None]:
    told = {name: None if found.suppressed else getattr(found, name) for name in NUMBERS}
    return {"level": level, "base": found.base, **told, "n": None if found.suppressed else found.smallest_cell}
