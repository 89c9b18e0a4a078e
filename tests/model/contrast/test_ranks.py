"""Ranks: what is certain far apart and open near ties, stepdown's gain, coverage near ties, what is withheld."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binom, studentized_range

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.contrast import rank_intervals
from salarylab.model.contrast.ranks import rank_ends

Array = NDArray[np.float64]
SEEDS = 2_000
SIZES = np.array([10, 14, 25, 40, 60, 100, 200, 400])
SPREADS = np.array([0.6, 0.3, 0.5, 0.3, 0.4, 0.2, 0.5, 0.4])
MEANS = {
    "all equal": np.zeros(8),
    "pairs of ties": np.array([0.0, 0.0, 0.4, 0.4, 0.8, 0.8, 1.2, 1.2]),
    "near ties": np.array([0.0, 0.01, 0.02, 0.03, 0.5, 0.51, 0.52, 1.0]),
    "far apart": np.arange(8.0),
}


def estimate_of(records: sl.Records, *factors: str, **spec: Any) -> sl.Estimate:
    return sl.fit(sl.build(sl.Spec(factors=factors, **({"clusters": None} | spec)), sl.draw(records, [])))


def test_far_apart_each_rank_is_certain_and_near_a_tie_none_is(workers: sl.Records) -> None:
    found = rank_intervals(estimate_of(workers, "education", "experience"), "education").table
    assert found["level"].to_list() == ["doctorate", "master", "bachelor", "secondary"]
    assert found["rank_low"].to_list() == [1, 1, 3, 4]  # 44 doctors and 120 masters, 0.1 apart, are not told apart
    assert found["rank_high"].to_list() == [2, 2, 3, 4]
    tied = rank_intervals(estimate_of(workers, "role_family"), "role_family").table
    assert tied["rank_low"].to_list() == [1, 1, 1]
    assert tied["rank_high"].to_list() == [3, 3, 3]


def test_two_levels_are_ranked_by_their_one_sided_test(workers: sl.Records) -> None:
    estimate = estimate_of(workers, "work_mode", "education")
    p = sl.contrast(estimate, "work_mode", "remote").p
    found = rank_intervals(estimate, "work_mode")
    assert p is not None
    assert (found.table["rank_high"].to_list() == [1, 2]) == (p < 0.05)


def test_ranks_do_not_depend_on_the_base_and_repeat(workers: sl.Records) -> None:
    bases = {"education": "doctorate"}
    first, again = (estimate_of(workers, "education", "experience", bases=b) for b in ({}, bases))
    one, two = (rank_intervals(e, "education").table for e in (first, again))
    assert one.drop("value").equals(two.drop("value"))
    assert one["value"].to_list() == pytest.approx(two["value"].to_list())


def test_stepping_down_settles_ranks_that_one_step_leaves_open() -> None:
    values, df = np.array([0.0, 3.7, 9.0, 12.7, 20.0]), np.full((5, 5), 1e6)
    low, high = rank_ends(values, np.eye(5), df, seed=1)
    assert studentized_range.ppf(0.95, 5, 1e6) > 3.7  # one step would leave two pairs open
    assert low.tolist() == high.tolist() == [5, 4, 3, 2, 1]


def test_a_pair_without_a_variance_stays_open() -> None:
    df = np.full((3, 3), 1e6)
    df[0, 1] = df[1, 0] = np.nan
    low, high = rank_ends(np.array([0.0, 50.0, 100.0]), np.eye(3), df)
    assert (low.tolist(), high.tolist()) == ([2, 2, 1], [3, 3, 1])


def test_one_level_is_no_ranking(make_records: Any) -> None:
    records = make_records(
        pay_annual_usd=np.exp(np.random.default_rng(1).normal(11, 0.2, 45)).tolist(),
        title=["engineer"] * 40 + ["analyst"] * 5,
    )
    with pytest.raises(ModelError, match="1 levels that may be told"):
        rank_intervals(estimate_of(records, "title"), "title")


@pytest.mark.parametrize("few", [2, 9])
def test_rank_intervals_gives_no_small_cell_away(make_records: Any, few: int) -> None:
    rng = np.random.default_rng(few)
    titles = ["engineer"] * 40 + ["analyst"] * 30 + ["swan marker"] * few
    pay = [*np.exp(rng.normal(11, 0.2, 70)), *[987_654.0 + i for i in range(few)]]
    found = rank_intervals(estimate_of(make_records(pay_annual_usd=pay, title=titles), "title"), "title")
    without = rank_intervals(estimate_of(make_records(pay_annual_usd=pay[:70], title=titles[:70]), "title"), "title")
    assert "swan marker" not in repr(found) + str(found.table.to_dicts())
    assert found.table["rank"].to_list() == [1, 2]
    assert found.table["rank_high"].max() == 2  # nobody is told to stand below one who is not told
    columns = ["level", "rank", "rank_low", "rank_high", "n"]
    assert found.table.select(columns).equals(without.table.select(columns))


def covered(means: Array, seeds: int) -> tuple[int, float]:
    """Return in how many seeds all intervals hold the true ranks, and their mean length."""
    least = 1 + (means[:, None] < means).sum(axis=1)  # the rank of a level among those truly greater
    pairs = 1 / SIZES[:, None] + 1 / SIZES
    bell = 1 / (SIZES**2 * (SIZES - 1.0))
    df = pairs**2 / (bell[:, None] + bell)
    count, length = 0, 0.0
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        groups = [rng.normal(mean, spread, n) for mean, spread, n in zip(means, SPREADS, SIZES, strict=True)]
        values = np.array([group.mean() for group in groups])
        covariance = np.diag([group.var(ddof=1) / len(group) for group in groups])
        low, high = rank_ends(values, covariance, df, seed=seed, draws=4_000)
        count += bool(((low <= least) & (least <= high)).all())
        length += float((high - low).mean()) / seeds
    return count, length


@pytest.mark.parametrize("name", MEANS)
def test_ranks_are_held_all_at_once_in_a_few_seeds(name: str) -> None:
    assert covered(MEANS[name], 40)[0] >= binom.ppf(0.0005, 40, 0.95)


@pytest.mark.slow
def test_ranks_are_held_all_at_once_near_ties_too() -> None:
    found = {name: covered(means, SEEDS) for name, means in MEANS.items()}
    for name, (count, length) in found.items():
        print(f"{name}: {count / SEEDS:.4f}, mean length {length:.2f}")
    assert all(count >= binom.ppf(0.001 / len(MEANS), SEEDS, 0.95) for count, _ in found.values())
    assert found["far apart"][1] < 0.05
