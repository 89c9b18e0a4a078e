"""Solution: the coefficients of one weighted linear equation, and what their covariance is made of.

Two walks over the rows. The first counts pairs of levels and gives the normal equations; the second meets the
residuals, refines the coefficients with them and takes the sums that the covariance rule wants.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError
from salarylab.model.kernel.layout import Layout, centred
from salarylab.model.kernel.normal import inverse, rcond_of
from salarylab.model.kernel.orthogonal import EXTENDED, extended, triangular
from salarylab.model.kernel.passes import swept
from salarylab.model.kernel.rows import Block, Rows, Source
from salarylab.model.kernel.sums import ClusterSums, LevelSums, PairTables, Prediction, Quadratic

Array = NDArray[np.float64]
Meat = Literal["none", "HC0", "HC1", "HC2", "HC3", "HC4", "clusters"]
Route = Literal["gram", "QR"]

POWERS = {"HC2": 1.0, "HC3": 2.0}
FULL_LEVERAGE = 1.0 - 1e-9
REFINEMENTS = 4
SMALL_ENOUGH = 20_000
"""Cells of a design that goes by QR at once: there it costs nothing."""

SMALL_CORRECTION = 1e-10
"""A refinement that moves the fit by less than this share of its residual changes no printed digit."""


@dataclass(frozen=True, slots=True)
class Solution:
    """Hold a weighted least squares fit.

    ``coefficients`` (k,) of the columns as asked; ``inner`` (k,) those of the columns of ``source``, less their
    shift; ``spread`` (k, k) the inverse of Z'WZ in these, ``bread`` that of X'WX. ``n`` rows, ``rss`` and ``tss`` the weighted sums of squares
    of residuals and of the outcome around its mean. ``meat`` (k, k) in inner columns for HC rules, ``scores``
    (clusters, k) for clusters. ``route`` says how it was solved, ``rcond`` how well.
    """

    source: Source = field(repr=False)
    coefficients: Array
    inner: Array = field(repr=False)
    spread: Array = field(repr=False)
    bread: Array = field(repr=False)
    n: int
    rss: float
    tss: float
    rcond: float
    route: str
    meat: Array | None = field(repr=False, default=None)
    scores: Array | None = field(repr=False, default=None)
    full_leverage: int = 0

    @property
    def k(self) -> int:
        """Columns."""
        return len(self.inner)

    @property
    def back(self) -> Array:
        """The map from inner coefficients to those as asked, shape (k, k)."""
        return self.source.layout.back

    def sandwich(self, meat: Array) -> Array:
        """Return the covariance of the coefficients as asked with a meat in inner columns, shape (k, k)."""
        half = self.back @ self.spread
        return half @ meat @ half.T


def solve(
    source: Source,
    names: Sequence[str],
    *,
    meat: Meat = "none",
    clusters: int = 0,
    route: Route | None = None,
    executor: Executor | None = None,
) -> Solution:
    """Fit the outcome on the columns of a source by (weighted) least squares.

    ``source`` has no shift; ``names`` (k,) name its columns in refusals; ``meat`` is what the second walk collects;
    ``clusters`` how many there are. Small designs and ill-conditioned ones go by QR, all else by Gram, unless ``route`` says.
    Raises ``ModelError`` when there are not more rows than columns or a value is not finite, ``CollinearError`` when
    columns are collinear.
    """
    numbers, centre = source.means()
    near = source.under(centred(source.layout, _placed(source.layout, numbers)), centre)
    first = swept(near, _first, near.layout, executor=executor)
    _refuse_shape(first, near.layout.k)
    shifted = near.under(centred(near.layout, _group_means(near.layout, first)), centre)
    small = isinstance(source, Rows) and len(source) * near.layout.k <= SMALL_ENOUGH
    solution = None if route == "QR" or (small and route is None) else _by_gram(shifted, first)
    if solution is None:
        solution = _by_rows(source, shifted, first, names)
    for refinement in range(REFINEMENTS):
        job = _Job(shifted.layout, solution.inner, solution.spread, meat, clusters, solution.n)
        second = swept(shifted, _second, job, executor=executor)
        better, moved = _improved(solution, second)
        if moved < SMALL_CORRECTION or refinement == REFINEMENTS - 1:
            break
        solution = better
    return better


# The first walk: pairs of levels, and the outcome


class _First:
    """Accumulate the normal equations of some rows."""

    def __init__(self, layout: Layout) -> None:
        self.pairs, self.moment = PairTables(layout), LevelSums(layout)
        self.n = self.mass = self.total = self.squares = 0.0
        self.finite = True

    def add(self, block: Block) -> None:
        mass = block.mass
        y = block.y if mass is None else block.y * mass
        self.pairs.add(block, mass)
        self.moment.add(block, y)
        self.n += len(y) if block.count is None else float(block.count.sum())
        self.mass += len(y) if mass is None else float(mass.sum())
        self.total += float(y.sum())
        self.squares += float(y @ block.y) + _within(block)
        self.finite = self.finite and bool(np.isfinite(self.squares) and np.isfinite(block.numbers).all())

    def merge(self, other: _First) -> None:
        self.pairs.merge(other.pairs)
        self.moment.merge(other.moment)
        self.n, self.mass = self.n + other.n, self.mass + other.mass
        self.total, self.squares = self.total + other.total, self.squares + other.squares
        self.finite = self.finite and other.finite


def _first(blocks: Sequence[Block], layout: Layout) -> _First:
    sums = _First(layout)
    for block in blocks:
        sums.add(block)
    return sums


def _within(block: Block) -> float:
    if block.within is None:
        return 0.0
    return float(block.within.sum() if block.weights is None else block.weights @ block.within)


def _placed(layout: Layout, numbers: Array) -> Array:
    """Return a shift (k,) of the numbers alone."""
    shift = np.zeros(layout.k)
    shift[layout.numbers] = numbers
    return shift


def _group_means(layout: Layout, first: _First) -> Array:
    """Return the mean of each column of the groups, shape (k,); tables counted before stay true after a shift."""
    shift = np.zeros(layout.k)
    for group, margin in zip(layout.groups, first.pairs.margins(), strict=True):
        shift[group.columns] = margin @ group.values / first.mass
    return shift


def _by_gram(source: Source, first: _First) -> Solution | None:
    layout = source.layout
    found = inverse(first.pairs.gram(layout))
    if found is None:
        return None
    spread, rcond = found
    inner = spread @ first.moment.vector(layout)
    return _solution(source, inner, spread, first, rcond, "gram")


def _by_rows(source: Source, shifted: Source, first: _First, names: Sequence[str]) -> Solution:
    """Return the solution by QR: in extended precision where the rows are few enough to hold."""
    if not isinstance(source, Rows) or len(source) * source.layout.k**2 > EXTENDED:
        backward, moment = triangular(shifted, names)
        spread = backward @ backward.T
        return _solution(shifted, backward @ moment, spread, first, rcond_of(spread), "QR")
    b, bread, rss = extended(source, names)
    forward = np.linalg.inv(shifted.layout.back)
    inner = forward @ b
    inner[0] -= shifted.centre
    spread = forward @ bread @ forward.T
    found = _solution(shifted, inner, spread, first, rcond_of(spread), "QR, extended precision")
    return replace(found, coefficients=b, bread=bread, rss=rss)


def _solution(source: Source, inner: Array, spread: Array, first: _First, rcond: float, route: str) -> Solution:
    tss = first.squares - first.total**2 / first.mass
    coefficients = _as_asked(source, inner)
    back = source.layout.back
    return Solution(
        source, coefficients, inner, spread, back @ spread @ back.T, round(first.n), np.nan, tss, rcond, route
    )


def _as_asked(source: Source, inner: Array) -> Array:
    coefficients = source.layout.back @ inner
    coefficients[0] += source.centre
    return coefficients


# The second walk: residuals


@dataclass(frozen=True, slots=True)
class _Job:
    """Say what the second walk collects, and at which coefficients."""

    layout: Layout
    inner: Array
    spread: Array
    meat: Meat
    clusters: int
    n: int


class _Second:
    """Accumulate what residuals give: their sums against the columns, their squares, and the meat."""

    def __init__(self, job: _Job) -> None:
        self.moment, self.rss, self.full = LevelSums(job.layout), 0.0, 0
        self.meat = PairTables(job.layout) if job.meat.startswith("HC") else None
        self.scores = ClusterSums(job.layout, job.clusters) if job.meat == "clusters" else None

    def merge(self, other: _Second) -> None:
        self.moment.merge(other.moment)
        self.rss, self.full = self.rss + other.rss, self.full + other.full
        if self.meat is not None and other.meat is not None:
            self.meat.merge(other.meat)
        if self.scores is not None and other.scores is not None:
            self.scores.merge(other.scores)


def _second(blocks: Sequence[Block], job: _Job) -> _Second:
    sums, fitted = _Second(job), Prediction(job.layout, job.inner)
    leverage = Quadratic(job.layout, job.spread) if job.meat in ("HC2", "HC3", "HC4") else None
    for block in blocks:
        residual = block.y - fitted.at(block)
        score = residual if block.mass is None else residual * block.mass
        squares = weighted_squares(block, residual)
        sums.moment.add(block, score)
        sums.rss += float(squares.sum())
        if sums.scores is not None:
            sums.scores.add(block, score, job.layout)
        if sums.meat is not None:
            weighted = squares if block.weights is None else squares * block.weights
            if leverage is not None:
                h = leverage.at(block) if block.weights is None else leverage.at(block) * block.weights
                full = h > FULL_LEVERAGE
                sums.full += int(full.sum())
                power = np.minimum(4.0, job.n * h / len(job.inner)) if job.meat == "HC4" else POWERS[job.meat]
                weighted = weighted * np.where(full, 1.0, 1.0 - h) ** -power
            sums.meat.add(block, weighted)
    return sums


def weighted_squares(block: Block, residual: Array) -> Array:
    """Return Σ w·e² of each row, shape (n,); a cell's rows differ from its mean by what is within it."""
    squares = residual * residual if block.mass is None else residual * residual * block.mass
    if block.within is None:
        return squares
    return squares + (block.within if block.weights is None else block.within * block.weights)


def _improved(solution: Solution, second: _Second) -> tuple[Solution, float]:
    """Return the solution after one refinement with its residuals, and how far the fit moved, in shares of the rest."""
    layout = solution.source.layout
    moment = second.moment.vector(layout)
    step = solution.spread @ moment
    explained = float(step @ moment)
    rss = second.rss - explained
    moved = float(np.sqrt(max(explained, 0.0) / second.rss)) if second.rss > 0 else 0.0
    found = replace(
        solution,
        meat=None if second.meat is None else second.meat.gram(layout),
        scores=None if second.scores is None else second.scores.matrix(layout),
        full_leverage=second.full,
    )
    if np.isfinite(solution.rss):  # solved in extended precision: nothing to refine
        return found, 0.0
    inner = solution.inner + step
    return replace(found, inner=inner, coefficients=_as_asked(solution.source, inner), rss=rss), moved


# Refusals


def _refuse_shape(first: _First, k: int) -> None:
    faults = []
    if first.n <= k:
        faults.append(
            Fault("equation", f"{round(first.n)} rows for {k} columns", "more rows than columns", "ask fewer factors")
        )
    if not first.finite:
        faults.append(Fault("equation", "values that are not finite", "numbers", "restrict the sample to known values"))
    if faults:
        raise ModelError(*faults)
