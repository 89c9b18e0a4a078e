"""Limits: how long a notebook may run and how much it may show; the event that a watcher is told of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from salarylab.errors import Fault


@dataclass(frozen=True, slots=True)
class Limits:
    """Hold the seconds that a cell and a whole report may take (None: no end), and the bytes they may show.

    A page of twenty charts shows about two million bytes.
    """

    cell: float | None = None
    report: float | None = None
    output: int = 5_000_000


DEFAULT = Limits()


@dataclass(frozen=True, slots=True)
class Event:
    """Tell that a code cell begins: its number among the code cells that a person wrote, and how many these are."""

    cell: int
    cells: int


def weight(content: Mapping[str, Any]) -> int:
    """Return about how many bytes an output adds to a notebook: its text, and its displays as JSON.

    >>> weight({"name": "stdout", "text": "four"}), weight({"data": {"text/plain": "two", "a/b+json": {}}})
    (4, 5)
    """
    shown = content.get("data", {}).values()
    return len(content.get("text", "")) + sum(len(v if isinstance(v, str) else json.dumps(v)) for v in shown)


def flood(most: int) -> Fault:
    """Return the fault of a report that shows more than it may."""
    return Fault(
        "too much output",
        f"more than {most / 1e6:g} MB printed or displayed in one report",
        "what a person reads: tables, charts, findings",
        "print less; show the head of a table, or a chart",
    )


def late(which: str, seconds: float, option: str) -> Fault:
    """Return the fault of a cell that was still running when a limit was reached."""
    return Fault(
        "out of time",
        f"still running after {seconds:g} s",
        f"an end within {seconds:g} s, the limit of {which}",
        f"look at the line named here, or give it more time: {option} SECONDS",
    )
