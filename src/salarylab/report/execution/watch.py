"""Watch: what a run is watched for, and what was seen."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from salarylab.errors import Fault
from salarylab.report.execution.limits import Event, Limits, late
from salarylab.report.notebook import Notebook


@dataclass(slots=True)
class Watch:
    """Hold the limits and places of one run, and what was seen of it so far.

    ``root`` is the project's, ``cwd`` the notebook's folder, ``room`` the kernel's own; ``began`` is a reading of
    the monotonic clock.
    """

    limits: Limits
    tell: Callable[[Event], None]
    root: Path
    cwd: Path
    room: Path
    reads: Path
    began: float = field(default_factory=time.monotonic)
    notebook: Notebook = None
    shown: int = 0
    fault: Fault | None = None
    stray: bool = False

    def patience(self) -> tuple[float | None, Fault]:
        """Return the seconds that a cell beginning now may take, and the fault of one that takes longer."""
        cell, report = self.limits.cell, self.limits.report
        left = None if report is None else max(0.0, self.began + report - time.monotonic())
        if left is not None and (cell is None or left < cell):
            return left, late("the report", report or 0.0, "--limit")
        return cell, late("a cell", cell or 0.0, "--cell-limit")
