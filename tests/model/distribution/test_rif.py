"""RIF regression: identities with least squares, closed forms, the bandwidth, and what is told."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.distribution import RifRegression, rif_premium, rif_regression
from salarylab.model.distribution.statistic import density, influence, quantile, statistic
from salarylab.source import Replication

SPEC = sl.Spec(factors=("education", "experience"), clusters=None)
Make = Callable[..., sl.Records]


def design_of(records: sl.Records, spec: sl.Spec = SPEC) -> sl.Design:
    return sl.build(spec, sl.draw(records))


def test_the_mean_is_least_squares_and_others_are_least_squares_of_their_influence(workers: sl.Records) -> None:
    # oracle: statsmodels WLS of the influence; relative tolerance 1e-9
    design = design_of(workers, sl.Spec(factors=SPEC.factors, clusters=None, weights="weight"))
    names = ["mean", "variance", "gini", "p50", "p90-p10"]
    found = rif_regression(design, names, draws=99)
    assert found.coefficients[0] == pytest.approx(sl.fit(design).coefficients, rel=1e-9)
    order, weights = np.argsort(design.y), design.weights
    assert weights is not None
    for s, name in enumerate(names):
        target = influence(statistic(name), design.y[order], weights[order], found.bandwidth)
        peer = sm.WLS(target, sl.matrix(design)[order], weights=weights[order]).fit()
        assert found.coefficients[s] == pytest.approx(peer.params, rel=1e-8, abs=1e-11)


def test_with_one_factor_a_quantile_slope_is_a_difference_of_shares_over_the_density(workers: sl.Records) -> None:
    design = design_of(workers, sl.Spec(factors=("role_family",), clusters=None))
    found = rif_regression(design, ["p50"], draws=99)
    y, one = np.sort(design.y), np.ones(len(design.y))
    median = quantile(y, one, 0.5)
    levels = design.sample.table["role_family"].cast(pl.String).to_numpy()
    below = {level: float((design.y[levels == level] <= median).mean()) for level in set(levels)}
    for i, term in enumerate(design.terms[1:], 1):
        gap = (below[str(term.base)] - below[str(term.level)]) / density(y, one, median, found.bandwidth)
        assert found.coefficients[0, i] == pytest.approx(gap, rel=1e-9)


def test_slopes_at_other_bandwidths_are_the_densities_ratio(workers: sl.Records) -> None:
    design = design_of(workers)
    found = rif_regression(design, ["mean", "p50"], draws=99)
    wide = rif_regression(design, ["mean", "p50"], draws=99, bandwidth=2 * found.bandwidth)
    assert found.sensitivity[1] == pytest.approx(found.coefficients)
    assert found.sensitivity[2] == pytest.approx(wide.coefficients)
    assert found.sensitivity[:, 0] == pytest.approx(np.tile(found.coefficients[0], (3, 1)))
    row = found.table.filter(statistic="p50", term="education[master]").row(0, named=True)
    assert row["value_twice_bandwidth"] == pytest.approx(wide.coefficients[1, 2], abs=1e-4)
    assert "bandwidth" in found.rule
    assert "(given)" in wide.rule


def test_a_heap_shrinks_slopes_and_a_dither_gives_those_before_rounding_back(make_records: Make) -> None:
    rng = np.random.default_rng(7)
    held = rng.uniform(size=40_000) < 0.4
    pay = np.exp(rng.normal(11 + 0.1 * held, 0.4))
    education = np.where(held, "master", "bachelor").tolist()
    spec = sl.Spec(factors=("education",))
    exact, heaped = (
        design_of(make_records(pay_annual_usd=amount.tolist(), education=education), spec)
        for amount in (pay, np.maximum(np.round(pay / 5_000), 1) * 5_000)
    )
    # heaps lie 0.08 log points apart; 0.02 is Silverman's bandwidth for a million rows
    before = rif_regression(exact, ["p50"], draws=99, bandwidth=0.02)
    after = rif_regression(heaped, ["p50"], draws=99, bandwidth=0.02)
    spread = rif_regression(heaped, ["p50"], draws=99, bandwidth=0.02, dither=True)
    slopes = [found.coefficients[0, 1] for found in (before, after, spread)]
    assert slopes[1] < 0.8 * slopes[0]
    assert slopes[2] == pytest.approx(slopes[0], rel=0.06)
    assert after.sensitivity[2, 0, 1] > 1.2 * after.sensitivity[1, 0, 1]
    assert "have the very pay at the 50th percentile" in after.notes[0]
    assert after.notes[0] in rif_premium(after, "p50", "education", "master").caveats
    assert spread.notes == before.notes == ()
    assert "heaps spread evenly" in spread.rule


def test_standard_errors_of_the_mean_are_near_those_of_least_squares(workers: sl.Records) -> None:
    for clusters, rule in ((None, "HC0"), ("cluster", "CR0")):
        design = design_of(workers, sl.Spec(factors=SPEC.factors, clusters=clusters, covariance=rule))
        found = rif_regression(design, ["mean"], draws=999)
        peer = np.sqrt(np.diag(sl.fit(design).covariance))
        assert np.sqrt(np.diag(found.covariances[0])) == pytest.approx(peer, rel=0.12)
    assert found.df.tolist() == [39.0] * len(design.terms)
    assert "clusters as wholes" in found.rule


def test_replicate_weights_take_the_place_of_draws(make_records: Make) -> None:
    rng = np.random.default_rng(5)
    n = 90
    replicates = rng.uniform(-0.2, 2.5, (n, 12))
    records = make_records(
        pay_annual_usd=np.exp(rng.normal(11, 0.4, n)).tolist(),
        experience_years=rng.uniform(0, 30, n).tolist(),
        weight=[1.0] * n,
        replicate_weights=replicates.tolist(),
        replication=Replication(12, 4 / 12, 12.0, "successive differences"),
    )
    design = design_of(records, sl.Spec(factors=("experience",), clusters=None))
    found = rif_regression(design, ["mean"])
    assert found.covariances[0] == pytest.approx(sl.fit(design).covariance, rel=1e-8)
    assert found.df.tolist() == [12.0, 12.0]


def test_terms_in_a_few_clusters_have_no_interval(make_records: Make) -> None:
    rng = np.random.default_rng(4)
    records = make_records(
        pay_annual_usd=np.exp(rng.normal(10.7, 0.4, 900)).tolist(),
        country=["Arcadia" if i % 30 < 2 else "Utopia" for i in range(900)],
        cluster=[f"employer {i % 30}" for i in range(900)],
    )
    found = rif_regression(design_of(records, sl.Spec(factors=("country",))), ["p50"], draws=99)
    assert found.unidentified.tolist() == [False, True]
    premium = rif_premium(found, "p50", "country", "Arcadia")
    assert (premium.low, premium.se) == (None, None)
    assert "no interval: identified inside one or a few clusters" in premium.caveats
    assert found.table.filter(level="Arcadia")["low"].to_list() == [None]


def test_what_is_not_there_is_refused_by_name(workers: sl.Records) -> None:
    design = design_of(workers)
    with pytest.raises(ModelError, match="a positive number of log points"):
        rif_regression(design, bandwidth=0.0)
    found = rif_regression(design, ["p50", "gini"], draws=99)
    with pytest.raises(ModelError, match="2 faults"):
        rif_premium(found, "gini", "education", "bachelor")
    with pytest.raises(ModelError, match="at least 20"):
        rif_regression(design_of(workers, sl.Spec(factors=("education",), clusters="country")))


def planted(make_records: Make) -> RifRegression:
    rng = np.random.default_rng(9)
    titles = ["swan marker"] * 6 + ["falconer"] * 20 + rng.choice(["engineer", "analyst"], 574).tolist()
    pay = np.exp(rng.normal(10.7, 0.4, 600))
    pay[:6] = 987_654.0
    records = make_records(pay_annual_usd=pay.tolist(), title=titles)
    design = design_of(records, sl.Spec(factors=("title",), clusters=None, bases={"title": "engineer"}))
    return rif_regression(design, ["mean", "p2", "p50"], draws=99)


def test_rif_regression_gives_no_small_cell_away(make_records: Make) -> None:
    table = planted(make_records).table
    hidden = table.filter(pl.col("level") == "(under 10 rows)").select(pl.exclude("statistic", "term", "level", "base"))
    assert set(hidden.rows()) == {(None,) * hidden.width}
    twenty = dict(table.filter(level="falconer").select("statistic", "value").iter_rows())
    assert twenty["mean"] is not None
    assert (twenty["p2"], twenty["p50"]) == (None, None)  # a percentile needs thirty rows
    assert table.filter(statistic="p2")["value"].null_count() == 4  # about six of 290 engineers lie below
    assert "swan" not in f"{planted(make_records)!r} {table.rows()}"


def test_rif_premium_gives_no_small_cell_away(make_records: Make) -> None:
    for level in ("swan marker", "falconer"):
        premium = rif_premium(planted(make_records), "p50", "title", level)
        assert premium.suppressed
        assert premium.record()["value"] is None
        assert not any("bandwidth" in caveat for caveat in premium.caveats)
        assert "swan" not in f"{premium!r} {premium.record()}"
