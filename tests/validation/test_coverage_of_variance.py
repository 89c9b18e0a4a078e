"""Do intervals cover where leverage is uneven and clusters are few?

Rows are simulated as arrays, the truth is zero. A validation run takes 2,000 samples and asks of every rule that its
95 % interval covers within a simultaneous binomial band; where a rule is known to be cautious, only from below.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import stdtrit
from scipy.stats import binom

from salarylab.model.kernel.layout import Piece, lay_out
from salarylab.model.kernel.rows import Rows
from salarylab.model.kernel.solution import Solution, solve
from salarylab.model.variance.clusters import clustered
from salarylab.model.variance.independent import bell_mccaffrey, heteroskedastic
from salarylab.model.variance.two_way import two_way
from salarylab.model.variance.wild import wild_interval

Covered = dict[str, bool]

SEEDS = 2_000
EVERYDAY_SEEDS = 30
FALSE_ALARM = 0.001
"""Chance that a correct method fails one of these tests."""


def judged(trial: Callable[[int], Covered], seeds: int, *, cautious: tuple[str, ...] = ()) -> dict[str, float]:
    """Hold each rule's coverage against a simultaneous binomial band, and return it."""
    seen = [trial(seed) for seed in range(seeds)]
    covered = {rule: sum(one[rule] for one in seen) for rule in seen[0]}
    level = FALSE_ALARM / 2 / len(covered)
    low, high = binom.ppf(level, seeds, 0.95), binom.ppf(1 - level, seeds, 0.95)
    shares = {rule: count / seeds for rule, count in covered.items()}
    print(f"band {low / seeds:.4f} to {high / seeds:.4f}: {shares}")
    outside = {rule for rule, count in covered.items() if count < low or (count > high and rule not in cautious)}
    assert outside == set(), shares
    return shares


def covers(solution: Solution, variance: float, df: float, j: int = 1) -> bool:
    return abs(float(solution.coefficients[j])) <= float(stdtrit(df, 0.975)) * variance**0.5


# Independent rows: a cell of five among twenty thousand (inference.md, section 1.2)

CELL, ROWS = 5, 20_000


def small_cell(seed: int) -> Covered:
    rng = np.random.default_rng(seed)
    code = np.zeros(ROWS, dtype=np.int64)
    code[:CELL] = 1
    x = rng.integers(0, 4, ROWS)
    layout = lay_out([2, 4], [Piece((0,), np.eye(2)[:, 1:], (1,)), Piece((1,), np.eye(4)[:, 1:], (2, 3, 4))], [], 5)
    rows = Rows(layout, (x * 2 + code,), np.zeros((ROWS, 0)), rng.normal(size=ROWS))
    assert [group.keys for group in layout.groups] == [(1, 0)]
    found = solve(rows, list("abcde"), meat="HC2")
    df = bell_mccaffrey(found, np.eye(5)[[1]])[0]
    return {"HC2 with Bell–McCaffrey": covers(found, heteroskedastic(found, "HC2")[1, 1], df)}


def test_a_cell_of_five_is_covered_in_a_few_seeds() -> None:
    judged(small_cell, EVERYDAY_SEEDS)


@pytest.mark.slow
def test_a_cell_of_five_is_covered() -> None:
    judged(small_cell, SEEDS)


def hc1_in_a_small_cell(seed: int) -> bool:
    rng = np.random.default_rng(seed)
    d = np.zeros((500, 1))
    d[:CELL] = 1.0
    layout = lay_out([], [], [1], 2)
    found = solve(Rows(layout, (np.zeros(500, dtype=np.int64),), d, rng.normal(size=500)), ["a", "d"], meat="HC1")
    return covers(found, heteroskedastic(found, "HC1")[1, 1], 498.0)


def test_the_test_sees_that_hc1_does_not_cover_a_small_cell() -> None:
    share = np.mean([hc1_in_a_small_cell(seed) for seed in range(400)])
    assert share < 0.88  # 84 % in inference.md


# Few clusters, of uneven size, with a factor of the cluster and one of the row


def few_clusters(clusters: int, treated: int) -> Callable[[int], Covered]:
    sizes = np.resize([8, 15, 30], clusters)
    codes = np.repeat(np.arange(clusters), sizes)
    layout = lay_out([], [], [1, 2], 3)

    def trial(seed: int) -> Covered:
        rng = np.random.default_rng(seed)
        factor = np.isin(codes, rng.permutation(clusters)[:treated]).astype(float)
        own = rng.normal(size=len(codes)) + rng.normal(size=clusters)[codes]
        y = rng.normal(size=len(codes)) + 0.6 * rng.normal(size=clusters)[codes]
        rows = Rows(layout, (np.zeros(len(codes), dtype=np.int64),), np.column_stack([factor, own]), y, clusters=codes)
        found = solve(rows, list("abc"), meat="clusters", clusters=clusters)
        seen = {}
        for kind in ("CR2", "CRV3"):
            rule = clustered(found, kind, few=True)  # type: ignore[arg-type]
            for j, name in ((1, "factor of the cluster"), (2, "factor of the row")):
                seen[f"{kind}, {name}"] = covers(found, rule.covariance[j, j], rule.df[j], j)
        for j, name in ((1, "factor of the cluster"), (2, "factor of the row")):
            wild = wild_interval(found, np.eye(3)[j], draws=999, seed=seed)
            seen[f"wild, {name}"] = wild.low <= 0.0 <= wild.high
        return seen

    return trial


CAUTIOUS = tuple(f"{kind}, factor of the {what}" for kind in ("CR2", "CRV3", "wild") for what in ("cluster", "row"))


@pytest.mark.parametrize(("clusters", "treated"), [(12, 6), (30, 12)])
def test_few_clusters_are_covered_in_a_few_seeds(clusters: int, treated: int) -> None:
    judged(few_clusters(clusters, treated), EVERYDAY_SEEDS, cautious=CAUTIOUS)


@pytest.mark.slow
@pytest.mark.parametrize(("clusters", "treated"), [(12, 6), (20, 8), (30, 12)])
def test_few_clusters_are_covered(clusters: int, treated: int) -> None:
    shares = judged(few_clusters(clusters, treated), SEEDS, cautious=CAUTIOUS)
    assert max(shares.values()) < 0.985  # cautious, and not useless


# Clusters two ways


def two_ways(seed: int) -> Covered:
    rng = np.random.default_rng(seed)
    first, second = np.repeat(np.arange(40), 40), np.tile(np.arange(40), 40)
    x = rng.normal(size=1_600) + rng.normal(size=40)[first] + rng.normal(size=40)[second]
    y = rng.normal(size=1_600) + 0.6 * rng.normal(size=40)[first] + 0.6 * rng.normal(size=40)[second]
    rows = Rows(lay_out([], [], [1], 2), (np.zeros(1_600, dtype=np.int64),), x[:, None], y)
    found = solve(rows, ["a", "x"])
    rule = two_way(found, first, second)
    return {"two ways": covers(found, rule.covariance[1, 1], rule.df[1])}


def test_clusters_two_ways_are_covered_in_a_few_seeds() -> None:
    judged(two_ways, EVERYDAY_SEEDS)


@pytest.mark.slow
def test_clusters_two_ways_are_covered() -> None:
    judged(two_ways, SEEDS)
