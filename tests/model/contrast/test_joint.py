"""Joint tests: identities, and statsmodels' F test."""

from __future__ import annotations

import numpy as np
import pytest

import salarylab as sl
from salarylab.errors import ModelError

SPEC = sl.Spec(factors=("education", "role_family", "experience"), clusters=None)


def estimate_of(records: sl.Records, spec: sl.Spec = SPEC) -> sl.Estimate:
    return sl.fit(sl.build(spec, sl.draw(records, [])))


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
