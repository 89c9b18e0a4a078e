"""Independent: covariance of coefficients when rows are independent, and the degrees of freedom behind it.

Rows are read as the kernel reads them: z less its shift, weight w; a row's leverage is h = w·z'Az, A the inverse
of Σ w·zz'. A cell counts as the rows in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from salarylab.disclosure import show_count
from salarylab.errors import Fault, ModelError
from salarylab.model.kernel.layout import Layout
from salarylab.model.kernel.passes import swept
from salarylab.model.kernel.residuals import FULL_LEVERAGE
from salarylab.model.kernel.rows import Block, Rows, dense
from salarylab.model.kernel.solution import Solution
from salarylab.model.kernel.sums import Prediction, Quadratic
from salarylab.model.variance.grams import WeightedGrams, batches, is_few

Array = NDArray[np.float64]
HC = Literal["HC0", "HC1", "HC2", "HC3", "HC4"]

PAIRED_ROWS = 20_000
"""Rows up to which every pair of them may be looked at."""

AT_ONCE = 1_000


def classical(solution: Solution) -> Array:
    """Return s²(X'WX)⁻¹, shape (k, k): equal variances assumed."""
    return solution.bread * (solution.rss / (solution.n - solution.parameters))


def heteroskedastic(solution: Solution, kind: HC) -> Array:
    """Return the HC0 to HC4 covariance, shape (k, k), of a solution that was asked for the meat of this kind.

    Raises ``ModelError`` for HC2, HC3 and HC4 when a row has leverage 1: its residual is zero by construction.

    **Source** MacKinnon and White (1985), Journal of Econometrics 29(3), 305–325; Cribari-Neto (2004),
    Computational Statistics & Data Analysis 45(2), 215–233 (HC4).
    """
    if solution.full_leverage:
        raise ModelError(full_leverage(solution.full_leverage))
    same = {"HC0", "HC1"} if kind in ("HC0", "HC1") else {kind}
    if solution.meat is None or solution.collected not in same:
        raise ModelError(_no_meat(kind))
    found = solution.sandwich(solution.meat)
    return found * (solution.n / (solution.n - solution.parameters)) if kind == "HC1" else found


def bell_mccaffrey(solution: Solution, contrasts: Array, *, executor: Executor | None = None) -> Array:
    """Return the degrees of freedom that go with HC2, one per contrast, shape (m,).

    ``contrasts`` has shape (m, k), in the columns as asked. The HC2 variance of c'b is matched, under equal
    variances, to a scaled chi-square with the same first two moments. Leverage belongs to cells and not to n: a
    level of five rows has few degrees of freedom at any n.

    **Source** Bell and McCaffrey (2002), Survey Methodology 28(2), 169–181; Imbens and Kolesár (2016),
    Review of Economics and Statistics 98(4), 701–712.
    """
    _refuse_absorbed(solution)
    inner = contrasts @ solution.back
    maps = inner @ solution.spread
    size = np.einsum("mk,mk->m", maps, inner)
    spread, few = np.empty(len(maps)), is_few(solution.source)
    for some in batches(len(maps), solution.source.layout, few=few):
        each = np.arange(len(maps))[some] - some.start
        job = _Job(solution.source.layout, solution.spread, maps[some], (each, each), few)
        spread[some] = _spreads(swept(solution.source, _loaded, job, executor=executor), solution.spread)
    return np.asarray(size**2 / spread)


def wishart_df(solution: Solution, contrasts: Array, *, executor: Executor | None = None) -> float:
    """Return the degrees of freedom of the HC2 variance matrix of several contrasts, none following from the others.

    ``contrasts`` has shape (q, k), in the columns as asked. The matrix, standardised under equal variances, is
    matched to a Wishart matrix by its total variance; for one contrast this is Bell and McCaffrey's number. q of
    them take q(q + 1)/2 sums over the rows, or, where rows are few, one over their pairs.

    **Source** Zhang (2013), as used by Pustejovsky and Tipton (2018), Journal of Business & Economic
    Statistics 36(4), 672–683, equation 14.
    """
    _refuse_absorbed(solution)
    inner = contrasts @ solution.back
    maps = np.linalg.solve(np.linalg.cholesky(inner @ solution.spread @ inner.T), inner @ solution.spread)
    q = len(maps)
    s, t = np.triu_indices(q)
    source, layout = solution.source, solution.source.layout
    if isinstance(source, Rows) and len(source) <= min(PAIRED_ROWS, len(s) * solution.k**2 // (solution.k + q)):
        spread = _paired(source, solution.spread, maps)
    else:
        spread, few = 0.0, is_few(source)
        twice = np.where(s == t, 1.0, 2.0)
        for some in batches(len(s), layout, few=few):
            job = _Job(layout, solution.spread, maps, (s[some], t[some]), few)
            spread += float(twice[some] @ _spreads(swept(source, _loaded, job, executor=executor), solution.spread))
    return q * (q + 1) / (2.0 * spread)


@dataclass(frozen=True, slots=True)
class _Job:
    """Say which products of loads weigh the rows: ``maps`` (q, k) give the loads, ``pairs`` which two are taken."""

    layout: Layout
    spread: Array
    maps: Array
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]]
    few: bool


class _Loaded:
    """Accumulate Σ v·w·zz' with v = l·l' / (1 − h) of each pair of loads, and Σ v·v(1 − 2h)."""

    def __init__(self, job: _Job) -> None:
        self.grams = WeightedGrams(job.layout, len(job.pairs[0]), few=job.few)
        self.own = np.zeros(len(job.pairs[0]))
        self.full = 0

    def merge(self, other: _Loaded) -> None:
        self.grams.merge(other.grams)
        self.own += other.own
        self.full += other.full


def _loaded(blocks: Sequence[Block], job: _Job) -> _Loaded:
    sums, leverage = _Loaded(job), Quadratic(job.layout, job.spread)
    loads_of = [Prediction(job.layout, one) for one in job.maps]
    for block in blocks:
        w = np.ones(len(block.y)) if block.weights is None else block.weights
        count = np.ones(len(block.y)) if block.count is None else block.count
        h = leverage.at(block) * w
        sums.full += int((h > FULL_LEVERAGE).sum())
        h = np.minimum(h, FULL_LEVERAGE)  # refused once all are counted
        loads = np.array([load.at(block) for load in loads_of]) * np.sqrt(w / (1.0 - h))
        v = loads[job.pairs[0]] * loads[job.pairs[1]]
        sums.grams.add(block, (v * (count * w)).T)
        # Σ over pairs (s, t) of v² is |l|⁴: both the moment of one load and that of all of them
        sums.own += v**2 @ (count * (1.0 - 2.0 * h))
    return sums


def _spreads(sums: _Loaded, spread: Array) -> Array:
    """Return Σ v²(1 − 2h) + tr(AMAM) for each weighted Gram M; raise where a row has leverage 1."""
    if sums.full:
        raise ModelError(full_leverage(sums.full))
    shared = sums.grams.matrices() @ spread
    return np.asarray(sums.own + np.einsum("mij,mji->m", shared, shared))


def _paired(rows: Rows, spread: Array, maps: Array) -> float:
    """Return the same summed over all pairs of loads, from all pairs of rows."""
    blocks = list(rows.blocks())
    z = np.vstack([dense(block, rows.layout) for block in blocks])
    w = np.ones(len(z)) if rows.weights is None else rows.weights
    count = np.ones(len(z)) if rows.count is None else rows.count
    q = (z * np.sqrt(w)[:, None]) @ np.linalg.cholesky(spread)
    h = np.einsum("ij,ij->i", q, q)
    loads = (z @ maps.T) * np.sqrt(w / (1.0 - h))[:, None]
    total = float(np.einsum("ij,ij->i", loads, loads) ** 2 @ (count * (1.0 - 2.0 * h)))
    for start in range(0, len(z), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        total += float(count[part] @ ((q[part] @ q.T) * (loads[part] @ loads.T)) ** 2 @ count)
    return total


def _refuse_absorbed(solution: Solution) -> None:
    if solution.within is not None:
        raise ModelError(
            Fault(
                "degrees of freedom of HC2", "an absorbed factor", "every factor laid out", "take t(n − k), and say so"
            )
        )


def full_leverage(rows: int) -> Fault:
    """Return the fault of so many rows that alone decide a term: their residuals are zero by construction."""
    return Fault(
        "equation",
        f"{show_count(rows)} rows with leverage 1: alone in their combination of levels",
        "at least two rows for every term, for HC2 and HC3",
        "choose coarser levels, or covariance='HC1' and say so",
    )


def _no_meat(kind: str) -> Fault:
    return Fault(
        f"covariance {kind!r}", "a solution without its meat", f"solve(…, meat={kind!r})", "solve again for this rule"
    )
