"""Published: the reports that stand in ``reports/``, found by the name that a person gives them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from salarylab import paths
from salarylab.errors import Fault, ReportError, unknown
from salarylab.report import manifest


def folders() -> tuple[Path, ...]:
    """Return the folders of all published reports: by name, the one with default parameters first."""
    found = (path.parent for path in paths.reports_folder().glob(f"[!_.]*/*/{manifest.FILE}"))
    return tuple(sorted(found, key=lambda folder: (folder.parent.name, folder.name != "default", folder.name)))


def name_of(folder: Path) -> str:
    """Return the name of a published report: ``report/parameters``."""
    return f"{folder.parent.name}/{folder.name}"


def findings(folder: Path) -> list[dict[str, Any]]:
    """Return the findings of a published report, in the order shown."""
    return [json.loads(line) for line in (folder / "findings.jsonl").read_text(encoding="utf-8").splitlines()]


def first_finding(folder: Path) -> tuple[bool, dict[str, Any]] | None:
    """Return whether a report below ``reports/`` is synthetic, and its first finding; None where none can be told."""
    place = paths.reports_folder() / folder
    try:
        found = findings(place)
        return (manifest.read(place / manifest.FILE).synthetic, found[0]) if found else None
    except (OSError, ValueError, ReportError):
        return None


def find(name: str) -> Path:
    """Return the folder of a published report.

    ``name`` is ``report/parameters`` as below ``reports/``, ``report`` alone (the one with default
    parameters, or the only one there is), or the path of a report's folder. Raises ``ReportError`` where
    none stands there, with near names.
    """
    path = Path(name).expanduser()
    if (path / manifest.FILE).is_file():
        return path.resolve()
    standing = {name_of(folder): folder for folder in folders()}
    if name in standing:
        return standing[name]
    same = [folder for folder in standing.values() if folder.parent.name == name]
    chosen = [folder for folder in same if folder.name == "default"] or same
    if len(chosen) == 1:
        return chosen[0]
    if chosen:
        several = ", ".join(map(name_of, chosen))
        raise ReportError(Fault(f"report {name!r}", f"{len(chosen)} of that name", f"one of: {several}", "say which"))
    raise ReportError(unknown("report", name, standing, "salarylab build makes the reports; a folder's path will do"))
