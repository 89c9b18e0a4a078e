"""Own place: what to say of a path where no file stands."""

from __future__ import annotations

from pathlib import Path

from salarylab.errors import Fault, did_you_mean


def not_there(path: Path, thing: str, expected: str, remedy: str) -> Fault:
    """Return the fault of a path that is no file: the folder that was searched, and near names in it."""
    if path.is_dir():
        return Fault(thing, "a folder, not a file", expected, "name a file in it")
    folder = path.parent
    if not folder.is_dir():
        return Fault(thing, f"no such file: there is no folder {folder}", expected, remedy)
    held = sorted(each.name for each in folder.iterdir() if each.is_file())
    near = did_you_mean(path.name, held)
    return Fault(
        thing, f"no such file in {folder.resolve()}", expected, " ".join(part for part in (near, remedy) if part)
    )
