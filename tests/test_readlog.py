"""Spec: what is read is told where a log is asked for, and nowhere else."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

import salarylab as sl
from salarylab import readlog

MAPPING = """\
[file]
path = "pay.csv"
[pay]
column = "Pay"
currency = "USD"
period = "year"
concept = "base"
[year]
value = 2024
"""


@pytest.fixture
def log(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = project / "reads.jsonl"
    monkeypatch.setenv(readlog.VARIABLE, str(path))
    return path


def told(log: Path, root: Path) -> dict[str, str]:
    return {Path(read.path).relative_to(root).as_posix(): read.sha256 for read in readlog.reads(log)}


def test_a_source_tells_every_file_that_it_reads_once(log: Path, project: Path) -> None:
    sl.load("demo")
    sl.load("demo")
    raw = project / "data" / "raw" / "demo"
    names = ["postings.csv", "workers.csv"]
    expected = {f"data/raw/demo/{name}": hashlib.sha256((raw / name).read_bytes()).hexdigest() for name in names}
    assert told(log, project) == expected


def test_an_own_file_is_told_with_its_mapping(log: Path, project: Path) -> None:
    (project / "pay.toml").write_text(MAPPING, encoding="utf-8")
    (project / "pay.csv").write_text("Pay\n50000\n", encoding="utf-8")
    sl.load(f"own:{project / 'pay.toml'}")
    assert sorted(told(log, project)) == ["pay.csv", "pay.toml"]


def test_without_a_log_nothing_is_written(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(readlog.VARIABLE, raising=False)
    readlog.note(project / "a.csv", "0" * 64)
    assert readlog.reads(project / "reads.jsonl") == ()
