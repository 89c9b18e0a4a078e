"""Every kind of page held to the rules of axe-core, in both schemes of colours, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from salarylab.finding import FINDING_MIME
from salarylab.records.table import SOURCE_MIME
from salarylab.report import exhibits, failure, manifest, notebook, page
from salarylab.report.asking import request
from salarylab.report.asking.request import Request
from salarylab.report.page import index
from salarylab.show.figure import VEGALITE_MIME
from salarylab.show.tabulation import SAMPLE_MIME, TABLE_MIME
from salarylab.unanswered import Unanswered

Judge = Callable[..., list[str]]

PROSE = """\
# A title

Why[^1], with $y = x'\\\\beta$ and [a link](https://example.org/).

$$ \\\\frac{a}{b} = c $$

## A part

### A part of it

[^1]: A note.
"""
CHART = {
    "title": {"text": "Pay by degree", "subtitle": "Invented people"},
    "description": "Pay by degree: bars",
    "width": 560,
    "data": {"values": [{"level": "bachelor", "pay": 40.0}, {"level": "master", "pay": 45.5}]},
    "mark": {"type": "bar", "tooltip": True},
    "encoding": {"y": {"field": "level", "type": "nominal"}, "x": {"field": "pay", "type": "quantitative"}},
}
TABLE = {
    "title": "Pay by degree",
    "subtitle": "USD an hour",
    "columns": ["level", *(f"a long name of column {i}" for i in range(12))],
    "rows": [["bachelor", *["40.0"] * 12], ["", *["(1.5)"] * 12]],
    "notes": ["Invented."],
}
CARD = {
    "key": "invented",
    "title": "An invented survey",
    "headline": "Invented people: no survey was taken",
    "publisher": "Nobody",
    "home": "https://example.org/",
    "citation": "Nobody (2026), An invented survey.",
    "licence": "CC0",
    "synthetic": True,
    "files": [{"name": "a.csv", "sha256": "0" * 64, "rows": 1234}],
    "raw_rows": 1234,
}


@pytest.fixture
def asked(project: Path) -> Request:
    path = project / "notebooks" / "invented.ipynb"
    path.write_text("{}", encoding="utf-8")
    return Request(path, "An invented question", (), {})


def invented() -> Any:
    table = "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>"
    finding = '<blockquote class="finding"><p>Pay premium: +5%.</p><ul><li>Invented people</li></ul></blockquote>'
    outputs = [
        new_output("display_data", data={VEGALITE_MIME: CHART, "text/plain": "<chart>"}),
        new_output("display_data", data={TABLE_MIME: TABLE, "text/html": table, "text/plain": "a table"}),
        new_output("display_data", data={"text/html": table, "text/plain": "a table"}),
        new_output("display_data", data={"text/html": finding, "text/plain": "Pay premium: +5%."}),
        new_output("stream", name="stdout", text="printed " * 80),
    ]
    return new_notebook(cells=[new_markdown_cell(PROSE), new_code_cell("1 + 1", execution_count=1, outputs=outputs)])


def write(executed: Any, request: Request, target: Path, *, cards: list[Any] | None = None, static: bool) -> Path:
    """Write the page of an executed notebook, as a run would."""
    made = manifest.draft(
        request,
        notebook.displays(executed, SOURCE_MIME) if cards is None else cards,
        samples=notebook.displays(executed, SAMPLE_MIME),
        exhibits=[exhibit.record() for exhibit in exhibits.collect(executed)],
    )
    findings = notebook.displays(executed, FINDING_MIME) or [{"sentence": "Pay premium: +5%."}]
    target.write_text(page.report(executed, made, findings, static=static), encoding="utf-8")
    return target


@pytest.mark.parametrize("static", [False, True])
def test_a_report_passes(judge: Judge, asked: Request, tmp_path: Path, static: bool) -> None:
    assert judge(write(invented(), asked, tmp_path / "page.html", cards=[CARD], static=static)) == []


def test_a_page_that_says_why_there_is_no_answer_passes(judge: Judge, asked: Request, tmp_path: Path) -> None:
    lacking = Unanswered("invented never asked education", "Not asked")
    target = tmp_path / "page.html"
    made = manifest.draft(asked, [CARD | {"files": [], "raw_rows": None}], lacking=lacking)
    target.write_text(page.report(new_notebook(), made, []), encoding="utf-8")
    assert judge(target) == []


def test_a_page_without_alternatives_is_noticed(judge: Judge, tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text('<!DOCTYPE html><html lang="en"><title>x</title><main><h1>x</h1><img src="data:,"></main>')
    assert [found.split(": ")[1:3] for found in judge(bad)] == [["critical", "image-alt"]] * 2


@pytest.mark.parametrize("name", ["01_data_passport", "02_degree", "04_remote_and_place"])
def test_the_committed_notebooks_pass(judge: Judge, project: Path, name: str) -> None:
    executed = notebook.read(project / "notebooks" / f"{name}.ipynb")
    # the scheme that markup of others is not made for; every part of a page is judged in both, above
    assert judge(write(executed, request.ask(name), project / f"{name}.html", static=False), "dark") == []


def test_index_and_failed_page_pass(judge: Judge, asked: Request, project: Path) -> None:
    stopped = failure.Failure(3, "1 / 0", "ZeroDivisionError", "division by zero", ["line " * 60])
    record = failure.record(asked)
    record.mkdir(parents=True)
    failure.write(asked, stopped, record)
    (record / "index.html").write_text(page.failed(asked, stopped), encoding="utf-8")
    for name in ("one", "two"):
        folder = project / "reports" / name / "default"
        folder.mkdir(parents=True)
        manifest.seal(manifest.draft(asked, [CARD | {"title": f"Survey {name}"}]), folder)
        (folder / "findings.jsonl").write_text(
            '{"question": "log_pay ~ education", "sentence": "Pay premium: +5%."}\n', encoding="utf-8"
        )
    assert judge(record / "index.html") == []
    assert judge(index.rebuild()) == []
