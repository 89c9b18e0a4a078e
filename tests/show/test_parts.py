"""Parts: bars add up as the decompositions do, and begin where the one before ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

import salarylab as sl
from salarylab.disclosure import release
from salarylab.model import Unanswered, decompose
from salarylab.show.intervals import HIGH, IN_LOGS, LOW
from salarylab.show.parts import FROM, LINE, PERCENT, TO

Drawn = Callable[[Any], list[dict[str, Any]]]


def lines_of(figure: Any, marks_of: Drawn) -> dict[str, dict[str, Any]]:
    return {mark[LINE]: mark for mark in marks_of(figure)}


@pytest.mark.parametrize("folds", [2, 3])
def test_the_parts_of_a_gap_add_up_to_it_as_drawn(full: sl.Estimate, marks_of: Drawn, folds: Any) -> None:
    found = decompose.oaxaca(full, "work_mode", "remote", folds=folds)
    lines = lines_of(sl.show.oaxaca(found), marks_of)
    assert lines["raw gap"][IN_LOGS] == pytest.approx(found.gap.value, abs=0.0005)
    assert sum(lines[part][TO] for part in found.parts) == pytest.approx(lines["raw gap"][TO], abs=0.002)
    for part in found.parts:
        of_part = [line[TO] for name, line in lines.items() if name.startswith(f"{part}: ")]
        assert sum(of_part) == pytest.approx(lines[part][TO], abs=0.004)


def test_the_intervals_of_parts_are_their_own(full: sl.Estimate, marks_of: Drawn) -> None:
    found = decompose.oaxaca(full, "work_mode", "remote")
    lines = lines_of(sl.show.oaxaca(found), marks_of)
    row = found.table.filter(pl.col("part") == "explained", pl.col("factor") == "education", pl.col("level").is_null())
    drawn = lines["explained: education"]
    assert [drawn[LOW], drawn[HIGH]] == pytest.approx(row.select("low", "high").row(0), abs=0.0005)


def test_each_block_steps_down_from_where_the_one_before_ended(full: sl.Estimate, marks_of: Drawn) -> None:
    found = decompose.gelbach(full, "education", "doctorate")
    steps = list(lines_of(sl.show.gelbach(found), marks_of).values())
    base, *blocks, last = steps
    assert [step[LINE] for step in steps] == [
        "base premium",
        "experience",
        "where the work is done",
        "role family",
        "year",
        "full premium",
    ]
    assert base[FROM] == last[FROM] == 0
    for before, after in zip([base, *blocks], blocks, strict=False):
        assert after[FROM] == pytest.approx(before[TO], abs=0.001)
    assert blocks[-1][TO] == pytest.approx(last[TO], abs=0.001)
    part = found.part("role_family")
    drawn = next(step for step in blocks if step[LINE] == "role family")
    assert drawn[IN_LOGS] == pytest.approx(part.value, abs=0.0005)
    assert [drawn[FROM] - drawn[HIGH], drawn[FROM] - drawn[LOW]] == pytest.approx([part.low, part.high], abs=0.001)


def test_the_parts_of_every_statistic_are_drawn(fit: Callable[..., sl.Estimate], marks_of: Drawn) -> None:
    design = fit("education", "work_mode").design
    found = decompose.reweighting(
        design, "work_mode", "remote", statistics_of_pay=["mean", "p50", "variance"], draws=99
    )
    drawn = marks_of(sl.show.reweighting(found))
    assert {(mark["statistic"], mark["part"]) for mark in drawn} == {
        (label, part)
        for label in ("mean of log pay", "median of log pay")
        for part in ("gap", "composition", "structure")
    }  # a variance is no log point
    by_part = {mark["part"]: mark[IN_LOGS] for mark in drawn if mark["statistic"] == "mean of log pay"}
    assert by_part["gap"] == pytest.approx(by_part["composition"] + by_part["structure"], abs=0.0011)


def test_what_may_not_be_told_is_not_drawn(invented: Callable[..., sl.Sample]) -> None:
    titles = ["engineer"] * 60 + ["analyst"] * 60 + ["swan marker"] * 4
    modes = ["remote", "on-site"] * 62
    design = sl.build(sl.Spec(factors=("title", "work_mode")), invented(title=titles, work_mode=modes))
    for shown in (
        sl.show.oaxaca(decompose.oaxaca(design, "title", "swan marker", "engineer")),
        sl.show.gelbach(decompose.gelbach(design, "title", "swan marker", "engineer")),
    ):
        assert isinstance(shown, Unanswered)
        assert "swan" not in str(shown)


def test_shares_stand_in_order_and_say_at_most(marks_of: Drawn) -> None:
    blocks = {"block": ["year", "place", "few"], "share": [0.001, 0.2, 0.5], "low": [None, 0.17, 0.4]}
    shown = release(pl.DataFrame(blocks | {"high": [0.004, 0.23, 0.6], "n": [500, 500, 5]}), ["share", "low", "high"])
    drawn = marks_of(sl.show.shares(shown, subject="Shares", headline="Invented"))
    assert [(mark[LINE], mark[LOW], mark[PERCENT], mark[HIGH]) for mark in drawn] == [
        ("place", 17.0, 20.0, 23.0),
        ("year", 0.0, 0.1, 0.4),
    ]
