"""Spectra: each cluster's share of a design, by which the jackknife and CR2 correct its residuals.

With Q the design made orthonormal, all that these rules need of a cluster is the spectrum of Q_g'Q_g: few
eigenvalues where the cluster has few rows, and as many as there are columns where it has many. So a cluster of
three rows costs three vectors, and one of a million rows costs one Gram matrix.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from salarylab.model.kernel.rows import Block, Rows, dense
from salarylab.model.kernel.solution import Solution
from salarylab.model.kernel.sums import PairTables
from salarylab.model.variance.grams import few_rows

Array = NDArray[np.float64]
Codes = NDArray[np.integer]

MOST_NUMBERS = 2_000_000
"""Numbers of vectors held at once (16 MB)."""

INSIDE = 1e-9
"""Distance from one of an eigenvalue of Q_g'Q_g below which its direction lives in that cluster alone.

More where the design is so ill-conditioned that eigenvalues are not known that well.
"""


@dataclass(frozen=True, slots=True)
class Spectra:
    """Hold some clusters' shares: ``values`` (c, r), ``vectors`` (c, r, k) with Q_g'Q_g = vectors'·values·vectors.

    ``inside`` (c, r) marks directions that live in that cluster alone: they vanish with it.
    """

    clusters: Codes
    values: Array
    vectors: Array
    inside: NDArray[np.bool_]

    def corrected(self, scores: Array, power: float) -> Array:
        """Return (I − Q_g'Q_g)^−power times scores (c, k) in each cluster's span, without what is inside."""
        along = np.einsum("crk,ck->cr", self.vectors, scores) * self.kept(power)
        return np.asarray(np.einsum("crk,cr->ck", self.vectors, along))

    def leverage(self, maps: Array) -> Array:
        """Return the sum of squared loads of contrasts, maps (m, k) in columns of Q, in each cluster: shape (c, m)."""
        loads = self.vectors @ maps.T
        return np.asarray(np.einsum("crm,cr->cm", loads * loads, self.values))

    def kept(self, power: float) -> Array:
        """Return (1 − value)^−power of each direction, shape (c, r), and zero of those inside."""
        return np.where(self.inside, 0.0, np.where(self.inside, 1.0, 1.0 - self.values) ** -power)


def root_of(solution: Solution) -> Array:
    """Return R, shape (k, k), that makes the weighted design orthonormal: Q = √W·Z·R."""
    return np.asarray(np.linalg.cholesky(solution.spread), dtype=np.float64)


def spectra(solution: Solution, root: Array) -> Iterator[Spectra]:
    """Yield the clusters of a solution in memory, some at a time: small ones of one size together, then large ones."""
    rows = solution.source
    assert isinstance(rows, Rows)
    assert rows.clusters is not None
    k = solution.k
    limit = 1.0 - max(INSIDE, 1e-14 / solution.rcond)
    order = np.argsort(rows.clusters, kind="stable")
    starts = np.searchsorted(rows.clusters[order], np.arange(int(rows.clusters.max()) + 2))
    sizes = np.diff(starts)
    for size in np.unique(sizes[(sizes > 0) & (sizes <= k)]):
        of_size = np.flatnonzero(sizes == size)
        at_once = max(1, MOST_NUMBERS // int(size * k))
        for start in range(0, len(of_size), at_once):
            some = of_size[start : start + at_once]
            q = _orthonormal(rows.taken(order[(starts[some][:, None] + np.arange(size)).ravel()]), root)
            _, singular, vectors = np.linalg.svd(q.reshape(len(some), size, k), full_matrices=False)
            yield Spectra(some, singular**2, vectors, singular**2 > limit)
    large, at_once = np.flatnonzero(sizes > k), max(1, MOST_NUMBERS // k**2)
    for start in range(0, len(large), at_once):
        some = large[start : start + at_once]
        grams = np.array([_gram(rows.taken(order[starts[g] : starts[g + 1]])) for g in some])
        values, columns = np.linalg.eigh(root.T @ grams @ root)
        values = np.maximum(values, 0.0)
        yield Spectra(some, values, columns.transpose(0, 2, 1), values > limit)


def _orthonormal(rows: Rows, root: Array) -> Array:
    """Return the rows of Q, shape (n, k); a cell counts as one row of its mass."""
    return np.vstack([_scaled(block, rows) for block in rows.blocks()]) @ root


def _scaled(block: Block, rows: Rows) -> Array:
    z = dense(block, rows.layout)
    return z if block.mass is None else z * np.sqrt(block.mass)[:, None]


def _gram(rows: Rows) -> Array:
    if not few_rows(len(rows), rows.layout):
        tables = PairTables(rows.layout)
        for block in rows.blocks():
            tables.add(block, block.mass)
        return tables.gram(rows.layout)
    parts = [_scaled(block, rows) for block in rows.blocks()]
    return sum((part.T @ part for part in parts), np.zeros((rows.layout.k, rows.layout.k)))
