"""Workers: processes that run reports one after another, watched by the process that builds the set.

A worker is warm: its libraries are imported once for all its reports. It ends when it is told to, when its
parent ends, and when it is terminated, and takes its kernel with it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Literal

from salarylab.report.asking.request import Request
from salarylab.report.execution.limits import DEFAULT, Event, Limits
from salarylab.report.failure import Failure

PATIENCE = 8.0
"""Seconds that a terminated worker has to end its kernel and clear its room."""


@dataclass(frozen=True, slots=True)
class Job:
    """Ask for one report: to be run, or to have its page told again."""

    request: Request
    verb: Literal["run", "retell"]
    limits: Limits = DEFAULT
    static: bool = False


@dataclass(slots=True)
class _Worker:
    process: SpawnProcess
    connection: Connection
    job: Job | None = None


def work(jobs: Sequence[Job], *, count: int) -> Generator[tuple[Job, Any]]:
    """Yield what becomes of jobs as it happens: each job with None as it begins, its events, at last its outcome.

    At most ``count`` processes work at a time. A worker that dies is replaced, and its job ends in a failure.
    Closing the iterator terminates the workers.
    """
    waiting, workers = deque(jobs), list[_Worker]()
    threads = max(1, (os.cpu_count() or 1) // max(1, min(count, len(jobs))))
    try:
        while waiting or any(worker.job for worker in workers):
            while waiting and len(workers) < count:
                workers.append(_started(threads))
            for worker in workers:
                if worker.job is None and waiting:
                    worker.job = waiting.popleft()
                    with suppress(OSError):  # one that died idle is told of when it is listened to
                        worker.connection.send(worker.job)
                    yield worker.job, None
            for ready in wait([worker.connection for worker in workers if worker.job]):
                worker = next(worker for worker in workers if worker.connection is ready)
                yield worker.job, _told(worker)  # type: ignore[misc]  # only working ones are waited for
                if not worker.process.is_alive() and worker.job is None:
                    workers.remove(worker)
    finally:
        _end(workers)


def _told(worker: _Worker) -> Any:
    """Return the next thing that a worker tells: an event, or the outcome of its job, which is then over."""
    from salarylab.report import run

    assert worker.job is not None
    try:
        told = worker.connection.recv()
    except (EOFError, OSError):  # it died; amid a message, or before it read its own, that is an OSError
        worker.process.join()
        found = f"the process that ran it ended with code {worker.process.exitcode}; was there memory enough?"
        told = run.crashed(worker.job.request, Failure(None, "", "WorkerDied", found))
    if not isinstance(told, Event):
        worker.job = None
    return told


def _started(threads: int) -> _Worker:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, threads), daemon=False)
    with _unheard():
        process.start()
    theirs.close()  # so that the end of the worker is the end of the connection
    return _Worker(process, ours)


def _end(workers: Sequence[_Worker]) -> None:
    """End the workers: idle ones by their connection, busy ones by a signal that they can clear up after."""
    for worker in workers:
        if worker.job is None:
            worker.connection.close()
        else:
            worker.process.terminate()
    for worker in workers:
        worker.process.join(PATIENCE)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()
        worker.connection.close()


@contextmanager
def _unheard() -> Iterator[None]:
    """Hold interrupts back: a process begun meanwhile inherits that, and is not interrupted while it imports."""
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # where its start is part of ours, interrupts are let through again
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _serve(connection: Connection, threads: int) -> None:
    """Run the jobs that come through a connection until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal interrupts everyone: the parent decides
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # for the kernels: cells are interrupted
    signal.signal(signal.SIGTERM, _leave)
    _follow_parent()
    for name in ("POLARS_MAX_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, str(threads))  # kernels inherit them: several at once share the processors
    while True:
        try:
            job: Job = connection.recv()
        except EOFError:
            return
        connection.send(_outcome(job, connection))


def _outcome(job: Job, connection: Connection) -> Any:
    from salarylab.report import run

    try:
        if job.verb == "retell":
            return run.retell(job.request, static=job.static)
        return run.run(job.request, limits=job.limits, tell=connection.send, static=job.static)
    except Exception as error:
        # a defect of ours, or a full disk: this report fails, with all there is to find the reason; the others go on
        trace = traceback.format_exc().splitlines()
        return run.crashed(job.request, Failure(None, "", type(error).__name__, str(error), trace))


def _leave(number: int, _: Any) -> None:
    """End this process once it has cleared up; a second signal, as a whole group gets it, must not cut that short."""
    signal.signal(number, signal.SIG_IGN)
    sys.exit(128 + number)


def _follow_parent() -> None:
    """Terminate this process when its parent is gone, however it went; kill it when it takes too long to clear up."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(PATIENCE)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
