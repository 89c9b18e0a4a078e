"""Overlap: whether rows of one level have their like at the base, told by their propensities."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import MIN_CELL, MIN_PERCENTILE_CELL, release, round_count, round_share, share_cell
from salarylab.model.trust.comparison import Comparison

Array = NDArray[np.float64]

QUANTILES = (0.1, 0.5, 0.9)
NUMBERS = ("effective_rows", "trimmed", *(f"{side}_p{100 * q:.0f}" for side in ("level", "base") for q in QUANTILES))


@dataclass(frozen=True, slots=True)
class Overlap:
    """Hold the propensities (n, L), base first, and the rows kept for each level's gap (n, m)."""

    comparison: Comparison = field(repr=False)
    propensities: Array = field(repr=False)
    kept: NDArray[np.bool_] = field(repr=False)
    trim: float

    @property
    def table(self) -> pl.DataFrame:
        """One row a level: effective rows, share trimmed, and quantiles of its propensity at it and at the base.

        ``effective_rows`` is what the kept rows of the level are worth under inverse propensity weights, rounded.
        A quantile is told with ten rows on either side of it and 30 in all, a share in steps of ten rows.
        """
        block = self.comparison.block
        rows = [
            [block.told(level), block.told(block.base), *self._numbers(j), int(self.comparison.n[j]), bool(out)]
            for j, (level, out) in enumerate(zip(self.comparison.levels, self.comparison.dominated, strict=True))
        ]
        text, numbers = dict.fromkeys(("level", "base"), pl.String()), dict.fromkeys(NUMBERS, pl.Float64())
        schema = text | numbers | {"n": pl.Int64(), "withheld": pl.Boolean()}
        return release(pl.DataFrame(rows, schema=schema, orient="row"), NUMBERS, dominated="withheld").frame

    def _numbers(self, j: int) -> list[float | None]:
        at_level, kept = self.comparison.arms[:, j] > 0, self.kept[:, j]
        own = self.propensities[:, j + 1]
        effective = effective_rows(self.comparison.weights[at_level & kept] / own[at_level & kept])
        trimmed, whole = int((~kept).sum()), len(kept)
        share = round_share(trimmed, whole) if share_cell(trimmed, whole) >= MIN_CELL else None
        return [
            float(round_count(round(effective))) if effective >= MIN_CELL else None,
            share,
            *(_quantile(own[rows], q) for rows in (at_level, self.comparison.base_rows) for q in QUANTILES),
        ]


def effective_rows(weights: Array) -> float:
    """Return how many equally weighted rows weighted ones are worth; none are worth nothing.

    **Source** Kish (1965), Survey Sampling, section 11.7.

    >>> effective_rows(np.array([1.0, 1.0, 2.0])).__round__(2)
    2.67
    """
    return float(weights.sum() ** 2 / (weights @ weights)) if len(weights) else 0.0


def _quantile(values: Array, q: float) -> float | None:
    """Return a quantile to two decimals, or nothing where fewer than ten rows lie on one side of it."""
    if len(values) < MIN_PERCENTILE_CELL or len(values) * min(q, 1 - q) < MIN_CELL:
        return None
    return round(float(np.quantile(values, q)), 2)
