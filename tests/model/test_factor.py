"""Factor: what counts as an answer in a sample, and what years of experience are called."""

from __future__ import annotations

import pytest

import salarylab as sl
from salarylab.model.factor import factor_in

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
