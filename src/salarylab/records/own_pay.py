"""Own pay: pay as a person's file states it, to US dollars a year and an hour.

Both ends of a range are kept and the geometric midpoint stands for it; hourly pay is made annual by the
hours that the row states, else by a full-time year. What could not be read is marked with a reason.
"""

from __future__ import annotations

import polars as pl

from salarylab import schema
from salarylab.errors import DataError, Fault
from salarylab.records.mapping import Layout, OwnMapping, Pay
from salarylab.records.recode import to_levels, to_number
from salarylab.units import PERIODS_PER_YEAR, WEEKS_PER_YEAR

REJECT = "reject: "  # heads the name of a column that marks rows to remove; the rest is the reason


def lay_out_pay(
    cells: pl.DataFrame, declared: OwnMapping, hours: pl.Series | None
) -> tuple[pl.DataFrame, tuple[Fault, ...]]:
    """Return canonical pay columns and marks, one row per raw row, and all that is wrong with the mapping.

    ``cells`` is the raw table as text, blanks null; ``hours`` are paid hours a week. Blank pay is *not
    answered* and stays; pay that is stated but cannot be read is marked for rejection.
    """
    faults: list[Fault] = []
    coded = []
    for name, read in (("currency", _currency), ("period", _period)):
        try:
            coded.append(read(cells, declared))
        except DataError as error:
            faults += error.faults
            coded.append(pl.Series(name, [None], schema.column(name).dtype).new_from_index(0, len(cells)))
    ends = [name for name in (declared.pay.column, declared.pay.low, declared.pay.high) if name is not None]
    if not ends:
        return cells.select(coded), tuple(faults)
    stated = _stated(cells, ends, declared.layout)
    if stated["any"].any() and not (stated["low"].is_not_null() & stated["high"].is_not_null()).any():
        faults.append(_nothing_read(cells, ends, declared.layout))
    weekly = hours if hours is not None else pl.Series([None], dtype=pl.Float64).new_from_index(0, len(cells))
    return _in_usd(stated.with_columns(*coded, hours=weekly), declared.pay), tuple(faults)


def asked_pay(declared: OwnMapping) -> frozenset[str]:
    """Return the canonical pay columns that a mapping observes at all."""
    columns = {"pay_annual_usd", "pay_annual_local", "pay_concept", "currency", "period"}
    if declared.pay.low is not None:
        columns |= {"pay_low_usd", "pay_high_usd", "pay_arithmetic_midpoint_usd"}
    if declared.pay.gross_net is not None:
        columns |= {"gross_net"}
    if "hours_weekly" in declared.columns or declared.pay.period.value in (None, "hour"):
        columns |= {"pay_hourly_usd"}
    return frozenset(columns)


def _currency(cells: pl.DataFrame, declared: OwnMapping) -> pl.Series:
    """Return the ISO code of each row; raises ``DataError`` for codes without a rate."""
    stated, rates = declared.pay.currency, declared.pay.rates
    if stated.column is None:
        codes = pl.Series("currency", [stated.value], pl.String).new_from_index(0, max(len(cells), 1))
    else:
        codes = cells[stated.column].replace(dict(stated.levels)).alias("currency")
    stray = codes.drop_nulls().value_counts(sort=True, name="rows").filter(~pl.col("currency").is_in(list(rates)))
    if len(stray) and stated.unmatched == "refuse":
        listed = "; ".join(f"{code!r} in {rows} rows" for code, rows in stray.iter_rows())
        raise DataError(
            Fault(
                f"{declared.layout.path.name}: currency",
                f"no rate for {listed}",
                "local units per US dollar for every currency but USD",
                "say usd_rate under [pay], such as usd_rate = { EUR = 0.92 }; map other spellings to ISO codes",
            )
        )
    known = pl.when(codes.is_in(list(rates))).then(codes)
    return pl.select(known).to_series().alias("currency").head(len(cells))


def _period(cells: pl.DataFrame, declared: OwnMapping) -> pl.Series:
    """Return the pay period of each row; raises ``DataError`` for values that the map does not know."""
    stated = declared.pay.period
    if stated.column is None:
        value = stated.value if stated.value in schema.PERIOD else None  # another value is a fault already
        return pl.Series("period", [value], schema.column("period").dtype).new_from_index(0, len(cells))
    levels = {period: period for period in schema.PERIOD} | dict(stated.levels)
    file = declared.layout.path.name
    return to_levels(cells, stated.column, "period", levels, source=file, unmatched=stated.unmatched)


def _stated(cells: pl.DataFrame, ends: list[str], layout: Layout) -> pl.DataFrame:
    """Return the two ends of pay as numbers (equal for a single column) and which cells were filled."""
    low, high = (to_number(name, decimal=layout.decimal, thousands=layout.thousands) for name in (ends[0], ends[-1]))
    filled = [pl.col(name).is_not_null() for name in ends]
    return cells.select(low=low, high=high, any=pl.any_horizontal(filled), all=pl.all_horizontal(filled))


def _in_usd(stated: pl.DataFrame, pay: Pay) -> pl.DataFrame:
    """Return pay in US dollars, and the marks of rows whose pay was stated and could not be read."""
    low, high, hours, hourly = pl.col("low"), pl.col("high"), pl.col("hours"), pl.col("period") == "hour"
    known = (low >= 0) & (high >= low) & pl.col("any")
    amount = pl.when(known).then((low * high).sqrt() if pay.low is not None else low)
    full_time = pl.col("period").cast(pl.String).replace_strict(PERIODS_PER_YEAR, default=None, return_dtype=pl.Float64)
    per_year = pl.when(hourly & (hours > 0)).then(hours * WEEKS_PER_YEAR).otherwise(full_time)
    per_usd = pl.col("currency").replace_strict(dict(pay.rates), default=None, return_dtype=pl.Float64)
    annual = amount * per_year / per_usd
    columns = {
        "pay_annual_local": amount * per_year,
        "pay_annual_usd": annual,
        "pay_hourly_usd": pl.when(hourly).then(amount / per_usd).when(hours > 0).then(annual / hours / WEEKS_PER_YEAR),
    }
    if pay.low is not None:
        columns |= {
            "pay_low_usd": pl.when(known).then(low * per_year / per_usd),
            "pay_high_usd": pl.when(known).then(high * per_year / per_usd),
            "pay_arithmetic_midpoint_usd": pl.when(known).then((low + high) / 2 * per_year / per_usd),
        }
    stated_but = {
        "only one end of the pay range is stated": ~pl.col("all"),
        "pay is not a readable number": low.is_null() | high.is_null(),
        "pay is below zero": (low < 0) | (high < 0),
        "the lower end of pay is above the upper": low > high,
        "currency of pay is not stated or has no rate": pl.col("currency").is_null(),
        "period of pay is not stated or not known": pl.col("period").is_null(),
    }
    marks = {REJECT + reason: pl.col("any") & wrong for reason, wrong in stated_but.items()}
    return stated.select("currency", "period", **columns, **marks)


def _nothing_read(cells: pl.DataFrame, ends: list[str], layout: Layout) -> Fault:
    shown = ", ".join(map(repr, cells[ends[0]].drop_nulls().head(3)))
    return Fault(
        f"{layout.path.name}: pay in {', '.join(map(repr, ends))}",
        f"no cell holds a readable number, such as {shown}",
        f"numbers with decimal {layout.decimal!r} and thousands {layout.thousands!r}",
        "say decimal and thousands under [file], or name another column",
    )
