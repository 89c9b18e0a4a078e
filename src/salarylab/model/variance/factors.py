"""Factors: the random numbers by which a wild bootstrap multiplies each cluster's residuals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Scheme = Literal["enumerated", "Rademacher", "Webb"]

WEBB_BELOW = 12
"""Clusters below which signs alone give too few different draws (2¹⁰ of size for 11), and Webb's six points serve."""

SIX = (1.5**0.5, 1.0, 0.5**0.5)
MOST_NUMBERS = 2_000_000
"""Factors held at once (16 MB)."""


def scheme_for(clusters: int, draws: int) -> Scheme:
    """Return the scheme that suits so many clusters: every sign once where that takes no more than the draws.

    >>> [scheme_for(clusters, 9_999) for clusters in (8, 12, 14, 15, 24_000)]
    ['Webb', 'enumerated', 'enumerated', 'Rademacher', 'Rademacher']
    """
    if clusters < WEBB_BELOW:
        return "Webb"
    return "enumerated" if 2 ** (clusters - 1) <= draws else "Rademacher"


def factors(scheme: Scheme, clusters: int, draws: int, seed: int) -> Iterator[Array]:
    """Yield factors of mean zero and variance one, shape (some draws, clusters).

    Enumerated are all signs whose first is plus: those with the other sign give the same size of t. Rademacher's
    signs and Webb's six points (±√1.5, ±1, ±√.5, all as likely) are drawn from the seed.

    **Source** Davidson and Flachaire (2008), Journal of Econometrics 146(1), 162–169; Webb (2023), Canadian Journal
    of Economics 56(3), 839–858.

    >>> next(factors("enumerated", 3, 0, 0)).tolist()
    [[1.0, 1.0, 1.0], [1.0, -1.0, 1.0], [1.0, 1.0, -1.0], [1.0, -1.0, -1.0]]
    """
    total = 2 ** (clusters - 1) if scheme == "enumerated" else draws
    at_once = max(1, MOST_NUMBERS // clusters)
    rng = np.random.default_rng(seed)
    for start in range(0, total, at_once):
        size = min(at_once, total - start)
        if scheme == "enumerated":
            bits = (2 * np.arange(start, start + size)[:, None]) >> np.arange(clusters) & 1
            yield (1 - 2 * bits).astype(np.float64)
            continue
        signs = rng.choice([-1.0, 1.0], (size, clusters))
        size_of: Array = np.ones(1) if scheme == "Rademacher" else rng.choice(SIX, (size, clusters))
        yield np.multiply(signs, size_of)
