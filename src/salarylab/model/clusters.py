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

from salarylab.errors import Fault, ModelError
from salarylab.model.least_squares import Solution

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

FEW_CLUSTERS = 20
FEW_EFFECTIVE = 4.0
"""Effective clusters behind one term below which its variance is not told."""


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
    scores = np.add.reduceat(q * e[:, None], starts[:-1], axis=0)
    inside = np.zeros(k, dtype=bool)
    if kind == "CRV3":
        scores, inside = _jackknifed(fit, q, e, starts, scores)
    factor = {"CR0": 1.0, "CR1": groups / (groups - 1) * (n - 1) / (n - k), "CRV3": (groups - 1) / groups}[kind]
    deviations = scores @ fit.backward.T
    effective = _effective(fit, q, starts)
    return Clustered(factor * deviations.T @ deviations, groups, effective, inside | (effective < FEW_EFFECTIVE))


def _jackknifed(fit: Solution, q: Array, e: Array, starts: Codes, scores: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Return scores scaled by (I − S_g)⁻¹, S_g = Q_g'Q_g, and the terms lost when some cluster is left out."""
    k = q.shape[1]
    inside = np.zeros(k, dtype=bool)
    sizes = np.diff(starts)
    leverage = np.einsum("ij,ij->i", q, q)
    single = sizes == 1
    rows = starts[:-1][single]
    whole = leverage[rows] > 1.0 - 1e-9
    scaled = scores.copy()
    scaled[single] = np.where(whole[:, None], 0.0, scores[single] / np.where(whole, 1.0, 1.0 - leverage[rows])[:, None])
    for row in rows[whole]:
        inside |= _touched(fit, q[row][:, None])
    for g in np.flatnonzero(~single):
        part, left = q[starts[g] : starts[g + 1]], e[starts[g] : starts[g + 1]]
        u, s, vt = np.linalg.svd(part, full_matrices=False)
        gone = s**2 > 1.0 - 1e-9
        if gone.any():
            inside |= _touched(fit, vt[gone].T)
        shrink = np.where(gone, 0.0, s / np.where(gone, 1.0, 1.0 - s**2))
        scaled[g] = vt.T @ (shrink * (u.T @ left))
    return scaled, inside


def _touched(fit: Solution, directions: Array) -> NDArray[np.bool_]:
    """Return which coefficients move along directions that only one cluster identifies."""
    moved = np.abs(fit.backward @ directions)
    scale = np.linalg.norm(fit.backward, axis=1)
    return np.asarray((moved > 1e-6 * scale[:, None]).any(axis=1))


def _effective(fit: Solution, q: Array, starts: Codes) -> Array:
    """Return the effective number of clusters per term: inverse Herfindahl of partial leverage."""
    loads = (q @ fit.backward.T) ** 2
    shares = np.add.reduceat(loads, starts[:-1], axis=0)
    shares = shares / shares.sum(axis=0)
    return np.asarray(1.0 / (shares**2).sum(axis=0))


def _few_clusters(groups: int) -> Fault:
    return Fault(
        "clusters",
        f"{groups}",
        f"at least {FEW_CLUSTERS}: with fewer, intervals are too short",
        "cluster on something finer, or take CRV3 with t(G − 1) knowingly: Spec(…, few_clusters=True)",
    )
