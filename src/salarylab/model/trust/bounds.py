"""Bounds: how far a quantile or a share can be off when some did not answer, and an interval for it.

Among the silent, the distribution of pay may differ from that of those who answered by up to ``departure`` at any
amount: 0 is no difference, 1 is the worst case, about which nothing is assumed. A quantile needs no bounds on pay.

**Source** Manski (1994), in Sims (ed.), Advances in Econometrics: Sixth World Congress 1, 143–170 (worst case); Kline
and Santos (2013), Quantitative Economics 4(2), 231–267 (departures); Imbens and Manski (2004), Econometrica 72(6),
1845–1857 (intervals).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def quantile_bounds(pay: Array, weights: Array, answered: float, quantile: float, departure: float) -> Array:
    """Return the least and greatest that a quantile of all can be, shape (2,); infinite where it is open.

    ``pay`` (n,), sorted, and ``weights`` are of those who answered, a share ``answered`` of all. Nothing is checked.

    **Source** Manski (1994); Kline and Santos (2013), see above.

    >>> pay = np.arange(1.0, 101.0)
    >>> quantile_bounds(pay, np.ones(100), 0.8, 0.5, 1.0).tolist()
    [38.0, 63.0]
    """
    silent = 1 - answered
    least = max(quantile - silent * departure, (quantile - silent) / answered)
    most = min(quantile + silent * departure, quantile / answered)
    reached = np.cumsum(weights) / weights.sum()
    found = np.full(2, np.array([-np.inf, np.inf]))
    for end, level in enumerate((least, most)):
        if 0 < level <= 1:
            found[end] = pay[min(int(np.searchsorted(reached, level - 1e-12)), len(pay) - 1)]
    return found


def share_bounds(share: float, answered: float, departure: float) -> Array:
    """Return the least and greatest share of all, shape (2,), where ``share`` is that of those who answered.

    **Source** Manski (1994); Kline and Santos (2013), see above.

    >>> share_bounds(0.5, 0.8, 1.0).round(9).tolist()
    [0.4, 0.6]
    """
    silent = 1 - answered
    of_silent = np.clip([share - departure, share + departure], 0.0, 1.0)
    return np.asarray(answered * share + silent * of_silent)


def imbens_manski(low: float, high: float, se_low: float, se_high: float, level: float = 0.95) -> tuple[float, float]:
    """Return an interval that covers a bounded number, not the whole of its bounds, with the level asked for.

    Valid also where the bounds meet, for they are in order in every sample. An end that is open stays open.

    **Source** Imbens and Manski (2004), see above; Stoye (2009), Econometrica 77(4), 1299–1315, lemma 3 (order).

    >>> tuple(round(end, 2) for end in imbens_manski(0.0, 0.0, 1.0, 1.0))
    (-1.96, 1.96)
    >>> tuple(round(end, 2) for end in imbens_manski(0.0, 50.0, 1.0, 1.0))
    (-1.64, 51.64)
    """
    reach = _reach(low, high, max(se_low, se_high), level)
    return low - reach * se_low if np.isfinite(low) else low, high + reach * se_high if np.isfinite(high) else high


def _reach(low: float, high: float, se: float, level: float = 0.95) -> float:
    """Return how many standard errors beyond its bounds the interval goes: fewer, the further these are apart."""
    from scipy.optimize import brentq
    from scipy.special import ndtr

    apart = (high - low) / max(se, 1e-300) if np.isfinite(high - low) else np.inf
    return float(brentq(lambda c: ndtr(c + apart) - ndtr(-c) - level, 0.0, 10.0))


@dataclass(frozen=True, slots=True)
class Bound:
    """Hold the bounds of a gap at one departure, and the 95 % interval for the gap; infinite where open."""

    departure: float
    low: float
    high: float
    ci_low: float
    ci_high: float


def bound(departure: float, ends: tuple[float, float], drawn: Array) -> Bound:
    """Return bounds with their interval, from resampled ones (B, 2).

    Its ends are the percentiles of the resamples that stand where Imbens and Manski's normal ends would: a sample
    quantile is not normal, and its standard error is unsteady. An end that is open in more than one resample of
    forty is open.
    """
    from scipy.special import ndtr

    closed = np.isfinite(ends) & (np.isfinite(drawn).mean(axis=0) >= 0.975)
    low, high = np.where(closed, ends, [-np.inf, np.inf]).tolist()
    draws = [drawn[np.isfinite(drawn[:, i]), i] for i in range(2)]
    reach = _reach(low, high, max((float(draws[i].std()) for i in range(2) if closed[i]), default=0.0))
    ci_low = min(low, float(np.quantile(draws[0], ndtr(-reach)))) if closed[0] else low
    ci_high = max(high, float(np.quantile(draws[1], ndtr(reach)))) if closed[1] else high
    return Bound(departure, low, high, ci_low, ci_high)
