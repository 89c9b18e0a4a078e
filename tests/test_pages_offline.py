"""Every kind of page, opened in headless Chromium with the network off.

A page asks for nothing, logs no error, breaks no rule of its own policy, draws every chart live, and fits
a phone.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from salarylab.finding import FINDING_MIME
from salarylab.records.table import SOURCE_MIME
from salarylab.report import failure, index, manifest, notebook, page, request
from salarylab.report.request import Request
from salarylab.show.figure import VEGALITE_MIME

Inspect = Callable[[Path], Any]


def chart(title: str, rows: int = 4) -> dict[str, Any]:
    values = [{"level": f"level {i} <img src=x onerror='window.ran=true'>", "pay": 40.0 + i} for i in range(rows)]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.20.1.json",
        "title": title,
        "width": 560,
        "data": {"values": values},
        "mark": {"type": "point", "clip": True, "tooltip": True},
        "encoding": {
            "y": {"field": "level", "type": "nominal", "title": "Degree"},
            "x": {"field": "pay", "type": "quantitative", "title": "USD an hour", "axis": {"labelExpr": "datum.label"}},
        },
    }


def outputs() -> list[Any]:
    planted = "<script>window.ran=true</script><img src='https://example.org/x.png' onerror='window.ran=true'>"
    wide = f"<table><tr>{'<td>a wide cell of a table</td>' * 30}</tr></table>"
    return [
        new_output("display_data", data={VEGALITE_MIME: chart("Pay by degree"), "text/plain": "<chart>"}),
        new_output("display_data", data={VEGALITE_MIME: chart("Pay by </script> place"), "text/plain": "<chart>"}),
        new_output("display_data", data={"text/plain": planted}),
        new_output("display_data", data={"text/html": planted, "text/plain": planted}),
        new_output("display_data", data={"text/html": wide, "text/plain": "a table"}),
        new_output("stream", name="stdout", text=planted),
    ]


@pytest.fixture
def request_made(project: Path) -> Request:
    path = project / "notebooks" / "invented.ipynb"
    path.write_text("{}", encoding="utf-8")
    return Request(path, "An <invented> question", (), {})


def card(**changed: Any) -> dict[str, Any]:
    files = [{"name": "a.csv", "sha256": "0" * 64, "rows": 12}]
    told = dict.fromkeys(("key", "title", "headline", "publisher", "citation", "licence"), "<b onclick=x>text</b>")
    return told | {"home": "javascript:window.ran=true", "synthetic": True, "files": files, "raw_rows": 12} | changed


def test_a_report_is_drawn_live_and_stays_quiet(inspect: Inspect, request_made: Request, tmp_path: Path) -> None:
    invented = new_notebook(
        cells=[new_markdown_cell("# Title\n\nWhy."), new_code_cell("1", execution_count=1, outputs=outputs())]
    )
    made = manifest.draft(request_made, [card()])
    target = tmp_path / "page.html"
    target.write_text(page.report(invented, made, [{"sentence": "<script>window.ran=true</script>"}]), encoding="utf-8")
    seen = inspect(target)
    assert seen.whole, seen
    assert seen.charts == 2


def test_a_page_that_asks_the_network_is_noticed(inspect: Inspect, tmp_path: Path) -> None:
    target = tmp_path / "bad.html"
    target.write_text("<!DOCTYPE html><p>x</p><img src='https://example.org/x.png' alt=''>", encoding="utf-8")
    assert inspect(target).requests == ("https://example.org/x.png",)


def test_index_and_failure_pages_stay_quiet(inspect: Inspect, request_made: Request, project: Path) -> None:
    bad = "<script>window.ran=true</script>"
    stopped = failure.Failure(3, bad, "ValueError", bad, [bad])
    record = failure.record(request_made)
    record.mkdir(parents=True)
    failure.write(request_made, stopped, record)
    (record / "index.html").write_text(page.failed(request_made, stopped), encoding="utf-8")
    seen = inspect(record / "index.html")
    assert seen.whole, seen
    assert seen.charts == 0
    seen = inspect(index.rebuild())
    assert seen.whole, seen
    assert seen.charts == 0


@pytest.mark.parametrize(("name", "charts"), [("01_data_passport", 5), ("02_degree", 4), ("04_remote_and_place", 3)])
def test_the_committed_notebooks_make_whole_pages(inspect: Inspect, project: Path, name: str, charts: int) -> None:
    executed = notebook.read(project / "notebooks" / f"{name}.ipynb")
    made = manifest.draft(request.ask(name), notebook.displays(executed, SOURCE_MIME))
    target = project / f"{name}.html"
    target.write_text(page.report(executed, made, notebook.displays(executed, FINDING_MIME)), encoding="utf-8")
    seen = inspect(target)
    assert seen.whole, seen
    assert seen.charts == charts
