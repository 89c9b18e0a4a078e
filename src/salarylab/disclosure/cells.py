"""Cells: which of them may be told, and the frames that hold only what may.

**Source** for ten rows: Brandt et al. (2010), Guidelines for the Checking of Output Based on Microdata
Research, ESSnet SDC. A share tells of two cells, the part and the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl
from polars import selectors

from salarylab.disclosure.complement import complement
from salarylab.disclosure.rounding import MIN_CELL, round_count, round_share
from salarylab.errors import Fault, VocabularyError

MIN_PERCENTILE_CELL = 30
"""Rows below which a median or any other percentile is withheld."""


@dataclass(frozen=True, slots=True)
class Released:
    """Hold a frame that has passed the door; made by the ``release`` functions alone."""

    frame: pl.DataFrame

    def then(self, step: Callable[[pl.DataFrame], pl.DataFrame]) -> Released:
        """Return what follows from the frame: worked out from what may be told, it tells no more."""
        return Released(step(self.frame))

    def _repr_html_(self) -> str:
        return self.frame._repr_html_()


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


def release(
    cells: pl.DataFrame,
    values: Sequence[str],
    *,
    count: str = "n",
    at_least: int | None = None,
    dominated: str | None = None,
    parts: bool = False,
) -> Released:
    """Return a frame of cells with the values and counts that may not be told as nulls, counts rounded.

    ``count`` names the column with a cell's rows, ``dominated`` one that marks the cells of one contributor (it
    is dropped). ``parts`` says that the cells add up to a whole that is told elsewhere: more is then withheld
    until none follows. A frame that was released before comes out as it went in.

    >>> cells = pl.DataFrame({"level": ["a", "b"], "premium": [1.0, 2.0], "n": [9, 12]})
    >>> release(cells, ["premium"]).frame.rows()
    [('a', None, None), ('b', 2.0, 10)]
    """
    told = (cells[count] >= threshold(at_least)).fill_null(False)
    if dominated is not None:
        told &= ~cells[dominated]
        cells = cells.drop(dominated)
    if parts:
        told = _parts(cells[count].fill_null(0).to_list(), told.to_list())
    held = cells.with_columns(pl.when(told).then(pl.col(name)).alias(name) for name in (*values, count))
    return Released(held.with_columns(pl.col(count).map_elements(round_count, return_dtype=pl.Int64)))


def _parts(counts: list[int], told: list[bool]) -> pl.Series:
    """Return which parts of a told whole may be told; a whole under ten is told as nothing."""
    n = len(counts)
    steps = [(i, i + 1) for i in range(n)]
    shown = complement([*steps, (0, n)], [*counts, sum(counts)], [*told, True], [*[True] * n, False])
    return pl.Series(shown[:n], dtype=pl.Boolean)


def share_cell(part: int, whole: int) -> int:
    """Return the rows in the smallest cell that a share tells of: the part, the rest, or the whole.

    A true zero is no cell: that nobody, or everybody, did something may be told.

    >>> share_cell(3, 100), share_cell(95, 100), share_cell(0, 100), share_cell(100, 100)
    (3, 5, 100, 100)
    """
    return min(cell for cell in (part, whole - part, whole) if cell or not whole)


def release_shares(cells: pl.DataFrame, part: str, *, share: str = "share", count: str = "n") -> Released:
    """Return a frame with the share that ``part`` is of ``count``, where part, rest and whole may be told.

    Shares are told in steps of ten rows or more, the whole is rounded, ``part`` is dropped.

    >>> cells = pl.DataFrame({"rows": [4, 50, 96, 100], "n": [100] * 4})
    >>> release_shares(cells, "rows").frame["share"].to_list()
    [None, 0.5, None, 1.0]
    """
    pairs = list(cells.select(part, count).iter_rows())
    shares = [round_share(*pair) if share_cell(*pair) >= MIN_CELL else None for pair in pairs]
    wholes = [round_count(whole) if whole >= MIN_CELL else None for _, whole in pairs]
    told = [pl.Series(share, shares, dtype=pl.Float64), pl.Series(count, wholes, dtype=pl.Int64)]
    return Released(cells.drop(part).with_columns(told))


def release_counts(steps: pl.DataFrame, counts: Sequence[str]) -> Released:
    """Return a frame with several counts a row: none of them where any is 1 to 9 rows, for one gives another.

    Other numbers (medians of pay, in USD) keep four significant digits.

    >>> merges = pl.DataFrame({"touched": [0, 16, 40], "removed": [0, 8, 20]})
    >>> release_counts(merges, ["touched", "removed"]).frame.rows()
    [(0, 0), (None, None), (40, 20)]
    """
    few = pl.any_horizontal(pl.col(counts).is_between(1, MIN_CELL - 1))
    held = steps.with_columns(pl.when(~few).then(pl.col(name)).alias(name) for name in counts)
    rounded = pl.col(counts).map_elements(round_count, return_dtype=pl.Int64)
    return Released(held.with_columns(rounded, selectors.float().round_sig_figs(4)))


def release_flow(steps: pl.DataFrame, lost: str = "rows_lost", left: str = "rows_left") -> Released:
    """Return a flow of rows, a row a step, with the rows lost and left that may be told.

    Rows left are what the step before left less what this one lost; where a loss of 1 to 9 would follow,
    rows left are withheld. A loss of none is told. Medians of pay keep four significant digits.

    >>> flow = pl.DataFrame({"rows_lost": [0, 3, 20], "rows_left": [13, 10, 10]})
    >>> release_flow(flow.head(2)).frame.rows()
    [(0, 10), (None, None)]
    """
    losses, lefts = steps[lost].to_list(), steps[left].to_list()
    n = len(lefts)
    # the last running total is no row at all; rows left after a step are that total less the step's own
    cells = [*((i, n) for i in range(n)), *((i - 1, i) for i in range(1, n))]
    counts = [*lefts, *losses[1:]]
    told = complement(cells, counts, [not 0 < c < MIN_CELL for c in counts], [*[True] * n, *[False] * (n - 1)])
    shown = [round_count(c) if may else None for c, may in zip(counts, told, strict=True)]
    nothing = [0 if not losses or not losses[0] else None]
    return Released(
        steps.with_columns(
            selectors.float().round_sig_figs(4),
            pl.Series(left, shown[:n], dtype=pl.Int64),
            pl.Series(lost, [*nothing[:n], *shown[n:]], dtype=pl.Int64),
        )
    )
