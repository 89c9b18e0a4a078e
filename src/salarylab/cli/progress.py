"""Progress: how far a build has come: a live display in a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import typer

if TYPE_CHECKING:
    from salarylab.report.asking.request import Request
    from salarylab.report.execution.limits import Event
    from salarylab.report.failure import Failure
    from salarylab.report.run import Outcome


def name_of(request: Request) -> str:
    """Return how a report is told on one line: its notebook and what differs from the defaults."""
    return " ".join([request.report, *request.settings])


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "report"), counted(0, "page")
    ('1 report', '0 pages')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"


class Progress:
    """Show each report as it ends; in a terminal also those at work (cell i of n, seconds) and how many wait.

    ``due`` of the requests are to be built; the others are fresh and never begin.
    """

    def __init__(self, requests: Sequence[Request], due: int) -> None:
        self.names = [name_of(request) for request in requests]
        self.due, self.done = due, 0
        self.busy: dict[int, tuple[float, str]] = {}
        self.live: Any = None

    def __enter__(self) -> Self:
        """Open the live display where a person watches."""
        if sys.stdout.isatty() and self.due:
            from rich.live import Live

            self.live = Live(get_renderable=self._at_work, refresh_per_second=4, transient=True)
            self.live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it, however the build ended."""
        if self.live is not None:
            self.live.stop()

    def begin(self, number: int) -> None:
        """Take note of a report that begins."""
        self.busy[number] = time.monotonic(), "starting"

    def cell(self, number: int, event: Event) -> None:
        """Take note of a cell that begins."""
        self.busy[number] = self.busy[number][0], f"cell {event.cell} of {event.cells}"

    def end(self, number: int, outcome: Outcome, seconds: float) -> None:
        """Tell how a report ended."""
        del self.busy[number]
        self.done += 1
        verdict = "failed" if outcome.failure else "not asked" if outcome.lacking else "good"
        line = f"[{self.done}/{self.due}] {self.names[number]} … {verdict}, {seconds:.1f} s"
        self._say(line, style="red" if outcome.failure else None)

    def again(self, number: int, failure: Failure) -> None:
        """Tell that a report will be run again, alone, and why."""
        del self.busy[number]
        self._say(f"{self.names[number]} … again, alone: {' '.join(failure.value.split())}", style="yellow")

    def _say(self, line: str, *, style: str | None) -> None:
        if self.live is not None:
            self.live.console.print(line, highlight=False, markup=False, style=style)
        else:
            typer.echo(line)

    def _at_work(self) -> Any:
        """Return the lines of the live display: the reports at work, and how many wait."""
        from rich.text import Text

        clock = time.monotonic()
        lines = [f"  {self.names[n]}: {where}, {clock - since:.0f} s" for n, (since, where) in self.busy.items()]
        waiting = self.due - self.done - len(self.busy)
        lines += [f"  {counted(waiting, 'report')} waiting"] if waiting else []
        return Text("\n".join(lines), style="dim")
