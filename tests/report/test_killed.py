"""Property: a build that is killed at any moment leaves every published report whole, and the next one finishes."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from select import select

import nbformat
import pytest

from salarylab.report import manifest

LONG = 60.0  # seconds that no orphan needs, however busy the machine
# a build's phases, by the last thing that stands in a report's workroom
ANY, STARTING, EXECUTING, TELLING, PUBLISHING = "", "kernel", "kernel/trail", "report", "report/run.json"
LEVELS = ("bachelor", "doctorate")
COMMAND = [sys.executable, "-m", "salarylab", "build", "--jobs", "2", "--force"]


@pytest.fixture
def reports(write_notebook) -> Path:
    """A project whose reports were built once."""
    path = write_notebook(["from invented import *\ncard(source)", "finding(level)"])
    entries = [f'[[report]]\nnotebook = "tiny"\nparameters = {{ level = "{level}" }}\n' for level in LEVELS]
    (path.parent / "reports.toml").write_text("\n".join(entries), encoding="utf-8")
    subprocess.run(COMMAND, check=True, stdout=subprocess.DEVNULL)
    return path.parents[1] / "reports"


def whole(report: Path) -> bool:
    """Return whether each file of a report is what its manifest says, and can be opened as what it is."""
    made = manifest.read(report / manifest.FILE)
    nbformat.validate(nbformat.read(report / "notebook.ipynb", as_version=4))
    json.loads((report / "run.json").read_text(encoding="utf-8"))
    HTMLParser().feed((report / "index.html").read_text(encoding="utf-8"))
    return all(sha256((report / name).read_bytes()).hexdigest() == digest for name, digest in made.outputs.items())


def reached(reports: Path, phase: str, left: set[Path]) -> bool:
    """Return whether a build is in a phase, by what it has written in rooms that no build before it left."""
    return any(found.parents[phase.count("/")] not in left for found in reports.glob(f".building-*/{phase}"))


def killed(reports: Path, phase: str, moment: float, *, everyone: bool) -> bool:
    """Start a build and kill it some seconds after it came to a phase; return whether it was still at work.

    ``everyone``: its workers are killed with it; else they, and the kernels always, have to see for themselves.
    """
    left = set(reports.glob(".building-*"))
    started = subprocess.Popen(COMMAND, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while phase and started.poll() is None and not reached(reports, phase, left):
        with suppress(subprocess.TimeoutExpired):
            started.wait(0.002)
    with suppress(subprocess.TimeoutExpired):
        started.wait(moment)
    at_work = started.poll() is None
    if at_work and everyone:
        os.killpg(started.pid, signal.SIGKILL)
    started.kill()
    started.wait()
    return at_work


def orphans(root: Path) -> Iterator[int]:
    """Yield the processes that were started for this project."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with suppress(OSError):  # it has ended meanwhile
                if f"SALARYLAB_ROOT={root}\0".encode() in (entry / "environ").read_bytes():
                    yield int(entry.name)


def await_end(root: Path) -> None:
    """Wait until every process of a project has ended by itself."""
    for number in orphans(root):
        with suppress(ProcessLookupError):
            watched = os.pidfd_open(number)
            try:
                told = Path(f"/proc/{number}/cmdline").read_bytes() if not select([watched], [], [], LONG)[0] else b""
                assert not told, f"an orphan is alive: {told!r}"
            finally:
                os.close(watched)


def attempt(reports: Path, draws: Sequence[tuple[str, float, bool]]) -> None:
    hit = set()
    for phase, moment, everyone in draws:
        if killed(reports, phase, moment, everyone=everyone):
            hit.add(phase)
        await_end(reports.parent)
        standing = sorted(path.parent for path in reports.glob("tiny/*/manifest.json"))
        assert len(standing) == len(LEVELS)
        assert all(map(whole, standing))
    assert hit == {phase for phase, _, _ in draws}
    ended = subprocess.run(COMMAND, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert all(map(whole, reports.glob("tiny/*")))
    assert [path.name for path in reports.iterdir() if path.name.startswith(".")] == []


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found by /proc")
def test_a_build_killed_while_a_cell_runs_and_while_a_page_is_made_harms_nothing(reports: Path) -> None:
    attempt(reports, [(EXECUTING, 0, False), (TELLING, 0, True)])


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="processes are found by /proc")
def test_a_build_killed_at_fifty_random_moments_harms_nothing(reports: Path) -> None:
    draw = random.Random(20261123)
    phases = [ANY, STARTING, EXECUTING, TELLING, PUBLISHING] * 10
    longest = {ANY: 6.0, STARTING: 1.0, EXECUTING: 0.5, TELLING: 0.2, PUBLISHING: 0.02}
    attempt(reports, [(phase, draw.uniform(0, longest[phase]), draw.random() < 0.5) for phase in phases])
