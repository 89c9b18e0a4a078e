"""PPML: pay itself, not its log, by Poisson pseudo-maximum-likelihood, and beside log least squares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import show_count
from salarylab.errors import Fault, ModelError, unknown
from salarylab.model.design import Design, matrix
from salarylab.model.distribution.nonlinear import Nonlinear, replicated, rule_words
from salarylab.model.estimate import Estimate, told
from salarylab.model.fitting import fit, refit
from salarylab.model.least_squares import DenseFit, solve_dense
from salarylab.model.rules import served
from salarylab.model.variance.clusters import clustered
from salarylab.model.variance.independent import bell_mccaffrey, classical, heteroskedastic

Array = NDArray[np.float64]

RULES = ("classical", "HC0", "HC1", "HC2", "HC3", "HC4", "CR0", "CR1", "CRV3", "replicate")
CLOSE = 1e-12
"""Root mean square step of the log of mean pay, weighted by pay, at which the solution is reached."""

MOST_STEPS = 100
SEPARATED = 1e-4
"""Size above which the rectifier's value of a row is not zero."""


def poisson(x: Array, y: Array, names: Sequence[str], weights: Array | None = None) -> DenseFit:
    """Solve Σ w (y − exp(xb)) x = 0; return the working least squares at the solution, whose coefficients are b.

    ``x`` has shape (n, k), ``y`` and ``weights`` (n,). The working least squares has weights w·exp(xb), so that its
    sandwiches are this equation's. Raises ``ModelError`` as ``solve_dense`` does, for y below zero or zero throughout,
    for rows of zeros that some terms alone tell apart, and where no solution is reached in 100 steps.

    **Source** Gourieroux, Monfort and Trognon (1984), Econometrica 52(3), 701–720; Santos Silva and Tenreyro
    (2006), Review of Economics and Statistics 88(4), 641–658.

    >>> x = np.column_stack([np.ones(4), [0.0, 0.0, 1.0, 1.0]])
    >>> solution = poisson(x, np.array([1.0, 3.0, 2.0, 6.0]), ["intercept", "degree"])
    >>> np.exp(solution.coefficients).round(9).tolist()  # arithmetic means: 2, and twice as much
    [2.0, 2.0]
    """
    w = np.ones(len(y)) if weights is None else weights
    _refuse_amounts(x, y, names, w)
    log_mean = np.log((y + w @ y / w.sum()) / 2.0)
    for _ in range(MOST_STEPS):
        mean = np.exp(log_mean)
        working = solve_dense(x, log_mean + (y - mean) / mean, names, w * mean)
        moved = x @ working.coefficients - log_mean
        log_mean = log_mean + moved
        if float(w * mean @ moved**2) <= CLOSE**2 * float(w @ y):
            return working
    raise ModelError(Fault("PPML", "no solution in 100 steps", "pay that has one", "choose coarser levels"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PseudoPoisson(Nonlinear):
    """Hold an equation for the log of mean pay: its premia are ratios of arithmetic means."""


def ppml(design: Design) -> PseudoPoisson:
    """Fit a design to pay itself by Poisson pseudo-maximum-likelihood: the log of mean pay is linear in the terms.

    Nothing is taken of how pay is distributed, but for its mean. The covariance rule is the spec's, for the
    working least squares: HC2 with Bell–McCaffrey degrees of freedom by default, CRV3 for clusters (both linear in
    the scores), refits under replicate weights. Raises ``ModelError`` as ``fit`` and ``poisson`` do.

    **Source** Santos Silva and Tenreyro (2006), Review of Economics and Statistics 88(4), 641–658; McCaffrey and
    Bell (2006), Statistics in Medicine 25(23), 4081–4098 (degrees of freedom of a working model); MacKinnon, Nielsen
    and Webb, arXiv:2406.00650 (the jackknife over clusters, linearised).

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept, sl.positive_pay])
    >>> ppml(sl.build(sl.Spec(factors=("education",)), sample)).terms["term"][0]
    'intercept'
    """
    x, pay = matrix(design), np.exp(design.y)
    near = poisson(x, pay, [told(design, term)[0] for term in design.terms], design.weights)
    kind = served(design, "HC2", RULES)
    behind, rule = rule_words(design, kind, "PPML of pay")
    k, log_mean = x.shape[1], x @ near.coefficients
    mean = np.exp(log_mean)
    weights = mean if design.weights is None else design.weights * mean
    working = refit(design, log_mean + (pay - mean) / mean, weights, kind)
    df, unidentified = np.full(k, behind), np.zeros(k, dtype=bool)
    if kind == "replicate" and design.replicates is not None and design.replication is not None:
        covariance = replicated(
            lambda w: _reweighted(x, pay, near, w), design.replicates, design.replication, near.coefficients
        )
    elif kind.startswith("CR"):
        found = clustered(working, kind, few=design.spec.few_clusters)  # type: ignore[arg-type]
        covariance, unidentified = found.covariance, found.unidentified
    elif kind == "classical":
        covariance = classical(working)
    else:
        covariance = heteroskedastic(working, kind)  # type: ignore[arg-type]
        df = bell_mccaffrey(working, np.eye(k)) if kind == "HC2" else df
    return PseudoPoisson(
        design=design,
        working=working,
        coefficients=near.coefficients,
        covariance=covariance,
        df=df,
        unidentified=unidentified,
        kind=kind,
        rule=rule,
    )


def _reweighted(x: Array, y: Array, near: DenseFit, weights: Array) -> Array:
    """Return the coefficients (k,) under other weights (n,), zero or negative ones included, by Newton."""
    basis = x @ near.backward
    log_mean = x @ near.coefficients
    b = near.coefficients
    for _ in range(MOST_STEPS):
        mean = np.exp(log_mean)
        step = np.linalg.solve((basis * (weights * mean)[:, None]).T @ basis, basis.T @ (weights * (y - mean)))
        b, log_mean = b + near.backward @ step, log_mean + basis @ step
        if float(np.linalg.norm(step)) <= 1e-10 * float(np.sqrt(np.abs(weights) @ y)):
            return b
    found = "a replicate under which PPML has no solution"
    raise ModelError(
        Fault("replicate weights", found, "levels with weight in every replicate", "choose coarser levels")
    )


# Beside log least squares


@dataclass(frozen=True, slots=True)
class LogsAndLevels:
    """Hold a factor's premia twice: of geometric means (log least squares) and of arithmetic means (PPML)."""

    factor: str
    logs: Estimate
    levels: PseudoPoisson

    @property
    def words(self) -> str:
        """What the two are, for the line under the table."""
        return (
            "Log least squares gives ratios of geometric means of pay, PPML ratios of arithmetic means. They agree "
            "where log pay spreads alike at both levels; where one spreads more, its arithmetic mean is higher for it."
        )

    @property
    def table(self) -> pl.DataFrame:
        """One row a level, in log points: ``logs`` and ``levels`` with 95 % intervals, and their difference.

        The columns in percent are of ratios of geometric and of arithmetic means. A cell that may not be told
        shows no numbers; rare text is masked.
        """
        shown = {"log_points": "", "ci_low": "_low", "ci_high": "_high"}
        of = [
            terms.filter(pl.col("factor") == self.factor).select(
                *(pl.col(name).alias(f"{kind}{end}") for name, end in shown.items()),
                pl.col("percent").alias(f"{kind}_percent"),
            )
            for kind, terms in (("logs", self.logs.terms), ("levels", self.levels.terms))
        ]
        named = self.levels.terms.filter(pl.col("factor") == self.factor).select("term", "level", "base", "n")
        difference = (pl.col("levels") - pl.col("logs")).alias("difference")
        return pl.concat([named, *of], how="horizontal").with_columns(difference)


def beside_logs(design: Design, factor: str) -> LogsAndLevels:
    """Return a factor's premia from log least squares and from PPML, of one design under one covariance rule.

    Raises ``ModelError`` as ``fit`` and ``ppml`` do, and for a factor that is not in the equation.

    **Source** Santos Silva and Tenreyro (2006), Review of Economics and Statistics 88(4), 641–658; Manning (1998),
    Journal of Health Economics 17(3), 283–295 (a spread that differs by group is in the ratio of arithmetic means).

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept, sl.positive_pay])
    >>> beside_logs(sl.build(sl.Spec(factors=("education",)), sample), "education").table["base"].unique().to_list()
    ['bachelor']
    """
    named = [name for name in design.spec.factors if ":" not in name]
    if factor not in named:
        raise ModelError(unknown("factor of this equation", factor, named))
    return LogsAndLevels(factor, fit(design), ppml(design))


# Refusals


def _refuse_amounts(x: Array, y: Array, names: Sequence[str], w: Array) -> None:
    faults = []
    if not (np.isfinite(y).all() and np.isfinite(w).all()):
        faults.append(Fault("PPML", "values that are not finite", "numbers", "restrict the sample to known pay"))
    if (y < 0).any() or not (y > 0).any():
        faults.append(Fault("PPML", "pay below zero, or none above", "pay of zero or more", "restrict the sample"))
    if (w <= 0).any():
        faults.append(Fault("PPML", "weights at or below zero", "positive main weights", "restrict the sample"))
    if faults:
        raise ModelError(*faults)
    if (y == 0).any():
        _refuse_separated(x, y, names)


def _refuse_separated(x: Array, y: Array, names: Sequence[str]) -> None:
    """Refuse rows of zeros whose mean can be put to zero at no cost to any other row; with positive pay there are none.

    The iterative rectifier: what is zero at all positive rows and as near as may be to the indicator of zeros.

    **Source** Correia, Guimarães and Zylkin (2019), Verifying the existence of maximum likelihood estimates for
    generalized linear models, arXiv:1903.01633; (2020), Stata Journal 20(1), 95–115.
    """
    zero = y == 0
    weights = np.where(zero, 1.0, 1e8)
    target = zero.astype(float)
    for _ in range(MOST_STEPS):
        reached = x @ solve_dense(x, target, names, weights).coefficients
        reached[np.abs(reached) < SEPARATED] = 0.0
        if (reached[zero] >= 0).all():
            break
        target = np.where(zero, np.maximum(reached, 0.0), 0.0)
    alone = int((zero & (reached > SEPARATED)).sum())
    if alone:
        raise ModelError(
            Fault(
                "PPML",
                f"pay of zero in {show_count(alone)} rows that some terms tell from all others",
                "pay above zero at every level",
                "restrict the sample to positive pay, or choose coarser levels",
            )
        )
