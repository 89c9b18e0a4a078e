from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import salarylab as sl
from salarylab.errors import DataError
from salarylab.records.audit import Ledger
from salarylab.records.postings import TIES
from salarylab.sources import aijobs

COLUMNS = ("row", *aijobs.IDENTITY, "salary", "salary_in_usd")


def posting(row: int, salary: str, usd: str, **told: str | None) -> dict[str, object]:
    """One invented row: one end of a range for an analyst in Namibia."""
    fields: dict[str, object] = {
        "row": row,
        "work_year": "2024",
        "experience_level": "MI",
        "employment_type": "FT",
        "job_title": "Tide Analyst",
        "salary_currency": "EUR",
        "employee_residence": "NA",
        "remote_ratio": "50",
        "company_location": "NA",
        "company_size": "M",
        "salary": salary,
        "salary_in_usd": usd,
    }
    return fields | told


def raw(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={name: pl.Int64 if name == "row" else pl.String for name in COLUMNS})


RANGE = (posting(1, "81000", "90000"), posting(2, "36000", "40000"))


def rules(ledger: Ledger) -> dict[str, int]:
    return {step.rule: step.removed for step in ledger.steps}


def test_two_ends_become_one_record() -> None:
    record = aijobs.clean(raw(*RANGE)).rows.row(0, named=True)
    expected = {
        "record_id": "salaries.csv:1",
        "year": 2024,
        "observation": "posting",
        "pay_low_usd": 40_000.0,
        "pay_high_usd": 90_000.0,
        "pay_annual_usd": 60_000.0,
        "pay_arithmetic_midpoint_usd": 65_000.0,
        "pay_annual_local": 54_000.0,
        "pay_concept": "advertised midpoint",
        "currency": "EUR",
        "title": "Tide Analyst",
        "seniority": "mid",
        "employment": "full-time",
        "work_mode": "hybrid",
        "remote_share": 0.5,
        "org_size": "50 to 250",
        "country": "NA",  # Namibia, not a missing answer
        "residence_country": "NA",
    }
    assert {name: record[name] for name in expected} == expected


def test_pairs_are_found_before_repeats_are_dropped() -> None:
    # the same range twice: dropping equal rows first would leave one pair and hide that it was posted twice
    twice = raw(*RANGE, posting(3, "81000", "90000"), posting(4, "36000", "40000"))
    dropped = aijobs.clean(twice)
    assert (len(dropped.rows), rules(dropped)["repeats an earlier posting exactly"]) == (1, 1)
    kept = aijobs.clean(twice, keep_repeats=True)
    assert len(kept.rows) == 2
    assert kept.rows["cluster"].n_unique() == 1


def test_clusters_differ_where_any_field_but_pay_does() -> None:
    rows = [posting(1, "1000", "1000"), posting(2, "2000", "2000"), posting(3, "1000", "1000", company_size="S")]
    clusters = aijobs.clean(raw(*rows)).rows["cluster"].to_list()
    assert clusters[0] == clusters[1] != clusters[2]


def test_other_years_leave_as_a_counted_step() -> None:
    rows = raw(*RANGE, posting(3, "50000", "50000", work_year="2023"))
    ledger = aijobs.clean(rows, years=[2023])
    assert ledger.rows["record_id"].to_list() == ["salaries.csv:3"]
    assert rules(ledger)["year other than asked for (2023)"] == 1
    with pytest.raises(DataError, match="no row of 2019"):
        aijobs.clean(rows, years=[2019, 2023])


def test_a_wrong_header_names_every_missing_column() -> None:
    with pytest.raises(DataError) as caught:
        aijobs.clean(raw(*RANGE).rename({"company_size": "size_of_company", "experience_level": "experience_levl"}))
    assert len(caught.value.faults) == 2
    assert "did you mean 'experience_levl'?" in str(caught.value)


def test_an_unknown_level_and_a_word_for_a_number_are_refused() -> None:
    with pytest.raises(DataError, match="'XX' in 1 rows"):
        aijobs.clean(raw(posting(1, "1", "1", experience_level="XX")))
    with pytest.raises(DataError, match="'lots'"):
        aijobs.clean(raw(posting(1, "lots", "1")))


def test_unknown_options_are_refused(project: Path) -> None:
    with pytest.raises(DataError, match="did you mean 'keep_repeats'"):
        sl.load("aijobs", keep_repeat=True)


def test_without_the_file_the_error_names_its_hash(project: Path) -> None:
    folder = project / "data" / "raw" / "aijobs"
    folder.mkdir(parents=True)
    (folder / "salaries.csv").write_text("work_year\n2024\n")
    with pytest.raises(DataError, match=aijobs.FILE.sha256):
        sl.load("aijobs")
    assert not (project / "data" / "processed").exists()


@pytest.mark.real
def test_counts_of_the_real_file(mirror: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # research notes on inference, § 2: counted from the same file by other hands
    monkeypatch.setenv("SALARYLAB_MIRROR", str(mirror))
    records = sl.load("aijobs")
    merge, ties, repeats, unjudged, doubted, roleless = records.steps
    assert (unjudged.touched, doubted.touched) == (0, 0)
    assert records.raw_rows == merge.examined == 74_301
    assert merge.removed == 36_688
    assert ties.rule == TIES
    assert roleless.touched == records.table["role"].null_count()
    assert repeats.examined == 37_613
    assert len(records.table) == 24_036
    assert {s.name for s in records.table if s.null_count() < len(s)} == records.asked - {"pay_doubt"}
    with_repeats = sl.load("aijobs", keep_repeats=True)
    assert len(with_repeats.table) == 37_613
    assert sl.draw(with_repeats, []).attrition["rows_lost"].sum() == 36_688


@pytest.mark.real
def test_pairs_by_year(mirror: Path) -> None:
    # research notes on methods, § 2.1: share of rows in pairs and median high/low
    rows = aijobs.read(mirror / "aijobs" / "salaries.csv")
    by_year = (
        aijobs.clean(rows, keep_repeats=True)
        .rows.group_by("year")
        .agg(
            share=2 * pl.col("paired").sum() / (pl.len() + pl.col("paired").sum()),
            ratio=(pl.col("pay_high") / pl.col("pay_low")).filter("paired").median(),
        )
        .sort("year")
        .filter(pl.col("year") >= 2021)
    )
    assert [round(100 * share, 1) for share in by_year["share"]] == [4.6, 85.9, 97.1, 99.7, 99.8]
    assert [round(ratio, 2) for ratio in by_year["ratio"]] == [1.21, 1.36, 1.44, 1.50, 1.50]


@pytest.fixture
def ends(mirror: Path) -> pl.DataFrame:
    """The file's rows as they stand, before any rule, with pay as a number."""
    rows = aijobs.read(mirror / "aijobs" / "salaries.csv")
    return rows.with_columns(pl.col("salary_in_usd").cast(pl.Float64).alias("usd"))


@pytest.mark.real
def test_rows_that_differ_in_anything(ends: pl.DataFrame) -> None:
    # issue 3, and research notes on methods, § 2.1
    assert len(ends) == 74_301
    assert ends.drop("row", "usd").n_unique() == 34_997


@pytest.mark.real
def test_raw_medians_and_the_us_share_by_year(ends: pl.DataFrame) -> None:
    # § 2.1: year, rows, median USD of raw rows, and percent in the US
    told = (
        ends.group_by("work_year")
        .agg(pl.len(), pl.col("usd").median(), us=100 * (pl.col("company_location") == "US").mean())
        .sort("work_year")
    )
    assert [(year, rows, round(usd), round(us, 1)) for year, rows, usd, us in told.iter_rows()] == [
        ("2020", 75, 79_833, 44.0),
        ("2021", 218, 83_872, 45.4),
        ("2022", 1_660, 131_300, 80.8),
        ("2023", 8_522, 145_000, 89.2),
        ("2024", 62_229, 148_960, 90.9),
        ("2025", 1_597, 144_900, 88.7),
    ]


@pytest.mark.real
def test_raw_medians_by_level_and_title(ends: pl.DataFrame) -> None:
    # § 5.4: levels in 2023; titles in all years, with their rows
    levels = ends.filter(work_year="2023").group_by("experience_level").agg(pl.col("usd").median())
    assert dict(levels.iter_rows()) == {"EN": 80_000.0, "MI": 115_000.0, "SE": 157_550.0, "EX": 185_000.0}
    titles = ends.group_by("job_title").agg(pl.col("usd").median(), pl.len())
    told = {title: (usd, rows) for title, usd, rows in titles.iter_rows()}
    assert told["Data Engineer"] == (140_000.0, 9_505)
    assert told["Data Scientist"] == (152_000.0, 11_669)
    assert told["Data Analyst"] == (100_000.0, 7_381)
    assert told["Machine Learning Engineer"] == (187_700.0, 5_841)
    assert told["Research Scientist"] == (182_395.0, 2_305)


@pytest.mark.real
def test_the_declared_file_is_the_catalogued_one(mirror: Path) -> None:
    listed = pl.read_csv(mirror / "CATALOG.csv").filter(pl.col("path") == aijobs.FILE.mirror)
    assert listed.select("sha256", "url").row(0) == (aijobs.FILE.sha256, aijobs.FILE.url)
