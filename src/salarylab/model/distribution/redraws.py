"""Redraws: the weights under which an estimate is made again, and the variance that follows.

A survey with replicate weights says itself how it could have come out. Elsewhere each cluster, or each row, is
resampled as a whole by a random weight: exponential with mean one, instead of the counts 0, 1, 2 … of drawing with
replacement, so that no level vanishes from a draw and no logit is separated by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from salarylab.disclosure import round_df, show_count
from salarylab.errors import Fault, ModelError
from salarylab.model.design import Design
from salarylab.model.variance.clusters import refuse_few

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

DRAWS = 399
SEED = 20_260_101
LEAST_DRAWS = 99


@dataclass(frozen=True, slots=True)
class Redraws:
    """Hold how an estimate is made again: under ``draws`` random weights, or under a survey's replicates (n, R).

    ``weights`` (n,) are the main weights; ``df`` goes with the variance; ``words`` are the rule in words.
    """

    weights: Array = field(repr=False)
    clusters: Codes | None = field(repr=False)
    replicates: Array | None = field(repr=False)
    scale: float
    df: float
    draws: int
    seed: int
    words: str

    def __iter__(self) -> Iterator[Array]:
        """Yield the weights of each draw, shape (n,); a draw depends on the seed and its place alone."""
        if self.replicates is not None:
            yield from (column.astype(np.float64) for column in self.replicates.T)
            return
        for draw in range(self.draws):
            rng = np.random.default_rng([self.seed, draw])
            if self.clusters is None:
                yield self.weights * rng.standard_exponential(len(self.weights))
            else:
                yield self.weights * rng.standard_exponential(int(self.clusters.max()) + 1)[self.clusters]

    @property
    def told_df(self) -> float:
        """Degrees of freedom as they may be told: coarsely, but for those of replicates, which anybody knows."""
        return self.df if self.replicates is not None else round_df(self.df)

    def covariance(self, again: Array, found: Array) -> Array:
        """Return the covariance (m, m) of ``found`` (m,) from what the draws gave, ``again`` (R, m).

        Replicates differ from the estimate itself, random draws from their own mean.
        """
        apart = again - (found if self.replicates is not None else again.mean(axis=0))
        return self.scale * apart.T @ apart


def redraws(
    weights: Array, clusters: Codes | None = None, *, draws: int = DRAWS, seed: int = SEED, few: bool = False
) -> Redraws:
    """Return random redraws of rows with weights (n,), or of their clusters (n,) as wholes.

    Raises ``ModelError`` for fewer than 99 draws, and below 20 clusters unless ``few``.

    **Source** Rubin (1981), Annals of Statistics 9(1), 130–134; Præstgaard and Wellner (1993), Annals of
    Probability 21(4), 2053–2086: exchangeable weights, of which drawing with replacement is another case.

    >>> drawn = list(redraws(np.ones(3), np.array([0, 0, 1]), draws=99, few=True))
    >>> len(drawn), bool(drawn[0][0] == drawn[0][1])
    (99, True)
    """
    if draws < LEAST_DRAWS:
        raise ModelError(Fault("draws", str(draws), f"at least {LEAST_DRAWS}", f"leave it out: the default is {DRAWS}"))
    whole = "rows"
    units = len(weights)
    if clusters is not None:
        units = int(clusters.max()) + 1
        refuse_few(units, few)
        whole = f"{show_count(units)} clusters as wholes"
    words = f"bootstrap of {whole}, {draws} draws of exponential weights, seed {seed}"
    return Redraws(weights, clusters, None, 1.0 / (draws - 1), units - 1.0, draws, seed, words)


def redraws_of(design: Design, *, draws: int = DRAWS, seed: int = SEED) -> Redraws:
    """Return the redraws that a design calls for: its survey's replicates, else clusters, else rows.

    Raises ``ModelError`` as ``redraws`` does.
    """
    weights = np.ones(len(design.y)) if design.weights is None else design.weights
    if design.replicates is None or design.replication is None:
        return redraws(weights, design.clusters, draws=draws, seed=seed, few=design.spec.few_clusters)
    replication = design.replication
    words = f"{replication.name}, refitted under each, t({replication.df:g})"
    return Redraws(weights, None, design.replicates, replication.scale, replication.df, replication.count, seed, words)
