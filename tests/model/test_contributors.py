"""Contributors: a cell that is mostly one employer's, or one row's by weight, tells nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

import salarylab as sl
from salarylab.model.estimate import NUMBERS

Make = Callable[..., sl.Records]


@pytest.fixture
def estimate(make_records: Make) -> Callable[..., sl.Estimate]:
    """Return a function to an estimate of pay by title among 90 invented workers, 30 of each title."""

    def make(
        employers: list[str | None], factors: tuple[str, ...] = ("title",), weights: str | None = None, **columns: Any
    ) -> sl.Estimate:
        pay = np.exp(10.8 + np.random.default_rng(7).normal(0, 0.3, 90)).tolist()
        titles = ["analyst"] * 30 + ["engineer"] * 30 + ["manager"] * 30
        given = {"pay_annual_usd": pay, "title": titles, "employer": employers} | columns
        spec = sl.Spec(factors=factors, bases={"title": "analyst"}, weights=weights, covariance="HC1")
        return sl.fit(sl.build(spec, sl.draw(make_records(**given), [])))

    return make


def many(n: int) -> list[str]:
    return [f"firm {i % 5}" for i in range(n)]


@pytest.mark.parametrize(("of_one", "withheld"), [(15, False), (16, True), (30, True)])
def test_a_level_of_which_one_employer_gives_more_than_half_tells_nothing(
    estimate: Callable[..., sl.Estimate], of_one: int, withheld: bool
) -> None:
    found = estimate(many(30) + ["the works"] * of_one + many(30 - of_one) + many(30))
    row = found.terms.filter(pl.col("level") == "engineer").row(0, named=True)
    assert [row[name] is None for name in (*NUMBERS, "n")] == [withheld] * (len(NUMBERS) + 1)
    told = sl.contrast(found, "title", "engineer")
    assert told.suppressed is withheld
    assert told.sentence.endswith("withheld, mostly one contributor.") is withheld
    assert sl.premia(found, "title").filter(pl.col("level") == "engineer")["value"].is_null().item() is withheld
    assert not sl.contrast(found, "title", "manager").suppressed


def test_a_base_that_is_one_employers_tells_of_no_level(estimate: Callable[..., sl.Estimate]) -> None:
    found = estimate(["the works"] * 30 + many(60))
    assert sl.premia(found, "title")["value"].null_count() == 2
    assert sl.joint_test(found, "title").value is None
    assert not sl.contrast(found, "title", "manager", "engineer").suppressed


def test_workers_of_unknown_employers_stand_for_themselves(estimate: Callable[..., sl.Estimate]) -> None:
    unknown: list[str | None] = [None] * 30
    assert not sl.contrast(estimate(many(30) + unknown + many(30)), "title", "engineer").suppressed


def test_a_cell_that_names_its_employer_tells_of_it_openly(estimate: Callable[..., sl.Estimate]) -> None:
    found = estimate(many(90), factors=("employer",))
    assert sl.premia(found, "employer")["value"].null_count() == 0


@pytest.mark.parametrize(("heavy", "withheld"), [(29.0, False), (30.0, True)])
def test_a_row_that_holds_most_of_a_cells_weight_dominates_it(
    estimate: Callable[..., sl.Estimate], heavy: float, withheld: bool
) -> None:
    weight = [1.0] * 30 + [heavy] + [1.0] * 29 + [1.0] * 30
    found = estimate([None] * 90, weights="weight", weight=weight)
    assert sl.contrast(found, "title", "engineer").suppressed is withheld


def test_a_corner_of_an_interaction_that_is_one_employers_withholds_the_term(
    estimate: Callable[..., sl.Estimate],
) -> None:
    modes = ["on-site", "remote"] * 45
    employers = [
        "the works" if title and mode == "remote" else None
        for title, mode in zip([0] * 30 + [1] * 30 + [0] * 30, modes, strict=True)
    ]
    found = estimate(employers, factors=("title", "work_mode", "title:work_mode"), work_mode=modes)
    crossed = found.terms.filter(pl.col("factor") == "title:work_mode")
    assert crossed.select("log_points").null_count().item() == 1
    assert crossed.filter(pl.col("log_points").is_null())["term"].item() == "title[engineer]:work_mode[remote]"
