"""Moments: sums of products equal a dense matrix's, whatever the parts, weights, cells and numbers."""

from __future__ import annotations

import numpy as np
import pytest

from salarylab.errors import ModelError
from salarylab.model.kernel.cells import collapsed
from salarylab.model.kernel.layout import Piece, joint_codes, lay_out
from salarylab.model.kernel.moments import Moments, moments_of_parts, near_means, summed
from salarylab.model.kernel.rows import Rows, dense

SIZES = (4, 30, 7)


def rows(n: int = 500, *, weighted: bool = False, numbers: int = 0) -> Rows:
    rng = np.random.default_rng(3)
    codes = [rng.integers(0, size, n) for size in SIZES]
    pieces = [
        Piece((0,), np.eye(4)[:, 1:], (1, 2, 3)),
        Piece((1,), np.arange(2000.0, 2030.0)[:, None] ** np.array([1, 2]), (4, 5)),  # years and their squares
        Piece((2,), np.eye(7)[:, 1:], tuple(range(6, 12))),
    ]
    layout = lay_out(SIZES, pieces, range(12, 12 + numbers), 12 + numbers)
    weights = rng.uniform(0.5, 2, n) if weighted else None
    joint = tuple(joint_codes(group, codes) for group in layout.groups)
    return Rows(layout, joint, 1e6 + rng.normal(size=(n, numbers)), 11 + rng.normal(size=n), weights)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("numbers", [0, 2])
def test_moments_are_the_products_of_the_shifted_columns(weighted: bool, numbers: int) -> None:
    some = rows(weighted=weighted, numbers=numbers)
    near = near_means(some)
    (block,) = near.blocks()
    z = np.column_stack([dense(block, near.layout), block.y])
    w = np.ones(len(z)) if some.weights is None else some.weights
    found = moments(some)
    np.testing.assert_allclose(found.products, (z * w[:, None]).T @ z, rtol=1e-10, atol=1e-9)
    assert found.n == 500
    assert found.mass == pytest.approx(w.sum())
    assert found.squares == pytest.approx(w @ block.y**2)
    assert found.gram.shape == (12 + numbers,) * 2
    assert found.vector.shape == (12 + numbers,)


def moments(source: Rows) -> Moments:
    return summed(near_means(source))


def test_moments_of_parts_add_up() -> None:
    some = rows(weighted=True, numbers=1)
    parts = moments_of_parts(some, np.random.default_rng(1).permutation(500) % 7)
    together = sum(parts[1:], start=parts[0])
    np.testing.assert_allclose(together.products, moments(some).products, rtol=1e-10, atol=1e-8)
    np.testing.assert_allclose((together - parts[3] + parts[3]).products, together.products, rtol=1e-12, atol=1e-8)
    assert len(parts) == 7
    assert together.n == 500


def test_moments_of_cells_are_those_of_their_rows() -> None:
    some = rows(20_000)
    cells = collapsed(some)
    assert len(cells) < 900
    found, direct = moments(cells), moments(some)
    np.testing.assert_allclose(found.gram, direct.gram, rtol=1e-12, atol=1e-8)
    # cells are centred at the mean of their means, rows at their own: the sums around the mean are the same
    around = [m.squares - m.products[0, -1] ** 2 / m.mass for m in (found, direct)]
    assert around[0] == pytest.approx(around[1], rel=1e-12)


def test_what_is_not_finite_and_too_few_rows_are_refused() -> None:
    with pytest.raises(ModelError, match="more rows than columns"):
        moments(rows(12))
    some = rows()
    some.y[3] = np.nan
    with pytest.raises(ModelError, match="not finite"):
        moments(some)
