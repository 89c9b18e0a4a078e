"""Notebook: the file on disk, its parts that a report needs, and its one canonical form.

Two executions of one notebook differ in cell ids, time stamps, paths and the packing of printed text.
``canonical`` leaves only what the code and the data decide, so that reruns are the same bytes.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from salarylab import paths
from salarylab.errors import Fault, ReportError, unknown
from salarylab.finding import FINDING_MIME
from salarylab.schema import BY_NAME
from salarylab.show.answer import FINDINGS_MIME
from salarylab.unanswered import UNANSWERED_MIME, Unanswered

OURS = "salarylab"
"""The part of a notebook's metadata that is ours: what its question asks for."""
INJECTED = "injected-parameters"
ERROR_MARKER = "papermill-error-cell-tag"
VARYING = ("execution", "papermill", "ExecuteTime")

Notebook = Any
"""A notebook as nbformat reads it (the library is untyped)."""


def find(name: str, base: Path = Path()) -> Path:
    """Return the path of a notebook named as in ``notebooks/``, or by a path from ``base`` that ends in ``.ipynb``.

    Raises ``ReportError`` where there is none, with near names, and for a name that no report can have.
    """
    path = _found(name, base)
    if path.stem == "gallery" or not path.stem[0].isalnum():
        found, expected = "a name that reports/ keeps for itself", "a letter or a digit first, and not 'gallery'"
        raise ReportError(Fault(f"notebook {path.stem}", found, expected, "rename the file"))
    return path


def _found(name: str, base: Path) -> Path:
    if name.endswith(".ipynb"):
        path = (base / name).resolve()
        if path.is_file():
            return path
        raise ReportError(Fault(f"notebook {name}", "no such file", "a notebook's path", "check the path"))
    path = paths.notebooks_folder() / f"{name}.ipynb"
    if not path.is_file():
        known = sorted(other.stem for other in paths.notebooks_folder().glob("*.ipynb"))
        raise ReportError(
            unknown("notebook", name, known, "a notebook elsewhere is named by its path, which ends in .ipynb")
        )
    return path


@dataclass(frozen=True, slots=True)
class Cell:
    """Hold what a person wrote in one cell: ``kind`` is ``code``, ``markdown`` or ``raw``."""

    kind: str
    source: str
    tags: tuple[str, ...]


def cells(path: Path) -> tuple[Cell, ...]:
    """Return the cells of a notebook as they were written, without the library that reads notebooks.

    Raises ``ReportError`` when the file is no notebook of today's format.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return tuple(
            Cell(cell["cell_type"], "".join(cell["source"]), tuple(cell["metadata"].get("tags", []))) for cell in found
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReportError(_no_notebook(path, error)) from error


def asks(path: Path) -> tuple[str, ...]:
    """Return the canonical columns that a notebook's metadata says its question needs: ``"salarylab": {"asks": […]}``.

    Raises ``ReportError`` for metadata of another form, and for names that are no column.
    """
    stated = json.loads(path.read_text(encoding="utf-8")).get("metadata", {}).get(OURS, {})
    asked = stated.get("asks", []) if isinstance(stated, dict) else None
    if not isinstance(asked, list) or set(stated) - {"asks"} or not all(isinstance(name, str) for name in asked):
        expected = '{"asks": ["education"]}, a list of canonical columns'
        raise ReportError(Fault(f"notebook {path.stem}: metadata {OURS!r}", repr(stated), expected, "mend it"))
    strays = [unknown(f"notebook {path.stem}: asked column", name, BY_NAME) for name in asked if name not in BY_NAME]
    if strays:
        raise ReportError(*strays)
    return tuple(asked)


def read(path: Path) -> Notebook:
    """Return a notebook as nbformat 4.5, every cell with an id.

    Raises ``ReportError`` when the file is no notebook.
    """
    import nbformat

    try:
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        fresh = notebook.nbformat_minor < 5  # nbformat gives such cells random ids
        notebook = nbformat.v4.upgrade(notebook)
        if fresh:
            for number, cell in enumerate(notebook.cells):
                cell["id"] = f"cell-{number}"
        nbformat.validate(notebook)
    except (ValueError, KeyError, AttributeError, nbformat.ValidationError) as error:
        raise ReportError(_no_notebook(path, error)) from error
    return notebook


def _no_notebook(path: Path, error: Exception) -> Fault:
    reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
    return Fault(f"notebook {path.name}", reason, "a Jupyter notebook", "mend the file")


def write(notebook: Notebook, path: Path) -> None:
    """Write a notebook with sorted keys and a newline at its end."""
    import nbformat

    path.write_text(nbformat.writes(notebook).rstrip("\n") + "\n", encoding="utf-8")


def tagged(notebook: Notebook, tag: str) -> list[Any]:
    """Return the cells that carry a tag."""
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


def heading(notebook: Notebook) -> str | None:
    """Return the notebook's own title: the first-level heading that its first cell begins with."""
    first = notebook.cells[0] if notebook.cells else None
    return titled(first.source) if first is not None and first.cell_type == "markdown" else None


def titled(prose: str) -> str | None:
    """Return the first-level heading that a text begins with."""
    found = re.match(r"\s*# +(.+)", prose)
    return found[1].strip() if found else None


def displays(notebook: Notebook, mime: str) -> list[dict[str, Any]]:
    """Return what the outputs show under a MIME type, in order, each once."""
    shown = (output.get("data", {}).get(mime) for output in _outputs(notebook))
    return _each_once(content for content in shown if content is not None)


def findings(notebook: Notebook) -> list[dict[str, Any]]:
    """Return the findings that the outputs show, one by one or as an answer's, in order, each once.

    The first is the report's headline. A count of nothing is no finding.
    """
    return _each_once(found for output in _outputs(notebook) for found in found_in(output.get("data", {})))


def found_in(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the findings that one output tells, a count of nothing left out."""
    told = [*content.get(FINDINGS_MIME, ()), *([content[FINDING_MIME]] if FINDING_MIME in content else ())]
    return [found for found in told if found.get("unit") != "rows" or found.get("value") != 0]


def unanswered(notebook: Notebook) -> Unanswered | None:
    """Return why the notebook's question has no answer, where that is the first answer that its outputs show."""
    for output in _outputs(notebook):
        content = output.get("data", {})
        if UNANSWERED_MIME in content:
            return Unanswered(**content[UNANSWERED_MIME])
        if found_in(content):
            return None
    return None


def _each_once(contents: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = []
    for content in contents:
        if content not in shown:
            shown.append(content)
    return shown


def printed_errors(notebook: Notebook) -> list[str]:
    """Return the warnings and notices that the cells wrote to standard error."""
    return [output.text for output in _outputs(notebook) if output.get("name") == "stderr"]


def canonical(executed: Notebook) -> Notebook:
    """Return a copy of an executed notebook with all that varies from run to run taken out.

    Out go times, paths, papermill's own marks and standard error (it names machine paths, and a
    download speaks only once); the injected cell gets a fixed id; printed text is packed as one piece. What the
    notebook says of its question stays.
    """
    notebook = copy.deepcopy(executed)
    ours = {OURS: notebook.metadata[OURS]} if OURS in notebook.metadata else {}
    notebook.cells = [cell for cell in notebook.cells if ERROR_MARKER not in cell.metadata.get("tags", [])]
    notebook.metadata.clear()
    notebook.metadata.update(
        kernelspec={"display_name": "Python 3", "language": "python", "name": "python3"},
        language_info={"name": "python"},
        **ours,
    )
    for cell in notebook.cells:
        if INJECTED in cell.metadata.get("tags", []):
            cell["id"] = INJECTED
        for name in list(cell.metadata):
            if name in VARYING or cell.metadata[name] == []:
                del cell.metadata[name]
        if cell.cell_type == "code":
            cell.outputs = list(_packed(cell.outputs))
    return notebook


def retold(executed: Notebook, edited: Notebook) -> Notebook:
    """Return an executed notebook in the canonical form, its prose as edited since; the code must be the same."""
    notebook = copy.deepcopy(edited)
    ran = iter([cell for cell in executed.cells if cell.cell_type == "code"])
    told: list[Any] = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            fresh = next(ran)
            cell.outputs, cell.execution_count = fresh.outputs, fresh.execution_count
        told.append(cell)
        if cell.cell_type == "code" and "parameters" in cell.metadata.get("tags", []):
            told += [next(ran) for other in executed.cells if INJECTED in other.metadata.get("tags", [])]
    notebook.cells = told
    return canonical(notebook)


def _outputs(notebook: Notebook) -> Iterator[Any]:
    for cell in notebook.cells:
        yield from cell.get("outputs", [])


def _packed(outputs: list[Any]) -> Iterator[Any]:
    """Yield outputs without standard error, printed text in one piece however the kernel sent it."""
    pending = None
    for output in outputs:
        if output.get("name") == "stderr":
            continue
        if output.output_type == "stream" and pending is not None:
            pending["text"] += output.text
            continue
        if pending is not None:
            yield pending
        pending = output if output.output_type == "stream" else None
        if pending is None:
            yield output
    if pending is not None:
        yield pending
