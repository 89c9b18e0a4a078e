"""Spec: what a page says, in which order, and that nothing foreign becomes markup."""

from __future__ import annotations

import dataclasses
import html
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from salarylab.finding import FINDING_MIME
from salarylab.records.table import SOURCE_MIME
from salarylab.report import exhibits, page
from salarylab.report.manifest import Manifest
from salarylab.report.notebook import findings as harvest
from salarylab.show.answer import EXHIBITS, FINDINGS_MIME
from salarylab.show.tabulation import TABLE_MIME

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


def render(outputs: list[Any], made: Manifest = MADE, sentence: str = "The finding.", *, static: bool = False) -> str:
    cells = [new_markdown_cell("# A title\n\n## A part"), new_code_cell("secret_code(1 < 2)", outputs=outputs)]
    return page.report(new_notebook(cells=cells), made, [{"sentence": sentence}], static=static)


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
    order = ("Synthetic", "Caveat", "Pay differs by 10%.", "Licence: ", "A part")
    assert [body.index(part) for part in order] == sorted(body.index(part) for part in order)
    assert body.index("A part") < body.index("How this was made")
    assert "12,345" in body
    assert body.count("<h1>") == 1


def found(sentence: str, **told: Any) -> Any:
    markup = (
        f'<blockquote class="finding"><p>{sentence}</p><ul><li>{html.escape(CARD["headline"])}</li></ul></blockquote>'
    )
    record = {"sentence": sentence, "population": ["works", "is paid"]} | told
    return new_output("display_data", data={FINDING_MIME: record, "text/html": markup, "text/plain": sentence})


def answered(*cells: list[Any], findings: int = 1) -> str:
    """Return the body of the page of a notebook: prose, and cells that show these outputs."""
    notebook = new_notebook(
        cells=[new_markdown_cell("# A title\n\nWhy."), new_markdown_cell("## A part\n\n### Within")]
    )
    notebook.cells += [new_code_cell(f"cell_{i}()", outputs=outputs) for i, outputs in enumerate(cells)]
    told = page.report(notebook, dataclasses.replace(MADE, settings=[]), harvest(notebook)[:findings], static=True)
    return told[told.index("<body>") :]


def in_order(told: str, *parts: str) -> bool:
    places = [told.index(part) for part in parts]
    return places == sorted(places)


def test_the_first_answer_and_its_figure_stand_before_all_else() -> None:
    told = answered([new_output("stream", text="printed")], [chart(description="One")], [found("Gap of 10%.")])
    parts = ("<h1>A title", "Caveat", "Gap of 10%.", "<svg", "Analysed: works; is paid.", 'id="contents"', "Why.")
    assert in_order(told, *parts, "<summary>Code", "printed", "cell_2")
    assert told.count("<figure") == told.count("Gap of 10%.") == 1


def test_an_answer_of_one_output_shows_its_words_then_its_figure_and_its_table() -> None:
    record = {"sentence": "A bachelor's goes with 10% more.", "population": []}
    table = {"title": "Rungs", "subtitle": "", "columns": ["a"], "rows": [["1"]], "notes": []}
    markup = f"<p>A bachelor&#x27;s goes with <b>10%</b> more.</p>{EXHIBITS}<img src='data:image/svg+xml;base64,AAAA'>"
    data = {FINDINGS_MIME: [record], TABLE_MIME: table, "text/html": markup, "text/plain": "x"}
    told = answered(
        [chart(description="Early")], [new_output("display_data", data=data | chart(description="Late").data)]
    )
    assert in_order(
        told, "<h1>", "goes with <b>10%</b> more", "Figure 2.", "Late", 'id="contents"', "Figure 1.", "Table 1."
    )
    assert "10% more" not in told
    assert "data:image/svg+xml" not in told


def test_a_figure_that_prose_parts_from_the_answer_stays_where_it_is() -> None:
    cells = [new_markdown_cell("# A title"), new_code_cell("a", outputs=[found("Gap.")]), new_markdown_cell("Prose.")]
    notebook = new_notebook(cells=[*cells, new_code_cell("b", outputs=[chart()])])
    told = page.report(notebook, MADE, harvest(notebook), static=True)
    assert in_order(told[told.index("<body>") :], "Gap.", "Licence: ", "Prose.", "<svg")


def test_the_first_sentence_is_the_headline_where_the_answer_says_it_in_other_words() -> None:
    data = {FINDINGS_MIME: [{"sentence": "Gap: +10%."}], "text/html": "<p>Much more.</p>", "text/plain": "x"}
    told = answered([new_output("display_data", data=data)])
    assert in_order(told, "Caveat", "Gap: +10%.", "Much more.", 'id="contents"')


def test_no_sentence_stands_twice() -> None:
    nothing = found("Nothing: 0 rows.", unit="rows", value=0)
    told = answered([nothing], [found("Gap of 10%.")], [found("Gap of 10%."), found("Gap of 5%.")], findings=3)
    assert [told.count(part) for part in ("Gap of 10%.", "Gap of 5%.")] == [1, 1]
    assert told.count(html.escape(CARD["headline"])) == 1  # though each finding has it among its notes
    assert "<ul></ul>" not in told
    assert in_order(told, "Gap of 10%.", 'id="contents"', "Nothing: 0 rows.")


def test_the_source_is_told_above_and_not_where_the_notebook_shows_it() -> None:
    source = {SOURCE_MIME: CARD, "text/html": "<p>The card again.</p>", "text/plain": "The card again."}
    assert "The card again." not in answered([new_output("display_data", data=source)])


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


def test_each_page_of_the_same_notebook_is_the_same_whatever_the_order_of_its_keys() -> None:
    once = render([chart(), chart()])
    assert once == render([chart(), chart()])
    turned = dict(reversed(chart().data["application/vnd.vegalite.v5+json"].items()))
    turned["data"] = {"values": [dict(reversed(row.items())) for row in turned["data"]["values"]]}
    assert once == render([chart(), chart(**turned)])


def test_a_page_is_the_same_in_another_process() -> None:
    told = "import sys; sys.path.insert(0, sys.argv[1]); import test_page as t; print(t.render([t.chart()]), end='')"
    command = [sys.executable, "-c", told, str(Path(__file__).parent)]
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"  # another order of sets than here
    ran = subprocess.run(command, capture_output=True, check=True, env=os.environ | {"PYTHONHASHSEED": seed})
    assert ran.stdout == render([chart()]).encode()


def test_a_static_page_has_no_script_and_the_same_drawings() -> None:
    live, static = render([chart(), chart()]), render([chart(), chart()], static=True)
    assert "script-src 'none'" in static
    assert "<script" not in static
    drawings = re.findall(r"<svg.*?</svg>", static, flags=re.DOTALL)
    assert len(drawings) == 4  # each for a desk and for a phone
    assert all(drawing in live for drawing in drawings)
    assert static.count('<details class="numbers">') == 2


def test_figures_and_tables_are_numbered_as_the_exhibits_are() -> None:
    table = {
        "title": f"Pay {PLANTED}",
        "subtitle": "",
        "columns": ["a", "b"],
        "rows": [["x", PLANTED]],
        "notes": [PLANTED],
    }
    outputs = [
        chart(title="First"),
        new_output("execute_result", data={TABLE_MIME: table, "text/html": PLANTED, "text/plain": "t"}),
        chart(title={"text": ["Second", "line"], "subtitle": "below"}),
    ]
    told = render(outputs)
    captions = re.findall(r"<figcaption[^>]*>(.*?)</figcaption>", told, flags=re.DOTALL)
    said = [" ".join(html.unescape(re.sub("<[^>]+>", " ", caption)).split()) for caption in captions]
    found = exhibits.collect(new_notebook(cells=[new_code_cell("x", outputs=outputs)]))
    assert said == ["Figure 1. First", f"Table 1. Pay {PLANTED}", "Figure 2. Second line below"]
    assert [f"{one.number}. {one.title}" for one in found] == [*said[:2], "Figure 2. Second line"]
    assert told.count("&lt;script&gt;alert(1)") >= 4


def test_the_page_tells_rows_exhibits_and_what_decides_the_result() -> None:
    stages = [{"stage": "raw", "reason": "rows in the raw files", "rows_lost": None, "rows_left": 12_300}]
    exhibit = {"number": "Figure 1", "title": PLANTED, "file": "exhibits/01-figure-pay.csv"}
    made = dataclasses.replace(
        MADE, stages=[{"source": "demo", "stages": stages}], exhibits=[exhibit], lock="b" * 64, seed=7
    )
    told = render([], made)
    foot = told[told.index("How this was made") :]
    assert "12,300" in foot
    assert "not told" in foot
    assert '<a href="exhibits/01-figure-pay.csv">Figure 1</a> &lt;script&gt;' in foot
    assert "b" * 64 in foot
    assert "Seed: <code>7</code>" in foot
    assert "salarylab run r" in foot


def test_the_contents_list_the_headings() -> None:
    told = render([])
    assert "<nav" not in told  # one heading needs no list
    cells = [new_markdown_cell("# A title\n\n## One\n\n### Deeper\n\n## Two[^1]\n\n[^1]: A note.")]
    told = page.report(new_notebook(cells=cells), MADE, [])
    nav = told[told.index("<nav") : told.index("</nav>")]
    assert re.findall(r'href="#([^"]+)"', nav) == ["part-one", "part-deeper", "part-two", "notes", "how-made"]
    assert all(f'id="{name}"' in told for name in re.findall(r'href="#([^"]+)"', nav))
