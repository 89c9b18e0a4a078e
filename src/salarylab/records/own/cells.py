"""Own cells: the raw cells of one column read as one canonical column, by its type."""

from __future__ import annotations

import polars as pl

from salarylab import schema
from salarylab.errors import DataError, Fault
from salarylab.records.amounts import HIGH, LOW, bands, middle
from salarylab.records.own.answer import Answer
from salarylab.records.own.layout import Layout
from salarylab.records.recode import blank_to_null, first_number, to_levels, to_number

YEARS = {"experience_years": 80.0, "tenure_years": 80.0, "age": 120.0}
"""Columns of years, as people write them, and the most that free text may say ("since 2010" is no number)."""

YES = ("yes", "y", "true", "1", "kyllä", "k", "так", "да", "ja", "j", "oui", "sí", "si", "tak")
NO = ("no", "n", "false", "0", "ei", "e", "ні", "нет", "nein", "non", "nej", "nie")
FULL_YEAR_WEEKS = 50.0


def read_cells(cells: pl.DataFrame, column: schema.Column, answer: Answer, layout: Layout) -> pl.DataFrame:
    """Return a canonical column, null where a cell holds no such value, and the ends of bands beside it.

    Raises ``DataError`` for levels that are not declared or not mapped.
    """
    raw, file = answer.column or "", layout.path.name
    named = cells.select(pl.when(~pl.col(raw).is_in(list(answer.nothing))).then(pl.col(raw)).alias(raw))
    if column.name in YEARS:
        return _years(named, column, raw, layout)
    if column.name == "remote_share":
        values = _share(named, answer, layout)
    elif isinstance(column.dtype, pl.Float64):
        values = named.select(_number(column, raw, layout)).to_series()
    elif isinstance(column.dtype, pl.Boolean):
        values = _full_year(named, answer, layout)
    elif isinstance(column.dtype, pl.List):
        values = _lists(named, column, answer, file)
    elif column.levels:
        values = _levels(named, column, answer, file)
    else:
        values = named[raw].replace(dict(answer.levels))
    return pl.DataFrame({column.name: values})


def plain(cells: pl.Series, layout: Layout) -> pl.Series:
    """Return amounts without marks of thousands and with a decimal point, as ``amounts`` reads them anywhere."""
    text = cells
    if layout.thousands:
        mark = "\\" + layout.thousands if layout.thousands == "." else layout.thousands
        for _ in range(2):  # neighbouring groups share a digit
            text = text.str.replace_all(rf"(\d){mark}(\d\d\d)\b", "$1$2")
    return text if layout.decimal == "." else text.str.replace_all(r"(\d),(\d)", "$1.$2")


def _years(cells: pl.DataFrame, column: schema.Column, raw: str, layout: Layout) -> pl.DataFrame:
    """Return years from a number, a band ("3-5") or free text ("10+ years"), and the ends of stated bands."""
    ends = bands(plain(cells[raw], layout))
    loose = cells.select(first_number(raw)).to_series()
    values = pl.select(pl.coalesce(ends.select(middle()).to_series(), loose)).to_series()
    values = pl.select(pl.when(values <= YEARS[column.name]).then(values)).to_series()
    read = pl.DataFrame({column.name: values})
    name = column.name.removesuffix("_years")
    if f"{name}_low" in schema.BY_NAME and (ends[LOW] < ends[HIGH]).any():
        known = pl.col(column.name).is_not_null()
        read = read.with_columns(ends).with_columns(
            pl.when(known).then(pl.coalesce(end, column.name)).alias(f"{name}_{end}") for end in (LOW, HIGH)
        )
    return read.drop(LOW, HIGH, strict=False)


def _number(column: schema.Column, raw: str, layout: Layout) -> pl.Expr:
    """Return a number that is not below the column's least."""
    number = to_number(raw, decimal=layout.decimal, thousands=layout.thousands)
    return pl.when(number >= column.minimum).then(number) if column.minimum is not None else number


def _share(cells: pl.DataFrame, answer: Answer, layout: Layout) -> pl.Series:
    """Return a share from 0 to 1, said as one, in percent, or with a percent sign."""
    raw = answer.column or ""
    bare = cells.select(signed=pl.col(raw).str.contains("%", literal=True), said=pl.col(raw).str.replace("%", ""))
    number = to_number("said", decimal=layout.decimal, thousands=layout.thousands)
    percent = pl.col("signed") | (answer.unit == "percent")
    share = pl.when(percent).then(number / 100.0).otherwise(number)
    return bare.select(pl.when(share.is_between(0, 1)).then(share)).to_series()


def _full_year(cells: pl.DataFrame, answer: Answer, layout: Layout) -> pl.Series:
    """Return whether the year was full: by a word for yes or no, else by weeks worked."""
    raw = answer.column or ""
    words = dict.fromkeys(YES, True) | dict.fromkeys(NO, False)
    said = {word: words[level.lower()] for word, level in answer.levels.items() if level.lower() in words}
    strays = [level for level in answer.levels.values() if level.lower() not in words]
    if strays:
        where = f"{layout.path.name}: level {strays[0]!r} for column 'full_year'"
        raise DataError(Fault(where, "a level that is not declared", "one of: yes, no", "mend the level map"))
    told = pl.col(raw).replace_strict(said, default=None, return_dtype=pl.Boolean)
    word = pl.col(raw).str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.Boolean)
    weeks = to_number(raw, decimal=layout.decimal, thousands=layout.thousands)
    in_weeks = cells.select((weeks > 1).any()).item()  # else 1 and 0 are yes and no
    counted = pl.when(weeks.is_between(0, 53)).then(weeks >= FULL_YEAR_WEEKS)
    return cells.select(pl.coalesce(told, counted if in_weeks else word, word)).to_series()


def _levels(cells: pl.DataFrame, column: schema.Column, answer: Answer, file: str) -> pl.Series:
    itself = {level: level for level in column.levels}
    levels, raw = itself | dict(answer.levels), answer.column or ""
    return to_levels(cells, raw, column.name, levels, source=file, unmatched=answer.unmatched)


def _lists(cells: pl.DataFrame, column: schema.Column, answer: Answer, file: str) -> pl.Series:
    """Return the items of each cell as a list: trimmed, each once, in the order written."""
    raw, row = answer.column or "", "number of the row"
    items = cells.select(pl.int_range(pl.len()).alias(row), pl.col(raw).str.split(answer.separator)).explode(raw)
    items = items.select(row, blank_to_null(items.select(raw)).to_series())
    items = items.with_columns(pl.when(~pl.col(raw).is_in(list(answer.nothing))).then(pl.col(raw)).alias(raw))
    coded = _levels(items, column, answer, file) if column.levels else items[raw].replace(dict(answer.levels))
    gathered = items.select(row, coded.alias("item")).group_by(row, maintain_order=True)
    lists = gathered.agg(pl.col("item").drop_nulls().unique(maintain_order=True))["item"]
    answered = cells[raw].is_not_null()
    return pl.select(pl.when(answered).then(lists)).to_series().cast(column.dtype).alias(column.name)
