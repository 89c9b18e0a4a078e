"""Passport: summaries of records agree with the records, small cells withheld."""

from __future__ import annotations

import polars as pl
import pytest

import salarylab as sl
from salarylab import passport
from salarylab.disclosure import MIN_CELL


@pytest.fixture(scope="module")
def records() -> sl.Records:
    return sl.load("demo")


@pytest.fixture(scope="module")
def sample(records: sl.Records) -> sl.Sample:
    return sl.draw(records, sl.standard(records))


def test_shares_of_answers_agree_with_the_records(records: sl.Records) -> None:
    shares = passport.answered(records)
    workers = records.table.filter(pl.col("observation") == "worker", pl.col("year") == 2023)
    row = shares.filter(pl.col("column") == "work_mode", pl.col("year") == 2023).row(0, named=True)
    both = records.table.filter(pl.col("year") == 2023)
    assert row["n"] == len(both)
    assert row["share"] == pytest.approx(1 - both["work_mode"].null_count() / len(both))
    education = shares.filter(pl.col("column") == "education", pl.col("year") == 2023).row(0, named=True)
    assert education["n"] == len(workers)  # postings were never asked
    assert "gender" not in shares["column"].to_list()


def test_the_histogram_holds_the_whole_sample_but_for_withheld_bars(sample: sl.Sample) -> None:
    bins = passport.pay_distribution(sample)
    told = bins["n"].drop_nulls()
    assert told.min() >= MIN_CELL
    assert told.sum() <= len(sample)
    assert told.sum() >= len(sample) - (MIN_CELL - 1) * bins["n"].null_count()
    assert (bins["high"] / bins["low"]).round(2).unique().to_list() == [1.09]  # the eighth root of two


def test_heaping_counts_whole_thousands(sample: sl.Sample) -> None:
    stated = sample.table["pay_annual_local"].round()
    share = passport.heaping(sample).filter(pl.col("multiple_of") == 1_000)["share"][0]
    assert share == pytest.approx((stated % 1_000 == 0).mean())
    assert passport.on_round_thousands(sl.load("demo"), sample).value == pytest.approx(share, abs=1e-4)


def test_findings_agree_with_the_steps(records: sl.Records, sample: sl.Sample) -> None:
    merged = sum(step.touched for step in records.steps if step.kind == "merge")
    found = passport.touched(records, "merge", "ends of ranges")
    assert found.value == pytest.approx(merged / records.raw_rows)
    assert passport.used(records, sample).value == pytest.approx(len(sample) / records.raw_rows)


def test_the_attrition_withholds_medians_of_few_and_accounts_for_every_raw_row(sample: sl.Sample) -> None:
    lost = passport.attrition(sample)
    few = lost.filter(pl.col("rows_lost") < 30)
    assert few["median_pay_lost"].null_count() == len(few)
    assert lost["rows_left"][0] - lost["rows_lost"].sum() == len(sample)
