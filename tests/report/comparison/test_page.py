"""Spec: the page of a comparison: whole, quiet, the same bytes twice, and drawn to one scale."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from salarylab.report.comparison import compare, forest, page, read

VOID = {"meta", "br", "img", "hr", "input", "link"}


def chart(title: str, pay: float = 40.0) -> dict[str, Any]:
    return {
        "title": title, "description": f"{title}: bars", "mark": "bar",
        "data": {"values": [{"level": "a", "pay": pay}]},
        "encoding": {"y": {"field": "level", "type": "nominal"}, "x": {"field": "pay", "type": "quantitative"}},
    }  # fmt: skip


class Opened(HTMLParser):
    """Read a page as a strict reader: every element closed, ids once, no script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += f" {data}"


@pytest.fixture
def made(tmp_path, report, finding, monkeypatch) -> str:
    """The page of two reports that differ in a finding, a chart, a parameter and a version."""
    monkeypatch.setenv("SALARYLAB_ROOT", str(tmp_path))
    card = {"key": "x", "headline": "Invented <b>people</b>", "synthetic": True, "files": []}
    manifest = {"sources": [card], "inputs": [], "parameters": {"level": "a & b"}, "packages": {"numpy": "2.4"}}
    later = manifest | {"parameters": {"level": "c"}, "packages": {"numpy": "2.5"}}
    subject = 'Premium of <script>alert("x")</script>'
    charts = [chart("Same"), chart("Other"), chart("First only")]
    a = report("one/default", finding(subject=subject), manifest=manifest, charts=charts)
    b = report("two/default", finding(subject=subject, value=0.5, low=0.46, high=0.54), finding(subject="new"),
               manifest=later, charts=[chart("Other", 50.0), chart("Same")])  # fmt: skip
    once, again = (page.page(compare(read(str(a)), read(str(b)))) for _ in range(2))
    assert once == again
    return once


def test_the_page_is_whole_and_holds_no_script(made: str, tmp_path: Path) -> None:
    opened = Opened(made)
    assert opened.open == []
    assert len(opened.ids) == len(set(opened.ids))
    assert "script" not in opened.tags
    assert "script-src 'none'" in made
    assert str(tmp_path) not in made
    assert "<b>people" not in made


def test_the_page_tells_what_differs(made: str) -> None:
    text = re.sub(r"\s+", " ", Opened(made).text)
    assert "Findings: 1 moved, 1 only in B." in text
    assert "+35.0% in A, +64.9% in B, +10 SE" in text
    for told in ("Same: the same", "Other: changed", "First only: only in A", "level a & b c changed", "numpy 2.4 2.5"):
        assert told in text
    assert "salarylab compare one/default two/default --threshold 1" in text


def test_equal_charts_are_drawn_once(made: str) -> None:
    assert Opened(made).tags.count("figure") == 4  # Same once, Other twice, First only once


def test_both_intervals_are_drawn_to_one_scale_and_told_in_words(finding, side) -> None:
    a, b = finding(value=0.1, low=0.0, high=0.2), finding(value=0.3, low=0.2, high=0.4)
    (change,) = compare(side(a), side(b)).changes
    scale = forest.scales([change])["log points"]
    drawn = forest.drawn(change, scale)
    assert (scale.low, scale.high) == (0.0, 0.4)
    middle = forest.WIDTH / 2
    assert drawn.zero == drawn.a.low == forest.MARGIN
    assert drawn.a.high == drawn.b.low == middle
    assert drawn.b.high == forest.WIDTH - forest.MARGIN
    assert drawn.label == ("A +10.5% (95% interval +0.0% to +22.1%); B +35.0% (95% interval +22.1% to +49.2%)")


def test_a_withheld_finding_has_no_mark(finding, side) -> None:
    hidden = finding(value=None, low=None, high=None, se=None, n=None, suppressed=True)
    (change,) = compare(side(finding()), side(hidden)).changes
    drawn = forest.drawn(change, forest.scales([change])["log points"])
    assert drawn.a is not None
    assert drawn.b is None
    (change,) = compare(side(hidden), side(hidden)).changes
    assert forest.drawn(change, None) is None


def test_a_page_opens_offline_on_a_phone(made: str, tmp_path: Path, browser: Any) -> None:
    written = tmp_path / "page.html"
    written.write_text(made, encoding="utf-8")
    tab = browser.new_page(viewport={"width": 390, "height": 844})
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.goto(written.as_uri())
    assert tab.evaluate("document.documentElement.scrollWidth") == 390
    assert tab.evaluate("document.querySelectorAll('figure .narrow svg').length") == 4
    assert said == []
    tab.close()
