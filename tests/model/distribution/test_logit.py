"""Logit against statsmodels, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from numpy.typing import NDArray

from salarylab.errors import ModelError
from salarylab.model.distribution.basis import basis_of
from salarylab.model.distribution.logit import Logit, SeparatedError, logit
from salarylab.model.variance.dependence import covariance_of, row_rule

Array = NDArray[np.float64]
NAMES = ["intercept", "b", "years"]


def rows(n: int = 500, seed: int = 3) -> tuple[Array, Array, Array, NDArray[np.int64]]:
    """Return columns, answers, weights and clusters of invented rows."""
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(n), rng.integers(0, 2, n), rng.uniform(0, 40, n)])
    yes = (x @ [0.4, 0.8, -0.05] + rng.logistic(size=n) > 0).astype(float)
    return x, yes, rng.uniform(0.5, 2.0, n), np.arange(n, dtype=np.int64) % 40


def spread(x: Array, yes: Array, found: Logit, weights: Array, clusters: NDArray[np.int64] | None) -> Array:
    left = weights * (yes - found.probabilities)
    rule = row_rule(*x.shape, clusters)
    blocks = [slice(0, 100), slice(100, len(x))]
    return covariance_of([(block, left[block, None] * (x[block] @ found.bread)) for block in blocks], rule)


@pytest.mark.parametrize("clustered", [False, True])
def test_coefficients_and_robust_covariances_equal_those_of_statsmodels(clustered: bool) -> None:
    # oracle: statsmodels Logit, cov_type HC1 (its factor n/(n − k)) and cluster; relative tolerance 1e-8
    x, yes, _, clusters = rows()
    found = logit(basis_of(x, NAMES), yes)
    options = {"cov_type": "cluster", "cov_kwds": {"groups": clusters}} if clustered else {"cov_type": "HC0"}
    peer = sm.Logit(yes, x).fit(disp=0, tol=1e-13, **options)
    ours = spread(x, yes, found, np.ones(len(yes)), clusters if clustered else None)
    factor = 1.0 if clustered else len(x) / (len(x) - 3)
    assert found.coefficients == pytest.approx(peer.params, rel=1e-8)
    assert ours == pytest.approx(peer.cov_params() * factor, rel=1e-8)
    assert found.bread == pytest.approx(sm.Logit(yes, x).fit(disp=0, tol=1e-13).cov_params(), rel=1e-8)


@pytest.mark.filterwarnings("ignore:cov_type not fully supported with var_weights")
@pytest.mark.parametrize("clustered", [False, True])
def test_weighted_fits_equal_those_of_statsmodels(clustered: bool) -> None:
    # oracle: statsmodels GLM, binomial, var_weights, cov_type HC0 and cluster; relative tolerance 1e-8
    x, yes, weights, clusters = rows()
    found = logit(basis_of(x, NAMES, weights), yes, weights)
    options = {"cov_type": "cluster", "cov_kwds": {"groups": clusters}} if clustered else {"cov_type": "HC0"}
    peer = sm.GLM(yes, x, family=sm.families.Binomial(), var_weights=weights).fit(tol=1e-13, **options)
    ours = spread(x, yes, found, weights, clusters if clustered else None)
    factor = 1.0 if clustered else len(x) / (len(x) - 3)
    assert found.coefficients == pytest.approx(peer.params, rel=1e-8)
    assert ours == pytest.approx(peer.cov_params() * factor, rel=1e-8)


def test_a_start_elsewhere_and_another_scale_give_the_same_fit() -> None:
    x, yes, *_ = rows()
    basis = basis_of(x, NAMES)
    found = logit(basis, yes)
    far = logit(basis, yes, start=np.array([60.0, -40.0, 25.0]))
    assert far.coefficients == pytest.approx(found.coefficients, rel=1e-9)
    scaled = x * [1.0, 1e-6, 1e5]
    assert logit(basis_of(scaled, NAMES), yes).coefficients * [1.0, 1e-6, 1e5] == pytest.approx(
        found.coefficients, rel=1e-9
    )


def test_perfectly_predicted_rows_are_named_with_the_term_that_predicts_them() -> None:
    x, yes, *_ = rows()
    yes[x[:, 1] == 1] = 1.0
    with pytest.raises(SeparatedError, match="perfectly predicted by b") as caught:
        logit(basis_of(x, NAMES), yes)
    assert caught.value.terms == ("b",)
    assert np.array_equal(caught.value.outside, x[:, 1] == 1)


def test_separation_in_ten_rows_of_a_hundred_thousand_is_found() -> None:
    rng = np.random.default_rng(8)
    n = 100_000
    x = np.column_stack([np.ones(n), np.arange(n) < 10, rng.uniform(0, 40, n)])
    yes = (x @ [0.4, 0.0, -0.05] + rng.logistic(size=n) > 0).astype(float)
    yes[:10] = 0.0
    with pytest.raises(SeparatedError, match="about 10 rows perfectly predicted by b"):
        logit(basis_of(x, NAMES), yes)


def test_complete_separation_by_a_number_is_found() -> None:
    x, _, *_ = rows()
    with pytest.raises(SeparatedError) as caught:
        logit(basis_of(x, NAMES), (x[:, 2] > 17.0).astype(float))
    assert "years" in caught.value.terms
    assert caught.value.outside.all()


def test_a_steep_slope_is_no_separation() -> None:
    x, _, *_ = rows()
    order = np.argsort(x[:, 2])
    yes = np.zeros(len(x))
    yes[order[250:]] = 1.0
    yes[order[[249, 250]]] = [1.0, 0.0]
    x = x[:, [0, 2]]
    found = logit(basis_of(x, ["intercept", "years"]), yes)
    score = x.T @ (yes - found.probabilities)
    assert np.abs(score).max() < 1e-6


def test_one_answer_and_collinear_columns_are_refused() -> None:
    x, *_ = rows()
    with pytest.raises(ModelError, match="every row answers no"):
        logit(basis_of(x, NAMES), np.zeros(len(x)))
    with pytest.raises(ModelError, match="collinear with intercept"):
        basis_of(np.column_stack([x, 1.0 - x[:, 1]]), [*NAMES, "not b"])
    with pytest.raises(ModelError, match="not finite"):
        basis_of(np.where(x > 39, np.nan, x), NAMES)
