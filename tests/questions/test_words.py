"""Words: levels as a sentence names them, differences and amounts as it says them."""

from __future__ import annotations

import html

import pytest

import salarylab as sl
from salarylab import schema
from salarylab.finding import Finding
from salarylab.questions.shown import shown
from salarylab.questions.words import NAMED, PER, between, capital, dollars, listed, more_or_less, named
from salarylab.show.answer import EXHIBITS, FINDINGS_MIME, words_of


def test_every_level_named_is_declared_and_every_degree_has_a_noun() -> None:
    for factor, level in NAMED:
        assert level in (schema.BY_NAME[factor].levels or ()), (factor, level)
    assert {level for factor, level in NAMED if factor == "education"} == set(schema.EDUCATION)
    assert {level for factor, level in NAMED if factor == "work_mode"} >= {"remote", "hybrid", "on-site"}
    assert set(PER) == set(sl.model.factor.OUTCOMES)


@pytest.mark.parametrize(
    ("words", "told"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_words_are_listed_as_a_sentence_lists_them(words: list[str], told: str) -> None:
    assert listed(words) == told


@pytest.mark.parametrize(
    ("log_points", "told"),
    [(0.0953, "10.0% more"), (-0.0953, "9.1% less"), (0.0, "0.0% more"), (0.6931, "100.0% more")],
)
def test_differences_are_ratios_less_one(log_points: float, told: str) -> None:
    assert more_or_less(log_points) == told


def test_the_ends_of_an_interval_keep_their_signs() -> None:
    assert between(-0.0953, 0.0953) == "95% interval -9.1% to +10.0%"


@pytest.mark.parametrize(
    ("amount", "told"),
    [(28.437, "28.4"), (9.999, "10.0"), (99.96, "100"), (61_234.0, "61,200"), (999_499.0, "999,000")],
)
def test_amounts_have_three_digits(amount: float, told: str) -> None:
    assert dollars(amount) == told


def test_only_the_first_letter_becomes_a_capital() -> None:
    assert (capital("remote work in the EU"), capital("")) == ("Remote work in the EU", "")
    assert (named("education", "doctorate"), named("industry", "retail trade")) == ("a doctorate", "retail trade")


def test_an_answer_is_its_sentence_what_one_must_know_and_whose_data(make_records) -> None:
    records = make_records(pay_annual_usd=[5e4] * 40, education=["bachelor", "master"] * 20)
    sample = sl.draw(records, [sl.positive_pay])
    found = Finding(question="q", subject="Gap", unit="rows", value=1200.0, n=1200, smallest_cell=600)
    bundle = shown(sample, "5 < 6 & more.", ["One thing.", "", "Another."], [found], None)
    assert bundle["text/plain"].split("\n") == [
        "5 < 6 & more.",
        "One thing.",
        "Another.",
        f"Invented rows. {sl.positive_pay.label}.",
    ]
    words = words_of(bundle["text/html"])
    assert html.escape("5 < 6 & more.") in words
    assert "5 < 6" not in bundle["text/html"]  # escaped wherever it stands
    assert words.count("<p>") == 2
    assert "Invented rows" in bundle["text/html"].partition(EXHIBITS)[2]
    assert [one["sentence"] for one in bundle[FINDINGS_MIME]] == [found.sentence]
