"""Text: numbers as a reader reads them, in the cells of a table."""

from __future__ import annotations

import polars as pl

from salarylab.disclosure import MIN_CELL, show_count, significant

WITHHELD = "withheld"
WHY_WITHHELD = f"Withheld: fewer than {MIN_CELL} rows, or mostly one contributor."


def difference(name: str = "value") -> pl.Expr:
    """Return a premium of log points as text in percent, or that it is withheld."""
    return signed(ratio(name)).fill_null(WITHHELD)


def ratio(name: str) -> pl.Expr:
    """Return log points as percent differences."""
    return (pl.col(name).exp() - 1) * 100


def signed(value: str | pl.Expr) -> pl.Expr:
    """Return percents as text with a sign and one decimal; nulls stay."""
    told = pl.col(value) if isinstance(value, str) else value
    return told.map_elements(lambda v: f"{v:+.1f}%", return_dtype=pl.String)


def interval(low: str, high: str) -> pl.Expr:
    """Return the ends of an interval in percent as text; a dash where there is none."""
    return pl.format("{} to {}", signed(low), signed(high)).fill_null("–")


def interval_of(low: str, high: str) -> pl.Expr:
    """Return the ends of an interval in log points as text in percent; a dash where there is none."""
    return pl.format("{} to {}", signed(ratio(low)), signed(ratio(high))).fill_null("–")


def number(name: str) -> pl.Expr:
    """Return numbers as text with three decimals; a dash where there is none."""
    told = pl.col(name).map_elements(lambda v: f"{round(v, 3) + 0.0:.3f}", return_dtype=pl.String)
    return pl.when(pl.col(name).is_null()).then(pl.lit("–")).otherwise(told)


def error(name: str = "se") -> pl.Expr:
    """Return standard errors as text with two digits: more would give a cell's size away; nulls stay."""
    return pl.col(name).map_elements(lambda se: f"{se:#.2g}".rstrip("."), return_dtype=pl.String)


def count(name: str) -> pl.Expr:
    """Return counts as text, rounded, or that they are withheld."""
    told = pl.col(name).map_elements(lambda n: show_count(n).removeprefix("about "), return_dtype=pl.String)
    return pl.when(pl.col(name).is_null()).then(pl.lit(WITHHELD)).otherwise(told)


def money(name: str) -> pl.Expr:
    """Return amounts as text with three digits that count; a dash where there is none."""
    told = pl.col(name).map_elements(lambda v: f"{significant(v, 3):,.0f}", return_dtype=pl.String)
    return pl.when(pl.col(name).is_null()).then(pl.lit("–")).otherwise(told)
