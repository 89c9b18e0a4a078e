"""Spec: what `salarylab refresh` prints, and how it ends."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from salarylab import cli

ASKED = 'source: str = "demo"  # a source\'s key'
Told = tuple[int, str, str]


@pytest.fixture
def small(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose notebooks are two: one that prints, one that breaks."""
    shutil.rmtree(project / "notebooks")
    (project / "notebooks").mkdir()
    (project / "notebooks" / "reports.toml").write_text("", encoding="utf-8")
    for name, last in (("a_good", "print('one')\nprint('two')"), ("b_broken", "rows = 0\n1 / rows")):
        cells = [new_code_cell(ASKED, metadata={"tags": ["parameters"]}), new_code_cell(last)]
        nbformat.write(new_notebook(cells=cells), project / "notebooks" / f"{name}.ipynb")
    monkeypatch.chdir(project)
    return project


@pytest.fixture
def tell(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Told]:
    """Return a function that runs the verb in this process, and returns exit code, output and errors."""

    def ran(*arguments: str) -> Told:
        monkeypatch.setattr(sys, "argv", ["salarylab", "refresh", *arguments])
        code: object = 0
        try:
            cli.main()
        except SystemExit as stop:
            code = stop.code or 0
        told = capfd.readouterr()
        assert isinstance(code, int)
        return code, told.out, told.err

    return ran


def test_changes_are_told_then_written_then_gone(small, tell) -> None:
    path = small / "notebooks" / "a_good.ipynb"
    before = path.read_bytes()
    code, out, err = tell("a_good", "--check")
    assert (code, path.read_bytes()) == (1, before)
    assert out.splitlines() == [
        "a_good: 1 of 2 code cells say something else",
        "  cell 2, text",
        "    + one",
        "    + two",
        "  to do: salarylab refresh a_good",
    ]
    assert "notebook a_good, cell 2\n  found:    never executed" in err
    code, out, err = tell("a_good")
    assert (code, err, out.splitlines()[-1]) == (0, "", "  written: notebooks/a_good.ipynb")
    assert tell("a_good", "--check") == (0, "a_good: 2 code cells unchanged\n", "")


def test_a_failure_is_told_in_one_screen_after_the_good_ones(small, tell) -> None:
    path = small / "notebooks" / "b_broken.ipynb"
    before = path.read_bytes()
    code, out, err = tell()
    assert (code, path.read_bytes()) == (1, before)
    assert out.startswith("a_good: ")
    for part in ("b_broken", "in cell 2", "1 / rows", "ZeroDivisionError", "salarylab run b_broken"):
        assert part in err
    assert "Traceback" not in err
    assert len(err.splitlines()) <= 24
    assert not (small / "reports").exists()


def test_a_name_that_is_none_is_refused_before_anything_runs(small, tell) -> None:
    code, out, err = tell("a_good", "b_brokn")
    assert (code, out) == (2, "")
    assert "did you mean 'b_broken'?" in err


def test_the_form_of_the_file_alone_can_be_another(small, tell) -> None:
    tell("a_good")
    path = small / "notebooks" / "a_good.ipynb"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    code, out, _ = tell("a_good", "--check")
    assert (code, out.splitlines()[0]) == (1, "a_good: 2 code cells unchanged, but not the form of the file")
    code, _, err = tell("a_good")
    assert (code, err) == (0, "")
    assert path.read_text(encoding="utf-8").endswith("}\n")
