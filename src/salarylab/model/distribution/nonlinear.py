"""Nonlinear: what is told of an equation that least squares did not fit: its terms, and premia as findings.

Near its solution such an equation is a weighted least squares, the working one: leverage, effective clusters and
degrees of freedom are that one's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import round_count, round_df, show_count
from salarylab.finding import Finding
from salarylab.model.contrast.premium import premium_asked
from salarylab.model.contributors import term_withheld
from salarylab.model.design import Design
from salarylab.model.estimate import NUMBERS as ALL
from salarylab.model.estimate import interval, numbers_of, told, told_terms
from salarylab.model.kernel.solution import Solution
from salarylab.model.telling import told_of
from salarylab.model.variance.clusters import FEW_EFFECTIVE
from salarylab.model.variance.effective import effective_clusters
from salarylab.model.variance.independent import bell_mccaffrey
from salarylab.model.variance.replicates import spread_of
from salarylab.source import Replication

Array = NDArray[np.float64]

NUMBERS = ALL[:-1]
"""Those of an estimate, but for Kennedy's percent: its argument is of normal errors of log pay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nonlinear:
    """Hold the terms of an equation: ``coefficients``, ``df``, ``unidentified`` (k,) and ``covariance`` (k, k).

    Terms are in the order of ``design.terms``; those ``unidentified`` have no standard error. ``rule`` is the
    covariance rule in words, ``working`` the least squares that stands for the equation near its solution.
    """

    design: Design
    working: Solution = field(repr=False)
    coefficients: Array = field(repr=False)
    covariance: Array = field(repr=False)
    df: Array = field(repr=False)
    unidentified: NDArray[np.bool_] = field(repr=False)
    kind: str
    rule: str

    @property
    def terms(self) -> pl.DataFrame:
        """One row per coefficient, as ``Estimate.terms``: where a cell compared may not be told, no numbers are."""
        errors = np.where(self.unidentified, np.nan, np.sqrt(np.diag(self.covariance))).tolist()
        rows = []
        for term, b, se, df in zip(
            self.design.terms, self.coefficients.tolist(), errors, self.df.tolist(), strict=True
        ):
            numbers = told_numbers(b, None if np.isnan(se) else se, df, self.kind)
            rows.append([*told(self.design, term), *numbers, term.n, term_withheld(self.design, term)])
        return told_terms(rows, NUMBERS)

    @property
    def n(self) -> int:
        """Rows in the fitted sample."""
        return self.design.n

    @property
    def solution(self) -> Solution:
        """The working least squares: leverage, effective clusters and degrees of freedom are its own."""
        return self.working

    def interval_of(self, row: Array, value: float, se: float, df: float) -> tuple[float, float, float, float]:
        """Return the interval's ends, t and p of a weighted sum of terms; ``row`` (k,) are the weights."""
        return interval(value, se, df)

    def interval_notes(self, row: Array) -> tuple[str, ...]:
        """Return nothing: these intervals are read as they are."""
        return ()

    def told_df(self, df: float) -> float:
        """Return degrees of freedom as they may be published: coarsely, but for those of replicates."""
        return df if self.kind == "replicate" else round_df(df)

    def numbers(self, vector: Array) -> list[float | None]:
        """Return ``NUMBERS`` of a weighted sum of terms (k,), df as told; no spread where it is not identified."""
        value = float(vector @ self.coefficients)
        se = float(vector @ self.covariance @ vector) ** 0.5 if self._identified(vector) else None
        return told_numbers(value, se, self._df(vector), self.kind)

    def _df(self, vector: Array) -> float:
        return float(bell_mccaffrey(self.working, vector[None])[0]) if self.kind == "HC2" else float(self.df.min())

    def _identified(self, vector: Array) -> bool:
        if not self.kind.startswith("CR"):
            return True
        behind = float(effective_clusters(self.working, vector[None])[0])
        return behind >= FEW_EFFECTIVE and not (self.unidentified & (vector != 0)).any()


def told_numbers(value: float, se: float | None, df: float, kind: str) -> list[float | None]:
    """Return ``NUMBERS`` of a value, df as they may be told under the rule ``kind``; no spread without an se."""
    if se is None:
        return numbers_of(value)[:-1]
    coarse = df if kind == "replicate" else round_df(df)
    return numbers_of(value, se, coarse, interval(value, se, df))[:-1]


def premium(
    fitted: Nonlinear, factor: str, level: str, base: str | None = None, *, within: Mapping[str, str] | None = None
) -> Finding:
    """Return the premium of one level of a factor over another, in log points, as a finding.

    ``base`` and ``within``, and errors, are as in ``contrast``.

    >>> import salarylab as sl
    >>> from salarylab.model.distribution.ppml import ppml
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept, sl.positive_pay])
    >>> found = premium(ppml(sl.build(sl.Spec(factors=("education",)), sample)), "education", "master")
    >>> found.subject
    'Raw pay gap of master to bachelor'
    """
    asked = premium_asked(fitted.design, factor, level, base, within)
    numbers = dict(zip(NUMBERS, fitted.numbers(asked.vector), strict=True))
    return told_of(
        fitted.design,
        asked.subject,
        covariance=fitted.rule,
        unit="log points",
        value=numbers["log_points"],
        se=numbers["se"],
        df=numbers["df"],
        low=numbers["ci_low"],
        high=numbers["ci_high"],
        p=numbers["p"],
        caveats=() if numbers["se"] is not None else ("no interval: identified inside one or a few clusters",),
        **asked.cells,
    )


# Covariance


def rule_words(design: Design, kind: str, what: str) -> tuple[float, str]:
    """Return the degrees of freedom of a rule other than HC2, and the rule in words; ``what`` names the estimator."""
    weighted = "" if design.weights is None or kind == "replicate" else "; weighted"
    if kind == "replicate" and design.replication is not None:
        return float(design.replication.df), f"{what}, {design.replication.name}, t({design.replication.df:g})"
    if kind.startswith("CR") and design.clusters is not None:
        groups = int(design.clusters.max()) + 1
        by = f"clustered by {design.cluster_label}, {show_count(groups)} clusters, t(clusters − 1)"
        return groups - 1.0, f"{what}, {kind} {by}{weighted}"
    residual = len(design.y) - len(design.terms)
    behind = "with Bell–McCaffrey degrees of freedom" if kind == "HC2" else f"t(n − k), about {round_count(residual):,}"
    return float(residual), f"{what}, {kind}, {behind}{weighted}"


def replicated(refit: Callable[[Array], Array], replicates: Array, replication: Replication, around: Array) -> Array:
    """Return scale · Σ(θr − θ)(θr − θ)', shape (p, p); ``refit`` gives θr (p,) under replicate weights (n,)."""
    return spread_of(np.stack([refit(weights) for weights in replicates.T]) - around, replication.scale)
