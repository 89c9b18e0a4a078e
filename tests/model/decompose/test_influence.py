"""Influence against the covariance rules of a single equation, and its degrees of freedom against Bell–McCaffrey's."""

from __future__ import annotations

import numpy as np
import pytest

from salarylab.errors import ModelError
from salarylab.model.coding import plain
from salarylab.model.decompose.influence import Units, of_coefficients, of_means
from salarylab.model.kernel.rows import Rows
from salarylab.model.kernel.solution import solve
from salarylab.model.least_squares import DenseFit, solve_dense
from salarylab.model.variance.clusters import clustered
from salarylab.model.variance.independent import bell_mccaffrey, heteroskedastic

N, CLUSTERS = 300, 30
NAMES = ["c", "a", "b"]


def drawn(*, weighted: bool) -> tuple[DenseFit, Rows]:
    """Return an equation with a cell of a dozen rows, and clusters of uneven size, some larger than its columns."""
    rng = np.random.default_rng(2)
    codes = np.minimum(rng.integers(0, CLUSTERS, N), rng.integers(0, CLUSTERS, N))
    x = np.column_stack([np.ones(N), rng.normal(size=N), np.arange(N) < 12])
    w = rng.uniform(0.5, 3.0, N) if weighted else None
    y = x @ [1.0, 0.1, 0.2] + rng.normal(size=N)
    return solve_dense(x, y, NAMES, w), plain(x, y, w, np.unique(codes, return_inverse=True)[1])


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("kind", ["HC0", "HC1", "HC2", "HC3"])
def test_of_one_equation_rows_give_the_rule_s_covariance(kind: str, weighted: bool) -> None:
    fit, rows = drawn(weighted=weighted)
    found = of_coefficients(fit, np.eye(3), Units(kind, np.arange(N), N, None), np.arange(N))
    whole = heteroskedastic(solve(rows, NAMES, meat=kind), kind)  # type: ignore[arg-type]
    np.testing.assert_allclose(found.covariance(kind), whole, rtol=1e-10)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("kind", ["CR0", "CR1", "CRV3"])
def test_of_one_equation_clusters_give_the_rule_s_covariance(kind: str, weighted: bool) -> None:
    fit, rows = drawn(weighted=weighted)
    assert rows.clusters is not None
    count = int(rows.clusters.max()) + 1
    units = Units(kind, rows.clusters.astype(np.int64), count, "employer")
    found = of_coefficients(fit, np.eye(3), units, np.arange(N))
    whole = clustered(solve(rows, NAMES, meat="clusters", clusters=count), kind)  # type: ignore[arg-type]
    np.testing.assert_allclose(found.covariance(kind), whole.covariance, rtol=1e-9)


@pytest.mark.parametrize("kind", ["HC1", "HC2", "HC3"])
def test_a_mean_is_a_regression_on_the_constant(kind: str) -> None:
    rng = np.random.default_rng(4)
    values, w = rng.normal(size=N), rng.uniform(0.5, 3.0, N)
    units = Units(kind, np.arange(N), N, None)
    found = of_means(values[:, None], w, np.ones((1, 1)), units, np.arange(N))
    fit = solve(plain(np.ones((N, 1)), values, w), ["c"], meat=kind)  # type: ignore[arg-type]
    np.testing.assert_allclose(found.covariance(kind), heteroskedastic(fit, kind), rtol=1e-10)  # type: ignore[arg-type]


def test_degrees_of_freedom_are_near_bell_and_mccaffrey_s() -> None:
    """They belong to cells, not to n: a cell of twelve rows among 300 has eleven."""
    fit, rows = drawn(weighted=False)
    found = of_coefficients(fit, np.eye(3), Units("HC2", np.arange(N), N, None), np.arange(N)).df
    np.testing.assert_allclose(found, bell_mccaffrey(solve(rows, NAMES), np.eye(3)), rtol=0.1)
    assert found[2] < 14


def test_a_row_alone_in_its_cell_is_refused_by_rules_that_need_its_leverage() -> None:
    x = np.column_stack([np.ones(N), np.arange(N) == 0])
    fit = solve_dense(x, np.arange(N, dtype=float) ** 1.5, ["c", "a"])
    rows = np.arange(N)
    with pytest.raises(ModelError, match="leverage 1"):
        of_coefficients(fit, np.eye(2), Units("HC2", rows, N, None), rows)
    of_coefficients(fit, np.eye(2), Units("HC1", rows, N, None), rows)
