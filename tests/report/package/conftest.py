"""A published report made by hand, with the raw files that it is said to have read: no kernel is started."""

from __future__ import annotations

import dataclasses
import hashlib
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_output

from salarylab import paths
from salarylab.readlog import Read
from salarylab.report import exhibits, manifest, notebook, runlog
from salarylab.report.asking import request
from salarylab.report.key import key
from salarylab.report.package import contents
from salarylab.report.run import FINDINGS, NOTEBOOK, PAGE
from salarylab.report.runlog import RunLog
from salarylab.show.tabulation import TABLE_MIME

ROOT = Path(__file__).resolve().parents[3]
TABLE = {"title": "Pay | by degree", "subtitle": "", "columns": ["level"], "rows": [["master"]], "notes": []}
STARTED = "2026-11-23T12:00:00+00:00"

Published = Callable[..., Path]


def card(name: str, *stamps: Mapping[str, Any]) -> dict[str, Any]:
    """Return the card of an invented source."""
    told = {"title": f"Survey of {name}", "publisher": f"Publisher of {name}", "home": "https://example.org/"}
    told |= {"citation": f"{name} (2026).", "licence": f"terms of {name}", "headline": f"Pay of {name}"}
    return told | {"key": name, "synthetic": name == "demo", "files": stamps, "raw_rows": 1200, "records": 1100}


@pytest.fixture
def small_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let packages hold a library of one file, beside what belongs to a clone."""
    code = tmp_path / "clone" / "src" / "salarylab"
    code.mkdir(parents=True)
    (code / "__init__.py").write_text('"""Invented."""\n', encoding="utf-8")
    for name in (contents.LOCK, *contents.BESIDE_CODE):
        shutil.copyfile(ROOT / name, code.parents[1] / name)
    monkeypatch.setattr(contents, "CODE", code)


@pytest.fixture
def published(write_notebook: Callable[..., Path]) -> Published:
    """Return a function that publishes a report which read the files named; it returns its folder.

    ``files`` maps a path below the project's root to a source's key; each holds one line that names the path.
    """

    def make(
        files: Mapping[str, str] | None = None,
        *,
        settings: tuple[str, ...] = (),
        started: str = STARTED,
        seconds: float = 3.0,
        title: str | None = None,
        static: bool = False,
    ) -> Path:
        path = paths.notebooks_folder() / "tiny.ipynb"
        if not path.exists():
            write_notebook(["1"], name="tiny")
        root = path.parents[1]
        reads, stamps = [], dict[str, list[dict[str, Any]]]()
        for name, source in (files or {"data/raw/demo/workers.csv": "demo"}).items():
            read, stamp = planted(root / name, row_of(name))
            reads.append(read)
            stamps.setdefault(source, []).append(stamp)
        asked = request.demand(path, {}, base=root, title=title) if title else request.ask("tiny", settings)
        told = notebook.read(path)
        told.cells[-1].outputs = [new_output("display_data", data={TABLE_MIME: TABLE})]
        folder = root / "reports" / asked.folder
        folder.mkdir(parents=True, exist_ok=True)
        notebook.write(notebook.canonical(told), folder / NOTEBOOK)
        (folder / FINDINGS).write_text("{}\n", encoding="utf-8")
        (folder / PAGE).write_text("<!doctype html>", encoding="utf-8")
        shown = exhibits.collect(told)
        exhibits.write(shown, folder)
        (folder / manifest.FILE).unlink(missing_ok=True)
        (folder / runlog.FILE).unlink(missing_ok=True)
        cards = [card(source, *each) for source, each in stamps.items()]
        records = [exhibit.record() for exhibit in shown]
        manifest.seal(
            manifest.draft(asked, cards, dataclasses.asdict(key(asked, static=static)), exhibits=records), folder
        )
        runlog.write(RunLog(started, seconds, (), reads), folder)
        return folder

    return make


def row_of(name: str) -> str:
    """Return the line that a planted file holds."""
    return f"a row of {name}\n"


def planted(path: Path, text: str) -> tuple[Read, dict[str, Any]]:
    """Write a file where there is none; return it as it was read, and its stamp."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_text(text, encoding="utf-8")
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    found = path.stat()
    stamp = {"name": path.name, "sha256": sha256, "rows": 1200}
    return Read(str(path), sha256, found.st_size, found.st_mtime_ns), stamp
