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
from salarylab.report.asking.request import Request
from salarylab.report.notebook import ERROR_MARKER, INJECTED, Notebook

FILE = "error.json"
FOLDER = "_failed"
WIDTH = 150
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
OURS = frozenset(error.__name__ for error in SalarylabError.__subclasses__())


@dataclass(frozen=True, slots=True)
class Failure:
    """Hold what went wrong: cell (from 0, as in the notebook; None: outside the cells), its source, the error.

    ``line`` counts from 1 within the cell, where it is known. ``alone_again``: files appeared while the cell ran, and
    another report that ran at the time may have written them; a run with no other beside it tells.
    """

    cell: int | None
    source: str
    error: str
    value: str
    traceback: Sequence[str] = ()
    line: int | None = None
    alone_again: bool = False

    @property
    def place(self) -> str:
        """Where it happened, as a person counts cells and lines."""
        if self.cell is None:
            return "outside the cells"
        return f"in cell {self.cell + 1}" + ("" if self.line is None else f", line {self.line}")


def in_cell(notebook: Notebook) -> Failure | None:
    """Return the failure that an executed notebook shows, or None when every cell ran to its end.

    A cell that was never reached is one too: ``sys.exit()`` ends a notebook without an error.
    """
    for number, cell in enumerate(own_cells(notebook)):
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            if output.output_type == "error":
                trace = [ANSI.sub("", line) for line in output.traceback]
                line = _line(trace, cell.execution_count)
                return Failure(number, cell.source, output.ename, ANSI.sub("", output.evalue), trace, line)
        if cell.source.strip() and cell.execution_count is None:
            return Failure(number, cell.source, "NotExecuted", "the notebook ended before this cell")
    return None


def write(request: Request, failure: Failure, room: Path) -> None:
    """Write ``error.json``: the cell, the error and the parameters."""
    told = {"report": request.report, "title": request.title, "parameters": request.told}
    told |= {"settings": request.settings, "command": request.command}
    manifest.write_json(room / FILE, told | asdict(failure))


def record(request: Request) -> Path:
    """Return the folder in which a failure of the request is recorded."""
    return paths.reports_folder() / FOLDER / request.folder


def one_screen(request: Request, failure: Failure, page: str) -> str:
    """Return the message that a terminal shows: report, cell and line, parameters, code, the error, where to look.

    An error of ours lists everything that is to be done, and is told whole; others are cut to a screen. Nothing in a
    cell or an error steers the terminal.
    """
    lines = [f"failed: {' '.join([request.report, *request.settings])}, {failure.place}"]
    if request.told:
        lines += _head("with " + ", ".join(f"{name}={value!r}" for name, value in request.told.items()), 1)
    lines += [f"    {line}" for line in _around(failure.source, failure.line)]
    value = f"{failure.error}: {failure.value}"
    first, *more = value.splitlines() if failure.error in OURS else _head(value, 11)
    lines += [first, *(f"  {line}" for line in more)]
    lines.append(f"the whole of it: {page}")
    return "\n".join("".join(letter if letter.isprintable() else " " for letter in line) for line in lines)


def own_cells(notebook: Notebook) -> list[Any]:
    """Return the cells that a person wrote: a number counted over them is the one they see."""
    added = {ERROR_MARKER, INJECTED}
    return [cell for cell in notebook.cells if not added & set(cell.metadata.get("tags", []))]


def _line(traceback: Sequence[str], execution: int | None) -> int | None:
    """Return the line of a cell that a traceback leads to; calls of functions lead deeper, the last is nearest."""
    found = re.findall(rf"^ *Cell In\[{execution}\], line (\d+)", "\n".join(traceback), re.MULTILINE)
    return int(found[-1]) if found else None


def _around(source: str, line: int | None, most: int = 13) -> list[str]:
    """Return the lines of a cell around the one that failed, which is marked; its head where none is known."""
    if line is None:
        return _head(source, most - 1)
    numbered = [
        f"{'>' if number == line else ' '} {number:>3}  {text}"[:WIDTH]
        for number, text in enumerate(source.splitlines(), start=1)
    ]
    first = max(0, min(line - 1 - most // 2, len(numbered) - most))
    return numbered[first : first + most]


def _head(text: str, most: int) -> list[str]:
    lines = [line[:WIDTH] for line in text.splitlines()] or [""]
    return lines if len(lines) <= most else [*lines[:most], f"… {len(lines) - most} more lines"]
