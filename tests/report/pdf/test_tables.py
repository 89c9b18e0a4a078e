"""Tables in print: whole, however wide or long."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from salarylab.report.pdf import tables
from salarylab.report.pdf.printing import compiled, pages
from salarylab.report.pdf.sheet import sheet
from salarylab.report.pdf.source import HOUSE
from salarylab.show.tabulation import TABLE_MIME
from salarylab.show.typst import literal

A4 = sheet("a4")
START = HOUSE.read_text(encoding="utf-8") + '#show: report.with(title: "t", name: "n")\n'


@pytest.fixture
def set_table(invented: SimpleNamespace) -> Any:
    """Return a function that sets a table of so many columns and rows, every cell another text."""

    def make(columns: int, rows: int, letters: int = 8) -> tuple[list[str], str]:
        names = [f"column {c}" for c in range(columns)]
        cells = [[f"{r}:{c}".ljust(letters, "x") for c in range(columns)] for r in range(rows)]
        record = invented.table(names, cells)[TABLE_MIME]
        return [*names, *(cell for row in cells for cell in row)], tables.table(record, 7, A4)

    return make


@pytest.mark.parametrize(
    ("columns", "letters", "turned", "size", "parts"),
    [
        (4, 8, False, 9.0, 1),
        (10, 8, False, 8.0, 1),
        (12, 8, True, 9.0, 1),
        (40, 8, False, 8.0, 5),
        (3, 300, False, 7.2, 1),
    ],
)
def test_a_table_is_set_as_wide_as_it_has_to_be(
    set_table: Any, columns: int, letters: int, turned: bool, size: float, parts: int
) -> None:
    _, told = set_table(columns, 3, letters)
    assert ("#page(flipped: true)" in told, f"set text(size: {size}pt)" in told) == (turned, True)
    assert told.count("table.header(") == parts


@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (4, 3), (12, 100), (40, 60), (3, 0)])
def test_every_cell_is_set_once_and_the_first_column_with_each_part(set_table: Any, columns: int, rows: int) -> None:
    words, told = set_table(columns, rows)
    parts = told.count("table.header(")
    first = {"column 0", *(word for word in words if ":0x" in word)}
    assert {word: told.count(literal(word)) for word in words} == {
        word: parts if word in first else 1 for word in words
    }


def test_a_short_table_stays_on_a_page_and_a_long_one_runs_on(set_table: Any, tmp_path: Any) -> None:
    _, short = set_table(3, 10)
    _, long = set_table(3, 200)
    assert "breakable: false" in short
    assert "breakable: true" in long
    for told, expected in ((short, 1), (long, 4)):
        pdf = tmp_path / "table.pdf"
        pdf.write_bytes(compiled(START + told))
        assert pages(pdf) == expected


def test_what_is_not_broken_has_room(set_table: Any) -> None:
    """A cell that no line can hold may be broken; nothing else is changed."""
    record = {"title": "t", "subtitle": "s", "columns": ["a", "b"], "rows": [["x" * 500, "a b"]], "notes": []}
    told = tables.table(record, 1, A4)
    assert told.replace("\u200b", "").count("x" * 500) == 1
    assert max(map(len, told.split('"')[3].split("\u200b"))) < 100
    assert compiled(START + told).startswith(b"%PDF")


def test_where_it_is_tight_columns_give_way_in_proportion(set_table: Any) -> None:
    record = {
        "title": "t",
        "subtitle": "s",
        "columns": ["reason", *(f"median pay number {i}" for i in range(5))],
        "rows": [["a long reason of many words that says why a row was lost to the analysis", *["80,000"] * 5]],
        "notes": [],
    }
    told = tables.table(record, 1, A4)
    widths = [float(width.removesuffix("pt")) for width in told.split("columns: (")[1].split(", )")[0].split(", ")]
    assert sum(widths) == pytest.approx(A4.text_width, abs=0.5)
    assert widths[0] > 1.5 * widths[1]
