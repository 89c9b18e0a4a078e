"""Covariance of interval regression: identities with least squares, direct formulas, and coverage."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import stdtrit
from scipy.stats import binom

from salarylab.errors import ModelError
from salarylab.model.coding import plain
from salarylab.model.distribution.interval_covariance import refitted, sandwich
from salarylab.model.distribution.interval_likelihood import Banded, curvature
from salarylab.model.distribution.interval_newton import maximise
from salarylab.model.kernel.solution import solve
from salarylab.model.variance.clusters import clustered
from salarylab.model.variance.independent import heteroskedastic

NAMES = ["intercept", "cell", "x"]
CUTS = np.r_[-np.inf, np.log([5e3, 1e4, 2e4, 3e4, 5e4, 8e4, 1.2e5]), np.inf]
TRUTH = np.array([10.3, 0.3, 0.2, np.log(0.7)])
FALSE_ALARM = 0.001


def drawn(seed: int, n: int = 300, groups: int | None = None) -> tuple[Banded, np.ndarray]:
    """Return points, bands and open ends of normal log pay: a cell of twelve rows, or a third of the clusters."""
    rng = np.random.default_rng(seed)
    codes = np.arange(n) % (groups or n)
    error = rng.normal(size=n)
    if groups:
        error = np.sqrt(0.8) * error + np.sqrt(0.2) * rng.normal(size=groups)[codes]
    cell = codes < (groups // 3 if groups else 12)
    x = np.column_stack([np.ones(n), cell, rng.normal(size=n)])
    y = x @ TRUTH[:3] + 0.7 * error
    band, point = np.searchsorted(CUTS, y), rng.random(n) < 0.3
    low, high = np.where(point, y, CUTS[band - 1]), np.where(point, y, CUTS[band])
    return Banded(x, np.ones((n, 1)), low, high, rng.uniform(0.5, 2.0, n) if seed < 0 else np.ones(n)), codes


def test_points_have_the_sandwiches_of_least_squares() -> None:
    of, codes = drawn(4, groups=30)
    y = np.random.default_rng(1).normal(size=300) * (1 + of.x[:, 1])
    weights = np.random.default_rng(2).uniform(0.5, 2.0, 300)
    points = Banded(of.x, of.z, y, y, weights)
    found = maximise(points, NAMES)
    rows = plain(of.x, y, weights, codes)
    ols, by = solve(rows, NAMES, meat="HC0"), solve(rows, NAMES, meat="clusters", clusters=30)
    for kind in ("HC0", "HC1"):
        np.testing.assert_allclose(sandwich(points, found, kind)[:3, :3], heteroskedastic(ols, kind), rtol=1e-9)
    for kind in ("CR0", "CR1"):
        ours, theirs = sandwich(points, found, kind, codes), clustered(by, kind).covariance
        np.testing.assert_allclose(ours[:3, :3], theirs, rtol=1e-9)


def test_the_jackknife_over_rows_is_the_information_less_each_rows_own() -> None:
    of, _ = drawn(6, n=80)
    found = maximise(of, NAMES)
    residuals, sigma = of.at(found)
    whole = of.natural(found)[2]
    moved = []
    for i, (across, mixed, along) in enumerate(zip(*curvature(residuals, sigma), strict=True)):
        row = np.column_stack([np.r_[of.x[i], 0.0], np.r_[0.0, 0.0, 0.0, of.z[i]]])
        score = row @ [residuals.moments[0, i] / sigma[i], residuals.moments[1, i]]
        moved.append(np.linalg.solve(whole - row @ [[along, mixed], [mixed, across]] @ row.T, score))
    expected = np.array(moved).T @ np.array(moved)
    np.testing.assert_allclose(sandwich(of, found, "HC3"), expected, rtol=1e-9)
    one_each = np.arange(80)
    np.testing.assert_allclose(sandwich(of, found, "CRV3", one_each), expected * 79 / 80, rtol=1e-9)


def test_the_jackknife_over_clusters_is_near_leaving_out_each_in_turn() -> None:
    of, codes = drawn(8, groups=30)
    found = maximise(of, NAMES)
    moved = [refitted(of, found, (codes != g).astype(float)) - found for g in range(30)]
    left_out = 29 / 30 * np.array(moved).T @ np.array(moved)
    np.testing.assert_allclose(
        np.sqrt(np.diag(sandwich(of, found, "CRV3", codes))), np.sqrt(np.diag(left_out)), rtol=0.06
    )


def test_frequency_weights_are_rows_repeated() -> None:
    of, _ = drawn(9)
    times = np.arange(300) % 3 + 1
    weighted = Banded(of.x, of.z, of.low, of.high, times.astype(float))
    repeated = Banded(*(np.repeat(part, times, axis=0) for part in (of.x, of.z, of.low, of.high, np.ones(300))))
    found = maximise(weighted, NAMES)
    np.testing.assert_allclose(found, maximise(repeated, NAMES), rtol=1e-9)
    of_repeated = sandwich(repeated, found, "classical")
    np.testing.assert_allclose(sandwich(weighted, found, "classical"), of_repeated, rtol=1e-9)


def test_a_row_alone_in_its_cell_has_no_jackknife() -> None:
    of, _ = drawn(10)
    x = of.x.copy()
    x[:, 1] = np.arange(300) == 7
    low, high = of.low.copy(), of.high.copy()
    low[7] = high[7] = 10.0
    alone = Banded(x, of.z, low, high, of.weights)
    with pytest.raises(ModelError, match="alone decide a term"):
        sandwich(alone, maximise(alone, NAMES), "HC3")


def covers(seed: int, groups: int | None) -> np.ndarray:
    """Return whether the default interval of each parameter covers its truth."""
    of, codes = drawn(seed, groups=groups)
    found = maximise(of, NAMES)
    variance = np.diag(sandwich(of, found, "CRV3", codes) if groups else sandwich(of, found, "HC3"))
    df = groups - 1 if groups else len(of.low) - 3
    return np.asarray(np.abs(found - TRUTH) <= stdtrit(df, 0.975) * np.sqrt(variance))


@pytest.mark.parametrize("groups", [None, 30])
def test_a_few_samples_are_no_further_from_the_truth_than_chance_allows(groups: int | None) -> None:
    covered = np.array([covers(seed, groups) for seed in range(40)]).sum(axis=0)
    assert (covered >= binom.ppf(FALSE_ALARM / 8, 40, 0.95)).all(), covered


@pytest.mark.slow
@pytest.mark.parametrize("groups", [None, 30])
def test_intervals_cover_within_a_simultaneous_band(groups: int | None) -> None:
    seeds = 2_000
    covered = np.array([covers(seed, groups) for seed in range(seeds)]).sum(axis=0)
    print((covered / seeds).tolist())
    # the jackknife errs on the long side: never below 95 %, at most 97 %
    low = binom.ppf(FALSE_ALARM / 8, seeds, 0.95)
    assert (covered >= low).all(), covered / seeds
    assert (covered <= binom.ppf(1 - FALSE_ALARM / 8, seeds, 0.97)).all(), covered / seeds
