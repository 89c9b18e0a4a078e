"""Likelihood: of normal log pay that is known as points, bands and open ends, in two parameterisations.

Mean xβ, spread exp(zγ). In Olsen's parameters β/σ and 1/σ the likelihood of an equal spread is globally concave.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from salarylab.model.distribution.interval_residuals import Residuals, residuals

Array = NDArray[np.float64]
Slopes = tuple[float, Array, Array]
"""A value, its gradient (p,) and its information (p, p): the Hessian's negative."""


@dataclass(frozen=True, slots=True)
class Banded:
    """Hold what the likelihood is made of.

    ``x`` (n, k) are the columns of the mean, ``z`` (n, m) those of ln σ, first the intercept; ``low`` and ``high``
    (n,) the ends of log pay, infinite where open; ``weights`` (n,). ``floor`` is the log pay that all rows are
    known, and were chosen, to reach: −∞ where none was chosen so.
    """

    x: Array = field(repr=False)
    z: Array = field(repr=False)
    low: Array = field(repr=False)
    high: Array = field(repr=False)
    weights: Array = field(repr=False)
    floor: float = -np.inf

    @property
    def k(self) -> int:
        """Columns of the mean."""
        return int(self.x.shape[1])

    def at(self, parameters: Array, order: int = 2) -> tuple[Residuals, Array]:
        """Return the generalised residuals at (β, γ), and σ, shape (n,)."""
        u, sigma = self.x @ parameters[: self.k], np.exp(self.z @ parameters[self.k :])
        return self._given_floor(u, sigma, order), sigma

    def _given_floor(self, u: Array, sigma: Array, order: int) -> Residuals:
        found = residuals(self.low, self.high, u, sigma, order)
        if self.floor == -np.inf:
            return found
        everywhere = np.full(len(u), self.floor)
        return found.less(residuals(everywhere, np.full(len(u), np.inf), u, sigma, order))

    def natural(self, parameters: Array) -> Slopes:
        """Return the log-likelihood, gradient and information in (β, γ)."""
        found, sigma = self.at(parameters)
        w = self.weights
        gradient = np.r_[self.x.T @ (w * found.moments[0] / sigma), self.z.T @ (w * found.moments[1])]
        across, mixed, along = curvature(found, sigma)
        information = np.block(
            [
                [(self.x * (w * along)[:, None]).T @ self.x, (self.x * (w * mixed)[:, None]).T @ self.z],
                [(self.z * (w * mixed)[:, None]).T @ self.x, (self.z * (w * across)[:, None]).T @ self.z],
            ]
        )
        return float(w @ found.log_likelihood), gradient, information

    def olsen(self, parameters: Array) -> Slopes:
        """Return the log-likelihood, gradient and information in (β/σ, 1/σ), for one σ.

        Concave in these parameters; −∞ where 1/σ is not positive.

        **Source** Olsen (1978), Econometrica 46(5), 1211–1215; Burridge (1981), Journal of the Royal Statistical
        Society B 43(1), 41–45, for grouped data.
        """
        precision = float(parameters[-1])
        if precision <= 0:
            return -np.inf, parameters, np.eye(len(parameters))
        v = self.x @ parameters[:-1]
        found = self._given_floor(v / precision, np.full(len(v), 1.0 / precision), 2)
        w = self.weights
        slope = -(v * found.moments[0] + found.moments[1]) / precision
        mixed = -(v * found.along[0] + found.across[0]) / precision
        turned = -(v * found.along[1] + found.across[1]) / precision
        bent = -(slope + turned + v * mixed) / precision
        gradient = np.r_[self.x.T @ (w * found.moments[0]), w @ slope]
        corner = self.x.T @ (w * mixed)
        hessian = np.block([[(self.x * (w * found.along[0])[:, None]).T @ self.x, corner[:, None]], [corner, w @ bent]])
        return float(w @ found.log_likelihood), gradient, -hessian


def curvature(found: Residuals, sigma: Array) -> tuple[Array, Array, Array]:
    """Return each row's information (n,) about ln σ, about both, and about the mean."""
    return -found.across[1], -found.along[1] / sigma, -found.along[0] / sigma**2
