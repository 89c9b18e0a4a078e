"""Controls: what is absorbed, and how a control stands in waves that did not ask it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import statsmodels.formula.api as smf

import salarylab as sl
from salarylab.model.controls import absorbed_among, as_controls, waves_that_asked
from salarylab.model.held import spec_holding
from salarylab.source import Replication


def levels_of(sizes: list[int]) -> list[str]:
    """Return as many levels as there are sizes, each on as many rows."""
    return [f"l{i:03}" for i, size in enumerate(sizes) for _ in range(size)]


def drawn(make_records: Any, **columns: list[Any]) -> sl.Sample:
    n = len(next(iter(columns.values())))
    rng = np.random.default_rng(7)
    pay = np.exp(rng.normal(10.5, 0.4, n)).tolist()
    return sl.draw(make_records(**({"pay_annual_usd": pay} | columns)), [])


@pytest.mark.parametrize(
    ("column", "sizes", "absorbed"),
    [
        ("region", [21] * 100, None),  # a hundred levels, each on more than twenty rows
        ("region", [21] * 101, "region"),  # one more
        ("region", [20] * 30, None),  # twenty rows a level
        ("region", [20] * 29 + [19], "region"),  # fewer
        ("employer", [100] * 3, "employer"),  # always
    ],
)
def test_a_control_of_many_levels_or_of_few_rows_a_level_is_absorbed(
    make_records: Any, column: str, sizes: list[int], absorbed: str | None
) -> None:
    sample = drawn(make_records, **{column: levels_of(sizes)})
    assert absorbed_among(sample, [column]) == absorbed
    equation = spec_holding(sample, [], [column])
    assert (equation.absorbed, equation.factors) == ((column, ()) if absorbed else (None, (column,)))


def test_employers_go_before_the_control_of_most_levels_and_numbers_are_never_absorbed(make_records: Any) -> None:
    n = 400
    sample = drawn(
        make_records,
        region=[f"r{i % 30}" for i in range(n)],
        role=[f"w{i % 40}" for i in range(n)],
        employer=[f"e{i % 4}" for i in range(n)],
        age=[20.0 + i / 10 for i in range(n)],
    )
    assert absorbed_among(sample, ["region", "role", "employer"]) == "employer"
    assert absorbed_among(sample, ["region", "role", "age"]) == "role"
    assert absorbed_among(sample, ["age", "age_spline"]) is None


def test_a_survey_with_replicate_weights_lays_every_level_out(make_records: Any) -> None:
    """Its variance refits the equation with each replicate's weights; absorbed, it ended in a refusal."""
    rng = np.random.default_rng(1)
    region, degree = rng.integers(0, 101, 2_200), rng.choice(["bachelor", "master"], 2_200)
    weight = rng.uniform(0.5, 2, 2_200)
    pay = 10 + 0.1 * (degree == "master") + rng.normal(0, 0.4, 2_200)
    replicates = weight[:, None] * rng.choice([0.5, 1.5], (2_200, 4))
    records = make_records(
        pay_annual_usd=np.exp(pay).tolist(),
        education=degree.tolist(),
        region=[f"r{i}" for i in region],
        weight=weight.tolist(),
        replicate_weights=replicates.tolist(),
        replication=Replication(4, 0.25, 3.0, "invented"),
    )
    found = sl.ladder(sl.draw(records, []), "education", [("raw gap", []), ("+ place", ["region"])])
    last = sl.contrast(found.last, "education", "master", "bachelor")
    table = pd.DataFrame({"pay": pay, "degree": degree, "region": region})
    fits = [
        smf.wls("pay ~ degree + C(region)", table, weights=w).fit().params["degree[T.master]"]
        for w in (weight, *replicates.T)
    ]
    assert last.value == pytest.approx(fits[0], rel=1e-9)
    assert last.se == pytest.approx((0.25 * sum((b - fits[0]) ** 2 for b in fits[1:])) ** 0.5, rel=1e-7)


def panel(make_records: Any, n: int = 600, **more: Any) -> tuple[sl.Sample, pd.DataFrame]:
    """Return three waves, of which 2022 did not ask the mode of work and 2023 not the age."""
    rng = np.random.default_rng(20)
    year = np.repeat([2022, 2023, 2024], n // 3)
    degree = rng.choice(["bachelor", "master"], n)
    mode = rng.choice(["on-site", "hybrid", "remote"], n)
    age = rng.uniform(20, 60, n).round()
    pay = 10.3 + 0.1 * (degree == "master") + 0.2 * (mode == "remote") + 0.01 * age + 0.05 * (year - 2022)
    pay += rng.normal(0, 0.2, n)
    records = make_records(
        pay_annual_usd=np.exp(pay).tolist(),
        year=year.tolist(),
        education=degree.tolist(),
        work_mode=[None if y == 2022 else m for y, m in zip(year, mode, strict=True)],
        age=[None if y == 2023 else a for y, a in zip(year.tolist(), age.tolist(), strict=True)],
        **more,
    )
    table = pd.DataFrame({"pay": pay, "degree": degree, "mode": mode, "age": age, "year": year})
    return sl.draw(records, []), table


def test_a_wave_that_did_not_ask_a_control_keeps_its_rows(make_records: Any) -> None:
    """The premium is that of a regression with an indicator of each wave and the control within the others."""
    sample, table = panel(make_records)
    controls = ["work_mode", "age", "year"]
    estimate = sl.fit(sl.build(spec_holding(sample, ["education"], controls, covariance="classical"), sample))
    assert estimate.n == 600
    # by hand: what was not asked stands at nothing, and the year's own indicator takes the difference
    for mode in ("hybrid", "remote"):
        table[mode] = ((table["mode"] == mode) & (table["year"] != 2022)).astype(float)
    table["years_old"] = np.where(table["year"] == 2023, 0.0, table["age"])
    expected = smf.ols("pay ~ C(degree) + hybrid + remote + years_old + C(year)", table).fit()
    told = {name: (b, se) for name, b, se in estimate.terms.select("term", "log_points", "se").iter_rows()}
    for ours, theirs in {
        "education[master]": "C(degree)[T.master]",
        "work_mode[remote]": "remote",
        "work_mode[hybrid]": "hybrid",
        "age": "years_old",
    }.items():
        assert told[ours] == pytest.approx((expected.params[theirs], expected.bse[theirs]), rel=1e-9)


def test_without_the_year_among_the_controls_nothing_is_lifted(make_records: Any) -> None:
    sample, _ = panel(make_records)
    assert as_controls(sample, ["work_mode", "age"]) == ()
    estimate = sl.fit(sl.build(spec_holding(sample, ["education"], ["work_mode", "age"]), sample))
    assert estimate.n == 200  # only 2024 asked both


def test_a_question_of_another_meaning_is_held_equal_in_the_waves_of_the_commonest_one(make_records: Any) -> None:
    """Years of all work in 2022, of professional work in the others: never as one variable."""
    rng = np.random.default_rng(5)
    years = rng.uniform(0, 30, 600).round(1)
    concept = ["total"] * 200 + ["professional"] * 400
    sample, table = panel(make_records, experience_years=years.tolist(), experience_concept=concept)
    assert waves_that_asked(sample, "experience") == [2023, 2024]
    (lifted,) = as_controls(sample, ["experience", "year"])
    values = sample.table.select(lifted.expression.alias("v"))["v"]
    assert values[:200].n_unique() == 1
    assert values[200:].to_list() == years[200:].tolist()
    estimate = sl.fit(sl.build(spec_holding(sample, ["education"], ["experience", "year"]), sample))
    assert estimate.n == 600
    table["years"] = np.where(table["year"] == 2022, 0.0, years)
    expected = smf.ols("pay ~ C(degree) + years + C(year)", table).fit()
    found = estimate.terms.filter(term="education[master]")["log_points"].item()
    assert found == pytest.approx(expected.params["C(degree)[T.master]"], rel=1e-9)


def test_what_every_wave_or_none_asked_is_as_it_is(make_records: Any) -> None:
    sample, _ = panel(make_records)
    assert as_controls(sample, ["education", "year"]) == ()
    assert as_controls(sample, ["industry", "year"]) == ()
    assert waves_that_asked(sample, "work_mode") == [2023, 2024]
    assert waves_that_asked(sample, "education") == [2022, 2023, 2024]


def test_the_level_at_which_a_wave_stands_is_the_declared_base_or_else_the_commonest(make_records: Any) -> None:
    sample, _ = panel(make_records)
    without_base = sl.draw(
        make_records(
            pay_annual_usd=[5e4] * 6,
            year=[2023] * 2 + [2024] * 4,
            work_mode=[None, None, "remote", "remote", "hybrid", None],
        ),
        [],
    )
    for asked, level in ((sample, "on-site"), (without_base, "remote")):
        (lifted,) = as_controls(asked, ["work_mode", "year"])
        values = asked.table.select(pl.col("year"), lifted.expression.alias("v"))
        assert values.filter(year=values["year"].min())["v"].unique().to_list() == [level]
    # who did not answer a wave that asked is unanswered as before
    assert values.filter(year=2024)["v"].null_count() == 1
