"""Publish: put a finished folder where readers look, in one step that nobody sees the middle of."""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
from pathlib import Path

AT_FDCWD = -100
RENAME_EXCHANGE = 2


def publish(finished: Path, target: Path) -> None:
    """Move a finished folder to its place; what stood there before takes the finished one's place.

    Both must lie in one file system. Where the system can exchange two folders, a reader sees the old
    one or the new one and nothing between; elsewhere the old one steps aside first, and comes back
    when the new one cannot follow. Everything is on the disk when the call returns.
    """
    _flush(finished)
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        os.rename(finished, target)
    elif not _exchange(finished, target):
        _replace(finished, target)
    _sync(target.parent)


def write_whole(path: Path, text: str) -> None:
    """Write a text file so that a reader finds the old text or the new text, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".building-") as room:
        written = Path(room) / path.name
        written.write_text(text, encoding="utf-8")
        _sync(written)
        os.replace(written, path)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; return whether the system could."""
    if sys.platform != "linux":
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    return bool(rename(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0)


def _replace(finished: Path, target: Path) -> None:
    """Move the old folder aside and the new one in; put the old one back when that fails."""
    aside = finished.with_name(f"{finished.name}.old")
    os.rename(target, aside)
    try:
        os.rename(finished, target)
    except OSError:
        os.rename(aside, target)
        raise


def _flush(folder: Path) -> None:
    """Bring every file of a folder, and the folder, to the disk."""
    for path in folder.rglob("*"):
        _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    if path.is_dir() and sys.platform == "win32":
        return  # folders cannot be opened there
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
