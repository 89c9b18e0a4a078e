"""Postings: two ends of a range joined into one, repeats dropped, and those that another source may hold too.

Some publishers write a posted range as two rows, high end then low end. The pairs are visible in file
order only: they are found before any sort and before any repeat is dropped.

Two sources of postings are never pooled: records hold rows of one source, and a verb takes one set of records.
What may stand in another source as well says so in its column ``also_in``, so that whoever compares the two
knows how far they are one.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from salarylab.errors import DataError, Fault
from salarylab.records.audit import Ledger
from salarylab.records.recode import require_columns

ROW = "row"
"""The column that a ledger of postings must have: the row's number in its raw file."""

NEVER_POOL = "may also stand in {other}; never pool the two"

TIES = "both ends of a pair are equal: high ≥ low also pairs identical rows"


def collapse_pairs(ledger: Ledger, *, pay: str, identity: Sequence[str], also: Sequence[str] = ()) -> Ledger:
    """Join each pair of range ends into one row; count the rows joined, and the ties among the pairs.

    Two rows that follow one another in the file are a pair when all ``identity`` fields agree (null
    agrees with null) and the first ``pay`` is at least the second; pairs are taken greedily from the
    top, and no row is in two. A pair keeps the first row's columns and gains ``pay_low``, ``pay_high``
    (equal for a row without a partner) and ``paired``; each column named in ``also`` gains its own
    ``<name>_low`` and ``<name>_high`` in the same way. Raises ``DataError`` where a named column is
    missing or the rows are not in file order (column ``row``).

    **Source** The rule is salarylab's own, from the layout of the ai-jobs file: shuffling that file's
    rows leaves almost no pairs.

    >>> ends = pl.DataFrame({"row": [1, 2, 3], "title": ["engineer"] * 3, "usd": [150.0, 100.0, 120.0]})
    >>> postings = collapse_pairs(Ledger(ends), pay="usd", identity=["title"])
    >>> postings.rows.select("row", "pay_low", "pay_high").rows()
    [(1, 100.0, 150.0), (3, 120.0, 120.0)]
    """
    rows = ledger.rows
    require_columns(rows, [ROW, pay, *identity, *also], thing="postings")
    _require_file_order(rows)
    marked = rows.with_columns(_opens_pair(rows, pay, identity).alias("paired"))
    low_ends = marked.select(
        pl.when("paired").then(pl.col(name).shift(-1)).otherwise(pl.col(name)).alias(_end(name, pay, "low"))
        for name in (pay, *also)
    )
    high_ends = marked.select(pl.col(name).alias(_end(name, pay, "high")) for name in (pay, *also))
    closes_pair = pl.col("paired").shift(1, fill_value=False)
    postings = pl.concat([marked, low_ends, high_ends], how="horizontal").filter(~closes_pair)
    return ledger.merge(
        "two rows, high end then low end, are one posting", postings, 2 * int(marked["paired"].sum())
    ).flag(TIES, pl.col("paired") & (pl.col("pay_low") == pl.col("pay_high")))


def drop_repeats(ledger: Ledger, identity: Sequence[str]) -> Ledger:
    """Remove postings that repeat an earlier one exactly: same identity fields, same two ends.

    >>> twice = pl.DataFrame({"title": ["engineer"] * 2, "pay_low": [100.0] * 2, "pay_high": [150.0] * 2})
    >>> drop_repeats(Ledger(twice), ["title"]).steps[0].removed
    1
    """
    return ledger.reject("repeats an earlier posting exactly", is_repeat([*identity, "pay_low", "pay_high"]))


def is_repeat(fields: Sequence[str]) -> pl.Expr:
    """Return whether an earlier row agrees in all fields; null agrees with null.

    >>> pl.DataFrame({"title": ["engineer", None, None]}).select(is_repeat(["title"]))["title"].to_list()
    [False, False, True]
    """
    return ~pl.struct(*fields).is_first_distinct()


def mark_overlap(ledger: Ledger, found: pl.Expr, other: str) -> Ledger:
    """Count the postings for which ``found`` holds, and name the other source in their column ``also_in``.

    >>> heard = Ledger(pl.DataFrame({"via": ["a board", "elsewhere"]}))
    >>> mark_overlap(heard, pl.col("via") == "a board", "aijobs").rows["also_in"].to_list()
    ['aijobs', None]
    """
    marked = pl.when(found.fill_null(False)).then(pl.lit(other)).alias("also_in")
    return ledger.flag(NEVER_POOL.format(other=other), found).recode(marked)


def signature(identity: Sequence[str]) -> pl.Expr:
    """Return an expression for the text of all identity fields: equal only where all of them are.

    Postings that share it are not independent of each other. It is text, not a hash, so that it is the
    same in every process, on every machine, in every version.

    >>> pl.DataFrame({"title": ["engineer"], "size": [None]}).select(signature(["title", "size"])).item()
    '{"title":"engineer","size":null}'
    """
    return pl.struct(*identity).struct.json_encode()


def geometric_midpoint(low: str, high: str) -> pl.Expr:
    """Return √(low · high): the middle of a range in log pay, in the unit of its ends.

    >>> pl.DataFrame({"low": [100.0], "high": [225.0]}).select(geometric_midpoint("low", "high")).item()
    150.0
    """
    return (pl.col(low) * pl.col(high)).sqrt()


def arithmetic_midpoint(low: str, high: str) -> pl.Expr:
    """Return (low + high) / 2, in the unit of its ends; at a ratio of 1.5 it is 2.06 % above the geometric.

    >>> ends = pl.DataFrame({"low": [100.0], "high": [150.0]})
    >>> middle = ends.select(a=arithmetic_midpoint("low", "high"), g=geometric_midpoint("low", "high"))
    >>> round(100 * (middle["a"][0] / middle["g"][0] - 1), 2)
    2.06
    """
    return (pl.col(low) + pl.col(high)) / 2.0


def _opens_pair(rows: pl.DataFrame, pay: str, identity: Sequence[str]) -> pl.Series:
    """Return, for each row, whether the greedy scan makes it the first of a pair.

    A row that could pair with the next one opens a run of such rows or continues it. The scan enters
    every run at its first row, since the row before could not pair; so it takes every other row of it.
    """
    agrees = [pl.col(name).eq_missing(pl.col(name).shift(-1)) for name in identity]
    could_pair = rows.select(
        pl.all_horizontal(
            pl.col(ROW) + 1 == pl.col(ROW).shift(-1), pl.col(pay) >= pl.col(pay).shift(-1), *agrees
        ).fill_null(False)
    ).to_series()
    runs = pl.DataFrame({"could_pair": could_pair}).with_row_index("at")
    run_begins = pl.when(pl.col("could_pair").rle_id().diff().fill_null(1) > 0).then("at").forward_fill()
    return runs.select(pl.col("could_pair") & ((pl.col("at") - run_begins) % 2 == 0)).to_series()


def _end(name: str, pay: str, end: str) -> str:
    return f"pay_{end}" if name == pay else f"{name}_{end}"


def _require_file_order(rows: pl.DataFrame) -> None:
    out_of_order = int((rows[ROW].cast(pl.Int64).diff() <= 0).sum())
    if out_of_order:
        raise DataError(
            Fault(
                "postings: column 'row'",
                f"{out_of_order} rows that do not come after the row before them",
                "rows in file order, once each",
                "pair the ends before any sort, one file at a time",
            )
        )
