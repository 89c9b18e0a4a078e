"""Pay that cannot be: a hundred times off the year's median, or outside the bounds that a source states."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from salarylab.records.audit import Ledger
from salarylab.records.doubts import doubt_hundredfold, doubt_outside

OFF = "a hundredfold off"


def _doubts(pay: list[float | None], **columns: Any) -> list[str | None]:
    rows = pl.DataFrame({"pay_annual_usd": pay, **columns}, schema_overrides={"pay_annual_usd": pl.Float64})
    return doubt_hundredfold(Ledger(rows)).rows["pay_doubt"].to_list()


@pytest.mark.parametrize(
    ("pay", "doubt"),
    [(5e6, OFF), (4_999_999.0, None), (500.0, OFF), (501.0, None), (9_999_999_999.0, OFF), (0.0, None), (None, None)],
)
def test_a_hundred_times_the_median_or_a_hundredth_is_off(pay: float | None, doubt: str | None) -> None:
    assert _doubts([50_000.0] * 35 + [pay])[-1] == doubt


def test_the_median_is_that_of_the_year_where_the_year_has_thirty_rows() -> None:
    # a currency that lost nine tenths: 1,000 is usual in the second year, and far from the median of both
    pay = [200_000.0] * 90 + [1_000.0] * 30
    assert _doubts(pay, year=[2023] * 90 + [2024] * 30) == [None] * 120
    assert _doubts(pay[:-1], year=[2023] * 90 + [2024] * 29)[-1] == OFF
    assert _doubts(pay, year=[2023] * 90 + [None] * 30)[-1] == OFF
    assert _doubts(pay)[-1] == OFF


def test_where_all_are_few_nobody_is_judged_and_that_is_counted() -> None:
    def counted(rows: int) -> tuple[list[int], int]:
        pay = pl.DataFrame({"pay_annual_usd": [50_000.0] * (rows - 1) + [9e9, 0.0, None]})
        ledger = doubt_hundredfold(Ledger(pay))
        return [step.touched for step in ledger.steps], ledger.rows["pay_doubt"].count()

    assert counted(29) == ([29, 0], 0)
    assert counted(30) == ([0, 1], 1)


def test_rows_that_are_judged_and_doubts_that_stand_are_left_alone() -> None:
    rows = pl.DataFrame({"pay_annual_usd": [50_000.0] * 30 + [9e9, 9e9]})
    judged = pl.Series([True] * 31 + [False])
    once = doubt_hundredfold(Ledger(rows), judged=judged)
    assert once.rows["pay_doubt"].tail(2).to_list() == [None, OFF]
    twice = doubt_outside(once, None, 1e6)
    assert twice.rows["pay_doubt"].tail(2).to_list() == ["above the most stated", OFF]
    assert twice.steps[-1].touched == 2
    assert twice.rows["pay_annual_usd"].equals(rows["pay_annual_usd"])


def test_what_equals_a_bound_is_within() -> None:
    ledger = Ledger(pl.DataFrame({"pay_annual_usd": [999.0, 1_000.0, 2_000.0, 2_001.0, None]}))
    found = doubt_outside(ledger, 1_000, 2_000).rows["pay_doubt"].to_list()
    assert found == ["below the least stated", None, None, "above the most stated", None]
    assert [step.kind for step in doubt_outside(ledger, 1_000, None).steps] == ["flag"]
