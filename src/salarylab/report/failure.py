"""Failure: what stopped a report, and the record of it that stands apart from the good reports."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from salarylab import paths
from salarylab.errors import SalarylabError
from salarylab.report import manifest
from salarylab.report.notebook import ERROR_MARKER, INJECTED, Notebook
from salarylab.report.request import Request

FILE = "error.json"
FOLDER = "_failed"
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
OURS = frozenset(error.__name__ for error in SalarylabError.__subclasses__())


@dataclass(frozen=True, slots=True)
class Failure:
    """Hold what went wrong: cell (from 0, as in the notebook; None: outside the cells), its source, the error."""

    cell: int | None
    source: str
    error: str
    value: str
    traceback: Sequence[str] = ()

    @property
    def place(self) -> str:
        """Where it happened, as a person counts cells."""
        return "while the page was built" if self.cell is None else f"in cell {self.cell + 1}"


def in_cell(notebook: Notebook) -> Failure | None:
    """Return the failure that an executed notebook shows, or None when every cell ran to its end.

    A cell that was never reached is one too: ``sys.exit()`` ends a notebook without an error.
    """
    for number, cell in enumerate(_own_cells(notebook)):
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            if output.output_type == "error":
                trace = [ANSI.sub("", line) for line in output.traceback]
                return Failure(number, cell.source, output.ename, ANSI.sub("", output.evalue), trace)
        if cell.source.strip() and cell.execution_count is None:
            return Failure(number, cell.source, "NotExecuted", "the notebook ended before this cell")
    return None


def interrupted(notebook: Notebook, error: Exception) -> Failure:
    """Return the failure of the cell during which the kernel died or time ran out: the last one begun."""
    cells = _own_cells(notebook)
    begun = [n for n, cell in enumerate(cells) if cell.metadata.get("papermill", {}).get("start_time")]
    last = begun[-1] if begun else None
    source = "" if last is None else cells[last].source
    return Failure(last, source, type(error).__name__, " ".join(str(error).split()))


def write(request: Request, failure: Failure, room: Path) -> None:
    """Write ``error.json``: the cell, the error and the parameters."""
    told = {"report": request.report, "title": request.title, "parameters": request.told}
    told |= {"settings": request.settings, "command": request.command}
    manifest.write_json(room / FILE, told | asdict(failure))


def record(request: Request) -> Path:
    """Return the folder in which a failure of the request is recorded."""
    return paths.reports_folder() / FOLDER / request.folder


def one_screen(request: Request, failure: Failure, page: str) -> str:
    """Return the message that a terminal shows: report, cell, its code, the error, where to look.

    An error of ours lists everything that is to be done, and is told whole; others are cut to a screen.
    """
    lines = [f"failed: {' '.join([request.report, *request.settings])}, {failure.place}"]
    lines += [f"    {line}" for line in _head(failure.source, 14)]
    told = failure.value.splitlines() if failure.error in OURS else _head(failure.value, 14)
    lines += [f"{failure.error}: {line}" if not n else f"  {line}" for n, line in enumerate(told)]
    lines.append(f"the whole of it: {page}")
    return "\n".join(lines)


def _own_cells(notebook: Notebook) -> list[Any]:
    """Return the cells that a person wrote: a number counted over them is the one they see."""
    added = {ERROR_MARKER, INJECTED}
    return [cell for cell in notebook.cells if not added & set(cell.metadata.get("tags", []))]


def _head(text: str, most: int) -> list[Any]:
    lines = [line[:160] for line in text.splitlines()] or [""]
    return lines if len(lines) <= most else [*lines[:most], f"… {len(lines) - most} more lines"]
