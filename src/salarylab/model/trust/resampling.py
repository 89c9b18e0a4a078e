"""Resampling: lots that reweight independent rows, or clusters, without ever emptying a level.

**Source** Rubin (1981), Annals of Statistics 9(1), 130–134; Præstgaard and Wellner (1993), Annals of
Probability 21(4), 2053–2086: exchangeable weights in place of drawing with replacement.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from salarylab.model.variance.clusters import FINER, refuse_few

Array = NDArray[np.float64]


def exponential_weights(n: int, clusters: NDArray[np.int64] | None, resamples: int, seed: int) -> Iterator[Array]:
    """Yield exponential weights of mean one, shape (n,), equal within a cluster, as often as asked.

    Raises ``ModelError`` below 20 clusters: too few to stand for others.

    >>> [lot.shape for lot in exponential_weights(3, None, 2, seed=1)]
    [(3,), (3,)]
    """
    rng = np.random.default_rng(seed)
    groups = n if clusters is None else int(clusters.max()) + 1
    if clusters is not None:
        refuse_few(groups, remedy=FINER)
    for _ in range(resamples):
        lots = rng.standard_exponential(groups)
        lots /= lots.mean()
        yield lots if clusters is None else lots[clusters]
