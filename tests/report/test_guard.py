"""Spec: what a notebook may not do around the library is found in its code, with cell and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from salarylab.report import guard, notebook
from salarylab.report.notebook import INJECTED, Cell

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def found(*cells: str) -> list[str]:
    return [fault.thing for fault in guard.check([Cell("code", cell, ()) for cell in cells], "n")]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_committed_notebooks_go_by_the_library(path: Path) -> None:
    assert guard.check(notebook.cells(path), path.stem) == []


@pytest.mark.parametrize(
    "cell",
    [
        "import salarylab as sl\nsl.load('demo')",
        "import polars as pl\npl.DataFrame({'a': [1]}).rename({'a': 'b'}).select(pl.col.b.mean()).to_dicts()",
        "from invented import *\ncard(source); chart('Pay by place')",
        "from pathlib import Path\nPath('x').is_file()",
        "import os, sys, time\nos._exit(3)",
        "open = 1\nopener = 'open(x)'  # open(x)",
        "5 % 3\n(5\n% 3)\nawait later()",
        "'\\d'",
        "",
    ],
)
def test_an_argument_over_records_is_let_pass(cell: str) -> None:
    assert found(cell) == []


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("x = 1\nopen('x')", "line 2: open"),
        ("read = open", "line 1: open"),
        ("import polars as pl\npl.read_csv('x')", "line 2: polars.read_csv"),
        ("import polars as pl\npl.scan_parquet('x')", "line 2: polars.scan_parquet"),
        ("from polars import read_csv as r", "line 1: polars.read_csv"),
        ("import pandas\npandas.read_sql('x', y)", "line 2: pandas.read_sql"),
        ("(frame\n .lazy()\n .sink_csv('x'))", "line 3: .sink_csv"),
        ("frame.write_parquet('x')", "line 1: .write_parquet"),
        ("frame.to_csv('x')", "line 1: .to_csv"),
        ("chart.save('x.png')", "line 1: .save"),
        ("from pathlib import Path\nPath('x').read_text()", "line 2: .read_text"),
        ("from pathlib import Path\nPath('x').open()", "line 2: .open"),
        ("from pathlib import Path\nPath('x').write_bytes(b'')", "line 2: .write_bytes"),
        ("import numpy as np\nnp.loadtxt('x')", "line 2: numpy.loadtxt"),
        ("import numpy as np\nnp.save('x', y)", "line 2: numpy.save"),
        ("import os\nos.system('ls')", "line 2: os.system"),
        ("import os\nos.execvp('ls', [])", "line 2: os.execvp"),
        ("import urllib.request", "line 1: import urllib.request"),
        ("from requests import get", "line 1: requests.get"),
        ("import subprocess", "line 1: import subprocess"),
        ("import importlib", "line 1: import importlib"),
        ("__import__('os')", "line 1: __import__"),
        ("exec('x = 1')", "line 1: exec"),
        ("get_ipython().system('ls')", "line 1: get_ipython"),
        ("%matplotlib inline", "line 1: %matplotlib inline"),
        ("x = 1\n!ls", "line 2: !ls"),
        ("files = !ls", "line 1: files = !ls"),
        ("len?", "line 1: len?"),
        ("%%bash\nls -l > x", "line 1: %%bash"),
        ("x = 1\n1 +", "line 2: invalid syntax"),
        ("x = '\0'", "line 1: a null character"),
    ],
)
def test_each_way_around_is_found_at_its_line(cell: str, told: str) -> None:
    assert found("1", cell) == [f"n, cell 2, {told}"]


def test_all_are_told_at_once_with_what_to_do_and_cells_as_a_person_counts() -> None:
    injected = Cell("code", "open('x')", (INJECTED,))
    cells = [Cell("markdown", "open('x')", ()), injected, Cell("code", "import polars as pl", ("parameters",))]
    faults = guard.check([*cells, Cell("code", "%time x\npl.read_csv('x')\nopen('y', 'w')", ())], "n")
    assert [fault.thing for fault in faults] == [
        "n, cell 3, line 1: %time x",
        "n, cell 3, line 2: polars.read_csv",
        "n, cell 3, line 3: open",
    ]
    assert all("sl.load" in fault.expected and "own:FILE" in fault.remedy for fault in faults[1:])
