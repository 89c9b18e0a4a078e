"""Spec: what a comment states, and what it tries to and cannot."""

from __future__ import annotations

import pytest

from salarylab.report.asking import stated
from salarylab.report.asking.stated import Range


@pytest.mark.parametrize(
    ("comment", "kind", "told", "inside", "outside"),
    [
        ("5 to 100", "int", "5 to 100", [5, 100], [4, 101]),
        ("at least 10; rows", "int", "at least 10", [10, 11], [9]),
        ("at most 1.5", "float", "at most 1.5", [1.5, -9.0], [1.6]),
        ("above 0", "float", "above 0", [1e-300], [0.0, -1.0]),
        ("below 1", "list[float]", "below 1", [0.999], [1.0]),
        ("help first; above 0 and at most 1", "float", "above 0 and at most 1", [1.0], [0.0, 1.1]),
        ("at least 0 and at most 1", "float", "0 to 1", [0.0, 1.0], [-0.1, 1.1]),
        ("-5 to 5", "list[int]", "-5 to 5", [-5], [-6]),
        ("1e-3 to 1e3", "float", "0.001 to 1000", [0.001], [0.0]),
    ],
)
def test_a_range_holds_its_bounds_and_tells_itself(comment, kind, told, inside, outside) -> None:
    found = stated.read(comment, kind).range
    assert isinstance(found, Range)
    assert str(found) == told
    assert [value in found for value in inside] == [True] * len(inside)
    assert [value in found for value in outside] == [False] * len(outside)


@pytest.mark.parametrize(
    ("comment", "kind", "choices", "told"),
    [
        ("one of: a | b c; the help", "str", ("a", "b c"), "the help"),
        ("which; one of: 1 | 2; more", "list[int]", (1, 2), "which; more"),
        ("one of: 0.5 | 1", "float", (0.5, 1.0), ""),
    ],
)
def test_choices_are_of_the_type_and_the_rest_is_help(comment, kind, choices, told) -> None:
    found = stated.read(comment, kind)
    assert (found.choices, found.help, found.range) == (choices, told, None)


@pytest.mark.parametrize(
    ("comment", "kind"),
    [
        ("5-100", "int"),
        ("5..100", "int"),
        ("5 – 100", "int"),
        ("5 and 100", "int"),
        ("between 5 and 100", "int"),
        ("from 5 to 100", "int"),
        ("range: 5 to 100", "int"),
        ("[0, 1]", "float"),
        (">= 5", "int"),
        ("≥5", "int"),
        ("max. 9", "int"),
        ("minimum of 5", "int"),
        ("up to 5", "int"),
        ("10 or more", "int"),
        ("10+", "int"),
        ("at least ten", "int"),
        ("At least 10", "int"),
        ("at least 10 rows", "int"),
        ("at least 1.5", "int"),
        ("at least 1,5", "float"),
        ("at least nan", "float"),
        ("at most inf", "float"),
        ("100 to 5", "int"),
        ("5 to 5", "int"),
        ("5 to 100 and at least 7", "int"),
        ("at least 5 and above 7", "int"),
        ("at most 5 and at least 1", "int"),
        ("at least 5; at most 9", "int"),
        ("one of: 1 | 2; at least 1", "int"),
        ("5 to 100", "str"),
        ("0 to 1", "bool"),
        ("one of: true | false", "bool"),
        ("one of a | b", "str"),
        ("a | b", "str"),
        ("1 | 2 | 5", "int"),
        ("One of: a | b", "str"),
        ("any of: a | b", "list[str]"),
        ("choices: a | b", "str"),
        ("the mode, one of: a | b", "str"),
        ("one of: a, b", "str"),
        ("one of:", "str"),
        ("one of: a | | b", "str"),
        ("one of: a | b | a", "str"),
        ("one of: 1 | two", "int"),
        ("one of: 1 | 1.5", "int"),
    ],
)
def test_what_tries_to_state_values_and_cannot_be_read_is_no_help(comment: str, kind: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        stated.read(comment, kind)


@pytest.mark.parametrize(
    "comment",
    [
        "",
        "empty: all",
        "rows of at least 10",
        "a source's key, or own:mapping.toml",
        "3-letter code",
        "above the median",
        "the degree asked about; empty: the highest with enough rows",
        "from the first year on",
        "2 decimals",
    ],
)
def test_plain_help_states_nothing(comment: str) -> None:
    assert stated.read(comment, "str") == stated.Stated(help=comment)
