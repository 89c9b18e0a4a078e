"""The document of a report: what it says, in which order, and that nothing of it is code."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace
from typing import Any

import pytest

from salarylab.report.pdf import source
from salarylab.report.pdf.printing import compiled
from salarylab.report.pdf.sheet import sheet
from salarylab.show.typst import literal

HOUSE = source.HOUSE.read_text(encoding="utf-8")
PLANT = (
    '#eval("1") #read("/etc/passwd") "); #panic("ran") ] [ * _ $ ` \\ @x <x> // /* = + - ~ #import "@preview/x:0.1.0"'
)


def document(invented: SimpleNamespace, *cells: Any, **changed: Any) -> str:
    """Return what follows the house's own functions."""
    executed, made, findings = invented.made_from(cells, **changed)
    whole = source.document(executed, made, findings, name="invented/default", on=sheet("a4"))
    assert whole.startswith(HOUSE)
    return whole.removeprefix(HOUSE)


@pytest.fixture
def told(invented: SimpleNamespace) -> str:
    return document(
        invented,
        invented.cell(invented.card()),
        invented.written("## A section\n\nProse."),
        invented.cell(invented.finding(), invented.finding("doctorate against bachelor", caveats=("Few doctors",))),
        invented.cell(invented.chart()),
        invented.cell(invented.table()),
    )


def test_a_report_is_told_from_its_source_to_its_making(told: str) -> None:
    order = [
        '#banner(headline: "Invented people: no survey was taken.", origin: "An invented survey, Nobody.", synth',
        "Parameters set: level=master.",
        "== What we found",
        "The question.",
        "== A section",
        "#findings((",
        "#chart(",
        "table.header(",
        "== How this was made",
        "salarylab run invented --set level=master",
        "Nobody (2026), An invented survey. Licence: CC0.",
        '#link("https://example.org/")',
        '("a.csv", "1,200", raw("' + "0123" * 16,
        '("b.csv", "fewer than 10", ',
        '("no pay", "not told", "900"',
        '("Figure 1", "exhibits/01-figure-pay-by-degree.csv"',
        '("years", "empty"',
        "salarylab 0.1.0, Python 3.11, polars 2.1.0.",
        "cd" * 32,
        "ef" * 32,
    ]
    places = [told.find(words) for words in order]
    assert -1 not in places
    assert places == sorted(places)


def test_the_title_stands_once_and_code_not_at_all(told: str) -> None:
    assert told.count("How is pay?") == 1
    assert "secret_code" not in told
    assert "the source" not in told


def test_findings_stand_on_top_and_in_their_place_with_what_holds_for_all_told_once(told: str) -> None:
    for subject in ("master against bachelor", "doctorate against bachelor"):
        assert told.count(f"{subject}: +10.5% (95% interval +5.1% to +16.2%); about 1,200 rows.") == 2
    assert told.count("Invented people: no survey was taken. Standard errors: HC2.") == 1
    assert '"Few doctors."),' in told


def test_exhibits_are_numbered_as_in_the_manifest(invented: SimpleNamespace) -> None:
    cells = [
        invented.cell(invented.chart("One"), invented.table()),
        invented.cell(invented.table(), invented.chart("Two")),
    ]
    executed, made, findings = invented.made_from(cells)
    assert [exhibit["number"] for exhibit in made.exhibits] == ["Figure 1", "Table 1", "Table 2", "Figure 2"]
    told = source.document(executed, made, findings, name="x", on=sheet("a4")).removeprefix(HOUSE)
    assert [told.find(f"number: {n}, width") < told.find(f'title: "{name}"') for n, name in ((1, "One"), (2, "Two"))]
    assert told.index('numbering: _ => "1"') < told.index('numbering: _ => "2"') < told.index('title: "Two"')


def test_real_and_unknown_sources_say_so(invented: SimpleNamespace) -> None:
    told = document(invented, invented.cell(invented.card(synthetic=False)))
    assert "synthetic: false)" in told
    assert "synthetic: true" not in told
    assert "nothing is known of the origin" in document(invented)


def test_a_table_told_in_html_only_is_named_not_parsed(invented: SimpleNamespace) -> None:
    told = document(
        invented, invented.cell({"text/html": "<table><td>77</td></table>", "text/plain": "Gaps (3 lines)"})
    )
    assert '#note("Gaps (3 lines). Not printed:' in told
    assert "77" not in told


def test_text_and_pictures_are_printed(invented: SimpleNamespace) -> None:
    from nbformat.v4 import new_code_cell, new_output

    printed = new_code_cell("", outputs=[new_output("stream", text="two\nlines\n")])
    picture = {"image/png": "aGVsbG8=", "text/plain": "a plot"}
    told = document(invented, printed, invented.cell({"text/plain": "one line"}, picture))
    assert '#printed("two\\nlines")' in told
    assert '#note("one line")' in told
    assert '#picture((104, 101, 108, 108, 111), alt: "a plot")' in told


def test_nothing_that_comes_from_data_is_code(invented: SimpleNamespace) -> None:
    cells = [
        invented.cell(invented.card(**dict.fromkeys(("title", "headline", "publisher", "citation", "licence"), PLANT))),
        invented.cell(invented.card(home=f"https://{PLANT}", files=[{"name": PLANT, "sha256": PLANT, "rows": 20}])),
        invented.cell(invented.finding(PLANT, headline=PLANT, caveats=(PLANT,))),
        invented.cell(invented.chart(PLANT, levels=[PLANT, "b"])),
        invented.cell(invented.table([PLANT, "b"], [[PLANT, PLANT]])),
        invented.cell({"text/plain": PLANT}, {"text/plain": f"{PLANT}\n{PLANT}"}),
    ]
    parameters: dict[str, Any] = {PLANT: PLANT}
    told = document(invented, *cells, title=PLANT, settings=[PLANT], command=PLANT, parameters=parameters)
    assert told.count(literal(PLANT)[1:-1]) > 20
    code = re.sub(r'"(?:[^"\\]|\\.)*"', "text", told)
    assert [word for word in ("eval", "read", "panic", "import", "@") if word in code] == []
    assert compiled(HOUSE + told).startswith(b"%PDF")


def test_a_document_reads_no_file_and_is_the_same_twice(invented: SimpleNamespace) -> None:
    cells = [invented.cell(invented.card()), invented.cell(invented.chart(), invented.table())]
    one, two = (document(invented, *cells) for _ in range(2))
    assert one == two
    assert not [name for name in ("#read", "#include", "#import", 'image("') if name in HOUSE + one]


def test_the_committed_notebooks_lose_nothing(request_notebook: Any) -> None:
    executed, told = request_notebook
    assert told.count("#chart(") == len([b for b in bundles(executed) if any("vegalite" in mime for mime in b)])
    for bundle in bundles(executed):
        for mime, record in bundle.items():
            if mime.endswith("finding+json"):
                assert told.count(literal(record["sentence"])) >= 2
            if mime.endswith("salarylab.table+json"):
                words = [*record["columns"], *(cell for row in record["rows"] for cell in row), *record["notes"]]
                assert [word for word in words if word and literal(word) not in told] == []


def bundles(executed: Any) -> list[dict[str, Any]]:
    outputs = [output for cell in executed.cells for output in cell.get("outputs", [])]
    return [json.loads(json.dumps(output.get("data", {}))) for output in outputs]


@pytest.fixture(params=["01_data_passport", "02_degree", "04_remote_and_place"])
def request_notebook(request: pytest.FixtureRequest, invented: SimpleNamespace) -> tuple[Any, str]:
    from salarylab.report import notebook

    executed = notebook.read(notebook.find(request.param))
    _, made, _ = invented.made_from([])
    findings = notebook.displays(executed, "application/vnd.salarylab.finding+json")
    whole = source.document(executed, made, findings, name=request.param, on=sheet("a4"))
    return executed, whole.removeprefix(HOUSE)
