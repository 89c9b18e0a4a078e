"""Turns: sides of a line taken in alternation, each turn in a fresh process, and what they found compared."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from worker import MISSING

HERE = Path(__file__).resolve().parent
OURS_TO_SET = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "POLARS_MAX_THREADS", "PYTHONDONTWRITEBYTECODE")
"""Taken out of the environment: every side has all cores, and its libraries compiled."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Hold one turn of a side: seconds of the clock, of the processor, of the whole process's; peak in MB; findings."""

    seconds: float
    processor: float
    whole: float
    peak: float
    found: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Turns:
    """Hold the turns of one side."""

    taken: tuple[Turn, ...]

    def median(self, clock: str) -> float:
        """Return the median of a clock over the turns."""
        return statistics.median(getattr(turn, clock) for turn in self.taken)

    @property
    def found(self) -> Mapping[str, Any]:
        """What the last turn found."""
        return self.taken[-1].found


def take(rounds: Mapping[str, int], table: Path, small: Path | None) -> dict[str, Turns]:
    """Return the turns of sides by name: round after round, each side that has rounds left takes one.

    A side whose package is missing has no turns.
    """
    taken: dict[str, list[Turn]] = {side: [] for side in rounds}
    missing: set[str] = set()
    for number in range(max(rounds.values())):
        for side in [side for side, wanted in rounds.items() if number < wanted and side not in missing]:
            turn = _turn(side, table, small)
            if turn is None:
                missing.add(side)
            else:
                taken[side].append(turn)
    return {side: Turns(tuple(turns)) for side, turns in taken.items() if turns}


def _turn(side: str, table: Path, small: Path | None) -> Turn | None:
    command = [sys.executable, HERE / "worker.py", side, table, *([] if small is None else [small])]
    environment = {name: value for name, value in os.environ.items() if name not in OURS_TO_SET}
    # pyfixest's clustered standard errors may differ with the seed where factors are nested in clusters
    environment["PYTHONHASHSEED"] = "1"
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if ran.returncode == MISSING:
        print(f"skipped {side}: {ran.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return None
    if ran.returncode:
        raise RuntimeError(f"{side} failed:\n{ran.stderr}")
    turn = Turn(**json.loads(ran.stdout.splitlines()[-1]))
    print(f"{side}: {turn.seconds:.2f} s, {turn.processor:.2f} s of processor, {turn.peak:,.0f} MB", file=sys.stderr)
    return turn


def differences(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, float]:
    """Return the largest relative difference of each kind of number that both sides found.

    Coefficients that are not ``unique`` are not compared.

    >>> differences({"terms": {"a": [1.0, 2.0], "b": [3.0, 4.0]}}, {"terms": {"a": [1.0, 2.5]}})
    {'coefficients': 0.0, 'standard errors': 0.2}
    """
    found = {}
    if "terms" in ours and "terms" in theirs:
        common = _common(ours["terms"], theirs["terms"])
        for place, kind in enumerate(("coefficients", "standard errors")):
            found[kind] = max(_relative(ours["terms"][name][place], theirs["terms"][name][place]) for name in common)
        if not ours.get("unique", True):
            del found["coefficients"]
    for kind in ("adjusted", "loss"):
        if kind in ours and kind in theirs:
            found[kind] = _relative(ours[kind], theirs[kind])
    return found


def _common(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Sequence[str]:
    strays = set(theirs) - set(ours)
    if strays or not theirs:
        raise ValueError(f"terms of the other side that ours lacks: {sorted(strays)}")
    return list(theirs)


def _relative(ours: float, theirs: float) -> float:
    return abs(ours - theirs) / abs(theirs) if ours != theirs else 0.0
