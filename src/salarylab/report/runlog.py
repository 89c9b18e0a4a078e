"""Run log: what is true of one run and of no other: times, host, commit, and where its files lay (``run.json``).

It is the only file of a report that may differ between two builds from the same inputs.
"""

from __future__ import annotations

import dataclasses
import json
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from salarylab import paths
from salarylab.readlog import Read
from salarylab.report.manifest import write_json

FILE = "run.json"


@dataclass(frozen=True, slots=True)
class RunLog:
    """Hold a run's start (ISO 8601), its seconds, what the cells wrote to standard error, and the files it read.

    ``at_hand`` lists the files in each folder below ``data/raw/`` that was read from: a source may read
    those that are there, so that one more is a change.
    """

    started: str
    seconds: float
    notices: Sequence[str]
    reads: Sequence[Read]
    at_hand: Mapping[str, Sequence[str]] = field(default_factory=dict)


def write(log: RunLog, room: Path) -> None:
    """Write ``run.json``; paths inside the project are told from its root on, so that it may move."""
    told = dataclasses.asdict(log) | {
        "seconds": round(log.seconds, 3),
        "reads": [dataclasses.asdict(read) | {"path": _told(Path(read.path))} for read in log.reads],
        "at_hand": _at_hand(log.reads),
        "host": platform.node(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "git_commit": _commit(),
    }
    write_json(room / FILE, told)


def read(folder: Path) -> RunLog:
    """Return the run log of a published report, with absolute paths.

    Raises ``OSError``, ``ValueError``, ``KeyError`` or ``TypeError`` for one that is not there or of another form.
    """
    kept = json.loads((folder / FILE).read_text(encoding="utf-8"))
    root = paths.project_root()
    reads = [Read(**{**one, "path": str(root / one["path"])}) for one in kept["reads"]]
    return RunLog(kept["started"], kept["seconds"], kept["notices"], reads, kept["at_hand"])


def listed(folder: Path) -> list[str]:
    """Return the names of the files in a raw folder, records of first arrivals and hidden files left out."""
    names = (path.name for path in folder.glob("*") if path.is_file())
    return sorted(
        name for name in names if not name.startswith((".", "_")) and not name.endswith((".sha256", ".arriving"))
    )


def _at_hand(reads: Sequence[Read]) -> dict[str, list[str]]:
    raw = paths.project_root() / "data" / "raw"
    folders = sorted({Path(read.path).parent for read in reads if Path(read.path).is_relative_to(raw)})
    return {folder.relative_to(raw).as_posix(): listed(folder) for folder in folders}


def _told(path: Path) -> str:
    root = paths.project_root()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _commit() -> str | None:
    """Return the git commit of the library's source, or None outside a clone or without git."""
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None
