"""Prices: identities, a case worked by hand, and what the World Bank and the BLS published."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from salarylab.errors import DataError
from salarylab.records import Records, prices
from salarylab.records import exchange as market
from salarylab.records.currencies import CURRENCY_OF
from salarylab.records.prices import CPI_U, FILE, WORLD_BANK, factors, side_by_side
from salarylab.source import fetch

Make = Callable[..., Records]

FACTORS = pl.DataFrame(
    {
        "country": ["US", "US", "DE", "DE", "PL", "NA", "GB"],
        "year": [2022, 2024, 2022, 2024, 2023, 2022, 2022],
        "ppp": [1.0, 1.0, 0.8, 0.75, 2.0, 7.0, 0.7],
    },
    schema_overrides={"year": pl.Int32},
)
RATES = pl.DataFrame({"currency": ["EUR", "GBP"], "year": [2022, 2022], "per_usd": [0.9, 0.8]})
"""Invented parities and market rates."""


@pytest.fixture
def parities(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand invented parities in for the World Bank's file, and refuse to bring the Federal Reserve's."""
    monkeypatch.setattr(prices, "fetch", lambda source, file: Path(file.name))
    monkeypatch.setattr(prices, "factors", lambda path: FACTORS)
    monkeypatch.setattr(market, "fetch", lambda source, file: pytest.fail("rates are not needed here"))


def _touched(records: Records, part: str) -> int:
    (step,) = [step for step in records.steps if part in step.rule]
    assert step.kind == "flag"
    return step.touched


def _paid(
    make_records: Make, *rows: tuple[str | None, int, str | None, float | None, float | None], **more: Any
) -> Records:
    """Return records of (country, year, currency, USD, local pay)."""
    names = ("country", "year", "currency", "pay_annual_usd", "pay_annual_local")
    return make_records(**dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)), **more)


@pytest.mark.usefixtures("parities")
def test_us_pay_is_what_it_is_at_parity(make_records: Make) -> None:
    records = make_records(country=["US"] * 2, currency=["USD"] * 2, year=[2022, 2024], pay_annual_usd=[90e3, 80e3])
    found = side_by_side(records)
    assert found.table["pay_annual_ppp"].to_list() == [90e3, 80e3]
    assert found.table["pay_annual_usd"].equals(records.table["pay_annual_usd"])


@pytest.mark.usefixtures("parities")
def test_a_case_worked_by_hand(make_records: Make) -> None:
    records = _paid(
        make_records,
        ("DE", 2022, "EUR", 50e3, 45e3),  # 45,000 / 0.8
        ("DE", 2022, "USD", 50e3, 50e3),  # 50,000 · 0.9 / 0.8
        ("GB", 2022, "EUR", 50e3, 45e3),  # 50,000 · 0.8 / 0.7
        ("PL", 2023, "PLN", None, 80e3),  # 80,000 / 2, without a rate
        ("NA", 2022, "NAD", 10e3, 140e3),  # Namibia
        ("DE", 2022, "EUR", None, None),
    )
    found = side_by_side(records, exchange=RATES)
    worth = [56_250.0, 56_250.0, 400e3 / 7, 40e3, 20e3]
    assert found.table["pay_annual_ppp"].to_list()[:5] == pytest.approx(worth)
    assert found.table["pay_annual_ppp"][5] is None
    assert _touched(found, "at market rates") == 2
    assert _touched(found, "without a factor") == 0
    assert "pay_annual_ppp" in found.asked


@pytest.mark.usefixtures("parities")
def test_rows_without_a_factor_or_a_rate_are_counted_and_none_is_carried_far(make_records: Make) -> None:
    records = _paid(
        make_records,
        ("DE", 2025, "EUR", 50e3, 45e3),  # 2024 carried forward
        ("PL", 2025, "PLN", 20e3, 80e3),  # 2023 carried forward
        ("PL", 2026, "PLN", 20e3, 80e3),  # too far
        ("DE", 2023, "EUR", 50e3, 45e3),  # a gap is no end
        (None, 2022, "EUR", 50e3, 45e3),
        ("GB", 2022, "NOK", 50e3, 480e3),
        ("PL", 2023, "USD", 20e3, 20e3),  # no rate for PLN
    )
    found = side_by_side(records, exchange=RATES)
    assert found.table["pay_annual_ppp"].is_not_null().to_list() == [True, True, False, False, False, True, False]
    assert found.table["pay_annual_ppp"][0] == pytest.approx(45e3 / 0.75)
    assert _touched(found, "carried forward") == 2
    assert _touched(found, "without a factor") == 3
    assert _touched(found, "without a market rate") == 1


@pytest.mark.usefixtures("parities")
def test_the_workplace_goes_before_the_home_and_local_pay_is_in_its_currency(make_records: Make) -> None:
    pay = {"year": [2022], "pay_annual_local": [40e3]}
    both = make_records(country=["DE"], residence_country=["US"], **pay)
    home = make_records(residence_country=["US"], **pay)
    assert side_by_side(both).table["pay_annual_ppp"].to_list() == [50e3]
    assert side_by_side(home).table["pay_annual_ppp"].to_list() == [40e3]


@pytest.mark.usefixtures("parities")
def test_pay_at_the_prices_of_its_own_year_is_itself_and_prices_are_ratios(make_records: Make) -> None:
    years = [2022, 2024, 2025]
    records = make_records(country=["US"] * 3, currency=["USD"] * 3, year=years, pay_annual_usd=[100e3] * 3)
    for base in (None, 2024):  # 2025 is not covered: 2024 is the latest that is
        real = side_by_side(records, year=base).table["pay_annual_real_usd"]
        assert real.to_list() == [pytest.approx(100e3 * CPI_U[2024] / CPI_U[2022]), 100e3, None]
    found = side_by_side(records, year=2022)
    assert found.table["pay_annual_real_usd"][0] == 100e3
    assert _touched(found, "at the prices of 2022") == 1
    assert "pay_annual_real_usd" in found.asked


@pytest.mark.usefixtures("parities")
def test_real_pay_needs_a_series_of_the_country_and_its_currency(make_records: Make) -> None:
    rows = [("US", 2024, "EUR", 1e5, 9e4), ("DE", 2024, "EUR", 1e5, 9e4), ("DE", 2022, "EUR", 1e5, 9e4)]
    records = _paid(make_records, *rows)
    plain = side_by_side(records, exchange=RATES)
    assert plain.table["pay_annual_real_usd"].null_count() == 3
    assert "pay_annual_real_usd" not in plain.asked
    assert _touched(plain, "at the prices of no year") == 3
    index = pl.DataFrame({"country": ["DE", "DE"], "year": [2022, 2024], "index": [100.0, 110.0]})
    real = side_by_side(records, index=index, exchange=RATES).table["pay_annual_real_usd"].to_list()
    assert real == [None, 1e5, pytest.approx(1.1e5)]


@pytest.mark.usefixtures("parities")
def test_the_default_year_is_one_that_every_series_covers(make_records: Make) -> None:
    records = _paid(
        make_records, ("US", 2024, "USD", 1e5, 1e5), ("US", 2022, "USD", 1e5, 1e5), ("DE", 2022, "EUR", 1e5, 9e4)
    )
    index = pl.DataFrame({"country": ["DE"], "year": [2022], "index": [100.0]})
    real = side_by_side(records, index=index).table["pay_annual_real_usd"].to_list()
    assert real == [pytest.approx(1e5 * CPI_U[2022] / CPI_U[2024]), 1e5, 1e5]


@pytest.mark.usefixtures("parities")
def test_a_year_without_prices_and_a_faulty_table_are_refused(make_records: Make) -> None:
    records = _paid(make_records, ("US", 2024, "USD", 1e5, 1e5))
    with pytest.raises(DataError, match="prices of 1900"):
        side_by_side(records, year=1900)
    with pytest.raises(DataError, match="column 'index'"):
        side_by_side(records, index=pl.DataFrame({"country": ["DE"], "year": [2024]}))
    with pytest.raises(DataError, match="positive"):
        side_by_side(records, index=pl.DataFrame({"country": ["DE"], "year": [2024], "index": [0.0]}))


def test_a_sources_own_adjustment_is_kept_and_said(make_records: Make) -> None:
    own = {"pay_annual_ppp": [1.0, None], "pay_annual_real_usd": [2.0, 3.0]}
    records = make_records(country=["US"] * 2, currency=["USD"] * 2, pay_annual_usd=[90e3, 80e3], **own)
    found = side_by_side(records, year=2022)
    assert found.table.equals(records.table)
    assert found.provenance.files == records.provenance.files
    assert (_touched(found, "pay_annual_ppp: the source's own"), _touched(found, "pay_annual_real_usd: the")) == (1, 2)


@pytest.mark.usefixtures("parities")
def test_records_stay_whole(make_records: Make) -> None:
    records = _paid(make_records, ("DE", 2022, "EUR", 50e3, 45e3))
    found = side_by_side(records)
    assert found.table.drop("pay_annual_ppp").equals(records.table.drop("pay_annual_ppp"))
    assert sum(file.rows for file in found.provenance.files) == found.raw_rows == records.raw_rows
    assert found.provenance.files[-1].sha256 == FILE.sha256
    assert found.steps[: len(records.steps)] == records.steps


def test_cpi_u_rises_as_the_bls_says() -> None:
    """The BLS's own annual average percent changes of the CPI-U, in tenths."""
    said = {2013: 1.5, 2014: 1.6, 2015: 0.1, 2016: 1.3, 2017: 2.1, 2018: 2.4}
    said |= {2019: 1.8, 2020: 1.2, 2021: 4.7, 2022: 8.0, 2023: 4.1, 2024: 2.9}
    assert {year: round(100 * (CPI_U[year] / CPI_U[year - 1] - 1), 1) for year in said} == said


@pytest.fixture
def world_bank(mirror: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> pl.DataFrame:
    monkeypatch.setenv("SALARYLAB_MIRROR", str(mirror))
    return factors(fetch(WORLD_BANK, FILE))


@pytest.mark.real
def test_the_world_banks_file_is_whole(world_bank: pl.DataFrame) -> None:
    assert (len(world_bank), world_bank["country"].n_unique()) == (6_856, 205)
    counts = dict(world_bank.group_by("year").len().iter_rows())
    assert {year: counts[year] for year in (2021, 2022, 2023, 2024)} == {2021: 201, 2022: 199, 2023: 198, 2024: 189}
    assert world_bank.filter(pl.col("country") == "US")["ppp"].unique().to_list() == [1.0]
    assert set(world_bank["country"]) - set(CURRENCY_OF) == {"VE", "ZW"}
    assert set(CURRENCY_OF) <= set(world_bank["country"])


@pytest.mark.real
def test_every_factor_is_in_the_declared_currency(world_bank: pl.DataFrame) -> None:
    """A price level (PPP over the market rate) lies between a fifth and one and a half of the US one."""
    placed = world_bank.filter(pl.col("year").is_between(2015, 2024)).with_columns(
        pl.col("country").replace_strict(CURRENCY_OF, default=None).alias("currency")
    )
    levels = (placed["ppp"] / market.per_usd(placed)).drop_nulls()
    assert len(levels) > 600
    assert levels.is_between(0.2, 1.5).all()


@pytest.mark.real
@pytest.mark.usefixtures("world_bank")
def test_real_files_price_pay(make_records: Make) -> None:
    rows = [("US", 2024, "USD", 1e5, 1e5), ("GB", 2025, "GBP", 5e4, 4e4), ("IN", 2022, "USD", 1e5, 1e5)]
    found = side_by_side(_paid(make_records, *rows))
    worth = found.table["pay_annual_ppp"].to_list()
    assert worth[0] == 1e5
    assert worth[2] > 2e5  # a dollar at the market rate buys more in India
    assert _touched(found, "carried forward") == 1
    assert [file.name for file in found.provenance.files[-2:]] == [FILE.name, market.FILE.name]
