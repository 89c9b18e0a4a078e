"""Spec: what a side may be named by, what is read beside its findings, and what is refused."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from salarylab.errors import ReportError
from salarylab.report.comparison import read, side

CARD = {"key": "invented", "headline": "Invented people", "synthetic": True, "files": []}
MANIFEST = {"parameters": {"source": "demo"}, "sources": [CARD], "of a later version": 1}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SALARYLAB_ROOT", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refusal(name: str) -> str:
    with pytest.raises(ReportError) as refused:
        read(name)
    return str(refused.value)


def test_a_published_report_is_named_as_below_reports(root, report, finding) -> None:
    report("reports/degree/default", finding(), manifest=MANIFEST)
    found = read("degree")
    assert [record["value"] for record in found.findings] == [0.3]
    assert read("degree/default").findings == found.findings
    assert (found.synthetic, found.headlines, found.lacks) == (True, ("Invented people",), ("a notebook",))
    assert "did you mean 'degree/default'" in refusal("degre")


def test_a_copy_of_a_report_is_named_by_its_folder_and_says_what_it_lacks(root, report, finding) -> None:
    copy = report("unzipped/degree/default", finding())
    found = read(str(copy))
    assert found.name == "degree/default"  # no machine's path
    assert found.manifest is None
    assert found.lacks == ("a manifest", "a notebook")
    assert read("unzipped/degree/default").name == "unzipped/degree/default"


def test_a_folder_without_findings_says_where_there_are_some(root, report, finding) -> None:
    report("unzipped/reports/degree/default", finding())
    assert "further down there is: reports/degree/default" in refusal("unzipped")
    failed = root / "failed"
    failed.mkdir()
    (failed / "error.json").write_text("{}", encoding="utf-8")
    assert "the record of a failed build" in refusal("failed")


def test_findings_kept_in_the_gallery_bring_their_source_card(root, report, finding) -> None:
    gallery = report("reports/gallery", finding(headline="as the finding tells it"))
    (gallery / "findings.jsonl").rename(gallery / "kept.findings.jsonl")
    assert read("gallery:kept").headlines == ("as the finding tells it",)
    (gallery / "kept.source.json").write_text(json.dumps([CARD]), encoding="utf-8")
    assert read("gallery:kept").headlines == ("Invented people",)
    assert read("reports/gallery/kept.findings.jsonl").cards == read("gallery:kept").cards == (CARD,)
    assert "did you mean 'kept'" in refusal("gallery:kepd")


def test_an_executed_notebook_tells_its_findings(root, finding) -> None:
    data = {"application/vnd.salarylab.finding+json": finding()}
    output = {"output_type": "display_data", "metadata": {}, "data": data}
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": "", "execution_count": 1, "outputs": [output]}
    path = root / "one.ipynb"
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}), encoding="utf-8")
    assert read("one.ipynb").findings == (finding(),)
    path.write_text("{}", encoding="utf-8")
    assert "notebook of one.ipynb" in refusal("one.ipynb")


def test_lines_that_are_no_findings_are_refused_at_once_and_on_one_screen(root) -> None:
    lines = ["{", '{"question": "q"}', '{"question": "q", "subject": "s", "unit": "share", "value": NaN}', ""]
    (root / "findings.jsonl").write_text("\n".join(lines + ["no JSON"] * 80), encoding="utf-8")
    told = refusal("findings.jsonl")
    assert "and 80 lines more" in told
    assert len(told.splitlines()) < 6
    for part in ("line 1", "line 2", "subject is no text; unit is no text", "line 3", "value is no finite number"):
        assert part in told
    (root / "findings.jsonl").write_bytes(b"\xff")
    assert "text in UTF-8" in refusal("findings.jsonl")


def git(folder: Path, *arguments: str) -> None:
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    author = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(
        ["git", "-C", str(folder), *author, *arguments], check=True, capture_output=True, env=os.environ | quiet
    )


@pytest.fixture
def repository(root, report, finding) -> Path:
    """A repository in which a report was committed twice, the second time with another value."""
    kept = report("kept", finding(), manifest=MANIFEST)
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-qm", "first")
    (kept / "findings.jsonl").write_text(json.dumps(finding(value=0.4)) + "\n", encoding="utf-8")
    git(root, "commit", "-qam", "second")
    return root


def test_two_commits_findings_are_read_without_a_checkout(repository) -> None:
    assert [read(f"{at}:kept/findings.jsonl").findings[0]["value"] for at in ("HEAD~1", "HEAD")] == [0.3, 0.4]
    whole = read("HEAD~1:kept")
    assert (whole.name, whole.manifest, whole.lacks) == ("HEAD~1:kept", MANIFEST, ("a notebook",))


def test_a_commit_or_a_file_that_is_not_there_is_refused_by_name(repository, monkeypatch) -> None:
    assert "commit 'HAED'" in refusal("HAED:kept/findings.jsonl")
    assert "did you mean 'kept/findings.jsonl'" in refusal("HEAD:kept/finding.jsonl")
    assert "an option" in refusal("--output=x:kept/findings.jsonl")
    monkeypatch.setenv("PATH", "")
    assert "no git here" in refusal("HEAD:kept/findings.jsonl")


def test_outside_a_repository_no_commit_is_found(root) -> None:
    assert "no such commit" in refusal("HEAD:findings.jsonl")


def test_what_is_compared_is_checked_where_it_is_parsed() -> None:
    with pytest.raises(ReportError, match="notebook of x"):
        side.parsed("no json", "x")
