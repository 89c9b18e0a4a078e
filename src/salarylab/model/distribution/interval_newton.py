"""Newton: the maximum of an interval likelihood, or a refusal that names what has none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError
from salarylab.model.distribution.interval_likelihood import Banded, Slopes
from salarylab.model.least_squares import solve_dense

Array = NDArray[np.float64]

CLOSE = 1e-10
"""Length of a Newton step, in standard errors, at which the maximum is reached."""

QUADRATIC = 1e-3
"""Length of a step below which values differ by less than rounding, and the full step is taken."""

MOST_STEPS = 100
LEAST_INFORMATION = 1e-7
"""Share of the information that points would give below which a combination of terms is known by nothing."""


def maximise(banded: Banded, names: Sequence[str], spread_names: Sequence[str] = ("ln σ",)) -> Array:
    """Return the maximum (β, γ) of the likelihood, shape (k + m,).

    Starts from least squares on middles, goes by Newton with the analytic Hessian in Olsen's parameters, and from
    there, where σ differs between rows, in (β, γ). Raises ``ModelError`` for collinear columns, pay that is open
    on one side throughout, and a likelihood without a maximum, naming the terms along which it rises without end.
    """
    _refuse_one_sided(banded)
    middle = middles(banded.low, banded.high)
    start = solve_dense(banded.x, middle, names, banded.weights)
    spread = float(np.sqrt(start.residuals @ start.residuals / banded.weights.sum()))
    if spread <= CLOSE * max(1.0, float(np.abs(middle).max())):
        raise ModelError(_no_maximum(["σ, which is zero: the factors give pay exactly"]))
    scaled = newton(banded.olsen, np.r_[start.coefficients, 1.0] / spread, (*names, "1/σ"))
    sigma = 1.0 / float(scaled[-1])
    found: Array = np.r_[scaled[:-1] * sigma, np.log(sigma), np.zeros(banded.z.shape[1] - 1)]
    if banded.z.shape[1] > 1:
        found = newton(banded.natural, found, (*names, *spread_names))
    refuse_unbounded(banded, found, (*names, *spread_names))
    return found


def middles(low: Array, high: Array) -> Array:
    """Return a log pay within each interval, shape (n,): its middle, or its one end."""
    ends = np.stack([np.where(np.isfinite(low), low, high), np.where(np.isfinite(high), high, low)])
    inside: Array = ends.mean(axis=0)
    return inside


def newton(objective: Callable[[Array], Slopes], start: Array, names: Sequence[str]) -> Array:
    """Return the maximum of an objective by Newton steps, halved until it rises; to 1e-10 standard errors.

    Where the information is not positive definite (a spread that differs between rows; never in Olsen's
    parameters) the step is damped. Raises ``ModelError`` when no maximum is reached in 100 steps.
    """
    at = start
    value, gradient, information = objective(at)
    for _ in range(MOST_STEPS):
        step, length = _step(gradient, information)
        if length <= CLOSE:
            top: Array = at + step
            return top
        at, value, gradient, information = _rise(objective, at, step, value, length <= QUADRATIC)
    raise ModelError(_no_maximum(_largest(np.abs(_step(gradient, information)[0]), names)))


def _rise(
    objective: Callable[[Array], Slopes], at: Array, step: Array, value: float, near: bool
) -> tuple[Array, float, Array, Array]:
    share = 1.0
    while True:
        there = at + share * step
        with np.errstate(all="ignore"):  # a step too far may leave the range of numbers: it is halved
            reached, gradient, information = objective(there)
        if np.isfinite(reached) and (near or reached >= value or share < 1e-12):
            return there, reached, gradient, information
        share /= 2


def _step(gradient: Array, information: Array) -> tuple[Array, float]:
    """Return the Newton step and its length in standard errors; damped where the information is not definite."""
    size = np.sqrt(np.maximum(np.abs(np.diag(information)), np.finfo(float).tiny))
    scaled, along = information / np.outer(size, size), gradient / size
    for damping in (0.0, *10.0 ** np.arange(-10, 4)):
        try:
            root = np.linalg.cholesky(scaled + damping * np.eye(len(size)))
        except np.linalg.LinAlgError:
            continue
        half = np.linalg.solve(root, along)
        return np.linalg.solve(root.T, half) / size, float(np.linalg.norm(half))
    raise ModelError(_no_maximum(["all terms: the likelihood is flat"]))


def refuse_unbounded(banded: Banded, found: Array, names: Sequence[str]) -> None:
    """Refuse a maximum that lies at infinity: there some combination of terms is known by nothing.

    The information is compared with what the same rows would give as points. A level of which every row is open
    on the same side, or bands that the factors tell apart, leave none.

    **Source** Albert and Anderson (1984), Biometrika 71(1), 1–10: separation.
    """
    information = banded.natural(found)[2]
    sigma = np.exp(banded.z @ found[banded.k :])
    of_points = np.zeros_like(information)
    k, w = banded.k, banded.weights
    of_points[:k, :k] = (banded.x * (w / sigma**2)[:, None]).T @ banded.x
    of_points[k:, k:] = 2 * (banded.z * w[:, None]).T @ banded.z
    size = np.sqrt(np.diag(of_points))
    root = np.linalg.cholesky(of_points / np.outer(size, size))
    half = np.linalg.solve(root, information / np.outer(size, size))
    shares, directions = np.linalg.eigh(np.linalg.solve(root, half.T))
    if shares[0] < LEAST_INFORMATION:
        raise ModelError(_no_maximum(_largest(np.abs(np.linalg.solve(root.T, directions[:, 0])), names)))


def _largest(sizes: Array, names: Sequence[str]) -> list[str]:
    return [name for name, size in zip(names, sizes, strict=True) if size > sizes.max() / 3]


def _refuse_one_sided(banded: Banded) -> None:
    """Refuse bounds that hold nothing to say of the spread of pay: less than two cuts, or one side only."""
    low, high = banded.low[np.isfinite(banded.low)], banded.high[np.isfinite(banded.high)]
    cuts = np.unique(np.r_[low, high])
    if len(low) and len(high) and len(cuts) > 1:
        return
    raise ModelError(
        Fault(
            "bounds of pay",
            "one cut only" if len(cuts) == 1 else "open on the same side in every row",
            "pay known as points, or bands with at least two cuts",
            "take a source that states pay more finely: of one cut a share can be told, not pay",
        )
    )


def _no_maximum(terms: Sequence[str]) -> Fault:
    return Fault(
        "interval regression",
        f"a likelihood without a maximum; it rises without end along: {', '.join(terms)}",
        "rows on both sides of a cut at every level",
        "choose coarser levels, or leave the factor out (of ln σ: spread=())",
    )
