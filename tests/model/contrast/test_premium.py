"""Premia: identities, and what is refused or withheld."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import polars as pl
import pytest

import salarylab as sl
from salarylab.disclosure import round_count
from salarylab.errors import ModelError
from salarylab.finding import FINDING_MIME
from salarylab.model.contrast import equivalence
from salarylab.model.factor import Outcome

SPEC = sl.Spec(factors=("education", "role_family", "experience"), clusters=None)


def estimate_of(records: sl.Records, spec: sl.Spec = SPEC) -> sl.Estimate:
    return sl.fit(sl.build(spec, sl.draw(records, [])))


def test_a_contrast_with_the_base_is_the_term_itself(workers: sl.Records) -> None:
    estimate = estimate_of(workers)
    found = sl.contrast(estimate, "education", "master")
    row = estimate.terms.filter(pl.col("term") == "education[master]").row(0, named=True)
    assert (found.value, found.se, found.df) == pytest.approx((row["log_points"], row["se"], row["df"]), rel=1e-10)
    assert (found.low, found.high, found.p) == pytest.approx((row["ci_low"], row["ci_high"], row["p"]), rel=1e-9, abs=0)
    assert found.detectable == pytest.approx(2.8 * row["se"], rel=0.02)


def test_a_contrast_of_two_levels_equals_the_term_when_one_of_them_is_the_base(workers: sl.Records) -> None:
    across = sl.contrast(estimate_of(workers), "education", "doctorate", "master")
    rebased = sl.Spec(factors=SPEC.factors, clusters=None, bases={"education": "master"})
    term = sl.contrast(estimate_of(workers, rebased), "education", "doctorate")
    assert (across.value, across.se, across.df) == pytest.approx((term.value, term.se, term.df), rel=1e-8)


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
    rows = sl.draw(workers, []).table
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


# Sentences


def test_the_rows_on_both_sides_are_those_of_the_cells_compared(workers: sl.Records) -> None:
    rows = sl.draw(workers).table
    n = dict(rows.group_by(pl.col("education").cast(pl.String)).len().iter_rows())
    found = sl.contrast(estimate_of(workers), "education", "doctorate", "master")
    assert (found.n_level, found.n_base) == (n["doctorate"], n["master"])
    assert found.sentence.endswith("; about 60 beside 100 rows.")
    spec = sl.Spec(factors=("education", "role_family", "education:role_family"), clusters=None)
    inside = sl.contrast(estimate_of(workers, spec), "education", "master", within={"role_family": "core AI"})
    among = rows.filter(pl.col("role_family") == "core AI")["education"].cast(pl.String).to_list()
    assert (inside.n_level, inside.n_base) == (among.count("master"), among.count("bachelor"))


@pytest.mark.parametrize(
    ("sides", "rest"), [((14, 14), 7), ((24, 24), 7), ((12, 14), 5), ((30, 40), 9), ((300, 90), 3)]
)
def test_a_rest_of_a_few_does_not_follow_from_both_sides_and_the_whole(
    make_records: Any, sides: tuple[int, int], rest: int
) -> None:
    education = ["master"] * sides[0] + ["bachelor"] * sides[1] + ["doctorate"] * rest
    pay = np.exp(np.random.default_rng(1).normal(11, 0.3, len(education))).tolist()
    estimate = estimate_of(make_records(pay_annual_usd=pay, education=education), sl.Spec(factors=("education",)))
    record = sl.contrast(estimate, "education", "master").record()
    both = (record["n_level"], record["n_base"])
    told = [record["n"], *(both if None not in both else (record["smallest_cell"], None))]
    whole, *parts = ([n for n in range(10, 600) if shown is None or round_count(n) == shown] for shown in told)
    possible = {n - a - b for n in whole for a in parts[0] for b in parts[1]}
    assert possible >= set(range(1, 10))


@pytest.mark.parametrize(
    ("observation", "told"),
    [
        ("worker", "people who name AI/ML skills over those who do not"),
        ("posting", "postings that name AI/ML skills over those that do not"),
    ],
)
def test_a_premium_of_a_skill_names_it(make_records: Any, observation: str, told: str) -> None:
    rng = np.random.default_rng(2)
    records = make_records(
        pay_annual_usd=np.exp(rng.normal(11, 0.3, 80)).tolist(),
        skill_areas=[["AI/ML"], []] * 40,
        work_mode=["remote", "on-site", "on-site", "remote"] * 20,
        observation=[observation] * 80,
    )
    estimate = estimate_of(records, sl.Spec(factors=("skill_ai_ml", "work_mode")))
    assert (
        sl.contrast(estimate, "skill_ai_ml", "yes").subject == f"Pay premium of {told} (given where the work is done)"
    )
    assert " not name AI/ML skills over those " in sl.contrast(estimate, "skill_ai_ml", "no", "yes").subject
    assert sl.contrast(estimate, "work_mode", "remote").subject.endswith("(given naming AI/ML skills)")


def test_an_absorbed_factor_is_among_what_is_given(workers: sl.Records) -> None:
    spec = sl.Spec(factors=("education",), absorbed="role_family", clusters=None)
    found = sl.contrast(estimate_of(workers, spec), "education", "master")
    assert found.subject == "Pay premium of master over bachelor (given role family)"


def test_clusters_are_called_what_they_are(make_records: Any) -> None:
    rng = np.random.default_rng(3)
    records = make_records(
        pay_annual_usd=np.exp(rng.normal(11, 0.3, 90)).tolist(),
        work_mode=["remote", "on-site"] * 45,
        cluster=[f"c{i % 30}" for i in range(90)],
        clusters_are="posting",
    )
    for covariance in ("CRV3", "CR1", "wild"):
        rule = estimate_of(records, sl.Spec(factors=("work_mode",), covariance=covariance)).rule
        assert "by posting, about 30 clusters" in rule
    named = sl.Spec(factors=("work_mode",), clusters="record_id")
    assert "clustered by record_id" in estimate_of(records, named).rule


def test_a_contrast_without_an_interval_says_why_in_its_sentence(make_records: Any) -> None:
    rng = np.random.default_rng(4)
    records = make_records(
        pay_annual_usd=np.exp(rng.normal(11, 0.3, 120)).tolist(),
        work_mode=["remote"] * 40 + ["on-site"] * 80,
        cluster=["one employer"] * 40 + [f"c{i % 40}" for i in range(80)],
    )
    found = sl.contrast(estimate_of(records, sl.Spec(factors=("work_mode",))), "work_mode", "remote")
    assert "% (no interval: identified inside one or a few clusters); about 40 beside 80 rows." in found.sentence


@pytest.mark.parametrize(
    ("column", "told"),
    [("pay_annual_usd", "USD a year"), ("experience_years", "units of the outcome")],
)
def test_a_difference_in_an_outcome_that_is_no_log_is_no_percent(workers: sl.Records, column: str, told: str) -> None:
    own = Outcome("own", "the column as it is", column, log=False)
    estimate = estimate_of(workers, sl.Spec("own", ("role_family",), declared=(own,), clusters=None))
    found = sl.contrast(estimate, "role_family", "core AI")
    means = dict(workers.table.group_by(pl.col("role_family").cast(pl.String)).agg(pl.col(column).mean()).iter_rows())
    assert found.value == pytest.approx(means["core AI"] - means["other tech"], rel=1e-9)
    assert found.unit == told
    assert "%" not in found.sentence.replace("95%", "")
    with pytest.raises(ModelError, match="no log"):
        equivalence(estimate, "role_family", "core AI")
