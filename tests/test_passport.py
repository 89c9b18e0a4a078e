"""Passport: summaries of records agree with the records, small cells withheld."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

import salarylab as sl
from salarylab import passport
from salarylab.disclosure import round_count
from salarylab.records.audit import Ledger

Invent = Callable[..., sl.Records]


def within_ten_rows(share: float, rows: int) -> Any:
    """Return what equals a share told in steps of ten to twenty-five rows."""
    return pytest.approx(share, abs=12.5 / rows)


@pytest.fixture(scope="module")
def records() -> sl.Records:
    return sl.load("demo")


@pytest.fixture(scope="module")
def sample(records: sl.Records) -> sl.Sample:
    return sl.draw(records, sl.standard(records))


@pytest.fixture
def invented(make_records: Invent) -> Invent:
    """Return a function to records of invented workers who answered the columns told and state their pay."""

    def make(**told: list[Any]) -> sl.Records:
        pay = [50_000.0] * len(next(iter(told.values())))
        paid = {"clean": lambda ledger: ledger.reject("pay of nothing", pl.col("pay_annual_usd") == 0)}
        return make_records(**(paid | {"pay_annual_usd": pay} | told))

    return make


@pytest.mark.parametrize(("missing", "told"), [(0, 1.0), (9, None), (10, 0.9), (91, None)])
def test_a_share_that_tells_of_one_to_nine_rows_is_withheld(invented: Invent, missing: int, told: float | None) -> None:
    ages = [None] * missing + [40.0] * (100 - missing)
    shares = passport.answered(invented(age=ages, work_mode=["remote"] * 100)).frame
    assert shares.filter(pl.col("column") == "age").select("share", "n").rows() == [(told, 100)]
    assert shares.filter(pl.col("column") == "work_mode")["share"].to_list() == [1.0]


@pytest.mark.parametrize(("lost", "share"), [(9, None), (10, 0.1), (90, 0.9), (91, None)])
def test_a_rule_that_touched_all_but_a_few_rows_tells_no_share(
    invented: Invent, lost: int, share: float | None
) -> None:
    records = invented(pay_annual_usd=[0.0] * lost + [50_000.0] * (100 - lost))
    assert passport.fates(records).frame["share"].to_list() == [share]
    assert passport.touched(records, "reject", "unpaid").suppressed == (share is None)


def test_shares_of_answers_agree_with_the_records(records: sl.Records) -> None:
    shares = passport.answered(records).frame
    workers = records.table.filter(pl.col("observation") == "worker", pl.col("year") == 2023)
    row = shares.filter(pl.col("column") == "work_mode", pl.col("year") == 2023).row(0, named=True)
    both = records.table.filter(pl.col("year") == 2023)
    assert row["n"] == round_count(len(both))
    assert row["share"] == within_ten_rows(1 - both["work_mode"].null_count() / len(both), len(both))
    education = shares.filter(pl.col("column") == "education", pl.col("year") == 2023).row(0, named=True)
    assert education["n"] == round_count(len(workers))  # postings were never asked
    assert "gender" not in shares["column"].to_list()


def test_the_histogram_holds_the_whole_sample_but_for_withheld_bars(sample: sl.Sample) -> None:
    bins = passport.pay_distribution(sample).frame
    inside = sample.table["pay_annual_usd"].is_between(bins["low"][0], bins["high"][-1]).sum()
    assert bins["n"].sum() == pytest.approx(inside, rel=0.02)
    assert bins["share"].sum() == pytest.approx(inside / len(sample), abs=0.02)
    assert inside > 0.9 * len(sample)
    assert (bins["high"] / bins["low"]).round(2).unique().to_list() == [1.09]  # the eighth root of two


def test_heaping_counts_whole_thousands_of_pay_stated_by_the_year(sample: sl.Sample) -> None:
    stated = sample.table.filter(pl.col("period") == "year", pl.col("observation") == "worker")["pay_annual_local"]
    row = passport.heaping(sample).frame.filter(pl.col("multiple_of") == 1_000).row(0, named=True)
    assert row["n"] == round_count(stated.count()) < len(sample)
    assert row["share"] == within_ten_rows((stated.round() % 1_000 == 0).mean(), stated.count())
    assert passport.on_round_thousands(sl.load("demo"), sample).value == pytest.approx(row["share"])


def test_an_hourly_wage_and_the_middle_of_a_range_are_no_stated_annual_pay(invented: Invent) -> None:
    records = invented(
        period=["year"] * 30 + ["hour"] * 30 + ["year"] * 60,
        pay_annual_usd=[50_000.0] * 60 + [44_721.36] * 60,
        pay_low_usd=[None] * 60 + [40_000.0] * 60,
    )
    assert passport.heaping(sl.draw(records, [])).frame.select("share", "n").rows() == [(1.0, 30)] * 3


def test_where_no_annual_pay_was_stated_as_one_amount_the_question_is_unanswered(
    invented: Invent,
) -> None:
    records = invented(period=["hour"] * 30)
    sample = sl.draw(records, [])
    assert passport.heaping(sample).frame.is_empty()
    found = passport.on_round_thousands(records, sample)
    assert found.value is None
    assert found.sentence == f"{found.subject}: not estimated ({passport.NOT_STATED})."


def test_a_share_of_round_pay_is_withheld_where_few_are_not_round(invented: Invent) -> None:
    records = invented(pay_annual_usd=[50_000.0] * 91 + [50_123.0] * 9)
    sample = sl.draw(records, [])
    assert passport.heaping(sample).frame["share"].null_count() == 3
    assert passport.on_round_thousands(records, sample).suppressed


def test_findings_agree_with_the_steps(records: sl.Records, sample: sl.Sample) -> None:
    merged = sum(step.touched for step in records.steps if step.kind == "merge")
    found = passport.touched(records, "merge", "ends of ranges")
    assert found.value == within_ten_rows(merged / records.raw_rows, records.raw_rows)


def test_the_share_used_is_of_cleaned_records(records: sl.Records, sample: sl.Sample) -> None:
    lost = sample.attrition.filter(pl.col("stage") != "clean")["rows_lost"].sum()
    rows = len(records.table)
    assert passport.used(records, sample).value == within_ten_rows(1 - lost / rows, rows)


def test_the_attrition_withholds_medians_of_few_and_accounts_for_every_raw_row(sample: sl.Sample) -> None:
    lost = sample.attrition
    few = lost.filter(pl.col("rows_lost") < 30)
    assert few["median_pay_lost"].null_count() == len(few)
    assert lost["rows_left"][0] - lost["rows_lost"].sum() == len(sample)


@pytest.mark.parametrize(("more", "told"), [(0, [0.5, 0.5]), (3, [None, 0.5]), (9, [None, 0.55]), (10, [0.5, 0.55])])
def test_of_nested_shares_that_differ_by_a_few_rows_the_wider_is_told(
    invented: Invent, more: int, told: list[float | None]
) -> None:
    pay = [55_000.0] * 100 + [51_000.0] * more + [50_123.0] * (100 - more)  # whole fives, whole thousands, neither
    shares = passport.heaping(sl.draw(invented(pay_annual_usd=pay), [])).frame
    assert shares.filter(pl.col("multiple_of") < 10_000)["share"].to_list() == told


def test_a_merge_tells_neither_what_it_touched_nor_what_it_removed_where_either_is_few(make_records: Invent) -> None:
    pay = [50_000.0] * 100
    records = make_records(
        pay_annual_usd=pay, clean=lambda ledger: ledger.merge("pairs", ledger.rows.head(92), touched=16)
    )
    assert passport.fates(records).frame.select("touched", "removed", "share").rows() == [(None, None, None)]


def test_only_bins_of_ten_rows_are_listed_so_that_no_least_or_greatest_pay_is(invented: Invent) -> None:
    pay = [20_000.0] * 9 + [50_000.0] * 40 + [70_000.0] * 12 + [900_000.0] * 9
    bins = passport.pay_distribution(sl.draw(invented(pay_annual_usd=pay), [])).frame
    assert bins["n"].to_list() == [40, 10]
    assert bins["low"].min() > 20_000
    assert bins["high"].max() < 900_000


def test_pay_by_year_tells_medians_of_the_same_rows(make_records: Invent) -> None:
    years = [2022] * 100 + [2023] * 40 + [2024] * 80 + [2025] * 4
    pay = [50_000.0 + 100 * i for i in range(100)] + [60_000.0] * 124
    records = make_records(
        year=years,
        pay_annual_usd=pay,
        # 2022: known of the 60 best paid; 2023: of 29; 2024: of 39, under half
        pay_annual_ppp=[None] * 40 + [2 * p for p in pay[40:100]] + [1e5] * 29 + [None] * 11 + [1e5] * 39 + [None] * 45,
        pay_annual_real_usd=[1.1 * p for p in pay[:100]] + [65_000.0] * 124,
    )
    told = sl.passport.pay_by_year(sl.draw(records, [])).frame
    assert told.rows() == [
        (2022, 56_950.0, 113_900.0, pytest.approx(1.1 * 56_950, rel=1e-4), 60),
        (2023, 60_000.0, None, 65_000.0, 40),
        (2024, 60_000.0, None, 65_000.0, 80),
    ]


def test_a_figure_that_would_leave_too_few_of_the_same_rows_is_left_out(make_records: Invent) -> None:
    records = make_records(  # either figure is known of most, both of a fifth
        pay_annual_usd=[50_000.0] * 100,
        pay_annual_ppp=[70_000.0] * 60 + [None] * 40,
        pay_annual_real_usd=[None] * 40 + [55_000.0] * 60,
    )
    assert sl.passport.pay_by_year(sl.draw(records, [])).frame.rows() == [(2024, 50_000.0, 70_000.0, None, 60)]


@pytest.mark.parametrize("in_us", [30, 9, 0])
def test_real_pay_names_its_prices_and_the_countries_that_it_is_of(make_records: Invent, in_us: int) -> None:
    records = make_records(
        pay_annual_usd=[50_000.0] * 60, year=[2022] * 60, country=["US"] * in_us + ["FI"] * (60 - in_us)
    )
    told = passport.real_prices(prices_of(records))
    if not in_us:
        assert told == "not worked out"  # no price series of Finland is at hand
    else:
        assert told == f"at the prices of 2022, of pay in {'US' if in_us >= 10 else 'no country of ten rows'}"


def test_real_pay_of_the_sources_own_says_so(make_records: Invent) -> None:
    records = make_records(pay_annual_usd=[50_000.0] * 30, pay_annual_real_usd=[55_000.0] * 30)
    assert passport.real_prices(records) == "at the prices of the source's stated year"
    many = make_records(
        pay_annual_usd=[50_000.0] * 70,
        pay_annual_real_usd=[55_000.0] * 70,
        country=[c for c in ("US", "FI", "SE", "NO", "DK", "DE", "FR") for _ in range(10)],
        clean=lambda ledger: ledger.flag("real pay at the prices of 2024: pay without a series", pl.lit(False)),
    )
    assert passport.real_prices(many) == "at the prices of 2024, of pay in 7 countries"


def prices_of(records: sl.Records) -> sl.Records:
    """Return records with real pay beside nominal, as ``side_by_side`` gives it, without a table of parities."""
    at_parity = replace(records, asked=records.asked | {"pay_annual_ppp"})
    return sl.side_by_side(at_parity)


def test_a_year_that_did_not_ask_is_not_told_as_unanswered(invented: Invent) -> None:
    records = invented(
        year=[2023] * 40 + [2024] * 40,
        age=[None] * 40 + [40.0] * 20 + [None] * 20,
        period=["year"] * 80,
        role=["nurse"] * 80,
    )
    shares = passport.answered(records).frame.filter(pl.col("column") != "pay_annual_usd")
    assert shares.select("column", "year", "share").rows() == [("age", 2024, 0.5)]  # period and role are no questions


def test_repairs_of_other_columns_are_no_repairs_of_pay(make_records: Invent) -> None:
    def clean(ledger: Ledger) -> Ledger:
        thousands = (pl.col("pay_annual_usd") * 1_000).alias("pay_annual_usd")
        ledger = ledger.repair("typed in thousands", pl.col("pay_annual_usd") < 1_000, thousands)
        ledger = ledger.repair("bonus of zero", pl.lit(True), pl.lit(None, dtype=pl.Float64).alias("bonus_usd"))
        return ledger.repair("all pay mended", pl.col("age") > 60, pl.col("pay_annual_usd") + 1)

    ages = [30.0] * 60 + [70.0] * 40
    records = make_records(clean=clean, pay_annual_usd=[50.0] * 20 + [50_000.0] * 80, bonus_usd=[0.0] * 100, age=ages)
    assert [step.of_pay for step in records.steps] == [True, False, True]
    assert passport.touched(records, "repair", "repaired").value == within_ten_rows(0.6, 100)
    every = make_records(
        clean=lambda ledger: clean(clean(ledger)), pay_annual_usd=[50.0] * 100, bonus_usd=[0.0] * 100, age=[70.0] * 100
    )
    assert passport.touched(every, "repair", "repaired").value == 1.0  # not above the rows


@pytest.mark.parametrize(("rows", "told"), [(99, False), (100, True)])
def test_the_histogram_of_few_rows_tells_no_shares(invented: Invent, rows: int, told: bool) -> None:
    bins = passport.pay_distribution(sl.draw(invented(pay_annual_usd=[50_000.0] * 40 + [70_000.0] * (rows - 40)))).frame
    assert len(bins) == 2
    assert bins["share"].null_count() == (0 if told else 2)


def test_titles_without_a_role_are_listed_from_ten_rows_on(make_records) -> None:
    titles = ["analyst"] * 12 + ["wizard of swans"] * 9 + ["tester"] * 10
    records = make_records(title=titles, role=[None] * 21 + ["QA engineer"] * 10)
    assert sl.passport.without_role(records).frame.rows() == [("analyst", 10)]
    assert sl.passport.without_role(make_records(title=titles)).frame.rows() == []


ROUNDED = "the bureau rounds pay to 1,000"


def test_round_figures_of_a_publisher_are_not_told_as_answers(make_records: Invent) -> None:
    records = make_records(pay_annual_usd=[50_000.0] * 60, period=["year"] * 60, rounding=ROUNDED)
    sample = sl.draw(records)
    assert passport.heaping(sample).frame.is_empty()
    found = passport.on_round_thousands(records, sample)
    assert (found.value, found.caveats) == (None, (ROUNDED,))
    assert found.sentence == f"{found.subject}: not estimated ({ROUNDED})."
    assert ROUNDED in str(sl.show.heaping(sample))


@pytest.mark.parametrize(
    ("weighted", "word", "median"), [(False, "Median", 55_000.0), (True, "Weighted median", 60_000.0)]
)
def test_medians_by_year_are_weighted_where_rows_carry_weights_and_say_so(
    make_records: Invent, weighted: bool, word: str, median: float
) -> None:
    records = make_records(
        pay_annual_usd=[50_000.0] * 30 + [60_000.0] * 30, weight=[1.0] * 30 + [2.0] * 30, weighted=weighted
    )
    sample = sl.draw(records)
    assert passport.pay_by_year(sample).frame.rows() == [(2024, median, None, None, 60)]
    assert sl.show.table.pay_by_year(records, sample).title == f"{word} pay, side by side"


def test_tables_and_charts_of_medians_say_that_they_are_weighted(make_records: Invent) -> None:
    columns = {"pay_annual_usd": [50_000.0] * 60, "weight": [1.0] * 60}
    for weighted in (False, True):
        records = make_records(**columns, weighted=weighted)
        sample = sl.draw(records, [sl.positive_pay])
        tables = sl.show.table.attrition(sample), sl.show.table.audit(records)
        for table in tables:
            assert table.subtitle == f"{'weighted ' * weighted}median pay in USD a year"
            named = [name for name in table.cells.columns if "median" in name]
            assert len(named) == 2
            assert [name.startswith("weighted median") for name in named] == [weighted] * 2
        drawn = json.dumps(sl.show.flow(sample).spec)
        assert ("weighted median pay, USD a year" in drawn) == weighted


def test_years_that_are_age_less_schooling_are_called_potential(make_records: Invent) -> None:
    told = {"pay_annual_usd": [5e4] * 40, "experience_years": [5.0] * 20 + [None] * 20}
    for concept in ("potential", "professional"):
        drawn = json.dumps(sl.show.unanswered(make_records(**told, experience_concept=[concept] * 40)).spec)
        assert ("potential experience years" in drawn) == (concept == "potential")
