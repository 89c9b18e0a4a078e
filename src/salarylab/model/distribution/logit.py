"""Logit: the log odds of a yes as a linear equation, by Newton's method, with separation found and named.

Where some rows are predicted perfectly the likelihood has no greatest value: the coefficients grow without end.
Such a fit is refused, with the terms that predict and the rows that are predicted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from salarylab.disclosure import show_count
from salarylab.errors import Fault, ModelError
from salarylab.model.distribution.basis import Basis

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

MOST_STEPS = 30
"""Newton steps after which a fit is not going to settle: each moves a perfectly predicted row by about one."""

SETTLED = 1e-9
"""Largest move of a row's log odds, relative to the largest log odds, in the last step."""


@dataclass(frozen=True, slots=True)
class Logit:
    """Hold a fitted logit.

    ``along`` (k,) are its coefficients on the basis, ``coefficients`` (k,) those on the design's columns;
    ``probabilities`` (n,); ``bread`` (k, k) is the inverse of the information on the design's columns.
    """

    coefficients: Array
    along: Array = field(repr=False)
    probabilities: Array = field(repr=False)
    bread: Array = field(repr=False)


class SeparatedError(ModelError):
    """Refuse a logit that some rows would push to infinity: ``terms`` predict them, ``outside`` (n,) marks them."""

    def __init__(self, terms: Sequence[str], outside: Flags, fault: Fault) -> None:
        super().__init__(fault)
        self.terms = tuple(terms)
        self.outside = outside


def logit(basis: Basis, yes: Array, weights: Array | None = None, start: Array | None = None) -> Logit:
    """Fit the log odds of ``yes`` (n,), zeros and ones, on a basis.

    ``weights`` (n,) may hold a replicate's zero or negative weights; ``start`` (k,) is where Newton's method begins,
    in units of the basis. Raises ``ModelError`` when all rows answer the same and ``SeparatedError`` when some are
    predicted perfectly.

    **Source** McCullagh and Nelder (1989), Generalized Linear Models, 2nd ed., section 4.4; Albert and
    Anderson (1984), Biometrika 71(1), 1–10 (separation).

    >>> from salarylab.model.distribution.basis import basis_of
    >>> basis = basis_of(np.column_stack([np.ones(8), [0, 0, 0, 0, 1, 1, 1, 1]]), ["intercept", "b"])
    >>> logit(basis, np.array([1.0, 0, 0, 0, 1, 1, 1, 0])).coefficients.round(9).tolist()
    [-1.098612289, 2.197224577]
    """
    w = np.ones(len(yes)) if weights is None else weights
    _refuse_one_answer(yes)
    along = np.zeros(basis.rows.shape[1]) if start is None else start
    eta = basis.rows @ along
    for _ in range(MOST_STEPS):
        p = sigmoid(eta)
        score: Array = basis.rows.T @ (w * (yes - p))
        step: Array = np.linalg.solve(_information(basis, w, p), score).astype(np.float64)
        move = basis.rows @ step
        size = _shortened(eta, move, yes, w)
        along, eta = along + size * step, eta + size * move
        if np.abs(move).max() < SETTLED * (1.0 + np.abs(eta).max()):
            p = sigmoid(eta)
            inverse = np.linalg.inv(_information(basis, w, p))
            return Logit(basis.backward @ along, along, p, basis.backward @ inverse @ basis.backward.T)
    raise _unsettled(basis, yes, step)


def sigmoid(log_odds: Array) -> Array:
    """Return probabilities of the same shape as log odds.

    >>> sigmoid(np.array([0.0, 800.0])).tolist()
    [0.5, 1.0]
    """
    probabilities: Array = 0.5 + 0.5 * np.tanh(0.5 * log_odds)
    return probabilities


def _information(basis: Basis, w: Array, p: Array) -> Array:
    information: Array = (basis.rows * (w * p * (1.0 - p))[:, None]).T @ basis.rows
    return information


def _shortened(eta: Array, move: Array, yes: Array, w: Array) -> float:
    """Return how much of a step to take: all of it, or halves until the likelihood does not fall."""
    now, size = _log_likelihood(eta, yes, w), 1.0
    while size > 1e-3 and _log_likelihood(eta + size * move, yes, w) < now - 1e-9 * abs(now):
        size /= 2
    return size


def _log_likelihood(eta: Array, yes: Array, w: Array) -> float:
    return float(w @ (yes * eta - np.logaddexp(0.0, eta)))


def _refuse_one_answer(yes: Array) -> None:
    if yes.min() == yes.max():
        raise ModelError(
            Fault("logit", f"every row answers {'yes' if yes[0] else 'no'}", "rows of both answers", "widen the sample")
        )


def _unsettled(basis: Basis, yes: Array, step: Array) -> ModelError:
    """Return the refusal of a fit that did not settle; of separation only where its certificate holds.

    The certificate is a direction in which every row's log odds stay or move towards its own answer. It is the last
    step, less whatever of it moves the rows that have settled.
    """
    towards = (2.0 * yes - 1.0) * (basis.rows @ step)
    outside = towards > 0.1
    settled = basis.rows[~outside]
    values, vectors = np.linalg.eigh(settled.T @ settled)
    free = vectors[:, values < 1e-9 * max(float(values.max(initial=0.0)), 1.0)]
    direction = free @ (free.T @ step)
    moved = (2.0 * yes - 1.0) * (basis.rows @ direction)
    if not outside.any() or moved[outside].min() <= 0 or np.abs(moved[~outside]).max(initial=0.0) > 1e-3:
        return ModelError(
            Fault("logit", f"no end after {MOST_STEPS} steps", "a likelihood with one greatest value", "ask less")
        )
    size = np.abs(basis.backward @ direction) / np.linalg.norm(basis.backward, axis=1)
    terms = list(dict.fromkeys(n for n, s in zip(basis.names, size, strict=True) if s > 1e-6 * size.max()))
    return SeparatedError(terms, outside, _separated(terms, int(outside.sum())))


def _separated(terms: Sequence[str], rows: int) -> Fault:
    return Fault(
        "logit",
        f"{show_count(rows)} rows perfectly predicted by {', '.join(terms)}",
        "rows of both answers wherever the terms tell rows apart",
        "choose coarser levels, leave the factor out, or restrict the sample",
    )
