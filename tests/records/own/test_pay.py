"""Own pay: bands, parts and moving rates, held against arithmetic done by hand."""

from __future__ import annotations

import math
from pathlib import Path

import polars as pl
import pytest

from salarylab.errors import DataError, Fault
from salarylab.records import exchange
from salarylab.records.own.mapping import OwnMapping, read_mapping
from salarylab.records.own.pay import NO_PART, OPEN, REJECT, UNREAD_PART, asked_pay, lay_out_pay

FILE = '[file]\npath = "pay.csv"\n[year]\nvalue = 2024\n[pay]\n'
FIXED = 'currency = "USD"\nperiod = "year"\n'


def read(tmp_path: Path, pay: str, file: str = FILE) -> OwnMapping:
    path = tmp_path / "mapping.toml"
    path.write_text(file + pay, encoding="utf-8")
    declared, faults = read_mapping(path)
    assert faults == ()
    return declared


def laid_out(cells: pl.DataFrame, declared: OwnMapping, when: pl.DataFrame | None = None) -> pl.DataFrame:
    rows, faults = lay_out_pay(cells, declared, None, when)
    assert faults == ()
    return rows


def test_a_band_in_one_cell_keeps_both_ends(tmp_path: Path) -> None:
    declared = read(tmp_path, 'band = "Pay"\nconcept = "base"\n' + FIXED)
    cells = pl.DataFrame({"Pay": ["40-90k", "> 100k", "under 20k", "64,000", "it depends", None]})
    rows = laid_out(cells, declared)
    # the geometric midpoint of 40 and 90 is 60; an open band stands at its end, one from zero at half
    assert rows["pay_annual_usd"].to_list() == [60_000.0, 100_000.0, 10_000.0, 64_000.0, None, None]
    assert rows["pay_low_usd"].to_list() == [40_000.0, 100_000.0, 0.0, 64_000.0, None, None]
    assert rows["pay_high_usd"].to_list() == [90_000.0, math.inf, 20_000.0, 64_000.0, None, None]
    assert rows["pay_arithmetic_midpoint_usd"].to_list() == [65_000.0, None, 10_000.0, 64_000.0, None, None]
    assert rows[OPEN].to_list() == [False, True, False, False, None, False]
    assert rows[f"{REJECT}pay is not a readable number"].to_list() == [False, False, False, False, True, False]


@pytest.mark.parametrize(
    ("text", "low"), [("25.000-29.999 €", 25_000.0), ("1.234.567", 1_234_567.0), ("4,5-5k", 4_500.0)]
)
def test_a_band_obeys_the_marks_of_its_file(tmp_path: Path, text: str, low: float) -> None:
    file = FILE.replace("[year]", 'decimal = ","\n[year]')
    declared = read(tmp_path, 'band = "Pay"\nconcept = "base"\n' + FIXED, file)
    assert laid_out(pl.DataFrame({"Pay": [text]}), declared)["pay_low_usd"].to_list() == [low]


def test_a_decimal_comma_never_makes_a_band_a_thousand_times_greater(tmp_path: Path) -> None:
    file = FILE.replace("[year]", 'decimal = ","\n[year]')
    declared = read(tmp_path, 'band = "Pay"\nconcept = "base"\n' + FIXED, file)
    rows = laid_out(pl.DataFrame({"Pay": ["12,345", "5"]}), declared)
    assert rows["pay_low_usd"].to_list() == [None, 5.0]


def test_parts_are_kept_in_their_own_period(tmp_path: Path) -> None:
    pay = 'column = "Pay"\nconcept = "base"\ncurrency = "EUR"\nperiod = "month"\nusd_rate = 0.5\n'
    declared = read(tmp_path, pay + 'bonus = { column = "Bonus", period = "year" }\nequity = "Shares"\n')
    cells = pl.DataFrame({"Pay": ["1000", "1000"], "Bonus": ["500", None], "Shares": ["100", "0"]})
    rows = laid_out(cells, declared)
    assert rows["pay_annual_usd"].to_list() == [24_000.0, 24_000.0]
    assert rows["bonus_usd"].to_list() == [1_000.0, None]
    assert rows["equity_usd"].to_list() == [2_400.0, 0.0]
    assert {"bonus_usd", "equity_usd"} <= asked_pay(declared)


@pytest.mark.parametrize(
    ("concept", "sums"),
    [("base", [100.0, 100.0, None]), ("total cash", [110.0, 100.0, None]), ("total with equity", [115.0, 105.0, None])],
)
def test_parts_without_a_total_are_summed_as_the_concept_says(tmp_path: Path, concept: str, sums: list[float]) -> None:
    parts = 'base = "Base"\nbonus = "Bonus"\nequity = "Shares"\n'
    declared = read(tmp_path, f'{parts}concept = "{concept}"\n{FIXED}')
    cells = pl.DataFrame({"Base": ["100", "100", None], "Bonus": ["10", None, "10"], "Shares": ["5", "5", "5"]})
    rows = laid_out(cells, declared)
    assert rows["pay_annual_usd"].to_list() == sums
    assert rows["base_usd"].to_list() == [100.0, 100.0, None]
    if concept == "total cash":
        assert rows[NO_PART].to_list() == [False, True, False]


def test_rates_of_a_file_move_by_month(tmp_path: Path) -> None:
    (tmp_path / "rates.csv").write_text("currency,year,month,per_usd\nEUR,2024,1,0.8\nEUR,2024,2,1.0\n")
    pay = 'column = "Pay"\nconcept = "base"\ncurrency = "EUR"\nperiod = "year"\nusd_rate = { file = "rates.csv" }'
    when = pl.DataFrame({"year": [2024] * 3, "month": [1, 2, None]}, schema={"year": pl.Int32, "month": pl.Int32})
    rows = laid_out(pl.DataFrame({"Pay": ["90", "90", "90"]}), read(tmp_path, pay), when)
    assert rows["pay_annual_usd"].to_list() == pytest.approx([90 / 0.8, 90.0, 100.0])


def test_market_rates_are_the_federal_reserves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = pl.DataFrame({"currency": ["EUR"], "year": [2024], "month": [1], "per_usd": [0.8]})
    monkeypatch.setattr(exchange, "rates", lambda _: table)
    monkeypatch.setattr(exchange, "fetch", lambda *_: None)
    pay = 'column = "Pay"\nconcept = "base"\ncurrency = { column = "Cur" }\nperiod = "year"\nusd_rate = "market"'
    cells = pl.DataFrame({"Pay": ["80", "70"], "Cur": ["EUR", "USD"]})
    when = pl.DataFrame({"year": [2024, 2024], "month": [1, None]}, schema={"year": pl.Int32, "month": pl.Int32})
    assert laid_out(cells, read(tmp_path, pay), when)["pay_annual_usd"].to_list() == pytest.approx([100.0, 70.0])
    _, faults = lay_out_pay(cells.with_columns(Cur=pl.lit("UAH")), read(tmp_path, pay), None, when)
    assert "no market rate for 'UAH' in 2 rows" in faults[0].found


def test_rates_that_are_nowhere_are_a_fault(tmp_path: Path) -> None:
    pay = 'column = "Pay"\nconcept = "base"\ncurrency = "EUR"\nperiod = "year"\nusd_rate = { file = "gone.csv" }'
    _, faults = lay_out_pay(pl.DataFrame({"Pay": ["90"]}), read(tmp_path, pay), None)
    assert [fault.thing for fault in faults] == ["rates gone.csv"]


@pytest.mark.parametrize(
    ("code", "text"), [("PLN", "9 000 zł"), ("UAH", "9000 грн."), ("SEK", "9000 kr"), ("CHF", "CHF 9000")]
)
def test_the_words_of_the_stated_currency_are_no_part_of_the_number(tmp_path: Path, code: str, text: str) -> None:
    pay = f'column = "Pay"\nconcept = "base"\ncurrency = "{code}"\nperiod = "year"\nusd_rate = 2.0'
    rows = laid_out(pl.DataFrame({"Pay": [text, "9000 XYZ", "1"]}), read(tmp_path, pay))
    assert rows["pay_annual_usd"].to_list() == [4_500.0, None, 0.5]


def test_a_part_in_words_is_read_and_one_that_is_none_is_counted(tmp_path: Path) -> None:
    declared = read(tmp_path, 'column = "Pay"\nbonus = "Bonus"\nconcept = "base"\n' + FIXED)
    cells = pl.DataFrame({"Pay": ["100"] * 6, "Bonus": ["10k", "5,000", "4-9k", "15%", "-1", None]})
    rows = laid_out(cells, declared)
    assert rows["bonus_usd"].to_list() == [10_000.0, 5_000.0, 6_000.0, None, None, None]  # √(4 · 9) is 6
    assert rows[UNREAD_PART.format("bonus")].to_list() == [False, False, False, True, True, False]


def test_market_rates_that_cannot_be_fetched_say_what_to_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise DataError(Fault("rates", "HTTPSConnectionPool(…)", "a file", "check the net")) from OSError("no net")

    monkeypatch.setattr(exchange, "fetch", away)
    pay = 'column = "Pay"\nconcept = "base"\ncurrency = "EUR"\nperiod = "year"\nusd_rate = "market"'
    when = pl.DataFrame({"year": [2024], "month": [1]}, schema={"year": pl.Int32, "month": pl.Int32})
    _, (fault,) = lay_out_pay(pl.DataFrame({"Pay": ["90"]}), read(tmp_path, pay), None, when)
    assert "HTTPS" not in str(fault)
    assert "usd_rate = { EUR = … }" in fault.remedy
