"""Curve in the analyst's hand: tiers told apart, inference by lots, what is left out, and what no small cell tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.coding import plain
from salarylab.model.trust import SpecificationCurve, Tier, specifications
from salarylab.model.trust.curve_estimates import errors
from salarylab.model.trust.curve_projected import projected
from salarylab.records import Records

Make = Callable[..., Records]
PERSON = Tier("person", ("experience", "work_mode"))
JOB = Tier("person and job", ("role_family", "work_mode"), held=("experience",))
PLAIN: dict[str, Any] = {"clusters": None, "weights": None}


def curve_of(records: Records, **asked: Any) -> SpecificationCurve:
    given = {"tiers": [PERSON, JOB], "draws": 99} | PLAIN | asked
    return specifications(sl.draw(records, []), "education", given.pop("level", "doctorate"), "secondary", **given)


@pytest.mark.parametrize("asked", [{"covariance": "HC1"}, {"clusters": "cluster", "covariance": "CR1"}])
@pytest.mark.parametrize("weights", [None, "weight"])
def test_each_equation_is_the_one_that_fit_finds(workers: Records, asked: dict[str, str], weights: str | None) -> None:
    spec = PLAIN | asked | {"weights": weights}
    found = curve_of(workers, **spec)
    assert len(found.table) == 8
    for b in found.branches:
        for i, controls in enumerate(b.controls):
            held = ("experience",) if b.tier == "person and job" else ()
            factors = ("education", *held, *controls)
            one = sl.Spec(factors=factors, bases={"education": "secondary"}, **spec)
            estimate = sl.fit(sl.build(one, b.design.sample))
            at = [t.level for t in estimate.design.terms].index("doctorate")
            assert b.value[i] == pytest.approx(estimate.coefficients[at], rel=1e-10)
            assert b.se[i] ** 2 == pytest.approx(estimate.covariance[at, at], rel=1e-10)
            told = sl.contrast(estimate, "education", "doctorate", "secondary")
            assert (b.low[i], b.high[i]) == pytest.approx((told.low, told.high), rel=1e-9)


def test_a_planted_premium_clears_the_band_in_each_tier(workers: Records) -> None:
    found = curve_of(workers)
    assert found.tiers == ("person", "person and job")
    for tier in found.tiers:
        assert found.clears(tier) == "over"
        assert found.share(tier).value == 1.0
        assert found.share(tier).p < 0.15  # type: ignore[operator]  # equations alike clear it together by lot
        assert found.median(tier).p == 0.01
        assert found.median(tier).value == pytest.approx(0.6, abs=0.15)
        assert "tiers are different questions" in " ".join(found.share(tier).caveats)
    with pytest.raises(ModelError, match="tier of this curve"):
        found.share()
    with pytest.raises(ModelError, match="did you mean 'person'"):
        found.median("persn")
    assert curve_of(workers, tiers=[PERSON]).median().subject.endswith("tier 'person'")
    again = curve_of(workers)
    assert [again.share(t).record() for t in again.tiers] == [found.share(t).record() for t in found.tiers]


def test_no_premium_clears_no_band(make_records: Make) -> None:
    found = specifications(
        sl.draw(null_records(make_records, 3), []), "education", "master", "bachelor", tiers=[PERSON], draws=99, **PLAIN
    )
    assert found.clears() == "no"
    p = found.median().p
    assert p is not None
    assert p > 0.01
    assert found.share().value == 0.0
    assert found.share().p == 1.0


def null_records(make_records: Make, seed: int, n: int = 400) -> Records:
    rng = np.random.default_rng(seed)
    years = rng.uniform(0, 30, n)
    master = rng.random(n) < 0.4
    spread = np.where(master, 0.6, 0.2)
    return make_records(
        pay_annual_usd=np.exp(10.5 + 0.02 * years + spread * rng.standard_normal(n)),
        education=np.where(master, "master", "bachelor").tolist(),
        experience_years=years,
        work_mode=rng.choice(["on-site", "remote"], n).tolist(),
    )


def test_lots_are_the_clusters_whatever_these_are_called(workers: Records) -> None:
    named = replace(workers.provenance.source, clusters_are="employer")
    called = replace(workers, provenance=replace(workers.provenance, source=named))
    one, other = (curve_of(records, clusters="cluster", covariance="CR1") for records in (workers, called))
    assert other.table.equals(one.table)
    assert other.median("person").p == one.median("person").p
    assert "by employer" in str(other.median("person").covariance)


def test_samples_and_outcomes_are_branches_and_lots_fall_alike_in_all(workers: Records) -> None:
    sample = sl.draw(workers, [])
    at_home = sl.draw(workers, [sl.only(country="US")])
    found = specifications(
        {"all": sample, "US": at_home},
        "education",
        "doctorate",
        tiers=[PERSON],
        outcomes=("log_pay", "log_pay_annual"),
        draws=9,
        **PLAIN,
    )
    assert [(b.sample, len(b.value)) for b in found.branches] == [("all", 4), ("all", 4), ("US", 4), ("US", 4)]
    np.testing.assert_array_equal(found.branches[0].flipped, found.branches[1].flipped)
    twice = specifications({"a": sample, "b": sample}, "education", "doctorate", tiers=[PERSON], draws=9, **PLAIN)
    np.testing.assert_array_equal(twice.branches[0].flipped, twice.branches[1].flipped)
    together = np.corrcoef(found.branches[0].flipped[:, 0], found.branches[2].flipped[:, 0])[0, 1]
    assert together > 0.5  # two thirds of the rows are the same
    assert found.base == "bachelor"
    assert found.table["sample"].unique().sort().to_list() == ["US", "all"]


def test_collinear_equations_are_named_and_left_out(make_records: Make) -> None:
    rng = np.random.default_rng(1)
    country = rng.choice(["A", "B", "C"], 300)
    records = make_records(
        pay_annual_usd=np.exp(10 + rng.normal(0, 0.3, 300)),
        country=country.tolist(),
        region=[f"in {c}" for c in country],
        education=rng.choice(["bachelor", "master"], 300).tolist(),
    )
    tier = Tier("place", ("country", "region"))
    found = specifications(sl.draw(records, []), "education", "master", tiers=[tier], draws=0, **PLAIN)
    assert found.left_out == ("place, all rows, log pay, USD a year: country + region: some levels follow from others",)
    assert found.table["controls"].to_list() == ["", "country", "region"]


def test_what_cannot_be_asked_is_refused_all_at_once(workers: Records) -> None:
    sample = sl.draw(workers, [])
    bad = [Tier("a", ("education", "work_mode", "work_mode")), Tier("a", ("work_mode:country",))]
    with pytest.raises(ModelError) as refused:
        specifications(sample, "education", "doctorate", tiers=bad, outcomes=(), band=(0.1, 0.2), draws=-1)
    told = str(refused.value)
    for part in ("tier 'a'", "the factor asked about", "an interaction", "named twice", "outcomes", "band", "draws"):
        assert part in told
    with pytest.raises(ModelError, match="one or more"):
        specifications(sample, "education", "doctorate", tiers=[])
    with pytest.raises(ModelError, match="covariance of a specification curve"):
        curve_of(workers, covariance="HC3")
    with pytest.raises(ModelError, match="did you mean 'doctorate'"):
        curve_of(workers, level="doctorat")
    with pytest.raises(ModelError, match="itself"):
        curve_of(workers, level="secondary")
    with pytest.raises(ModelError, match="at least 20"):
        curve_of(workers, clusters="country")
    wide = Tier("all", tuple(name for name in sl.FACTORS if name != "education")[:17])
    with pytest.raises(ModelError, match="131,072"):
        curve_of(workers, tiers=[wide])


@pytest.mark.parametrize("few", [2, 9])
def test_specifications_gives_no_small_cell_away(make_records: Make, few: int) -> None:
    rng = np.random.default_rng(2)
    n = 300 + few
    rare = np.arange(n) < few
    records = make_records(
        pay_annual_usd=np.where(rare, 987_654.0, np.exp(10.5 + rng.normal(0, 0.3, n))),
        title=np.where(rare, "swan marker", rng.choice(["engineer", "analyst"], n)).tolist(),
        experience_years=rng.uniform(0, 30, n),
        work_mode=rng.choice(["on-site", "remote"], n).tolist(),
    )
    found = specifications(sl.draw(records, []), "title", "swan marker", "engineer", tiers=[PERSON], draws=19, **PLAIN)
    assert found.table.select("value", "se", "low", "high", "clears", "n").null_count().row(0) == (4,) * 6
    findings = found.share(), found.median()
    for record in (finding.record() for finding in findings):
        assert record["suppressed"]
        assert record["value"] is None
        assert record["p"] is None
    with pl.Config(tbl_cols=-1, fmt_str_lengths=200):
        told = [str(found.table), repr(found), *(str(finding.record()) for finding in findings)]
    assert not any("swan marker" in one for one in told)
    assert len(found.left_out) == 1
    with pytest.raises(ModelError, match="not declared"):  # as a level that nobody has would be
        specifications(sl.draw(records, []), "title", "engineer", "swan marker", tiers=[PERSON], **PLAIN)
    kept = specifications(sl.draw(records, []), "title", "engineer", "analyst", tiers=[PERSON], draws=0, **PLAIN)
    assert kept.table["n"].null_count() == 0


# Size and coverage


def one_survey(seed: int, n: int = 300, premium: float = 0.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return estimates, errors and lots in four equations of a survey whose spread goes with the column asked."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(n, 3))
    x = (z[:, 0] + rng.normal(size=n) > 1.0).astype(float)
    y = premium * x + 0.3 * z[:, 0] + (0.3 + 0.6 * x) * rng.normal(size=n)
    rows = plain(np.column_stack([np.ones(n), x, z]), y)
    some = projected(rows, 1, [[3], [4]], [2])
    found = errors(some, None, (np.arange(n), rng.choice([-1.0, 1.0], (199, n))))
    return some.coefficients, found.se, found.flipped


def rejected(seeds: range) -> tuple[int, int]:
    """Return how often the median's p-value is at most .05 where there is no premium, and how often intervals cover."""
    low = covers = 0
    for seed in seeds:
        b, se, flipped = one_survey(seed)
        middle = np.abs(np.median(flipped, axis=1))
        low += (1 + int((middle >= abs(np.median(b))).sum())) / 200 <= 0.05
        covers += bool(abs(b[-1]) < 1.968 * se[-1])
    return low, covers


def test_a_few_curves_without_a_premium_are_seldom_rejected() -> None:
    low, covers = rejected(range(60))
    assert low <= 10  # a binomial(60, .05) is above with a chance of 1 in 5,000
    assert covers >= 50


@pytest.mark.slow
def test_lots_have_their_size_and_intervals_cover() -> None:
    """Residuals spread more where the column is one: permuted rows would not have this size, signs do."""
    from scipy.stats import binom

    seeds = 2_000
    low, covers = rejected(range(seeds))
    print("size", low / seeds, "coverage", covers / seeds)
    assert binom.ppf(0.0005, seeds, 0.05) <= low <= binom.ppf(0.9995, seeds, 0.06)
    assert binom.ppf(0.0005, seeds, 0.94) <= covers <= binom.ppf(0.9995, seeds, 0.95)
