"""Shapley measured: shares of blocks, groups of blocks and all of them, each with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from salarylab.model.decompose.shapley_shares import Measure, added, owen_weights, raw, scored
from salarylab.model.decompose.shapley_spread import Ends, Spread, ends, folded, jackknifed, replicated
from salarylab.model.kernel.moments import moments_of_parts
from salarylab.model.kernel.rows import Rows
from salarylab.model.kernel.subsets import Blocks
from salarylab.source import Replication

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

FOLDS = 5
PARTS = 50


@dataclass(frozen=True, slots=True)
class Lines:
    """Hold what each subset's R² counts in each share, (m, 2^q), and the columns behind each share (m,).

    Lines are blocks, then groups, then all blocks.
    """

    weights: Array = field(repr=False)
    columns: tuple[int, ...]


def lines(blocks: Blocks, groups: Sequence[Sequence[int]]) -> Lines:
    """Return the lines of a decomposition; ``groups`` are of blocks."""
    each, widths = owen_weights(len(blocks), groups), [len(block) for block in blocks]
    weights = np.vstack([each, *(each[list(some)].sum(axis=0) for some in groups), each.sum(axis=0)])
    return Lines(weights, (*widths, *(sum(widths[j] for j in some) for some in groups), sum(widths)))


def dealt_parts(n: int, clusters: Codes | None, rng: np.random.Generator) -> Codes:
    """Return to which of ``PARTS`` parts each row is dealt, shape (n,), clusters as wholes; each five are a fold.

    >>> np.bincount(dealt_parts(100, None, np.random.default_rng(1))).tolist() == [2] * 50
    True
    """
    units = n if clusters is None else int(clusters.max()) + 1
    dealt = rng.permutation(units) % min(PARTS, units)
    return dealt if clusters is None else dealt[clusters]


@dataclass(frozen=True, slots=True)
class Measured:
    """Hold shares (m,) and their intervals, and the degrees of freedom behind these."""

    values: Array
    intervals: tuple[Ends, ...]
    df: float


def measured(
    rows: Rows,
    parts: Codes,
    blocks: Blocks,
    of: Lines,
    measure: Measure,
    survey: tuple[Replication, Array] | None = None,
) -> Measured:
    """Return shares of adjusted or cross-fitted R², with intervals for what these are near in many rows.

    ``parts`` (n,) are what is left out in turn; ``survey`` gives replicate weights (n, R) instead. An interval of a
    cross-fitted share is that of the raw share less its bias, moved to the cross-fitted one: it tells of equations
    fitted on four rows of five.
    """
    each = moments_of_parts(rows, parts)
    values, plain = of.weights @ scored(folded(each, FOLDS), blocks, measure), of.weights @ raw(added(each), blocks)
    spread = jackknifed(each, FOLDS, blocks, of.weights, measure)
    if survey is not None:
        variance = replicated(rows, *survey, parts % FOLDS, blocks, of.weights, measure)
        spread = Spread(spread.bias, variance, survey[0].df)
    bias = plain - values if measure == "adjusted" else spread.bias
    moved = values - (plain - bias)
    found = (
        ends(float(plain[i]), float(bias[i]), float(spread.variance[i]), of.columns[i], spread.df)
        for i in range(len(values))
    )
    intervals = (
        Ends(None if at.low is None else at.low + float(by), at.high + float(by))
        for at, by in zip(found, moved, strict=True)
    )
    return Measured(values, tuple(intervals), spread.df)
