"""Execution: a request's notebook run by papermill, within limits of time, output and place."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from salarylab.report.execution.limits import Event, Limits

if TYPE_CHECKING:
    from salarylab.report.asking.request import Request
    from salarylab.report.failure import Failure
    from salarylab.report.notebook import Notebook

__all__ = ["Event", "Limits", "execute", "prepared"]


def __dir__() -> list[str]:
    """List what is public, for completion."""
    return sorted(__all__)


def execute(
    request: Request, output: Path, *, limits: Limits, tell: Callable[[Event], None]
) -> tuple[Notebook, Failure | None]:
    """Return a request's notebook as executed in its own folder, and what stopped it, if anything.

    The kernel keeps its files beside ``output``, in a folder that the caller removes; the raw files that it read
    are listed in ``reads.jsonl`` there. ``tell`` is called when a code cell begins.
    """
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from salarylab import paths
    from salarylab.errors import ReportError
    from salarylab.report import failure, notebook
    from salarylab.report.execution import client
    from salarylab.report.execution.watch import Watch

    logging.getLogger("papermill").setLevel(logging.CRITICAL)  # the notebook tells what there is to tell
    room = output.with_name("kernel")
    room.mkdir()
    watch = Watch(limits, tell, paths.project_root(), request.notebook.parent, room, output.with_name("reads.jsonl"))
    try:
        papermill.execute_notebook(
            notebook.read(request.notebook),
            str(output),
            parameters=request.changed,
            engine_name=client.ENGINE,
            request_save_on_cell_execute=False,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            watch=watch,
        )
    except PapermillExecutionError:
        pass  # the failure stands in the notebook
    except ReportError as error:  # the kernel didn't start
        return watch.notebook, failure.Failure(None, "", type(error).__name__, str(error))
    stopped = failure.in_cell(watch.notebook)
    return watch.notebook, stopped and replace(stopped, alone_again=watch.stray)


def prepared(request: Request) -> Notebook:
    """Return a request's notebook with its parameters set and nothing executed: no cell shows anything."""
    from papermill.parameterize import parameterize_notebook

    from salarylab.report import notebook

    found = notebook.read(request.notebook)
    for cell in found.cells:
        cell.metadata.setdefault("tags", [])  # papermill looks for them
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    if not request.changed:
        return found
    found.metadata.setdefault("papermill", {})
    return parameterize_notebook(found, request.changed, kernel_name="python3", language="python")
