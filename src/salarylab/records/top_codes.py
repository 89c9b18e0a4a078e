"""Top codes: pay that a publisher replaced by one value for all above a cut-off, given back as an interval."""

from __future__ import annotations

import math
from collections.abc import Mapping

import polars as pl

from salarylab.records.audit import PAY, Ledger


def bound_top_codes(ledger: Ledger, place: pl.Expr, top_codes: Mapping[str, float]) -> Ledger:
    """Give top-coded annual pay its interval, and count it by place; count what no declared code bounds.

    ``place`` names the part of the file that has a cut-off of its own (a state and year), ``top_codes`` the
    value recorded there in place of all pay at or above the cut-off, its mean. Cut-offs are rarely published;
    the largest pay below the recorded mean is below the cut-off, so the interval from there upwards holds
    [cut-off, ∞). In places without a declared code the largest pay is flagged, and stays as it is.

    >>> rows = pl.DataFrame({"state": ["DE", "DE", "CA"], "pay_annual_usd": [90_000.0, 476_000.0, 800_000.0]})
    >>> bounded = bound_top_codes(Ledger(rows), pl.col("state"), {"DE": 476_000.0})
    >>> bounded.rows["pay_low_usd"].to_list()
    [None, 90000.0, None]
    >>> [step.touched for step in bounded.steps]
    [1, 1]
    """
    ledger = ledger.recode(place.alias("place"))
    ledger = ledger.recode(
        pl.col("place").replace_strict(top_codes, default=None, return_dtype=pl.Float64).alias("top_code")
    )
    pay, code = pl.col(PAY), pl.col("top_code")
    ledger = ledger.recode(
        pl.when(pay == code).then(pay.filter(pay < code).max().over("place")).alias("pay_low_usd"),
        pl.when(pay == code).then(math.inf).alias("pay_high_usd"),
    )
    ledger = ledger.flag_each(
        {
            f"top-coded in {name}: the recorded value is a mean; low = largest wage below it, high = ∞": (
                (pl.col("place") == name) & (pay == code)
            )
            for name in ledger.rows["place"].unique().sort().to_list()
            if name in top_codes
        }
    )
    if ledger.rows["top_code"].null_count():
        rule = "largest wage where no top code is declared: it may be the mean of several, and nothing bounds it"
        ledger = ledger.flag(rule, code.is_null() & (pay == pay.max().over("place")))
    return ledger
