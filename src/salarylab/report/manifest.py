"""Manifest: from what a report was made, in a form that two machines can compare.

Only what decides the result is in it. Times, host and git commit go to ``run.json`` (runlog.py).
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from salarylab.report.request import Request

PACKAGES = (
    "altair",
    "great-tables",
    "narwhals",
    "nbconvert",
    "numpy",
    "papermill",
    "polars",
    "pydantic",
    "scipy",
    "statsmodels",
    "vl-convert-python",
)
FILE = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Hold what a report was made from: parameters, notebook, sources, files, versions, outputs.

    ``sources`` are the cards that the notebook showed, first shown first; ``outputs`` maps each
    published file to its sha256.
    """

    report: str
    title: str
    parameters: Mapping[str, Any]
    settings: Sequence[str]
    command: str
    notebook: Mapping[str, str]
    sources: Sequence[Mapping[str, Any]]
    inputs: Sequence[Mapping[str, Any]]
    library: str
    packages: Mapping[str, str]
    python: str
    key: Mapping[str, Any] = field(default_factory=dict)
    status: str = "good"
    outputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def synthetic(self) -> bool:
        """Whether any of the sources is made up."""
        return any(card["synthetic"] for card in self.sources)


def draft(request: Request, cards: Sequence[Mapping[str, Any]], key: Mapping[str, Any] | None = None) -> Manifest:
    """Return the manifest of a report before its files are written; ``key`` is what decided it (report/key.py)."""
    return Manifest(
        report=request.report,
        title=request.title,
        parameters=request.told,
        settings=request.settings,
        command=request.command,
        notebook={"name": request.notebook.name, "sha256": _sha256(request.notebook)},
        sources=cards,
        inputs=[{"source": card["key"], **stamp} for card in cards for stamp in card["files"]],
        library=version("salarylab"),
        packages={name: version(name) for name in PACKAGES},
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        key=key or {},
    )


def seal(manifest: Manifest, room: Path) -> None:
    """Write the manifest beside the files of the report, with the sha256 of each of them."""
    outputs = {path.name: _sha256(path) for path in sorted(room.iterdir()) if path.is_file()}
    write_json(room / FILE, dataclasses.asdict(dataclasses.replace(manifest, outputs=outputs)))


def read(path: Path) -> Manifest:
    """Return the manifest that a file holds."""
    return Manifest(**json.loads(path.read_text(encoding="utf-8")))


def write_json(path: Path, content: Any) -> None:
    """Write JSON with sorted keys, two spaces, one newline at the end."""
    path.write_text(json.dumps(content, sort_keys=True, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
