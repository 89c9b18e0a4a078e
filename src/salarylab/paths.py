"""Places: the project root and the folders that hang on it.

The root is ``SALARYLAB_ROOT``, else the first folder, from the working directory upwards, that holds
``notebooks/reports.toml``. papermill, nbval and JupyterLab start kernels in different folders; all
of them find the same root.
"""

from __future__ import annotations

import os
from pathlib import Path

from salarylab.errors import Fault, VocabularyError

MARKER = Path("notebooks") / "reports.toml"


def project_root(start: Path | None = None) -> Path:
    """Return the project's root folder, absolute.

    Raises ``VocabularyError`` where neither ``SALARYLAB_ROOT`` nor a marker file leads to one.

    >>> (project_root() / "notebooks" / "reports.toml").is_file()
    True
    """
    named = os.environ.get("SALARYLAB_ROOT")
    if named:
        root = Path(named).expanduser().resolve()
        if root.is_dir():
            return root
        raise VocabularyError(
            Fault("SALARYLAB_ROOT", f"{named}, which is no folder", "a project folder", "mend or unset it")
        )
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / MARKER).is_file():
            return folder
    raise VocabularyError(
        Fault(
            "project root",
            f"no {MARKER} in {here} or above it",
            "a salarylab project",
            "work inside a clone of the project, or set SALARYLAB_ROOT to it",
        )
    )


def raw_folder(source: str) -> Path:
    """Return ``data/raw/<source>``: bytes as the publisher wrote them, never changed."""
    return project_root() / "data" / "raw" / source


def processed_folder() -> Path:
    """Return ``data/processed``: canonical records, rebuilt from raw files and code."""
    return project_root() / "data" / "processed"


def reports_folder() -> Path:
    """Return ``reports``: what the runner publishes."""
    return project_root() / "reports"


def notebooks_folder() -> Path:
    """Return ``notebooks``: the arguments, committed with outputs on the demo."""
    return project_root() / "notebooks"


def mirror_folder() -> Path | None:
    """Return the folder that stands in for the publishers' sites, or None.

    It is named by ``SALARYLAB_MIRROR``; a relative name is relative to the project root. Raises
    ``VocabularyError`` when the variable names no folder.
    """
    named = os.environ.get("SALARYLAB_MIRROR")
    if not named:
        return None
    mirror = (project_root() / Path(named).expanduser()).resolve()
    if not mirror.is_dir():
        raise VocabularyError(
            Fault(
                "SALARYLAB_MIRROR",
                f"{named}, which is no folder",
                "a folder that holds publishers' files under their catalogued paths",
                "mend or unset it (relative names start at the project root)",
            )
        )
    return mirror
