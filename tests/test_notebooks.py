"""The notebooks as committed: thin, executed, free of results typed by hand; and nbval compares all of them."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from salarylab.report import committed, notebook
from salarylab.report.asking import reportset, request

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_committed_notebook_is_as_it_should_be(path: Path) -> None:
    assert list(map(str, committed.inspect(path))) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_committed_notebook_declares_parameters_that_fit(path: Path) -> None:
    assert "source" in request.demand(path, {}, base=ROOT).values


def test_the_report_set_can_be_asked_for_and_covers_every_notebook() -> None:
    assert {asked.notebook for asked in reportset.read(ROOT / "notebooks" / "reports.toml")} == set(NOTEBOOKS)


# nbval compares everything


def test_a_cell_that_nbval_passes_over_is_a_cell_with_a_reason() -> None:
    cells = {f"{path.stem}#{cell['id']}" for path in NOTEBOOKS for cell in notebook.read(path).cells}
    assert [key for key in committed.RELAXED if key not in cells] == []
    assert [key for key, reason in committed.RELAXED.items() if len(reason.split()) < 4] == []


def arguments() -> Iterator[str]:
    """Yield every argument that pytest gets from us: of pyproject.toml, the Makefile and the build machine's script."""
    options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    yield from shlex.split(options["addopts"])
    for script in (ROOT / "Makefile", ROOT / ".ci" / "run"):
        for line in re.findall(r"pytest (.*)", script.read_text(encoding="utf-8")):
            yield from shlex.split(line)


def test_the_suite_compares_the_notebooks_strictly() -> None:
    given = list(arguments())
    assert "--nbval" in given
    assert "notebooks" in given
    relaxing = ("--nbval-lax", "--nbval-sanitize-with", "--sanitize-with", "--nbdime")
    assert [argument for argument in given if argument.startswith(relaxing)] == []


def test_nothing_takes_output_types_out_of_the_comparison() -> None:
    settings = [ROOT / "pyproject.toml", *ROOT.glob("*.cfg"), *ROOT.glob("*.ini"), *(ROOT / "notebooks").glob("*.cfg")]
    hooks = [*(ROOT / "tests").rglob("conftest.py"), *(ROOT / "notebooks").rglob("*.py")]
    told = "".join(path.read_text(encoding="utf-8") for path in [*settings, *hooks])
    assert re.findall(r"skip_compare|sanitize|pytest_collectstart", told) == []
    assert not (ROOT / "conftest.py").exists()
