"""Disclosure: small cells are withheld, counts rounded, thresholds only raised."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salarylab.disclosure import (
    MIN_CELL,
    MIN_PERCENTILE_CELL,
    round_count,
    share_cell,
    show_count,
    significant,
    suppress,
    suppress_shares,
    threshold,
)
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


def test_suppress_withholds_values_and_counts_of_small_cells() -> None:
    shown = suppress(CELLS, ["premium", "median_pay"])
    assert shown["premium"].to_list() == [None, None, 0.3, 0.4]
    assert shown["median_pay"].to_list() == [None, None, 3.0, 4.0]
    assert shown["n"].to_list() == [None, None, 10, 30]
    assert shown["level"].to_list() == CELLS["level"].to_list()
    assert shown.columns == CELLS.columns


def test_suppress_with_a_higher_threshold() -> None:
    assert suppress(CELLS, ["premium"], at_least=30)["premium"].to_list() == [None, None, None, 0.4]
    with pytest.raises(VocabularyError):
        suppress(CELLS, ["premium"], at_least=2)


def test_a_cell_of_unknown_size_is_withheld() -> None:
    cells = pl.DataFrame({"premium": [0.1], "n": pl.Series([None], dtype=pl.Int64)})
    assert suppress(cells, ["premium"])["premium"].to_list() == [None]


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
    cells = pl.DataFrame({"share": [r / n for r, n in zip(rows, whole, strict=True)], "rows": rows, "n": whole})
    shown = suppress_shares(cells, "rows")
    assert shown["share"].to_list() == [0.0, None, 0.1, 0.9, None, 1.0, None]
    assert shown["n"].to_list() == [100] * 6 + [None]
    assert shown.columns == ["share", "n"]
    assert suppress_shares(cells.clear(), "rows").is_empty()


@given(st.floats(1e-6, 1e9), st.integers(1, 12))
def test_significant_digits_are_close_and_stable(value: float, digits: int) -> None:
    rounded = significant(value, digits)
    assert abs(rounded - value) <= 0.5000001 * 10.0 ** (1 - digits) * value
    assert significant(rounded, digits) == rounded
