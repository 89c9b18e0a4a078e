"""Parts: bars add up as the decompositions do, and begin where the one before ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

import salarylab as sl
from salarylab.model import decompose
from salarylab.show.intervals import HIGH, IN_LOGS, LOW
from salarylab.show.parts import CHANCE, FROM, LINE, SHARE, TO
from salarylab.unanswered import Unanswered

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


def test_shares_stand_in_order_and_add_up_to_the_whole(full: sl.Estimate, marks_of: Drawn) -> None:
    found = decompose.shapley(full, {"job": ["role_family", "work_mode"]}, draws=19)
    figure = sl.show.shapley(found)
    first, second, *rest = marks_of(figure)
    orders = [layer["encoding"]["y"].get("sort") for layer in figure.spec["layer"] if "y" in layer["encoding"]]  # type: ignore[union-attr]
    assert orders == [[mark[LINE] for mark in (first, second, *rest)]] * 3  # layers that differ would have no order
    assert [first[LINE], second[LINE]] == ["all factors", "all of job"]
    assert [mark[LINE] for mark in rest][-1] == "year"
    drawn = [mark[SHARE] for mark in rest]
    assert drawn == sorted(drawn, reverse=True)
    assert sum(drawn) == pytest.approx(first[SHARE], abs=0.3)
    told = {row["factor"]: row for row in found.table.iter_rows(named=True)}
    by_name = {mark[LINE]: mark for mark in rest}
    assert by_name["education"][SHARE] == pytest.approx(100 * told["education"]["share"], abs=0.051)
    assert by_name["education"][HIGH] == pytest.approx(100 * told["education"]["high"], abs=0.051)
    assert by_name["education"][CHANCE] == pytest.approx(100 * told["education"]["null_high"], abs=0.051)


def test_an_interval_without_a_lower_end_begins_at_zero(invented: Callable[..., sl.Sample], marks_of: Drawn) -> None:
    modes, titles = ["remote", "on-site"] * 66, ["analyst", "engineer", "engineer"] * 44
    found = decompose.shapley(
        sl.build(sl.Spec(factors=("work_mode", "title")), invented(work_mode=modes, title=titles)), draws=0
    )
    assert found.table["low"].null_count() > 0
    for mark in marks_of(sl.show.shapley(found)):
        assert mark[LOW] <= min(0.0, mark[SHARE]) <= mark[HIGH]
        assert mark[CHANCE] is None
