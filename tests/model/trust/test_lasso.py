"""The lasso against independent solvers, and its own optimality conditions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salarylab.errors import ModelError
from salarylab.model.trust.lasso import lasso


def problem(seed: int, n: int, p: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, p)) @ (np.eye(p) + 0.3 * rng.standard_normal((p, p)) / np.sqrt(p))
    y = x[:, : min(3, p)].sum(axis=1) + rng.standard_normal(n)
    return x, y, rng.uniform(0.05, 0.3, p)


def objective(x: np.ndarray, y: np.ndarray, penalties: np.ndarray, b: np.ndarray) -> float:
    residual = y - x @ b
    return float(residual @ residual / (2 * len(y)) + penalties @ np.abs(b))


def test_the_solution_is_that_of_statsmodels() -> None:
    import statsmodels.api as sm

    x, y, penalties = problem(100, 100, 8)
    peer = sm.OLS(y, x).fit_regularized(alpha=penalties, L1_wt=1.0, maxiter=20_000, cnvrg_tol=1e-14, zero_tol=1e-14)
    assert lasso(x, y, penalties).coefficients == pytest.approx(np.asarray(peer.params), abs=1e-8)


@pytest.mark.parametrize(("n", "p"), [(80, 12), (60, 40), (40, 60)])
def test_the_solution_is_that_of_a_quadratic_program(n: int, p: int) -> None:
    """Positive and negative parts, bounded below by zero, by a projected quasi-Newton method."""
    from scipy.optimize import minimize

    x, y, penalties = problem(n, n, p)

    def parts(c: np.ndarray) -> tuple[float, np.ndarray]:
        slope = -x.T @ (y - x @ (c[:p] - c[p:])) / n
        value = objective(x, y, penalties * 0, c[:p] - c[p:]) + np.append(penalties, penalties) @ c
        return value, np.concatenate([slope + penalties, -slope + penalties])

    exact = {"ftol": 0.0, "gtol": 1e-13, "maxiter": 100_000, "maxfun": 1_000_000, "maxls": 50}
    peer = minimize(parts, np.zeros(2 * p), jac=True, method="L-BFGS-B", bounds=[(0, None)] * (2 * p), options=exact)
    found = lasso(x, y, penalties).coefficients
    assert objective(x, y, penalties, found) <= peer.fun + 1e-13
    assert found == pytest.approx(peer.x[:p] - peer.x[p:], abs=5e-8)  # the peer stops where the loss is flat


@given(st.integers(0, 10_000), st.integers(2, 30), st.integers(1, 40))
def test_every_optimality_condition_holds(seed: int, n: int, p: int) -> None:
    x, y, penalties = problem(seed, n, p)
    found = lasso(x, y, penalties)
    slope = x.T @ (y - x @ found.coefficients) / n
    assert (np.abs(slope) <= penalties + 1e-8).all()
    assert slope[found.active] == pytest.approx((penalties * np.sign(found.coefficients))[found.active], abs=1e-8)


def test_two_equal_columns_still_meet_the_conditions() -> None:
    x, y, penalties = problem(1, 50, 4)
    twice = lasso(np.column_stack([x, x[:, 0]]), y, np.append(penalties, penalties[0]))
    once = lasso(x, y, penalties)
    assert twice.coefficients[0] + twice.coefficients[4] == pytest.approx(once.coefficients[0], abs=1e-8)


def test_bad_input_is_refused_by_name() -> None:
    x, y, penalties = problem(1, 20, 3)
    with pytest.raises(ModelError, match="not finite"):
        lasso(x, np.append(y[1:], np.nan), penalties)
    with pytest.raises(ModelError, match="penalty at or below zero"):
        lasso(x, y, penalties * 0)
