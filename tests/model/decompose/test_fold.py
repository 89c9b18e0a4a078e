"""Fold: sums of small cells that give none of them away."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from salarylab.disclosure import MIN_CELL
from salarylab.model.decompose.fold import fold, told_factors

cells = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=8)


@given(cells)
def test_what_is_summed_is_no_small_cell(counts: list[tuple[int, int]]) -> None:
    withheld = [min(rows) < MIN_CELL for rows in counts]
    folded = fold(counts, withheld)
    inside = [rows for rows, in_sum in zip(counts, folded, strict=True) if in_sum]
    assert all(in_sum for in_sum, small in zip(folded, withheld, strict=True) if small)
    assert any(withheld) or not inside
    if inside and len(inside) < len(counts):
        assert len(inside) > 1
        assert min(map(sum, zip(*inside, strict=True))) >= MIN_CELL


def test_a_factor_is_summed_with_another_and_never_alone() -> None:
    assert told_factors([False, False, True], 50).count(True) == 2
    assert told_factors([True, True, False], 50) == [True, True, False]
    assert told_factors([True], 50) == [True]
    assert told_factors([], 50) == []
