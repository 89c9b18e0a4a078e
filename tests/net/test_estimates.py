"""The net: every verb that is to stay tells what it told when the table beside this file was written."""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).with_name("estimates.py")
TOLERANCE = 1e-9
EVERYWHERE = ("demo", "textbook_wage1")


@pytest.fixture(scope="module")
def net() -> Iterator[ModuleType]:
    """Import the script that stands beside this file, by its path."""
    specification = importlib.util.spec_from_file_location("estimates_of_the_net", SCRIPT)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module  # dataclasses look their module up there
    specification.loader.exec_module(module)
    yield module
    del sys.modules[specification.name]


def differing(net: ModuleType, *sources: str) -> list[str]:
    """Return what differs between these sources' rows and the table's, rows missing and new ones among it."""
    found = [row for source in sources for row in net.rows_of(source)]
    kept = [row for row in net.read() if row.source in sources]
    assert kept, f"no row of {sources} in {net.TABLE.name}"
    return list(net.differences(found, kept, TOLERANCE))


def test_the_demo_and_the_textbook_are_told_as_before(net: ModuleType) -> None:
    assert differing(net, *EVERYWHERE) == []


@pytest.mark.real
@pytest.mark.parametrize("source", ["acs_pums", "aijobs", "kaggle_survey"])
def test_a_real_source_is_told_as_before(net: ModuleType, source: str, mirror: Path) -> None:
    assert differing(net, source) == []


def test_the_table_has_each_row_once_and_every_verb_where_there_is_no_mirror(net: ModuleType) -> None:
    rows = net.read()
    assert [name for name, times in Counter(row.id for row in rows).items() if times > 1] == []
    assert {row.source for row in rows} == set(net.SOURCES) == {*EVERYWHERE, *net.REAL}
    assert {row.verb for row in rows} == {row.verb for row in rows if row.source in EVERYWHERE}


def test_what_is_missing_new_or_other_is_seen(net: ModuleType) -> None:
    row = net.Row("demo", "contrast", "one", 0.1, 0.01, 200.0, 1e-20, 100.0)
    assert net.differences([row], [row], TOLERANCE) == []
    assert net.differences([row._replace(value=0.1 * (1 + 1e-10), p=1e-13)], [row], TOLERANCE) == []
    for name, other in (("value", 0.1 * (1 + 1e-8)), ("se", None), ("df", 201.0), ("p", 1e-11), ("n", 150.0)):
        (line,) = net.differences([row._replace(**{name: other})], [row], TOLERANCE)
        assert line.startswith(f"demo/contrast/one: {name} ")
    assert net.differences([], [row], TOLERANCE) == ["missing: demo/contrast/one"]
    assert net.differences([row], [], TOLERANCE) == ["new: demo/contrast/one"]
