"""Ladders: every rung on the same rows, and what is left out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import statsmodels.formula.api as smf

import salarylab as sl
from salarylab.model.usable import usable


def test_every_rung_stands_on_the_same_rows(workers: sl.Records) -> None:
    steps = [("raw gap", []), ("+ experience", ["experience_spline"]), ("+ mode", ["work_mode", "industry"])]
    found = sl.ladder(sl.draw(workers, []), "education", steps, clusters=None)
    assert [rung.estimate.n for rung in found.rungs] == [593, 593, 593]
    assert found.left_out == ("industry: never asked",)
    assert found.table["rung"].unique(maintain_order=True).to_list() == [
        "everybody",
        "raw gap",
        "+ experience",
        "+ mode",
    ]
    assert found.everybody.n == 600
    raw = found.rungs[0].estimate.design.sample.table
    means = raw.group_by("education").agg(pl.col("pay_annual_usd").log().mean())
    by_level = dict(means.iter_rows())
    row = found.table.filter(rung="raw gap").row(0, named=True)
    assert row["value"] == pytest.approx(by_level[row["level"]] - by_level["bachelor"])


def test_a_finer_factor_takes_the_place_of_the_coarser(make_records: Any) -> None:
    regions = ["US-1", "US-2", "FI-1", "FI-2"] * 10
    records = make_records(
        pay_annual_usd=[50_000.0 + i for i in range(40)],
        region=regions,
        country=[r[:2] for r in regions],
        education=["bachelor", "bachelor", "master", "bachelor", "master"] * 8,
    )
    kept, out = usable(sl.draw(records, []), ["country", "region", "education"])
    assert kept == ("region", "education")
    assert out == ("country: given by region",)


def test_the_first_factor_that_can_be_used_and_the_highest_level_with_enough_rows(workers: sl.Records) -> None:
    sample = sl.draw(workers, [])
    assert sl.first_usable(sample, ["industry", "role_family"]) == "role_family"
    assert sl.top_level(sample, "education") == "doctorate"
    assert sl.top_level(sample, "education", at_least=100) == "master"
    none = sl.first_usable(sample, ["industry", "region"])
    assert none == "industry"
    assert str(sl.premium_by(sample, "education", none)) == "Not compared: industry: never asked."


def raw(found: Any, level: str) -> tuple[float, float]:
    """Return everybody's gap and that of those who answered all, in log points."""
    rungs = found.table.filter(level=level)
    return rungs.filter(rung="everybody")["value"].item(), rungs.filter(rung=found.rungs[0].label)["value"].item()


def gap(table: pl.DataFrame, level: str, base: str = "bachelor") -> float:
    means = dict(table.group_by("education").agg(pl.col("pay_annual_usd").log().mean()).iter_rows())
    return float(means[level] - means[base])


def test_one_more_control_does_not_move_everybodys_raw_gap(make_records: Any) -> None:
    """Controls that the well paid leave unanswered: the raw gap moved from +26 % to +17 % with one more of them."""
    rng = np.random.default_rng(8)
    n = 900
    degree = rng.choice(["bachelor", "master"], n)
    pay = 10.5 + 0.25 * (degree == "master") + rng.normal(0, 0.3, n)
    silent = (degree == "master") & (pay > 10.8)
    sample = sl.draw(
        make_records(
            pay_annual_usd=np.exp(pay).tolist(),
            education=degree.tolist(),
            age=rng.uniform(20, 60, n).round().tolist(),
            country=["US" if i % 2 else "FI" for i in range(n)],
            work_mode=[
                None if gone else str(mode)
                for gone, mode in zip(silent, rng.choice(["remote", "on-site"], n), strict=True)
            ],
        ),
        [],
    )
    steps: list[tuple[str, list[str]]] = [("raw gap", [])]
    everybody = gap(sample.table, "master")
    for control in ("age", "country", "work_mode"):
        steps.append((f"+ {control}", [control]))
        found = sl.ladder(sample, "education", steps)
        answered = sample.table if control != "work_mode" else sample.table.drop_nulls("work_mode")
        assert raw(found, "master") == pytest.approx((everybody, gap(answered, "master")), rel=1e-12)
        assert found.everybody.n == n
        assert [rung.estimate.n for rung in found.rungs] == [len(answered)] * len(found.rungs)
    assert everybody - gap(answered, "master") > 0.1


def test_everybodys_gap_is_that_of_an_equation_of_the_factor_alone(workers: sl.Records) -> None:
    sample = sl.draw(workers, [])
    found = sl.ladder(sample, "education", [("+ mode", ["work_mode"])], bases={"education": "secondary"})
    spec = sl.Spec(factors=("education",), bases={"education": "secondary"})
    expected = sl.premia(sl.fit(sl.build(spec, sample)), "education")
    told = found.table.filter(rung="everybody").drop("rung")
    assert told.equals(expected)
    assert [rung.label for rung in found.rungs] == ["who answered all", "+ mode"]


def test_a_level_of_one_row_breaks_no_ladder_whether_asked_or_held_equal(make_records: Any) -> None:
    """300 rows of one country and 1 of another ended in: factor 'country': one level only."""
    rng = np.random.default_rng(2)
    records = make_records(
        pay_annual_usd=np.exp(rng.normal(10, 0.3, 301)).tolist(),
        country=["US"] * 300 + ["FI"],
        education=rng.choice(["bachelor", "master"], 301).tolist(),
        age=rng.uniform(20, 60, 301).tolist(),
    )
    sample = sl.draw(records, [])
    found = sl.ladder(sample, "education", [("raw gap", []), ("+ place", ["country"]), ("+ age", ["age"])])
    assert [rung.label for rung in found.rungs] == ["raw gap", "+ age"]
    assert found.left_out == ("country: one value only",)
    assert [found.everybody.n, *(rung.estimate.n for rung in found.rungs)] == [301] * 3
    # and a level of one row of a control that is held equal takes its row with it
    towns = records.table["education"].len() - 1
    three = make_records(
        **{name: records.table[name].to_list() for name in ("pay_annual_usd", "education")},
        country=["US"] * 150 + ["FI"] * (towns - 150) + ["AX"],
    )
    held = sl.ladder(sl.draw(three, []), "education", [("raw gap", []), ("+ place", ["country"])])
    assert [held.everybody.n, *(rung.estimate.n for rung in held.rungs)] == [301, 300, 300]


def test_nobody_leaves_for_a_control_that_is_not_held_equal(make_records: Any) -> None:
    """A role that follows from the others is dropped; those who did not answer it are back."""
    n = 400
    rng = np.random.default_rng(9)
    country = rng.choice(["US", "SE", "FI"], n)
    role = np.where(country == "FI", "opettaja", rng.choice(["nurse", "tester"], n)).astype(object)
    role[:50] = None
    records = make_records(
        pay_annual_usd=np.exp(rng.normal(10, 0.3, n)).tolist(),
        education=rng.choice(["bachelor", "master"], n).tolist(),
        country=country.tolist(),
        role=role.tolist(),
    )
    sample = sl.draw(records, [])
    found = sl.ladder(sample, "education", [("raw gap", []), ("+ place", ["country"]), ("+ job", ["role"])])
    assert [rung.held for rung in found.rungs] == [(), ("country",)]
    assert [rung.estimate.n for rung in found.rungs] == [n, n]
    assert found.left_out == ("role: some of its levels follow from the others held equal",)


def test_the_premium_with_an_absorbed_control_is_that_with_its_dummies(make_records: Any) -> None:
    rng = np.random.default_rng(6)
    n = 1_200
    region = rng.integers(0, 101, n)
    master = rng.random(n) < 0.3 + 0.4 * (region % 2)
    pay = 10 + 0.2 * master + 0.3 * (region % 2) + rng.normal(0, 0.4, n)
    columns = {
        "pay_annual_usd": np.exp(pay).tolist(),
        "education": np.where(master, "master", "bachelor").tolist(),
        "region": [f"r{i:03}" for i in region],
        "age": rng.uniform(20, 60, n).round().tolist(),
    }
    steps = [("raw gap", []), ("+ age", ["age"]), ("+ place", ["region"])]
    found = sl.ladder(sl.draw(make_records(**columns), []), "education", steps, covariance="HC1")
    assert [rung.estimate.design.absorbed is not None for rung in found.rungs] == [False, False, True]
    assert found.rungs[-1].held == ("age", "region")
    table = pd.DataFrame(columns | {"pay": pay})
    expected = smf.ols("pay ~ C(education) + age + C(region)", table).fit(cov_type="HC1", use_t=True)
    last = sl.contrast(found.last, "education", "master", "bachelor")
    assert last.value == pytest.approx(expected.params["C(education)[T.master]"], rel=1e-9)
    assert last.se == pytest.approx(expected.bse["C(education)[T.master]"], rel=1e-9)


def test_a_title_without_a_role_is_a_level_and_its_rows_stay(make_records: Any) -> None:
    rng = np.random.default_rng(12)
    n = 300
    role = rng.choice(np.array(["nurse", "tester", None], dtype=object), n, p=[0.4, 0.3, 0.3])
    title = [None if i % 30 == 7 else "words on a form" for i in range(n)]
    pay = 10 + np.where(role == "nurse", 0.1, 0.0) + rng.normal(0, 0.3, n)
    columns = {
        "pay_annual_usd": np.exp(pay).tolist(),
        "education": rng.choice(["bachelor", "master"], n).tolist(),
        "role": role.tolist(),
        "title": title,
    }
    found = sl.ladder(
        sl.draw(make_records(**columns), []),
        "education",
        [("raw gap", []), ("+ job", ["role"])],
        covariance="classical",
    )
    # only those who gave neither a role nor a title have not answered
    table = pd.DataFrame({name: columns[name] for name in ("education", "title")} | {"pay": pay, "role": role})
    unread = table["role"].isna()
    table.loc[unread & table["title"].notna(), "role"] = "no role known"
    table = table.dropna(subset=["role"])
    expected = smf.ols("pay ~ C(education) + C(role)", table).fit()
    assert (found.everybody.n, found.last.n) == (n, len(table))
    last = sl.contrast(found.last, "education", "master", "bachelor")
    assert last.value == pytest.approx(expected.params["C(education)[T.master]"], rel=1e-9)
    assert last.se == pytest.approx(expected.bse["C(education)[T.master]"], rel=1e-9)
    assert "no role known" in found.last.design.blocks["role"].levels  # type: ignore[union-attr]


def test_bands_of_pay_go_through_interval_regression_at_every_rung(make_records: Any) -> None:
    from salarylab.model.distribution.interval import interval
    from salarylab.model.distribution.nonlinear import premium

    rng = np.random.default_rng(14)
    n = 500
    edges = np.array([0, 20, 30, 40, 60, np.inf]) * 1000.0
    degree = rng.choice(["bachelor", "master"], n)
    place = np.searchsorted(edges, np.exp(10.3 + 0.2 * (degree == "master") + rng.normal(0, 0.5, n)), side="right")
    low, high = edges[place - 1], edges[place]
    records = make_records(
        pay_annual_usd=[None if np.isinf(b) else (a + b) / 2 for a, b in zip(low.tolist(), high.tolist(), strict=True)],
        pay_low_usd=low.tolist(),
        pay_high_usd=[None if np.isinf(b) else b for b in high.tolist()],
        education=degree.tolist(),
        age=rng.uniform(20, 60, n).round().tolist(),
    )
    sample = sl.draw(records)
    found = sl.ladder(sample, "education", [("raw gap", []), ("+ age", ["age"])])
    assert [found.everybody.n, *(rung.estimate.n for rung in found.rungs)] == [n] * 3
    for estimate, factors in ((found.everybody, ()), (found.rungs[0].estimate, ()), (found.last, ("age",))):
        expected = premium(interval(sl.Spec(factors=("education", *factors)), sample), "education", "master")
        told = sl.contrast(estimate, "education", "master", "bachelor")
        assert (told.value, told.se, told.covariance) == pytest.approx(
            (expected.value, expected.se, expected.covariance)
        )
