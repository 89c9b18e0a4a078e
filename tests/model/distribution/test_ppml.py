"""PPML against statsmodels, arithmetic means and repeated rows; beside log least squares; coverage; refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from scipy.special import stdtrit
from scipy.stats import binom

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.coding import plain
from salarylab.model.distribution.ppml import beside_logs, poisson, ppml
from salarylab.model.kernel.solution import solve
from salarylab.model.variance.clusters import clustered
from salarylab.model.variance.independent import bell_mccaffrey, heteroskedastic
from salarylab.records import Records
from salarylab.source import Replication

Make = Callable[..., Records]
NAMES = ["intercept", "cell", "x"]
FALSE_ALARM = 0.001


def design(workers: Records, **asked: Any) -> sl.Design:
    wanted: dict[str, Any] = {"factors": ("education", "role_family", "experience"), "clusters": None} | asked
    return sl.build(sl.Spec(**wanted), sl.draw(workers, []))


def glm(of: sl.Design, **fit: Any) -> Any:
    family = sm.families.Poisson()
    model = sm.GLM(np.exp(of.y), sl.matrix(of), family=family, var_weights=of.weights)
    return model.fit(tol=1e-14, maxiter=200, **fit)


@pytest.mark.filterwarnings("ignore:cov_type not fully supported")  # the scores carry the weights all the same
@pytest.mark.parametrize("weights", [None, "weight"])
def test_hc0_and_hc1_equal_statsmodels(workers: Records, weights: str | None) -> None:
    of = design(workers, weights=weights, covariance="HC0")
    found, peer = ppml(of), glm(of, cov_type="HC1")
    np.testing.assert_allclose(found.coefficients, peer.params, rtol=1e-9)
    np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), peer.bse, rtol=1e-8)
    assert found.rule.endswith("; weighted") == (weights is not None)
    # what statsmodels calls HC1 of a GLM lacks the factor n/(n − k), which its least squares has
    hc1 = ppml(design(workers, weights=weights, covariance="HC1"))
    n, k = len(of.y), len(of.terms)
    np.testing.assert_allclose(np.sqrt(np.diag(hc1.covariance) * (n - k) / n), peer.bse, rtol=1e-8)


@pytest.mark.filterwarnings("ignore:cov_type not fully supported")
@pytest.mark.parametrize("weights", [None, "weight"])
def test_cr1_equals_statsmodels(workers: Records, weights: str | None) -> None:
    of = design(workers, weights=weights, clusters="cluster", covariance="CR1")
    peer = glm(of, cov_type="cluster", cov_kwds={"groups": of.clusters})
    found = ppml(of)
    np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), peer.bse, rtol=1e-8)
    assert set(found.df) == {39.0}


def test_the_premium_by_one_factor_is_the_log_ratio_of_weighted_means(workers: Records) -> None:
    of = design(workers, factors=("education",), weights="weight")
    by = of.sample.table.group_by("education").agg(
        ((pl.col("pay_annual_usd") * pl.col("weight")).sum() / pl.col("weight").sum()).alias("mean")
    )
    means = dict(by.select(pl.col("education").cast(pl.String), "mean").iter_rows())
    for term, found in zip(of.terms[1:], ppml(of).coefficients[1:], strict=True):
        assert found == pytest.approx(np.log(means[str(term.level)] / means["bachelor"]), abs=1e-12)


def test_the_defaults_are_hc2_crv3_and_replicates(workers: Records, make_records: Make) -> None:
    of = design(workers)
    found = ppml(of)
    assert found.kind == "HC2"
    np.testing.assert_allclose(found.covariance, heteroskedastic(found.working, "HC2"))
    assert found.terms["df"].to_list()[1] in (30.0, 100.0, 200.0)
    assert ppml(design(workers, clusters="cluster")).kind == "CRV3"


def test_degrees_of_freedom_of_two_groups_are_those_of_welch_and_satterthwaite(make_records: Make) -> None:
    # the working model has variances in proportion to the mean: v = mean pay / rows of each group, on the log scale
    rng = np.random.default_rng(12)
    education = ["bachelor"] * 40 + ["master"] * 12
    pay = np.exp(rng.normal(10, 0.4, 52) + 0.8 * (np.arange(52) >= 40))
    found = ppml(sl.build(sl.Spec(factors=("education",)), sl.draw(make_records(
        pay_annual_usd=pay.tolist(), education=education
    ))))  # fmt: skip
    v = np.array([1 / (40 * pay[:40].mean()), 1 / (12 * pay[40:].mean())])
    assert found.kind == "HC2"
    assert found.df[1] == pytest.approx(v.sum() ** 2 / (v[0] ** 2 / 39 + v[1] ** 2 / 11), rel=1e-9)


def test_replicate_weights_are_refits(make_records: Make) -> None:
    rng = np.random.default_rng(3)
    n, count = 200, 8
    replicates = rng.uniform(-0.1, 2.5, (n, count))
    records = make_records(
        pay_annual_usd=np.exp(rng.normal(10, 0.5, n)).tolist(),
        education=(["bachelor", "master"] * n)[:n],
        weight=rng.uniform(0.5, 2, n).tolist(),
        replicate_weights=replicates.tolist(),
        replication=Replication(count, 0.5, 7.0, "invented replication"),
    )
    found = ppml(sl.build(sl.Spec(factors=("education",)), sl.draw(records, [])))
    pay, second = records.table["pay_annual_usd"].to_numpy(), np.arange(n) % 2 == 1
    of_each = [
        np.log(np.average(pay[second], weights=w[second]) / np.average(pay[~second], weights=w[~second]))
        for w in replicates.T
    ]
    expected = 0.5 * np.sum((np.array(of_each) - found.coefficients[1]) ** 2)
    assert found.covariance[1, 1] == pytest.approx(expected, rel=1e-9)
    assert found.terms["df"][1] == 7.0


def test_scores_are_zero_at_the_solution_whatever_the_unit_of_pay() -> None:
    rng = np.random.default_rng(1)
    x = np.column_stack([np.ones(500), rng.normal(size=500), rng.normal(size=500) * 1e4])
    y = np.exp(10 + 0.5 * x[:, 1] + rng.normal(size=500))
    found = poisson(x, y, NAMES)
    score = x.T @ (y - np.exp(x @ found.coefficients))
    np.testing.assert_allclose(score / np.abs(x).T.dot(y), 0.0, atol=1e-13)
    small = poisson(x, y / 1e9, NAMES)
    np.testing.assert_allclose(small.coefficients[1:], found.coefficients[1:], rtol=1e-10)


def test_logs_and_levels_differ_by_half_the_difference_in_the_variance_of_logs(make_records: Make) -> None:
    rng = np.random.default_rng(8)
    n = 40_000
    second = np.arange(n) % 2 == 1
    log_pay = 10 + 0.2 * second + np.where(second, 0.6, 0.3) * rng.normal(size=n)
    records = make_records(pay_annual_usd=np.exp(log_pay).tolist(), education=(["bachelor", "master"] * n)[:n])
    found = beside_logs(sl.build(sl.Spec(factors=("education",)), sl.draw(records, [])), "education")
    (row,) = found.table.iter_rows(named=True)
    assert row["logs"] == pytest.approx(0.2, abs=0.02)
    assert row["difference"] == pytest.approx((0.6**2 - 0.3**2) / 2, abs=0.02)
    assert "ratios of geometric means" in found.words
    assert "ratios of arithmetic means" in found.words
    assert row["levels_low"] < row["levels"] < row["levels_high"]


def test_zeros_are_used_where_they_can_be_and_refused_where_terms_tell_them_apart() -> None:
    level = np.repeat([0.0, 1.0], 50)
    x = np.column_stack([np.ones(100), level])
    some = np.where(np.arange(100) % 4 == 0, 0.0, 2.0)
    found = poisson(x, some, ["intercept", "level"])
    np.testing.assert_allclose(np.exp(found.coefficients[0]), some[:50].mean(), rtol=1e-12)
    with pytest.raises(ModelError, match="pay of zero in about 50 rows that some terms tell from all others"):
        poisson(x, np.where(level == 1, 0.0, 2.0), ["intercept", "level"])


def test_bad_numbers_are_refused_all_at_once() -> None:
    x = np.column_stack([np.ones(30), np.arange(30.0)])
    y = np.full(30, 2.0)
    y[0], y[1] = np.nan, -1.0
    with pytest.raises(ModelError, match="3 faults") as refused:
        poisson(x, y, ["intercept", "x"], np.zeros(30))
    assert all(word in str(refused.value) for word in ("not finite", "below zero", "weights at or below zero"))
    with pytest.raises(ModelError, match="none above"):
        poisson(x, np.zeros(30), ["intercept", "x"])


def test_few_clusters_one_cluster_and_rules_without_clusters_are_refused(workers: Records) -> None:
    with pytest.raises(ModelError, match="fewer than 10"):
        ppml(design(workers, clusters="country"))
    one = sl.draw(workers, [sl.only(country="US")])
    with pytest.raises(ModelError, match="one cluster only"):
        ppml(sl.build(sl.Spec(factors=("education",), clusters="country", few_clusters=True), one))
    with pytest.raises(ModelError, match="no clusters in this design"):
        ppml(design(workers, covariance="CR1"))
    with pytest.raises(ModelError, match="did you mean 'education'"):
        beside_logs(design(workers), "educatoin")


def covers(seed: int, groups: int | None) -> np.ndarray:
    """Return whether the default interval of each coefficient covers: a cell of 60 rows, or a third of the clusters."""
    rng = np.random.default_rng(seed)
    n = 600
    codes = np.arange(n) % (groups or n)
    x = np.column_stack([np.ones(n), codes < (groups // 3 if groups else 60), rng.normal(size=n)])
    spread = 0.3 + 0.1 * (x[:, 2] > 0)
    error = rng.normal(size=n)
    if groups:
        error = np.sqrt(0.8) * error + np.sqrt(0.2) * rng.normal(size=groups)[codes]
    truth = np.array([10.0, 0.3, 0.2])
    pay = np.exp(x @ truth + spread * error - spread**2 / 2)
    found = poisson(x, pay, NAMES)
    mean = np.exp(x @ found.coefficients)
    working = plain(x, pay / mean + x @ found.coefficients - 1.0, mean, codes)
    if groups:
        variance = clustered(solve(working, NAMES, meat="clusters", clusters=groups), "CRV3").covariance
        df = np.full(3, groups - 1.0)
    else:
        least = solve(working, NAMES, meat="HC2")
        variance, df = heteroskedastic(least, "HC2"), bell_mccaffrey(least, np.eye(3))
    return np.asarray(np.abs(found.coefficients - truth) <= stdtrit(df, 0.975) * np.sqrt(np.diag(variance)))


@pytest.mark.parametrize("groups", [None, 40])
def test_a_few_samples_are_no_further_from_the_truth_than_chance_allows(groups: int | None) -> None:
    covered = np.array([covers(seed, groups) for seed in range(40)]).sum(axis=0)
    assert (covered >= binom.ppf(FALSE_ALARM / 6, 40, 0.95)).all(), covered


@pytest.mark.slow
@pytest.mark.parametrize("groups", [None, 40])
def test_intervals_cover_within_a_simultaneous_band(groups: int | None) -> None:
    seeds = 2_000
    covered = np.array([covers(seed, groups) for seed in range(seeds)]).sum(axis=0)
    print((covered / seeds).tolist())
    level = FALSE_ALARM / 2 / 6
    low, high = binom.ppf(level, seeds, 0.95), binom.ppf(1 - level, seeds, 0.95)
    assert ((covered >= low) & (covered <= high)).all(), covered / seeds
