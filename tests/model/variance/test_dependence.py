"""What rows add to coefficients, under every dependence of rows, is the covariance of the fit itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from salarylab.model.kernel.solution import solve
from salarylab.model.least_squares import solve_dense
from salarylab.model.variance.clusters import clustered
from salarylab.model.variance.dependence import covariance_of, effective_groups, row_rule, sums_by
from salarylab.model.variance.independent import heteroskedastic


def halves(added: np.ndarray) -> list[tuple[slice, np.ndarray]]:
    """Return rows in two blocks."""
    return [(part, added[part]) for part in (slice(0, 70), slice(70, None))]


@pytest.mark.parametrize("weighted", [False, True])
def test_influence_of_coefficients_gives_hc1_and_cr1(make: Any, weighted: bool) -> None:
    made = make(200, (3,), 1, weighted=weighted, clusters=30)
    added = solve_dense(made.x, made.y, made.names, made.w).influence()
    hc1 = heteroskedastic(solve(made.rows, made.names, meat="HC1"), "HC1")
    np.testing.assert_allclose(covariance_of(halves(added), row_rule(200, added.shape[1])), hc1, rtol=1e-9)
    fit = solve(made.rows, made.names, meat="clusters", clusters=made.groups)
    rule = row_rule(200, added.shape[1], made.clusters)
    np.testing.assert_allclose(covariance_of(halves(added), rule), clustered(fit, "CR1").covariance, rtol=1e-9)
    assert rule.df == made.groups - 1


def test_influence_over_the_root_of_what_leverage_leaves_gives_hc2(make: Any) -> None:
    made = make(150, (3,), 1)
    added = solve_dense(made.x, made.y, made.names).influence(0.5)
    hc2 = heteroskedastic(solve(made.rows, made.names, meat="HC2"), "HC2")
    np.testing.assert_allclose(added.T @ added, hc2, rtol=1e-9)


def test_sums_and_effective_numbers_are_those_of_clusters() -> None:
    codes, values = np.array([2, 0, 2]), np.array([[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]])
    assert sums_by(codes, values, 4).tolist() == [[2.0, 5.0], [0.0, 0.0], [4.0, 10.0], [0.0, 0.0]]
    assert effective_groups(codes, np.array([1.0, 1.0, 2.0])) == pytest.approx(16 / 10)
    assert effective_groups(None, np.array([1.0, 1.0, 2.0])) == pytest.approx(16 / 6)
