"""Bounds: against every completion of a small sample, and the coverage of Imbens and Manski's interval."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import ndtr
from scipy.stats import binom

from salarylab.model.trust import imbens_manski, quantile_bounds, share_bounds
from salarylab.model.trust.bounds import bound

Array = NDArray[np.float64]
FALSE_ALARM = 0.001


def quantile(values: Array, level: float) -> float:
    """Return the least value that at least a share ``level`` does not exceed."""
    return float(np.sort(values)[int(np.ceil(level * len(values) - 1e-12)) - 1])


@pytest.mark.parametrize("level", [0.2, 0.5, 0.7])
def test_the_worst_case_is_that_of_every_completion(level: float) -> None:
    pay = np.array([1.0, 2, 3, 4, 5, 6, 7])
    completed = [
        quantile(np.append(pay, silent), level) for silent in itertools.product([-99.0, 2.5, 4.5, 99.0], repeat=3)
    ]
    low, high = quantile_bounds(pay, np.ones(7), 0.7, level, 1.0)
    assert max(low, -99.0) == min(completed)
    assert min(high, 99.0) == pytest.approx(max(completed), abs=1)  # a completion's quantile lies at a step of its own


def test_departures_are_those_of_the_worst_distribution_of_the_silent() -> None:
    # cdfs on a fine grid: the silent's may be anything within k of the answerers'
    u = np.linspace(0, 1, 100_001)
    for answered, level, k in itertools.product((0.6, 0.9), (0.25, 0.5, 0.9), (0.0, 0.1, 0.3, 1.0)):
        greatest = answered * u + (1 - answered) * np.minimum(u + k, 1)
        least = answered * u + (1 - answered) * np.maximum(u - k, 0)
        low, high = quantile_bounds(u[1:], np.ones(100_000), answered, level, k)
        assert max(low, 0) == pytest.approx(u[np.argmax(greatest >= level - 1e-9)], abs=2e-5)
        reached = u[np.argmax(least >= level - 1e-9)] if least[-1] >= level - 1e-9 else np.inf
        assert high == pytest.approx(reached, abs=2e-5)


def test_weights_are_repeated_rows() -> None:
    rng = np.random.default_rng(1)
    pay, times = np.sort(rng.normal(size=40)), rng.integers(1, 5, 40)
    one = quantile_bounds(np.repeat(pay, times), np.ones(times.sum()), 0.8, 0.4, 0.5)
    assert one.tolist() == quantile_bounds(pay, times.astype(float), 0.8, 0.4, 0.5).tolist()


def test_shares_are_bounded_by_all_or_none_of_the_silent() -> None:
    assert share_bounds(0.3, 0.9, 1.0).tolist() == pytest.approx([0.27, 0.37])
    assert share_bounds(0.3, 0.9, 0.0).tolist() == pytest.approx([0.3, 0.3])
    assert share_bounds(0.05, 0.5, 0.1).tolist() == pytest.approx([0.025, 0.1])


def test_the_interval_solves_its_equation_and_stays_open_where_a_bound_is() -> None:
    low, high = imbens_manski(0.0, 1.0, 0.5, 0.4)
    reach = -low / 0.5
    assert ndtr(reach + 1.0 / 0.5) - ndtr(-reach) == pytest.approx(0.95, abs=1e-9)
    assert high == pytest.approx(1.0 + 0.4 * reach)
    assert imbens_manski(-np.inf, 1.0, np.inf, 0.5) == pytest.approx((-np.inf, 1 + 0.5 * 1.6448536), abs=1e-6)


def test_an_end_that_often_opens_is_open() -> None:
    drawn = np.zeros((100, 2))
    drawn[:5, 1] = np.inf
    assert bound(0.5, (0.0, 1.0), drawn).high == np.inf


def covered(seeds: range, departure: float) -> int:
    """Return in how many samples of 400 the interval holds the median of all, at its bound.

    The silent (a fifth) are as far from those who answer as the departure allows: their cdf lies higher by it.
    """
    hits = 0
    for seed in seeds:
        rng = np.random.default_rng(seed)
        stated = rng.random(400) < 0.8
        pay = np.sort(rng.random(int(stated.sum())))
        truth = (0.5 - 0.2 * departure) if departure < 1 else (0.5 - 0.2) / 0.8  # of the answerers' uniform pay
        lots = rng.standard_exponential((300, 400))
        lots /= lots.mean(axis=1, keepdims=True)
        drawn = np.array(
            [quantile_bounds(pay, lot[: len(pay)], lot[: len(pay)].sum() / lot.sum(), 0.5, departure) for lot in lots]
        )
        low, high = quantile_bounds(pay, np.ones(len(pay)), len(pay) / 400, 0.5, departure)
        found = bound(departure, (float(low), float(high)), drawn)
        hits += found.ci_low <= truth <= found.ci_high
    return hits


@pytest.mark.parametrize("departure", [0.0, 1.0])
def test_a_few_intervals_hold_the_median_at_its_bound(departure: float) -> None:
    assert covered(range(30), departure) >= binom.ppf(FALSE_ALARM / 2, 30, 0.95)


@pytest.mark.slow
def test_the_interval_covers_a_median_at_its_bound_at_least_as_promised() -> None:
    share = {departure: covered(range(2_000), departure) for departure in (0.0, 1.0)}
    print({departure: hits / 2_000 for departure, hits in share.items()})
    assert min(share.values()) >= binom.ppf(FALSE_ALARM / 2, 2_000, 0.95)
