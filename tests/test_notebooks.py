"""The notebooks as committed: thin, executed, and free of results typed by hand.

nbval compares the outputs; it compares nothing in a cell that was never executed, so that is looked for
here.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from salarylab.report import reportset, request

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MOST_LINES = 12
IMPORTS = {"import salarylab as sl", "import polars as pl"}
TYPED_RESULT = re.compile(r"(?<![\d.])(?!95\s*%)\d+(?:[.,]\d+)*\s*(?:%|percent\b)")
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:home|root|tmp|work|usr|Users)/")


def faults(notebook: Any) -> list[str]:
    """Return what a committed notebook may not be, cell by cell."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    tagged = [cell for cell in code if "parameters" in cell.metadata.get("tags", [])]
    found = [] if len(tagged) == 1 else [f"{len(tagged)} cells tagged 'parameters'"]
    for number, cell in enumerate(notebook.cells, start=1):
        what = _code_faults(cell) if cell.cell_type == "code" else _prose_faults(cell.source)
        found += [f"cell {number}: {fault}" for fault in what]
    return found


def _code_faults(cell: Any) -> list[str]:
    found = []
    if cell.execution_count is None:
        found.append("not executed, so nothing compares its outputs")
    if len(cell.source.strip().splitlines()) > MOST_LINES:
        found.append(f"more than {MOST_LINES} lines")
    for node in ast.walk(ast.parse(cell.source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            found.append("defines something: it belongs in the library")
        if isinstance(node, (ast.Import, ast.ImportFrom)) and ast.unparse(node) not in IMPORTS:
            found.append(f"{ast.unparse(node)}: only {' and '.join(sorted(IMPORTS))}")
    for output in cell.outputs:
        if output.output_type == "error" or output.get("name") == "stderr":
            found.append("an error or a warning among its outputs")
        if MACHINE_PATH.search(str(output)):
            found.append("a machine's path among its outputs")
    return found


def _prose_faults(prose: str) -> list[str]:
    return [f"a result typed by hand: {typed}" for typed in TYPED_RESULT.findall(prose)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_committed_notebook_is_thin_and_executed(path: Path) -> None:
    assert faults(nbformat.read(path, as_version=4)) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_committed_notebook_declares_parameters_that_fit(path: Path) -> None:
    assert "source" in request.demand(path, {}, base=ROOT).values


def test_the_report_set_can_be_asked_for_and_covers_every_notebook() -> None:
    assert {asked.notebook for asked in reportset.read(ROOT / "notebooks" / "reports.toml")} == set(NOTEBOOKS)


def test_the_guard_sees_each_fault() -> None:
    warned = [new_output("stream", name="stderr", text="/home/someone/x.py: a warning")]
    cells = [
        new_markdown_cell("Doctors earn 12.5 % more; 95% intervals; 20 percent."),
        new_code_cell("import numpy as np\nfrom polars import col"),
        new_code_cell("def f(): ...", execution_count=1),
        new_code_cell("\n".join(["1"] * 13), execution_count=2),
        new_code_cell("import salarylab as sl", execution_count=3, outputs=warned),
    ]
    assert [fault.split(":")[0] for fault in faults(new_notebook(cells=cells))] == [
        "0 cells tagged 'parameters'",
        "cell 1",
        "cell 1",
        "cell 2",
        "cell 2",
        "cell 2",
        "cell 3",
        "cell 4",
        "cell 5",
        "cell 5",
    ]
