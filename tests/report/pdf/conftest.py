"""A published report of invented content, written without running anything."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from salarylab.finding import FINDING_MIME, Finding
from salarylab.records.table import SOURCE_MIME
from salarylab.report import exhibits, manifest, notebook
from salarylab.report.manifest import Manifest
from salarylab.show.figure import VEGALITE_MIME
from salarylab.show.tabulation import TABLE_MIME

Bundle = dict[str, Any]
Publish = Callable[..., Path]

HEADLINE = "Invented people: no survey was taken"


def card(**changed: Any) -> Bundle:
    files = [
        {"name": "a.csv", "sha256": "0123" * 16, "rows": 1200},
        {"name": "b.csv", "sha256": "ab" * 32, "rows": None},
    ]
    told = {
        "key": "invented",
        "title": "An invented survey",
        "headline": HEADLINE,
        "publisher": "Nobody",
        "home": "https://example.org/",
        "citation": "Nobody (2026), An invented survey.",
        "licence": "CC0",
        "synthetic": True,
        "files": files,
        "raw_rows": 1200,
    }
    return {SOURCE_MIME: told | changed, "text/plain": "the source"}


def finding(subject: str = "master against bachelor", **changed: Any) -> Bundle:
    told: dict[str, Any] = {
        "question": "degree",
        "subject": subject,
        "unit": "log points",
        "value": 0.1,
        "low": 0.05,
        "high": 0.15,
        "se": 0.02,
        "covariance": "HC2",
        "n": 1200,
        "smallest_cell": 100,
        "headline": HEADLINE,
    }
    made = Finding(**told | changed)
    return {FINDING_MIME: made.record(), "text/plain": made.sentence}


def chart(title: str = "Pay by degree", levels: Sequence[str] = ("bachelor", "master"), height: int = 120) -> Bundle:
    values = [{"level": level, "pay": 40.0 + i} for i, level in enumerate(levels)]
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": {"text": title, "subtitle": HEADLINE},
        "description": f"{title}: bars",
        "width": 560,
        "height": height,
        "data": {"values": values},
        "mark": "bar",
        "encoding": {
            "y": {"field": "level", "type": "nominal", "title": None},
            "x": {"field": "pay", "type": "quantitative", "title": "USD an hour"},
        },
    }
    return {VEGALITE_MIME: spec, "text/plain": "<chart>"}


def table(columns: Sequence[str] = ("level", "gap"), rows: Sequence[Sequence[str]] = (("master", "+10.5%"),)) -> Bundle:
    record = {
        "title": "Gaps in pay",
        "subtitle": "log pay, USD an hour",
        "columns": list(columns),
        "rows": [list(row) for row in rows],
        "notes": ["Counts are rounded."],
    }
    return {TABLE_MIME: record, "text/plain": "Gaps in pay (1 line)", "text/html": "<table></table>"}


def cell(*bundles: Bundle, source: str = "sl.secret_code()") -> Any:
    return new_code_cell(source, execution_count=1, outputs=[new_output("display_data", data=b) for b in bundles])


def written(text: str) -> Any:
    return new_markdown_cell(text)


def made_from(cells: Sequence[Any], **changed: Any) -> tuple[Any, Manifest, list[Mapping[str, Any]]]:
    """Return an executed notebook, its manifest and its findings."""
    executed = new_notebook(cells=[written("# How is pay?\n\nThe question."), *cells])
    for number, own in enumerate(executed.cells):
        own["id"] = f"cell-{number}"
    told: dict[str, Any] = {
        "report": "invented",
        "title": "How is pay?",
        "parameters": {"level": "master", "years": [], "source": "demo"},
        "settings": ["level=master"],
        "command": "salarylab run invented --set level=master",
        "notebook": {"name": "invented.ipynb", "sha256": "cd" * 32},
        "sources": notebook.displays(executed, SOURCE_MIME),
        "inputs": [],
        "library": "0.1.0",
        "packages": {"polars": "2.1.0"},
        "python": "3.11",
        "lock": "ef" * 32,
        "exhibits": [exhibit.record() for exhibit in exhibits.collect(executed)],
        "stages": [{"source": "demo", "stages": [{"reason": "no pay", "rows_lost": None, "rows_left": 900}]}],
    }
    return executed, Manifest(**told | changed), notebook.displays(executed, FINDING_MIME)


@pytest.fixture
def invented() -> SimpleNamespace:
    """Return the makers of invented outputs and cells, by name."""
    makers = (card, finding, chart, table, cell, written, made_from)
    return SimpleNamespace(**{maker.__name__: maker for maker in makers})


@pytest.fixture
def publish(tmp_path: Path) -> Publish:
    """Return a function from cells to the folder of a published report."""

    def write(*cells: Any, name: str = "default", **changed: Any) -> Path:
        executed, made, findings = made_from(cells, **changed)
        folder = tmp_path / "reports" / "invented" / name
        folder.mkdir(parents=True)
        notebook.write(executed, folder / "notebook.ipynb")
        lines = "".join(json.dumps(one, sort_keys=True) + "\n" for one in findings)
        (folder / "findings.jsonl").write_text(lines, encoding="utf-8")
        manifest.write_json(folder / manifest.FILE, dataclasses.asdict(made))
        return folder

    return write
