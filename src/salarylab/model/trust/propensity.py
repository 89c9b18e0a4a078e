"""Propensity: how probable each level of a factor is, given the controls: a multinomial logit."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

STEPS = 200
SETTLED = 1e-12
"""Newton decrement, per unit of weight, below which the likelihood has settled."""


@dataclass(frozen=True, slots=True)
class Logit:
    """Hold a multinomial logit of L levels, the first as reference.

    ``coefficients`` (p, L − 1); ``probabilities`` (n, L) of the fitted rows; ``information`` the Hessian of the
    negative log likelihood, shape (p·(L − 1), p·(L − 1)), level slowest.
    """

    coefficients: Array = field(repr=False)
    probabilities: Array = field(repr=False)
    information: Array = field(repr=False)

    def at(self, x: Array) -> Array:
        """Return the probabilities of the levels at other controls (n', p), shape (n', L)."""
        return _probabilities(x @ self.coefficients)


def logit(
    x: Array,
    codes: Codes,
    levels: int,
    weights: Array | None = None,
    *,
    ridge: float = 0.0,
    start: Array | None = None,
) -> Logit:
    """Fit a multinomial logit by Newton's method; ``x`` (n, p), ones first, ``codes`` (n,), ``weights`` (n,).

    ``codes`` are below ``levels``. ``ridge`` is the precision of a normal prior on the coefficients of standardised
    columns, the intercept apart; ``start`` (p, L − 1) are coefficients to start from. Where a control separates levels,
    probabilities go to zero and one and the likelihood still settles: whoever divides by them must trim. Raises
    ``ModelError`` for numbers that are not finite, a level without rows, or a likelihood that does not settle.

    **Source** McFadden (1974), in Zarembka (ed.), Frontiers in Econometrics, 105–142.

    >>> fitted = logit(np.ones((4, 1)), np.array([0, 1, 1, 1]), 2)
    >>> fitted.probabilities[0].round(9).tolist()
    [0.25, 0.75]
    """
    w = np.ones(len(codes)) if weights is None else weights
    _refuse(x, codes, levels, w)
    scale = _standardising(x, w)
    back = np.linalg.inv(scale)
    scaled = x @ scale
    chosen = np.asarray(codes[:, None] == np.arange(1, levels), dtype=np.float64)
    prior = np.full((x.shape[1], levels - 1), ridge)
    prior[0] = 0.0
    begin = back @ start if start is not None and start.shape == prior.shape else np.zeros(prior.shape)
    found = _newton(scaled, chosen, w, prior, begin)
    p = _probabilities(scaled @ found)
    each = np.kron(np.eye(levels - 1), back)
    return Logit(scale @ found, p, each.T @ _information(scaled, p[:, 1:], w, prior) @ each)


def _standardising(x: Array, w: Array) -> Array:
    """Return the matrix (p, p) that centres and scales all columns but the first, the intercept."""
    mean = np.average(x, axis=0, weights=w)
    spread = np.sqrt(np.average((x - mean) ** 2, axis=0, weights=w))
    spread[spread <= 1e-12 * np.maximum(np.abs(mean), 1.0)] = 1.0
    spread[0], mean[0] = 1.0, 0.0
    found = np.diag(1.0 / spread)
    found[0] -= mean / spread
    return found


def _newton(x: Array, chosen: Array, w: Array, prior: Array, start: Array) -> Array:
    """Return the coefficients (p, L − 1) at which the penalised likelihood settles, halving steps that lose."""
    b = start
    value = _loss(x, chosen, w, prior, b)
    for _ in range(STEPS):
        p = _probabilities(x @ b)[:, 1:]
        slope = x.T @ (w[:, None] * (p - chosen)) + prior * b
        information = _information(x, p, w, prior)
        jitter = 1e-10 * float(np.trace(information)) / len(information)
        step = np.linalg.solve(information + jitter * np.eye(len(information)), slope.T.ravel())
        move = step.reshape(b.shape[1], -1).T
        if float(slope.T.ravel() @ step) < SETTLED * w.sum():
            return np.asarray(b - move)
        for halving in range(40):
            tried = b - move / 2**halving
            new = _loss(x, chosen, w, prior, tried)
            if new <= value:
                break
        else:
            return b
        b, value = tried, new
    remedy = "choose coarser controls, or fewer"
    raise ModelError(Fault("propensities", "a likelihood that does not settle", "a finite maximum", remedy))


def _probabilities(index: Array) -> Array:
    whole = np.column_stack([np.zeros(len(index)), index])
    whole = np.exp(whole - whole.max(axis=1, keepdims=True))
    return np.asarray(whole / whole.sum(axis=1, keepdims=True))


def _loss(x: Array, chosen: Array, w: Array, prior: Array, b: Array) -> float:
    index = x @ b
    top = np.maximum(index.max(axis=1), 0.0)
    log_sum = top + np.log(np.exp(-top) + np.exp(index - top[:, None]).sum(axis=1))
    return float(w @ (log_sum - (index * chosen).sum(axis=1))) + 0.5 * float((prior * b**2).sum())


def _information(x: Array, p: Array, w: Array, prior: Array) -> Array:
    """Return the Hessian for probabilities (n, L − 1) of the levels but the first."""
    columns, levels = prior.shape
    found = np.diag(prior.T.ravel())
    for a in range(levels):
        for b in range(a, levels):
            curve = w * p[:, a] * ((a == b) - p[:, b])
            block = (x * curve[:, None]).T @ x
            rows, across = slice(a * columns, (a + 1) * columns), slice(b * columns, (b + 1) * columns)
            found[rows, across] += block
            if a != b:
                found[across, rows] += block.T
    return found


def _refuse(x: Array, codes: Codes, levels: int, w: Array) -> None:
    faults = []
    if not (np.isfinite(x).all() and np.isfinite(w).all()):
        faults.append(Fault("propensities", "values that are not finite", "numbers", "restrict the sample"))
    elif (w <= 0).any():
        faults.append(Fault("propensities", "a weight at or below zero", "positive weights", "restrict the sample"))
    elif (x[:, 0] != 1).any():
        faults.append(Fault("propensities", "a first column that is not all ones", "the intercept first", "add it"))
    if levels < 2 or len(np.unique(codes)) < levels:
        remedy = "merge levels, widen the sample, or take fewer folds"
        faults.append(Fault("propensities", "a level without rows", "two levels or more, with rows each", remedy))
    if faults:
        raise ModelError(*faults)
