"""Report set: the reports that ``notebooks/reports.toml`` names, and their building one by one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from salarylab import paths
from salarylab.errors import Fault, ReportError, SalarylabError, unknown
from salarylab.report import notebook
from salarylab.report.asking.request import Desk, Request

KEYS: dict[str, type] = {"notebook": str, "title": str, "parameters": dict, "grid": dict}


def read(path: Path | None = None) -> tuple[Request, ...]:
    """Return the requests of a set, in its order; relative paths start at the project root.

    Raises ``ReportError`` with the faults of all entries at once, so that nothing is built of a set
    that is partly wrong.
    """
    path = path or paths.notebooks_folder() / "reports.toml"
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReportError(Fault(path.name, str(error), "a TOML file of [[report]] tables", "mend it")) from error
    faults: list[Fault] = [unknown(f"{path.name}: table", name, ["report"]) for name in content if name != "report"]
    given = content.get("report")
    entries = given if isinstance(given, list) else []
    if not entries:
        faults.append(Fault(path.name, "no report", "at least one [[report]] table", "add one"))
    desk = Desk()
    asked: dict[Path, Request] = {}
    for number, entry in enumerate(entries, start=1):
        where = f"{path.name}: report {number}"
        try:
            for request in _requests(entry, where, desk):
                if request.folder in asked:
                    faults.append(Fault(where, f"{request.folder} a second time", "each report once", "remove it"))
                asked[request.folder] = request
        except SalarylabError as error:
            faults += error.faults
    if faults:
        raise ReportError(*dict.fromkeys(faults))
    return tuple(asked.values())


def _requests(entry: Any, where: str, desk: Desk) -> tuple[Request, ...]:
    """Return the requests of one entry: one, or those of its grid.

    Raises ``ReportError`` with all that is wrong with it.
    """
    faults = _misshapen(entry, where)
    if faults:
        raise ReportError(*faults)
    root = paths.project_root()
    return desk.spread(
        notebook.find(entry["notebook"], root),
        entry.get("parameters", {}),
        entry.get("grid", {}),
        base=root,
        title=entry.get("title"),
        where=f"{where}: ",
    )


def _misshapen(entry: Any, where: str) -> list[Fault]:
    """Return what is wrong with the form of an entry."""
    if not isinstance(entry, Mapping):
        return [Fault(where, repr(entry), "a [[report]] table", "mend the entry")]
    faults = [unknown(f"{where}: key", key, KEYS) for key in entry if key not in KEYS]
    for key, kind in KEYS.items():
        if not isinstance(entry.get(key, kind()), kind):
            faults.append(Fault(f"{where}: {key}", repr(entry[key]), f"a {kind.__name__}", "mend the entry"))
    if "notebook" not in entry:
        faults.append(Fault(where, "no notebook", 'notebook = "NAME"', "name the notebook"))
    return faults
