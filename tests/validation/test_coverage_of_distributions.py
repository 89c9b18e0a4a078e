"""Do the intervals of adjusted shares cover what was planted?

Rows are simulated as arrays. The truth is known exactly: logistic noise makes every threshold's logit right. A
validation run takes 2,000 samples and asks of every number that its 95 % interval covers within a simultaneous
binomial band.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtr
from scipy.stats import binom

from salarylab.model.distribution import counterfactual
from salarylab.model.distribution.adjusted import ends
from salarylab.model.distribution.basis import basis_of
from salarylab.model.distribution.below import below, fits
from salarylab.model.distribution.logit import Logit
from salarylab.model.distribution.simultaneous import pointwise, sup_t
from salarylab.model.variance.dependence import covariance_of, row_rule

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
