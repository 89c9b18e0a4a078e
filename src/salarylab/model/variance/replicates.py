"""Replicate weights: the variance that a survey's own design gives."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError
from salarylab.model.kernel.rows import Rows
from salarylab.model.kernel.solution import Solution
from salarylab.model.kernel.sums import LevelSums, Prediction
from salarylab.model.variance.grams import WeightedGrams, batches, is_few

Array = NDArray[np.float64]

LEAST_RCOND = 1e-10
"""Least reciprocal condition number of a replicate's normal equations, in columns the main weights make orthonormal."""


def replicate_covariance(solution: Solution, replicates: Array, scale: float | Array) -> Array:
    """Return Σ scale·(θr − θ)(θr − θ)', shape (k, k), θr refitted under each replicate weight.

    ``replicates`` has shape (n, R), in the order of the solution's rows, which are in memory; weights may be zero
    or negative. ``scale`` is what ``Replication`` declares, or has shape (R,) where replicates count differently:
    (h − 1)/h for the jackknife that leaves out one of h units of a stratum. Raises ``ModelError`` when a replicate
    leaves a level without weight.

    **Source** US Census Bureau, PUMS Accuracy of the Data: variance by successive difference replication,
    4/80 times the sum of 80 squared differences; Fay and Train (1995), ASA Proceedings; Judkins (1990), Journal of
    Official Statistics 6(3), 223–239 (balanced replication and Fay's); Wolter (2007), Introduction to Variance
    Estimation, chapters 3 and 4.
    """
    return spread_of(deviations(solution, replicates), scale)


def spread_of(apart: Array, scale: float | Array) -> Array:
    """Return Σ scale·dd', shape (m, m), from how far each replicate's numbers lie from the estimate's, (R, m)."""
    return np.asarray((apart.T * scale) @ apart)


def deviations(solution: Solution, replicates: Array) -> Array:
    """Return θr − θ of each replicate weight, shape (R, k), in the columns as asked."""
    rows = solution.source
    if not isinstance(rows, Rows) or rows.count is not None or len(replicates) != len(rows):
        raise ModelError(_not_these_rows())
    moved = np.empty((replicates.shape[1], solution.k))
    few = is_few(rows)
    for some in batches(len(moved), rows.layout, few=few):
        moved[some] = _moved(solution, rows, replicates[:, some], some.start, few)
    return np.asarray(moved @ solution.back.T)


def _moved(solution: Solution, rows: Rows, replicates: Array, first: int, few: bool) -> Array:
    """Return how far each refit moves the inner coefficients: what its weights leave of the residuals."""
    grams = WeightedGrams(rows.layout, replicates.shape[1], few=few)
    moments = [LevelSums(rows.layout) for _ in range(replicates.shape[1])]
    fitted = Prediction(rows.layout, solution.inner)
    start = 0
    for block in rows.blocks():
        weights = replicates[start : start + len(block.y)]
        start += len(block.y)
        residual = block.y - fitted.at(block)
        grams.add(block, weights)
        for moment, column in zip(moments, weights.T, strict=True):
            moment.add(block, column * residual)
    root = np.linalg.cholesky(solution.spread)
    moved = np.empty((len(moments), solution.k))
    for i, gram in enumerate(root.T @ grams.matrices() @ root):
        if _rcond(gram) < LEAST_RCOND:
            raise ModelError(empty_replicate(first + i))
        moved[i] = root @ np.linalg.solve(gram, root.T @ moments[i].vector(rows.layout))
    return moved


def _rcond(gram: Array) -> float:
    """Return the reciprocal condition number of a Gram matrix, which weights below zero may leave indefinite."""
    size = np.abs(np.linalg.eigvalsh(gram))
    return float(size.min() / size.max()) if size.max() > 0 else 0.0


def empty_replicate(i: int) -> Fault:
    """Return the fault of the i-th replicate, under which an equation has no solution."""
    return Fault(
        "replicate weights",
        f"replicate {i + 1} leaves some level of a factor without weight",
        "every level present in every replicate",
        "choose coarser levels, or restrict the sample",
    )


def _not_these_rows() -> Fault:
    return Fault(
        "replicate weights",
        "rows that are streamed, taken together as cells, or not as many as the weights",
        "one row of replicate weights for each row of the sample, in memory",
        "build the design from a sample in memory",
    )
