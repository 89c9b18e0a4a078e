from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import salarylab as sl
from salarylab.errors import DataError
from salarylab.records import Records
from salarylab.records.audit import Ledger
from salarylab.records.roles import classify
from salarylab.records.roles.role_list import ROLE_LIST
from salarylab.sources import datajobs


def posting(**told: Any) -> dict[str, Any]:
    """One invented row: a full-time tide analyst in Springfield, paid by the year."""
    fields: dict[str, Any] = {
        "job_title_short": "Senior Data Analyst",
        "job_title": "Lead Tide Analyst",
        "job_location": "Springfield, IL",
        "job_via": "via a board",
        "job_schedule_type": "Full-time",
        "job_work_from_home": False,
        "job_posted_date": datetime(2023, 4, 1, 12),
        "job_country": "United States",
        "salary_rate": "year",
        "salary_year_avg": 90_000.0,
        "salary_hour_avg": None,
        "company_name": "Tides & Co",
        "job_skills": "['python', 'sql']",
    }
    return fields | told


def hourly(**told: Any) -> dict[str, Any]:
    return posting(salary_rate="hour", salary_year_avg=None, salary_hour_avg=61.25) | told


def cleaned(*rows: dict[str, Any], **options: bool) -> Ledger:
    raw = pl.DataFrame(rows, schema=dict(datajobs.TYPES)).with_row_index("row", offset=1)
    return datajobs.clean(raw, **options)


def counts(ledger: Ledger) -> dict[str, int]:
    return {step.rule: step.touched for step in ledger.steps}


def test_a_posting_becomes_a_record() -> None:
    record = cleaned(posting()).rows.row(0, named=True)
    expected = {
        "record_id": "data_jobs_salary_all.xlsx:1",
        "year": 2023,
        "observation": "posting",
        "pay_annual_usd": 90_000.0,
        "pay_arithmetic_midpoint_usd": 90_000.0,
        "pay_hourly_usd": None,
        "pay_concept": "advertised midpoint",
        "period": "year",
        "title": "Lead Tide Analyst",
        "seniority": "lead",  # by the full title, where it says one
        "skills": ["python", "sql"],
        "employment": "full-time",
        "country": "US",
        "region": "IL",
        "work_mode": "not remote",
        "employer": "Tides & Co",
        "also_in": None,
    }
    assert {name: record[name] for name in expected} == expected


def test_hourly_pay_is_annual_only_where_the_posting_is_plainly_full_time() -> None:
    schedules = ["Full-time", "Full-time and Part-time", "Contractor", None]
    ledger = cleaned(*(hourly(job_schedule_type=schedule) for schedule in schedules), keep_repeats=True)
    # forty hours in each of 52 weeks
    assert ledger.rows["pay_annual_usd"].to_list() == [61.25 * 40 * 52, None, None, None]
    assert ledger.rows["pay_arithmetic_midpoint_usd"].to_list() == [61.25 * 40 * 52, None, None, None]
    assert ledger.rows["pay_hourly_usd"].to_list() == [61.25] * 4
    assert ledger.rows["period"].to_list() == ["hour"] * 4
    assert counts(ledger)["hourly pay of a full-time posting, times 2,080 hours a year"] == 1
    assert counts(ledger)["hourly pay of a posting that is not plainly full-time: no annual pay"] == 3


def test_sudan_is_mended_only_where_the_place_names_the_us() -> None:
    places = ["Springfield, IL", "United States", "Anywhere", "London, UK", None]
    rows = [posting(job_country="Sudan", job_location=place) for place in places]
    ledger = cleaned(*rows, posting(job_country="Namibia"), keep_repeats=True)
    assert ledger.rows["country"].to_list() == ["US", "US", None, None, None, "NA"]
    assert ledger.rows["region"].to_list() == ["IL", None, None, None, None, None]
    told = counts(ledger)
    assert told["country Sudan, place a US city and state: US"] == 1
    assert told["country Sudan, place the United States: US"] == 1
    assert told["country Sudan, other place: unknown"] == 3


def test_several_schedules_are_no_form_of_employment() -> None:
    schedules = ["Contractor", "Ebb work and Tide work", "Ebb work, Tide work, and Contractor", "Temp work", None]
    ledger = cleaned(*(posting(job_schedule_type=schedule) for schedule in schedules), keep_repeats=True)
    assert ledger.rows["employment"].to_list() == ["contract", None, None, "temporary", None]
    assert counts(ledger)["several forms of employment at once: none taken"] == 2
    with pytest.raises(DataError, match="'Whenever' in 1 rows"):
        cleaned(posting(job_schedule_type="Whenever"))


def test_remote_is_what_the_posting_says() -> None:
    told = [(True, "Anywhere"), (False, "Springfield, IL"), (False, None), (True, "Springfield, IL"), (True, None)]
    ledger = cleaned(*(posting(job_work_from_home=home, job_location=place) for home, place in told), keep_repeats=True)
    assert ledger.rows["work_mode"].to_list() == ["remote", "not remote", None, None, None]
    assert counts(ledger)["work from home is said, or not, against the place: place of work unknown"] == 2
    assert counts(ledger)["place not told: no work mode"] == 2


@pytest.mark.parametrize(
    ("title", "short", "seniority"),
    [
        ("Tide Engineer", "Data Engineer", None),
        ("Senior Tide Engineer", "Data Engineer", "senior"),
        ("Tide Engineer", "Senior Data Engineer", "senior"),
        ("Principal Tide Engineer", "Senior Data Engineer", "staff"),
        ("Tide Intern", "Senior Data Engineer", "intern"),
    ],
)
def test_seniority_is_the_titles_then_the_publishers(title: str, short: str, seniority: str | None) -> None:
    rows = cleaned(posting(job_title_short=short, job_title=title)).rows
    assert rows["seniority"].to_list() == [seniority]


def test_a_title_that_names_an_intern_is_an_internship() -> None:
    schedules = ["Full-time", "Internship", None]
    ledger = cleaned(
        *(posting(job_title="Tide Intern", job_schedule_type=told) for told in schedules), keep_repeats=True
    )
    assert ledger.rows["employment"].to_list() == ["internship"] * 3
    assert counts(ledger)["title names an intern: an internship"] == 2


def test_roles_are_those_of_the_full_title_then_the_publishers() -> None:
    titles = ["Tide Database Administrator", "Keeper of Tides", "Tide Data Analyst"]
    ledger = datajobs.find_roles(cleaned(*(posting(job_title=title) for title in titles)))
    assert ledger.rows["role"].to_list() == ["database administrator", "data analyst", "data analyst"]
    families = {role.name: role.family for role in ROLE_LIST}
    assert ledger.rows["role_family"].to_list() == [families[role] for role in ledger.rows["role"]]
    assert ledger.rows["skill_areas"].list.contains("data engineering & analytics").to_list() == [True] * 3
    told = counts(ledger)
    assert told["role by the publisher's short title: the crosswalk finds none in the full one"] == 1
    assert told["role by the full title: the publisher's short one names another"] == 1


def test_a_short_title_that_no_map_knows_is_refused() -> None:
    with pytest.raises(DataError, match="'Keeper of Tides' in 1 rows"):
        cleaned(posting(job_title_short="Senior Keeper of Tides"))
    assert set(datajobs.ROLE.values()) <= {role.name for role in ROLE_LIST}


def test_repeats_leave_unless_kept_and_are_counted_either_way() -> None:
    rows = [posting(), posting(job_via="via another"), posting(salary_year_avg=91_234.5), posting(job_title="Tide")]
    dropped, kept = cleaned(*rows), cleaned(*rows, keep_repeats=True)
    assert (len(dropped.rows), len(kept.rows)) == (3, 4)
    assert counts(dropped)[datajobs.REPEAT] == counts(kept)[f"{datajobs.REPEAT} (kept)"] == 1
    assert kept.rows["cluster"].n_unique() == 2  # what differs in pay alone is no independent posting


def test_what_came_by_way_of_aijobs_says_so_and_leaves_when_asked() -> None:
    rows = [posting(), posting(job_via="via Ai-Jobs.net", job_title="Tide"), posting(job_via=None, job_title="Ebb")]
    ledger = cleaned(*rows)
    assert ledger.rows["also_in"].to_list() == [None, "aijobs", None]
    assert counts(ledger)["may also stand in aijobs; never pool the two"] == 1
    without = cleaned(*rows, keep_overlap=False)
    assert without.rows["also_in"].to_list() == [None, None]
    assert without.steps[-2].removed == 1


def test_skills_are_parsed_never_run(tmp_path: Path) -> None:
    trap = tmp_path / "ran"
    for text in (f"__import__('pathlib').Path({str(trap)!r}).touch()", "['python'", "{'python': 1}", "[1, 2]"):
        with pytest.raises(DataError, match="1 different texts that are no list of words"):
            cleaned(posting(job_skills=text))
    assert not trap.exists()
    assert cleaned(posting(job_skills=None), posting(job_skills="[]", job_title="Ebb")).rows["skills"].to_list() == [
        None,
        [],
    ]


def test_a_workbook_without_its_columns_or_types_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = pl.DataFrame([posting()], schema=dict(datajobs.TYPES)).with_columns(search_location=pl.lit("Namibia"))

    def holding(other: pl.DataFrame) -> pl.DataFrame:
        monkeypatch.setattr(datajobs, "read_sheet", lambda *_, **__: other)
        return datajobs.read(Path("any.xlsx"))

    assert holding(sheet).columns == ["row", *datajobs.TYPES]
    with pytest.raises(DataError) as caught:
        holding(sheet.rename({"job_via": "job_vai"}).drop("company_name"))
    assert len(caught.value.faults) == 2
    assert "did you mean 'job_vai'?" in str(caught.value)
    with pytest.raises(DataError, match=r"'salary_year_avg'\n\s+found: +type String"):
        holding(sheet.with_columns(salary_year_avg=pl.lit("lots")))


def test_nothing_is_downloaded_and_the_licence_is_told(project: Path) -> None:
    with pytest.raises(DataError) as caught:
        sl.load("datajobs")
    for told in (datajobs.FILE.sha256, datajobs.SOURCE.licence, "data/raw/datajobs"):
        assert told in str(caught.value)
    assert not (project / "data" / "processed").exists()


# The publisher's file


def may_be_the_same(postings: pl.DataFrame, others: pl.DataFrame) -> pl.Series:
    """Return whether another source holds a posting of that title (case apart), country, year and pay."""
    year, pay = pl.col("year").cast(pl.Int64), pl.col("pay_arithmetic_midpoint_usd").round().cast(pl.Int64)
    here, there = (
        table.select(pl.col("title").str.to_lowercase(), "country", year, pay) for table in (postings, others)
    )
    found = here.join(there.unique().with_columns(found=True), on=here.columns, how="left", maintain_order="left")
    return found["found"].is_not_null()


@pytest.fixture
def records(mirror: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> Records:
    monkeypatch.setenv("SALARYLAB_MIRROR", str(mirror))
    return sl.load("datajobs", keep_repeats=True)


@pytest.mark.real
def test_counts_of_the_real_file(records: Records) -> None:
    # research notes on data, § 2.4: counted from the same file by other hands
    touched = {step.rule: step.touched for step in records.steps}
    table = records.table
    assert records.raw_rows == len(table) == 32_672
    assert table["period"].value_counts(sort=True).rows() == [("year", 22_036), ("hour", 10_636)]
    assert touched["country Sudan, place a US city and state: US"] == 1_513
    assert sum(n for rule, n in touched.items() if rule.startswith("country Sudan")) == 2_680
    assert "SD" not in table["country"]
    modes = table["work_mode"].drop_nulls().value_counts(sort=True).rows()
    assert modes == [("not remote", 32_672 - 5_960 - 355), ("remote", 5_960)]
    assert touched["work from home is said, or not, against the place: place of work unknown"] == 0
    assert touched[f"{datajobs.REPEAT} (kept)"] == 1_604
    assert touched["may also stand in aijobs; never pool the two"] == table["also_in"].count() == 4_975
    assert table["skills"].null_count() == 3_187
    assert table["role"].null_count() == table["role_family"].null_count() == 0
    assert set(table["role"]) <= {role.name for role in ROLE_LIST}
    assert set(table.filter(seniority="intern")["employment"]) == {"internship"}
    assert {s.name for s in table if s.null_count() < len(s)} == records.asked - {"pay_doubt"}


@pytest.mark.real
def test_short_titles_and_schedules_of_the_real_file(mirror: Path) -> None:
    # § 2.4 again; the short titles are a classifier's, and stand against the words of the titles
    raw = datajobs.read(mirror / "datajobs_2023" / datajobs.FILE.name)
    short = raw["job_title_short"]
    for title, count in (("Data Analyst", 9_606), ("Data Scientist", 8_495), ("Data Engineer", 6_783)):
        assert (short == title).sum() == count
    assert short.n_unique() == 10
    assert set(short.str.strip_prefix(datajobs.SENIOR)) == set(datajobs.ROLE)
    assert raw["job_schedule_type"].eq("Contractor").sum() == 4_284
    named = raw.join(classify(raw["job_title"]), left_on="job_title", right_on="title")
    theirs = pl.col("job_title_short").str.strip_prefix(datajobs.SENIOR).replace_strict(datajobs.ROLE)
    assert named.select((theirs != pl.col("role")).mean()).item() == pytest.approx(0.15, abs=0.01)


@pytest.mark.real
def test_repeats_and_overlap_leave_as_counted_steps(
    mirror: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALARYLAB_MIRROR", str(mirror))
    distinct = sl.load("datajobs")
    assert len(distinct.table) == 32_672 - 1_604
    without = sl.load("datajobs", keep_overlap=False, keep_repeats=True)
    assert len(without.table) == 32_672 - 4_975
    assert sl.draw(without, []).attrition["rows_lost"].sum() == 4_975


@pytest.mark.real
def test_few_postings_that_came_by_aijobs_are_found_there_by_their_content(records: Records) -> None:
    # the publisher of ai-jobs tidies titles and places: content finds others, so neither rule stands for the other
    found = may_be_the_same(records.table, sl.load("aijobs").table)
    came_by = records.table["also_in"].is_not_null()
    assert 0 < int((found & came_by).sum()) < 0.1 * int(came_by.sum())
    assert int((found & ~came_by).sum()) > 1_000


@pytest.mark.real
def test_the_declared_file_is_the_catalogued_one(mirror: Path) -> None:
    listed = pl.read_csv(mirror / "CATALOG.csv").filter(pl.col("path") == datajobs.FILE.mirror)
    assert listed.select("sha256", "url").row(0) == (datajobs.FILE.sha256, datajobs.FILE.url)
