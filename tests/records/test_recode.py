from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salarylab import schema
from salarylab.errors import DataError, VocabularyError
from salarylab.records.recode import (
    blank_to_null,
    constant,
    first_number,
    require_columns,
    require_numbers,
    to_levels,
    to_number,
)

WORK_MODE = {"0": "on-site", "100": "remote"}


def text(*cells: str | None) -> pl.DataFrame:
    return pl.DataFrame({"answer": cells}, schema={"answer": pl.String})


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1,200.50", 1200.5),
        ("$ 90 000", 90_000.0),
        ("43\u00a0210", 43_210.0),
        ("43\u202f210", 43_210.0),
        ("-3", -3.0),
        ("2100-3300", None),
        ("8000+", None),
        ("~61k", None),
        *((word, None) for word in ("nan", "NaN", "inf", "-inf", "+Infinity", "1e999")),
        ("", None),
        (None, None),
    ],
)
def test_plain_numbers_are_read_and_other_text_is_not_guessed(cell: str | None, number: float | None) -> None:
    assert text(cell).select(to_number("answer")).item() == number


def test_decimal_comma() -> None:
    assert text("1.234,5").select(to_number("answer", decimal=",", thousands=".")).item() == 1234.5


@given(st.floats(0, 1e9, allow_nan=False))
def test_a_number_printed_with_separators_reads_back(number: float) -> None:
    assert text(f"{number:,.4f}").select(to_number("answer")).item() == pytest.approx(number, abs=1e-4)


@pytest.mark.parametrize(
    ("cell", "years"),
    [
        ("10+ years", 10.0),
        ("5,5", 5.5),
        ("Less than 1 year", 0.5),
        ("under a year", 0.5),
        ("half a year", 0.5),
        ("less than 10 years", 10.0),
        ("More than 70 years", 70.0),
        ("many", None),
        (None, None),
    ],
)
def test_the_first_number_of_free_text(cell: str | None, years: float | None) -> None:
    assert text(cell).select(first_number("answer")).item() == years


def test_missing_words_become_null_and_others_are_trimmed() -> None:
    assert blank_to_null(text(" NA ", "", "  ", " Namibia", None))["answer"].to_list() == [
        None,
        None,
        None,
        "Namibia",
        None,
    ]
    assert blank_to_null(text("NA", ""), words=("",))["answer"].to_list() == ["NA", None]


def test_levels_are_enums_in_declared_order() -> None:
    recoded = to_levels(text("100", None, "0"), "answer", "work_mode", WORK_MODE, source="invented")
    assert recoded.name == "work_mode"
    assert recoded.to_list() == ["remote", None, "on-site"]
    assert recoded.dtype == schema.column("work_mode").dtype


def test_every_unmatched_value_and_every_wrong_target_is_named_at_once() -> None:
    with pytest.raises(DataError) as caught:
        to_levels(
            text("50", "50", "?", "0"), "answer", "work_mode", {"0": "onsite", "100": "remote"}, source="invented"
        )
    told = str(caught.value)
    assert len(caught.value.faults) == 2
    assert "'50' in 2 rows; '?' in 1 rows" in told
    assert "did you mean 'on-site'" in told


def test_the_unmatched_become_null_only_when_told() -> None:
    rows = text("50", "0")
    assert to_levels(rows, "answer", "work_mode", WORK_MODE, source="invented", unmatched="null").to_list() == [
        None,
        "on-site",
    ]


def test_a_value_mapped_to_none_is_known_and_has_no_level() -> None:
    levels = WORK_MODE | {"?": None}
    recoded = to_levels(text("?", "0"), "answer", "work_mode", levels, source="invented")
    assert recoded.to_list() == [None, "on-site"]
    with pytest.raises(DataError, match="'50' in 1 rows"):
        to_levels(text("?", "50"), "answer", "work_mode", levels, source="invented")


def test_a_constant_is_of_the_declared_type() -> None:
    filled = text("a", "b").with_columns(constant("gross_net", "gross"), constant("country", "US"))
    assert filled["gross_net"].to_list() == ["gross", "gross"]
    assert filled["gross_net"].dtype == pl.Enum(["gross", "net"])
    assert filled["country"].dtype == pl.String


def test_a_constant_outside_the_schema_is_refused() -> None:
    with pytest.raises(VocabularyError, match="did you mean 'gross'"):
        constant("gross_net", "gros")
    with pytest.raises(VocabularyError, match="did you mean 'gross_net'"):
        constant("gross_nett", "gross")


def test_every_missing_column_is_named_with_the_nearest_name() -> None:
    with pytest.raises(DataError) as caught:
        require_columns(pl.DataFrame({"Country": ["DE"], "pay": ["1"]}), ["country", "pay", "years"], thing="invented")
    assert [fault.thing for fault in caught.value.faults] == [
        "invented: column 'country'",
        "invented: column 'years'",
    ]
    assert "did you mean 'Country'?" in str(caught.value)


def test_every_column_with_words_for_numbers_is_named() -> None:
    raw = pl.DataFrame({"pay": ["1", "lots", None], "age": ["many", "2", "3"], "fine": ["1e3", "-2.5", None]})
    with pytest.raises(DataError) as caught:
        require_numbers(raw, ["pay", "age", "fine"], thing="invented")
    assert [fault.found for fault in caught.value.faults] == [
        "1 cells that are not numbers: 'lots'",
        "1 cells that are not numbers: 'many'",
    ]


def test_whole_numbers_and_others_are_read_alike_in_every_column() -> None:
    raw = pl.DataFrame(
        {"whole": ["1", "007", None], "mixed": ["1", "2.5", "9007199254740993"], "typed": [1.5, 2.0, None]}
    )
    read = require_numbers(raw, raw.columns, thing="invented")
    assert read.to_dict(as_series=False) == {
        "whole": [1.0, 7.0, None],
        "mixed": [1.0, 2.5, float("9007199254740993")],
        "typed": [1.5, 2.0, None],
    }
    assert set(read.dtypes) == {pl.Float64}
