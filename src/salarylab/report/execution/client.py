"""Client: papermill's own way through the cells, with an eye on time, output and the project's files.

Whatever stops a cell is left in the notebook as an error among the cell's outputs: the notebook tells every failure.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
from contextlib import suppress
from typing import Any

from jupyter_core.utils import run_sync
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from papermill.log import logger

from salarylab.errors import Fault, ReportError
from salarylab.report.execution import kernel, trail, tree
from salarylab.report.execution.limits import Event, flood, weight
from salarylab.report.execution.watch import Watch
from salarylab.report.failure import own_cells
from salarylab.report.notebook import Notebook

ENGINE = "salarylab"
SHOWING = frozenset({"stream", "display_data", "execute_result", "update_display_data"})
GRACE = 2.0
"""Seconds that an interrupted cell has to say where it was, before its kernel is killed."""
LAST_WORDS = 20
"""Seconds in which the outputs of a cell that has ended must be here."""
MOST_TEXT = 10_000
"""Characters kept of what a failed cell printed, and of each line of an error."""

CONTROLS = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?)"  # a terminal's commands, its title and links
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"  # single characters, those that turn text around
)


class Client(PapermillNotebookClient):  # type: ignore[misc]
    """Execute the cells of a notebook one by one, each within its limits."""

    watch: Watch

    def create_kernel_manager(self) -> kernel.Manager:
        """Return a manager of this interpreter's kernels."""
        self.km = kernel.manager(self.watch.room)
        return self.km

    def start_new_kernel_client(self, **options: Any) -> Any:
        """Return the kernel's client; raises ``ReportError`` for a kernel that does not start."""
        try:
            return super().start_new_kernel_client(**options)
        except RuntimeError as error:
            raise ReportError(self._unstarted(str(error))) from error

    def _unstarted(self, found: str) -> Fault:
        said = _short(kernel.said_of(self.watch.room).read_text(errors="replace")).strip()
        remedy = "check the installation: python -m ipykernel_launcher --help"
        return Fault("the kernel", f"{found} {said}".strip(), "a kernel that starts, with its fence", remedy)

    def execute(self) -> Notebook:
        """Execute the notebook in a kernel of its own, of which nothing is left when the call returns."""
        watch, manager = self.watch, self.create_kernel_manager()
        self.reset_execution_trackers()
        environment = kernel.environment(watch.room, watch.reads, watch.limits.output)
        with kernel.said_of(watch.room).open("wb") as said:
            try:
                with self.setup_kernel(cwd=str(watch.cwd), env=environment, stdout=said, stderr=said):
                    if not kernel.trail_of(watch.room).is_file():  # IPython passes over an extension that fails
                        raise ReportError(self._unstarted("it started without its fence"))
                    self.papermill_execute_cells()
            finally:
                _end(manager)  # one that ended itself leaves its children behind, one that was starting is there
        return self.nb

    async def async_execute_cell(self, cell: Any, cell_index: int, **options: Any) -> Any:
        """Execute one cell; raises ``CellExecutionError`` once what stopped it stands among its outputs."""
        if cell.cell_type != "code" or not cell.source.strip():
            return cell
        self._announce(cell)
        trail.clear(kernel.trail_of(self.watch.room))
        before = tree.snapshot(self.watch.root)
        self.flooded = asyncio.Event()
        guard = asyncio.ensure_future(self._guard())
        try:
            await super().async_execute_cell(cell, cell_index, **options)
        except CellExecutionError:
            if self.watch.fault is None:
                _cut(cell)
                self._place(cell)
                raise
        except (CellTimeoutError, DeadKernelError) as error:
            if self.watch.fault is None:
                self._stop(cell, type(error).__name__, await self._ended(error), self._begun())
        finally:
            guard.cancel()
        if self.watch.fault is not None:
            self._stop(cell, ReportError.__name__, str(self.watch.fault), self._begun())
        found = tree.strays(before, tree.snapshot(self.watch.root))
        if found:
            self.watch.stray = True
            self._stop(cell, ReportError.__name__, str(tree.fault(found)), tree.naming(cell.source, found))
        return cell

    execute_cell = run_sync(async_execute_cell)

    def process_message(self, message: Any, cell: Any, cell_index: int) -> Any:
        """Take one message of the kernel; what is beyond the limit of output is dropped, and the cell stopped."""
        content, kind = message["content"], message["msg_type"]
        if kind in SHOWING:
            self.watch.shown += weight(content)
            if self.watch.shown > self.watch.limits.output:
                self.watch.fault = flood(self.watch.limits.output)
                self.flooded.set()
                return None
        elif kind == "error":
            content["evalue"] = _plain(content["evalue"])
            content["traceback"] = [_plain(line) for line in content["traceback"]]
        return super().process_message(message, cell, cell_index)

    async def _guard(self) -> None:
        """Stop the cell when its time is over or it shows too much: interrupt it, then kill its kernel."""
        seconds, fault = self.watch.patience()
        with suppress(TimeoutError):
            await asyncio.wait_for(self.flooded.wait(), seconds)
        self.watch.fault = self.watch.fault or fault
        await self.km.interrupt_kernel()
        await asyncio.sleep(GRACE)
        assert self.km.provisioner is not None
        await self.km.provisioner.kill()

    def _announce(self, cell: Any) -> None:
        """Tell that a code cell begins; the one that papermill added is nobody's."""
        cells = [other for other in own_cells(self.nb) if other.cell_type == "code"]
        number = next((n for n, other in enumerate(cells, start=1) if other is cell), None)
        if number is not None:
            self.watch.tell(Event(number, len(cells)))

    def _begun(self) -> int | None:
        """Return the line of the statement that was begun last."""
        return trail.last(kernel.trail_of(self.watch.room))

    def _place(self, cell: Any) -> None:
        """Add the line to an error that doesn't tell its own, as that of ``sys.exit()``."""
        for output in cell.outputs:
            if output.output_type == "error" and not any("Cell In[" in line for line in output.traceback):
                output.traceback += _frame(cell, self._begun())

    def _stop(self, cell: Any, error: str, value: str, line: int | None) -> None:
        """Leave an error in the cell and stop; the traceback of an interrupt stands for the line if there is one."""
        cell.execution_count = cell.execution_count or 0
        told = [output for output in cell.outputs if output.output_type == "error"]
        traceback = told[-1].traceback if told else _frame(cell, line)
        cell.outputs = [output for output in cell.outputs if output.output_type != "error"]
        cell.outputs.append(new_output("error", ename=error, evalue=_plain(value), traceback=traceback))
        _cut(cell)
        raise CellExecutionError("", error, value)

    async def _ended(self, error: Exception) -> str:
        """Return in words how the kernel ended, or what else the error is."""
        if isinstance(error, CellTimeoutError):
            return "the cell has ended, but its last outputs have not arrived"
        assert self.km.provisioner is not None
        code = await self.km.provisioner.poll()
        if code is not None and code < 0:
            return f"the kernel was killed by {signal.Signals(-code).name} (out of memory?)"
        return f"the kernel ended itself, with exit code {code}"


class Engine(NBClientEngine):  # type: ignore[misc]
    """papermill's engine for reports."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, *, watch: Watch, **_: Any) -> None:
        """Execute a notebook that papermill has prepared."""
        watch.notebook = nb_man.nb
        options = {"record_timing": False, "shutdown_kernel": "immediate", "iopub_timeout": LAST_WORDS}
        client = Client(nb_man, kernel_name=kernel_name, log=logger, ipython_hist_file="", **options)
        client.watch = watch
        client.execute()


papermill_engines.register(ENGINE, Engine)


def _end(manager: kernel.Manager) -> None:
    """Kill a kernel and the processes that it has started, where the system has groups of them."""
    group = getattr(manager.provisioner, "pgid", None)
    if group is not None:
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


def _frame(cell: Any, line: int | None) -> list[str]:
    """Return the traceback that leads to a line of a cell, as IPython would write it."""
    return [] if line is None else [f"Cell In[{cell.execution_count}], line {line}"]


def _cut(cell: Any) -> None:
    """Shorten what a failed cell printed: enough to see what it was about."""
    for output in cell.outputs:
        if output.output_type == "stream":
            output.text = _short(output.text)


def _plain(text: str) -> str:
    """Return an error's text without what would steer the terminal that shows it."""
    return _short(CONTROLS.sub("", text))


def _short(text: str) -> str:
    left = len(text) - MOST_TEXT
    return text if left <= 0 else f"{text[:MOST_TEXT]}\n… {left:,} more characters"
