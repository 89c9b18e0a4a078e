"""Generalised residuals against quadrature, differences and limits."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from salarylab.model.distribution.interval_residuals import NORMAL, residuals

LOW = np.array([-np.inf, -0.4, 1.3, 0.7, -3.0, 2.0])
HIGH = np.array([0.2, 0.9, np.inf, 0.7, -2.5, 2.01])
U, SIGMA = np.linspace(-0.5, 0.8, 6), np.linspace(0.6, 1.4, 6)


def test_moments_are_those_of_the_truncated_normal_by_quadrature() -> None:
    found = residuals(LOW, HIGH, U, SIGMA, order=4)
    for i in (0, 1, 2, 4):
        a, b = (LOW[i] - U[i]) / SIGMA[i], (HIGH[i] - U[i]) / SIGMA[i]
        mass = norm.cdf(b) - norm.cdf(a)
        assert found.log_likelihood[i] == pytest.approx(np.log(mass), rel=1e-12)
        for j in range(1, 5):
            moment = quad(lambda z, j=j: z**j * norm.pdf(z), a, b, epsabs=1e-13)[0] / mass
            assert found.moments[j - 1, i] + NORMAL[j - 1] == pytest.approx(moment, abs=1e-9)


def test_slopes_are_the_differences_of_the_moments() -> None:
    found, step = residuals(LOW, HIGH, U, SIGMA, order=4), 1e-6
    ahead, behind = residuals(LOW, HIGH, U + step, SIGMA, 4), residuals(LOW, HIGH, U - step, SIGMA, 4)
    np.testing.assert_allclose((ahead.moments - behind.moments) / (2 * step) * SIGMA, found.along, atol=3e-5)
    wider, closer = SIGMA * np.exp(step), SIGMA * np.exp(-step)
    ahead, behind = residuals(LOW, HIGH, U, wider, 4), residuals(LOW, HIGH, U, closer, 4)
    np.testing.assert_allclose((ahead.moments - behind.moments) / (2 * step), found.across, atol=3e-5)


def test_a_narrow_band_has_the_residuals_of_a_point() -> None:
    u, sigma, at = np.zeros(3), np.full(3, 0.5), np.array([-1.0, 0.1, 2.0])
    band, point = residuals(at - 2e-5, at + 2e-5, u, sigma, 4), residuals(at, at, u, sigma, 4)
    for name in ("moments", "along", "across"):
        np.testing.assert_allclose(getattr(band, name), getattr(point, name), rtol=1e-6, atol=1e-6)


def test_no_digit_is_lost_far_out_in_a_tail() -> None:
    low, high = np.array([30.0, -31.0]), np.array([31.0, -30.0])
    found = residuals(low, high, np.zeros(2), np.ones(2))
    assert found.log_likelihood == pytest.approx(norm.logsf(30.0), rel=1e-12)
    assert np.abs(found.moments[0]) == pytest.approx(30 + 1 / 30 - 2 / 30**3 + 10 / 30**5, rel=1e-7)  # Mills' ratio
    assert found.moments[0].sum() == 0.0
