"""Exchange: market rates by month, in local units per US dollar.

The Federal Reserve quotes some currencies in dollars per unit; the packaged file does not: every series
is local units per dollar. Legacy euro currencies end in 2001; Venezuela's series runs through several
redenominations and is left out. Pay in a currency without a series, such as PLN, UAH or CZK, has no rate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import polars as pl

from salarylab.errors import DataError, Fault
from salarylab.records.reading import read_csv, require_header
from salarylab.records.recode import require_numbers
from salarylab.source import RawFile, Source, fetch

FED = Source(
    key="fed_fx",
    title="H.10 foreign exchange rates by month, 1971-01 to 2026-06",
    publisher="US Federal Reserve; packaged by Frictionless Data",
    home="https://github.com/datasets/exchange-rates",
    citation=(
        "Board of Governors of the Federal Reserve System, H.10 foreign exchange rates via FRED, packaged by "
        "Frictionless Data (datasets/exchange-rates)."
    ),
    licence="Public domain (source); ODC-PDDL-1.0 (package)",
    redistribution="free",
    headline="Market exchange rates, averages of a month's days",
    asked=frozenset(),
)

FILE = RawFile(
    name="monthly.csv",
    sha256="c2b361928844addcbfe07d2cdd99bc0168062e33f40abebcf80a91d12c258c70",
    url="https://raw.githubusercontent.com/datasets/exchange-rates/"
    "fa7d949956d1db1d21102654b1f40d64d2568677/data/monthly.csv",
    mirror="fed_fx/monthly.csv",
)

CURRENCIES: Mapping[str, str] = MappingProxyType(
    {
        "Australia": "AUD",
        "Austria": "ATS",
        "Belgium": "BEF",
        "Brazil": "BRL",
        "Canada": "CAD",
        "China": "CNY",
        "Denmark": "DKK",
        "Euro": "EUR",
        "Finland": "FIM",
        "France": "FRF",
        "Germany": "DEM",
        "Greece": "GRD",
        "Hong Kong": "HKD",
        "India": "INR",
        "Ireland": "IEP",
        "Italy": "ITL",
        "Japan": "JPY",
        "Malaysia": "MYR",
        "Mexico": "MXN",
        "Netherlands": "NLG",
        "New Zealand": "NZD",
        "Norway": "NOK",
        "Portugal": "PTE",
        "Singapore": "SGD",
        "South Africa": "ZAR",
        "South Korea": "KRW",
        "Spain": "ESP",
        "Sri Lanka": "LKR",
        "Sweden": "SEK",
        "Switzerland": "CHF",
        "Taiwan": "TWD",
        "Thailand": "THB",
        "United Kingdom": "GBP",
    }
)
"""ISO 4217 code of each series of the file."""

LEFT_OUT = frozenset({"Venezuela"})

_DATE, _COUNTRY, _RATE = "Date", "Country", "Exchange rate"
_KEYS = ("currency", "year", "month")


def rates(path: Path) -> pl.DataFrame:
    """Return the rates of the Fed's file: ``currency`` (ISO), ``year``, ``month``, ``per_usd`` (local per USD).

    Raises ``DataError`` for a file of another shape or with a series that has no ISO code here.
    """
    thing = f"{FED.key}: {path.name}"
    raw = read_csv(path, thing=thing, columns=[_DATE, _COUNTRY, _RATE])
    require_numbers(raw, [_RATE], thing=thing)
    strange = sorted(set(raw[_COUNTRY].drop_nulls()) - set(CURRENCIES) - LEFT_OUT)
    undated = raw[_DATE].str.to_date("%Y-%m-%d", strict=False).null_count()
    faults = []
    if strange:
        expected = f"one of: {', '.join(CURRENCIES)}"
        faults.append(Fault(f"{thing}: series", ", ".join(strange), expected, "give the series its ISO code"))
    if undated:
        faults.append(Fault(f"{thing}: {_DATE}", f"{undated} cells", "a date such as 2024-01-01", "check the file"))
    if faults:
        raise DataError(*faults)
    month = pl.col(_DATE).str.to_date("%Y-%m-%d")
    kept = raw.filter(~pl.col(_COUNTRY).is_in(LEFT_OUT))
    series = kept.select(
        pl.col(_COUNTRY).replace_strict(CURRENCIES).alias("currency"),
        month.dt.year().alias("year"),
        month.dt.month().alias("month"),
        pl.col(_RATE).alias("per_usd"),
    )
    return require_series(series, _KEYS, "per_usd", thing=thing)


def per_usd(
    rows: pl.DataFrame,
    *,
    table: pl.DataFrame | None = None,
    currency: str = "currency",
    year: str = "year",
    month: str | None = None,
) -> pl.Series:
    """Return each row's market rate, in local units per US dollar; null where none is known.

    The average of the row's month where ``month`` names a column, else (and where the month is null) the
    mean of the months that the table holds of its year. USD is 1. ``table`` (``currency``, ``year``,
    ``per_usd`` and, where it has them, ``month``) replaces the Federal Reserve's rates.
    Raises ``DataError`` for a table that lacks a column, repeats a key, or holds a rate that is not positive.

    **Source** Board of Governors of the Federal Reserve System, H.10, monthly averages.

    >>> rows = pl.DataFrame({"currency": ["EUR", "USD", "PLN"], "year": [2024] * 3})
    >>> per_usd(rows, table=pl.DataFrame({"currency": ["EUR"], "year": [2024], "per_usd": [0.9]})).to_list()
    [0.9, 1.0, None]
    """
    known = rates(fetch(FED, FILE)) if table is None else _of_user(table)
    by_year = known.group_by("currency", "year").agg(pl.col("per_usd").mean())
    asked = rows.select(
        pl.col(currency).cast(pl.String).alias("currency"),
        pl.col(year).cast(pl.Int32).alias("year"),
        (pl.lit(None) if month is None else pl.col(month)).cast(pl.Int32).alias("month"),
    )
    found = asked.join(by_year, on=["currency", "year"], how="left", maintain_order="left")
    rate = pl.col("per_usd")
    if month is not None and "month" in known.columns:
        of_month = known.select(*_KEYS, pl.col("per_usd").alias("of_month"))
        found = found.join(of_month, on=_KEYS, how="left", maintain_order="left")
        rate = pl.when(pl.col("month").is_null()).then(rate).otherwise(pl.col("of_month"))
    rate = pl.when(pl.col("currency") == "USD").then(1.0).otherwise(rate)
    return found.select(rate.alias("per_usd")).to_series()


def _of_user(table: pl.DataFrame) -> pl.DataFrame:
    """Return a user's rates, typed; by the year where the table has no months."""
    keys = _KEYS if "month" in table.columns else _KEYS[:2]
    return require_series(table, keys, "per_usd", thing="table of exchange rates")


def require_series(table: pl.DataFrame, keys: Sequence[str], value: str, *, thing: str) -> pl.DataFrame:
    """Return the ``keys`` (text, or whole numbers for year and month) and ``value`` of a table by period, typed.

    Raises ``DataError`` for columns that are missing, and for keys that are null or stand twice, values that are
    no positive numbers, and months that don't exist: all of them.

    >>> table = pl.DataFrame({"currency": ["EUR"], "year": ["2024"], "per_usd": [1]})
    >>> require_series(table, ["currency", "year"], "per_usd", thing="an example").rows()
    [('EUR', 2024, 1.0)]
    """
    require_header(table.columns, [*keys, value], thing=thing)
    whole = {"year": pl.Int32(), "month": pl.Int32()}
    series = table.select(
        *(pl.col(key).cast(whole.get(key, pl.String()), strict=False) for key in keys),
        pl.col(value).cast(pl.Float64, strict=False),
    )
    tests = {
        "keys that are null or not whole numbers": pl.any_horizontal(pl.col(keys).is_null()),
        "keys that stand twice": pl.struct(keys).is_duplicated(),
        "values that are not positive numbers": ~(pl.col(value).is_finite() & (pl.col(value) > 0)).fill_null(False),
    }
    if "month" in keys:
        tests["months outside 1 to 12"] = ~pl.col("month").is_between(1, 12)
    counts = series.select(test.sum().alias(told) for told, test in tests.items()).row(0, named=True)
    expected = f"one positive {value} for each {', '.join(keys)}"
    faults = [
        Fault(thing, f"{count} rows with {told}", expected, "mend the table") for told, count in counts.items() if count
    ]
    if faults:
        raise DataError(*faults)
    return series
