"""Usable: not asked, not applicable and not answered are three things; only the last removes a row."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.held import spec_holding
from salarylab.model.usable import determines, is_asked, rows_that_answer, usable, usable_together

N = 240


def drawn(make_records: Any, **columns: Any) -> sl.Sample:
    rng = np.random.default_rng(3)
    n = len(next(iter(columns.values()), range(N)))
    pay = np.exp(rng.normal(10.5, 0.4, n)).tolist()
    return sl.draw(make_records(**({"pay_annual_usd": pay} | columns)), [])


def of(n: int, *levels: str | None) -> list[str | None]:
    """Return levels in turn."""
    return [levels[i % len(levels)] for i in range(n)]


def test_each_reason_to_leave_a_factor_out_is_said_once(make_records: Any) -> None:
    sample = drawn(
        make_records,
        education=of(N, "bachelor", "master"),
        work_mode=[None] * N,
        seniority=["senior"] * N,
        industry=["manufacturing", *[None] * (N - 1)],
        org_size=of(N, None, None, None, "under 10", "10 to 49"),
        age=[30.0] * N,
        track=["manager", *["individual contributor"] * (N - 1)],
    )
    names = ["education", "work_mode", "seniority", "industry", "org_size", "age", "hours", "track"]
    kept, out = usable(sample, names)
    assert kept == ("education",)
    assert out == (
        "where the work is done: never answered",
        "seniority: one value only",
        "industry: one value only",
        "size of the employer: answered by fewer than half",
        "age in years: one value only",
        "weekly hours: never asked",
        "track: one value only",  # the other level has one row, which fits itself
    )
    assert usable(sample, ["org_size"], enough=0.4) == (("org_size",), ())
    assert usable(sample, ["org_size"], enough=0.41)[1] == ("size of the employer: answered by fewer than 41%",)
    with pytest.raises(ModelError, match="did you mean 'education'"):
        usable(sample, ["educaton"])


def test_one_number_of_its_own_is_an_answer_and_one_level_of_its_own_is_none(make_records: Any) -> None:
    """Three hundred rows of one country and one of another ended a report: 'one level only'."""
    sample = drawn(make_records, country=["US"] * 300 + ["FI"], age=[20.0 + i / 10 for i in range(301)])
    assert usable(sample, ["country", "age"]) == (("age",), ("country: one value only",))


def test_answers_are_counted_among_the_waves_that_asked(make_records: Any) -> None:
    years = [2022] * 160 + [2023] * 80
    late = [None] * 160 + of(80, "remote", "on-site", None)
    sample = drawn(make_records, year=years, work_mode=late)
    assert usable(sample, ["work_mode"])[0] == ("work_mode",)  # 53 of 80, not of 240


def test_a_control_that_few_of_a_level_compared_answered_is_left_out(make_records: Any) -> None:
    degree = ["doctorate"] * 40 + of(200, "bachelor", "master")
    role = [None] * 21 + ["nurse"] * 19 + of(200, "nurse", "tester")
    sample = drawn(make_records, education=degree, role=role)
    assert usable_together(sample, "education", ["role"]) == (("role",), ())
    assert usable_together(sample, "education", ["role"], levels=("master", "bachelor")) == (("role",), ())
    told = usable_together(sample, "education", ["role"], levels=("doctorate", "bachelor"))
    assert told == ((), ("role: answered by few of doctorate",))
    half = drawn(make_records, education=degree, role=[None] * 20 + ["nurse"] * 20 + role[40:])
    assert usable_together(half, "education", ["role"], levels=("doctorate", "bachelor"))[0] == ("role",)


def test_a_question_of_two_meanings_is_no_control_without_the_year(make_records: Any) -> None:
    sample = drawn(
        make_records,
        year=[2022] * 120 + [2023] * 120,
        education=of(N, "bachelor", "master"),
        experience_years=[float(i % 17) for i in range(N)],
        experience_concept=["total"] * 120 + ["professional"] * 120,
    )
    told = usable_together(sample, "education", ["experience_spline"])
    assert told == ((), ("experience: asked in several meanings",))
    assert usable_together(sample, "education", ["experience_spline", "year"])[0] == ("experience_spline", "year")


def test_a_control_that_one_side_answered_goes_and_the_others_stay(make_records: Any) -> None:
    degree = of(N, "bachelor", "master")
    sample = drawn(
        make_records,
        education=degree,
        role=["nurse" if i % 6 < 2 else "tester" for i in range(N)],
        work_mode=[None if d == "master" else ("remote" if i % 4 else "on-site") for i, d in enumerate(degree)],
    )
    kept, out = usable_together(sample, "education", ["role", "work_mode"])
    assert kept == ("role",)
    assert out == ("where the work is done: answered by one side of the comparison only",)


def test_what_has_one_value_where_the_others_are_answered_goes(make_records: Any) -> None:
    """All who told their age live in one country."""
    sample = drawn(
        make_records,
        education=of(N, "bachelor", "master"),
        age=[20.0 + i % 40 if i < 130 else None for i in range(N)],
        country=["FI" if i < 130 else of(N, "US", "SE", "FI")[i] for i in range(N)],
    )
    kept, out = usable_together(sample, "education", ["age", "country"])
    assert kept == ("age",)
    assert out == ("country: one value only where the others are answered",)


def test_a_coarser_control_goes_for_the_finer_and_not_where_the_finer_was_not_asked(make_records: Any) -> None:
    years = [2022] * 120 + [2023] * 120
    country = of(N, "US", "FI")
    everywhere = drawn(
        make_records, year=years, country=country, region=[f"{c}-{i % 3}" for i, c in enumerate(country)]
    )
    assert determines(everywhere, "region", "country")
    assert not determines(everywhere, "country", "region")
    assert usable(everywhere, ["country", "region"]) == (("region",), ("country: given by region",))
    # roles that 2022 did not ask say nothing of its role families
    roles = [None if y == 2022 else f"{'nurse' if i % 2 else 'tester'}" for i, y in enumerate(years)]
    families = of(N, "other tech", "other")
    later = drawn(make_records, year=years, role=roles, role_family=families)
    assert not determines(later, "role", "role_family")
    assert not determines(later, "age", "role_family")  # a number gives no level
    # asked in one of two waves, a control lies within its wave and gives it all the same no year
    once = drawn(make_records, year=years, education=of(N, "bachelor", "master"), country=[None] * 120 + country[120:])
    assert not determines(once, "country", "year")
    assert usable_together(once, "education", ["year", "country"])[0] == ("year", "country")


def test_the_rows_that_answer_are_those_that_an_equation_stands_on(make_records: Any) -> None:
    rng = np.random.default_rng(11)
    sample = drawn(
        make_records,
        year=[2022] * 100 + [2023] * 140,
        education=rng.choice(["bachelor", "master"], N).tolist(),
        work_mode=[None] * 100 + rng.choice(np.array(["remote", "on-site", None], dtype=object), 140).tolist(),
        country=["AX", *rng.choice(["US", "FI"], N - 1).tolist()],
        age=[None if i % 9 == 0 else 20.0 + i % 40 for i in range(N)],
    )
    for controls in (
        [],
        ["age"],
        ["country"],
        ["work_mode"],
        ["work_mode", "year"],
        ["work_mode", "year", "age", "country"],
    ):
        design = sl.build(spec_holding(sample, ["education"], controls), sample)
        assert rows_that_answer(sample, "education", controls) == design.n
    by_hand = sample.table.filter(pl.col("age").is_not_null(), pl.col("country") != "AX")
    assert rows_that_answer(sample, "education", ["age", "country"]) == len(by_hand)


def test_asked_is_what_the_source_asked_of_all_that_a_factor_needs(make_records: Any) -> None:
    sample = drawn(make_records, education=of(N, "bachelor", None), skill_areas=[None] * N)
    assert is_asked(sample, "education")
    assert is_asked(sample, "skill_cloud")  # asked, and answered by nobody
    assert not is_asked(sample, "region")
    assert is_asked(sl.derive(sample, own=pl.lit(1)), "own")
