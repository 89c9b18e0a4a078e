"""Fitting: routes agree with each other and with statsmodels, cells with their rows, samples with tables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.factor import Outcome, levels, number, polynomial, spline
from salarylab.model.kernel import solution
from salarylab.model.kernel.cells import collapsed
from salarylab.model.kernel.residuals import Meat
from salarylab.model.kernel.rows import Rows, dense
from salarylab.model.kernel.solution import solve
from salarylab.model.variance.clusters import clustered
from salarylab.model.variance.independent import bell_mccaffrey, classical, heteroskedastic

RULES = ("classical", "HC0", "HC1", "HC2", "HC3", "CR0", "CR1")
OUTCOME = Outcome("y", "y", "y", log=False)


def wages(n: int = 6_000) -> pl.DataFrame:
    """Return invented wages with cells of very different sizes, and a spread that differs among them."""
    rng = np.random.default_rng(3)
    degree, role = rng.choice(5, n, p=[0.05, 0.15, 0.5, 0.25, 0.05]), rng.choice(30, n, p=np.arange(1, 31) / 465)
    age, hours, year = rng.integers(18, 67, n), rng.normal(38, 4, n).round(3), rng.integers(2015, 2023, n)
    y = 2.5 + 0.1 * degree - 0.02 * role + 0.03 * age - 0.0003 * age**2 + 0.01 * hours + 0.02 * (year - 2015)
    return pl.DataFrame(
        {
            "degree": [f"d{v}" for v in degree],
            "role": [f"r{v:02}" for v in role],
            "age": age,
            "hours": hours,
            "year": year,
            "y": y + rng.normal(0, 0.3, n) * (1 + (role == 3)),
            "weight": rng.uniform(0.2, 5.0, n).round(4),
            "employer": rng.integers(0, 80, n),
        }
    )


def spec_of(which: str, rule: str, weights: str | None) -> sl.Spec:
    """Return an equation such as pay equations are."""
    factors = {
        "levels": (levels("degree"), levels("role")),
        "spline and number": (levels("degree"), spline("age", (20.0, 30.0, 45.0, 60.0)), number("hours")),
        "interactions": (levels("degree"), levels("role"), polynomial("age")),
        "years squared": (levels("degree"), polynomial("year", 2)),
    }[which]
    crossed = ("degree:age", "role:age") if which == "interactions" else ()
    clusters = "employer" if rule.startswith("CR") else None
    return sl.Spec(
        outcome="y",
        factors=(*(part.name for part in factors), *crossed),
        declared=(OUTCOME, *factors),
        weights=weights,
        clusters=clusters,
        covariance=rule,
    )


EQUATIONS = ("levels", "spline and number", "interactions", "years squared")


def errors(estimate: sl.Estimate) -> np.ndarray:
    return np.sqrt(np.diag(estimate.covariance))


@pytest.mark.parametrize("weights", [None, "weight"])
@pytest.mark.parametrize("rule", ["classical", "HC1", "HC3", "CR1"])
@pytest.mark.parametrize("which", EQUATIONS)
def test_routes_agree(which: str, rule: str, weights: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    design = sl.build(spec_of(which, rule, weights), wages())
    gram, extended = sl.fit(design, route="gram"), sl.fit(design, route="QR")
    monkeypatch.setattr(solution, "EXTENDED", 0)
    doubles = sl.fit(design, route="QR")
    assert (extended.route.split(", ")[-1], doubles.route.split(", ")[-1]) == ("extended precision", "QR")
    found = [gram, doubles]
    if weights is None and which != "spline and number":
        found.append(sl.fit(design, route="cells"))
    for one in found:
        np.testing.assert_allclose(one.coefficients, extended.coefficients, rtol=1e-10, atol=1e-14)
        np.testing.assert_allclose(errors(one), errors(extended), rtol=1e-10)
        assert one.r_squared == pytest.approx(extended.r_squared, rel=1e-12)


@pytest.mark.parametrize("weights", [None, "weight"])
@pytest.mark.parametrize("rule", ["HC0", "HC1", "HC2", "HC3", "CR1"])
@pytest.mark.parametrize("which", EQUATIONS)
def test_statsmodels_agrees(which: str, rule: str, weights: str | None) -> None:
    table = wages()
    found = sl.fit(sl.build(spec_of(which, rule, weights), table), route="gram")
    there = pd.DataFrame(table.to_dict(as_series=False))
    same = np.ones(len(found.coefficients), dtype=bool)
    if which == "years squared":  # years as they are cost statsmodels nine digits: it is given years since 2018
        there["year"] -= 2018
        same = np.array([term.factor == "degree" or term.name == "year^2" for term in found.design.terms])
    other = _by_statsmodels(_by_hand(found, there), there, rule, weights)
    np.testing.assert_allclose(found.coefficients[same], other.params[same], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(errors(found)[same], other.bse[same], rtol=1e-9)


def _by_statsmodels(x: np.ndarray, table: pd.DataFrame, rule: str, weights: str | None) -> Any:
    import statsmodels.api as sm

    model = sm.OLS(table["y"].to_numpy(), x)
    if weights is not None:
        model = sm.WLS(table["y"].to_numpy(), x, weights=table[weights].to_numpy())
    if rule == "CR1":
        return model.fit(cov_type="cluster", cov_kwds={"groups": table["employer"].to_numpy()})
    return model.fit(cov_type=rule)


def _by_hand(found: sl.Estimate, table: pd.DataFrame) -> np.ndarray:
    """Return the design that the terms' names promise, from the table itself."""
    columns = []
    for term in found.design.terms:
        column = np.ones(len(table))
        for part in term.parts:
            column = column * _part(part, table)
        columns.append(column)
    return np.column_stack(columns)


def _part(part: str, table: pd.DataFrame) -> np.ndarray:
    if part == "intercept":
        return np.ones(len(table))
    if "[" in part:
        name, level = part[:-1].split("[")
        return (table[name] == level).to_numpy(float)
    if "." in part:
        from salarylab.model.spline import restricted_cubic

        name, bend = part.split(".")
        return restricted_cubic(table[name].to_numpy(float), (20.0, 30.0, 45.0, 60.0))[:, int(bend)]
    name, _, power = part.partition("^")
    return table[name].to_numpy(float) ** int(power or 1)


# Cells


def discrete(clusters: bool) -> Rows:
    """Return rows of few kinds, of an outcome far from zero, for the kernel."""
    spec = spec_of("interactions", "CR1" if clusters else "HC1", None)
    table = wages().with_columns(pl.col("age") // 10 * 10, pl.col("y") + 1e6, employer=pl.col("employer") // 2)
    source = sl.build(spec, table).source
    assert isinstance(source, Rows)
    return source


@pytest.mark.parametrize("rule", RULES)
def test_cells_give_what_their_rows_give(rule: str) -> None:
    rows = discrete(rule.startswith("CR"))
    cells = collapsed(rows)
    assert len(cells) < len(rows)
    assert cells.count is not None
    assert cells.count.sum() == len(rows)
    names = [f"x{i}" for i in range(rows.layout.k)]
    meat: Meat = "clusters" if rule.startswith("CR") else "none" if rule == "classical" else rule  # type: ignore[assignment]
    groups = 0 if rows.clusters is None or meat != "clusters" else int(rows.clusters.max()) + 1
    found = []
    for source in (rows, cells):
        fit = solve(source, names, meat=meat, clusters=groups, route="gram")
        covariance = {
            "none": lambda fit=fit: classical(fit),
            "clusters": lambda fit=fit: clustered(fit, rule).covariance,
        }.get(meat, lambda fit=fit: heteroskedastic(fit, rule))()
        df = bell_mccaffrey(fit, np.eye(fit.k)) if rule == "HC2" else np.zeros(fit.k)
        found.append((fit.coefficients, np.sqrt(np.diag(covariance)), df, fit.n, fit.rss, fit.tss))
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-12)


def test_cells_are_refused_where_they_lose_something() -> None:
    for spec, about in (
        (spec_of("spline and number", "HC1", None), "numbers of many values"),
        (spec_of("levels", "HC1", "weight"), "weighted rows"),
    ):
        with pytest.raises(ModelError, match=about):
            sl.fit(sl.build(spec, wages()), route="cells")


def test_collapsing_cells_again_changes_nothing() -> None:
    rows = discrete(False)
    once = collapsed(rows)
    twice = collapsed(once)
    np.testing.assert_allclose(once.y + once.origin, twice.y + twice.origin, rtol=1e-15)
    np.testing.assert_array_equal(once.count, twice.count)
    np.testing.assert_allclose(once.within, twice.within, rtol=1e-12)


def test_an_unknown_route_is_refused() -> None:
    with pytest.raises(ModelError, match="did you mean 'gram'"):
        sl.fit(sl.build(spec_of("levels", "HC1", None), wages(500)), route="gramm")  # type: ignore[arg-type]


def test_dense_blocks_are_the_design() -> None:
    table = wages()
    estimate = sl.fit(sl.build(spec_of("interactions", "HC1", None), table), route="gram")
    source = sl.build(spec_of("interactions", "HC1", None), table).source
    assert isinstance(source, Rows)
    x = np.vstack([dense(block, source.layout) for block in source.blocks()])
    np.testing.assert_array_equal(x, _by_hand(estimate, pd.DataFrame(table.to_dict(as_series=False))))


def test_a_sample_gives_what_its_table_gives(workers: Any) -> None:
    sample = sl.draw(workers, [])
    log_pay = Outcome("log_pay_annual", "log pay", "pay_annual_usd")
    for clusters, rule in (("cluster", "CR1"), (None, "HC3")):
        spec = sl.Spec(
            outcome="log_pay_annual",
            factors=("education", "country", "experience_spline", "education:country", "country:experience_spline"),
            weights="weight",
            clusters=clusters,
            covariance=rule,
            declared=(log_pay,),
        )
        whole = pl.col("experience_years").round(0)  # whole years are a key for both
        rounded = sl.draw(workers, []).table.with_columns(whole)
        own = rounded.drop("record_id", "source")  # a table of one's own, not a sample's without its sample
        from_table = sl.fit(sl.build(spec, own.with_columns(whole.cast(pl.Int16))))
        from_sample = sl.fit(sl.build(spec, replace(sample, table=rounded)))
        names = [[term.name for term in one.design.terms] for one in (from_sample, from_table)]
        assert names[0] == names[1]
        np.testing.assert_allclose(from_table.coefficients, from_sample.coefficients, rtol=1e-10, atol=1e-13)
        np.testing.assert_allclose(errors(from_table), errors(from_sample), rtol=1e-10)
