"""Spec: a question that a source never asked ends in a page that says so: before a kernel starts, or after a run."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import nbformat
import pytest

from salarylab.errors import ReportError
from salarylab.report import key, manifest, published, state
from salarylab.report import run as runner
from salarylab.report.asking import request
from salarylab.report.asking.unasked import unasked
from salarylab.report.page import index
from salarylab.report.run import retell, run
from salarylab.unanswered import Unanswered

IMPORT = "from invented import *\ncard(source)"
ASK = """\
from salarylab.unanswered import Unanswered
answer = Unanswered("invented never asked degrees", "Not asked")
answer"""
AFTER = "answer.ladder\nfinding(level)\nchart()"
NEVER = "Not asked: datajobs never asked education, org size."


def declare(path: Path, asks: object) -> None:
    """State in a notebook's metadata which columns its question needs."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["salarylab"] = {"asks": asks}
    nbformat.write(notebook, path)


def texts(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index("<body>") :])))


def test_nothing_is_executed_where_the_parameters_tell_it(write_notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_notebook([IMPORT, "finding(level)"])
    monkeypatch.setattr(runner, "execute", lambda *_, **__: pytest.fail("executed"))
    declare(path, ["education", "role", "org_size"])
    asked = request.ask("tiny", ["source=datajobs", "level=doctorate"])
    outcome = run(asked)
    assert (str(outcome.lacking), outcome.findings, outcome.failure) == (NEVER, [], None)
    made = manifest.read(outcome.folder / "manifest.json")
    assert (made.status, made.unanswered, made.exhibits, made.stages) == ("not asked", NEVER, [], [])
    page = (outcome.folder / "index.html").read_text(encoding="utf-8")
    told = texts(page)
    first = ("The tiny question", made.sources[0]["headline"], NEVER, made.sources[0]["licence"], "How this was made")
    assert [told.index(part) for part in first] == sorted(told.index(part) for part in first)
    assert told.count(NEVER) == 1
    assert "master against" not in told
    published_notebook = nbformat.read(outcome.folder / "notebook.ipynb", as_version=4)
    assert 'source = "datajobs"' in published_notebook.cells[2].source
    assert not any(cell.get("outputs") for cell in published_notebook.cells)
    assert state.state(asked, key.key(asked)).verdict == "fresh"
    files = {file.name: file.read_bytes() for file in outcome.folder.iterdir() if file.name != "run.json"}
    for again in (run, retell):
        folder = again(asked).folder
        assert {name: (folder / name).read_bytes() for name in files} == files


def test_the_demo_is_asked_all_the_same_and_a_change_of_what_is_asked_is_seen(write_notebook) -> None:
    path = write_notebook([IMPORT, "finding(level)"])
    declare(path, ["education"])
    asked = request.ask("tiny")
    assert unasked(asked) is None
    assert len(run(asked).findings) == 1
    assert state.state(asked, key.key(asked)).verdict == "fresh"
    declare(path, [])
    assert state.state(asked, key.key(asked)).reasons == ("code cells changed",)


@pytest.mark.parametrize(
    ("asks", "told"),
    [("education", "a list of canonical"), ([1], "a list of canonical"), (["educaton"], "did you mean 'education'")],
)  # fmt: skip
def test_what_is_no_column_is_refused_before_anything_runs(write_notebook, asks: object, told: str) -> None:
    declare(write_notebook([IMPORT]), asks)
    with pytest.raises(ReportError, match=told):
        request.ask("tiny")


def test_an_own_file_is_read_before_it_is_said_to_lack_something(write_notebook, write_mapping) -> None:
    path = write_notebook([IMPORT])
    declare(path, ["education"])
    write_mapping(path.parents[1] / "mapping.toml")
    assert unasked(request.ask("tiny", ["source=own:mapping.toml"])) is None


def test_a_notebook_whose_first_answer_is_none_says_so_and_nothing_else(write_notebook) -> None:
    write_notebook([IMPORT, ASK, AFTER])
    outcome = run(request.ask("tiny"))
    assert outcome.lacking == Unanswered("invented never asked degrees", "Not asked")
    assert sorted(path.name for path in outcome.folder.iterdir()) == [
        "findings.jsonl", "index.html", "manifest.json", "notebook.ipynb", "run.json"
    ]  # fmt: skip
    assert (outcome.folder / "findings.jsonl").read_text(encoding="utf-8") == ""
    page = texts((outcome.folder / "index.html").read_text(encoding="utf-8"))
    assert page.count("invented never asked degrees") == 1
    assert "Invented people: no survey was taken" in page
    assert "master against secondary" not in page
    assert published.first_finding(outcome.request.folder) is None


def test_one_that_comes_after_an_answer_is_part_of_a_good_report_and_said_once(write_notebook) -> None:
    write_notebook([IMPORT, "finding(level)", ASK, "answer", "answer.ladder"])
    outcome = run(request.ask("tiny"))
    assert (outcome.lacking, len(outcome.findings)) == (None, 1)
    assert manifest.read(outcome.folder / "manifest.json").status == "good"
    page = (outcome.folder / "index.html").read_text(encoding="utf-8")
    assert texts(page).count("Not asked: invented never asked degrees.") == 1


def test_the_index_lists_it_under_a_heading_of_its_own(write_notebook) -> None:
    declare(write_notebook([IMPORT, "finding(level)"]), ["education"])
    for source in ("demo", "datajobs"):
        run(request.ask("tiny", [f"source={source}"]))
    told = index.rebuild().read_text(encoding="utf-8")
    good, _, unanswered = told.partition('<h2 id="not-asked">Not asked</h2>')
    assert "master against secondary" in good
    assert "never asked" not in good[good.index("<body>") :]
    assert "Not asked: datajobs never asked education." in unanswered
    assert "source=datajobs" in unanswered
    assert '<p role="status">1 report</p>' in good


def test_the_manifest_of_a_good_report_has_no_reason(write_notebook) -> None:
    write_notebook([IMPORT, "finding(level)"])
    kept = json.loads((run(request.ask("tiny")).folder / "manifest.json").read_text(encoding="utf-8"))
    assert (kept["status"], kept["unanswered"]) == ("good", "")
