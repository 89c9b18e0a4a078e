from __future__ import annotations

import math
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import salarylab as sl
from salarylab.errors import DataError
from salarylab.records import Records
from salarylab.records.audit import Ledger
from salarylab.sources import kaggle_survey

COLUMNS = (kaggle_survey.DURATION, *kaggle_survey.QUESTIONS, *kaggle_survey.TOOL_COLUMNS)
QUESTIONS = {name: kaggle_survey.QUESTIONS.get(name, name) for name in COLUMNS}


def answer(**told: str | None) -> dict[str, str | None]:
    """One invented row: a data analyst in Viet Nam who writes Python."""
    fields: dict[str, str | None] = {
        kaggle_survey.DURATION: "300",
        "Q2": "25-29",
        "Q3": "Woman",
        "Q4": "Viet Nam",
        "Q5": "No",
        "Q8": "Bachelor’s degree",
        "Q11": "3-5 years",
        "Q23": "Statistician",
        "Q24": "Shipping/Transportation",
        "Q25": "1000-9,999 employees",
        "Q29": "10,000-14,999",
        "Q12_1": "Python",
        "Q13_1": "JupyterLab ",
        "Q13_2": "nan",
        "Q33_4": "No / None",
    }
    return fields | told


def archive(folder: Path, *rows: dict[str, str | None], columns: tuple[str, ...] = COLUMNS) -> Path:
    """Write answers as the publisher's archive has them, under a header of two lines."""
    path = folder / kaggle_survey.FILE.name
    table = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String))
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr(kaggle_survey.MEMBER, table.write_csv())
        opened.writestr("Supplementary Data/answers.pdf", b"%PDF")
    return path


def cleaned(folder: Path, *rows: dict[str, str | None], **options: Any) -> Ledger:
    return kaggle_survey.clean(kaggle_survey.read(archive(folder, QUESTIONS, *rows)), **options)


def counts(ledger: Ledger) -> dict[str, int]:
    return {step.rule: step.touched for step in ledger.steps}


def test_an_answer_becomes_a_record(tmp_path: Path) -> None:
    (record,) = cleaned(tmp_path, answer()).rows.rows(named=True)
    expected = {
        "record_id": "kaggle_survey_2022_responses.csv:1",
        "year": 2022,
        "observation": "worker",
        "pay_low_usd": 10_000.0,
        "pay_high_usd": 15_000.0,
        "pay_concept": "total cash",
        "currency": "USD",
        "education": "bachelor",
        "education_concept": "held or planned",
        "experience_low": 3.0,
        "experience_high": 5.0,
        "experience_years": 4.0,
        "experience_concept": "coding",
        "age_low": 25.0,
        "age_high": 30.0,
        "age": 27.5,
        "title": "Statistician",
        "skills": ["Python", "JupyterLab"],
        "employment": "employed",
        "country": "VN",
        "residence_country": "VN",
        "industry": "transportation and warehousing",
        "org_size": "1,000 to 9,999",
    }
    assert {name: record[name] for name in expected} == expected
    assert record["pay_annual_usd"] == pytest.approx(math.sqrt(10_000 * 15_000), rel=1e-12)


def test_bands_without_two_positive_ends_have_no_midpoint(tmp_path: Path) -> None:
    ledger = cleaned(tmp_path, *(answer(Q29=band) for band in ("$0-999", ">$1,000,000", None)))
    rows = ledger.rows
    assert rows.select("pay_low_usd", "pay_high_usd").rows() == [(0.0, 1e3), (1e6, math.inf), (None, None)]
    assert rows["pay_annual_usd"].to_list() == [None, None, None]
    told = [step.touched for step in ledger.steps[:4]]
    assert told == [1, 1, 1, 0]


@pytest.mark.parametrize("bands", [kaggle_survey.PAY, kaggle_survey.AGE, kaggle_survey.CODING])
def test_bands_leave_no_gap(bands: dict[str, tuple[float, float]]) -> None:
    ends = sorted(bands.values())
    assert all(high == low for (_, high), (low, _) in pairwise(ends))
    assert ends[-1][1] == math.inf


def test_open_bands_count_at_their_lower_end(tmp_path: Path) -> None:
    ledger = cleaned(tmp_path, answer(Q2="70+", Q11="20+ years"), answer(Q11="I have never written code"))
    assert ledger.rows["age"].to_list() == [70.0, 27.5]
    assert ledger.rows["experience_years"].to_list() == [20.0, 0.0]
    assert counts(ledger)["years of coding in an open band: its lower end"] == 1


def test_those_without_a_job_stay_and_say_so(tmp_path: Path) -> None:
    job = dict.fromkeys(("Q23", "Q24", "Q25", "Q29"))
    student, out_of_work, silent = (
        answer(Q5="Yes", **job),
        answer(**job | {"Q23": "Currently not employed"}),
        answer(**job),
    )
    ledger = cleaned(tmp_path, student, out_of_work, silent, answer(Q5="Yes"))
    assert ledger.rows["employment"].to_list() == ["student", "not working", None, "student"]
    assert ledger.rows["title"].to_list() == [None, None, None, "Statistician"]
    assert counts(ledger)["pay of a student, who was not asked"] == 1
    assert not any(step.removed for step in ledger.steps)


def test_the_title_of_all_managers_is_kept_and_names_no_role(tmp_path: Path) -> None:
    silent = dict.fromkeys(("Q12_1", "Q13_1", "Q13_2", "Q33_4"))
    rows = [answer(Q23=kaggle_survey.MANAGER), answer(Q23=kaggle_survey.MANAGER, **silent), answer(Q23="Other")]
    ledger = kaggle_survey.find_roles(cleaned(tmp_path, *rows, answer()))
    assert ledger.rows["title"].to_list() == [kaggle_survey.MANAGER, kaggle_survey.MANAGER, "Other", "Statistician"]
    assert ledger.rows["role"].to_list() == [None, None, None, "statistician"]
    assert ledger.rows["role_family"].to_list() == [None, None, None, "adjacent technical"]
    assert ledger.rows["skill_areas"].is_null().to_list() == [False, True, False, False]
    told = counts(ledger)
    assert told["title of managers of every kind: no role"] == 2
    assert told["title finds no role in the crosswalk 2026-11"] == 1


def test_pay_without_a_midpoint_can_be_counted(tmp_path: Path) -> None:
    rows = cleaned(tmp_path, *(answer(Q29=band) for band in ("$0-999", ">$1,000,000", "10,000-14,999", None))).rows
    banded_only = pl.col("pay_low_usd").is_not_null() & pl.col("pay_annual_usd").is_null()
    assert rows.select(banded_only).to_series().to_list() == [True, True, False, False]


def test_tools_are_named_none_of_them_or_not_asked(tmp_path: Path) -> None:
    silent = dict.fromkeys(("Q12_1", "Q13_1", "Q13_2", "Q33_4"))
    rows = cleaned(
        tmp_path, answer(**silent), answer(**silent | {"Q12_14": "None"}), answer(Q39_10=" MLflow ", Q40_7="MLflow")
    )
    assert counts(rows)["another tool than the list's: not kept"] == 0
    assert counts(cleaned(tmp_path, answer(Q12_15="Other")))["another tool than the list's: not kept"] == 1
    assert rows.rows["skills"].to_list() == [None, [], ["Python", "JupyterLab", "MLflow"]]


def test_answers_withheld_are_null_and_gender_stays_away_unless_asked(tmp_path: Path) -> None:
    withheld = answer(Q3="Prefer not to say", Q4="I do not wish to disclose my location", Q8="I prefer not to answer")
    rows = [answer(Q3="Nonbinary", Q4="Other"), withheld]
    assert "gender" not in cleaned(tmp_path, *rows).rows.columns
    ledger = cleaned(tmp_path, *rows, gender=True)
    asked, told = ledger.rows, counts(ledger)
    assert told["degree not disclosed: none"] == told["gender not disclosed: none"] == 1
    assert asked["gender"].to_list() == ["another", None]
    assert asked["education"].to_list() == ["bachelor", None]
    assert asked["country"].to_list() == asked["residence_country"].to_list() == ["another country", None]


def test_repeats_are_told_apart_by_any_answer_but_not_by_the_time_taken(tmp_path: Path) -> None:
    rows = [answer(), answer(**{kaggle_survey.DURATION: "301.5"}), answer(Q12_2="R")]
    assert counts(cleaned(tmp_path, *rows))["repeats an earlier answer, time taken apart"] == 1


@pytest.mark.parametrize(
    ("question", "stray"),
    [
        ("Q29", "lots"),
        ("Q2", "17"),
        ("Q11", "ages"),
        ("Q8", "Diploma"),
        ("Q4", "Atlantis"),
        ("Q24", "Tides"),
        ("Q25", "2"),
    ],
)
def test_an_answer_that_no_map_knows_is_refused(tmp_path: Path, question: str, stray: str) -> None:
    with pytest.raises(DataError, match=rf"(?s)column '{question}'.*'{stray}'"):
        cleaned(tmp_path, answer(**{question: stray}))


def test_a_file_without_its_questions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        kaggle_survey.read(archive(tmp_path, QUESTIONS | {"Q29": "What do you earn a month?"}, answer()))
    assert len(caught.value.faults) == 1
    assert "'Q29'" in str(caught.value)
    with pytest.raises(DataError, match="second line"):
        kaggle_survey.read(archive(tmp_path))
    short = tuple(name for name in COLUMNS if name not in ("Q29", "Q40_3"))
    with pytest.raises(DataError) as caught:
        kaggle_survey.read(archive(tmp_path, columns=short))
    assert len(caught.value.faults) == 2


def test_nothing_is_downloaded_and_the_licence_is_told(project: Path) -> None:
    with pytest.raises(DataError) as caught:
        sl.load("kaggle_survey")
    for told in (kaggle_survey.FILE.sha256, kaggle_survey.SOURCE.licence, "data/raw/kaggle_survey"):
        assert told in str(caught.value)
    assert not (project / "data" / "processed").exists()


# The publisher's file


@pytest.fixture
def records(mirror: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> Records:
    monkeypatch.setenv("SALARYLAB_MIRROR", str(mirror))
    return sl.load("kaggle_survey")


@pytest.mark.real
def test_counts_of_the_real_file(records: Records) -> None:
    # research notes on data, § 2.7: counted from the same file by other hands
    table = records.table
    banded = table.filter(pl.col("pay_low_usd").is_not_null())
    assert records.raw_rows == len(table) == 23_997
    assert len(banded) == 8_136
    assert banded.select("pay_low_usd", "pay_high_usd").n_unique() == 26
    bottom = banded.filter(pl.col("pay_low_usd") == 0)
    assert (len(bottom), bottom.filter(country="IN").height) == (1_112, 450)
    assert banded["pay_high_usd"].is_infinite().sum() == 23
    assert table["pay_annual_usd"].count() == 8_136 - 1_112 - 23
    assert table.filter(employment="student").height == 11_961
    assert banded.filter(country="US").height == 1_434
    touched = {step.rule: step.touched for step in records.steps}
    assert touched["pay of a student, who was not asked"] == 0
    assert touched["repeats an earlier answer, time taken apart"] == 62
    managers = table.filter(title=kaggle_survey.MANAGER)
    assert touched["title of managers of every kind: no role"] == len(managers) > 0
    assert managers["role"].null_count() == managers["role_family"].null_count() == len(managers)
    assert touched["country not disclosed: none"] == 42
    assert table.filter(country="another country").height == 1_430
    assert {s.name for s in table if s.null_count() < len(s)} == records.asked - {"pay_doubt"}


@pytest.mark.real
def test_the_declared_file_is_the_catalogued_one(mirror: Path) -> None:
    listed = pl.read_csv(mirror / "CATALOG.csv").filter(pl.col("path") == kaggle_survey.FILE.mirror)
    assert listed.select("sha256", "url").row(0) == (kaggle_survey.FILE.sha256, kaggle_survey.FILE.url)
