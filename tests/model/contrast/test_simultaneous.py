"""Simultaneous intervals: critical values that are known, independence of last bits, and coverage of all at once."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import binom, studentized_range

from salarylab.model.contrast.linear import Linear
from salarylab.model.contrast.simultaneous import drawn, ends, simultaneous_level

SEEDS = 2_000
SIZES = np.array([10, 12, 20, 30, 60, 200])
SPREADS = np.array([0.9, 0.3, 0.5, 0.2, 0.4, 0.6])


@pytest.mark.parametrize("count", [2, 5, 30])
def test_of_independent_values_the_level_is_a_root(count: int) -> None:
    assert simultaneous_level(np.eye(count)) == pytest.approx(0.95 ** (1 / count), abs=0.001)


@pytest.mark.parametrize("groups", [3, 6, 12])
def test_of_all_pairs_of_equal_groups_it_is_tukeys(groups: int) -> None:
    first, second = np.triu_indices(groups, 1)
    pairs = np.eye(groups)[first] - np.eye(groups)[second]
    tukey = studentized_range.ppf(0.95, groups, 1e6) / np.sqrt(2)
    assert simultaneous_level(pairs @ pairs.T) == pytest.approx(2 * ndtr(tukey) - 1, abs=0.0015)


def test_one_value_told_in_many_ways_needs_no_more_than_its_own_level() -> None:
    line = np.array([1.0, -2.0, 30.0])
    assert simultaneous_level(np.outer(line, line)) == pytest.approx(0.95, abs=0.003)
    assert simultaneous_level(np.diag([1.0, 4.0]), np.array([True, False])) == 0.95


def test_last_bits_of_a_covariance_without_full_rank_change_no_printed_digit() -> None:
    rng = np.random.default_rng(3)
    half = rng.normal(size=(30, 4))
    covariance = half @ half.T
    nudged = covariance * (1 + 1e-15 * rng.normal(size=covariance.shape))
    nudged = (nudged + nudged.T) / 2
    assert np.allclose(drawn(covariance, draws=500), drawn(nudged, draws=500), atol=1e-5)
    assert simultaneous_level(covariance, seed=5) == pytest.approx(simultaneous_level(nudged, seed=5), abs=1e-6)
    assert simultaneous_level(covariance, seed=5) != simultaneous_level(covariance, seed=6)


def covered(seeds: int) -> int:
    """Return in how many seeds the intervals of six means of unequal spread cover all six at once."""
    count = 0
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        groups = [rng.normal(0.0, spread, n) for n, spread in zip(SIZES, SPREADS, strict=True)]
        values = np.array([group.mean() for group in groups])
        covariance = np.diag([group.var(ddof=1) / len(group) for group in groups])
        found = Linear(values, covariance, SIZES - 1.0, (0.0,) * 6, np.full(6, np.inf), np.ones(6, dtype=bool))
        low, high = ends(found, simultaneous_level(covariance, seed=seed, draws=4_000))
        count += bool(((low <= 0) & (high >= 0)).all())
    return count


def test_intervals_cover_all_at_once_in_a_few_seeds() -> None:
    assert covered(60) >= binom.ppf(0.001, 60, 0.95)


@pytest.mark.slow
def test_intervals_cover_all_at_once() -> None:
    found = covered(SEEDS)
    print(f"six means at once: {found / SEEDS:.4f}")
    assert binom.ppf(0.0005, SEEDS, 0.95) <= found <= binom.ppf(0.9995, SEEDS, 0.95)
