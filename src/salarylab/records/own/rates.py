"""Own rates: local units per US dollar for each row, as stated, from a file of the user's, or the market's."""

from __future__ import annotations

import polars as pl

from salarylab.errors import DataError, Fault
from salarylab.records import exchange
from salarylab.records.own.mapping import OwnMapping
from salarylab.records.own.pay_terms import Rates
from salarylab.records.reading import read_csv

LISTED = 5
"""Currencies that a remedy names."""


def rates(
    cells: pl.DataFrame, declared: OwnMapping, when: pl.DataFrame | None = None
) -> tuple[pl.DataFrame, tuple[Fault, ...]]:
    """Return the columns ``currency`` and ``per_usd``, and a fault for currencies that have no rate.

    ``when`` has the year and month of each row; a rate that no row of a currency and year finds is a fault,
    unless the mapping leaves such rows out.
    """
    codes = _codes(cells, declared)
    nobody = pl.Series("per_usd", [None], pl.Float64).new_from_index(0, len(codes))
    try:
        found = _found(codes, declared.pay.rates, when)
    except DataError as error:
        away = declared.pay.rates.market and isinstance(error.__cause__, OSError)
        faults = (_no_market(codes, declared),) if away else error.faults
        return pl.DataFrame([codes, nobody]), faults
    coded = pl.DataFrame([codes, found])
    stray = coded.filter(pl.col("currency").is_not_null() & pl.col("per_usd").is_null())
    named = pl.when(pl.col("per_usd").is_not_null()).then(pl.col("currency")).alias("currency")
    known = coded.with_columns(named)
    if stray.is_empty() or declared.pay.currency.unmatched == "null":
        return known, ()
    return known, (_no_rate(codes, stray, declared, when),)


def _codes(cells: pl.DataFrame, declared: OwnMapping) -> pl.Series:
    """Return the ISO code of each row, as stated or as the mapping translates it."""
    stated = declared.pay.currency
    if stated.column is None:
        return pl.Series("currency", [stated.value], pl.String).new_from_index(0, len(cells))
    named = cells[stated.column]
    answered = pl.select(pl.when(~named.is_in(list(stated.nothing))).then(named)).to_series()
    return answered.replace(dict(stated.levels)).alias("currency")


def _found(codes: pl.Series, rates: Rates, when: pl.DataFrame | None) -> pl.Series:
    """Return each row's rate, null where there is none."""
    if not (rates.market or rates.file):
        return codes.replace_strict(dict(rates.stated), default=None, return_dtype=pl.Float64).alias("per_usd")
    table = None if rates.file is None else _table(rates)
    if when is None or codes.drop_nulls().is_in(["USD"]).all():
        return pl.select(pl.when(codes == "USD").then(1.0).alias("per_usd")).to_series()
    return exchange.per_usd(when.with_columns(codes), table=table, month="month")


def _table(rates: Rates) -> pl.DataFrame:
    """Return a person's own rates: a CSV with the columns currency, year, per_usd and, if they like, month."""
    path = rates.file
    assert path is not None
    if not path.is_file():
        raise DataError(Fault(f"rates {path.name}", "no such file", "a CSV of exchange rates", "check its path"))
    return read_csv(path, thing=f"rates {path.name}")


def _no_market(codes: pl.Series, declared: OwnMapping) -> Fault:
    """Return the fault of market rates that are not at hand; how the net failed helps nobody here."""
    foreign = [code for code in codes.drop_nulls().unique().sort() if code != "USD"]
    rates = ", ".join(f"{code} = …" for code in foreign[:LISTED])
    return Fault(
        f"{declared.path.name} [pay] usd_rate",
        "the market's rates are not at hand, and could not be fetched",
        f"the Federal Reserve's {exchange.FILE.name}, fetched once from {exchange.FILE.url}",
        f"be online once, or write usd_rate = {{ {rates} }} in local units per US dollar",
    )


def _no_rate(codes: pl.Series, stray: pl.DataFrame, declared: OwnMapping, when: pl.DataFrame | None) -> Fault:
    counts = stray["currency"].value_counts(sort=True, name="rows")
    listed = "; ".join(f"{code!r} in {rows} rows" for code, rows in counts.iter_rows())
    if declared.pay.rates.market:
        held = f"the Federal Reserve's: {', '.join(sorted(exchange.CURRENCIES.values()))}"
        return Fault(
            f"{declared.layout.path.name}: currency",
            f"no market rate for {listed}",
            f"currencies and years of {held}",
            'say the rates yourself: usd_rate = { … } or usd_rate = { file = "rates.csv" }',
        )
    return Fault(
        f"{declared.layout.path.name}: currency",
        f"no rate for {listed}",
        "local units per US dollar for every currency but USD",
        'say usd_rate under [pay], such as { EUR = 0.92 } or "market"; map other spellings to ISO codes',
    )
