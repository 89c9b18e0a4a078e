"""Imputation: an equation fitted to rows that did not answer every factor, by multiple imputation.

statsmodels' MICE draws numbers only, from a random state shared by the whole process; the chained equations here
draw levels too, from a seed. Pay is never imputed: rows without it stay out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import MIN_CELL, round_df, round_share, share_cell
from salarylab.errors import Fault, ModelError, unknown
from salarylab.finding import Finding
from salarylab.model.building import build
from salarylab.model.contributors import term_withheld
from salarylab.model.design import Design
from salarylab.model.estimate import NUMBERS, Estimate, interval, numbers_of, told, told_terms
from salarylab.model.factor import Factor, factor, factor_in
from salarylab.model.fitting import fit
from salarylab.model.spec import Spec
from salarylab.model.spline import restricted_cubic
from salarylab.model.telling import told_of
from salarylab.model.trust.chained import Column, Draws, complete
from salarylab.model.trust.rubin import Pool, pool
from salarylab.sample import Sample

Array = NDArray[np.float64]
Answers = tuple[Factor, pl.Series, Column]

IMPUTATIONS = 20
ROUNDS = 5
MOST_LEVELS = 40


@dataclass(frozen=True, slots=True)
class Imputed:
    """Hold one equation pooled over completed samples.

    ``pooled`` is in the order of ``answered.terms``, the design of the rows that answered everything; ``completed``
    is the design of the first completed sample. ``unidentified`` marks terms without a standard error.
    """

    pooled: Pool = field(repr=False)
    answered: Design = field(repr=False)
    completed: Design = field(repr=False)
    unidentified: NDArray[np.bool_] = field(repr=False)
    imputations: int
    rule: str
    notes: tuple[str, ...] = ()

    @property
    def terms(self) -> pl.DataFrame:
        """One row per coefficient, with the columns of ``Estimate.terms`` and ``information_missing``, a share.

        ``n`` counts rows that answered everything: a cell of fewer than ten of them shows no numbers, whatever was
        drawn into it.
        """
        numbers = (*NUMBERS, "information_missing")
        rows = [
            [*told(self.answered, term), *self._numbers(i), term.n, term_withheld(self.answered, term)]
            for i, term in enumerate(self.answered.terms)
        ]
        return told_terms(rows, numbers)

    def finding(self, term: str) -> Finding:
        """Return one coefficient, by its name in ``answered.terms``, as a finding; raises ``ModelError`` for others."""
        told_terms = [told(self.answered, own) for own in self.answered.terms]
        names = [name for name, *_ in told_terms]
        if term not in names:
            raise ModelError(unknown("term of this equation", term, names))
        i = names.index(term)
        numbers = dict(zip(NUMBERS, self._numbers(i), strict=False))
        named = {"value": "log_points", "se": "se", "df": "df", "p": "p", "low": "ci_low", "high": "ci_high"}
        own = self.answered.terms[i]
        return told_of(
            self.completed,
            f"Pay premium of {term}, {self.imputations} imputations",
            covariance=self.rule,
            unit="log points",
            base=told_terms[i][3],
            smallest_cell=own.n,
            dominated=term_withheld(self.answered, own) and own.n >= MIN_CELL,
            caveats=self.notes,
            **{name: numbers[column] for name, column in named.items()},
        )

    def _numbers(self, i: int) -> list[float | None]:
        b, df = float(self.pooled.coefficients[i]), float(self.pooled.df[i])
        variance = float(self.pooled.covariance[i, i])
        log = self.answered.outcome.log
        if self.unidentified[i]:
            return [*numbers_of(b, log=log), None]
        found = interval(b, variance**0.5, df)
        return [*numbers_of(b, variance**0.5, round_df(df), found, log=log), round(float(self.pooled.missing[i]), 2)]


def fit_imputed(
    spec: Spec,
    sample: Sample,
    *,
    imputations: int = IMPUTATIONS,
    rounds: int = ROUNDS,
    seed: int = 1,
    beside: Sequence[str] = (),
) -> Imputed:
    """Fit an equation to completed samples and pool it by Rubin's rules.

    Unanswered factors are drawn given pay, all other factors, those named in ``beside``, and the log of survey
    weights; given pay × partner too where the equation interacts them. That is right where answering depends on
    what was answered and on pay alone (missing at random). Clusters count in the variance of each fit and not in the
    draws. Raises ``ModelError`` as ``build`` and ``fit`` do; for fewer than two imputations; for an unanswered
    factor that is no column of its own or has more than 40 levels; where nothing is unanswered.

    **Source** Rubin (1987), Multiple Imputation for Nonresponse in Surveys; pay among the predictors: Moons et al.
    (2006), Journal of Clinical Epidemiology 59(10), 1092–1101.

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept, sl.positive_pay])
    >>> found = fit_imputed(sl.Spec(factors=("work_mode", "experience")), sample, imputations=2)
    >>> found.terms["term"].to_list()
    ['intercept', 'work_mode[hybrid]', 'work_mode[remote]', 'experience']
    """
    if imputations < 2 or rounds < 1:
        asked = f"{imputations} imputations, {rounds} rounds"
        raise ModelError(Fault("imputations", asked, "two or more, and a round or more", "take the defaults"))
    answered = build(spec, sample)
    spec = replace(spec, bases={**spec.bases, **answered.base_of})
    whole = build(replace(spec, factors=()), sample)
    columns = _columns(spec, whole, beside)
    _refuse(columns, whole.sample)
    extra = np.zeros((len(whole.y), 0)) if whole.weights is None else np.log(whole.weights)[:, None]
    estimates = []
    for stream in np.random.SeedSequence(seed).spawn(imputations):
        rng = np.random.default_rng(stream)
        draws = complete([column for *_, column in columns], whole.y, extra, rounds, rng)
        estimates.append(fit(build(spec, _filled(whole.sample, columns, draws))))
    _refuse_other_terms(answered, estimates)
    return _pooled(answered, estimates, _notes(columns, spec, rounds))


def _pooled(answered: Design, estimates: list[Estimate], notes: tuple[str, ...]) -> Imputed:
    unidentified = np.logical_or.reduce([estimate.unidentified for estimate in estimates])
    covariances = np.array([estimate.covariance for estimate in estimates])
    covariances = np.where(unidentified[:, None] | unidentified, np.eye(len(unidentified)), covariances)
    found = pool(
        np.array([estimate.coefficients for estimate in estimates]),
        covariances,
        np.mean([estimate.df for estimate in estimates], axis=0),
    )
    rule = f"{estimates[0].rule}; pooled over {len(estimates)} imputations, Barnard–Rubin degrees of freedom"
    notes = (*notes, *estimates[0].notes)
    return Imputed(found, answered, estimates[0].design, unidentified, len(estimates), rule, notes)


# From sample to columns and back


def _columns(spec: Spec, whole: Design, beside: Sequence[str]) -> list[Answers]:
    """Return each factor's answers among the rows with pay, and the column that they make."""
    found: dict[str, Answers] = {}
    for name in dict.fromkeys([*(name for name in spec.factors if ":" not in name), *beside]):
        part = factor(name)
        values = whole.sample.table.select(factor_in(whole.sample, name).expression.alias(name))[name]
        partners = tuple(
            other for term in spec.factors if name in term.split(":") for other in term.split(":") if other != name
        )
        found[name] = (part, values, _column(part, values, partners))
    return list(found.values())


def _column(part: Factor, values: pl.Series, partners: tuple[str, ...]) -> Column:
    if part.kind in ("number", "spline"):
        numbers = values.cast(pl.Float64).fill_null(float("nan")).to_numpy().copy()

        def curve(x: Array) -> Array:
            return restricted_cubic(x, part.knots) if part.kind == "spline" else x[:, None]

        return Column(part.name, numbers, curve, None, partners)
    levels = _found_levels(values)
    codes = values.cast(pl.String).replace_strict(
        levels, list(range(len(levels))), default=None, return_dtype=pl.Float64
    )

    def indicators(x: Array) -> Array:
        return np.asarray(x[:, None] == np.arange(1, len(levels)), dtype=np.float64)

    return Column(part.name, codes.fill_null(float("nan")).to_numpy().copy(), indicators, len(levels), partners)


def _found_levels(values: pl.Series) -> list[str]:
    """Return the levels answered, in declared order or by name."""
    present = set(values.cast(pl.String).drop_nulls().to_list())
    declared = list(values.dtype.categories) if isinstance(values.dtype, pl.Enum) else sorted(present)
    return [level for level in declared if level in present]


def _filled(sample: Sample, columns: list[Answers], draws: Draws) -> Sample:
    """Return the sample with the draws in the place of what was not answered."""
    filled = []
    for part, values, column in columns:
        if not column.missing.any():
            continue
        if column.levels is None:
            filled.append(pl.Series(part.needs[0], draws[part.name]).cast(values.dtype))
        else:
            levels = _found_levels(values)
            names = [levels[int(code)] for code in draws[part.name]]
            filled.append(pl.Series(part.needs[0], names, dtype=pl.String).cast(values.dtype))
    # nothing is left that the publisher filled in: our own draws stand there
    return replace(sample, table=sample.table.with_columns(*filled, imputed=pl.lit(None, pl.List(pl.String))))


# Refusals and notes


def _refuse(columns: list[Answers], sample: Sample) -> None:
    faults = []
    open_ = [(part, column) for part, _, column in columns if column.missing.any()]
    if not open_:
        raise ModelError(Fault("sample", "every factor is answered", "something to impute", "fit(build(…)) serves"))
    values_of = {part.name: values for part, values, _ in columns}
    for part, column in open_:
        if (
            not _of_one_column(part, values_of[part.name], sample)
            or [other.needs for other, *_ in columns].count(part.needs) > 1
        ):
            found = "no column of its own: it is worked out from another, or stands beside another of the same column"
            faults.append(Fault(f"factor {part.name!r}", found, "a column to draw", "leave it out"))
        elif column.levels is not None and column.levels > MOST_LEVELS:
            found = f"more than {MOST_LEVELS} levels"
            faults.append(Fault(f"factor {part.name!r}", found, "few enough to draw", "take a coarser factor"))
    if faults:
        raise ModelError(*faults)


def _of_one_column(part: Factor, values: pl.Series, sample: Sample) -> bool:
    """Return whether a factor's answers are one column's, whatever it makes of rows where the column is empty."""
    column = sample.table[part.needs[0]]
    if len(part.needs) > 1 or column.dtype.is_nested():
        return False
    both = values.is_not_null() & column.is_not_null()
    return bool((values.filter(both).cast(pl.String) == column.filter(both).cast(pl.String)).all())


def _refuse_other_terms(answered: Design, estimates: list[Estimate]) -> None:
    names = [term.name for term in answered.terms]
    if any([term.name for term in estimate.design.terms] != names for estimate in estimates):
        found = "terms that differ between completed samples: a cell is filled by draws alone"
        raise ModelError(Fault("equation", found, "cells that rows answered", "drop the interaction, or rare levels"))


def _notes(columns: list[Answers], spec: Spec, rounds: int) -> tuple[str, ...]:
    """Return what a reader of the pooled numbers must know, shares of unanswered rows included."""
    shares = []
    for part, _, column in columns:
        out, n = int(column.missing.sum()), len(column.missing)
        if out:
            told_share = f"{100 * round_share(out, n):g} %" if share_cell(out, n) >= MIN_CELL else "few"
            shares.append(f"{part.label} ({told_share})")
    crossed = "; interactions drawn through pay × partner" if any(":" in name for name in spec.factors) else ""
    drawn = f"drawn where not answered: {', '.join(shares)}; {rounds} rounds of chained equations{crossed}"
    return (drawn, "right where answering depends on the answers given and on pay alone; pay itself is never drawn")
