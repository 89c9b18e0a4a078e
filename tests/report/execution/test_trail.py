"""Spec: a marked cell does what it did, and leaves the line of its last statement behind."""

from __future__ import annotations

import ast
import builtins
from pathlib import Path

import pytest

from salarylab.report.execution import trail

CELL = """\
from __future__ import annotations
told = []
told.append(
    1
)
for n in range(3):
    told.append(n)
    1 / (1 - n)
told.append("after")
"""


@pytest.fixture
def laid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A trail that this process leaves until the test ends."""
    monkeypatch.setattr(builtins, trail.NAME, None, raising=False)
    trail.lay(tmp_path / "trail")
    return tmp_path / "trail"


def run(source: str) -> dict[str, object]:
    names: dict[str, object] = {}
    exec(compile(trail.Marked().visit(ast.parse(source)), "cell", "exec"), names)
    return names


def test_the_last_line_is_left_behind_and_errors_keep_their_own(laid: Path) -> None:
    with pytest.raises(ZeroDivisionError) as raised:
        run(CELL)
    assert raised.traceback[-1].lineno + 1 == 8
    assert trail.last(laid) == 6
    trail.clear(laid)
    assert trail.last(laid) is None
    assert run("\n" * 99 + "x = 1\nx")["x"] == 1
    assert trail.last(laid) == 101
    run("x = 1")
    assert trail.last(laid) == 1


def test_where_nothing_was_laid_nothing_is_told(tmp_path: Path) -> None:
    assert trail.last(tmp_path / "trail") is None
