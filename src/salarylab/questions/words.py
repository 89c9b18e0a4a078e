"""Words: levels and factors as a sentence names them, percents and money as it says them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from salarylab.disclosure import significant
from salarylab.units import percent

NAMED: Mapping[tuple[str, str], str] = {
    ("education", "below secondary"): "schooling below secondary",
    ("education", "secondary"): "secondary school",
    ("education", "some college"): "some college",
    ("education", "associate"): "an associate degree",
    ("education", "bachelor"): "a bachelor's degree",
    ("education", "master"): "a master's degree",
    ("education", "bachelor or master"): "a bachelor's or master's degree",
    ("education", "professional"): "a professional degree",
    ("education", "doctorate"): "a doctorate",
    ("education", "professional or doctorate"): "a professional degree or doctorate",
    ("work_mode", "remote"): "remote work",
    ("work_mode", "hybrid"): "hybrid work",
    ("work_mode", "on-site"): "work on site",
    ("work_mode", "not remote"): "work that is not remote",
    ("work_mode", "worker's choice"): "work where the worker chooses",
}
"""Levels as nouns of a sentence; others are named as they are."""

PER: Mapping[str, str] = {
    "log_pay_hourly": "an hour",
    "log_pay_annual": "a year",
    "log_pay_ppp": "a year at purchasing power parity",
    "log_pay_real": "a year at constant prices",
}
"""What pay is counted over, by outcome."""


def named(factor: str, level: str) -> str:
    """Return a level as a sentence names it.

    >>> named("education", "bachelor"), named("industry", "retail trade")
    ("a bachelor's degree", 'retail trade')
    """
    return NAMED.get((factor, level), level)


def capital(words: str) -> str:
    """Return words with a capital at their beginning, the rest as it is."""
    return words[:1].upper() + words[1:]


def listed(words: Sequence[str]) -> str:
    """Return words as a sentence lists them.

    >>> listed(["experience", "country", "role"])
    'experience, country and role'
    """
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def more_or_less(log_points: float) -> str:
    """Return a difference of log points as a sentence says it.

    >>> more_or_less(0.1), more_or_less(-0.1)
    ('10.5% more', '9.5% less')
    """
    value = percent(log_points)
    return f"{abs(value):.1f}% {'more' if value >= 0 else 'less'}"


def between(low: float, high: float) -> str:
    """Return the ends of an interval in log points as a sentence says them.

    >>> between(-0.01, 0.05)
    '95% interval -1.0% to +5.1%'
    """
    return f"95% interval {percent(low):+.1f}% to {percent(high):+.1f}%"


def dollars(amount: float) -> str:
    """Return an amount of US dollars with as many digits as a sentence bears.

    >>> dollars(28.437), dollars(61_234.0)
    ('28.4', '61,200')
    """
    rounded = significant(amount, 3)
    return f"{rounded:,.0f}" if rounded >= 100 else f"{rounded:.1f}"
