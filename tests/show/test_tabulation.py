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


LAB = {
    "dark": {"layout-color0": "#111", "content-font-color1": "rgba(255,255,255,1)", "border-color1": "#616161"},
    "light": {"layout-color0": "#fff", "content-font-color1": "rgba(0,0,0,0.87)", "border-color1": "#bdbdbd"},
}
"""The colours of JupyterLab's themes that stand around an output, and its rule for the rows of tables."""
ROWS = ".jp-RenderedHTMLCommon tbody tr:nth-child(odd) { background: var(--jp-layout-color0); }"
CONTRAST = """() => {
  const parts = text => text.match(/[\\d.]+/g).map(Number);
  const light = text => parts(text).slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = cell => {
    for (let at = cell; at; at = at.parentElement) {
      const found = parts(getComputedStyle(at).backgroundColor);
      if (found.length === 3 || found[3] === 1) return getComputedStyle(at).backgroundColor;
    }
    return "rgb(255, 255, 255)";
  };
  return Math.min(...[...document.querySelectorAll("th, td")].map(cell => {
    const [a, b] = [light(getComputedStyle(cell).color), light(ground(cell))].sort((a, b) => b - a);
    return (a + 0.05) / (b + 0.05);
  }));
}"""


@pytest.mark.parametrize("around", ["lab dark", "lab light", "page dark", "page light"])
def test_a_table_can_be_read_in_the_colours_around_it(browser: Any, tables: list[Table], around: str) -> None:
    """**Source** WCAG 2.2, success criterion 1.4.3: contrast of 4.5 at least."""
    lab, theme = around.startswith("lab"), around.rsplit(maxsplit=1)[-1]
    colours = "".join(f"--jp-{name}: {value};" for name, value in LAB[theme].items()) if lab else ""
    grounds = {"dark": "background: #1e1e1e; color: #ddd", "light": "background: #fff; color: #222"}
    of_lab = f"{colours} background: var(--jp-layout-color0); color: var(--jp-content-font-color1)"
    style = of_lab if lab else grounds[theme]
    tab = browser.new_page()
    for table in tables:
        body = f'<body class="jp-RenderedHTMLCommon" style="{style}">{table.as_html()}</body>'
        tab.set_content(f"<!DOCTYPE html><style>{ROWS}</style>{body}")
        assert tab.evaluate(CONTRAST) >= 4.5
    tab.close()
