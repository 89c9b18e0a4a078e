"""Premia: identities, and what is refused or withheld."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import polars as pl
import pytest

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.finding import FINDING_MIME

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
