"""Adjusted shares and the quantiles they imply: identities, rearrangement, and what is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.distribution import (
    AdjustedShares,
    adjusted_quantiles,
    adjusted_shares,
    distribution_regression,
    share_below,
)
from salarylab.model.distribution.basis import basis_of
from salarylab.model.distribution.below import below
from salarylab.model.distribution.logit import logit, sigmoid
from salarylab.model.distribution.simultaneous import sup_t
from salarylab.model.trust.resampling import exponential_weights

AT = [30_000.0, 45_000.0, 60_000.0]
Make = Callable[..., sl.Records]


def shares_of(
    records: sl.Records, factors: tuple[str, ...], by: str, clusters: str | None = None, at: list[float] | None = None
) -> AdjustedShares:
    design = sl.build(sl.Spec(factors=factors, clusters=clusters), sl.draw(records, []))
    return adjusted_shares(distribution_regression(design, at or AT), by)


def test_with_one_factor_adjusted_shares_are_raw_shares_with_binomial_errors(workers: sl.Records) -> None:
    found = shares_of(workers, ("role_family",), "role_family")
    rows = found.design.sample.table.select(pl.col("role_family").cast(pl.String), "pay_annual_usd")
    for i, level in enumerate(found.levels):
        pay = rows.filter(role_family=level)["pay_annual_usd"].to_numpy()
        share = np.array([(pay <= at).mean() for at in AT])
        assert found.shares[i] == pytest.approx(share, rel=1e-9)
        factor = len(rows) / (len(rows) - 3)
        assert found.errors[i] ** 2 == pytest.approx(share * (1 - share) / len(pay) * factor, rel=1e-8)


def test_averages_over_levels_as_they_are_give_the_sample_back(workers: sl.Records) -> None:
    # a saturated equation: standardising to the sample's own mix within each family is a weighted mean of cells
    found = shares_of(workers, ("role_family", "work_mode", "role_family:work_mode"), "work_mode")
    rows = found.design.sample.table.select(
        pl.col("role_family", "work_mode").cast(pl.String), (pl.col("pay_annual_usd") <= AT[1]).alias("low")
    )
    mix = rows["role_family"].value_counts(normalize=True)
    cells = rows.filter(work_mode="remote").group_by("role_family").agg(pl.col("low").mean()).join(mix, "role_family")
    assert found.shares[found.levels.index("remote"), 1] == pytest.approx(
        float((cells["low"] * cells["proportion"]).sum()), rel=1e-9
    )


def test_errors_follow_clusters(workers: sl.Records) -> None:
    alone, together = (shares_of(workers, ("education",), "education", c) for c in (None, "cluster"))
    assert together.shares == pytest.approx(alone.shares)
    assert not np.allclose(together.errors, alone.errors)
    assert together.rule.startswith("CR1, about 40 clusters, t(clusters − 1); bands sup-t")


def test_errors_under_weights_and_clusters_are_those_of_refits(workers: sl.Records) -> None:
    # 600 refits under exponential weights of clusters: standard errors within a tenth or so
    spec = sl.Spec(factors=("work_mode", "experience"), clusters="cluster", weights="weight")
    design = sl.build(spec, sl.draw(workers, []))
    found = adjusted_shares(distribution_regression(design, AT), "work_mode")
    x, weights = sl.matrix(design), design.weights
    assert weights is not None
    basis, again = basis_of(x, ["c", "mode", "years"], weights), []
    for lot in exponential_weights(len(weights), design.clusters, 600, seed=1):
        drawn = weights * lot
        slopes = np.array([logit(basis, below(design.y, np.array([pay]))[:, 0], drawn).coefficients for pay in AT])
        moved = [x.copy() for _ in found.levels]
        for level, columns in zip(found.levels, moved, strict=True):
            columns[:, 1] = float(level != design.base_of["work_mode"])
        shares = [np.average(sigmoid(columns @ slopes.T), weights=drawn, axis=0) for columns in moved]
        again.append(np.concatenate(shares))
    assert found.errors.ravel() == pytest.approx(np.std(again, axis=0), rel=0.12)


def test_a_level_in_a_few_clusters_has_no_interval(make_records: Make) -> None:
    rng = np.random.default_rng(4)
    n = 600
    records = make_records(
        pay_annual_usd=np.exp(rng.normal(10.7, 0.4, n)).tolist(),
        country=["Arcadia" if i % 30 < 2 else "Utopia" for i in range(n)],
        cluster=[f"employer {i % 30}" for i in range(n)],
    )
    found = shares_of(records, ("country",), "country", "cluster")
    assert np.isnan(found.reach).tolist() == [True, False]
    assert np.isnan(found.intervals[0, 0]).all()
    assert "no interval" in str(share_below(found, "Arcadia", AT[1]).caveats)
    assert share_below(found, "Arcadia", AT[1]).low is None
    assert found.table.filter(level="Arcadia")["low"].null_count() == len(AT)
    assert np.isnan(adjusted_quantiles(found).lows[0]).all()


def test_shares_and_ends_are_rearranged_to_rise(workers: sl.Records) -> None:
    found = shares_of(workers, ("education", "experience"), "education")
    crossed = replace(found, shares=found.shares[:, ::-1])
    assert (np.diff(crossed.rearranged) >= 0).all()
    assert (np.diff(crossed.intervals) >= 0).all()
    assert crossed.rearranged == pytest.approx(found.rearranged)


def test_bands_are_wider_than_intervals_and_contain_shares(workers: sl.Records) -> None:
    found = shares_of(workers, ("education", "experience"), "education")
    (low, high), (below, above) = found.intervals, found.bands
    assert (below < low).all()
    assert (above > high).all()
    assert ((low < found.rearranged) & (found.rearranged < high)).all()
    assert adjusted_shares(found.regression, "education", seed=7).uniform != pytest.approx(found.uniform, abs=0)
    assert adjusted_shares(found.regression, "education").uniform.tolist() == found.uniform.tolist()


def test_the_reach_of_a_band_over_independent_numbers_is_known() -> None:
    # Šidák: the 0.95 quantile of the largest of m |z| is that of one at 0.95^(1/m); 2.569 for m = 5
    assert sup_t(np.eye(5), 1e9, draws=200_000) == pytest.approx(2.569, abs=0.01)
    assert sup_t(np.ones((5, 5)), 1e9, draws=200_000) == pytest.approx(1.960, abs=0.01)


def test_implied_quantiles_interpolate_and_their_intervals_end_at_thresholds(workers: sl.Records) -> None:
    at = [float(pay) for pay in range(20_000, 120_000, 4_000)]
    found = shares_of(workers, ("role_family",), "role_family", at=at)
    quantiles = adjusted_quantiles(found, [0.25, 0.5])
    rows = found.design.sample.table.select(pl.col("role_family").cast(pl.String), "pay_annual_usd")
    for i, level in enumerate(found.levels):
        pay = rows.filter(role_family=level)["pay_annual_usd"].to_numpy()
        assert quantiles.values[i] == pytest.approx(np.quantile(pay, [0.25, 0.5]), rel=0.04)
        assert (quantiles.lows[i] < quantiles.values[i]).all()
        assert set(quantiles.highs[i]) <= set(at)
    beyond = adjusted_quantiles(found, [0.0001])
    assert np.isnan(beyond.values).all()
    with pytest.raises(ModelError, match="numbers between 0 and 1"):
        adjusted_quantiles(found, [0.5, 1.0])


def test_what_is_not_there_is_refused_by_name(workers: sl.Records) -> None:
    found = shares_of(workers, ("education", "experience"), "education")
    with pytest.raises(ModelError, match="did you mean 'master'"):
        share_below(found, "masters", AT[0])
    with pytest.raises(ModelError, match="one of: 30,000, 45,000, 60,000"):
        share_below(found, "master", 50_000.0)
    with pytest.raises(ModelError, match="categorical factor of this equation 'experience'"):
        adjusted_shares(found.regression, "experience")


def test_an_empty_cell_of_an_interaction_is_refused(make_records: Make) -> None:
    rng = np.random.default_rng(6)
    education = rng.choice(["bachelor", "master", "doctorate"], 600)
    mode = np.where(education == "doctorate", "on-site", rng.choice(["remote", "on-site"], 600))
    records = make_records(
        pay_annual_usd=np.exp(rng.normal(10.7, 0.4, 600)).tolist(),
        education=education.tolist(),
        work_mode=mode.tolist(),
    )
    with pytest.raises(ModelError, match="combinations of levels without a row"):
        shares_of(records, ("education", "work_mode", "education:work_mode"), "work_mode")


def planted(make_records: Make) -> AdjustedShares:
    rng = np.random.default_rng(9)
    titles = ["swan marker"] * 6 + rng.choice(["engineer", "analyst"], 594).tolist()
    pay = np.exp(rng.normal(10.7, 0.4, 600))
    pay[:6] = [987_654.0] * 3 + [20_001.0] * 3
    education = rng.choice(["bachelor", "master"], 600).tolist()
    education[300:309] = ["doctorate"] * 9
    records = make_records(pay_annual_usd=pay.tolist(), title=titles, education=education)
    return shares_of(records, ("title", "education"), "title", at=[44_000.0])


def test_adjusted_shares_gives_no_small_cell_away(make_records: Make) -> None:
    found = planted(make_records)
    rare = found.table.filter(pl.col("level") == "(under 10 rows)")
    assert rare.select(pl.exclude("level", "pay")).row(0) == (None,) * 6
    by_degree = adjusted_shares(found.regression, "education").table.filter(level="doctorate")
    assert by_degree.select(pl.exclude("level", "pay")).row(0) == (None,) * 6
    assert "swan" not in f"{found!r} {found.table.rows()}"


def test_share_below_gives_no_small_cell_away(make_records: Make) -> None:
    found = share_below(planted(make_records), "swan marker", 44_000.0)
    assert found.sentence.endswith("withheld, fewer than 10 rows.")
    assert "swan" not in f"{found!r} {found.record()}"
    assert found.record()["value"] is None
    told = share_below(planted(make_records), "engineer", 44_000.0)
    assert told.value == pytest.approx(round(told.value or 0, 2))  # in steps of ten of about 300 rows
    assert told.value in [step / 20 for step in range(21)]


def test_adjusted_quantiles_gives_no_small_cell_away(make_records: Make) -> None:
    found = adjusted_quantiles(planted(make_records), [0.5])
    rare = found.table.filter(pl.col("level") == "(under 10 rows)")
    assert rare.select("pay", "low", "high", "n").row(0) == (None,) * 4
    few = adjusted_quantiles(planted(make_records), [0.02]).table  # six rows of 300 lie beyond
    assert few["pay"].null_count() == len(few)
    assert "swan" not in f"{found!r} {found.table.rows()}"
