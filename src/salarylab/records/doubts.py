"""Doubts: pay that cannot be, flagged in ``pay_doubt`` and never mended.

``doubt_hundredfold`` compares pay with the median of its year: for rows that no cell of like people judges, and for
pay that was not typed by those who get it. ``doubt_outside`` compares it with bounds that a source states.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from salarylab.disclosure import MIN_PERCENTILE_CELL
from salarylab.records.audit import PAY, Ledger
from salarylab.records.recode import constant
from salarylab.schema import column

HUNDREDFOLD = "a hundredfold off"
BELOW, ABOVE = "below the least stated", "above the most stated"

TIMES = 100.0
"""Times the median, or its hundredth: about half-way, in logs, between a month's twelfth and a thousandth."""


def doubt_hundredfold(
    ledger: Ledger, *, judged: pl.Series | None = None, at_least: int = MIN_PERCENTILE_CELL, who: str = "answers"
) -> Ledger:
    """Flag pay of a hundredth of the median of its year or less, or of a hundred times it or more.

    Parameters
    ----------
    ledger : Ledger
        Rows with ``pay_annual_usd``, and ``year`` where it is known.
    judged : Series of bool, optional
        Rows that a narrower cell has judged: they are passed over. None: no row.
    at_least : int
        Rows with pay that a median needs. Where the year has fewer, or is not known, the median is that of all years;
        where all have fewer, nobody is judged.
    who : str
        The opening of each rule's name.

    Returns
    -------
    Ledger
        With the level in ``pay_doubt`` where a row has none yet, the rows flagged counted, and those not judged.

    Notes
    -----
    Advertised pay, and pay chosen from a list of bands, spread too little or in too many ways for robust scores to tell
    what cannot be: this rule alone serves them. Pay of zero is not judged: the standard sample leaves it out.

    Examples
    --------
    >>> rows = pl.DataFrame({"pay_annual_usd": [50e3] * 30 + [400.0, 600.0, 9e9]})
    >>> doubt_hundredfold(Ledger(rows)).rows["pay_doubt"].tail(3).to_list()
    ['a hundredfold off', None, 'a hundredfold off']
    """
    rows = ledger.rows.select(pl.col("^year$"), pay=pl.when(pl.col(PAY) > 0).then(PAY), all=True)
    wide = [[name] for name in ("year", "all") if name in rows.columns]
    medians = (pl.when(judges("pay", cell, at_least)).then(pl.col("pay").median().over(cell)) for cell in wide)
    left = rows["pay"].is_not_null() if judged is None else rows["pay"].is_not_null() & ~judged
    times = rows.select(pl.col("pay") / pl.coalesce(medians)).to_series()
    unjudged = f"{who}: not judged, as fewer than {at_least} rows of all have pay"
    rule = f"{who}: beside the median of the year, a hundredth or less, or a hundred times or more, never mended"
    ledger = ledger.flag(unjudged, pl.lit(left & times.is_null()))
    return _doubted(ledger, {HUNDREDFOLD: (rule, pl.lit(left & ((times >= TIMES) | (times <= 1 / TIMES))))})


def doubt_outside(
    ledger: Ledger, least: float | pl.Expr | None, most: float | pl.Expr | None, *, pay: str = PAY, who: str = "answers"
) -> Ledger:
    """Flag pay below the least or above the most that a source states.

    Parameters
    ----------
    ledger : Ledger
        Rows with the column ``pay``.
    least, most : float or Expr, optional
        Bounds in the unit of ``pay``; what equals a bound lies within it. None: none is stated.
    pay : str
        The column that is held against the bounds.
    who : str
        The opening of each rule's name.

    Returns
    -------
    Ledger
        With the level in ``pay_doubt`` where a row has none yet, and the rows outside counted.

    Examples
    --------
    >>> ledger = doubt_outside(Ledger(pl.DataFrame({"pay_annual_usd": [900.0, 1_000.0, None]})), 1_000, None)
    >>> ledger.rows["pay_doubt"].to_list()
    ['below the least stated', None, None]
    """
    rules = {BELOW: None if least is None else pl.col(pay) < least, ABOVE: None if most is None else pl.col(pay) > most}
    stated = {level: (f"{who}: {level}, never mended", out) for level, out in rules.items() if out is not None}
    return _doubted(ledger, stated)


def judges(pay: str, cell: Sequence[str], at_least: int) -> pl.Expr:
    """Return whether a row's cell is known in every column, and has pay of ``at_least`` rows.

    >>> rows = pl.DataFrame({"pay": [1.0, 2.0, 3.0, None], "country": ["a", "a", None, None]})
    >>> rows.select(judges("pay", ["country"], 2))["pay"].to_list()
    [True, True, False, False]
    """
    return (pl.col(pay).count().over(cell) >= at_least) & pl.all_horizontal(pl.col(cell).is_not_null())


def _doubted(ledger: Ledger, rules: Mapping[str, tuple[str, pl.Expr]]) -> Ledger:
    """Count the rows that each rule finds, and give those that have no doubt yet its level."""
    if "pay_doubt" not in ledger.rows.columns:
        ledger = ledger.recode(pl.lit(None, column("pay_doubt").dtype).alias("pay_doubt"))
    for level, (rule, found) in rules.items():
        doubt = pl.coalesce("pay_doubt", pl.when(found).then(constant("pay_doubt", level)))
        ledger = ledger.flag(rule, found).recode(doubt.alias("pay_doubt"))
    return ledger
