"""Own dates: the year that pay refers to, and the month where the file tells one."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from salarylab.records.own.toml_table import TomlTable

KEYS = ("column", "value", "order", "month")
ORDERS = ("day/month/year", "month/day/year", "year/month/day")

_YEAR = r"(?:^|\D)((?:19|20)\d{2})(?:\D|$)"
_ISO_MONTH = r"^(?:19|20)\d{2}-(\d{2})(?:\D|$)"
_CENTURY = 70  # two digits from here on are of the last century


@dataclass(frozen=True, slots=True)
class When:
    """Declare the year: one for all rows, or a column of years or dates, with the order of their parts.

    ``month`` is a column of month numbers; a date tells its own.
    """

    column: str | None = None
    value: int | None = None
    order: str | None = None
    month: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The raw columns that dates are read from."""
        return tuple(name for name in (self.column, self.month) if name is not None)


def read_when(year: TomlTable) -> When:
    """Read the table [year]."""
    value, column = year.stated.get("value"), year.text("column")
    if (value is None) == (column is None):
        year.refuse("value", None if value is None else [value, column], "either value or column", "value = 2024")
    elif column is None and (type(value) is not int or not 1900 <= value <= 2100):
        year.refuse("value", value, "a year such as 2024")
    stated = value if type(value) is int and 1900 <= value <= 2100 and column is None else None
    return When(column, stated, year.choice("order", ORDERS), year.text("month"))


def dates(cells: pl.DataFrame, when: When) -> pl.DataFrame:
    """Return the columns ``year`` and ``month`` (Int32), null where they can't be read.

    A date is read whole in its declared order; where none is declared, the first four-digit year of a text
    counts, and a month only where the text begins as ISO 8601 does (2024-01-31).

    >>> told = pl.DataFrame({"sent": ["31.12.2023 10:15", "13/13/2023", "soon"]})
    >>> dates(told, When("sent", order="day/month/year")).rows()
    [(2023, 12), (None, None), (None, None)]
    """
    if when.column is None:
        year, month = pl.repeat(when.value, pl.len(), dtype=pl.Int32), pl.lit(None)
    elif when.order is None:
        text = pl.col(when.column)
        year, month = text.str.extract(_YEAR).cast(pl.Int32), text.str.extract(_ISO_MONTH).cast(pl.Int32)
    else:
        year, month = _in_order(pl.col(when.column), when.order)
    if when.month is not None:
        month = pl.col(when.month).str.extract(r"^0?(\d{1,2})(?:\.0+)?$").cast(pl.Int32)
    month = pl.when(month.is_between(1, 12)).then(month)
    return cells.select(year.alias("year"), month.cast(pl.Int32).alias("month"))


def _in_order(text: pl.Expr, order: str) -> tuple[pl.Expr, pl.Expr]:
    """Return year and month of dates whose three parts stand in one order."""
    numbers = {name: text.str.extract(r"^(\d{1,4})\D(\d{1,2})\D(\d{1,4})(?:\D|$)", group).cast(pl.Int32)
               for group, name in enumerate(order.split("/"), start=1)}  # fmt: skip
    year, month, day = numbers["year"], numbers["month"], numbers["day"]
    full = pl.when(year < _CENTURY).then(year + 2000).when(year < 100).then(year + 1900).otherwise(year)
    good = full.is_between(1900, 2100) & month.is_between(1, 12) & day.is_between(1, 31)
    return pl.when(good).then(full), pl.when(good).then(month)
