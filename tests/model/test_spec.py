"""Spec: its formula."""

from __future__ import annotations

import salarylab as sl


def test_a_declared_base_that_is_asked_for_again_changes_no_formula() -> None:
    assert sl.Spec(factors=("education",), bases={"education": "bachelor"}).formula == "log_pay ~ education"
    changed = sl.Spec(factors=("education",), bases={"education": "secondary"})
    assert changed.formula == "log_pay ~ education  [bases education: secondary]"
