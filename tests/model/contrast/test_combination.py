"""Combinations: the contrasts and tests that they contain, and what is refused or withheld."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.contrast import combination, combinations

SPEC = sl.Spec(factors=("education", "role_family", "experience"), clusters=None)
GAP = {"education[doctorate]": 1.0, "education[master]": -1.0}


def estimate_of(records: sl.Records, spec: sl.Spec = SPEC) -> sl.Estimate:
    return sl.fit(sl.build(spec, sl.draw(records, [])))


def test_a_difference_of_two_terms_is_the_contrast_of_their_levels(workers: sl.Records) -> None:
    estimate = estimate_of(workers)
    found, same = combination(estimate, GAP), sl.contrast(estimate, "education", "doctorate", "master")
    assert (found.value, found.se, found.df, found.p) == (same.value, same.se, same.df, same.p)
    assert found.subject == "Weighted sum − education[master] + education[doctorate]"


def test_a_sum_equals_the_t_test_of_statsmodels(workers: sl.Records) -> None:
    estimate = estimate_of(workers, sl.Spec(factors=SPEC.factors, clusters=None, covariance="HC1"))
    weights = {"education[master]": 0.5, "role_family[other]": -2.0, "experience": 10.0}
    names = [term.name for term in estimate.design.terms]
    peer = estimate.to_statsmodels().model.fit(cov_type="HC1", use_t=True)
    tested = peer.t_test(np.array([weights.get(name, 0.0) for name in names]))
    found = combination(estimate, weights)
    assert (found.value, found.se) == pytest.approx((tested.effect[0], float(tested.sd.squeeze())), rel=1e-9)
    assert found.p == pytest.approx(float(tested.pvalue), rel=1e-8, abs=0)


@pytest.mark.parametrize("covariance", ["HC2", "HC1", "classical"])
def test_the_sums_that_are_a_factors_terms_have_its_joint_test(workers: sl.Records, covariance: str) -> None:
    estimate = estimate_of(workers, sl.Spec(factors=SPEC.factors, clusters=None, covariance=covariance))
    whole = sl.joint_test(estimate, "role_family")
    assert whole.p is not None
    assert 0.05 < whole.p < 0.95
    terms = [term.name for term in estimate.design.terms if term.factor == "role_family"]
    found = combinations(estimate, {name: {name: 1.0} for name in terms})
    assert (found.joint.p, found.joint.df) == pytest.approx((whole.p, whole.df), rel=1e-8, abs=0)
    other = {"a": {terms[0]: 1.0, terms[1]: 2.0}, "b": {terms[1]: -1.0, terms[0]: 0.1}}
    assert combinations(estimate, other).joint.p == pytest.approx(whole.p, rel=1e-8, abs=0)  # another basis of the same


def test_simultaneous_intervals_are_wider_than_pointwise_and_narrower_than_bonferroni(workers: sl.Records) -> None:
    estimate = estimate_of(workers)
    found = combinations(estimate, {"a": GAP, "b": {"education[master]": 1.0}, "c": {"experience": 1.0}})
    assert 0.95 < found.level < 1 - 0.05 / 3
    assert found.table["value"].to_list()[0] == pytest.approx(
        sl.contrast(estimate, "education", "doctorate", "master").value
    )
    again = combinations(estimate, {"a": GAP, "b": {"education[master]": 1.0}, "c": {"experience": 1.0}})
    assert again.table.equals(found.table)


def test_sums_of_which_one_follows_from_the_others_are_not_tested_jointly(workers: sl.Records) -> None:
    found = combinations(estimate_of(workers), {"a": GAP, "b": {name: 2 * w for name, w in GAP.items()}})
    assert found.joint.value is None
    assert "one that follows from others" in found.joint.sentence


def test_a_level_of_log_pay_is_never_a_percent_difference(workers: sl.Records) -> None:
    estimate = estimate_of(workers)
    with pytest.raises(ModelError, match=r"a level of log pay.*\n.*\n.*adjusted_means"):
        combination(estimate, {"intercept": 1.0, "education[master]": 1.0})
    intercept, *slopes = estimate.terms.select("log_points", "percent", "percent_low", "percent_kennedy").iter_rows()
    assert intercept[0] > 10
    assert intercept[1:] == (None, None, None)
    assert None not in slopes[0]
    assert combinations(estimate, {"a": {"intercept": 1.0}}).table["value"][0] == pytest.approx(intercept[0])


def test_all_faults_are_said_at_once(workers: sl.Records) -> None:
    with pytest.raises(ModelError) as caught:
        combinations(
            estimate_of(workers), {"a": {"education[mastre]": 1.0}, "b": {"experience": float("nan")}, "c": {}}
        )
    assert len(caught.value.faults) == 3
    assert "did you mean 'education[master]'" in str(caught.value)
    with pytest.raises(ModelError, match="at least one, by label"):
        combinations(estimate_of(workers), {})


def with_few(make_records: Any, few: int = 9) -> sl.Estimate:
    rng = np.random.default_rng(few)
    titles = ["engineer"] * 40 + ["analyst"] * 30 + ["swan marker"] * few
    pay = np.exp(rng.normal(11, 0.2, len(titles))).tolist()
    return estimate_of(make_records(pay_annual_usd=pay, title=titles), sl.Spec(factors=("title",)))


def test_combination_gives_no_small_cell_away(make_records: Any) -> None:
    found = combination(with_few(make_records), {"title[swan marker]": 1.0, "title[analyst]": 0.5})
    assert found.suppressed
    assert found.record()["value"] is None
    assert "swan marker" not in repr(found) + str(found.record())
    with pytest.raises(ModelError) as caught:
        combination(with_few(make_records), {"title[swan]": 1.0})
    assert "swan marker" not in str(caught.value)


def test_combinations_gives_no_small_cell_away(make_records: Any) -> None:
    estimate = with_few(make_records)
    found = combinations(estimate, {"few": {"title[swan marker]": 1.0}, "many": {"title[analyst]": 1.0}})
    assert found.joint.suppressed
    assert found.table.select("value", "se", "low", "high", "n").row(0) == (None,) * 5
    assert found.table["value"].to_list()[1] is not None
    assert "swan marker" not in str(found.table.to_dicts()) + repr(found)
    assert found.level == 0.95  # what may not be told has no part in the critical value
