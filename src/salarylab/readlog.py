"""Read log: which files a run has read, told by the modules that read them.

The runner names a file in ``SALARYLAB_READ_LOG``; every verified file adds a line to it. From these lines the
runner knows what a report rests on, and when it has to be built again. Without the variable nothing is written.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

VARIABLE = "SALARYLAB_READ_LOG"


@dataclass(frozen=True, slots=True, order=True)
class Read:
    """Hold one file that was read: its absolute path, the sha256 of what was read, size and time of change.

    The path is the one that was asked for: a link that leads elsewhere later is another file.
    """

    path: str
    sha256: str
    bytes: int
    changed_ns: int


def note(path: Path, sha256: str) -> None:
    """Add a file to the log, where there is one."""
    log = os.environ.get(VARIABLE)
    if log:
        read = Read(os.path.abspath(path), sha256, *stamp(path))
        with open(log, "a", encoding="utf-8") as lines:
            lines.write(json.dumps(asdict(read)) + "\n")


def digest(path: Path) -> str:
    """Return the sha256 of a file's bytes, read in parts."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stamp(path: Path) -> tuple[int, int]:
    """Return a file's size and when it was last changed, in nanoseconds.

    The time that the system keeps of itself counts too: a copy can bring the time of another file along.
    """
    found = path.stat()
    return found.st_size, max(found.st_mtime_ns, found.st_ctime_ns)


def reads(log: Path) -> tuple[Read, ...]:
    """Return the files that a log names, each once, in order of their paths; none where there is no log."""
    if not log.is_file():
        return ()
    lines = log.read_text(encoding="utf-8").splitlines()
    return tuple(sorted({Read(**json.loads(line)) for line in lines}))
