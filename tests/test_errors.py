"""Errors: thing, found, expected, what to do; all faults at once; near names suggested."""

from __future__ import annotations

import pytest

from salarylab.errors import (
    DataError,
    Fault,
    ModelError,
    ReportError,
    SalarylabError,
    VocabularyError,
    did_you_mean,
    unknown,
)

FIRST = Fault("file pay.csv", "no such file", "a CSV file", "mend the path")
SECOND = Fault("column 'Pey'", "no such column", "one of: Pay", "did you mean 'Pay'?")


def test_one_fault_reads_in_the_order_a_person_needs() -> None:
    assert str(DataError(FIRST)) == (
        "file pay.csv\n  found:    no such file\n  expected: a CSV file\n  to do:    mend the path"
    )


def test_several_faults_are_counted_and_all_named() -> None:
    error = DataError(FIRST, SECOND)
    assert error.faults == (FIRST, SECOND)
    assert str(error) == f"2 faults\n{FIRST}\n{SECOND}"


@pytest.mark.parametrize("storey", [VocabularyError, DataError, ModelError, ReportError])
def test_each_storey_has_one_class_under_the_common_one(storey: type[SalarylabError]) -> None:
    assert issubclass(storey, SalarylabError)
    with pytest.raises(SalarylabError, match="mend the path"):
        raise storey(FIRST)


def test_near_names_are_suggested_and_far_ones_are_not() -> None:
    assert did_you_mean("educaton", ["education", "region"]) == "did you mean 'education'?"
    assert did_you_mean("xyz", ["education", "region"]) == ""


def test_an_unknown_name_lists_what_is_known() -> None:
    fault = unknown("factor", "regoin", ["region", "country"], "see sl.factors()")
    assert fault.thing == "factor 'regoin'"
    assert fault.expected == "one of: region, country"
    assert fault.remedy == "did you mean 'region'? see sl.factors()"


def test_an_unknown_name_where_none_is_known_says_so() -> None:
    assert unknown("level", "x", []).expected == "nothing: none is declared here"
