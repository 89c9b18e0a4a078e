"""Every kind of page, opened in headless Chromium with the network off.

A page asks for nothing, logs no error, breaks no rule of its own policy, draws every chart live, and fits
a phone. ``inspect`` serves for any page.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from salarylab.report import failure, index, manifest, page
from salarylab.report.request import Request
from salarylab.show.figure import VEGALITE_MIME

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
SETTLED = """() => [...document.querySelectorAll("figure.chart")].every(f => f.dataset.live || f.dataset.error)"""
COUNT = """() => ({
  charts: document.querySelectorAll("figure.chart").length,
  live: document.querySelectorAll("figure.chart[data-live] .chart-live svg").length,
  wide: Math.max(0, document.documentElement.scrollWidth - window.innerWidth),
  ran: window.ran === true,
})"""
PHONE = {"width": 390, "height": 844}

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH: pages are not opened")


@dataclass(frozen=True)
class Seen:
    """Hold what a browser saw on a page."""

    charts: int
    live: int
    wide: int
    ran: bool
    requests: tuple[str, ...]
    errors: tuple[str, ...]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


def inspect(browser: Any, page_path: Path) -> Seen:
    """Open a page on a phone's screen with the network off, and return what was seen."""
    from playwright.sync_api import TimeoutError as Late

    context = browser.new_context(offline=True, viewport=PHONE)
    tab = context.new_page()
    requests: list[str] = []
    errors: list[str] = []
    own = page_path.resolve().as_uri()
    tab.on("request", lambda request: requests.append(request.url) if not request.url.startswith(own) else None)
    tab.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.goto(own)
    try:
        tab.wait_for_function(SETTLED, timeout=20_000)
    except Late:
        errors.append("charts were not drawn in time")
    counted = tab.evaluate(COUNT)
    context.close()
    return Seen(**counted, requests=tuple(requests), errors=tuple(errors))


def assert_whole(seen: Seen, *, charts: int) -> None:
    """Assert what must hold of every page."""
    assert seen == Seen(charts=charts, live=charts, wide=0, ran=False, requests=(), errors=())


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


def test_a_report_is_drawn_live_and_stays_quiet(browser: Any, request_made: Request, tmp_path: Path) -> None:
    notebook = new_notebook(
        cells=[new_markdown_cell("# Title\n\nWhy."), new_code_cell("1", execution_count=1, outputs=outputs())]
    )
    made = manifest.draft(request_made, [card()])
    target = tmp_path / "page.html"
    target.write_text(page.report(notebook, made, [{"sentence": "<script>window.ran=true</script>"}]), encoding="utf-8")
    assert_whole(inspect(browser, target), charts=2)


def test_a_page_that_asks_the_network_is_noticed(browser: Any, tmp_path: Path) -> None:
    target = tmp_path / "bad.html"
    target.write_text("<!DOCTYPE html><p>x</p><img src='https://example.org/x.png' alt=''>", encoding="utf-8")
    assert inspect(browser, target).requests == ("https://example.org/x.png",)


def test_index_and_failure_pages_stay_quiet(browser: Any, request_made: Request, project: Path) -> None:
    bad = "<script>window.ran=true</script>"
    stopped = failure.Failure(3, bad, "ValueError", bad, [bad])
    record = failure.record(request_made)
    record.mkdir(parents=True)
    failure.write(request_made, stopped, record)
    (record / "index.html").write_text(page.failed(request_made, stopped), encoding="utf-8")
    assert_whole(inspect(browser, record / "index.html"), charts=0)
    assert_whole(inspect(browser, index.rebuild()), charts=0)
