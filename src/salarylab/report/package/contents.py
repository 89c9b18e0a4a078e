"""Contents: what a package holds besides data: code, environment, notebook, mapping, and the report itself."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from salarylab import paths
from salarylab.errors import Fault, ReportError
from salarylab.report import manifest
from salarylab.report.asking import titles
from salarylab.report.asking.origin import OWN
from salarylab.report.asking.request import Request
from salarylab.report.manifest import Manifest
from salarylab.report.package.item import Item

CODE = Path(__file__).parents[2]
LOCK = "requirements.lock"
BESIDE_CODE = {
    "pyproject.toml": "what the library is and needs",
    "LICENSE": "terms of the code",
    "CITATION.cff": "how to cite the library",
}
REPORT = "report"
HIDDEN = ("__pycache__", ".DS_Store")

MAKEFILE = """\
# One command makes the report again: `make report`. It needs Python 3.11 or later, and make.

PYTHON ?= python3

.PHONY: report
report: .venv/installed
\t.venv/bin/salarylab build{options}

.venv/installed: pyproject.toml requirements.lock
\t$(PYTHON) -m venv .venv
\t.venv/bin/python -m pip install --quiet --no-deps --require-hashes -r requirements.lock
\t.venv/bin/python -m pip install --quiet --no-deps --no-build-isolation -e .
\ttouch $@
"""


def items(folder: Path, made: Manifest, asked: Request) -> list[Item]:
    """Return the files of a package but its data, its README and its description.

    Raises ``ReportError`` where the library's own files are not at hand, and for a mapping that leads to a file by a
    path of this machine.
    """
    return [*_environment(made), *_code(), *_notebook(asked), *_mapping(asked), *_report(folder, made)]


def mapping_path(asked: Request) -> str | None:
    """Return the place of an own source's mapping in the package, None where the source is no own one."""
    told = asked.told.get("source")
    return told.removeprefix(OWN) if isinstance(told, str) and told.startswith(OWN) else None


def _environment(made: Manifest) -> Iterator[Item]:
    """Yield what the code needs around it, from the clone that the library runs in."""
    clone = CODE.parents[1]
    lock = next((p for p in (paths.project_root() / LOCK, clone / LOCK) if p.is_file()), clone / LOCK)
    origins = {LOCK: lock} | {name: clone / name for name in BESIDE_CODE}
    absent = [name for name, origin in origins.items() if not origin.is_file()]
    if absent:
        expected = "a clone of the project, the library installed from it (pip install -e .)"
        raise ReportError(Fault("package", f"no {', '.join(absent)} beside the library", expected, "work in a clone"))
    abouts = BESIDE_CODE | {LOCK: "every package by version and hash"}
    yield from (Item(name, abouts[name], origin) for name, origin in origins.items())
    options = " --static" if made.key.get("static") else ""
    yield Item("Makefile", "the one command", MAKEFILE.replace("{options}", options))


def _code() -> Iterator[Item]:
    for path in sorted(CODE.rglob("*")):
        if path.is_file() and not set(HIDDEN) & set(path.parts):
            yield Item(f"src/salarylab/{path.relative_to(CODE).as_posix()}", "the library", path)


def _notebook(asked: Request) -> Iterator[Item]:
    """Yield the notebook as it is committed, and a set of reports with this one."""
    yield Item(f"notebooks/{asked.notebook.name}", "the program: the notebook as committed", asked.notebook)
    told = {name: asked.told[name] for name in asked.changed}
    yield Item("notebooks/reports.toml", "the report to make, with its parameters", _entry(asked, told))


def _entry(asked: Request, told: Mapping[str, Any]) -> str:
    """Return the report set with one report; JSON's texts, numbers, truths and lists are TOML's too."""
    lines = ["[[report]]", f"notebook = {_toml(asked.report)}"]
    if asked.titled:
        lines.append(f"title = {_toml(titles.literal(asked.title))}")
    if told:
        given = ", ".join(f"{name} = {_toml(value)}" for name, value in told.items())
        lines.append(f"parameters = {{ {given} }}")
    return "\n".join([*lines, ""])


def _toml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _mapping(asked: Request) -> Iterator[Item]:
    """Yield the mapping of an own source: it says what columns mean and holds no rows."""
    place = mapping_path(asked)
    if place is None:
        return
    origin = Path(asked.values["source"].removeprefix(OWN))
    named = tomllib.loads(origin.read_text(encoding="utf-8")).get("file", {}).get("path", "")
    if PurePosixPath(named).is_absolute() or PureWindowsPath(named).is_absolute():
        expected = "a path that starts at the mapping: others have no such folder"
        raise ReportError(Fault(f"{place}: [file] path", named, expected, "write it relative to the mapping"))
    yield Item(place, "the mapping of the own file: what its columns mean", origin)


def _report(folder: Path, made: Manifest) -> Iterator[Item]:
    """Yield the report as published; what is true of one run alone (run.json) is left out."""
    abouts = {exhibit["file"]: f"data of {exhibit['number']}: {exhibit['title']}" for exhibit in made.exhibits}
    abouts |= {
        "index.html": "the page",
        "notebook.ipynb": "the notebook as executed",
        "findings.jsonl": "every finding, one a line",
        manifest.FILE: "from what the report was made",
    }
    for name in sorted([*made.outputs, manifest.FILE]):
        yield Item(f"{REPORT}/{name}", abouts.get(name, "a file of the report"), folder / name)
