"""Spec: the set of reports, refused whole when any part of it is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from salarylab.errors import ReportError
from salarylab.report.asking import reportset


def write_set(notebook: Path, text: str) -> None:
    (notebook.parent / "reports.toml").write_text(text, encoding="utf-8")


def test_requests_come_in_order_with_titles_and_values(write_notebook) -> None:
    write_set(
        write_notebook([]),
        '[[report]]\nnotebook = "tiny"\n[[report]]\nnotebook = "tiny"\ntitle = "Another"\n'
        'parameters = { level = "doctorate", years = [2023] }\n',
    )
    first, second = reportset.read()
    assert (first.title, first.folder.as_posix(), first.changed) == ("The tiny question", "tiny/default", {})
    assert (second.title, second.changed) == ("Another", {"level": "doctorate", "years": [2023]})
    assert first.command == "salarylab run tiny"
    assert second.command == f"salarylab build --only {second.folder.as_posix()}"  # run would take the notebook's title


def test_own_files_of_a_set_start_at_the_project_root(
    write_notebook, write_mapping, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_notebook([])
    write_mapping(path.parents[1] / "m.toml")
    write_set(path, '[[report]]\nnotebook = "tiny"\nparameters = { source = "own:m.toml" }\n')
    monkeypatch.chdir(path.parent)
    assert reportset.read()[0].values["source"] == f"own:{path.parents[1] / 'm.toml'}"


def test_the_faults_of_all_entries_are_told_at_once(write_notebook) -> None:
    write_set(
        write_notebook([]),
        '[other]\n[[report]]\nnotebok = "tiny"\n[[report]]\nnotebook = "tinny"\n'
        '[[report]]\nnotebook = "tiny"\nparameters = { level = "masters", yeers = [1] }\n'
        '[[report]]\nnotebook = "tiny"\n[[report]]\nnotebook = "tiny"\n[[report]]\nnotebook = "tiny"\ntitle = 3\n',
    )
    with pytest.raises(ReportError) as refused:
        reportset.read()
    told = str(refused.value)
    assert len(refused.value.faults) == 8
    for part in ("did you mean 'notebook'", "no notebook", "did you mean 'tiny'", "'masters'", "did you mean 'years'"):
        assert part in told
    assert "a second time" in told


@pytest.mark.parametrize("text", ["", "report = 3", "[[report"])
def test_a_file_without_reports_is_refused(write_notebook, text: str) -> None:
    write_set(write_notebook([]), text)
    with pytest.raises(ReportError, match=r"reports\.toml"):
        reportset.read()


def test_two_parameters_cells_are_refused(write_notebook) -> None:
    path = write_notebook([])
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"cell_type": "markdown"', '"cell_type": "raw"').replace(
        '"metadata": {}', '"metadata": {"tags": ["parameters"]}', 1), encoding="utf-8")  # fmt: skip
    write_set(path, '[[report]]\nnotebook = "tiny"\n')
    with pytest.raises(ReportError, match="2 cells tagged"):
        reportset.read()


def test_a_grid_makes_a_report_for_each_combination_with_a_title_of_its_own(write_notebook) -> None:
    write_set(
        write_notebook([]),
        '[[report]]\nnotebook = "tiny"\ntitle = "{level}, {years} of {source}"\nparameters = { min_cell = 5 }\n'
        'grid = { level = ["doctorate", "bachelor"], years = [[2021], [2022, 2023]] }\n',
    )
    asked = reportset.read()
    assert [one.title for one in asked] == [
        "doctorate, 2021 of demo",
        "doctorate, 2022, 2023 of demo",
        "bachelor, 2021 of demo",
        "bachelor, 2022, 2023 of demo",
    ]
    assert {one.values["min_cell"] for one in asked} == {5}


def test_the_faults_of_grids_and_titles_are_told_once_each_with_their_entry(write_notebook) -> None:
    write_set(
        write_notebook([]),
        '[[report]]\nnotebook = "tiny"\ntitle = "{levle}"\ngrid = { level = ["masters", "x"], min_cell = [1, 2] }\n'
        '[[report]]\nnotebook = "tiny"\ntitle = "{years}"\ngrid = { level = "master", sourse = ["demo"] }\n'
        '[[report]]\nnotebook = "tiny"\ngrid = [1]\n'
        '[[report]]\nnotebook = "tiny"\ngrid = { level = ["master", "doctorate"] }\n[[report]]\nnotebook = "tiny"\n',
    )
    with pytest.raises(ReportError) as refused:
        reportset.read()
    told = [(fault.thing.removeprefix("reports.toml: report "), fault.found) for fault in refused.value.faults]
    assert told == [
        ("1: tiny: placeholder 'levle'", "a name that is not declared"),
        ("1: tiny: parameter 'level'", "'masters'"),
        ("1: tiny: parameter 'level'", "'x'"),
        ("2: tiny: grid: level", "'master'"),
        ("2: tiny: grid: parameter 'sourse'", "a name that is not declared"),
        ("2: tiny: placeholder 'years'", "an empty value"),
        ("3: grid", "[1]"),
        ("5", "tiny/default a second time"),
    ]


def test_what_is_no_table_is_refused(write_notebook) -> None:
    write_set(write_notebook([]), 'report = [{ notebook = "tiny" }, 3]')
    with pytest.raises(ReportError, match="report 2"):
        reportset.read()


def test_paths_start_at_the_project_wherever_one_stands(write_notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_notebook([], name="my own")
    write_set(path, '[[report]]\nnotebook = "notebooks/my own.ipynb"\n')
    monkeypatch.chdir(path.parents[2])
    (asked,) = reportset.read()
    assert (asked.notebook, asked.command) == (path, "salarylab run 'my own'")


def test_a_set_that_is_no_text_is_refused(write_notebook) -> None:
    (write_notebook([]).parent / "reports.toml").write_bytes(b"\xff")
    with pytest.raises(ReportError, match=r"a TOML file of \[\[report\]\] tables"):
        reportset.read()


def test_a_set_is_read_without_the_library_that_reads_notebooks(write_notebook) -> None:
    path = write_notebook([])
    write_set(path, '[[report]]\nnotebook = "tiny"\ngrid = { level = ["master", "doctorate"], min_cell = [1, 2, 3] }\n')
    code = (
        "import sys, salarylab\n"
        "from salarylab.report.asking import reportset\n"
        "assert len(reportset.read()) == 6\n"
        "print(sorted({'nbformat', 'jsonschema', 'papermill', 'nbconvert', 'nbclient'} & set(sys.modules)))\n"
    )
    environment = os.environ | {"SALARYLAB_ROOT": str(path.parents[1])}
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
