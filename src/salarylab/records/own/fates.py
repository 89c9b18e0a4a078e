"""Own fates: what every raw value of a person's file became, column by column.

For the person whose file it is, on their own machine; counts are rounded all the same, and withheld under ten
rows, so that what is copied out of a terminal tells of nobody.
"""

from __future__ import annotations

import polars as pl

from salarylab import schema
from salarylab.disclosure import MIN_CELL, MIN_PERCENTILE_CELL, show_count
from salarylab.records.own.answer import NOT_ANSWERED
from salarylab.records.own.layout import Layout
from salarylab.records.own.mapping import OwnMapping
from salarylab.records.recode import blank_to_null, to_number

SHOWN = 40
"""Values of a column that are listed; the rest is one line."""

QUANTILES = (0.25, 0.5, 0.75)


def fates(raw: pl.DataFrame, rows: pl.DataFrame, declared: OwnMapping) -> pl.DataFrame:
    """Return ``column``, ``raw``, ``became`` and ``rows`` (shown counts) of every mapped column.

    ``raw`` has the cells as read, ``rows`` the canonical columns laid out beside them. Plain numbers and free
    text are told together, values of levels and cells of free text that could not be read one by one, and so are
    the texts that numbers were read from where ten rows carry them.
    """
    cells = blank_to_null(raw, declared.layout.missing)
    told: list[tuple[str, str, str, str]] = []
    for name, answer in declared.columns.items():
        column, raw_cells = schema.column(name), cells[answer.column or ""]
        if isinstance(column.dtype, pl.Float64):
            told += _numbers(name, raw_cells, rows[name], declared.layout)
        else:
            told += _fates(column, raw_cells, rows[name], answer.separator)
    for name, raw_name in (("currency", declared.pay.currency.column), ("period", declared.pay.period.column)):
        if raw_name is not None:
            told += _one_by_one(name, cells[raw_name], rows[name])
    return pl.DataFrame(told, schema=dict.fromkeys(("column", "raw", "became", "rows"), pl.String), orient="row")


def quantiles(pay: pl.Series) -> dict[float, float] | None:
    """Return quantiles of pay in USD a year, or None where fewer than thirty rows have pay.

    >>> quantiles(pl.Series([50_000.0] * 29)) is None
    True
    """
    known = pay.drop_nulls()
    if len(known) < MIN_PERCENTILE_CELL:
        return None
    return {share: float(str(known.quantile(share, interpolation="linear"))) for share in QUANTILES}


def _fates(column: schema.Column, raw: pl.Series, became: pl.Series, separator: str) -> list[tuple[str, str, str, str]]:
    """Return the lines of one column."""
    if isinstance(column.dtype, pl.List):
        if not column.levels:
            return [(column.name, f"(lists parted by {separator!r})", "(their items)", show_count(became.count()))]
        raw, became = raw.str.split(separator).list.join(" + "), became.cast(pl.List(pl.String)).list.join(" + ")
    if column.levels or isinstance(column.dtype, pl.Boolean) or column.name.endswith("country"):
        return _one_by_one(column.name, raw, became)
    lost = raw.is_not_null() & became.is_null()
    lines = [(column.name, "(texts)", "(as stated)", show_count(became.count()))] if became.count() else []
    return lines + _one_by_one(column.name, raw.filter(lost), became.filter(lost))


def _numbers(name: str, raw: pl.Series, became: pl.Series, layout: Layout) -> list[tuple[str, str, str, str]]:
    """Return the lines of numbers: plain ones together, the commonest texts with what was read from them."""
    marks = {"decimal": layout.decimal, "thousands": layout.thousands}
    plain = raw.to_frame("cell").select(to_number("cell", **marks)).to_series()
    stated = plain.is_not_null() & (plain == became).fill_null(False)
    pairs = pl.DataFrame({"raw": raw, "became": became}).filter(raw.is_not_null() & ~stated)
    counts = pairs.group_by("raw", "became").len("rows").sort(["rows", "raw"], descending=[True, False])
    often = counts.filter(pl.col("rows") >= MIN_CELL).head(SHOWN)
    lines = [(name, "(numbers)", "(as stated)", show_count(int(stated.sum())))] if stated.any() else []
    for text, number, count in often.iter_rows():
        lines.append((name, text, NOT_ANSWERED if number is None else f"{number:g}", show_count(count)))
    rarer = pairs.join(often, on=["raw", "became"], how="anti", nulls_equal=True)["became"]
    for kind, what in ((rarer.is_not_null(), "(numbers read from them)"), (rarer.is_null(), NOT_ANSWERED)):
        if kind.any():
            lines.append((name, "(rarer texts)", what, show_count(int(kind.sum()))))
    return lines


def _one_by_one(name: str, raw: pl.Series, became: pl.Series) -> list[tuple[str, str, str, str]]:
    """Return a line for every raw value, the most frequent first."""
    pairs = pl.DataFrame({"raw": raw, "became": became.cast(pl.String)}).filter(pl.col("raw").is_not_null())
    counts = pairs.group_by("raw", "became").len("rows").sort(["rows", "raw"], descending=[True, False])
    shown = counts.head(SHOWN)
    lines = [(name, value, NOT_ANSWERED if new is None else new, show_count(n)) for value, new, n in shown.iter_rows()]
    rest = counts.slice(SHOWN)
    if len(rest):
        lines.append((name, f"({len(rest)} rarer values)", "", show_count(int(rest["rows"].sum()))))
    return lines
