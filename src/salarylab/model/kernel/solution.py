"""Solution: the coefficients of one weighted linear equation, and what their covariance is made of.

Two walks over the rows. The first counts pairs of levels and gives the normal equations; the second meets the
residuals, refines the coefficients with them and takes the sums that the covariance rule wants.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from salarylab.model.kernel.counted import Counted, counted, group_means, refuse_shape
from salarylab.model.kernel.layout import Layout, centred
from salarylab.model.kernel.normal import inverse
from salarylab.model.kernel.orthogonal import EXTENDED, extended, turned
from salarylab.model.kernel.passes import swept
from salarylab.model.kernel.residuals import Job, Meat, Met, met
from salarylab.model.kernel.rows import Rows, Source

if TYPE_CHECKING:
    from salarylab.model.kernel.absorb import Within

Array = NDArray[np.float64]
Route = Literal["gram", "QR"]

REFINEMENTS = 4
SMALL_ENOUGH = 20_000
"""Cells of a design that goes by QR at once: there it costs nothing."""

SMALL_CORRECTION = 1e-10
"""A refinement that moves the fit by less than this share of its residual changes no printed digit."""


@dataclass(frozen=True, slots=True)
class Solution:
    """Hold a weighted least squares fit.

    ``coefficients`` (k,) of the columns as asked; ``inner`` (k,) those of the columns of ``source``, less their
    shift; ``spread`` (k, k) the inverse of Z'WZ in these, ``bread`` that of X'WX. ``n`` rows; ``rss`` and ``tss``
    the weighted sums of squares of residuals and of the outcome around its mean. ``meat`` (k, k) in inner columns
    for the HC rule ``collected``, ``scores`` (clusters, k) for clusters. ``route`` says how it was solved, ``rcond``
    how well.
    ``within`` holds the levels that were taken out, if any (``absorb``).
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
    collected: Meat = "none"
    scores: Array | None = field(repr=False, default=None)
    full_leverage: int = 0
    within: Within | None = field(repr=False, default=None)

    @property
    def k(self) -> int:
        """Columns."""
        return len(self.inner)

    @property
    def parameters(self) -> int:
        """Columns, and levels that were taken out."""
        return self.k if self.within is None else self.k - 1 + len(self.within.mass)

    @property
    def back(self) -> Array:
        """The map from inner coefficients to those as asked, shape (k, k)."""
        return self.source.layout.back

    def sandwich(self, meat: Array) -> Array:
        """Return the covariance of the coefficients as asked with a meat in inner columns, shape (k, k)."""
        half = self.back @ self.spread
        found = half @ meat @ half.T
        np.fill_diagonal(found, np.maximum(np.diag(found), 0.0))  # a fit without a rest leaves rounding alone
        return found


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
    ``clusters`` how many there are. Small designs and ill-conditioned ones go by QR, all else by Gram, unless
    ``route`` says.
    Raises ``ModelError`` when there are not more rows than columns or a value is not finite, ``CollinearError`` when
    columns are collinear.
    """
    numbers, centre = source.means()
    near = source.under(centred(source.layout, placed(source.layout, numbers)), centre)
    first = swept(near, counted, near.layout, executor=executor)
    refuse_shape(first, near.layout.k)
    shifted = near.under(centred(near.layout, group_means(near.layout, first)), centre)
    small = isinstance(source, Rows) and len(source) * near.layout.k <= SMALL_ENOUGH
    solution = None if route == "QR" or (small and route is None) else _by_gram(shifted, first)
    if solution is None:
        solution = _by_rows(source.under(source.layout, centre), shifted, names, executor)
    shifted, settled = solution.source, bool(np.isfinite(solution.rss))
    for refinement in range(REFINEMENTS):
        job = Job(shifted.layout, solution.inner, solution.spread, meat, clusters, solution.n)
        second = swept(shifted, met, job, executor=executor)
        better, moved = _improved(solution, second, settled)
        if moved < SMALL_CORRECTION or refinement == REFINEMENTS - 1:
            break
        solution = better
    return replace(better, collected=meat)


def placed(layout: Layout, numbers: Array) -> Array:
    """Return a shift (k,) of the numbers alone."""
    shift = np.zeros(layout.k)
    shift[layout.numbers] = numbers
    return shift


def _by_gram(source: Source, first: Counted) -> Solution | None:
    layout = source.layout
    found = inverse(first.pairs.gram(layout))
    if found is None:
        return None
    spread, rcond = found
    inner = spread @ first.moment.vector(layout)
    return _solution(source, inner, spread, first, rcond, "gram")


def _by_rows(source: Source, shifted: Source, names: Sequence[str], executor: Executor | None) -> Solution:
    """Return the solution in orthonormal columns: in extended precision where the rows are few enough to hold."""
    if not isinstance(source, Rows) or len(source) * source.layout.k**2 > EXTENDED:
        return replace(_of_orthonormal(turned(shifted, names), executor), route="QR")
    rows, b, bread, rss = extended(source, names)
    b[0] += source.centre
    found = replace(_of_orthonormal(rows, executor), route="QR, extended precision", rss=rss)
    return replace(found, coefficients=b.astype(np.float64), bread=bread.astype(np.float64))


def _of_orthonormal(source: Source, executor: Executor | None) -> Solution:
    found = _by_gram(source, swept(source, counted, source.layout, executor=executor))
    assert found is not None, "orthonormal columns can be told apart"
    return found


def _solution(source: Source, inner: Array, spread: Array, first: Counted, rcond: float, route: str) -> Solution:
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


def _improved(solution: Solution, second: Met, settled: bool) -> tuple[Solution, float]:
    """Return the solution after one refinement with its residuals, and how far the fit moved, in shares of the rest.

    ``settled`` coefficients, solved in extended precision, stay: what is refined is the residuals' own.
    """
    layout = solution.source.layout
    moment = second.moment.vector(layout)
    step = solution.spread @ moment
    explained = float(step @ moment)
    rss = max(second.rss - explained, 0.0)
    moved = float(np.sqrt(max(explained, 0.0) / second.rss)) if second.rss > 0 else 0.0
    found = replace(
        solution,
        meat=None if second.meat is None else second.meat.gram(layout),
        scores=None if second.scores is None else second.scores.matrix(layout),
        full_leverage=second.full,
    )
    inner = solution.inner + step
    if settled:
        return replace(found, inner=inner), moved
    return replace(found, inner=inner, coefficients=_as_asked(solution.source, inner), rss=rss), moved
