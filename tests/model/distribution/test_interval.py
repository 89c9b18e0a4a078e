"""Interval regression of invented and real workers: what it fits, refuses and tells."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.distribution.interval import IntervalEstimate, interval
from salarylab.model.distribution.interval_bottom import without_bottom_band
from salarylab.model.distribution.interval_covariance import refitted
from salarylab.model.distribution.interval_normality import normality
from salarylab.records import Records
from salarylab.sample import point_pay
from salarylab.source import Replication

Make = Callable[..., Records]
EDGES = [0.0, 20_000.0, 30_000.0, 45_000.0, 70_000.0, 110_000.0, math.inf]
SECRETS = ("swan marker", "Ruritania")


def banded(make_records: Make, n: int = 1_500, points: float = 0.2, seed: int = 2, **columns: Any) -> Records:
    """Return workers of normal log pay, most of whom stated a band; doctorates' pay spreads more."""
    rng = np.random.default_rng(seed)
    education = rng.choice(["secondary", "bachelor", "doctorate"], n)
    premium = {"secondary": -0.3, "bachelor": 0.0, "doctorate": 0.4}
    spread = np.where(education == "doctorate", 0.8, 0.5)
    pay = np.exp(10.6 + np.array([premium[e] for e in education]) + spread * rng.normal(size=n))
    band = np.searchsorted(EDGES, pay)
    point = rng.random(n) < points
    low, high = np.array(EDGES)[band - 1], np.array(EDGES)[band]
    middle = [math.sqrt(a * b) if a > 0 and b < math.inf else None for a, b in zip(low, high, strict=True)]
    own = {
        "pay_annual_usd": [float(p) if at else m for p, m, at in zip(pay, middle, point, strict=True)],
        "pay_low_usd": [None if at else float(a) for a, at in zip(low, point, strict=True)],
        "pay_high_usd": [None if at else float(b) for b, at in zip(high, point, strict=True)],
        "education": education.tolist(),
        "country": rng.choice(["Arcadia", "Utopia"], n).tolist(),
        "cluster": [f"c{i % 40}" for i in range(n)],
    }
    return make_records(**(own | columns))


def found_in(records: Records, spread: tuple[str, ...] = (), **asked: Any) -> IntervalEstimate:
    wanted: dict[str, Any] = {"factors": ("education",), "clusters": None} | asked
    return interval(sl.Spec(**wanted), sl.draw(records, []), spread=spread)


def test_open_bands_are_used_and_the_planted_premia_and_spreads_found(make_records: Make) -> None:
    records = banded(make_records, n=6_000)
    found = found_in(records, ("education",))
    assert len(found.design.y) == 6_000  # an equation on points would have lost the open bands
    by_name = dict(zip([t.name for t in found.design.terms], found.coefficients, strict=True))
    assert by_name["education[doctorate]"] == pytest.approx(0.4, abs=0.09)
    assert by_name["education[secondary]"] == pytest.approx(-0.3, abs=0.06)
    wider = found.spread_terms.filter(pl.col("level") == "doctorate")
    assert wider["log_points"][0] == pytest.approx(math.log(0.8 / 0.5), abs=0.1)
    assert wider["ci_low"][0] < wider["log_points"][0] < wider["ci_high"][0]
    shares = dict(found.shares.select("known_as", "share").iter_rows())
    assert shares["point"] == pytest.approx(0.2, abs=0.03)
    assert found.log_likelihood > found_in(records).log_likelihood + 50


def test_points_alone_are_the_least_squares_estimate(workers: Records) -> None:
    for asked in ({"covariance": "HC1"}, {"covariance": "CR1", "clusters": "cluster", "weights": "weight"}):
        spec = sl.Spec(factors=("education", "role_family", "experience"), **({"clusters": None} | asked))
        sample = sl.draw(workers, [])
        found, ols = interval(spec, sample), sl.fit(sl.build(spec, sample))
        np.testing.assert_allclose(found.coefficients, ols.coefficients, rtol=1e-10)
        np.testing.assert_allclose(found.covariance, ols.covariance, rtol=1e-8, atol=1e-14)
        np.testing.assert_allclose(found.df, ols.df)
        assert found.terms.columns == [name for name in ols.terms.columns if name != "percent_kennedy"]


def test_the_default_rules_are_the_jackknives(make_records: Make) -> None:
    records = banded(make_records)
    assert found_in(records).rule.startswith("interval regression of normal log pay, HC3, t(n − k), about 1,500")
    clustered = found_in(records, clusters="declared")
    assert clustered.kind == "CRV3"
    assert set(clustered.df) == {39.0}


def test_replicate_weights_are_refits(make_records: Make) -> None:
    n, count = 600, 6
    replicates = np.random.default_rng(1).uniform(-0.1, 2.2, (n, count))
    weight = np.random.default_rng(2).uniform(50, 200, n)
    replication = Replication(count, 0.5, 5.0, "invented replication")
    records = banded(
        make_records,
        n=n,
        weight=weight.tolist(),
        replicate_weights=(replicates * weight[:, None]).tolist(),
        replication=replication,
    )
    found = found_in(records)
    refits = [refitted(found.banded, found.parameters, w * weight / weight.mean()) for w in replicates.T]
    moved = np.array(refits) - found.parameters
    np.testing.assert_allclose(found.joint, 0.5 * moved.T @ moved, rtol=1e-7)
    assert found.terms["df"][1] == 5.0
    assert normality(found).value is not None


def test_a_term_inside_one_cluster_has_no_standard_error(make_records: Make) -> None:
    n = 1_500
    country = ["Utopia" if i % 40 == 7 else "Arcadia" for i in range(n)]
    asked = {"factors": ("education", "country"), "clusters": "declared"}
    found = found_in(banded(make_records, country=country), ("country",), **asked)
    for terms in (found.terms, found.spread_terms):
        inside = terms.filter(pl.col("factor") == "country")
        assert inside["se"].to_list() == [None]
        assert inside["log_points"].null_count() == 0
        assert terms.filter(pl.col("factor") == "intercept")["se"].null_count() == 0


def test_what_cannot_be_fitted_is_refused_by_name(make_records: Make) -> None:
    records = banded(make_records)
    with pytest.raises(ModelError, match="spread by 'country'"):
        found_in(records, ("country",))
    with pytest.raises(ModelError, match="a rule for least squares"):
        found_in(records, covariance="HC2")
    with pytest.raises(ModelError, match="open band alone"):
        interval(sl.Spec(factors=("education",)), sl.draw(records, [point_pay, sl.positive_pay]))
    with pytest.raises(ModelError, match="at least 20"):
        found_in(records, clusters="country")
    with pytest.raises(ModelError, match="one cluster only"):
        found_in(banded(make_records, cluster=["c"] * 1_500), clusters="declared", few_clusters=True)
    with pytest.raises(ModelError, match="not above zero"):
        found_in(banded(make_records, weight=[0.0] * 1_500), weights="weight")
    with pytest.raises(ModelError, match="one level only"):
        found_in(banded(make_records, education=["bachelor"] * 1_500))
    bottom = [f"{'Utopia' if low == 0 else 'Arcadia'}" for low in records.table["pay_low_usd"].fill_null(1.0)]
    with pytest.raises(ModelError, match=r"along: country\[Utopia\]"):
        found_in(banded(make_records, country=bottom), factors=("country",))


@pytest.mark.parametrize("few", [1, 3, 9])
def test_interval_gives_no_small_cell_away(make_records: Make, few: int) -> None:
    n = 1_500
    country = [SECRETS[1] if i < few else ("Arcadia", "Utopia")[i % 2] for i in range(n)]
    found = found_in(banded(make_records, points=1.0, country=country), ("country",), factors=("education", "country"))
    for table in (found.terms, found.spread_terms):
        rare = table.filter(pl.col("n").is_null())
        assert len(rare) == (1 if few > 1 else 0)  # a row alone at its level leaves before the fit
        assert rare.select("log_points", "se", "percent").null_count().row(0) == (len(rare),) * 3
        assert SECRETS[1] not in str(table.rows())
    assert SECRETS[1] not in repr(found)
    assert repr(found.log_likelihood) not in repr(found)


@pytest.mark.real
def test_kaggles_bands_hold_those_that_midpoints_lose(mirror: Path) -> None:
    sample = sl.draw(sl.load("kaggle_survey"), [sl.main_pay_concept, sl.only(country=["IN", "US", "BR", "JP"])])
    spec = sl.Spec(factors=("education", "country"))
    found = interval(spec, sample)
    assert len(found.design.y) > 1.1 * len(sl.build(spec, sample).y)
    shares = dict(found.shares.select("known_as", "share").iter_rows())
    assert shares["open below"] == pytest.approx(0.13, abs=0.02)
    assert normality(found).p < 0.001  # the bottom band is no normal tail
    above = without_bottom_band(found)
    moved = above.table.filter(pl.col("level") == "US")
    assert moved["above"][0] < moved["whole"][0]
    assert above.above.parameters[-1] < found.parameters[-1] - 0.2  # nor is the spread the same without it


@pytest.mark.real
def test_top_codes_of_the_acs_are_bounds_and_not_means(mirror: Path) -> None:
    records = sl.load("acs_pums")
    spec = sl.Spec(factors=("education", "experience_spline"))
    sample = sl.draw(records, sl.standard(records))
    found, ols = interval(spec, sample), sl.fit(sl.build(spec, sample))
    assert found.kind == "replicate"
    shares = dict(found.shares.select("known_as", "share").iter_rows())
    assert 0.005 < shares["open above"] < 0.03
    difference = found.coefficients - ols.coefficients
    assert np.abs(difference[1:8]).max() < 0.06
    assert found.log_likelihood < 0
