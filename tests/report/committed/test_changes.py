"""Spec: of two executions of a notebook, what people see changed is told line by line, and nothing else."""

from __future__ import annotations

from typing import Any

from nbformat.v4 import new_code_cell, new_notebook, new_output

from salarylab.finding import FINDING_MIME
from salarylab.records.table import SOURCE_MIME
from salarylab.report.committed.changes import WIDTH, Change, changes
from salarylab.show.figure import VEGALITE_MIME
from salarylab.show.tabulation import TABLE_MIME


def table(*rows: list[str], html: str = "<table></table>") -> dict[str, Any]:
    told = {
        "title": "Invented",
        "subtitle": "",
        "columns": ["level", "difference"],
        "rows": rows,
        "notes": ["Rounded."],
    }
    return {TABLE_MIME: told, "text/html": html, "text/plain": "Invented (2 lines)"}


def chart(*rows: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {VEGALITE_MIME: {"title": "Pay", "data": {"values": list(rows)}, **spec}, "text/plain": "<chart>"}


def changed(before: Any, after: Any) -> tuple[Change, ...]:
    """Return the changes between two single cells, each given as its bundles or as printed text."""
    return changes(*(new_notebook(cells=[new_code_cell("1", outputs=list(outputs(one)))]) for one in (before, after)))


def outputs(shown: Any) -> list[Any]:
    bundles = shown if isinstance(shown, list) else [shown]
    return [
        new_output("stream", text=bundle) if isinstance(bundle, str) else new_output("display_data", bundle)
        for bundle in bundles
    ]


def test_the_same_outputs_are_no_change() -> None:
    for shown in (table(["a", "1"]), chart({"pay": 1}), "printed\n", {FINDING_MIME: {"sentence": "a", "n": 1}}):
        assert changed(shown, shown) == ()


def test_a_new_row_of_a_table_stands_beside_the_one_that_it_replaces() -> None:
    (change,) = changed(table(["a", "+1%"], ["b", "+2%"]), table(["a", "+1%"], ["b", "+3%"], ["c", "+4%"]))
    assert (change.cell, change.kind, change.seen) == (1, "table", True)
    assert change.lines == ("- b | +2%", "+ b | +3%", "+ c | +4%")


def test_a_chart_is_told_by_its_data_and_its_title() -> None:
    place = {"x": {"field": "pay", "title": "USD an hour"}}
    before, after = (chart({"pay": pay}, encoding=place) for pay in (40.1, 40.2))
    assert changed(before, after)[0].lines == ("- 40.1", "+ 40.2")
    assert changed(chart({"pay": 1}), chart({"pay": 1}, title="Hours"))[0].lines == ("- Pay", "+ Hours")


def test_what_only_programs_see_is_told_as_such() -> None:
    before, after = ({FINDING_MIME: {"sentence": "Pay premium.", "value": value}} for value in (0.1, 0.2))
    (change,) = changed(before, after)
    assert (change.kind, change.seen) == ("finding", False)
    assert change.lines == ('- "value": 0.1', '+ "value": 0.2')
    assert not changed(chart({"pay": 1}), chart({"pay": 1}, mark="bar"))[0].seen
    (change,) = changed(table(), table(html="<table class=new></table>"))
    assert (change.seen, change.lines) == (False, ('- "<table></table>"', '+ "<table class=new></table>"'))


def test_a_type_that_comes_or_goes_is_named_alone() -> None:
    more = {"application/vnd.salarylab.sample+json": {"stages": [1, 2, 3]}}
    assert changed(table(), table() | more)[0].lines == ("+ application/vnd.salarylab.sample+json",)
    assert changed(table() | more, table())[0].lines == ("- application/vnd.salarylab.sample+json",)


def test_a_finding_is_told_by_its_sentence_alone() -> None:
    before, after = ({FINDING_MIME: {"sentence": f"Premium {v}.", "value": v}} for v in (1, 2))
    assert changed(before, after)[0].lines == ("- Premium 1.", "+ Premium 2.")


def test_outputs_that_come_and_go_are_changes() -> None:
    printed = changed([], "one\ntwo\n")
    assert [(change.kind, change.lines) for change in printed] == [("text", ("+ one", "+ two"))]
    gone = changed([table(["a", "1"]), "kept"], [table(["a", "1"])])
    assert [(change.kind, change.lines) for change in gone] == [("text", ("- kept",))]


def test_another_kind_of_output_in_the_same_place_is_a_change() -> None:
    (change,) = changed("Premium 1.", {FINDING_MIME: {"sentence": "Premium 1."}})
    assert (change.kind, change.seen) == ("finding", False)
    assert change.lines


def test_html_is_told_by_its_text() -> None:
    html = "<style>td {{}}</style><table><tr><td>a</td>\n<td>{}</td></tr><tr><td>b</td></tr></table>"
    before, after = ({"text/html": html.format(cell)} for cell in ("1 &lt; 2", "1 &lt; 3"))
    assert changed(before, after)[0].lines == ("- a | 1 < 2", "+ a | 1 < 3")


def test_a_source_is_told_part_by_part() -> None:
    before, after = ({SOURCE_MIME: {"key": "demo", "files": [{"name": "a", "rows": n}]}} for n in (1, 2))
    assert changed(before, after)[0].lines == ('- "rows": 1', '+ "rows": 2')


def test_long_lines_are_cut_and_breaks_within_a_cell_are_spaces() -> None:
    (change,) = changed(table(["a\nb", "1"]), table(["a\nb", "x" * 500]))
    assert change.lines[0] == "- a b | 1"
    assert len(change.lines[1]) == WIDTH + len("+ ")


def test_standard_error_is_passed_over() -> None:
    warned = [new_output("stream", name="stderr", text="a warning")]
    before, after = new_code_cell("1"), new_code_cell("1", outputs=warned)
    assert changes(new_notebook(cells=[before]), new_notebook(cells=[after])) == ()
