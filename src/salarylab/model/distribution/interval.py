"""Interval: log pay known as points, bands, posted ranges or top codes, in one normal likelihood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.errors import ModelError, unknown
from salarylab.model.blocks import Term, columns
from salarylab.model.contributors import term_withheld
from salarylab.model.design import Design, matrix
from salarylab.model.distribution.interval_covariance import RULES, refitted, sandwich
from salarylab.model.distribution.interval_ends import banded_design, shares_of_ends
from salarylab.model.distribution.interval_likelihood import Banded, curvature
from salarylab.model.distribution.interval_newton import maximise
from salarylab.model.distribution.nonlinear import NUMBERS, Nonlinear, replicated, rule_words, told_numbers
from salarylab.model.estimate import told, told_terms
from salarylab.model.fitting import refit
from salarylab.model.kernel.solution import Solution
from salarylab.model.rules import served
from salarylab.model.spec import Spec
from salarylab.model.variance.clusters import clustered
from salarylab.sample import Sample

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalEstimate(Nonlinear):
    """Hold an interval regression: the terms of mean log pay, and those of the log of its spread σ.

    ``parameters`` (k + m,) are both, ``joint`` (k + m, k + m) is their covariance; ``spread`` names the factors
    by which σ differs. ``banded`` holds the ends, with weights scaled to a mean of one, in whose units
    ``log_likelihood`` is.
    """

    banded: Banded = field(repr=False)
    spread: tuple[str, ...]
    parameters: Array = field(repr=False)
    joint: Array = field(repr=False)
    log_likelihood: float = field(repr=False)

    @property
    def shares(self) -> pl.DataFrame:
        """The share of rows whose pay is known as a point, a band, or with an end left open."""
        return shares_of_ends(self.banded.low, self.banded.high)

    @property
    def spread_terms(self) -> pl.DataFrame:
        """One row per term of ln σ, columns as in ``terms``: its value at the bases, and differences from there.

        What clusters do not identify of the mean, they do not of the spread.
        """
        hidden = dict(zip(self.design.terms, self.unidentified, strict=True))
        rows = []
        for i, term in enumerate(_spread_terms(self.design, self.spread), start=self.banded.k):
            se = None if hidden[term] else float(self.joint[i, i]) ** 0.5
            numbers = told_numbers(float(self.parameters[i]), se, float(self.df.min()), self.kind)
            rows.append([*told(self.design, term), *numbers, term.n, term_withheld(self.design, term)])
        return told_terms(rows, NUMBERS)


def interval(spec: Spec, sample: Sample, *, spread: Sequence[str] = (), ranges: bool = False) -> IntervalEstimate:
    """Fit an equation for log pay that is known as points, bands and open ends, by maximum likelihood.

    Log pay is taken as normal around the equation (``normality`` tests it), with a spread that is one, or differs
    by the factors named in ``spread``. Rows are kept that have an amount or bounds: draw without ``positive_pay``.
    Weights are the spec's, scaled to a mean of one. The covariance is the one-step jackknife over rows (HC3) or
    clusters (CRV3), or refits under replicate weights; the spec may ask for classical, HC0, HC1, CR0 or CR1. A
    premium is one of geometric means of pay.

    Raises ``ModelError`` as ``build`` does, and for posted ranges (unless ``ranges``), ends out of order, a spread
    by what is no factor of the equation, fewer than 20 clusters, and terms that no cut tells.

    **Source** Stewart (1983), Review of Economic Studies 50(4), 737–753; Olsen (1978), Econometrica 46(5),
    1211–1215 (concavity).

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept])
    >>> found = interval(sl.Spec(factors=("education",)), sample)
    >>> found.shares.rows()[0][:2]  # where all pay is known as points, this is least squares
    ('point', 1.0)
    """
    return fitted(spec, sample, spread=tuple(spread), ranges=ranges)


def fitted(
    spec: Spec, sample: Sample, *, spread: tuple[str, ...], ranges: bool, floor: float = -np.inf
) -> IntervalEstimate:
    """Fit as ``interval`` does, given that all rows are known to reach a floor of log pay."""
    strays = [name for name in spread if name not in spec.factors or ":" in name]
    if strays:
        raise ModelError(*(unknown("spread by", name, [f for f in spec.factors if ":" not in f]) for name in strays))
    design, low, high = banded_design(spec, sample, ranges=ranges)
    scale = 1.0 if design.weights is None else 1.0 / float(design.weights.mean())
    weights = np.ones(len(low)) if design.weights is None else design.weights * scale
    x = matrix(design)
    z = np.hstack([np.ones((len(low), 1)), *(columns(design.blocks[name]) for name in spread)])
    banded = Banded(x, z, low, high, weights, floor)
    kind = served(design, "HC3", RULES)
    names = [told(design, term)[0] for term in design.terms]
    found = maximise(banded, names, [f"ln σ, {told(design, term)[0]}" for term in _spread_terms(design, spread)])
    working = _working(design, banded, found, kind)
    unidentified = _unidentified(design, working, kind)
    if kind == "replicate" and design.replicates is not None and design.replication is not None:
        replicates = design.replicates * scale
        joint = replicated(lambda w: refitted(banded, found, w), replicates, design.replication, found)
    else:
        joint = sandwich(banded, found, kind, design.clusters)
    df, rule = rule_words(design, kind, "interval regression of normal log pay")
    return IntervalEstimate(
        design=design,
        working=working,
        coefficients=found[: banded.k],
        covariance=joint[: banded.k, : banded.k],
        df=np.full(banded.k, df),
        unidentified=unidentified,
        kind=kind,
        rule=rule,
        banded=banded,
        spread=spread,
        parameters=found,
        joint=joint,
        log_likelihood=banded.natural(found)[0],
    )


def _spread_terms(design: Design, spread: Sequence[str]) -> list[Term]:
    """Return the terms of ln σ: those of the mean by the same factors."""
    main = [term for term in design.terms if len(term.parts) == 1]
    return [main[0], *(term for name in spread for term in main if term.factor == name)]


def _working(design: Design, banded: Banded, found: Array, kind: str) -> Solution:
    """Return the least squares whose rows weigh what they tell of the mean, and whose scores are the likelihood's."""
    residuals, sigma = banded.at(found)
    weights = np.maximum(banded.weights * curvature(residuals, sigma)[2], 0.0)
    scores = banded.weights * residuals.moments[0] / sigma
    target = np.divide(scores, weights, out=np.zeros_like(scores), where=weights > 0)
    return refit(design, target, weights, kind)


def _unidentified(design: Design, working: Solution, kind: str) -> NDArray[np.bool_]:
    """Return which terms rest on one or a few clusters (k,); raise ``ModelError`` for fewer than 20 clusters."""
    if not kind.startswith("CR"):
        return np.zeros(len(design.terms), dtype=bool)
    return clustered(working, "CRV3", few=design.spec.few_clusters).unidentified
