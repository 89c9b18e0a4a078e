"""Archive: a package as a folder and as a zip of the same bytes for the same files."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

from salarylab.report.package.item import Item

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can tell."""

MODE = 0o100644 << 16


def write_folder(items: Sequence[Item], folder: Path) -> None:
    """Write the files of a package below a new folder."""
    for item in items:
        path = folder / item.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(item.content)


def write_zip(items: Sequence[Item], path: Path, *, inside: str) -> None:
    """Write the files of a package as a zip, all in the folder ``inside``, sorted, with one time and one mode."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for item in sorted(items, key=lambda one: one.path):
            told = zipfile.ZipInfo(f"{inside}/{item.path}", EPOCH)
            told.compress_type, told.external_attr, told.create_system = zipfile.ZIP_DEFLATED, MODE, 3
            archive.writestr(told, item.content)
