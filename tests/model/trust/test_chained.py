"""Chained equations: what is drawn, from what, and that draws differ by what is not known."""

from __future__ import annotations

import numpy as np
import pytest

from salarylab.errors import ModelError
from salarylab.model.trust.chained import Column, complete, drawn_levels, matched


def number(name: str, values: np.ndarray) -> Column:
    return Column(name, values, lambda x: x[:, None])


def level(name: str, values: np.ndarray, count: int) -> Column:
    return Column(name, values, lambda x: np.asarray(x[:, None] == np.arange(1, count), dtype=float), count)


def test_matched_numbers_are_answers_near_the_fitted_one() -> None:
    rng = np.random.default_rng(1)
    x = np.column_stack([np.ones(2_000), rng.uniform(0, 10, 2_000)])
    truth = np.round(3 * x[:, 1] + rng.normal(0, 0.5, 2_000))
    values = np.where(rng.random(2_000) < 0.3, np.nan, truth)
    found = matched(x, values, rng)
    gap = np.isnan(values)
    assert set(found[gap]) <= set(values[~gap])
    assert (found[~gap] == values[~gap]).all()
    residual = found[gap] - 3 * x[gap, 1]
    assert residual.mean() == pytest.approx(0, abs=0.1)
    assert residual.std() == pytest.approx((truth - 3 * x[:, 1]).std(), rel=0.15)


def test_drawn_levels_have_the_shares_of_those_who_answered_alike() -> None:
    rng = np.random.default_rng(2)
    w = rng.integers(0, 2, 6_000)
    truth = np.where(rng.random(6_000) < np.where(w, 0.8, 0.3), 1.0, 0.0)
    values = np.where(rng.random(6_000) < np.where(w, 0.6, 0.1), np.nan, truth)
    found, _ = drawn_levels(np.column_stack([np.ones(6_000), w]), values, rng)
    for s, share in ((0, 0.3), (1, 0.8)):
        drawn = found[np.isnan(values) & (w == s)]
        assert drawn.mean() == pytest.approx(share, abs=0.05)


def test_a_level_of_fewer_than_ten_answers_is_never_drawn() -> None:
    rng = np.random.default_rng(3)
    values = rng.integers(0, 2, 500).astype(float)
    values[:9], values[9:200] = 2.0, np.nan
    columns = [level("a", values, 3)]
    draws = complete(columns, rng.standard_normal(500), np.zeros((500, 0)), 2, rng)
    assert set(draws["a"][9:200]) == {0.0, 1.0}
    assert (draws["a"][:9] == 2).all()


def test_a_seed_repeats_and_another_differs() -> None:
    rng = np.random.default_rng(4)
    y = rng.standard_normal(400)
    a = np.where(rng.random(400) < 0.3, np.nan, y + rng.standard_normal(400))
    b = np.where(rng.random(400) < 0.3, np.nan, (y + rng.standard_normal(400) > 0).astype(float))
    columns = [number("a", a), level("b", b, 2)]

    def once(seed: int) -> np.ndarray:
        draws = complete(columns, y, np.zeros((400, 0)), 3, np.random.default_rng(seed))
        return np.concatenate([draws["a"], draws["b"]])

    assert (once(1) == once(1)).all()
    assert (once(1) != once(2)).any()


def test_columns_that_follow_from_others_are_no_obstacle() -> None:
    rng = np.random.default_rng(5)
    y = rng.standard_normal(300)
    a = np.where(rng.random(300) < 0.3, np.nan, y + rng.standard_normal(300))
    columns = [number("a", a), number("b", 2 * y), number("c", np.ones(300))]
    assert np.isfinite(complete(columns, y, np.zeros((300, 0)), 2, rng)["a"]).all()


def test_too_few_answers_are_refused_by_name() -> None:
    values = np.full(100, np.nan)
    values[:9] = 1.0
    rng = np.random.default_rng(1)
    with pytest.raises(ModelError, match=r"factor 'a'[\s\S]*fewer than 10 answers"):
        complete([number("a", values)], np.zeros(100), np.zeros((100, 0)), 1, rng)
    one = np.where(np.arange(100) < 50, 1.0, np.nan)
    with pytest.raises(ModelError, match="two levels with ten answers"):
        complete([level("a", one, 2)], np.zeros(100), np.zeros((100, 0)), 1, rng)
