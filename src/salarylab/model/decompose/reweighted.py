"""Reweighted: a group's rows given another group's characteristics, and the statistics of pay before and after."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from salarylab.model.distribution.basis import Basis
from salarylab.model.distribution.logit import Logit, logit
from salarylab.model.distribution.statistic import Statistic, value

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


def reweighted(found: Logit, at_level: Flags, weights: Array) -> Array:
    """Return weights (n,) that give the base's rows the level's characteristics, zero at the level.

    Each base row's weight is multiplied by the odds of being at the level.

    **Source** DiNardo, Fortin and Lemieux (1996), Econometrica 64(5), 1001–1044, equation 13.
    """
    odds = found.probabilities / (1.0 - found.probabilities)
    given: Array = np.where(at_level, 0.0, weights * odds)
    return given


def values_of(
    basis: Basis, at_level: Flags, y: Array, weights: Array, asked: Sequence[Statistic], start: Array
) -> Array:
    """Return each statistic at the base, at the base reweighted and at the level, (3, S), under weights (n,).

    y (n,) is ascending log pay, ``at_level`` (n,) flags the level, ``basis`` the other factors; ``start`` (k,) is
    where the logit begins.
    """
    given = reweighted(logit(basis, at_level.astype(np.float64), weights, start), at_level, weights)
    groups = ((~at_level, weights), (~at_level, given), (at_level, weights))
    return np.array([[value(of, y[rows], w[rows]) for of in asked] for rows, w in groups])


def parts_of(values: Array) -> Array:
    """Return gap, composition and structure of every statistic, parts slowest, from values (3, S).

    >>> parts_of(np.array([[1.0], [1.5], [3.0]])).tolist()
    [2.0, 0.5, 1.5]
    """
    base, reweighted_base, level = values
    return np.concatenate([level - base, reweighted_base - base, level - reweighted_base])
