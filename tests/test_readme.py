"""README and docs: their code runs, their files exist, their lists are complete."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

from salarylab import sources

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_python_examples_run_one_after_another(project: Path) -> None:
    first, second = re.findall(r"```python\n(.*?)```", README, re.S)
    said, known = io.StringIO(), {}
    with contextlib.redirect_stdout(said):
        exec(first, known)
    assert said.getvalue().startswith("A bachelor's degree goes with ")
    assert "Pay premium of bachelor over secondary (given potential experience, industry): +" in said.getvalue()
    with contextlib.redirect_stdout(said):
        exec(second, known)
    assert "plan[b]" in said.getvalue()
    assert "cells of about 100 rows" in said.getvalue()


def test_every_linked_file_exists() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert len(links) > 4
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_source_is_listed_with_its_licence() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", README, re.M)
    assert sorted(listed) == sources.keys()


@pytest.mark.parametrize("command", ["report", "test", "lab"])
def test_the_makefile_has_what_the_readme_promises(command: str) -> None:
    assert f"make {command}" in README
    assert re.search(rf"^{command}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)


def test_the_first_screen_has_both_commands_and_a_picture() -> None:
    first_screen = "\n".join(README.splitlines()[:16])
    assert "make report" in first_screen
    assert "make test" in first_screen
    assert "reports/gallery/" in first_screen
