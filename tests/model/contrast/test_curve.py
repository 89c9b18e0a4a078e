"""Curves: the spline's own coefficients, where they may be told, and bands that cover the whole curve."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import binom

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.coding import plain
from salarylab.model.contrast import combination, curve
from salarylab.model.contrast.linear import Linear
from salarylab.model.contrast.simultaneous import ends, simultaneous_level
from salarylab.model.factor import EXPERIENCE_KNOTS
from salarylab.model.kernel.solution import solve
from salarylab.model.spline import restricted_cubic
from salarylab.model.variance.independent import bell_mccaffrey, heteroskedastic

SEEDS = 2_000


def estimate_of(records: sl.Records, *factors: str, **spec: Any) -> sl.Estimate:
    return sl.fit(sl.build(sl.Spec(factors=factors, **({"clusters": None} | spec)), sl.draw(records, [])))


def test_it_is_the_basis_times_the_coefficients_of_the_spline(workers: sl.Records) -> None:
    estimate = estimate_of(workers, "experience_spline", "education")
    found = curve(estimate, "experience_spline", 5, grid=[1, 5, 12.5, 30])
    assert found.at.tolist() == [1, 12.5, 30]  # the reference is zero by construction
    basis = restricted_cubic(np.array([1, 12.5, 30, 5]), EXPERIENCE_KNOTS)
    for row, value, se, df in zip(
        basis[:-1] - basis[-1], found.found.values, found.found.se, found.found.df, strict=True
    ):
        same = combination(estimate, {f"experience_spline.{i}": float(weight) for i, weight in enumerate(row)})
        assert (value, se) == pytest.approx((same.value, same.se), rel=1e-10)
        assert estimate.told_df(float(df)) == same.df


def test_a_straight_line_has_one_band_for_all_of_it(workers: sl.Records) -> None:
    estimate = estimate_of(workers, "experience")
    found = curve(estimate, "experience", 10)
    slope = estimate.terms.filter(estimate.terms["term"] == "experience").row(0, named=True)
    assert found.found.values == pytest.approx(slope["log_points"] * (found.at - 10), rel=1e-9)
    assert found.level == pytest.approx(0.95, abs=0.003)  # one number decides it all


def test_the_band_holds_the_pointwise_interval_and_repeats(workers: sl.Records) -> None:
    estimate = estimate_of(workers, "experience_spline", "education")
    found = curve(estimate, "experience_spline", 5)
    table = found.table
    assert ((table["band_low"] < table["low"]) & (table["high"] < table["band_high"])).all()
    assert curve(estimate, "experience_spline", 5).table.equals(table)
    assert "draws of seed 20250101" in found.rule


def test_within_a_level_it_takes_the_interaction(workers: sl.Records) -> None:
    spec = ("experience_spline", "work_mode", "experience_spline:work_mode")
    estimate = estimate_of(workers, *spec)
    with pytest.raises(ModelError, match="it interacts with work_mode"):
        curve(estimate, "experience_spline", 5)
    found = curve(estimate, "experience_spline", 5, within={"work_mode": "remote"})
    alone = estimate_of(workers, "experience_spline")
    only = sl.fit(
        sl.build(
            sl.Spec(factors=("experience_spline",), clusters=None), sl.draw(workers, [sl.only(work_mode="remote")])
        )
    )
    own = curve(only, "experience_spline", 5)
    assert alone.n > only.n
    assert found.at.tolist() == own.at.tolist()
    assert found.found.values == pytest.approx(own.found.values, rel=1e-7)


def test_it_keeps_to_where_ten_rows_stand(make_records: Any) -> None:
    rng = np.random.default_rng(2)
    years = np.concatenate([rng.uniform(3, 20, 200), [0.5, 1.0, 25.5, 30.0, 38.0, 39.0]])
    pay = np.exp(10 + 0.02 * years + rng.normal(0, 0.2, len(years)))
    estimate = estimate_of(
        make_records(pay_annual_usd=pay.tolist(), experience_years=years.tolist()), "experience_spline"
    )
    found = curve(estimate, "experience_spline", 10, grid=range(0, 45))
    seen = np.sort(years)
    assert found.at.min() >= seen[9]
    assert found.at.max() <= seen[-10]
    assert min(found.counts) >= 10
    assert set(curve(estimate, "experience_spline", 10).at) == set(found.at)


def test_what_cannot_be_drawn_is_refused_by_name(workers: sl.Records) -> None:
    estimate = estimate_of(workers, "experience_spline", "education")
    with pytest.raises(ModelError, match="numeric factor of this equation 'education'"):
        curve(estimate, "education", 5)
    with pytest.raises(ModelError) as caught:
        curve(estimate, "experience_spline", float("nan"), grid=np.array([80.0, float("inf")]))
    assert [fault.thing.split()[0] for fault in caught.value.faults] == ["reference", "grid"]


@pytest.mark.parametrize("few", [2, 9])
def test_curve_gives_no_small_cell_away(make_records: Any, few: int) -> None:
    rng = np.random.default_rng(few)
    years = [*rng.uniform(2, 12, 200), *[27.0] * few]
    pay = [*np.exp(rng.normal(11, 0.2, 200)), *[987_654.0 + i for i in range(few)]]
    estimate = estimate_of(make_records(pay_annual_usd=pay, experience_years=years), "experience")
    found = curve(estimate, "experience", 6, grid=[4.0, 8.0, 26.5, 27.0])
    assert found.table["at"].to_list() == [4.0, 8.0]
    assert "27" not in repr(found.at.tolist())
    with pytest.raises(ModelError, match="reference of the curve"):
        curve(estimate, "experience", 27.0, grid=[4.0])


def covered(seeds: int) -> tuple[int, float]:
    """Return in how many seeds the band covers the whole curve, and how often intervals cover a point."""
    rng = np.random.default_rng(0)
    years = rng.gamma(2.0, 6.0, 300).clip(0, 40)
    x = np.column_stack([np.ones(300), restricted_cubic(years, EXPERIENCE_KNOTS)])
    grid = np.setdiff1d(np.arange(1.0, 33.0), [5.0])
    basis = restricted_cubic(np.append(grid, 5.0), EXPERIENCE_KNOTS)
    rows = np.column_stack([np.zeros(len(grid)), basis[:-1] - basis[-1]])
    planted = np.array([10.0, 0.05, -0.1, 0.08, 0.02])
    names, count, points = [str(i) for i in range(5)], 0, 0.0
    for seed in range(seeds):
        noise = np.random.default_rng(seed + 1).normal(0, 0.2 + 0.02 * years)
        fit = solve(plain(x, x @ planted + noise), names, meat="HC2")
        covariance, none = rows @ heteroskedastic(fit, "HC2") @ rows.T, np.full(len(rows), np.inf)
        df = bell_mccaffrey(fit, rows)
        found = Linear(rows @ fit.coefficients, covariance, df, (0.0,) * len(rows), none, np.isinf(none))
        (low, high), truth = ends(found), rows @ planted
        points += float(((low <= truth) & (truth <= high)).mean()) / seeds
        low, high = ends(found, simultaneous_level(covariance, seed=seed, draws=4_000))
        count += bool(((low <= truth) & (truth <= high)).all())
    return count, points


def test_the_band_covers_the_whole_curve_in_a_few_seeds() -> None:
    assert covered(40)[0] >= binom.ppf(0.001, 40, 0.95)


@pytest.mark.slow
def test_the_band_covers_the_whole_curve() -> None:
    count, points = covered(SEEDS)
    print(f"whole curve: {count / SEEDS:.4f}; each point: {points:.4f}")
    assert binom.ppf(0.0005, SEEDS, 0.95) <= count <= binom.ppf(0.9995, SEEDS, 0.95)
