"""Slips of unit: monthly pay typed as annual, thousands typed as units, found beside what is usual.

Nothing is guessed from a figure alone. Pay is compared with what people of the same groups usually get;
a slip is nearer to a twelfth, or a thousandth, of that than to the whole, on a log scale.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import polars as pl

from salarylab.records.audit import PAY, Ledger

FACTORS: Mapping[str, float] = MappingProxyType({"monthly": 12.0, "thousands": 1_000.0})
"""What a slip's figure must be multiplied by."""

RULES: Mapping[str, str] = MappingProxyType(
    {"monthly": "monthly pay typed as annual, times 12", "thousands": "thousands typed as units, times 1,000"}
)
"""The rules' names in the audit."""

SWEEPS = 4


def mend_slips(
    ledger: Ledger, *, per: str, by: Sequence[str], stated_annual: pl.Expr, mended: Sequence[str], who: str
) -> Ledger:
    """Mend the kinds of slip named in ``mended``, in annual pay (USD and local); count the other kinds.

    Pay is compared per unit of the column ``per`` (hours) with what is usual in the groups ``by``. ``who``
    opens each rule's name. The ledger needs ``pay_annual_usd`` and ``pay_annual_local``.

    >>> rows = pl.DataFrame({"pay_annual_usd": [60e3, 5e3, 61e3], "hours": 40.0, "rank": "mid"})
    >>> ledger = Ledger(rows.with_columns(pay_annual_local="pay_annual_usd"))
    >>> every = {"per": "hours", "by": ["rank"], "stated_annual": pl.lit(True), "who": "workers"}
    >>> mend_slips(ledger, mended=["monthly"], **every).rows["pay_annual_usd"].to_list()
    [60000.0, 60000.0, 61000.0]
    """
    rates = ledger.rows.with_columns((pl.col(PAY) / pl.col(per)).alias("rate_of_pay"))
    rates = rates.with_columns(usual_pay(rates, "rate_of_pay", by))
    found = rates.select((stated_annual & is_slip(kind, "rate_of_pay", "usual_pay")).alias(kind) for kind in FACTORS)
    for kind, factor in FACTORS.items():
        wrong = pl.lit(found[kind])
        if kind in mended:
            amounts = [pl.col(name) * factor for name in (PAY, "pay_annual_local")]
            ledger = ledger.repair(f"{who}: {RULES[kind]}", wrong, *amounts)
        else:
            ledger = ledger.flag(f"{who}: {RULES[kind]} (found, not mended)", wrong)
    return ledger


def usual_pay(rows: pl.DataFrame, pay: str, by: Sequence[str]) -> pl.Series:
    """Return what is usual for each row's groups, in the unit of ``pay``, by median polish of log pay.

    The overall median times one factor a group: each sweep takes the medians of what is left out of every
    column in turn, so that a few per cent of slips move nothing. Pay must be positive or null.

    **Source** Tukey (1977), Exploratory Data Analysis, chapter 11 (median polish).

    >>> rows = pl.DataFrame({"country": ["a"] * 3 + ["b"] * 3, "pay": [10.0, 10.0, 0.8, 40.0, 40.0, 40.0]})
    >>> [round(usual, 1) for usual in usual_pay(rows, "pay", ["country"])]
    [10.0, 10.0, 10.0, 40.0, 40.0, 40.0]
    """
    polished = rows.select(pl.col(pay).log().alias("log_pay"), pl.col(pay).log().alias("left"), *by)
    polished = polished.with_columns(pl.col("left") - pl.col("left").median())
    for _ in range(SWEEPS):
        for name in by:
            polished = polished.with_columns(pl.col("left") - pl.col("left").median().over(name))
    return polished.select((pl.col("log_pay") - pl.col("left")).exp().alias("usual_pay")).to_series()


def is_slip(kind: str, pay: str, usual: str) -> pl.Expr:
    """Return whether pay looks like one kind of slip: ``monthly`` (a twelfth) or ``thousands`` (a thousandth).

    The bounds lie half way, in logs, between the whole, a twelfth and a thousandth of the usual pay.

    >>> rows = pl.DataFrame({"pay": [60_000.0, 5_000.0, 60.0], "usual": [55_000.0] * 3})
    >>> rows.select(is_slip("monthly", "pay", "usual"))["pay"].to_list()
    [False, True, False]
    """
    ratio = pl.col(pay) / pl.col(usual)
    upper = 1.0 / math.sqrt(FACTORS["monthly"])
    lower = 1.0 / math.sqrt(FACTORS["monthly"] * FACTORS["thousands"])
    return (ratio >= lower) & (ratio < upper) if kind == "monthly" else ratio < lower
