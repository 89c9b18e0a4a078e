"""The sensitivity without the bottom band: nothing moves where log pay is normal, and something where it is not."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.distribution.interval import interval
from salarylab.model.distribution.interval_bottom import WithoutBottom, without_bottom_band
from salarylab.records import Records

Make = Callable[..., Records]
EDGES = np.array([0.0, 15_000.0, 30_000.0, 45_000.0, 70_000.0, 110_000.0, math.inf])


def compared(make_records: Make, n: int = 8_000, mess: float = 0.0, few: int = 0) -> WithoutBottom:
    """Return workers of normal log pay in bands, some of whom gave a few dollars: monthly pay, or in thousands."""
    rng = np.random.default_rng(6)
    second = np.arange(n) % 2 == 1
    pay = np.exp(10.5 + 0.3 * second + 0.6 * rng.normal(size=n))
    pay = np.where(rng.random(n) < mess * second, 100.0, pay)
    country = np.where(np.arange(n) < 40, "Utopia", "Arcadia")
    pay = np.where(country == "Utopia", np.where(np.arange(n) < few, 1_000.0, 50_000.0), pay)
    band = np.searchsorted(EDGES, pay)
    records = make_records(
        pay_annual_usd=[None] * n,
        pay_low_usd=EDGES[band - 1].tolist(),
        pay_high_usd=EDGES[band].tolist(),
        education=np.where(second, "master", "bachelor").tolist(),
        country=country.tolist(),
    )
    spec = sl.Spec(factors=("education", "country"), clusters=None)
    return without_bottom_band(interval(spec, sl.draw(records, [])))


def test_of_normal_log_pay_both_tell_the_same(make_records: Make) -> None:
    row = compared(make_records).table.row(1, named=True)
    assert row["level"] == "master"
    assert row["above_low"] < row["whole"] < row["above_high"]
    assert row["whole"] == pytest.approx(0.3, abs=0.05)


def test_a_bottom_band_that_is_no_normal_tail_shows(make_records: Make) -> None:
    found = compared(make_records, mess=0.15)
    row = found.table.row(1, named=True)
    assert row["above"] == pytest.approx(0.3, abs=0.06)
    assert row["whole_high"] < row["above_low"]
    assert "given that they are" in found.words
    lost = found.above.design.sample.attrition["reason"].to_list()
    assert lost[-1] == "pay not known to reach the end of the bottom band"


def test_without_a_bottom_band_there_is_nothing_to_leave_out(workers: Records) -> None:
    with pytest.raises(ModelError, match="no pay is open below"):
        without_bottom_band(interval(sl.Spec(factors=("education",), clusters=None), sl.draw(workers, [])))


@pytest.mark.parametrize("few", [1, 3, 9])
def test_without_bottom_band_gives_no_small_cell_away(make_records: Make, few: int) -> None:
    told = compared(make_records, few=few)
    row = told.table.filter(pl.col("factor") == "country").row(0, named=True)
    assert [row[name] for name in ("whole", "whole_low", "above", "above_high", "n")] == [None] * 5
    assert repr(told.whole.log_likelihood) not in repr(told)
    assert compared(make_records, few=0).table.filter(pl.col("factor") == "country")["whole"].null_count() == 0
