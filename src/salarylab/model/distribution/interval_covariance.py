"""Covariance of an interval regression: the sandwich of its scores, and its one-step jackknife."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from salarylab.disclosure import show_count
from salarylab.errors import Fault, ModelError
from salarylab.model.distribution.interval_likelihood import Banded, curvature
from salarylab.model.distribution.interval_newton import newton
from salarylab.model.variance.dependence import sums_by

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

RULES = ("classical", "HC0", "HC1", "HC3", "CR0", "CR1", "CRV3", "replicate")
ALONE = 1e-9


def sandwich(banded: Banded, found: Array, kind: str, codes: Codes | None = None) -> Array:
    """Return the covariance of (β, γ) at the maximum, shape (k + m, k + m).

    ``kind`` is classical (the inverse information), HC0, HC1 (times n/(n − k)), HC3 (one-step jackknife over
    rows), CR0, CR1 (times G/(G − 1)·(n − 1)/(n − k)) or CRV3 (one-step jackknife over clusters, times (G − 1)/G);
    ``codes`` (n,) are dense cluster codes. Raises ``ModelError`` for HC3 where a row alone decides a term.

    **Source** White (1982), Econometrica 50(1), 1–25; MacKinnon, Nielsen and Webb, Cluster-robust jackknife and
    bootstrap inference for logistic regression models, arXiv:2406.00650 (the jackknife linearised in the scores).
    """
    residuals, sigma = banded.at(found)
    w = banded.weights
    bread = inverse(banded.natural(found)[2])
    pieces = w * np.stack([residuals.moments[0] / sigma, residuals.moments[1]])
    n, k = banded.x.shape
    if kind == "classical":
        return bread
    if kind == "HC3":
        across, mixed, along = curvature(residuals, sigma)
        pieces = _without_itself(banded, bread, pieces, w * np.stack([[along, mixed], [mixed, across]]))
    scores = np.hstack([banded.x * pieces[0][:, None], banded.z * pieces[1][:, None]])
    factor = n / (n - k) if kind == "HC1" else 1.0
    if kind.startswith("CR") and codes is not None:
        groups = int(codes.max()) + 1
        scores = sums_by(codes, scores)
        if kind == "CRV3":
            scores = _without_clusters(banded, found, bread, scores, codes)
        factor = {"CR0": 1.0, "CR1": groups / (groups - 1) * (n - 1) / (n - k), "CRV3": (groups - 1) / groups}[kind]
    half = scores @ bread
    covariance: Array = factor * half.T @ half
    return covariance


def inverse(information: Array) -> Array:
    """Return the inverse of an information matrix, scaled to a unit diagonal first."""
    size = np.sqrt(np.diag(information))
    unscaled: Array = np.linalg.inv(information / np.outer(size, size)) / np.outer(size, size)
    return unscaled


def _without_itself(banded: Banded, bread: Array, pieces: Array, curved: Array) -> Array:
    """Return the score pieces (2, n) of a row over what is left of the information without that row.

    With U the row's columns in the mean and in ln σ and A its curvature: (I − A U'BU)⁻¹ r, two by two.
    """
    k = banded.k
    mean, both, spread = bread[:k, :k], bread[:k, k:], bread[k:, k:]
    x, z = banded.x, banded.z
    crossed = np.sum((x @ both) * z, axis=1)
    reach = np.stack([[np.sum((x @ mean) * x, axis=1), crossed], [crossed, np.sum((z @ spread) * z, axis=1)]])
    left = np.eye(2) - np.einsum("abn,bcn->nac", curved, reach)
    alone = int((np.abs(np.linalg.det(left)) < ALONE).sum())
    if alone:
        raise ModelError(
            Fault(
                "interval regression",
                f"{show_count(alone)} rows that alone decide a term",
                "at least two rows for every term, for HC3",
                "choose coarser levels, or covariance='HC1' and say so",
            )
        )
    shrunk: Array = np.linalg.solve(left, pieces.T[:, :, None])[:, :, 0].T
    return shrunk


def _without_clusters(banded: Banded, found: Array, bread: Array, scores: Array, codes: Codes) -> Array:
    """Return each cluster's score over what is left of the information without it, shape (G, k + m).

    A direction that a cluster alone identifies vanishes with it and is left out; the terms that it moves are
    marked by the caller.
    """
    residuals, sigma = banded.at(found)
    across, mixed, along = (banded.weights * part for part in curvature(residuals, sigma))
    root = np.linalg.cholesky(bread)
    x, z = banded.x @ root[: banded.k], banded.z @ root[banded.k :]
    shrunk = np.empty_like(scores)
    order = np.argsort(codes, kind="stable")
    for group, rows in enumerate(np.split(order, np.cumsum(np.bincount(codes))[:-1])):
        xg, zg = x[rows], z[rows]
        crossed = (xg * mixed[rows, None]).T @ zg
        own = (xg * along[rows, None]).T @ xg + (zg * across[rows, None]).T @ zg + crossed + crossed.T
        values, vectors = np.linalg.eigh(own)
        kept = 1.0 - values > ALONE
        through = vectors[:, kept] / (1.0 - values[kept])
        shrunk[group] = np.linalg.solve(root.T, through @ (vectors[:, kept].T @ (root.T @ scores[group])))
    return shrunk


def refitted(banded: Banded, found: Array, weights: Array) -> Array:
    """Return the maximum (β, γ) under other weights (n,), zero or negative ones included, from the one found."""
    other = Banded(banded.x, banded.z, banded.low, banded.high, weights, banded.floor)
    return newton(other.natural, found, [f"column {i + 1}" for i in range(len(found))])
