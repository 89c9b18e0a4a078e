"""Contrasts, ladders and groups: identities, planted truth, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import polars as pl
import pytest

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.finding import FINDING_MIME
from salarylab.model.projection import project
from salarylab.model.usable import usable
from salarylab.source import Break, Truth

SPEC = sl.Spec(factors=("education", "role_family", "experience"), clusters=None)


def estimate_of(records: sl.Records, spec: sl.Spec = SPEC) -> sl.Estimate:
    return sl.fit(sl.build(spec, sl.draw(records)))


def test_a_contrast_with_the_base_is_the_term_itself(workers: sl.Records) -> None:
    estimate = estimate_of(workers)
    found = sl.contrast(estimate, "education", "master")
    row = estimate.terms.filter(pl.col("term") == "education[master]").row(0, named=True)
    assert (found.value, found.se, found.df) == pytest.approx((row["log_points"], row["se"], row["df"]), rel=1e-10)
    assert (found.low, found.high, found.p) == pytest.approx((row["ci_low"], row["ci_high"], row["p"]), rel=1e-9)
    assert found.detectable == pytest.approx(2.8 * row["se"], rel=0.02)


def test_a_contrast_of_two_levels_equals_the_term_when_one_of_them_is_the_base(workers: sl.Records) -> None:
    across = sl.contrast(estimate_of(workers), "education", "doctorate", "master")
    rebased = sl.Spec(factors=SPEC.factors, clusters=None, bases={"education": "master"})
    term = sl.contrast(estimate_of(workers, rebased), "education", "doctorate")
    assert (across.value, across.se, across.df) == pytest.approx((term.value, term.se, term.df), rel=1e-8)


def test_premia_within_groups_equal_separate_regressions(workers: sl.Records) -> None:
    sample = sl.draw(workers)
    together = sl.premium_by(sample, "education", "role_family", clusters=None)
    assert isinstance(together, sl.GroupPremia)
    for family in ("core AI", "other tech", "other"):
        alone = sl.draw(workers, [sl.only(role_family=family)])
        own = sl.fit(sl.build(sl.Spec(factors=("education",), clusters=None), alone))
        separate = sl.contrast(own, "education", "master")
        row = together.table.filter(pl.col("group") == family, pl.col("level") == "master").row(0, named=True)
        assert (row["value"], row["se"]) == pytest.approx((separate.value, separate.se), rel=1e-8)


def test_a_joint_test_of_one_term_is_its_t_test(workers: sl.Records) -> None:
    spec = sl.Spec(factors=("work_mode",), clusters=None)
    estimate = estimate_of(workers, spec)
    assert sl.joint_test(estimate, "work_mode").p == pytest.approx(sl.contrast(estimate, "work_mode", "remote").p)


def test_a_joint_test_equals_the_f_test_of_statsmodels(workers: sl.Records) -> None:
    estimate = estimate_of(workers, sl.Spec(factors=SPEC.factors, clusters=None, covariance="HC1"))
    names = [term.name for term in estimate.design.terms]
    live = estimate.to_statsmodels()
    live._results.df_resid_inference = None
    restrictions = np.eye(len(names))[[i for i, t in enumerate(estimate.design.terms) if t.factor == "education"]]
    peer = live.model.fit(cov_type="HC1", use_t=True).f_test(restrictions)
    assert sl.joint_test(estimate, "education").p == pytest.approx(float(peer.pvalue), rel=1e-8)


def test_a_joint_test_without_a_usable_variance_says_so(workers: sl.Records) -> None:
    few = sl.Spec(factors=("education", "role_family"), clusters="country", few_clusters=True, covariance="CR1")
    found = sl.joint_test(estimate_of(workers, few), "education")
    assert found.value is None
    assert "not estimated (no term with ten rows and a standard error" in found.sentence
    with pytest.raises(ModelError, match="one of: intercept, education, role_family"):
        sl.joint_test(estimate_of(workers, few), "industry")


def test_displaying_a_finding_gives_text_html_and_a_record(workers: sl.Records) -> None:
    found = sl.contrast(estimate_of(workers), "education", "master")
    shown = found._repr_mimebundle_()
    assert shown["text/plain"].startswith("Pay premium of master over bachelor (given role family")
    assert json.loads(json.dumps(shown[FINDING_MIME]))["equation"] == "log_pay ~ education + role_family + experience"


def test_levels_factors_and_the_base_itself_are_refused_by_name(workers: sl.Records) -> None:
    estimate = estimate_of(workers)
    with pytest.raises(ModelError, match="did you mean 'master'"):
        sl.contrast(estimate, "education", "masters")
    with pytest.raises(ModelError, match="categorical factor of this equation 'industry'"):
        sl.contrast(estimate, "industry", "construction")
    with pytest.raises(ModelError, match=r"zero by construction") as caught:
        sl.contrast(estimate, "education", "bachelor")
    assert "it is the base category" in str(caught.value)


# Ladders


def test_every_rung_stands_on_the_same_rows(workers: sl.Records) -> None:
    steps = [("raw gap", []), ("+ experience", ["experience_spline"]), ("+ mode", ["work_mode", "industry"])]
    found = sl.ladder(sl.draw(workers), "education", steps, clusters=None)
    assert [rung.estimate.n for rung in found.rungs] == [593, 593, 593]
    assert found.left_out == ("industry: never asked",)
    assert found.table["rung"].unique(maintain_order=True).to_list() == ["raw gap", "+ experience", "+ mode"]
    raw = found.rungs[0].estimate.design.sample.table
    means = raw.group_by("education").agg(pl.col("pay_annual_usd").log().mean())
    by_level = dict(means.iter_rows())
    row = found.table.row(0, named=True)
    assert row["value"] == pytest.approx(by_level[row["level"]] - by_level["bachelor"])


def test_a_finer_factor_takes_the_place_of_the_coarser(make_records: Any) -> None:
    regions = ["US-1", "US-2", "FI-1", "FI-2"] * 10
    records = make_records(
        pay_annual_usd=[50_000.0 + i for i in range(40)],
        region=regions,
        country=[r[:2] for r in regions],
        education=["bachelor", "bachelor", "master", "bachelor", "master"] * 8,
    )
    kept, out = usable(sl.draw(records), ["country", "region", "education"])
    assert kept == ("region", "education")
    assert out == ("country: given by region",)


def test_the_first_factor_that_can_be_used_and_the_highest_level_with_enough_rows(workers: sl.Records) -> None:
    sample = sl.draw(workers)
    assert sl.first_usable(sample, ["industry", "role_family"]) == "role_family"
    assert sl.top_level(sample, "education") == "doctorate"
    assert sl.top_level(sample, "education", at_least=100) == "master"
    none = sl.first_usable(sample, ["industry", "region"])
    assert none == "industry"
    assert str(sl.premium_by(sample, "education", none)) == "Not compared: industry: never asked."


# Groups and years


def years_of(make_records: Any, years: list[int], breaks: tuple[Break, ...] = ()) -> sl.Records:
    n = 40 * len(years)
    rng = np.random.default_rng(5)
    return make_records(
        breaks=breaks,
        year=[year for year in years for _ in range(40)],
        pay_annual_usd=np.exp(rng.normal(11, 0.2, n)).tolist(),
        work_mode=["remote", "on-site"] * (n // 2),
    )


def test_no_comparison_crosses_a_break(make_records: Any) -> None:
    records = years_of(make_records, [2020, 2021, 2022, 2023], (Break(2022, "another questionnaire"),))
    found = sl.premium_by(sl.draw(records), "work_mode", "year")
    assert isinstance(found, sl.GroupPremia)
    assert found.table["group"].to_list() == ["2022", "2023"]
    reasons = found.estimate.design.sample.attrition["reason"].to_list()
    assert "before the break of 2022: another questionnaire" in reasons


def test_one_year_only_is_said_and_not_drawn(make_records: Any) -> None:
    found = sl.premium_by(sl.draw(years_of(make_records, [2024])), "work_mode", "year")
    assert str(found) == "Not compared: year: one value only."
    assert found.joint is found
    assert sl.show.premium_by(found, "remote") is found


def test_only_the_largest_groups_are_kept_and_the_rest_counted(make_records: Any) -> None:
    n = 120
    records = make_records(
        pay_annual_usd=np.exp(np.random.default_rng(2).normal(11, 0.2, n)).tolist(),
        country=["US"] * 60 + ["FI"] * 40 + ["DE"] * 20,
        work_mode=["remote", "on-site"] * 60,
    )
    found = sl.premium_by(sl.draw(records), "work_mode", "country", top=2)
    assert isinstance(found, sl.GroupPremia)
    assert found.table["group"].to_list() == ["FI", "US"]
    lost = found.estimate.design.sample.attrition.row(-1, named=True)
    assert (lost["reason"], lost["rows_lost"]) == ("not among the 2 largest: country", 20)


# Truth


def test_a_projection_is_the_least_squares_fit_of_the_population(workers: sl.Records) -> None:
    estimate = estimate_of(workers)
    projected = project(SPEC, sl.draw(workers)).terms
    for term, value in zip(estimate.design.terms, estimate.coefficients, strict=True):
        assert projected[term.name] == pytest.approx(value, abs=1e-6)


def test_planted_truth_stands_beside_the_estimate(make_records: Any) -> None:
    truth = {"log_pay ~ education": Truth({"education": "bachelor"}, {"education[master]": 0.25})}
    records = make_records(truth=truth, pay_annual_usd=[50_000.0, 60_000.0] * 20, education=["bachelor", "master"] * 20)
    found = sl.contrast(estimate_of(records, sl.Spec(factors=("education",))), "education", "master")
    assert found.truth == 0.25
    assert "Planted truth of this synthetic demo: +28.4%" in found.sentence


def test_planted_truth_is_not_told_of_another_population_or_base(make_records: Any) -> None:
    truth = {"log_pay ~ education": Truth({"education": "bachelor"}, {"education[master]": 0.25})}
    records = make_records(truth=truth, pay_annual_usd=[50_000.0, 60_000.0] * 20, education=["bachelor", "master"] * 20)
    restricted = sl.fit(sl.build(sl.Spec(factors=("education",)), sl.draw(records, [sl.positive_pay])))
    assert sl.contrast(restricted, "education", "master").truth is None
    other = {"log_pay ~ education": Truth({"education": "secondary"}, {"education[master]": 0.25})}
    pay = [50_000.0, 60_000.0] * 20
    rebased = make_records(truth=other, pay_annual_usd=pay, education=["bachelor", "master"] * 20)
    assert sl.contrast(estimate_of(rebased, sl.Spec(factors=("education",))), "education", "master").truth is None


def test_a_factor_that_interacts_is_not_contrasted_without_saying_where(workers: sl.Records) -> None:
    spec = sl.Spec(factors=("education", "role_family", "education:role_family"), clusters=None)
    with pytest.raises(ModelError, match="it interacts with role_family"):
        sl.contrast(estimate_of(workers, spec), "education", "master")


def test_a_coefficient_that_rests_on_a_small_base_shows_no_numbers(make_records: Any) -> None:
    education = ["bachelor"] * 3 + ["master"] * 40
    records = make_records(pay_annual_usd=[40_000.0 + 100 * (i % 7) for i in range(43)], education=education)
    terms = estimate_of(records, sl.Spec(factors=("education",))).terms
    assert terms["log_points"].to_list() == [None, None]  # the intercept is the mean of three people


def test_an_interaction_counts_the_smallest_of_its_four_corners(workers: sl.Records) -> None:
    spec = sl.Spec(factors=("education", "role_family", "education:role_family"), clusters=None)
    terms = {t.name: t.n for t in estimate_of(workers, spec).design.terms}
    rows = sl.draw(workers).table
    corners = rows.group_by("education", "role_family").len()
    cells = {(e, f): n for e, f, n in corners.iter_rows()}
    pairs = [(e, f) for e in ("bachelor", "master") for f in ("other tech", "core AI")]
    assert terms["education[master]:role_family[core AI]"] == min(cells[pair] for pair in pairs)
    assert terms["education[master]"] == min(cells["bachelor", "other tech"], cells["master", "other tech"])


def test_a_text_found_in_few_rows_is_masked(make_records: Any) -> None:
    titles = ["known to everyone"] * 30 + ["known to few"] * 5
    records = make_records(pay_annual_usd=[40_000.0 + 100 * (i % 7) for i in range(35)], title=titles)
    estimate = estimate_of(records, sl.Spec(factors=("title",)))
    assert "known to few" not in str(estimate.terms.to_dict(as_series=False))
    assert "known to few" not in str(sl.premia(estimate, "title").to_dict(as_series=False))


def test_a_premium_that_rests_on_two_clusters_has_no_interval_whatever_the_base(make_records: Any) -> None:
    rng = np.random.default_rng(11)
    n = 1200
    country = ["US"] * 400 + ["DE"] * 800
    cluster = [f"US{i % 2}" for i in range(400)] + [f"DE{i % 100}" for i in range(800)]
    records = make_records(
        pay_annual_usd=np.exp(rng.normal(11, 0.3, n)).tolist(),
        country=country,
        cluster=cluster,
        work_mode=rng.choice(["remote", "on-site"], n).tolist(),
    )
    for base in ("US", "DE"):
        spec = sl.Spec(factors=("work_mode", "country", "work_mode:country"), bases={"country": base})
        found = sl.contrast(estimate_of(records, spec), "work_mode", "remote", within={"country": "US"})
        assert found.se is None
        assert "few clusters" in found.caveats[0]


def test_a_declared_base_that_is_asked_for_again_changes_no_formula() -> None:
    assert sl.Spec(factors=("education",), bases={"education": "bachelor"}).formula == "log_pay ~ education"
    changed = sl.Spec(factors=("education",), bases={"education": "secondary"})
    assert changed.formula == "log_pay ~ education  [bases education: secondary]"
