"""Refreshing: a committed notebook executed anew with its default parameters, which are the demo's."""

from __future__ import annotations

import copy
import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from salarylab import paths
from salarylab.errors import Fault, ReportError
from salarylab.report import notebook
from salarylab.report.asking import request
from salarylab.report.asking.request import Request
from salarylab.report.committed import lab, outputs
from salarylab.report.committed.changes import Change, changes
from salarylab.report.committed.fault import at
from salarylab.report.committed.rules import inspect
from salarylab.report.execution import execute
from salarylab.report.execution.limits import DEFAULT
from salarylab.report.failure import Failure
from salarylab.report.notebook import INJECTED, Notebook
from salarylab.report.publish import write_whole


@dataclass(frozen=True, slots=True)
class Refreshed:
    """Hold how a notebook fared: whether its file is not what a run gives, what changed, what is wrong with it.

    ``cells`` are its code cells. After a failure nothing more is known.
    """

    request: Request
    cells: int
    differs: bool = False
    changes: tuple[Change, ...] = ()
    faults: tuple[Fault, ...] = ()
    failure: Failure | None = None

    @property
    def good(self) -> bool:
        """Whether the file is what a run gives, and nothing is wrong with it."""
        return not (self.differs or self.faults or self.failure)


def ask(names: Iterable[str] = ()) -> tuple[Request, ...]:
    """Return the requests for committed notebooks, by default for all of them, each with its default parameters.

    Raises ``ReportError`` with everything that is wrong with them.
    """
    faults: list[Fault] = []
    asked: list[Request] = []
    for name in list(names) or sorted(path.stem for path in paths.notebooks_folder().glob("*.ipynb")):
        try:
            asked.append(_ask(name))
        except ReportError as error:
            faults += error.faults
    if faults:
        raise ReportError(*faults)
    return tuple(asked)


def _ask(name: str) -> Request:
    asked = request.ask(name)
    if notebook.tagged(notebook.read(asked.notebook), INJECTED):
        found, expected = "a cell with the parameters of a run", "its own defaults alone"
        raise ReportError(Fault(f"notebook {asked.report}", found, expected, f"remove the cell tagged {INJECTED!r}"))
    return asked


def refresh(asked: Request, *, check: bool = False) -> Refreshed:
    """Execute a committed notebook anew and write it in its canonical form; with ``check`` only compare.

    A notebook that fails keeps its file. The faults are those of the file that stands afterwards. What JupyterLab adds
    when it saves is no difference.
    """
    path = asked.notebook
    committed = notebook.canonical(notebook.read(path))
    size = sum(cell.cell_type == "code" for cell in committed.cells)
    with tempfile.TemporaryDirectory() as room:
        executed, stopped = execute(asked, Path(room) / path.name, limits=DEFAULT, tell=lambda _: None)
        if stopped is not None:
            return Refreshed(asked, size, failure=stopped)
        written = Path(room) / "fresh.ipynb"
        notebook.write(_numbered(notebook.retold(executed, committed)), written)
        fresh, text = notebook.read(written), written.read_text(encoding="utf-8")
    found = path.read_bytes().decode()
    differs = _differs(text, found)
    if text != found and not check:
        write_whole(path, text)
    faults = (*inspect(path), *_warned(executed, asked.report))
    return Refreshed(asked, size, differs, changes(*map(_plain, (committed, fresh))), faults)


def _differs(text: str, found: str) -> bool:
    """Whether a file says something else than what a run writes, or says it in another form."""
    import nbformat

    if lab.without(json.loads(text)) != lab.without(json.loads(found)):
        return True
    form: str = nbformat.writes(nbformat.v4.reads_json(found))
    return found != form.rstrip("\n") + "\n"


def _plain(committed: Notebook) -> Notebook:
    """Return a notebook without what JupyterLab adds to its outputs."""
    plain = copy.deepcopy(committed)
    for cell in plain.cells:
        for output in cell.get("outputs", []):
            if "data" in output:
                output["data"] = lab.without(output["data"])
    return plain


def _numbered(fresh: Notebook) -> Notebook:
    """Return the notebook with its executions counted from 1, as in a kernel that did nothing else."""
    numbers = count(1)
    for cell in fresh.cells:
        if cell.cell_type == "code" and cell.execution_count is not None:
            cell.execution_count = next(numbers)
            for output in cell.outputs:
                if "execution_count" in output:
                    output.execution_count = cell.execution_count
    return fresh


def _warned(executed: Notebook, name: str) -> Iterator[Fault]:
    """Yield the faults of cells that wrote to standard error: it is not kept, but nbval sees it."""
    for number, cell in enumerate(executed.cells, start=1):
        for warning in [output for output in cell.get("outputs", []) if output.get("name") == "stderr"]:
            yield at(name, number, outputs.warned(warning.text))
