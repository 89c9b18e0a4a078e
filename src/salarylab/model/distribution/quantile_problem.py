"""Problem of a quantile regression: what every quantile of the same rows shares, or the refusal of those rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError
from salarylab.model.kernel.orthogonal import DEPENDENT, refuse_collinear

Array = NDArray[np.float64]
Index = NDArray[np.int64]

SMALL = 12_000
"""Rows up to which all of them are solved at once."""

GROWTH = 6
"""How many times larger each sample is than the one before."""

DIRECTIONS = 8
INFORMING = 50
SEED = 20_260_101


@dataclass(frozen=True, slots=True)
class Problem:
    """Hold n rows ``x`` (n, k), samples of them, and coordinates in which the first sample's columns are orthonormal.

    ``samples`` grow, and are empty where all rows are solved at once. ``turn`` (k, k) takes coefficients of the
    coordinates to the columns' own; ``width`` (n,) is how far, relative to the mean row, a sample's fit may be off
    at each row.
    """

    x: Array = field(repr=False)
    y: Array = field(repr=False)
    weights: Array = field(repr=False)
    samples: tuple[Index, ...] = field(repr=False)
    turn: Array = field(repr=False)
    width: Array = field(repr=False)

    def among(self, sample: Index) -> Problem:
        """Return the problem of a sample's rows alone."""
        parts = (self.y[sample], self.weights[sample], (), self.turn, self.width[sample])
        return Problem(self.x[sample], *parts)


def prepare(x: Array, y: Array, weights: Array | None, names: Sequence[str] | None = None) -> Problem:
    """Return the problem, its first sample such that no column follows from others in it.

    Shapes as in ``solve_quantile``. Raises ``ModelError`` for values that are not finite, weights that are not
    positive and too few rows, ``CollinearError`` for collinear columns. The widths are square roots of
    leverages, which random directions estimate.

    **Source** Drineas, Magdon-Ismail, Mahoney and Woodruff (2012), Journal of Machine Learning Research 13,
    3475–3506 (leverages by random directions).
    """
    n, k = x.shape
    _refuse(x, y, weights)
    rng = np.random.default_rng(SEED)
    samples = _samples(n, k, rng)
    first = samples[0] if samples else np.arange(n)
    while True:
        triangle, length = _triangle(x[first])
        if np.abs(np.diag(triangle)).min() >= DEPENDENT:
            break
        more = _informing(x, triangle, length) if len(first) < n else first
        if np.isin(more, first).all():
            refuse_collinear(triangle, names or [f"column {j}" for j in range(k)], DEPENDENT)
        first = np.union1d(first, more)
    turn = np.linalg.inv(triangle) / length[:, None] * np.sqrt(len(first))
    w = np.ones(n) if weights is None else weights
    if not samples:
        return Problem(x, y, w, (), turn, np.ones(n))
    drawn = x @ (turn @ rng.standard_normal((k, DIRECTIONS)))
    width = np.sqrt(np.einsum("ij,ij->i", drawn, drawn) / (DIRECTIONS * k))
    return Problem(x, y, w, (first, *samples[1:]), turn, np.maximum(width, 0.3))


def _samples(n: int, k: int, rng: np.random.Generator) -> tuple[Index, ...]:
    """Return random rows, a few thousand and then ever more, each sample part of the next."""
    if n <= SMALL:
        return ()
    sizes = [max(n // GROWTH, SMALL // 3, 50 * k)]
    if sizes[0] >= n:
        return ()
    while sizes[0] > max(SMALL, 100 * k):
        sizes.insert(0, max(sizes[0] // GROWTH, SMALL // 3, 50 * k))
    drawn = rng.choice(n, sizes[-1], replace=False)
    return tuple(np.sort(drawn[:size]) for size in sizes)


def _triangle(x: Array) -> tuple[Array, Array]:
    """Return R of the QR factors of x with columns of unit length, and the lengths."""
    length = np.linalg.norm(x, axis=0)
    length[length == 0] = 1.0
    return np.asarray(np.linalg.qr(x / length, mode="r")), length


def _informing(x: Array, triangle: Array, length: Array) -> Index:
    """Return the rows that say most in the directions in which a sample says nothing."""
    _, size, directions = np.linalg.svd(triangle)
    silent = directions[size < 10 * DEPENDENT].T / length[:, None]
    said = np.abs(x @ (silent / np.linalg.norm(silent, axis=0)))
    loud = [np.argpartition(-column, INFORMING)[:INFORMING] for column in said.T]
    return np.unique(np.concatenate([some[column[some] > 1e-9] for some, column in zip(loud, said.T, strict=True)]))


def _refuse(x: Array, y: Array, weights: Array | None) -> None:
    n, k = x.shape
    faults = []
    if n <= k:
        faults.append(Fault("equation", f"{n} rows for {k} columns", "more rows than columns", "ask fewer factors"))
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        faults.append(Fault("equation", "values that are not finite", "numbers", "restrict the sample to known values"))
    if weights is not None and not (np.isfinite(weights) & (weights > 0)).all():
        faults.append(
            Fault("weights", "some at or below zero, or not finite", "positive weights", "restrict the sample")
        )
    if faults:
        raise ModelError(*faults)
