"""RIF: how a quantile, the spread or the inequality of all pay goes with the shares of workers of each kind.

A regression of the recentred influence function of a statistic. It speaks of the distribution of everybody's pay,
unlike a quantile regression, which speaks of the distribution among alike workers: the two are named apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import MIN_CELL, MIN_PERCENTILE_CELL, release, round_p, round_share, share_cell, significant
from salarylab.errors import Fault, ModelError
from salarylab.model.blocks import Term
from salarylab.model.contributors import cells_of, rows_of, term_withheld
from salarylab.model.design import Design, matrix
from salarylab.model.distribution.basis import Basis, basis_of
from salarylab.model.distribution.quantile_heaping import dithered
from salarylab.model.distribution.redraws import DRAWS, SEED, Redraws, redraws_of
from salarylab.model.distribution.statistic import Statistic, influence, quantile, silverman, statistics, value
from salarylab.model.estimate import interval, told
from salarylab.model.fitting import refit
from salarylab.model.variance.clusters import FEW_EFFECTIVE
from salarylab.model.variance.effective import effective_clusters
from salarylab.model.variance.independent import bell_mccaffrey

Array = NDArray[np.float64]

BANDWIDTHS = (0.5, 1.0, 2.0)
"""Multiples of the bandwidth at which every coefficient is shown."""

HEAPED = 0.01
"""Share of rows at exactly a quantile's pay from which it is called a heap."""

DECIMALS = 4
NUMBERS = ("value", "se", "p", "low", "high", "value_half_bandwidth", "value_twice_bandwidth")


@dataclass(frozen=True, slots=True)
class RifRegression:
    """Hold the regressions of several statistics' recentred influence functions on one design.

    ``values`` (S,) are the statistics, ``coefficients`` (S, k) in the order of ``design.terms``, ``covariances``
    (S, k, k), ``df`` (k,). ``bandwidth`` is in log points; ``sensitivity`` (3, S, k) are the coefficients at half,
    once and twice of it. ``unidentified`` (k,) marks terms that rest on one or a few clusters.
    """

    design: Design
    statistics: tuple[Statistic, ...]
    values: Array = field(repr=False)
    coefficients: Array = field(repr=False)
    covariances: Array = field(repr=False)
    df: Array = field(repr=False)
    unidentified: NDArray[np.bool_] = field(repr=False)
    bandwidth: float
    sensitivity: Array = field(repr=False)
    rule: str
    notes: tuple[str, ...] = ()

    @property
    def table(self) -> pl.DataFrame:
        """One row per statistic and term: statistic, term, level, base, value, se, p, low, high, sensitivity, n.

        ``value_half_bandwidth`` and ``value_twice_bandwidth`` show what the density at a quantile decides. A
        coefficient at a quantile needs thirty rows in each cell that it compares, and ten on each side of the
        quantile there (or none); numbers have four decimals, n is rounded, rare text is masked.
        """
        rows = []
        for s, of in enumerate(self.statistics):
            for i, term in enumerate(self.design.terms):
                name, _, level, base = told(self.design, term)
                held = term_withheld(self.design, term) or smallest_cell(self.design, term, of) < MIN_CELL
                rows.append([of.name, name, level, base, *self._numbers(s, i), term.n, held])
        text, numbers = ("statistic", "term", "level", "base"), dict.fromkeys(NUMBERS, pl.Float64())
        schema = dict.fromkeys(text, pl.String()) | numbers | {"n": pl.Int64(), "withheld": pl.Boolean()}
        cells = pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col(NUMBERS).round(DECIMALS))
        return release(cells, NUMBERS, dominated="withheld").frame

    def _numbers(self, s: int, i: int) -> list[float | None]:
        b, other = float(self.coefficients[s, i]), [float(self.sensitivity[h, s, i]) for h in (0, 2)]
        if self.unidentified[i]:
            return [b, None, None, None, None, *other]
        se = float(self.covariances[s, i, i]) ** 0.5
        low, high, _, p = interval(b, se, float(self.df[i]))
        return [b, significant(se, 2), round_p(p), low, high, *other]


def rif_regression(
    design: Design,
    statistics_of_pay: Sequence[str] = ("mean", "p10", "p50", "p90"),
    *,
    bandwidth: float | None = None,
    dither: bool = False,
    draws: int = DRAWS,
    seed: int = SEED,
) -> RifRegression:
    """Regress the recentred influence function of each statistic of pay on the design's terms.

    Statistics are ``mean``, ``variance``, percentiles such as ``p50`` and ranges such as ``p90-p10`` of log pay, and
    ``gini`` of pay. ``bandwidth`` (log points) is that of the Gaussian kernel for the density at a quantile; by
    default Silverman's, which at a heap of round pays is far too high, so that coefficients shrink: see the table's
    sensitivity. ``dither`` first spreads the pay at each heap evenly over the heap's width, by ``seed``; slopes are
    then those of pay before it was rounded, if it was rounded so. Each draw makes quantile, density and coefficients
    again, at one bandwidth. Raises ``ModelError`` for unknown statistics, a bandwidth that is not positive, collinear
    terms, fewer than 99 draws, and below 20 clusters unless the spec allows it.

    **Source** Firpo, Fortin and Lemieux (2009), Econometrica 77(3), 953–973; (2018), Econometrics 6(2), 28.

    >>> import salarylab as sl
    >>> design = sl.build(sl.Spec(factors=("education",)), sl.draw(sl.load("demo"), [sl.main_pay_concept]))
    >>> found = rif_regression(design, ["mean", "p50"], draws=99)
    >>> bool(np.allclose(found.coefficients[0], sl.fit(design).coefficients))
    True
    """
    asked = statistics(statistics_of_pay)
    if bandwidth is not None and not (np.isfinite(bandwidth) and bandwidth > 0):
        raise ModelError(Fault("bandwidth", f"{bandwidth:g}", "a positive number of log points", "leave it out"))
    if dither:
        design = replace(design, y=dithered(design.y, seed))
    order = np.argsort(design.y, kind="stable")
    y, again = design.y[order], sorted_redraws(redraws_of(design, draws=draws, seed=seed), order)
    basis = basis_of(matrix(design)[order], [told(design, term)[0] for term in design.terms], again.weights)
    width = silverman(y, again.weights) if bandwidth is None else bandwidth
    found = coefficients(basis, y, again.weights, asked, width)
    drawn = np.array([coefficients(basis, y, weights, asked, width) for weights in again])
    df, unidentified = _df(design, again)
    how = "given" if bandwidth is not None else "Silverman's"
    return RifRegression(
        design,
        asked,
        np.array([value(of, y, again.weights) for of in asked]),
        found,
        np.array([again.covariance(drawn[:, s], found[s]) for s in range(len(asked))]),
        df,
        unidentified,
        width,
        np.array([coefficients(basis, y, again.weights, asked, width * times) for times in BANDWIDTHS]),
        f"{again.words}; {_words(again)}quantiles and densities made again; "
        f"Gaussian kernel, bandwidth {width:.2g} ({how})" + (f"; heaps spread evenly, seed {seed}" if dither else ""),
        tuple(heaps(y, asked, again.weights)),
    )


def coefficients(basis: Basis, y: Array, weights: Array, asked: Sequence[Statistic], bandwidth: float) -> Array:
    """Return the coefficients of every statistic's influence on a design, (S, k), under weights (n,).

    y (n,) is ascending, rows of the basis with it. One matrix of products serves all statistics.
    """
    targets = np.column_stack([influence(of, y, weights, bandwidth) for of in asked])
    weighted = basis.rows * weights[:, None]
    found: Array = (basis.backward @ np.linalg.solve(weighted.T @ basis.rows, weighted.T @ targets)).T
    return found


def sorted_redraws(again: Redraws, order: NDArray[np.intp]) -> Redraws:
    """Return redraws of rows in another order."""
    clusters = None if again.clusters is None else again.clusters[order]
    replicates = None if again.replicates is None else again.replicates[order]
    return replace(again, weights=again.weights[order], clusters=clusters, replicates=replicates)


def heaps(y: Array, asked: Sequence[Statistic], weights: Array) -> list[str]:
    """Return a note for every quantile at which many rows have the very same pay; y (n,) ascending."""
    notes = []
    for probability in dict.fromkeys(at for of in asked for at in of.quantiles):
        at = quantile(y, weights, probability)
        alike = int((y == at).sum())
        if alike >= max(HEAPED * len(y), MIN_CELL):
            share = 100 * round_share(alike, len(y))
            notes.append(f"about {share:g} % of rows have the very pay at the {100 * probability:.0f}th percentile")
    return notes


def smallest_cell(design: Design, term: Term, of: Statistic) -> int:
    """Return the rows in the smallest cell that a coefficient tells of; 0 where a quantile's cell has under thirty."""
    if not of.quantiles:
        return term.n
    order = np.argsort(design.y, kind="stable")
    weights = np.ones(len(order)) if design.weights is None else design.weights[order]
    cells = [rows_of(design, cell) for cell in cells_of(design, term)] or [np.ones(len(order), dtype=bool)]
    if min(rows.sum() for rows in cells) < MIN_PERCENTILE_CELL:
        return 0
    below = [design.y <= quantile(design.y[order], weights, at) for at in of.quantiles]
    return min(share_cell(int((part & rows).sum()), int(rows.sum())) for part in below for rows in cells)


def _words(again: Redraws) -> str:
    if again.replicates is not None:
        return ""
    return "t(clusters − 1); " if again.clusters is not None else "Bell–McCaffrey degrees of freedom; "


def _df(design: Design, again: Redraws) -> tuple[Array, NDArray[np.bool_]]:
    """Return each term's degrees of freedom, Bell–McCaffrey's where rows are independent, and who has none."""
    each, none = np.eye(len(design.terms)), np.zeros(len(design.terms), dtype=bool)
    if again.replicates is not None:
        return np.full(len(each), again.df), none
    least = refit(design, design.y, design.weights, "CR0" if again.clusters is not None else "classical")
    if again.clusters is None:
        return bell_mccaffrey(least, each), none
    return np.full(len(each), again.df), effective_clusters(least, each) < FEW_EFFECTIVE
