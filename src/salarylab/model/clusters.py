"""Clusters: covariance when rows of one cluster are not independent, and the terms it cannot judge.

A term that is identified inside one or a few clusters has no cluster-robust variance: it is named, and
gets no standard error (60 countries as clusters and a country dummy: the textbook formula gives a
standard error near zero and intervals that never cover).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from salarylab.disclosure import show_count
from salarylab.errors import Fault, ModelError
from salarylab.model.least_squares import Solution

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

FEW_CLUSTERS = 20
FEW_EFFECTIVE = 4.0
"""Effective clusters behind one term below which its variance is not told."""

MOST_NUMBERS = 20_000_000
"""Numbers held at once while clusters of one size are solved together (160 MB)."""


@dataclass(frozen=True, slots=True)
class Clustered:
    """Hold a cluster-robust covariance (k, k), the clusters, and how many stand behind each term (k,).

    ``unidentified`` (k,) marks terms that rest on one or a few clusters.
    """

    covariance: Array = field(repr=False)
    clusters: int
    effective: Array = field(repr=False)
    unidentified: NDArray[np.bool_] = field(repr=False)


def clustered(fit: Solution, codes: Codes, kind: Literal["CR0", "CR1", "CRV3"], *, few: bool = False) -> Clustered:
    """Return the cluster-robust covariance of a fit; ``codes`` are dense cluster codes, shape (n,).

    CR0 has no correction, CR1 the factor G/(G−1)·(n−1)/(n−k); CRV3 is the jackknife over clusters around
    the full estimate, factor (G−1)/G. Raises ``ModelError`` below 20 clusters unless ``few``.

    **Source** Liang and Zeger (1986), Biometrika 73(1), 13–22 (CR0, CR1); MacKinnon, Nielsen and Webb
    (2023), Journal of Econometrics 232(2), 272–299 (CRV3 and the effective number of clusters).
    """
    groups = int(codes.max()) + 1
    if groups < FEW_CLUSTERS and not few:
        raise ModelError(_few_clusters(groups))
    order = np.argsort(codes, kind="stable")
    q, e = fit.q[order], fit.residuals[order]
    starts = np.searchsorted(codes[order], np.arange(groups + 1))
    n, k = q.shape
    if kind == "CRV3":
        scores, inside = _jackknifed(fit, q, e, starts)
    else:
        scores, inside = np.add.reduceat(q * e[:, None], starts[:-1], axis=0), np.zeros(k, dtype=bool)
    factor = {"CR0": 1.0, "CR1": groups / (groups - 1) * (n - 1) / (n - k), "CRV3": (groups - 1) / groups}[kind]
    deviations = scores @ fit.backward.T
    effective = effective_clusters(fit, codes, np.eye(k))
    return Clustered(factor * deviations.T @ deviations, groups, effective, inside | (effective < FEW_EFFECTIVE))


def _jackknifed(fit: Solution, q: Array, e: Array, starts: Codes) -> tuple[Array, NDArray[np.bool_]]:
    """Return scores Q_g'(I − H_g)⁻¹e_g, H_g = Q_gQ_g', and the terms that some cluster alone identifies.

    Clusters of one size are solved together. A direction with H_g-eigenvalue 1 vanishes with the cluster:
    it is left out of the score, and the terms that it moves are marked.
    """
    scores = np.empty((len(starts) - 1, q.shape[1]))
    inside = np.zeros(q.shape[1], dtype=bool)
    sizes = np.diff(starts)
    for size in np.unique(sizes):
        of_size = np.flatnonzero(sizes == size)
        at_once = max(1, MOST_NUMBERS // int(size * max(size, q.shape[1])))
        for some in np.array_split(of_size, -(-len(of_size) // at_once)):
            rows = starts[some][:, None] + np.arange(size)
            part = q[rows]
            values, vectors = np.linalg.eigh(part @ part.transpose(0, 2, 1))
            gone = values > 1.0 - 1e-9
            shrink = np.where(gone, 0.0, 1.0 / np.where(gone, 1.0, 1.0 - values))
            along = np.einsum("gij,gi->gj", vectors, e[rows]) * shrink
            scores[some] = np.einsum("gij,gi->gj", part, np.einsum("gij,gj->gi", vectors, along))
            if gone.any():
                lost = np.einsum("gij,gil->gjl", part, vectors).transpose(0, 2, 1)[gone]
                inside |= _touched(fit, lost.T)
    return scores, inside


def _touched(fit: Solution, directions: Array) -> NDArray[np.bool_]:
    """Return which coefficients move along directions that only one cluster identifies."""
    moved = np.abs(fit.backward @ directions)
    scale = np.linalg.norm(fit.backward, axis=1)
    return np.asarray((moved > 1e-6 * scale[:, None]).any(axis=1))


def effective_clusters(fit: Solution, codes: Codes, contrasts: Array) -> Array:
    """Return the effective number of clusters behind each contrast, shape (m,): inverse Herfindahl index.

    A cluster's share is its part of the contrast's partial leverage. ``contrasts`` has shape (m, k).

    **Source** MacKinnon, Nielsen and Webb (2023), Journal of Econometrics 232(2), 272–299, section 4.
    """
    loads = (fit.q @ (contrasts @ fit.backward).T) ** 2
    shares = np.stack([np.bincount(codes, load) for load in loads.T], axis=1)
    shares = shares / shares.sum(axis=0)
    return np.asarray(1.0 / (shares**2).sum(axis=0))


def _few_clusters(groups: int) -> Fault:
    return Fault(
        "clusters",
        show_count(groups),
        f"at least {FEW_CLUSTERS}: with fewer, intervals are too short",
        "cluster on something finer, or take CRV3 with t(G − 1) knowingly: Spec(…, few_clusters=True)",
    )
