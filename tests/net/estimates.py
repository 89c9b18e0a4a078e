"""The net: about 300 estimates by every verb that is to stay, kept in a table before anything is deleted or redesigned.

``python tests/net/estimates.py --write`` computes them and writes ``estimates.csv`` beside this file; ``--check 1e-12``
computes them again and prints each line that differs by more than that relative tolerance. Sources are the demo, a
textbook's sample and three real ones; a real source that is not at hand is left out, and that is said.

A row is what the public table or finding of a verb tells. Labels name the question in an analyst's words, so that
they hold while classes and modules are rewritten. Nothing here reads a private name.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

import salarylab as sl
from salarylab.disclosure import round_count
from salarylab.finding import Finding
from salarylab.model.trust.propensity import logit
from salarylab.model.variance.small_sample import SmallSample

TABLE = Path(__file__).with_name("estimates.csv")
NUMBERS = ("value", "se", "df", "p", "n")
FOUND = ("value", "se", "df", "p", "low", "high")  # what a finding holds exactly, but for df
LEAST_P = 1e-12  # p-values that differ by less are the same: their relative error grows without bound in the tails


class Row(NamedTuple):
    """Hold one estimate as it is told; what is withheld, or has no such number, is None."""

    source: str
    verb: str
    label: str
    value: float | None
    se: float | None = None
    df: float | None = None
    p: float | None = None
    n: float | None = None

    @property
    def id(self) -> str:
        """The row's name in the table."""
        return f"{self.source}/{self.verb}/{self.label}"


@dataclass(frozen=True)
class Asked:
    """Hold a sample and what is asked of it: a factor's levels over its base, beside ``controls``, and by ``group``."""

    source: str
    sample: sl.Sample
    factor: str
    level: str
    more: str
    base: str
    controls: tuple[str, ...]
    group: str
    years: str | None = "experience"

    def spec(self, *factors: str, **asked: Any) -> sl.Spec:
        """Return an equation of the factor and ``factors``, by default the controls."""
        return sl.Spec(factors=(self.factor, *(factors or self.controls)), **asked)

    def design(self, *factors: str, **asked: Any) -> sl.Design:
        """Return that equation laid out on the sample."""
        return sl.build(self.spec(*factors, **asked), self.sample)

    @cached_property
    def estimate(self) -> sl.Estimate:
        """The equation with the group as well, under the source's own covariance rule."""
        return sl.fit(self.design(*self.controls, self.group))

    @property
    def synthetic(self) -> bool:
        """Whether nobody is behind the rows."""
        return self.sample.provenance.source.synthetic

    @property
    def given(self) -> str:
        """What is held equal, in words."""
        return words(*self.controls)

    @property
    def beside(self) -> str:
        """What is held equal in ``estimate``, in words."""
        return words(*self.controls, self.group)

    @property
    def premium(self) -> str:
        """The first premium asked, in words."""
        return f"{words(self.factor)} {self.level} over {self.base}"


def words(*names: str) -> str:
    """Return names of factors as they are read."""
    return ", ".join(name.replace("_", " ") for name in names)


# What is told, as rows; the source is filled in where rows are collected


def plain(verb: str, label: str, value: float | None, **numbers: float | None) -> Row:
    """Return a row of plain numbers; what is not a number becomes None."""
    told = {"value": value} | numbers
    known = {name: None if x is None or math.isnan(x) else float(x) for name, x in told.items()}
    return Row("", verb, label.replace("_", " "), **known)  # type: ignore[arg-type]


def of_finding(verb: str, label: str, found: Finding, *, ends: bool = False, exact: bool = True) -> Iterator[Row]:
    """Yield a finding, and the ends of its interval where these say more than its standard error.

    Where more digits would give away one person's pay, or counts, ``exact`` is false: numbers are those of the record.
    """
    told = found.record()
    exactly = told | ({} if found.suppressed or not exact else {name: getattr(found, name) for name in FOUND})
    yield plain(verb, label, exactly["value"], **{name: exactly[name] for name in NUMBERS[1:]} | {"n": told["n"]})
    if ends:
        yield plain(verb, f"{label}, lower end", exactly["low"], n=told["n"])
        yield plain(verb, f"{label}, upper end", exactly["high"], n=told["n"])


def of_table(verb: str, label: str, told: pl.DataFrame, value: str = "value", se: str = "se") -> Iterator[Row]:
    """Yield the rows of a public table; ``label`` is filled in from its columns."""
    for row in told.iter_rows(named=True):
        numbers = {"se": row.get(se), "df": row.get("df"), "p": row.get("p"), "n": row.get("n")}
        yield plain(verb, label.format(**row), row[value], **numbers)


def at(told: pl.DataFrame, **where: Sequence[str | float | None]) -> pl.DataFrame:
    """Return the rows of a table at some values of its columns."""
    return told.filter(*(pl.col(name).is_in(values, nulls_equal=True) for name, values in where.items()))


# Equations


def fit_terms(a: Asked) -> Iterator[Row]:
    """Yield coefficients of the default equation."""
    levels = [f"{a.factor}[{level}]" for level in (a.level, a.more)]
    told = at(a.estimate.terms, term=["intercept", *levels, *([a.years] if a.years else [])])
    yield from of_table("fit", f"{{term}} in log pay on {words(a.factor)}, {a.beside}", told, "log_points")


def under(a: Asked, rule: str, *factors: str, **asked: Any) -> Iterator[Row]:
    """Yield one coefficient of an equation under a rule that is said in words."""
    estimate = sl.fit(a.design(*factors, **asked))
    told = at(estimate.terms, factor=[a.factor], level=[a.level])
    held = words(*(factors or a.controls))
    yield from of_table("fit", f"{a.premium} given {held}, {rule}", told, "log_points")
    if asked.get("covariance") == "wild":  # its interval is no multiple of a standard error
        yield from of_table("fit", f"{a.premium} given {held}, {rule}, lower end", told.drop("se", "p"), "ci_low")
        yield from of_table("fit", f"{a.premium} given {held}, {rule}, upper end", told.drop("se", "p"), "ci_high")


def fit_row_rules(a: Asked) -> Iterator[Row]:
    """Yield the same coefficient under each rule for independent rows."""
    for rule in ("classical", "HC0", "HC1", "HC2", "HC3", "HC4"):
        yield from under(a, rule, clusters=None, covariance=rule)


def fit_outcomes(a: Asked) -> Iterator[Row]:
    """Yield an equation of annual pay, another base, an interaction and collinear terms left out."""
    yield from under(a, "annual pay", outcome="log_pay_annual")
    told = at(sl.fit(a.design(bases={a.factor: a.more})).terms, factor=[a.factor], level=[a.level])
    yield from of_table("fit", f"{words(a.factor)} {{level}} over {{base}} given {a.given}", told, "log_points")
    yield from under(a, "collinear terms left out", "country", "region", drop_collinear=True)
    crossed = sl.fit(a.design(a.group, f"{a.factor}:{a.group}"))
    told = crossed.terms.filter(factor=f"{a.factor}:{a.group}").filter(
        pl.col("term").str.contains(f"[{a.level}]", literal=True)
    )
    yield from of_table("fit", "{term}, an interaction", told, "log_points")


def fit_routes(a: Asked) -> Iterator[Row]:
    """Yield the same equation computed by each route that may be asked for."""
    for route in ("gram", "cells", "QR"):
        estimate = sl.fit(a.design(a.group), route=route)  # type: ignore[arg-type]
        told = at(estimate.terms, factor=[a.factor], level=[a.level])
        yield from of_table("fit", f"{a.premium} given {words(a.group)}, by the route {route}", told, "log_points")


def fit_cluster_rules(a: Asked, clusters: str | None = None, second: str | None = None) -> Iterator[Row]:
    """Yield the same coefficient under each rule for clusters; ``clusters`` default to the source's own."""
    by: dict[str, Any] = {"clusters": clusters} if clusters else {}
    named = words(clusters) if clusters else "the source's own clusters"
    for rule in ("CR0", "CR1", "CR2", "CRV3"):
        yield from under(a, f"{rule} by {named}", covariance=rule, **by)
    other = SmallSample(rows=False)
    yield from under(a, f"CR1 by {named} without a factor for rows", covariance="CR1", small_sample=other, **by)
    if clusters and second:
        yield from under(a, f"clusters of two kinds, {named} and {words(second)}", clusters=(clusters, second))


def fit_few_clusters(a: Asked, clusters: str) -> Iterator[Row]:
    """Yield the wild bootstrap, and the jackknife taken knowingly, where clusters are few."""
    yield from under(a, f"wild bootstrap by {words(clusters)}", covariance="wild", clusters=clusters)
    yield from under(a, f"CRV3 by few clusters, {words(clusters)}", clusters=clusters, few_clusters=True)


def fit_weights(a: Asked) -> Iterator[Row]:
    """Yield the same coefficient with weights of rows, with numbers of rows, and beside an absorbed factor."""
    yield from under(a, "rows weighted, HC2", weights="weight", clusters=None)
    yield from under(a, "rows weighted, HC1", weights="weight", clusters=None, covariance="HC1")
    # the numbers of rows take the place of a column that the source asked: others are refused
    times = 1.0 + pl.int_range(pl.len()) % 3
    counted = replace(a, sample=replace(a.sample, table=a.sample.table.with_columns(hours_weekly=times)))
    yield from under(counted, "each row standing for one, two or three", counts="hours_weekly", clusters=None)


def fit_absorbed(a: Asked, absorbed: str) -> Iterator[Row]:
    """Yield the same coefficient beside a factor of many levels that is taken out."""
    yield from under(a, f"{words(absorbed)} absorbed", absorbed=absorbed, clusters=None)
    yield from under(a, f"{words(absorbed)} absorbed, CR1", absorbed=absorbed, clusters=absorbed)


def fit_replicates(a: Asked) -> Iterator[Row]:
    """Yield coefficients of the demo under the replicate weights that it has when asked."""
    records = sl.load("demo", survey_design=True)
    survey = replace(a, sample=sl.draw(records, sl.standard(records)))
    yield from under(survey, "replicate weights")
    yield from of_finding("superiority", f"{a.premium}, replicate weights", superiority_of(survey))


def fit_table(a: Asked) -> Iterator[Row]:
    """Yield an equation of a table that is no sample: in memory, and as a Parquet file."""
    own = sl.factor
    declared = (
        own.Outcome("pay", "log pay", "pay_hourly_usd"),
        own.levels("degree", base=a.base),
        own.levels("place"),
        own.polynomial("experience_years", 2),
        own.spline("age", (25, 40, 55)) if a.source == "demo" else own.levels("branch"),
    )
    columns = {"degree": a.factor, "place": "region", "branch": "industry"}
    table = a.sample.table.select(
        pl.col("pay_hourly_usd", "experience_years"),
        *(pl.col(column).cast(pl.String).alias(name) for name, column in columns.items()),
        *([pl.col("age")] if a.source == "demo" else []),
        firm=pl.int_range(pl.len()) % 50,
    )
    names = tuple(part.name for part in declared[1:])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pay.parquet"
        table.write_parquet(path)
        for how, rows, asked in (
            ("a table in memory", table, {}),
            ("a Parquet file", path, {"covariance": "HC3"}),
            ("a Parquet file, CR1", path, {"clusters": "firm"}),
        ):
            estimate = sl.fit(sl.build(sl.Spec("pay", names, declared=declared, **asked), rows))
            told = at(estimate.terms, level=[a.level])
            yield from of_table("fit", f"{words(a.factor)} {{level}} over {{base}}, {how}", told, "log_points")


# What is said of an equation's terms


def contrasts(a: Asked) -> Iterator[Row]:
    """Yield premia over the base, of one level over another, and within a group."""
    yield from of_finding("contrast", f"{a.premium} given {a.beside}", sl.contrast(a.estimate, a.factor, a.level))
    found = sl.contrast(a.estimate, a.factor, a.more, a.level)
    yield from of_finding("contrast", f"{words(a.factor)} {a.more} over {a.level} given {a.beside}", found)


def contrast_within(a: Asked, group: str) -> Iterator[Row]:
    """Yield a premium among one level of a group that it may differ by."""
    crossed = sl.fit(a.design(a.group, f"{a.factor}:{a.group}"))
    found = sl.contrast(crossed, a.factor, a.level, within={a.group: group})
    yield from of_finding("contrast", f"{a.premium} among {words(a.group)} {group}", found)


def all_premia(a: Asked) -> Iterator[Row]:
    """Yield the premia of every level of the group."""
    label = f"{words(a.group)} {{level}} over {{base}} given {words(a.factor)}, {a.given}"
    yield from of_table("premia", label, sl.premia(a.estimate, a.group))


def premia_by_group(a: Asked) -> Iterator[Row]:
    """Yield one premium in each level of the group, and the test that it is the same in all."""
    found = sl.premium_by(a.sample, a.factor, a.group, a.controls[:1], top=3)
    label = f"{words(a.factor)} {{level}} over {{base}} in {words(a.group)} {{group}} given {words(a.controls[0])}"
    yield from of_table("premium_by", label, at(found.table, level=[a.level]))
    yield from of_finding("premium_by", f"{words(a.factor)} alike in {words(a.group)}", found.joint)


def rungs(a: Asked) -> Iterator[Row]:
    """Yield one premium with more held equal at each rung."""
    steps = [("raw", ()), *((f"given {words(*a.controls[: i + 1])}", a.controls[i : i + 1]) for i in range(2))]
    told = at(sl.ladder(a.sample, a.factor, steps).table, level=[a.level])
    yield from of_table("ladder", f"{words(a.factor)} {{level}} over {{base}}, {{rung}}", told)


def combined(a: Asked) -> Iterator[Row]:
    """Yield weighted sums of terms: one, and two at once with their joint test."""
    level, more = f"{a.factor}[{a.level}]", f"{a.factor}[{a.more}]"
    half = {level: 0.5, more: 0.5}
    label = f"half {a.level}, half {a.more} over {a.base} given {a.beside}"
    yield from of_finding("combination", label, sl.combination(a.estimate, half))
    found = sl.combinations(a.estimate, {"mean of both": half, "one over the other": {more: 1.0, level: -1.0}})
    yield from of_table("combinations", f"{{label}}, {a.more} and {a.level}", found.table)
    yield from of_finding("combinations", f"{a.more} and {a.level}, joint test", found.joint)


def tested(a: Asked) -> Iterator[Row]:
    """Yield joint tests of a factor and of the group, and the test of equivalence."""
    for name in (a.factor, a.group):
        yield from of_finding(
            "joint_test", f"{words(name)} in an equation with {a.beside}", sl.joint_test(a.estimate, name)
        )
    found = sl.equivalence(a.estimate, a.factor, a.level)
    yield from of_finding("equivalence", f"{a.premium} within 2 % given {a.beside}", found.finding)


def means(a: Asked) -> Iterator[Row]:
    """Yield adjusted means of the group's levels, as log pay and the upper ends of joint intervals of pay."""
    held = f"{words(a.group)} {{level}} at the covariates of all"
    yield from of_table("adjusted_means", held, sl.adjusted_means(a.estimate, a.group).table)
    joint = sl.adjusted_means(a.estimate, a.group, simultaneous=True).table.drop("df", "se")
    yield from of_table("adjusted_means", f"{held}, pay, upper end at once", joint[-1:], "pay_high")


def ranks(a: Asked) -> Iterator[Row]:
    """Yield mean pay of the group's levels by place; the places, being whole numbers, are in the labels."""
    told = sl.rank_intervals(a.estimate, a.group).table
    label = f"{words(a.group)} {{level}}: place {{rank}} by pay, {{rank_low}} to {{rank_high}}"
    yield from of_table("rank_intervals", label, told)


def years_curve(a: Asked) -> Iterator[Row]:
    """Yield points of the curve of pay over years of experience."""
    spline = sl.fit(a.design("experience_spline"))
    told = sl.curve(spline, "experience_spline", 5, grid=[2, 10, 20]).table
    yield from of_table("curve", "{at:g} years of experience over 5", told)
    yield from of_table("curve", "{at:g} years of experience over 5, band's lower end", told.drop("se")[:1], "band_low")


def superiority_of(a: Asked) -> Finding:
    """Return how often pay at one level exceeds pay at another."""
    return sl.superiority(a.design(), a.factor, a.level)


def superior(a: Asked) -> Iterator[Row]:
    """Yield how often pay at one level exceeds pay at another."""
    yield from of_finding("superiority", a.premium, superiority_of(a), exact=a.synthetic)


def answerable(a: Asked) -> Iterator[Row]:
    """Yield what the sample can speak of: the answers are in the labels, their number is the value."""
    asked = (a.factor, *a.controls, a.group, "org_kind", "gender", "track")
    kept, out = sl.usable(a.sample, asked)
    yield plain("usable", f"of {words(*asked)}: {words(*kept)}", len(kept))
    yield plain("usable", f"left out: {'; '.join(out)}", len(out))
    yield plain(
        "first_usable", f"of gender, {words(a.group)}: {words(sl.first_usable(a.sample, ['gender', a.group]))}", 1
    )
    yield plain("top_level", f"{words(a.factor)}: {sl.top_level(a.sample, a.factor)}", 1)
    left = sl.after_last_break(a.sample, a.factor)
    yield plain("after_last_break", f"rows, {words(a.factor)}", round_count(len(left)))


# sl.decompose


def parts_of_premium(a: Asked) -> Iterator[Row]:
    """Yield what a premium changes by as controls are added."""
    found = sl.decompose.gelbach(a.estimate, a.factor, a.level)
    yield from of_table("gelbach", f"{a.premium}: {{block}}", found.table)
    yield from of_finding("gelbach", f"{a.premium}: share of all added", found.share)


def parts_of_gap(a: Asked) -> Iterator[Row]:
    """Yield a gap in two folds."""
    found = sl.decompose.oaxaca(a.design(*a.controls, a.group), a.factor, a.level)
    yield from of_table("oaxaca", f"{a.premium} in two folds: {{part}}", at(found.table, factor=["total"]))


def parts_of_gap_in_detail(a: Asked) -> Iterator[Row]:
    """Yield a gap in three folds, and what goes with each factor at one group's prices."""
    design = a.design(*a.controls, a.group)
    threefold = sl.decompose.oaxaca(design, a.factor, a.level, folds=3).table
    yield from of_table("oaxaca", f"{a.premium} in three folds: {{part}}", at(threefold, factor=["total"])[1:])
    priced = sl.decompose.oaxaca(design, a.factor, a.level, reference="base")
    told = priced.table.filter(pl.col("level").is_null(), pl.col("part") == "explained", pl.col("factor") != "total")
    yield from of_table("oaxaca", f"{a.premium} at prices of {a.base}: goes with {{factor}}", told)
    yield from of_finding("oaxaca", f"{a.premium} at prices of {a.base}: explained share", priced.share)


def shares_of_variation(a: Asked) -> Iterator[Row]:
    """Yield the shares of the variation of pay."""
    found = sl.decompose.shapley(a.design(), draws=9).table
    yield from of_table("shapley", f"share of {{factor}} among {words(a.factor)}, {a.given}", found, "share")


def as_years(a: Asked) -> Iterator[Row]:
    """Yield the years of experience that go with as much pay."""
    yield from of_finding("years_equal", a.premium, sl.decompose.years_equal(a.estimate, a.factor, a.level), ends=True)


def ratios(_: Asked) -> Iterator[Row]:
    """Yield a ratio of plain numbers, with its set."""
    for denominator in (0.1, 0.01):
        found = sl.decompose.fieller(0.3, denominator, np.diag([0.0004, 0.0001]), 200.0)
        label = f"0.3 over {denominator}: {found.shape}"
        yield plain("fieller", label, found.value)


# sl.distribution


def quantiles(a: Asked, *taus: float, **asked: Any) -> Iterator[Row]:
    """Yield a premium at quantiles, as the verb's table and its finding say."""
    found = sl.distribution.quantile_regression(a.design(), taus or (0.5,), **asked)
    how = "".join(f", {words(name)} {value}" for name, value in asked.items())
    told = at(found.table, level=[a.level])
    yield from of_table("quantile_regression", f"{a.premium} at quantile {{quantile}} given {a.given}{how}", told)
    if not asked:
        one = sl.distribution.quantile_premium(found, found.taus[0], a.factor, a.more, a.level)
        label = f"{words(a.factor)} {a.more} over {a.level} at quantile {found.taus[0]} given {a.given}"
        yield from of_finding("quantile_premium", label, one, exact=a.synthetic)


def quantiles_clustered(a: Asked, clusters: str) -> Iterator[Row]:
    """Yield a premium at the median with errors by clusters."""
    found = sl.distribution.quantile_regression(a.design(clusters=clusters), (0.5,))
    label = f"{a.premium} at the median given {a.given}, by {words(clusters)}"
    yield from of_table("quantile_regression", label, at(found.table, level=[a.level]))


def heaps(a: Asked) -> Iterator[Row]:
    """Yield log pay spread over its heaps, and quantiles put in rising order, of plain numbers."""
    spread = sl.distribution.dithered(a.design().y, seed=1)
    yield plain("dithered", "mean log pay, heaps spread", float(spread.mean()))
    rising = sl.distribution.rearranged(np.array([[1.0, 3.0, 2.0]]), [0.1, 0.5, 0.9])
    yield plain("rearranged", "of 1, 3, 2: the second", float(rising[0, 1]))


def shares_below(a: Asked, *pays: float) -> Iterator[Row]:
    """Yield shares paid below thresholds, adjusted ones, and the quantiles that they imply."""
    regression = sl.distribution.distribution_regression(a.design(), at=pays)
    yield from of_table("distribution_regression", "share at or below {pay:g}", regression.table[:2], "share")
    shares = sl.distribution.adjusted_shares(regression, a.factor)
    told = at(shares.table, level=[a.level], pay=[pays[0], pays[1]])
    label = f"{words(a.factor)} {{level}} at or below {{pay:g}}"
    yield from of_table("adjusted_shares", label, told, "share")
    yield from of_table("adjusted_shares", f"{label}, band's upper end", told[:1], "band_high")
    below = sl.distribution.share_below(shares, a.level, pays[1])
    label = f"{words(a.factor)} {a.level} at or below {pays[1]:g}"
    yield from of_finding("share_below", label, below, exact=a.synthetic)
    implied = at(sl.distribution.adjusted_quantiles(shares, (0.25, 0.5)).table, level=[a.level])
    yield from of_table("adjusted_quantiles", f"{words(a.factor)} {{level}}, quantile {{probability}}", implied, "pay")


def banded(a: Asked) -> Asked:
    """Return the same sample, pay being known in bands alone, the lowest open below and the highest above."""
    pay = pl.col("pay_annual_usd")
    edges = a.sample.table["pay_annual_usd"].quantile
    cuts = [float(f"{edges(share) or 0:.2g}") for share in (0.15, 0.35, 0.6, 0.85)]
    low, high = pl.lit(0.0), pl.lit(cuts[0])
    for i, cut in enumerate(cuts):
        above = cuts[i + 1] if i + 1 < len(cuts) else math.inf
        low, high = (pl.when(pay > cut).then(end).otherwise(old) for end, old in ((cut, low), (above, high)))
    known = [low.alias("pay_low_usd"), high.alias("pay_high_usd")]
    unknown = [pl.lit(None, pl.Float64).alias(name) for name in ("pay_annual_usd", "pay_hourly_usd")]
    return replace(a, sample=replace(a.sample, table=a.sample.table.with_columns(*known).with_columns(*unknown)))


def bands(a: Asked, *, bottom: bool = True, **asked: Any) -> Iterator[Row]:
    """Yield an equation of pay known in bands, its test of normality, and the same without the bottom band."""
    found = sl.distribution.interval(a.spec(outcome="log_pay_annual", **asked), a.sample)
    how = "".join(f", {words(name)} {value}" for name, value in asked.items())
    told = at(found.terms, level=[a.level, a.more])
    yield from of_table(
        "interval", f"{words(a.factor)} {{level}} over {{base}} given {a.given}{how}", told, "log_points"
    )
    yield from of_table("interval", f"rows with pay known as {{known_as}}{how}", found.shares[:1], "share")
    yield from of_finding(
        "premium", f"{a.premium}, pay in bands{how}", sl.distribution.premium(found, a.factor, a.level)
    )
    yield from of_finding(
        "normality", f"log pay given {words(a.factor)}, {a.given}{how}", sl.distribution.normality(found)
    )
    if bottom:
        beside = at(sl.distribution.without_bottom_band(found).table, level=[a.level])
        yield from of_table("without_bottom_band", f"{a.premium}, all rows{how}", beside, "whole")
        yield from of_table("without_bottom_band", f"{a.premium}, rows above{how}", beside, "above")


def mean_pay(a: Asked) -> Iterator[Row]:
    """Yield an equation of mean pay, one premium of it, and the logs beside it."""
    found = sl.distribution.ppml(a.design())
    told = at(found.terms, level=[a.level, a.more])
    yield from of_table("ppml", f"{words(a.factor)} {{level}} over {{base}} given {a.given}", told, "log_points")
    label = f"{words(a.factor)} {a.more} over {a.level}, mean pay"
    yield from of_finding("premium", label, sl.distribution.premium(found, a.factor, a.more, a.level))
    both = at(sl.distribution.beside_logs(a.design(), a.factor).table, level=[a.level])
    yield from of_table("beside_logs", f"{a.premium}, levels less logs", both, "difference")


# sl.trust


def many_equations(a: Asked) -> Iterator[Row]:
    """Yield a premium in every equation of two tiers, and what is said of all."""
    tiers = [sl.trust.Tier("one", a.controls), sl.trust.Tier("two", (a.group,), held=a.controls[:1])]
    found = sl.trust.specifications(a.sample, a.factor, a.level, tiers=tiers, draws=19)
    yield from of_table("specifications", f"{a.premium}, tier {{tier}}, controls {{controls}}", found.table[1::2])
    yield from of_finding("specifications", f"{a.premium}: share that clears, tier one", found.share("one"))
    yield from of_finding("specifications", f"{a.premium}: median, tier one", found.median("one"))


def left_out(a: Asked) -> Iterator[Row]:
    """Yield how strong something left out must be."""
    found = sl.trust.omitted(a.estimate, a.factor, a.level, benchmarks=a.controls[:1], times=(1, 2))
    yield from of_table("omitted", f"{a.premium}, {{times:g}} times as strong as {{block}}", found.table, "log_points")
    yield from of_finding("omitted", f"{a.premium} beside something left out", found.finding)


def sensitivity(_: Asked) -> Iterator[Row]:
    """Yield the sensitivity of plain numbers, worst cases, and p-values of several tests."""
    yield plain("partial_r2", "t 4.18, 783 degrees of freedom", sl.trust.partial_r2(4.18, 783))
    yield plain("robustness_value", "t 4.18, 783 degrees of freedom", sl.trust.robustness_value(4.18, 783))
    value = sl.trust.robustness_value(4.18, 783, critical=1.96)
    yield plain("robustness_value", "t 4.18, 783 degrees of freedom, of the interval", value)
    strength = sl.trust.bounded(1, 0.0091, 0.1246)
    assert strength is not None
    yield plain("bounded", "as strong as a block of 0.0091 and 0.1246: with pay", strength.with_pay)
    yield plain("bounded", "as strong as a block of 0.0091 and 0.1246: with the contrast", strength.with_contrast)
    pay = np.arange(1.0, 101.0)
    worst = sl.trust.quantile_bounds(pay, np.ones(100), 0.8, 0.5, 1.0)
    yield plain("quantile_bounds", "median of 1 to 100, four fifths having answered: least", float(worst[0]))
    yield plain("quantile_bounds", "median of 1 to 100, four fifths having answered: greatest", float(worst[1]))
    least, greatest = sl.trust.share_bounds(0.5, 0.8, 0.3)
    yield plain("share_bounds", "a half, four fifths having answered, departure 0.3: least", float(least))
    yield plain("share_bounds", "a half, four fifths having answered, departure 0.3: greatest", float(greatest))
    low, high = sl.trust.imbens_manski(0.0, 1.0, 0.4, 0.7)
    yield plain("imbens_manski", "0 to 1, errors 0.4 and 0.7: lower end", low)
    yield plain("imbens_manski", "0 to 1, errors 0.4 and 0.7: upper end", high)
    mean, covariance = sl.trust.unmixed(np.array([1.2, 1.8]), np.diag([0.01, 0.02]), np.array([[80, 20], [20, 80]]))
    yield plain("unmixed", "first of two classes, a fifth misread", float(mean[0]), se=float(covariance[0, 0] ** 0.5))


def several_tests(_: Asked) -> Iterator[Row]:
    """Yield p-values of several tests, as plain numbers and as a frozen family."""
    p = np.array([0.001, 0.012, 0.03, 0.2])
    for name in ("holm", "benjamini_hochberg", "benjamini_yekutieli"):
        yield plain(name, "third of 0.001, 0.012, 0.03, 0.2", float(getattr(sl.trust, name)(p)[2]))
    members = tuple((f"claim {i}", "demo") for i in range(4))
    stated: dict[Any, Any] = dict(zip(members, [*p[:3].tolist(), None], strict=True))
    told = sl.trust.adjust(sl.trust.Family("degrees", members), stated).table
    yield from of_table("adjust", "{claim} of four, Yekutieli's q", told[1:3], "q_yekutieli")
    yield from of_table("adjust", "{claim} of four, Holm's p", told[:1], "p_holm")


def silenced(a: Asked) -> Asked:
    """Return the records drawn anew with those who are silent about pay in the sample: here one in ten."""
    whole = sl.draw(sl.load(a.source), [sl.main_pay_concept])
    stated = pl.when(pl.int_range(pl.len()) % 10 > 0).then("pay_annual_usd").alias("pay_annual_usd")
    return replace(a, sample=replace(whole, table=whole.table.with_columns(stated)))


def unanswered(a: Asked) -> Asked:
    """Return the same sample, one in seven not having answered the group."""
    answered = pl.when(pl.int_range(pl.len()) % 7 > 0).then(a.group).alias(a.group)
    return replace(a, sample=replace(a.sample, table=a.sample.table.with_columns(answered)))


def pay_bounded(a: Asked, above: float) -> Iterator[Row]:
    """Yield bounds of a gap in median pay and in a share, some not having stated their pay."""
    label = f"{a.premium}, departure {{departure:g}}"
    for what, asked in (("median", {}), (f"share above {above:g}", {"above": above})):
        found = sl.trust.pay_bounds(
            a.sample, a.factor, a.level, a.base, departures=(0.0, 0.1, 0.5), resamples=200, **asked
        )
        yield from of_table("pay_bounds", f"{what}: {label}, least", found.table[1:2], "low")
        yield from of_table("pay_bounds", f"{what}: {label}, upper end", found.table[1:2], "ci_high")
        yield from of_finding("pay_bounds", f"{what}: {a.premium}, those who answered", found.finding)


def families_unmixed(a: Asked, merge: Mapping[str, str]) -> Iterator[Row]:
    """Yield mean pay by role family as titles are read, and as they would be without error."""
    found = sl.trust.true_families(a.sample, merge=merge)
    yield from of_table("true_families", "log pay of {family}, as assigned", found.table[:1], "assigned", "se_assigned")
    yield from of_table("true_families", "log pay of {family}, unmixed", found.table[:3], "true", "se_true")
    yield from of_finding("true_families", "core AI over other tech, unmixed", found.gap("core AI", "other tech"))


def imputed(a: Asked, *factors: str) -> Iterator[Row]:
    """Yield an equation, some factors being unanswered."""
    asked = factors or (a.factor, a.group)
    found = sl.trust.fit_imputed(sl.Spec(factors=asked), a.sample, imputations=3, rounds=2)
    told = at(found.terms, factor=[asked[0]]).head(2)
    yield from of_table("fit_imputed", f"{{term}} given {words(*asked[1:])}", told, "log_points")


def contaminated(a: Asked, **asked: Any) -> Iterator[Row]:
    """Yield a level's coefficient in parts, and its alternatives."""
    table = sl.trust.contamination(
        sl.build(sl.Spec(factors=(a.group, a.controls[0]), **asked), a.sample), a.group
    ).table
    for part in ("own", "contamination", "average", "one_at_a_time", "common"):
        label = f"{words(a.group)} {{level}} over {{base}} given {words(a.controls[0])}: {words(part)}"
        yield from of_table("contamination", label, table[:1], part, f"{part}_se")


def conformal(a: Asked, **asked: Any) -> Iterator[Row]:
    """Yield the range in which a like worker's pay lies."""
    told = at(sl.trust.conformal_intervals(a.design(**asked), a.factor).table, group=[a.level, a.base])
    yield from of_table("conformal_intervals", f"{words(a.factor)} {{group}}, percent below", told, "percent_low")
    scaled = sl.trust.conformal_intervals(a.design(**asked), a.factor, scaled=True).table
    label = f"{words(a.factor)} {{group}}, percent above, widths by a scale"
    yield from of_table("conformal_intervals", label, at(scaled, group=[a.level]), "percent_high")


def selected(a: Asked, **asked: Any) -> Iterator[Row]:
    """Yield premia given the controls that a lasso keeps."""
    found = sl.trust.double_selection(a.design(*a.controls, a.group, **asked), a.group)
    label = f"{words(a.group)} {{level}} over {{base}}, {len(found.selected)} controls kept"
    yield from of_table("double_selection", label, found.table)


def propensities(a: Asked) -> Iterator[Row]:
    """Yield log odds of levels of the group given years of experience."""
    known = a.sample.table.select(a.group, "experience_years").drop_nulls()
    levels = sorted(known[a.group].cast(pl.String).unique().to_list())
    codes = np.array([levels.index(level) for level in known[a.group].cast(pl.String).to_list()])
    x = np.column_stack([np.ones(len(known)), known["experience_years"].to_numpy() / 10.0])
    fitted = logit(x, codes, len(levels))
    for level, odds in zip(levels[1:], fitted.coefficients[1].tolist(), strict=True):
        yield plain("propensity logit", f"{words(a.group)} {level} over {levels[0]}, ten years of experience", odds)


# Sources and what is asked of each

Family = Callable[[Asked], Iterator[Row]]


def drawn(source: str) -> sl.Sample:
    """Return the standard sample of a source."""
    records = sl.load(source)
    return sl.draw(records, sl.standard(records))


def demo() -> tuple[Asked, list[Family]]:
    """Ask every verb of the demo."""
    sample = drawn("demo")
    a = Asked(
        "demo", sample, "education", "master", "doctorate", "bachelor", ("experience", "role_family"), "work_mode"
    )
    return a, [
        fit_terms,
        fit_row_rules,
        fit_outcomes,
        fit_routes,
        lambda a: fit_cluster_rules(a, "employer", "title"),
        lambda a: fit_few_clusters(a, "country"),
        fit_weights,
        lambda a: fit_absorbed(a, "employer"),
        fit_replicates,
        fit_table,
        contrasts,
        lambda a: contrast_within(a, "remote"),
        all_premia,
        premia_by_group,
        rungs,
        combined,
        tested,
        means,
        ranks,
        years_curve,
        superior,
        answerable,
        parts_of_premium,
        parts_of_gap,
        parts_of_gap_in_detail,
        shares_of_variation,
        as_years,
        ratios,
        lambda a: quantiles(a, 0.1, 0.5),
        lambda a: quantiles(a, 0.5, dither=1),
        lambda a: quantiles(a, 0.5, variance="nid"),
        lambda a: quantiles_clustered(a, "employer"),
        heaps,
        lambda a: shares_below(a, 20.0, 40.0, 60.0),
        lambda a: bands(banded(a)),
        mean_pay,
        many_equations,
        left_out,
        sensitivity,
        several_tests,
        lambda a: pay_bounded(silenced(a), 100_000.0),
        lambda a: families_unmixed(a, {"none": "other"}),
        lambda a: imputed(a, a.group, "experience"),
        contaminated,
        conformal,
        selected,
        propensities,
    ]


def textbook() -> tuple[Asked, list[Family]]:
    """Ask the textbook's 526 workers: what small samples answer differently."""
    sample = drawn("textbook_wage1")
    a = Asked(
        "textbook_wage1", sample, "education", "secondary", "some college", "bachelor", ("experience", "role"), "region"
    )
    return a, [
        fit_terms,
        fit_row_rules,
        fit_table,
        contrasts,
        tested,
        superior,
        parts_of_premium,
        parts_of_gap,
        quantiles,
        lambda a: bands(banded(a)),
        lambda a: imputed(unanswered(a), a.group, "experience"),
    ]


def acs_pums() -> tuple[Asked, list[Family]]:
    """Ask the American Community Survey: replicate weights."""
    sample = drawn("acs_pums")
    a = Asked("acs_pums", sample, "education", "master", "doctorate", "bachelor", ("experience", "region"), "org_kind")
    return a, [
        fit_terms,
        lambda a: under(a, "weights without replicates, HC2", covariance="HC2"),
        lambda a: under(a, "no weights, HC1", weights=None, covariance="HC1"),
        lambda a: under(a, "no weights, HC3", weights=None, covariance="HC3"),
        lambda a: under(a, "no weights, classical", weights=None, covariance="classical"),
        contrasts,
        premia_by_group,
        rungs,
        tested,
        means,
        ranks,
        superior,
        parts_of_premium,
        parts_of_gap,
        shares_of_variation,
        quantiles,
        lambda a: bands(a, bottom=False),
        left_out,
    ]


def aijobs() -> tuple[Asked, list[Family]]:
    """Ask advertised pay of a job board: clusters."""
    sample = drawn("aijobs")
    a = Asked(
        "aijobs", sample, "seniority", "senior", "junior", "mid", ("year", "work_mode"), "role_family", years=None
    )
    return a, [
        fit_terms,
        fit_cluster_rules,
        lambda a: under(a, "clusters of two kinds, its own and title", clusters=("cluster", "title")),
        lambda a: under(a, "wild bootstrap by the source's own clusters", "work_mode", covariance="wild"),
        contrasts,
        premia_by_group,
        rungs,
        tested,
        ranks,
        superior,
        parts_of_premium,
        parts_of_gap,
        quantiles,
        mean_pay,
        left_out,
        lambda a: families_unmixed(a, {}),
        conformal,
        selected,
    ]


def kaggle_survey() -> tuple[Asked, list[Family]]:
    """Ask a survey that puts pay in bands."""
    sample = drawn("kaggle_survey")
    a = Asked(
        "kaggle_survey", sample, "education", "master", "doctorate", "bachelor", ("experience", "country"), "org_size"
    )
    records = sl.load("kaggle_survey")
    whole = sl.draw(records, [sl.main_pay_concept, sl.only(country=["IN", "US", "BR", "JP"])])
    return a, [
        fit_terms,
        contrasts,
        rungs,
        tested,
        superior,
        lambda a: bands(replace(a, sample=whole)),
        lambda a: imputed(a, "education", "experience"),
        conformal,
    ]


SOURCES: dict[str, Callable[[], tuple[Asked, list[Family]]]] = {
    "demo": demo,
    "textbook_wage1": textbook,
    "acs_pums": acs_pums,
    "aijobs": aijobs,
    "kaggle_survey": kaggle_survey,
}
REAL = ("acs_pums", "aijobs", "kaggle_survey")


def rows_of(source: str) -> list[Row]:
    """Compute the rows of one source."""
    asked, families = SOURCES[source]()
    rows = [row._replace(source=source) for family in families for row in family(asked)]
    twice = {row.id for row in rows if sum(other.id == row.id for other in rows) > 1}
    if twice:
        raise ValueError(f"rows with one name: {sorted(twice)}")
    return rows


# The table


def write(rows: Sequence[Row], path: Path = TABLE) -> None:
    """Write the table: floats so that they are read back as they were, nothing where there is no number."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("id", *Row._fields))
        writer.writerows((row.id, *row[:3], *map(written, row[3:])) for row in rows)


def written(x: float | None) -> str:
    """Return a number as it stands in the table: whole ones without decimals, nothing where there is none."""
    return "" if x is None else repr(int(x)) if x.is_integer() and abs(x) < 1e15 else repr(x)


def read(path: Path = TABLE) -> list[Row]:
    """Read the table."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    return [
        Row(*(line[name] for name in Row._fields[:3]), *(float(line[name]) if line[name] else None for name in NUMBERS))
        for line in lines
    ]


def differences(found: Sequence[Row], kept: Sequence[Row], tolerance: float) -> list[str]:
    """Return a line for each row that is missing, new, or differs by more than a relative tolerance."""
    now, before = ({row.id: row for row in rows} for rows in (found, kept))
    told = [f"missing: {name}" for name in before if name not in now]
    told += [f"new: {name}" for name in now if name not in before]
    for name in (name for name in before if name in now):
        for number in NUMBERS:
            x, y = getattr(now[name], number), getattr(before[name], number)
            if not same(x, y, tolerance, LEAST_P if number == "p" else 0.0):
                told.append(f"{name}: {number} {x!r}, was {y!r}")
    return told


def same(x: float | None, y: float | None, tolerance: float, least: float) -> bool:
    """Return whether two numbers are the same within a relative tolerance of the second, or ``least``."""
    if x is None or y is None:
        return x is None and y is None
    return x == y or abs(x - y) <= max(tolerance * abs(y), least)


def at_hand() -> list[str]:
    """Return the sources that can be read here; what is left out is said."""
    named = os.environ.get("SALARYLAB_MIRROR") or "../shared/mirror"
    folder = (Path(__file__).resolve().parents[2] / named).resolve()
    if (folder / "CATALOG.csv").is_file():
        os.environ["SALARYLAB_MIRROR"] = str(folder)
        return list(SOURCES)
    print(f"left out, no publishers' files at {named} (set SALARYLAB_MIRROR): {', '.join(REAL)}", file=sys.stderr)
    return [source for source in SOURCES if source not in REAL]


def main() -> int:
    """Write the table or compare with it; rows of sources that are not at hand stay as they are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    todo = parser.add_mutually_exclusive_group(required=True)
    todo.add_argument("--write", action="store_true", help="write the table")
    todo.add_argument("--check", type=float, metavar="TOLERANCE", help="compare with the table")
    asked = parser.parse_args()
    sources, rows = at_hand(), []
    for source in sources:
        start = time.process_time()
        rows += (found := rows_of(source))
        print(f"{source}: {len(found)} rows, {time.process_time() - start:.1f} s of processor time", file=sys.stderr)
    kept = read() if TABLE.is_file() else []
    if asked.write:
        write([*rows, *(row for row in kept if row.source not in sources)])
        return 0
    told = differences(rows, [row for row in kept if row.source in sources], asked.check)
    print(*told, sep="\n", end="\n" if told else "")
    return int(bool(told))


if __name__ == "__main__":
    sys.exit(main())
