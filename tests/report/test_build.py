"""Spec: serial and parallel builds give the same bytes; what is fresh is left alone; no end of a build does harm."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from salarylab.errors import ReportError
from salarylab.report import build as builder
from salarylab.report.asking import request
from salarylab.report.build import build, chosen, plan
from salarylab.report.execution import Limits

CELLS = ["from invented import *\ncard(source)", "finding(level)"]
ENDING = Limits(report=120.0)  # for what would wait for ever where the runner is at fault


class Seen:
    """A watch that keeps what it is told, and may act on it."""

    def __init__(self, act: Callable[[str], None] = lambda what: None) -> None:
        self.told: list[str] = []
        self.act = act

    def begin(self, number: int) -> None:
        self._told(f"{number} begins")

    def cell(self, number: int, event: Any) -> None:
        self._told(f"{number} cell {event.cell} of {event.cells}")

    def end(self, number: int, outcome: Any, seconds: float) -> None:
        self._told(f"{number} {'failed' if outcome.failure else 'good'}")

    def again(self, number: int, failure: Any) -> None:
        self._told(f"{number} again")

    def _told(self, what: str) -> None:
        self.told.append(what)
        self.act(what)


def published(root: Path) -> dict[str, bytes]:
    reports = root / "reports"
    files = (path for path in reports.rglob("*") if path.is_file() and path.name != "run.json")
    return {path.relative_to(reports).as_posix(): path.read_bytes() for path in files}


def test_serial_and_parallel_builds_give_the_same_bytes_and_a_third_does_nothing(
    write_notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_notebook([*CELLS, "chart()"])
    write_notebook([*CELLS, "1 / 0"], name="broken")
    levels = ("bachelor", "doctorate")

    def plans() -> tuple[builder.Plan, ...]:
        asked = [request.ask("tiny", [f"level={level}"]) for level in levels]
        return plan([*asked, request.ask("broken")])

    seen = Seen()
    assert not build(plans(), jobs=1, watch=seen).missing
    serial = published(tmp_path / "project")
    assert [what for what in seen.told if "cell" not in what] == [
        "0 begins", "0 good", "1 begins", "1 good", "2 begins", "2 failed"
    ]  # fmt: skip
    assert "1 cell 2 of 4" in seen.told
    elsewhere = tmp_path / "a longer name"
    elsewhere.mkdir()
    (tmp_path / "project" / "notebooks").rename(elsewhere / "notebooks")
    monkeypatch.setenv("SALARYLAB_ROOT", str(elsewhere))
    monkeypatch.chdir(elsewhere)
    built = build(plans(), jobs=2, watch=Seen())
    assert [outcome.failure is None for outcome in built.outcomes.values()] == [True, True, False]
    assert published(elsewhere) == serial
    again = Seen()
    assert list(build(plans()[:2], jobs=2, watch=again).outcomes) == []
    assert again.told == []


@pytest.fixture
def handlers() -> Iterator[dict[int, Any]]:
    """The handlers of the signals that end a program; they stand again after the test."""
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    yield before
    for each, handler in before.items():
        signal.signal(each, handler)


def test_an_interrupted_build_leaves_what_stands_and_names_what_is_missing(
    write_notebook, tmp_path: Path, handlers: dict[int, Any]
) -> None:
    write_notebook(["import time", "time.sleep(600)"], name="slow")
    write_notebook(CELLS)
    plans = plan([request.ask("tiny"), request.ask("slow"), request.ask("tiny", ["level=bachelor"])])
    build(plans[:1], watch=Seen())
    assert {each: signal.getsignal(each) for each in handlers} == handlers
    standing = published(tmp_path / "project")

    def stop(what: str) -> None:
        if what == "0 cell 3 of 3":
            os.kill(os.getpid(), signal.SIGTERM)

    built = build(plans[1:], jobs=1, watch=Seen(stop), limits=ENDING)
    assert (built.signal, [missing.request.report for missing in built.missing]) == (signal.SIGTERM, ["slow", "tiny"])
    assert {signal.getsignal(each) for each in handlers} == {signal.SIG_IGN}  # who presses twice is told all the same
    assert published(tmp_path / "project") == standing
    assert not list((tmp_path / "project" / "reports").glob(".*"))


@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_while_workers_end_is_ignored(
    write_notebook, monkeypatch: pytest.MonkeyPatch, handlers: dict[int, Any], second: signal.Signals
) -> None:
    write_notebook(CELLS)
    ended = []

    def work(jobs: list[Any], *, count: int) -> Iterator[tuple[Any, None]]:
        try:
            yield jobs[0], None
        finally:
            if signal.getsignal(second) is not signal.SIG_IGN:
                raise AssertionError("a second signal would leave workers behind")
            signal.raise_signal(second)
            ended.append(second)

    monkeypatch.setattr(builder, "work", work)
    stop = Seen(lambda what: signal.raise_signal(signal.SIGTERM))
    built = build(plan([request.ask("tiny")]), watch=stop)
    assert (built.signal, ended, stop.told) == (signal.SIGTERM, [second], ["0 begins"])


def test_a_worker_that_dies_costs_its_own_report_only(write_notebook) -> None:
    write_notebook(["import os, signal\nos.kill(os.getppid(), signal.SIGKILL)"], name="murderer")
    write_notebook(CELLS)
    built = build(plan([request.ask("murderer"), request.ask("tiny")]), jobs=1, watch=Seen())
    first, second = built.outcomes.values()
    assert first.failure is not None
    assert (first.failure.error, first.failure.place) == ("WorkerDied", "outside the cells")
    assert "code -9" in first.failure.value
    assert second.failure is None


WAIT = "import time, pathlib\nwhile not pathlib.Path('stray.csv').exists(): time.sleep(0.05)"


def test_files_that_appear_beside_two_reports_are_laid_to_neither_before_each_has_run_alone(
    write_notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("salarylab.report.guard.check", lambda cells, name: [])
    write_notebook(["import polars as pl\npl.DataFrame({'a': [1]}).write_csv('stray.csv')"], name="writer")
    write_notebook([WAIT, *CELLS], name="beside")
    seen = Seen()
    built = build(plan([request.ask("writer"), request.ask("beside")]), jobs=2, watch=seen, limits=ENDING)
    writer, beside = built.outcomes.values()
    assert "0 again" in seen.told
    assert writer.failure is not None
    assert "stray.csv" in writer.failure.value
    assert beside.failure is None


def test_reports_are_chosen_by_name_and_strangers_refused_with_near_names(write_notebook) -> None:
    write_notebook(CELLS)
    write_notebook(CELLS, name="other")
    asked = [request.ask("tiny"), request.ask("tiny", ["level=bachelor"]), request.ask("other")]
    assert chosen(asked, ["tiny"]) == tuple(asked[:2])
    assert chosen(asked, ["tiny/default", "other"]) == (asked[0], asked[2])
    assert chosen(asked, []) == tuple(asked)
    with pytest.raises(ReportError, match="did you mean 'tiny"):
        chosen(asked, ["tinny"])


def test_fewer_than_one_job_is_refused(write_notebook) -> None:
    with pytest.raises(ReportError, match="--jobs"):
        build([], jobs=0, watch=Seen())


def test_reports_that_cannot_be_written_are_refused_before_one_runs(write_notebook, tmp_path: Path) -> None:
    write_notebook(CELLS)
    (tmp_path / "project" / "reports").touch()
    seen = Seen()
    with pytest.raises(ReportError, match="a folder to write to"):
        build(plan([request.ask("tiny")]), watch=seen)
    assert seen.told == []
