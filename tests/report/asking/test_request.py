"""Spec: what a command line asks for, one report or a grid of them, with all faults at once."""

from __future__ import annotations

import pickle
import shlex

import pytest

from salarylab.errors import Fault, ReportError
from salarylab.report.asking import origin, parameters, request


def refused(*arguments: object) -> tuple[Fault, ...]:
    with pytest.raises(ReportError) as error:
        request.ask_all(*arguments)
    return error.value.faults


def test_one_report_is_asked_for(write_notebook) -> None:
    write_notebook([])
    asked = request.ask("tiny", ["level=doctorate"])
    assert (asked.report, asked.title, asked.settings) == ("tiny", "The tiny question", ["level=doctorate"])
    assert request.ask_all("tiny", ["level=doctorate"]) == (asked,)
    assert pickle.loads(pickle.dumps(asked)) == asked


def test_a_grid_is_a_request_for_each_combination(write_notebook) -> None:
    write_notebook([])
    asked = request.ask_all("tiny", ["min_cell=5"], ["level=bachelor,master", "years=;2021,2022"])
    assert [one.settings for one in asked] == [
        ["level=bachelor", "min_cell=5"],
        ["level=bachelor", "years=2021,2022", "min_cell=5"],
        ["min_cell=5"],
        ["years=2021,2022", "min_cell=5"],
    ]
    assert len({one.folder for one in asked}) == 4


def test_texts_values_and_grids_are_refused_together(write_notebook) -> None:
    write_notebook([])
    faults = refused("tiny", ["nonsense", "levle=x", "min_cell=few"], ["years=2021;1999", "leve=bachelor", "=3"])
    things = [fault.thing for fault in faults]
    assert things == [
        "--set nonsense",
        "--grid =3",
        "tiny: grid: parameter 'leve'",
        "tiny: parameter 'min_cell'",
        "tiny: parameter 'levle'",
        "tiny: parameter 'years' 1999",
    ]
    faults = refused("tiny", ["min_cell=few"], ["years=2021;1999", "level=bachelor,masters"])
    assert [fault.found for fault in faults] == ["'few'", "'masters'", "a year that demo does not hold"]


def test_a_name_is_set_or_in_the_grid(write_notebook) -> None:
    write_notebook([])
    (fault,) = refused("tiny", ["level=bachelor"], ["level=bachelor,master"])
    assert fault.found == "set, and in the grid"


def test_one_report_asked_for_twice_by_a_grid_is_refused(write_notebook) -> None:
    write_notebook([])
    (fault,) = refused("tiny", [], ["years=2021,2022;2022,2021"])
    assert "a second time" in fault.found


def test_a_grid_reads_the_notebook_and_an_own_file_once(
    write_notebook, write_mapping, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_notebook([])
    write_mapping(path.parents[1] / "m.toml")
    read: list[object] = []

    def count(module: object, name: str) -> None:
        real = getattr(module, name)
        monkeypatch.setattr(module, name, lambda given: read.append(given) or real(given))

    count(request.notebook, "cells")
    count(origin, "faults")
    count(parameters, "modelled")
    asked = request.ask_all("tiny", ["source=own:m.toml"], ["level=bachelor,master,doctorate", "min_cell=5,6,7"])
    assert len(asked) == 9
    assert [given for given in read if given == path] == [path]
    assert [given for given in read if given == path.parents[1] / "m.toml"] == [path.parents[1] / "m.toml"]
    assert len(read) == 3


def test_a_title_of_its_own_asks_for_the_set(write_notebook) -> None:
    path = write_notebook([])
    asked = [request.demand(path, {}, base=path.parent, title=title) for title in ("The {level} question", None)]
    same = request.demand(path, {}, base=path.parent, title="The tiny question")
    assert [one.title for one in asked] == ["The master question", "The tiny question"]
    assert [one.command for one in asked] == ["salarylab build --only tiny/default", "salarylab run tiny"]
    assert same == asked[1]


def test_settings_come_back_from_a_shell(write_notebook) -> None:
    write_notebook([], parameters='names: list[str] = []\nword: str = "a"')
    path = request.notebook.find("tiny")
    asked = request.demand(path, {"names": ["a, b", "c's"], "word": "x y"}, base=path.parent)
    given = [word for word in shlex.split(asked.command)[3:] if word != "--set"]
    assert request.ask("tiny", given).values == asked.values
