"""The test of normal log pay: its moments, its size in large samples, what it finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.special import chdtrc
from scipy.stats import binom

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.distribution.interval import interval
from salarylab.model.distribution.interval_likelihood import Banded
from salarylab.model.distribution.interval_newton import maximise
from salarylab.model.distribution.interval_normality import moment_test, normality
from salarylab.records import Records

Make = Callable[..., Records]
CUTS = np.r_[-np.inf, np.linspace(-1.6, 1.6, 9), np.inf]


def fitted(error: np.ndarray, points: float) -> tuple[Banded, np.ndarray]:
    rng = np.random.default_rng(len(error))
    n = len(error)
    x = np.column_stack([np.ones(n), rng.normal(size=n)])
    y = 0.3 * x[:, 1] + error
    band, point = np.searchsorted(CUTS, y), rng.random(n) < points
    of = Banded(x, np.ones((n, 1)), np.where(point, y, CUTS[band - 1]), np.where(point, y, CUTS[band]), np.ones(n))
    return of, maximise(of, ["intercept", "x"])


def p_of(error: np.ndarray, points: float = 0.2) -> float:
    total, rows = moment_test(*fitted(error, points))
    return float(chdtrc(2, total @ np.linalg.solve(rows.T @ rows, total)))


def test_the_moments_of_points_are_those_of_the_residuals() -> None:
    of, found = fitted(np.random.default_rng(1).gamma(4.0, 0.5, 700), points=1.0)
    z = (of.low - of.x @ found[:2]) / np.exp(found[2])
    total, _ = moment_test(of, found)
    np.testing.assert_allclose(total, [np.sum(z**3), np.sum(z**4 - 3)], rtol=1e-9)


def test_what_a_row_adds_is_how_the_moments_move_with_its_weight() -> None:
    of, found = fitted(np.random.default_rng(2).normal(size=300), points=0.3)
    _, rows = moment_test(of, found)
    step = 1e-5
    for i in (0, 17, 255):
        moved = []
        for sign in (1, -1):
            weights = of.weights.copy()
            weights[i] += sign * step
            heavier = Banded(of.x, of.z, of.low, of.high, weights)
            moved.append(moment_test(heavier, maximise(heavier, ["intercept", "x"]))[0])
        np.testing.assert_allclose((moved[0] - moved[1]) / (2 * step), rows[i], rtol=1e-5, atol=1e-7)


def test_normal_errors_are_rarely_refused_and_others_found() -> None:
    rng = np.random.default_rng(11)
    refused = sum(p_of(rng.normal(size=4_000)) < 0.05 for _ in range(40))
    assert refused <= binom.ppf(0.999, 40, 0.07)
    assert p_of(rng.gamma(3.0, 0.6, 5_000) - 1.8) < 1e-4
    assert p_of(rng.laplace(0.0, 0.4, 5_000), points=1.0) < 1e-4


def bands(make_records: Make, n: int, **columns: Any) -> sl.Sample:
    rng = np.random.default_rng(4)
    low = np.array([10_000.0, 20_000.0, 40_000.0, 80_000.0, 160_000.0])[rng.binomial(4, 0.5, n)]
    columns = {"education": (["bachelor", "master"] * n)[:n], "cluster": [f"c{i % 25}" for i in range(n)]} | columns
    return sl.draw(
        make_records(pay_low_usd=low.tolist(), pay_high_usd=(low * 2).tolist(), pay_annual_usd=low.tolist(), **columns)
    )


def test_the_finding_is_a_p_value_that_says_where_it_is_too_eager(make_records: Make) -> None:
    rows = normality(interval(sl.Spec(factors=("education",), clusters=None), bands(make_records, 800)))
    clustered = normality(interval(sl.Spec(factors=("education",)), bands(make_records, 800)))
    assert rows.unit == "p-value"
    assert rows.p != clustered.p
    assert "more often than once in twenty" in rows.caveats[0]
    assert "log pay is normal" in rows.sentence


def test_two_bands_leave_no_room_for_the_test(make_records: Make) -> None:
    n = 400
    below = [i % 3 == 0 for i in range(n)]
    sample = sl.draw(
        make_records(
            pay_annual_usd=[None] * n,
            pay_low_usd=[0.0 if b else 20_000.0 * (1 + i % 2) for i, b in enumerate(below)],
            pay_high_usd=[20_000.0 if b else (40_000.0, float("inf"))[i % 2] for i, b in enumerate(below)],
        )
    )
    with pytest.raises(ModelError, match="no room for third and fourth moments"):
        normality(interval(sl.Spec(factors=(), clusters=None), sample))


def test_normality_gives_no_small_cell_away(make_records: Make) -> None:
    found = normality(interval(sl.Spec(factors=("education",), clusters=None), bands(make_records, 9)))
    assert found.suppressed
    assert found.record()["value"] is None
    assert "withheld" in repr(found)
