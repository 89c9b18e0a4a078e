"""Oster: against populations built with a known δ, and the paper's own approximation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binom

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.trust import oster
from salarylab.model.trust.oster import adjusted, delta_for, moments

Array = NDArray[np.float64]
Make = Callable[..., sl.Records]
FALSE_ALARM = 0.001


def population(seed: int, delta: float) -> tuple[Array, float, float]:
    """Return a Gram matrix of (1, control, contrast, pay), R_max and the premium, with selection δ planted.

    Contrast = a·control + a·δ·omitted + noise, pay = premium·contrast + control + omitted + noise: the index of the
    controls is the control itself, and δ is (cov(omitted, contrast)/var(omitted)) over the same of the control.
    """
    rng = np.random.default_rng(seed)
    variances = rng.uniform(0.2, 3, 4)
    a, premium = rng.normal(size=2)
    loads = np.array([[1, 0, 0, 0], [a, a * delta, 1, 0], [premium * a + 1, premium * a * delta + 1, premium, 1]])
    covariance = loads @ np.diag(variances) @ loads.T
    gram = np.eye(4)
    gram[1:, 1:] = covariance
    return gram, 1 - variances[3] / covariance[2, 2], float(premium)


@pytest.mark.parametrize("delta", [0.3, 1.0, 1.7, -0.8])
def test_a_planted_delta_is_found_and_leads_back_to_the_premium(delta: float) -> None:
    for seed in range(200):
        gram, r_max, premium = population(seed, delta)
        m = moments(gram, held=1)
        assert delta_for(m, r_max, premium) == pytest.approx(delta, rel=1e-6)
        solutions = adjusted(m, r_max, delta)[1]
        assert min(abs(solution - premium) for solution in solutions) < 1e-7


def test_at_equal_selection_one_solution_can_hold_and_it_is_the_premium() -> None:
    for seed in range(300):
        gram, r_max, premium = population(seed, 1.0)
        value, solutions, can_hold = adjusted(moments(gram, held=1), r_max, 1.0)
        assert (len(solutions), can_hold) == (2, 1)
        assert value == pytest.approx(premium, abs=1e-7)


def test_where_controls_move_little_the_bound_is_the_proportional_one() -> None:
    # the paper's restricted estimator: b* = b~ − δ(b° − b~)(Rmax − R~)/(R~ − R°)
    a, delta, premium = 1e-5, 0.7, 0.4
    loads = np.array([[1, 0, 0, 0], [a, a * delta, 1, 0], [premium * a + 1, premium * a * delta + 1, premium, 1]])
    gram = np.eye(4)
    gram[1:, 1:] = loads @ loads.T
    m, r_max = moments(gram, held=1), 1 - 1 / gram[3, 3]
    proportional = m.with_controls - delta * (m.without - m.with_controls) * (r_max - m.r2_with) / (
        m.r2_with - m.r2_without
    )
    assert adjusted(m, r_max, delta)[0] - m.with_controls == pytest.approx(proportional - m.with_controls, rel=1e-6)


def test_moments_are_those_of_two_regressions(workers: sl.Records) -> None:
    spec = {"clusters": None, "weights": "weight"}
    sample = sl.draw(workers)
    short = sl.fit(sl.build(sl.Spec(factors=("education",), **spec), sample))  # type: ignore[arg-type]
    long = sl.fit(sl.build(sl.Spec(factors=("education", "experience_spline"), **spec), sample))  # type: ignore[arg-type]
    found = oster(long, "education", "master", predetermined=["experience_spline"])
    i = [term.name for term in long.design.terms].index("education[master]")
    assert found.moments.without == pytest.approx(short.coefficients[i], abs=1e-12)
    assert found.moments.with_controls == pytest.approx(long.coefficients[i], abs=1e-12)
    assert found.moments.r2_without == pytest.approx(short.r_squared, abs=1e-12)
    assert found.moments.r2_with == pytest.approx(long.r_squared, abs=1e-12)
    assert found.r_max == pytest.approx(1.3 * long.r_squared)
    assert oster(long, "education", "master", predetermined=["experience_spline"], delta=found.delta_to_zero).solutions
    back = oster(long, "education", "master", predetermined=["experience_spline"], delta=found.delta_to_zero)
    assert min(map(abs, back.solutions)) < 1e-9


def test_the_interval_holds_the_value_and_is_the_same_for_the_same_seed(workers: sl.Records) -> None:
    estimate = sl.fit(sl.build(sl.Spec(factors=("education", "experience_spline")), sl.draw(workers)))
    asked = {"predetermined": ["experience_spline"], "resamples": 200, "seed": 4}
    found = oster(estimate, "education", "doctorate", **asked)  # type: ignore[arg-type]
    again = oster(estimate, "education", "doctorate", **asked)  # type: ignore[arg-type]
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.value < found.high
    assert (found.low, found.high) == (again.low, again.high)
    assert "R² of" in found.finding.caveats[0]
    assert found.table["low"][0] == found.low


def test_faults_are_named(workers: sl.Records) -> None:
    estimate = sl.fit(
        sl.build(sl.Spec(factors=("education", "experience_spline", "role_family"), clusters=None), sl.draw(workers))
    )
    with pytest.raises(ModelError, match="neither predetermined nor held: role_family") as refused:
        oster(estimate, "education", "master", predetermined=["experience_spline"], delta=0.0, resamples=5)
    assert len(refused.value.faults) == 3
    with pytest.raises(ModelError, match="above the equation's R²"):
        oster(estimate, "education", "master", predetermined=["experience_spline"], held=["role_family"], r_max=0.1)
    few = sl.fit(
        sl.build(
            sl.Spec(factors=("education", "experience_spline"), clusters="country", few_clusters=True), sl.draw(workers)
        )
    )
    with pytest.raises(ModelError, match="at least 20"):
        oster(few, "education", "master", predetermined=["experience_spline"], resamples=200)


@pytest.mark.parametrize("few", [2, 9])
def test_oster_gives_no_small_cell_away(make_records: Make, few: int) -> None:
    rng = np.random.default_rng(3)
    titles = ["swan marker"] * few + ["engineer", "analyst"] * 100
    pay = [987_654.0] * few + (50_000 * np.exp(rng.normal(0, 0.3, 200))).tolist()
    education = rng.choice(["bachelor", "master"], len(titles)).tolist()
    sample = sl.draw(make_records(pay_annual_usd=pay, title=titles, education=education))
    found = oster(
        sl.fit(sl.build(sl.Spec(factors=("title", "education")), sample)),
        "title",
        "swan marker",
        "engineer",
        predetermined=["education"],
    )
    assert found.table.null_count().sum_horizontal().item() == found.table.width
    assert "swan" not in repr(found) + str(found.finding.record())
    assert found.finding.caveats == ()


def covered(seeds: range) -> int:
    """Return in how many samples of 400 the percentile interval holds the premium, at the planted δ = 1 and R_max."""
    gram, r_max, premium = population(12, 1.0)
    root = np.linalg.cholesky(gram[1:, 1:])
    hits = 0
    for seed in seeds:
        rng = np.random.default_rng(seed)
        z = np.column_stack([np.ones(400), rng.normal(size=(400, 3)) @ root.T])
        lots = rng.standard_exponential((199, 400))
        grams = np.einsum("bn,ni,nj->bij", lots / lots.mean(axis=1, keepdims=True), z, z, optimize=True)
        draws = [adjusted(m, max(r_max, m.r2_with), 1.0)[0] for m in (moments(g, 1) for g in grams)]
        low, high = np.quantile(draws, (0.025, 0.975))
        hits += bool(low <= premium <= high)
    return hits


def test_a_few_intervals_hold_the_planted_premium() -> None:
    assert covered(range(30)) >= binom.ppf(FALSE_ALARM, 30, 0.95)


@pytest.mark.slow
def test_the_interval_covers_within_a_binomial_band() -> None:
    hits = covered(range(2_000))
    print(f"Oster: {hits / 2_000:.4f}")
    assert binom.ppf(FALSE_ALARM / 2, 2_000, 0.95) <= hits <= binom.ppf(1 - FALSE_ALARM / 2, 2_000, 0.95)
