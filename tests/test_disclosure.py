"""Disclosure: small cells are withheld, counts rounded, nothing follows by subtraction; only ever stricter."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, product
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linprog

from salarylab.disclosure import (
    MIN_CELL,
    MIN_PERCENTILE_CELL,
    dominated,
    release,
    release_counts,
    release_flow,
    release_shares,
    round_count,
    round_share,
    share_cell,
    show_count,
    significant,
    threshold,
)
from salarylab.disclosure.rounding import share_step
from salarylab.errors import VocabularyError


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (16, 20),
        (93, 90),
        (99, 100),
        (124, 100),
        (126, 150),
        (999, 1_000),
        (1_049, 1_000),
        (9_960, 10_000),
        (12_249, 12_000),
        (12_251, 12_500),
        (99_900, 100_000),
        (100_499, 100_000),
        (1_234_501, 1_235_000),
    ],
)
def test_counts_are_rounded_by_the_census_table(count: int, shown: int) -> None:
    """US Census Bureau, Disclosure Review Board: to 10, 50, 100, 500 and 1,000 by size of the count."""
    assert round_count(count) == shown


@given(st.integers(MIN_CELL, 10_000_000))
def test_rounding_moves_a_count_by_at_most_half_a_step(count: int) -> None:
    step = 10 if count < 100 else 50 if count < 1_000 else 100 if count < 10_000 else 500 if count < 100_000 else 1_000
    assert abs(round_count(count) - count) <= step / 2
    assert round_count(count) % step == 0


@given(st.integers(1, MIN_CELL - 1))
def test_small_counts_are_not_told_apart(count: int) -> None:
    assert show_count(count) == "fewer than 10"


def test_zero_is_said_and_large_counts_are_about() -> None:
    assert show_count(0) == "0"
    assert show_count(12_251) == "about 12,500"


def test_a_threshold_may_be_raised_and_never_lowered() -> None:
    assert threshold() == MIN_CELL == 10
    assert threshold(11) == 11
    assert threshold(30, MIN_PERCENTILE_CELL) == 30
    with pytest.raises(VocabularyError, match="at least 10"):
        threshold(9)
    with pytest.raises(VocabularyError, match="at least 30"):
        threshold(29, MIN_PERCENTILE_CELL)


CELLS = pl.DataFrame(
    {
        "level": ["none", "few", "enough", "many"],
        "premium": [0.1, 0.2, 0.3, 0.4],
        "median_pay": [1.0, 2.0, 3.0, 4.0],
        "n": [0, 9, 10, 30],
    }
)


def test_release_withholds_values_and_counts_of_small_cells() -> None:
    shown = release(CELLS, ["premium", "median_pay"]).frame
    assert shown["premium"].to_list() == [None, None, 0.3, 0.4]
    assert shown["median_pay"].to_list() == [None, None, 3.0, 4.0]
    assert shown["n"].to_list() == [None, None, 10, 30]
    assert shown["level"].to_list() == CELLS["level"].to_list()
    assert shown.columns == CELLS.columns


def test_release_with_a_higher_threshold() -> None:
    assert release(CELLS, ["premium"], at_least=30).frame["premium"].to_list() == [None, None, None, 0.4]
    with pytest.raises(VocabularyError):
        release(CELLS, ["premium"], at_least=2)


def test_a_cell_of_unknown_size_is_withheld() -> None:
    cells = pl.DataFrame({"premium": [0.1], "n": pl.Series([None], dtype=pl.Int64)})
    assert release(cells, ["premium"]).frame["premium"].to_list() == [None]


def test_a_dominated_cell_is_withheld() -> None:
    cells = CELLS.with_columns(one=pl.Series([False, False, True, False]))
    shown = release(cells, ["premium"], dominated="one").frame
    assert shown["premium"].to_list() == [None, None, None, 0.4]
    assert shown["n"].to_list() == [None, None, None, 30]
    assert "one" not in shown.columns


@given(st.lists(st.integers(0, 400), min_size=1, max_size=6))
def test_what_was_released_is_released_as_it_is(counts: list[int]) -> None:
    cells = pl.DataFrame({"value": [1.0] * len(counts), "n": counts})
    once = release(cells, ["value"]).frame
    assert release(once, ["value"]).frame.equals(once)


@pytest.mark.parametrize("part", [1, 9, 91, 99])
def test_a_share_of_a_few_or_of_all_but_a_few_is_withheld(part: int) -> None:
    assert share_cell(part, 100) < MIN_CELL


@pytest.mark.parametrize("part", [0, 10, 50, 90, 100])
def test_a_share_of_none_of_all_or_of_enough_is_told(part: int) -> None:
    assert share_cell(part, 100) >= MIN_CELL


def test_a_share_of_nothing_stands_on_nothing() -> None:
    assert share_cell(0, 0) == 0


def test_shares_are_withheld_by_the_smaller_side_and_counts_by_the_whole() -> None:
    rows = [0, 9, 10, 90, 91, 100, 5]
    whole = [100] * 6 + [9]
    shown = release_shares(pl.DataFrame({"rows": rows, "n": whole}), "rows").frame
    assert shown["share"].to_list() == [0.0, None, 0.1, 0.9, None, 1.0, None]
    assert shown["n"].to_list() == [100] * 6 + [None]
    assert set(shown.columns) == {"share", "n"}
    assert release_shares(pl.DataFrame({"rows": rows, "n": whole}).clear(), "rows").frame.is_empty()


@given(st.integers(20, 200_000), st.data())
def test_a_share_is_told_in_steps_of_ten_rows_and_close(whole: int, drawn: st.DataObject) -> None:
    part = drawn.draw(st.integers(MIN_CELL, whole - MIN_CELL))
    step = share_step(whole)
    assert step * whole >= MIN_CELL * 0.999999
    assert step * whole <= 2.5 * MIN_CELL
    assert 0 < round_share(part, whole) < 1
    assert abs(round_share(part, whole) - part / whole) <= 0.6 * step + 1e-9  # ten rows are told as one step
    assert round_share(part, whole) / step == pytest.approx(round(round_share(part, whole) / step))


# What a reader can work out


def small_parts(whole: int, parts: Sequence[int]) -> set[int]:
    """Return every size of a withheld part that fits the told whole and other parts, by trying all counts."""
    wholes = [n for n in range(whole + 100) if round_count(n) == round_count(whole) and n >= MIN_CELL]
    others = [[n for n in range(part + 100) if round_count(n) == round_count(part) and n >= MIN_CELL] for part in parts]
    sums = {sum(chosen) for chosen in product(*others)}
    return {n - told for n in wholes for told in sums if 1 <= n - told < MIN_CELL}


@pytest.mark.parametrize("few", [1, 3, 9])
@pytest.mark.parametrize("part", [11, 12, 14, 15, 24, 25, 44, 94, 95, 99, 124, 250, 949, 995, 999, 1_000, 1_050])
def test_rounding_alone_hides_a_part_beside_a_told_one_from_fifteen_rows_up(few: int, part: int) -> None:
    """Sample and records, a step of an attrition, a level beside a total: the difference is anything from 1 to 9."""
    possible = small_parts(part + few, [part])
    if part + few >= 15:
        assert possible == set(range(1, 10))
    else:  # under fifteen rows the told whole says too much: see the complement
        assert max(possible) < 9


@given(st.lists(st.integers(1, 60), min_size=2, max_size=4))
@settings(max_examples=60)
def test_no_withheld_part_follows_from_its_whole_and_the_other_parts(counts: list[int]) -> None:
    """All counts that fit what is told are tried; a withheld part of a few may be any number from 1 to 9."""
    if sum(counts) < MIN_CELL or max(counts) < MIN_CELL:
        return  # nothing is told, or only the whole
    told = release(pl.DataFrame({"n": counts}), [], parts=True).frame["n"].to_list()
    wholes = {n for n in range(MIN_CELL, 400) if round_count(n) == round_count(sum(counts))}
    ways = [
        range(1, MIN_CELL)
        if count < MIN_CELL
        else range(1, 260)  # withheld beside it
        if shown is None
        else [n for n in range(MIN_CELL, 260) if round_count(n) == shown]
        for count, shown in zip(counts, told, strict=True)
    ]
    for i, count in enumerate(counts):
        if count < MIN_CELL:
            rest = {0}
            for j, way in enumerate(ways):
                rest = {a + b for a in rest for b in way} if j != i else rest
            possible = {n for n in range(1, MIN_CELL) if any(n + other in wholes for other in rest)}
            assert possible == set(range(1, MIN_CELL)) or all(shown is None for shown in told)


@pytest.mark.parametrize("few", [1, 5, 9])
def test_counts_of_a_row_are_withheld_together_where_one_is_of_a_few(few: int) -> None:
    steps = pl.DataFrame({"touched": [40, few, 40, 10], "removed": [few, 0, 10, 0], "median": [1.0] * 4})
    shown = release_counts(steps, ["touched", "removed"]).frame
    assert shown["touched"].to_list() == [None, None, 40, 10]
    assert shown["removed"].to_list() == [None, None, 10, 0]
    assert shown["median"].to_list() == [1.0] * 4


@pytest.mark.parametrize(("lost", "shown"), [(0, 0), (1, None), (9, None), (40, None)])
def test_what_the_first_step_of_a_flow_lost_is_told_only_where_it_is_none(lost: int, shown: int | None) -> None:
    # no rows left stand before it, so nothing bounds it: 40 is withheld too
    told = release_flow(pl.DataFrame({"rows_lost": [lost, 20], "rows_left": [200, 180]})).frame
    assert told["rows_lost"].to_list() == [shown, 20]


def test_a_part_of_a_small_whole_takes_the_next_smallest_with_it() -> None:
    assert release(pl.DataFrame({"n": [3, 10]}), [], parts=True).frame["n"].to_list() == [None, None]
    assert release(pl.DataFrame({"n": [3, 40, 60]}), [], parts=True).frame["n"].to_list() == [None, 40, 60]


@given(st.integers(10, 300), st.lists(st.sampled_from([0, 1, 2, 3, 9, 10, 12, 40]), max_size=6))
def test_no_loss_of_a_few_follows_from_a_flow(raw: int, losses: list[int]) -> None:
    """The system of all told counts is solved by scipy's linear programming, not by the house's own paths."""
    lost = [loss for i, loss in enumerate(losses) if raw - sum(losses[: i + 1]) >= 0]
    left = list(accumulate(lost, lambda rows, loss: rows - loss, initial=raw))
    flow = pl.DataFrame({"rows_lost": [0, *lost], "rows_left": left})
    if min(left) < 0:
        return
    told = release_flow(flow).frame
    n = len(left)
    bounds = [fits(count, shown) for count, shown in zip(flow["rows_left"], told["rows_left"], strict=True)]
    pairs = list(zip(flow["rows_lost"], told["rows_lost"], strict=True))[1:]
    above = [row for i in range(n - 1) for row in ([0] * i + [1, -1] + [0] * (n - i - 2),)]
    limits = [fits(count, shown) for count, shown in pairs]
    for i, (count, _) in enumerate(pairs):
        if 0 < count < MIN_CELL and told["rows_left"].drop_nulls().len():
            ends = [extreme(sign * np.array(above[i]), np.array(above), limits, bounds) for sign in (1, -1)]
            assert ends[0] <= 1
            assert -ends[1] >= MIN_CELL - 1


def fits(count: int, shown: int | None) -> tuple[int, int]:
    """Return the least and greatest count that is told so: by trying, not by the house's formula."""
    if count < MIN_CELL:
        return (1, MIN_CELL - 1) if count else (0, 0)
    same = [n for n in range(MIN_CELL, 600) if shown is None or round_count(n) == shown]
    return (min(same), max(same)) if shown is not None else (1, 600)


def extreme(
    goal: NDArray[Any], differences: NDArray[Any], limits: list[tuple[int, int]], bounds: list[tuple[int, int]]
) -> float:
    """Return the least value of a sum of counts under all that is told."""
    rows = np.vstack([differences, -differences])
    ends = [high for _, high in limits] + [-low for low, _ in limits]
    return float(linprog(goal, A_ub=rows, b_ub=ends, bounds=bounds).fun)


# One contributor


@pytest.mark.parametrize(("most", "told"), [(5, False), (6, True), (10, True)])
def test_a_cell_is_dominated_when_one_gives_more_than_half(most: int, told: bool) -> None:
    assert dominated(np.ones(10), np.array([0] * most + list(range(1, 11 - most)))) is told


def test_weight_and_pay_count_as_what_is_given() -> None:
    each = np.arange(10)
    assert dominated(np.array([9.5] + [1.0] * 9), each)
    assert not dominated(np.array([9.0] + [1.0] * 9), each)
    assert not dominated(np.array([]), np.array([]))


def test_the_rule_of_dominance_may_be_made_stricter_and_never_looser() -> None:
    assert dominated(np.ones(10), np.array([0] * 4 + list(range(1, 7))), most=0.3)
    with pytest.raises(VocabularyError, match=r"at most 0\.5"):
        dominated(np.ones(10), np.arange(10), most=0.8)


@given(st.floats(1e-6, 1e9), st.integers(1, 12))
def test_significant_digits_are_close_and_stable(value: float, digits: int) -> None:
    rounded = significant(value, digits)
    assert abs(rounded - value) <= 0.5000001 * 10.0 ** (1 - digits) * value
    assert significant(rounded, digits) == rounded
