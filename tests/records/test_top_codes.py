from __future__ import annotations

import math

import polars as pl

from salarylab.records.audit import Ledger
from salarylab.records.top_codes import bound_top_codes


def test_intervals_begin_at_the_largest_pay_below_the_code_in_the_same_place() -> None:
    pay = [300.0, 120.0, 80.0, 250.0, 300.0]
    rows = pl.DataFrame({"place": ["a", "a", "a", "b", "b"], "pay_annual_usd": pay})
    ledger = bound_top_codes(Ledger(rows), pl.col("place"), {"a": 300.0, "b": 300.0})
    assert ledger.rows["pay_low_usd"].to_list() == [120.0, None, None, None, 250.0]
    assert ledger.rows["pay_high_usd"].to_list() == [math.inf, None, None, None, math.inf]
    assert ledger.rows["pay_annual_usd"].to_list() == pay
    assert [step.touched for step in ledger.steps] == [1, 1]


def test_places_without_a_code_are_flagged_at_their_largest_pay_and_without_an_interval() -> None:
    rows = pl.DataFrame({"place": ["a", "c", "c", "d"], "pay_annual_usd": [300.0, 9.0, 9.0, 7.0]})
    ledger = bound_top_codes(Ledger(rows), pl.col("place"), {"a": 300.0})
    assert ledger.rows["pay_high_usd"].to_list() == [math.inf, None, None, None]
    assert [step.touched for step in ledger.steps] == [1, 3]
    assert "no top code is declared" in ledger.steps[1].rule
