"""Brunner–Munzel: scipy's statistic, Mann and Whitney's U, matched pairs, and coverage with ties and clusters."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import stdtr
from scipy.stats import binom, brunnermunzel, mannwhitneyu

from salarylab.errors import ModelError
from salarylab.model.contrast.brunner_munzel import brunner_munzel, placements
from salarylab.model.contrast.superiority import probability_interval

Array = NDArray[np.float64]
SEEDS = 2_000
FALSE_ALARM = 0.001
OVER = 0.99
"""Coverage that an interval of 95 % is not to exceed: groups of ten have 98 %."""


@pytest.mark.parametrize("decimals", [9, 1, 0])
@pytest.mark.parametrize(("n", "m"), [(10, 10), (17, 29), (200, 31)])
def test_statistic_and_p_of_independent_rows_are_scipys(n: int, m: int, decimals: int) -> None:
    rng = np.random.default_rng(n + decimals)
    above, below = rng.normal(0.4, 2, n).round(decimals), rng.normal(0, 1, m).round(decimals)
    found = brunner_munzel(np.concatenate([above, below]), np.arange(n + m) < n)
    peer = brunnermunzel(below, above, distribution="t")
    t = (found.probability - 0.5) / found.se
    assert t == pytest.approx(peer.statistic, abs=1e-12)
    assert 2 * stdtr(found.df, -abs(t)) == pytest.approx(peer.pvalue, abs=1e-12)
    assert found.probability == pytest.approx(mannwhitneyu(above, below).statistic / (n * m), abs=1e-14)


def test_it_is_the_share_of_pairs_weighted_ties_half() -> None:
    rng = np.random.default_rng(4)
    y, w, first = rng.integers(0, 4, 25).astype(float), rng.uniform(0.5, 2, 25), np.arange(25) % 3 == 0
    pairs = [
        (w[i] * w[j], (y[i] > y[j]) + (y[i] == y[j]) / 2) for i in np.flatnonzero(first) for j in np.flatnonzero(~first)
    ]
    expected = sum(weight * wins for weight, wins in pairs) / sum(weight for weight, _ in pairs)
    assert brunner_munzel(y, first, w).probability == pytest.approx(expected, abs=1e-14)
    assert brunner_munzel(y, ~first, w).probability == pytest.approx(1 - expected, abs=1e-14)
    assert brunner_munzel(y, ~first, w).se == pytest.approx(brunner_munzel(y, first, w).se, rel=1e-12)


def test_clusters_of_one_row_are_independent_rows_and_whole_numbers_scale_nothing() -> None:
    rng = np.random.default_rng(5)
    y, first, w = rng.normal(size=40), np.arange(40) < 15, rng.uniform(1, 3, 40)
    assert brunner_munzel(y, first, w, np.arange(40)) == brunner_munzel(y, first, w)
    assert brunner_munzel(y, first, 2 * w).se == pytest.approx(brunner_munzel(y, first, w).se, rel=1e-12)


def test_of_matched_pairs_the_variance_is_that_of_differences_of_placements() -> None:
    rng = np.random.default_rng(6)
    pair = rng.normal(size=30)
    y = np.concatenate([pair + rng.normal(0.3, 1, 30), pair + rng.normal(0, 1, 30)]).round(1)
    first, codes = np.arange(60) < 30, np.tile(np.arange(30), 2)
    found, placed = brunner_munzel(y, first, clusters=codes), placements(y, first, np.ones(60))
    matched = placed[:30] + placed[30:]
    assert found.se == pytest.approx(matched.std(ddof=1) / 30**0.5, rel=1e-12)
    assert found.df == pytest.approx(29, rel=1e-12)


def test_groups_without_a_variance_are_refused_by_name() -> None:
    y = np.arange(20.0)
    with pytest.raises(ModelError, match="groups without overlap"):
        brunner_munzel(y, y > 9)
    with pytest.raises(ModelError, match="one cluster in a group"):
        brunner_munzel(y, np.arange(20) % 2 == 0, clusters=np.where(np.arange(20) % 2 == 0, 0, np.arange(20)))


# Coverage


def heaped(y: Array, step: float) -> Array:
    return np.round(y / step) * step if step else y


def independent(n: int, m: int, shift: float, spread: float, step: float) -> Callable[[int], tuple[Array, ...]]:
    def draw(seed: int) -> tuple[Array, ...]:
        rng = np.random.default_rng(seed)
        y = np.concatenate([rng.normal(shift, spread, n), rng.normal(0, 1, m)])
        return heaped(y, step), np.arange(n + m) < n

    return draw


def in_clusters(
    own: tuple[int, int], both: int, shift: float, step: float, alike: float
) -> Callable[[int], tuple[Array, ...]]:
    """Clusters of 2 to 11 rows, some of one group, some of both, with weights."""

    def draw(seed: int) -> tuple[Array, ...]:
        rng = np.random.default_rng(seed)
        total = sum(own) + both
        codes = np.repeat(np.arange(total), rng.integers(2, 12, total))
        n = len(codes)
        first = np.where(codes < own[0], True, np.where(codes < sum(own), False, np.arange(n) % 2 == 0))
        shared = alike**0.5 * rng.normal(size=total)[codes]
        y = shared + (1 - alike) ** 0.5 * rng.normal(size=n) + shift * first
        return heaped(y, step), first, rng.uniform(0.5, 2, n), codes

    return draw


CASES = {
    "ten and ten": (independent(10, 10, 0, 1, 0), (0.0, 1.0, 0)),
    "ten and ten, far apart, heaped": (independent(10, 10, 1.5, 1, 1), (1.5, 1.0, 1)),
    "60 and 80, heavily heaped": (independent(60, 80, 0.3, 2, 2), (0.3, 2.0, 2)),
    "40 and 12, spreads differ": (independent(40, 12, 0.5, 3, 0), (0.5, 3.0, 0)),
    "clusters apart, heaped": (in_clusters((20, 25), 0, 0.3, 1, 0.3), (0.3, 1.0, 1)),
    "clusters span both groups": (in_clusters((0, 0), 30, 0.5, 0.5, 0.4), (0.5, 1.0, 0.5)),
    "some clusters span": (in_clusters((15, 20), 10, 0.3, 0.5, 0.4), (0.3, 1.0, 0.5)),
}


def truth(shift: float, spread: float, step: float, rows: int = 500_000) -> float:
    rng = np.random.default_rng(99)
    y = heaped(np.concatenate([rng.normal(shift, spread, rows), rng.normal(0, 1, rows)]), step)
    first = np.arange(2 * rows) < rows
    return float(placements(y, first, np.ones(2 * rows))[first].mean())


def covered(name: str, seeds: range) -> tuple[int, int]:
    """Return in how many samples the interval covers, of those in which the groups overlap."""
    draw, planted = CASES[name]
    right, inside = truth(*planted), []
    for seed in seeds:
        try:
            low, high = probability_interval(brunner_munzel(*draw(seed)))  # type: ignore[arg-type]
        except ModelError:
            continue
        inside.append(low <= right <= high)
    return sum(inside), len(inside)


@pytest.mark.parametrize("name", CASES)
def test_the_interval_covers_in_a_few_seeds(name: str) -> None:
    count, of = covered(name, range(60))
    assert count >= binom.ppf(FALSE_ALARM / len(CASES), of, 0.95)


@pytest.mark.slow
def test_the_interval_covers_with_95_percent_or_more() -> None:
    found = {name: covered(name, range(SEEDS)) for name in CASES}
    for name, (count, of) in found.items():
        print(f"{name}: {count / of:.4f} of {of}")
    level = FALSE_ALARM / 2 / len(CASES)
    assert all(count >= binom.ppf(level, of, 0.95) for count, of in found.values())
    assert all(count <= binom.ppf(1 - level, of, OVER) for count, of in found.values())
    assert min(of for _, of in found.values()) > 0.99 * SEEDS
