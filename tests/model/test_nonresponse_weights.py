"""Nonresponse weights: against statsmodels, where answers depend on what is known, and on real wages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import statsmodels.formula.api as smf
from statsmodels.genmod.families import Binomial

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.nonresponse_weights import nonresponse_weights
from salarylab.source import Replication

REPLICATES = 8


def surveyed(make_records: Any, n: int = 4_000, **more: Any) -> tuple[sl.Records, dict[str, np.ndarray]]:
    """Return invented workers; doctors state their pay half as often as others do."""
    rng = np.random.default_rng(11)
    degree = rng.choice(["secondary", "bachelor", "doctorate"], n, p=[0.5, 0.3, 0.2])
    years = rng.uniform(0, 35, n)
    stated = rng.random(n) < np.where(degree == "doctorate", 0.4, 0.9) * (1 - years / 100)
    weight = rng.uniform(50, 150, n)
    replicates = weight[:, None] * rng.choice([0.0, 1.0, 2.0, -0.2], (n, REPLICATES), p=[0.25, 0.45, 0.29, 0.01])
    columns = {
        "pay_annual_usd": np.exp(10 + 0.5 * (degree == "doctorate") + rng.normal(0, 0.3, n)).tolist(),
        "education": degree.tolist(),
        "experience_years": years.tolist(),
        "weight": weight.tolist(),
        "replicate_weights": replicates.tolist(),
        "imputed": [[] if s else ["pay_annual_usd", "education"] for s in stated],
    }
    known = {"degree": degree, "years": years, "stated": stated, "weight": weight, "replicates": replicates}
    return make_records(**(columns | more)), known


def test_weights_are_the_surveys_over_the_probabilities_of_a_glm(make_records: Any) -> None:
    records, known = surveyed(make_records, weighted=True)
    sample = sl.draw(records, [])
    found = nonresponse_weights(sample, sl.reported_pay.keep(sample.table), ["education", "experience", "region"])
    table = pd.DataFrame({name: known[name] for name in ("degree", "years")} | {"stated": known["stated"] * 1})
    model = smf.glm("stated ~ C(degree) + years", table, family=Binomial(), var_weights=known["weight"])
    fitted = model.fit(tol=1e-12).fittedvalues.to_numpy()
    expected = (known["weight"] / fitted)[known["stated"]]
    np.testing.assert_allclose(found.table["weight"].to_numpy(), expected, rtol=1e-8)
    assert len(found) == known["stated"].sum()
    # nothing is rescaled: those who answered stand for about everybody
    assert found.table["weight"].sum() == pytest.approx(known["weight"].sum(), rel=0.02)
    last = found.attrition.row(-1, named=True)
    assert (last["stage"], last["rows_lost"]) == ("weight", (~known["stated"]).sum())
    assert found.population[-1] == "weighted for those who did not state their pay, by education, years of experience"


def test_each_replicate_has_probabilities_of_its_own(make_records: Any) -> None:
    design = Replication(REPLICATES, 1.0, REPLICATES - 1.0, "invented")
    records, known = surveyed(make_records, replication=design)
    sample = sl.draw(records, [])
    found = nonresponse_weights(sample, sl.reported_pay.keep(sample.table), ["education", "experience"])
    got = np.array(found.table["replicate_weights"].to_list())
    x = np.column_stack(
        [np.ones(len(sample)), known["degree"] == "doctorate", known["degree"] == "secondary", known["years"]]
    )
    y = known["stated"].astype(float)
    for r in range(REPLICATES):
        w = known["replicates"][:, r]
        p = w[known["stated"]] / np.where(got[:, r] == 0, np.nan, got[:, r])
        # maximum likelihood, whatever the algorithm: the weighted residuals are orthogonal to the covariates
        known_rows = ~np.isnan(p)
        coefficients = np.linalg.lstsq(x[known["stated"]][known_rows], np.log(p / (1 - p))[known_rows], rcond=None)[0]
        residual = y - 1 / (1 + np.exp(-x @ coefficients))
        assert np.abs(x.T @ (w * residual)).max() < 1e-6 * (x * w[:, None]).sum(axis=0).max()
    estimate = sl.fit(sl.build(sl.Spec(factors=()), found))
    assert "invented" in estimate.rule


def test_the_mean_of_all_is_recovered_where_answers_depend_on_the_factors(make_records: Any) -> None:
    records = surveyed(make_records, n=20_000, weighted=True)[0]
    everybody = sl.draw(records, [])
    stated = sl.draw(records, [sl.reported_pay])
    weighted = nonresponse_weights(everybody, sl.reported_pay.keep(everybody.table), ["education", "experience_spline"])

    def mean(sample: sl.Sample) -> float:
        return float(
            np.average(np.log(sample.table["pay_annual_usd"].to_numpy()), weights=sample.table["weight"].to_numpy())
        )

    assert mean(stated) - mean(everybody) < -0.04  # doctors, the better paid, are missing
    assert mean(weighted) == pytest.approx(mean(everybody), abs=0.005)


def test_rows_without_weights_get_them_and_equations_use_them(make_records: Any) -> None:
    records, known = surveyed(make_records)
    sample = sl.draw(records, [])
    assert not sample.provenance.source.has_weights
    found = nonresponse_weights(sample, sl.reported_pay.keep(sample.table), ["education"])
    shares = {
        d: (known["stated"] & (known["degree"] == d)).sum() / (known["degree"] == d).sum()
        for d in ("bachelor", "doctorate")
    }
    for degree, share in shares.items():
        weights = found.table.filter(pl.col("education") == degree)["weight"]
        np.testing.assert_allclose(weights.to_numpy(), 1 / share, rtol=1e-6)
    assert sl.fit(sl.build(sl.Spec(factors=("education",)), found)).rule.endswith("weighted")


@pytest.mark.parametrize(
    ("stated", "told"), [(pl.lit(True), "did not state it"), (pl.col("pay_annual_usd") < 0, "stated their pay")]
)
def test_a_sample_in_which_all_or_none_stated_their_pay_is_refused(
    make_records: Any, stated: pl.Expr, told: str
) -> None:
    sample = sl.draw(surveyed(make_records)[0], [])
    with pytest.raises(ModelError, match=f"rows that {told}"):
        nonresponse_weights(sample, stated, ["education"])


@pytest.mark.real
def test_reported_wages_of_the_acs_stand_for_everybodys(project: Path, mirror: Path) -> None:
    records = sl.load("acs_pums")
    everybody = sl.draw(records, [r for r in sl.standard(records) if r.label != sl.reported_pay.label])
    factors = ["education", "experience_spline", "role", "region"]
    found = nonresponse_weights(everybody, sl.reported_pay.keep(everybody.table), factors)
    assert (len(everybody), len(found)) == (15_915, 12_741)
    assert found.table["weight"].sum() == pytest.approx(everybody.table["weight"].sum(), rel=2e-3)
    totals = [np.array(sample.table["replicate_weights"].to_list()).sum(axis=0) for sample in (found, everybody)]
    np.testing.assert_allclose(*totals, rtol=5e-3)
    by_region = [
        s.table.group_by("region").agg(pl.col("weight").sum()).sort("region")["weight"] for s in (found, everybody)
    ]
    np.testing.assert_allclose(*by_region, rtol=0.01)
