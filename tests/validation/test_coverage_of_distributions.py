"""Do the intervals of shares, of RIF regressions and of reweighted gaps cover what was planted?

Rows are simulated as arrays. The truth is known exactly: logistic noise makes every threshold's logit right, normal
characteristics make the odds of reweighting right, and normal pay has known quantiles and densities. A validation run
takes 2,000 samples and asks of every number that its 95 % interval covers within a simultaneous binomial band.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtr, ndtri, stdtrit
from scipy.stats import binom, norm

from salarylab.model.coding import plain
from salarylab.model.decompose.reweighted import parts_of, reweighted, values_of
from salarylab.model.distribution import counterfactual
from salarylab.model.distribution.adjusted import ends
from salarylab.model.distribution.basis import basis_of
from salarylab.model.distribution.below import below, fits
from salarylab.model.distribution.logit import Logit
from salarylab.model.distribution.logit import logit as fit_logit
from salarylab.model.distribution.redraws import redraws
from salarylab.model.distribution.rif import coefficients
from salarylab.model.distribution.simultaneous import pointwise, sup_t
from salarylab.model.distribution.statistic import silverman, statistics
from salarylab.model.kernel.solution import solve
from salarylab.model.variance.dependence import covariance_of, effective_groups, row_rule
from salarylab.model.variance.independent import bell_mccaffrey

Array = NDArray[np.float64]
Seen = dict[str, bool]

SEEDS = 2_000
EVERYDAY_SEEDS = 40
DRAWS = 99
FALSE_ALARM = 0.001
"""Chance that a correct method fails one of these tests."""


def judged(trial: Callable[[int], Seen], seeds: int) -> None:
    """Hold each number's coverage against a simultaneous binomial band."""
    seen = [trial(seed) for seed in range(seeds)]
    covered = {name: sum(one[name] for one in seen) for name in seen[0]}
    level = FALSE_ALARM / 2 / len(covered)
    low, high = binom.ppf(level, seeds, 0.95), binom.ppf(1 - level, seeds, 0.95)
    shares = {name: round(count / seeds, 4) for name, count in covered.items()}
    print(f"band {low / seeds:.4f} to {high / seeds:.4f}: {shares}")
    assert {name: share for name, share in shares.items() if not low <= share * seeds <= high} == {}


# Shares below thresholds, adjusted

SLOPES = np.array([0.0, 0.4, -0.5, 0.03])
SCALE = 0.3
PROBABILITY = (0.4, 0.4, 0.2)
THRESHOLDS = np.exp(np.linspace(0.0, 0.75, 6))


def three_levels(rng: np.random.Generator, n: int, clusters: NDArray[np.int64] | None) -> tuple[Array, Array]:
    """Return columns (constant, two levels, years) and log pay with logistic noise, dependent within clusters."""
    level, years = rng.choice(3, n, p=PROBABILITY), rng.uniform(0, 30, n)
    noise = rng.normal(size=n)
    if clusters is not None:
        share = 0.1
        noise = np.sqrt(share) * rng.normal(size=clusters.max() + 1)[clusters] + np.sqrt(1 - share) * noise
    x = np.column_stack([np.ones(n), level == 1, level == 2, years])
    return x, x @ SLOPES + SCALE * logit(ndtr(noise))


def at(level: int, x: Array) -> Array:
    moved = x.copy()
    moved[:, 1], moved[:, 2] = float(level == 1), float(level == 2)
    return moved


def true_shares() -> Array:
    grid = np.column_stack([np.ones(3_001), np.zeros((3_001, 2)), (np.arange(3_001) + 0.5) / 3_001 * 30])
    return np.array(
        [expit((np.log(THRESHOLDS) - (at(level, grid) @ SLOPES)[:, None]) / SCALE).mean(axis=0) for level in range(3)]
    )


def shares_trial(seed: int, clustered: bool) -> Seen:
    rng, n = np.random.default_rng([1, seed]), 800
    clusters = np.arange(n, dtype=np.int64) % 40 if clustered else None
    x, y = three_levels(rng, n, clusters)
    found = [fit for _, fit in fits(basis_of(x, ["c", "b", "d", "years"]), y, THRESHOLDS)]
    assert all(isinstance(fit, Logit) for fit in found)
    slopes = np.array([fit.coefficients for fit in found if isinstance(fit, Logit)])
    breads = np.array([fit.bread for fit in found if isinstance(fit, Logit)])
    one = np.ones(n)
    average = counterfactual.averages(lambda level, rows: at(level, x[rows]), 3, slopes, one)
    rule = row_rule(n, 4, clusters)
    added = counterfactual.pieces(
        lambda level, rows: at(level, x[rows]), x, below(y, THRESHOLDS), one, slopes, breads, average
    )
    covariance = covariance_of(added, rule)
    m, truth, errors = len(THRESHOLDS), true_shares(), np.sqrt(np.diag(covariance)).reshape(3, -1)
    low, high = ends(average[0], errors, np.full((3, 1), pointwise(rule.df)))
    inside = (low <= truth) & (truth <= high)
    reach = [sup_t(covariance[i * m : i * m + m, i * m : i * m + m], rule.df, draws=1_999) for i in range(3)]
    low, high = ends(average[0], errors, np.array(reach)[:, None])
    bands = ((low <= truth) & (truth <= high)).all(axis=1)
    seen = {f"level {i} at {j}": bool(inside[i, j]) for i in range(3) for j in range(m)}
    return seen | {f"band of level {i}": bool(bands[i]) for i in range(3)}


@pytest.mark.slow
@pytest.mark.parametrize("clustered", [False, True])
def test_adjusted_shares_and_their_bands_cover(clustered: bool) -> None:
    judged(lambda seed: shares_trial(seed, clustered), SEEDS)


@pytest.mark.parametrize("clustered", [False, True])
def test_adjusted_shares_cover_in_a_few_samples(clustered: bool) -> None:
    judged(lambda seed: shares_trial(seed, clustered), EVERYDAY_SEEDS)


# RIF regressions of normal pay

ASKED = ("mean", "variance", "p25", "p50", "p90-p10")
SPREAD = 0.5
GAP = 0.3


def rif_truth() -> Array:
    """Return the slopes on a level held by four in ten, whose log pay is GAP above normal pay with sd SPREAD."""
    share, centre = 0.4, np.array([0.0, GAP])
    weight = np.array([1 - share, share])

    def distribution(q: float) -> float:
        return float(weight @ norm.cdf((q - centre) / SPREAD))

    def slope(probability: float) -> float:
        q = 0.0
        for _ in range(60):
            q -= (distribution(q) - probability) / float(weight @ norm.pdf((q - centre) / SPREAD) / SPREAD)
        shares = norm.cdf((q - centre) / SPREAD)
        return float((shares[0] - shares[1]) / (weight @ norm.pdf((q - centre) / SPREAD) / SPREAD))

    mean = share * GAP
    variance = (GAP - mean) ** 2 - mean**2
    return np.array([GAP, variance, slope(0.25), slope(0.5), slope(0.9) - slope(0.1)])


def rif_trial(seed: int, clustered: bool) -> Seen:
    rng, n = np.random.default_rng([2, seed]), 600
    clusters = np.arange(n, dtype=np.int64) % 50 if clustered else None
    noise = rng.normal(size=n)
    if clusters is not None:
        noise = np.sqrt(0.1) * rng.normal(size=50)[clusters] + np.sqrt(0.9) * noise
    held = (rng.uniform(size=n) < 0.4).astype(float)
    order = np.argsort(y := GAP * held + SPREAD * noise)
    x = np.column_stack([np.ones(n), held])[order]
    basis = basis_of(x, ["c", "b"])
    again = redraws(np.ones(n), None if clusters is None else clusters[order], draws=DRAWS, seed=seed)
    asked, width = statistics(ASKED), silverman(y[order], again.weights)
    found = coefficients(basis, y[order], again.weights, asked, width)[:, 1]
    drawn = np.array([coefficients(basis, y[order], weights, asked, width)[:, 1] for weights in again])
    df = bell_mccaffrey(solve(plain(x, y[order]), ["c", "b"]), np.eye(2))[1] if clusters is None else again.df
    reach = stdtrit(df, 0.975) * np.sqrt(np.diag(again.covariance(drawn, found)))
    return dict(zip(ASKED, (np.abs(found - rif_truth()) <= reach).tolist(), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("clustered", [False, True])
def test_rif_slopes_cover(clustered: bool) -> None:
    judged(lambda seed: rif_trial(seed, clustered), SEEDS)


@pytest.mark.parametrize("clustered", [False, True])
def test_rif_slopes_cover_in_a_few_samples(clustered: bool) -> None:
    judged(lambda seed: rif_trial(seed, clustered), EVERYDAY_SEEDS // 4)


# Reweighted gaps

MOVED = 0.5
"""How far the level's characteristic lies above the base's, in its standard deviations."""

SUMMED = ("mean", "p25", "p50")


def gap_trial(seed: int, clustered: bool) -> Seen:
    rng, n, few = np.random.default_rng([3, seed]), 500, 200
    clusters = np.arange(n, dtype=np.int64) * 7 % 50 if clustered else None
    inside = np.arange(n) < few
    kind = rng.normal(size=n) + MOVED * inside
    noise = rng.normal(size=n)
    if clusters is not None:
        noise = np.sqrt(0.1) * rng.normal(size=50)[clusters] + np.sqrt(0.9) * noise
    y = np.where(inside, 0.1 + 0.4 * kind, 0.3 * kind) + 0.5 * noise
    order = np.argsort(y)
    again = redraws(np.ones(n), None if clusters is None else clusters[order], draws=DRAWS, seed=seed)
    y, inside, asked = y[order], inside[order], statistics(SUMMED)
    basis = basis_of(np.column_stack([np.ones(n), kind[order]]), ["c", "kind"])
    fitted = fit_logit(basis, inside.astype(float))
    found = parts_of(values_of(basis, inside, y, again.weights, asked, fitted.along))
    drawn = np.array([parts_of(values_of(basis, inside, y, w, asked, fitted.along)) for w in again])
    given = reweighted(fitted, inside, again.weights)
    behind = min(effective_groups(again.clusters, w) for w in (given, again.weights * inside))
    reach = stdtrit(behind - 1.0, 0.975) * np.sqrt(np.diag(again.covariance(drawn, found)))
    base = 0.0 + np.hypot(0.3, 0.5) * ndtri([0.5, 0.25, 0.5])
    level = 0.1 + 0.4 * MOVED + np.hypot(0.4, 0.5) * ndtri([0.5, 0.25, 0.5])
    truth = parts_of(np.array([base, base + 0.3 * MOVED, level]))
    names = [f"{part} at {name}" for part in ("gap", "composition", "structure") for name in SUMMED]
    return dict(zip(names, (np.abs(found - truth) <= reach).tolist(), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("clustered", [False, True])
def test_parts_of_reweighted_gaps_cover(clustered: bool) -> None:
    judged(lambda seed: gap_trial(seed, clustered), SEEDS)


@pytest.mark.parametrize("clustered", [False, True])
def test_parts_of_reweighted_gaps_cover_in_a_few_samples(clustered: bool) -> None:
    judged(lambda seed: gap_trial(seed, clustered), EVERYDAY_SEEDS // 4)
