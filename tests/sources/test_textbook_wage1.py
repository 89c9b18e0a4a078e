from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import salarylab as sl
from salarylab.errors import DataError
from salarylab.sources import textbook_wage1


def worker(**told: str) -> dict[str, str]:
    """One invented worker: hourly pay of 5, in none of the groups that have a 0/1 column."""
    zeros = dict.fromkeys((*textbook_wage1.INDUSTRY, *textbook_wage1.ROLE, *textbook_wage1.REGION), "0")
    return {"row": "1", "wage": "5", "educ": "12", "exper": "10", "female": "1", **zeros} | told


def cleaned(*workers: dict[str, str], gender: bool = False) -> pl.DataFrame:
    return textbook_wage1.clean(pl.DataFrame(workers), gender=gender).rows


def test_a_worker_becomes_a_record() -> None:
    record = cleaned(worker()).row(0, named=True)
    expected = {
        "record_id": "wage1.csv.bz2:1",
        "year": 1976,
        "pay_hourly_usd": 5.0,
        "pay_annual_usd": 10_400.0,  # a full-time year of 2,080 hours
        "pay_concept": "base",
        "education": "secondary",
        "experience_years": 10.0,
        "experience_concept": "potential",
        "industry": "all other industries",
        "role": "other occupation",
        "region": "north-east",
    }
    assert {name: record[name] for name in expected} == expected
    assert "gender" not in record


@pytest.mark.parametrize(
    ("years", "level"),
    [
        (0, "below secondary"),
        (11, "below secondary"),
        (12, "secondary"),
        (13, "some college"),
        (15, "some college"),
        (16, "bachelor"),
        (17, "master"),
        (18, "master"),
    ],
)
def test_years_of_education_to_levels(years: int, level: str) -> None:
    assert cleaned(worker(educ=str(years)))["education"][0] == level


def test_dummies_to_levels() -> None:
    records = cleaned(worker(trade="1", clerocc="1", northcen="1", female="0"), gender=True)
    assert records.select("industry", "role", "region", "gender").row(0) == (
        "wholesale and retail trade",
        "clerical occupation",
        "north-central",
        "male",
    )


def test_a_worker_in_two_industries_is_rejected_by_name() -> None:
    ledger = textbook_wage1.clean(pl.DataFrame([worker(), worker(trade="1", services="1")]))
    assert len(ledger.rows) == 1
    assert {s.rule: s.removed for s in ledger.steps if s.removed} == {"more than one industry": 1}


def test_missing_columns_and_words_for_numbers_are_refused() -> None:
    with pytest.raises(DataError) as caught:
        textbook_wage1.clean(pl.DataFrame([worker()]).rename({"educ": "edcu", "exper": "years"}))
    assert len(caught.value.faults) == 2
    assert "did you mean 'edcu'?" in str(caught.value)
    with pytest.raises(DataError, match="'dunno'"):
        cleaned(worker(educ="dunno"))


def test_a_package_with_another_file_is_refused(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / textbook_wage1.NAME
    other.write_bytes(b"another release")
    monkeypatch.setattr(textbook_wage1, "_packaged", lambda: other)
    with pytest.raises(DataError, match=textbook_wage1.SHA256):
        sl.load("textbook_wage1")


def test_the_packaged_file_is_loaded_whole(project: Path) -> None:
    records = sl.load("textbook_wage1", gender=True)
    assert len(records.table) == records.raw_rows == 526
    assert {s.name for s in records.table if s.null_count() < len(s)} == records.asked - {"pay_doubt"}
    assert "gender" not in sl.load("textbook_wage1").asked
    assert records.provenance.headline.startswith("Pay of 1976")


def test_log_pay_on_potential_experience_agrees_with_the_packages_own_columns(project: Path) -> None:
    records = sl.load("textbook_wage1").table
    raw = textbook_wage1.read(textbook_wage1._packaged())
    slope = np.polyfit(records["experience_years"].to_numpy(), np.log(records["pay_hourly_usd"].to_numpy()), 1)
    theirs = np.polyfit(raw["exper"].cast(pl.Float64).to_numpy(), raw["lwage"].cast(pl.Float64).to_numpy(), 1)
    assert slope == pytest.approx(theirs, rel=1e-6)
