"""Fixtures: the publishers' files where they are at hand, and a project of the test's own."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import hypothesis
import pytest

# no wall clock decides a test, and the same examples are tried everywhere
hypothesis.settings.register_profile("house", deadline=None, derandomize=True)
hypothesis.settings.load_profile("house")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point SALARYLAB_MIRROR at the publishers' files, or skip where there are none."""
    named = os.environ.get("SALARYLAB_MIRROR") or "../shared/mirror"
    folder = (ROOT / named).resolve()
    if not (folder / "CATALOG.csv").is_file():
        pytest.skip(f"no publishers' files at {named} (set SALARYLAB_MIRROR)")
    monkeypatch.setenv("SALARYLAB_MIRROR", str(folder))
    return folder


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a project of the test's own: notebooks and demo copied, nothing else."""
    root = tmp_path / "project"
    shutil.copytree(ROOT / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    shutil.copytree(ROOT / "data" / "raw" / "demo", root / "data" / "raw" / "demo", dirs_exist_ok=True)
    monkeypatch.setenv("SALARYLAB_ROOT", str(root))
    monkeypatch.delenv("SALARYLAB_MIRROR", raising=False)
    return root
