"""Held: as many controls as the sample can tell apart, absorbed or laid out, on amounts or on bands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.distribution.interval import interval
from salarylab.model.distribution.nonlinear import premium
from salarylab.model.estimate import Estimate
from salarylab.model.held import fit_holding, laid_out, least_squares, spec_holding

Make = Callable[..., Any]
EDGES = np.array([0, 15, 25, 35, 50, 65, np.inf]) * 1000.0


def people(n: int = 900, seed: int = 4) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    region = rng.integers(0, 60, n)
    place = rng.normal(0, 0.3, 60)[region]
    master = rng.random(n) < 0.3 + 0.4 * (place > 0)
    pay = 10.2 + 0.2 * master + place + rng.normal(0, 0.4, n)
    return {
        "pay_annual_usd": np.exp(pay).tolist(),
        "education": np.where(master, "master", "bachelor").tolist(),
        "region": [f"r{i:02}" for i in region],
        "country": ["US" if i < 30 else "FI" for i in region],
        "employer": [f"e{i}" for i in rng.integers(0, 8, n)],
        "age": rng.uniform(20, 60, n).round().tolist(),
    }


def banded(columns: dict[str, Any]) -> dict[str, Any]:
    """Return the same people, who stated the band of their pay alone; of the top band no middle is known."""
    place = np.searchsorted(EDGES, columns["pay_annual_usd"], side="right")
    low, high = EDGES[place - 1], EDGES[place]
    middle = [None if np.isinf(b) else float((a + b) / 2) for a, b in zip(low, high, strict=True)]
    ends = [None if np.isinf(b) else float(b) for b in high]
    return columns | {"pay_annual_usd": middle, "pay_low_usd": low.tolist(), "pay_high_usd": ends}


@pytest.mark.parametrize("control", ["region", "employer"])
def test_an_absorbed_control_gives_the_premium_of_one_laid_out(make_records: Make, control: str) -> None:
    columns = people()
    sample = sl.draw(make_records(**columns), [])
    estimate, held, out = fit_holding(sample, ["education"], ["age", control], covariance="classical")
    assert estimate.design.spec.absorbed == control
    assert (held, out) == (("age", control), ())
    table = pd.DataFrame(columns | {"pay": np.log(columns["pay_annual_usd"])})
    expected = smf.ols(f"pay ~ C(education) + age + C({control})", table).fit()
    told = estimate.terms.filter(term="education[master]").row(0, named=True)  # type: ignore[attr-defined]
    assert told["log_points"] == pytest.approx(expected.params["C(education)[T.master]"], rel=1e-9)
    assert told["se"] == pytest.approx(expected.bse["C(education)[T.master]"], rel=1e-9)


def test_what_lies_within_the_levels_absorbed_is_taken_out_with_them(make_records: Make) -> None:
    columns = people()
    sample = sl.draw(make_records(**columns), [])
    both = fit_holding(sample, ["education"], ["country", "region"], clusters=None)[0]
    alone = fit_holding(sample, ["education"], ["region"], clusters=None)[0]
    found, expected = (sl.contrast(one, "education", "master", "bachelor").value for one in (both, alone))
    assert found == pytest.approx(expected, rel=1e-9)


def test_a_control_that_follows_from_the_others_goes_and_is_named(make_records: Make) -> None:
    """One title in Finland: that level of role follows from the country, others do not."""
    n = 300
    rng = np.random.default_rng(9)
    country = rng.choice(["US", "FI"], n)
    role = np.where(country == "FI", "opettaja", rng.choice(["nurse", "tester"], n))
    records = make_records(
        pay_annual_usd=np.exp(rng.normal(10, 0.3, n)).tolist(),
        education=rng.choice(["bachelor", "master"], n).tolist(),
        country=country.tolist(),
        role=role.tolist(),
    )
    estimate, held, out = fit_holding(sl.draw(records, []), ["education"], ["country", "role"])
    assert held == ("country",)
    assert out == ("role: some of its levels follow from the others held equal",)
    assert estimate.n == n


def test_no_control_to_blame_is_refused(make_records: Make) -> None:
    records = make_records(
        pay_annual_usd=[5e4 + 100 * (i % 7) for i in range(60)],
        education=["bachelor", "master"] * 30,
        work_mode=["on-site", "remote"] * 30,
    )
    with pytest.raises(ModelError):
        fit_holding(sl.draw(records, []), ["education", "work_mode"], ())


def test_pay_in_bands_goes_through_interval_regression_and_contrast_tells_its_premium(make_records: Make) -> None:
    sample = sl.draw(make_records(**banded(people())))
    assert sample.banded
    estimate, held, _ = fit_holding(sample, ["education"], ["age", "country"])
    expected = interval(sl.Spec(factors=("education", "age", "country")), sample)
    assert held == ("age", "country")
    assert not isinstance(estimate, Estimate)
    assert estimate.rule == expected.rule
    found, told = sl.contrast(estimate, "education", "master", "bachelor"), premium(expected, "education", "master")
    for name in ("value", "se", "df", "low", "high", "p", "n", "smallest_cell", "covariance"):
        ours, theirs = getattr(found, name), getattr(told, name)
        assert ours == (theirs if isinstance(theirs, str) else pytest.approx(theirs, rel=1e-9)), name
    # rows whose band is open at the top are in it, and not in the middles' equation
    open_top = sum(pay is None for pay in banded(people())["pay_annual_usd"])
    assert open_top >= 10
    assert (estimate.n, laid_out(estimate.design.spec, sample).n) == (900, 900)


def test_bands_lie_nearer_to_the_pay_behind_them_than_their_middles(make_records: Make) -> None:
    """Someone else's number: least squares of the pay that the bands were made of."""
    columns = people(n=4_000)
    table = pd.DataFrame(columns | {"pay": np.log(columns["pay_annual_usd"])})
    exact = smf.ols("pay ~ C(education) + C(country)", table).fit().params["C(education)[T.master]"]
    sample = sl.draw(make_records(**banded(columns)))
    estimate = fit_holding(sample, ["education"], ["country"])[0]
    middles = least_squares(estimate)
    near, far = (sl.contrast(one, "education", "master", "bachelor").value for one in (estimate, middles))
    assert isinstance(middles, Estimate)
    assert near == pytest.approx(exact, abs=0.01)
    assert abs(far - exact) > 2 * abs(near - exact)  # type: ignore[operator]
    assert least_squares(middles) is middles


def test_derived_columns_are_factors_of_an_equation_without_being_declared_again(make_records: Make) -> None:
    columns = people()
    sample = sl.derive(sl.draw(make_records(**columns), []), old=sl.band("age", [40]), tens=sl.band("age", [30, 50]))
    equation = spec_holding(sample, ["old"], ["tens"], covariance="classical")
    estimate = sl.fit(sl.build(equation, sample))
    table = pd.DataFrame(columns | {"pay": np.log(columns["pay_annual_usd"])})
    table["old"] = table["age"] >= 40
    table["tens"] = np.searchsorted([30, 50], table["age"], side="right")
    expected = smf.ols("pay ~ old + C(tens)", table).fit().params["old[T.True]"]
    found = sl.contrast(estimate, "old", "40 or more", "under 40").value
    assert found == pytest.approx(expected, rel=1e-9)
