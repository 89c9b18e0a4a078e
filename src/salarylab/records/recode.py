"""Recode: text as people write it to numbers and declared levels, the unmatched counted.

Raw cells are text. Nothing is guessed: a level map is declared, and a value that it does not know is an
error that lists every such value, or a null when the cleaner says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import polars as pl
from polars import selectors

from salarylab.errors import DataError, Fault, VocabularyError, did_you_mean, unknown
from salarylab.schema import column as declared_column

MISSING_WORDS = ("", "NA", "N/A", "n/a", "NULL", "null", "None")


def blank_to_null(raw: pl.DataFrame, words: Sequence[str] = MISSING_WORDS) -> pl.DataFrame:
    """Return the raw table, all text, with surrounding space cut and the missing words as nulls."""
    stripped = raw.with_columns(pl.col(pl.String).str.strip_chars())
    missing = pl.col(pl.String).is_in(list(words))
    told = stripped.select(missing.any()).row(0, named=True)
    return stripped.with_columns(
        pl.when(~pl.col(name).is_in(list(words))).then(name).alias(name) for name, any_ in told.items() if any_
    )


def to_number(name: str, *, decimal: str = ".", thousands: str = ",") -> pl.Expr:
    """Return an expression that reads plain numbers from a text column; other text becomes null.

    Spaces of every width, currency signs and the thousands mark are dropped; a thousands mark must part
    whole groups of digits, so that a decimal comma read as a thousands mark can't multiply pay by a hundred.

    >>> raw = pl.DataFrame({"pay": ["1,200.50", "€ 900", "about 5", "4567,80"]})
    >>> raw.select(to_number("pay"))["pay"].to_list()
    [1200.5, 900.0, None, None]
    """
    text = pl.col(name).str.replace_all(r"[\s\u00a0\u202f$€£¥]", "")
    if thousands:
        mark, point = re.escape(thousands), re.escape(decimal)
        # groups of two after the first are India's
        grouped = rf"^[+-]?[1-9]\d{{0,2}}(?:{mark}\d{{2,3}})*{mark}\d{{3}}(?:{point}\d*)?$"
        whole = text.str.contains(grouped) | ~text.str.contains(thousands, literal=True)
        text = pl.when(whole).then(text.str.replace_all(thousands, "", literal=True))
    text = text.str.replace_all(decimal, ".", literal=True) if decimal != "." else text
    number = text.cast(pl.Float64, strict=False)
    return pl.when(number.is_finite()).then(number).alias(name)


def first_number(name: str) -> pl.Expr:
    """Return an expression that reads the first number in free text: "10+ years" is 10, "5,5" is 5.5.

    "Less than 1 year" and "under a year" are half a year; text without a number becomes null.

    >>> raw = pl.DataFrame({"years": ["10+ years", "5,5", "less than 1 year", "many"]})
    >>> raw.select(first_number("years"))["years"].to_list()
    [10.0, 5.5, 0.5, None]
    """
    text = pl.col(name).str.to_lowercase()
    below_one = text.str.contains(r"(less than|under) (1|a|one)\b") | text.str.contains("half a year", literal=True)
    number = text.str.extract(r"(\d+(?:[.,]\d+)?)").str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    return pl.when(below_one).then(0.5).otherwise(number).alias(name)


def to_levels(
    rows: pl.DataFrame,
    name: str,
    into: str,
    levels: Mapping[str, str | None],
    *,
    source: str,
    unmatched: str = "refuse",
) -> pl.Series:
    """Return a column recoded to the declared levels of a canonical column.

    ``levels`` maps each raw value to a level of ``into`` (any text where it is a text column), or to None where it has
    none; a null stays null.
    Where ``into`` holds lists, each row is one item. Raises ``DataError`` for map targets that are not levels of
    ``into`` and, unless ``unmatched`` is ``"null"``, for raw values that the map does not know: all of them, with
    the number of rows each stands in.
    """
    declared = declared_column(into)
    faults = [
        Fault(
            f"{source}: level {target!r} for column {into!r}",
            "a level that is not declared",
            f"one of: {', '.join(declared.levels)}",
            did_you_mean(target, declared.levels) or "mend the level map",
        )
        for target in dict.fromkeys(levels.values())
        if target is not None and declared.levels and target not in declared.levels
    ]
    known = rows[name].cast(pl.Enum(list(levels)), strict=False)
    if unmatched == "refuse" and known.null_count() > rows[name].null_count():
        stray = rows[name].filter(known.is_null()).drop_nulls().value_counts(sort=True)
        listed = "; ".join(f"{value!r} in {n} rows" for value, n in stray.head(20).iter_rows())
        faults.append(
            Fault(
                f"{source}: column {name!r}",
                f"{len(stray)} values without a level: {listed}",
                f"values that the map to {into!r} knows: {', '.join(map(repr, levels))}",
                "add them to the level map, or say unmatched = 'null' to leave them out",
            )
        )
    if faults:
        raise DataError(*faults)
    item = declared.dtype.inner if isinstance(declared.dtype, pl.List) else declared.dtype
    # the place of each value in the map, then what stands there: text is compared once
    return pl.Series(into, list(levels.values()), dtype=item).gather(known.to_physical())


def constant(name: str, value: str) -> pl.Expr:
    """Return an expression that fills a canonical text or level column with one value.

    Raises ``VocabularyError`` for a column or level that is not canonical.

    >>> rows = pl.DataFrame({"row": [1, 2]}).with_columns(constant("gross_net", "gross"))
    >>> rows["gross_net"].to_list()
    ['gross', 'gross']
    """
    declared = declared_column(name)
    if declared.levels and value not in declared.levels:
        raise VocabularyError(unknown(f"level of {name}", value, declared.levels))
    return pl.lit(value).cast(declared.dtype).alias(name)


def require_columns(raw: pl.DataFrame, needed: Sequence[str], *, thing: str) -> None:
    """Raise ``DataError`` naming every needed column that a raw table lacks, with near names."""
    faults = [
        Fault(
            f"{thing}: column {name!r}",
            "no such column",
            f"one of the file's columns: {', '.join(raw.columns[:40])}",
            did_you_mean(name, raw.columns) or "check that this is the file of this source and year",
        )
        for name in needed
        if name not in raw.columns
    ]
    if faults:
        raise DataError(*faults)


def require_numbers(raw: pl.DataFrame, needed: Sequence[str], *, thing: str) -> pl.DataFrame:
    """Return the raw table with the needed text columns as Float64; null stays null.

    For columns that the publisher writes by machine. Raises ``DataError`` naming every column that holds
    something other than plain numbers. Text as people write it goes through ``to_number`` or
    ``first_number`` instead.
    """
    # text that is a whole number is read in half the time; the few columns with other text are read again
    text = selectors.by_name(needed) & selectors.string()
    whole = raw.with_columns(text.cast(pl.Int64, strict=False).cast(pl.Float64))
    other = _lost(raw, whole, needed)
    read = whole.with_columns(raw.select(other)).with_columns(pl.col(needed).cast(pl.Float64, strict=False))
    faults = []
    for name in _lost(raw, read, other):
        strays = raw[name].filter(raw[name].is_not_null() & read[name].is_null())
        shown = ", ".join(repr(value) for value in strays.unique().sort().head(5))
        found = f"{len(strays)} cells that are not numbers: {shown}"
        faults.append(Fault(f"{thing}: column {name!r}", found, "plain numbers", "check the file's release"))
    if faults:
        raise DataError(*faults)
    return read


def _lost(before: pl.DataFrame, after: pl.DataFrame, names: Sequence[str]) -> list[str]:
    """Return those of the columns that have more nulls after than before."""
    counts = (table.select(names).null_count().row(0) for table in (before, after))
    return [name for name, blank, null in zip(names, *counts, strict=True) if null > blank]
