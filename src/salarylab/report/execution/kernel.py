"""Kernel: how the process that runs a notebook's cells is started: by this interpreter, with nobody's own settings."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

from salarylab import readlog
from salarylab.report.execution import extension

ARGUMENTS = (
    "--IPKernelApp.log_level=CRITICAL",  # ipykernel tells of local sockets at its start, of the interrupt at its end
    "--HistoryManager.enabled=False",
    "--InteractiveShell.colors=nocolor",
    f"--IPKernelApp.extra_extensions={extension.__name__}",
)
DROPPED = re.compile(
    r"PYTHON(?:STARTUP|WARNINGS|OPTIMIZE)|COLUMNS|LINES|LANG(?:UAGE)?|LC_\w+|POLARS_(?:FMT|TABLE)_\w+|PYTEST_CURRENT_TEST"
)
"""A person's own start-up code and ways to see frames and texts; what makes ipykernel pass over native output."""


class Manager(AsyncKernelManager):
    """Start kernels of this very interpreter, whatever kernels a person has registered."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """The command that starts a kernel."""
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", *ARGUMENTS]
        return KernelSpec(argv=command, display_name="Python 3", language="python")


def manager(room: Path) -> Manager:
    """Return a manager whose kernel keeps its files in a room of its own.

    On Linux the sockets have abstract names: ports of several kernels started at once can fall on each other,
    and the path of a socket in a folder is too long in some.
    """
    made = Manager(kernel_name="python3", connection_file=str(room / "kernel.json"))
    if sys.platform == "linux":
        made.transport, made.ip = "ipc", f"@salarylab-{os.urandom(8).hex()}"
    return made


def trail_of(room: Path) -> Path:
    """Return the file of a kernel's room in which cells leave their trail."""
    return room / "trail"


def said_of(room: Path) -> Path:
    """Return the file of what a kernel itself says, which is no cell's output: why it does not start, for one."""
    return room / "said"


def environment(room: Path, reads: Path, output: int) -> dict[str, str]:
    """Return the environment of a kernel: this process's, less what would let one machine differ from another.

    A fixed hash seed gives sets of texts one order; the profile is an empty one, time is told as in UTC.
    """
    environ = {name: value for name, value in os.environ.items() if not DROPPED.fullmatch(name)}
    told = {extension.TRAIL: trail_of(room), extension.OUTPUT: output, readlog.VARIABLE: reads}
    own: dict[str, Any] = {"PYTHONHASHSEED": 0, "PYTHONUTF8": 1, "TZ": "UTC", "IPYTHONDIR": room / "ipython"}
    own |= told
    return environ | {name: str(value) for name, value in own.items()}
