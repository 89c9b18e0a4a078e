"""Spec: an answer is one output that every viewer shows whole, and from which programs read each part."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from salarylab.disclosure import release_counts
from salarylab.finding import FINDING_MIME, Finding
from salarylab.report import notebook
from salarylab.show.answer import FINDINGS_MIME, answer_bundle, words_of
from salarylab.show.figure import SVG_MIME, VEGALITE_MIME, Figure
from salarylab.show.tabulation import TABLE_MIME, Table

SPEC = {
    "data": {"values": [{"level": "a <b>", "pay": 40.5}, {"level": "b", "pay": 42.0}]},
    "mark": {"type": "bar", "clip": True},
    "encoding": {"y": {"field": "level", "type": "nominal"}, "x": {"field": "pay", "type": "quantitative"}},
}
FIGURE = Figure(SPEC, 'Pay by "level"')


def finding(subject: str, value: float = 0.1) -> Finding:
    return Finding(question="q", subject=subject, unit="log points", value=value, n=1200, smallest_cell=100)


FOUND = [finding("Premium"), finding("Gap", 0.3)]


@pytest.fixture
def table() -> Table:
    import polars as pl

    released = release_counts(pl.DataFrame({"level": ["a"], "n": [120]}), ["n"])
    return Table(released.then(lambda told: told.select(pl.all().cast(pl.String))), "Rows", "all", (), "rows")


def test_an_answer_holds_words_findings_figure_and_table(table: Table) -> None:
    bundle = answer_bundle("<p>A gap.</p>", "A gap.", FOUND, FIGURE, table, also={"application/x+json": {"a": 1}})
    assert bundle[FINDINGS_MIME] == [one.record() for one in FOUND]
    assert (bundle["text/plain"], bundle["application/x+json"]) == ("A gap.", {"a": 1})
    assert (bundle[VEGALITE_MIME], bundle[SVG_MIME]) == (SPEC, FIGURE.svg)
    assert bundle[TABLE_MIME] == table.record()
    assert words_of(bundle["text/html"]) == "<p>A gap.</p>"
    (picture,) = re.findall(
        '<img alt="Pay by &quot;level&quot;" src="data:image/svg.xml;base64,([^"]+)">', bundle["text/html"]
    )
    assert base64.b64decode(picture).decode() == FIGURE.svg
    assert bundle["text/html"].endswith(table.as_html())


def test_an_answer_without_exhibits_repeats_nothing() -> None:
    bundle = answer_bundle("<p>A gap.</p>", "A gap.", FOUND)
    assert set(bundle) == {FINDINGS_MIME, "text/html", "text/plain"}
    assert bundle["text/html"] == "<p>A gap.</p>"


def executed(*bundles: dict[str, Any]) -> Any:
    outputs = [new_output("display_data", data=json.loads(json.dumps(bundle))) for bundle in bundles]
    return new_notebook(cells=[new_code_cell("answer", execution_count=1, outputs=outputs)])


def test_findings_are_harvested_one_by_one_and_from_answers_in_order_each_once_zeros_left_out() -> None:
    nothing = Finding(question="q", subject="Rows repaired", unit="rows", value=0.0, n=1200, smallest_cell=1200)
    single = {FINDING_MIME: FOUND[1].record(), "text/plain": "b"}
    shown = executed(
        {FINDING_MIME: nothing.record(), "text/plain": "0"},
        answer_bundle("<p>A</p>", "A", [FOUND[0], nothing, finding("Third")], FIGURE),
        single,
        single,
    )
    assert [found["subject"] for found in notebook.findings(shown)] == ["Premium", "Third", "Gap"]


def test_an_answer_is_a_valid_output_that_nbconvert_shows_whole(table: Table) -> None:
    from nbconvert import HTMLExporter

    shown = executed(answer_bundle("<p>A gap.</p>", "A gap.", FOUND, FIGURE, table))
    nbformat.validate(shown)
    told, _ = HTMLExporter().from_notebook_node(shown)
    told = told[told.index("<body") :]
    assert told.index("<p>A gap.</p>") < told.index("data:image/svg+xml;base64,") < told.index("<table")


CELL = """\
import sys; sys.path.insert(0, {here!r})
import test_answer as t
from IPython.display import display
display(t.answer_bundle("<p>A gap.</p>", "A gap.", t.FOUND, t.FIGURE), raw=True)
display(t.FIGURE)"""


@pytest.mark.parametrize(("changed", "code"), [("", 0), ("41.5", 1)])
def test_nbval_compares_it_for_real(tmp_path: Path, changed: str, code: int) -> None:
    bundles = (answer_bundle("<p>A gap.</p>", "A gap.", FOUND, FIGURE), FIGURE._repr_mimebundle_())
    committed = executed(*bundles)
    committed.cells[0].source = CELL.format(here=str(Path(__file__).parent))
    if changed:  # another number in a picture alone
        committed.cells[0].outputs[1].data[SVG_MIME] = FIGURE.svg.replace(">40<", f">{changed}<", 1)
        assert committed.cells[0].outputs[1].data[SVG_MIME] != FIGURE.svg
    committed.metadata.kernelspec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(committed, tmp_path / "answer.ipynb")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--nbval", "-p", "no:cacheprovider", "answer.ipynb"],
        capture_output=True, text=True, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert ran.returncode == code, ran.stdout
