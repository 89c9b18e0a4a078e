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
from salarylab.records.postings import overlap
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
    return posting(salary_rate="hour", salary_year_avg=None, salary_hour_avg=50.0) | told


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
        "role": "data analyst",
        "seniority": "senior",
        "skills": ["python", "sql"],
        "employment": "full-time",
        "country": "US",
        "region": "IL",
        "work_mode": None,  # nothing is said of where the work is done
        "employer": "Tides & Co",
        "also_in": None,
    }
    assert {name: record[name] for name in expected} == expected


def test_hourly_pay_is_annual_only_where_the_posting_is_plainly_full_time() -> None:
    schedules = ["Full-time", "Full-time and Part-time", "Contractor", None]
    ledger = cleaned(*(hourly(job_schedule_type=schedule) for schedule in schedules), keep_repeats=True)
    assert ledger.rows["pay_annual_usd"].to_list() == [104_000.0, None, None, None]
    assert ledger.rows["pay_arithmetic_midpoint_usd"].to_list() == [104_000.0, None, None, None]
    assert ledger.rows["pay_hourly_usd"].to_list() == [50.0] * 4
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
    schedules = ["Contractor", "Part-time and Full-time", "Full-time, Part-time, and Internship", "Temp work", None]
    ledger = cleaned(*(posting(job_schedule_type=schedule) for schedule in schedules), keep_repeats=True)
    assert ledger.rows["employment"].to_list() == ["contract", None, None, "temporary", None]
    assert counts(ledger)["several forms of employment at once: none taken"] == 2
    with pytest.raises(DataError, match="'Whenever' in 1 rows"):
        cleaned(posting(job_schedule_type="Whenever"))


def test_remote_is_what_the_posting_says() -> None:
    ledger = cleaned(posting(job_work_from_home=True, job_location="Anywhere"), posting(job_work_from_home=True))
    assert ledger.rows["work_mode"].to_list() == ["remote", "remote"]
    assert counts(ledger)["work from home is said, or not, against the place"] == 1


def test_seniority_is_null_where_the_title_does_not_say_it() -> None:
    rows = cleaned(posting(job_title_short="Data Engineer", job_title="Senior Tide Engineer")).rows
    assert rows.select("role", "seniority").row(0) == ("data engineer", None)


def test_repeats_leave_unless_kept_and_are_counted_either_way() -> None:
    rows = [posting(), posting(job_via="via another"), posting(salary_year_avg=91_000.0), posting(job_title="Tide")]
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
    assert table["work_mode"].count() == 5_960
    assert touched["work from home is said, or not, against the place"] == 0
    assert touched[f"{datajobs.REPEAT} (kept)"] == 1_604
    assert touched["may also stand in aijobs; never pool the two"] == table["also_in"].count() == 4_975
    assert table["skills"].null_count() == 3_187
    assert table.filter(employment="contract").height == 4_284
    junior = table.filter(pl.col("seniority").is_null())
    for role, count in (("data analyst", 9_606), ("data scientist", 8_495), ("data engineer", 6_783)):
        assert junior.filter(role=role).height == count
    assert table.select("role", "seniority").n_unique() == 10  # the publisher's short titles
    assert {s.name for s in table if s.null_count() < len(s)} == records.asked


@pytest.mark.real
def test_repeats_and_overlap_leave_as_counted_steps(
    mirror: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALARYLAB_MIRROR", str(mirror))
    distinct = sl.load("datajobs")
    assert len(distinct.table) == 32_672 - 1_604
    without = sl.load("datajobs", keep_overlap=False, keep_repeats=True)
    assert len(without.table) == 32_672 - 4_975
    assert sl.draw(without).attrition["rows_lost"].sum() == 4_975


@pytest.mark.real
def test_few_postings_that_came_by_aijobs_are_found_there_by_their_content(records: Records) -> None:
    # the publisher of ai-jobs tidies titles and places: content finds others, so neither rule stands for the other
    found = overlap(records.table, sl.load("aijobs").table)
    came_by = records.table["also_in"].is_not_null()
    assert 0 < int((found & came_by).sum()) < 0.1 * int(came_by.sum())
    assert int((found & ~came_by).sum()) > 1_000


@pytest.mark.real
def test_the_declared_file_is_the_catalogued_one(mirror: Path) -> None:
    listed = pl.read_csv(mirror / "CATALOG.csv").filter(pl.col("path") == datajobs.FILE.mirror)
    assert listed.select("sha256", "url").row(0) == (datajobs.FILE.sha256, datajobs.FILE.url)
