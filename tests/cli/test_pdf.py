"""The verb pdf: what it prints, and what it refuses."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from salarylab import cli
from salarylab.report import manifest, notebook
from salarylab.report.manifest import Manifest

Tell = Callable[..., tuple[int, str, str]]


@pytest.fixture
def tell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tell:
    """Return a function that types a command and returns exit code, output and errors."""

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["salarylab", *words])
        with pytest.raises(SystemExit) as left:
            cli.main()
        said = capsys.readouterr()
        return int(left.value.code or 0), said.out, said.err

    return run


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one published report of prose alone."""
    from nbformat.v4 import new_markdown_cell, new_notebook

    folder = tmp_path / "reports" / "tiny" / "level-master-0a1b2c3d"
    folder.mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "reports.toml").write_text("", encoding="utf-8")
    notebook.write(new_notebook(cells=[new_markdown_cell("# Tiny\n\nProse.", id="a")]), folder / "notebook.ipynb")
    (folder / "findings.jsonl").write_text("", encoding="utf-8")
    made = Manifest(
        report="tiny", title="Tiny", parameters={}, settings=[], command="salarylab run tiny", sources=[], inputs=[],
        notebook={"name": "tiny.ipynb", "sha256": "0" * 64}, library="0.1.0", packages={}, python="3.11",
    )  # fmt: skip
    manifest.write_json(folder / manifest.FILE, dataclasses.asdict(made))
    monkeypatch.setenv("SALARYLAB_ROOT", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_says_where_the_print_is_and_how_long(tell: Tell, root: Path) -> None:
    code, out, _ = tell("pdf", "tiny")
    made = root / "tiny-level-master-0a1b2c3d.pdf"
    assert code == 0
    assert out == f"printed {made.name}: 1 page, {made.stat().st_size / 1000:.0f} kB\n"


@pytest.mark.parametrize(
    ("out", "written"), [("a/b.pdf", "a/b.pdf"), ("reports", "reports/tiny-level-master-0a1b2c3d.pdf")]
)
def test_it_writes_where_it_is_told(tell: Tell, root: Path, out: str, written: str) -> None:
    code, _, _ = tell("pdf", "tiny", "--out", out, "--paper", "letter")
    assert code == 0
    assert b"/MediaBox[0 0 612 792]" in (root / written).read_bytes()


@pytest.mark.parametrize(
    ("words", "said"),
    [(["tniy"], "one of: tiny/level-master-0a1b2c3d"), (["tiny", "--paper", "A5"], "one of: a4, letter")],
)
def test_what_is_refused_exits_2_and_writes_nothing(tell: Tell, root: Path, words: list[str], said: str) -> None:
    code, _, err = tell("pdf", *words)
    assert code == 2
    assert said in err
    assert list(root.rglob("*.pdf")) == []
