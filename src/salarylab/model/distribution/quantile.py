"""Quantile regression: how pay at the median, or any quantile, of alike workers differs by factor.

It speaks of the distribution of pay among workers alike in the equation's factors. How a quantile of everybody's pay
goes with a factor is another question: ``rif_regression``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import MIN_PERCENTILE_CELL, release, round_p
from salarylab.errors import Fault, ModelError, unknown
from salarylab.model.contributors import term_withheld
from salarylab.model.design import Design, matrix
from salarylab.model.distribution.quantile_heaping import Heaping, dithered, heaping
from salarylab.model.distribution.quantile_solver import Optimum, solve_quantiles
from salarylab.model.distribution.quantile_variance import (
    WORDS,
    Variance,
    densities,
    linear_covariance,
    pulled_covariance,
)
from salarylab.model.estimate import interval, told
from salarylab.model.fitting import refit
from salarylab.model.rules import row_rule_of
from salarylab.model.variance.clusters import FEW_EFFECTIVE
from salarylab.model.variance.dependence import RowRule
from salarylab.model.variance.effective import effective_clusters

Array = NDArray[np.float64]

DECIMALS = 4
NUMBERS = ("value", "se", "p", "low", "high", "low_with_step", "high_with_step")


@dataclass(frozen=True, slots=True)
class QuantileRegression:
    """Hold the quantile regressions of one design at several quantiles.

    ``optima`` are the exact fits, with their certificates, one per quantile; ``covariances`` have shape (S, k, k).
    ``df`` goes with all of them, ``rule`` is the covariance rule in words. ``unidentified`` (S, k) marks terms that
    rest on one or a few clusters. ``heaping`` says, for each quantile, how far rounded pay blurs it.
    """

    design: Design
    taus: tuple[float, ...]
    optima: tuple[Optimum, ...] = field(repr=False)
    covariances: Array = field(repr=False)
    row_rule: RowRule = field(repr=False)
    unidentified: NDArray[np.bool_] = field(repr=False)
    rule: str
    heaping: tuple[Heaping, ...] = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def coefficients(self) -> Array:
        """Coefficients at each quantile, shape (S, k), in the order of ``design.terms``."""
        return np.array([found.coefficients for found in self.optima])

    @property
    def table(self) -> pl.DataFrame:
        """One row per quantile and term: quantile, term, level, base, value, se, p, low, high, with a step, unique, n.

        Where pay is heaped the ends ``…_with_step`` admit one step of its lattice on either side. A coefficient needs
        thirty rows in each cell that it compares; numbers have four decimals, n is rounded, rare text is masked.
        """
        rows = []
        for i, term in enumerate(self.design.terms):
            (name, _, level, base), held = told(self.design, term), term_withheld(self.design, term)
            for s, (tau, at) in enumerate(zip(self.taus, self.optima, strict=True)):
                rows.append([tau, name, level, base, *self._numbers(s, i), at.unique, term.n, held])
        schema: dict[str, pl.DataType] = {"quantile": pl.Float64()}
        schema |= dict.fromkeys(("term", "level", "base"), pl.String())
        schema |= dict.fromkeys(NUMBERS, pl.Float64())
        schema |= {"unique": pl.Boolean(), "n": pl.Int64(), "withheld": pl.Boolean()}
        cells = pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col(NUMBERS).round(DECIMALS))
        cells = cells.with_columns(pl.col("se").round_sig_figs(2))
        return release(cells, NUMBERS, at_least=MIN_PERCENTILE_CELL, dominated="withheld").frame

    def _numbers(self, s: int, i: int) -> list[float | None]:
        b = float(self.optima[s].coefficients[i])
        if self.unidentified[s, i]:
            return [b, *[None] * 6]
        se = float(self.covariances[s, i, i]) ** 0.5
        low, high, _, p = interval(b, se, self.row_rule.df)
        step = self.heaping[s].step
        return [b, se, round_p(p), low, high, low - step, high + step]

    def at(self, tau: float) -> int:
        """Return a quantile's place among those fitted; raises ``ModelError`` for another one."""
        if tau not in self.taus:
            raise ModelError(unknown("quantile", f"{tau:g}", [f"{one:g}" for one in self.taus]))
        return self.taus.index(tau)


def quantile_regression(
    design: Design,
    quantiles: Sequence[float] = (0.5,),
    *,
    variance: Variance = "kernel",
    dither: int | None = None,
    step: float | None = None,
) -> QuantileRegression:
    """Fit a design at each of several quantiles, exactly, with certificates.

    ``variance`` is ``"kernel"`` (Powell's sandwich: it serves clusters, replicate weights and equations that are not
    quite linear), or for independent rows ``"nid"`` (Hendricks–Koenker) or ``"iid"``. ``dither`` is the seed with
    which heaped pay is spread over its heaps' width, or over ``step`` (in the unit of pay), before the log.
    Raises ``ModelError`` for quantiles outside (0, 1), collinear terms, below 20 clusters unless the spec allows it,
    and a variance that the design cannot serve.

    **Source** Koenker and Bassett (1978), Econometrica 46(1), 33–50; see the solver's and the variance's own.

    >>> import salarylab as sl
    >>> design = sl.build(sl.Spec(factors=("education",)), sl.draw(sl.load("demo"), [sl.main_pay_concept]))
    >>> found = quantile_regression(design, [0.1, 0.5])
    >>> [optimum.certified for optimum in found.optima]
    [True, True]
    """
    rows = row_rule_of(design)
    if variance not in WORDS:
        raise ModelError(unknown("variance", str(variance), WORDS))
    if variance != "kernel" and rows.kind != "HC1":
        by = "clusters" if rows.kind == "CR1" else "replicate weights"
        raise ModelError(Fault(f"variance {variance!r}", by, "independent rows", "take variance='kernel'"))
    x, names = matrix(design), [told(design, term)[0] for term in design.terms]
    y = design.y if dither is None else dithered(design.y, dither, step)
    taus = tuple(sorted(set(quantiles)))
    optima = solve_quantiles(x, y, taus, design.weights, names)
    found = [_judged(design, x, y, at, variance, rows) for at in optima]
    fitted = [x @ at.coefficients for at in optima]
    heaps = tuple(heaping(y, fit, at.tied) for fit, at in zip(fitted, optima, strict=True))
    return QuantileRegression(
        design,
        taus,
        tuple(optima),
        np.array([covariance for covariance, _ in found]),
        rows,
        np.array([few for _, few in found]),
        _rule(design, variance, rows),
        heaps,
        tuple(_notes(optima, heaps, dither, step)),
    )


def _judged(
    design: Design, x: Array, y: Array, at: Optimum, variance: Variance, rows: RowRule
) -> tuple[Array, NDArray[np.bool_]]:
    """Return the covariance (k, k) of one fit, and which terms rest on a few clusters."""
    density = densities(variance, x, y, design.weights, at)
    few = np.zeros(x.shape[1], dtype=bool)
    if rows.clusters is not None:
        w = np.ones(len(y)) if design.weights is None else design.weights
        behind = refit(design, y, np.maximum(w * density, np.finfo(float).tiny), "CR0")
        few = effective_clusters(behind, np.eye(x.shape[1])) < FEW_EFFECTIVE
    if variance == "kernel":
        return pulled_covariance(x, design.weights, density, at, rows), few
    return linear_covariance(x, design.weights, density, at.tau), few


def _notes(optima: list[Optimum], heaps: Sequence[Heaping], dither: int | None, step: float | None) -> list[str]:
    """Return what a reader of the fits must know beside their numbers."""
    notes = list(dict.fromkeys(word for heap in heaps for word in heap.words))
    if dither is not None:
        width = "its width" if step is None else f"{step:g}"
        notes.append(f"pay on heaps was spread evenly, each heap over {width}, seed {dither}")
    for what, marked in (
        ("not unique (other coefficients have the same loss)", [at.tau for at in optima if not at.unique]),
        ("not certified to be the best", [at.tau for at in optima if not at.certified]),
    ):
        if marked:
            notes.append(f"the fit at {', '.join(f'{tau:g}' for tau in marked)} is {what}")
    return notes


def _rule(design: Design, variance: Variance, rows: RowRule) -> str:
    words = rows.words if variance == "kernel" else rows.words.removeprefix("HC1, ")
    weighted = "; weighted" if design.weights is not None and rows.kind != "replicate" else ""
    return f"{WORDS[variance]}, Hall–Sheather bandwidth; {words}{weighted}"


def rearranged(quantiles: Array, taus: Sequence[float]) -> Array:
    """Return fitted quantiles (m, S) at taus in rising order so that none lies below a lower one.

    **Source** Chernozhukov, Fernández-Val and Galichon (2010), Econometrica 78(3), 1093–1125: sorting brings fitted
    quantiles nearer to the true ones, whatever these are.

    >>> rearranged(np.array([[1.0, 3.0, 2.0]]), [0.1, 0.5, 0.9]).tolist()
    [[1.0, 2.0, 3.0]]
    """
    if any(later <= earlier for earlier, later in pairwise(taus)):
        raise ModelError(Fault("quantiles", "not in rising order", "each above the one before", "sort them"))
    return np.sort(quantiles, axis=1)
