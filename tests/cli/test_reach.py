"""What a notebook can be run with is read off its code."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from salarylab.cli.reach import reaches


def test_a_notebook_needs_its_factor_and_leaves_out_what_else_was_never_asked(project: Path) -> None:
    for path in (project / "notebooks").glob("*.ipynb"):
        path.unlink()
    cells = [
        new_markdown_cell("it says 'industry'"),
        new_code_cell('group: str = "role"'),
        new_code_cell('sl.ladder(sample, "education", [("+ it", ["experience_spline", "country"])])'),
    ]
    nbformat.write(new_notebook(cells=cells), project / "notebooks" / "asking.ipynb")
    (found,) = reaches(frozenset({"pay_annual_usd", "year", "education", "country"}))
    assert (found.notebook, found.lacks, found.without) == ("asking", (), ("experience_years", "role"))
    (found,) = reaches(frozenset({"pay_annual_usd", "year"}))
    assert found.lacks == ("education",)


def test_every_notebook_of_the_project_is_read(project: Path) -> None:
    found = reaches(frozenset())
    assert [reach.notebook for reach in found] == sorted(p.stem for p in (project / "notebooks").glob("*.ipynb"))
    assert all({"pay_annual_usd", "year"} <= set(reach.lacks) for reach in found)
