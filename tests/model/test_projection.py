"""Projection: planted truth, and where it may be told."""

from __future__ import annotations

from typing import Any

import pytest
from validation.truth import project

import salarylab as sl
from salarylab.source import Truth

SPEC = sl.Spec(factors=("education", "role_family", "experience"), clusters=None)


def estimate_of(records: sl.Records, spec: sl.Spec = SPEC) -> sl.Estimate:
    return sl.fit(sl.build(spec, sl.draw(records, [])))


def test_a_projection_is_the_least_squares_fit_of_the_population(workers: sl.Records) -> None:
    estimate = estimate_of(workers)
    projected = project(SPEC, sl.draw(workers, [])).terms
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
