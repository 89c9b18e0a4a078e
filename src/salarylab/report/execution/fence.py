"""Fence: inside the kernel, Python refuses to write anywhere but where the library writes.

It holds notebooks to their promise; it is no prison. What native code and child processes write is found
afterwards by comparing the tree.

**Source** PEP 578, runtime audit hooks: an error raised by a hook ends the operation before it begins.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from salarylab.errors import Fault, ReportError

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
BYTECODE = "__pycache__"
CACHES = ("~/.cache", "~/Library/Caches")

# the audit events that change the tree: where among their arguments each path is, and the folder it starts from
CHANGES: dict[str, tuple[tuple[int, int | None], ...]] = {
    "os.mkdir": ((0, 2),),
    "os.rename": ((0, 2), (1, 3)),
    "os.remove": ((0, 1),),
    "os.rmdir": ((0, 1),),
    "os.link": ((1, 3),),
    "os.symlink": ((1, 2),),
    "os.truncate": ((0, None),),
    "shutil.rmtree": ((0, None),),
}


class Fence:
    """Tell which paths may be written: within the project the library's own, outside it temporary files and caches.

    ``rooms`` are the runner's own places, allowed too.
    """

    def __init__(self, root: Path, rooms: Iterable[Path] = ()) -> None:
        cached = [*CACHES, os.environ.get("XDG_CACHE_HOME"), os.environ.get("LOCALAPPDATA"), sys.pycache_prefix]
        self.root = _real(root)
        self.inside = tuple(map(_real, (root / "data" / "raw", root / "data" / "processed", *rooms)))
        self.outside = tuple(map(_real, filter(None, (tempfile.gettempdir(), "/dev", *cached))))

    def allows(self, path: str) -> bool:
        """Return whether a path may be written, made, moved or removed."""
        real = _real(path)
        if _within(real, self.inside) or BYTECODE in real.split(os.sep):
            return True
        return not _within(real, (self.root,)) and _within(real, self.outside)

    def leads(self, path: str) -> bool:
        """Return whether a folder is on the way to one of the library's own places."""
        return any(_within(place, (_real(path),)) for place in self.inside)

    def __call__(self, event: str, arguments: Sequence[Any]) -> None:
        """Refuse an operation that would write elsewhere: raises ``ReportError`` in the cell, at its line."""
        if event == "open":
            places = [arguments[0]] if arguments[2] & WRITING else []
        elif event in CHANGES:
            places = list(_places(CHANGES[event], arguments))
        else:
            return
        for place in places:
            if isinstance(place, (str, bytes, os.PathLike)):
                path = os.fsdecode(place)
                if not (self.allows(path) or (event == "os.mkdir" and self.leads(path))):
                    raise ReportError(refusal(path))


def install(root: Path, rooms: Iterable[Path] = ()) -> None:
    """Put a fence around this process, for good."""
    sys.addaudithook(Fence(root, rooms))


def refusal(path: str) -> Fault:
    """Return the fault of a notebook that writes a file."""
    return Fault(
        "a file written by a notebook",
        path,
        "no file: the report keeps the tables, charts and findings that the notebook shows",
        "show it instead; for a file of your own, use the library outside a report",
    )


def _places(positions: Iterable[tuple[int, int | None]], arguments: Sequence[Any]) -> Iterator[Any]:
    """Yield the paths that an event names, but for those that start from an open folder: its opening was seen."""
    for path, folder in positions:
        if folder is None or arguments[folder] == -1:
            yield arguments[path]


def _real(path: str | Path) -> str:
    return os.path.realpath(os.path.expanduser(path))


def _within(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(folder.rstrip(os.sep) + os.sep) for folder in folders)
