"""Unfit: a sample that cannot be asked an equation is refused by name, and by no error of another kind."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import salarylab as sl
from salarylab.errors import ModelError, SalarylabError

Make = Callable[..., Any]
nan, inf = float("nan"), float("inf")
DEGREES = ["bachelor", "master", "doctorate"]


def columns(**others: Any) -> dict[str, Any]:
    """Return the columns of 60 invented workers."""
    rng = np.random.default_rng(0)
    return {
        "pay_annual_usd": np.exp(rng.normal(10, 0.3, 60)).tolist(),
        "education": DEGREES * 20,
        "experience_years": rng.uniform(0, 30, 60).tolist(),
        "age": rng.uniform(20, 60, 60).tolist(),
        "weight": rng.uniform(0.5, 2, 60).tolist(),
        "cluster": [f"c{i % 25}" for i in range(60)],
        "country": ["US", "FI"] * 30,
    } | others


def but(name: str, *values: Any) -> dict[str, Any]:
    """Return the columns with other first values."""
    return {name: [*values, *columns()[name][len(values) :]]}


REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "pay not a number": (but("pay_annual_usd", nan), {}, "column 'pay_annual_usd'.*not a number"),
    "pay infinite": (but("pay_annual_usd", inf), {}, "outcome 'log_pay_annual'.*not finite"),
    "pay all the same": ({"pay_annual_usd": [5e4] * 60}, {}, "outcome 'log_pay_annual'.*one value"),
    "nobody's pay": ({"pay_annual_usd": [None] * 60}, {}, "no row left to fit.*pay not known"),
    "number not a number": (but("age", nan), {"factors": ("age",)}, "column 'age'.*not a number"),
    "number infinite": (but("age", inf), {"factors": ("age_spline",)}, "factor 'age_spline'.*not finite"),
    "number constant": ({"age": [30.0] * 60}, {"factors": ("age",)}, "term 'age'.*same in every row"),
    "weight zero": (but("weight", 0.0), {"weights": "weight"}, "weights 'weight'.*not above zero"),
    "weight not a number": (but("weight", nan), {"weights": "weight"}, "column 'weight'.*not a number"),
    "weight infinite": (but("weight", inf), {"weights": "weight"}, "weights 'weight'.*not finite"),
    "weight text": ({}, {"weights": "country"}, "weights 'country'.*String"),
    "one level": ({"education": ["master"] * 60}, {}, "factor 'education'.*one level only: master"),
    "one cluster": ({"cluster": ["c"] * 60}, {"clusters": "cluster"}, "clusters.*one only"),
    "one cluster, few allowed": (
        {"cluster": ["c"] * 60},
        {"clusters": "cluster", "few_clusters": True},
        "clusters.*one only",
    ),
    "base never seen": ({}, {"bases": {"education": "doctorat"}}, "base of education.*did you mean 'doctorate'"),
    "unknown factor": ({}, {"factors": ("educaton",)}, "factor 'educaton'.*did you mean 'education'"),
    "unknown weights": ({}, {"weights": "wieght"}, "weights 'wieght'.*never asked"),
    "term twice": ({}, {"factors": ("education", "education")}, "term 'education'.*asked for twice"),
    "interaction twice": (
        {},
        {"factors": ("education", "age", "education:age", "age:education")},
        "term 'age:education'.*asked for twice",
    ),
    "interaction with itself": (
        {},
        {"factors": ("education", "education:education")},
        "'education:education'.*not of two",
    ),
    "interaction of three": (
        {},
        {"factors": ("education", "country", "age", "education:country:age")},
        "'education:country:age'.*not of two",
    ),
    "leverage one": (
        but("education", "professional", "professional") | but("age", 20.0, 30.0),
        {"factors": ("education", "age", "education:age"), "clusters": None, "covariance": "HC3"},
        "leverage 1",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_sample_that_cannot_be_asked_is_refused_by_name(case: str, make_records: Make) -> None:
    changed, asked, about = REFUSED[case]
    with pytest.raises(SalarylabError) as refusal:
        sl.fit(
            sl.build(sl.Spec(**({"factors": ("education",)} | asked)), sl.draw(make_records(**columns(**changed)), []))
        )
    assert re.search(about, str(refusal.value), re.DOTALL), str(refusal.value)


def test_fewer_rows_than_columns_are_refused(make_records: Make) -> None:
    few = {name: values[:6] for name, values in columns().items()}
    spec = sl.Spec(factors=("education", "age", "experience_spline"), clusters=None)
    with pytest.raises(ModelError, match="6 rows for 8 columns"):
        sl.fit(sl.build(spec, sl.draw(make_records(**few), [])))
