"""Audit: every rule that a cleaner applied, with the rows it examined, changed and removed.

Rows never vanish. A cleaner walks a ``Ledger`` from raw rows to records; each rule adds one ``Step``,
and the rows removed by all steps plus the records left are exactly the raw rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import polars as pl

from salarylab.disclosure import MIN_PERCENTILE_CELL

PAY = "pay_annual_usd"

Kind = Literal["reject", "repair", "merge", "flag"]

ROUNDING = 1e-12
"""Relative slack with which running sums of weights are compared with half of their total."""


@dataclass(frozen=True, slots=True)
class Step:
    """Record one rule: rows examined, touched and removed, and median pay around it (USD a year).

    Medians are None while annual pay is known of fewer than thirty rows. ``of_pay`` marks a repair of a pay figure.
    """

    rule: str
    kind: Kind
    examined: int
    touched: int
    removed: int
    median_before: float | None
    median_after: float | None
    median_removed: float | None = None
    of_pay: bool = False


@dataclass(frozen=True, slots=True)
class Ledger:
    """Hold the rows at one point of cleaning and the steps that led there.

    ``weighted``: medians of pay count each row by its ``weight``.

    >>> ledger = Ledger(pl.DataFrame({"pay_annual_usd": [1.0] + [50_000.0, 60_000.0] * 15}))
    >>> ledger = ledger.reject("pay under 1,000 USD a year", pl.col("pay_annual_usd") < 1_000)
    >>> step = ledger.steps[0]
    >>> len(ledger.rows), step.removed, step.median_after, step.median_removed
    (30, 1, 55000.0, None)
    """

    rows: pl.DataFrame
    steps: tuple[Step, ...] = ()
    weighted: bool = False

    def reject(self, rule: str, bad: pl.Expr) -> Ledger:
        """Remove the rows for which ``bad`` holds (a null does not hold)."""
        condemned = self.rows.select(bad.fill_null(False).alias("bad"))["bad"]
        # pay is all that is asked of the lost; other columns are not carried along
        of_pay = [PAY, *(["weight"] if self.weighted else [])]
        lost = (self.rows.select(of_pay) if PAY in self.rows.columns else self.rows).filter(condemned)
        return self._went(rule, "reject", self.rows.filter(~condemned), int(condemned.sum()), lost)

    def repair(self, rule: str, wrong: pl.Expr, *mended: pl.Expr) -> Ledger:
        """Replace columns, by expressions named after them, in the rows for which ``wrong`` holds."""
        flagged = self.rows.select(wrong.fill_null(False).alias("wrong"))["wrong"]
        after = self.rows.with_columns(
            pl.when(flagged).then(new).otherwise(pl.col(new.meta.output_name())).alias(new.meta.output_name())
            for new in mended
        )
        of_pay = any(new.meta.output_name().startswith("pay_") for new in mended)
        return self._went(rule, "repair", after, int(flagged.sum()), of_pay=of_pay)

    def merge(self, rule: str, merged: pl.DataFrame, touched: int) -> Ledger:
        """Take on a shorter table in which ``touched`` of the rows were joined into fewer."""
        return self._went(rule, "merge", merged, touched)

    def flag(self, rule: str, found: pl.Expr) -> Ledger:
        """Count the rows for which ``found`` holds, and leave them as they are."""
        return self.flag_each({rule: found})

    def flag_each(self, found: Mapping[str, pl.Expr]) -> Ledger:
        """Count, for each rule by its name, the rows for which it holds, and leave them as they are."""
        counts = {rule: self.rows.select(holds.fill_null(False).sum()).item() for rule, holds in found.items()}
        pay, size = median_pay(self.rows, weighted=self.weighted), len(self.rows)
        steps = (Step(rule, "flag", size, int(count), 0, pay, pay) for rule, count in counts.items())
        return replace(self, steps=(*self.steps, *steps))

    def recode(self, *columns: pl.Expr | Sequence[pl.Expr]) -> Ledger:
        """Add or replace columns row by row; no row is judged, so no step is written."""
        return replace(self, rows=self.rows.with_columns(*columns))

    def _went(
        self,
        rule: str,
        kind: Kind,
        after: pl.DataFrame,
        touched: int,
        removed: pl.DataFrame | None = None,
        *,
        of_pay: bool = False,
    ) -> Ledger:
        before = median_pay(self.rows, weighted=self.weighted)
        step = Step(
            rule,
            kind,
            examined=len(self.rows),
            touched=touched,
            removed=len(self.rows) - len(after),
            median_before=before,
            median_after=median_pay(after, weighted=self.weighted),
            median_removed=None if removed is None else median_pay(removed, weighted=self.weighted),
            of_pay=of_pay,
        )
        return replace(self, rows=after, steps=(*self.steps, step))


def median_pay(rows: pl.DataFrame, pay: str = PAY, *, weighted: bool = False) -> float | None:
    """Return the median pay, annual in USD by default, or None where fewer than thirty rows have known pay.

    ``weighted``: the amount at which half of the weight of the rows lies below and half above; rows without a weight
    count for nothing. Where an amount parts the weight into two halves exactly, the median is half-way to the next,
    so that equal weights give the plain median.

    >>> rows = pl.DataFrame({"pay_annual_usd": [1.0, 2.0, 3.0] * 10, "weight": [1.0, 1.0, 3.0] * 10})
    >>> median_pay(rows), median_pay(rows, weighted=True)
    (2.0, 3.0)
    """
    if pay not in rows.columns:
        return None
    if pay == PAY and {"pay_low_usd", "pay_high_usd"} <= set(rows.columns):  # a band without a middle has a place too
        low, high = pl.col("pay_low_usd"), pl.col("pay_high_usd")
        rows = rows.with_columns(pl.coalesce(pay, (low.fill_null(0.0) + high) / 2, low).alias(pay))
    known = rows.filter(pl.col(pay).is_not_null(), *([pl.col("weight") > 0] if weighted else []))
    if len(known) < MIN_PERCENTILE_CELL:
        return None
    if not weighted:
        median: Any = known[pay].median()
        return float(median)
    known = known.sort(pay)
    running, half = known["weight"].cum_sum(), float(known["weight"].sum()) / 2
    places = (int((running < half * (1 - ROUNDING)).sum()), int((running <= half * (1 + ROUNDING)).sum()))
    return sum(float(known[pay][place]) for place in places) / 2


def audit_frame(steps: Sequence[Step]) -> pl.DataFrame:
    """Return the steps as a table, one row a rule, in the order in which they were applied."""
    names = [name for name in Step.__dataclass_fields__ if name != "of_pay"]
    schema = {
        name: pl.String() if name in ("rule", "kind") else pl.Float64() if "median" in name else pl.Int64()
        for name in names
    }
    return pl.DataFrame([[getattr(step, name) for name in names] for step in steps], schema=schema, orient="row")
