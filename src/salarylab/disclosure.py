"""Disclosure: which numbers may leave the house.

A cell of fewer than 10 rows (30 for a percentile) is withheld, counts are rounded on pages. The
thresholds may be raised by a caller, never lowered.

**Source** US Census Bureau, Disclosure Review Board rounding rules; Federal Committee on Statistical
Methodology, Statistical Policy Working Paper 22 (2005).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from salarylab.errors import Fault, VocabularyError

MIN_CELL = 10
"""Rows below which a mean, count or coefficient is withheld, and a share of which either side is smaller."""

MIN_PERCENTILE_CELL = 30
"""Rows below which a median or any other percentile is withheld."""

WITHHELD = f"fewer than {MIN_CELL}"


def threshold(asked: int | None = None, floor: int = MIN_CELL) -> int:
    """Return the smallest cell to show: the floor, or more when more is asked for.

    Raises ``VocabularyError`` when less than the floor is asked for.

    >>> threshold(), threshold(25)
    (10, 25)
    """
    if asked is None:
        return floor
    if asked < floor:
        raise VocabularyError(
            Fault("smallest cell to show", str(asked), f"at least {floor}", "raise it: it can't be lowered")
        )
    return asked


def round_count(count: int) -> int:
    """Return a count rounded as the Census Bureau's Disclosure Review Board rounds it.

    To 10 below 100, 50 below 1,000, 100 below 10,000, 500 below 100,000, then 1,000.

    >>> [round_count(n) for n in (17, 526, 8_012, 54_554, 160_400)]
    [20, 550, 8000, 54500, 160000]
    """
    steps = ((100, 10), (1_000, 50), (10_000, 100), (100_000, 500))
    step = next((step for limit, step in steps if count < limit), 1_000)
    return step * round(count / step)


def show_count(count: int) -> str:
    """Return a count as a page prints it: rounded, or withheld below 10 (a true zero is said).

    >>> show_count(0), show_count(3), show_count(12), show_count(8_012)
    ('0', 'fewer than 10', 'about 10', 'about 8,000')
    """
    if count == 0:
        return "0"
    if count < MIN_CELL:
        return WITHHELD
    return f"about {round_count(count):,}"


def suppress(
    cells: pl.DataFrame, values: Sequence[str], *, count: str = "n", at_least: int | None = None
) -> pl.DataFrame:
    """Withhold the values, and the count, of every cell with too few rows.

    Parameters: a frame with one row per cell, the columns to blank, the column that counts rows, and
    a threshold above the floor. Returns the frame with nulls in place of what may not be shown.

    >>> cells = pl.DataFrame({"level": ["a", "b"], "premium": [1.0, 2.0], "n": [9, 10]})
    >>> suppress(cells, ["premium"])["premium"].to_list()
    [None, 2.0]
    """
    enough = pl.col(count) >= threshold(at_least)
    return cells.with_columns(pl.when(enough).then(pl.col(name)).alias(name) for name in (*values, count))


def share_cell(part: int, whole: int) -> int:
    """Return the rows in the smallest cell that a share tells of: the part, the rest, or the whole.

    A true zero is no cell: that nobody, or everybody, did something may be told.

    >>> share_cell(3, 100), share_cell(95, 100), share_cell(0, 100), share_cell(100, 100)
    (3, 5, 100, 100)
    """
    return min(cell for cell in (part, whole - part, whole) if cell or not whole)


def suppress_shares(cells: pl.DataFrame, part: str, *, share: str = "share", count: str = "n") -> pl.DataFrame:
    """Withhold every share whose part, or rest, is one to nine rows, and the count of a whole under ten.

    ``part`` names the column with the rows that the share counts; it is dropped.

    >>> cells = pl.DataFrame({"share": [0.04, 0.5, 0.96, 1.0], "rows": [4, 50, 96, 100], "n": [100] * 4})
    >>> suppress_shares(cells, "rows")["share"].to_list()
    [None, 0.5, None, 1.0]
    """
    told = pl.Series(
        [share_cell(*cell) >= MIN_CELL for cell in cells.select(part, count).iter_rows()], dtype=pl.Boolean
    )
    withheld = cells.with_columns(pl.when(told).then(pl.col(share)).alias(share))
    return suppress(withheld.drop(part), [share], count=count)


def significant(value: float, digits: int = 4) -> float:
    """Return a number rounded to significant digits: four is what a page may show.

    >>> significant(123_456.0), significant(0.0123456, 2)
    (123500.0, 0.012)
    """
    return float(f"{value:.{digits}g}")
