"""Ranks: which places in the order of pay each level of a factor may have, all levels at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import release
from salarylab.errors import Fault, ModelError
from salarylab.model.contrast.linear import linear, rule_of
from salarylab.model.contrast.means import level_rows
from salarylab.model.contrast.simultaneous import DRAWS, LEVEL, SEED, drawn
from salarylab.model.estimate import Estimate

Array = NDArray[np.float64]
Places = NDArray[np.int64]

MOST = 60
"""Levels that are ranked at most: 1,770 pairs, each with its own degrees of freedom."""


@dataclass(frozen=True, slots=True)
class RankIntervals:
    """Hold the rank interval of each level of a factor that may be told; rank 1 is the highest adjusted mean pay.

    ``values`` (L,) are adjusted means of log pay less their average, ``low`` and ``high`` (L,) the ranks that are not
    ruled out: all intervals hold the true ranks at once with 95 % confidence. Levels that may not be told take no
    part, and are not counted.
    """

    factor: str
    rule: str
    names: tuple[str, ...]
    values: Array = field(repr=False)
    low: Places = field(repr=False)
    high: Places = field(repr=False)
    counts: Places = field(repr=False)

    @property
    def table(self) -> pl.DataFrame:
        """One row a level ranked, highest first: value, estimated rank, its interval, rows, rounded."""
        order = np.argsort(-self.values, kind="stable")
        names, rank = [self.names[i] for i in order], np.arange(1, len(order) + 1)
        numbers = {"value": self.values, "rank_low": self.low, "rank_high": self.high, "n": self.counts}
        ordered = {name: column[order] for name, column in numbers.items()}
        return release(pl.DataFrame({"level": names, "rank": rank, **ordered}), ["rank", *list(numbers)[:-1]]).frame


def rank_intervals(
    estimate: Estimate, factor: str, *, within: Mapping[str, str] | None = None, seed: int = SEED
) -> RankIntervals:
    """Return simultaneous 95 % intervals for the rank of each level of a factor by its adjusted mean pay.

    Levels of fewer than ten rows, of one contributor, or without a variance are not ranked. Near ties
    intervals are wide and cover with 95 % or more. Raises ``ModelError`` as ``adjusted_means`` does, and for fewer than
    two levels to rank or more than sixty.

    **Source** Mogstad, Romano, Shaikh and Wilhelm (2024), Review of Economic Studies 91(1), 476–518.

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept])
    >>> estimate = sl.fit(sl.build(sl.Spec(factors=("work_mode", "education")), sample))
    >>> rank_intervals(estimate, "work_mode").table.columns
    ['level', 'rank', 'value', 'rank_low', 'rank_high', 'n']
    """
    at = level_rows(estimate.design, factor, within)
    ranked = np.flatnonzero(at.shown)
    if len(ranked) > 1:
        ranked = ranked[linear(estimate, at.rows[ranked]).identified]
    _refuse(factor, len(ranked))
    rows = at.rows[ranked]
    first, second = np.triu_indices(len(ranked), 1)
    pairs = linear(estimate, rows[first] - rows[second])
    df = np.full((len(ranked), len(ranked)), np.inf)
    df[first, second] = df[second, first] = np.where(pairs.identified, pairs.df, np.nan)
    values = rows @ estimate.coefficients
    low, high = rank_ends(values, rows @ estimate.covariance @ rows.T, df, seed=seed)
    told = f"{rule_of(estimate, pairs)}; ranks of all levels at once (stepdown, draws of seed {seed})"
    names = tuple(at.names[i] for i in ranked)
    return RankIntervals(factor, told, names, values - values.mean(), low, high, at.counts[ranked])


def rank_ends(
    values: Array, covariance: Array, df: Array, *, level: float = LEVEL, seed: int = SEED, draws: int = DRAWS
) -> tuple[Places, Places]:
    """Return the least and greatest rank of each value, (L,) each, that hold the true ranks at once.

    ``covariance`` has shape (L, L); ``df`` (L, L) are the degrees of freedom of each pair's difference, not a number
    where it has no variance. Every ordered pair is tested, one-sided; what is rejected leaves the draws of the next
    step. A value's rank is at least one more than the number of values shown to be greater.

    **Source** Mogstad, Romano, Shaikh and Wilhelm (2024), Review of Economic Studies 91(1), 476–518, section 3;
    Romano and Wolf (2005), Econometrica 73(4), 1237–1282 (stepdown).

    >>> far = rank_ends(np.array([0.0, 9.0, 9.1]), np.eye(3), np.full((3, 3), 50.0), draws=1_000)
    >>> [places.tolist() for places in far]
    [[3, 1, 1], [3, 2, 2]]
    """
    from scipy.special import ndtr, stdtr

    variance = np.diag(covariance)
    spread = np.sqrt(variance[:, None] + variance[None, :] - 2.0 * covariance)
    np.fill_diagonal(spread, 1.0)
    p = stdtr(df, -(values[:, None] - values[None, :]) / spread)
    open_ = np.isfinite(p) & ~np.eye(len(values), dtype=bool)
    chance = drawn(covariance, seed=seed, draws=draws)
    greater = np.zeros_like(open_)
    while open_.any():
        critical = float(np.quantile(_largest(chance, spread, open_), level))
        rejected = open_ & (p < ndtr(-critical))
        if not rejected.any():
            break
        greater |= rejected
        open_ &= ~rejected
    return 1 + greater.sum(axis=0), len(values) - greater.sum(axis=1)


def _largest(chance: Array, spread: Array, open_: NDArray[np.bool_]) -> Array:
    """Return each draw's largest standardised difference over the ordered pairs still open, shape (draws,)."""
    largest = np.full(len(chance), -np.inf)
    for j, others in enumerate(open_):
        if others.any():
            apart = (chance[:, [j]] - chance[:, others]) / spread[j, others]
            np.maximum(largest, apart.max(axis=1), out=largest)
    return largest


def _refuse(factor: str, levels: int) -> None:
    if not 2 <= levels <= MOST:
        raise ModelError(
            Fault(
                f"ranks by {factor}",
                f"{levels} levels that may be told and have a variance",
                f"2 to {MOST}",
                "choose coarser levels, or widen the sample" if levels < 2 else "restrict the sample to the largest",
            )
        )
