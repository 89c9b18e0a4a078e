"""Premia of equations that least squares did not fit: their numbers, refusals and silence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.stats import f, nct, t

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.distribution.interval import IntervalEstimate, interval
from salarylab.model.distribution.nonlinear import Nonlinear, premium
from salarylab.model.distribution.ppml import beside_logs, ppml
from salarylab.model.variance.independent import bell_mccaffrey
from salarylab.records import Records
from salarylab.source import Replication

Make = Callable[..., Records]
SECRET = "swan marker"


def fitted(workers: Records, **asked: object) -> Nonlinear:
    return ppml(sl.build(sl.Spec(factors=("education", "role_family"), **asked), sl.draw(workers, [])))  # type: ignore[arg-type]


def test_a_premium_over_another_base_is_the_difference_of_two(workers: Records) -> None:
    found = fitted(workers, clusters=None)
    over = premium(found, "education", "doctorate", "master")
    alone = [premium(found, "education", level).value for level in ("doctorate", "master")]
    assert over.value == pytest.approx(alone[0] - alone[1])
    names = [term.name for term in found.design.terms]
    vector = np.zeros(len(names))
    vector[[names.index("education[doctorate]"), names.index("education[master]")]] = 1.0, -1.0
    assert over.se == pytest.approx(float(vector @ found.covariance @ vector) ** 0.5)
    assert bell_mccaffrey(found.working, vector[None])[0] >= over.df
    assert over.subject == "Pay premium of doctorate over master (given role family)"
    assert over.covariance.startswith("PPML of pay, HC2")


def test_the_premium_of_points_is_that_of_least_squares(workers: Records) -> None:
    spec = sl.Spec(factors=("education",), clusters=None, covariance="HC1")
    ours = premium(interval(spec, sl.draw(workers, [])), "education", "master")
    ols = sl.contrast(sl.fit(sl.build(spec, sl.draw(workers, []))), "education", "master")
    assert ours.value == pytest.approx(ols.value)
    assert ours.se == pytest.approx(ols.se)
    assert ours.subject == ols.subject
    assert ours.sentence == ols.sentence


def test_inside_one_cluster_there_is_no_interval(workers: Records) -> None:
    found = fitted(workers, clusters="country", few_clusters=True)
    told = premium(found, "education", "master")
    assert told.se is None
    assert told.caveats == ("no interval: identified inside one or a few clusters",)


# What contrasts, equivalence and joint tests say of an equation that least squares did not fit


def in_bands(workers: Records, make_records: Make, **more: object) -> sl.Sample:
    """Return the same workers, who stated the band of their pay alone."""
    pay = workers.table["pay_annual_usd"].to_numpy()
    edges = np.array([0, 25, 32, 40, 50, 65, 90, np.inf]) * 1000.0
    place = np.searchsorted(edges, pay, side="right")
    low, high = edges[place - 1].tolist(), edges[place].tolist()
    own = {name: workers.table[name].to_list() for name in ("education", "role_family", "cluster", "weight")}
    records = make_records(
        pay_annual_usd=[None if np.isinf(b) else (a + b) / 2 for a, b in zip(low, high, strict=True)],
        pay_low_usd=low,
        pay_high_usd=[None if np.isinf(b) else b for b in high],
        **(own | more),
    )
    return sl.draw(records, [])


RULES: dict[str, dict[str, Any]] = {
    "HC2": {"clusters": None},
    "HC1": {"clusters": None, "covariance": "HC1"},
    "CRV3": {"clusters": "cluster"},
    "CR1": {"clusters": "cluster", "covariance": "CR1"},
    "weighted": {"clusters": None, "weights": "weight"},
    "replicates": {},
}


def banded_fit(workers: Records, make_records: Make, rule: str) -> IntervalEstimate:
    more: dict[str, Any] = {}
    if rule == "replicates":
        weight = workers.table["weight"].to_numpy()
        drawn = weight[:, None] * np.random.default_rng(1).choice([0.5, 1.5], (len(weight), 20))
        more = {
            "replicate_weights": drawn.tolist(),
            "replication": Replication(20, 0.2, 19.0, "invented"),
            "weighted": True,
        }
    spec = sl.Spec(factors=("education", "role_family"), **RULES[rule])
    return interval(spec, in_bands(workers, make_records, **more))


@pytest.mark.parametrize("rule", RULES)
def test_a_contrast_of_bands_is_their_premium(workers: Records, make_records: Make, rule: str) -> None:
    estimate = banded_fit(workers, make_records, rule)
    for level, base in (("master", None), ("doctorate", "master")):
        found, expected = sl.contrast(estimate, "education", level, base), premium(estimate, "education", level, base)
        for name in ("value", "se", "df", "low", "high", "p"):
            assert getattr(found, name) == pytest.approx(getattr(expected, name), rel=1e-9), name
        for name in ("subject", "equation", "n", "smallest_cell"):
            assert getattr(found, name) == getattr(expected, name), name
        assert (found.covariance or "").startswith(expected.covariance or "none")


@pytest.mark.parametrize("rule", ["HC1", "CR1", "replicates"])
def test_equivalence_of_bands_is_two_one_sided_tests_by_hand(workers: Records, make_records: Make, rule: str) -> None:
    estimate = banded_fit(workers, make_records, rule)
    i = [term.name for term in estimate.design.terms].index("education[master]")
    b, se, df = estimate.coefficients[i], estimate.covariance[i, i] ** 0.5, float(estimate.df[i])
    band = (-0.03, b + 0.02)
    found = sl.equivalence(estimate, "education", "master", band=band)
    assert found.tested is not None
    over, under = t.sf((b - band[0]) / se, df), t.sf((band[1] - b) / se, df)
    assert found.tested.within == pytest.approx(max(over, under), rel=1e-9)
    assert found.tested.over == pytest.approx(t.sf((b - band[1]) / se, df), rel=1e-9)
    assert found.tested.under == pytest.approx(t.cdf((b - band[0]) / se, df), rel=1e-9)
    assert found.detectable_zero is not None
    reach = t.ppf(0.975, df)
    power = nct.sf(reach, df, found.detectable_zero / se) + nct.cdf(-reach, df, found.detectable_zero / se)
    assert power == pytest.approx(0.8, abs=1e-6)


@pytest.mark.parametrize("rule", ["HC1", "CR1", "replicates"])
def test_a_joint_test_of_bands_is_walds_by_hand(workers: Records, make_records: Make, rule: str) -> None:
    estimate = banded_fit(workers, make_records, rule)
    at = [i for i, term in enumerate(estimate.design.terms) if term.factor == "education"]
    b, v, q = estimate.coefficients[at], estimate.covariance[np.ix_(at, at)], len(at)
    statistic, behind = float(b @ np.linalg.inv(v) @ b) / q, float(estimate.df[at[0]])
    if rule == "replicates":  # Hotelling's form
        statistic, behind = statistic * (behind - q + 1) / behind, behind - q + 1
    found = sl.joint_test(estimate, "education")
    assert q == 3
    assert found.value == pytest.approx(f.sf(statistic, q, behind), rel=1e-9)
    told = float(found.subject.rpartition(" = ")[2])
    assert told == pytest.approx(statistic, rel=0.06)


def test_of_points_all_three_are_those_of_least_squares(workers: Records) -> None:
    """Rows known as amounts alone: the likelihood's coefficients and sandwich are those of OLS with HC1's factor."""
    sample = sl.draw(workers, [])
    spec = sl.Spec(factors=("education", "role_family"), clusters="cluster", covariance="CR1")
    points, ols = interval(spec, sample), sl.fit(sl.build(spec, sample))
    for ask in (
        lambda one: sl.contrast(one, "education", "master"),
        lambda one: sl.joint_test(one, "education"),
        lambda one: sl.equivalence(one, "education", "master").finding,
    ):
        ours, theirs = ask(points), ask(ols)
        assert (ours.value, ours.df) == pytest.approx((theirs.value, theirs.df), rel=1e-6)
        assert ours.subject == theirs.subject


def test_what_is_not_in_the_equation_cannot_be_compared(workers: Records) -> None:
    found = fitted(workers, clusters=None)
    with pytest.raises(ModelError, match="did you mean 'education'"):
        premium(found, "eduction", "master")
    with pytest.raises(ModelError, match="'master' with itself"):
        premium(found, "education", "master", "master")
    with pytest.raises(ModelError, match="level of education"):
        premium(found, "education", "professional")
    spec = sl.Spec(factors=("education", "role_family", "education:role_family"), clusters=None)
    with pytest.raises(ModelError, match="it interacts"):
        premium(ppml(sl.build(spec, sl.draw(workers, []))), "education", "master")


def planted(make_records: Make, few: int) -> sl.Design:
    n = 400
    title = [SECRET if i < few else ("engineer", "analyst")[i % 2] for i in range(n)]
    pay = [987_654.0 if i < few else 40_000.0 + 137 * (i % 91) for i in range(n)]
    return sl.build(sl.Spec(factors=("title",)), sl.draw(make_records(pay_annual_usd=pay, title=title), []))


@pytest.mark.parametrize("few", [2, 9])
def test_premium_gives_no_small_cell_away(make_records: Make, few: int) -> None:
    found = premium(ppml(planted(make_records, few)), "title", SECRET)
    assert found.suppressed
    assert SECRET not in str(found.record())
    assert found.record()["value"] is None


@pytest.mark.parametrize("few", [2, 9])
def test_ppml_gives_no_small_cell_away(make_records: Make, few: int) -> None:
    found = ppml(planted(make_records, few))
    (rare,) = found.terms.filter(found.terms["n"].is_null()).rows(named=True)
    assert {rare[name] for name in ("log_points", "se", "df", "percent", "n")} == {None}
    assert SECRET not in str(found.terms.rows()) + repr(found)


@pytest.mark.parametrize("few", [2, 9])
def test_beside_logs_gives_no_small_cell_away(make_records: Make, few: int) -> None:
    table = beside_logs(planted(make_records, few), "title").table
    (rare,) = table.filter(table["n"].is_null()).rows(named=True)
    assert {rare[name] for name in table.columns if name not in ("term", "level", "base")} == {None}
    assert SECRET not in str(table.rows())
