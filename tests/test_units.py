"""Units: log points to percent, and what a year of work holds."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salarylab.schema import PERIOD
from salarylab.units import HOURS_PER_YEAR, PERIODS_PER_YEAR, kennedy_percent, percent

LOG_POINTS = st.floats(-3, 3)


@given(st.floats(100.0, 1e7), st.floats(100.0, 1e7))
def test_percent_is_the_relative_difference_of_geometric_means(pay: float, base: float) -> None:
    """Halvorsen and Palmquist (1980): with one row a group, b = ln(pay / base) gives back pay / base."""
    assert percent(math.log(pay / base)) == pytest.approx(100 * (pay / base - 1), rel=1e-9, abs=1e-9)


@given(LOG_POINTS, LOG_POINTS)
def test_percents_compound_as_ratios(first: float, second: float) -> None:
    both = (1 + percent(first) / 100) * (1 + percent(second) / 100)
    assert 1 + percent(first + second) / 100 == pytest.approx(both, rel=1e-12)


def test_small_differences_keep_their_digits() -> None:
    """exp(b) − 1 computed naively has lost half its digits here."""
    assert percent(1e-9) == pytest.approx(1e-7, rel=1e-8)


def test_kennedy_turns_a_small_uncertain_premium_negative() -> None:
    """b = .01 with SE = .2 prints −1.0 percent: Kennedy (1981): exp(.01 − .04 / 2) − 1."""
    assert f"{kennedy_percent(0.01, 0.2**2):.1f}" == "-1.0"


@given(LOG_POINTS)
def test_kennedy_without_variance_is_the_plain_percent(log_points: float) -> None:
    assert kennedy_percent(log_points, 0.0) == percent(log_points)


@given(LOG_POINTS, st.floats(1e-6, 1.0))
def test_kennedy_lies_below_the_plain_percent(log_points: float, variance: float) -> None:
    assert kennedy_percent(log_points, variance) < percent(log_points)


def test_a_year_of_work() -> None:
    """2,080 hours: Bureau of Labor Statistics, Occupational Employment and Wage Statistics, technical notes."""
    assert HOURS_PER_YEAR == 2080
    assert set(PERIODS_PER_YEAR) == set(PERIOD)
    assert PERIODS_PER_YEAR["month"] == 12
    assert PERIODS_PER_YEAR["day"] == 5 * PERIODS_PER_YEAR["week"]
