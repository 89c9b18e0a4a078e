"""Spec: the notebook's canonical form, and the reading of its parts."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from salarylab.errors import ReportError
from salarylab.report import notebook


def printed(*pieces: tuple[str, str]) -> list[object]:
    return [new_output("stream", name=name, text=text) for name, text in pieces]


def executed(stamp: str, outputs: list[object]) -> object:
    """Return a notebook as papermill leaves it, with everything that varies set from the stamp."""
    injected = new_code_cell(
        "level = 'master'", metadata={"tags": ["injected-parameters"], "papermill": {"start": stamp}}
    )
    injected["id"] = stamp
    cell = new_code_cell(
        "1", id="kept", execution_count=2, outputs=outputs, metadata={"execution": {"at": stamp}, "tags": []}
    )
    banner = new_markdown_cell("An Exception …", metadata={"tags": ["papermill-error-cell-tag"]})
    made = new_notebook(cells=[banner, injected, cell])
    made.metadata.update(papermill={"end_time": stamp}, language_info={"name": "python", "version": stamp})
    return made


def test_what_varies_between_runs_is_gone() -> None:
    whole = printed(("stdout", "one two\n"))
    split = printed(("stdout", "one "), ("stderr", "a warning"), ("stdout", "two\n"))
    first, second = executed("x1", whole), executed("x2", split)
    before = copy.deepcopy(first)
    assert notebook.canonical(first) == notebook.canonical(second)
    assert first == before
    told = notebook.canonical(first)
    assert [cell["id"] for cell in told.cells] == ["injected-parameters", "kept"]
    assert [dict(cell.metadata) for cell in told.cells] == [{"tags": ["injected-parameters"]}, {}]


def test_text_around_a_display_keeps_its_order() -> None:
    shown = new_output("display_data", data={"text/plain": "x"})
    outputs = [*printed(("stdout", "a")), shown, *printed(("stdout", "b"), ("stdout", "c"))]
    cell = notebook.canonical(executed("x", outputs)).cells[-1]
    assert [output.get("text", "display") for output in cell.outputs] == ["a", "display", "bc"]


def test_displays_are_found_in_order_and_once() -> None:
    shown = [new_output("display_data", data={"application/b+json": {"n": n}}) for n in (2, 1, 2)]
    made = new_notebook(cells=[new_code_cell("1", outputs=shown)])
    assert notebook.displays(made, "application/b+json") == [{"n": 2}, {"n": 1}]


def test_old_notebooks_get_the_same_ids_at_each_reading(tmp_path: Path) -> None:
    path = tmp_path / "old.ipynb"
    cells = [{"cell_type": "markdown", "metadata": {}, "source": "# Title"}]
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}), encoding="utf-8")
    assert notebook.read(path).cells[0]["id"] == notebook.read(path).cells[0]["id"] == "cell-0"


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{}]}']
)
def test_a_file_that_is_no_notebook_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.ipynb"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReportError, match=r"bad\.ipynb"):
        notebook.read(path)


def test_a_mistyped_name_gets_a_suggestion(write_notebook) -> None:
    write_notebook([], name="02_degree")
    with pytest.raises(ReportError, match="did you mean '02_degree'"):
        notebook.find("02_degre")
    with pytest.raises(ReportError, match="no such file"):
        notebook.find("elsewhere/02_degree.ipynb")
    assert notebook.find("notebooks/02_degree.ipynb") == notebook.find("02_degree")


@pytest.mark.parametrize("name", ["_failed", ".building-x", "gallery"])
def test_a_name_that_the_folder_of_reports_keeps_for_itself_is_refused(write_notebook, name: str) -> None:
    path = write_notebook([], name=name)
    for given in (name, str(path)):
        with pytest.raises(ReportError, match="rename the file"):
            notebook.find(given)


@pytest.mark.parametrize(("source", "title"), [("# Pay\n\ntext", "Pay"), ("## Part", None), ("text", None)])
def test_the_title_is_the_first_heading(source: str, title: str | None) -> None:
    assert notebook.heading(new_notebook(cells=[new_markdown_cell(source)])) == title
    assert notebook.heading(nbformat.from_dict({"cells": []})) is None
