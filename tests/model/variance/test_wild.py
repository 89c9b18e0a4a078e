"""The wild cluster bootstrap against refits of every draw, and what it says where it can tell nothing."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from salarylab.errors import ModelError
from salarylab.model.kernel.cells import collapsed
from salarylab.model.kernel.solution import Solution, solve
from salarylab.model.variance.factors import factors
from salarylab.model.variance.wild import wild_interval

CONTRAST = np.array([0.0, 1.0, -1.0, 0.0, 0.0, 0.0, 0.0])


def solved(made: Any) -> Solution:
    return solve(made.rows, made.names, meat="clusters", clusters=made.groups)


def refitted(made: Any, contrast: np.ndarray, value: float, draws: np.ndarray) -> np.ndarray:
    """Return, draw by draw, whether |t*| is as large as |t|: every draw's outcome is made and fitted again."""
    root = np.sqrt(made.w)[:, None]
    bread = made.bread

    def fitted(y: np.ndarray) -> tuple[np.ndarray, float]:
        b = bread @ (made.x.T @ (made.w * y))
        scores = made.x * (root[:, 0] ** 2 * (y - made.x @ b))[:, None]
        sums = np.array([scores[made.clusters == g].sum(axis=0) for g in range(made.groups)])
        return b, (contrast @ b - value) / np.sqrt(contrast @ bread @ sums.T @ sums @ bread @ contrast)

    b, t = fitted(made.y)
    restricted = b - bread @ contrast * (contrast @ b - value) / (contrast @ bread @ contrast)
    around, rest = made.x @ restricted, made.y - made.x @ restricted
    again = np.array([fitted(around + v[made.clusters] * rest)[1] for v in draws])
    return np.asarray(np.abs(again) >= abs(t) * (1 - 1e-9))


@pytest.mark.parametrize("weighted", [False, True])
def test_every_sign_once_equals_refitting_every_draw(make: Any, weighted: bool) -> None:
    made = make(150, (3, 4), 1, weighted=weighted, clusters=8)
    signs = np.array(list(product([1.0, -1.0], repeat=8)))
    found = wild_interval(solved(made), CONTRAST, scheme="enumerated")
    assert (found.clusters, found.draws, found.scheme) == (8, 128, "enumerated")
    assert found.p == refitted(made, CONTRAST, 0.0, signs).mean()
    # just inside the interval a hypothesis stands, just outside it falls
    for end, outwards in ((found.low, -1e-7), (found.high, 1e-7)):
        assert refitted(made, CONTRAST, end - outwards, signs).mean() > 0.05
        assert refitted(made, CONTRAST, end + outwards, signs).mean() <= 0.05


@pytest.mark.parametrize(("scheme", "clusters"), [("Webb", 6), ("Rademacher", 20)])
def test_drawn_factors_equal_refitting_the_same_draws(make: Any, scheme: Any, clusters: int) -> None:
    made = make(150, (3, 4), 1, weighted=True, clusters=clusters)
    draws = np.vstack(list(factors(scheme, made.groups, 199, 3)))
    found = wild_interval(solved(made), CONTRAST, draws=199, seed=3, scheme=scheme)
    assert found.p == (1 + refitted(made, CONTRAST, 0.0, draws).sum()) / 200
    again = wild_interval(solved(made), CONTRAST, draws=199, seed=3, scheme=scheme)
    assert again == found


def test_rows_without_clusters_are_each_their_own(make: Any) -> None:
    made = make(40, (2, 2), weighted=True)
    single = replace(made, clusters=np.arange(40))
    contrast = np.array([0.0, 1.0, 0.0])
    draws = np.vstack(list(factors("Rademacher", 40, 99, 0)))
    found = wild_interval(solve(made.rows, made.names), contrast, draws=99)
    assert found.clusters == 40
    assert found.p == (1 + refitted(single, contrast, 0.0, draws).sum()) / 100


def test_cells_count_as_the_rows_in_them(make: Any) -> None:
    made = make(900, (3, 2), clusters=14)
    contrast = np.array([0.0, 1.0, 0.0, 0.0])
    one = wild_interval(solved(made), contrast)
    other = wild_interval(solved(replace(made, rows=collapsed(made.rows))), contrast)
    assert other.p == one.p
    assert (other.low, other.high) == pytest.approx((one.low, one.high), rel=1e-8)


def test_the_interval_holds_the_hypotheses_that_its_level_does_not_reject(make: Any) -> None:
    solution = solved(make(300, (3, 4), 1, clusters=14))
    ends = [wild_interval(solution, CONTRAST, level=level) for level in (0.5, 0.9, 0.99)]
    assert [found.low for found in ends] == sorted((found.low for found in ends), reverse=True)
    assert [found.high for found in ends] == sorted(found.high for found in ends)
    assert all(found.low < CONTRAST @ solution.coefficients < found.high for found in ends)
    assert {found.p for found in ends} == {ends[0].p}


def test_few_clusters_that_differ_in_the_factor_are_said(plain: Any) -> None:
    rng = np.random.default_rng(8)
    codes = np.repeat(np.arange(15), 20)
    y = rng.normal(size=300) + rng.normal(size=15)[codes]

    def asked(treated: int) -> Any:
        rows = plain((codes < treated)[:, None].astype(float), y, None, codes)
        return wild_interval(solve(rows, ["intercept", "d"], meat="clusters", clusters=15), np.array([0.0, 1.0]))

    assert "few clusters differ" in asked(2).notes[0]
    assert asked(7).notes == ()
    assert asked(1).high - asked(1).low > 2 * (asked(7).high - asked(7).low)


def test_a_term_inside_one_cluster_has_no_ends(plain: Any) -> None:
    codes = np.repeat(np.arange(12), 20)
    y = np.random.default_rng(8).normal(size=240)
    rows = plain(np.eye(12)[codes][:, 1:], y, None, codes)
    solution = solve(rows, [f"x{i}" for i in range(12)], meat="clusters", clusters=12)
    found = wild_interval(solution, np.eye(12)[3])
    assert (found.low, found.high, found.p) == (-np.inf, np.inf, 1.0)
    assert "inside one cluster" in found.notes[0]


def test_too_few_draws_for_the_level_leave_no_end(make: Any) -> None:
    found = wild_interval(solved(make(100, (3, 4), 1, clusters=5)), CONTRAST, scheme="enumerated")
    assert (found.low, found.high) == (-np.inf, np.inf)  # 16 draws: no p-value is below 1/16
    assert "no end" in found.notes[-1]


def test_four_clusters_and_rows_too_many_are_refused(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from salarylab.model.variance import wild

    with pytest.raises(ModelError, match="at least 5"):
        wild_interval(solved(make(100, (3, 4), 1, clusters=4)), CONTRAST)
    monkeypatch.setattr(wild, "MOST_SCORES", 100)
    made = make(100, (3, 4), 1)
    with pytest.raises(ModelError, match="take HC2"):
        wild_interval(solve(made.rows, made.names), CONTRAST)


@pytest.mark.parametrize("scheme", ["enumerated", "Rademacher", "Webb"])
def test_factors_have_mean_zero_and_variance_one(scheme: Any) -> None:
    drawn = np.vstack(list(factors(scheme, 10, 200_000, 1)))
    if scheme == "enumerated":
        assert len(np.unique(np.vstack([drawn, -drawn]), axis=0)) == 1024
        drawn = np.vstack([drawn, -drawn])
    assert np.abs(drawn.mean(axis=0)).max() < 0.01
    assert np.abs((drawn**2).mean(axis=0) - 1.0).max() < 0.01
