"""Identity: the whole demo set, built one at a time here and two at a time elsewhere, gives the same bytes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def built(root: Path, jobs: int, **environment: str) -> dict[str, bytes]:
    """Build the set in a project of its own; return every file that it publishes but the run logs."""
    shutil.copytree(ROOT / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    shutil.copytree(ROOT / "data" / "raw" / "demo", root / "data" / "raw" / "demo")
    own = {"SALARYLAB_ROOT": str(root), **environment}
    inherited = {name: value for name, value in os.environ.items() if name != "SALARYLAB_MIRROR"}
    command = [sys.executable, "-m", "salarylab", "build", "--jobs", str(jobs)]
    ran = subprocess.run(command, cwd=root, env=inherited | own, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    files = [path for path in (root / "reports").rglob("*") if path.is_file() and path.name != "run.json"]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


@pytest.mark.slow
def test_two_builds_of_the_whole_set_in_different_folders_give_the_same_bytes(tmp_path: Path) -> None:
    here = built(tmp_path / "here", 1, TZ="UTC", PYTHONHASHSEED="1")
    there = built(tmp_path / "there, and with a longer näme", 2, TZ="Asia/Tokyo", PYTHONHASHSEED="2", COLUMNS="40")
    reports = {name for name in here if name.endswith("/manifest.json")}
    assert len(reports) >= 6
    assert sorted(here) == sorted(there)
    assert [name for name in here if here[name] != there[name]] == []
