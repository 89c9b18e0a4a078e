from __future__ import annotations

import csv
import hashlib
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import salarylab as sl
from salarylab import schema
from salarylab.errors import DataError
from salarylab.records.audit import Ledger
from salarylab.records.roles.role_list import ROLE_LIST
from salarylab.sources import stackoverflow as so

Clean = Callable[..., Ledger]

# One invented person a year: what they answered, by question
EVERY_YEAR = {
    "country": "Namibia",
    "age": "35-44 years old",
    "employment": "Employed, part-time",
    "education": "Other doctoral degree (Ph.D., Ed.D., etc.)",
    "professional": "7",
    "total": "9",
    "org_size": "2 to 9 employees",
    "gender": "Woman",
    "role": "Developer, mobile",
    "pay_usd": "24000",
    "pay_local": "30000",
    "period": "Monthly",
    "currency": "NAD\tNamibian dollar",
    "work_mode": "Hybrid (some remote, some in-person)",
    "track": "People manager",
    "industry": "Oil & Gas",
    "ai_use": "No, but I plan to soon",
}
INVENTED = {
    2018: EVERY_YEAR
    | {
        "age": "35 - 44 years old",
        "employment": "Employed part-time",
        "education": "Other doctoral degree (Ph.D, Ed.D., etc.)",
        "professional": "6-8 years",
        "org_size": "Fewer than 10 employees",
        "gender": "Female",
        "role": "Mobile developer",
        "currency": "NAD",
    },
    2019: EVERY_YEAR
    | {
        "age": "40.0",
        "employment": "Employed part-time",
        "education": "Other doctoral degree (Ph.D, Ed.D., etc.)",
        "org_size": "2-9 employees",
        "currency": "NAD",
        "work_mode": "About half the time",
    },
    2020: EVERY_YEAR | {"age": "40", "employment": "Employed part-time", "currency": "NAD"},
    2021: EVERY_YEAR | {"employment": "Employed part-time"},
    2022: EVERY_YEAR | {"track": "Independent contributor"},
    2023: EVERY_YEAR | {"education": "Professional degree (JD, MD, Ph.D, Ed.D, etc.)"},
    2024: EVERY_YEAR | {"education": "Professional degree (JD, MD, Ph.D, Ed.D, etc.)", "industry": "Energy"},
    2025: EVERY_YEAR
    | {
        "employment": "Employed",
        "education": "Professional degree (JD, MD, Ph.D, Ed.D, etc.)",
        "org_size": "Less than 20 employees",
        "currency": "NAD Namibian dollar",
        "work_mode": "Your choice (very flexible, you can come in when you want or just as needed)",
        "industry": "Energy",
        "ai_use": "Yes, I use AI tools weekly",
    },
}
EXPECTED = {
    # what these answers mean, where the year asked
    "pay_annual_usd": 24_000.0,
    "pay_concept": "total cash",
    "gross_net": "gross",
    "currency": "NAD",
    "country": "NA",
    "residence_country": "NA",
    "experience_years": 7.0,
    "experience_concept": "professional",
    "title": "Developer, mobile",
    "role": "mobile developer",
    "role_family": "other tech",
    "org_size": "under 20",
    "employment": "part-time",
    "gender": "female",
    "skills": ["Brainfuck", "Zig"],
    "track": "manager",
    "observation": "worker",
    "source": "stackoverflow",
}
BAND = {"age": 40.0, "age_low": 35.0, "age_high": 45.0}
TO_2022 = {"education": "doctorate", "pay_annual_local": 360_000.0, "period": "month"}
FROM_2023 = {"education": "professional or doctorate", "pay_annual_local": 30_000.0, "period": "year"}
MEANT: dict[int, dict[str, object]] = {
    2018: TO_2022
    | BAND
    | {"pay_concept": "base", "experience_years": 7.5, "experience_low": 6.0, "experience_high": 9.0}
    | {"title": "Mobile developer"},
    2019: TO_2022 | {"age": 40.0, "work_mode": "hybrid"},
    2020: TO_2022 | {"age": 40.0},
    2021: TO_2022 | BAND,
    2022: TO_2022 | BAND | {"track": "individual contributor", "work_mode": "hybrid"},
    2023: FROM_2023 | BAND | {"work_mode": "hybrid", "industry": "mining, oil and gas", "ai_use": "planned"},
    2024: FROM_2023 | BAND | {"work_mode": "hybrid", "industry": "energy", "ai_use": "planned"},
    2025: FROM_2023
    | BAND
    | {
        "experience_years": 9.0,
        "experience_concept": "total",
        "employment": "employed",
        "work_mode": "worker's choice",
        "industry": "energy",
        "ai_use": "weekly",
    },
}


def write(path: Path, year: int, *people: dict[str, str], without: str = "") -> Path:
    """A year's file of invented people, each told by what differs from that year's; strange columns at both ends."""
    wave = so.WAVES[year]
    skills = dict.fromkeys(wave.skills, "NA") | {wave.skills[0]: "Zig;Brainfuck", wave.skills[1]: "Zig;Other(s):"}
    header = ["Respondent", *wave.questions.values(), *wave.skills, "SurveyEase"]
    with path.open("w", newline="", encoding="utf-8-sig" if year == 2025 else "utf-8") as file:
        writer = csv.DictWriter(file, [name for name in header if name != without], extrasaction="ignore")
        writer.writeheader()
        for told in people:
            answers = {name: (INVENTED[year] | told)[question] for question, name in wave.questions.items()}
            writer.writerow({"Respondent": "1", "SurveyEase": "Easy\nenough"} | skills | answers | told)
    return path


@pytest.fixture
def clean(tmp_path: Path) -> Clean:
    """Return a function from invented people of a year to their cleaned records, read from a file."""

    def made(year: int, *people: dict[str, str], gender: bool = False, **options: Any) -> Ledger:
        raw = so.read(write(tmp_path / "results.csv", year, *people), year, gender=gender)
        return so.clean(raw, year, gender=gender, **options)

    return made


def touched(ledger: Ledger, rule: str) -> int:
    (step,) = [step for step in ledger.steps if rule in step.rule]
    return step.touched


@pytest.mark.parametrize("year", so.WAVES)
def test_an_answer_of_each_year_becomes_a_record(clean: Clean, year: int) -> None:
    record = clean(year, {}, gender=True).rows.row(0, named=True)
    asked = so._asked(so.WAVES[year], None, gender=True) | {"observation", "source"}
    meant = {name: value for name, value in (EXPECTED | MEANT[year]).items() if name in asked}
    assert {name: record[name] for name in meant} == meant
    assert record["record_id"] == f"results_{year}.csv:1"
    assert {name for name in record if name in schema.BY_NAME} <= asked | {"record_id", "year"}


def test_every_column_that_a_year_asks_is_canonical_and_described() -> None:
    asked = frozenset[str]().union(*(so._asked(wave, None, gender=False) for wave in so.WAVES.values()))
    assert asked == so.SOURCE.asked
    assert {name for change in so.SOURCE.breaks for name in change.columns} <= asked


def test_gender_is_neither_read_nor_asked_unless_wanted(tmp_path: Path) -> None:
    raw = so.read(write(tmp_path / "results.csv", 2022, {}), 2022)
    assert "Gender" not in raw.columns
    assert "gender" not in so.clean(raw, 2022).rows.columns


@pytest.mark.parametrize(
    ("told", "level"),
    [
        ("Man", "male"),
        ("Woman;Man", "another"),
        ("Man;Non-binary, genderqueer, or gender non-conforming", "another"),
        ("Woman;Transgender", "female"),
        ("Prefer not to say", None),
        ("NA", None),
    ],
)
def test_gender_may_be_told_by_several_answers(clean: Clean, told: str, level: str | None) -> None:
    assert clean(2022, {"gender": told}, gender=True).rows["gender"].to_list() == [level]


# Labels


def test_apostrophes_and_full_stops_are_written_in_several_ways(clean: Clean) -> None:
    labels = (
        "Bachelor’s degree (BA, BS, B.Eng., etc.)",
        "Bachelor's degree (B.A., B.S., B.Eng., etc.)",
        "Bachelor‘s degree (B.A., B.S., B.Eng., etc.)",
    )
    ledger = clean(2019, *({"education": label} for label in labels))
    assert ledger.rows["education"].to_list() == ["bachelor"] * 3
    assert clean(2021, {"org_size": "I don’t know"}).rows["org_size"].to_list() == [None]


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("education", "Lighthouse diploma"),
        ("work_mode", "On the moon"),
        ("org_size", "About a dozen"),
        ("industry", "Lighthouses"),
        ("employment", "Employed, full-time;Pressed into service"),
        ("role", "Developer, lighthouses"),
        ("country", "Atlantis"),
    ],
)
def test_a_label_that_no_map_knows_is_refused_with_its_column(clean: Clean, question: str, label: str) -> None:
    with pytest.raises(DataError) as refused:
        clean(2023, {question: label})
    assert so.WAVES[2023].questions[question] in str(refused.value)
    assert label.rsplit(";", maxsplit=1)[-1] in str(refused.value)


def test_five_ways_of_working_in_2025_are_four_classes(clean: Clean) -> None:
    told = (
        "Remote",
        "Hybrid (some in-person, leans heavy to flexibility)",
        "Hybrid (some remote, leans heavy to in-person)",
        "Your choice (very flexible, you can come in when you want or just as needed)",
        "In-person",
        "NA",
    )
    modes = clean(2025, *({"work_mode": answer} for answer in told)).rows["work_mode"].to_list()
    assert modes == ["remote", "hybrid", "hybrid", "worker's choice", "on-site", None]


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("Independent contractor, freelancer, or self-employed;Employed, full-time", "full-time"),
        ("Student, part-time;Employed, part-time;Retired", "part-time"),
        ("Retired;Independent contractor, freelancer, or self-employed", "self-employed"),
        ("Not employed, but looking for work;Student, part-time", "student"),
        ("I prefer not to say", None),
    ],
)
def test_of_several_forms_of_employment_the_first_of_the_schema_is_kept(
    clean: Clean, told: str, kept: str | None
) -> None:
    ledger = clean(2024, {"employment": told}, {"employment": "Retired"})
    assert ledger.rows["employment"].to_list() == [kept, "not working"]
    assert touched(ledger, "several forms of employment") == (";" in told)


def test_a_role_is_kept_where_one_was_ticked(clean: Clean) -> None:
    told = ("Designer", "Designer;Educator", "Student", "NA")
    ledger = clean(2021, *({"role": answer} for answer in told))
    assert ledger.rows["title"].to_list() == ["Designer", None, "Student", None]
    assert ledger.rows["role"].to_list() == ["designer", None, None, None]
    assert touched(ledger, "several roles") == 1


def test_roles_are_those_of_the_role_list() -> None:
    assert {role for role in so.ROLE.values() if role} <= {role.name for role in ROLE_LIST}


def test_skills_are_listed_once_and_null_where_none_was_answered(clean: Clean) -> None:
    nothing = dict.fromkeys(so.WAVES[2025].skills, "NA")
    assert clean(2025, {}, nothing).rows["skills"].to_list() == [["Brainfuck", "Zig"], None]


# Years of work, and age


@pytest.mark.parametrize(
    ("year", "experience", "years", "concept"),
    [
        (2018, "professional", 7.5, "professional"),
        (2021, "total", None, None),
        (2022, None, 7.0, "professional"),
        (2022, "total", 9.0, "total"),
        (2025, None, 9.0, "total"),
        (2025, "professional", None, None),
    ],
)
def test_years_of_work_are_those_that_were_wanted_never_a_splice(
    clean: Clean,
    year: int,
    experience: so.Experience | None,
    years: float | None,
    concept: str | None,
) -> None:
    record = clean(year, {}, experience=experience).rows.row(0, named=True)
    assert (record.get("experience_years"), record.get("experience_concept")) == (years, concept)
    assert ("experience_years" in so._asked(so.WAVES[year], experience, gender=False)) == (concept is not None)


def test_bands_of_years_keep_their_ends(clean: Clean) -> None:
    told = ("Less than 1 year", "3", "More than 70 years", "many", "NA")
    ledger = clean(2023, *({"professional": years, "age": "65 years or older"} for years in told))
    rows = ledger.rows.select("experience_years", "experience_low", "experience_high").rows()
    assert rows == [(0.5, 0.0, 1.0), (3.0, None, None), (70.0, 70.0, math.inf), (None,) * 3, (None,) * 3]
    assert touched(ledger, "YearsCodePro in an open band") == 1
    assert touched(ledger, "YearsCodePro that can't be read") == 1


def test_bands_of_2018_stand_at_their_middle(clean: Clean) -> None:
    told = ("0-2 years", "12-14 years", "30 or more years")
    ledger = clean(2018, *({"professional": years, "age": "45 - 54 years old"} for years in told))
    assert ledger.rows["experience_years"].to_list() == [1.5, 13.5, 30.0]
    assert ledger.rows["experience_high"].to_list() == [3.0, 15.0, math.inf]


def test_ages_and_years_that_cannot_be_are_emptied(clean: Clean) -> None:
    ledger = clean(2020, {"age": "279"}, {"age": "3"}, {"age": "30", "professional": "30"}, {"age": "30"})
    assert ledger.rows["age"].to_list() == [None, None, 30.0, 30.0]
    assert ledger.rows["experience_years"].to_list() == [7.0, 7.0, None, 7.0]
    told = ({"age": "Under 18 years old", "professional": "19"}, {"age": "Prefer not to say", "professional": "120"})
    ledger = clean(2021, *told, {"age": "65 years or older"})
    assert ledger.rows["age"].to_list() == [None, None, 65.0]
    assert ledger.rows["age_high"].to_list() == [18.0, None, math.inf]
    assert ledger.rows["experience_years"].to_list() == [None, None, 7.0]
    assert touched(ledger, "Age that can't be read") == 0


# Pay


@pytest.mark.parametrize(("period", "annual"), [("Weekly", 1_500_000.0), ("Monthly", 360_000.0), ("Yearly", 30_000.0)])
def test_local_pay_is_annualised_as_the_publisher_does(clean: Clean, period: str, annual: float) -> None:
    # 12 working months and 50 working weeks: the publisher's schemas of 2018 to 2020
    assert clean(2020, {"period": period}).rows["pay_annual_local"].to_list() == [annual]


def test_pay_that_is_none_is_emptied_and_counted_and_its_row_kept(clean: Clean) -> None:
    told: tuple[dict[str, str], ...] = (
        {},
        {"pay_usd": "0", "pay_local": "1"},
        {"pay_usd": "NA", "pay_local": "0"},
        {"pay_usd": "NA"},
        {"pay_usd": "NA", "pay_local": "NA"},
        {"pay_usd": "plenty"},
        {"period": "NA"},
    )
    ledger = clean(2022, *told)
    assert ledger.rows["pay_annual_usd"].to_list() == [24_000.0, None, None, None, None, None, 24_000.0]
    assert ledger.rows["pay_annual_local"].to_list() == [360e3, None, None, 360e3, None, 360e3, None]
    assert touched(ledger, "pay of 0 or less") == 2
    assert touched(ledger, "not converted by the publisher") == 2
    assert touched(ledger, "publisher's own conversion") == 2
    assert touched(ledger, "pay that is no number") == 1
    assert touched(ledger, "without its period") == 1


def test_currencies_without_a_code_are_counted(clean: Clean) -> None:
    told = ("EUR European Euro", "none\tLighthouse shilling", "NA")
    ledger = clean(2023, *({"currency": currency} for currency in told))
    assert ledger.rows["currency"].to_list() == ["EUR", None, None]
    assert touched(ledger, "currency without a code") == 1


@pytest.mark.parametrize("year", [2018, 2019, 2020])
def test_pay_at_a_threshold_stands_for_all_above_it_to_2020(clean: Clean, year: int) -> None:
    ledger = clean(year, {"pay_usd": "2000000.0"}, {"pay_usd": "1000000"}, {"pay_usd": "1000001"})
    assert touched(ledger, "threshold") == 2
    assert ledger.rows["pay_annual_usd"].to_list() == [2e6, 1e6, 1_000_001.0]
    assert ledger.rows["pay_low_usd"].to_list() == [2e6, 1e6, None]
    assert ledger.rows["pay_high_usd"].to_list() == [math.inf, math.inf, None]


def test_later_waves_have_no_threshold(clean: Clean) -> None:
    ledger = clean(2021, {"pay_usd": "1000000"})
    assert "pay_low_usd" not in ledger.rows.columns
    assert not {"pay_low_usd", "pay_high_usd"} & so._asked(so.WAVES[2021], None, gender=False)


def test_a_role_of_few_people_is_judged_beside_all_of_its_country(clean: Clean) -> None:
    usual = [{"pay_usd": str(20_000 + 300 * i), "pay_local": str(20_000 + 300 * i)} for i in range(40)]
    few = [{"role": "Designer", "pay_usd": pay, "pay_local": pay} for pay in ("39000", "40000", "41000", "3400")]
    ledger = clean(2024, *usual, *few)
    assert ledger.rows["pay_doubt"].to_list() == [None] * 43 + ["monthly"]
    assert touched(ledger, "not judged for slips") == 0
    # the same few alone in another country are judged by nobody
    alone = clean(2024, *usual, *({**person, "country": "Lesotho"} for person in few))
    assert alone.rows["pay_doubt"].null_count() == 44
    assert touched(alone, "not judged for slips") == 4


def test_a_slip_that_is_mended_is_no_threshold(clean: Clean) -> None:
    usual = [{"pay_usd": str(80_000 + 300 * i), "pay_local": "80000"} for i in range(40)]
    again = {"pay_usd": "1000000", "pay_local": "1000000"}
    flagged, mended = (clean(2020, *usual, again, mend_slips=mend) for mend in (False, True))
    assert flagged.rows["pay_doubt"][-1] == "annual again"
    assert (flagged.rows["pay_low_usd"][-1], mended.rows["pay_low_usd"][-1]) == (1e6, None)
    assert mended.rows["pay_annual_usd"][-1] == pytest.approx(1e6 / 12)


def test_slips_are_flagged_and_mended_only_when_asked(clean: Clean) -> None:
    usual = [{"pay_usd": str(20_000 + 300 * i), "pay_local": str(20_000 + 300 * i)} for i in range(40)]
    people = [*usual, {"pay_usd": "2100", "pay_local": "2100"}]
    flagged = clean(2024, *people)
    assert touched(flagged, "monthly pay typed as annual") == 1
    assert flagged.rows["pay_annual_usd"][-1] == 2_100.0
    assert flagged.rows["pay_doubt"].to_list() == [None] * 40 + ["monthly"]
    mended = clean(2024, *people, mend_slips=True)
    assert touched(mended, "monthly pay typed as annual") == 1
    assert mended.rows["pay_annual_usd"][-1] == 25_200.0
    assert mended.rows["pay_doubt"].null_count() == 41
    assert mended.rows["pay_annual_usd"][:-1].equals(flagged.rows["pay_annual_usd"][:-1])


# Files


def test_a_record_cut_short_is_rejected_by_name_and_shifts_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "results.csv", 2023, {}, {}, {})
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole[: whole.rindex("NAD")], encoding="utf-8")
    ledger = so.clean(so.read(path, 2023), 2023)
    assert ledger.steps[0].rule == "record cut short in the file"
    assert (ledger.steps[0].removed, len(ledger.rows)) == (1, 2)


@pytest.mark.parametrize("column", ["ConvertedCompYearly", "YearsCodePro", "ToolsTechHaveWorkedWith"])
def test_a_file_that_lacks_a_column_is_refused_with_those_that_it_has(tmp_path: Path, column: str) -> None:
    with pytest.raises(DataError) as refused:
        so.read(write(tmp_path / "results.csv", 2022, {}, without=column), 2022)
    assert f"column '{column}'" in str(refused.value)
    assert "SurveyEase" in str(refused.value)


@pytest.mark.parametrize("year", [2017, 2026])
def test_a_year_without_a_map_is_refused(tmp_path: Path, year: int) -> None:
    for refusal in (lambda: so.load(years=[2025, year]), lambda: so.read(tmp_path / "results.csv", year)):
        with pytest.raises(DataError, match=str(year)):
            refusal()


@pytest.mark.usefixtures("project")
def test_where_no_file_is_at_hand_and_no_year_named_nothing_is_downloaded() -> None:
    with pytest.raises(DataError, match=r"no file at hand[\s\S]*years=\[2025\][\s\S]*ODbL"):
        sl.load("stackoverflow")
    with pytest.raises(DataError, match="did you mean 'total'"):
        sl.load("stackoverflow", years=[2025], experience="totals")


@pytest.fixture
def two_years(project: Path, monkeypatch: pytest.MonkeyPatch) -> dict[int, int]:
    """Put invented files of two years where downloads go, as if the publisher had declared them."""
    folder = project / "data" / "raw" / "stackoverflow"
    folder.mkdir(parents=True)
    waves = dict(so.WAVES)
    for year, people in {2024: 3, 2025: 4}.items():
        path = write(folder / f"results_{year}.csv", year, *([{}] * people))
        waves[year] = replace(waves[year], sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    monkeypatch.setattr(so, "WAVES", waves)
    return {2024: 3, 2025: 4}


def test_years_at_hand_are_loaded_together_and_every_row_is_accounted_for(two_years: dict[int, int]) -> None:
    records = sl.load("stackoverflow")
    assert dict(records.table.group_by("year").len().iter_rows()) == two_years
    assert records.raw_rows == sum(two_years.values())
    assert records.never_asked(["gender", "work_mode", "pay_hourly_usd"]) == ("gender", "pay_hourly_usd")
    *by_year, roleless = records.audit["rule"].to_list()
    assert {rule[:6] for rule in by_year} == {"2024: ", "2025: "}
    assert roleless.startswith("title finds no role")
    assert records.provenance.headline.endswith("(2024, 2025)")
    # both kinds of experience stand side by side, each row saying which
    concepts = records.table.group_by("year").agg(pl.col("experience_concept").unique().first()).sort("year")
    assert concepts["experience_concept"].to_list() == ["professional", "total"]
    assert sl.load("stackoverflow", experience="total").table["experience_concept"].unique().to_list() == ["total"]


@pytest.mark.usefixtures("two_years")
def test_one_kind_of_experience_may_be_wanted_that_a_year_did_not_ask() -> None:
    records = sl.load("stackoverflow", years=[2025], experience="professional")
    assert records.never_asked(["experience_years"]) == ("experience_years",)
    assert records.table["experience_years"].null_count() == 4


# The publisher's own files

# Counts of the first rows of 2023 and 2025, by other hands (research notes on the data, § 2.8)
NULLS = {
    2023: {"industry": 316, "track": 280, "currency": 124},
    2025: {"industry": 109, "track": 205, "work_mode": 196, "experience_years": 12},
}
# answers with pay, and how many of them are under 5,000 and over 200,000 USD a year
PAY = {2023: (323, 27, 14), 2025: (729, 29, 83)}


def fixture(mirror: Path, year: int) -> pl.DataFrame:
    return so.read(mirror / f"stackoverflow_{year}" / "survey_results_public.csv", year)


@pytest.mark.real
@pytest.mark.parametrize(("year", "whole", "cut"), [(2023, 595, 1), (2025, 1000, 0)])
def test_first_rows_are_read_whole_and_every_answer_is_mapped(mirror: Path, year: int, whole: int, cut: int) -> None:
    raw = fixture(mirror, year)
    ledger = so.clean(raw, year)
    assert (len(ledger.rows), sum(step.removed for step in ledger.steps)) == (whole, cut)
    assert len(raw) == whole + cut
    pay = ledger.rows["pay_annual_usd"]
    assert (pay.count(), (pay < 5_000).sum(), (pay > 200_000).sum()) == PAY[year]
    assert {name: ledger.rows[name].null_count() for name in NULLS[year]} == NULLS[year]


@pytest.mark.real
def test_first_rows_hold_what_was_counted_in_them(mirror: Path) -> None:
    of_2023, of_2025 = so.clean(fixture(mirror, 2023), 2023), so.clean(fixture(mirror, 2025), 2025)
    assert touched(of_2023, "several forms of employment") == 76
    assert so.clean(fixture(mirror, 2023), 2023, experience="total").rows["experience_years"].null_count() == 278
    # 758 state pay, 26 of them 0; 29 have no conversion
    assert touched(of_2025, "pay of 0 or less") == 26
    assert touched(of_2025, "not converted by the publisher") == 29 - 26
    assert of_2025.rows["period"].count() == 758
    assert of_2025.rows.filter(pl.col("currency") == "USD", pl.col("country") != "US").height == 45
    assert of_2025.rows["currency"].null_count() == 0
    tabs = (
        fixture(mirror, 2025)["Currency"].str.contains("\t").sum(),
        fixture(mirror, 2023)["Currency"].str.contains("\t").sum(),
    )
    assert tabs == (192, 270)


@pytest.mark.real
@pytest.mark.parametrize("year", [2022, 2025])
def test_every_question_of_the_map_stands_in_the_schema_of_its_year(mirror: Path, year: int) -> None:
    questions = pl.read_csv(
        mirror / f"stackoverflow_{year}" / "survey_results_schema.csv",
        infer_schema=False,
        columns=["qname", "question"],
    )
    wave = so.WAVES[year]
    mapped = {name.removesuffix("HaveWorkedWith") for name in (*wave.questions.values(), *wave.skills)}
    assert mapped - set(questions["qname"]) == {"ConvertedCompYearly"}  # the publisher's own reckoning
    (pay,) = questions.filter(pl.col("qname") == "CompTotal")["question"]
    assert "salary, bonuses, and perks, before taxes and deductions" in pay
    assert ("CompFreq" in questions["qname"].to_list()) == ("period" in wave.questions)
    (place,) = questions.filter(pl.col("qname") == "Country")["question"]
    assert place.startswith("Where do you live?")


@pytest.mark.real
def test_hashes_and_addresses_are_the_official_ones(mirror: Path) -> None:
    official = pl.read_csv(mirror / "STACKOVERFLOW_OFFICIAL.csv").filter(pl.col("year").is_in(list(so.WAVES)))
    declared = {year: (so._file(year).sha256, so._file(year).url) for year in so.WAVES}
    assert {
        year: (sha256, url) for year, sha256, url in official.select("year", "sha256", "url").iter_rows()
    } == declared
