"""Estimate: what an equation found in a sample.

Everything is told twice: in log points, as estimated, and in percent, as read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import release, round_df
from salarylab.errors import Fault, ModelError
from salarylab.model.blocks import Levels, Term
from salarylab.model.contributors import term_withheld
from salarylab.model.design import Design, matrix
from salarylab.model.kernel.solution import Solution
from salarylab.model.variance.clusters import joint_satterthwaite
from salarylab.model.variance.independent import wishart_df
from salarylab.model.variance.wild import wild_interval
from salarylab.units import kennedy_percent, percent

Array = NDArray[np.float64]

NUMBERS = (
    "log_points",
    "se",
    "df",
    "t",
    "p",
    "ci_low",
    "ci_high",
    "percent",
    "percent_low",
    "percent_high",
    "percent_kennedy",
)


class Fitted(Protocol):
    """Stand for a fitted equation of log pay, by least squares or near its solution: what contrasts need of one.

    ``coefficients`` and ``df`` have shape (k,), ``covariance`` (k, k), in the order of ``design.terms``;
    ``unidentified`` (k,) marks terms without a standard error. ``solution`` is the least squares of the rows.
    """

    @property
    def design(self) -> Design:
        """The equation, laid out."""
        ...

    @property
    def n(self) -> int:
        """Rows in the fitted sample."""
        ...

    @property
    def solution(self) -> Solution:
        """The least squares of the rows."""
        ...

    @property
    def coefficients(self) -> Array:
        """Coefficients (k,)."""
        ...

    @property
    def covariance(self) -> Array:
        """Their covariance (k, k)."""
        ...

    @property
    def df(self) -> Array:
        """Degrees of freedom (k,)."""
        ...

    @property
    def unidentified(self) -> NDArray[np.bool_]:
        """Terms without a standard error (k,)."""
        ...

    @property
    def kind(self) -> str:
        """The covariance rule's short name."""
        ...

    @property
    def rule(self) -> str:
        """The covariance rule in words."""
        ...

    def interval_of(self, row: Array, value: float, se: float, df: float) -> tuple[float, float, float, float]:
        """Return the interval's ends, t and p of a weighted sum of terms."""
        ...

    def interval_notes(self, row: Array) -> tuple[str, ...]:
        """Return what a reader of a weighted sum's interval must know."""
        ...

    def told_df(self, df: float) -> float:
        """Return degrees of freedom as they may be published."""
        ...


@dataclass(frozen=True, slots=True)
class Estimate:
    """Hold one fitted equation.

    ``coefficients`` and ``df`` have shape (k,), ``covariance`` (k, k), in the order of ``design.terms``.
    ``unidentified`` (k,) marks terms without a standard error; ``notes`` says why, and anything else that a
    reader of the numbers must know. ``rule`` is the covariance rule in words, ``route`` how it was computed.
    """

    design: Design
    solution: Solution = field(repr=False)
    coefficients: Array = field(repr=False)
    covariance: Array = field(repr=False)
    df: Array = field(repr=False)
    unidentified: NDArray[np.bool_] = field(repr=False)
    kind: str
    rule: str
    r_squared: float
    route: str = ""
    notes: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Rows in the fitted sample."""
        return self.solution.n

    @property
    def terms(self) -> pl.DataFrame:
        """One row per coefficient; where a cell compared may not be told, no numbers are shown.

        Columns: term, factor, level, base, then log points with standard error, degrees of freedom as told, t, p
        and 95 % interval, then percent differences (interval ends transformed) with Kennedy's beside, none where the
        outcome is no log, and n, the rows in the smallest cell that the coefficient compares, rounded. Text found in
        fewer than ten rows is masked.
        """
        rows = [
            [*told(self.design, term), *self._numbers(i), term.n, term_withheld(self.design, term)]
            for i, term in enumerate(self.design.terms)
        ]
        return told_terms(rows, NUMBERS)

    def _numbers(self, i: int) -> list[float | None]:
        b = float(self.coefficients[i])
        log = self.design.outcome.log  # a difference in dollars has no percent
        if self.unidentified[i]:
            return numbers_of(b, log=log)
        se, df = float(self.covariance[i, i]) ** 0.5, float(self.df[i])
        found = self.interval_of(np.eye(len(self.df))[i], b, se, df)
        return numbers_of(b, se, None if self.kind == "wild" else self.told_df(df), found, log=log)

    def interval_of(self, row: Array, value: float, se: float, df: float) -> tuple[float, float, float, float]:
        """Return the interval's ends, t and p of a weighted sum of terms; ``row`` (k,) are the weights."""
        if self.kind != "wild":
            return interval(value, se, df)
        drawn = wild_interval(self.solution, row)
        return drawn.low, drawn.high, value / se, drawn.p

    def interval_notes(self, row: Array) -> tuple[str, ...]:
        """Return what a reader of a weighted sum's interval must know: where a bootstrap rests on few clusters."""
        return wild_interval(self.solution, row).notes if self.kind == "wild" else ()

    def told_df(self, df: float) -> float:
        """Return degrees of freedom as they may be told: coarsely, but for those of replicates, which anybody knows."""
        return df if self.kind == "replicate" else round_df(df)

    def to_statsmodels(self) -> Any:
        """Return the live statsmodels results of the same equation, with this estimate's covariance.

        Its parameters, standard errors, t statistics and p-values are the estimate's; summary, diagnostics
        and predict work.
        """
        import pandas as pd
        import statsmodels.api as sm

        names = [term.name for term in self.design.terms]
        exog = pd.DataFrame(matrix(self.design), columns=names)
        endog = pd.Series(self.design.y, name=self.design.outcome.name)
        weights = self.design.weights
        model = sm.OLS(endog, exog) if weights is None else sm.WLS(endog, exog, weights=weights)
        results = model.fit(use_t=True)._results
        results.cov_params_default = np.where(self.unidentified[:, None] | self.unidentified, np.nan, self.covariance)
        results.cov_type = self.kind
        results.df_resid_inference = self.df if np.ptp(self.df) else float(self.df[0])  # its own F tests take one
        # statsmodels' overall F test takes one denominator; ours is the one that goes with the variance
        told = [i for i, term in enumerate(self.design.terms) if term.name != "intercept" and not self.unidentified[i]]
        try:
            results._cache["fvalue"], _, results._cache["f_pvalue"] = wald(self, np.eye(len(self.df))[told])
        except ModelError:  # more terms than the variance can judge
            results._cache["fvalue"], results._cache["f_pvalue"] = np.nan, np.nan
        return sm.regression.linear_model.RegressionResultsWrapper(results)


def told(design: Design, term: Term) -> tuple[str, str, str | None, str | None]:
    """Return a term's name, factor, level and base as they may be told: rare text is masked."""
    parts = []
    for name, part in zip(term.factor.split(":"), term.parts, strict=False):
        block = design.blocks.get(name)
        level = part.split("[", 1)[1][:-1] if isinstance(block, Levels) else ""
        parts.append(f"{name}[{block.told(level)}]" if isinstance(block, Levels) else part)
    names = [name for name in term.factor.split(":") if isinstance(design.blocks.get(name), Levels)]
    base = " × ".join(design.told_base(name) for name in names) if term.base is not None else None
    if len(parts) == 1 and term.level is not None:
        block = design.blocks[term.factor]
        return parts[0], term.factor, block.told(term.level) if isinstance(block, Levels) else term.level, base
    return ":".join(parts), term.factor, " × ".join(parts) if term.level is not None else None, base


def numbers_of(
    value: float,
    se: float | None = None,
    df: float | None = None,
    found: tuple[float, float, float, float] | None = None,
    *,
    log: bool = True,
) -> list[float | None]:
    """Return ``NUMBERS`` of a value, ``df`` as they may be told, ``found`` by ``interval``; no spread without an se."""
    if se is None or found is None:
        return [value, *[None] * 6, percent(value) if log else None, None, None, None]
    low, high, t, p = found
    in_percent = [percent(value), percent(low), percent(high), kennedy_percent(value, se**2)] if log else [None] * 4
    return [value, se, df, t, p, low, high, *in_percent]


def told_terms(rows: Sequence[Sequence[object]], numbers: Sequence[str]) -> pl.DataFrame:
    """Return rows of term, factor, level, base, the ``numbers``, n and whether they are withheld, as may be told.

    An intercept is a level, no difference: it has no percent.
    """
    text = dict.fromkeys(("term", "factor", "level", "base"), pl.String())
    schema = text | dict.fromkeys(numbers, pl.Float64()) | {"n": pl.Int64(), "withheld": pl.Boolean()}
    cells = pl.DataFrame(rows, schema=schema, orient="row")
    percents = [name for name in numbers if name.startswith("percent")]
    cells = cells.with_columns(pl.when(pl.col("factor") != "intercept").then(pl.col(percents)))
    return release(cells, numbers, dominated="withheld").frame


def wald(estimate: Fitted, contrasts: Array) -> tuple[float, float, float]:
    """Return F, its denominator degrees of freedom and p of the hypothesis that these weighted sums of terms are zero.

    Parameters
    ----------
    estimate
        A fitted equation; each of its rules but ``wild`` serves.
    contrasts
        Weights of the terms, shape (q, k); no sum follows from the others.

    Returns
    -------
    tuple of float
        F, denominator degrees of freedom, p.

    Raises
    ------
    ModelError
        Under ``wild``, and where the variance cannot judge so many sums.

    Notes
    -----
    W is Wald's statistic, d the rule's degrees of freedom.

    - ``classical``: W/q on F(q, n − k), exact where errors are normal with equal variances.
    - ``HC0``, ``HC1``, ``HC3``, ``HC4``, and ``HC2`` beside an absorbed factor: W/q on F(q, n − k), in large samples;
      statsmodels and Stata print the same.
    - ``CR0``, ``CR1``, ``CRV3``: W/q on F(q, G − 1), G the (fewer) clusters; q is at most G − 1.
    - ``HC2``, ``CR2``: (d − q + 1)/(dq)·W on F(q, d − q + 1), Hotelling's form, with d matched to a Wishart matrix.
    - ``replicate``: the same with the survey's own d.

    **Source** Wald (1943); Greene (2018), Econometric Analysis, 8th ed., section 5.3 (exact F); MacKinnon, Nielsen and
    Webb (2023), Journal of Econometrics 232(2), 272–299, and Cameron, Gelbach and Miller (2011), Journal of Business &
    Economic Statistics 29(2), 238–249 (clusters); Pustejovsky and Tipton (2018), Journal of Business & Economic
    Statistics 36(4), 672–683 (HC2, CR2); Korn and Graubard (1990), American Statistician 44(4), 270–276 (replicates).
    """
    from scipy.special import fdtrc

    q, kind, solution = len(contrasts), estimate.kind, estimate.solution
    covariance = contrasts @ estimate.covariance @ contrasts.T
    if kind == "wild":
        raise ModelError(
            Fault("joint test", "a wild bootstrap", "a rule that judges several terms", "test one at a time")
        )
    size = np.sqrt(np.diag(covariance))
    if np.linalg.matrix_rank(covariance / np.outer(size, size), hermitian=True) < q:
        raise ModelError(_too_many(q))
    d, hotelling = float(estimate.df[(contrasts != 0).any(axis=0)].min()), kind == "replicate"
    if kind == "CR2" or (kind == "HC2" and solution.within is None):
        d, hotelling = (joint_satterthwaite if kind == "CR2" else wishart_df)(solution, contrasts), True
    if d <= q - 1 and (hotelling or kind.startswith("CR")):
        raise ModelError(_too_many(q))
    b = contrasts @ estimate.coefficients
    f, behind = float(b @ np.linalg.solve(covariance, b)) / q, d
    if hotelling:
        f, behind = f * (d - q + 1) / d, d - q + 1
    return f, behind, float(fdtrc(q, behind, f))


def _too_many(q: int) -> Fault:
    return Fault(
        "joint test",
        f"{q} terms, no fewer than the variance has degrees of freedom",
        "fewer terms than degrees of freedom",
        "test a factor with fewer levels",
    )


def interval(value: float, se: float, df: float, level: float = 0.95) -> tuple[float, float, float, float]:
    """Return the interval's ends, t and the two-sided p-value of a value with t-distributed error.

    >>> low, high, t, p = interval(0.0, 1.0, 10.0)
    >>> round(high, 3), t, p
    (2.228, 0.0, 1.0)
    """
    from scipy.special import stdtr, stdtrit

    if se == 0:
        return value, value, float("nan"), float("nan")
    reach = float(stdtrit(df, 0.5 + level / 2)) * se
    t = value / se
    return value - reach, value + reach, t, 2.0 * float(stdtr(df, -abs(t)))
