"""Spec: which writes the fence lets through. The hook is called, never installed: it could not be taken off again."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from salarylab.errors import ReportError
from salarylab.report.execution.fence import Fence

READ, WRITE = os.O_RDONLY | os.O_CLOEXEC, os.O_WRONLY | os.O_CREAT


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's root that is the working directory."""
    (tmp_path / "project" / "data" / "raw").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "project"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("data/raw/demo/x.csv", True),
        ("data/processed/x.parquet", True),
        ("reports/.building-x/kernel/trail", True),
        ("src/__pycache__/x.pyc.123", True),
        ("data/raw/../x.csv", False),
        ("data/rawer/x.csv", False),
        ("data", False),
        ("pay.csv", False),
        ("notebooks/pay.csv", False),
        ("reports/tiny/default/index.html", False),
        ("../outside/x.csv", True),  # the tests' project lies in the system's temporary folder
        ("~/pay.csv", False),
        ("~/.cache/fonts/x", True),
        ("/dev/null", True),
        ("/etc/pay.csv", False),
    ],
)
def test_only_the_librarys_own_places_may_be_written(root: Path, path: str, allowed: bool) -> None:
    fence = Fence(root, [root / "reports" / ".building-x" / "kernel"])
    assert fence.allows(os.path.expanduser(path)) is allowed


def test_a_link_is_seen_through(root: Path) -> None:
    (root / "data" / "raw" / "link").symlink_to(root / "notebooks")
    assert not Fence(root).allows("data/raw/link/pay.csv")


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("open", ("pay.csv", "w", WRITE)),
        ("open", (b"pay.csv", None, WRITE)),
        ("open", (Path("pay.csv"), "a", WRITE | os.O_APPEND)),
        ("os.mkdir", ("folder", 0o777, -1)),
        ("os.remove", ("pay.csv", -1)),
        ("os.rmdir", ("folder", -1)),
        ("os.rename", ("data/raw/x", "pay.csv", -1, -1)),
        ("os.rename", ("pay.csv", "data/raw/x", -1, -1)),
        ("os.symlink", ("/etc/hosts", "hosts", -1)),
        ("os.link", ("/etc/hosts", "hosts", -1, -1)),
        ("os.truncate", ("pay.csv", 0)),
        ("shutil.rmtree", ("notebooks", None)),
    ],
)
def test_a_write_elsewhere_is_refused_before_it_happens(root: Path, event: str, arguments: tuple[object, ...]) -> None:
    with pytest.raises(ReportError, match="a file written by a notebook"):
        Fence(root)(event, arguments)


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("open", ("pay.csv", "r", READ)),
        ("open", (3, "w", WRITE)),
        ("open", (f"{tempfile.gettempdir()}/pay.csv", "w", WRITE)),
        ("os.remove", ("pay.csv", 5)),  # within a folder whose opening was seen
        ("os.listdir", ("notebooks",)),
        ("os.mkdir", ("data", 0o777, -1)),  # the way to data/processed
        ("import", ("polars", None, [], [], [])),
    ],
)
def test_reads_and_the_rest_are_let_pass(root: Path, event: str, arguments: tuple[object, ...]) -> None:
    Fence(root)(event, arguments)
