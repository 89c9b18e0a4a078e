"""Joint tests: identities, and statsmodels' F test."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.stats

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.estimate import wald
from salarylab.model.variance.clusters import joint_satterthwaite
from salarylab.model.variance.independent import wishart_df

SPEC = sl.Spec(factors=("education", "role_family", "experience"), clusters=None)


def estimate_of(records: sl.Records, spec: sl.Spec = SPEC) -> sl.Estimate:
    return sl.fit(sl.build(spec, sl.draw(records, [])))


def test_a_joint_test_of_one_term_is_its_t_test(workers: sl.Records) -> None:
    spec = sl.Spec(factors=("work_mode",), clusters=None)
    estimate = estimate_of(workers, spec)
    found, term = sl.joint_test(estimate, "work_mode"), sl.contrast(estimate, "work_mode", "remote")
    assert term.value is not None
    assert term.se is not None
    assert wald(estimate, slopes(estimate, "work_mode"))[0] == pytest.approx((term.value / term.se) ** 2, rel=1e-9)
    assert found.p == pytest.approx(term.p, rel=1e-8, abs=0)


@pytest.fixture
def forty(make_records: Any) -> sl.Records:
    """Return 40 invented workers whose role goes with no difference in pay: p-values are neither near 0 nor near 1."""
    rng = np.random.default_rng(44)
    family = ["core AI", "adjacent technical", "other tech", "other"] * 10
    mode, years = rng.choice(["on-site", "hybrid", "remote"], 40), rng.uniform(0, 30, 40)
    pay = np.exp(10.5 + 0.01 * years + rng.normal(0, 0.3, 40))
    return make_records(
        pay_annual_usd=pay.tolist(),
        role_family=family,
        work_mode=mode.tolist(),
        experience_years=years.tolist(),
        education=rng.choice(["bachelor", "master"], 40).tolist(),
        weight=rng.uniform(0.5, 2.0, 40).tolist(),
        cluster=[f"employer {i % 24}" for i in range(40)],
    )


FORTY = ("role_family", "work_mode", "education", "experience")
HYPOTHESES = {"education": 1, "work_mode": 2, "role_family": 3, "all": 7}


def slopes(estimate: sl.Estimate, factor: str) -> np.ndarray:
    """Return the weights, shape (q, k), of the hypothesis that a factor's terms, or all slopes, are zero."""
    terms = estimate.design.terms
    return np.eye(len(terms))[[i for i, t in enumerate(terms) if t.factor == factor or (factor == "all" and i)]]


@pytest.mark.parametrize(("factor", "q"), HYPOTHESES.items())
@pytest.mark.parametrize("weights", [None, "weight"])
@pytest.mark.parametrize("kind", ["classical", "HC0", "HC1", "HC3"])
def test_f_equals_that_of_statsmodels(forty: sl.Records, kind: str, weights: str | None, factor: str, q: int) -> None:
    spec = sl.Spec(factors=FORTY, weights=weights, clusters=None, covariance=kind)
    estimate = estimate_of(forty, spec)
    restrictions = slopes(estimate, factor)
    f, df, p = wald(estimate, restrictions)
    live = estimate.to_statsmodels()
    peer = live.model.fit(cov_type="nonrobust" if kind == "classical" else kind, use_t=True)
    theirs = peer.f_test(restrictions)
    assert (len(restrictions), df) == (q, 32.0) == (theirs.df_num, theirs.df_denom)
    assert 0.05 < p < 0.95
    assert f == pytest.approx(float(theirs.fvalue), rel=1e-9, abs=0)
    assert p == pytest.approx(float(theirs.pvalue), rel=1e-8, abs=0)
    assert (live.fvalue, live.f_pvalue) == pytest.approx((peer.fvalue, peer.f_pvalue), rel=1e-8, abs=0)
    assert float(live.f_test(restrictions).fvalue) == pytest.approx(f, rel=1e-9, abs=0)
    assert float(live.f_test(restrictions).pvalue) == pytest.approx(p, rel=1e-8, abs=0)


def test_an_exact_f_judges_more_terms_than_there_are_rows_to_spare(make_records: Any) -> None:
    rng = np.random.default_rng(5)
    titles = [f"title {i // 2}" for i in range(36)]
    records = make_records(pay_annual_usd=np.exp(rng.normal(11, 0.3, 36)).tolist(), title=titles)
    estimate = estimate_of(records, sl.Spec(factors=("title",), clusters=None, covariance="classical"))
    groups = estimate.design.y.reshape(18, 2)
    f, df, p = wald(estimate, slopes(estimate, "title"))
    assert df == 18.0
    assert (f, p) == pytest.approx(scipy.stats.f_oneway(*groups), rel=1e-9, abs=0)


def test_beside_an_absorbed_factor_f_is_that_of_its_levels_laid_out(forty: sl.Records) -> None:
    laid_out = estimate_of(forty, sl.Spec(factors=FORTY, clusters=None, covariance="classical"))
    absorbed = sl.Spec(factors=FORTY[1:], absorbed="role_family", clusters=None, covariance="classical")
    for factor in ("work_mode", "education"):
        inside = estimate_of(forty, absorbed)
        expected = wald(laid_out, slopes(laid_out, factor))
        assert wald(inside, slopes(inside, factor)) == pytest.approx(expected, rel=1e-9, abs=0)


def test_between_clusters_f_is_walds_on_clusters_less_one(forty: sl.Records) -> None:
    estimate = estimate_of(forty, sl.Spec(factors=FORTY, clusters="cluster", covariance="CR1"))
    codes = estimate.design.clusters
    peer = estimate.to_statsmodels().model.fit(cov_type="cluster", cov_kwds={"groups": codes}, use_t=True)
    for factor in ("work_mode", "role_family"):
        theirs = peer.f_test(slopes(estimate, factor))
        f, df, p = wald(estimate, slopes(estimate, factor))
        assert (df, theirs.df_denom) == (23.0, 23.0)
        assert (f, p) == pytest.approx((float(theirs.fvalue), float(theirs.pvalue)), rel=1e-8, abs=0)
    jackknife = estimate_of(forty, sl.Spec(factors=FORTY, clusters="cluster", covariance="CRV3"))
    assert wald(jackknife, slopes(jackknife, "role_family"))[1] == 23.0


def test_hotellings_form_is_kept_for_variances_with_matched_degrees_of_freedom(forty: sl.Records) -> None:
    for kind, matched in (("HC2", wishart_df), ("CR2", joint_satterthwaite)):
        spec = sl.Spec(factors=FORTY, clusters="cluster" if kind == "CR2" else None, covariance=kind)
        estimate = estimate_of(forty, spec)
        rows = slopes(estimate, "role_family")
        d = matched(estimate.solution, rows)
        b, v = rows @ estimate.coefficients, rows @ estimate.covariance @ rows.T
        f, df, p = wald(estimate, rows)
        assert df == pytest.approx(d - 2, rel=1e-12)
        assert f == pytest.approx((d - 2) / (3 * d) * b @ np.linalg.inv(v) @ b, rel=1e-9, abs=0)
        assert p == pytest.approx(float(scipy.stats.f.sf(f, 3, d - 2)), rel=1e-9, abs=0)


def test_terms_left_out_of_a_joint_test_are_named(make_records: Any) -> None:
    rng = np.random.default_rng(7)
    titles = ["analyst"] * 60 + ["engineer"] * 60 + ["nurse"] * 40 + ["swan marker"] * 4 + ["crane driver"] * 3
    records = make_records(
        pay_annual_usd=np.exp(rng.normal(11, 0.3, len(titles))).tolist(),
        title=titles,
        cluster=[f"town {i % 30}" if t != "nurse" else "ward" for i, t in enumerate(titles)],
    )
    found = sl.joint_test(estimate_of(records, sl.Spec(factors=("title",), covariance="CR1")), "title")
    assert found.caveats == (
        "left out of the test, no standard error: title[nurse]",
        "left out of the test, fewer than 10 rows, or mostly one contributor: title[(under 10 rows)]",
    )
    assert "F(1, " in found.subject
    whole = sl.joint_test(estimate_of(records, sl.Spec(factors=("title",), clusters=None)), "title")
    assert [caveat.split(": ")[1] for caveat in whole.caveats] == ["title[(under 10 rows)]"]


def test_a_joint_test_without_a_usable_variance_says_so(workers: sl.Records) -> None:
    few = sl.Spec(factors=("education", "role_family"), clusters="country", few_clusters=True, covariance="CR1")
    found = sl.joint_test(estimate_of(workers, few), "education")
    assert found.value is None
    assert "not estimated (no term with ten rows and a standard error" in found.sentence
    with pytest.raises(ModelError, match="one of: intercept, education, role_family"):
        sl.joint_test(estimate_of(workers, few), "industry")
