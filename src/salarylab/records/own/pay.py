"""Own pay: pay as a person's file states it, to US dollars a year and an hour.

Both ends of a range are kept and the geometric midpoint stands for it; hourly pay is made annual by the
hours that the row states, else by a full-time year. What could not be read is marked with a reason.
"""

from __future__ import annotations

import polars as pl

from salarylab import schema
from salarylab.errors import DataError, Fault
from salarylab.records.amounts import HIGH, LOW, bands
from salarylab.records.own.answer import Answer
from salarylab.records.own.bare import bare
from salarylab.records.own.cells import plain
from salarylab.records.own.layout import Layout
from salarylab.records.own.mapping import OwnMapping
from salarylab.records.own.pay_terms import Pay
from salarylab.records.own.rates import rates
from salarylab.records.recode import to_levels, to_number
from salarylab.units import PERIODS_PER_YEAR, WEEKS_PER_YEAR

PER_YEAR = "periods of pay in a year"
REJECT = "reject: "  # heads the name of a column that marks rows to remove; the rest is the reason
UNREADABLE = f"{REJECT}pay is not a readable number"
OPEN = "flag: pay is an open band, which stands at its lower end"
NO_PART = "flag: a part of pay is blank or not readable, and counted as none"
UNREAD_PART = "flag: {} is stated and not readable, counted as not answered"


def lay_out_pay(
    cells: pl.DataFrame, declared: OwnMapping, hours: pl.Series | None, when: pl.DataFrame | None = None
) -> tuple[pl.DataFrame, tuple[Fault, ...]]:
    """Return canonical pay columns and marks, one row per raw row, and all that is wrong with the mapping.

    ``cells`` is the raw table as text, blanks null; ``hours`` are paid hours a week; ``when`` has the year
    and month of each row, for rates that move. Blank pay is *not answered* and stays; pay that is stated but
    cannot be read is marked for rejection.
    """
    pay, faults = declared.pay, list[Fault]()
    period, wrong = _period(cells, declared)
    rate, more = rates(cells, declared, when)
    faults += [*wrong, *more]
    if not pay.columns or not (pay.column or pay.is_range or pay.summed):
        return rate.with_columns(period).drop("per_usd"), tuple(faults)
    named = [name for name in pay.amounts if name in cells.columns]
    stated = _stated(cells.with_columns(bare(cells[name], pay) for name in named), pay, declared.layout)
    if stated["any"].any() and not (stated[LOW].is_not_null() & stated[HIGH].is_not_null()).any():
        faults.append(_nothing_read(cells, pay, declared.layout))
    weekly = pl.Series("hours", [None] * len(cells), pl.Float64) if hours is None else hours.alias("hours")
    units = pl.concat([rate, pl.DataFrame([period, weekly])], how="horizontal")
    return _in_usd(pl.concat([stated, units], how="horizontal"), pay), tuple(faults)


def asked_pay(declared: OwnMapping) -> frozenset[str]:
    """Return the canonical pay columns that a mapping observes at all."""
    pay = declared.pay
    columns = {"pay_annual_usd", "pay_annual_local", "pay_concept", "currency", "period"}
    columns |= {f"{part}_usd" for part in pay.parts}
    if pay.is_range:
        columns |= {"pay_low_usd", "pay_high_usd", "pay_arithmetic_midpoint_usd"}
    if pay.gross_net is not None:
        columns |= {"gross_net"}
    if "hours_weekly" in declared.columns or pay.period.value in (None, "hour"):
        columns |= {"pay_hourly_usd"}
    return frozenset(columns)


def _period(cells: pl.DataFrame, declared: OwnMapping) -> tuple[pl.Series, tuple[Fault, ...]]:
    """Return the pay period of each row, and a fault for values that the map does not know."""
    stated, kind = declared.pay.period, schema.column("period").dtype
    if stated.column is None:
        value = stated.value if stated.value in schema.PERIOD else None  # another value is a fault already
        return pl.Series("period", [value], kind).new_from_index(0, len(cells)), ()
    levels = {period: period for period in schema.PERIOD} | dict(stated.levels)
    try:
        named = _answered(cells, stated)
        file = declared.layout.path.name
        return to_levels(named, stated.column, "period", levels, source=file, unmatched=stated.unmatched), ()
    except DataError as error:
        return pl.Series("period", [None], kind).new_from_index(0, len(cells)), error.faults


def _answered(cells: pl.DataFrame, answer: Answer) -> pl.DataFrame:
    name = answer.column or ""
    return cells.select(pl.when(~pl.col(name).is_in(list(answer.nothing))).then(pl.col(name)).alias(name))


def _stated(cells: pl.DataFrame, pay: Pay, layout: Layout) -> pl.DataFrame:
    """Return the two ends of pay as numbers (equal for one figure), its parts, and which cells were filled."""
    parts = {name: _amounts(cells[part.column], layout) for name, part in pay.parts.items()}
    parts |= {f"{name} is stated": cells[part.column].is_not_null() for name, part in pay.parts.items()}
    if pay.band is not None:
        ends = bands(plain(cells[pay.band], layout))
        filled = cells[pay.band].is_not_null().alias("any")
        read = pl.concat([cells, ends, filled.to_frame()], how="horizontal")
        return read.select(LOW, HIGH, "any", pl.col("any").alias("all"), **parts)
    if pay.summed:
        filled_base = pl.col(pay.parts["base"].column).is_not_null()
        amount = parts["base"]
        return cells.select(amount.alias(LOW), amount.alias(HIGH), any=filled_base, all=filled_base, **parts)
    names = [name for name in (pay.column, pay.low, pay.high) if name is not None]
    low, high = (to_number(name, **_marks(layout)) for name in (names[0], names[-1]))
    filled_cells = [pl.col(name).is_not_null() for name in names]
    whole = {"any": pl.any_horizontal(filled_cells), "all": pl.all_horizontal(filled_cells)}
    return cells.select(low.alias(LOW), high.alias(HIGH), **whole, **parts)


def _amounts(cells: pl.Series, layout: Layout) -> pl.Series:
    """Return a part of pay: a plain number, or what stands for a band or an amount in words ("10k")."""
    number = cells.to_frame("cell").select(to_number("cell", **_marks(layout))).to_series()
    wordy = pl.select(pl.when(number.is_null()).then(cells)).to_series()
    return bands(plain(wordy, layout)).select(pl.coalesce(number, _of_band())).to_series()


def _marks(layout: Layout) -> dict[str, str]:
    return {"decimal": layout.decimal, "thousands": layout.thousands}


def _in_usd(stated: pl.DataFrame, pay: Pay) -> pl.DataFrame:
    """Return pay in US dollars, and the marks of rows whose pay was stated and could not be read."""
    low, high, hours, hourly = pl.col(LOW), pl.col(HIGH), pl.col("hours"), pl.col("period") == "hour"
    known = (low >= 0) & (high >= low) & pl.col("any")
    own_period, rate = _per_year(pl.col("period").cast(pl.String)), pl.col("per_usd")
    parts = {
        name: pl.col(name) * (own_period if part.period is None else _per_year(pl.lit(part.period)))
        for name, part in pay.parts.items()
    }
    local = pl.when(known).then(_middle(pay)) * own_period
    for name in pay.summed[1:]:
        local = local + parts[name].fill_null(0.0)
    columns = {
        PER_YEAR: own_period,
        "pay_annual_local": local,
        "pay_annual_usd": local / rate,
        "pay_hourly_usd": pl.when(hourly & (not pay.summed[1:])).then(_middle(pay) / rate)
        .when(hours > 0).then(local / rate / hours / WEEKS_PER_YEAR),
        **{f"{name}_usd": pl.when(amount >= 0).then(amount / rate) for name, amount in parts.items()},
    }  # fmt: skip
    if pay.is_range:
        columns |= {
            "pay_low_usd": pl.when(known).then(low * own_period / rate),
            "pay_high_usd": pl.when(known).then(high * own_period / rate),
            "pay_arithmetic_midpoint_usd": pl.when(known & high.is_finite()).then((low + high) / 2 * own_period / rate),
        }
    return stated.select("currency", "period", **columns, **_marks_of_pay(pay, known, rate))


def _per_year(period: pl.Expr) -> pl.Expr:
    """Return the periods in a year; an hour's are those that the row states, else a full-time year's."""
    full_time = period.replace_strict(PERIODS_PER_YEAR, default=None, return_dtype=pl.Float64)
    stated = (period == "hour") & (pl.col("hours") > 0)
    return pl.when(stated).then(pl.col("hours") * WEEKS_PER_YEAR).otherwise(full_time)


def _middle(pay: Pay) -> pl.Expr:
    """Return the amount that stands for pay: of a range, the geometric midpoint.

    An open band stands at its lower end, and one from zero ("under 20k") at half its upper end, as its
    geometric midpoint is zero.
    """
    if not pay.is_range:
        return pl.col(LOW)
    return _of_band() if pay.band else _geometric()


def _geometric() -> pl.Expr:
    low, high = pl.col(LOW), pl.col(HIGH)
    return pl.when(high.is_infinite()).then(low).otherwise((low * high).sqrt())


def _of_band() -> pl.Expr:
    low, high = pl.col(LOW), pl.col(HIGH)
    return pl.when((low == 0) & high.is_finite()).then(high / 2).otherwise(_geometric())


def _marks_of_pay(pay: Pay, known: pl.Expr, rate: pl.Expr) -> dict[str, pl.Expr]:
    """Return, by column name, which rows to remove and which to count."""
    low, high = pl.col(LOW), pl.col(HIGH)
    reasons = {
        "only one end of the pay range is stated": ~pl.col("all"),
        UNREADABLE.removeprefix(REJECT): low.is_null() | high.is_null(),
        "pay is below zero": (low < 0) | (high < 0),
        "the lower end of pay is above the upper": low > high,
        "currency of pay is not stated or has no rate": pl.col("currency").is_null() | rate.is_null(),
        "period of pay is not stated or not known": pl.col("period").is_null(),
    }
    marks = {REJECT + reason: pl.col("any") & wrong for reason, wrong in reasons.items()}
    if pay.band:
        marks[OPEN] = known & high.is_infinite()
    if pay.summed[1:]:
        marks[NO_PART] = known & pl.any_horizontal(pl.col(name).is_null() for name in pay.summed[1:])
    for name in pay.parts:
        if name not in pay.summed[:1]:
            unread = pl.col(name).is_null() | (pl.col(name) < 0)
            marks[UNREAD_PART.format(name)] = pl.col(f"{name} is stated") & unread
    return marks


def _nothing_read(cells: pl.DataFrame, pay: Pay, layout: Layout) -> Fault:
    names = pay.amounts
    shown = ", ".join(map(repr, cells[names[0]].drop_nulls().head(3)))
    return Fault(
        f"{layout.path.name}: pay in {', '.join(map(repr, names))}",
        f"no cell holds a readable number, such as {shown}",
        f"numbers with decimal {layout.decimal!r} and thousands {layout.thousands!r}",
        "say decimal and thousands under [file], or name another column; amounts in words are a band = …",
    )
