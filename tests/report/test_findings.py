"""A finding says what was found, and nothing of the run that found it: no run id, commit, time, host or path."""

from __future__ import annotations

import getpass
import json
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from salarylab.finding import Finding
from salarylab.report import notebook, runlog
from salarylab.report.asking import request
from salarylab.report.run import run

ROOT = Path(__file__).resolve().parents[2]
KEYS = {
    "base", "caveats", "covariance", "data_sha256", "detectable", "df", "dominated", "equation", "headline", "high",
    "language", "licence", "low", "n", "n_base", "n_level", "outcome", "p", "population", "question", "se",
    "sentence", "smallest_cell", "source", "subject", "suppressed", "truth", "unit", "value",
}  # fmt: skip
OF_A_RUN = re.compile(
    r"\b[0-9a-f]{40}\b"  # a commit
    r"|\b[0-9a-f]{8}-[0-9a-f]{4}-"  # a run's id
    r"|\b20\d\d-\d\d-\d\d|\b\d\d:\d\d:\d\d\b"  # a date, a time
    r"|(?<![\w.])/(?:home|root|tmp|work|usr|var|Users)/|\b[A-Z]:\\|\.ipynb\b"  # a path
    r"|\b0x[0-9a-f]{6,}"  # an address in memory
)


def texts(content: Any) -> Iterator[str]:
    """Yield every text of a finding's record but the hashes of its data."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for key, value in content.items():
            yield from texts(value) if key != "data_sha256" else ()
    elif isinstance(content, list):
        for value in content:
            yield from texts(value)


def of_a_run(findings: list[dict[str, Any]]) -> list[str]:
    """Return the texts of findings that tell of a run or of the machine that it ran on."""
    here = {name for name in (platform.node(), str(ROOT)) if len(name) > 3}
    return [text for text in texts(findings) if OF_A_RUN.search(text) or any(name in text for name in here)]


def test_a_record_has_these_keys_and_no_other() -> None:
    found = Finding(question="q", subject="s", unit="rows", value=1.0, n=100, smallest_cell=50)
    assert set(found.record()) == KEYS  # one more is a decision: does it say the same on every machine, at any time?
    assert [key for key in KEYS if re.search(r"run|id$|commit|git|time|date|host|user|path|folder|version", key)] == []


def test_the_test_sees_what_tells_of_a_run() -> None:
    for told in ("9fceb02d0ae598e95dc970b74767f19372d61af8", "2026-11-23T07:05", "at 07:05:59", "/home/a/pay.csv",
                 "02_degree.ipynb", "6f9619ff-8b86-4011", str(ROOT / "x"), "<x at 0x7f00aa12>"):  # fmt: skip
        assert of_a_run([{"caveats": [told]}]) == [told]
    assert of_a_run([{"data_sha256": ["0" * 40], "source": "demo", "headline": "2012-2023; USD an hour"}]) == []


@pytest.mark.parametrize("path", sorted((ROOT / "reports" / "gallery").glob("*.findings.jsonl")), ids=lambda p: p.name)
def test_kept_findings_tell_nothing_of_a_run(path: Path) -> None:
    findings = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert findings
    assert [set(found) for found in findings if not set(found) <= KEYS] == []
    assert of_a_run(findings) == []


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_committed_findings_tell_nothing_of_a_run(path: Path) -> None:
    findings = notebook.findings(notebook.read(path))
    assert findings
    assert of_a_run(findings) == []


def committed_to_git(root: Path, subject: str) -> str:
    """Commit a project's files in a repository of its own; return the commit."""
    git = ["git", "-C", str(root), "-c", "user.name=nobody", "-c", "user.email=nobody@example.org"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", subject]):
        subprocess.run([*git, *command], check=True, capture_output=True)
    return subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.skipif(shutil.which("git") is None, reason="no git here")
def test_the_same_findings_in_another_folder_at_another_commit(
    write_notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = write_notebook(["from invented import *\ncard(source)", "finding(level)"]).parents[1]
    second = tmp_path / "elsewhere" / "of another name"
    shutil.copytree(first, second)
    told = []
    for root in (first, second):
        commit = committed_to_git(root, root.name)
        monkeypatch.setenv("SALARYLAB_ROOT", str(root))
        monkeypatch.chdir(root)
        monkeypatch.setattr(runlog, "_commit", lambda commit=commit: commit)
        folder = run(request.ask("tiny")).folder
        findings = (folder / "findings.jsonl").read_text(encoding="utf-8")
        assert commit in (folder / runlog.FILE).read_text(encoding="utf-8")
        assert [word for word in (commit[:7], str(root), getpass.getuser() + "@") if word in findings] == []
        assert of_a_run([json.loads(line) for line in findings.splitlines()]) == []
        told.append(findings)
    assert told[0] == told[1]
    assert told[0].count("\n") == 1
