"""Fieller: the values that a ratio of two estimates may have: an interval, two rays, or every number.

A ratio has no finite interval where its denominator may be zero: the delta method gives one all the same,
and misses. Fieller's set inverts the test that numerator − ratio · denominator is zero.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError

Array = NDArray[np.float64]
Shape = Literal["interval", "two rays", "every number"]

POINTS = 2
NEGATIVE = -1e-12
"""Smallest eigenvalue, relative to the greatest, of a matrix that is still taken for a covariance."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """Hold a ratio of two estimates and the set of values that the sample does not reject.

    ``low`` and ``high`` are the ends of the interval; where ``shape`` is "two rays" the set is all numbers up to
    ``low`` and all from ``high`` on; where it is "every number" they are infinite. ``value`` is not a number where
    the denominator is zero.
    """

    value: float
    low: float
    high: float
    shape: Shape
    level: float

    @property
    def bounded(self) -> bool:
        """Whether the set has two finite ends with the ratio between them."""
        return self.shape == "interval" and math.isfinite(self.low) and math.isfinite(self.high)

    def __contains__(self, ratio: float) -> bool:
        if self.shape == "two rays":
            return ratio <= self.low or ratio >= self.high
        return self.low <= ratio <= self.high

    @property
    def words(self) -> str:
        """The set in words."""
        said = f"{100 * self.level:g}% set of the ratio (Fieller)"
        if self.shape == "every number":
            return f"{said}: any number, since the denominator is not told from zero"
        if self.shape == "two rays":
            return (
                f"{said}: up to {self.low:.3g}, or {self.high:.3g} and more, "
                "since the denominator is not told from zero"
            )
        return f"{said}: {self.low:.3g} to {self.high:.3g}"


def fieller(numerator: float, denominator: float, covariance: Array, df: float, *, level: float = 0.95) -> Ratio:
    """Return the ratio of two estimates with its Fieller set.

    ``covariance`` (2, 2) is that of numerator and denominator, ``df`` the degrees of freedom of both. The set is
    {r : (a − r·b)² ≤ t²·Var(a − r·b)}: bounded exactly where the denominator differs from zero at ``level``.
    Raises ``ModelError`` for numbers that are not finite, a matrix that is no covariance, degrees of
    freedom that are not positive, a level outside (0, 1), and a denominator of zero without error.

    **Source** Fieller (1954), Journal of the Royal Statistical Society B 16(2), 175–185.

    >>> ratio = fieller(0.3, 0.1, np.diag([0.0004, 0.0001]), 200.0)
    >>> round(ratio.value, 2), round(ratio.low, 2), round(ratio.high, 2)
    (3.0, 2.39, 3.86)
    >>> fieller(0.3, 0.01, np.diag([0.0004, 0.0001]), 200.0).shape
    'two rays'
    """
    from scipy.special import stdtrit

    v = np.asarray(covariance, dtype=float)
    _refuse(numerator, denominator, v, df, level)
    t2 = float(stdtrit(df, 0.5 + level / 2)) ** 2
    # the set is where squared·r² − 2·mixed·r + plain ≤ 0
    squared = float(denominator**2 - t2 * v[1, 1])
    mixed = float(numerator * denominator - t2 * (v[0, 1] + v[1, 0]) / 2)
    plain = float(numerator**2 - t2 * v[0, 0])
    value = numerator / denominator if denominator else math.nan
    if squared == 0 and mixed == 0:
        return Ratio(value, -math.inf, math.inf, "every number", level)
    if squared == 0:
        end = plain / (2 * mixed)
        return Ratio(value, *((end, math.inf) if mixed > 0 else (-math.inf, end)), "interval", level)
    inside = mixed**2 - squared * plain
    if squared < 0 and inside <= 0:
        return Ratio(value, -math.inf, math.inf, "every number", level)
    low, high = _roots(squared, mixed, plain, max(inside, 0.0))
    return Ratio(value, low, high, "interval" if squared > 0 else "two rays", level)


def _roots(squared: float, mixed: float, plain: float, inside: float) -> tuple[float, float]:
    """Return the roots of squared·r² − 2·mixed·r + plain, smaller first, without cancellation."""
    far = mixed + math.copysign(math.sqrt(inside), mixed)
    roots = (far / squared, plain / far if far else 0.0)
    return min(roots), max(roots)


def _refuse(numerator: float, denominator: float, v: Array, df: float, level: float) -> None:
    faults = []
    if not (math.isfinite(numerator) and math.isfinite(denominator)):
        faults.append(Fault("ratio", f"{numerator} over {denominator}", "two finite numbers", "estimate both"))
    if v.shape != (POINTS, POINTS) or not np.isfinite(v).all():
        faults.append(Fault("covariance of a ratio", f"shape {v.shape}", "2 by 2, finite", "give both variances"))
    elif np.linalg.eigvalsh((v + v.T) / 2).min() < NEGATIVE * max(float(np.abs(v).max()), 1e-300):
        faults.append(Fault("covariance of a ratio", "a negative eigenvalue", "a covariance matrix", "check its order"))
    elif denominator == 0 and v[1, 1] == 0:
        faults.append(Fault("denominator", "zero, without error", "a number that may differ from zero", "turn it over"))
    if not df > 0:
        faults.append(Fault("degrees of freedom", f"{df}", "a positive number", "use more rows or clusters"))
    if not 0 < level < 1:
        faults.append(Fault("level", f"{level}", "between 0 and 1", "such as 0.95"))
    if faults:
        raise ModelError(*faults)
