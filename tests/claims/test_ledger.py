"""The ledger is the one that was dated in advance, whole, and a damaged one is refused with every fault."""

from __future__ import annotations

from collections import Counter

import pytest

from salarylab.claims import claims, ledger_sha256, rule
from salarylab.claims.ledger import COLUMNS, read_ledger
from salarylab.errors import DataError

DATED = "738499c720847a170d9f2885bee7aa5b5a52c88f8e1d761c12c16dee8694e12e"
"""The sha256 of the ledger of 2026-12-01. A verdict refers to it; a later row stands beside an old one."""


def test_the_ledger_is_the_one_that_was_dated() -> None:
    assert ledger_sha256() == DATED


def test_counts_are_those_that_the_rule_states() -> None:
    """The rule's own totals: section 6 of verdicts.md."""
    kinds = Counter(claim.testability for claim in claims().values())
    assert kinds == {"T1": 28, "T2": 39, "T3": 22}
    families = Counter(claim.multiplicity_family[:2] for claim in claims().values() if claim.multiplicity_family)
    assert families == {"02": 6, "03": 6, "04": 8, "05": 10, "06": 22, "07": 6, "08": 6, "09": 3}
    tests = Counter(claim.test for claim in claims().values() if claim.test)
    assert tests == {
        "difference": 32,
        "interaction": 9,
        "share": 6,
        "dispersion": 6,
        "order": 5,
        "count": 4,
        "equivalence": 3,
        "reversal": 2,
    }
    told = " ".join(rule().split())
    assert "T1 28, T2 39, T3 22" in told
    assert "02 6 · 03 6 · 04 8 · 05 10 · 06 22 · 07 6 · 08 6 · 09 3; 67 rows with a test" in told


ROW = dict.fromkeys(COLUMNS, "x") | {
    "id": "C01",
    "source": "A",
    "testability": "T1",
    "report": "02_degree",
    "band_percent": "5.0",
    "test": "difference",
    "multiplicity_family": "02_degree",
}


def text(*rows: dict[str, str]) -> str:
    return "\n".join([",".join(COLUMNS), *(",".join(row[name] for name in COLUMNS) for row in rows)])


def test_a_row_is_read_with_its_band_as_a_number() -> None:
    read = read_ledger(text(ROW))["C01"]
    assert (read.band_percent, read.test, read.multiplicity_family) == (5.0, "difference", "02_degree")


@pytest.mark.parametrize(
    ("change", "thing"),
    [
        ({"id": "1"}, "claim 1"),
        ({"source": "C"}, "claim C01: source"),
        ({"testability": "T9"}, "claim C01: testability"),
        ({"test": "guess"}, "claim C01: test"),
        ({"band_percent": "0"}, "claim C01: band_percent"),
        ({"band_percent": "much"}, "claim C01: band_percent"),
        ({"multiplicity_family": "03_seniority"}, "claim C01: multiplicity_family"),
        ({"contradicts_if": "-"}, "claim C01: contradicts_if"),
        ({"primary_data": ""}, "claim C01: primary_data"),
        ({"report": "degree"}, "claim C01: report"),
    ],
)
def test_a_damaged_row_is_named(change: dict[str, str], thing: str) -> None:
    with pytest.raises(DataError) as refused:
        read_ledger(text(ROW | change))
    assert thing in [fault.thing for fault in refused.value.faults]


def test_a_claim_without_a_test_has_none_of_its_parts_and_offers_something() -> None:
    untested = ROW | {"testability": "T3", "test": "none", "band_percent": "", "multiplicity_family": "-"}
    bare = untested | {"supports_if": "-", "contradicts_if": "-"}
    assert read_ledger(text(bare))["C01"].test is None
    with pytest.raises(DataError) as refused:
        read_ledger(text(untested | {"instead_if_not": ""}))
    found = {fault.thing.removeprefix("claim C01: ") for fault in refused.value.faults}
    assert found == {"supports_if", "contradicts_if", "instead_if_not"}


def test_all_faults_are_told_at_once_and_an_id_stands_once() -> None:
    with pytest.raises(DataError) as refused:
        read_ledger(text(ROW, ROW, ROW | {"id": "C02", "test": "guess"}))
    assert {fault.thing for fault in refused.value.faults} == {"claim C01", "claim C02: test"}


def test_other_columns_are_refused() -> None:
    with pytest.raises(DataError, match=r"columns id, band"):
        read_ledger("id,band\nC01,5")
