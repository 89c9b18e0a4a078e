"""Rubin's rules in closed form, and against statsmodels on the same imputed sets."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from salarylab.errors import ModelError
from salarylab.model.trust.rubin import barnard_rubin, pool


def test_the_rules_in_fractions() -> None:
    values, variances, df = (
        [Fraction(1), Fraction(2), Fraction(6)],
        [Fraction(2), Fraction(3), Fraction(4)],
        Fraction(50),
    )
    within, mean = sum(variances) / 3, sum(values) / 3
    between = sum((v - mean) ** 2 for v in values) / 2
    total = within + Fraction(4, 3) * between
    share = Fraction(4, 3) * between / total
    old, seen = 2 / share**2, (df + 1) / (df + 3) * df * (1 - share)
    freedom = old * seen / (old + seen)
    ratio = Fraction(4, 3) * between / within
    missing = (ratio + 2 / (freedom + 3)) / (1 + ratio)
    found = pool(np.array([[1.0], [2.0], [6.0]]), np.array([2.0, 3.0, 4.0])[:, None, None], np.array([50.0]))
    got = (found.coefficients[0], found.covariance[0, 0], found.df[0], found.missing[0])
    assert got == pytest.approx([float(v) for v in (mean, total, freedom, missing)], rel=1e-14)


def test_the_pool_is_that_of_statsmodels_mice() -> None:
    import pandas as pd
    import statsmodels.api as sm
    from statsmodels.imputation import mice

    rng = np.random.default_rng(5)
    x = rng.standard_normal((300, 2))
    y = x @ [1.0, -0.5] + rng.standard_normal(300)
    frame = pd.DataFrame({"y": y, "a": x[:, 0], "b": np.where(rng.random(300) < 0.3, np.nan, x[:, 1])})
    np.random.seed(1)
    peer = mice.MICE("y ~ a + b", sm.OLS, mice.MICEData(frame))
    combined = peer.fit(n_burnin=2, n_imputations=8)
    fits = [np.asarray(result._results.params) for result in peer.results_list]
    covariances = [np.asarray(result._results.cov_params()) for result in peer.results_list]
    found = pool(np.array(fits), np.array(covariances), np.full(3, 297.0))
    assert found.coefficients == pytest.approx(np.asarray(combined.params), rel=1e-12)
    assert np.sqrt(np.diag(found.covariance)) == pytest.approx(np.asarray(combined.bse), rel=1e-10)
    added = 1.125 * np.var(np.array(fits), axis=0, ddof=1) / np.diag(found.covariance)
    assert added == pytest.approx(np.asarray(combined.frac_miss_info), rel=1e-10)


def test_degrees_of_freedom_never_exceed_those_of_a_sample_that_answered_all() -> None:
    shares, df = np.linspace(0, 0.99, 50), np.full(50, 30.0)
    found = barnard_rubin(shares, df, 5)
    assert (found <= 30).all()
    assert (np.diff(found) < 0).all()


def test_one_estimate_or_none_finite_is_refused() -> None:
    with pytest.raises(ModelError, match="two or more"):
        pool(np.ones((1, 1)), np.ones((1, 1, 1)), np.ones(1))
    with pytest.raises(ModelError, match="not finite"):
        pool(np.array([[1.0], [np.nan]]), np.ones((2, 1, 1)), np.ones(1))
