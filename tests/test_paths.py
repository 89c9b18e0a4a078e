"""Paths: one project root, wherever a kernel starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from salarylab import paths
from salarylab.errors import VocabularyError


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lay out a project that only its marker file tells from other folders."""
    monkeypatch.delenv("SALARYLAB_ROOT", raising=False)
    monkeypatch.delenv("SALARYLAB_MIRROR", raising=False)
    root = tmp_path / "clone"
    (root / "notebooks" / "deeper").mkdir(parents=True)
    (root / "notebooks" / "reports.toml").touch()
    return root


@pytest.mark.parametrize("start", [".", "notebooks", "notebooks/deeper"])
def test_the_root_is_found_upwards(clone: Path, monkeypatch: pytest.MonkeyPatch, start: str) -> None:
    monkeypatch.chdir(clone / start)
    assert paths.project_root() == clone
    assert paths.project_root(clone / start) == clone


def test_no_root_is_an_error_that_says_what_to_do(clone: Path) -> None:
    with pytest.raises(VocabularyError, match="set SALARYLAB_ROOT"):
        paths.project_root(clone.parent)


def test_the_variable_wins_over_the_working_directory(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = clone.parent / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(clone)
    monkeypatch.setenv("SALARYLAB_ROOT", str(elsewhere))
    assert paths.project_root() == elsewhere


def test_a_root_that_is_no_folder_is_an_error(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALARYLAB_ROOT", str(clone / "gone"))
    with pytest.raises(VocabularyError, match="no folder"):
        paths.project_root()


def test_folders_hang_on_the_root(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(clone / "notebooks")
    assert paths.raw_folder("acs_pums") == clone / "data" / "raw" / "acs_pums"
    assert paths.processed_folder() == clone / "data" / "processed"
    assert paths.reports_folder() == clone / "reports"
    assert paths.notebooks_folder() == clone / "notebooks"


def test_a_relative_mirror_starts_at_the_root_not_at_the_kernel(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (clone.parent / "mirror").mkdir()
    monkeypatch.chdir(clone / "notebooks")
    assert paths.mirror_folder() is None
    monkeypatch.setenv("SALARYLAB_MIRROR", "../mirror")
    assert paths.mirror_folder() == clone.parent / "mirror"
    monkeypatch.setenv("SALARYLAB_MIRROR", str(clone.parent / "mirror"))
    assert paths.mirror_folder() == clone.parent / "mirror"


def test_a_mirror_that_is_no_folder_is_an_error(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(clone)
    monkeypatch.setenv("SALARYLAB_MIRROR", "gone")
    with pytest.raises(VocabularyError, match="relative names start at the project root"):
        paths.mirror_folder()
