"""Ends: between which two amounts each row's pay is known to lie: a point, a band, or an end left open."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import release_shares, show_count
from salarylab.errors import Fault, ModelError
from salarylab.model.building import build
from salarylab.model.design import Design
from salarylab.model.distribution.interval_residuals import POINT
from salarylab.model.factor import Outcome, outcome
from salarylab.model.spec import Spec
from salarylab.sample import Sample, point_pay
from salarylab.units import WEEKS_PER_YEAR

Array = NDArray[np.float64]

SERVED = ("log_pay_annual", "log_pay_hourly")


def banded_design(spec: Spec, sample: Sample, *, ranges: bool = False) -> tuple[Design, Array, Array]:
    """Lay out an equation on rows whose pay is a point or has bounds; return it with the ends of log pay (n,).

    A row with bounds has its bounds, whatever single amount stands beside them: a band's middle, a mean above a
    top code. ``design.y`` is a log pay between the ends. A lower end of zero is open, as is an infinite upper
    one. Bounds are annual; hourly ones are over the hours that the row's two single amounts give, else its weekly
    hours. Raises ``ModelError`` as ``build`` does, for pay in other units, for a sample that left open bands out,
    for ends out of order, and for posted ranges unless ``ranges``: a range is not a censoring interval for one
    draw of pay.
    """
    wanted = outcome(spec.outcome, sample.asked, hours_known=sample.hours_known)
    if wanted.name not in SERVED:
        found = "bounds of pay are known in US dollars at the market rate only"
        raise ModelError(
            Fault(f"outcome {wanted.name!r}", found, f"one of: {', '.join(SERVED)}", "choose one of these")
        )
    _refuse_cut_off(sample)
    low, high = _ends(wanted)
    design = build(spec, sample, pay=_within(low, high))
    ends = design.sample.table.select(low.alias("low"), high.alias("high"))
    _refuse_bounds(design.sample, ends, ranges=ranges)
    with np.errstate(divide="ignore"):
        return design, np.log(ends["low"].to_numpy()), np.log(ends["high"].to_numpy())


def _ends(wanted: Outcome) -> tuple[pl.Expr, pl.Expr]:
    """Return the ends of pay in the outcome's unit; the amount itself, twice, where a row has no bounds."""
    low, high = pl.col("pay_low_usd"), pl.col("pay_high_usd")
    bounded = low.is_not_null() | high.is_not_null()
    hours = _hours_a_year() if wanted.name == "log_pay_hourly" else pl.lit(1.0)
    point = pl.col(wanted.column)
    return (
        pl.when(bounded).then(low.fill_null(0.0) / hours).otherwise(point),
        pl.when(bounded).then(high.fill_null(np.inf) / hours).otherwise(point),
    )


def _hours_a_year() -> pl.Expr:
    """Return paid hours a year: by a row's two amounts, else (no amount, bounds only) by the week, all year."""
    annual, hourly = pl.col("pay_annual_usd"), pl.col("pay_hourly_usd")
    weekly = pl.when(pl.col("full_year").fill_null(True)).then(pl.col("hours_weekly") * WEEKS_PER_YEAR)
    return pl.when((hourly > 0) & (annual > 0)).then(annual / hourly).when(annual.is_null()).then(weekly)


def _within(low: pl.Expr, high: pl.Expr) -> pl.Expr:
    """Return an amount between the ends; null where both are open."""
    closed = pl.when(high.is_finite()).then((low * high).sqrt()).otherwise(low)
    return pl.when(low > 0).then(closed).when(high.is_finite()).then(high)


def _refuse_cut_off(sample: Sample) -> None:
    """Refuse a sample that was drawn without open bands: it is cut off by pay itself."""
    left_out = f"kept only if: {point_pay.label}"
    if sample.attrition.filter(pl.col("reason") == left_out, pl.col("rows_lost") > 0).height:
        found = "rows left out because their pay is known as an open band alone"
        remedy = "draw without sl.standard's restrictions to points and to positive pay"
        raise ModelError(Fault("sample", found, "rows with bounds as well as points", remedy))


def _refuse_bounds(sample: Sample, ends: pl.DataFrame, *, ranges: bool) -> None:
    faults = []
    crossed = int((ends["low"] > ends["high"]).sum())
    if crossed:
        found = f"a lower end above the upper one in {show_count(crossed)} rows"
        faults.append(Fault("bounds of pay", found, "ends in order", "mend or leave out these rows"))
    posted = (sample.table["observation"] == "posting") & (ends["low"] < ends["high"])
    if posted.any() and not ranges:
        faults.append(
            Fault(
                "bounds of pay",
                "posted ranges",
                "bands and top codes: a posted range is what an employer would pay, not where one pay lies",
                "keep workers (sl.only(observation='worker')), or take ranges=True knowingly",
            )
        )
    if faults:
        raise ModelError(*faults)


def shares_of_ends(low: Array, high: Array) -> pl.DataFrame:
    """Return the share of rows known as points, bands, and with an open end: known_as, share, n.

    ``low`` and ``high`` (n,) are ends of log pay. A share of which few rows tell is withheld.

    >>> low, high = np.repeat([0.0, -np.inf], 50), np.repeat([0.0, 1.0], 50)
    >>> shares_of_ends(low, high)["share"].to_list()
    [0.5, 0.0, 0.5, 0.0]
    """
    point = high - low <= POINT
    below, above = np.isneginf(low), np.isposinf(high)
    kinds = {"point": point, "band": ~(point | below | above), "open below": below, "open above": above}
    cells = {"known_as": list(kinds), "rows": [int(rows.sum()) for rows in kinds.values()], "n": [len(low)] * 4}
    return release_shares(pl.DataFrame(cells), "rows").frame.select("known_as", "share", "n")
