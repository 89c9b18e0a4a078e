"""Publish: put a finished folder where readers look, in one step that nobody sees the middle of.

Everything is made in a workroom, a hidden folder beside the published reports. Its maker holds a lock on it that the
system lets go when the maker dies, however it dies; ``sweep`` removes the rooms that nobody holds.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

AT_FDCWD = -100
RENAME_EXCHANGE = 2
RENAME_SWAP = 2
PREFIX = ".building-"
ATTEMPTS = 10
MOVED = (errno.ENOENT, errno.EEXIST, errno.ENOTEMPTY)


@contextmanager
def workroom(beside: Path) -> Iterator[Path]:
    """Make a hidden folder in ``beside``, hold it while the block runs, and remove it."""
    beside.mkdir(parents=True, exist_ok=True)
    room, handle = _held(beside)
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)
        _let_go(handle)


def sweep(beside: Path) -> None:
    """Remove the workrooms in ``beside`` whose makers are gone, where the system can tell."""
    if sys.platform == "win32":
        return
    for room in beside.glob(f"{PREFIX}*"):
        try:
            handle = _hold(room)
        except OSError:  # held by its maker, or removed by it just now
            continue
        shutil.rmtree(room, ignore_errors=True)
        _let_go(handle)


def publish(finished: Path, target: Path) -> None:
    """Move a finished folder to its place; what stood there before takes the finished one's place.

    Both must lie in one file system. Where the system can exchange two folders, a reader sees the old
    one or the new one and nothing between; elsewhere the old one steps aside first, and comes back
    when the new one cannot follow. Everything is on the disk when the call returns.
    """
    _flush(finished)
    for attempt in range(ATTEMPTS):
        try:
            _place(finished, target)
            break
        except OSError as error:  # another build put a report here, or took away a folder that it left empty
            if error.errno not in MOVED or not finished.exists() or attempt == ATTEMPTS - 1:
                raise
    _sync(target.parent)


def withdraw(folder: Path, room: Path) -> None:
    """Take a published folder away in one step, and the folders above it that it leaves empty, up to the room's."""
    with suppress(FileNotFoundError):  # never there, or withdrawn by another build just now
        os.rename(folder, room / "withdrawn")
    parent = folder.parent
    with suppress(OSError):  # the first that is not empty
        while parent != room.parent:
            parent.rmdir()
            parent = parent.parent


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that a reader finds the old content or the new, never a part."""
    with workroom(path.parent) as room:
        written = room / path.name
        written.write_bytes(content.encode() if isinstance(content, str) else content)
        _sync(written)
        os.replace(written, path)


def _place(finished: Path, target: Path) -> None:
    """Move a folder to its place, or exchange it for the one there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        os.rename(finished, target)
    elif not _exchange(finished, target):
        _replace(finished, target)


def _held(beside: Path) -> tuple[Path, int | None]:
    """Return a new room and the handle that holds it; a sweeper that was quicker makes us take another.

    Where the file system has no locks there is no handle, and no sweeper takes the room.
    """
    while True:
        room = Path(tempfile.mkdtemp(dir=beside, prefix=PREFIX))
        try:
            handle = _hold(room)
        except (BlockingIOError, FileNotFoundError):
            continue
        except OSError:
            return room, None
        if room.exists():
            return room, handle
        _let_go(handle)


def _hold(room: Path) -> int | None:
    """Return a handle that locks a folder, None where folders can't be locked; ``OSError`` where another holds it."""
    if sys.platform == "win32":
        return None
    import fcntl

    handle = os.open(room, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise
    return handle


def _let_go(handle: int | None) -> None:
    if handle is not None:
        os.close(handle)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; return whether the system could."""
    rename = _exchanger()
    return rename is not None and rename(os.fsencode(one), os.fsencode(other)) == 0


def _exchanger() -> Callable[[bytes, bytes], int] | None:
    """Return the system's call that exchanges two names, where it has one (Linux, macOS)."""
    system = ctypes.CDLL(None, use_errno=True) if sys.platform in ("linux", "darwin") else None
    if (linux := getattr(system, "renameat2", None)) is not None:
        return lambda one, other: int(linux(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE))
    if (mac := getattr(system, "renamex_np", None)) is not None:
        return lambda one, other: int(mac(one, other, RENAME_SWAP))
    return None


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
