"""Step-down: against a slow implementation that follows the paper's steps, and error rates by simulation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from scipy.stats import binom

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.trust import romano_wolf, step_down
from salarylab.model.trust.step_down import multiplier_t

Array = NDArray[np.float64]
Make = Callable[..., sl.Records]
FALSE_ALARM = 0.001


def slowly(observed: Array, resampled: Array) -> Array:
    """Romano and Wolf (2016), algorithm 4.1 and 4.2, one statistic at a time."""
    left, p, least = list(range(len(observed))), np.zeros(len(observed)), 0.0
    while left:
        strongest = max(left, key=lambda j: observed[j])
        beyond = sum(max(row[j] for j in left) >= observed[strongest] for row in resampled)
        least = p[strongest] = max(least, (beyond + 1) / (len(resampled) + 1))
        left.remove(strongest)
    return p


@pytest.mark.parametrize("seed", range(10))
def test_p_values_are_those_of_the_slow_steps(seed: int) -> None:
    rng = np.random.default_rng(seed)
    m = int(rng.integers(1, 8))
    shared = rng.normal(size=(199, 1))
    observed, resampled = np.abs(rng.normal(size=m)) * 2, np.abs(shared + rng.normal(size=(199, m)))
    assert romano_wolf(observed, resampled).tolist() == slowly(observed, resampled).tolist()


def test_equal_statistics_reject_together_and_one_alone_is_its_own_p() -> None:
    resampled = np.abs(np.random.default_rng(1).normal(size=(999, 1)))
    same = romano_wolf(np.array([2.0, 2.0, 2.0]), np.repeat(resampled, 3, axis=1))
    assert same.tolist() == [(1 + int((resampled >= 2).sum())) / 1000] * 3


def test_resampled_statistics_have_variance_one_and_the_estimates_correlation() -> None:
    rng = np.random.default_rng(2)
    scores = rng.normal(size=(500, 2)) @ np.array([[3.0, 0.7], [0.0, 0.5]])
    t = multiplier_t(scores, 20_000, seed=1)
    unit = scores / np.linalg.norm(scores, axis=0)
    np.testing.assert_allclose(t.T @ t / len(t), unit.T @ unit, atol=0.05)


def test_premia_of_one_equation_are_judged_together(workers: sl.Records) -> None:
    for asked in ({"clusters": None}, {}):
        spec = sl.Spec(factors=("education", "experience_spline"), **asked)  # type: ignore[arg-type]
        found = step_down(sl.fit(sl.build(spec, sl.draw(workers))), "education", resamples=1_999, seed=3)
        assert found.levels == ("secondary", "master", "doctorate")
        assert (found.p_stepped >= found.p).all()
        assert (found.p_stepped <= np.minimum(1, 3 * found.p + 0.01)).all()  # never worse than Bonferroni, but for lots
        assert found.table["level"].to_list() == list(found.levels)


def test_faults_are_named(workers: sl.Records) -> None:
    sample = sl.draw(workers)
    few = sl.fit(sl.build(sl.Spec(factors=("education",), clusters="country", few_clusters=True), sample))
    with pytest.raises(ModelError, match="at least 20") as refused:
        step_down(few, "education", resamples=10)
    assert len(refused.value.faults) == 2
    with pytest.raises(ModelError, match="did you mean 'education'"):
        step_down(few, "educaton")
    with pytest.raises(ModelError, match="not finite"):
        romano_wolf(np.array([1.0]), np.array([[np.nan]]))
    with pytest.raises(ModelError, match="one column a test"):
        romano_wolf(np.array([1.0]), np.ones((5, 2)))


@pytest.mark.parametrize("few", [2, 9])
def test_step_down_gives_no_small_cell_away(make_records: Make, few: int) -> None:
    rng = np.random.default_rng(3)
    titles = ["swan marker"] * few + ["engineer", "analyst", "manager"] * 60
    pay = [987_654.0] * few + (50_000 * np.exp(rng.normal(0, 0.3, 180))).tolist()
    sample = sl.draw(make_records(pay_annual_usd=pay, title=titles))
    found = step_down(sl.fit(sl.build(sl.Spec(factors=("title",), covariance="HC1"), sample)), "title", resamples=999)
    assert len(found.table) == 2
    assert "swan" not in repr(found) + str(found.table.to_dicts())


def false_rejections(seeds: range) -> int:
    """Return in how many samples any of six true nulls is rejected at 5 %, their contributions correlated at .7."""
    rejected = 0
    root = np.linalg.cholesky(0.3 * np.eye(6) + 0.7)
    for seed in seeds:
        rng = np.random.default_rng(seed)
        values = rng.standard_t(6, size=(150, 6)) @ root.T
        left = values - values.mean(axis=0)
        t = values.mean(axis=0) / (left.std(axis=0, ddof=1) / 150**0.5)
        deviate = -ndtri(np.maximum(ndtr(-np.abs(t)), 1e-300))
        p = romano_wolf(deviate, np.abs(multiplier_t(left, 499, seed)))
        rejected += bool((p <= 0.05).any())
    return rejected


def test_a_few_families_are_not_rejected_too_often() -> None:
    assert false_rejections(range(60)) <= binom.ppf(1 - FALSE_ALARM, 60, 0.05)


@pytest.mark.slow
def test_families_of_dependent_nulls_are_rejected_as_often_as_promised() -> None:
    rejected = false_rejections(range(2_000))
    print(f"Romano–Wolf: {rejected / 2_000:.4f}")
    assert binom.ppf(FALSE_ALARM / 2, 2_000, 0.05) <= rejected <= binom.ppf(1 - FALSE_ALARM / 2, 2_000, 0.05)
