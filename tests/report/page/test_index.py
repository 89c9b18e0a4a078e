"""Spec: what the index tells of reports, good and failed, and which of them a choice leaves."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from salarylab.report.page import index

PLANTED = "<script>alert(1)</script>"


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SALARYLAB_ROOT", str(tmp_path))
    return tmp_path / "reports"


def publish(reports: Path, name: str, *, sources: tuple[str, ...] = ("One",), questions: tuple[str, ...] = ()) -> None:
    folder = reports / name / "default"
    folder.mkdir(parents=True)
    cards = [{"title": title, "headline": f"Caveat of {title}", "synthetic": title == "Made up"} for title in sources]
    made = {"title": f"Title of {name}", "settings": [], "sources": cards}
    (folder / "manifest.json").write_text(json.dumps(made), encoding="utf-8")
    lines = [json.dumps({"question": q, "sentence": f"Sentence {i}."}) + "\n" for i, q in enumerate(questions, 1)]
    (folder / "findings.jsonl").write_text("".join(lines), encoding="utf-8")


def fail(reports: Path, name: str) -> None:
    folder = reports / "_failed" / name / "default"
    folder.mkdir(parents=True)
    told: dict[str, Any] = {"title": f"Title of {name}", "settings": ["a=1"], "cell": 2, "source": "x"}
    told |= {"error": "ValueError", "value": f"{PLANTED}\nmore", "line": None}
    (folder / "error.json").write_text(json.dumps(told), encoding="utf-8")


def cards(page: str) -> dict[str, str]:
    """Return each report's card by its title."""
    found = re.findall(r'<li class="(card[^"]*)">(.*?)</li>', page, flags=re.DOTALL)
    return {f"{re.findall('>([^<]+)</a>', body)[0]}: {kind}": body for kind, body in found}


def rebuilt() -> str:
    return index.rebuild().read_text(encoding="utf-8")


def test_each_report_is_told_with_its_status_and_one_finding(reports: Path) -> None:
    publish(reports, "a", sources=("Made up",), questions=("log_pay ~ education", "log_pay ~ education + year"))
    publish(reports, "b")
    fail(reports, "b")
    fail(reports, "c")
    told = cards(rebuilt())
    assert list(told) == [
        "Title of a: card report source-0 factor-0",
        "Title of b: card report source-1",
        "Title of b: card failed",
        "Title of c: card failed",
    ]
    good, old, refused, _ = told.values()
    assert "Synthetic" in good
    assert "Sentence 1." in good
    assert "Sentence 2." not in good
    assert ">Built<" in good
    assert "its last build failed" in old
    assert "in cell 3: ValueError: &lt;script&gt;alert(1)&lt;/script&gt;" in refused
    assert "still stands" in refused


def test_reports_are_chosen_by_source_and_by_the_factor_asked_about(reports: Path) -> None:
    publish(reports, "a", sources=("One", "Two"), questions=("log_pay ~ work_mode + education", "Rows analysed"))
    publish(reports, "b", sources=("Two",), questions=("log_pay ~ education",))
    told = rebuilt()
    assert re.findall(r'<option value="\d">([^<]+)</option>', told) == [
        "One (1)",
        "Two (2)",
        "education (1)",
        "work mode (1)",
    ]
    assert list(cards(told)) == [
        "Title of a: card report source-0 source-1 factor-1",
        "Title of b: card report source-1 factor-0",
    ]
    assert 'main:has(#factor [value="1"]:checked) .report:not(.factor-1) { display: none; }' in told


def test_what_cannot_tell_reports_apart_is_no_filter(reports: Path) -> None:
    publish(reports, "a", questions=("log_pay ~ education",))
    publish(reports, "b", questions=("log_pay ~ education",))
    told = rebuilt()
    assert "<select" not in told
    assert "script-src 'none'" in told


def test_nothing_foreign_becomes_markup_or_style(reports: Path) -> None:
    for name, planted in (("a", PLANTED), ("b", "} body { display: none } </style><b>")):
        publish(reports, name, sources=(planted,), questions=(f"log_pay ~ x{planted}",))
    told = rebuilt()
    assert told.count("<script") == 1
    assert told.count("</style>") == 1
    assert "} body {" not in told[: told.index("</style>")]


def test_what_cannot_be_read_is_told_and_keeps_no_other_from_the_index(reports: Path) -> None:
    for name in ("a", "b", "c"):
        publish(reports, name)
    (reports / "a/default/manifest.json").write_text('{"title": "cut', encoding="utf-8")
    (reports / "b/default/findings.jsonl").unlink()
    fail(reports, "d")
    (reports / "_failed/d/default/error.json").write_text("{}", encoding="utf-8")
    told = cards(rebuilt())
    assert list(told) == ["Title of c: card report", *(f"{name}/default: card failed" for name in "abd")]
    assert "build it again, or remove its folder" in told["a/default: card failed"]


def test_a_name_is_an_address_and_nothing_else(reports: Path) -> None:
    publish(reports, "javascript:alert(1)#100% of pay?")
    assert 'href="javascript%3Aalert%281%29%23100%25%20of%20pay%3F/default/index.html"' in rebuilt()


def test_an_error_without_end_is_cut(reports: Path) -> None:
    fail(reports, "a")
    record = reports / "_failed/a/default/error.json"
    record.write_text(
        json.dumps(json.loads(record.read_text(encoding="utf-8")) | {"value": "x" * 10**6}), encoding="utf-8"
    )
    assert len(rebuilt()) < 30_000


def test_without_reports_the_page_says_how_to_build_them(reports: Path) -> None:
    reports.mkdir()
    assert "No report has been built yet" in rebuilt()
