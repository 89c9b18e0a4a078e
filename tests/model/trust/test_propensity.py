"""The multinomial logit against statsmodels, cells, and separation."""

from __future__ import annotations

import numpy as np
import pytest

from salarylab.errors import ModelError
from salarylab.model.trust.propensity import logit


def invented(seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(500), rng.standard_normal((500, 2)), rng.integers(0, 2, 500)])
    index = np.column_stack([np.zeros(500), x @ [0.2, 0.5, -0.3, 0.1], x @ [-0.5, -0.2, 0.4, 0.6]])
    return x, (index + rng.gumbel(size=index.shape)).argmax(axis=1)


def test_coefficients_and_information_are_those_of_statsmodels() -> None:
    import statsmodels.api as sm

    x, codes = invented()
    found = logit(x, codes, 3)
    peer = sm.MNLogit(codes, x).fit(disp=0, method="newton", tol=1e-13)
    assert found.coefficients == pytest.approx(np.asarray(peer.params), abs=1e-8)
    assert np.linalg.inv(found.information) == pytest.approx(np.asarray(peer.cov_params()), abs=1e-8)
    assert found.at(x) == pytest.approx(found.probabilities, abs=1e-12)


def test_a_weight_of_two_is_a_row_twice() -> None:
    x, codes = invented()
    twice = np.arange(500) % 2 == 0
    again = logit(np.vstack([x, x[twice]]), np.append(codes, codes[twice]), 3)
    assert logit(x, codes, 3, 1.0 + twice).coefficients == pytest.approx(again.coefficients, abs=1e-8)


def test_a_saturated_logit_gives_the_cells_shares() -> None:
    _, codes = invented()
    cell = np.arange(500) % 4
    found = logit(np.column_stack([np.ones(500), *(cell == c for c in (1, 2, 3))]), codes, 3)
    for c in range(4):
        shares = np.bincount(codes[cell == c], minlength=3) / (cell == c).sum()
        assert found.probabilities[cell == c][0] == pytest.approx(shares, abs=1e-9)


def test_a_control_that_separates_gives_zeros_and_ones() -> None:
    codes = np.repeat([0, 1], 50)
    found = logit(np.column_stack([np.ones(100), codes]), codes, 2)
    assert found.probabilities[:50, 1].max() < 1e-6
    assert found.probabilities[50:, 0].max() < 1e-6
    held = logit(np.column_stack([np.ones(100), codes]), codes, 2, ridge=0.01)
    assert np.abs(held.coefficients).max() < 40


def test_a_ridge_does_not_ask_where_a_column_has_its_zero() -> None:
    """It holds back standardised columns: to shift or stretch one changes no probability."""
    x, codes = invented()
    moved = x.copy()
    moved[:, 1] = 1_000 + 3 * x[:, 1]
    found, shifted = (logit(columns, codes, 3, ridge=5.0) for columns in (x, moved))
    assert shifted.probabilities == pytest.approx(found.probabilities, abs=1e-9)
    assert np.abs(found.probabilities - logit(x, codes, 3).probabilities).max() > 1e-3


def test_a_start_changes_nothing() -> None:
    x, codes = invented()
    found = logit(x, codes, 3)
    assert logit(x, codes, 3, start=found.coefficients).coefficients == pytest.approx(found.coefficients, abs=1e-9)


def test_bad_input_is_refused_by_name() -> None:
    x, codes = invented()
    with pytest.raises(ModelError, match="a level without rows"):
        logit(x, codes, 4)
    with pytest.raises(ModelError, match="not finite"):
        logit(np.where(x == 1, np.nan, x), codes, 3)
    with pytest.raises(ModelError, match="the intercept first"):
        logit(x[:, 1:], codes, 3)
    with pytest.raises(ModelError, match="weight at or below zero"):
        logit(x, codes, 3, np.zeros(500))
