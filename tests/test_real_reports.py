"""Reports on the publishers' files, run as a user runs them: whole pages, the gallery's numbers, and what is not asked.

That the numbers are right is the matter of ``tests/real``, by other means; here stands that a report publishes them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import salarylab as sl

pytestmark = pytest.mark.real

ROOT = Path(__file__).resolve().parents[1]
TOLD = 0.5001e-4  # a report has four decimals of a log point
KEPT = 1.0001e-4  # and the gallery may be off by one in the last, on another processor


def run(project: Path, mirror: Path, notebook: str, source: str) -> tuple[Path, list[dict[str, Any]], str]:
    """Run `salarylab run NOTEBOOK --set source=…`; return the published page, its findings and what was printed."""
    environment = os.environ | {"SALARYLAB_ROOT": str(project), "SALARYLAB_MIRROR": str(mirror)}
    command = [str(Path(sys.executable).parent / "salarylab"), "run", notebook, "--set", f"source={source}"]
    ran = subprocess.run(command, env=environment, cwd=project, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (folder,) = (project / "reports" / notebook).iterdir()
    return folder / "index.html", lines(folder / "findings.jsonl"), ran.stdout


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("notebook", "source", "factor", "kept", "says"),
    [
        ("02_degree", "acs_pums", "education", "degree_acs_2018", "Six small US states"),
        ("04_remote_and_place", "aijobs", "work_mode", "remote_aijobs", "Advertised midpoints, not pay"),
    ],
)
def test_a_page_publishes_the_answer_and_the_gallery_keeps_it(
    project: Path,
    mirror: Path,
    inspect: Callable[[Path], Any],
    notebook: str,
    source: str,
    factor: str,
    kept: str,
    says: str,
) -> None:
    page, findings, printed = run(project, mirror, notebook, source)
    answer = sl.premium(sl.draw(sl.load(source)), factor)
    for exact, told in zip(answer.findings, findings, strict=False):
        assert told["sentence"] == exact.sentence
        for name in ("value", "low", "high"):
            assert told[name] == pytest.approx(getattr(exact, name), abs=TOLD)
    assert findings[0]["sentence"] in printed
    assert says in findings[0]["headline"]
    gallery = lines(ROOT / "reports" / "gallery" / f"{kept}.findings.jsonl")
    assert [f["subject"] for f in gallery] == [f["subject"] for f in findings]
    for found, in_gallery in zip(findings, gallery, strict=True):
        assert found["value"] == pytest.approx(in_gallery["value"], abs=KEPT)
        assert found["data_sha256"] == in_gallery["data_sha256"]
    seen = inspect(page)
    assert seen.whole, seen


@pytest.mark.parametrize(
    ("notebook", "source"),
    [
        ("02_degree", "aijobs"),
        ("02_degree", "datajobs"),
        ("04_remote_and_place", "levels_fyi"),
        ("04_remote_and_place", "kaggle_survey"),
        ("04_remote_and_place", "textbook_wage1"),
    ],
)
def test_what_a_source_never_asked_is_said_and_is_no_failure(
    project: Path, mirror: Path, notebook: str, source: str
) -> None:
    page, findings, printed = run(project, mirror, notebook, source)
    assert findings == []
    assert "not asked" in printed
    assert f"{source} never asked" in page.read_text(encoding="utf-8")
