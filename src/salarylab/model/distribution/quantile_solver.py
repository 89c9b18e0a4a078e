"""Solver of a quantile regression: coefficients with a certificate that no others have less check loss.

Most rows lie so far from the fit that a sample already says on which side. Those above are summed to one row,
those below to another, and the rows in between are solved exactly; then every row's side is checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError
from salarylab.model.distribution.quantile_interior import approach
from salarylab.model.distribution.quantile_problem import Problem, prepare
from salarylab.model.distribution.quantile_vertex import Vertex, nearest_basis, settle, spread_of, unique

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Marks = NDArray[np.bool_]

PILOT_GAP, CLOSING_GAP = 1e-3, 1e-6
REACH = 3.0
"""Standard errors of the sample's fit within which a row's side is left open."""

ROUNDING = 1e-10
"""Of the outcome's spread: a residual under which a row lies on the fit."""


@dataclass(frozen=True, slots=True)
class Optimum:
    """Hold one exact quantile regression of n rows on k columns.

    ``loss`` is the check loss Σ w ρ_τ(y − xb); ``gap`` is the most by which, by duality, it exceeds the least.
    ``certified`` says that the dual is feasible and the gap no more than rounding, ``unique`` that no other
    coefficients have the same loss. ``below`` (n,) marks the rows under the fit and ``basis`` (k,) those that it goes
    through, whose dual values are ``multipliers`` (k,); ``tied`` rows lie on the fit, these among them. ``kept`` rows
    were solved exactly, with ``steps`` pivots.
    """

    tau: float
    coefficients: Array
    loss: float
    gap: float
    certified: bool
    unique: bool
    basis: Index = field(repr=False)
    multipliers: Array = field(repr=False)
    below: Marks = field(repr=False)
    residuals: Array = field(repr=False)
    tied: int
    kept: int
    steps: int


def solve_quantile(
    x: Array, y: Array, tau: float, weights: Array | None = None, names: Sequence[str] | None = None
) -> Optimum:
    """Return the coefficients with the least check loss Σ w ρ_τ(y − xb), ρ_τ(r) = r(τ − 1[r < 0]).

    ``x`` is a matrix (n, k); ``y`` and ``weights`` have shape (n,). Raises ``ModelError`` for a tau
    outside (0, 1), values that are not finite, weights that are not positive, no more rows than columns, and
    (``CollinearError``) collinear columns.

    **Source** Koenker and Bassett (1978), Econometrica 46(1), 33–50; Portnoy and Koenker (1997), Statistical
    Science 12(4), 279–300, section 6 (rows whose side is certain).

    >>> found = solve_quantile(np.ones((5, 1)), np.array([1.0, 2.0, 4.0, 8.0, 16.0]), 0.5)
    >>> found.coefficients.tolist(), found.loss, found.certified, found.unique
    ([4.0], 10.5, True, True)
    """
    return solve_quantiles(x, y, [tau], weights, names)[0]


def solve_quantiles(
    x: Array, y: Array, taus: Sequence[float], weights: Array | None = None, names: Sequence[str] | None = None
) -> list[Optimum]:
    """Return the optimum at each of several taus; each starts from its neighbour's.

    The sample's fits at two taus share most of their error: their difference, added to the exact fit at one, comes
    nearer to the fit at the other than the sample's own. Shapes and errors as in ``solve_quantile``.

    **Source** see ``solve_quantile``.

    >>> quarter, half = solve_quantiles(np.ones((5, 1)), np.array([1.0, 2.0, 4.0, 8.0, 16.0]), [0.25, 0.5])
    >>> quarter.coefficients.tolist(), half.coefficients.tolist()
    ([2.0], [4.0])
    """
    _refuse_taus(taus)
    problem = prepare(x, y, weights, names)
    samples = [problem.among(sample) for sample in problem.samples]
    found: dict[float, Optimum] = {}
    near: tuple[float, Array] | None = None
    for tau in sorted(set(taus)):
        pilot = _pilot(samples, tau)
        start, variance = pilot, tau * (1.0 - tau)
        if near is not None:
            before, its_pilot = near
            start = found[before].coefficients + pilot - its_pilot
            variance = min(variance, (tau - before) * (1.0 - tau + before))
        found[tau] = _solve(problem, tau, start, variance)
        near = (tau, pilot) if samples else None
    return [found[tau] for tau in taus]


def _pilot(samples: Sequence[Problem], tau: float) -> Array:
    """Return coefficients near those of the largest sample; each sample starts from the one before it."""
    pilot = np.zeros(0)
    for i, sample in enumerate(samples):
        share = 1.0 if i == 0 else _share(sample, len(samples[i - 1].y), tau * (1.0 - tau))
        sides = _sides(sample, pilot, share)
        x, y, weights = _laid_out(sample, sides)
        pilot = sample.turn @ approach(x, y, weights, tau, PILOT_GAP).coefficients
    return pilot


def _solve(problem: Problem, tau: float, start: Array, variance: float) -> Optimum:
    """Return the optimum: rows near the start's fit are left open, others' sides are taken as certain, then checked."""
    y = problem.y
    on_the_fit = ROUNDING * spread_of(y)
    share = _share(problem, len(problem.samples[-1]), variance) if problem.samples else 1.0
    sides = _sides(problem, start, share)
    basis: Index | None = None
    while True:
        found = _solve_open(problem, tau, sides, basis)
        r = y - problem.x @ found.coefficients
        wrong = ~sides.open & np.where(sides.below, r > on_the_fit, r < -on_the_fit)
        if found.basis is not None and not wrong.any():
            return _certified(problem, tau, found, r, on_the_fit)
        basis = found.basis
        if basis is None or wrong.sum() > sides.open.sum() / 2:
            share, basis = 2.0 * share, None
            sides = _sides(problem, start, share)
        sides = _Sides(sides.open | wrong, sides.below)


@dataclass(frozen=True, slots=True)
class _Sides:
    """Mark the rows whose side of the fit is open, and those that lie below a first guess of it, both (n,)."""

    open: Marks
    below: Marks


def _share(problem: Problem, sampled: int, variance: float) -> float:
    """Return the share of rows on either side of a sample's fit whose side it leaves open."""
    return float(REACH * np.sqrt(variance * problem.x.shape[1] / sampled))


def _sides(problem: Problem, start: Array, share: float) -> _Sides:
    """Return as open the rows among the given share of rows on either side of the start's fit."""
    n = len(problem.y)
    if share >= 0.5:
        return _Sides(np.ones(n, dtype=bool), np.zeros(n, dtype=bool))
    r = problem.y - problem.x @ start
    below = r < 0
    r /= problem.width
    some = r[:: max(1, n // 20_000)]
    middle = float((some < 0).mean())
    low, high = np.quantile(some, [max(middle - share, 0.0), min(middle + share, 1.0)])
    low, high = (-np.inf if middle <= share else low), (np.inf if middle + share >= 1 else high)
    return _Sides((r >= low) & (r <= high), below)


def _laid_out(problem: Problem, sides: _Sides) -> tuple[Array, Array, Array]:
    """Return the open rows with a row for the mean of those above and one for the mean of those below, and weights."""
    kept = np.flatnonzero(sides.open)
    x, y, w = problem.x[kept] @ problem.turn, problem.y[kept], problem.weights[kept]
    for side in (sides.below, ~sides.below):
        of_side = problem.weights * (side & ~sides.open)
        total = float(of_side.sum())
        if total > 0:
            x = np.vstack([x, of_side @ problem.x / total @ problem.turn])
            y, w = np.append(y, problem.y @ of_side / total), np.append(w, total)
    return x, y, w


@dataclass(frozen=True, slots=True)
class _Found:
    """Hold the vertex of the open rows; ``basis`` is None where one of the two means holds the fit."""

    coefficients: Array
    basis: Index | None
    below: Marks
    vertex: Vertex
    unique: bool
    kept: int


def _solve_open(problem: Problem, tau: float, sides: _Sides, basis: Index | None) -> _Found:
    """Solve the open rows exactly, from a basis where one is at hand."""
    kept = np.flatnonzero(sides.open)
    x, y, w = _laid_out(problem, sides)
    if basis is None:
        begun = nearest_basis(x, approach(x, y, w, tau, CLOSING_GAP).undecided)
    else:
        begun = np.searchsorted(kept, basis)
    vertex = settle(x, y, w, tau, begun)
    below = sides.below.copy()
    below[kept] = vertex.below[: len(kept)]
    held = bool((vertex.basis < len(kept)).all())
    alone = held and unique(x, y, w, vertex, tau)
    coefficients = problem.turn @ vertex.coefficients
    return _Found(coefficients, kept[vertex.basis] if held else None, below, vertex, alone, len(kept))


def _certified(problem: Problem, tau: float, found: _Found, r: Array, on_the_fit: float) -> Optimum:
    """Return the optimum with its certificate, worked out anew on all rows.

    The dual values are wτ above the fit, w(τ − 1) below it and the multipliers on it; X'a = 0 makes the dual's
    value Σ a r, and the gap is what the loss exceeds it by.
    """
    w = problem.weights
    dual = w * (tau - found.below)
    basis = np.empty(0, dtype=np.int64) if found.basis is None else found.basis
    dual[basis] = found.vertex.multipliers
    loss = float(w @ (r * (tau - (r < 0))))
    gap = float(np.sum(w * r * (tau - (r < 0)) - dual * r))
    unbalanced = np.abs(dual @ problem.x @ problem.turn).max() / float(w.sum())
    rounding = on_the_fit * 0.1 * float(w.sum())
    return Optimum(
        tau=tau,
        coefficients=found.coefficients,
        loss=loss,
        gap=gap,
        certified=bool(found.vertex.optimal and unbalanced < ROUNDING and gap <= rounding),
        unique=found.unique,
        basis=basis,
        multipliers=found.vertex.multipliers,
        below=found.below,
        residuals=r,
        tied=int((np.abs(r) <= on_the_fit).sum()),
        kept=found.kept,
        steps=found.vertex.steps,
    )


def _refuse_taus(taus: Sequence[float]) -> None:
    bad = [tau for tau in taus if not 0.0 < tau < 1.0]
    if bad or not len(taus):
        found = ", ".join(f"{tau:g}" for tau in bad) or "none"
        raise ModelError(Fault("quantiles", found, "numbers between 0 and 1", "0.5 is the median"))
