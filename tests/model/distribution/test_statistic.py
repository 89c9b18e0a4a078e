"""Statistics of pay and their influence: identities, brute force, and statsmodels' density."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from statsmodels.nonparametric.kde import KDEUnivariate

from salarylab.errors import ModelError
from salarylab.model.distribution.statistic import density, influence, quantile, silverman, statistic, statistics, value

Array = NDArray[np.float64]
NAMES = ("mean", "variance", "gini", "p10", "p50", "p90-p10")


def pay(n: int = 300, ties: bool = False) -> tuple[Array, Array]:
    rng = np.random.default_rng(11)
    y = np.sort(rng.normal(10.7, 0.5, n))
    return np.round(y, 1) if ties else y, rng.uniform(0.5, 2.0, n)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_the_mean_of_the_influence_is_the_statistic(name: str, ties: bool) -> None:
    # of a quantile, up to the part of its heap that lies beyond the probability, over the density
    y, w = pay(ties=ties)
    of, width = statistic(name), 0.1
    mean = float(np.average(influence(of, y, w, width), weights=w))
    slack = 1e-10
    for at in of.quantiles:
        q = quantile(y, w, at)
        beyond = float(w[y <= q].sum() / w.sum()) - at
        assert 0 <= beyond <= float(w[y == q].sum() / w.sum()) + 1e-12
        slack += beyond / density(y, w, q, width)
    assert abs(mean - value(of, y, w)) <= slack


@pytest.mark.parametrize("name", ["mean", "variance", "gini"])
def test_influence_is_the_derivative_towards_a_row(name: str) -> None:
    y, w = pay(60)
    of, step = statistic(name), 1e-6
    moved = []
    for i in range(len(y)):
        more = w.copy()
        more[i] += step * w.sum()
        moved.append((value(of, y, more) - value(of, y, w)) / step * (1 + step))
    assert influence(of, y, w, 0.1) - value(of, y, w) == pytest.approx(moved, rel=1e-4, abs=1e-6)


def test_gini_is_half_the_relative_mean_difference_of_all_pairs() -> None:
    y, w = pay(80, ties=True)
    amount = np.exp(y)
    pairs = float(w @ np.abs(amount[:, None] - amount) @ w) / w.sum() ** 2
    assert value(statistic("gini"), y, w) == pytest.approx(pairs / (2 * np.average(amount, weights=w)), rel=1e-12)


def test_a_quantile_is_the_inverse_of_the_distribution_and_counts_weights() -> None:
    # oracle: numpy's inverted_cdf, weighted by whole numbers through repetition
    y, _ = pay(101)
    times = np.random.default_rng(2).integers(1, 5, 101)
    for at in (0.1, 0.25, 0.5, 0.9):
        expected = np.quantile(np.repeat(y, times), at, method="inverted_cdf")
        assert quantile(y, times.astype(float), at) == expected


def test_density_equals_that_of_statsmodels() -> None:
    # oracle: statsmodels KDEUnivariate, Gaussian kernel, without the fast Fourier transform
    y, _ = pay()
    peer = KDEUnivariate(y)
    peer.fit(kernel="gau", bw=0.12, fft=False)
    assert density(y, np.ones(len(y)), float(y[150]), 0.12) == pytest.approx(float(peer.evaluate(y[150])[0]), rel=1e-8)


def test_silverman_of_normal_pay_and_of_heaped_pay() -> None:
    y = np.sort(np.random.default_rng(3).normal(0, 0.5, 20_000))
    assert silverman(y, np.ones(20_000)) == pytest.approx(0.9 * 0.5 * 20_000**-0.2, rel=0.02)
    heap = np.array([0.0] * 8 + [1.0] * 92 + [2.0] * 8)
    assert silverman(heap, np.ones(108)) > 0  # its quartiles are equal
    with pytest.raises(ModelError, match="the same in every row"):
        silverman(np.ones(50), np.ones(50))


def test_unknown_statistics_are_refused_all_at_once() -> None:
    with pytest.raises(ModelError, match="2 faults") as caught:
        statistics(["mean", "p0", "median"])
    assert "'p0'" in str(caught.value)
    assert "'median'" in str(caught.value)
    with pytest.raises(ModelError, match="higher percentile less the lower"):
        statistic("p10-p90")
    with pytest.raises(ModelError, match="at least one"):
        statistics([])
