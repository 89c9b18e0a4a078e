"""Refusals: what a table cannot be asked is refused by name, and by no error of another kind."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from salarylab.errors import ModelError
from salarylab.model.building import build
from salarylab.model.factor import Factor, Outcome, levels, number, polynomial
from salarylab.model.fitting import fit
from salarylab.model.spec import Spec

nan, inf = float("nan"), float("inf")


def wages(n: int) -> pl.DataFrame:
    """Return invented wages."""
    rng = np.random.default_rng(1)
    return pl.DataFrame(
        {
            "degree": [f"d0{v}" for v in rng.integers(0, 4, n)],
            "role": [f"r{v}" for v in rng.integers(0, 7, n)],
            "years": rng.integers(0, 41, n),
            "hours": rng.normal(38, 4, n),
            "y": rng.normal(2.5, 0.4, n),
            "weight": rng.choice([0.5, 1.0, 2.0], n),
            "employer": rng.integers(0, 60, n),
        }
    )


def spec_of(*factors: Factor, crossed: tuple[str, ...] = (), **asked: Any) -> Spec:
    names = tuple(part.name for part in factors)
    return Spec(outcome="y", factors=names + crossed, declared=(Outcome("y", "y", "y", log=False), *factors), **asked)


def first(column: str, value: Any) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Return a change of a table's first value."""
    return lambda table: table.with_columns(pl.Series(column, [value, *table[column].to_list()[1:]]))


def all_of(column: str, value: Any) -> Callable[[pl.DataFrame], pl.DataFrame]:
    return lambda table: table.with_columns(pl.lit(value).alias(column))


def alone(table: pl.DataFrame) -> pl.DataFrame:
    return first("degree", "alone")(table)


PLAIN = (levels("degree"), number("hours"))
REFUSED: dict[str, tuple[Callable[[pl.DataFrame], Any], Spec, str]] = {
    "outcome not a number": (first("y", nan), spec_of(*PLAIN), "outcome 'y'.*not finite"),
    "outcome infinite": (first("y", inf), spec_of(*PLAIN), "outcome 'y'.*not finite"),
    "outcome the log of nothing": (
        first("y", 0.0),
        Spec(outcome="y", factors=("degree",), declared=(Outcome("y", "y", "y"), levels("degree"))),
        "outcome 'y'.*log of no pay",
    ),
    "outcome constant": (all_of("y", 1.1), spec_of(*PLAIN), "outcome 'y'.*one value"),
    "outcome beyond squares": (lambda t: t.with_columns(pl.col("y") * 1e200), spec_of(*PLAIN), "outcome 'y'.*squares"),
    "outcome text": (all_of("y", "much"), spec_of(*PLAIN), "outcome 'y'.*String"),
    "number not a number": (first("hours", nan), spec_of(*PLAIN), "factor 'hours'.*not finite"),
    "number infinite": (first("hours", -inf), spec_of(*PLAIN), "factor 'hours'.*not finite"),
    "number whose square is infinite": (first("hours", 1e200), spec_of(polynomial("hours")), "factor 'hours"),
    "number below squares": (lambda t: t.with_columns(pl.col("hours") * 1e-200), spec_of(*PLAIN), "'hours'.*squares"),
    "number constant": (all_of("hours", 0.1), spec_of(*PLAIN), "term 'hours'.*same in every row"),
    "number text": (all_of("hours", "forty"), spec_of(*PLAIN), "factor 'hours'.*String"),
    "number a list": (all_of("hours", [1.0]), spec_of(*PLAIN), "factor 'hours'.*List"),
    "number a date": (lambda t: t.with_columns(hours=pl.date(2020, 1, 1)), spec_of(*PLAIN), "factor 'hours'.*Date"),
    "number twice": (
        lambda t: t.with_columns(again="hours"),
        spec_of(*PLAIN, number("again")),
        "'again'.*collinear with hours",
    ),
    "level not a number": (
        lambda t: t.with_columns(degree=pl.when(pl.col("years") < 9).then(nan).otherwise(1.5)),
        spec_of(*PLAIN),
        "factor 'degree'.*not finite",
    ),
    "level a list": (all_of("degree", ["a"]), spec_of(*PLAIN), "factor 'degree'.*List"),
    "one level": (all_of("degree", "d01"), spec_of(*PLAIN), "factor 'degree'.*one level only"),
    "base never seen": (lambda t: t, spec_of(*PLAIN, bases={"degree": "d0"}), "base of degree.*did you mean 'd00'"),
    "weight zero": (first("weight", 0.0), spec_of(*PLAIN, weights="weight"), "weights 'weight'.*at or below zero"),
    "weight negative": (first("weight", -1.0), spec_of(*PLAIN, weights="weight"), "weights 'weight'.*at or below zero"),
    "weight not a number": (first("weight", nan), spec_of(*PLAIN, weights="weight"), "weights 'weight'.*not finite"),
    "weight infinite": (first("weight", inf), spec_of(*PLAIN, weights="weight"), "weights 'weight'.*not finite"),
    "weight text": (all_of("weight", "heavy"), spec_of(*PLAIN, weights="weight"), "weights 'weight'.*String"),
    "one cluster": (all_of("employer", 1), spec_of(*PLAIN, clusters="employer"), "clusters.*one only"),
    "one cluster, few allowed": (
        all_of("employer", 1),
        spec_of(*PLAIN, clusters="employer", few_clusters=True),
        "clusters.*one only",
    ),
    "few clusters": (all_of("employer", None), spec_of(*PLAIN, clusters="employer"), "no row with every answer"),
    "clusters a list": (all_of("employer", [1]), spec_of(*PLAIN, clusters="employer"), "clusters 'employer'.*List"),
    "no rows": (lambda t: t.clear(), spec_of(*PLAIN), "table.*no row with every answer"),
    "no answers": (all_of("hours", None), spec_of(*PLAIN), "table.*no row with every answer"),
    "more columns than rows": (lambda t: t[:5], spec_of(*PLAIN, levels("role")), "equation.*rows for"),
    "as many columns as rows": (lambda t: t[:3], spec_of(number("hours"), number("years")), "equation.*3 rows for 3"),
    "unknown factor": (lambda t: t, spec_of(levels("degre")), "column 'degre'.*did you mean 'degree'"),
    "unknown weights": (lambda t: t, spec_of(*PLAIN, weights="wieght"), "column 'wieght'.*did you mean 'weight'"),
    "unknown clusters": (lambda t: t, spec_of(*PLAIN, clusters="employr"), "column 'employr'.*did you mean 'employer'"),
    "leverage one, HC2": (alone, spec_of(*PLAIN, covariance="HC2"), "leverage 1"),
    "leverage one, HC3": (alone, spec_of(*PLAIN, covariance="HC3"), "leverage 1"),
    "number of many values crossed": (
        lambda t: t,
        spec_of(*PLAIN, crossed=("degree:hours",)),
        "'degree:hours'.*many values",
    ),
    "two columns of a name": (
        lambda t: pd.DataFrame(np.zeros((3, 2)), columns=["y", "y"]),
        spec_of(*PLAIN),
        "table.*unique column names",
    ),
    "no table": (lambda _: {"y": [1.0]}, spec_of(*PLAIN), "table.*dict"),
    "no file": (lambda _: "nowhere/at all.parquet", spec_of(*PLAIN), "table.*nowhere"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_refused_by_name(case: str) -> None:
    change, spec, about = REFUSED[case]
    with pytest.raises(ModelError) as refusal:
        fit(build(spec, change(wages(400))))
    assert re.search(about, str(refusal.value), re.DOTALL), str(refusal.value)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(ModelError) as refusal:
        build(spec_of(levels("degre"), weights="wieght", clusters="employr"), wages(50))
    assert len(refusal.value.faults) == 3
