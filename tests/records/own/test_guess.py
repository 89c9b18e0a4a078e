"""Guesses: names and values of pay files in nine languages; what can't be told is left open."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from salarylab import schema
from salarylab.records.own import words
from salarylab.records.own.file import OwnFile
from salarylab.records.own.guess import Guess, guess
from salarylab.records.own.layout import Layout
from salarylab.records.own.mapping import MAPPABLE
from salarylab.records.own.profile import Profile, items_in, order_of, profiles

LAYOUT = Layout(Path("pay.csv"), "csv")


def guessed(labels: dict[str, str] | None = None, **columns: list[str | None]) -> Guess:
    """Guess a file of thirty rows, each column's cells repeated."""
    cells = {name: pl.Series((values * 30)[:30], dtype=pl.String) for name, values in columns.items()}
    return guess(profiles(OwnFile(pl.DataFrame(cells), "", labels or {}), LAYOUT), LAYOUT)


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        ("Highest degree", "education"),
        ("Koulutus", "education"),
        ("Höchster Abschluss", "education"),
        ("Освіта", "education"),
        ("Nivel educativo", "education"),
        ("Wykształcenie", "education"),
        ("Tehtävänimike", "title"),
        ("Стать", "gender"),
        ("Paikkakunta", "region"),
        ("Pays", "country"),
        ("Land", "country"),
        ("Homeoffice", "work_mode"),
        ("Формат работы", "work_mode"),
        ("Antal anställda", "org_size"),
        ("Secteur d'activité", "industry"),
        ("programming_languages", "skills"),
    ],
)
def test_columns_of_words_are_known_by_name(raw: str, canonical: str) -> None:
    found = guessed(**{raw: ["word", "other"]})
    assert {name: profile.name for name, profile in found.columns.items()} == {canonical: raw}


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        ("Työkokemus (vuosia)", "experience_years"),
        ("yearsExperience", "experience_years"),
        ("Стаж", "experience_years"),
        ("Wochenstunden", "hours_weekly"),
        ("Hours per week", "hours_weekly"),
        ("Ålder", "age"),
        ("Gewichtung", "weight"),
        ("Weeks worked", "full_year"),
    ],
)
def test_columns_of_numbers_are_known_by_name(raw: str, canonical: str) -> None:
    found = guessed(**{raw: ["12", "30"]})
    assert {name: profile.name for name, profile in found.columns.items()} == {canonical: raw}


@pytest.mark.parametrize("months", ["3 міс.", "6 Monate", "8 kk", "4 months", "6 mois", "6 meses"])
def test_months_among_years_are_still_experience(months: str) -> None:
    found = guessed(**{"Years of experience": [months, "2", "10+"]})
    assert list(found.columns) == ["experience_years"]


@pytest.mark.parametrize("asked", ["Remote?", "Work from home", "Homeoffice", "Etätyö"])
def test_yes_and_no_answer_whether_work_is_remote(asked: str) -> None:
    found = guessed(**{asked: ["Yes", "No", "Sometimes"]})
    assert {name: profile.name for name, profile in found.columns.items()} == {"work_mode": asked}


def test_a_question_with_several_answers_is_of_skills_unless_it_says_otherwise() -> None:
    def known(asked: str, *cells: str | None) -> list[str]:
        return list(guessed(**{asked: [*cells]}).columns)

    asked = "Which of these do you use? (check all that apply)"
    assert known(asked, "R; SQL", "R") == ["skills"]
    assert known(asked, "R", "SQL") == []
    assert known("Which of these describe you? (check all that apply)", "p; q", "p") == []
    found = guessed(**{asked: ["p; q"], "Programming languages": ["R; SQL"]})
    assert found.columns["skills"].name == "Programming languages"


def test_amounts_in_words_are_told_by_a_sample() -> None:
    texts = ["about 50k", "60-70k", "n/a yet", "80k+"] * 1_000
    (read,) = profiles(OwnFile(pl.DataFrame({"pay": texts}), ""), LAYOUT)
    assert read.numbers == 0.0
    assert read.amounts == pytest.approx(0.75, abs=0.08)  # four standard errors of 500 texts
    (half,) = profiles(OwnFile(pl.DataFrame({"pay": ["5", "6-7"] * 1_000}), ""), LAYOUT)
    assert (half.numbers, half.amounts) == (0.5, 1.0)
    (remarks,) = profiles(OwnFile(pl.DataFrame({"note": ["one", "none of 3", "two"] * 500}), ""), LAYOUT)
    assert remarks.amounts == 0.0


def test_a_column_is_known_by_its_label_or_by_its_values_alone() -> None:
    found = guessed({"v17": "Highest educational qualification"}, v17=["a", "b"], q2=["remote", "hybrid", "office"])
    assert {name: profile.name for name, profile in found.columns.items()} == {"education": "v17", "work_mode": "q2"}


@pytest.mark.parametrize(
    ("raw", "cells", "said"),
    [
        ("Palkka (€/kk, brutto)", ["4500"], ("EUR", "month", "gross", None)),
        ("Base salary, USD per year", ["90000"], ("USD", "year", None, "base")),
        ("Stundenlohn netto", ["18 €"], ("EUR", "hour", "net", None)),
        ("Зарплата на місяць, грн", ["60000"], ("UAH", "month", None, None)),
        ("Wynagrodzenie miesięczne netto", ["9000 zł"], ("PLN", "month", "net", None)),
        ("Lön per månad", ["48000"], (None, "month", None, None)),
        ("ЗП ($/міс.)", ["3000"], ("USD", "month", None, None)),
        ("Gehalt im Monat, €", ["30000"], ("EUR", "month", None, None)),
        ("Salary of an engineer, EUR/month", ["30000"], ("EUR", "month", None, None)),
        ("Salary of an engineer", ["30000"], (None, None, None, None)),
        ("salary", ["30000"], (None, None, None, None)),
    ],
)
def test_units_of_pay_are_read_off_its_name_and_signs(raw: str, cells: list[str | None], said: tuple[str, ...]) -> None:
    found = guessed(**{raw: cells})
    assert found.pay["column"].name == raw
    assert (found.currency, found.period, found.gross_net, found.concept) == said


def test_the_size_of_pay_tells_its_period_only_in_currencies_that_it_can() -> None:
    found = guessed(**{"salary in EUR": ["4000"]})
    assert (found.period, found.period_by_size) == ("month", True)
    assert guessed(**{"salary in EUR": ["15000"]}).period is None
    assert guessed(**{"salary in UAH": ["4000"]}).period is None


def test_pay_in_ranges_bands_and_parts() -> None:
    found = guessed(salary_min=["3000"], salary_max=["4000"], bonus=["10"])
    assert {key: profile.name for key, profile in found.pay.items()} == {
        "low": "salary_min", "high": "salary_max", "bonus": "bonus",
    }  # fmt: skip
    assert list(guessed(Salary=["50-60k", "> 100k", "64,000"]).pay) == ["band"]
    found = guessed(**{"Base salary": ["100"], "Total compensation": ["120"]})
    assert found.pay["column"].name == "Base salary"
    assert [profile.name for profile in found.others] == ["Total compensation"]


def test_columns_of_currency_period_and_date_are_no_answers() -> None:
    found = guessed(pay=["1"], Currency=["EUR", "$"], Frequency=["monthly", "yearly"], Timestamp=["2024-01-31 10:00"])
    units = (found.currency, found.period, found.year)
    assert [profile.name for profile in units if isinstance(profile, Profile)] == ["Currency", "Frequency", "Timestamp"]
    assert found.columns == {}


def test_a_name_alone_does_not_make_codes_years_or_yes_and_no_a_degree() -> None:
    found = guessed(experience_level=["EN", "SE"], no_degree_mentioned=["True", "False"])
    assert {name: profile.name for name, profile in found.columns.items()} == {"seniority": "experience_level"}


def test_a_file_of_nothing_known_is_guessed_empty() -> None:
    found = guessed(x=["p", "q"], y=[None])
    assert (found.pay, found.columns, found.year, found.currency) == ({}, {}, None, None)


def test_every_word_stands_for_something_that_is_declared() -> None:
    assert set(words.COLUMNS) <= set(MAPPABLE)
    for name, levels in words.LEVELS.items():
        if name != "currency":
            assert set(levels) <= set(schema.column(name).levels)
    for table in (words.GENERAL, {"work_mode": words.REMOTE_ANSWERS}):
        assert all(set(levels) <= set(schema.column(name).levels) for name, levels in table.items())


def test_no_phrase_means_two_levels_of_one_column() -> None:
    for name, levels in words.LEVELS.items():
        if name == "currency":  # kronor are of three countries, so that none is guessed
            continue
        phrases = [phrase.strip() for said in levels.values() for phrase in dict.fromkeys(said.split(" | "))]
        assert sorted({p for p in phrases if phrases.count(p) > 1}) == []


def test_the_order_of_dates_is_told_by_what_cannot_be_a_month_or_by_points() -> None:
    def order(*cells: str) -> str | None:
        return order_of(profiles(OwnFile(pl.DataFrame({"d": cells}), ""), LAYOUT)[0])

    assert order("01/02/2024", "13/02/2024") == "day/month/year"
    assert order("01/02/2024", "02/13/2024") == "month/day/year"
    assert order("2024-02-01") == "year/month/day"
    assert order("01.02.2024") == "day/month/year"
    assert order("01/02/2024") is None
    assert order("13/02/2024", "02/13/2024") is None


def test_lists_in_cells_are_seen() -> None:
    def separator(*cells: str) -> str | None:
        return items_in(profiles(OwnFile(pl.DataFrame({"t": cells}), ""), LAYOUT)[0])

    assert separator("R, SQL", "Go") == ","
    assert separator("R; C, C++", "Go; R") == ";"
    assert separator("R", "Go") is None
