"""Spec: each fault of a committed notebook is seen, named with its cell and what to do, and all of them at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from salarylab.records.table import SOURCE_MIME
from salarylab.report import notebook
from salarylab.report.committed import faults, inspect, rules
from salarylab.report.committed.prose import typed
from salarylab.show.figure import VEGALITE_MIME

CANONICAL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def faultless() -> Any:
    """Return an invented notebook that may be committed: prose, parameters, an import with the source's card."""
    card = {SOURCE_MIME: {"key": "demo", "synthetic": True}, "text/plain": "Invented people"}
    cells = [
        new_markdown_cell("# How is an invented degree related to pay?", id="title"),
        new_code_cell('source: str = "demo"', id="asked", execution_count=1, metadata={"tags": ["parameters"]}),
        new_code_cell(
            "import salarylab as sl\nsl.load(source)",
            id="load",
            execution_count=2,
            outputs=[new_output("execute_result", card, execution_count=2)],
        ),
    ]
    return new_notebook(cells=cells, metadata=CANONICAL)


def cell(source: str = "1 + 1", *outputs: Any, count: int | None = 3, **options: Any) -> Any:
    """Return a code cell that may follow the faultless ones."""
    return new_code_cell(source, id="more", execution_count=count, outputs=list(outputs), **options)


def shown(text: str, mime: str = "text/plain", **metadata: Any) -> Any:
    return new_output("display_data", {mime: text}, metadata=metadata)


def told(*cells: Any) -> list[str]:
    """Return what is found wrong with cells that follow the faultless ones."""
    tried = faultless()
    tried.cells += cells
    return [fault.found for fault in faults(tried, "tiny")]


def test_a_faultless_notebook_has_no_fault() -> None:
    assert told() == []
    assert told(cell("sl.show.findings()", shown("<p>10 % more</p>", "text/html"))) == []


@pytest.mark.parametrize(
    ("faulty", "found"),
    [
        (cell(count=None), "never executed"),
        (cell(""), "an empty cell"),
        (cell("\n".join(["1"] * 13)), "13 lines"),
        (cell("def premium(): ..."), "a definition of premium"),
        (cell("class Premium: ..."), "a definition of Premium"),
        (cell("sorted([], key=lambda pay: pay)"), "lambda"),
        (cell("import numpy as np"), "import numpy as np"),
        (cell("from salarylab import load"), "from salarylab import load"),
        (cell("%matplotlib inline"), "no Python in line 1"),
        (cell("# NBVAL_SKIP\n1"), "the mark NBVAL_SKIP"),
        (cell("#NBVAL_IGNORE_OUTPUT\n1"), "the mark NBVAL_IGNORE_OUTPUT"),
        (cell(metadata={"tags": ["nbval-ignore-output"]}), "the mark nbval-ignore-output"),
        (cell(metadata={"tags": ["raises-exception"]}), "the mark raises-exception"),
        (cell(metadata={"execution": {"iopub.execute_input": "now"}}), "metadata of a run: execution"),
        (cell("1", new_output("error", ename="ValueError", evalue="no")), "an error among its outputs: ValueError"),
        (cell("1", new_output("stream", name="stderr", text="a.py:1: FutureWarning\n  x()\n")), "a warning among"),
        (cell("1", new_output("stream", text="a"), new_output("stream", text="b")), "printed text in several pieces"),
        (cell("1", new_output("stream", text="read /home/someone/pay.csv")), "a machine's path: /home/someone/pay.csv"),
        (cell("1", shown("C:\\Users\\someone\\pay.csv")), "a machine's path: C:\\Users"),
        (cell("1", shown("<Estimate object at 0x7f3a5c0b9d10>")), "a memory address: 0x7f3a5c0b9d10"),
        (cell("1", shown("OLS, Mon, 23 Nov 2026 09:14:02")), "a time of day: 09:14:02"),
        (cell("1", shown("id=6f9619ff-8b86-4011-b42d-00cf4fc964ff")), "a random id: 6f9619ff"),
        (cell("1", shown("iVBORw0KGgo=", "image/png")), "an output of type image/png"),
        (cell("1", new_output("execute_result", {"text/plain": "2"}, execution_count=9)), "an output of another execu"),
        (cell("1", shown({"key": "acs", "synthetic": False}, SOURCE_MIME)), "outputs of real data"),
        (new_markdown_cell("Doctors earn 12.5 % more.", id="more"), "a result typed by hand: 12.5 %"),
    ],
    ids=lambda value: value[:32] if isinstance(value, str) else "",
)
def test_a_fault_of_a_cell_is_seen(faulty: Any, found: str) -> None:
    (fault,) = told(faulty)
    assert fault.startswith(found)


def test_a_picture_that_jupyterlab_adds_to_a_chart_is_no_fault() -> None:
    both = new_output("display_data", {VEGALITE_MIME: {}, "image/png": "iVBORw0KGgo=", "text/plain": "<chart>"})
    assert told(cell("1", both)) == []


@pytest.mark.parametrize(
    ("mar", "found"),
    [
        (lambda tried: tried.cells[1].metadata.clear(), "0 cells tagged 'parameters'"),
        (lambda tried: tried.cells[2].metadata.update(tags=["parameters"]), "2 cells tagged 'parameters'"),
        (lambda tried: tried.cells[0].pop("id"), "1 cells without a cell id"),
        (lambda tried: tried.cells[0].update(id="load"), "the cell id 'load' 2 times"),
        (lambda tried: tried.cells.reverse(), "cells executed in the order 2, 1"),
        (lambda tried: tried.metadata.update(widgets={}), "metadata: kernelspec, language_info, widgets"),
        (lambda tried: tried.cells[2].metadata.update(tags=["injected-parameters"]), "a cell that a run added"),
        (lambda tried: tried.cells[0].metadata.update(tags=["papermill-error-cell-tag"]), "a cell that a run added"),
    ],
)
def test_a_fault_of_the_whole_is_seen(mar: Callable[[Any], Any], found: str) -> None:
    tried = faultless()
    mar(tried)
    (fault,) = faults(tried, "tiny")
    assert (fault.thing, fault.found) == ("notebook tiny", found)


def test_all_faults_are_told_at_once_with_cell_and_remedy() -> None:
    tried = faultless()
    tried.cells += [cell("import os\nlambda: 1", shown("at 0x7f3a5c0b9d10"), count=None)]
    tried.cells += [new_markdown_cell("Of 40 % and 50 %, n = 12.", id="last")]
    found = faults(tried, "tiny")
    assert [fault.thing.rpartition(" ")[2] for fault in found] == ["4"] * 4 + ["5"] * 3
    assert all(fault.remedy and fault.expected for fault in found)


def test_a_mark_with_a_listed_reason_is_let_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "RELAXED", {"tiny#more": "it prints the versions of a machine"})
    assert told(cell("# NBVAL_IGNORE_OUTPUT\n1")) == []


@pytest.mark.parametrize(
    "prose",
    [
        "95% intervals, a 95 % confidence interval, the 90 percent interval",
        "in 2018 dollars, USD 2018, 2024 EUR",
        "fewer than 10 rows; 30 for a median; 3 tiers; years 2012–2023; HC2; rule 4/80",
        "the share `n = 3` and $y = 100 \\cdot (e^b - 1)$ and [a page](https://example.org/a%20b?n=3)",
        "Is it small? Whether the premium lies within two percent either way",
    ],
)
def test_prose_without_results_raises_no_alarm(prose: str) -> None:
    assert typed(prose) == []


@pytest.mark.parametrize(
    "result",
    ["7%", "1,234.5 percent", "3 percentage points", "$50,000", "€ 900", "USD 45k", "60,000 EUR", "12 dollars",
     "n = 1,200", "N=40", "p < 0.05", "p = .03"],
)  # fmt: skip
def test_a_result_typed_in_prose_is_seen(result: str) -> None:
    assert typed(f"They found {result} there.") == [result]


# Files


def write(content: Any, path: Path) -> Path:
    notebook.write(content, path)
    return path


def test_a_file_in_another_form_is_seen(tmp_path: Path) -> None:
    path = write(faultless(), tmp_path / "tiny.ipynb")
    assert inspect(path) == []
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8"))), encoding="utf-8")
    assert [fault.found for fault in inspect(path)] == ["another form"]


def test_ids_are_seen_as_the_file_has_them(tmp_path: Path) -> None:
    path = write(faultless(), tmp_path / "tiny.ipynb")
    content = json.loads(path.read_text(encoding="utf-8"))
    del content["cells"][1]["id"]
    content["cells"][2]["id"] = content["cells"][0]["id"]
    path.write_text(json.dumps(content), encoding="utf-8")
    assert [fault.found for fault in inspect(path)] == ["1 cells without a cell id", "the cell id 'title' 2 times"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{}", ""),
        ("not JSON", ""),
        ('{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": []}', "nbformat 4.4, whose cells have no ids"),
        ('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{}]}', ""),
    ],
)
def test_what_is_no_notebook_is_told_as_a_fault(tmp_path: Path, text: str, found: str) -> None:
    path = tmp_path / "tiny.ipynb"
    path.write_text(text, encoding="utf-8")
    (fault,) = inspect(path)
    assert fault.found.startswith(found)
    assert "tiny" in fault.thing
