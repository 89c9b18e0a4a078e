"""Invented findings, as the runner writes them, and folders that hold them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from salarylab.report.comparison import Side

Make = Callable[..., dict[str, Any]]
Write = Callable[..., Path]


@pytest.fixture
def finding() -> Make:
    """Return a function from what matters to a test to a whole record."""

    def make(**told: Any) -> dict[str, Any]:
        usual = {
            "question": "log_pay ~ education", "subject": "Premium of master over bachelor", "unit": "log points",
            "value": 0.3, "low": 0.26, "high": 0.34, "se": 0.02, "p": 0.001, "n": 1000, "base": "bachelor",
            "outcome": "log pay, USD an hour", "equation": "log_pay ~ education", "covariance": "HC2",
            "population": ["pay is stated"], "source": "invented", "headline": "Invented people",
            "data_sha256": ["a" * 64], "caveats": [], "suppressed": False,
        }  # fmt: skip
        return usual | told

    return make


@pytest.fixture
def side() -> Callable[..., Side]:
    """Return a function from records to a side that has nothing else."""
    return lambda *records, **more: Side(**({"name": "invented", "findings": records} | more))


@pytest.fixture
def report(tmp_path: Path) -> Write:
    """Return a function that writes a report's folder: findings, and a manifest and charts where given."""

    def write(name: str, *records: dict[str, Any], manifest: Any = None, charts: Any = None) -> Path:
        folder = tmp_path / name
        folder.mkdir(parents=True)
        lines = [json.dumps(record, sort_keys=True) + "\n" for record in records]
        (folder / "findings.jsonl").write_text("".join(lines), encoding="utf-8")
        if manifest is not None:
            (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        if charts is not None:
            (folder / "notebook.ipynb").write_text(json.dumps(notebook(charts)), encoding="utf-8")
        return folder

    return write


def notebook(charts: list[dict[str, Any]]) -> dict[str, Any]:
    outputs = [
        {"output_type": "display_data", "metadata": {}, "data": {"application/vnd.vegalite.v5+json": chart}}
        for chart in charts
    ]
    cell = {"cell_type": "code", "id": "one", "metadata": {}, "source": "", "execution_count": 1, "outputs": outputs}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
