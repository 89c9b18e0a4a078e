"""Own losses: stated pay that could not be read, told by the shapes of its texts, and pay that is far from the rest.

A shape has 9 for every run of digits. Its words are told only where ten rows carry them.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from salarylab.disclosure import MIN_CELL, MIN_PERCENTILE_CELL
from salarylab.records.own.mapping import OwnMapping
from salarylab.records.own.pay import UNREADABLE
from salarylab.records.recode import blank_to_null

MANY = 0.05
"""The share of stated pay that may be lost before a person is asked to look."""

TAIL = 20.0
"""Times the median: pay beyond it, or under its inverse, is rather a mark or a period misread than pay."""

SHOWN = 10
"""Shapes that are listed; the rest is one line."""

RARER = "(rarer shapes)"


@dataclass(frozen=True, slots=True)
class Losses:
    """Hold the rows that state pay, those of them that are lost, and the shapes of unreadable pay with their rows."""

    stated: int
    lost: int
    shapes: tuple[tuple[str, int], ...]

    @property
    def are_many(self) -> bool:
        """Whether more is lost than a person would expect."""
        return self.lost > MANY * self.stated


def losses(raw: pl.DataFrame, rows: pl.DataFrame, declared: OwnMapping) -> Losses:
    """Return what became of stated pay; ``rows`` are laid out beside the ``raw`` cells, none removed yet."""
    pay = declared.pay
    names = list(pay.amounts[: 1 if not pay.low else 2])
    cells = blank_to_null(raw.select(names), declared.layout.missing)
    stated = cells.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    lost = stated & rows["pay_annual_usd"].is_null()
    texts = pl.concat([cells[name] for name in cells.columns]).alias("text")
    unread = pl.concat([rows[UNREADABLE]] * len(cells.columns))
    return Losses(int(stated.sum()), int(lost.sum()), shapes(texts.filter(unread & texts.is_not_null())))


def shapes(texts: pl.Series) -> tuple[tuple[str, int], ...]:
    """Return the shapes of texts with their rows, the most frequent first; rare ones together.

    >>> shapes(pl.Series(["$70,000 base", "$81,500 base"] * 5 + ["ask Anna, 12"]))
    (('$9,9 base', 10), ('(rarer shapes)', 1))
    """
    shape = texts.alias("shape").str.replace_all(r"\d+", "9")
    often = shape.to_frame().with_columns(pl.len().over("shape").alias("rows"))
    wordless = pl.col("shape").str.replace_all(r"[^\W\d_]+(?:\s+[^\W\d_]+)*", "…")
    told = often.select(pl.when(pl.col("rows") >= MIN_CELL).then("shape").otherwise(wordless).alias("shape"))
    counts = told.group_by("shape").len("rows").sort(["rows", "shape"], descending=[True, False])
    listed = counts.filter(pl.col("rows") >= MIN_CELL).head(SHOWN)
    rest = len(texts) - int(listed["rows"].sum())
    return (*((str(name), int(count)) for name, count in listed.iter_rows()), *([(RARER, rest)] if rest else []))


def tails(pay: pl.Series) -> tuple[int, int]:
    """Return the rows whose pay is under a twentieth, and over twenty times, of the median; none of few rows.

    >>> tails(pl.Series([50_000.0] * 30 + [50.0, 2_000_000.0]))
    (1, 1)
    """
    paid = pay.filter(pay > 0)
    if len(paid) < MIN_PERCENTILE_CELL:
        return 0, 0
    median = float(str(paid.median()))
    return int((paid < median / TAIL).sum()), int((paid > median * TAIL).sum())
