"""Own draft of levels: the tables [levels.…] of a first mapping, every raw value with what it seems to mean."""

from __future__ import annotations

import textwrap

import polars as pl

from salarylab import schema
from salarylab.disclosure import MIN_CELL
from salarylab.records.countries import CODES as COUNTRY_CODES
from salarylab.records.own.levels import level_of, nearest_size
from salarylab.records.own.profile import Profile, items_in
from salarylab.records.own.toml_lines import DECIDE, WIDTH, decide, key_line, one_of, quoted, rows_told
from salarylab.records.own.words import COUNTRIES, likeliest, says_nothing, tokens

RARE = 40
"""Rare values that are listed at most; the rest counts as not answered once a person says so."""


def level_lines(name: str, profile: Profile) -> list[str]:
    """Return the level map of a column: every value with its rows, rare ones without."""
    column = schema.column(name)
    if name.endswith("country"):
        return _countries(name, profile)
    listed = column.levels or (("yes", "no") if isinstance(column.dtype, pl.Boolean) and profile.numbers < 0.5 else ())
    if not listed:
        return []
    counts = _items(profile) if isinstance(column.dtype, pl.List) else profile.counts()
    counts = counts.filter(pl.Series([not empty_words(value) for value in counts["value"]], dtype=pl.Boolean))
    often, rare = counts.filter(pl.col("rows") >= MIN_CELL), counts.filter(pl.col("rows") < MIN_CELL).sort("value")
    choices = textwrap.wrap(f"{one_of(listed)}, or not answered", 110)
    lines = ["", f"[levels.{name}]", *(f"# {line}" for line in choices)]
    listed_rows = pl.concat([often, rare.head(RARE)])
    lines += [_level(value, name, rows_told(rows), " ".join(profile.told)) for value, rows in listed_rows.iter_rows()]
    if len(rare) > RARE:
        more = f'{len(rare) - RARE} rarer values are not listed; "null" counts them as not answered'
        lines.append(decide("unmatched", more))
    return lines


def _items(profile: Profile) -> pl.DataFrame:
    items = profile.cells.str.split(items_in(profile) or ";").explode().str.strip_chars().alias("value")
    counted = items.filter(items != "").value_counts(name="rows")
    return counted.sort(["rows", "value"], descending=[True, False])


def _level(value: str, name: str, rows: str, asked: str) -> str:
    guessed = level_of(value, name, asked)
    if guessed:
        return key_line(quoted(value), quoted(guessed), rows)
    near = nearest_size(value) if name == "org_size" else ""
    nearest = f"; the nearest is {near}" if near else ""
    return f"{f'{quoted(value)} = {quoted(str())}':<{WIDTH}} {DECIDE}: choose one of the above{nearest}; {rows}"


def _countries(name: str, profile: Profile) -> list[str]:
    """Return the ISO codes of countries that are written as words."""
    counts = profile.counts().head(2 * RARE)
    lines = []
    for value, rows in counts.iter_rows():
        code = COUNTRY_CODES.get(value.casefold()) or likeliest(value, COUNTRIES)
        if code and code != value:
            lines.append(key_line(quoted(value), quoted(code), rows_told(rows)))
    return ["", f"[levels.{name}]", "# ISO 3166-1 codes; other words stay as they are", *lines] if lines else []


def empty_words(value: str) -> bool:
    """Tell a value that answers nothing, in words or for want of them."""
    return not tokens(value) or says_nothing(value)
