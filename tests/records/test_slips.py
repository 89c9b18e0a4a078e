"""Property: median polish finds a table of products, and slips beside it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from salarylab.records.slips import FACTORS, is_slip, usual_pay


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
