"""Every kind of page, opened in headless Chromium with the network off.

A page asks for nothing, logs no error, breaks no rule of its own policy, draws every chart live, and fits
a phone.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from salarylab.disclosure import release
from salarylab.finding import FINDING_MIME
from salarylab.records.table import SOURCE_MIME
from salarylab.report import failure, manifest, notebook, page
from salarylab.report.asking import request
from salarylab.report.asking.request import Request
from salarylab.report.page import index
from salarylab.show import intervals
from salarylab.show.figure import VEGALITE_MIME, figure

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


LEVELS = 12


def coefficients(number: int) -> dict[str, Any]:
    """Return an invented chart of the form and size that sl.show.coefficients gives: two equations, twelve levels."""
    rows = [
        {"level": f"level {i:02}", "equation": equation, "rows (rounded)": 50 * (i + 1), **ends}
        for i in range(LEVELS)
        for shift, equation in enumerate(("(1) raw gap", "(2) given experience and place"))
        for at in [round(1.7 * i - 7 + shift + number / 10, 1)]
        for ends in [{"percent difference": at, "95% low": round(at - 2.3, 1), "95% high": round(at + 2.4, 1)}]
    ]
    points = pl.DataFrame(rows).rename({"rows (rounded)": "n"})
    released = release(points, ["percent difference", "95% low", "95% high"]).then(
        lambda told: told.rename({"n": "rows (rounded)"})
    )
    names = points["equation"].unique(maintain_order=True).to_list()
    order = points["level"].unique(maintain_order=True).to_list()
    drawn = intervals.dots(released, intervals.PERCENTS, rows="level", order=order, series="equation", names=names)
    return dict(figure(drawn, title=f"Pay by level {number}", subtitle="Invented people", summary=f"Pay {number}").spec)


def test_twenty_charts_fit_a_page_and_are_all_drawn(inspect: Inspect, request_made: Request, tmp_path: Path) -> None:
    shown = [
        new_output("display_data", data={VEGALITE_MIME: coefficients(i), "text/plain": "<chart>"}) for i in range(20)
    ]
    twenty = new_notebook(cells=[new_code_cell("1", execution_count=1, outputs=shown)])
    made = manifest.draft(request_made, [card()])
    live, static = tmp_path / "live.html", tmp_path / "static.html"
    live.write_text(page.report(twenty, made, []), encoding="utf-8")
    static.write_text(page.report(twenty, made, [], static=True), encoding="utf-8")
    assert live.stat().st_size <= 1_700_000
    assert static.stat().st_size <= 800_000
    seen = inspect(live)
    assert seen.whole, seen
    assert seen.charts == 20
    assert "unsafe-eval" not in live.read_text(encoding="utf-8").partition("<title>")[0]
    still = inspect(static)
    assert still.still, still
    assert still.charts == 20


SIZES = """() => ({
  cut: [...document.querySelectorAll("figure svg text")].filter(
    text => text.checkVisibility() && text.textContent.includes("…")).map(text => text.textContent),
  scrolled: [...document.querySelectorAll("figure.chart .drawing")].filter(
    drawing => drawing.checkVisibility() && drawing.scrollWidth > drawing.clientWidth).length,
  shown: [...document.querySelectorAll("figure.chart .drawing")].filter(drawing => drawing.checkVisibility())
    .map(drawing => drawing.classList.contains("narrow") ? "narrow" : "wide"),
  small: [...document.querySelectorAll("figure svg text")].filter(text => text.checkVisibility()
    && text.getScreenCTM().a * parseFloat(getComputedStyle(text).fontSize) < 10).length,
})"""


def long_labels() -> dict[str, Any]:
    """Return a chart whose labels are longer than its limits."""
    rows = [{"level": f"{why}, and whoever else was left out of it", "pay": 40.0} for why in ("employees", "students")]
    axis = {"labelLimit": 60, "labelExpr": "datum.label"}
    return chart("Pay") | {
        "data": {"values": rows},
        "encoding": {
            "y": {"field": "level", "type": "nominal", "title": None, "axis": axis},
            "x": {"field": "pay", "type": "quantitative", "title": "USD an hour"},
        },
    }


@pytest.mark.parametrize("live", [False, True])
def test_a_phone_gets_a_drawing_of_its_own_and_paper_the_wide_one(
    browser: Any, request_made: Request, tmp_path: Path, live: bool
) -> None:
    made = [long_labels(), coefficients(1)]
    shown = [new_output("display_data", data={VEGALITE_MIME: spec, "text/plain": "<chart>"}) for spec in made]
    notebook_made = new_notebook(cells=[new_code_cell("1", execution_count=1, outputs=shown)])
    target = tmp_path / "page.html"
    target.write_text(
        page.report(notebook_made, manifest.draft(request_made, [card()]), [], static=not live), encoding="utf-8"
    )
    context = browser.new_context(offline=True, viewport={"width": 390, "height": 844})
    tab = context.new_page()
    tab.goto(target.as_uri())
    if live:
        tab.wait_for_function("document.querySelectorAll('.narrow .chart-live svg').length === 2")
    seen = tab.evaluate(SIZES)
    assert seen == {"cut": [], "scrolled": 0, "shown": ["narrow"] * 2, "small": 0}
    assert tab.evaluate("document.documentElement.scrollWidth") == 390
    tab.emulate_media(media="print")
    assert tab.evaluate(SIZES)["shown"] == ["wide"] * 2
    tab.emulate_media(media="screen")
    tab.set_viewport_size({"width": 1280, "height": 900})
    if live:  # the other drawing comes alive when it is first shown
        tab.wait_for_function("document.querySelectorAll('.wide .chart-live svg').length === 2")
    assert tab.evaluate(SIZES)["shown"] == ["wide"] * 2
    assert tab.evaluate(SIZES)["cut"] != []  # a limit that the chart sets itself
    context.close()


def test_a_choice_in_the_index_hides_reports_without_scripts_and_says_how_many_are_left(
    browser: Any, inspect: Inspect, request_made: Request, project: Path
) -> None:
    for name in ("one", "two"):
        folder = project / "reports" / name / "default"
        folder.mkdir(parents=True)
        manifest.seal(manifest.draft(request_made, [card(title=f"A long title of survey {name} " * 5)]), folder)
        (folder / "findings.jsonl").write_text("", encoding="utf-8")
    seen = inspect(index.rebuild())
    assert seen.whole, seen
    for scripts, told in ((True, "1 of 2 reports"), (False, "2 reports")):
        context = browser.new_context(offline=True, java_script_enabled=scripts)
        tab = context.new_page()
        tab.goto(index.rebuild().as_uri())
        assert tab.locator(".report:visible").count() == 2
        tab.get_by_label("Source").focus()
        tab.keyboard.press("ArrowDown")
        tab.keyboard.press("ArrowDown")
        tab.keyboard.press("Enter")
        tab.locator(".report").first.wait_for(state="hidden")
        assert tab.locator(".report:visible h3").count() == 1
        assert tab.get_by_role("status").inner_text() == told
        context.close()


@pytest.mark.parametrize(("name", "charts"), [("01_data_passport", 5), ("02_degree", 4), ("04_remote_and_place", 4)])
def test_the_committed_notebooks_make_whole_pages(inspect: Inspect, project: Path, name: str, charts: int) -> None:
    executed = notebook.read(project / "notebooks" / f"{name}.ipynb")
    made = manifest.draft(request.ask(name), notebook.displays(executed, SOURCE_MIME))
    target = project / f"{name}.html"
    target.write_text(page.report(executed, made, notebook.displays(executed, FINDING_MIME)), encoding="utf-8")
    seen = inspect(target)
    assert seen.whole, seen
    assert seen.charts == charts
