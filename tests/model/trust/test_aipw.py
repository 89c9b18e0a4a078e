"""Adjusted gaps: post-stratification, Welch's interval, double robustness, coverage, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.special import stdtrit

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.trust.aipw import adjusted_gaps, cross_fit, scores


def stratified(seed: int, n: int, lay_out: Any, **given: Any) -> sl.Design:
    rng = np.random.default_rng(seed)
    w = rng.integers(0, 3, n)
    shares = np.array([[0.2, 0.5, 0.3], [0.5, 0.2, 0.3], [0.3, 0.3, 0.4]])
    arm = (rng.random(n)[:, None] > shares[w].cumsum(axis=1)).sum(axis=1)
    y = 10 + 0.3 * w * (1 + arm) + 0.1 * arm + rng.normal(0, 0.3, n)
    return lay_out(y, title=arm, country=w, **given)  # type: ignore[no-any-return]


@pytest.mark.parametrize("weighted", [False, True])
def test_saturated_controls_give_the_post_stratified_difference(lay_out: Any, weighted: bool) -> None:
    weights = np.random.default_rng(4).uniform(0.5, 2.0, 600) if weighted else None
    design = stratified(1, 600, lay_out, weights=weights)
    arm, w = (design.blocks[name].codes for name in ("title", "country"))  # type: ignore[union-attr]
    own = np.ones(600) if weights is None else weights

    def mean(level: int) -> float:
        cells = [(w == s) & (arm == level) for s in range(3)]
        means = [np.average(design.y[cell], weights=own[cell]) for cell in cells]
        return float(np.average(means, weights=[own[w == s].sum() for s in range(3)]))

    found = adjusted_gaps(design, "title", folds=1).gaps
    assert found.values == pytest.approx([mean(1) - mean(0), mean(2) - mean(0)], abs=1e-10)


def test_without_controls_it_is_the_gap_with_the_variance_of_two_means(lay_out: Any) -> None:
    design = stratified(2, 300, lay_out)
    arm = design.blocks["title"].codes  # type: ignore[union-attr]
    found = adjusted_gaps(lay_out(design.y, title=arm), "title", folds=1).gaps
    sides = [design.y[arm == level] for level in (0, 1)]
    variance = 300 / 299 * sum(side.var() / len(side) for side in sides)
    assert found.values[0] == pytest.approx(sides[1].mean() - sides[0].mean(), abs=1e-12)
    assert found.se[0] == pytest.approx(variance**0.5, rel=1e-9)
    assert found.df[0] == min(map(len, sides)) - 1


def curved(seed: int, n: int, lay_out: Any, *, bent: str) -> sl.Design:
    """Return two levels with a true gap of .2, one of the two models bent so that a straight line misses it."""
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, n)
    index = x if bent == "outcome" else x + x**2 - 1
    arm = (rng.random(n) < 1 / (1 + np.exp(-index))).astype(np.int64)
    y = 10 + (np.exp(x) if bent == "outcome" else x) + 0.2 * arm + rng.normal(0, 0.5, n)
    return lay_out(y, title=arm, experience=x)  # type: ignore[no-any-return]


@pytest.mark.parametrize("outcome", ["by level", "additive"])
@pytest.mark.parametrize("bent", ["outcome", "propensity"])
def test_either_model_may_be_wrong(lay_out: Any, bent: str, outcome: Any) -> None:
    found = adjusted_gaps(curved(5, 40_000, lay_out, bent=bent), "title", outcome=outcome, trim=1e-4).gaps
    assert abs(found.values[0] - 0.2) < 4 * found.se[0]
    assert found.se[0] < 0.05


def test_each_model_alone_would_miss(lay_out: Any) -> None:
    """The outcome model alone is off by many standard errors where it is bent: the propensities mend it."""
    design = curved(5, 40_000, lay_out, bent="outcome")
    cells = np.eye(2)[design.blocks["title"].codes]  # type: ignore[union-attr]
    controls = sl.matrix(design)[:, [0, 2]]
    p, fitted = cross_fit(design.y, cells, controls, np.ones(40_000), np.arange(40_000) % 2, "by level")
    alone = fitted[:, 1].mean() - fitted[:, 0].mean()
    mended = scores(design.y, cells, p, fitted).mean(axis=0) @ [-1, 1]
    assert abs(alone - 0.2) > 0.06
    assert abs(mended - 0.2) < 0.03


def test_folds_keep_clusters_whole_and_a_seed_repeats(lay_out: Any) -> None:
    from salarylab.model.trust.aipw import _folds

    clusters = np.resize(np.arange(50), 600)
    fold = _folds(np.zeros(600, dtype=np.int64), clusters, 5, 1)
    assert all(len(set(fold[clusters == g])) == 1 for g in range(50))
    assert np.bincount(fold).tolist() == [120] * 5
    design = stratified(1, 600, lay_out, clusters=clusters)
    first, again, other = (adjusted_gaps(design, "title", seed=seed).gaps.values for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).all()


def test_a_level_without_its_like_is_trimmed_away_and_said(lay_out: Any) -> None:
    design = stratified(1, 600, lay_out)
    arm, w = (design.blocks[name].codes for name in ("title", "country"))  # type: ignore[union-attr]
    apart = np.where(w == 2, 2, np.minimum(arm, 1))  # level 2 has all of stratum 2, which nobody else is in
    found = adjusted_gaps(lay_out(design.y, title=apart, country=w), "title")
    assert np.isfinite(found.gaps.values).tolist() == [True, False]
    assert found.table["value"].is_null().to_list() == [False, True]
    assert "withheld, fewer than 10 rows" in found.gaps.finding("title 2").sentence
    two = w == 1
    with pytest.raises(ModelError, match="a control separates them"):
        adjusted_gaps(lay_out(design.y, title=two.astype(np.int64), country=two.astype(np.int64)), "title")


def test_what_cannot_be_served_is_refused_all_at_once(lay_out: Any) -> None:
    design = stratified(1, 100, lay_out)
    with pytest.raises(ModelError) as caught:
        adjusted_gaps(design, "title", folds=0, trim=0.7, outcome="other")  # type: ignore[arg-type]
    assert [fault.thing for fault in caught.value.faults] == ["folds", "trim", "outcome"]
    arm, country = (design.blocks[name].codes for name in ("title", "country"))  # type: ignore[union-attr]
    with pytest.raises(ModelError, match="not finite"):
        adjusted_gaps(lay_out(np.append(design.y[1:], np.nan), title=arm, country=country), "title")
    few = np.where(np.arange(100) < 6, 3, design.blocks["title"].codes)  # type: ignore[union-attr]
    with pytest.raises(ModelError, match="fewer than 10 rows at"):
        adjusted_gaps(lay_out(design.y, title=few, country=design.blocks["country"].codes), "title")  # type: ignore[union-attr]


def covered(lay_out: Any, seeds: range, *, clustered: bool) -> np.ndarray:
    """Return in how many samples of 600 the gaps of two levels, given a number, are covered.

    Pay is curved in the number and propensities are straight, so that only one model is right.
    """
    hits = np.zeros(2, dtype=int)
    for seed in seeds:
        rng = np.random.default_rng(seed)
        groups = 150 if clustered else 600
        x = rng.uniform(-1, 1, groups)
        index = np.column_stack([np.zeros(groups), 0.8 * x, -0.8 * x])
        arm = (index + rng.gumbel(size=index.shape)).argmax(axis=1)
        x, arm, shared = (np.resize(v, 600) for v in (x, arm, 0.2 * rng.standard_normal(groups)))
        y = 10 + x + 0.5 * x**2 + np.array([0.0, 0.2, 0.1])[arm] * (1 + x) + rng.normal(0, 0.3, 600)
        design = lay_out(
            y + clustered * shared,
            title=arm,
            experience=x,
            clusters=np.resize(np.arange(groups), 600) if clustered else None,
        )
        gaps = adjusted_gaps(design, "title").gaps
        hits += np.abs(gaps.values - [0.2, 0.1]) <= stdtrit(gaps.df, 0.975) * gaps.se
    return hits


@pytest.mark.parametrize("clustered", [False, True])
def test_a_few_intervals_cover(lay_out: Any, clustered: bool) -> None:
    assert covered(lay_out, range(30), clustered=clustered).min() >= 23  # binomial(30, .95): below with 1 in 10,000


@pytest.mark.slow
@pytest.mark.parametrize("clustered", [False, True])
def test_every_interval_covers(lay_out: Any, within_band: Callable[..., bool], clustered: bool) -> None:
    assert within_band(covered(lay_out, range(2_000), clustered=clustered), 2_000)


def test_adjusted_gaps_gives_no_small_cell_away(make_records: Any) -> None:
    rng = np.random.default_rng(3)
    titles = np.array(["engineer", "analyst", "manager"], dtype=object)[rng.integers(0, 3, 300)]
    titles[:9] = "swan marker"
    pay = np.exp(rng.normal(11, 0.2, 300))
    pay[:9] = 987_654.0
    records = make_records(pay_annual_usd=pay.tolist(), title=titles.tolist(), experience_years=rng.uniform(0, 30, 300))
    design = sl.build(sl.Spec(factors=("title", "experience")), sl.draw(records))
    found = adjusted_gaps(design, "title", outcome="additive", trim=0.001)
    rare = found.table.filter(found.table["n"].is_null())
    assert rare["level"].to_list() == ["(under 10 rows)"]
    assert rare["value"].to_list() == [None]
    told = [repr(found), str(found.table.to_dicts()), str(found.overlap.table.to_dicts()), repr(found.overlap)]
    told.append(str(found.gaps.finding("swan marker")))
    assert "withheld, fewer than 10 rows" in told[-1]
    assert not any("swan" in text or "987654" in text.replace(",", "") for text in told)
    assert found.gaps.finding("manager").record()["n"] == 300
