"""Shapley shares: every subset refitted, every order walked, and null factors that must not seem to matter."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, permutations
from typing import Any

import numpy as np
import pytest

from salarylab.errors import ModelError
from salarylab.model.decompose.shapley_measured import FOLDS, Lines, Measured, dealt_parts, lines, measured
from salarylab.model.decompose.shapley_null import dealer, null_shares, orders
from salarylab.model.decompose.shapley_shares import Measure, owen_weights, scored
from salarylab.model.decompose.shapley_spread import ends
from salarylab.model.kernel.layout import Piece, joint_codes, lay_out
from salarylab.model.kernel.moments import moments_of_parts, near_means, summed
from salarylab.model.kernel.rows import Rows, dense

Blocks = list[list[int]]


def rows_of(codes: list[np.ndarray], sizes: list[int], y: np.ndarray, **given: np.ndarray) -> tuple[Rows, Blocks]:
    """Return rows of one-hot factors, and their blocks."""
    ends_of = np.cumsum([1, *(size - 1 for size in sizes)])
    blocks = [list(range(a, b)) for a, b in pairwise(ends_of)]
    pieces = [Piece((j,), np.eye(size)[:, 1:], tuple(blocks[j])) for j, size in enumerate(sizes)]
    numbers = given.pop("numbers", np.zeros((len(y), 0)))
    k = int(ends_of[-1]) + numbers.shape[1]
    layout = lay_out(sizes, pieces, range(int(ends_of[-1]), k), k)
    blocks += [[c] for c in range(int(ends_of[-1]), k)]
    joint = tuple(joint_codes(group, codes) for group in layout.groups)
    return Rows(layout, joint, numbers, y, **given), blocks  # type: ignore[arg-type]


def shares(
    rows: Rows,
    blocks: Blocks,
    groups: Sequence[Sequence[int]] = (),
    *,
    measure: Measure = "adjusted",
    folds: Any = None,
) -> np.ndarray:
    """Return each block's share of R²."""
    parts = [summed(near_means(rows))] if folds is None else moments_of_parts(rows, folds)
    return np.asarray(owen_weights(len(blocks), groups) @ scored(parts, blocks, measure))


def invented(n: int = 400, *, weighted: bool = False) -> tuple[Rows, Blocks]:
    rng = np.random.default_rng(8)
    sizes = [3, 12, 2]
    codes = [rng.integers(0, size, n) for size in sizes]
    x = rng.normal(size=(n, 1)) + codes[0][:, None]
    y = 0.3 * codes[0] + 0.1 * (codes[1] % 3) + 0.2 * x[:, 0] + rng.normal(size=n)
    weights = {"weights": rng.uniform(0.5, 2, n)} if weighted else {}
    return rows_of(codes, sizes, y, numbers=x, **weights)


def matrix_of(rows: Rows) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    (block,) = rows.blocks()
    return dense(block, rows.layout), rows.y, np.ones(len(rows)) if rows.weights is None else rows.weights


def fitted(x: np.ndarray, y: np.ndarray, w: np.ndarray) -> np.ndarray:
    root = np.sqrt(w)
    return np.linalg.lstsq(x * root[:, None], y * root, rcond=None)[0]


def slow_adjusted(rows: Rows, inside: list[int]) -> float:
    x, y, w = matrix_of(rows)
    x = x[:, [0, *inside]]
    e = y - x @ fitted(x, y, w)
    around = y - np.average(y, weights=w)
    return 1.0 - float(w @ e**2) / (len(y) - x.shape[1]) * (len(y) - 1) / float(w @ around**2)


def slow_cross_fitted(rows: Rows, inside: list[int], folds: np.ndarray) -> float:
    x, y, w = matrix_of(rows)
    lost = whole = 0.0
    for f in range(FOLDS):
        out, kept = folds == f, folds != f
        b = fitted(x[kept][:, [0, *inside]], y[kept], w[kept])
        lost += float(w[out] @ (y[out] - x[out][:, [0, *inside]] @ b) ** 2)
        whole += float(w[out] @ (y[out] - np.average(y[kept], weights=w[kept])) ** 2)
    return 1.0 - lost / whole


def by_orders(worth: dict[frozenset[int], float], q: int, groups: list[list[int]] | None = None) -> np.ndarray:
    """Return the mean of what each block adds, over every order in which no group is broken."""
    found = np.zeros(q)
    walked = 0
    owner = {j: g for g, group in enumerate(groups or []) for j in group}
    for order in permutations(range(q)):
        owners = [owner.get(j, -1 - j) for j in order]
        if any(owners[i] != owners[i - 1] and owners[i] in owners[:i] for i in range(1, q)):
            continue
        walked += 1
        for i, j in enumerate(order):
            found[j] += worth[frozenset(order[: i + 1])] - worth[frozenset(order[:i])]
    return found / walked


@pytest.mark.parametrize("measure", ["adjusted", "cross-fitted"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("groups", [[], [[0, 3], [1]], [[0, 1, 2, 3]]])
def test_shares_are_those_of_slow_refits_in_every_order(
    measure: Measure, weighted: bool, groups: list[list[int]]
) -> None:
    rows, blocks = invented(weighted=weighted)
    folds = np.random.default_rng(2).permutation(len(rows)) % FOLDS
    worth = {}
    for number in range(16):
        inside = [c for j, block in enumerate(blocks) if number >> j & 1 for c in block]
        key = frozenset(j for j in range(4) if number >> j & 1)
        adjusted = measure == "adjusted"
        worth[key] = slow_adjusted(rows, inside) if adjusted else slow_cross_fitted(rows, inside, folds)
    found = shares(rows, blocks, groups, measure=measure, folds=folds)
    np.testing.assert_allclose(found, by_orders(worth, 4, groups), atol=1e-11)
    assert found.sum() == pytest.approx(worth[frozenset(range(4))], abs=1e-11)


def test_symmetric_factors_get_equal_shares() -> None:
    """Two factors in every pair of levels equally often, with the same premia."""
    a, b = (grid.ravel() for grid in np.meshgrid(np.arange(4), np.arange(4)))
    codes = [np.tile(a, 10), np.tile(b, 10)]
    half = np.random.default_rng(1).normal(size=80)
    y = 0.3 * codes[0] + 0.3 * codes[1] + np.concatenate([half, half])
    mirrored = [np.concatenate([codes[0][:80], codes[1][:80]]), np.concatenate([codes[1][:80], codes[0][:80]])]
    rows, blocks = rows_of(mirrored, [4, 4], y)
    found = shares(rows, blocks)
    assert found[0] == pytest.approx(found[1], abs=1e-12)


def test_one_block_takes_all_and_one_group_of_all_changes_nothing() -> None:
    rows, blocks = invented()
    assert shares(rows, [[c for block in blocks for c in block]])[0] == pytest.approx(shares(rows, blocks).sum())
    np.testing.assert_array_equal(owen_weights(4, [[0, 1, 2, 3]]), owen_weights(4))
    weights = owen_weights(12)
    assert weights[0].max() == pytest.approx(1 / 12)
    assert weights.sum(axis=1) == pytest.approx(np.zeros(12))


def test_what_is_no_partition_is_refused() -> None:
    with pytest.raises(ModelError, match="one group at most"):
        owen_weights(3, [[0, 1], [1]])


# Null factors


def null_of_100(seed: int, n: int = 2_000) -> tuple[Rows, Blocks]:
    rng = np.random.default_rng(seed)
    codes = [rng.integers(0, 100, n), rng.integers(0, 3, n)]
    return rows_of(codes, [100, 3], 0.2 * codes[1] + rng.normal(size=n))


def test_a_null_factor_of_a_hundred_levels_does_not_seem_to_matter() -> None:
    """Its raw R² is .05 in 2,000 rows; adjusted and cross-fitted shares, and their nulls, are not fooled."""
    ours, nulls = [], []
    for seed in range(4):
        rows, blocks = null_of_100(seed)
        gram = summed(near_means(rows))
        assert gram.n == 2_000
        rng = np.random.default_rng(seed)
        folds = rng.permutation(2_000) % FOLDS
        weights = owen_weights(2)
        for measure, at in (("adjusted", np.zeros(2_000, dtype=np.int64)), ("cross-fitted", folds)):
            found = shares(rows, blocks, measure=measure, folds=folds)[0]  # type: ignore[arg-type]
            null = null_shares(
                dealer(rows, at),
                blocks[0],
                blocks,
                weights[0],
                measure,
                orders(None, 2_000, 20, rng),  # type: ignore[arg-type]
            )
            ours.append(found - null.mean())
            nulls.append(null.std())
    away = np.array(ours) / np.array(nulls)
    assert np.abs(away).max() < 4.5


@pytest.mark.parametrize("measure", ["adjusted", "cross-fitted"])
@pytest.mark.parametrize("block", [0, 1, 2, 3])
@pytest.mark.parametrize("weighted", [False, True])
def test_a_factor_dealt_anew_is_that_of_rows_dealt_anew(measure: Measure, block: int, weighted: bool) -> None:
    rows, blocks = invented(weighted=weighted)
    folds = np.random.default_rng(2).permutation(len(rows)) % FOLDS
    order = np.random.default_rng(3).permutation(len(rows))
    rng = np.random.default_rng(8)  # as ``invented``
    codes = [rng.integers(0, size, 400) for size in (3, 12, 2)]
    numbers = rows.numbers
    dealt_codes = [code[order] if j == block else code for j, code in enumerate(codes)]
    given = {"weights": rows.weights} if rows.weights is not None else {}
    anew, _ = rows_of(dealt_codes, [3, 12, 2], rows.y, numbers=numbers[order] if block == 3 else numbers, **given)
    weights = owen_weights(4)[block]
    at = folds if measure == "cross-fitted" else np.zeros_like(folds)
    found = null_shares(dealer(rows, at), blocks[block], blocks, weights, measure, iter([order]))
    expected = shares(anew, blocks, measure=measure, folds=folds)[block]
    assert found[0] == pytest.approx(expected, abs=1e-10)


def test_clusters_are_dealt_as_wholes() -> None:
    clusters = np.repeat(np.arange(30), np.arange(1, 31))
    for order in orders(clusters, len(clusters), 5, np.random.default_rng(1)):
        donors = clusters[order]
        for cluster in range(30):
            assert len(set(donors[clusters == cluster])) == 1
        assert len(set(donors)) == 30


# Intervals


def truth_of(make: object) -> np.ndarray:
    rows, blocks = make(np.random.default_rng(0), 200_000)[:2]  # type: ignore[operator]
    found = shares(rows, blocks)
    found[1] = 0.0
    return np.append(found, found.sum())


def independent(rng: np.random.Generator, n: int) -> tuple[Rows, Blocks, None]:
    """Return a strong factor, a null one of 40 levels, a middling one that goes with the first, and a tiny one."""
    a, b, d = rng.integers(0, 4, n), rng.integers(0, 40, n), rng.integers(0, 2, n)
    c = (rng.random(n) < 0.2 + 0.15 * a).astype(np.int64)
    y = 0.25 * a + 0.25 * c + 0.06 * d + (0.5 + 0.1 * a) * rng.standard_normal(n)
    return *rows_of([a, b, c, d], [4, 40, 2, 2], y), None


def clustered(rng: np.random.Generator, n: int) -> tuple[Rows, Blocks, np.ndarray]:
    """Return the same with clusters of ten rows that share pay, the strong factor and a null one of 8 levels."""
    groups = n // 10
    of = np.repeat(np.arange(groups), 10)
    a, b, d = rng.integers(0, 4, groups)[of], rng.integers(0, 8, groups)[of], rng.integers(0, 2, n)
    c = (rng.random(n) < 0.2 + 0.15 * a).astype(np.int64)
    e = 0.7 * rng.standard_normal(groups)[of] + 0.7 * rng.standard_normal(n)
    y = 0.25 * a + 0.25 * c + 0.06 * d + (0.5 + 0.1 * a) * e
    return *rows_of([a, b, c, d], [4, 8, 2, 2], y), of


def measured_of(make: object, seed: int, measure: Measure, n: int = 1_500) -> tuple[Measured, Lines]:
    rng = np.random.default_rng(seed + 100)
    rows, blocks, clusters = make(rng, n)  # type: ignore[operator]
    of = lines(blocks, [])
    return measured(rows, dealt_parts(n, clusters, rng), blocks, of, measure), of


def covered(make: object, seeds: int, measure: Measure) -> tuple[np.ndarray, np.ndarray]:
    """Return how often each interval covers, and how often it has a lower end.

    What is covered is the population's share; of a cross-fitted share, its mean over seeds.
    """
    found = [measured_of(make, seed, measure)[0] for seed in range(seeds)]
    values = np.array([one.values for one in found])
    truth = truth_of(make) if measure == "adjusted" else values.mean(axis=0)
    low = np.array([[-np.inf if at.low is None else at.low for at in one.intervals] for one in found])
    high = np.array([[at.high for at in one.intervals] for one in found])
    assert ((low <= values) & (values <= high)).all()  # an interval holds its own estimate
    return ((low <= truth) & (truth <= high)).sum(axis=0), np.isfinite(low).sum(axis=0)


@pytest.mark.parametrize(("make", "measure"), [(independent, "adjusted"), (clustered, "cross-fitted")])
def test_a_few_intervals_cover(make: object, measure: Measure) -> None:
    hits, with_low = covered(make, 20, measure)
    assert hits.min() >= 14  # a binomial(20, .95) is below with a chance of 1 in 3,000
    assert with_low[1] <= 4  # the null factor is told one-sided
    assert with_low[0] >= 18


@pytest.mark.slow
@pytest.mark.parametrize(("make", "measure"), [(independent, "adjusted"), (clustered, "cross-fitted")])
def test_intervals_cover(make: object, measure: Measure) -> None:
    """At least 95 % within a simultaneous band; one-sided ones more."""
    from scipy.stats import binom

    seeds = 2_000
    hits, with_low = covered(make, seeds, measure)
    print("coverage", (hits / seeds).tolist(), "two-sided", (with_low / seeds).tolist())
    assert (hits >= binom.ppf(0.001 / 5, seeds, 0.95)).all()


def test_ends_near_zero_are_one_sided_and_far_from_it_normal() -> None:
    assert ends(0.004, 0.004, 4e-6, 4, 50.0).low is None
    far = ends(0.3, 1e-6, 1e-4, 3, 1e9)
    assert far.low == pytest.approx(0.3 - 1.96e-2, rel=0.005)
    assert far.high == pytest.approx(0.3 + 1.96e-2, rel=0.005)
    assert ends(0.0, 0.0, 0.0, 1, 50.0).high == 0.0
    wide, narrow = ends(0.05, 0.002, 1e-4, 3, 5.0), ends(0.05, 0.002, 1e-4, 3, 500.0)
    assert wide.high > narrow.high


@pytest.mark.parametrize(("x", "nu"), [(5.0, 1.0), (60.0, 20.0), (500.0, 3.0), (900.0, 200.0)])
def test_noncentrality_inverts_the_distribution(x: float, nu: float) -> None:
    from scipy.stats import ncx2

    a = 1e-4
    found = ends(a * x, a * nu, 4 * a * a * x, 1_000, 1e12)
    for end, p in ((found.low, 0.975), (found.high, 0.025)):
        if end is not None:
            assert float(ncx2.cdf(x, nu, end / a)) == pytest.approx(p, abs=2e-3)
