"""Subsets: residuals of every subset equal those of a least squares fit of its own."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salarylab.errors import ModelError
from salarylab.model.kernel.subsets import MOST_BLOCKS, residuals


def slow(x: np.ndarray, targets: np.ndarray) -> np.ndarray:
    return targets - x @ np.linalg.lstsq(x, targets, rcond=None)[0]


@given(st.integers(0, 10_000), st.lists(st.integers(1, 7), max_size=5), st.integers(1, 3), st.integers(1, 2))
def test_every_subset_is_refitted(seed: int, widths: list[int], always: int, t: int) -> None:
    rng = np.random.default_rng(seed)
    ends = always + np.cumsum([0, *widths])
    k = int(ends[-1]) + t
    z = rng.normal(size=(60, k)) @ rng.normal(size=(k, k)) + 3 * rng.normal(size=(60, k))
    blocks = [list(range(a, b)) for a, b in pairwise(ends)]
    targets = list(range(k - t, k))
    found = residuals(z.T @ z, range(always), blocks, targets)
    assert found.rank[-1] == k - t
    assert not found.lost.any()
    for number in range(2 ** len(blocks)):
        inside = [*range(always), *(c for j, block in enumerate(blocks) if number >> j & 1 for c in block)]
        expected = slow(z[:, inside], z[:, targets])
        np.testing.assert_allclose(z @ found.makers[number].T, expected, rtol=1e-7, atol=1e-7)
        np.testing.assert_allclose(found.products[number], expected.T @ expected, rtol=1e-7, atol=1e-7)
        out = np.setdiff1d(np.arange(k), [*inside, *targets])
        assert not found.makers[number][:, out].any()


def test_a_column_that_follows_from_others_changes_nothing_and_is_counted() -> None:
    rng = np.random.default_rng(1)
    z = rng.normal(size=(50, 5))
    z[:, 3] = z[:, 1] + z[:, 2]
    found = residuals(z.T @ z, [0], [[1, 2], [3]], [4])
    assert found.lost.tolist() == [0, 0, 0, 1]
    assert found.rank.tolist() == [1, 3, 2, 3]
    assert found.products[3] == pytest.approx(found.products[1])


def test_too_many_blocks_are_refused() -> None:
    with pytest.raises(ModelError, match="131,072 subsets"):
        residuals(np.eye(MOST_BLOCKS + 3), [0], [[j] for j in range(1, MOST_BLOCKS + 2)], [MOST_BLOCKS + 2])
