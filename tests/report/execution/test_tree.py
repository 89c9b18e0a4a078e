"""Spec: what of a project is compared, and what of a comparison is told."""

from __future__ import annotations

import os
from pathlib import Path

from salarylab.report.execution import tree


def put(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name, encoding="utf-8")


def test_a_snapshot_leaves_out_what_others_may_write(tmp_path: Path) -> None:
    seen = ("pay.csv", "notebooks/pay.csv", "data/own.csv", "data/rawer/x", "notebooks/reports/x")
    put(tmp_path, *seen)
    put(tmp_path, "data/raw/x/y.csv", "data/processed/x.parquet", "reports/x/index.html", ".git/index", ".hidden")
    put(tmp_path, "env/pyvenv.cfg", "env/lib/x.so", "node_modules/x.js", "notebooks/__pycache__/x", "x.egg-info/x.pyc")
    put(tmp_path, "notebooks/.ipynb_checkpoints/x.csv", "src/x.py", "notebooks/x.ipynb", "README.md", "pyproject.toml")
    assert sorted(tree.snapshot(tmp_path)) == sorted(seen)


def test_new_and_changed_files_are_strays_and_links_are_not_followed(tmp_path: Path) -> None:
    put(tmp_path, "kept.csv", "changed.csv", "touched.csv")
    (tmp_path / "around").symlink_to(tmp_path)
    before = tree.snapshot(tmp_path)
    assert tree.strays(before, tree.snapshot(tmp_path)) == ()
    put(tmp_path, "new/made.csv")
    (tmp_path / "changed.csv").write_text("longer than before", encoding="utf-8")
    os.utime(tmp_path / "touched.csv", ns=(1, 1))
    found = tree.strays(before, tree.snapshot(tmp_path))
    assert found == ("changed.csv", "new/made.csv", "touched.csv")
    assert "changed.csv, new/made.csv, touched.csv" in str(tree.fault(found))


def test_many_strays_are_told_in_a_line() -> None:
    assert "a0, a1, a2, a3, a4 and 3 more" in str(tree.fault(tuple(f"a{n}" for n in range(8))))


def test_the_line_that_names_a_stray_is_found() -> None:
    assert tree.naming("x = 1\ny.write_csv('pay.csv')\n# pay.csv", ("notebooks/pay.csv",)) == 2
    assert tree.naming("spill()", ("notebooks/pay.csv",)) is None
