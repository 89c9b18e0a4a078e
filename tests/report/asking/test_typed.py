"""Spec: a value written as a text is read as the same value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salarylab.report.asking import typed

PLAIN = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=8)


@given(st.none() | st.text() | st.sampled_from(["", "none", " None", '"', '"x"', "null"]))
def test_texts_that_may_be_none_come_back(value: str | None) -> None:
    assert typed.read(typed.write(value, "str | None"), "str | None") == value


@given(st.none() | st.lists(st.text(max_size=4), max_size=3))
def test_lists_that_may_be_none_come_back(value: list[str] | None) -> None:
    assert typed.read(typed.write(value, "list[str] | None"), "list[str] | None") == value


@given(st.lists(PLAIN, max_size=4))
def test_lists_of_text_come_back(value: list[str]) -> None:
    assert typed.read(typed.write(value, "list[str]"), "list[str]") == value


@given(st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.booleans()))
def test_numbers_come_back_with_their_type(value: float) -> None:
    kind = type(value).__name__
    again = typed.read(typed.write(value, kind), kind)
    assert (again, type(again)) == (value, type(value))


@pytest.mark.parametrize(("text", "value"), [("1,2.5", [1.0, 2.5]), ("[1, 2]", [1, 2]), ("1,x", [1.0, "x"]), ("", [])])
def test_lists_of_numbers_are_read(text: str, value: list[object]) -> None:
    assert typed.read(text, "list[float]") == value


@pytest.mark.parametrize(("text", "value"), [("True", True), ("true", True), ("FALSE", False), (" False ", False)])
def test_truths_are_read_as_python_and_as_toml_write_them(text: str, value: bool) -> None:
    assert typed.read(text, "bool") is value
    assert typed.read(text, "bool | None") is value
    assert typed.write(value, "bool") == str(value)


@pytest.mark.parametrize("text", ["yes", "1", "T"])
def test_what_is_no_truth_stays_a_text(text: str) -> None:
    assert typed.read(text, "bool") == text
