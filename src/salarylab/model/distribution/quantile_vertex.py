"""Vertex of a quantile regression: the fit that goes through k rows, and the exact steps to the best one.

A vertex is optimal when the pull of all other rows is held by its own: each multiplier λ lies in [w(τ − 1), wτ].
Rows that lie on the fit without holding it are put to one side of it by a perturbation of 1e-11, so that steps
end; the side is a valid subgradient, so that nothing is lost.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rows = NDArray[np.int64]
Marks = NDArray[np.bool_]

PERTURBATION = 1e-11
"""Of the outcome's spread: far above rounding, far below any gap between two pays."""

SLACK = 1e-8
"""Of a row's weight: how far a multiplier may lie outside its bounds, or counts as lying on one."""

STEPS_PER_COLUMN = 200
FRESH = 50
"""Steps after which all is worked out anew."""

FEW = 512
"""Crossings sorted first: a step near the optimum seldom passes more."""


@dataclass(frozen=True, slots=True)
class Vertex:
    """Hold the k rows that a fit goes through, its coefficients (k,), and which rows lie below it (m,).

    ``multipliers`` (k,) are the pulls that the k rows hold; ``optimal`` says that each is within its bounds.
    """

    basis: Rows
    coefficients: Array
    below: Marks = field(repr=False)
    multipliers: Array
    optimal: bool
    steps: int


def nearest_basis(x: Array, undecided: Array) -> Rows:
    """Return k independent rows of x (m, k), the most undecided first."""
    from scipy.linalg import qr

    k = x.shape[1]
    wanted = 4 * k
    while True:
        some = np.argpartition(-undecided, wanted)[:wanted] if wanted < len(x) else np.arange(len(x))
        scale = np.sqrt(undecided[some] / undecided[some].max())
        _, r, order = qr((x[some] * scale[:, None]).T, mode="economic", pivoting=True)
        if abs(r[-1, -1]) > 1e-7 * abs(r[0, 0]) or len(some) == len(x):
            return np.asarray(some[order[:k]])
        wanted *= 4


def settle(x: Array, y: Array, weights: Array, tau: float, basis: Rows) -> Vertex:
    """Walk from the vertex through ``basis`` (k rows of x) to the optimal one, along falling edges.

    **Source** Barrodale and Roberts (1973), SIAM Journal on Numerical Analysis 10(5), 839–848; Koenker and d'Orey
    (1987), Applied Statistics 36(3), 383–393. A step goes past every row as long as the loss falls.
    """
    noise = np.random.default_rng(0).uniform(-1.0, 1.0, len(y))
    moved = y + PERTURBATION * spread_of(y) * noise
    place = _Place(x, moved, weights, tau, basis.copy())
    fresh = True
    for step in range(STEPS_PER_COLUMN * (x.shape[1] + 5)):
        leaving, upwards = place.worst()
        if leaving is None and fresh:
            break
        fresh = leaving is None or (step % FRESH == FRESH - 1)
        if leaving is not None and not place.moved(leaving, upwards):
            break
        if fresh:
            place.look()
    below = place.below.copy()
    below[place.basis] = False
    b = refined(x[place.basis], place.inverse, y[place.basis])
    return Vertex(place.basis, b, below, place.multipliers, place.worst()[0] is None, step)


class _Place:
    """Stand at a vertex: its basis and inverse, residuals, sides, and the pull of the rows that do not hold the fit."""

    def __init__(self, x: Array, y: Array, weights: Array, tau: float, basis: Rows) -> None:
        self.x, self.y, self.weights, self.tau, self.basis = x, y, weights, tau, basis
        self.look()

    def look(self) -> None:
        """Work out all from the basis anew."""
        self.inverse = inverted(self.x[self.basis])
        self.r: Array = self.y - self.x @ refined(self.x[self.basis], self.inverse, self.y[self.basis])
        self.below: Marks = self.r < 0
        pull = self.weights * (self.tau - self.below)
        pull[self.basis] = 0.0
        self.pull: Array = pull @ self.x

    @property
    def multipliers(self) -> Array:
        """What the basis holds, shape (k,): with the pull of all other rows it adds up to nothing."""
        held: Array = -self.pull @ self.inverse
        return held

    def worst(self) -> tuple[int | None, bool]:
        """Return which row of the basis should leave the fit, and whether upwards; None at the optimum."""
        held, multipliers = self.weights[self.basis], self.multipliers
        over = np.stack([held * (self.tau - 1.0) - multipliers, multipliers - held * self.tau])
        if (over <= SLACK * held).all():
            return None, False
        upwards, leaving = np.unravel_index(np.argmax(over / np.linalg.norm(self.inverse, axis=0)), over.shape)
        return int(leaving), bool(upwards)

    def moved(self, leaving: int, upwards: bool) -> bool:
        """Walk along the edge on which a row leaves the fit, as far as the loss falls; False if it falls for ever."""
        row, held = self.basis[leaving], float(self.weights[self.basis[leaving]])
        bound = held * (self.tau - (not upwards))
        falling = abs(float(self.multipliers[leaving]) - bound)
        edge = self.inverse[:, leaving] * (-1.0 if upwards else 1.0)
        slope = self.x @ edge
        passed = _passed(self.r, slope, self.weights, falling, self.basis)
        if not len(passed):
            return False
        entering, crossed = passed[-1], passed[:-1]
        self.pull += bound * self.x[row] - self._side(entering) * self.x[entering]
        self.pull += np.where(self.below[crossed], 1.0, -1.0) * self.weights[crossed] @ self.x[crossed]
        self.below[crossed] = ~self.below[crossed]
        self.below[row] = not upwards
        self.r -= self.r[entering] / slope[entering] * slope
        self.basis[leaving] = entering
        self.r[self.basis] = 0.0
        self.inverse = inverted(self.x[self.basis])
        return True

    def _side(self, row: int) -> float:
        return float(self.weights[row] * (self.tau - self.below[row]))


def spread_of(y: Array) -> float:
    """Return the greatest distance of an outcome (n,) from its median; where all are equal, its size, or one."""
    return float(np.abs(y - np.median(y)).max()) or float(np.abs(y).max()) or 1.0


def inverted(square: Array) -> Array:
    """Return the inverse of the k rows of a basis."""
    return np.asarray(np.linalg.inv(square), dtype=np.float64)


def refined(square: Array, inverse: Array, target: Array) -> Array:
    """Return the coefficients through k rows, with one step of refinement."""
    b = inverse @ target
    better: Array = b + inverse @ (target - square @ b)
    return better


def unique(x: Array, y: Array, weights: Array, vertex: Vertex, tau: float) -> bool:
    """Return whether no other coefficients have the loss of an optimal vertex.

    An edge whose multiplier lies on its bound is flat; other rows that lie on the fit may block it. Flat directions
    are cones of such edges, so that a small linear programme decides.
    """
    held = weights[vertex.basis]
    top = held * tau - vertex.multipliers <= SLACK * held
    bottom = vertex.multipliers - held * (tau - 1.0) <= SLACK * held
    if not (top | bottom).any():
        return True
    r = y - x @ vertex.coefficients
    tied = np.abs(r) <= 10.0 * PERTURBATION * spread_of(y)
    tied[vertex.basis] = False
    if not tied.any():
        return False
    from scipy.optimize import linprog

    edges = (inverted(x[vertex.basis]) * np.where(top, -1.0, 1.0))[:, top | bottom]
    blocked = (x[tied] @ edges) * np.where(vertex.below[tied], -1.0, 1.0)[:, None]
    ones = np.ones((1, edges.shape[1]))
    tried = linprog(np.zeros(edges.shape[1]), A_ub=blocked, b_ub=np.full(len(blocked), 1e-9), A_eq=ones, b_eq=[1.0])
    return bool(tried.status == 2)


def _passed(r: Array, slope: Array, weights: Array, falling: float, basis: Rows) -> Rows:
    """Return the rows passed along an edge while the loss falls, in order; none where it falls for ever.

    Residuals change by −slope; with each row that changes sides the fall lessens by its weight times its slope. The
    last row is the one at which the loss stops falling.
    """
    towards = r * slope > 0
    towards[basis] = False
    rows = np.flatnonzero(towards)
    distance = r[rows] / slope[rows]
    lessening = weights[rows] * np.abs(slope[rows])
    for few in (FEW, len(rows)):
        some = np.argpartition(distance, few)[:few] if few < len(rows) else np.arange(len(rows))
        order = some[np.argsort(distance[some], kind="stable")]
        last = int(np.searchsorted(np.cumsum(lessening[order]), falling))
        if last < len(order):
            return rows[order[: last + 1]]
    return rows[:0]
