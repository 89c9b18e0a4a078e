"""Detectable: the difference that a test would find with 80 % power."""

from __future__ import annotations

POWER = 0.80


def detectable(se: float, df: float) -> float:
    """Return the difference from zero that a 5 % test finds with 80 % power, in the unit of the se.

    **Source** Bloom (1995), Evaluation Review 19(5), 547–556: 2.8 standard errors in large samples.

    >>> round(detectable(1.0, 1e9), 2)
    2.8
    """
    from scipy.special import stdtrit

    return float(stdtrit(df, 0.975) + stdtrit(df, POWER)) * se
