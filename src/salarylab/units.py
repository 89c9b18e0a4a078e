"""Units: what a year of work holds, and what a log point means in percent.

One typed constant per convention, so that no module has its own idea of a year of work.
"""

from __future__ import annotations

import math

HOURS_PER_WEEK = 40.0
"""A full-time week where a source states none."""

WEEKS_PER_YEAR = 52.0
"""Paid weeks in a full year."""

HOURS_PER_YEAR = HOURS_PER_WEEK * WEEKS_PER_YEAR
"""2,080 hours: the convention of the US Occupational Employment and Wage Statistics."""

PERIODS_PER_YEAR = {"hour": HOURS_PER_YEAR, "day": 260.0, "week": WEEKS_PER_YEAR, "month": 12.0, "year": 1.0}
"""Pay periods in one year of full-time work."""


def percent(log_points: float) -> float:
    """Return the percent difference that a difference in log points stands for.

    The difference is one of geometric means: 100·(exp(b) − 1).

    **Source** Halvorsen and Palmquist (1980), American Economic Review 70(3), 474–475.

    >>> round(percent(0.1), 2)
    10.52
    """
    return 100.0 * _expm1(log_points)


def kennedy_percent(log_points: float, variance: float) -> float:
    """Return the percent difference with Kennedy's correction for the variance of b (log points²).

    100·(exp(b − v/2) − 1). A column beside the headline, not the headline: its argument needs the
    classical variance, and point and interval would come from different estimators.

    **Source** Kennedy (1981), American Economic Review 71(4), 801.

    >>> round(kennedy_percent(0.01, 0.2**2), 1)
    -1.0
    """
    return 100.0 * _expm1(log_points - variance / 2.0)


def _expm1(log_points: float) -> float:
    try:
        return math.expm1(log_points)
    except OverflowError:  # a slope per unit of a number that hardly varies
        return math.inf
