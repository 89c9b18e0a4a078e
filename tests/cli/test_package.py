"""salarylab package: says what was written, and what was left out and why."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from salarylab.cli.door import app
from salarylab.report.package import Package
from salarylab.report.package.datum import UNKNOWN, Datum


def test_the_verb_tells_what_was_written_and_what_was_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALARYLAB_ROOT", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    report = tmp_path / "reports" / "tiny" / "default"
    report.mkdir(parents=True)
    (report / "manifest.json").write_text("{}", encoding="utf-8")
    left = Datum(
        source=UNKNOWN,
        name="pay.csv",
        path="data/raw/found/pay.csv",
        origin=tmp_path / "pay.csv",
        sha256="0" * 64,
        bytes=1234,
        rows=None,
        why_not="its terms do not say",
    )
    asked = []

    def pack(folder: Path, out: Path, *, with_data: bool) -> Package:
        asked.append((folder, out, with_data))
        (out / "tiny.zip").write_bytes(b"0" * 2_000)
        return Package(out / "tiny", out / "tiny.zip", "1" * 64, 7, 4_400_000, (left,))

    monkeypatch.setattr("salarylab.report.package.pack", pack)
    ran = CliRunner().invoke(app, ["package", "tiny", "--out", str(tmp_path), "--with-data"])
    assert asked == [(report, tmp_path, True)]
    assert ran.output.splitlines() == [
        "folder  tiny: 7 files, 4.4 MB",
        f"zip     tiny.zip: 2.0 kB, sha256 {'1' * 64}",
        "left out",
        "  data/raw/found/pay.csv, 1.2 kB: its terms do not say",
    ]


def test_a_report_that_is_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "reports.toml").write_text("", encoding="utf-8")
    command = [sys.executable, "-c", "from salarylab.cli import main; main()", "package", "nothing"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert ran.returncode == 2
    assert "report 'nothing'" in ran.stderr
    assert "Traceback" not in ran.stderr
