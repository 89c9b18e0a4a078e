"""Influence against the covariance rules of a single equation, and its degrees of freedom against Bell–McCaffrey's."""

from __future__ import annotations

import numpy as np
import pytest

from salarylab.errors import ModelError
from salarylab.model.clusters import clustered
from salarylab.model.covariance import bell_mccaffrey, heteroskedastic
from salarylab.model.decompose.influence import Units, of_coefficients, of_means
from salarylab.model.least_squares import Solution, solve

N, CLUSTERS = 300, 30


def fitted(*, weighted: bool) -> tuple[Solution, np.ndarray]:
    """Return an equation with a cell of a dozen rows, and clusters of uneven size, some larger than its columns."""
    rng = np.random.default_rng(2)
    codes = np.minimum(rng.integers(0, CLUSTERS, N), rng.integers(0, CLUSTERS, N))
    x = np.column_stack([np.ones(N), rng.normal(size=N), np.arange(N) < 12])
    w = rng.uniform(0.5, 3.0, N) if weighted else None
    return solve(x, x @ [1.0, 0.1, 0.2] + rng.normal(size=N), ["c", "a", "b"], w), np.unique(
        codes, return_inverse=True
    )[1]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("kind", ["HC0", "HC1", "HC2", "HC3"])
def test_of_one_equation_rows_give_the_rule_s_covariance(kind: str, weighted: bool) -> None:
    fit, _ = fitted(weighted=weighted)
    found = of_coefficients(fit, np.eye(3), Units(kind, np.arange(N), N, None), np.arange(N))
    np.testing.assert_allclose(found.covariance(kind), heteroskedastic(fit, kind), rtol=1e-10)  # type: ignore[arg-type]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("kind", ["CR0", "CR1", "CRV3"])
def test_of_one_equation_clusters_give_the_rule_s_covariance(kind: str, weighted: bool) -> None:
    fit, codes = fitted(weighted=weighted)
    units = Units(kind, codes, int(codes.max()) + 1, "employer")
    found = of_coefficients(fit, np.eye(3), units, np.arange(N))
    np.testing.assert_allclose(found.covariance(kind), clustered(fit, codes, kind).covariance, rtol=1e-9)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["HC1", "HC2", "HC3"])
def test_a_mean_is_a_regression_on_the_constant(kind: str) -> None:
    rng = np.random.default_rng(4)
    values, w = rng.normal(size=N), rng.uniform(0.5, 3.0, N)
    units = Units(kind, np.arange(N), N, None)
    found = of_means(values[:, None], w, np.ones((1, 1)), units, np.arange(N))
    fit = solve(np.ones((N, 1)), values, ["c"], w)
    np.testing.assert_allclose(found.covariance(kind), heteroskedastic(fit, kind), rtol=1e-10)  # type: ignore[arg-type]


def test_degrees_of_freedom_are_near_bell_and_mccaffrey_s() -> None:
    """They belong to cells, not to n: a cell of twelve rows among 300 has eleven."""
    fit, _ = fitted(weighted=False)
    found = of_coefficients(fit, np.eye(3), Units("HC2", np.arange(N), N, None), np.arange(N)).df
    np.testing.assert_allclose(found, bell_mccaffrey(fit, np.eye(3)), rtol=0.1)
    assert found[2] < 14


def test_a_row_alone_in_its_cell_is_refused_by_rules_that_need_its_leverage() -> None:
    x = np.column_stack([np.ones(N), np.arange(N) == 0])
    fit = solve(x, np.arange(N, dtype=float) ** 1.5, ["c", "a"])
    rows = np.arange(N)
    with pytest.raises(ModelError, match="leverage 1"):
        of_coefficients(fit, np.eye(2), Units("HC2", rows, N, None), rows)
    of_coefficients(fit, np.eye(2), Units("HC1", rows, N, None), rows)
