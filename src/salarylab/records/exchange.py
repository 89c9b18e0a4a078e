"""Exchange: market rates by month, in local units per US dollar.

The Federal Reserve quotes some currencies in dollars per unit; the packaged file does not: every series
is local units per dollar. Legacy euro currencies end in 2001; Venezuela's series runs through several
redenominations and is left out. Pay in a currency without a series, such as PLN, UAH or CZK, has no rate.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    return _required(
        kept.select(
            pl.col(_COUNTRY).replace_strict(CURRENCIES).alias("currency"),
            month.dt.year().cast(pl.Int32).alias("year"),
            month.dt.month().cast(pl.Int32).alias("month"),
            pl.col(_RATE).cast(pl.Float64).alias("per_usd"),
        ),
        thing,
    )


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
    known = rates(fetch(FED, FILE)) if table is None else _required(table, "table of exchange rates")
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


def _required(table: pl.DataFrame, thing: str) -> pl.DataFrame:
    """Return a table of rates with its columns typed, or raise every fault that it has."""
    require_header(table.columns, ["currency", "year", "per_usd"], thing=thing)
    keys = [name for name in _KEYS if name in table.columns]
    types = {"currency": pl.String, "year": pl.Int32, "month": pl.Int32, "per_usd": pl.Float64}
    typed = table.select(pl.col(name).cast(types[name], strict=False) for name in (*keys, "per_usd"))
    tests = {
        "keys that are null or not whole numbers": pl.any_horizontal(pl.col(keys).is_null()),
        "keys that stand twice": pl.struct(keys).is_duplicated(),
        "rates that are not positive numbers": ~(pl.col("per_usd").is_finite() & (pl.col("per_usd") > 0)).fill_null(
            False
        ),
    }
    if "month" in keys:
        tests["months outside 1 to 12"] = ~pl.col("month").is_between(1, 12)
    counts = typed.select(test.sum().alias(name) for name, test in tests.items()).row(0, named=True)
    faults = [
        Fault(thing, f"{count} rows: {name}", "one positive rate a currency and period", "mend the table")
        for name, count in counts.items()
        if count
    ]
    if faults:
        raise DataError(*faults)
    return typed
