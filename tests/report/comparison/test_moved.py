"""Spec and property: how far a finding is from itself, in standard errors, and what rounding hides."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salarylab.disclosure import round_p, significant
from salarylab.report.comparison.moved import measure, related
from salarylab.report.comparison.precision import apart, span

OTHER = {"data_sha256": ["b" * 64]}
decimals = st.integers(-20_000, 20_000).map(lambda n: n / 10_000)


def told(value: float, **more) -> dict:
    return {"unit": "log points", "value": value, "se": 0.02, "n": 1000, "data_sha256": ["a" * 64]} | more


def test_of_the_same_files_the_change_is_in_standard_errors_of_a() -> None:
    change = measure(told(0.30), told(0.35, se=0.05))
    assert change.yardstick == "standard error of A"
    assert change.difference == pytest.approx(0.05)
    assert change.errors == pytest.approx(2.5)
    # 0.35 − 0.30 may be 0.0499; a standard error told as 0.020 may be 0.0205
    assert change.least == pytest.approx(0.0499 / 0.0205)


def test_of_other_files_it_is_a_z_of_two_independent_samples() -> None:
    change = measure(told(0.30, se=0.03), told(0.40, se=0.04, **OTHER))
    assert change.yardstick == "standard error of the difference"
    assert change.errors == pytest.approx(0.1 / 0.05)
    assert change.least == pytest.approx(0.0999 / math.hypot(0.0305, 0.0405))


@pytest.mark.parametrize(("name", "a", "b"), [("population", ["country is US"], ["country is DE"]),
                                               ("source", "one", "other")])  # fmt: skip
def test_other_rows_of_the_same_files_are_other_samples(name, a, b) -> None:
    us = told(0.30, se=0.03, low=0.24, high=0.36, **{name: a})
    de = told(0.40, se=0.04, low=0.32, high=0.48, **{name: b})
    change = measure(us, de)
    assert change.yardstick == "standard error of the difference"
    assert change.errors == pytest.approx(0.1 / 0.05)
    assert measure(us, de | {"value": 0.30}).same  # a wider interval is no change of another sample
    assert measure(us, us | {"value": 0.31}).yardstick == "standard error of A"


def test_files_in_common_are_told_apart_from_none_and_from_unknown() -> None:
    assert related(told(0), told(0)) == "the same files"
    assert related(told(0), told(0, data_sha256=["b" * 64, "a" * 64])) == "some of the same files"
    assert related(told(0), told(0, **OTHER)) == "other files"
    assert related(told(0), told(0, data_sha256=None)) == "files not stated"


def test_one_unit_of_the_last_digit_may_be_rounding_and_two_are_not() -> None:
    assert measure(told(0.3068), told(0.3069)).same
    assert not measure(told(0.3068), told(0.3070)).same
    assert measure(told(0.3068), told(0.3070)).beyond(0)


@given(decimals, decimals)
def test_a_difference_changes_its_sign_with_the_sides(a: float, b: float) -> None:
    for more in ({}, OTHER):
        there, back = measure(told(a), told(b, **more)), measure(told(b, **more), told(a))
        assert there.difference == -back.difference
        assert there.errors == -back.errors
        assert there.least == back.least


@given(decimals, decimals)
def test_what_rounding_leaves_is_never_more_than_what_is_told(a: float, b: float) -> None:
    change = measure(told(a), told(b))
    assert 0 <= change.least <= abs(change.errors)


@given(st.floats(-3, 3))
def test_what_was_rounded_lies_in_its_span(exact: float) -> None:
    ends = span({"unit": "log points", "value": round(exact, 4)}, "value")
    assert ends.low - 1e-9 <= exact <= ends.high + 1e-9


@given(st.floats(1e-3, 1e6))
def test_standard_errors_and_amounts_lie_in_theirs(exact: float) -> None:
    for record, name in (({"unit": "USD a year", "value": significant(exact)}, "value"),
                         ({"unit": "log points", "se": significant(exact, 2)}, "se")):  # fmt: skip
        ends = span(record, name)
        assert ends.low * (1 - 1e-9) <= exact <= ends.high * (1 + 1e-9)


def test_an_end_of_the_interval_that_moved_counts_where_the_rows_are_the_same() -> None:
    wide = told(0.30, low=0.26, high=0.34), told(0.30, low=0.20, high=0.40, se=0.05)
    assert measure(*wide).errors == 0
    assert measure(*wide).least == pytest.approx(0.0599 / 0.0205)
    assert measure(wide[0], wide[1] | OTHER).same


def test_p_values_are_measured_by_their_normal_score() -> None:
    def p(value: float) -> dict:
        return {"unit": "p-value", "value": round_p(value), "se": None, "n": 1000}

    change = measure(p(0.32), p(0.05))
    assert change.yardstick == "normal score"
    assert change.errors == pytest.approx(1.959964 - 0.994458, abs=1e-5)
    assert measure(p(1e-9), p(0.0009)).same
    assert measure(p(1e-9), p(0.52)).beyond(2)


def test_without_a_standard_error_any_change_beyond_rounding_counts() -> None:
    def share(value: float) -> dict:
        return {"unit": "share", "value": value, "se": None, "n": 10_000}

    change = measure(share(0.20), share(0.21))
    assert (change.yardstick, change.errors, change.least) == ("none", None, math.inf)
    assert measure(share(0.20), share(0.201)).same  # a share of 10,000 rows is told in steps of 0.001
    assert not measure(share(0.0), share(0.001)).same  # none is told only where it is true


def test_of_a_withheld_finding_only_that_is_compared() -> None:
    withheld = told(0.3) | {"value": None, "se": None, "suppressed": True}
    unanswered = told(0.3) | {"value": None, "se": None}
    assert measure(withheld, withheld).same
    assert measure(told(0.3), withheld).beyond(100)
    assert measure(unanswered, withheld).beyond(100)
    assert measure(told(0.3), withheld).difference is None


def test_an_interval_on_one_side_only_is_a_change() -> None:
    assert measure(told(0.3, low=0.2, high=0.4), told(0.3)).beyond(100)


def test_spans_of_any_order_are_as_far_apart() -> None:
    one, other = span(told(0.1), "value"), span(told(0.2), "value")
    assert apart(one, other) == apart(other, one) == pytest.approx(0.0999)
