"""Two-way clusters: rows that go together by employer and, separately, by year."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError
from salarylab.model.kernel.rows import Rows
from salarylab.model.kernel.solution import Solution
from salarylab.model.kernel.sums import ClusterSums, Prediction
from salarylab.model.variance.clusters import FEW_EFFECTIVE, inside_one, refuse_few
from salarylab.model.variance.effective import effective_clusters
from salarylab.model.variance.small_sample import SmallSample
from salarylab.model.variance.spectra import root_of

Array = NDArray[np.float64]
Codes = NDArray[np.integer]

NEGATIVE = 1e-12
"""Share of the largest eigenvalue below zero from which a covariance is not positive semi-definite."""

MOST_NUMBERS = 10_000_000
"""Scores held at once (80 MB) while those of both codes together are summed."""


@dataclass(frozen=True, slots=True)
class TwoWay:
    """Hold a covariance by two kinds of clusters, shape (k, k), and what it was made of.

    ``clusters`` are how many of each kind, ``df`` (k,) the lesser less one, ``effective`` (2, k) the effective
    number behind each term; ``unidentified`` (k,) marks terms that rest on few of either. ``parts`` are the
    covariances by the first, the second, and both codes together. ``smallest`` is the least eigenvalue as a share
    of the largest; where it is negative, ``notes`` says what was done.
    """

    covariance: Array = field(repr=False)
    clusters: tuple[int, int]
    df: Array = field(repr=False)
    effective: Array = field(repr=False)
    unidentified: NDArray[np.bool_] = field(repr=False)
    parts: tuple[Array, Array, Array] = field(repr=False)
    smallest: float
    notes: tuple[str, ...] = ()


def two_way(
    solution: Solution, first: Codes, second: Codes, *, few: bool = False, small_sample: SmallSample | None = None
) -> TwoWay:
    """Return V₁ + V₂ − V₁₂, the covariance of a solution whose rows are clustered two ways.

    ``first`` and ``second`` are dense codes (n,) in the order of the solution's rows, which are in memory. Each part
    is CR1 with its own number of clusters, or as ``small_sample`` says. The sum need not be positive semi-definite:
    then negative eigenvalues become zero, in columns made orthonormal, so that neither units nor bases matter.
    Raises ``ModelError`` below 20 clusters of either kind unless ``few``.

    **Source** Cameron, Gelbach and Miller (2011), Journal of Business & Economic Statistics 29(2), 238–249.
    """
    rows = _rows(solution, first, second)
    sizes = [int(codes.max()) + 1 for codes in (first, second)]
    for groups in sizes:
        refuse_few(groups, few)
    both, joint = np.unique(first.astype(np.int64) * sizes[1] + second, return_inverse=True)
    by_one = [_clustered_by(solution, rows, codes) for codes in (first, second)]
    scores = [found.scores for found in by_one if found.scores is not None]
    meats = [*(each.T @ each for each in scores), _meat(solution, rows, joint, len(both))]
    rule = small_sample or SmallSample()
    factors = [rule.factor("CR1", solution.n, solution.k, g) for g in rule.counted([*sizes, len(both)])]
    meats = [factor * meat for factor, meat in zip(factors, meats, strict=True)]
    meat, smallest = _repaired(solution, meats[0] + meats[1] - meats[2])
    effective = np.array([effective_clusters(found, np.eye(solution.k)) for found in by_one])
    return TwoWay(
        solution.sandwich(meat),
        (sizes[0], sizes[1]),
        np.full(solution.k, min(sizes) - 1.0),
        effective,
        np.any([effective.min(axis=0) < FEW_EFFECTIVE, *map(inside_one, by_one)], axis=0),
        (solution.sandwich(meats[0]), solution.sandwich(meats[1]), solution.sandwich(meats[2])),
        smallest,
        (_said(smallest),) if smallest < -NEGATIVE else (),
    )


def _rows(solution: Solution, first: Codes, second: Codes) -> Rows:
    rows = solution.source
    if not isinstance(rows, Rows) or solution.within is not None or not len(rows) == len(first) == len(second):
        raise ModelError(
            Fault(
                "clusters two ways",
                "rows that are streamed, an absorbed factor, or codes of other rows",
                "two codes for each row in memory",
                "build the design from a sample in memory, every factor laid out",
            )
        )
    return rows


def _clustered_by(solution: Solution, rows: Rows, codes: Codes) -> Solution:
    """Return the solution with other clusters and their scores."""
    regrouped = replace(rows, clusters=codes)
    return replace(solution, source=regrouped, scores=_scores(solution, regrouped, int(codes.max()) + 1))


def _scores(solution: Solution, rows: Rows, groups: int) -> Array:
    sums, fitted = ClusterSums(rows.layout, groups), Prediction(rows.layout, solution.inner)
    for block in rows.blocks():
        residual = block.y - fitted.at(block)
        sums.add(block, residual if block.mass is None else residual * block.mass, rows.layout)
    return sums.matrix(rows.layout)


def _meat(solution: Solution, rows: Rows, codes: Codes, groups: int) -> Array:
    """Return Σ ss' over clusters that may be as many as the rows, some of them at a time."""
    order = np.argsort(codes, kind="stable")
    at_once = max(1, MOST_NUMBERS // solution.k)
    meat = np.zeros((solution.k, solution.k))
    for start in range(0, groups, at_once):
        stop = min(groups, start + at_once)
        some = order[slice(*np.searchsorted(codes[order], [start, stop]))]
        scores = _scores(solution, replace(rows.taken(some), clusters=codes[some] - start), stop - start)
        meat += scores.T @ scores
    return meat


def _repaired(solution: Solution, meat: Array) -> tuple[Array, float]:
    """Return the meat without negative eigenvalues in orthonormal columns, and the least as a share of the largest."""
    root = root_of(solution)
    values, vectors = np.linalg.eigh(root.T @ meat @ root)
    smallest = float(values[0] / values[-1])
    if smallest >= -NEGATIVE:
        return meat, smallest
    back = np.linalg.solve(root.T, vectors)
    return np.asarray((back * np.maximum(values, 0.0)) @ back.T), smallest


def _said(smallest: float) -> str:
    return (
        "the two-way covariance was not positive semi-definite "
        f"(smallest eigenvalue {100 * smallest:.1g} % of the largest): negative eigenvalues were set to zero"
    )
