"""Residuals: the second walk over the rows: what residuals are against the columns, squared, and by cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from salarylab.model.kernel.layout import Layout
from salarylab.model.kernel.rows import Block
from salarylab.model.kernel.sums import ClusterSums, LevelSums, PairTables, Prediction, Quadratic

Array = NDArray[np.float64]
Meat = Literal["none", "HC0", "HC1", "HC2", "HC3", "HC4", "clusters"]

POWERS = {"HC2": 1.0, "HC3": 2.0}
FULL_LEVERAGE = 1.0 - 1e-9


@dataclass(frozen=True, slots=True)
class Job:
    """Say what the second walk collects, and at which coefficients."""

    layout: Layout
    inner: Array
    spread: Array
    meat: Meat
    clusters: int
    n: int


class Met:
    """Accumulate what residuals give: their sums against the columns, their squares, and the meat."""

    def __init__(self, job: Job) -> None:
        self.moment, self.rss, self.full = LevelSums(job.layout), 0.0, 0
        self.meat = PairTables(job.layout) if job.meat.startswith("HC") else None
        self.scores = ClusterSums(job.layout, job.clusters) if job.meat == "clusters" else None

    def merge(self, other: Met) -> None:
        """Add what other rows gave."""
        self.moment.merge(other.moment)
        self.rss, self.full = self.rss + other.rss, self.full + other.full
        if self.meat is not None and other.meat is not None:
            self.meat.merge(other.meat)
        if self.scores is not None and other.scores is not None:
            self.scores.merge(other.scores)


def met(blocks: Sequence[Block], job: Job) -> Met:
    """Return what the residuals of some blocks give."""
    sums, fitted = Met(job), Prediction(job.layout, job.inner)
    leverage = Quadratic(job.layout, job.spread) if job.meat in ("HC2", "HC3", "HC4") else None
    for block in blocks:
        residual = block.y - fitted.at(block)
        score = residual if block.mass is None else residual * block.mass
        squares = weighted_squares(block, residual)
        sums.moment.add(block, score)
        sums.rss += float(squares.sum())
        if sums.scores is not None:
            sums.scores.add(block, score, job.layout)
        if sums.meat is not None:
            weighted = squares if block.weights is None else squares * block.weights
            if leverage is not None:
                h = leverage.at(block) if block.weights is None else leverage.at(block) * block.weights
                full = h > FULL_LEVERAGE
                sums.full += int(full.sum())
                power = np.minimum(4.0, job.n * h / len(job.inner)) if job.meat == "HC4" else POWERS[job.meat]
                weighted = weighted * np.where(full, 1.0, 1.0 - h) ** -power
            sums.meat.add(block, weighted)
    return sums


def weighted_squares(block: Block, residual: Array) -> Array:
    """Return Σ w·e² of each row, shape (n,); a cell's rows differ from its mean by what is within it."""
    squares = residual * residual if block.mass is None else residual * residual * block.mass
    if block.within is None:
        return squares
    return squares + (block.within if block.weights is None else block.within * block.weights)
