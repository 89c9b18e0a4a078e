"""Wild cluster bootstrap: p-values and intervals by inversion for one contrast, where clusters are few.

The hypothesis is imposed, c'b = δ; each cluster's restricted residuals get one random factor, and the t statistic of
each draw is compared with the sample's. All that this needs of a cluster is its score, and its Gram matrix times one
vector; a draw's t is then a ratio of polynomials in δ, so that an interval costs hardly more than a p-value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from salarylab.disclosure import show_count
from salarylab.errors import Fault, ModelError
from salarylab.model.kernel.rows import Rows, dense
from salarylab.model.kernel.solution import Solution
from salarylab.model.kernel.sums import ClusterSums, Prediction
from salarylab.model.variance.factors import Scheme, factors, scheme_for

Array = NDArray[np.float64]

LEAST_CLUSTERS = 5
"""Clusters below which no scheme has draws enough to tell anything at the usual levels."""

FEW_VARYING = 8.0
"""Effective clusters behind the contrast below which a wild interval may be far too wide, or too narrow."""

MOST_SCORES = 20_000_000
"""Numbers in the scores of rows that are each their own cluster (160 MB)."""

VANISHED = 1e-16
"""Share of a variance below which the clusters' scores leave nothing of it: their parts are zero by construction."""

INSIDE = "identified inside one cluster: no hypothesis can be rejected"

SAME = 1e-9
"""Share by which squares of t that are equal on paper may differ."""

REACH = np.geomspace(0.05, 1e4, 160)
"""Distances from the estimate, in standard errors, at which hypotheses are tried before the end is closed in on."""


@dataclass(frozen=True, slots=True)
class Wild:
    """Hold a wild bootstrap's answer about one contrast.

    ``p`` is of the hypothesis that it is zero; ``low`` and ``high`` end the interval of hypotheses not rejected, and
    may be infinite. ``clusters`` are how many, ``effective`` how many stand behind the contrast; ``scheme`` says
    which factors were drawn, ``draws`` how many; ``notes`` what a reader must know.
    """

    p: float
    low: float
    high: float
    clusters: int
    effective: float
    scheme: Scheme
    draws: int
    notes: tuple[str, ...] = ()


def wild_interval(
    solution: Solution,
    contrast: Array,
    level: float = 0.95,
    draws: int = 9_999,
    seed: int = 0,
    *,
    scheme: Scheme | None = None,
) -> Wild:
    """Return the p-value of c'b = 0 and the interval of c'b by the restricted wild cluster bootstrap (WCR-C).

    ``contrast`` has shape (k,), in the columns as asked. The solution was asked for its clusters' scores; where it
    has none, each row is its own cluster. ``scheme`` is chosen by the number of clusters where none is named. With
    drawn factors the sample counts as one of the draws. Raises ``ModelError`` below five clusters.

    **Source** Cameron, Gelbach and Miller (2008), Review of Economics and Statistics 90(3), 414–427; Roodman,
    MacKinnon, Nielsen and Webb (2019), Stata Journal 19(1), 4–60 (the fast algorithm, inversion); MacKinnon (2023),
    Econometrics and Statistics 28, 52–71 (summing by cluster).
    """
    if solution.within is not None:
        raise ModelError(_absorbed())
    scores, products, toward, size = _sums(solution, contrast)
    clusters = len(scores)
    if clusters < LEAST_CLUSTERS:
        raise ModelError(_too_few(clusters))
    scheme = scheme or scheme_for(clusters, draws)
    share = products @ toward / size
    effective = float(1.0 / np.sum(share**2))
    variance = float(np.sum((scores @ toward) ** 2))
    if variance <= VANISHED * size * solution.rss:  # (b's)² ≤ c'Ac · e'We in every cluster
        return Wild(1.0, -np.inf, np.inf, clusters, effective, scheme, 0, (INSIDE,))
    drawn = _drawn(solution, scores, products, toward, factors(scheme, clusters, draws, seed))
    sampled = _Sampled(size, variance, drawn, scheme == "enumerated")
    value = float(contrast @ solution.coefficients)
    ends = [value - size * sampled.end(sign, 1.0 - level) for sign in (1.0, -1.0)]
    notes = _notes(effective, not np.isfinite(ends).all())
    return Wild(sampled.p(value / size), ends[0], ends[1], clusters, effective, scheme, len(drawn.n0), notes)


def _sums(solution: Solution, contrast: Array) -> tuple[Array, Array, Array, float]:
    """Return each cluster's score and Gram matrix times b = A·c, shapes (G, k), with b and c'A·c."""
    inner = contrast @ solution.back
    toward = solution.spread @ inner
    if solution.scores is None:
        return *_by_row(solution, toward), toward, float(inner @ toward)
    layout = solution.source.layout
    sums, load = ClusterSums(layout, len(solution.scores)), Prediction(layout, toward)
    for block in solution.source.blocks():
        loads = load.at(block)
        sums.add(block, loads if block.mass is None else loads * block.mass, layout)
    return solution.scores, sums.matrix(layout), toward, float(inner @ toward)


def _by_row(solution: Solution, toward: Array) -> tuple[Array, Array]:
    """Return the same with each row its own cluster."""
    rows = solution.source
    if not isinstance(rows, Rows) or rows.count is not None or len(rows) * solution.k > MOST_SCORES:
        raise ModelError(_too_many_rows())
    fitted = Prediction(rows.layout, solution.inner)
    scores, products = [], []
    for block in rows.blocks():
        z = dense(block, rows.layout)
        weighted = z if block.weights is None else z * block.weights[:, None]
        scores.append(weighted * (block.y - fitted.at(block))[:, None])
        products.append(weighted * (z @ toward)[:, None])
    return np.vstack(scores), np.vstack(products)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Hold each draw's t² as (n0 + d·n1)² / (q0 + 2d·q1 + d²·q2), shapes (draws,).

    d is how far the hypothesis lies from the estimate, in units of c'A·c.
    """

    n0: Array = field(repr=False)
    n1: Array = field(repr=False)
    q0: Array = field(repr=False)
    q1: Array = field(repr=False)
    q2: Array = field(repr=False)


def _drawn(solution: Solution, scores: Array, products: Array, toward: Array, batches: Iterator[Array]) -> _Drawn:
    """Return what each draw's t² is made of.

    Restricted scores are s + d·p, p the products. A draw v moves the contrast by Σ v·b'(s + d·p), and its own
    scores along b are v·b'(s + d·p) − p'A·Σ v(s + d·p).
    """
    flat = solution.spread @ products.T
    own_scores, own_products = scores @ toward, products @ toward
    parts = []
    for v in batches:
        u0 = v * own_scores - (v @ scores) @ flat
        u1 = v * own_products - (v @ products) @ flat
        squares = [np.einsum("dg,dg->d", *pair) for pair in ((u0, u0), (u0, u1), (u1, u1))]
        parts.append([v @ own_scores, v @ own_products, *squares])
    return _Drawn(*(np.concatenate(part) for part in zip(*parts, strict=True)))


@dataclass(frozen=True, slots=True)
class _Sampled:
    """Hold the sample's t² = (d·size)² / variance beside the draws'; ``whole`` says that the sample is one of them."""

    size: float
    variance: float
    drawn: _Drawn
    whole: bool

    def p(self, d: float) -> float:
        """Return the p-value of the hypothesis at distance d."""
        one = self.drawn
        t2 = (d * self.size) ** 2 / self.variance
        squares = one.q0 + 2.0 * d * one.q1 + d * d * one.q2
        beyond = int(((one.n0 + d * one.n1) ** 2 >= t2 * squares * (1.0 - SAME)).sum())
        return beyond / len(one.n0) if self.whole else (1 + beyond) / (1 + len(one.n0))

    def end(self, sign: float, alpha: float) -> float:
        """Return the furthest distance on one side that is not rejected; infinite where none is rejected for good."""
        unit = sign * self.variance**0.5 / self.size
        kept = [i for i, reach in enumerate(REACH) if self.p(reach * unit) > alpha]
        if not kept:
            low, high = 0.0, float(REACH[0])
        elif kept[-1] == len(REACH) - 1:
            return float("inf") if sign > 0 else -float("inf")
        else:
            low, high = float(REACH[kept[-1]]), float(REACH[kept[-1] + 1])
        while high - low > 1e-10 * high:
            middle = (low + high) / 2.0
            low, high = (middle, high) if self.p(middle * unit) > alpha else (low, middle)
        return float(low * unit)


def _notes(effective: float, unbounded: bool) -> tuple[str, ...]:
    few = (
        f"few clusters differ in what is compared (about {effective:.1f} effective): the wild bootstrap may reject "
        "far too rarely, or too often"
    )
    endless = "no hypothesis is rejected on at least one side: the interval has no end there"
    return (*((few,) if effective < FEW_VARYING else ()), *((endless,) if unbounded else ()))


def _too_few(clusters: int) -> Fault:
    return Fault(
        "clusters",
        show_count(clusters),
        f"at least {LEAST_CLUSTERS} for the wild bootstrap",
        "cluster on something finer, or say the difference without an interval",
    )


def _too_many_rows() -> Fault:
    return Fault(
        "wild bootstrap",
        "rows that are streamed, taken as cells, or too many to be each their own cluster",
        "clusters, or fewer rows",
        "take HC2 with Bell–McCaffrey degrees of freedom, which serves at any n",
    )


def _absorbed() -> Fault:
    return Fault("wild bootstrap", "an absorbed factor", "every factor laid out", "name it among the factors")
