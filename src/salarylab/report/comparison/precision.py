"""Precision: between which ends a number lay before its record rounded it.

Two builds may round one number to neighbouring last digits, since last bits differ between processors. A change is a
change only where the ends leave no value in common.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from salarylab.disclosure import LEAST_P
from salarylab.disclosure.rounding import share_step, step_of
from salarylab.finding import DECIMALS, SPREAD
from salarylab.report.comparison.record import Record

TINY = 1e-9
"""Of a number: what binary arithmetic adds to the difference of two decimal ones."""


@dataclass(frozen=True, slots=True)
class Span:
    """Hold the ends between which a number lay."""

    low: float
    high: float


def span(record: Record, name: str) -> Span | None:
    """Return the span of a number of a record, in its unit; None where it has none.

    >>> span({"unit": "log points", "value": 0.3068}, "value")
    Span(low=0.30675, high=0.30685)
    """
    value = record.get(name)
    if value is None:
        return None
    half = _half_a_step(record, name, float(value))
    return Span(_clean(value - half), _clean(value + half))


def apart(one: Span, other: Span) -> float:
    """Return the least that two numbers differed by, whatever rounding did: 0 where the spans touch.

    >>> apart(Span(0.30675, 0.30685), Span(0.30685, 0.30695))
    0.0
    """
    gap = max(one.low - other.high, other.low - one.high)
    scale = max(abs(end) for end in (one.low, one.high, other.low, other.high) if math.isfinite(end))
    return gap if gap > TINY * scale else 0.0


def normal_score(p: float) -> float:
    """Return the absolute standard normal value whose two-sided p-value this is.

    >>> round(normal_score(0.05), 2), normal_score(1.0)
    (1.96, 0.0)
    """
    return math.inf if p <= 0 else abs(NormalDist().inv_cdf(min(p, 1.0) / 2))


def score_span(record: Record) -> Span | None:
    """Return the span of a p-value's normal score; one told as 0.001 may be any smaller one."""
    told = span(record, "value")
    if told is None:
        return None
    smallest = 0.0 if record["value"] <= LEAST_P else max(told.low, 0.0)
    return Span(normal_score(told.high), normal_score(smallest))


def _half_a_step(record: Record, name: str, value: float) -> float:
    """Return half of the step to which ``Finding.record`` rounds a number of this name and unit."""
    if name in SPREAD or record["unit"] == "p-value":
        return _half_digit(value, 2)
    if name == "n" or record["unit"] == "rows":
        return step_of(round(value)) / 2
    if record["unit"] == "log points":
        return 0.5 * 10.0**-DECIMALS
    if record["unit"] == "share":
        exact = value in (0.0, 1.0)  # none and all are told only where they are true
        return 0.0 if exact or not record.get("n") else share_step(record["n"]) / 2
    return _half_digit(value, 4)


def _half_digit(value: float, digits: int) -> float:
    """Return half a unit of the last of so many significant digits."""
    return 0.5 * 10.0 ** (math.floor(math.log10(abs(value))) - digits + 1) if value else 0.0


def _clean(value: float) -> float:
    return float(f"{value:.12g}")
