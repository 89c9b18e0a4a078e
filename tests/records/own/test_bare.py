"""Own bare amounts: words after a number are dropped where the mapping says the same, and kept where they say more."""

from __future__ import annotations

import polars as pl
import pytest

from salarylab.records.own.answer import Answer
from salarylab.records.own.bare import bare
from salarylab.records.own.pay_terms import Pay, Rates

DECLARED = Pay(
    column="Pay", low=None, high=None, band=None, parts={}, currency=Answer(value="EUR"), period=Answer(value="month"),
    concept="base", gross_net="gross", rates=Rates(),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("$70,000 base", "$70,000"),
        ("4500 EUR", "4500"),
        ("4500 € a month", "4500 €"),
        ("4 500,50 euros gross", "4 500,50"),
        ("4.500 brutto / kk", "4.500"),
        ("5k base", "5k"),
        ("4500", "4500"),
    ],
)
def test_words_that_the_mapping_says_too_are_dropped(text: str, left: str) -> None:
    assert bare(pl.Series("Pay", [text]), DECLARED).str.strip_suffix(" €").to_list() == [left.removesuffix(" €")]


@pytest.mark.parametrize(
    "text",
    [
        "70000 a year",
        "4500 USD",
        "4500 net",
        "4500 + bonus",
        "4500 or so",
        "60 percent",
        "about 4500",
        "7 million",
        "15%",
    ],
)
def test_words_that_say_more_leave_the_cell_as_it_is(text: str) -> None:
    assert bare(pl.Series("Pay", [text]), DECLARED).to_list() == [text]
