"""Shapley shares: adjusted or cross-fitted R² split among blocks of columns, from sums of products alone.

Raw R² rises with the number of levels, whatever these have to do with pay: a null factor of 100 levels has an R² of
.05 in 2,000 rows. Adjusted R² takes off what independent rows of one spread would give; cross-fitted R² scores
each equation on rows that it was not fitted on.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import factorial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError
from salarylab.model.kernel.moments import Moments
from salarylab.model.kernel.subsets import Blocks, residuals

Array = NDArray[np.float64]
Measure = Literal["adjusted", "cross-fitted"]


def scored(folds: Sequence[Moments], blocks: Blocks, measure: Measure) -> Array:
    """Return R² of every subset of blocks, shape (2^q,), from the moments of folds that add up to the rows."""
    return cross_fitted(folds, blocks) if measure == "cross-fitted" else adjusted(added(folds), blocks)


def added(parts: Sequence[Moments]) -> Moments:
    """Return the moments of parts taken together."""
    return sum(parts[1:], start=parts[0])


def adjusted(whole: Moments, blocks: Blocks) -> Array:
    """Return the adjusted R² of every subset of blocks, shape (2^q,).

    **Source** Theil (1961), Economic Forecasts and Policy, 2nd ed., 211–214.
    """
    found = residuals(whole.products, [0], blocks, [len(whole.gram)])
    rss = found.products[:, 0, 0]
    return np.asarray(1.0 - rss / (whole.n - found.rank) * (whole.n - 1.0) / rss[0])


def raw(whole: Moments, blocks: Blocks) -> Array:
    """Return the raw R² of every subset of blocks, shape (2^q,)."""
    rss = residuals(whole.products, [0], blocks, [len(whole.gram)]).products[:, 0, 0]
    return np.asarray(1.0 - rss / rss[0])


def cross_fitted(folds: Sequence[Moments], blocks: Blocks) -> Array:
    """Return the cross-fitted R² of every subset of blocks, shape (2^q,), from the moments of each fold.

    Each subset is fitted on all folds but one and scored on that one; so is the mean. A level that the other folds
    lack is predicted like the base.

    **Source** Stone (1974), Journal of the Royal Statistical Society B 36(2), 111–147.
    """
    whole = added(folds)
    squares = np.sum([_squares_on(fold, whole - fold, blocks) for fold in folds], axis=0)
    return np.asarray(1.0 - squares / squares[0])


def _squares_on(part: Moments, fitted: Moments, blocks: Blocks) -> Array:
    """Return Σ w·e² in some rows of every subset of blocks, fitted elsewhere; shape (2^q,)."""
    makers = residuals(fitted.products, [0], blocks, [len(fitted.gram)]).makers[:, 0]
    return np.asarray(np.einsum("sk,sk->s", makers @ part.products, makers))


def owen_weights(q: int, groups: Sequence[Sequence[int]] = ()) -> Array:
    """Return what each subset of q blocks counts in each block's share, shape (q, 2^q).

    Groups come in every order, and within a group its blocks do; a block in no group is one of its own. Without
    groups these are Shapley's weights. Raises ``ModelError`` for a block in two groups.

    >>> owen_weights(2).tolist()
    [[-0.5, 0.5, -0.5, 0.5], [-0.5, -0.5, 0.5, 0.5]]
    """
    named = [block for group in groups for block in group]
    if len(set(named)) < len(named) or not set(named) <= set(range(q)):
        raise ModelError(
            Fault("groups of blocks", f"{groups}", f"each of {q} blocks in one group at most", "part them")
        )
    parted = [list(group) for group in groups if group] + [[block] for block in range(q) if block not in named]
    weights = np.zeros((q, 2**q))
    for own in parted:
        others = [group for group in parted if group is not own]
        for block in own:
            beside = [[one] for one in own if one != block]
            for before, within in product(_subsets(others), _subsets(beside)):
                weight = _order(len(before), len(others)) * _order(len(within), len(beside))
                subset = sum(1 << one for group in (*before, *within) for one in group)
                weights[block, subset | 1 << block] += weight
                weights[block, subset] -= weight
    return weights


def _subsets(items: Sequence[list[int]]) -> list[list[list[int]]]:
    return [[item for i, item in enumerate(items) if number >> i & 1] for number in range(2 ** len(items))]


def _order(before: int, others: int) -> float:
    """Return the chance that exactly some of the others come first, each one's place being equally likely."""
    return factorial(before) * factorial(others - before) / factorial(others + 1)
