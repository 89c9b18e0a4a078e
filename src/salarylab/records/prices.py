"""Prices: what pay buys beside its nominal amount, across countries (PPP) and across years (real pay).

The World Bank's factor is that of GDP, not of household consumption; it comes by the year, for whole countries.
Nominal pay stays as it is, and a source's own adjustment is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import polars as pl

from salarylab import schema
from salarylab.errors import DataError, Fault
from salarylab.records import exchange as market
from salarylab.records.audit import PAY, Ledger
from salarylab.records.currencies import CURRENCY_OF
from salarylab.records.exchange import require_series
from salarylab.records.reading import read_csv
from salarylab.records.recode import require_numbers
from salarylab.records.table import Records
from salarylab.source import FileStamp, RawFile, Source, fetch, stamp

WORLD_BANK = Source(
    key="world_bank_ppp",
    title="PPP conversion factor, GDP (local currency per international dollar), 1990 to 2024",
    publisher="World Bank; packaged by Frictionless Data",
    home="https://data.worldbank.org/indicator/PA.NUS.PPP",
    citation=(
        "World Bank, International Comparison Program: PPP conversion factor, GDP (LCU per international $), "
        "indicator PA.NUS.PPP."
    ),
    licence="CC BY 4.0 (source); ODC-PDDL-1.0 (package)",
    redistribution="attribution",
    headline="Purchasing power parities of GDP, not of household consumption",
    asked=frozenset(),
)

FILE = RawFile(
    name="ppp-gdp.csv",
    sha256="183586319b76f905f4405be7cb12989443cfa49a3e459d5e53ab33c1bdc55401",
    url="https://raw.githubusercontent.com/datasets/ppp/17829648d05f1c68acadc93d5673dc2e574f0584/data/ppp-gdp.csv",
    mirror="world_bank_ppp/ppp-gdp.csv",
)

CPI_U: Mapping[int, float] = MappingProxyType(
    {
        2012: 229.594,
        2013: 232.957,
        2014: 236.736,
        2015: 237.017,
        2016: 240.007,
        2017: 245.120,
        2018: 251.107,
        2019: 255.657,
        2020: 258.811,
        2021: 270.970,
        2022: 292.655,
        2023: 304.702,
        2024: 313.689,
    }
)
"""US consumer prices, 1982–84 = 100: BLS series CUUR0000SA0 (CPI-U, not seasonally adjusted), annual averages."""

MOST_CARRIED = 2
"""Years that a country's last factor is carried forward."""

NO_RATES = pl.DataFrame(schema={"currency": pl.String(), "year": pl.Int32(), "per_usd": pl.Float64()})

PPP, REAL, LOCAL = "pay_annual_ppp", "pay_annual_real_usd", "pay_annual_local"


def side_by_side(
    records: Records,
    *,
    year: int | None = None,
    index: pl.DataFrame | None = None,
    exchange: pl.DataFrame | None = None,
) -> Records:
    """Return the records with pay at purchasing power parity and real pay beside nominal pay.

    ``pay_annual_ppp`` (international dollars a year) is pay in the currency of ``country``, where that was asked,
    else of ``residence_country``, over the World Bank's factor of country and year. Pay in another currency goes
    through the market rate of its year first: the Federal Reserve's, or those of ``exchange`` (see
    ``records.exchange.per_usd``). ``pay_annual_real_usd`` is pay in US dollars, at its own year's rate, at
    the prices of ``year``: of the latest year of pay that every price series at hand covers, where None. The
    US CPI-U is at hand for pay in US dollars in the US; ``index`` (``country``, ``year``, ``index``) adds the
    series of other countries, for pay in their currencies, or replaces it.

    A column that the source fills itself, such as ACS's (ADJINC), is kept as it is. The audit says so, and counts
    the rows without a factor, rate or price, and those whose factor was carried forward from an earlier year.
    Raises ``DataError`` for tables that are not what they should be and a ``year`` that no series covers.

    **Source** Deaton and Heston (2010), American Economic Journal: Macroeconomics 2(4), 1–35 (PPP and its limits).

    >>> import salarylab as sl
    >>> side_by_side(sl.load("demo")).audit["rule"][-1]
    "pay_annual_real_usd: the source's own adjustment, kept as it is"
    """
    source, files = records.provenance.source, records.provenance.files
    ledger = Ledger(records.table, records.steps, source.has_weights)
    placed = _placed(records)
    if PPP in records.asked:
        ledger = _kept(ledger, PPP)
    else:
        ledger, stamps = _at_parity(ledger, placed, exchange)
        files = (*files, *stamps)
    ledger = _kept(ledger, REAL) if REAL in records.asked else _at_prices(ledger, placed, year, _prices(index))
    table = ledger.rows.select(list(schema.BY_NAME))
    filled = {name for name in (PPP, REAL) if table[name].count()}
    return replace(
        records,
        table=table,
        asked=records.asked | filled,
        steps=ledger.steps,
        provenance=replace(records.provenance, files=files),
    )


def to_latest_prices(years: pl.Series) -> pl.Series:
    """Return the factor from the prices of each row's year to those of the latest one, by US CPI-U.

    >>> to_latest_prices(pl.Series([2022, 2018])).round(4).to_list()
    [1.0, 1.1655]
    """
    latest = max(years.unique(), default=max(CPI_U))
    since = {year: CPI_U[latest] / index for year, index in CPI_U.items()}
    return years.replace_strict(since, default=None, return_dtype=pl.Float64)


def factors(path: Path) -> pl.DataFrame:
    """Return the World Bank's factors: ``country`` (ISO alpha-2), ``year``, ``ppp`` (local currency per dollar).

    Raises ``DataError`` for a file of another shape.
    """
    thing = f"{WORLD_BANK.key}: {path.name}"
    raw = read_csv(path, thing=thing, columns=["Country ID", "Year", "PPP"])
    require_numbers(raw, ["Year", "PPP"], thing=thing)
    named = raw.select(country="Country ID", year="Year", ppp="PPP")
    return require_series(named, ["country", "year"], "ppp", thing=thing)


def _kept(ledger: Ledger, name: str) -> Ledger:
    return ledger.flag(f"{name}: the source's own adjustment, kept as it is", pl.col(name).is_not_null())


def _placed(records: Records) -> pl.DataFrame:
    """Return pay (``usd``, ``local``) by country and year, the country's ``own`` currency, and if pay is ``in_own``."""
    asked = records.asked
    place = pl.col("country" if "country" in asked else "residence_country")
    own = place.replace_strict(CURRENCY_OF, default=None, return_dtype=pl.String)
    # without a question for the currency, local pay is in the country's, and pay alone is in US dollars
    stated = pl.col("currency") if "currency" in asked else own if LOCAL in asked else pl.lit("USD")
    return records.table.select(
        "year", country=place, own=own, in_own=(stated == own).fill_null(False), usd=PAY, local=LOCAL
    )


def _at_parity(
    ledger: Ledger, placed: pl.DataFrame, exchange: pl.DataFrame | None
) -> tuple[Ledger, tuple[FileStamp, ...]]:
    """Return the ledger with pay at purchasing power parity, and the stamps of the tables that it took."""
    stamps = [stamp(WORLD_BANK, FILE, 0)]
    parities = _carried_forward(factors(fetch(WORLD_BANK, FILE)))
    priced = placed.join(parities, on=["country", "year"], how="left", maintain_order="left")
    direct = pl.col("in_own") & pl.col("local").is_not_null()
    through = ~direct & (pl.col("own") != "USD") & pl.col("usd").is_not_null() & pl.col("ppp").is_not_null()
    if exchange is None and not priced.select(through.any()).item():
        exchange = NO_RATES
    elif exchange is None:
        stamps.append(stamp(market.FED, market.FILE, 0))
    rate = market.per_usd(priced, table=exchange, currency="own")
    priced = priced.with_columns(amount=pl.when(direct).then("local").otherwise(pl.col("usd") * rate))
    pay, factor, amount = (pl.col(name).is_not_null() for name in ("pay", "ppp", "amount"))
    found = priced.with_columns(pay=pl.coalesce("usd", "local")).select(
        (pl.col("amount") / pl.col("ppp")).alias(PPP),
        (factor & amount & ~pl.col("in_own")).alias("PPP: pay in another currency than the country's, at market rates"),
        (factor & amount & pl.col("carried")).alias("PPP: the factor of an earlier year carried forward"),
        (pay & ~factor).alias("PPP: pay without a factor (World Bank, GDP) of country and year"),
        (pay & factor & ~amount).alias("PPP: pay in another currency, without a market rate"),
    )
    return _told(ledger, found), tuple(stamps)


def _carried_forward(parities: pl.DataFrame) -> pl.DataFrame:
    """Return the factors of the countries whose currency is declared, each country's last one carried forward."""
    known = parities.filter(pl.col("country").is_in(list(CURRENCY_OF)))
    last = known.sort("year").group_by("country", maintain_order=True).last()
    later = [last.with_columns(pl.col("year") + years, carried=True) for years in range(1, MOST_CARRIED + 1)]
    return pl.concat([known.with_columns(carried=False), *later])


def _at_prices(ledger: Ledger, placed: pl.DataFrame, year: int | None, prices: pl.DataFrame) -> Ledger:
    """Return the ledger with the pay of the countries that have a price series at the prices of one year."""
    paid = placed.with_columns(pay=pl.when("in_own").then("usd"))
    present = paid.filter(pl.col("pay").is_not_null()).select("country", paid_in="year").unique()
    series = prices.join(present.select("country").unique(), on="country", how="semi")
    base = year if year is not None else _latest(series, present["paid_in"])
    if year is not None and len(series) and year not in series["year"]:
        raise DataError(_uncovered(year, series))
    bases = series.filter(pl.col("year") == pl.lit(base, pl.Int32)).select("country", base="index")
    priced = paid.join(series, on=["country", "year"], how="left", maintain_order="left")
    priced = priced.join(bases, on="country", how="left", maintain_order="left")
    real = pl.col("pay") * pl.col("base") / pl.col("index")
    at = "no year" if base is None else str(base)
    missing = f"real pay at the prices of {at}: pay without a price series of country, currency and year"
    return _told(ledger, priced.select(real.alias(REAL), (pl.col("usd").is_not_null() & real.is_null()).alias(missing)))


def _prices(index: pl.DataFrame | None) -> pl.DataFrame:
    """Return the price series at hand: the US CPI-U, and a user's, which replace it where they hold the US."""
    cpi = pl.DataFrame({"year": list(CPI_U), "index": list(CPI_U.values())}, {"year": pl.Int32, "index": pl.Float64})
    cpi = cpi.select(pl.lit("US").alias("country"), "year", "index")
    if index is None:
        return cpi
    others = require_series(index, ["country", "year"], "index", thing="table of prices")
    return pl.concat([others, cpi.join(others, on="country", how="anti")])


def _latest(series: pl.DataFrame, years: pl.Series) -> int | None:
    """Return the latest of the ``years`` of pay that the series of every country covers, if there is one."""
    countries = series["country"].n_unique()
    covered = series.group_by("year").len().filter(pl.col("len") == countries)["year"]
    return max(set(covered) & set(years), default=None)


def _uncovered(year: int, series: pl.DataFrame) -> Fault:
    years = ", ".join(map(str, series["year"].unique().sort()))
    return Fault(f"prices of {year}", "no price series covers it", f"one of: {years}", "set another year, or index=…")


def _told(ledger: Ledger, found: pl.DataFrame) -> Ledger:
    """Return the ledger with the first column of ``found``, and a counted step for each of the others."""
    ledger = ledger.recode(pl.lit(found.to_series(0)))
    for flags in found.get_columns()[1:]:
        ledger = ledger.flag(flags.name, pl.lit(flags))
    return ledger
