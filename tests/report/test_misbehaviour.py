"""Spec: whatever a notebook does, its report fails in one screen, with cell, line and parameters, and nothing else."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from salarylab.report import failure
from salarylab.report.asking import request
from salarylab.report.execution import Limits, execute
from salarylab.report.execution.limits import weight
from salarylab.report.run import run

LONG = 60.0  # seconds that no cell here needs, however busy the machine
LEAKY = """\
import ctypes, os, subprocess, sys
import polars as pl

def spill(name):
    with open(name, "w") as file:
        file.write("x")

def spill_natively(name):
    pl.DataFrame({"pay": [1]}).write_csv(name)

def spill_elsewhere(name):
    subprocess.run([sys.executable, "-c", f"open({name!r}, 'w')"], check=True)

def spill_unnamed():
    pl.DataFrame({"pay": [1]}).write_csv("unnamed.csv")

def crash():
    ctypes.string_at(0)

def shout():
    os.system("yes | head -c 100000000")

def fork():
    if os.fork() == 0:
        while True:
            pass

def leave_child():
    print(subprocess.Popen([sys.executable, "-c", f"import time; place = {__file__!r}; time.sleep(600)"]).pid)
"""


@dataclass(frozen=True)
class Case:
    """A cell, the line on which it misbehaves, words of the message; ``cell``: the seconds that it may take."""

    source: str
    line: int | None
    told: tuple[str, ...]
    cell: float = LONG
    alone_again: bool = False


FLOOD = ("ReportError: too much output", "more than 5 MB", "print less")
LATE = ("ReportError: out of time", "still running after 2 s", "--cell-limit")
STRAY = ("ReportError: files written outside the report", "take the writing out")

EVERYDAY = {
    "raises": Case("pay = 0\n1 / pay", 2, ("ZeroDivisionError: division by zero",)),
    "spins": Case("pay = 0\nwhile True: pass", 2, LATE, cell=2),
    "exits": Case("import os\nos._exit(3)", 2, ("DeadKernelError", "exit code 3")),
    "prints 100 MB": Case("line = 'x' * 100_000_000\nprint(line)", 2, FLOOD),
    "writes": Case("from leaky import *\nspill('pay.txt')", 2, ("a file written by a notebook", "pay.txt")),
    "writes natively": Case(
        "from leaky import *\nspill_natively('pay.csv')", 2, (*STRAY, "notebooks/pay.csv"), alone_again=True
    ),
}
SLOW = {
    "sleeps": Case("import time\ntime.sleep(1e6)", 2, LATE, cell=2),
    "is deaf to interrupts": Case(
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass", 3, LATE, cell=2
    ),
    "swallows interrupts": Case(
        "from time import sleep\nwhile True:\n    try: sleep(9)\n    except BaseException: pass", 2, LATE, cell=2
    ),
    "leaves by exit()": Case("pay = 0\nexit()", 2, ("SystemExit",)),
    "leaves by sys.exit()": Case("import sys\nsys.exit()", 2, ("SystemExit",)),
    "is killed": Case(
        "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", 2, ("DeadKernelError", "killed by SIGKILL")
    ),
    "crashes": Case("from leaky import *\n\ncrash()", 3, ("DeadKernelError", "killed by SIGSEGV")),
    "exits with a child": Case("from leaky import *\nleave_child()\nimport os; os._exit(0)", 3, ("exit code 0",)),
    "spins in a function": Case("import time\ndef f():\n    time.sleep(600)\n\nf()", 3, LATE, cell=2),
    "prints 100 MB in a loop": Case("for n in range(100_000):\n    print('x' * 1000)", 2, FLOOD),
    "warns of 100 MB": Case("import sys\nprint('x' * 100_000_000, file=sys.stderr)", 2, FLOOD),
    "lets a child print 100 MB": Case("from leaky import *\nshout()", 2, FLOOD),
    "displays 100 MB": Case("from IPython.display import HTML\ndisplay(HTML('<b>' * 33_000_000))", 2, FLOOD),
    "shows 100 MB": Case("from IPython.display import HTML\nHTML('<b>' * 33_000_000)", 2, FLOOD),
    "asks a person": Case("pay = 0\ninput('What now? ')", 2, ("StdinNotImplementedError",)),
    "goes elsewhere and writes": Case(
        "from leaky import *\nimport os\nos.chdir('..')\nspill('pay.txt')", 4, ("a file written by",)
    ),
    "writes natively elsewhere": Case(
        "from leaky import *\nimport os\nos.chdir('..')\nspill_natively('pay.csv')", 4, STRAY, alone_again=True
    ),
    "edits the library in memory": Case(
        "from salarylab import paths\npaths.project_root = None\nfrom leaky import *\nspill('pay.txt')",
        4,
        ("a file written by",),
    ),
    "forks": Case("from leaky import *\nfork()\n1 / 0", 3, ("ZeroDivisionError",)),
    "takes over the terminal": Case(
        "raise ValueError('\\x1b]0;mine\\x07\\x1b[2J\\x1b[31mred\\x9b31m\\rhidden\\x08\\u202eturned')",
        1,
        ("ValueError: ", "red", "turned"),
    ),
    "raises a long error": Case("raise ValueError('x' * 1_000_000)", 1, ("ValueError: xxx",)),
    "writes by a child": Case("from leaky import *\nspill_elsewhere('pay.csv')", 2, STRAY, alone_again=True),
    "writes what it does not name": Case(
        "from leaky import *\nspill_unnamed()", None, (*STRAY, "notebooks/unnamed.csv"), alone_again=True
    ),
}
CASES = [pytest.param(case, id=name) for name, case in EVERYDAY.items()]
CASES += [pytest.param(case, id=name, marks=pytest.mark.slow) for name, case in SLOW.items()]


@pytest.fixture
def project(write_notebook, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a report that stands, and a module beside the notebook that the guard doesn't read."""
    root: Path = write_notebook([]).parents[1]
    (root / "notebooks" / "leaky.py").write_text(LEAKY, encoding="utf-8")
    standing = root / "reports" / request.ask("tiny", ["level=doctorate"]).folder
    standing.mkdir(parents=True)
    (standing / "index.html").write_text("the last good page", encoding="utf-8")
    return root


def processes_of(root: Path) -> list[str]:
    """Return the commands of the processes that name a project's folder."""
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if str(root) in line]


@pytest.mark.parametrize("case", CASES)
def test_misbehaviour_is_told_in_one_screen_and_does_no_harm(project: Path, write_notebook, case: Case) -> None:
    write_notebook(["x = 1", case.source, "print('after')"])
    asked = request.ask("tiny", ["level=doctorate"])
    outcome = run(asked, limits=Limits(cell=case.cell, report=10 * LONG))
    stopped = outcome.failure
    assert stopped is not None
    assert (stopped.cell, stopped.line, stopped.alone_again) == (3, case.line, case.alone_again)
    message = failure.one_screen(asked, stopped, "failed.html")
    place = "in cell 4" if case.line is None else f"in cell 4, line {case.line}"
    for part in (f"failed: tiny level=doctorate, {place}", "source='demo', level='doctorate'", *case.told):
        assert part in message
    assert len(message.splitlines()) <= 24
    assert max(map(len, message.splitlines())) <= 160
    assert all(letter.isprintable() for line in message.split("\n") for letter in line)
    assert processes_of(project) == []
    assert [path.name for path in (project / "reports" / asked.folder).iterdir()] == ["index.html"]
    assert sum(path.stat().st_size for path in outcome.folder.iterdir()) < 500_000
    assert not list(project.glob("reports/.*"))


@pytest.mark.slow
def test_a_report_has_a_limit_too_and_good_cells_keep_their_outputs(project: Path, write_notebook) -> None:
    write_notebook(["print('before')", "import time\ntime.sleep(600)"])
    outcome = run(request.ask("tiny"), limits=Limits(cell=LONG, report=15))
    assert outcome.failure is not None
    assert outcome.failure.place == "in cell 4, line 2"
    assert "the limit of the report" in outcome.failure.value
    assert "--limit SECONDS" in outcome.failure.value
    assert "before" in (outcome.folder / "notebook.ipynb").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_page_of_twenty_charts_is_within_the_limit_of_output(project: Path, write_notebook) -> None:
    write_notebook(["from invented import *\ncard(source)", *["chart(rows=3000)"] * 20])
    room = project / "reports" / ".room"
    room.mkdir()
    executed, stopped = execute(request.ask("tiny"), room / "notebook.ipynb", limits=Limits(), tell=lambda event: None)
    assert stopped is None
    shown = sum(weight(output) for cell in executed.cells for output in cell.get("outputs", ()))
    assert shown > 1_400_000
