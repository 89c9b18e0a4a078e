"""Spec and property: what people type can be read back, and rounding takes no side."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from salarylab.demo import makeup
from salarylab.demo.typing_habits import money_as_typed, round_as_people, years_as_typed
from salarylab.records.recode import first_number, to_number


def test_typed_years_hold_the_number_exactly() -> None:
    years = np.repeat(makeup.EXPERIENCE_YEARS, 60)
    typed = years_as_typed(years, np.random.default_rng(1))
    assert {"10+ years", "5,5", "less than 1 year", "12 yrs"} <= set(typed)
    read = pl.DataFrame({"years": typed}).select(first_number("years"))["years"]
    assert read.to_list() == years.tolist()


def test_typed_money_is_read_back() -> None:
    amounts = np.tile([85_000.0, 1_250_000.0, 62.5, 900.0], 200)
    typed = money_as_typed(amounts, np.random.default_rng(2))
    assert {"85000", "85,000", "85 000", "62.5"} <= set(typed)
    assert pl.DataFrame({"pay": typed}).select(to_number("pay"))["pay"].to_list() == amounts.tolist()


def test_rounding_takes_no_side() -> None:
    rng = np.random.default_rng(3)
    pay = np.exp(rng.normal(11.2, 0.5, 200_000))
    rounded = round_as_people(pay, rng.choice([500, 1_000, 5_000], len(pay)), np.ones(len(pay)))
    assert np.mean(np.log(rounded / pay)) == pytest.approx(0.0, abs=2e-4)
    assert np.mean(rounded % 1_000 == 0) > 0.6


def test_rupees_are_rounded_ten_times_as_coarsely_and_months_ten_times_as_finely() -> None:
    pay, habit = np.array([877_700.0, 7_777.0]), np.array([1_000, 1_000])
    assert round_as_people(pay, habit, np.array([10.0, 0.1])).tolist() == [880_000.0, 7_800.0]
