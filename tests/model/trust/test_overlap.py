"""Overlap: what of the propensities may be told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from salarylab.model.trust.comparison import compare
from salarylab.model.trust.overlap import Overlap, effective_rows


def overlap(lay_out: Any, sizes: tuple[int, ...], own: float = 0.5) -> Overlap:
    codes = np.repeat(np.arange(len(sizes)), sizes)
    comparison = compare(lay_out(np.zeros(len(codes)) + 10.0, title=codes), "title")
    propensities = np.tile(np.linspace(0.1, own, len(codes))[:, None], len(sizes))
    kept = np.ones((len(codes), len(sizes) - 1), dtype=bool)
    kept[:15] = False
    return Overlap(comparison, propensities, kept, 0.01)


def test_equal_weights_are_worth_their_number() -> None:
    assert effective_rows(np.full(7, 3.0)) == pytest.approx(7)
    assert effective_rows(np.zeros(0)) == 0.0


def test_quantiles_shares_and_effective_rows_are_told_coarsely(lay_out: Any) -> None:
    row = overlap(lay_out, (200, 200)).table.row(0, named=True)
    assert row["trimmed"] == 0.05  # 15 of 400, in steps of ten rows and more
    assert row["effective_rows"] == 200.0  # 194.9, rounded as counts are
    assert row["level_p50"] == pytest.approx(0.4, abs=0.005)
    assert row["base_p10"] == pytest.approx(0.12, abs=0.005)


def test_a_tail_of_fewer_than_ten_rows_is_not_told(lay_out: Any) -> None:
    table = overlap(lay_out, (200, 60, 25, 9)).table
    assert table["level_p50"].is_null().to_list() == [False, True, True]
    assert table["level_p10"].is_null().to_list() == [True, True, True]
    assert table["level"].to_list() == ["title 1", "title 2", "(under 10 rows)"]
    assert table["effective_rows"].is_null().to_list() == [False, False, True]


def test_overlap_gives_no_small_cell_away(lay_out: Any) -> None:
    found = overlap(lay_out, (100, 9))
    assert found.table.drop("level", "base").row(0) == (None,) * 9
    assert "title 1" not in repr(found) + str(found.table)
