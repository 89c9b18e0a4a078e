"""Replicate weights against refits under each, and against the jackknife that they may stand for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from salarylab.errors import ModelError
from salarylab.model.kernel.cells import collapsed
from salarylab.model.kernel.solution import solve
from salarylab.model.variance import replicates as module
from salarylab.model.variance.clusters import clustered
from salarylab.model.variance.replicates import deviations, replicate_covariance


def refitted(made: Any, weights: np.ndarray) -> np.ndarray:
    return np.asarray(np.linalg.solve(made.x.T @ (made.x * weights[:, None]), made.x.T @ (weights * made.y)))


@pytest.mark.parametrize("few", [True, False])
def test_equals_a_loop_over_refits_with_weights_of_any_sign(
    make: Any, monkeypatch: pytest.MonkeyPatch, few: bool
) -> None:
    monkeypatch.setattr(module, "is_few", lambda _: few)
    made = make(500, (3, 5), 1, weighted=True)
    rng = np.random.default_rng(1)
    weights = made.w[:, None] * rng.choice([0.3, 1.0, 1.7, 0.0, -0.1], (500, 16), p=[0.2, 0.5, 0.2, 0.05, 0.05])
    expected = np.array([refitted(made, w) - refitted(made, made.w) for w in weights.T])
    solution = solve(made.rows, made.names)
    np.testing.assert_allclose(deviations(solution, weights), expected, rtol=1e-8, atol=1e-12)
    found = replicate_covariance(solution, weights, 4 / 80)
    np.testing.assert_allclose(found, 4 / 80 * expected.T @ expected, rtol=1e-8)


def test_batches_of_tables_change_nothing(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from salarylab.model.variance import grams

    made = make(500, (3, 5), 1, weighted=True)
    weights = made.w[:, None] * np.random.default_rng(1).choice([0.5, 1.5], (500, 7))
    solution = solve(made.rows, made.names)
    whole = deviations(solution, weights)
    monkeypatch.setattr(grams, "MOST_BYTES", 1)
    np.testing.assert_array_equal(deviations(solution, weights), whole)


def test_leaving_out_one_cluster_at_a_time_is_the_jackknife(make: Any) -> None:
    made = make(400, (3, 4), weighted=True, clusters=30)
    g = made.groups
    left = made.w[:, None] * (made.clusters[:, None] != np.arange(g)) * (g / (g - 1))
    solution = solve(made.rows, made.names, meat="clusters", clusters=g)
    found = replicate_covariance(solution, left, (g - 1) / g)
    np.testing.assert_allclose(found, clustered(solution, "CRV3").covariance, rtol=1e-9, atol=1e-15)


def strata(n: int, units: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the stratum and the unit within it of each row of a balanced sample, three units a stratum."""
    unit = np.arange(n) % units
    return unit // 3, unit % 3


def test_the_stratified_jackknife_of_a_mean_is_the_textbooks(plain: Any) -> None:
    # Wolter (2007), section 4.5: for a mean of unit totals, Σ over strata of n_h·s_h² with their shares
    y = np.sin(np.arange(90.0) ** 1.3)
    stratum, unit = strata(90, 9)
    left_out = [(h, u) for h in range(3) for u in range(3)]
    columns = [np.where(stratum == h, np.where(unit == u, 0.0, 1.5), 1.0) for h, u in left_out]
    solution = solve(plain(np.zeros((90, 0)), y), ["intercept"])
    found = replicate_covariance(solution, np.array(columns).T, np.full(9, 2 / 3))
    means = np.array([[y[(stratum == h) & (unit == u)].mean() for u in range(3)] for h in range(3)])
    expected = sum(means[h].var(ddof=1) / 3 for h in range(3)) / 9
    assert found[0, 0] == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("fay", [0.0, 0.5])
def test_balanced_half_samples_and_fays_give_the_variance_of_paired_strata(plain: Any, fay: float) -> None:
    # Judkins (1990): with full balance both equal Σ (y1 − y2)²/4 over strata of two units, whatever Fay's share
    hadamard = np.array([[1]])
    while len(hadamard) < 8:
        hadamard = np.block([[hadamard, hadamard], [hadamard, -hadamard]])
    y = np.random.default_rng(4).normal(size=14)
    stratum, unit = np.repeat(np.arange(7), 2), np.tile([1, -1], 7)
    weights = 1.0 + (1.0 - fay) * unit[:, None] * hadamard[:, 1:].T[stratum]
    solution = solve(plain(np.zeros((14, 0)), y), ["intercept"])
    found = replicate_covariance(solution, weights, 1 / (8 * (1 - fay) ** 2))
    expected = np.sum((y[0::2] - y[1::2]) ** 2) / 14**2
    assert found[0, 0] == pytest.approx(expected, rel=1e-10)


# Refusals


def test_a_replicate_that_empties_a_level_is_named(make: Any) -> None:
    made = make(200, (3,), weighted=True)
    weights = np.column_stack([made.w, made.w, np.where(made.x[:, 2] == 1, 0.0, made.w)])
    with pytest.raises(ModelError, match="replicate 3 leaves some level"):
        deviations(solve(made.rows, made.names), weights)


def test_other_rows_and_cells_are_refused(make: Any) -> None:
    made = make(200, (3,))
    with pytest.raises(ModelError, match="one row of replicate weights for each row"):
        deviations(solve(made.rows, made.names), np.ones((199, 4)))
    with pytest.raises(ModelError, match="cells"):
        deviations(solve(collapsed(made.rows), made.names), np.ones((200, 4)))
