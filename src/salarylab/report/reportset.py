"""Report set: the reports that ``notebooks/reports.toml`` names, and their building one by one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from salarylab import paths
from salarylab.errors import Fault, ReportError, SalarylabError, unknown
from salarylab.report import notebook, request
from salarylab.report.request import Request

KEYS = ("notebook", "title", "parameters")


def read(path: Path | None = None) -> tuple[Request, ...]:
    """Return the requests of a set, in its order; relative own files start at the project root.

    Raises ``ReportError`` with the faults of all entries at once, so that nothing is built of a set
    that is partly wrong.
    """
    path = path or paths.notebooks_folder() / "reports.toml"
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ReportError(Fault(path.name, str(error), "a TOML file of [[report]] tables", "mend it")) from error
    faults: list[Fault] = [unknown(f"{path.name}: table", name, ["report"]) for name in content if name != "report"]
    requests: list[Request] = []
    given = content.get("report")
    entries = [entry for entry in given if isinstance(entry, dict)] if isinstance(given, list) else []
    for number, entry in enumerate(entries, start=1):
        try:
            asked = _request(entry, f"{path.name}: report {number}")
            if asked.folder in [other.folder for other in requests]:
                found = f"{asked.folder} a second time"
                raise ReportError(Fault(f"{path.name}: report {number}", found, "each report once", "remove it"))
            requests.append(asked)
        except SalarylabError as error:
            faults += error.faults
    if not entries:
        faults.append(Fault(path.name, "no report", "at least one [[report]] table", "add one"))
    if faults:
        raise ReportError(*faults)
    return tuple(requests)


def _request(entry: Mapping[str, Any], where: str) -> Request:
    """Return the request of one entry; raises ``ReportError`` with all that is wrong with it."""
    faults = [unknown(f"{where}: key", key, KEYS) for key in entry if key not in KEYS]
    expected: dict[str, type] = {"notebook": str, "title": str, "parameters": dict}
    for key, kind in expected.items():
        if not isinstance(entry.get(key, kind()), kind):
            faults.append(Fault(f"{where}: {key}", repr(entry[key]), f"a {kind.__name__}", "mend the entry"))
    if "notebook" not in entry:
        faults.append(Fault(where, "no notebook", 'notebook = "NAME"', "name the notebook"))
    if faults:
        raise ReportError(*faults)
    values = entry.get("parameters", {})
    return request.demand(notebook.find(entry["notebook"]), values, base=paths.project_root(), title=entry.get("title"))
