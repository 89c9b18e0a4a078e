"""Money: geometric mean pay at both levels, at the covariates of the whole sample."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import salarylab as sl
from salarylab.model.contrast import adjusted_means
from salarylab.model.distribution.interval import interval
from salarylab.model.held import fit_holding
from salarylab.questions.money import pay_at


def fitted(people: Any, *controls: str, **more: Any) -> sl.Estimate:
    sample, _ = people(**more)
    return fit_holding(sample, ["education"], controls)[0]  # type: ignore[return-value]


@pytest.mark.parametrize("controls", [(), ("experience_spline",), ("country", "role", "experience_spline")])
@pytest.mark.parametrize("weighted", [False, True])
def test_it_is_that_of_adjusted_means_and_its_ratio_is_the_premium(
    people: Any, controls: tuple[str, ...], weighted: bool
) -> None:
    rng = np.random.default_rng(3)
    more = {"weight": rng.uniform(0.5, 3, 1_500).tolist(), "weighted": True} if weighted else {}
    estimate = fitted(people, *controls, **more)
    levels = ("master", "secondary", "bachelor")
    pay = pay_at(estimate, "education", *levels)
    assert pay is not None
    means = adjusted_means(estimate, "education").table
    expected = dict(means.select("level", "value").iter_rows())
    assert np.log(pay) == pytest.approx([expected[level] for level in levels], rel=1e-9)
    premium = sl.contrast(estimate, "education", "master", "secondary").value
    assert pay[0] / pay[1] == pytest.approx(np.exp(premium), rel=1e-12)


def test_without_controls_it_is_the_geometric_mean_of_each_level(people: Any) -> None:
    sample, _ = people()
    pay = pay_at(fit_holding(sample, ["education"], ())[0], "education", "master", "bachelor")
    logs = sample.table.select("education", y=sample.table["pay_annual_usd"].log())
    for level, amount in zip(("master", "bachelor"), pay, strict=True):  # type: ignore[arg-type]
        assert amount == pytest.approx(np.exp(logs.filter(education=level)["y"].mean()), rel=1e-12)


def test_an_absorbed_control_gives_the_money_of_one_laid_out(people: Any) -> None:
    sample, _ = people(employer=[f"e{i % 12}" for i in range(1_500)])
    absorbed = fit_holding(sample, ["education"], ["employer"])[0]
    spec = sl.Spec(factors=("education", "employer"))
    whole = sl.fit(sl.build(spec, sample))
    assert absorbed.design.absorbed is not None
    assert whole.design.absorbed is None
    found, expected = (pay_at(one, "education", "master", "bachelor") for one in (absorbed, whole))
    assert found == pytest.approx(expected, rel=1e-9)


def test_the_money_of_bands_is_near_that_of_the_pay_behind_them(people: Any) -> None:
    edges = np.array([0, 20, 27, 35, 45, 60, 85, np.inf]) * 1000.0
    exact, columns = people(n=5_000)
    pay = np.array(columns["pay_annual_usd"])
    place = np.searchsorted(edges, pay, side="right")
    low, high = edges[place - 1].tolist(), edges[place].tolist()
    banded, _ = people(
        n=5_000,
        pay_annual_usd=[None if np.isinf(b) else (a + b) / 2 for a, b in zip(low, high, strict=True)],
        pay_low_usd=low,
        pay_high_usd=[None if np.isinf(b) else b for b in high],
    )
    spec = sl.Spec(factors=("education", "experience_spline"))
    money = pay_at(interval(spec, banded), "education", "master", "bachelor")
    expected = pay_at(sl.fit(sl.build(spec, exact)), "education", "master", "bachelor")
    assert money == pytest.approx(expected, rel=0.01)


def test_an_outcome_that_is_no_log_has_no_geometric_mean(people: Any) -> None:
    sample, _ = people()
    dollars = sl.factor.Outcome("dollars", "pay", "pay_annual_usd", log=False)
    estimate = sl.fit(sl.build(sl.Spec("dollars", ("education",), declared=(dollars,)), sample))
    assert pay_at(estimate, "education", "master", "bachelor") is None
