"""Extension: what every kernel of a report loads before its first cell: the fence, the trail, the count of output."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from salarylab.errors import ReportError
from salarylab.paths import project_root
from salarylab.readlog import VARIABLE as READ_LOG
from salarylab.report.execution import fence, trail
from salarylab.report.execution.limits import flood, weight

TRAIL = "SALARYLAB_TRAIL"
OUTPUT = "SALARYLAB_OUTPUT"
PARENT = "JPY_PARENT_PID"


def load_ipython_extension(shell: Any) -> None:
    """Prepare a kernel, as the runner told it by its environment."""
    if sys.platform != "win32" and os.environ.get(PARENT) != str(os.getppid()):
        os._exit(1)  # the runner died meanwhile: ipykernel sees only what comes after its own start
    lines = Path(os.environ[TRAIL])
    trail.lay(lines)
    shell.ast_transformers.append(trail.Marked())
    shell.ask_exit = _leave
    _count(shell, int(os.environ[OUTPUT]))
    fence.install(project_root(), (lines.parent, Path(os.environ[READ_LOG])))


def _leave() -> None:
    """Let ``exit()`` end the notebook as ``sys.exit()`` does: at this cell, not at some later one."""
    raise SystemExit


def _count(shell: Any, most: int) -> None:
    """Raise ``ReportError`` in the cell that prints or displays more than a report may, before it is sent."""
    shown = 0

    def add(content: Any) -> None:
        nonlocal shown
        shown += weight(content)
        # other threads carry what native code prints; an error there would reach no cell, so the runner counts too
        if shown > most and threading.current_thread() is threading.main_thread():
            raise ReportError(flood(most))

    def display(message: Any) -> Any:
        add(message["content"])
        return message

    shell.display_pub.register_hook(display)
    shell.displayhook.register_hook(display)
    for stream in (sys.stdout, sys.stderr):
        stream.write = _counted(stream.write, add)  # type: ignore[method-assign]


def _counted(write: Callable[[str], int], add: Callable[[Any], None]) -> Callable[[str], int]:
    def counted(text: str) -> int:
        add({"text": text})
        return write(text)

    return counted
