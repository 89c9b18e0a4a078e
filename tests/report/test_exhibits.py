"""Exhibits: each figure and table as a file of data, numbered and named, safe in a spreadsheet."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from salarylab.finding import FINDING_MIME
from salarylab.report import exhibits
from salarylab.report.exhibits import Exhibit
from salarylab.show.embed import TABLE_ROWS
from salarylab.show.figure import VEGALITE_MIME
from salarylab.show.tabulation import TABLE_MIME


def shown(**bundle: Any) -> Any:
    names = {"figure": VEGALITE_MIME, "table": TABLE_MIME, "finding": FINDING_MIME}
    return new_output("display_data", data={names[kind]: content for kind, content in bundle.items()})


def figure(title: str = "Pay by degree", rows: int = 2, **more: Any) -> dict[str, Any]:
    values = [{"pay": 40_000.5 + i, "level": f"level {i}", "unseen": i} for i in range(rows)]
    encoding = {"y": {"field": "level", "title": "Degree"}, "x": {"field": "pay", "title": "USD, a year"}}
    return {"title": {"text": title}, "description": "bars", "data": {"values": values}, "encoding": encoding, **more}


def table(rows: list[list[str]], title: str = "A table") -> dict[str, Any]:
    return {"title": title, "subtitle": "", "columns": ["level", "difference"], "rows": rows, "notes": []}


def collect(*outputs: list[Any]) -> tuple[Exhibit, ...]:
    """Return the exhibits of a notebook with a heading, a cell of injected parameters, and a cell for each list."""
    injected = new_code_cell("", metadata={"tags": ["injected-parameters"]})
    cells = [new_code_cell("", outputs=each, id=f"c{i}") for i, each in enumerate(outputs)]
    return exhibits.collect(new_notebook(cells=[new_markdown_cell("# Why"), injected, *cells]))


def read(exhibit: Exhibit) -> list[list[str]]:
    return list(csv.reader(io.StringIO(exhibit.csv)))


def test_exhibits_are_numbered_by_kind_and_named_in_order_with_the_cell_that_a_person_counts() -> None:
    found = collect([shown(figure=figure()), shown(table=table([]))], [], [shown(figure=figure("Second"))])
    assert [(e.number, e.title, e.cell, e.cell_id, e.file) for e in found] == [
        ("Figure 1", "Pay by degree", 2, "c0", "exhibits/01-figure-pay-by-degree.csv"),
        ("Table 1", "A table", 2, "c0", "exhibits/02-table-a-table.csv"),
        ("Figure 2", "Second", 4, "c2", "exhibits/03-figure-second.csv"),
    ]


def test_a_figure_has_all_rows_of_what_it_draws_as_they_are() -> None:
    (found,) = collect([shown(figure=figure(rows=TABLE_ROWS + 10))])
    header, first, *rest = read(found)
    assert header == ["Degree", "USD, a year"]
    assert first == ["level 0", "40000.5"]
    assert len(rest) == TABLE_ROWS + 9


def test_the_order_in_which_a_chart_came_from_the_kernel_is_of_no_account() -> None:
    spec = figure()
    turned = json.loads(json.dumps(spec), object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    assert list(turned) != list(spec)
    assert collect([shown(figure=turned)])[0].csv == collect([shown(figure=spec)])[0].csv


def test_a_figure_of_two_sets_of_data_has_two_files() -> None:
    sets = {"a": [{"pay": 1}, {"pay": 2}], "b": [{"level": "x"}, {"level": "y"}], "line": [{"pay": 0}]}
    found = collect([shown(figure=figure(data={"name": "a"}, datasets=sets)), shown(figure=figure("Next"))])
    assert [e.number for e in found] == ["Figure 1", "Figure 1, part 2", "Figure 2"]
    assert len({e.file for e in found}) == 3
    assert [read(e)[0] for e in found[:2]] == [["USD, a year"], ["Degree"]]


def test_an_exhibit_knows_the_findings_beside_it_by_their_lines() -> None:
    one, two, three = ({"subject": subject} for subject in ("one", "two", "three"))
    before = [new_code_cell("", outputs=[shown(finding=one)]), new_markdown_cell("Then.")]
    beside = [
        new_code_cell("", outputs=[shown(figure=figure())]),
        new_code_cell("", outputs=[shown(finding=three), shown(finding=two), shown(finding=one), shown(finding=two)]),
        new_code_cell("", outputs=[shown(table=table([]))]),
    ]
    after = [new_markdown_cell("Last."), new_code_cell("", outputs=[shown(table=table([]))])]
    found = exhibits.collect(new_notebook(cells=[*before, *beside, *after]))
    assert [exhibit.findings for exhibit in found] == [(1, 2, 3), (1, 2, 3), ()]


@pytest.mark.parametrize("text", ['=HYPERLINK("x")', "+cmd|' /C calc'!A0", "-2+3+cmd", "@SUM(A1)", "\tx", "\n=1"])
def test_a_text_that_a_spreadsheet_would_read_as_a_formula_stands_behind_an_apostrophe(text: str) -> None:
    (found,) = collect([shown(table=table([[text, "1"]]))])
    assert read(found)[1] == [f"'{text}", "1"]
    assert read(Exhibit(**{**fields(found), "columns": (text,), "rows": ()}))[0] == [f"'{text}"]


@pytest.mark.parametrize("text", ["+12.3%", "-0.5% to +0.4%", "-1,234", "-0.120***", "–", "(0.02)", "a=b", "1e-05"])
def test_numbers_and_other_texts_are_left_as_they_are(text: str) -> None:
    (found,) = collect([shown(table=table([[text, ""]]))])
    assert read(found)[1] == [text, ""]


def fields(exhibit: Exhibit) -> dict[str, Any]:
    return {name: getattr(exhibit, name) for name in Exhibit.__dataclass_fields__}


def test_files_are_written_as_they_are_recorded(tmp_path: Path) -> None:
    found = collect([shown(figure=figure("Größe, „Lohn“")), shown(table=table([["a\nb", 'c"d']]))])
    exhibits.write(found, tmp_path)
    for exhibit in found:
        written = (tmp_path / exhibit.file).read_bytes()
        assert hashlib.sha256(written).hexdigest() == exhibit.record()["sha256"]
        assert b"\r" not in written
    assert read(found[1])[1] == ["a\nb", 'c"d']
    assert [path.name for path in sorted((tmp_path / "exhibits").iterdir())] == [
        "01-figure-grosse-lohn.csv",
        "02-table-a-table.csv",
    ]


def test_a_long_title_is_cut_between_words_and_a_strange_one_leaves_a_name() -> None:
    assert exhibits.slug("Pay premium of doctorate over bachelor, by role family") == (
        "pay-premium-of-doctorate-over-bachelor"
    )
    assert exhibits.slug("x" * 60) == "x" * 40
    (found,) = collect([shown(table=table([], title="工资"))])
    assert found.file == "exhibits/01-table.csv"
