"""Shapley in the analyst's hand: what is told, what is refused, and what no small cell gives away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.decompose import Shapley, shapley
from salarylab.records import Records
from salarylab.source import Replication

FACTORS = ("education", "role_family", "work_mode", "experience")
Make = Callable[..., Records]


def design_of(records: Records, factors: tuple[str, ...] = FACTORS, **asked: Any) -> sl.Design:
    return sl.build(sl.Spec(factors=factors, **{"clusters": None, "weights": None} | asked), sl.draw(records, []))


def r_squared(x: np.ndarray, y: np.ndarray) -> float:
    e = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    n, k = x.shape
    return 1.0 - float(e @ e) / (n - k) * (n - 1) / float(((y - y.mean()) ** 2).sum())


def test_shares_add_up_to_the_adjusted_r_squared_of_a_fit(workers: Records) -> None:
    design = design_of(workers)
    found = shapley(design, draws=0)
    assert found.measure == "adjusted"
    assert found.values[:-1].sum() == pytest.approx(found.values[-1], abs=1e-12)
    assert found.values[-1] == pytest.approx(r_squared(sl.matrix(design), design.y), abs=1e-12)
    assert found.table["share"].to_list() == pytest.approx(found.values.round(4))
    assert found.r_squared.value == found.values[-1]


def test_groups_are_told_beside_their_factors(workers: Records) -> None:
    found = shapley(design_of(workers), {"person": ["education", "experience"], "job": ["role_family"]}, draws=0)
    assert found.names == (*FACTORS, "all of person", "all of job", "all factors")
    assert found.values[0] + found.values[3] == pytest.approx(found.values[4])
    assert found.values[:4].sum() == pytest.approx(found.values[-1])


def test_a_null_factor_is_told_with_its_null(workers: Records) -> None:
    found = shapley(design_of(workers), draws=99)
    row = {r["factor"]: r for r in found.table.to_dicts()}
    assert row["education"]["p"] == 0.01
    assert row["role_family"]["p"] > 0.02
    assert abs(row["role_family"]["null"]) < 0.003
    assert row["role_family"]["low"] is None
    assert row["role_family"]["high"] >= row["role_family"]["share"]
    told = found.share("role_family")
    assert told.low is None
    assert any("at most" in said for said in told.caveats)
    assert "shares of variation in this sample, by these measures" in told.caveats
    assert row["all factors"]["null"] is None
    again = shapley(design_of(workers), draws=99)
    np.testing.assert_array_equal(found.nulls, again.nulls)


@pytest.mark.parametrize("asked", [{"clusters": "cluster"}, {"weights": "weight"}])
def test_clustered_and_weighted_rows_are_cross_fitted(workers: Records, asked: dict[str, str]) -> None:
    design = design_of(workers, **asked)
    found = shapley(design, draws=0)
    assert found.measure == "cross-fitted"
    assert found.values[:-1].sum() == pytest.approx(found.values[-1], abs=1e-12)
    assert ("clusters (cluster) as wholes" in found.rule) == ("clusters" in asked)
    assert ("weighted" in found.rule) == ("weights" in asked)
    with pytest.raises(ModelError, match="independent rows of one weight"):
        shapley(design, measure="adjusted")


def test_replicate_weights_give_the_variance(workers: Records) -> None:
    design = design_of(workers, weights="weight")
    rng = np.random.default_rng(3)
    assert design.weights is not None
    replicates = design.weights[:, None] * rng.choice([0.0, 2.0], (design.n, 40))
    survey = Replication(40, 1 / 40, 39.0, "half-samples")
    found = shapley(replace(design, replicates=replicates, replication=survey), draws=0)
    plain = shapley(design, draws=0)
    np.testing.assert_array_equal(found.values, plain.values)
    assert found.rule.count("half-samples, t(39)") == 1
    wide = [at.high - (at.low or 0.0) for shares in (found, plain) for at in shares.intervals[:1]]
    assert wide[0] == pytest.approx(wide[1], rel=0.5)  # half-samples of independent rows: about the same


def test_a_level_that_follows_from_another_factor_adds_nothing(make_records: Make) -> None:
    rng = np.random.default_rng(1)
    country = rng.choice(["A", "B", "C"], 400)
    columns = {"country": country.tolist(), "region": [f"in {c}" for c in country]}
    records = make_records(pay_annual_usd=np.exp(10 + 0.2 * (country == "A") + rng.normal(0, 0.3, 400)), **columns)
    found = shapley(design_of(records, ("country", "region")), draws=0)
    assert found.values[0] == pytest.approx(found.values[1])
    assert found.values[2] == pytest.approx(shapley(design_of(records, ("country",)), draws=0).values[-1])


def test_what_cannot_be_split_is_refused_all_at_once(workers: Records) -> None:
    design = design_of(workers, ("education", "role_family", "education:role_family"))
    with pytest.raises(ModelError) as refused:
        shapley(design, {"a": ["educaton"], "b": ["role_family"], "c": ["role_family"]}, measure="raw")  # type: ignore[arg-type]
    told = str(refused.value)
    for part in ("education:role_family", "did you mean 'education'", "in two groups", "measure 'raw'"):
        assert part in told
    few = replace(design_of(workers, clusters="cluster"), clusters=np.arange(593) % 7)
    with pytest.raises(ModelError, match="at least 20"):
        shapley(few)
    with pytest.raises(ModelError, match="factor of this decomposition"):
        shapley(design_of(workers), draws=0).share("country")
    with pytest.raises(ModelError, match="1 to 12"):
        shapley(design_of(workers, ()))


@pytest.mark.parametrize("few", [2, 4, 9])
def test_shapley_gives_no_small_cell_away(make_records: Make, few: int) -> None:
    """A factor with a level of few rows, and one level else, is told with another factor only."""
    rng = np.random.default_rng(2)
    n = 500 + few
    rare = np.arange(n) < few
    pay = np.where(rare, 900_000.0, np.exp(10.5 + rng.normal(0, 0.3, n)))
    records = make_records(
        pay_annual_usd=pay,
        country=np.where(rare, "Ruritania", "Arcadia").tolist(),
        education=rng.choice(["bachelor", "master"], n).tolist(),
        experience_years=rng.uniform(0, 30, n),
    )
    drawn = sl.draw(records, [])
    design = sl.build(sl.Spec(factors=("country", "education", "experience"), clusters=None), drawn)
    found = shapley(design, draws=9)
    assert "country" not in found.table["factor"].to_list()
    assert sum("country" in name for name in found.names) == 1
    told = [str(found.table), repr(found), *(str(found.share(name).record()) for name in found.names)]
    assert not any("Ruritania" in one for one in told)


def test_fewer_than_ten_rows_tell_nothing(lay_out_nine: Shapley) -> None:
    assert lay_out_nine.table.select("share", "low", "high", "n").null_count().row(0) == (2, 2, 2, 2)
    record = lay_out_nine.r_squared.record()
    assert record["suppressed"]
    assert not any(isinstance(v, float) for v in record.values())
    assert not any(c.isdigit() for c in " ".join(record["caveats"]))


@pytest.fixture
def lay_out_nine(make_records: Make) -> Shapley:
    rng = np.random.default_rng(4)
    records = make_records(pay_annual_usd=np.exp(rng.normal(10, 1, 9)), experience_years=rng.uniform(0, 9, 9))
    return shapley(design_of(records, ("experience",)), draws=3)
