"""What docs/reports.md says of the report machine is so: verbs, options, parameters, the set, reasons and files."""

from __future__ import annotations

import itertools
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from salarylab.cli import app
from salarylab.report import committed, exhibits, failure, key, manifest, run, runlog
from salarylab.report.asking import grid, parameters, reportset, request
from salarylab.report.committed import rules
from salarylab.report.committed.prose import typed
from salarylab.report.execution.limits import DEFAULT

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "reports.md").read_text(encoding="utf-8")
TOLD = " ".join(PAGE.split())
README = (ROOT / "README.md").read_text(encoding="utf-8")
VERBS: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
OF_REPORTS = ("run", "build", "status", "params", "package", "compare", "pdf", "refresh")


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def commands() -> list[list[str]]:
    """Return every command line of the page, without its comment."""
    lines = [line for code in re.findall(r"```(?:sh|console)\n(.*?)```", PAGE, re.DOTALL) for line in code.splitlines()]
    lines = [line.removeprefix("$ ") for line in lines if line.removeprefix("$ ").startswith("salarylab ")]
    return [shlex.split(line, comments=True)[1:] for line in lines + re.findall(r"`(salarylab [^`…]+)`", PAGE)]


def options(verb: str) -> set[str]:
    return {name for parameter in VERBS[verb].params for name in (*parameter.opts, *parameter.secondary_opts)}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_its_place(verb: str) -> None:
    told = f"`salarylab {verb}" in PAGE or any(command[0] == verb for command in commands())
    assert told or re.search(rf"salarylab {verb}\b", README), f"say in docs/reports.md what `salarylab {verb}` is for"
    assert told or verb not in OF_REPORTS


def test_every_command_can_be_given() -> None:
    assert len(commands()) > 12
    for verb, *arguments in commands():
        unknown = [word for word in arguments if word.startswith("-") and word not in options(verb)]
        assert unknown == [], f"salarylab {verb}"


@pytest.mark.parametrize("verb", OF_REPORTS)
def test_every_option_of_a_verb_is_told(verb: str) -> None:
    told = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", PAGE))
    lacks = [p.opts for p in VERBS[verb].params if p.param_type_name == "option" and not {*p.opts} & told]
    assert [names for names in lacks if names not in (["--help"], ["--out"])] == []


def test_the_parameters_cell_declares_what_it_says() -> None:
    declared = {one.name: one for one in parameters.declared(block("python"), notebook="docs")}
    assert declared["degree"].choices == ("bachelor", "master", "doctorate")
    assert [str(declared[name].range) for name in ("least", "share")] == ["at least 10", "above 0 and at most 1"]
    assert declared["least"].help == "rows that a group must have"
    assert [name for name, one in declared.items() if one.known] == ["years", "states", "country"]


def test_the_set_can_be_asked_for(project: Path) -> None:
    path = project / "notebooks" / "reports.toml"
    path.write_text(block("toml"), encoding="utf-8")
    asked = reportset.read(path)
    assert len(asked) == 6
    assert asked[0].title == "How is a master's degree related to pay in US?"


def test_a_grid_makes_as_many_reports_as_are_told(project: Path) -> None:
    (spread,) = [command for command in commands() if "--grid" in command]
    texts = [text for option, text in itertools.pairwise(spread) if option == "--grid"]
    assert len(request.ask_all(spread[1], [], texts)) == 6
    assert "# six reports" in PAGE
    assert grid.LIMIT >= 6


def test_every_part_of_a_key_has_its_line() -> None:
    table = PAGE.split("## What is built again")[1].split("\n## ")[0]
    rows = dict(re.findall(r"^\| (.+?) \| (.+?) \|$", table, re.MULTILINE))
    again = " ".join(what for what, done in rows.items() if done.startswith("runs"))
    page = " ".join(what for what, done in rows.items() if done.startswith("tells"))
    said = {"code": "code cell", "modules": "a module beside the notebook", "parameters": "parameter",
            "library": "the library's source", "lock": key.LOCK,
            "python": "Python's minor version", "text": "title, prose", "templates": "templates",
            "static": "--static"}  # fmt: skip
    assert set(said) == set(key.WORDS) - {"format"}
    assert [part for part, words in said.items() if words not in (page if part in key.PAGE_ONLY else again)] == []
    assert "package's version" in again


def test_the_files_are_those_of_a_report() -> None:
    table = PAGE.split("## What lies in a report's folder")[1].split("\n## ")[0]
    files = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
    written = [run.PAGE, run.NOTEBOOK, run.FINDINGS, f"{exhibits.FOLDER}/NN-….csv", manifest.FILE, runlog.FILE]
    assert files == written
    assert f"`reports/{failure.FOLDER}/<notebook>/<parameters>/` (`{run.PAGE}`, `{failure.FILE}`" in PAGE


def test_limits_are_those_of_the_code() -> None:
    assert (DEFAULT.cell, DEFAULT.report) == (None, None)
    assert f"more than {DEFAULT.output / 1e6:g} MB" in TOLD
    assert f"more than {rules.MOST_LINES} lines in a cell" in TOLD
    assert typed("`12 %`, `$3,000`".replace("`", "")) == ["12 %", "$3,000"]
    for allowed in rules.IMPORTS:
        assert f"`{allowed.removeprefix('import ')}`" in TOLD
    assert committed.RELAXED == {}  # the page says: nothing masked, nothing skipped


def test_every_linked_file_exists() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", PAGE)
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []


def test_the_page_is_short() -> None:
    assert len(PAGE.splitlines()) <= 200
