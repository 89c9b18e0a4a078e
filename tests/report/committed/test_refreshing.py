"""Spec: invented notebooks, really executed anew: the same bytes where nothing changed, the old ones on failure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from salarylab.errors import ReportError
from salarylab.report import committed, notebook
from salarylab.report.committed import Refreshed

SHOWS = ["import invented\ninvented.card(source)", "invented.chart()", "print('first')\ninvented.finding(level)"]


def refresh(name: str = "tiny", *, check: bool = False) -> Refreshed:
    (asked,) = committed.ask([name])
    return committed.refresh(asked, check=check)


def edit(path: Path, number: int, **fields: Any) -> None:
    """Change a cell of a notebook's file."""
    content = notebook.read(path)
    content.cells[number].update(fields)
    notebook.write(content, path)


def test_a_refreshed_notebook_is_canonical_and_refreshed_again_the_same_bytes(write_notebook) -> None:
    path = write_notebook(SHOWS)
    before = path.read_bytes()
    would = refresh(check=True)
    assert (would.differs, would.good, path.read_bytes()) == (True, False, before)
    assert "never executed" in {fault.found.partition(",")[0] for fault in would.faults}
    fared = refresh()
    assert (fared.differs, fared.cells, fared.failure) == (True, 4, None)
    assert [(change.cell, change.kind) for change in fared.changes] == [
        (3, "source"), (4, "chart"), (5, "text"), (5, "finding")
    ]  # fmt: skip
    assert {fault.found for fault in fared.faults} == {"import invented"}  # a stranger to the guard, not to the test
    written = path.read_bytes()
    assert written.endswith(b"}\n")
    executed = nbformat.read(path, as_version=4)
    assert [cell.execution_count for cell in executed.cells[1:]] == [1, 2, 3, 4]
    assert [cell.source for cell in executed.cells[2:]] == SHOWS
    assert not notebook.tagged(executed, notebook.INJECTED)
    again = refresh()
    assert (again.differs, again.changes, path.read_bytes()) == (False, (), written)
    assert sorted(entry.name for entry in path.parent.iterdir() if entry.name != "__pycache__") == [
        "invented.py", "reports.toml", "tiny.ipynb"
    ]  # fmt: skip
    assert not (path.parents[1] / "reports").exists()

    edit(path, 2, source="import invented\ninvented.card(source, headline='Others were asked')")
    checked = refresh(check=True)
    assert [line for change in checked.changes for line in change.lines] == [
        '- "headline": "Invented people: no survey was taken",', '+ "headline": "Others were asked",'
    ]  # fmt: skip


SAVED = (
    "import salarylab as sl\nsl.show.Figure({'mark': 'bar', 'width': 90.0, 'data': {'values': [{'pay': 9.0}]}}, 'one')"
)


def test_what_jupyterlab_adds_when_it_saves_is_no_difference_and_a_refresh_takes_it_out(write_notebook) -> None:
    path = write_notebook([SAVED])
    refresh()
    written = path.read_bytes()
    content = notebook.read(path)
    (shown,) = content.cells[2].outputs
    shown["data"]["image/png"] = "iVBORw0KGgo=\n"
    notebook.write(content, path)
    saved = path.read_bytes().replace(b'"pay": 9.0', b'"pay": 9').replace(b'"width": 90.0', b'"width": 90')
    path.write_bytes(saved)
    assert b"image/svg+xml" in written
    assert saved.count(b'"pay": 9\n') == saved.count(b'"width": 90\n') == saved.count(b"image/png") == 1
    checked = refresh(check=True)
    assert (checked.good, checked.changes, path.read_bytes()) == (True, (), saved)
    refresh()
    assert path.read_bytes() == written
    path.write_bytes(saved.replace(b'"pay": 9', b'"pay": 8'))
    assert [line for change in refresh(check=True).changes for line in change.lines][-2:] == ["- 8", "+ 9"]


def test_a_notebook_that_fails_keeps_its_file(write_notebook) -> None:
    path = write_notebook(["1 / 0"])
    before = path.read_bytes()
    fared = refresh()
    assert fared.failure is not None
    assert (fared.failure.error, fared.failure.place) == ("ZeroDivisionError", "in cell 3, line 1")
    assert (fared.good, fared.differs, path.read_bytes()) == (False, False, before)


def test_a_warning_is_a_fault_though_the_file_does_not_keep_it(write_notebook) -> None:
    path = write_notebook(["import warnings\nwarnings.warn('a method will be removed', stacklevel=1)"])
    fared = refresh()
    warned = [fault for fault in fared.faults if fault.found.startswith("a warning among its outputs")]
    assert [fault.thing for fault in warned] == ["notebook tiny, cell 3"]
    assert [cell.outputs for cell in notebook.read(path).cells[1:]] == [[], []]


def test_all_notebooks_are_asked_for_where_none_is_named(write_notebook) -> None:
    write_notebook([], name="second")
    write_notebook([], name="first")
    assert [asked.report for asked in committed.ask()] == ["first", "second"]
    assert [asked.changed for asked in committed.ask(["second"])] == [{}]


def test_all_that_cannot_be_refreshed_is_refused_at_once(write_notebook) -> None:
    path = write_notebook([], name="copied")
    content = notebook.read(path)
    content.cells.insert(2, new_code_cell("level = 'bachelor'", metadata={"tags": [notebook.INJECTED]}))
    notebook.write(content, path)
    with pytest.raises(ReportError) as refused:
        committed.ask(["copied", "copid", "nothing"])
    assert [fault.found for fault in refused.value.faults] == [
        "a cell with the parameters of a run", "a name that is not declared", "a name that is not declared"
    ]  # fmt: skip
    assert "did you mean 'copied'?" in str(refused.value)
