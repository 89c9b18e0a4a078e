"""Factor: what counts as an answer in a sample, and what years of experience are called."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
import statsmodels.formula.api as smf

import salarylab as sl
from salarylab import schema
from salarylab.errors import ModelError
from salarylab.model.factor import NO_ROLE, derived_in, factor_in

FILLED = [["education"], ["role", "role_family"], ["experience_years", "age"], [], None, []] * 20


@pytest.fixture
def sample(make_records) -> sl.Sample:
    n = len(FILLED)
    records = make_records(
        pay_annual_usd=[40_000.0 + 100 * i for i in range(n)],
        education=["bachelor", "master"] * (n // 2),
        role=["nurse", "tester", "nurse"] * (n // 3),
        experience_years=[float(i % 29) for i in range(n)],
        experience_concept=["potential"] * n,
        imputed=FILLED,
    )
    return sl.draw(records, [])


@pytest.mark.parametrize(
    ("factors", "rows"),
    [((), 120), (("education",), 100), (("education", "role"), 80), (("education", "role", "experience_spline"), 60)],
)
def test_an_answer_filled_in_is_not_answered_only_where_it_is_asked_or_held_equal(
    sample: sl.Sample, factors: tuple[str, ...], rows: int
) -> None:
    design = sl.build(sl.Spec(factors=factors), sample)
    assert design.n == rows
    lost = design.sample.attrition.filter(stage="build")
    labels = [factor_in(sample, name).label for name in factors]
    assert lost["reason"].to_list() == [f"not answered: {label}" for label in labels]


def test_a_factor_filled_in_for_most_cannot_be_held_equal(make_records) -> None:
    n = 40
    records = make_records(
        pay_annual_usd=[50_000.0] * n,
        education=["bachelor", "master"] * (n // 2),
        role=["nurse", "tester"] * (n // 2),
        imputed=[["education"]] * 21 + [[]] * 19,
    )
    told = sl.usable(sl.draw(records, []), ["education", "role"])
    assert told == (("role",), ("education: answered by fewer than half",))


def test_levels_filled_in_alone_are_no_level_of_the_sample(make_records) -> None:
    records = make_records(
        pay_annual_usd=[50_000.0] * 90,
        education=["bachelor"] * 40 + ["doctorate"] * 50,
        imputed=[[]] * 60 + [["education"]] * 30,
    )
    assert sl.top_level(sl.draw(records, []), "education", 30) == "bachelor"


@pytest.mark.parametrize(
    ("concepts", "label", "number"),
    [
        (["potential"], "potential experience", "years of potential experience"),
        (["professional"], "experience", "years of experience"),
        (["potential", "professional"], "experience", "years of experience"),
        ([None], "experience", "years of experience"),
    ],
)
def test_age_less_schooling_is_called_potential_experience(
    make_records, concepts: list[str | None], label: str, number: str
) -> None:
    n = len(concepts)
    sample = sl.draw(make_records(pay_annual_usd=[5e4] * n, experience_years=[5.0] * n, experience_concept=concepts))
    assert factor_in(sample, "experience_spline").label == label
    assert factor_in(sample, "experience").label == number


def test_sentences_and_tables_call_potential_experience_that(sample: sl.Sample) -> None:
    rungs = sl.ladder(sample, "education", [("raw", []), ("more", ["experience_spline"])])
    assert "(given potential experience)" in sl.contrast(rungs.last, "education", "master", "bachelor").subject
    held = [term.strip() for term in sl.show.table.regression(rungs.last).cells["term"]]
    assert "potential experience" in held
    assert "experience" not in held


# Not asked is not unanswered


def answers(sample: sl.Sample, name: str) -> list[object]:
    return list(sample.table.select(factor_in(sample, name).expression.alias("v"))["v"])


def test_a_title_that_names_no_role_is_a_level_and_no_title_is_no_answer(make_records) -> None:
    records = make_records(
        pay_annual_usd=[5e4] * 4,
        title=["nurse on nights", "words on a form", None, None],
        role=["nurse", None, None, "tester"],
        role_family=["other", None, None, "other tech"],
    )
    sample = sl.draw(records, [])
    assert answers(sample, "role") == ["nurse", "no role known", None, "tester"]
    assert answers(sample, "role_family") == ["other", "no role known", None, "other tech"]
    assert NO_ROLE not in schema.ROLE_FAMILY  # of a sample's answers, never of the table


def test_a_region_that_nobody_of_a_country_and_year_was_asked_lies_within_the_country(make_records) -> None:
    records = make_records(
        pay_annual_usd=[5e4] * 7,
        year=[2023, 2023, 2023, 2023, 2024, 2024, 2024],
        country=["US", "US", "FI", "FI", "FI", "FI", None],
        region=["US-CA", None, None, None, "Helsinki", None, None],
    )
    assert answers(sl.draw(records, []), "region") == [
        "US-CA",
        None,  # others of the country and year were asked
        "FI: region not asked",
        "FI: region not asked",
        "Helsinki",
        None,
        None,
    ]


def test_who_did_not_answer_a_region_does_not_become_one_who_was_not_asked(make_records) -> None:
    """The only row of a country and year that named its region did not answer the degree."""
    n = 60
    records = make_records(
        pay_annual_usd=[40_000.0 + 100 * (i % 29) for i in range(n)],
        education=[None, *["bachelor", "master"] * ((n - 1) // 2), "master"],
        country=["FI"] * 20 + ["US"] * 40,
        region=["Helsinki"] + [None] * 19 + ["US-CA", "US-NY"] * 20,
    )
    design = sl.build(sl.Spec(factors=("education", "region")), sl.draw(records, []))
    assert design.n == 40


def test_own_columns_are_factors_of_their_own_kind(make_records) -> None:
    n = 60
    sample = sl.derive(
        sl.draw(
            make_records(pay_annual_usd=[5e4 + i for i in range(n)], age=[float(20 + i % 40) for i in range(n)]), []
        ),
        career_step=sl.band("age", [30]),
        tenfold=pl.col("age") * 10,
        young=pl.col("age") < 30,
        letters=pl.when(pl.col("age") < 30).then(pl.lit("b")).otherwise(pl.lit("a")),
    )
    kinds = {part.name: part.kind for part in derived_in(sample)}
    assert kinds == {"career_step": "level", "tenfold": "number", "young": "text", "letters": "text"}
    assert factor_in(sample, "career_step").label == "career step"
    with pytest.raises(ModelError, match="did you mean 'tenfold'"):
        factor_in(sample, "tenfod")
    # and nowhere else
    with pytest.raises(ModelError, match="'tenfold'"):
        factor_in(sl.draw(make_records(pay_annual_usd=[5e4] * 9), []), "tenfold")


@pytest.mark.parametrize("name", ["title", "employer", "region", "role", "education", "cohort"])
def test_an_absorbed_factor_is_taken_out_as_the_sample_answers_it(make_records, name: str) -> None:
    """Its own expression: titles without a role, regions not asked and derived columns are levels of it."""
    rng = np.random.default_rng(4)
    n = 400
    columns = {
        "pay_annual_usd": np.exp(rng.normal(10, 0.4, n)).tolist(),
        "work_mode": rng.choice(["remote", "on-site"], n).tolist(),
        "education": rng.choice(["bachelor", "master", "doctorate"], n).tolist(),
        "title": rng.choice(["engineer", "analyst", "words on a form"], n).tolist(),
        "employer": rng.choice([f"e{i}" for i in range(9)], n).tolist(),
        "country": rng.choice(["US", "FI", "SE"], n).tolist(),
        "age": rng.uniform(20, 60, n).round().tolist(),
    }
    columns["role"] = [None if t == "words on a form" else t for t in columns["title"]]
    columns["region"] = [f"US-{i % 5}" if c == "US" else None for i, c in enumerate(columns["country"])]
    sample = sl.derive(sl.draw(make_records(**columns), []), cohort=sl.band("age", [30, 40]))
    own = tuple(part for part in derived_in(sample))
    absorbed = sl.fit(
        sl.build(sl.Spec(factors=("work_mode",), absorbed=name, covariance="classical", declared=own), sample)
    )
    whole = sl.fit(sl.build(sl.Spec(factors=("work_mode", name), covariance="classical", declared=own), sample))
    assert absorbed.n == whole.n == n
    found, expected = (sl.contrast(one, "work_mode", "remote", "on-site") for one in (absorbed, whole))
    assert (found.value, found.se) == pytest.approx((expected.value, expected.se), rel=1e-9)
    table = pd.DataFrame(columns)
    table["pay"] = np.log(table["pay_annual_usd"])
    table["cohort"] = np.searchsorted([30, 40], table["age"], side="right")
    by_hand = {"role": "title", "region": "place"}.get(name, name)
    table["place"] = [r or c for r, c in zip(columns["region"], columns["country"], strict=True)]
    fitted = smf.ols(f"pay ~ work_mode + C({by_hand})", table).fit()
    assert found.value == pytest.approx(fitted.params["work_mode[T.remote]"], rel=1e-9)
    assert found.se == pytest.approx(fitted.bse["work_mode[T.remote]"], rel=1e-9)
