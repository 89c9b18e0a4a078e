"""Contours: points on a line have the premium that the analysis itself gives there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import salarylab as sl
from salarylab.model.trust import Omitted, Strength, omitted
from salarylab.show.omitted import BLOCK, CONTRAST, LABEL, PAY, PREMIUM
from salarylab.unanswered import Unanswered


@pytest.fixture(scope="module", params=["master", "secondary"])
def found(request: pytest.FixtureRequest, full: sl.Estimate) -> Omitted:
    return omitted(full, "education", request.param, benchmarks=["work_mode", "role_family"])


def lines_of(figure: Any) -> list[dict[str, Any]]:
    """Return the points of the lines, which name no block."""
    rows: list[dict[str, Any]]
    (rows,) = [rows for rows in figure.spec["datasets"].values() if BLOCK not in rows[0]]
    return rows


def test_on_each_line_the_premium_is_what_the_line_says(found: Omitted) -> None:
    points = lines_of(sl.show.contour(found))
    assert {point[PREMIUM] for point in points} >= {0.0}
    assert len(points) <= 50
    for point in points:
        there = 100 * np.expm1(found.adjusted(Strength(point[CONTRAST], point[PAY])))
        assert there == pytest.approx(point[PREMIUM], abs=0.35)


def test_each_line_bears_one_label(found: Omitted) -> None:
    points = lines_of(sl.show.contour(found))
    labels = [point[LABEL] for point in points if point[LABEL]]
    assert len(labels) == len({point[PREMIUM] for point in points})
    assert "0%" in labels


def test_benchmarks_stand_where_the_table_says(found: Omitted) -> None:
    sets = sl.show.contour(found).spec["datasets"].values()  # type: ignore[union-attr]
    told = {(mark[CONTRAST], mark[PAY]) for rows in sets for mark in rows if BLOCK in mark}
    rows = found.table.drop_nulls("r2_contrast").select("r2_contrast", "r2_pay").rows()
    assert told == set(rows)


def test_what_may_not_be_told_has_no_contour(invented: Callable[..., sl.Sample]) -> None:
    titles = ["engineer"] * 60 + ["analyst"] * 60 + ["swan marker"] * 4
    estimate = sl.fit(sl.build(sl.Spec(factors=("title",)), invented(title=titles)))
    shown = sl.show.contour(omitted(estimate, "title", "swan marker"))
    assert isinstance(shown, Unanswered)
    assert "swan" not in str(shown)
