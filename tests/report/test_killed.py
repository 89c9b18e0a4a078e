"""Property: a build that is killed at any moment leaves every published report whole, and the next one finishes."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest

from salarylab.report import manifest
from salarylab.report.asking import request
from salarylab.report.build import build, plan

LEVELS = ("bachelor", "master", "doctorate")
COMMAND = [sys.executable, "-m", "salarylab", "build", "--jobs", "2", "--force"]


class Silent:
    """A watch that is told and says nothing."""

    def begin(self, *_: object) -> None: ...

    cell = end = again = begin


@pytest.fixture
def reports(write_notebook) -> Path:
    """A project whose three reports were built once, then edited so that each has to be run again."""
    path = write_notebook(["from invented import *\ncard(source)", "chart()\nfinding(level)"])
    entries = [f'[[report]]\nnotebook = "tiny"\nparameters = {{ level = "{level}" }}\n' for level in LEVELS]
    (path.parent / "reports.toml").write_text("\n".join(entries), encoding="utf-8")
    build(plan([request.ask("tiny", [f"level={level}"]) for level in LEVELS]), jobs=2, watch=Silent())
    return path.parents[1] / "reports"


def whole(report: Path) -> bool:
    """Return whether each file of a report is what its manifest says, and can be opened as what it is."""
    made = manifest.read(report / manifest.FILE)
    nbformat.validate(nbformat.read(report / "notebook.ipynb", as_version=4))
    json.loads((report / "run.json").read_text(encoding="utf-8"))
    HTMLParser().feed((report / "index.html").read_text(encoding="utf-8"))
    return all(sha256((report / name).read_bytes()).hexdigest() == digest for name, digest in made.outputs.items())


def killed(moment: float) -> bool:
    """Start a build and kill it, and all that it started, after some seconds; return whether it was still at work."""
    started = subprocess.Popen(COMMAND, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        started.wait(moment)
    except subprocess.TimeoutExpired:
        started.kill()  # the build alone: its workers and kernels have to see for themselves
        started.wait()
        return True
    return False


def orphans(session: str) -> Iterator[int]:
    """Yield the processes whose command names this project."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                environment = (entry / "environ").read_bytes()
            except OSError:
                continue
            if f"SALARYLAB_ROOT={session}\0".encode() in environment:
                yield int(entry.name)


def attempt(reports: Path, moments: list[float]) -> None:
    longest = max(moments)
    hits = 0
    for moment in moments:
        hits += killed(moment)
        standing = sorted(path.parent for path in reports.glob("tiny/*/manifest.json"))
        assert len(standing) == len(LEVELS)
        assert all(map(whole, standing))
    assert hits, f"no build took {longest:.1f} s: nothing was killed at work"
    ended = subprocess.run(COMMAND, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert all(map(whole, reports.glob("tiny/*")))


def cleared(reports: Path) -> None:
    """Assert that nothing is left behind by the builds that were killed, once their orphans have ended."""
    for number in orphans(str(reports.parent)):
        os.kill(number, signal.SIGKILL)
    assert [path.name for path in reports.iterdir() if path.name.startswith(".")] == []


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found by /proc")
def test_a_build_killed_early_and_late_harms_nothing(reports: Path) -> None:
    attempt(reports, [1.0, 3.0])
    cleared(reports)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="processes are found by /proc")
def test_a_build_killed_at_fifty_random_moments_harms_nothing(reports: Path) -> None:
    draws = random.Random(20261123)
    attempt(reports, [draws.uniform(0.3, 9.0) for _ in range(50)])
    cleared(reports)
