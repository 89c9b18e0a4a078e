"""A finished table as an output: what programs read is what the reader sees, and notebooks accept it."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from typing import Any

import nbformat
import polars as pl
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

import salarylab as sl
from salarylab.disclosure import release
from salarylab.show.tabulation import SAMPLE_MIME, TABLE_MIME, Table

PAY = [40_000.0 + 1_000 * (i % 13) for i in range(80)]


@pytest.fixture
def sample(make_records: Callable[..., sl.Records]) -> sl.Sample:
    paid = [*PAY, 0.0, 0.0, 0.0]
    records = make_records(pay_annual_usd=paid, title=["a"] * 40 + ["b"] * 20 + ["c"] * 23)
    return sl.draw(records, [sl.positive_pay, sl.only(title=["a", "b"])])


@pytest.fixture
def tables(sample: sl.Sample) -> list[Table]:
    estimate = sl.fit(sl.build(sl.Spec(factors=("title",)), sample))
    return [sl.show.table.attrition(sample), sl.show.table.regression(estimate)]


def test_what_programs_read_is_what_the_reader_sees(tables: list[Table]) -> None:
    for table in tables:
        shown = table._repr_mimebundle_()
        read = shown[TABLE_MIME]
        assert set(read) == {"title", "subtitle", "columns", "rows", "notes"}
        page = html.unescape(shown["text/html"])
        told = [read["title"], *read["columns"], *read["notes"], *(cell for row in read["rows"] for cell in row)]
        assert all(isinstance(text, str) and text in page for text in told)
        assert {len(row) for row in read["rows"]} == {len(read["columns"])}


def test_a_notebook_accepts_a_table_and_it_repeats(tables: list[Table]) -> None:
    for table in tables:
        one, two = (json.dumps(table._repr_mimebundle_(), sort_keys=True) for _ in range(2))
        assert one == two
        output = new_output("display_data", data=table._repr_mimebundle_())
        nbformat.validate(new_notebook(cells=[new_code_cell("table", outputs=[output])]))


def test_the_attrition_tells_programs_the_rows_at_each_stage_as_they_may_be_told(sample: sl.Sample) -> None:
    told: dict[str, Any] = sl.show.table.attrition(sample)._repr_mimebundle_()[SAMPLE_MIME]
    assert told["source"] == "invented"
    assert [stage["stage"] for stage in told["stages"]] == ["raw", "draw", "draw"]
    assert told["stages"][1]["rows_lost"] is None  # three rows: withheld
    assert told["stages"][2]["rows_left"] == 60
    assert set(told["stages"][0]) == {"stage", "reason", "rows_lost", "rows_left"}  # no median pay


def test_every_cell_is_told_as_text() -> None:
    cells = release(pl.DataFrame({"year": [2024, None], "n": [12, 30]}), [])
    assert Table(cells, "t", "s", (), "x").record()["rows"] == [["2024", "10"], ["", "30"]]
