"""Omitted variables: against the paper's numbers, a constructed omitted variable, and brute force."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar
from scipy.special import stdtrit

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.trust import Strength, bounded, omitted, partial_r2, robustness_value
from salarylab.model.trust.scalar import residual, set_apart

Array = NDArray[np.float64]
Make = Callable[..., sl.Records]


def fitted(records: sl.Records, **asked: object) -> sl.Estimate:
    asked = {"factors": ("education", "experience_spline", "role_family"), "clusters": None} | asked
    return sl.fit(sl.build(sl.Spec(**asked), sl.draw(records, [])))  # type: ignore[arg-type]


def test_the_darfur_example_of_the_paper() -> None:
    # Cinelli and Hazlett (2020), table 1: t = 4.18, df = 783
    reach = float(stdtrit(782, 0.975)) * (783 / 782) ** 0.5
    assert round(partial_r2(4.18, 783), 3) == 0.022
    assert round(robustness_value(4.18, 783), 3) == 0.139
    assert round(robustness_value(4.18, 783, critical=reach), 3) == 0.076


@pytest.mark.parametrize(("with_contrast", "with_pay"), [(0.1, 0.2), (0.4, 0.05), (0.02, 0.9)])
@pytest.mark.parametrize("weights", [None, "weight"])
def test_the_premium_beside_a_constructed_variable_is_the_one_said(
    workers: sl.Records, with_contrast: float, with_pay: float, weights: str | None
) -> None:
    estimate = fitted(workers, covariance="classical", weights=weights)
    one, found = (
        set_apart(estimate, "education", "master", "secondary"),
        omitted(estimate, "education", "master", "secondary"),
    )
    w = np.ones(estimate.n) if one.design.weights is None else one.design.weights
    x = np.column_stack([one.beside, one.asked])
    lots = np.random.default_rng(1).normal(size=estimate.n)
    d, e = residual(one.beside, one.asked, w), residual(x, one.design.y, w)
    u = residual(np.column_stack([x, one.design.y]), lots, w)
    d, e, u = (part / np.linalg.norm(part) for part in (d, e, u))
    sign = np.sign(found.value)
    inner = sign * with_pay**0.5 * e + (1 - with_pay) ** 0.5 * u
    z = (with_contrast**0.5 * d + (1 - with_contrast) ** 0.5 * inner) / np.sqrt(w)
    b, se = classical(np.column_stack([one.beside, z, one.asked]), one.design.y, w)
    assert b == pytest.approx(found.adjusted(Strength(with_contrast, with_pay)), abs=1e-10)
    reach = float(stdtrit(found.df - 1, 0.975)) * se
    assert found.adjusted_interval(Strength(with_contrast, with_pay)) == pytest.approx(
        (b - reach, b + reach), abs=1e-10
    )


def classical(x: Array, y: Array, w: Array) -> tuple[float, float]:
    """Return the last coefficient and its classical standard error."""
    gram = (x * w[:, None]).T @ x
    b = np.linalg.solve(gram, (x * w[:, None]).T @ y)
    variance = float(w @ (y - x @ b) ** 2) / (len(y) - x.shape[1])
    return float(b[-1]), float((variance * np.linalg.inv(gram)[-1, -1]) ** 0.5)


@pytest.mark.parametrize("t", [2.5, 4.18, 40.0, 900.0])
@pytest.mark.parametrize("q", [1.0, 0.5])
def test_the_robustness_value_is_where_the_worst_variable_brings_the_interval(t: float, q: float) -> None:
    df, critical = 100, 2.1
    f, c = q * t / df**0.5, critical / df**0.5

    def nearest_end(r: float) -> float:
        """The lowest end of the interval over variables of R² up to r with both, over √df standard errors."""

        def end(pay: float) -> float:
            return f - (pay * r / (1 - r)) ** 0.5 - c * ((1 - pay) / (1 - r)) ** 0.5

        return min(minimize_scalar(end, bounds=(0, r), method="bounded", options={"xatol": 1e-12}).fun, end(r))

    expected = brentq(nearest_end, 1e-12, 1 - 1e-12, xtol=1e-14) if nearest_end(1e-12) > 0 else 0.0
    assert robustness_value(t, df, q=q, critical=critical) == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("k", [0.5, 1.0, 2.0])
def test_a_variable_k_times_as_strong_as_a_control_explains_at_most_the_bound(k: float) -> None:
    a = 0.3

    def covariance(c: float) -> Array:
        """Of (control, omitted, contrast, pay): the omitted one loads k times the control's R² on the contrast."""
        lower = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [a, k**0.5 * a, (1 - a**2 * (1 + k)) ** 0.5, 0], [0, 0, 0, 1.0]])
        lower[3] = 0.2 * lower[2] + np.array([0.5, c, 0, 1])
        return np.asarray(lower @ lower.T)

    def excess(c: float) -> float:
        v = covariance(c)
        return share(v, 3, 1, [2]) - k * share(v, 3, 0, [2])

    actual = []
    for interval in ((-5.0, -a * 0.5 * k**0.5), (0.0, 5.0)):  # loadings of pay that keep the definition of k
        v = covariance(float(brentq(excess, *interval, xtol=1e-14)))
        assert share(v, 2, 1, []) == pytest.approx(k * share(v, 2, 0, []))
        found = bounded(k, share(v, 2, 0, []), share(v, 3, 0, [2]))
        assert found is not None
        assert found.with_contrast == pytest.approx(share(v, 2, 1, [0]))
        actual.append((share(v, 3, 1, [2, 0]), found.with_pay))
    assert all(explained <= most + 1e-9 for explained, most in actual)
    assert any(explained == pytest.approx(most) for explained, most in actual)


def share(v: Array, y: int, x: int, given: list[int]) -> float:
    """Return the partial R² of y with x, given others, of a covariance matrix."""
    keep = np.ix_([y, x], [y, x])
    left = v[keep]
    if given:
        left = left - v[np.ix_([y, x], given)] @ np.linalg.solve(v[np.ix_(given, given)], v[np.ix_(given, [y, x])])
    return float(left[0, 1] ** 2 / (left[0, 0] * left[1, 1]))


def test_a_block_as_strong_as_to_leave_no_room_is_said_to_be_impossible() -> None:
    assert bounded(2, 0.6, 0.1) is None
    most = bounded(1, 0.3, 0.9)
    assert most is not None
    assert most.with_pay == 1.0


def test_the_table_and_contour_hold_the_adjusted_premium(workers: sl.Records) -> None:
    found = omitted(
        fitted(workers), "education", "doctorate", benchmarks=["role_family", "experience_spline"], times=(1, 2)
    )
    assert found.table["block"].to_list() == ["role family"] * 2 + ["experience"] * 2
    strength = found.benchmarks[2][2]
    assert strength is not None
    assert found.table["log_points"][2] == round(found.adjusted(strength), 3)
    corner = found.contour((0.0, 0.2)).row(0)
    assert corner[2] == round(found.value, 3)
    assert found.contour((0.0, 0.2)).height == 4
    at_value = Strength(found.robustness(), found.robustness())
    assert found.adjusted(at_value) == pytest.approx(0, abs=1e-12)
    assert "leaves of pay" in found.finding.caveats[0]


def test_the_interval_robustness_brings_the_interval_to_zero_under_any_rule(workers: sl.Records) -> None:
    for asked in ({}, {"covariance": "classical"}, {"clusters": "cluster"}):
        found = omitted(fitted(workers, **asked), "education", "doctorate")
        assert ("approximately" in found.finding.caveats[-1]) == ("covariance" not in asked)
        r = found.robustness_of_interval()
        assert r is not None
        ends = found.adjusted_interval(Strength(r, r))
        assert ends is not None
        assert ends[0] == pytest.approx(0, abs=1e-9)


def test_a_premium_without_a_standard_error_has_no_robust_interval(workers: sl.Records) -> None:
    found = omitted(fitted(workers), "education", "master")
    bare = replace(found, se=None, critical=None)
    assert bare.robustness_of_interval() is None
    assert bare.table["low"].null_count() == len(bare.table)
    assert bare.robustness() > 0


def test_faults_are_named_all_at_once(workers: sl.Records) -> None:
    with pytest.raises(ModelError, match="did you mean 'role_family'") as refused:
        omitted(fitted(workers), "education", "master", benchmarks=["role_famly", "education"], times=(0, 1))
    assert len(refused.value.faults) == 3
    crossed = fitted(workers, factors=("education", "role_family", "education:role_family"))
    with pytest.raises(ModelError, match="it differs by what it interacts with"):
        omitted(crossed, "education", "master")


@pytest.mark.parametrize("few", [1, 9])
def test_omitted_gives_no_small_cell_away(make_records: Make, few: int) -> None:
    found = omitted(fitted_with_few(make_records, few), "title", "swan marker", "engineer", benchmarks=["education"])
    for frame in (found.table, found.contour()):
        assert frame.drop("block", "times", strict=False).null_count().sum_horizontal().item() == frame.height * 6
    assert "swan" not in repr(found) + str(found.finding.record()) + str(found.table)
    assert repr(found).endswith(": withheld, fewer than 10 rows.")
    assert found.finding.caveats == found.found.caveats


def fitted_with_few(make_records: Make, few: int) -> sl.Estimate:
    """Return an estimate on 200 invented workers and a few of a title of their own, paid more than all."""
    rng = np.random.default_rng(3)
    titles = ["swan marker"] * few + ["engineer", "analyst"] * 100
    pay = [987_654.0 + i for i in range(few)] + (50_000 * np.exp(rng.normal(0, 0.3, 200))).tolist()
    education = rng.choice(["bachelor", "master"], len(titles)).tolist()
    records = make_records(pay_annual_usd=pay, title=titles, education=education)
    factors = ("title", "education")
    # a title of one row is not in the equation at all: it then stands for two rows
    if few == 1:
        records = make_records(
            pay_annual_usd=[*pay, 987_000.0], title=[*titles, "swan marker"], education=[*education, "master"]
        )
    return sl.fit(sl.build(sl.Spec(factors=factors, covariance="HC1"), sl.draw(records, [])))
