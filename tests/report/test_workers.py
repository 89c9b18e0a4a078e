"""Spec: a worker is told to end, dies or loses its parent: no build breaks off and nothing stays behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from salarylab.report import failure, workers
from salarylab.report.asking import request
from salarylab.report.run import Outcome
from salarylab.report.workers import Job

posix = pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")


@contextmanager
def worker(job: Job | None = None) -> Iterator[workers._Worker]:
    """Start a worker; it is ended afterwards whatever became of it."""
    started = workers._started(1)
    started.job = job
    try:
        yield started
    finally:
        workers._end([started])


@posix
def test_a_worker_that_dies_before_it_reads_its_job_costs_that_report_only(write_notebook) -> None:
    write_notebook([])
    job = Job(request.ask("tiny"), "run")
    with worker(job) as ours:
        ours.connection.send(job)  # it is still importing: what it never reads makes another error than silence
        ours.process.kill()
        outcome = workers._told(ours)
        assert (outcome.failure.error, ours.job) == ("WorkerDied", None)


def test_a_failure_that_cannot_be_recorded_is_told_all_the_same(
    write_notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_notebook(["1"])
    asked = request.ask("tiny")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    connection, _ = multiprocessing.Pipe()
    told = workers._outcome(Job(asked, "run"), connection)
    assert isinstance(told, Outcome)
    assert told.failure is not None
    assert (told.failure.error, told.folder) == ("OSError", failure.record(asked))
    assert "No space left" in told.failure.value
    path.unlink()
    assert workers._outcome(Job(asked, "run"), connection).failure.error == "FileNotFoundError"
    assert not list((tmp_path / "project" / "reports").glob("*"))


@posix
def test_a_worker_hears_no_interrupt_of_the_terminal_not_even_as_it_starts(capfd: pytest.CaptureFixture[str]) -> None:
    with worker() as ours:
        assert ours.process.pid is not None
        os.kill(ours.process.pid, signal.SIGINT)  # it is still importing
    assert ours.process.exitcode == 0
    assert capfd.readouterr().err == ""
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


LEAVES = """\
import signal, sys
from salarylab.report import workers
signal.signal(signal.SIGTERM, workers._leave)
try:
    signal.raise_signal(signal.SIGTERM)
finally:
    signal.raise_signal(signal.SIGTERM)
    print("cleared up")
"""


@posix
def test_a_second_signal_does_not_cut_the_clearing_up_short() -> None:
    ended = subprocess.run([sys.executable, "-c", LEAVES], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (143, "cleared up\n")
