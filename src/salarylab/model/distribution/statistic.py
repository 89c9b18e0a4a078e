"""Statistic: a number that sums up a distribution of pay, its value in a sample, and what each row adds to it.

``mean`` and ``variance`` are of log pay, ``p50`` is the median of log pay, ``p90-p10`` a range of it; ``gini`` is of
pay itself. The recentred influence function (RIF) of a statistic is a number per row whose mean is the statistic.
Log pay stands in ascending order throughout.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError

Array = NDArray[np.float64]

KNOWN = ("mean", "variance", "gini", "p50", "p90-p10")
"""Examples of names; any percentile from 1 to 99 and any range of two will do."""

ROUNDING = 1e-12
"""Relative slack with which running sums of weights are compared."""


@dataclass(frozen=True, slots=True)
class Statistic:
    """Name a statistic and say it in words; ``quantiles`` are the probabilities it rests on, in (0, 1)."""

    name: str
    label: str
    quantiles: tuple[float, ...] = ()

    @property
    def in_log_points(self) -> bool:
        """Whether a difference in it reads as a percent difference in pay."""
        return self.name == "mean" or len(self.quantiles) == 1


def statistic(name: str) -> Statistic:
    """Return a statistic by name; raises ``ModelError`` for an unknown one.

    >>> statistic("p90-p10").quantiles
    (0.9, 0.1)
    """
    labels = {"mean": "mean of log pay", "variance": "variance of log pay", "gini": "Gini coefficient of pay"}
    if name in labels:
        return Statistic(name, labels[name])
    found = re.fullmatch(r"p([1-9]\d?)(?:-p([1-9]\d?))?", name)
    ends = [int(end) for end in found.groups() if end] if found else []
    if not ends or (len(ends) == 2 and ends[0] <= ends[1]):
        raise ModelError(
            Fault(
                f"statistic {name!r}",
                "a name that is not known",
                f"such as {', '.join(KNOWN)}; a range is the higher percentile less the lower",
                "name one of these kinds",
            )
        )
    label = "median of log pay" if ends == [50] else f"{ends[0]}th percentile of log pay"
    if len(ends) == 2:
        label = f"range from the {ends[1]}th to the {ends[0]}th percentile of log pay"
    return Statistic(name, label, tuple(end / 100 for end in ends))


def statistics(names: Sequence[str]) -> tuple[Statistic, ...]:
    """Return several statistics by name; raises ``ModelError`` with all that are unknown, or when none is named."""
    faults: list[Fault] = []
    found = []
    for name in dict.fromkeys(names):
        try:
            found.append(statistic(name))
        except ModelError as error:
            faults += error.faults
    if not names:
        faults.append(Fault("statistics", "none", f"at least one, such as {', '.join(KNOWN)}", "name one"))
    if faults:
        raise ModelError(*faults)
    return tuple(found)


def quantile(y: Array, weights: Array, probability: float) -> float:
    """Return the least value at or below which lies ``probability`` of the weight; y (n,) ascending.

    >>> quantile(np.array([1.0, 2.0, 3.0, 4.0]), np.ones(4), 0.5)
    2.0
    """
    running = np.maximum.accumulate(np.cumsum(weights))  # a replicate's weights may be negative
    place = int(np.searchsorted(running, probability * running[-1] * (1.0 - ROUNDING)))
    return float(y[min(place, len(y) - 1)])


def value(of: Statistic, y: Array, weights: Array) -> float:
    """Return a statistic of log pay, y (n,) ascending, under weights (n,).

    >>> y = np.log(np.array([1.0, 3.0]))
    >>> round(value(statistic("gini"), y, np.ones(2)), 12)
    0.25
    """
    if of.quantiles:
        high, *low = (quantile(y, weights, at) for at in of.quantiles)
        return high - sum(low)
    if of.name == "gini":
        pay, smaller = _smaller(y, weights)
        return 1.0 - float(np.average(smaller, weights=weights) / np.average(pay, weights=weights))
    mean = float(np.average(y, weights=weights))
    return mean if of.name == "mean" else float(np.average((y - mean) ** 2, weights=weights))


def influence(of: Statistic, y: Array, weights: Array, bandwidth: float) -> Array:
    """Return the recentred influence function of a statistic at every row, shape (n,); y (n,) ascending.

    ``bandwidth`` is that of the density at a quantile, in log points.

    **Source** Firpo, Fortin and Lemieux (2009), Econometrica 77(3), 953–973; (2018), Econometrics 6(2), 28 (Gini).

    >>> influence(statistic("variance"), np.array([0.0, 1.0, 2.0]), np.ones(3), 1.0).tolist()
    [1.0, 0.0, 1.0]
    """
    if of.quantiles:
        high, *low = (_of_quantile(y, weights, at, bandwidth) for at in of.quantiles)
        return high - low[0] if low else high
    if of.name == "gini":
        pay, smaller = _smaller(y, weights)
        mean, paired = float(np.average(pay, weights=weights)), float(np.average(smaller, weights=weights))
        return 1.0 - paired / mean - 2.0 * (smaller - paired) / mean + paired * (pay - mean) / mean**2
    if of.name == "variance":
        squares: Array = (y - np.average(y, weights=weights)) ** 2
        return squares
    return y


def densities(of: Statistic, y: Array, weights: Array, bandwidth: float) -> Mapping[float, float]:
    """Return the density of log pay at each quantile that a statistic rests on, by probability."""
    return {at: density(y, weights, quantile(y, weights, at), bandwidth) for at in of.quantiles}


def density(y: Array, weights: Array, at: float, bandwidth: float) -> float:
    """Return the density of y (n,) at a point by a Gaussian kernel.

    **Source** Silverman (1986), Density Estimation, section 2.4.

    >>> round(density(np.array([0.0]), np.ones(1), 0.0, 1.0), 6)
    0.398942
    """
    kernel = np.exp(-0.5 * ((y - at) / bandwidth) ** 2) / np.sqrt(2.0 * np.pi)
    return float(np.average(kernel, weights=weights)) / bandwidth


def silverman(y: Array, weights: Array) -> float:
    """Return Silverman's bandwidth for y (n,) ascending: 0.9 · min(sd, IQR/1.349) · n^(−1/5), n the effective rows.

    Raises ``ModelError`` when all pay is the same.

    **Source** Silverman (1986), Density Estimation, equation 3.31.
    """
    spread = value(statistic("variance"), y, weights) ** 0.5
    between = value(statistic("p75-p25"), y, weights) / 1.349
    if not spread > 0:
        raise ModelError(Fault("pay", "the same in every row", "pay that differs", "widen the sample"))
    rows = float(weights.sum() ** 2 / (weights @ weights))
    narrow: float = min(spread, between) if between > 0 else spread
    return 0.9 * narrow * float(rows**-0.2)


def _of_quantile(y: Array, weights: Array, probability: float, bandwidth: float) -> Array:
    at = quantile(y, weights, probability)
    recentred: Array = at + (probability - (y <= at).astype(np.float64)) / density(y, weights, at, bandwidth)
    return recentred


def _smaller(y: Array, weights: Array) -> tuple[Array, Array]:
    """Return pay (n,), and the mean of the smaller of a row's pay and everybody's."""
    pay = np.exp(y)
    below, rows = np.cumsum(weights * pay), np.cumsum(weights)
    smaller: Array = (below + pay * (rows[-1] - rows)) / rows[-1]
    return pay, smaller
