"""Rates: the Federal Reserve's and the EU Council's published figures; property: what a row gets."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from salarylab.errors import DataError
from salarylab.records.exchange import CURRENCIES, FED, FILE, per_usd, rates
from salarylab.source import fetch

# Council Regulation (EC) No 2866/98, Article 1: units of each national currency in one euro
FIXED = {
    "BEF": 40.3399,
    "DEM": 1.95583,
    "ESP": 166.386,
    "FRF": 6.55957,
    "IEP": 0.787564,
    "ITL": 1936.27,
    "NLG": 2.20371,
    "ATS": 13.7603,
    "PTE": 200.482,
    "FIM": 5.94573,
}

MONTHLY = pl.DataFrame(
    {"currency": ["EUR"] * 3, "year": [2023, 2024, 2024], "month": [12, 1, 2], "per_usd": [0.8, 0.9, 1.1]}
)


@pytest.fixture
def fed(mirror: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> pl.DataFrame:
    monkeypatch.setenv("SALARYLAB_MIRROR", str(mirror))
    return rates(fetch(FED, FILE))


def _asked(**columns: list[object]) -> pl.DataFrame:
    return pl.DataFrame(columns, schema_overrides={"month": pl.Int32} if "month" in columns else None)


def test_a_row_gets_its_months_rate_else_the_mean_of_the_years_months() -> None:
    rows = _asked(currency=["EUR", "EUR", "EUR"], year=[2024, 2024, 2024], month=[2, None, 3])
    assert per_usd(rows, table=MONTHLY).to_list() == pytest.approx([1.0] * 3)
    by_month = per_usd(rows, table=MONTHLY, month="month").to_list()
    assert by_month[:2] == pytest.approx([1.1, 1.0])
    assert by_month[2] is None


def test_usd_is_one_whatever_the_year_and_an_unknown_rate_is_null() -> None:
    rows = _asked(currency=["USD", "PLN", "EUR", None, "EUR"], year=[1900, 2024, 1900, 2024, None])
    found = per_usd(rows, table=MONTHLY)
    assert found.name == "per_usd"
    assert found.to_list() == [1.0, None, None, None, None]


def test_a_table_by_year_serves_rows_with_months_and_columns_of_other_names() -> None:
    rows = _asked(paid_in=["CHF"], wave=[2024], month=[7])
    table = pl.DataFrame({"currency": ["CHF"], "year": [2024], "per_usd": [0.88]})
    assert per_usd(rows, table=table, currency="paid_in", year="wave", month="month").to_list() == [0.88]


def test_a_table_of_rates_is_refused_with_every_fault() -> None:
    with pytest.raises(DataError, match="per_usd"):
        per_usd(_asked(currency=["EUR"], year=[2024]), table=MONTHLY.rename({"per_usd": "rate"}))
    wrong = pl.DataFrame(
        {"currency": ["EUR"] * 3, "year": [2024] * 3, "month": [1, 1, 13], "per_usd": [0.9, 0.9, -1.0]}
    )
    with pytest.raises(DataError) as refused:
        per_usd(_asked(currency=["EUR"], year=[2024]), table=wrong)
    assert len(refused.value.faults) == 3


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("1990-01-01,Atlantis,1.5\n", "Atlantis"),
        ("spring,Euro,1.5\n", "Date"),
        ("1999-01-01,Euro,much\n", "Exchange rate"),
        ("1999-01-01,Euro,0\n", "positive"),
    ],
)
def test_a_file_of_another_shape_is_refused(tmp_path: Path, body: str, told: str) -> None:
    path = tmp_path / "monthly.csv"
    path.write_text("Date,Country,Exchange rate\n" + body)
    with pytest.raises(DataError, match=told):
        rates(path)


@pytest.mark.real
def test_the_feds_file_is_whole(fed: pl.DataFrame) -> None:
    assert set(fed["currency"]) == set(CURRENCIES.values())
    assert len(fed) == 17_237 - 378  # rows of the file, less Venezuela's
    assert fed.filter(pl.col("year") == 2024).group_by("currency").len()["len"].unique().to_list() == [12]


@pytest.mark.real
def test_published_rates_are_met(fed: pl.DataFrame) -> None:
    """The Fed's own annual averages of 2025, and its pound of June 2026."""
    rows = _asked(currency=["EUR", "AUD"], year=[2025, 2025])
    assert per_usd(rows, table=fed).to_list() == pytest.approx([0.8845, 1.5504], rel=0.02)
    pound = _asked(currency=["GBP"], year=[2026], month=[6])
    assert per_usd(pound, table=fed, month="month").to_list() == [0.7497]


@pytest.mark.real
def test_every_legacy_series_is_local_units_per_dollar(fed: pl.DataFrame) -> None:
    """From 1999 on a legacy currency over the euro is the rate that the Council fixed, to four digits."""
    legacy = fed.filter(pl.col("currency").is_in(list(FIXED)) & (pl.col("year") >= 1999))
    euro = fed.filter(pl.col("currency") == "EUR").select("year", "month", euro="per_usd")
    ratios = (
        legacy.join(euro, on=["year", "month"]).group_by("currency").agg((pl.col("per_usd") / pl.col("euro")).mean())
    )
    assert dict(ratios.iter_rows()) == pytest.approx(FIXED, rel=1e-4)
