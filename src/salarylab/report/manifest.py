"""Manifest: from what a report was made, in a form that two machines can compare.

Only what decides the result is in it. Times, host and git commit go to ``run.json`` (runlog.py).
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from salarylab import readlog
from salarylab.errors import Fault, ReportError
from salarylab.report.asking.request import Request
from salarylab.unanswered import Unanswered

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

    ``sources`` are the cards that the notebook showed, first shown first. ``stages`` are the rows at each stage
    of every sample whose attrition it showed, as they may be told; of other sources, raw rows and records.
    ``exhibits`` are its figures and tables; ``outputs`` maps each published file to its sha256. ``status`` is "good",
    or "not asked" where the question has no answer: ``unanswered`` says why.
    """

    report: str
    title: str
    parameters: Mapping[str, Any]
    settings: Sequence[str]
    command: str
    notebook: Mapping[str, str]
    sources: Sequence[Mapping[str, Any]]
    inputs: Sequence[Mapping[str, Any]]
    stages: Sequence[Mapping[str, Any]] = ()
    exhibits: Sequence[Mapping[str, Any]] = ()
    seed: Any = None
    library: str
    packages: Mapping[str, str]
    python: str
    lock: str | None = None
    key: Mapping[str, Any] = field(default_factory=dict)
    status: Literal["good", "not asked"] = "good"
    unanswered: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def synthetic(self) -> bool:
        """Whether any of the sources is made up."""
        return any(card["synthetic"] for card in self.sources)


def draft(
    request: Request,
    cards: Sequence[Mapping[str, Any]],
    key: Mapping[str, Any] | None = None,
    *,
    samples: Sequence[Mapping[str, Any]] = (),
    exhibits: Sequence[Mapping[str, Any]] = (),
    lacking: Unanswered | None = None,
) -> Manifest:
    """Return the manifest of a report before its files are written.

    ``key`` is what decided it (report/key.py), ``samples`` the rows at each stage that the notebook showed, ``lacking``
    why its question has no answer.
    """
    return Manifest(
        report=request.report,
        title=request.title,
        parameters=request.told,
        settings=request.settings,
        command=request.command + (" --static" if (key or {}).get("static") else ""),
        notebook={"name": request.notebook.name, "sha256": readlog.digest(request.notebook)},
        sources=cards,
        inputs=[{"source": card["key"], **stamp} for card in cards for stamp in card["files"]],
        stages=[*samples, *_unsampled(cards, samples)],
        exhibits=exhibits,
        seed=request.values.get("seed"),
        library=version("salarylab"),
        packages={name: version(name) for name in PACKAGES},
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        lock=(key or {}).get("lock"),
        key=key or {},
        status="not asked" if lacking else "good",
        unanswered=str(lacking or ""),
    )


def seal(manifest: Manifest, room: Path) -> None:
    """Write the manifest beside the files of the report, with the sha256 of each of them."""
    files = sorted(path for path in room.rglob("*") if path.is_file())
    outputs = {path.relative_to(room).as_posix(): readlog.digest(path) for path in files}
    write_json(room / FILE, dataclasses.asdict(dataclasses.replace(manifest, outputs=outputs)))


def read(path: Path) -> Manifest:
    """Return the manifest that a file holds; raises ``ReportError`` for one of another form than today's."""
    known = {declared.name for declared in dataclasses.fields(Manifest)}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReportError(Fault(_named(path), str(error), "a report's manifest", "build the report again")) from error
    if not isinstance(content, dict) or set(content) != known:
        found, remedy = "built by an older salarylab, or a newer one", "build again"
        raise ReportError(Fault(_named(path), found, f"a manifest with {', '.join(sorted(known))}", remedy))
    return Manifest(**content)


def _unsampled(cards: Sequence[Mapping[str, Any]], samples: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield raw rows and records of the sources of which no sample was shown."""
    shown = {sample["source"] for sample in samples}
    for card in cards:
        if card["key"] not in shown and card["files"]:
            raw = {"stage": "raw", "reason": "rows in the raw files", "rows_lost": 0, "rows_left": card["raw_rows"]}
            clean = {"stage": "clean", "reason": "records", "rows_lost": None, "rows_left": card.get("records")}
            yield {"source": card["key"], "stages": [raw, clean]}


def _named(path: Path) -> str:
    return f"report {path.parent.parent.name}/{path.parent.name}"


def write_json(path: Path, content: Any) -> None:
    """Write JSON with sorted keys, two spaces, one newline at the end."""
    path.write_text(json.dumps(content, sort_keys=True, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
