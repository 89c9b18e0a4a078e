"""Measure estimation beside its peers, and write what was found to RESULTS.md; ``make bench`` runs it.

``python benchmarks/estimation.py --line quantile`` runs one line, ``--rows 1e5`` all of them on smaller tables; such
runs are printed, not written. Every turn is a process of its own and sides take turns in alternation (turns.py).
"""

from __future__ import annotations

import argparse
import datetime
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import page
from lines import LINES, Beside, Line
from machine import load, machine, versions
from turns import HERE, Turns, differences, take

SMALL = 10_000
AGREED = {"coefficients": 1e-9, "standard errors": 1e-8, "adjusted": 1e-9, "loss": 1e-10}
WORDS = {"adjusted": "adjusted R²", "loss": "check loss"}
HEADER = ("work", "salarylab", "beside", "its time", "ratio", "of processor time", "floor", "aim", "differences")
NOTE = (
    "Medians of turns taken in alternation, each in a fresh process that has first fitted 10,000 rows; the first fit "
    "of a process is told in seconds of the processor from the start of Python. What is timed goes from a Parquet file "
    "to a table of terms, on an invented table of wages (`wages.py`); MB are the peak of the process. Peers have all "
    "cores, as we have, get the columns as codes, and keep nothing that they can leave out (`peers.py`). Ratios are of "
    "the times told, and beside them of processor seconds."
)
LIMITS = (
    "Differences are the largest relative ones over all terms that both sides tell: 148 of statsmodels', of pyfixest's "
    "the six that are not absorbed. At most 1e-9 is asked of coefficients and 1e-8 of standard errors. A median "
    "regression is judged by its check loss: several coefficients have the least where a level holds an even number "
    "of rows, then no coefficients are compared, and pyfixest's standard errors rest on two more fits with a tolerance "
    "of 1e-6."
)


def main() -> None:
    """Run the lines asked for."""
    asked = _asked()
    chosen = [line for line in LINES if not asked.line or line.key in asked.line]
    lines = [line if line.rows <= asked.rows else _smaller(line, int(asked.rows)) for line in chosen]
    begun = load()
    with tempfile.TemporaryDirectory() as folder:
        tables = Tables(asked.tables or Path(folder))
        found = [(line, run(line, tables)) for line in lines]
    told = section([row for line, turns in found for row in rows(line, turns)], begun)
    print(told)
    if lines == list(LINES):
        page.put(told)
    else:
        print("\nNot written: not every line was run at its size.", file=sys.stderr)


def _asked() -> argparse.Namespace:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--line", nargs="+", choices=[line.key for line in LINES], help="run these alone")
    asked.add_argument("--rows", type=float, default=float("inf"), help="rows at most, such as 1e5")
    asked.add_argument("--tables", type=Path, help="keep the tables in this folder, and take those that are there")
    return asked.parse_args()


def _smaller(line: Line, rows: int) -> Line:
    return replace(line, rows=rows, work=f"{line.work}: here {rows:,} rows")


class Tables:
    """Give the invented table of so many rows, written when first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, rows: int) -> Path:
        """Return the path of a table."""
        path = self.folder / f"wages_{rows}.parquet"
        if not path.is_file():
            # by another process: a turn's peak counts the memory of the process that it was split from
            subprocess.run([sys.executable, HERE / "wages.py", path, str(rows)], check=True)
        return path


def run(line: Line, tables: Tables) -> dict[str, Turns]:
    """Return the turns of a line's sides."""
    print(f"{line.key}: {line.work}", file=sys.stderr)
    rounds = {line.side: line.rounds} | {beside.side: beside.rounds for beside in line.beside}
    return take(rounds, tables.of(line.rows), None if line.clock == "whole" else tables.of(SMALL))


def rows(line: Line, turns: Mapping[str, Turns]) -> list[list[str]]:
    """Return a line's rows of the table: one for each side beside ours, or one for ours alone."""
    if line.side not in turns:
        return [[line.work, "not there yet", *[""] * 7]]
    ours = turns[line.side]
    own = [line.work, _cell(ours, line.clock, line.memory)]
    starts = [own, *[["", ""]] * (len(line.beside) - 1)]
    told = [_row(line, beside, ours, turns.get(beside.side)) for beside in line.beside]
    return [[*start, *row] for start, row in zip(starts, told, strict=True)]


def _row(line: Line, beside: Beside, ours: Turns, other: Turns | None) -> list[str]:
    """Return what is told of one side beside ours, from its name on."""
    bounds = [_bound(line.floor, beside.floor, beside), _bound(line.aim, beside.aim, beside)]
    if other is None:
        return [beside.name, "not installed", "", "", *bounds, ""]
    clocks = (line.clock, "whole" if line.clock == "whole" else "processor")
    ratios = [_ratio(beside, ours.median(clock), other.median(clock)) for clock in clocks]
    found = {kind: far for kind, far in differences(ours.found, other.found).items() if kind in beside.compared}
    return [beside.name, _cell(other, line.clock), f"**{ratios[0]}**", ratios[1], *bounds, _far(found)]


def section(told: list[list[str]], begun: str) -> str:
    """Return the section of RESULTS.md."""
    measured = versions("polars", "numpy", "scipy", "pandas", "pyfixest", "statsmodels")
    return (
        f"## Estimation, beside its peers\n\n{NOTE}\n\n{datetime.date.today()}. {machine()}. {measured}. {begun}\n\n"
        + page.table(HEADER, told)
        + f"\n\n{LIMITS}"
    )


# Cells


def _cell(turns: Turns, clock: str, memory: float | None = None) -> str:
    peak = turns.median("peak")
    most = "" if memory is None else f" ({'at most' if peak <= memory else 'more than the'} {memory:,.0f})"
    return f"{turns.median(clock):.2f} s, {peak:,.0f} MB{most}"


def _ratio(beside: Beside, ours: float, theirs: float) -> str:
    if beside.kin:
        return f"{ours / theirs:.2f} × as long"
    return f"{theirs / ours:.1f} × faster" if theirs >= ours else f"{ours / theirs:.1f} × slower"


def _bound(seconds: float | None, times: float | None, beside: Beside) -> str:
    if seconds is not None:
        return f"< {seconds:g} s"
    if times is None:
        return ""
    return f"within {times:g} ×" if beside.kin else f"{times:g} ×"


def _far(found: Mapping[str, float]) -> str:
    """Return the differences in words, those that are too large marked."""
    judged = ("loss",) if "loss" in found else tuple(found)
    return ", ".join(
        f"{WORDS.get(kind, kind)} {size:.0e}" + (" (too far)" if kind in judged and size > AGREED[kind] else "")
        for kind, size in found.items()
    )


if __name__ == "__main__":
    main()
