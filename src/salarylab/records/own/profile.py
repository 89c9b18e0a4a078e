"""Own profile: what one raw column of a person's file holds, as far as its name and cells tell."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from salarylab.records.amounts import LOW, bands
from salarylab.records.own.cells import plain
from salarylab.records.own.file import OwnFile
from salarylab.records.own.layout import Layout
from salarylab.records.own.when import ORDERS
from salarylab.records.own.words import CODES, match, tokens, without_currency
from salarylab.records.recode import blank_to_null, to_number

ITEMS = (";", ",", "|", "/")
SAMPLE = 500
"""Texts of a column that are read as amounts, at most, to tell the share of those that are."""

_DATE = r"^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?:\D|$)"
_YEAR = r"^(?:19|20)\d{2}(?:\.0)?$"


@dataclass(frozen=True, slots=True)
class Profile:
    """Hold a raw column: name, label, words of both, cells less the blank ones, and the shares of kinds.

    ``tally`` has the distinct ``value``s with their ``rows``, the most frequent first. ``numbers``, ``amounts``
    (numbers, bands and amounts in words), ``dates`` (dates or years) are shares of the filled cells.
    """

    name: str
    label: str
    cells: pl.Series
    tally: pl.DataFrame
    numbers: float
    amounts: float
    dates: float

    @property
    def told(self) -> tuple[str, ...]:
        """The words of the name and of the label."""
        return (*tokens(self.name), *tokens(self.label))

    def says(self, phrases: str) -> float:
        """Return how well name or label match one of several phrases."""
        return max(match(tokens(self.name), phrases), match(tokens(self.label), phrases))

    def counts(self) -> pl.DataFrame:
        """Return the distinct ``value``s with their ``rows``, the most frequent first."""
        return self.tally


def profiles(file: OwnFile, layout: Layout) -> tuple[Profile, ...]:
    """Return the profile of every column of a file, in its order."""
    cells = blank_to_null(file.cells, layout.missing)
    return tuple(_profile(cells[name], file.labels.get(name, ""), layout) for name in cells.columns)


def numbers(cells: pl.Series, layout: Layout) -> pl.Series:
    """Return cells of text as plain numbers, null where a cell holds none."""
    number = to_number("cell", decimal=layout.decimal, thousands=layout.thousands)
    return cells.alias("cell").to_frame().select(number).to_series()


def order_of(profile: Profile) -> str | None:
    """Return the order of the parts of a column's dates, or None where nothing tells it.

    Parts that are too great for a month tell it; so do points, which stand after days first.
    """
    if profile.cells.str.contains(r"^\d{1,2}\.\d{1,2}\.\d{4}").mean() == 1.0:
        return ORDERS[0]
    parts = profile.cells.str.extract_groups(r"^(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})(?:\D|$)").struct.unnest()
    if not parts.width:
        return None
    first, second, third = (parts[name].cast(pl.Int32) for name in parts.columns)
    tests = ((first > 12) & (third > 31), (second > 12) & (third > 31), first > 31)
    shown = [order for order, test in zip(ORDERS, tests, strict=True) if test.any()]
    return shown[0] if len(shown) == 1 else None


def items_in(profile: Profile) -> str | None:
    """Return the mark that parts several answers in one cell, or None where cells seem to hold one each."""
    shares = {mark: profile.cells.str.contains(mark, literal=True).mean() or 0.0 for mark in ITEMS}
    likely = max(ITEMS, key=lambda mark: float(str(shares[mark])))
    return likely if float(str(shares[likely])) >= 0.1 else None


def _profile(cells: pl.Series, label: str, layout: Layout) -> Profile:
    filled = cells.drop_nulls()
    count = max(len(filled), 1)
    unsigned = without_currency(filled, CODES)
    read = numbers(unsigned, layout)
    dated = filled.str.contains(_DATE) | filled.str.contains(_YEAR)
    in_words = _in_words(unsigned.filter(read.is_null()), layout)
    return Profile(
        cells.name,
        label,
        filled,
        _tally(filled),
        read.count() / count,
        (read.count() + in_words) / count,
        int(dated.sum()) / count,
    )


def _tally(filled: pl.Series) -> pl.DataFrame:
    counted = filled.alias("value").value_counts(name="rows")
    return counted.sort(["rows", "value"], descending=[True, False])


def _in_words(texts: pl.Series, layout: Layout) -> float:
    """Return how many texts are bands or amounts in words, by a sample in which at least half hold a digit."""
    sampled = texts.sample(min(len(texts), SAMPLE), seed=0)
    if not len(sampled) or sampled.str.contains(r"\d").sum() < len(sampled) / 2:
        return 0.0
    return bands(plain(sampled, layout))[LOW].count() / len(sampled) * len(texts)


def looks_like_code(text: str) -> bool:
    """Tell an ISO 4217 code from other words."""
    return bool(re.fullmatch(r"[A-Z]{3}", text))
