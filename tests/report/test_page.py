"""Spec: what a page says, in which order, and that nothing foreign becomes markup."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from salarylab.report import page
from salarylab.report.manifest import Manifest

PLANTED = "<script>alert(1)</script><img src=x onerror=alert(2)>"
CARD = {
    "key": "demo",
    "title": PLANTED,
    "headline": f"Caveat {PLANTED}",
    "publisher": PLANTED,
    "home": "javascript:alert(3)",
    "citation": PLANTED,
    "licence": PLANTED,
    "synthetic": True,
    "files": [{"name": PLANTED, "sha256": "f" * 64, "rows": 12_345}],
    "raw_rows": 12_345,
}
MADE = Manifest(
    report="r",
    title="A title",
    parameters={"level": PLANTED},
    settings=[f"level={PLANTED}"],
    command="salarylab run r",
    notebook={"name": "r.ipynb", "sha256": "a" * 64},
    sources=[CARD],
    inputs=[],
    library="0.1.0",
    packages={"polars": "2.1.0"},
    python="3.11",
)


def render(outputs: list[Any], made: Manifest = MADE, sentence: str = "The finding.") -> str:
    cells = [new_markdown_cell("# A title\n\n## A part"), new_code_cell("secret_code(1 < 2)", outputs=outputs)]
    return page.report(new_notebook(cells=cells), made, [{"sentence": sentence}])


def chart(**changed: Any) -> Any:
    values = [{"a": PLANTED, "b": 1.25}, {"a": "x", "b": 45_300.0}]
    x, y = {"field": "a", "type": "nominal"}, {"field": "b", "type": "quantitative"}
    spec = {"description": PLANTED, "data": {"values": values}, "mark": "point", "encoding": {"x": x, "y": y}}
    return new_output("display_data", data={"application/vnd.vegalite.v5+json": spec | changed, "text/plain": "c"})


def test_nothing_foreign_becomes_markup_anywhere() -> None:
    outputs = [
        new_output("display_data", data={"text/plain": PLANTED}),
        new_output("display_data", data={"text/html": f"<p>{PLANTED}</p>", "text/plain": PLANTED}),
        new_output("display_data", data={"image/svg+xml": f"<svg>{PLANTED}</svg>", "text/plain": PLANTED}),
        new_output("display_data", data={"application/javascript": "alert(1)", "text/plain": PLANTED}),
        new_output("display_data", data={"text/markdown": PLANTED, "text/plain": PLANTED}),
        new_output("stream", name="stdout", text=PLANTED),
        new_output("error", ename="E", evalue=PLANTED, traceback=[PLANTED]),
        chart(),
    ]
    told = render(outputs, sentence=PLANTED)
    assert told.count("&lt;script&gt;alert(1)") >= 12
    scripts = re.findall(r"<script[^>]*>(.{0,40})", told, flags=re.DOTALL)
    assert len(scripts) == 3  # the chart's specification, the bundle, and the one that starts it
    assert not any("alert" in script for script in scripts)
    assert not re.search(r"<[^>]*\sonerror=(?![^<]*&gt;)", re.sub(r"<script.*?</script>", "", told, flags=re.DOTALL))
    assert 'href="javascript' not in told


def test_the_headline_comes_before_any_number_and_synthetic_is_marked() -> None:
    told = render([], dataclasses.replace(MADE, settings=[], parameters={}), sentence="Pay differs by 10%.")
    body = told[told.index("<body>") :]
    text = re.sub(r"<[^>]+>", " ", body)
    assert not re.search(r"\d", text[: text.index("Caveat")])
    assert body.index("Synthetic") < body.index("Caveat") < body.index("What we found") < body.index("A part")
    assert body.index("A part") < body.index("How this was made")
    assert "12,345" in body
    assert body.count("<h1>") == 1


def test_a_page_without_a_source_says_so() -> None:
    assert "shows no source" in render([], dataclasses.replace(MADE, sources=[]))


def test_code_is_folded_away() -> None:
    told = render([])
    assert re.search(r'<details class="code"><summary>Code</summary>.*secret_code.*</details>', told, flags=re.DOTALL)


def test_scripts_come_with_charts_only() -> None:
    assert "script-src 'none'" in render([])
    one, two = render([chart()]), render([chart(), chart()])
    assert one.count("'sha256-") == two.count("'sha256-") == 2
    assert len(two) - len(one) < 20_000  # one bundle, whatever the number of charts
    assert 'id="figure-2"' in two
    assert re.search(r'<div class="chart-static" role="img" aria-label="[^"]+"><svg', one)


def test_each_page_of_the_same_notebook_is_the_same() -> None:
    assert render([chart(), chart()]) == render([chart(), chart()])
