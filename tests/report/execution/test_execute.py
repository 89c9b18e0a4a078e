"""Spec: one real execution: what is told of it, where it may write, what it hears of this machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from salarylab.report.asking import request
from salarylab.report.execution import Event, Limits, execute, kernel

WRITER = """\
import sys, tempfile
from salarylab import readlog
from salarylab.paths import processed_folder, raw_folder

def write():
    for folder in (processed_folder(), raw_folder("demo")):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "x").write_text("x")
    with tempfile.TemporaryFile() as file:
        file.write(b"x")
    readlog.note(raw_folder("demo") / "x", "0" * 64)
"""


def test_a_notebook_is_executed_in_its_own_folder_and_all_it_did_is_known(
    write_notebook, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "start.py").write_text("1 / 0", encoding="utf-8")
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "start.py"))
    path = write_notebook(
        ["from writer import *", "write()", "import os\nos.getcwd()", "sys.flags.hash_randomization", "level"]
    )
    path.with_name("writer.py").write_text(WRITER, encoding="utf-8")
    room = path.parents[1] / "reports" / ".building-x"
    room.mkdir(parents=True)
    events: list[Event] = []
    asked = request.ask("tiny", ["level=doctorate"])
    executed, stopped = execute(asked, room / "notebook.ipynb", limits=Limits(cell=60), tell=events.append)
    assert stopped is None
    assert events == [Event(number, 6) for number in range(1, 7)]
    shown = [cell.outputs[0].data["text/plain"] for cell in executed.cells if cell.get("outputs")]
    assert shown == [repr(str(path.parent)), "0", "'doctorate'"]
    (read,) = map(json.loads, (room / "reads.jsonl").read_text(encoding="utf-8").splitlines())
    assert read["path"] == str(path.parents[1] / "data" / "raw" / "demo" / "x")
    assert sorted(entry.name for entry in room.iterdir()) == ["kernel", "notebook.ipynb", "reads.jsonl"]


def test_a_kernel_is_this_interpreters_and_hears_nothing_of_a_persons_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    habits = ("COLUMNS", "LC_ALL", "POLARS_FMT_MAX_ROWS", "POLARS_TABLE_WIDTH", "PYTHONSTARTUP", "PYTHONWARNINGS")
    for name in habits:
        monkeypatch.setenv(name, "3")
    monkeypatch.setenv("SALARYLAB_MIRROR", "../mirror")
    monkeypatch.setenv("POLARS_MAX_THREADS", "2")
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    environment = kernel.environment(tmp_path, tmp_path / "reads.jsonl", 5)
    assert not set(habits) & set(environment)
    assert (environment["POLARS_MAX_THREADS"], environment["TZ"]) == ("2", "UTC")
    assert environment["SALARYLAB_MIRROR"] == "../mirror"
    assert (environment["PYTHONHASHSEED"], environment["SALARYLAB_OUTPUT"]) == ("0", "5")
    assert environment["IPYTHONDIR"].startswith(str(tmp_path))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(("--IPKernelApp.kernel_class=nowhere",), "Kernel died"), (kernel.ARGUMENTS[:-1], "without its fence")],
)
def test_a_kernel_that_does_not_start_well_is_a_failure_outside_the_cells(
    write_notebook, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], told: str
) -> None:
    path = write_notebook(["1"])
    room = path.parents[1] / "reports" / ".building-x"
    room.mkdir(parents=True)
    monkeypatch.setattr(kernel, "ARGUMENTS", arguments)
    _, stopped = execute(request.ask("tiny"), room / "notebook.ipynb", limits=Limits(), tell=lambda event: None)
    assert stopped is not None
    assert (stopped.cell, stopped.error, stopped.place) == (None, "ReportError", "outside the cells")
    assert told in stopped.value
