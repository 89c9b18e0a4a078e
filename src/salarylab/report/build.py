"""Build: make what is stale of a set of reports, in parallel, and leave what is fresh alone."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from salarylab import paths
from salarylab.errors import Fault, ReportError, unknown
from salarylab.report.asking.request import Request
from salarylab.report.execution.limits import DEFAULT, Event, Limits
from salarylab.report.key import key
from salarylab.report.publish import sweep, workroom
from salarylab.report.state import State, state
from salarylab.report.workers import Job, work

if TYPE_CHECKING:
    from salarylab.report.failure import Failure
    from salarylab.report.run import Outcome

FORCED = State(("asked for by --force",))


@dataclass(frozen=True, slots=True)
class Plan:
    """Hold one report that was asked for, and its state before the build."""

    request: Request
    state: State


@dataclass(frozen=True, slots=True)
class Build:
    """Hold how a build ended: the outcomes in the set's order, the plans not built, the signal that ended it."""

    outcomes: Mapping[int, Outcome]
    missing: tuple[Plan, ...] = ()
    signal: int | None = None

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """The outcomes that are failures."""
        return tuple(outcome for outcome in self.outcomes.values() if outcome.failure is not None)

    @property
    def unanswered(self) -> tuple[Outcome, ...]:
        """The outcomes whose question has no answer."""
        return tuple(outcome for outcome in self.outcomes.values() if outcome.lacking is not None)


class Watch(Protocol):
    """Be told of the course of a build; reports are numbered as in the plans, from 0."""

    def begin(self, number: int) -> None:
        """Be told that a report begins."""

    def cell(self, number: int, event: Event) -> None:
        """Be told that one of its cells begins."""

    def end(self, number: int, outcome: Outcome, seconds: float) -> None:
        """Be told how it ended."""

    def again(self, number: int, failure: Failure) -> None:
        """Be told that it will be run again, alone: another that ran beside it may have been at fault."""


class Interrupted(BaseException):
    """Carry the signal that ends a build."""

    def __init__(self, number: int) -> None:
        self.number = number


def plan(requests: Sequence[Request], *, static: bool = False, force: bool = False) -> tuple[Plan, ...]:
    """Return each report with its state; ``force``: every one is to be run."""
    return tuple(Plan(asked, FORCED if force else state(asked, key(asked, static=static))) for asked in requests)


def chosen(requests: Sequence[Request], names: Sequence[str]) -> tuple[Request, ...]:
    """Return the requests of these names: ``report`` (all of a notebook) or ``report/parameters``.

    Raises ``ReportError`` for every name that none has.
    """
    known = {name for asked in requests for name in (asked.report, asked.folder.as_posix())}
    strays = [unknown("report", name, sorted(known)) for name in names if name not in known]
    if strays:
        raise ReportError(*strays)
    return tuple(asked for asked in requests if not names or {asked.report, asked.folder.as_posix()} & set(names))


def build(
    plans: Sequence[Plan], *, jobs: int = 1, watch: Watch, limits: Limits = DEFAULT, static: bool = False
) -> Build:
    """Run the reports that are stale, tell again the pages that are, and say how it ended.

    SIGINT and SIGTERM end it: what is published stays whole, what is not built is named. More of them are ignored
    from then on, so that the caller can say it. Raises ``ReportError`` for fewer than one job, and where nothing
    can be written.
    """
    if jobs < 1:
        raise ReportError(Fault("--jobs", str(jobs), "a whole number from 1 on", "leave it out for one a processor"))
    _make_ready(paths.reports_folder())
    due = {number: plan for number, plan in enumerate(plans) if plan.state.verdict != "fresh"}
    verbs = {"stale": "run", "page": "retell"}
    asked = {n: Job(plan.request, verbs[plan.state.verdict], limits, static) for n, plan in due.items()}  # type: ignore[arg-type]
    outcomes: dict[int, Outcome] = {}
    stopped = None
    try:
        with _interruptible():
            unsure = _follow(asked, jobs, watch, outcomes)
            _follow({number: asked[number] for number in unsure}, 1, watch, outcomes)
    except Interrupted as interrupt:
        stopped = interrupt.number
    missing = tuple(plan for number, plan in due.items() if number not in outcomes)
    return Build(dict(sorted(outcomes.items())), missing, stopped)


def _make_ready(reports: Path) -> None:
    """Remove what killed builds left; raises ``ReportError`` where no report could be written."""
    sweep(reports)
    try:
        with workroom(reports):
            pass
    except OSError as error:
        raise ReportError(
            Fault("reports/", str(error), "a folder to write to, with room", "mend that first")
        ) from error


def _follow(jobs: Mapping[int, Job], count: int, watch: Watch, outcomes: dict[int, Outcome]) -> list[int]:
    """Run jobs and tell the watch; outcomes are kept as they come, so that an interrupt loses none.

    Return the numbers of the reports that have to be run again alone to know whether they fail.
    """
    numbers = {id(job): number for number, job in jobs.items()}
    begun: dict[int, float] = {}
    unsure = []
    with closing(work(list(jobs.values()), count=count)) as course:
        for job, told in course:
            number = numbers[id(job)]
            if told is None:
                begun[number] = time.monotonic()
                watch.begin(number)
            elif isinstance(told, Event):
                watch.cell(number, told)
            elif count > 1 and told.failure is not None and told.failure.alone_again:
                unsure.append(number)
                watch.again(number, told.failure)
            else:
                outcomes[number] = told
                watch.end(number, told, time.monotonic() - begun[number])
    return unsure


@contextmanager
def _interruptible() -> Iterator[None]:
    """Turn the signals that end a program into ``Interrupted`` while the block runs; those after the first are lost."""

    def stop(number: int, _: Any) -> None:
        for each in before:
            signal.signal(each, signal.SIG_IGN)
        raise Interrupted(number)

    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    for each in before:
        signal.signal(each, stop)
    try:
        yield
    finally:
        for each, handler in before.items():
            if signal.getsignal(each) is stop:
                signal.signal(each, handler)
