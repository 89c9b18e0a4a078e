"""Property: median polish finds a table of products, and slips beside it; truth: planted slips are found.

What a survey's slips can be found by is derived, not measured: in a cell of log-normal pay with deviation s, a
slip that moves log pay by d is beyond FAR and mended within FITS with probability Φ(min(FITS, d/s − FAR)) −
Φ(−FITS); unslipped pay is beyond FAR with probability 2Φ(−FAR). The tests allow five points less found, for the
slips that widen the spread they are judged by, and one in five hundred falsely flagged, for spreads that
vary by cell.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
import polars as pl
import pytest

from salarylab.errors import DataError
from salarylab.records.audit import Ledger
from salarylab.records.slips import AMBIGUOUS, FACTORS, FAR, FITS, RULES, find_slips, is_slip, usual_pay


def _products(rows: int, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    country, rank = rng.integers(0, 4, rows), rng.integers(0, 3, rows)
    usual = 20_000.0 * np.array([1.0, 1.5, 2.0, 4.0])[country] * np.array([1.0, 1.3, 2.0])[rank]
    return pl.DataFrame(
        {"country": country, "rank": rank, "true": usual, "pay": usual * np.exp(rng.normal(0, 0.3, rows))}
    )


def test_usual_pay_of_a_table_of_products_is_the_table() -> None:
    rows = _products(2_000, 1).with_columns(pl.col("true").alias("pay"))
    assert usual_pay(rows, "pay", ["country", "rank"]).to_list() == pytest.approx(rows["true"].to_list())


def test_slips_are_found_and_nothing_else_is() -> None:
    rows = _products(5_000, 2).with_row_index("i")
    kind = (pl.col("i") % 50).replace_strict({0: "monthly", 1: "thousands"}, default="")
    rows = rows.with_columns(kind.alias("planted")).with_columns(
        pl.col("pay") / pl.col("planted").replace_strict(FACTORS, default=1.0)
    )
    rows = rows.with_columns(usual=usual_pay(rows, "pay", ["country", "rank"]))
    for name in FACTORS:
        assert rows.select(is_slip(name, "pay", "usual")).to_series().to_list() == (rows["planted"] == name).to_list()


def test_unknown_pay_is_no_slip() -> None:
    rows = pl.DataFrame({"country": ["a", "a"], "pay": [None, 10.0]})
    rows = rows.with_columns(usual=usual_pay(rows, "pay", ["country"]))
    assert rows.select(is_slip("monthly", "pay", "usual")).to_series().to_list() == [None, False]


PLANTED = {"monthly": 1 / 12, "annual again": 12.0, "thousands": 1e-3}
CELL = ["country", "role", "year"]
PER_USD = {"ALL": 100.0, "AMD": 400.0}


def _survey(seed: int, *, spread: float = 0.4, rows: int = 12_000, share: float = 0.01) -> pl.DataFrame:
    """Return pay in lek, in 18 cells, with each kind of slip planted in a ``share`` of rows."""
    rng = np.random.default_rng(seed)
    country, role, year = rng.integers(0, 3, rows), rng.integers(0, 3, rows), rng.integers(2021, 2023, rows)
    middle = 30_000.0 * np.array([1.0, 2.0, 3.0])[country] * np.array([1.0, 1.2, 1.6])[role]
    true = middle * np.exp(rng.normal(0.0, spread, rows))
    kind = rng.choice([*RULES, ""], rows, p=[*[share] * len(RULES), 1 - share * len(RULES)])
    survey = pl.DataFrame({"country": country, "role": role, "year": year, "true": true, "planted": kind})
    typed = pl.col("true") * pl.col("planted").replace_strict(PLANTED, default=1.0)
    swapped = pl.col("planted") == "currency"
    return survey.with_columns(
        pay_annual_local=typed * PER_USD["ALL"],
        currency=pl.when(swapped).then(pl.lit("AMD")).otherwise(pl.lit("ALL")),
        pay_annual_usd=typed * pl.when(swapped).then(PER_USD["ALL"] / PER_USD["AMD"]).otherwise(1.0),
    )


def _cell(*odd: float, rows: int = 60, spread: float = 0.4) -> pl.DataFrame:
    """Return a cell whose log pay lies at the normal quantiles about 50,000, and the ``odd`` figures after it."""
    quantiles = [NormalDist().inv_cdf((i + 0.5) / rows) for i in range(rows)]
    pay = [50_000.0 * math.exp(spread * quantile) for quantile in quantiles]
    return pl.DataFrame({"country": "a", "pay_annual_usd": [*pay, *odd]})


def _found(rows: pl.DataFrame, **options: Any) -> list[str | None]:
    return find_slips(Ledger(rows), **{"by": ["country"], "confusable": ()} | options).rows["slip"].to_list()


def _share(flags: pl.Series) -> float:
    return int(flags.sum()) / len(flags)


def _attainable(shift: float, spread: float, far: float) -> float:
    normal = NormalDist()
    return normal.cdf(min(FITS, abs(shift) / spread - far)) - normal.cdf(-FITS)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("spread", [0.3, 0.4, 0.5])
def test_planted_slips_are_found_and_hardly_any_other_row(seed: int, spread: float) -> None:
    found = find_slips(Ledger(_survey(seed, spread=spread)), by=CELL).rows
    for kind, factor in (PLANTED | {"currency": PER_USD["ALL"] / PER_USD["AMD"]}).items():
        slips = found.filter(pl.col("planted") == kind)
        # a currency may also look like a month; then it is flagged as ambiguous
        named = slips.select(pl.col("slip").is_in([kind, AMBIGUOUS] if kind == "currency" else [kind]).fill_null(False))
        least = _attainable(math.log(factor), spread, FITS if kind == "currency" else FAR) - 0.05
        band = 2.6 * math.sqrt(least * (1 - least) / len(slips))
        assert _share(named.to_series()) >= least - band, kind
    assert _share(found.filter(pl.col("planted") == "")["slip"].is_not_null()) <= 0.002


def test_pay_without_slips_is_hardly_flagged() -> None:
    found = find_slips(Ledger(_survey(4, share=0.0)), by=CELL).rows
    assert _share(found["slip"].is_not_null()) <= 0.002


def test_a_mended_slip_is_the_pay_that_was_meant_in_dollars_and_local_currency() -> None:
    survey = _survey(5, spread=0.3)
    mended = find_slips(Ledger(survey), by=CELL, mended=list(RULES)).rows
    right = mended.filter(pl.col("planted") == pl.col("slip"))
    assert set(right["slip"]) == set(RULES)
    assert right["pay_annual_usd"].to_list() == pytest.approx(right["true"].to_list())
    assert right["pay_annual_local"].to_list() == pytest.approx((right["true"] * PER_USD["ALL"]).to_list())
    assert set(right["currency"]) == {"ALL"}
    untouched = mended["slip"].is_null() | (mended["slip"] == AMBIGUOUS)
    assert mended.drop("slip", "pay_doubt").filter(untouched).equals(survey.filter(untouched))


@pytest.mark.parametrize("mended", [(), ("monthly",), tuple(RULES)])
def test_every_kind_is_counted_and_only_the_named_are_mended(mended: Sequence[str]) -> None:
    survey = _survey(6)
    ledger = find_slips(Ledger(survey), by=CELL, mended=mended)
    steps = {kind: step for kind, rule in RULES.items() for step in ledger.steps if rule in step.rule}
    assert {kind for kind, step in steps.items() if step.kind == "repair"} == set(mended)
    counts = dict(ledger.rows["slip"].drop_nulls().value_counts().iter_rows())
    assert {kind: step.touched for kind, step in steps.items()} == {kind: counts[kind] for kind in RULES}
    changed = ledger.rows["pay_annual_usd"] != survey["pay_annual_usd"]
    assert changed.to_list() == ledger.rows["slip"].is_in(list(mended)).fill_null(False).to_list()
    assert all(step.median_before is not None and step.median_after is not None for step in ledger.steps)


def test_a_figure_that_two_kinds_fit_is_never_mended() -> None:
    rows = _cell(50_000 / 12.5, spread=0.3).with_columns(
        pay_annual_local=pl.col("pay_annual_usd") * 100, currency=pl.lit("ALL"), year=2023
    )
    # dram at a tenth of the lek: read in lek, the last figure is usual too
    dram = rows.tail(1).with_columns(pay_annual_local=pl.col("pay_annual_usd") * 1_000, currency=pl.lit("AMD"))
    ledger = find_slips(Ledger(pl.concat([rows[:-1], dram])), by=["country"], mended=list(RULES))
    assert ledger.rows["slip"][-1] == AMBIGUOUS
    assert ledger.rows["pay_annual_usd"][-1] == 50_000 / 12.5
    assert [step.touched for step in ledger.steps if "two kinds of slip fit" in step.rule] == [1]


def test_a_small_or_unknown_cell_judges_nobody() -> None:
    odd = 50_000 / 12
    assert _found(_cell(odd, rows=40))[-1] == "monthly"
    assert _found(_cell(odd, rows=28)) == [None] * 29
    assert _found(_cell(odd, rows=28), at_least=29)[-1] == "monthly"
    nowhere = _cell(odd, rows=40).with_columns(country=pl.lit(None, pl.String))
    assert _found(nowhere) == [None] * 41
    assert find_slips(Ledger(nowhere), by=["country"], confusable=()).steps[0].touched == 41


def test_roles_may_be_too_thin_to_be_cells() -> None:
    rows = _cell(50_000 / 12, rows=80).with_row_index("role").with_columns(pl.col("role") % 9)
    assert _found(rows, by=["country", "role"]) == [None] * 81
    assert _found(rows, by=["country", "role"], cells=[["country"]])[-1] == "monthly"


def test_what_the_period_excludes_is_not_flagged() -> None:
    rows = _cell(50_000 / 12, 50_000 * 12)
    by_year, by_month = (rows.with_columns(period=pl.lit(period)) for period in ("year", "month"))
    assert _found(rows)[-2:] == ["monthly", "annual again"]
    assert _found(by_year)[-2:] == ["monthly", None]
    assert _found(by_month)[-2:] == [None, "annual again"]


def test_pay_that_is_unknown_or_zero_is_no_slip_and_far_out_pay_is_doubted_for_no_kind() -> None:
    rows = pl.concat(
        [_cell(0.0, 50_000 * 150), pl.DataFrame({"country": ["a"], "pay_annual_usd": [None]})], how="vertical_relaxed"
    )
    assert _found(rows)[-3:] == [None, "far out", None]
    doubted = find_slips(Ledger(rows), by=["country"], mended=["monthly", "thousands"], confusable=()).rows
    assert doubted["pay_doubt"][-2] == "far out"
    assert doubted["pay_annual_usd"][-2] == 50_000 * 150


def test_heaped_pay_has_a_spread_that_is_believed() -> None:
    rows = pl.DataFrame({"country": "a", "pay_annual_usd": [50_000.0] * 40 + [60_000.0, 30_000.0, 50_000 / 12]})
    assert _found(rows)[-3:] == [None, None, "monthly"]
    # 0.2 log points: mended, a slip fits within 2 × 0.2 of what is usual, and far out begins at 6 × 0.2
    heaped = [50_000.0] * 40
    edges = [50_000 / 12 * math.exp(-0.38), 50_000 / 12 * math.exp(-0.42), 50_000 * math.exp(-1.18)]
    edges.append(50_000 * math.exp(-1.22))
    for pay, found in zip(edges, ["monthly", "far out", None, "far out"], strict=True):
        assert _found(pl.DataFrame({"country": "a", "pay_annual_usd": [*heaped, pay]}))[-1] == found


def test_a_row_without_a_role_is_judged_beside_its_country_and_year() -> None:
    rows = _cell(50_000 / 12, rows=80).with_columns(role=pl.lit("tester"), year=2024)
    nobody = pl.lit(None, pl.String).alias("role")
    roleless = pl.concat([rows[:-1], rows[-1:].with_columns(nobody)])
    narrow, wide = ["country", "role", "year"], ["country", "year"]
    assert _found(roleless, by=narrow)[-1] is None
    assert _found(roleless, by=narrow, cells=[narrow, wide])[-1] == "monthly"
    # a role of three rows too; the narrower cell still judges those who have one
    few = rows.with_columns(
        role=pl.when(pl.int_range(pl.len()).is_in([39, 40, 80])).then(pl.lit("scarce")).otherwise("role")
    )
    assert _found(few, by=narrow, cells=[narrow, wide])[-1] == "monthly"
    assert _found(rows, by=narrow, cells=[narrow, wide]) == _found(rows, by=narrow)


def test_the_only_row_of_a_group_is_not_its_own_measure() -> None:
    rows = _cell(9_999_999_999.0, rows=60).with_columns(role=pl.lit("tester"))
    alone = rows.with_columns(role=pl.when(pl.col("pay_annual_usd") > 1e9).then(pl.lit("wizard")).otherwise("role"))
    assert _found(alone, by=["country", "role"], cells=[["country"]])[-1] == "far out"


def test_who_is_in_no_large_cell_is_compared_with_the_median_of_the_year() -> None:
    rows = _cell(rows=40).with_columns(year=2024)
    odd = pl.DataFrame({"country": "b", "pay_annual_usd": [50_000 / 12, 9_999_999_999.0], "year": [2024, 2024]})
    ledger = find_slips(Ledger(pl.concat([rows, odd], how="vertical_relaxed")), by=["country", "year"], confusable=())
    assert ledger.rows["pay_doubt"].tail(2).to_list() == [None, "a hundredfold off"]
    assert ledger.rows["slip"].tail(2).to_list() == [None, None]
    assert ledger.steps[0].touched == 2
    assert [step.touched for step in ledger.steps[-2:]] == [0, 1]


def test_an_unknown_kind_and_a_missing_column_are_refused() -> None:
    with pytest.raises(DataError, match="did you mean 'monthly'"):
        find_slips(Ledger(_cell()), by=["country"], mended=["month"], confusable=())
    with pytest.raises(DataError, match="currency"):
        find_slips(Ledger(_cell()), by=["country"])
    with pytest.raises(DataError, match="currency"):
        find_slips(Ledger(_cell()), by=["country"], mended=["currency"], confusable=())
