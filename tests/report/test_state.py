"""Spec: a report is run again for what decides its numbers, told again for what decides its page, and says why."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from salarylab.report import failure, key, runlog, state
from salarylab.report.asking import request
from salarylab.report.asking.request import Request
from salarylab.report.run import retell, run
from salarylab.report.state import State

READS = "from invented import *\ncard(source)\nread()"


def now(asked: Request, *, static: bool = False) -> State:
    return state.state(asked, key.key(asked, static=static))


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A raw file of an invented source in the project that ``write_notebook`` makes."""
    path = tmp_path / "project" / "data" / "raw" / "invented" / "pay.csv"
    path.parent.mkdir(parents=True)
    path.write_text("pay\n1\n", encoding="utf-8")
    return path


def edit(path: Path, kind: str, source: str) -> None:
    notebook = nbformat.read(path, as_version=4)
    next(cell for cell in reversed(notebook.cells) if cell.cell_type == kind).source = source
    nbformat.write(notebook, path)


def attach(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0]["attachments"] = {"a.png": {"image/png": "AAAA"}}
    nbformat.write(notebook, path)


def test_the_tags_of_a_code_cell_decide_numbers(write_notebook) -> None:
    path = write_notebook(["finding(level)"])
    before = key.key(request.ask("tiny"))
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[-1]["metadata"]["tags"] = ["raises-exception"]
    nbformat.write(notebook, path)
    after = key.key(request.ask("tiny"))
    assert (after.code == before.code, after.text == before.text) == (False, True)


def test_every_change_is_seen_and_named(write_notebook, raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_notebook([READS, "finding(level)"])
    root = path.parents[1]
    asked = request.ask("tiny")
    assert now(asked) == State(("never built",))
    folder = run(asked).folder
    assert now(asked).verdict == "fresh"
    written, committed = raw.read_bytes(), path.read_bytes()
    raw.with_name("pay.csv.sha256").touch()  # the record of a first arrival is no data
    os.utime(raw, ns=(1, 1))
    assert now(asked) == State()

    def expect(change: Callable[[], object], undo: Callable[[], object], verdict: str, reason: str) -> None:
        change()
        found = now(asked)
        assert (found.verdict, found.reasons) == (verdict, (reason,))
        undo()
        assert now(asked) == State()

    def restore() -> None:
        path.write_bytes(committed)

    expect(lambda: raw.write_text("pay\n2\n"), lambda: raw.write_bytes(written), "stale", "pay.csv changed")
    expect(raw.unlink, lambda: raw.write_bytes(written), "stale", "pay.csv is gone")
    other = raw.with_name("more.csv")
    expect(other.touch, other.unlink, "stale", "more.csv came to data/raw/invented")
    expect(lambda: edit(path, "code", "finding('bachelor')"), restore, "stale", "code cells changed")
    expect(lambda: edit(path, "markdown", "# Another title"), restore, "page", "title or prose changed")
    expect(lambda: attach(path), restore, "page", "title or prose changed")
    module = path.with_name("invented.py")
    source = module.read_text(encoding="utf-8")
    reason = "a module beside the notebook changed"
    expect(lambda: module.write_text(f"{source}\n"), lambda: module.write_text(source), "stale", reason)
    package = path.with_name("package") / "__init__.py"
    package.parent.mkdir()
    expect(package.touch, package.unlink, "stale", reason)
    lock = root / "requirements.lock"
    expect(lambda: lock.write_text("polars"), lock.unlink, "stale", "requirements.lock changed")
    page, findings = folder / "index.html", folder / "findings.jsonl"
    told = {file: file.read_bytes() for file in (page, findings)}
    expect(page.unlink, lambda: page.write_bytes(told[page]), "page", "index.html is not as it was built")
    record = failure.record(asked) / failure.FILE
    record.parent.mkdir(parents=True)
    expect(record.touch, record.unlink, "stale", "its last build failed")
    log = folder / runlog.FILE
    kept = log.read_text(encoding="utf-8")
    older = "built by another version of salarylab"
    expect(lambda: log.write_text("{}"), lambda: log.write_text(kept), "stale", older)
    assert now(request.ask("tiny", ["level=bachelor"])).reasons == ("never built",)
    assert now(asked, static=True).verdict == "page"
    installed = state._installed
    monkeypatch.setattr(state, "_installed", lambda name: "0.1" if name == "polars" else installed(name))
    (reason,) = now(asked).rerun
    assert reason.startswith("polars 0.1 instead of ")


def test_the_library_and_its_templates_are_parts_of_the_key(
    write_notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_notebook([])
    package = tmp_path / "package"
    (package / "show" / "templates").mkdir(parents=True)
    monkeypatch.setattr(key, "PACKAGE", package)
    monkeypatch.setattr(key, "TEMPLATES", package / "show" / "templates")
    seen = []
    for name in ("module.py", "show/templates/page.css", "__pycache__/module.pyc"):
        (package / name).parent.mkdir(exist_ok=True)
        (package / name).write_text("x", encoding="utf-8")
        key._library.cache_clear()
        key._templates.cache_clear()
        seen.append(key.key(request.ask("tiny")))
    key._library.cache_clear()
    key._templates.cache_clear()
    module, template, compiled = seen
    assert module.library == template.library
    assert module.templates != template.templates
    assert compiled == template


def test_a_page_told_again_is_the_page_of_a_new_run(write_notebook) -> None:
    path = write_notebook(["from invented import *\ncard(source)", "chart()\nfinding(level)"])
    asked = request.ask("tiny", ["level=doctorate"])
    run(asked)
    edit(path, "markdown", "# Another title\n\nAnd why.")
    asked = request.ask("tiny", ["level=doctorate"])
    assert now(asked).verdict == "page"
    folder = retell(asked).folder
    assert now(asked) == State()
    told = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
    assert b"Another title" in told["index.html"]
    again = run(asked).folder
    del told["run.json"]
    assert told == {name: (again / name).read_bytes() for name in told}


def test_a_project_may_move(write_notebook, raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_notebook([READS])
    run(request.ask("tiny"))
    moved = (tmp_path / "project").rename(tmp_path / "elsewhere")
    monkeypatch.setenv("SALARYLAB_ROOT", str(moved))
    monkeypatch.chdir(moved)
    assert now(request.ask("tiny")) == State()
    reads = json.loads((moved / "reports" / "tiny" / "default" / "run.json").read_text(encoding="utf-8"))["reads"]
    assert [read["path"] for read in reads] == ["data/raw/invented/pay.csv"]


LATE = """
def read_late():
    path = paths.raw_folder("invented") / "pay.csv"
    content = path.read_bytes()
    path.write_text("pay\\n2\\n")  # as a person saves the file, after its reading and before it is noted
    readlog.note(path, hashlib.sha256(content).hexdigest())
"""


def copied_over(path: Path, text: str) -> None:
    """Give a file other bytes, and the time that it had."""
    kept = path.stat()
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(kept.st_atime_ns, kept.st_mtime_ns))


def test_other_bytes_are_seen_whatever_their_time_and_whoever_wrote_them(write_notebook, raw: Path) -> None:
    path = write_notebook(["from invented import *\ncard(source)", "read_late()"])
    module = path.with_name("invented.py")
    module.write_text(module.read_text(encoding="utf-8") + LATE, encoding="utf-8")
    asked = request.ask("tiny")
    run(asked)
    assert now(asked).reasons == ("pay.csv changed",)
    raw.write_text("pay\n1\n", encoding="utf-8")
    assert now(asked) == State()
    copied_over(raw, "pay\n3\n")
    assert now(asked).reasons == ("pay.csv changed",)


@pytest.mark.skipif(sys.platform == "win32", reason="links are a privilege there")
def test_a_raw_folder_may_be_a_link_and_one_that_leads_elsewhere_is_seen(write_notebook, raw: Path) -> None:
    write_notebook([READS])
    store, other = raw.parents[3] / "store", raw.parents[3] / "other"
    raw.parent.rename(store)
    raw.parent.symlink_to(store)
    asked = request.ask("tiny")
    run(asked)
    assert now(asked) == State()
    (store / "more.csv").touch()
    assert now(asked).reasons == ("more.csv came to data/raw/invented",)
    other.mkdir()
    (other / raw.name).write_text("pay\n2\n", encoding="utf-8")
    raw.parent.unlink()
    raw.parent.symlink_to(other)
    assert now(asked).reasons == ("pay.csv changed",)
