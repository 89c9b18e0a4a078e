"""Contamination: parts that add up, the paper's example in fractions, standard errors against a jackknife, coverage."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.trust.contamination import PARTS, Contamination, contamination

CELLS = {0: (2, 20, 18), 1: (18, 4, 18)}
"""Rows at base, level 1, level 2: half the rows in each stratum, shares .05/.5/.45 and .45/.1/.45."""


def numbers(found: Contamination) -> dict[str, np.ndarray]:
    return {name: getattr(found, name).values for name in PARTS}


SHARES = np.array([[0.2, 0.5, 0.3], [0.5, 0.2, 0.3], [0.4, 0.2, 0.4]])
PREMIA = np.array([[0.0, 0.1, 0.3], [0.0, 0.5, 0.3], [0.0, 0.1, 0.1]])


def drawn(seed: int, n: int, lay_out: Any, *, differ: float = 1.0, clustered: bool = False, **given: Any) -> sl.Design:
    """Return a design in which levels 1 and 2 have premia that differ with a control of three levels.

    Clusters are four rows that share stratum, level and part of the noise.
    """
    rng = np.random.default_rng(seed)
    groups = n // 4 if clustered else n
    w = rng.integers(0, 3, groups)
    arm = (rng.random(groups)[:, None] > SHARES[w].cumsum(axis=1)).sum(axis=1)
    noise = rng.standard_normal(n) * (0.2 + 0.2 * (np.resize(arm, n) == 1))
    if clustered:
        w, arm, given = np.resize(w, n), np.resize(arm, n), {"clusters": np.resize(np.arange(groups), n), **given}
        noise += 0.3 * np.resize(rng.standard_normal(groups), n)
    premia = PREMIA[0] + differ * (PREMIA[w] - PREMIA[0])
    y = 10 + 0.2 * w + premia[np.arange(n), arm] + noise
    return lay_out(y, title=arm, country=w, **given)  # type: ignore[no-any-return]


def test_the_paper_s_illustration_in_fractions(lay_out: Any) -> None:
    """Two strata, three arms: level 2's premia count for −99/106 and 99/106 in level 1's coefficient.

    The weights and shares are recalled from Goldsmith-Pinkham, Hull and Kolesár (2024), section I; they are worked
    out here by hand from the definition: residuals of level 1 on level 2 and the strata.
    """
    share = {w: [Fraction(c, sum(counts)) for c in counts] for w, counts in CELLS.items()}

    def within(w: int, a: int, b: int) -> Fraction:
        return share[w][a] * (int(a == b) - share[w][b])

    slope = sum(within(w, 1, 2) for w in CELLS) / sum(within(w, 2, 2) for w in CELLS)
    total = sum(within(w, 1, 1) - slope * within(w, 1, 2) for w in CELLS)
    of = {(level, w): (within(w, 1, level) - slope * within(w, 2, level)) / total for level in (1, 2) for w in CELLS}
    assert [2 * of[2, w] for w in CELLS] == [Fraction(-99, 106), Fraction(99, 106)]

    arm, w = (np.concatenate([np.repeat((0, 1, 2), counts) if part else np.repeat(s, sum(counts))
                              for s, counts in CELLS.items()]) for part in (1, 0))  # fmt: skip
    premia = {(1, 0): 1.0, (1, 1): 1.0, (2, 0): 0.0, (2, 1): 1.0}
    y = np.array([premia.get((a, s), 0.0) for a, s in zip(arm, w, strict=True)])
    rng = np.random.default_rng(1)
    noise = rng.standard_normal(len(y))
    for s in CELLS:  # noise without a mean in any cell: premia are exact, variances are not zero
        for a in range(3):
            noise[(arm == a) & (w == s)] -= noise[(arm == a) & (w == s)].mean()
    found = contamination(lay_out(y + noise, title=arm, country=w), "title")
    assert found.from_level[0, 1] == pytest.approx(float(of[2, 1]), abs=1e-12)
    assert found.own.values[0] == pytest.approx(1.0, abs=1e-12)
    assert found.ols.values[0] == pytest.approx(1 + 99 / 212, abs=1e-12)
    assert found.one_at_a_time.values[0] == pytest.approx(1.0, abs=1e-12)
    assert found.average.values == pytest.approx([1.0, 0.5], abs=1e-12)


@pytest.mark.parametrize("weighted", [False, True])
def test_the_parts_sum_to_the_coefficient_of_least_squares(lay_out: Any, weighted: bool) -> None:
    weights = np.random.default_rng(1).uniform(0.5, 2, 400) if weighted else None
    x = np.random.default_rng(2).standard_normal(400)
    design = drawn(1, 400, lay_out, weights=weights, experience=x)
    found = contamination(design, "title")
    assert found.own.values + found.contamination.values == pytest.approx(found.ols.values, abs=1e-13)
    assert found.from_level.sum(axis=1) == pytest.approx(found.ols.values, abs=1e-11)
    fitted = sl.fit(design)
    assert found.ols.values == pytest.approx(fitted.coefficients[1:3], abs=1e-11)
    assert found.ols.se == pytest.approx(np.sqrt(np.diag(fitted.covariance))[1:3], rel=1e-9)


def test_two_levels_are_not_contaminated(lay_out: Any) -> None:
    design = drawn(3, 400, lay_out)
    codes = np.minimum(design.blocks["title"].codes, 1)  # type: ignore[union-attr]
    found = contamination(lay_out(design.y, title=codes, country=design.blocks["country"].codes), "title")  # type: ignore[union-attr]
    assert found.contamination.values == pytest.approx([0.0], abs=1e-13)
    assert found.contamination.se == pytest.approx([0.0], abs=1e-12)
    assert found.one_at_a_time.values == pytest.approx(found.ols.values, abs=1e-12)


def test_equal_premia_leave_no_contamination_and_one_answer(lay_out: Any) -> None:
    design = drawn(3, 4_000, lay_out, differ=0.0)
    found = contamination(design, "title")
    assert np.abs(found.contamination.values / found.contamination.se).max() < 3.5
    spread_of = np.ptp([v for name, v in numbers(found).items() if name != "contamination"], axis=0)
    assert spread_of.max() < 0.02


def test_the_average_is_that_of_a_regression_on_centred_interactions(lay_out: Any) -> None:
    import statsmodels.api as sm

    design = drawn(5, 300, lay_out)
    arms, w = (sl.matrix(design)[:, columns] for columns in ([1, 2], [3, 4]))
    centred = w - w.mean(axis=0)
    crossed = [arms[:, [k]] * centred for k in (0, 1)]
    peer = sm.OLS(design.y, np.hstack([np.ones((300, 1)), arms, centred, *crossed])).fit(cov_type="HC2")
    found = contamination(design, "title").average
    assert found.values == pytest.approx(peer.params[1:3], abs=1e-11)
    assert (found.se > peer.bse[1:3] * 0.999).all()  # the peer takes the mean control as known


def test_standard_errors_are_those_of_a_jackknife(lay_out: Any) -> None:
    design = drawn(9, 160, lay_out)
    found = contamination(design, "title")
    arm, w = (design.blocks[name].codes for name in ("title", "country"))  # type: ignore[union-attr]
    left = [numbers(contamination(lay_out(np.delete(design.y, i), title=np.delete(arm, i), country=np.delete(w, i)),
                                  "title")) for i in range(160)]  # fmt: skip
    for name in PARTS:
        spread_of = np.array([out[name] for out in left])
        jackknife = np.sqrt(159 / 160 * ((spread_of - spread_of.mean(axis=0)) ** 2).sum(axis=0))
        assert getattr(found, name).se == pytest.approx(jackknife, rel=0.08), name


def test_clusters_of_one_row_change_little_and_repeated_rows_much(lay_out: Any) -> None:
    design = drawn(11, 600, lay_out)
    alone = contamination(drawn(11, 600, lay_out, clusters=np.arange(600)), "title")
    assert alone.own.se == pytest.approx(contamination(design, "title").own.se, rel=1e-6)
    arm, w = (np.tile(design.blocks[name].codes, 2) for name in ("title", "country"))  # type: ignore[union-attr]
    twice = lay_out(np.tile(design.y, 2), title=arm, country=w, clusters=np.tile(np.arange(600), 2))
    assert contamination(twice, "title").own.se == pytest.approx(alone.own.se, rel=0.02)


def test_what_cannot_be_judged_is_refused_by_name(lay_out: Any) -> None:
    design = drawn(1, 200, lay_out)
    codes = design.blocks["title"].codes.copy()  # type: ignore[union-attr]
    country = design.blocks["country"].codes  # type: ignore[union-attr]
    few = np.where(np.arange(200) < 3, 3, codes)
    with pytest.raises(ModelError, match=r"fewer than 10 rows at \(under 10 rows\)"):
        contamination(lay_out(design.y, title=few, country=country), "title")
    lacking = np.where((codes == 2) & (country == 1), 1, codes)
    with pytest.raises(ModelError, match=r"country\[country 1\] among title 2"):
        contamination(lay_out(design.y, title=lacking, country=country), "title")
    with pytest.raises(ModelError, match="did you mean 'title'"):
        contamination(design, "titel")
    for bad in (np.nan, np.inf):
        with pytest.raises(ModelError, match="not finite"):
            contamination(lay_out(np.append(design.y[1:], bad), title=codes, country=country), "title")
    with pytest.raises(ModelError, match="at least 20"):
        contamination(drawn(1, 200, lay_out, clusters=np.arange(200) % 5), "title")


def truth(lay_out: Any) -> dict[str, np.ndarray]:
    """Return the population's parts: each cell twice, weighted by its share, at its mean."""
    arm, w = (np.repeat(codes.ravel(), 2) for codes in np.meshgrid(np.arange(3), np.arange(3)))
    y = 10 + 0.2 * w + PREMIA[w, arm]
    return numbers(contamination(lay_out(y, title=arm, country=w, weights=SHARES[w, arm] / 6), "title"))


def covered(lay_out: Any, seeds: range, *, clustered: bool) -> np.ndarray:
    """Return in how many samples of 600 each part of each level is covered, shape (parts, levels)."""
    from scipy.special import stdtrit

    aims, hits = truth(lay_out), np.zeros((len(PARTS), 2), dtype=int)
    for seed in seeds:
        found = contamination(drawn(seed, 600, lay_out, clustered=clustered), "title")
        for i, name in enumerate(PARTS):
            gaps = getattr(found, name)
            hits[i] += np.abs(gaps.values - aims[name]) <= stdtrit(gaps.df, 0.975) * gaps.se
    return hits


@pytest.mark.parametrize("clustered", [False, True])
def test_a_few_intervals_cover(lay_out: Any, clustered: bool) -> None:
    hits = covered(lay_out, range(40), clustered=clustered)
    assert hits.min() >= 31  # binomial(40, .95): below with 1 in 10,000


@pytest.mark.slow
@pytest.mark.parametrize("clustered", [False, True])
def test_every_interval_covers(lay_out: Any, within_band: Callable[..., bool], clustered: bool) -> None:
    """A contamination near zero is a product of two small numbers: its interval may cover more often than it says."""
    hits = covered(lay_out, range(2_000), clustered=clustered)
    wide = PARTS.index("contamination")
    print("contamination", hits[wide] / 2_000)
    hits[wide] = np.minimum(hits[wide], 1_900)
    assert within_band(hits.ravel(), 2_000)


def test_contamination_gives_no_small_cell_away(make_records: Any) -> None:
    rng = np.random.default_rng(3)
    titles = np.array(["engineer", "analyst", "manager"], dtype=object)[rng.integers(0, 3, 300)]
    titles[:9] = "swan marker"
    pay = np.exp(rng.normal(11, 0.2, 300))
    pay[:9] = 987_654.0 + np.arange(9)
    records = make_records(pay_annual_usd=pay.tolist(), title=titles.tolist(), experience_years=rng.uniform(0, 30, 300))
    found = contamination(sl.build(sl.Spec(factors=("title", "experience")), sl.draw(records, [])), "title")
    rare = found.table.filter(found.table["n"].is_null())
    assert rare["level"].to_list() == ["(under 10 rows)"]
    assert rare.select(name for name in PARTS).row(0) == (None,) * len(PARTS)
    j = found.own.comparison.levels.index("swan marker")
    told = [repr(found), str(found.table.to_dicts()), str(found.own.finding("swan marker"))]
    assert "withheld, fewer than 10 rows" in told[-1]
    assert not any("swan" in text or f"{found.own.values[j]:.6f}" in text for text in told)
