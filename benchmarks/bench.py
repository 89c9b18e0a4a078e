"""Measure reading and cleaning, and write what was found to RESULTS.md; ``make bench`` runs it, then estimation.py.

Two sides of a comparison take turns in one process, and medians of the turns are told. Both must give the
same records and the same audit before a clock is started (agreement.py).
"""

from __future__ import annotations

import datetime
import gc
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import page
from machine import MEGABYTE, load, machine, peak

HERE = Path(__file__).resolve().parent
TURNS = 7
SURVEY = 200 * MEGABYTE
LIMITS = (
    "Where reading is timed, both sides unpack the same zips and cut the same text into cells at about the same cost, "
    "and what pandas parses while it reads, salarylab, whose raw cells are text, parses in cleaning: a ratio of 5 is "
    "not reached on ACS, and barely on ai-jobs. pandas runs without pyarrow, as its requirements install it; with it "
    "(tried once, pyarrow 26) it cleaned ai-jobs in 0.6 of the time, ACS from text in half as much again."
)


def main() -> None:
    """Run every benchmark that this machine has the files for."""
    for part in (heading, survey, cleaning):
        told = part()
        page.put(told)
        print(told + "\n")


def heading() -> str:
    """Return what was measured on: date, machine, versions."""
    import numpy
    import pandas
    import polars

    versions = [f"{module.__name__} {module.__version__}" for module in (polars, pandas, numpy)]
    return (
        "# Benchmarks\n\n`make bench` wrote this page; it needs a quiet machine and, for cleaning, the publishers' "
        f"files (`SALARYLAB_MIRROR`).\n\n{datetime.date.today()}. {machine()}. "
        f"Python {platform.python_version()}, {', '.join(versions)}; polars on {polars.thread_pool_size()} threads. "
        f"{load()}"
    )


def survey() -> str:
    """Read and clean an invented survey file of 200 MB in a process of its own; tell its time and peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "survey.csv"
        # written by another process too: a child's peak counts the memory of the parent that it was split from
        written = _child("write", path)
        found = _child("clean", path)
    rows = [
        ("salarylab, its libraries loaded", "", f"{found['loaded']:,.0f} MB"),
        ("read and cleaned", f"{found['seconds']:.1f} s", f"{found['peak']:,.0f} MB"),
    ]
    return (
        "## A survey of 200 MB\n\n"
        f"An invented file of the shape of Stack Overflow's 2025 ({written['bytes'] / MEGABYTE:,.0f} MB, "
        f"{written['records']:,} records, 170 columns, text over several lines), read strictly and cleaned by "
        "`sources/stackoverflow.py`. Target: a peak under 1,500 MB.\n\n" + page.table(("", "time", "peak memory"), rows)
    )


def cleaning() -> str:
    """Time the cleaning of the mirrored files against the same rules in pandas."""
    from salarylab.paths import mirror_folder

    told = "## Cleaning, against pandas\n\n"
    os.environ.setdefault("SALARYLAB_MIRROR", str(HERE.parent.parent / "shared" / "mirror"))
    if (
        not Path(os.environ["SALARYLAB_MIRROR"]).is_dir()
        and not (HERE.parent / os.environ["SALARYLAB_MIRROR"]).is_dir()
    ):
        return told + "Skipped: there are no publishers' files (set `SALARYLAB_MIRROR`)."
    mirror = mirror_folder()
    assert mirror is not None
    rows = [*_acs(mirror / "acs_pums_2018"), *_aijobs(mirror / "aijobs" / "salaries.csv")]
    header = ("", "raw rows", "salarylab", "pandas", "rows a second: salarylab", "pandas", "ratio", "of processor time")
    return (
        f"{told}The same rules (`pandas_cleaning.py`), the same records and audit; medians of {TURNS} turns, taken in "
        "alternation. Reading refuses records of another width and numbers that are none on both sides. Target: a "
        "ratio of 5.\n\n" + page.table(header, rows) + f"\n\n{LIMITS}"
    )


def _acs(folder: Path) -> list[tuple[str, ...]]:
    import pandas_cleaning as peer
    import polars as pl
    from agreement import require_agreement

    from salarylab.sources import acs_pums

    def read() -> pl.DataFrame:
        paths = {(2018, state): folder / f"csv_p{state.lower()}.zip" for state in acs_pums.SHA256}
        return pl.concat(acs_pums.read_all(paths).values())

    raw, parsed, text = read(), peer.read_acs(folder), peer.read_acs(folder, text=True)
    for theirs in (parsed, text):
        require_agreement(acs_pums.clean(raw), peer.clean_acs(theirs))
    turns: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
        "ACS, read and clean; pandas parses numbers while it reads": (
            lambda: acs_pums.clean(read()),
            lambda: peer.clean_acs(peer.read_acs(folder)),
        ),
        "ACS, read and clean; cells are text first on both sides": (
            lambda: acs_pums.clean(read()),
            lambda: peer.clean_acs(peer.read_acs(folder, text=True)),
        ),
        "ACS, clean alone, from text": (lambda: acs_pums.clean(raw), lambda: peer.clean_acs(text)),
        "ACS, clean alone; pandas from numbers": (lambda: acs_pums.clean(raw), lambda: peer.clean_acs(parsed)),
    }
    return [_compare(name, len(raw), *sides) for name, sides in turns.items()]


def _aijobs(path: Path) -> list[tuple[str, ...]]:
    import pandas_cleaning as peer
    from agreement import require_agreement

    from salarylab.sources import aijobs

    raw, parsed = aijobs.read(path), peer.read_aijobs(path)
    require_agreement(aijobs.clean(raw), peer.clean_aijobs(parsed))
    return [
        _compare(
            "ai-jobs, read and clean",
            len(raw),
            lambda: aijobs.clean(aijobs.read(path)),
            lambda: peer.clean_aijobs(peer.read_aijobs(path)),
        ),
        _compare("ai-jobs, clean alone", len(raw), lambda: aijobs.clean(raw), lambda: peer.clean_aijobs(parsed)),
    ]


def _compare(name: str, rows: int, ours: Callable[[], Any], theirs: Callable[[], Any]) -> tuple[str, ...]:
    """Return a line of the table: two medians of seconds, rows a second, and the ratio of both clocks."""
    taken: tuple[list[tuple[float, float]], list[tuple[float, float]]] = ([], [])
    for _ in range(TURNS):
        for run, turns in zip((ours, theirs), taken, strict=True):
            gc.collect()
            begun, busy = time.perf_counter(), time.process_time()
            run()
            turns.append((time.perf_counter() - begun, time.process_time() - busy))
    (a, busy_a), (b, busy_b) = ([statistics.median(clock) for clock in zip(*turns, strict=True)] for turns in taken)
    seconds, pace = (f"{a:.3f} s", f"{b:.3f} s"), (f"{rows / a:,.0f}", f"{rows / b:,.0f}")
    return (name, f"{rows:,}", *seconds, *pace, f"**{b / a:.1f}**", f"{busy_b / busy_a:.1f}")


# What runs in a process of its own


def _child(task: str, path: Path) -> dict[str, float]:
    """Run a task of this file in a fresh interpreter; return what it printed."""
    ran = subprocess.run([sys.executable, __file__, task, str(path)], capture_output=True, text=True, check=True)
    told: dict[str, float] = json.loads(ran.stdout)
    return told


def write(path: Path) -> dict[str, float]:
    """Write the invented survey file."""
    import survey as invented

    return {"records": invented.write(path, SURVEY), "bytes": path.stat().st_size}


def clean(path: Path) -> dict[str, float]:
    """Read and clean the survey file; memory in MB."""
    from salarylab.sources import stackoverflow

    loaded, begun = peak(), time.perf_counter()
    ledger = stackoverflow.clean(stackoverflow.read(path, 2025), 2025)
    return {"rows": len(ledger.rows), "seconds": time.perf_counter() - begun, "loaded": loaded, "peak": peak()}


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps({"write": write, "clean": clean}[sys.argv[1]](Path(sys.argv[2]))))
    else:
        main()
