"""Replicate weights: the variance that a survey's own design gives."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError
from salarylab.model.least_squares import Solution
from salarylab.source import Replication

Array = NDArray[np.float64]


ILL_CONDITIONED = 1e10


def replicate_covariance(fit: Solution, x: Array, y: Array, replicates: Array, replication: Replication) -> Array:
    """Return scale · Σ(θr − θ)(θr − θ)', shape (k, k), θr refitted under each replicate weight.

    ``replicates`` has shape (n, R); its weights may be zero or negative, so each refit solves the normal
    equations in a well-scaled basis instead of taking square roots.

    **Source** US Census Bureau, PUMS Accuracy of the Data: variance by successive difference replication,
    4/80 times the sum of 80 squared differences; Fay and Train (1995), ASA Proceedings.
    """
    basis, r = np.linalg.qr(x)
    around = basis.T @ y
    backward = np.linalg.solve(r, np.eye(len(r)))
    deviations = np.empty((replicates.shape[1], len(r)))
    for i, weights in enumerate(replicates.T):
        weighted = basis * weights[:, None]
        gram = weighted.T @ basis
        if np.linalg.cond(gram) > ILL_CONDITIONED:
            raise ModelError(_empty_replicate(i))
        refit = np.linalg.solve(gram, weighted.T @ (y - basis @ around))
        deviations[i] = backward @ (around + refit) - fit.coefficients
    return replication.scale * deviations.T @ deviations


def _empty_replicate(i: int) -> Fault:
    return Fault(
        "replicate weights",
        f"replicate {i + 1} leaves some level of a factor without weight",
        "every level present in every replicate",
        "choose coarser levels, or restrict the sample",
    )
