"""Slips of unit, found beside what is usual: pay typed in another unit, or in a neighbouring currency.

Nothing is guessed from a figure alone: pay is compared with what people of the same groups usually get.
``mend_slips`` judges every row by that; ``find_slips``, for surveys, also by how far pay spreads in the row's
cell, and leaves rows without a cell that is large enough to ``doubts``.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist
from types import MappingProxyType

import polars as pl

from salarylab.disclosure import MIN_PERCENTILE_CELL
from salarylab.errors import DataError, unknown
from salarylab.records.audit import PAY, Ledger
from salarylab.records.doubts import doubt_hundredfold, judges
from salarylab.records.recode import require_columns
from salarylab.schema import column

FACTORS: Mapping[str, float] = MappingProxyType({"monthly": 12.0, "thousands": 1_000.0})
"""What a slip's figure must be multiplied by."""

AGAIN = "annual again"
AMBIGUOUS = "ambiguous"
FAR_OUT = "far out"

RULES: Mapping[str, str] = MappingProxyType(
    {
        "monthly": "monthly pay typed as annual, times 12",
        "thousands": "thousands typed as units, times 1,000",
        AGAIN: "annual pay multiplied by 12 again, divided by 12",
        "currency": "a neighbouring currency of the list chosen, read in the one that is usual in the cell",
    }
)
"""The rules' names in the audit, by kind of slip."""

STATED: Mapping[str, str] = MappingProxyType({"monthly": "year", AGAIN: "month"})
"""The only period of stated pay that a kind of slip can come from."""

CONFUSABLE: tuple[tuple[str, str], ...] = (
    ("ALL", "AMD"),
    ("BOB", "BRL"),
    ("BRL", "BSD"),
    ("IMP", "INR"),
    ("KPW", "KRW"),
    ("MXN", "MYR"),
    ("NOK", "NPR"),
    ("PKR", "PLN"),
    ("RON", "RSD"),
    ("RSD", "RUB"),
    ("SEK", "SGD"),
)
"""Neighbours in a list of currencies sorted by code, of which either may be chosen for the other."""

FAR = 3.5
"""Robust scores beyond which pay is far out: Iglewicz and Hoaglin's cut."""

FARTHEST = 6.0
"""Robust scores beyond which pay is doubted though no kind of slip explains it: tails of pay hardly reach there."""

FITS = 2.0
"""Robust scores within which a mended figure fits its cell."""

LEAST_SPREAD = 0.2
"""Log points: pay is heaped on round figures, and a narrower spread of a cell is not believed."""

SWEEPS = 4

OWN_MEDIAN = 3
"""Rows of a group whose median one odd figure cannot move far; the one row of a group would be its own measure."""

LOCAL = "pay_annual_local"


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
    left = pl.col("left")
    for _ in range(SWEEPS):
        for name in by:
            own = pl.when(left.count().over(name) >= OWN_MEDIAN).then(left.median().over(name)).otherwise(0.0)
            polished = polished.with_columns(left - own)
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


def find_slips(
    ledger: Ledger,
    *,
    by: Sequence[str],
    cells: Sequence[Sequence[str]] = (),
    mended: Sequence[str] = (),
    confusable: Sequence[tuple[str, str]] = CONFUSABLE,
    at_least: int = MIN_PERCENTILE_CELL,
    who: str = "answers",
) -> Ledger:
    """Flag the rows of a survey whose pay looks like a slip, in the column ``slip``; mend the kinds in ``mended``.

    ``by`` are the groups that say what is usual, such as country, role and year; a row is judged by the robust
    score of its log pay, less that, in the first of its ``cells`` (``by`` where none is named) that is known and has
    pay of ``at_least`` rows: narrow ones stand before wide ones. Pay is a slip where it is far out (``FAR``) and,
    mended by one kind, fits (``FITS``). ``slip`` is that kind, a key of ``RULES``, ``"ambiguous"`` where two fit, and
    ``"far out"`` where none does and pay is beyond ``FARTHEST``: neither of these is ever mended. ``pay_doubt`` is the
    same where it was not mended. Rows that no cell judges are left to ``doubt_hundredfold``. Where the ledger has
    ``period``, only pay stated by the month can be annual again, and only pay stated by the year monthly.

    Pairs of ``confusable`` currencies need ``pay_annual_local``, ``currency`` and ``year``: the other currency
    is the most frequent of the last cell, its rate the median at which the rows of the year were converted. An hourly
    rate looks like thousands typed as units: where there may be any, leave ``"thousands"`` unmended. In fat
    tails (Student's t with 5 df) one true figure in a hundred looks like a slip, in normal ones one in a thousand.
    Raises ``DataError`` for an unknown kind or a missing column.

    **Source** Iglewicz and Hoaglin (1993), How to Detect and Handle Outliers, ASQC: median, MAD, cut of 3.5.

    >>> rows = pl.DataFrame({"pay_annual_usd": [50e3, 60e3, 70e3] * 10 + [5e3], "country": "a"})
    >>> found = find_slips(Ledger(rows), by=["country"], mended=["monthly"], confusable=())
    >>> found.rows.rows()[-1]
    (60000.0, 'a', 'monthly', None)
    """
    cells = [list(cell) for cell in cells] or [list(by)]
    _require(ledger.rows, [*by, *itertools.chain(*cells)], mended, confusable)
    scored = _scored(ledger.rows, by, cells, at_least)
    other = _other_currency(ledger.rows, cells[-1], confusable)
    slips = _slips(scored.hstack([*other, _period(ledger.rows)]))
    judged = scored["left"].is_not_null()
    unjudged = f"{who}: in cells that are not known or have pay of fewer than {at_least} rows, not judged for slips"
    ledger = ledger.flag(unjudged, (pl.col(PAY) > 0) & ~pl.lit(judged)).recode(pl.lit(slips["slip"]))
    amounts = [name for name in (PAY, "pay_hourly_usd", LOCAL) if name in ledger.rows.columns]
    for kind, rule in RULES.items():
        wrong = pl.col("slip") == kind
        if kind in mended:
            mend = [pl.col(name) * slips["factor"] for name in amounts if kind != "currency" or name != LOCAL]
            mend += [pl.lit(other["other"]).alias("currency")] if kind == "currency" else []
            ledger = ledger.repair(f"{who}: {rule}", wrong, *mend)
        elif confusable or kind != "currency":
            ledger = ledger.flag(f"{who}: {rule} (found, not mended)", wrong)
    doubt = pl.when(~pl.col("slip").is_in(list(mended))).then("slip").cast(column("pay_doubt").dtype)
    ledger = ledger.recode(doubt.alias("pay_doubt"))
    ledger = ledger.flag(f"{who}: far out, and no kind of slip fits, never mended", pl.col("slip") == FAR_OUT)
    ledger = ledger.flag(f"{who}: two kinds of slip fit, never mended", pl.col("slip") == AMBIGUOUS)
    return doubt_hundredfold(ledger, judged=judged, at_least=at_least, who=who)


def _require(
    rows: pl.DataFrame, groups: Sequence[str], mended: Sequence[str], confusable: Sequence[tuple[str, str]]
) -> None:
    kinds = [kind for kind in RULES if confusable or kind != "currency"]
    strangers = [unknown("kind of slip", kind, kinds) for kind in mended if kind not in kinds]
    if strangers:
        raise DataError(*strangers)
    require_columns(rows, [PAY, *groups, *([LOCAL, "currency", "year"] if confusable else [])], thing="slips")


def _scored(rows: pl.DataFrame, by: Sequence[str], cells: Sequence[Sequence[str]], at_least: int) -> pl.DataFrame:
    """Return what is left of log pay in the first cell that judges a row, null where none does, and its spread."""
    groups = dict.fromkeys([*by, *itertools.chain(*cells)])
    pay = rows.select(*groups, pl.when(pl.col(PAY) > 0).then(PAY).alias(PAY))
    pay = pay.with_columns(log=(pl.col(PAY) / usual_pay(pay, PAY, by)).log())
    left, spread = [], []
    for i, cell in enumerate(cells):
        pay = pay.with_columns((pl.col("log") - pl.col("log").median().over(cell)).alias(f"left {i}"))
        deviation = pl.col(f"left {i}").abs().median().over(cell) / NormalDist().inv_cdf(0.75)
        left.append(pl.when(judges(PAY, cell, at_least)).then(f"left {i}"))
        spread.append(pl.when(judges(PAY, cell, at_least)).then(deviation.clip(LEAST_SPREAD)))
    return pay.select(left=pl.coalesce(left), spread=pl.coalesce(spread))


def _other_currency(rows: pl.DataFrame, within: Sequence[str], confusable: Sequence[tuple[str, str]]) -> pl.DataFrame:
    """Return the cell's most frequent currency, ``other``, where it makes a pair with the one that a row states.

    ``ratio`` is that of US dollars read in the other currency to US dollars as stated.
    """
    if not confusable:
        return rows.select(
            other=pl.repeat(None, pl.len(), dtype=pl.String), ratio=pl.repeat(None, pl.len(), dtype=pl.Float64)
        )
    usual = pl.col("currency").drop_nulls().mode().sort().first().over(within)
    priced = rows.select(
        "year", stated="currency", other=usual, rate=pl.when(pl.col(PAY) > 0).then(pl.col(LOCAL) / pl.col(PAY))
    )
    rates = priced.group_by("year", other="stated").agg(other_rate=pl.col("rate").median())
    pairs = pl.DataFrame([*confusable, *(pair[::-1] for pair in confusable)], ["stated", "other"], orient="row")
    priced = priced.join(pairs.with_columns(pair=True), on=["stated", "other"], how="left", maintain_order="left")
    priced = priced.join(rates, on=["year", "other"], how="left", maintain_order="left")
    return priced.select("other", ratio=pl.when("pair").then(pl.col("rate") / pl.col("other_rate")))


def _slips(scored: pl.DataFrame) -> pl.DataFrame:
    """Return each row's ``slip``, and the ``factor`` of its US dollars where exactly one kind fits."""
    period, left, spread = pl.col("period"), pl.col("left"), pl.col("spread")
    factors: dict[str, pl.Expr] = {kind: pl.lit(factor) for kind, factor in FACTORS.items()}
    factors |= {AGAIN: pl.lit(1.0 / FACTORS["monthly"]), "currency": pl.col("ratio")}
    fits = {}
    for kind, factor in factors.items():
        # a currency that is not the cell's is a sign of its own: not to fit as stated is far enough
        far = left.abs() > (FITS if kind == "currency" else FAR) * spread
        fit = far & ((left + factor.log()).abs() <= FITS * spread)
        possible = period.is_null() | (period == STATED[kind]) if kind in STATED else True
        fits[kind] = (fit & possible).fill_null(False)
    count = pl.sum_horizontal(fits.values())
    named = pl.coalesce(pl.when(fit).then(pl.lit(kind)) for kind, fit in fits.items())
    farthest = left.abs() > FARTHEST * spread
    slip = pl.when(count == 1).then(named).when(count > 1).then(pl.lit(AMBIGUOUS))
    return scored.select(
        slip=slip.when(farthest).then(pl.lit(FAR_OUT)),
        factor=pl.when(count == 1).then(pl.coalesce(pl.when(fits[kind]).then(factors[kind]) for kind in fits)),
    )


def _period(rows: pl.DataFrame) -> pl.Series:
    """Return the period in which pay was stated, null where that was not asked."""
    if "period" in rows.columns:
        return rows["period"].cast(pl.String)
    return pl.Series("period", [None], pl.String).new_from_index(0, len(rows))
