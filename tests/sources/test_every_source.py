"""What holds for every source at hand: rows accounted for, asked columns filled, a passport that opens."""

from pathlib import Path

import pytest

import salarylab as sl
from salarylab import sources

KEYS = [key for key in sorted(sources.keys()) if key not in ("demo", "own", "stackoverflow", "textbook_wage1")]


def test_a_source_with_clusters_says_what_they_are() -> None:
    declared = [sources.describe(key) for key in (*KEYS, "demo", "stackoverflow", "textbook_wage1")]
    clustered = {one.key: one.clusters_are for one in declared if "cluster" in one.asked}
    assert clustered == {"aijobs": "posting", "datajobs": "posting", "demo": "posting", "levels_fyi": "employer"}


@pytest.mark.real
@pytest.mark.parametrize("key", KEYS)
def test_a_source_accounts_for_every_row_and_shows_what_cleaning_did(key, mirror: Path, project: Path, monkeypatch):
    monkeypatch.setenv("SALARYLAB_MIRROR", str(mirror))
    records = sl.load(key)
    assert records.raw_rows == len(records.table) + records.audit["removed"].sum()
    assert {s.name for s in records.table if s.null_count() < len(s)} <= records.asked
    filled = {name for name in records.asked if records.table[name].null_count() < len(records.table)}
    assert records.asked - filled <= {"pay_doubt"}, "asked and never filled"
    assert records.audit["rule"].is_unique().all()
    sample = sl.draw(records, sl.standard(records))
    assert int(sample.attrition["rows_lost"].sum()) + len(sample) == records.raw_rows
    assert len(sl.show.table.audit(records).cells) == len(records.audit)
    for shown in (sl.show.flow(sample), sl.show.unanswered(records), sl.show.distribution(sample)):
        assert shown._repr_mimebundle_()
    for table in (sl.show.table.attrition(sample), sl.show.table.without_role(records)):
        assert table._repr_mimebundle_()["text/html"]
