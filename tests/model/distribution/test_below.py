"""Distribution regression: against statsmodels, and which thresholds are left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.distribution import distribution_regression
from salarylab.model.distribution.below import weighted_quantile
from salarylab.source import Replication

SPEC = sl.Spec(factors=("education", "experience"), clusters=None)
AT = [40_000.0, 60_000.0]
Make = Callable[..., sl.Records]


def design_of(records: sl.Records, spec: sl.Spec = SPEC) -> sl.Design:
    return sl.build(spec, sl.draw(records, []))


@pytest.mark.parametrize("clustered", [False, True])
def test_each_threshold_is_a_logit_of_statsmodels(workers: sl.Records, clustered: bool) -> None:
    # oracle: statsmodels Logit with HC0 (times n/(n − k)) and cluster covariance; relative tolerance 1e-8
    design = design_of(workers, sl.Spec(factors=SPEC.factors, clusters="cluster" if clustered else None))
    found = distribution_regression(design, AT)
    x, pay = sl.matrix(design), design.sample.table["pay_annual_usd"].to_numpy()
    options = {"cov_type": "cluster", "cov_kwds": {"groups": design.clusters}} if clustered else {"cov_type": "HC0"}
    for i, threshold in enumerate(AT):
        peer = sm.Logit((pay <= threshold).astype(float), x).fit(disp=0, tol=1e-13, **options)
        factor = 1.0 if clustered else len(x) / (len(x) - x.shape[1])
        assert found.coefficients[i] == pytest.approx(peer.params, rel=1e-8, abs=1e-10)
        assert found.covariances[i] == pytest.approx(peer.cov_params() * factor, rel=1e-8, abs=1e-12)
    assert found.rule.df == (39.0 if clustered else len(x) - x.shape[1])


def test_replicates_of_one_weight_more_each_give_nearly_the_jackknife(make_records: Make) -> None:
    # applied to the influence of each row, V = (n − 1)/n Σ(θr − θ)² over rows left out is HC0, up to its factor
    rng = np.random.default_rng(5)
    n = 120
    pay, years = np.exp(rng.normal(11, 0.4, n)), rng.uniform(0, 30, n)
    left_out = np.ones((n, n)) - np.eye(n)
    columns: dict[str, Any] = {"pay_annual_usd": pay.tolist(), "experience_years": years.tolist(), "weight": [1.0] * n}
    survey = make_records(
        **columns, replicate_weights=left_out.tolist(), replication=Replication(n, 1.0, n - 1.0, "one row left out")
    )
    spec = sl.Spec(factors=("experience",), clusters=None)
    by_replicates = distribution_regression(design_of(survey, spec), [60_000.0])
    plain = distribution_regression(design_of(make_records(**columns), spec), [60_000.0])
    assert by_replicates.coefficients == pytest.approx(plain.coefficients)
    assert by_replicates.covariances * n / (n - 2) == pytest.approx(plain.covariances)
    assert "one row left out of each row's influence" in by_replicates.rule.words


def test_pay_exactly_at_a_threshold_is_below_it(make_records: Make) -> None:
    records = make_records(pay_annual_usd=[30_000.0, 40_000.0, 50_000.0, 50_000.1] * 30, age=[20.0, 30.0, 40.0] * 40)
    found = distribution_regression(design_of(records, sl.Spec(factors=("age",))), [50_000.0])
    assert found.table["share"].to_list() == [0.8]  # 90 of 120, told in steps of a fifth


def test_thresholds_follow_the_sample_and_are_round(workers: sl.Records) -> None:
    found = distribution_regression(design_of(workers))
    assert len(found.thresholds) + len(found.notes) == 19
    assert all(pay == float(f"{pay:.3g}") for pay in found.thresholds)
    assert (np.diff(found.thresholds) > 0).all()


def test_a_threshold_with_perfectly_predicted_rows_is_left_out_and_named(make_records: Make) -> None:
    rng = np.random.default_rng(1)
    pay = np.exp(rng.normal(11, 0.4, 400))
    education = rng.choice(["bachelor", "master"], 400)
    pay[education == "master"] = np.maximum(pay[education == "master"], 45_001.0)
    records = make_records(pay_annual_usd=pay.tolist(), education=education.tolist())
    design = design_of(records, sl.Spec(factors=("education",)))
    found = distribution_regression(design, [45_000.0, 60_000.0])
    assert found.thresholds.tolist() == [60_000.0]
    assert found.notes == ("threshold 45,000 left out: rows perfectly predicted by education[master]",)
    with pytest.raises(ModelError, match=r"perfectly predicted by education\[master\]"):
        distribution_regression(design, [45_000.0])


def test_bad_thresholds_and_few_clusters_are_refused(workers: sl.Records) -> None:
    with pytest.raises(ModelError, match="positive pay"):
        distribution_regression(design_of(workers), [0.0, 50_000.0])
    with pytest.raises(ModelError, match="positive pay"):
        distribution_regression(design_of(workers), [])
    with pytest.raises(ModelError, match="fewer than 30 rows on one side"):
        distribution_regression(design_of(workers), [1.0])
    with pytest.raises(ModelError, match="at least 20"):
        distribution_regression(design_of(workers, sl.Spec(factors=("education",), clusters="country")), AT)


def test_distribution_regression_gives_no_small_cell_away(make_records: Make) -> None:
    rng = np.random.default_rng(2)
    titles = ["swan marker"] * 6 + rng.choice(["engineer", "analyst"], 394).tolist()
    pay = np.exp(rng.normal(11, 0.4, 400))
    pay[:6] = [987_654.0] * 3 + [20_001.0] * 3
    design = design_of(make_records(pay_annual_usd=pay.tolist(), title=titles), sl.Spec(factors=("title",)))
    found = distribution_regression(design, [60_000.0, 80_000.0, 900_000.0])
    pay[:3] = 20_001.0  # all below: the logit is separated by them
    alone = design_of(make_records(pay_annual_usd=pay.tolist(), title=titles), sl.Spec(factors=("title",)))
    with pytest.raises(ModelError, match=r"title\[\(under 10 rows\)\]") as refused:
        distribution_regression(alone, [60_000.0])
    told = f"{found!r} {found.table.rows()} {found.notes} {refused.value}"
    assert "swan" not in told
    assert "987" not in told
    assert found.notes == ("threshold 900,000 left out: fewer than 30 rows on one side",)


def test_a_quantile_is_the_inverse_of_the_distribution_and_counts_weights() -> None:
    # oracle: numpy's inverted_cdf, weighted by whole numbers through repetition
    rng = np.random.default_rng(11)
    y = np.sort(rng.normal(10.7, 0.5, 101))
    times = np.random.default_rng(2).integers(1, 5, 101)
    for at in (0.1, 0.25, 0.5, 0.9):
        expected = np.quantile(np.repeat(y, times), at, method="inverted_cdf")
        assert weighted_quantile(y, times.astype(float), at) == expected
