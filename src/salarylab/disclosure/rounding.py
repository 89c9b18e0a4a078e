"""Rounding: counts, shares and amounts as they may be told.

Each told count stands for ten possible counts or more (five, from 10 to 14). Two of them therefore differ
by an unknown number wherever the true difference is under ten.

**Source** US Census Bureau, Disclosure Review Board rounding rules (steps of counts; four significant digits).
"""

from __future__ import annotations

STEPS = ((100, 10), (1_000, 50), (10_000, 100), (100_000, 500))
LARGEST_STEP = 1_000
MIN_CELL = 10
DF_STEPS = (1, 3, 8, 30, 100, 200)
LEAST_P = 0.001
WITHHELD = f"fewer than {MIN_CELL}"


def step_of(count: int) -> int:
    """Return the step to which a count is rounded.

    >>> step_of(99), step_of(100), step_of(250_000)
    (10, 50, 1000)
    """
    return next((step for limit, step in STEPS if count < limit), LARGEST_STEP)


def round_count(count: int) -> int:
    """Return a count rounded, halves upwards: to 10 below 100, 50 below 1,000, 100, 500, then 1,000.

    >>> [round_count(n) for n in (17, 526, 8_012, 54_554, 160_400)]
    [20, 550, 8000, 54500, 160000]
    """
    step = step_of(count)
    return step * ((2 * count + step) // (2 * step))


def counts_told_as(rounded: int) -> tuple[int, int]:
    """Return the least and the greatest count, of ten rows or more, that are told as this one.

    >>> counts_told_as(10), counts_told_as(30), counts_told_as(100), counts_told_as(1_000)
    ((10, 14), (25, 34), (95, 124), (975, 1049))
    """
    below, above = step_of(rounded - 1), step_of(rounded)
    return max(MIN_CELL, rounded - below // 2), rounded + above // 2 - 1


def show_count(count: int) -> str:
    """Return a count as a page prints it: rounded, or withheld below 10 (a true zero is said).

    >>> show_count(0), show_count(3), show_count(12), show_count(8_012)
    ('0', 'fewer than 10', 'about 10', 'about 8,000')
    """
    if count == 0:
        return "0"
    if count < MIN_CELL:
        return WITHHELD
    return f"about {round_count(count):,}"


def share_step(whole: int) -> float:
    """Return the step to which a share of so many rows is rounded: 1, 2 or 5 tenths, hundredths …, ten rows or more.

    >>> share_step(100), share_step(526), share_step(54_321)
    (0.1, 0.02, 0.0002)
    """
    power = 1.0
    while power * whole >= 10 * MIN_CELL:
        power /= 10
    return round(next((part * power for part in (0.1, 0.2, 0.5) if part * power * whole >= MIN_CELL), power), 12)


def round_share(part: int, whole: int) -> float:
    """Return a share in steps of at least ten rows; none and all are told only where they are true.

    >>> round_share(15, 526), round_share(10, 700), round_share(0, 526), round_share(526, 526)
    (0.02, 0.02, 0.0, 1.0)
    """
    if part in (0, whole):
        return float(part > 0)
    step = share_step(whole)
    nearest = step * int(part / whole / step + 0.5)
    return round(min(max(nearest, step), 1 - step), 12)


def round_df(df: float) -> float:
    """Return degrees of freedom as they may be told: the greatest of six steps that they reach, 0 below the first.

    Those of two groups are a function of the groups' sizes. No group of 10 to 14 rows, whatever the other's
    size, is told from another one so.

    >>> round_df(9.2), round_df(25.8), round_df(83.0), round_df(23_912.0)
    (8.0, 8.0, 30.0, 200.0)
    """
    return float(max((step for step in DF_STEPS if step <= df), default=0))


def round_p(p: float) -> float:
    """Return a p-value as it may be told: two significant digits, and 0.001 for whatever is less.

    With more, and the value and its interval, it would give the degrees of freedom away.

    >>> round_p(0.03124), round_p(1e-9)
    (0.031, 0.001)
    """
    return significant(max(p, LEAST_P), 2)


def significant(value: float, digits: int = 4) -> float:
    """Return a number rounded to significant digits: four is what a page may show.

    >>> significant(123_456.0), significant(0.0123456, 2)
    (123500.0, 0.012)
    """
    return float(f"{value:.{digits}g}")
