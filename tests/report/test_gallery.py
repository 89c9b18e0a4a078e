"""Gallery: what is kept of a report is its findings, its source and its first chart, and no row."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from salarylab.errors import ReportError
from salarylab.records.table import SOURCE_MIME
from salarylab.report import gallery, notebook
from salarylab.show.figure import VEGALITE_MIME

ROOT = Path(__file__).resolve().parents[2]
CHART = {
    "data": {"values": [{"level": "master", "premium": 7.5}]},
    "mark": "bar",
    "encoding": {
        "x": {"field": "premium", "type": "quantitative"},
        "y": {"field": "level", "type": "nominal", "title": "an invented degree"},
    },
}


def published(folder: Path, *charts: dict[str, object]) -> Path:
    """Return the folder of a published report that shows a source card and these charts."""
    shown = [new_output("display_data", data={SOURCE_MIME: {"key": "invented"}})]
    shown += [new_output("display_data", data={VEGALITE_MIME: chart}) for chart in charts]
    folder.mkdir()
    notebook.write(new_notebook(cells=[new_code_cell("x", outputs=shown, id="x")]), folder / "notebook.ipynb")
    (folder / "findings.jsonl").write_text('{"value": 1}\n', encoding="utf-8")
    return folder


def test_findings_source_and_first_chart_are_kept(project: Path) -> None:
    chart = gallery.keep(published(project / "report", CHART, CHART | {"mark": "point"}), "invented_2024")
    assert chart == project / "reports" / "gallery" / "invented_2024.svg"
    drawn = chart.read_text(encoding="utf-8")
    assert "an invented degree" in drawn
    assert drawn.startswith("<svg")
    assert (chart.parent / "invented_2024.findings.jsonl").read_text(encoding="utf-8") == '{"value": 1}\n'
    assert json.loads((chart.parent / "invented_2024.source.json").read_text(encoding="utf-8")) == [{"key": "invented"}]


def test_a_report_without_a_chart_is_refused_and_leaves_nothing(project: Path) -> None:
    with pytest.raises(ReportError, match="no chart"):
        gallery.keep(published(project / "report"), "invented")
    assert not (project / "reports" / "gallery").exists()


def test_what_is_committed_tells_source_licence_and_hash() -> None:
    kept = sorted((ROOT / "reports" / "gallery").glob("*.source.json"))
    assert len(kept) >= 2
    for path in kept:
        (card,) = json.loads(path.read_text(encoding="utf-8"))
        assert card["licence"]
        assert card["citation"]
        assert all(len(file["sha256"]) == 64 for file in card["files"])
        findings = path.with_name(path.name.replace(".source.json", ".findings.jsonl")).read_text(encoding="utf-8")
        assert all(json.loads(line)["source"] == card["key"] for line in findings.splitlines())
