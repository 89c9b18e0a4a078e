"""Redraws: clusters as wholes, seeds, and the variance of a mean."""

from __future__ import annotations

import numpy as np
import pytest

from salarylab.errors import ModelError
from salarylab.model.distribution.redraws import redraws


def test_the_bootstrap_variance_of_a_mean_is_its_textbook_variance() -> None:
    rng = np.random.default_rng(4)
    y = rng.normal(size=200)
    again = redraws(np.ones(200), draws=4_000)
    means = np.array([[np.average(y, weights=w)] for w in again])
    assert again.covariance(means, means[0])[0, 0] == pytest.approx(y.var() / 200, rel=0.08)


def test_clusters_move_as_wholes_and_weights_count() -> None:
    clusters, weights = np.repeat(np.arange(25), 4), np.tile([1.0, 2.0, 3.0, 4.0], 25)
    for drawn in redraws(weights, clusters, draws=99):
        assert (drawn / weights).reshape(25, 4) == pytest.approx(np.repeat(drawn[::4], 4).reshape(25, 4))
    again = redraws(weights, clusters, draws=4_000)
    y = np.random.default_rng(1).normal(size=25)[clusters]
    means = np.array([[np.average(y, weights=w)] for w in again])
    by_cluster = y[::4]
    assert again.covariance(means, means[0])[0, 0] == pytest.approx(by_cluster.var() / 25, rel=0.1)


def test_a_draw_depends_on_its_seed_and_place_alone() -> None:
    first, second = (next(iter(redraws(np.ones(30), draws=99, seed=5))) for _ in range(2))
    assert first.tolist() == second.tolist()
    assert next(iter(redraws(np.ones(30), draws=99, seed=6))).tolist() != first.tolist()
    assert "seed 5" in redraws(np.ones(30), draws=99, seed=5).words


def test_few_draws_and_few_clusters_are_refused() -> None:
    with pytest.raises(ModelError, match="at least 99"):
        redraws(np.ones(30), draws=10)
    with pytest.raises(ModelError, match="fewer than 10"):
        redraws(np.ones(30), np.arange(30) % 5)
    with pytest.raises(ModelError, match="cluster on something finer"):
        redraws(np.ones(30), np.zeros(30, dtype=np.int64), few=True)
