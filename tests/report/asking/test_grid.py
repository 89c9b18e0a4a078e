"""Spec: a grid is the product of its alternatives, in stated order, or refused."""

from __future__ import annotations

import pytest

from salarylab.errors import ReportError
from salarylab.report.asking import grid
from salarylab.report.asking.parameters import declared

CELL = declared(
    'country: str = ""\nlevel: str = "a"\nyears: list[int] = []\nseed: int | None = None\nrobust: bool = True',
    notebook="n",
)


def test_the_product_comes_in_stated_order_the_last_varying_fastest() -> None:
    found = grid.expand(CELL, {"level": ["b", "a"], "country": ["US", "DE"]})
    assert [tuple(values.items()) for values in found] == [
        (("level", "b"), ("country", "US")),
        (("level", "b"), ("country", "DE")),
        (("level", "a"), ("country", "US")),
        (("level", "a"), ("country", "DE")),
    ]
    assert grid.expand(CELL, {}) == ({},)


@pytest.mark.parametrize(
    ("text", "alternatives"),
    [
        ("country=US,DE,IN", ["US", "DE", "IN"]),
        ("country= US , DE", ["US", "DE"]),
        ("country=,US", ["", "US"]),
        ('country=["a, b", "c"]', ["a, b", "c"]),
        ("years=2023;2024;2023,2024", [[2023], [2024], [2023, 2024]]),
        ("years=;2023", [[], [2023]]),
        ("years=2023,2024", [[2023, 2024]]),
        ("years=[[2023], []]", [[2023], []]),
        ("years=[2023];[2024]", [[2023], [2024]]),
        ("seed=1,none,x", [1, None, "x"]),
        ("robust=true,false", [True, False]),
        ("cuontry=US,DE", ["US", "DE"]),
    ],
)
def test_texts_are_read_by_the_declared_type(text: str, alternatives: list[object]) -> None:
    found, faults = grid.read(CELL, [text])
    assert (list(found.values()), faults) == ([alternatives], [])


def test_texts_without_a_name_of_their_own_are_faults() -> None:
    found, faults = grid.read(CELL, ["level=a", "nonsense", "level=b"])
    assert found == {"level": ["a"]}
    assert [fault.found for fault in faults] == ["nonsense", "set twice"]
    assert "--grid" in faults[0].remedy


def test_all_that_is_wrong_with_a_grid_is_told_at_once() -> None:
    with pytest.raises(ReportError) as refused:
        grid.expand(CELL, {"cuontry": ["US"], "level": [], "years": 2023, "seed": [1, 2, 1], "robust": "true"})
    told = str(refused.value)
    assert len(refused.value.faults) == 5
    assert set(grid.faults(CELL, {"level": [], "seed": [1]}, thing="n")) == {"level"}
    assert "did you mean 'country'" in told
    assert "1 a second time" in told


def test_a_grid_beyond_the_limit_is_refused_with_its_size() -> None:
    seeds = list(range(grid.LIMIT // 2))
    assert len(grid.expand(CELL, {"seed": seeds, "robust": [True, False]})) == grid.LIMIT
    with pytest.raises(ReportError, match=rf"{grid.LIMIT + 2} reports: {len(seeds) + 1} of seed × 2 of robust"):
        grid.expand(CELL, {"seed": [*seeds, -1], "robust": [True, False]})
