"""Profiles: the curve's own numbers, zero at the reference, the band around the intervals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import salarylab as sl
from salarylab.model.contrast import Curve, curve
from salarylab.show.intervals import HIGH, LOW, PERCENT
from salarylab.show.profile import BAND_HIGH, BAND_LOW


@pytest.fixture(scope="module")
def along(full: sl.Estimate) -> Curve:
    return curve(full, "experience_spline", 2)


@pytest.fixture(scope="module")
def marks(along: Curve, marks_of: Callable[[Any], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return marks_of(sl.show.profile(along))


def test_points_are_the_curves_own(along: Curve, marks: list[dict[str, Any]]) -> None:
    columns = {"value": PERCENT, "low": LOW, "high": HIGH, "band_low": BAND_LOW, "band_high": BAND_HIGH}
    told = {mark["experience"]: mark for mark in marks}
    for row in along.table.iter_rows(named=True):
        for name, shown in columns.items():
            assert told[row["at"]][shown] == pytest.approx(100 * np.expm1(row[name]), abs=0.051)


def test_the_premium_is_zero_at_its_reference(marks: list[dict[str, Any]]) -> None:
    (reference,) = [mark for mark in marks if mark["experience"] == 2]
    assert [reference[name] for name in (BAND_LOW, LOW, PERCENT, HIGH, BAND_HIGH)] == [0.0] * 5
    assert [mark["experience"] for mark in marks] == sorted(mark["experience"] for mark in marks)


def test_the_band_lies_around_every_interval(marks: list[dict[str, Any]]) -> None:
    assert all(m[BAND_LOW] <= m[LOW] <= m[PERCENT] <= m[HIGH] <= m[BAND_HIGH] for m in marks)


def test_the_factor_and_the_reference_are_said(along: Curve) -> None:
    figure = sl.show.profile(along)
    assert figure.spec["title"]["text"] == "Pay along experience, compared with 2"
    assert "simultaneous band" in figure.summary
