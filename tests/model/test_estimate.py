"""Design and estimate against statsmodels' formula interface, and what is refused by name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import statsmodels.formula.api as smf

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.estimate import NUMBERS
from salarylab.source import Replication

FORMULA = (
    "np.log(pay_annual_usd) ~ C(education, Treatment('bachelor')) + C(role_family, Treatment('other tech'))"
    " + experience_years"
)
SPEC = sl.Spec(factors=("education", "role_family", "experience"), clusters=None)


def formula_fit(estimate: sl.Estimate, **options: Any) -> Any:
    """Fit the same rows by statsmodels' own formula language."""
    table = estimate.design.sample.table.select(
        "pay_annual_usd", "experience_years", pl.col("education", "role_family").cast(pl.String)
    ).to_dict(as_series=False)
    return smf.ols(FORMULA, pd.DataFrame(table)).fit(use_t=True, **options)


@pytest.mark.parametrize("kind", ["HC0", "HC1", "HC2", "HC3"])
def test_equals_statsmodels_formula(workers: sl.Records, kind: str) -> None:
    spec = sl.Spec(factors=SPEC.factors, clusters=None, covariance=kind)
    estimate = sl.fit(sl.build(spec, sl.draw(workers, [])))
    peer = formula_fit(estimate, cov_type=kind)
    # the formula's levels come in the same order: the base left out, the rest as declared or sorted
    own = {t.name: i for i, t in enumerate(estimate.design.terms)}
    order = [own["intercept"], own["education[doctorate]"], own["education[master]"], own["education[secondary]"]]
    order += [own["role_family[core AI]"], own["role_family[other]"], own["experience"]]
    np.testing.assert_allclose(estimate.coefficients[order], peer.params.to_numpy(), rtol=1e-10)
    np.testing.assert_allclose(np.sqrt(np.diag(estimate.covariance))[order], peer.bse.to_numpy(), rtol=1e-10)
    assert estimate.r_squared == pytest.approx(peer.rsquared, rel=1e-12)


@pytest.mark.parametrize(
    "options", [{}, {"covariance": "HC1"}, {"clusters": "cluster"}, {"clusters": "cluster", "covariance": "CR1"}]
)
def test_to_statsmodels_is_the_live_result_that_the_estimate_equals(
    workers: sl.Records, options: dict[str, Any]
) -> None:
    estimate = sl.fit(sl.build(sl.Spec(factors=SPEC.factors, **({"clusters": None} | options)), sl.draw(workers, [])))
    live = estimate.to_statsmodels()
    terms = estimate.terms
    np.testing.assert_allclose(live.params.to_numpy(), terms["log_points"].to_numpy(), rtol=1e-9)
    np.testing.assert_allclose(live.bse.to_numpy(), terms["se"].to_numpy(), rtol=1e-9)
    np.testing.assert_allclose(live.pvalues, terms["p"].to_numpy(), rtol=1e-7, atol=1e-300)
    np.testing.assert_allclose(live.conf_int().to_numpy(), terms.select("ci_low", "ci_high").to_numpy(), rtol=1e-9)
    assert "education[master]" in str(live.summary())
    assert live.predict().shape == (estimate.n,)


def test_clustered_equals_statsmodels(workers: sl.Records) -> None:
    spec = sl.Spec(factors=SPEC.factors, clusters="cluster", covariance="CR1")
    estimate = sl.fit(sl.build(spec, sl.draw(workers, [])))
    plain = estimate.to_statsmodels().model
    peer = plain.fit(cov_type="cluster", cov_kwds={"groups": estimate.design.clusters}, use_t=True)
    np.testing.assert_allclose(estimate.terms["se"].to_numpy(), peer.bse.to_numpy(), rtol=1e-10)
    np.testing.assert_allclose(estimate.terms["p"].to_numpy(), peer.pvalues, rtol=1e-8, atol=1e-300)
    assert "40 clusters" in estimate.rule


def test_replicate_weights_equal_a_loop_over_refits(workers: sl.Records, make_records: Any) -> None:
    rng = np.random.default_rng(1)
    weight = workers.table["weight"].to_numpy()
    replicates = weight[:, None] * rng.choice([0.3, 1.0, 1.7, 0.0, -0.1], (600, 16), p=[0.2, 0.5, 0.2, 0.05, 0.05])
    columns = {c: workers.table[c].to_list() for c in ("pay_annual_usd", "education", "experience_years", "weight")}
    records = make_records(
        replication=Replication(16, 0.25, 15, "sixteen replicates"), replicate_weights=replicates.tolist(), **columns
    )
    estimate = sl.fit(sl.build(sl.Spec(factors=("education", "experience")), sl.draw(records, [])))
    x, y = sl.matrix(estimate.design), estimate.design.y

    def wls(w: np.ndarray) -> np.ndarray:
        return np.asarray(np.linalg.solve(x.T @ (x * w[:, None]), x.T @ (w * y)))

    theta = wls(weight)
    expected = 0.25 * sum(np.outer(wls(r) - theta, wls(r) - theta) for r in replicates.T)
    np.testing.assert_allclose(estimate.coefficients, theta, rtol=1e-9)
    np.testing.assert_allclose(estimate.covariance, expected, rtol=1e-7)
    assert set(estimate.df) == {15.0}


def test_terms_has_the_promised_columns_and_percent_is_the_ratio_of_geometric_means(workers: sl.Records) -> None:
    terms = sl.fit(sl.build(SPEC, sl.draw(workers, []))).terms
    assert terms.columns == ["term", "factor", "level", "base", *NUMBERS, "n"]
    row = terms.filter(pl.col("term") == "education[master]").row(0, named=True)
    assert row["base"] == "bachelor"
    assert row["percent"] == pytest.approx(100 * (np.exp(row["log_points"]) - 1))
    assert row["percent_low"] == pytest.approx(100 * (np.exp(row["ci_low"]) - 1))
    assert row["percent_kennedy"] == pytest.approx(100 * (np.exp(row["log_points"] - row["se"] ** 2 / 2) - 1))


def test_rows_that_did_not_answer_are_in_the_attrition(workers: sl.Records) -> None:
    sample = sl.draw(workers, [])
    design = sl.build(sl.Spec(factors=("work_mode",), clusters=None), sample)
    line = design.sample.attrition.filter(pl.col("reason") == "not answered: where the work is done").row(0, named=True)
    assert (line["rows_lost"], line["rows_left"], line["stage"]) == (7, 593, "build")
    assert line["median_pay_lost"] is None  # the median of seven people is nobody's business
    assert line["median_pay_left"] == workers.table["pay_annual_usd"][7:].median()


def test_a_level_under_ten_rows_shows_no_numbers(make_records: Any) -> None:
    education = ["doctorate"] * 9 + ["bachelor"] * 30 + ["master"] * 10
    records = make_records(pay_annual_usd=[40_000.0 + 100 * (i % 7) for i in range(49)], education=education)
    terms = sl.fit(sl.build(sl.Spec(factors=("education",)), sl.draw(records, []))).terms
    rare = terms.filter(pl.col("level") == "doctorate").row(0, named=True)
    assert {rare[name] for name in (*NUMBERS, "n")} == {None}
    assert terms.filter(pl.col("level") == "master")["se"][0] > 0


def test_the_base_category_does_not_depend_on_the_order_of_rows(workers: sl.Records) -> None:
    forward = sl.draw(workers, [])
    backward = sl.Sample(
        forward.table.reverse(), forward.asked, forward.provenance, forward.attrition, forward.population
    )
    one, two = (sl.fit(sl.build(SPEC, sample)) for sample in (forward, backward))
    assert one.design.base_of == {"education": "bachelor", "role_family": "other tech"}
    assert two.design.base_of == one.design.base_of
    np.testing.assert_allclose(one.coefficients, two.coefficients, rtol=1e-10)


def test_singletons_are_lost_to_a_named_reason(make_records: Any) -> None:
    titles = ["only one of me"] + ["engineer"] * 12 + ["analyst"] * 12
    records = make_records(pay_annual_usd=[float(50_000 + i) for i in range(25)], title=titles)
    design = sl.build(sl.Spec(factors=("title",)), sl.draw(records, []))
    assert design.sample.attrition["reason"].to_list()[-1] == "only row of its level: title"
    assert len(design.sample) == 24


def test_rows_that_become_singletons_when_others_leave_are_lost_too(make_records: Any) -> None:
    # the row alone in its industry leaves first; the other row of its title is then alone in it
    titles = ["rare"] * 2 + ["engineer"] * 12 + ["analyst"] * 12
    industry = ["agriculture, forestry, fishing", *(["construction", "manufacturing"] * 13)[:25]]
    records = make_records(pay_annual_usd=[float(50_000 + i) for i in range(26)], title=titles, industry=industry)
    lost = sl.build(sl.Spec(factors=("title", "industry")), sl.draw(records)).sample.attrition.filter(stage="build")
    assert lost.select("reason", "rows_lost", "rows_left").rows() == [
        ("only row of its level: industry", 1, 25),
        ("only row of its level: title", 1, 24),
    ]


# Refusals


def test_every_unknown_name_is_refused_at_once() -> None:
    with pytest.raises(ModelError) as caught:
        sl.Spec(outcome="log_wage", factors=("degre", "education:industri"), covariance="HC5")
    told = str(caught.value)
    assert len(caught.value.faults) >= 4
    assert "did you mean 'industry'?" in told
    assert "HC5" in told
    assert "no main term 'education'" in told


def test_a_factor_never_asked_is_refused(workers: sl.Records) -> None:
    with pytest.raises(ModelError, match="invented never asked industry") as caught:
        sl.build(sl.Spec(factors=("industry", "seniority")), sl.draw(workers, []))
    assert len(caught.value.faults) == 2


def test_fewer_than_twenty_clusters_are_refused_with_both_ways_out(workers: sl.Records) -> None:
    spec = sl.Spec(factors=("education",), clusters="country")
    with pytest.raises(ModelError, match="at least 20") as caught:
        sl.fit(sl.build(spec, sl.draw(workers, [])))
    assert "cluster on something finer" in str(caught.value)
    assert "few_clusters=True" in str(caught.value)
    allowed = sl.Spec(factors=("education",), clusters="country", few_clusters=True)
    assert set(sl.fit(sl.build(allowed, sl.draw(workers, []))).df) == {1.0}


def test_a_term_inside_one_cluster_gets_no_standard_error_and_is_named(make_records: Any) -> None:
    rng = np.random.default_rng(3)
    country = [f"C{i % 25:02}" for i in range(1000)]
    records = make_records(
        pay_annual_usd=np.exp(10 + rng.normal(0, 0.4, 1000)).tolist(),
        country=country,
        education=rng.choice(["bachelor", "master"], 1000).tolist(),
    )
    estimate = sl.fit(sl.build(sl.Spec(factors=("country", "education"), clusters="country"), sl.draw(records, [])))
    by_factor = {name: part for (name,), part in estimate.terms.group_by("factor")}
    assert by_factor["country"]["se"].null_count() == 24
    assert by_factor["education"]["se"][0] > 0
    assert "country[C01]" in estimate.notes[0]
    finding = sl.contrast(estimate, "country", "C01", "C02")
    assert finding.se is None
    assert "one or a few clusters" in finding.caveats[0]


def test_collinear_factors_are_named(make_records: Any) -> None:
    country = ["US", "FI"] * 20
    records = make_records(
        pay_annual_usd=[50_000.0 + i for i in range(40)], country=country, region=[c + "-1" for c in country]
    )
    with pytest.raises(ModelError, match=r"region\[US-1\]'\n.*collinear with country\[US\]"):
        sl.fit(sl.build(sl.Spec(factors=("country", "region")), sl.draw(records, [])))


def test_one_level_and_a_base_that_is_not_there_are_refused(make_records: Any) -> None:
    records = make_records(pay_annual_usd=[1e4, 2e4] * 10, country=["US"] * 20, education=["bachelor", "master"] * 10)
    with pytest.raises(ModelError, match="one level only: US"):
        sl.build(sl.Spec(factors=("country",)), sl.draw(records, []))
    with pytest.raises(ModelError, match="did you mean 'master'"):
        sl.build(sl.Spec(factors=("education",), bases={"education": "masters"}), sl.draw(records, []))


def test_main_weights_must_be_positive(make_records: Any) -> None:
    records = make_records(
        pay_annual_usd=[1e4, 2e4] * 10, education=["bachelor", "master"] * 10, weight=[0.0] + [1.0] * 19
    )
    with pytest.raises(ModelError, match="fewer than 10 rows that are not above zero"):
        sl.build(sl.Spec(factors=("education",), weights="weight"), sl.draw(records, []))


def test_a_bend_that_nobody_has_passed_is_no_term(workers: sl.Records) -> None:
    young = sl.Restriction("up to ten years", ("experience_years",), lambda _: pl.col("experience_years") <= 10.0)
    estimate = sl.fit(sl.build(sl.Spec(factors=("experience_spline",), clusters=None), sl.draw(workers, [young])))
    assert [term.name for term in estimate.design.terms[1:]] == [
        "experience_spline.0",
        "experience_spline.1",
        "experience_spline.2",
    ]


def test_years_of_two_meanings_are_never_spliced(make_records: Any) -> None:
    records = make_records(
        pay_annual_usd=[50_000.0 + i for i in range(40)],
        experience_years=[float(i % 9) for i in range(40)],
        experience_concept=["professional", "total"] * 20,
    )
    spec = sl.Spec(factors=("experience",), clusters=None)
    with pytest.raises(ModelError, match="several meanings: professional, total"):
        sl.build(spec, sl.draw(records, []))
    one = sl.draw(records, [sl.only(experience_concept="total")])
    assert sl.fit(sl.build(spec, one)).n == 20


def test_a_wave_that_did_not_ask_a_factor_does_not_empty_the_ladder(make_records: Any) -> None:
    # the second wave asked for seniority, the first for education: no row answered both
    n = 40
    records = make_records(
        year=[2023] * n + [2024] * n,
        pay_annual_usd=[50_000.0 + 137.0 * (i % 37) for i in range(2 * n)],
        education=["bachelor", "master"] * (n // 2) + [None] * n,
        seniority=[None] * n + ["junior", "senior"] * (n // 2),
        country=["FI", "SE", "SE", "FI"] * (n // 2),
    )
    found = sl.ladder(
        sl.draw(records, []), "education", [("raw", []), ("+ job", ["seniority", "year"]), ("+ place", ["country"])]
    )
    assert [rung.label for rung in found.rungs] == ["raw", "+ place"]
    assert found.left_out == ("seniority: never answered", "year: one value only")
    assert found.last.n == n


def test_pay_is_hourly_where_most_hours_are_known_and_annual_elsewhere(make_records: Any) -> None:
    def outcome(known: int) -> str:
        records = make_records(
            pay_annual_usd=[50_000.0 + i for i in range(40)],
            pay_hourly_usd=[25.0 + i for i in range(known)] + [None] * (40 - known),
            country=["FI", "SE"] * 20,
        )
        return sl.build(sl.Spec(factors=("country",), clusters=None), sl.draw(records, [])).outcome.name

    assert (outcome(40), outcome(20), outcome(19)) == ("log_pay_hourly", "log_pay_hourly", "log_pay_annual")


def test_a_weighted_source_is_weighted_and_says_so(make_records: Any) -> None:
    import statsmodels.api as sm

    n = 60
    records = make_records(
        pay_annual_usd=[40_000.0 + 911.0 * (i % 23) + 5_000.0 * (i % 2) for i in range(n)],
        education=["bachelor", "master"] * (n // 2),
        weight=[0.5 + (i % 7) for i in range(n)],
    )
    source = replace(records.provenance.source, weighted=True)
    weighted = replace(records, provenance=replace(records.provenance, source=source))
    spec = sl.Spec(factors=("education",), clusters=None)
    estimate = sl.fit(sl.build(spec, sl.draw(weighted, [])))
    table = records.table
    dummy = (table["education"] == "master").cast(pl.Float64).to_numpy()
    peer = sm.WLS(
        np.log(table["pay_annual_usd"].to_numpy()), sm.add_constant(dummy), weights=table["weight"].to_numpy()
    )
    assert estimate.coefficients == pytest.approx(peer.fit().params, rel=1e-10)
    assert np.sqrt(np.diag(estimate.covariance)) == pytest.approx(peer.fit(cov_type="HC2").bse, rel=1e-10)
    assert estimate.rule.endswith("; weighted")
    assert not sl.fit(sl.build(spec, sl.draw(records, []))).rule.endswith("; weighted")


def test_a_factor_that_one_side_alone_answered_is_not_held_equal(make_records: Any) -> None:
    n = 40
    records = make_records(
        pay_annual_usd=[50_000.0 + 137.0 * (i % 37) for i in range(2 * n)],
        work_mode=["remote"] * n + ["not remote"] * n,
        region=[None] * n + ["North", "South"] * (n // 2),
        country=["FI", "FI", "SE", "SE"] * (n // 2),
    )
    found = sl.ladder(sl.draw(records, []), "work_mode", [("raw", []), ("+ place", ["region", "country"])])
    assert found.last.n == 2 * n
    assert found.left_out == ("region: answered by one side of the comparison only",)


def test_a_control_whose_levels_follow_from_the_others_is_left_out_and_named(make_records: Any) -> None:
    n = 120
    roles = ["data engineer", "QA engineer", "data analyst"] * (n // 3)
    records = make_records(
        pay_annual_usd=[50_000.0 + 137.0 * (i % 37) for i in range(n)],
        education=["bachelor", "master", "master", "bachelor", "bachelor"] * (n // 5),
        role=roles,
        # heads are the data engineers, the others are told apart
        seniority=["head" if role == "data engineer" else ("mid", "senior")[i % 2] for i, role in enumerate(roles)],
    )
    found = sl.ladder(sl.draw(records, []), "education", [("raw", []), ("+ job", ["role", "seniority"])])
    assert found.left_out == ("seniority: some of its levels follow from the others held equal",)
    alone = sl.fit(sl.build(sl.Spec(factors=("education", "role"), clusters=None), sl.draw(records, [])))
    assert found.last.coefficients == pytest.approx(alone.coefficients)
    by_role = sl.premium_by(sl.draw(records, []), "education", "role", ["seniority"])
    assert isinstance(by_role, sl.GroupPremia)
    with pytest.raises(ModelError, match="collinear with"):
        sl.fit(sl.build(sl.Spec(factors=("education", "role", "seniority"), clusters=None), sl.draw(records, [])))
