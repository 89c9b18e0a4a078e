"""Simultaneous: the level that several intervals must each have to cover all at once, by seeded draws."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from salarylab.model.contrast.linear import Linear

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

LEVEL = 0.95
DRAWS = 40_000
"""Draws: the critical value of 40 intervals then has a standard error of 0.3 %."""

SEED = 20_250_101


def drawn(covariance: Array, *, seed: int = SEED, draws: int = DRAWS) -> Array:
    """Return draws from N(0, covariance), shape (draws, m).

    The root of the covariance is the symmetric one: it has no signs to choose, so that a covariance that differs in its
    last bits, or has no full rank, gives the same draws but for their last bits.

    >>> drawn(np.eye(2), draws=3).shape
    (3, 2)
    """
    values, vectors = np.linalg.eigh(covariance)
    root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    found: Array = np.random.default_rng(seed).standard_normal((draws, len(covariance))) @ root
    return found


def simultaneous_level(
    covariance: Array,
    of: Mask | None = None,
    *,
    level: float = LEVEL,
    seed: int = SEED,
    draws: int = DRAWS,
) -> float:
    """Return the pointwise level at which intervals of values with this covariance (m, m) all cover with ``level``.

    ``of`` (m,) marks the values that are meant; for one or none it is ``level`` itself. Each interval then takes its
    own degrees of freedom at that level: the joint distribution of the values is normal, each marginal its own t.

    **Source** Montiel Olea and Plagborg-Møller (2019), Journal of Applied Econometrics 34(1), 1–17 (sup-t);
    Hasler and Hothorn (2008), Biometrical Journal 50(5), 793–800 (degrees of freedom of each comparison).

    >>> round(simultaneous_level(np.eye(1)), 3)  # one interval
    0.95
    >>> round(simultaneous_level(np.eye(10)), 3)  # ten independent ones: 0.95 to the power of a tenth
    0.995
    """
    from scipy.special import ndtr

    inside = np.ones(len(covariance), dtype=bool) if of is None else of
    if inside.sum() < 2:
        return level
    meant = covariance[np.ix_(inside, inside)]
    size = np.sqrt(np.diag(meant))
    largest = np.abs(drawn(meant / np.outer(size, size), seed=seed, draws=draws)).max(axis=1)
    return float(2.0 * ndtr(np.quantile(largest, level)) - 1.0)


def ends(found: Linear, level: float = LEVEL) -> tuple[Array, Array]:
    """Return the ends of each value's t interval at a pointwise level, (m,) each; not a number without a variance."""
    from scipy.special import stdtrit

    reach = stdtrit(found.df, 0.5 + level / 2) * found.se
    return found.values - reach, found.values + reach
