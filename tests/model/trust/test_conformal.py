"""Conformal intervals: the rank rule, coverage within groups of unequal spread, and what an end may tell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.trust.conformal import conformal_intervals, half_width, rank, split


@pytest.mark.parametrize(("n", "level", "expected"), [(19, 0.95, 19), (18, 0.95, 19), (19, 0.55, 11), (9, 0.9, 9)])
def test_the_rank_is_exact_in_decimals(n: int, level: float, expected: int) -> None:
    assert rank(n, level) == expected


@given(st.integers(1, 60), st.sampled_from([0.5, 0.8, 0.9, 0.95]))
def test_the_rank_is_the_least_that_covers(n: int, level: float) -> None:
    """One more exchangeable score is at or below the r-th of n with chance r/(n + 1)."""
    at = rank(n, level)
    assert at / (n + 1) >= level - 1e-12
    assert (at - 1) / (n + 1) < level


def test_with_too_few_scores_no_bound_holds() -> None:
    assert half_width(np.arange(8.0), 0.9) == np.inf
    assert half_width(np.arange(9.0), 0.9) == 8.0


def test_a_cluster_is_on_one_side_and_calibrates_each_group_once() -> None:
    rng = np.random.default_rng(1)
    groups, clusters = rng.integers(0, 2, 500), rng.integers(0, 60, 500)
    fitting, calibrating = split(groups, clusters, rng)
    assert not set(clusters[fitting]) & set(clusters[calibrating])
    assert len(set(clusters[fitting])) == 30
    pairs = list(zip(clusters[calibrating], groups[calibrating], strict=True))
    assert len(pairs) == len(set(pairs)) == len(set(zip(clusters[~fitting], groups[~fitting], strict=True)))


def unequal(seed: int, n: int, lay_out: Any, *, clustered: bool = False) -> tuple[sl.Design, np.ndarray]:
    """Return a design of two groups, the second with doubled spread, and one more row's pay in each."""
    rng = np.random.default_rng(seed)
    group = np.append((rng.random(n) < 0.3).astype(np.int64), [0, 1])
    x = rng.uniform(-1, 1, n + 2)
    shared = np.zeros(n + 2)
    clusters = None
    if clustered:  # four rows of a cluster share the number and half of the noise's variance
        clusters = np.append(np.resize(np.arange(n // 4), n), [n // 4, n // 4 + 1])
        x, shared = x[clusters % (n + 2)], rng.standard_normal(n // 4 + 2)[clusters]
    noise = (shared + rng.standard_normal(n + 2)) / np.sqrt(1 + clustered)
    y = 10 + 0.5 * np.sin(3 * x) + 0.3 * group + 0.2 * (1 + group) * noise
    design = lay_out(y[:n], title=group[:n], experience=x[:n], clusters=None if clusters is None else clusters[:n])
    return design, np.column_stack([x[n:], y[n:]])


def covered(lay_out: Any, seeds: range, *, clustered: bool = False, scaled: bool = False) -> np.ndarray:
    """Return how often one more row of each group is inside its interval; half-widths are told, rounded up."""
    hits = np.zeros(2, dtype=int)
    for seed in seeds:
        design, new = unequal(seed, 1_600, lay_out, clustered=clustered)  # enough rows beyond each end
        found = conformal_intervals(design, "title", scaled=scaled, seed=seed + 10**6)  # another stream than pay's
        rows = np.column_stack([np.ones(2), [0, 1], new[:, 0]])
        scale = np.maximum(rows @ found.scales, found.least) if scaled else 1.0
        hits += np.abs(new[:, 1] - rows @ found.coefficients) <= found.half_widths * scale
    return hits


@pytest.mark.parametrize("clustered", [False, True])
@pytest.mark.parametrize("scaled", [False, True])
def test_a_few_intervals_cover_within_each_group(lay_out: Any, clustered: bool, scaled: bool) -> None:
    hits = covered(lay_out, range(100), clustered=clustered, scaled=scaled)
    assert hits.min() >= 78  # a binomial(100, .9) is below with a chance of 1 in 10,000


@pytest.mark.slow
@pytest.mark.parametrize("clustered", [False, True])
@pytest.mark.parametrize("scaled", [False, True])
def test_every_group_is_covered(lay_out: Any, clustered: bool, scaled: bool) -> None:
    """At least the level; rounding up and the rank rule leave it a little above."""
    from scipy.stats import binom

    hits = covered(lay_out, range(2_000), clustered=clustered, scaled=scaled)
    print("coverage", hits / 2_000)
    assert (hits >= binom.ppf(0.001 / 2, 2_000, 0.9)).all()
    assert (hits <= binom.ppf(1 - 0.001 / 2, 2_000, 0.925)).all()


def test_one_interval_for_all_would_fail_the_group_of_doubled_spread(lay_out: Any) -> None:
    design, _ = unequal(1, 20_000, lay_out)
    found = conformal_intervals(design, "title")
    away = np.abs(design.y - sl.matrix(design) @ found.coefficients)
    codes = design.blocks["title"].codes  # type: ignore[union-attr]
    marginal = np.quantile(away, 0.9)
    assert (away[codes == 1] <= marginal).mean() < 0.8
    assert (away[codes == 1] <= found.half_widths[1]).mean() == pytest.approx(0.9, abs=0.02)


def test_an_interval_at_a_profile_is_the_table_s_around_fitted_pay(workers: sl.Records) -> None:
    spec = sl.Spec(factors=("education", "experience_spline", "role_family"), clusters=None)
    design = sl.build(spec, sl.draw(workers, []))
    found = conformal_intervals(design, "role_family", level=0.8)
    profile = {"education": "master", "experience_spline": 12.5, "role_family": "core AI"}
    row = found.at(profile).row(0, named=True)
    ends = {r["group"]: r for r in found.table.to_dicts()}["core AI"]
    assert row["low"] / row["typical"] == pytest.approx(1 + ends["percent_low"] / 100, abs=0.01)
    assert row["high"] / row["typical"] == pytest.approx(1 + ends["percent_high"] / 100, abs=0.02)
    assert all(float(f"{row[name]:.3g}") == row[name] for name in ("low", "typical", "high"))
    met = design.sample.table["experience_years"].to_list().index(design.sample.table["experience_years"][7])
    block = design.blocks
    own = {
        "education": block["education"].levels[block["education"].codes[met]],  # type: ignore[union-attr]
        "experience_spline": float(design.sample.table["experience_years"][met]),
        "role_family": block["role_family"].levels[block["role_family"].codes[met]],  # type: ignore[union-attr]
    }
    fitted = float(np.exp(sl.matrix(design)[met] @ found.coefficients))
    assert found.at(own)["typical"].item() == pytest.approx(fitted, rel=0.005)


def test_what_a_profile_lacks_or_misspells_is_named_all_at_once(workers: sl.Records) -> None:
    design = sl.build(sl.Spec(factors=("education", "experience"), clusters=None), sl.draw(workers, []))
    found = conformal_intervals(design, "education", level=0.8)
    with pytest.raises(ModelError) as caught:
        found.at({"education": "masters", "age": 3})
    assert "did you mean 'master'" in str(caught.value)
    assert len(caught.value.faults) == 3
    with pytest.raises(ModelError, match="a number"):
        found.at({"education": "master", "experience": float("nan")})


def test_groups_with_too_few_rows_beyond_the_end_are_withheld_and_named(lay_out: Any) -> None:
    rng = np.random.default_rng(1)
    codes = np.repeat([0, 1, 2], [600, 120, 40])
    design = lay_out(10 + rng.standard_normal(760), title=codes)
    found = conformal_intervals(design, "title")
    assert found.withheld == ("title 1", "title 2")
    assert found.table["percent_low"].is_null().to_list() == [False, True, True]
    assert conformal_intervals(design, "title", level=0.5).withheld == ("title 2",)
    beyond = found.calibrated[0] - rank(int(found.calibrated[0]), 0.9)
    assert beyond >= 10


def test_an_end_is_nobody_s_residual(lay_out: Any) -> None:
    design, _ = unequal(3, 800, lay_out)
    found = conformal_intervals(design, "title")
    away = np.abs(design.y - sl.matrix(design) @ found.coefficients)
    assert np.round(found.half_widths * 100, 9) == pytest.approx(np.round(found.half_widths * 100))
    assert np.abs(away[:, None] - found.half_widths).min() > 0


def test_weights_and_options_out_of_range_are_refused(lay_out: Any) -> None:
    design, _ = unequal(3, 200, lay_out)
    codes = design.blocks["title"].codes  # type: ignore[union-attr]
    with pytest.raises(ModelError, match="rows that count alike"):
        conformal_intervals(lay_out(design.y, title=codes, weights=np.ones(200)), "title")
    with pytest.raises(ModelError, match="not finite"):
        conformal_intervals(lay_out(np.append(design.y[1:], np.inf), title=codes), "title")
    with pytest.raises(ModelError, match="more rows than columns in each half"):
        conformal_intervals(lay_out(design.y[:4], title=np.array([0, 1, 0, 1])), "title")
    with pytest.raises(ModelError, match="a share between 0 and 1"):
        conformal_intervals(design, "title", level=1.0)
    with pytest.raises(ModelError, match="categorical factor of this equation 'experience'"):
        conformal_intervals(design, "experience")


def test_conformal_intervals_gives_no_small_cell_away(make_records: Any) -> None:
    rng = np.random.default_rng(3)
    titles = np.array(["engineer", "analyst", "manager"], dtype=object)[rng.integers(0, 3, 900)]
    titles[:9] = "swan marker"
    pay = np.exp(rng.normal(11, 0.2, 900))
    pay[:9] = 987_654.0
    records = make_records(pay_annual_usd=pay.tolist(), title=titles.tolist(), experience_years=rng.uniform(0, 30, 900))
    found = conformal_intervals(sl.build(sl.Spec(factors=("title", "experience")), sl.draw(records, [])), "title")
    assert found.withheld == ("(under 10 rows)",)
    at = found.at({"title": "swan marker", "experience": 3.0})
    assert at.drop("group").row(0) == (None,) * 4
    told = [repr(found), str(found.table.to_dicts()), str(at.to_dicts())]
    assert not any("swan" in text or "98765" in text for text in told)
