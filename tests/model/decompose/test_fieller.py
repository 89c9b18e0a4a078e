"""Fieller's set against the textbook closed form, the test it inverts, and its coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtrit
from scipy.stats import binom

from salarylab.errors import ModelError
from salarylab.model.decompose.fieller import fieller

COVARIANCE = np.array([[0.04, 0.01], [0.01, 0.09]])


def closed_form(a: float, b: float, v: np.ndarray, df: float) -> tuple[float, float]:
    """Return the interval as textbooks print it, with g = t²·Var(b)/b² (Finney 1971, Probit Analysis, eq. 4.37)."""
    t = float(stdtrit(df, 0.975))
    g = t**2 * v[1, 1] / b**2
    m = a / b
    centre = m - g * v[0, 1] / v[1, 1]
    reach = t / b * math.sqrt(v[0, 0] - 2 * m * v[0, 1] + m**2 * v[1, 1] - g * (v[0, 0] - v[0, 1] ** 2 / v[1, 1]))
    return (centre - reach) / (1 - g), (centre + reach) / (1 - g)


@pytest.mark.parametrize(("a", "b"), [(1.0, 2.0), (-1.0, 2.0), (0.0, 2.0), (3.0, 0.9)])
def test_a_bounded_set_is_the_textbook_interval(a: float, b: float) -> None:
    found = fieller(a, b, COVARIANCE, 30.0)
    assert found.bounded
    assert (found.low, found.high) == pytest.approx(closed_form(a, b, COVARIANCE, 30.0), rel=1e-12)


numbers = st.floats(-5, 5)


@given(numbers, numbers, st.floats(0.01, 2), st.floats(0.01, 2), st.floats(-0.99, 0.99), st.floats(-20, 20))
def test_the_set_holds_the_ratios_that_the_test_does_not_reject(
    a: float, b: float, sa: float, sb: float, r: float, ratio: float
) -> None:
    v = np.array([[sa**2, r * sa * sb], [r * sa * sb, sb**2]])
    found = fieller(a, b, v, 12.0)
    distance = (a - ratio * b) ** 2 - stdtrit(12.0, 0.975) ** 2 * (v[0, 0] - 2 * ratio * v[0, 1] + ratio**2 * v[1, 1])
    if abs(distance) > 1e-9 * (1 + ratio**2):
        assert (ratio in found) == (distance < 0)
    if abs(b) > 1e-9:
        assert found.value in found
    t = abs(b) / sb
    if abs(t - stdtrit(12.0, 0.975)) > 1e-6:
        assert found.bounded == bool(t > stdtrit(12.0, 0.975))


def test_turned_over_the_ratio_has_the_turned_over_set() -> None:
    found, turned = fieller(3.0, 2.0, COVARIANCE, 30.0), fieller(2.0, 3.0, COVARIANCE[::-1, ::-1], 30.0)
    assert (turned.low, turned.high) == pytest.approx((1 / found.high, 1 / found.low), rel=1e-12)


def test_a_denominator_that_may_be_zero_is_said_in_words() -> None:
    rays = fieller(1.0, 0.1, COVARIANCE, 30.0)
    assert rays.shape == "two rays"
    assert not rays.bounded
    assert rays.low < 0 < rays.high
    assert 0.0 not in rays
    assert "not told from zero" in rays.words
    everything = fieller(0.1, 0.1, COVARIANCE, 30.0)
    assert everything.shape == "every number"
    assert 1e9 in everything
    assert "any number" in everything.words
    assert math.isnan(fieller(1.0, 0.0, COVARIANCE, 30.0).value)


def test_without_error_the_set_is_the_ratio() -> None:
    found = fieller(1.0, 4.0, np.zeros((2, 2)), 5.0)
    assert (found.low, found.value, found.high) == (0.25, 0.25, 0.25)
    assert found.words == "95% set of the ratio (Fieller): 0.25 to 0.25"


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(ModelError) as refused:
        fieller(math.nan, 1.0, np.array([[1.0, 2.0], [2.0, 1.0]]), 0.0, level=1.0)
    assert [fault.thing for fault in refused.value.faults] == [
        "ratio",
        "covariance of a ratio",
        "degrees of freedom",
        "level",
    ]
    with pytest.raises(ModelError, match="without error"):
        fieller(1.0, 0.0, np.zeros((2, 2)), 5.0)
    with pytest.raises(ModelError, match="2 by 2"):
        fieller(1.0, 1.0, np.zeros(2), 5.0)


@pytest.mark.parametrize("strength", [0.0, 0.5, 2.0, 8.0])
def test_the_set_covers_however_weak_the_denominator(strength: float) -> None:
    """Means of ten pairs; the truth 0.7 (or 0/0, where every ratio is true) is covered in 95 of 100 samples."""
    seeds, n, false_alarm = 2_000, 10, 0.001
    rng = np.random.default_rng(11)
    half = np.linalg.cholesky(np.array([[1.0, 0.6], [0.6, 1.0]]))
    centre = np.array([0.7, 1.0]) * strength / math.sqrt(n)
    covered = 0
    for _ in range(seeds):
        pairs = centre + rng.normal(size=(n, 2)) @ half.T
        a, b = pairs.mean(axis=0)
        covered += 0.7 in fieller(a, b, np.cov(pairs.T) / n, n - 1)
    assert binom.ppf(false_alarm / 8, seeds, 0.95) <= covered <= binom.ppf(1 - false_alarm / 8, seeds, 0.95), covered
