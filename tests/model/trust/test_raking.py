"""Raking: against the closed form of 2 × 2, iterative fitting by hand, and simulated populations."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy.stats import binom

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.trust import RAKED, linearised, rake, raked_weights

Array = NDArray[np.float64]
Make = Callable[..., sl.Records]
FALSE_ALARM = 0.001
MARGINS = {"education": {"bachelor": 0.6, "master": 0.4}, "work_mode": {"on-site": 0.7, "remote": 0.3}}
TOLD = {"source": "an invented census", "licence": "CC0"}


def invented(make_records: Make, n: int = 400, seed: int = 1, **more: object) -> sl.Sample:
    """Return a sample in which masters and remote workers are too many, and paid more."""
    rng = np.random.default_rng(seed)
    master, remote = rng.random(n) < 0.6, rng.random(n) < 0.5
    pay = np.exp(11 + 0.4 * master + 0.3 * remote + rng.normal(0, 0.2, n))
    columns = {
        "pay_annual_usd": pay.tolist(),
        "education": np.where(master, "master", "bachelor").tolist(),
        "work_mode": np.where(remote, "remote", "on-site").tolist(),
    }
    return sl.draw(make_records(**(columns | more)))


def test_two_by_two_keeps_the_odds_ratio_of_the_sample_and_meets_the_margins() -> None:
    table = np.array([[10, 25], [40, 5]])
    codes = [np.repeat([0, 0, 1, 1], table.ravel()), np.repeat([0, 1, 0, 1], table.ravel())]
    w = raked_weights(np.ones(80), codes, [np.array([0.7, 0.3]), np.array([0.45, 0.55])])
    cells = np.bincount(2 * codes[0] + codes[1], w)
    assert cells[:2].sum() == pytest.approx(0.7 * 80, abs=1e-10)
    assert cells[[0, 2]].sum() == pytest.approx(0.45 * 80, abs=1e-10)
    ratio = 10 * 5 / (25 * 40)  # the closed form: a root of a quadratic in the first cell
    a, row, column = cells[0] / 80, 0.7, 0.45
    assert a * (1 - row - column + a) == pytest.approx(ratio * (row - a) * (column - a), abs=1e-12)


def test_three_margins_are_those_of_fitting_by_hand() -> None:
    rng = np.random.default_rng(4)
    codes = [rng.integers(0, levels, 500) for levels in (2, 3, 4)]
    shares = [rng.dirichlet(np.full(levels, 5.0)) for levels in (2, 3, 4)]
    base = rng.uniform(0.5, 2, 500)
    table = np.zeros((2, 3, 4))
    np.add.at(table, tuple(codes), base / base.sum())
    start = table.copy()
    for _ in range(500):
        for axis, share in enumerate(shares):
            others = tuple(a for a in range(3) if a != axis)
            shape = [len(share) if a == axis else 1 for a in range(3)]
            table *= (share / table.sum(axis=others)).reshape(shape)
    w = raked_weights(base, codes, shares)
    np.testing.assert_allclose(w, base * (table / start)[tuple(codes)], rtol=1e-9)
    for code, share in zip(codes, shares, strict=True):
        np.testing.assert_allclose(np.bincount(code, w) / w.sum(), share, atol=1e-12)


def test_a_raked_sample_serves_as_weights_and_says_where_its_margins_come_from(make_records: Make) -> None:
    raked = rake(invented(make_records), MARGINS, **TOLD)
    design = sl.build(sl.Spec(factors=("education",), weights=RAKED), raked.sample)
    assert design.weights is not None
    assert design.weights.tolist() == raked.weights.tolist()
    found = sl.contrast(sl.fit(design), "education", "master")
    assert "raked to education, work_mode as in an invented census (licence: CC0)" in found.population
    assert raked.kish == pytest.approx(np.mean(raked.weights**2) / np.mean(raked.weights) ** 2)
    assert raked.table["target"].to_list() == [0.6, 0.4, 0.7, 0.3]
    assert "CC0" in repr(raked)


def test_rows_that_did_not_answer_are_lost_to_a_named_reason(make_records: Make) -> None:
    sample = invented(make_records)
    mode: list[str | None] = sample.table["work_mode"].cast(pl.String).to_list()
    mode[:15] = [None] * 15
    raked = rake(invented(make_records, work_mode=mode), MARGINS, **TOLD)
    assert raked.sample.attrition.row(-1)[:3] == ("rake", "not answered: work_mode", 15)


def test_trimmed_weights_keep_both_the_limit_and_the_margins(make_records: Make) -> None:
    sample = invented(make_records)
    margins = {"education": {"bachelor": 0.7, "master": 0.3}, "work_mode": {"on-site": 0.7, "remote": 0.3}}
    free = rake(sample, margins, **TOLD).weights
    limit = 0.97 * free.max() / free.mean()
    raked = rake(sample, margins, **TOLD, trim=float(limit))
    assert raked.weights.max() <= limit * raked.weights.mean() * (1 + 1e-8)
    assert raked.weights[raked.codes[0] == 1].sum() / raked.weights.sum() == pytest.approx(0.3, abs=1e-11)
    with pytest.raises(ModelError, match="can't be kept"):
        rake(sample, margins, **TOLD, trim=1.05)


def test_faults_are_named(make_records: Make) -> None:
    sample = invented(make_records)
    bad = {"education": {"bachelor": 0.6, "master": 0.5}, "experience": {"1": 1.0}}
    with pytest.raises(ModelError, match="no source or no licence") as refused:
        rake(sample, bad, source="", licence="", trim=0.5)
    assert len(refused.value.faults) == 6
    with pytest.raises(ModelError, match="margin education = doctorate\n  found:    empty"):
        rake(sample, {"education": {"bachelor": 0.5, "master": 0.4, "doctorate": 0.1}}, **TOLD)
    with pytest.raises(ModelError, match="level of education: master\n  found:    no share given"):
        rake(sample, {"education": {"bachelor": 0.5, "doctorate": 0.5}}, **TOLD)
    codes = [np.repeat([0, 1], 20), np.repeat([0, 1], 20)]  # the margins say the same of the same rows, but differ
    with pytest.raises(ModelError, match="still off"):
        raked_weights(np.ones(40), codes, [np.array([0.5, 0.5]), np.array([0.6, 0.4])])


def test_an_equation_on_other_weights_is_not_linearised(make_records: Make) -> None:
    sample = invented(make_records)
    raked = rake(sample, MARGINS, **TOLD)
    with pytest.raises(ModelError, match="than were raked"):
        linearised(sl.fit(sl.build(sl.Spec(factors=("education",)), raked.sample)), raked)
    trimmed = rake(sample, MARGINS, **TOLD, trim=50.0)
    with pytest.raises(ModelError, match="trimmed"):
        linearised(sl.fit(sl.build(sl.Spec(factors=("education",), weights=RAKED), trimmed.sample)), trimmed)


def test_a_mean_that_the_margins_give_has_no_error_left(make_records: Make) -> None:
    master = [i % 5 < 3 for i in range(400)]
    pay = [90_000.0 + 1e-3 * i if m else 60_000.0 for i, m in enumerate(master)]
    education = ["master" if m else "bachelor" for m in master]
    sample = invented(make_records, pay_annual_usd=pay, education=education)
    raked = rake(sample, MARGINS, **TOLD)
    estimate = sl.fit(sl.build(sl.Spec(weights=RAKED, covariance="HC1"), raked.sample))
    assert estimate.covariance[0, 0] ** 0.5 > 0.005
    assert linearised(estimate, raked).covariance[0, 0] ** 0.5 < 1e-7


@pytest.mark.parametrize("clusters", [None, "cluster"])
def test_the_linearised_variance_is_that_of_residuals_on_the_margins(make_records: Make, clusters: str | None) -> None:
    # by hand, for a mean: residuals of pay on the margins' indicators, weighted, squared and summed
    firms = [f"firm {i % 50}" for i in range(400)]
    raked = rake(invented(make_records, cluster=firms), MARGINS, **TOLD)
    estimate = sl.fit(
        sl.build(
            sl.Spec(weights=RAKED, clusters=clusters, covariance="HC1" if clusters is None else "CR1"), raked.sample
        )
    )
    w, y = raked.weights, estimate.design.y
    known = np.column_stack([np.ones(400), *raked.codes]).astype(float)
    fit = np.linalg.solve((known * w[:, None]).T @ known, (known * w[:, None]).T @ y)
    left = w * (y - known @ fit) / w.sum()
    if clusters is None:
        expected = 400 / (400 - 1 - 2) * float(left @ left)
    else:
        expected = 50 / 49 * float((np.bincount(np.arange(400) % 50, left) ** 2).sum())
    assert linearised(estimate, raked).covariance[0, 0] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("few", [1, 9])
def test_rake_gives_no_small_cell_away(make_records: Make, few: int) -> None:
    titles = ["swan marker"] * few + ["engineer"] * 100 + ["analyst"] * 100
    sample = sl.draw(make_records(pay_annual_usd=[50_000.0] * len(titles), title=titles))
    with pytest.raises(ModelError, match="under 10 rows") as refused:
        rake(sample, {"title": {"engineer": 0.5, "analyst": 0.5}}, **TOLD)
    assert "swan" not in str(refused.value)
    absent, present = ({"engineer": 0.5, "analyst": 0.4, name: 0.1} for name in ("nobody", "swan marker"))
    told = []
    for margins in (absent, present):
        with pytest.raises(ModelError, match="empty, or fewer than 10 rows") as refused:
            rake(sample, {"title": margins}, **TOLD)
        told.append([fault.found for fault in refused.value.faults if fault.thing.startswith("margin")])
    assert told[0] == told[1]


def covered(seeds: range, n: int = 300) -> tuple[int, int]:
    """Return in how many samples of a skewed draw the intervals of a mean hold it: margins known, and not."""
    known = ignored = 0
    for seed in seeds:
        rng = np.random.default_rng(seed)
        a, b = rng.random(n) < 0.3, rng.random(n) < 0.5
        y = 0.5 * a + 0.4 * b + rng.normal(0, 0.3, n)
        w = raked_weights(
            np.ones(n), [a.astype(np.int64), b.astype(np.int64)], [np.array([0.7, 0.3]), np.array([0.5, 0.5])]
        )
        mean = float(w @ y / w.sum())
        margins = np.column_stack([np.ones(n), a, b])
        left = w * (y - mean) / w.sum()
        z = y - margins @ np.linalg.solve((margins * w[:, None]).T @ margins, (margins * w[:, None]).T @ y)
        truth = 0.5 * 0.3 + 0.4 * 0.5
        for kind, parts in (("ignored", left), ("known", w * z / w.sum())):
            reach = 1.968 * (n / (n - 3) * float(parts @ parts)) ** 0.5
            inside = abs(mean - truth) <= reach
            known, ignored = known + (inside and kind == "known"), ignored + (inside and kind == "ignored")
    return known, ignored


def test_a_few_intervals_hold_the_mean() -> None:
    assert covered(range(60))[0] >= binom.ppf(FALSE_ALARM, 60, 0.95)


@pytest.mark.slow
def test_the_linearised_interval_covers_and_the_plain_one_is_too_wide() -> None:
    known, ignored = covered(range(2_000))
    print(f"raking: linearised {known / 2_000:.4f}, ignoring the margins {ignored / 2_000:.4f}")
    assert binom.ppf(FALSE_ALARM / 2, 2_000, 0.95) <= known <= binom.ppf(1 - FALSE_ALARM / 2, 2_000, 0.95)
    assert ignored > binom.ppf(1 - FALSE_ALARM / 2, 2_000, 0.95)
