"""Own losses: what is lost is counted against what was stated, and its texts are told by their shapes alone."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from salarylab.records.own.losses import RARER, losses, shapes, tails
from salarylab.records.own.mapping import read_mapping
from salarylab.records.own.table import lay_out

MAPPING = """
[file]
path = "pay.csv"
[pay]
column = "Pay"
currency = "USD"
period = "year"
concept = "base"
[year]
value = 2024
"""


@pytest.mark.parametrize(("unread", "many"), [(5, False), (6, True)])
def test_more_than_a_twentieth_is_many(tmp_path: Path, unread: int, many: bool) -> None:
    (tmp_path / "m.toml").write_text(MAPPING)
    declared, _ = read_mapping(tmp_path / "m.toml")
    raw = pl.DataFrame({"Pay": [*["it depends"] * unread, *["50000"] * (100 - unread), None]})
    rows, _ = lay_out(raw, declared)
    told = losses(raw, rows, declared)
    assert (told.stated, told.lost, told.are_many) == (100, unread, many)


def test_words_under_ten_rows_are_in_no_shape() -> None:
    rare = [f"ask {name}, {n}" for n, name in enumerate(("Anna", "Bo", "Chi"))] * 4
    told = shapes(pl.Series(["$70,000 base"] * 10 + rare + ["secret"] * 9))
    assert told == (("…, 9", 12), ("$9,9 base", 10), (RARER, 9))


def test_tails_are_a_twentieth_and_twenty_times_the_median() -> None:
    usual = [40_000.0] * 30
    assert tails(pl.Series([*usual, 1_999.0, 2_000.0, 800_000.0, 800_001.0, 0.0, None])) == (1, 1)
    assert tails(pl.Series([*usual[1:], 1.0][:29])) == (0, 0)
