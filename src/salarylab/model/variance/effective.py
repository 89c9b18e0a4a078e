"""Effective clusters: how many clusters a contrast rests on, by their shares of its partial leverage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError
from salarylab.model.kernel.rows import Block, Rows, dense
from salarylab.model.kernel.solution import Solution
from salarylab.model.kernel.sums import ClusterSums

Array = NDArray[np.float64]

MOST_PRODUCTS = 4e9
"""Rows times squared columns up to which each term's own leverage is taken: a second or two of one core."""


def effective_clusters(solution: Solution, contrasts: Array) -> Array:
    """Return the effective number of clusters behind each contrast, shape (m,): inverse Herfindahl index.

    A cluster's share is its part of the contrast's partial leverage. ``contrasts`` has shape (m, k), in the columns
    as asked. Where rows are too many for that (``screened``), the leverage of a term is that of its column by
    itself, other columns not taken out, and a contrast has that of the terms it weighs.

    **Source** MacKinnon, Nielsen and Webb (2023), Journal of Econometrics 232(2), 272–299, section 4.
    """
    return inverse_herfindahl(_by_column(solution, contrasts) if screened(solution) else _partial(solution, contrasts))


def inverse_herfindahl(leverage: Array) -> Array:
    """Return 1 / Σ share² of each contrast, shape (m,), from its leverage by cluster, shape (clusters, m)."""
    total = leverage.sum(axis=0)  # none for the intercept of an equation whose levels were taken out
    shares = leverage / np.where(total > 0, total, 1.0)
    return np.asarray(1.0 / np.where(total > 0, (shares**2).sum(axis=0), 1.0))


def screened(solution: Solution) -> bool:
    """Return whether rows are too many to take each term's partial leverage; orthonormal columns are no terms."""
    own = solution.within is None and solution.source.layout.turn is None
    return own and solution.n * float(solution.k) ** 2 > MOST_PRODUCTS


def _partial(solution: Solution, contrasts: Array) -> Array:
    """Return the sum of squared loads of each contrast by cluster, shape (clusters, m)."""
    maps = contrasts @ solution.back @ solution.spread
    found = np.zeros((_groups(solution), len(maps)))
    for block, x in _laid_out(solution):
        assert block.clusters is not None
        loads = (x @ maps.T) ** 2
        if block.mass is not None:
            loads *= block.mass[:, None]
        for m, load in enumerate(loads.T):
            found[:, m] += np.bincount(block.clusters, weights=load, minlength=len(found))
    return found


def _laid_out(solution: Solution) -> Iterator[tuple[Block, Array]]:
    """Yield blocks with their design, less the means of levels that were taken out."""
    if solution.within is None:
        yield from ((block, dense(block, solution.source.layout)) for block in solution.source.blocks())
    elif isinstance(solution.source, Rows):
        yield from ((block, x) for block, _, x in solution.within.blocks(solution.source))


def _by_column(solution: Solution, contrasts: Array) -> Array:
    """Return the sum of squares of centred columns by cluster, weighted as contrasts weigh them, (clusters, m)."""
    layout = solution.source.layout
    squared = replace(layout, groups=tuple(replace(group, values=group.values**2) for group in layout.groups))
    sums = ClusterSums(squared, _groups(solution))
    for block in solution.source.blocks():
        mass = np.ones(len(block.y)) if block.mass is None else block.mass
        sums.add(replace(block, numbers=block.numbers**2), mass, squared)
    squares = sums.matrix(squared)
    weights = contrasts**2 * np.diag(solution.bread)
    weights[:, 0] = np.where((contrasts[:, 1:] != 0).any(axis=1), 0.0, weights[:, 0])
    return np.asarray(squares / squares.sum(axis=0) @ weights.T)


def _groups(solution: Solution) -> int:
    if solution.scores is None:
        raise ModelError(
            Fault("clusters", "a solution without their scores", "solve(…, meat='clusters')", "solve for clusters")
        )
    return len(solution.scores)
