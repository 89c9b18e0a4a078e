"""Levels: what answers in nine languages mean; what may mean several is left open."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from salarylab import schema
from salarylab.records.own import words
from salarylab.records.own.draft_levels import level_lines
from salarylab.records.own.file import OwnFile
from salarylab.records.own.layout import Layout
from salarylab.records.own.levels import level_of, nearest_size
from salarylab.records.own.profile import profiles


@pytest.mark.parametrize(
    ("value", "column", "level"),
    [
        ("Ylempi korkeakoulututkinto", "education", "master"),
        ("Alempi korkeakoulututkinto", "education", "bachelor"),
        ("Bachelor's degree (B.A., B.Sc.)", "education", "bachelor"),
        ("Some college, no degree", "education", "some college"),
        ("PhD", "education", "doctorate"),
        ("Незакінчена вища", "education", "some college"),
        ("Вища", "education", ""),
        ("Team Lead", "seniority", "lead"),
        ("Middle", "seniority", "mid"),
        ("Täysin etä", "work_mode", "remote"),
        ("REMOTE", "work_mode", "remote"),
        ("Teilzeit", "employment", "part-time"),
        ("1,000-4,999 employees", "org_size", "1,000 to 4,999"),
        ("yli 250", "org_size", "over 250"),
        ("37 to 41", "org_size", ""),
        ("En halua vastata", "gender", "not answered"),
        ("Prefer not to say", "education", "not answered"),
        ("k.A.", "gender", "not answered"),
        ("Keine Angabe", "industry", "not answered"),
        ("н/д", "gender", "not answered"),
        ("xyzzy", "industry", ""),
        ("Lower secondary (ISCED 2)", "education", "below secondary"),
        ("Upper secondary", "education", "secondary"),
        ("Post-secondary, not tertiary", "education", ""),
        ("Realschule", "education", ""),
        ("Meister/Techniker", "education", "associate"),
        ("Bachelor (Master not finished)", "education", "bachelor"),
        ("Master or PhD", "education", ""),
        ("Master/PhD", "education", ""),
        ("Employed, full-time", "employment", "full-time"),
        ("Not employed", "employment", "not working"),
        ("Junior to mid", "seniority", ""),
        ("Sr.", "seniority", "senior"),
        ("Professional degree (JD, MD, Ph.D.)", "education", "professional or doctorate"),
        ("Public or third sector", "org_kind", "public or third sector"),
        ("Legal services", "industry", ""),
        ("ICT", "industry", "information technology"),
        ("Public admin", "industry", "public administration"),
        ("Automobil", "industry", "manufacturing"),
        ("Maschinenbau", "industry", "manufacturing"),
        ("Sonstiges", "industry", "all other industries"),
        ("Продукт", "org_kind", "product company"),
        ("Just me", "org_size", "just me"),
        ("1-10", "org_size", "under 10"),
        ("51-200", "org_size", "50 to 199"),
        ("201-1000", "org_size", "200 to 999"),
        ("201-500", "org_size", ""),
        ("51-250", "org_size", "50 to 250"),
        ("52-200", "org_size", ""),
    ],
)
def test_levels_are_guessed_or_left_open(value: str, column: str, level: str) -> None:
    assert level_of(value, column) == level


@pytest.mark.parametrize(
    ("value", "level"),
    [
        ("Hybrid (2-3 days in office)", "hybrid"),
        ("2-3 days in office (hybrid)", "hybrid"),
        ("3 days in office", ""),
        ("Office or remote", ""),
        ("Osittain etänä", "hybrid"),
        ("Not remote", "not remote"),
        ("100% remote", "remote"),
        ("60% remote", ""),
        ("Yes", ""),
        ("Nein", ""),
    ],
)
def test_work_modes_are_told_by_the_specific_word(value: str, level: str) -> None:
    assert level_of(value, "work_mode") == level


@pytest.mark.parametrize(
    ("value", "asked", "level"),
    [
        ("Nein", "Remote?", "not remote"),
        ("Ja, komplett", "Homeoffice", "remote"),
        ("Ja, teilweise", "Homeoffice", "hybrid"),
        ("always", "Work from home", "remote"),
        ("some days", "Work from home", "hybrid"),
        ("part", "Remote?", "hybrid"),
        ("Yes", "Work from home", "remote"),
        ("No", "Work from home", "not remote"),
        ("Sometimes", "Do you work remotely?", "hybrid"),
        ("Ні", "Віддалена робота", "not remote"),
        ("Ei", "Etätyö", "not remote"),
        ("Yes, 2 days a week", "Remote?", ""),
        ("Yes, since the spring", "Remote?", ""),
        ("Yes, office", "Remote?", "on-site"),
        ("Yes", "Can you work remotely?", ""),
        ("Yes", "Remote or office?", ""),
    ],
)
def test_yes_and_no_mean_what_the_column_asks(value: str, asked: str, level: str) -> None:
    assert level_of(value, "work_mode", asked) == level


def test_an_undeclared_band_is_a_decision_beside_the_nearest_one() -> None:
    sizes = pl.DataFrame({"Company size": ["51-300"] * 12 + ["51-200"] * 12})
    layout = Layout(Path("sizes.csv"), "csv")
    lines = level_lines("org_size", profiles(OwnFile(sizes, ""), layout)[0])
    (open_one,) = [line for line in lines if line.startswith('"51-300"')]
    assert "DECIDE" in open_one
    assert "the nearest is 50 to 250" in open_one
    (told,) = [line for line in lines if line.startswith('"51-200"')]
    assert told.startswith('"51-200" = "50 to 199"')
    assert "DECIDE" not in told


@pytest.mark.parametrize("size", schema.ORG_SIZE[1:])
def test_a_declared_band_is_nearest_to_itself(size: str) -> None:
    assert nearest_size(size) == level_of(size, "org_size") == size


@pytest.mark.parametrize("column", [name for name in words.LEVELS if name in schema.BY_NAME and name != "currency"])
def test_the_name_of_a_level_means_that_level(column: str) -> None:
    levels = schema.column(column).levels
    assert {level: level_of(level, column) for level in levels} == {level: level for level in levels}


@pytest.mark.parametrize(
    ("value", "code"), [("USA", "US"), ("Finland", "FI"), ("Saksa", "DE"), ("Великобритания", "GB")]
)
def test_countries_are_told_in_english_and_other_languages(value: str, code: str) -> None:
    assert words.likeliest(value, words.COUNTRIES) == code
