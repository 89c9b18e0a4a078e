"""Adjusted means: the groups' own, statsmodels' predictions, the contrasts between them, and what is withheld."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import statsmodels.formula.api as smf

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.contrast import adjusted_means

SPEC = sl.Spec(factors=("education", "role_family", "experience_spline"), clusters=None)


def estimate_of(records: sl.Records, spec: sl.Spec = SPEC) -> sl.Estimate:
    return sl.fit(sl.build(spec, sl.draw(records, [])))


@pytest.mark.parametrize("weights", [None, "weight"])
def test_with_one_factor_they_are_the_groups_geometric_means(workers: sl.Records, weights: str | None) -> None:
    estimate = estimate_of(workers, sl.Spec(factors=("education",), clusters=None, weights=weights))
    found = adjusted_means(estimate, "education")
    rows = estimate.design.sample.table.with_columns(
        pl.lit(1.0).alias("one"), pl.col("pay_annual_usd").log().alias("y")
    )
    by = pl.col(weights or "one")
    own = dict(rows.group_by(pl.col("education").cast(pl.String)).agg((pl.col("y") * by).sum() / by.sum()).iter_rows())
    assert found.found.values == pytest.approx([own[level] for level in found.at.names], rel=1e-12)
    assert found.table["pay"].to_list() == pytest.approx(np.exp([own[name] for name in found.at.names]), rel=1e-3)
    assert found.unit == "USD a year"


def test_without_weights_a_groups_interval_is_its_own_t_interval(workers: sl.Records) -> None:
    estimate = estimate_of(workers, sl.Spec(factors=("education",), clusters=None))
    found = adjusted_means(estimate, "education")
    y = estimate.design.sample.table.filter(pl.col("education") == "master")["pay_annual_usd"].log().to_numpy()
    i = found.at.names.index("master")
    assert found.found.se[i] == pytest.approx(y.std(ddof=1) / len(y) ** 0.5, rel=1e-10)
    assert found.found.df[i] == pytest.approx(len(y) - 1, rel=1e-8)


@pytest.mark.parametrize("weights", [None, "weight"])
def test_differences_are_the_contrasts(workers: sl.Records, weights: str | None) -> None:
    estimate = estimate_of(workers, sl.Spec(factors=SPEC.factors, clusters=None, weights=weights))
    found = adjusted_means(estimate, "education")
    i, j = (found.at.names.index(level) for level in ("doctorate", "secondary"))
    same = sl.contrast(estimate, "education", "doctorate", "secondary")
    apart = found.found.covariance
    assert found.found.values[i] - found.found.values[j] == pytest.approx(same.value, abs=1e-12)
    assert (apart[i, i] + apart[j, j] - 2 * apart[i, j]) ** 0.5 == pytest.approx(same.se, rel=1e-9)


def test_they_are_statsmodels_mean_predictions_with_interactions(workers: sl.Records) -> None:
    factors = ("education", "role_family", "experience", "education:role_family")
    estimate = estimate_of(workers, sl.Spec(factors=factors, clusters=None, covariance="HC1"))
    texts = pl.col("education", "role_family").cast(pl.String)
    columns = estimate.design.sample.table.select(texts, "experience_years", pl.col("pay_annual_usd").log().alias("y"))
    rows = pd.DataFrame(columns.to_dict(as_series=False))
    formula = "y ~ C(education) * C(role_family) + experience_years"
    peer = smf.ols(formula, rows).fit(cov_type="HC1")
    found = adjusted_means(estimate, "education")
    for level, value, se in zip(found.at.names, found.found.values, found.found.se, strict=True):
        moved = rows.assign(education=level)
        row = smf.ols(formula, pd.concat([rows, moved])).exog[len(rows) :].mean(axis=0)
        assert value == pytest.approx(float(peer.predict(moved).mean()), rel=1e-10)
        assert se == pytest.approx(float(row @ np.asarray(peer.cov_params()) @ row) ** 0.5, rel=1e-9)
    within = adjusted_means(estimate, "education", within={"role_family": "other"})
    gap = sl.contrast(estimate, "education", "master", "bachelor", within={"role_family": "other"})
    i, j = (within.at.names.index(level) for level in ("master", "bachelor"))
    assert within.found.values[i] - within.found.values[j] == pytest.approx(gap.value, abs=1e-11)


def test_simultaneous_intervals_hold_the_pointwise_ones_and_say_their_seed(workers: sl.Records) -> None:
    estimate = estimate_of(workers)
    alone, together = (adjusted_means(estimate, "education", simultaneous=how) for how in (False, True))
    assert (together.table["pay_low"] < alone.table["pay_low"]).all()
    assert together.table["pay"].equals(alone.table["pay"])
    assert "at once (sup-t, draws of seed 20250101)" in together.rule
    assert adjusted_means(estimate, "education", simultaneous=True).table.equals(together.table)


def test_a_level_that_rests_on_two_clusters_has_no_interval(make_records: Any) -> None:
    rng = np.random.default_rng(11)
    records = make_records(
        pay_annual_usd=np.exp(rng.normal(11, 0.3, 1_200)).tolist(),
        country=["US"] * 400 + ["DE"] * 800,
        cluster=[f"US{i % 2}" for i in range(400)] + [f"DE{i % 100}" for i in range(800)],
    )
    found = adjusted_means(estimate_of(records, sl.Spec(factors=("country",))), "country", simultaneous=True)
    us = found.table.filter(pl.col("level") == "US").row(0, named=True)
    assert us["pay"] is not None
    assert us["pay_low"] is us["se"] is None


def test_what_cannot_be_read_is_refused_by_name(workers: sl.Records, make_records: Any) -> None:
    estimate = estimate_of(workers)
    with pytest.raises(ModelError, match="categorical factor of this equation 'experience_spline'"):
        adjusted_means(estimate, "experience_spline")
    with pytest.raises(ModelError, match="did you mean 'core AI'"):
        adjusted_means(estimate, "education", within={"role_family": "core"})
    with pytest.raises(ModelError, match="held at one of its levels"):
        adjusted_means(estimate, "education", within={"education": "master"})
    records = make_records(
        pay_annual_usd=np.exp(np.random.default_rng(1).normal(11, 0.2, 90)).tolist(),
        education=(["bachelor", "master"] * 30) + ["bachelor"] * 30,
        country=["FI", "FI", "US", "US"] * 15 + ["DE"] * 30,  # no master in DE
    )
    spec = sl.Spec(factors=("education", "country", "education:country"), clusters=None, bases={"country": "FI"})
    crossed = estimate_of(records, spec)
    with pytest.raises(ModelError, match="no row at some level of country"):
        adjusted_means(crossed, "education")


@pytest.mark.parametrize("few", [2, 9])
def test_adjusted_means_gives_no_small_cell_away(make_records: Any, few: int) -> None:
    rng = np.random.default_rng(few)
    titles = ["engineer"] * 40 + ["analyst"] * 30 + ["swan marker"] * few
    pay = [*np.exp(rng.normal(11, 0.2, 70)), *[987_654.0 + i for i in range(few)]]
    estimate = estimate_of(make_records(pay_annual_usd=pay, title=titles), sl.Spec(factors=("title",)))
    for simultaneous in (False, True):
        found = adjusted_means(estimate, "title", simultaneous=simultaneous)
        hidden = found.table.filter(pl.col("level") == "(under 10 rows)")
        assert hidden.drop("level").row(0) == (None,) * 7
        assert "swan marker" not in repr(found) + str(found.table.to_dicts())
        assert found.table.height == len(found.found.values) + 1  # its number is nowhere in the object
