"""Tree: the project's files before and after a cell, to see what was written without Python's knowing.

Polars writes in Rust, and a child process writes by itself: no hook inside the kernel sees them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from salarylab.errors import Fault

Tree = Mapping[str, tuple[int, int]]
"""Each file's path below the root, with its size and its time of change in nanoseconds."""

WRITTEN = ("reports", "data/raw", "data/processed")  # by the library, in its own way
PASSED = frozenset({"__pycache__", "node_modules", "site-packages"})
EDITED = frozenset({".cfg", ".ipynb", ".lock", ".md", ".py", ".pyc", ".toml", ".yaml", ".yml"})


def snapshot(root: Path) -> Tree:
    """Return the files of a project that no report may write.

    Left out are what the library writes itself, hidden folders, environments and caches, and code and prose:
    a person may go on editing while reports are built (Python's own writes to those are refused by the fence).
    """
    return dict(_files(str(root), ""))


def strays(before: Tree, after: Tree) -> tuple[str, ...]:
    """Return the files that are new or changed, sorted.

    >>> strays({"a": (1, 10), "b": (1, 10)}, {"a": (1, 10), "b": (1, 11), "c": (0, 12)})
    ('b', 'c')
    """
    return tuple(sorted(path for path, stamp in after.items() if before.get(path) != stamp))


def fault(found: tuple[str, ...]) -> Fault:
    """Return the fault of a cell during which files appeared or changed."""
    named = ", ".join(found[:5]) + (f" and {len(found) - 5} more" if len(found) > 5 else "")
    return Fault(
        "files written outside the report",
        f"new or changed while the cell ran: {named}",
        "a notebook that writes no file: the report keeps its tables, charts and findings",
        "take the writing out of the notebook and remove the file; if something else wrote it, run again",
    )


def naming(source: str, found: tuple[str, ...]) -> int | None:
    """Return the first line of a cell that names one of the files; None where none does.

    >>> naming("x.write_csv('pay.csv')", ("notebooks/pay.csv",))
    1
    """
    names = [path.rpartition("/")[2] for path in found]
    lines = enumerate(source.splitlines(), start=1)
    return next((number for number, line in lines if any(name in line for name in names)), None)


def _files(folder: str, below: str) -> Iterator[tuple[str, tuple[int, int]]]:
    with os.scandir(folder) as entries:
        found = list(entries)
    if any(entry.name == "pyvenv.cfg" for entry in found):
        return
    for entry in found:
        path = below + entry.name
        if entry.name.startswith(".") or entry.name in PASSED or path in WRITTEN:
            continue
        try:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(entry.path, f"{path}/")
            elif os.path.splitext(entry.name)[1] not in EDITED:
                stamp = entry.stat(follow_symlinks=False)
                yield path, (stamp.st_size, stamp.st_mtime_ns)
        except (FileNotFoundError, PermissionError):  # gone meanwhile, or closed to us: nothing to compare
            continue
