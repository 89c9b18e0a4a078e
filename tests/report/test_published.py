"""Spec: a published report is found by its name, by its notebook's name, by its path, or refused with near names."""

from __future__ import annotations

from pathlib import Path

import pytest

from salarylab.errors import ReportError
from salarylab.report import published


@pytest.fixture
def reports(project: Path) -> Path:
    """A project in which three reports and a failure stand; only their manifests are looked at."""
    for name in ("degree/default", "degree/base-secondary-1a2b", "passport/source-x-3c4d", "_failed/degree/default"):
        folder = project / "reports" / name
        folder.mkdir(parents=True)
        (folder / "manifest.json").write_text("{}", encoding="utf-8")
    return project / "reports"


def test_reports_are_listed_by_name_the_default_first(reports: Path) -> None:
    names = ["degree/default", "degree/base-secondary-1a2b", "passport/source-x-3c4d"]
    assert [published.name_of(folder) for folder in published.folders()] == names


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("degree/base-secondary-1a2b", "degree/base-secondary-1a2b"),
        ("degree", "degree/default"),
        ("passport", "passport/source-x-3c4d"),
    ],
)
def test_a_report_is_found_by_its_name(reports: Path, name: str, folder: str) -> None:
    assert published.find(name) == reports / folder


def test_a_report_is_found_by_its_path(reports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(reports / "degree")
    assert published.find("default") == reports / "degree" / "default"


def test_what_does_not_stand_is_refused_with_near_names(reports: Path) -> None:
    with pytest.raises(ReportError, match="did you mean 'degree/default'"):
        published.find("degree/defalt")


def test_a_name_that_several_reports_have_is_refused_with_all_of_them(reports: Path) -> None:
    folder = reports / "passport" / "source-y-5e6f"
    folder.mkdir()
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ReportError, match="passport/source-x-3c4d, passport/source-y-5e6f"):
        published.find("passport")
