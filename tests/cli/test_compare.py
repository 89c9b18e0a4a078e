"""Spec: what compare prints, and with which exit code it ends."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from salarylab import cli

USUAL = {
    "question": "log_pay ~ education", "unit": "log points", "value": 0.3, "low": 0.26, "high": 0.34, "se": 0.02,
    "n": 1000, "headline": "Invented people", "data_sha256": ["a" * 64],
}  # fmt: skip


def tell(capfd, monkeypatch, *arguments: str) -> tuple[object, str, str]:
    monkeypatch.setattr(sys, "argv", ["salarylab", "compare", *arguments])
    monkeypatch.setenv("COLUMNS", "100")
    code: object = 0
    try:
        cli.main()
    except SystemExit as stop:
        code = stop.code or 0
    told = capfd.readouterr()
    return code, told.out, told.err


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three files of invented findings: as it was, a little changed, and much."""
    monkeypatch.setenv("SALARYLAB_ROOT", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    one, two = USUAL | {"subject": "Premium of master"}, USUAL | {"subject": "Premium of doctorate"}
    moved = one | {"value": -0.05, "low": -0.09, "high": -0.01}
    sides = {"old": [one, two], "near": [one | {"value": 0.31}, two], "far": [moved, two], "fewer": [two]}
    for name, records in sides.items():
        text = "".join(json.dumps(record) + "\n" for record in records)
        (tmp_path / f"{name}.jsonl").write_text(text, encoding="utf-8")
    return tmp_path


TOLD = """\
A           old.jsonl: Invented people (without a manifest, a notebook)
B           far.jsonl: Invented people (without a manifest, a notebook)
parameters  not told by both
inputs      1 the same
samples     the same
population  not told by both
software    not told by both
findings    1 the same, 1 moved

finding             A       B      B − A             in SE
Premium of master   +35.0%  -4.9%  -0.3500 (-29.5%)  -18    moved
  the sign differs

SE          standard errors of A: rows in common, so this is no test but how far the told number moved
"""


def test_a_moved_finding_is_told_and_exits_1(folder, capfd, monkeypatch) -> None:
    code, out, err = tell(capfd, monkeypatch, "old.jsonl", "far.jsonl")
    assert "\n".join(line.rstrip() for line in out.splitlines()) + "\n" == TOLD
    assert (code, err) == (1, "")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["old.jsonl", "old.jsonl", "--threshold", "0"], 0),
        (["old.jsonl", "near.jsonl"], 0),
        (["old.jsonl", "near.jsonl", "--threshold", "0"], 1),
        (["old.jsonl", "far.jsonl", "--threshold", "20"], 0),
        (["old.jsonl", "fewer.jsonl"], 1),
        (["old.jsonl", "fewer.jsonl", "--allow-missing"], 0),
        (["old.jsonl", "none.jsonl"], 2),
        (["old.jsonl", "near.jsonl", "--threshold", "-1"], 2),
    ],
)
def test_the_exit_code_says_whether_anything_moved(folder, capfd, monkeypatch, arguments, code) -> None:
    ended, _, err = tell(capfd, monkeypatch, *arguments)
    assert ended == code
    assert ("refused" in err) == (code == 2)
    assert "Traceback" not in err


def test_the_page_is_written_where_it_is_asked_for(folder, capfd, monkeypatch) -> None:
    code, out, _ = tell(capfd, monkeypatch, "old.jsonl", "near.jsonl", "--html", "told/page.html")
    assert code == 0
    assert out.endswith("page        told/page.html\n")
    page = (folder / "told" / "page.html").read_text(encoding="utf-8")
    assert page.endswith("</html>") or page.endswith("</html>\n")
    assert "Premium of master" in page
