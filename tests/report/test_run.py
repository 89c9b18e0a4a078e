"""Spec: invented notebooks, really executed; the same bytes twice, and nothing lost to a failure."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import nbformat
import pytest

from salarylab.report import failure, manifest
from salarylab.report.asking import request
from salarylab.report.page import index
from salarylab.report.run import Outcome, run

IMPORT = "from invented import *\ncard(source)"
STABLE = ("index.html", "notebook.ipynb", "findings.jsonl", "manifest.json")
OUTSIDE = """\
place = {"x": {"field": "a", "type": "nominal"}}
spec = {"mark": "point", "data": {"url": "https://example.org/x.csv"}, "encoding": place}
display({"application/vnd.vegalite.v5+json": spec, "text/plain": "chart"}, raw=True)
"""
NOISY = "import sys, time\nfor i in range(4):\n    print(i, flush=True); time.sleep(0.3); print('w', file=sys.stderr)"


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in STABLE}


def test_two_runs_publish_the_same_bytes(write_notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    write_notebook([IMPORT, "finding(level)", "chart(); chart('Pay by place')", NOISY])
    first = contents(run(request.ask("tiny", ["level=doctorate"])).folder)
    monkeypatch.chdir("notebooks")
    again = run(request.ask("tiny", ["level=doctorate"]))
    assert contents(again.folder) == first
    notices = json.loads((again.folder / "run.json").read_text(encoding="utf-8"))["notices"]
    assert "".join(notices).count("w") >= 4
    assert b"doctorate" in first["findings.jsonl"]


def test_a_report_holds_page_notebook_findings_and_manifest(write_notebook) -> None:
    path = write_notebook([IMPORT, "finding(level)", "finding(level)", "finding('bachelor')"])
    outcome = run(request.ask("tiny"))
    assert outcome.failure is None
    assert outcome.folder == path.parents[1] / "reports" / "tiny" / "default"
    lines = (outcome.folder / "findings.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["subject"] for line in lines] == ["master against secondary", "bachelor against secondary"]
    made = manifest.read(outcome.folder / "manifest.json")
    assert made.parameters == {"source": "demo", "level": "master", "years": [], "min_cell": 10}
    assert made.inputs == [{"source": "demo", "name": "a.csv", "sha256": "0" * 64, "rows": 1234}]
    assert sorted(made.outputs) == ["findings.jsonl", "index.html", "notebook.ipynb"]
    assert (made.title, made.status, outcome.synthetic) == ("The tiny question", "good", True)
    page = (outcome.folder / "index.html").read_text(encoding="utf-8")
    assert 0 < page.index("Invented people: no survey was taken") < page.index("master against secondary")
    nbformat.validate(nbformat.read(outcome.folder / "notebook.ipynb", as_version=4))
    told = "".join(text.decode() for text in contents(outcome.folder).values())
    assert str(path.parents[1]) not in told


def assert_recorded(outcome: Outcome, standing: dict[str, bytes]) -> None:
    """Assert that a failure is recorded apart, and that the last good report is untouched."""
    assert outcome.failure is not None
    assert outcome.folder == failure.record(outcome.request)
    assert sorted(path.name for path in outcome.folder.iterdir()) == ["error.json", "index.html", "notebook.ipynb"]
    reports = outcome.folder.parents[2]
    assert contents(reports / outcome.request.folder) == standing
    assert not list(reports.glob(".building-*"))


def test_a_failing_cell_is_recorded_and_forgotten_after_a_good_run(write_notebook) -> None:
    write_notebook([IMPORT, "finding(level)"])
    standing = contents(run(request.ask("tiny")).folder)
    write_notebook([IMPORT, "pay = 0\n1 / pay", "print('after')"])
    outcome = run(request.ask("tiny"))
    assert_recorded(outcome, standing)
    told = json.loads((outcome.folder / "error.json").read_text(encoding="utf-8"))
    assert (told["cell"], told["error"], told["value"]) == (3, "ZeroDivisionError", "division by zero")
    assert (told["source"], told["parameters"]["level"]) == ("pay = 0\n1 / pay", "master")
    message = failure.one_screen(outcome.request, outcome.failure, "failed.html")
    for part in ("in cell 4", "1 / pay", "ZeroDivisionError: division by zero", "failed.html"):
        assert part in message
    partial = nbformat.read(outcome.folder / "notebook.ipynb", as_version=4)
    assert [cell.source for cell in partial.cells][-1] == "print('after')"
    listed = index.rebuild().read_text(encoding="utf-8")
    assert "ZeroDivisionError: division by zero" in listed
    assert "The last good report still stands" in listed

    write_notebook([IMPORT])
    assert run(request.ask("tiny")).failure is None
    assert not (outcome.folder.parents[2] / failure.FOLDER).exists()
    assert "ZeroDivisionError" not in index.rebuild().read_text(encoding="utf-8")


def test_cells_are_counted_as_in_the_notebook_itself(write_notebook) -> None:
    write_notebook([IMPORT, "1 / 0"])
    outcome = run(request.ask("tiny", ["level=doctorate"]))  # a value that differs adds a cell to the run
    assert (outcome.failure.cell, outcome.failure.place) == (3, "in cell 4, line 1")


TEN = """\
from salarylab.errors import DataError, Fault
raise DataError(*(Fault(f"thing {n}", "x" * 300, f"end of line {n}", "mend it") for n in range(10)))
"""


def test_all_faults_reach_the_terminal(write_notebook) -> None:
    write_notebook([TEN])
    outcome = run(request.ask("tiny"))
    message = failure.one_screen(outcome.request, outcome.failure, "failed.html")
    assert message.count("x" * 300) == 10
    assert [n for n in range(10) if f"thing {n}\n" not in message or f"end of line {n}" not in message] == []
    lengthy = dataclasses.replace(outcome.failure, error="ValueError")
    assert len(failure.one_screen(outcome.request, lengthy, "failed.html").splitlines()) <= 32


@pytest.mark.parametrize(
    ("cell", "error", "number"),
    [
        ("import sys; sys.exit()", "SystemExit", 3),
        ("import os; os._exit(3)", "DeadKernelError", 3),
        (OUTSIDE, "ReportError", None),
    ],
)
def test_other_ways_to_fail_publish_nothing_either(write_notebook, cell: str, error: str, number: int | None) -> None:
    write_notebook([IMPORT, cell, "print('after')"])
    asked = request.ask("tiny")
    standing = failure.record(asked).parents[2] / asked.folder
    standing.mkdir(parents=True)
    for name in STABLE:
        (standing / name).write_text(f"the last good {name}", encoding="utf-8")
    outcome = run(asked)
    assert_recorded(outcome, {name: f"the last good {name}".encode() for name in STABLE})
    assert (outcome.failure.error, outcome.failure.cell) == (error, number)


def test_an_own_file_travels_absolute_and_is_told_without_machine_paths(write_notebook, write_mapping) -> None:
    root = write_notebook(["from pathlib import Path\nPath(source.removeprefix('own:')).is_file()"]).parents[1]
    write_mapping(root / "mapping.toml")
    outcome = run(request.ask("tiny", ["source=own:mapping.toml"]))
    told = (outcome.folder / "notebook.ipynb").read_text(encoding="utf-8")
    assert "True" in told
    assert 'source = \\"own:mapping.toml\\"' in told
    assert str(root) not in told
