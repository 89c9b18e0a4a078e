from __future__ import annotations

import csv
import io
import math
from pathlib import Path

import polars as pl
import pytest

import salarylab as sl
from salarylab import schema
from salarylab.errors import DataError
from salarylab.records.audit import Ledger
from salarylab.records.roles import assign
from salarylab.records.waves import join
from salarylab.sources import dou

INVENTED: dict[int, dict[str, str]] = {
    2019: {
        "told": "2019/12/31 1:02:03 PM GMT+9",
        "post": "Senior Software Engineer",
        "language": "Go",
        "second_language": "Не використовую",
        "frameworks": "Qt;Play",
        "areas": "Gamedev;Інше;Мультимедіа",
        "place": "Суми",
        "org_kind": "Стартап",
        "org_size": "до 50",
        "experience": "10 і більше років",
        "tenure": "Півроку",
        "pay": "2222",
        "gender": "Жінка",
        "age": "33",
        "education": "Кандидат",
    },
    2024: {
        "told": "2024-12-31 01:02:03",
        "employment": "Я фрилансер(-ка)",
        "pay": "1111",
        "rank": "Lead/Team Lead",
        "post": "Tide Analyst",
        "language": "C# / .NET",
        "org_kind": "Державне підприємство / установа",
        "experience": "15",
        "lives": "В Україні",
        "place": "Луцьк чи Волинська область",
        "gender": "Чоловік",
    },
    2025: {
        "told": "2025-06-30 01:02:03",
        "employment": "Я контрактор(-ка) в IT (прямий контракт з іноземним замовником)",
        "pay": "3000",
        "bonus": "83.5",
        "rank": "Немає тайтлу",
        "post": "Tide Analyst",
        "domain": f"Legal, {dou.SEVERAL}, Lighthouses, AI / ML",
        "any_language": "Ні, не використовую",
        "org_kind": "Продуктова",
        "org_size": dou.NO_TEAM,
        "experience": "18",
        "lives": "За кордоном, але планую повернутися",
        "field_of_study": "Lighthouse keeping",
        "age": "44",
    },
}


def raw(year: int, *people: dict[str, str], header: list[str] | None = None) -> bytes:
    """A wave's file of invented people, each told by what differs from the invented one."""
    wave = dou.WAVES[year]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    # as in the files, a header goes on after its beginning, some with a line feed
    writer.writerow(header or [f"{start} \n{place}" for place, (_, start) in enumerate(wave.questions)])
    for told in people:
        answers = INVENTED[year] | told
        writer.writerow([answers.get(name, "") for name, _ in wave.questions])
    return text.getvalue().encode(wave.dialect.encoding)


def cleaned(year: int, *people: dict[str, str], gender: bool = False) -> Ledger:
    return dou.clean(join([dou.read(raw(year, *people), dou.WAVES[year])], dou.WAVES), gender=gender)


def touched(ledger: Ledger) -> dict[str, int]:
    return {step.rule: step.touched for step in ledger.steps if step.touched}


def values(ledger: Ledger, expected: dict[str, object]) -> dict[str, object]:
    row = ledger.rows.row(0, named=True)
    return {name: row[name] for name in expected}


def test_a_row_of_2019() -> None:
    expected = {
        "record_id": "2019_dec_raw.csv:1",
        "year": 2019,
        "pay_annual_usd": 12 * 2222.0,
        "base_usd": 12 * 2222.0,
        "pay_concept": "base",
        "gross_net": "net",
        "currency": "USD",
        "period": "month",
        "title": "Senior Software Engineer",
        "seniority": "senior",
        "track": "individual contributor",
        "skills": ["Go", "Qt", "Play"],
        "domains": ["Gamedev", "another domain", "multimedia"],
        "org_kind": "start-up",
        "org_size": "10 to 49",
        "region": "Sumy",
        "country": "UA",
        "work_mode": "not remote",
        "experience_low": 10.0,
        "experience_high": math.inf,
        "experience_years": 10.0,
        "tenure_years": 0.5,
        "age": 33.0,
        "education": "doctorate",
        "gender": None,
    }
    assert values(cleaned(2019, {}), expected) == expected
    assert cleaned(2019, {}, gender=True).rows["gender"].to_list() == ["female"]


def test_a_row_of_2024() -> None:
    expected = {
        "employment": "freelance",
        "pay_annual_usd": 12 * 1111.0,
        "title": "Tide Analyst",
        "seniority": "lead",
        "track": "manager",
        "skills": ["C#/.NET"],
        "org_kind": "public sector",
        "region": "Lutsk",
        "country": "UA",
        "residence_country": "UA",
        "experience_low": 15.0,
        "experience_high": math.inf,
        "domains": None,
        "bonus_usd": None,
    }
    assert values(cleaned(2024, {}), expected) == expected


def test_a_row_of_2025_in_windows_1251() -> None:
    expected = {
        "employment": "contract",
        "pay_annual_usd": 36_000.0,
        "bonus_usd": 1_002.0,
        "seniority": None,
        "track": None,
        "skills": [],
        "domains": ["Legal", "several projects, none of them main", "another domain", "AI / ML"],
        "org_size": None,
        "country": None,
        "experience_low": 15.0,
        "experience_high": 20.0,
        "experience_years": 17.5,
        "field_of_study": "another field",
        "age": 44.0,
    }
    ledger = cleaned(2025, {})
    assert values(ledger, expected) == expected
    assert touched(ledger) == {
        "title or post that says no level of seniority": 1,
        "employer abroad without a team in Ukraine: no size": 1,
        "a domain typed by hand, taken as another one": 1,
        "a field of study outside the declared list, taken as another one": 1,
    }


@pytest.mark.parametrize(
    ("text", "low", "high", "years"),
    [
        ("Менше 3 місяців", 0.0, 0.25, 0.125),
        ("3 місяці", None, None, 0.25),
        ("Півроку", None, None, 0.5),
        ("1 рік", None, None, 1.0),
        ("2 роки", None, None, 2.0),
        ("9 років", None, None, 9.0),
    ],
)
def test_years_in_words(text: str, low: float | None, high: float | None, years: float) -> None:
    row = cleaned(2019, {"experience": text}).rows.row(0, named=True)
    assert (row["experience_low"], row["experience_high"], row["experience_years"]) == (low, high, years)


def test_a_code_stands_for_a_band_only_in_its_own_wave() -> None:
    answers = [{"experience": text} for text in ("0.1", "15", "18", "20")]
    of_2024, of_2025 = cleaned(2024, *answers).rows, cleaned(2025, *answers).rows
    assert of_2024["experience_high"].to_list() == [0.25, math.inf, None, None]
    assert of_2025["experience_high"].to_list() == [0.25, None, 20.0, math.inf]
    assert of_2025["experience_years"].to_list() == [0.125, 15.0, 17.5, 20.0]


def test_remote_is_a_way_to_work_and_not_a_place() -> None:
    ledger = cleaned(2019, {"place": "Віддалено"}, {"place": "Інше"}, {"place": "Atlantis"}, {"place": ""})
    assert ledger.rows["work_mode"].to_list() == ["remote", "not remote", "not remote", None]
    assert cleaned(2024, {}).rows["work_mode"].to_list() == [None]
    another = "another town"
    assert ledger.rows["region"].to_list() == ["no town named: works remotely", another, another, None]
    assert ledger.rows["country"].to_list() == [None] * 4
    assert touched(ledger)["place outside the declared list, taken as another town"] == 1


def test_posts_that_say_no_level_have_none() -> None:
    posts = ["Software Engineer", "Junior QA", "Technical Lead", "HR", "Project Manager"]
    ledger = cleaned(2019, *({"post": post, "experience": f"{i} роки"} for i, post in enumerate(posts, start=2)))
    assert ledger.rows["seniority"].to_list() == ["mid", "junior", "lead", None, None]
    assert ledger.rows["track"].to_list() == ["individual contributor"] * 2 + [None] * 3
    assert cleaned(2024, {"rank": "Немає тайтлу", "post": "Software Engineer"}).rows["seniority"].to_list() == [None]


def test_a_narrower_post_is_the_title() -> None:
    told = [{"qa_kind": "Manual QA"}, {"design_post": "Animator"}, {"hr_post": "Recruiter"}]
    assert cleaned(2019, *told).rows["title"].to_list() == ["Manual QA", "Animator", "Recruiter"]


def test_higher_education_is_bachelor_or_master() -> None:
    degrees = ["Вища", "Дві вищих", "Середня", "Технікум / Коледж", "Незакінчена вища", "Ще студент"]
    ledger = cleaned(2019, *({"education": degree} for degree in degrees))
    assert ledger.rows["education"].to_list() == [
        "bachelor or master",
        "bachelor or master",
        "secondary",
        "associate",
        "some college",
        "some college",
    ]


def test_fields_of_study() -> None:
    told = [{"field_of_study": field} for field in ("Медицина", dou.NEVER_STUDIED, "", "Other")]
    ledger = cleaned(2025, *told)
    assert ledger.rows["field_of_study"].to_list() == ["medicine", None, None, "another field"]
    assert touched(ledger)["never studied at a university: no field"] == 1
    assert touched(ledger)["a field of study outside the declared list, taken as another one"] == 1


def test_pay_of_those_who_do_not_work_is_pay_of_the_past() -> None:
    lost = {"employment": "Втратив(-ла) роботу і шукаю нову"}
    army = {"employment": "Працював(-ла) в IT, нині на військовій службі"}
    ledger = cleaned(2024, lost, {}, army, {"employment": "an answer of somebody's own"})
    assert ledger.rows["employment"].to_list() == ["freelance", None]
    assert ledger.steps[-1].removed == 2
    assert touched(ledger)["employment: answers outside the list, left out"] == 1


def test_odd_pay_and_likeness_are_counted_and_stay() -> None:
    ledger = cleaned(2024, {}, {"told": "2024-12-31 09:00:00"}, {"pay": "0"}, {"pay": "15001"}, {"pay": ""})
    assert len(ledger.rows) == 5
    assert touched(ledger) == {
        "pay not stated": 1,
        "pay of zero": 1,
        "pay over 15,000 USD a month": 1,
        "every answer as in an earlier record (hours to weeks apart, so taken for two people)": 1,
    }


def test_pay_that_looks_like_a_slip_is_doubted_and_stays() -> None:
    usual = [{"pay": str(1_500 + 10 * i), "rank": "Middle"} for i in range(40)]
    # the year's pay typed as a month's
    ledger = dou.doubt_pay(assign(cleaned(2024, *usual, {"pay": "20000", "rank": "Middle"}), skills="skills"))
    assert ledger.rows["pay_doubt"].to_list() == [None] * 40 + ["annual again"]
    assert ledger.rows["pay_annual_usd"][-1] == 240_000.0
    few = dou.doubt_pay(assign(cleaned(2024, *usual, {"pay": "20000", "rank": "Junior"}), skills="skills"))
    assert few.rows["pay_doubt"].null_count() == 41


def test_an_empty_record_is_removed_by_name() -> None:
    empty = dict.fromkeys(INVENTED[2019], "")
    ledger = cleaned(2019, empty, {})
    assert ledger.steps[0].rule == "an empty record"
    assert ledger.steps[0].removed == 1
    assert ledger.rows["record_id"].to_list() == ["2019_dec_raw.csv:2"]


def test_a_header_that_is_not_mapped_is_refused_whole() -> None:
    header = [start for _, start in dou.WAVES[2024].questions]
    header[1], header[4] = "What do you do?", "Kind"
    with pytest.raises(DataError) as caught:
        dou.read(raw(2024, {}, header=header), dou.WAVES[2024])
    assert [fault.found for fault in caught.value.faults] == ["'What do you do?'", "'Kind'"]
    with pytest.raises(DataError, match="14 columns"):
        dou.read(raw(2024, {}), dou.WAVES[2025])


def test_answers_that_no_map_knows_are_refused() -> None:
    with pytest.raises(DataError, match="'Банк' in 1 rows"):
        cleaned(2024, {"org_kind": "Банк"})
    with pytest.raises(DataError, match="'lots'"):
        cleaned(2024, {"pay": "lots"})


def test_a_year_without_a_wave_is_refused(project: Path) -> None:
    with pytest.raises(DataError, match="2020"):
        sl.load("dou", years=[2020, 2024])


def test_the_licence_asks_for_a_link() -> None:
    assert dou.SOURCE.home.startswith("https://dou.ua")
    assert "https://dou.ua" in dou.SOURCE.licence
    assert "https://dou.ua" in dou.SOURCE.citation


def test_every_column_of_a_break_is_one_that_was_asked() -> None:
    assert {name for brk in dou.SOURCE.breaks for name in brk.columns} <= dou.SOURCE.asked


# The publisher's files: counts by other hands, research notes on data, § 2.5


def counts(year: int, mirror: Path) -> tuple[pl.DataFrame, dict[str, int]]:
    """Return the records and the touched rows of one wave, those who don't work among them."""
    wave = dou.WAVES[year]
    answers = dou.read(mirror / str(wave.file.mirror), wave)
    if "employment" in answers.columns:
        answers = answers.with_columns(pl.lit("Я фрилансер(-ка)").alias("employment"))
    everybody = dou.clean(join([answers], dou.WAVES))
    return everybody.rows, {step.rule.split(" (")[0]: step.touched for step in everybody.steps}


@pytest.mark.real
@pytest.mark.parametrize(("year", "rows", "removed"), [(2019, 10_187, 1), (2024, 14_148, 688), (2025, 11_686, 607)])
def test_rows_of_a_wave(year: int, rows: int, removed: int, project: Path, mirror: Path) -> None:
    records = sl.load("dou", years=[year], gender=True)
    assert records.raw_rows == rows
    # 2024: 471 lost a job, 77 on a break, 71 in the army, 69 on leave or bench; 2025: 494, 50, 63
    assert rows - len(records.table) == removed
    filled = {s.name for s in records.table if s.null_count() < len(s)}
    assert filled == records.asked
    listed = pl.read_csv(mirror / "CATALOG.csv").filter(pl.col("path") == dou.WAVES[year].file.mirror)
    assert listed.select("sha256", "url", "rows").row(0) == (
        dou.WAVES[year].file.sha256,
        dou.WAVES[year].file.url,
        rows,
    )


@pytest.mark.real
def test_all_waves_at_once(project: Path, mirror: Path) -> None:
    records = sl.load("dou")
    assert records.raw_rows == 10_187 + 14_148 + 11_686
    assert records.table["record_id"].n_unique() == len(records.table)
    assert records.table["pay_doubt"].count() < len(records.table) // 100
    assert "gender" not in records.asked
    assert records.table["gender"].null_count() == len(records.table)
    assert schema.conform(records.table).equals(records.table)


@pytest.mark.real
def test_counts_of_2019(mirror: Path) -> None:
    rows, touched_by = counts(2019, mirror)
    assert rows.filter(pl.col("work_mode") == "remote").height == 427
    assert touched_by["pay of zero"] == touched_by["pay over 15,000 USD a month"] == 0
    assert ((rows["pay"] < 200).sum(), (rows["pay"] > 8_000).sum(), (rows["pay"] > 12_000).sum()) == (16, 25, 0)
    assert rows["experience_years"].null_count() == 0
    assert rows.filter(pl.col("education") == "bachelor or master").height == 7_451 + 700
    assert rows.filter(pl.col("work_mode") == "not remote").height == rows["place"].count() - 427


@pytest.mark.real
def test_counts_of_2024(mirror: Path) -> None:
    rows, touched_by = counts(2024, mirror)
    assert touched_by["pay of zero"] == 23
    assert touched_by["pay over 15,000 USD a month"] == 32
    assert rows.filter(pl.col("experience_low") == 15)["experience_high"].is_infinite().sum() == 640


@pytest.mark.real
def test_counts_of_2025(mirror: Path) -> None:
    rows, touched_by = counts(2025, mirror)
    assert (touched_by["pay of zero"], touched_by["pay not stated"]) == (13, 1)
    assert touched_by["pay over 15,000 USD a month"] == 23
    assert touched_by["employer abroad without a team in Ukraine: no size"] == 366
    assert rows["org_kind"].null_count() == 100
    assert rows.filter(pl.col("bonus_usd") > 0).height == 2_369
    assert touched_by["a field of study outside the declared list, taken as another one"] == 279
    assert rows["domains"].list.contains("AI / ML").sum() == 727
    assert rows["country"].value_counts().sort("country").rows() == [(None, 492), ("UA", 11_194)]
    assert rows.filter(pl.col("experience_high") == 20).height == 326
    assert rows.filter(pl.col("experience_low") == 20).height == 126


@pytest.mark.real
@pytest.mark.parametrize(("year", "alike"), [(2024, 85), (2025, 8)])
def test_answers_alike_but_for_the_time(year: int, alike: int, project: Path, mirror: Path) -> None:
    audit = sl.load("dou", years=[year]).audit.filter(pl.col("rule").str.starts_with("every answer"))
    assert audit["touched"].to_list() == [alike]
