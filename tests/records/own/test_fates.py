"""Own fates: texts that numbers were read from are quoted where ten rows carry them, and no fewer."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from salarylab.records.own.fates import fates
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
[columns]
experience_years = "Years"
"""


@pytest.mark.parametrize(("rows", "quoted"), [(9, False), (10, True)])
def test_a_text_is_quoted_where_ten_rows_carry_it(tmp_path: Path, rows: int, quoted: bool) -> None:
    (tmp_path / "m.toml").write_text(MAPPING)
    declared, _ = read_mapping(tmp_path / "m.toml")
    years = ["5"] * 12 + ["7 years with Ann"] * rows + ["ask Ann"] * rows
    raw = pl.DataFrame({"Pay": ["50000"] * len(years), "Years": years})
    told = fates(raw, lay_out(raw, declared)[0], declared)
    of_texts = {
        True: {("7 years with Ann", "7"), ("ask Ann", "not answered")},
        False: {("(rarer texts)", "(numbers read from them)"), ("(rarer texts)", "not answered")},
    }
    assert set(told.select("raw", "became").iter_rows()) == {("(numbers)", "(as stated)"), *of_texts[quoted]}
