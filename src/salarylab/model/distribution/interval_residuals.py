"""Residuals: what is known of a normal error that lies in an interval: its conditional moments and their slopes.

One form serves points, bands and open ends, and gives the likelihood, its gradient and its Hessian, in every
parameterisation, and the moments that a test of normality asks for.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

POINT = 1e-6
"""Width in log pay (a millionth of pay) up to which an interval is a point: no pay is stated more finely."""

LOG_ROOT_2PI = 0.5 * float(np.log(2 * np.pi))
NORMAL = (0.0, 1.0, 0.0, 3.0)
"""The first four moments of a standard normal error."""


@dataclass(frozen=True, slots=True)
class Residuals:
    """Hold the generalised residuals of n rows at a mean u (n,) and a spread σ (n,).

    ``log_likelihood`` (n,); ``moments`` (J, n): E[εʲ | interval] less E[εʲ], for a standard normal error ε;
    ``along`` (J, n): their slopes in u, times σ; ``across`` (J, n): their slopes in ln σ. The log-likelihood's own
    slopes are ``moments[0]`` / σ in u and ``moments[1]`` in ln σ.
    """

    log_likelihood: Array = field(repr=False)
    moments: Array = field(repr=False)
    along: Array = field(repr=False)
    across: Array = field(repr=False)

    def less(self, other: Residuals) -> Residuals:
        """Return the residuals given that the error lies where ``other`` has it: one log-likelihood less another."""
        return Residuals(
            self.log_likelihood - other.log_likelihood,
            self.moments - other.moments,
            self.along - other.along,
            self.across - other.across,
        )


def residuals(low: Array, high: Array, u: Array, sigma: Array, order: int = 2) -> Residuals:
    """Return the generalised residuals of errors in [low, high], up to a moment of at most four.

    ``low``, ``high``, ``u`` and ``sigma`` have shape (n,); an open end is infinite. An interval no wider than
    ``POINT`` is a point at its middle.

    **Source** Gourieroux, Monfort, Renault and Trognon (1987), Journal of Econometrics 34(1–2), 5–32; Chesher and
    Irish (1987), Journal of Econometrics 34(1–2), 33–61.

    >>> open_above = residuals(np.zeros(1), np.full(1, np.inf), np.zeros(1), np.ones(1))
    >>> open_above.moments.round(4).ravel().tolist()  # the mean of a normal error above zero is √(2/π)
    [0.7979, 0.0]
    """
    n = len(low)
    found = Residuals(np.empty(n), *(np.empty((order, n)) for _ in range(3)))
    at = high - low <= POINT
    for rows, of in ((at, _points), (~at, _intervals)):
        part = of(low[rows], high[rows], u[rows], sigma[rows], order)
        found.log_likelihood[rows] = part.log_likelihood
        for whole, some in ((found.moments, part.moments), (found.along, part.along), (found.across, part.across)):
            whole[:, rows] = some
    return found


def _points(low: Array, high: Array, u: Array, sigma: Array, order: int) -> Residuals:
    z = ((low + high) / 2 - u) / sigma
    powers = np.stack([z**j for j in range(order + 1)])
    j = np.arange(1, order + 1)[:, None]
    normal = np.array(NORMAL[:order])[:, None]
    density = -0.5 * z**2 - LOG_ROOT_2PI - np.log(sigma)
    return Residuals(density, powers[1:] - normal, -j * powers[:-1], -j * powers[1:])


def _intervals(low: Array, high: Array, u: Array, sigma: Array, order: int) -> Residuals:
    """Return the residuals of proper intervals by the recursion of truncated normal moments."""
    a, b = (low - u) / sigma, (high - u) / sigma
    mass = _log_mass(a, b)
    ends = _weighted_powers(b, mass, order + 2) - _weighted_powers(a, mass, order + 2)
    moments = np.empty((order + 1, len(a)))
    moments[0] = 1.0
    for j in range(1, order + 1):
        before = (j - 1) * moments[j - 2] if j > 1 else 0.0
        moments[j] = before - ends[j - 1]
    e = moments[1:]
    normal = np.array(NORMAL[:order])[:, None]
    return Residuals(mass, e - normal, e * ends[0] - ends[1:-1], e * ends[1] - ends[2:])


def _weighted_powers(at: Array, log_mass: Array, many: int) -> Array:
    """Return z^p φ(z) over the mass of the interval for p = 0, 1, …, shape (many, n); zero at an open end."""
    known = np.isfinite(at)
    z = np.where(known, at, 0.0)
    weight = np.where(known, np.exp(-0.5 * z**2 - LOG_ROOT_2PI - log_mass), 0.0)
    return np.stack([z**p * weight for p in range(many)])


def _log_mass(a: Array, b: Array) -> Array:
    """Return ln(Φ(b) − Φ(a)), in the tail where it loses no digits."""
    from scipy.special import log_ndtr

    above = a > 0
    left, right = np.where(above, -b, a), np.where(above, -a, b)
    most = log_ndtr(right)
    mass: Array = most + np.log(-np.expm1(log_ndtr(left) - most))
    return mass
