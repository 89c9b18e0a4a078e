"""Adjusted means: pay to three digits, small levels left out and counted on being so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import salarylab as sl
from salarylab.disclosure import significant
from salarylab.model.contrast import adjusted_means
from salarylab.show.intervals import HIGH, LOW


def test_marks_are_the_means_to_three_digits(
    full: sl.Estimate, marks_of: Callable[[Any], list[dict[str, Any]]]
) -> None:
    found = adjusted_means(full, "education")
    told = {
        mark["level"]: (mark["pay, USD an hour"], mark[LOW], mark[HIGH])
        for mark in marks_of(sl.show.adjusted_means(found))
    }
    expected = {
        level: tuple(significant(pay, 3) for pay in pays)
        for level, *pays in found.table.select("level", "pay", "pay_low", "pay_high").iter_rows()
    }
    assert told == expected


def test_intervals_of_all_levels_at_once_are_named(full: sl.Estimate) -> None:
    alone, at_once = (
        sl.show.adjusted_means(adjusted_means(full, "work_mode", simultaneous=all_)).spec["title"]["subtitle"]
        for all_ in (False, True)
    )
    assert "at once" not in alone
    assert at_once.endswith("Bars: 95% intervals, of all levels at once")


def test_a_small_level_is_not_drawn(
    invented: Callable[..., sl.Sample], marks_of: Callable[[Any], list[dict[str, Any]]]
) -> None:
    sample = invented(title=["engineer"] * 40 + ["analyst"] * 20 + ["swan marker"] * 3)
    figure = sl.show.adjusted_means(adjusted_means(sl.fit(sl.build(sl.Spec(factors=("title",)), sample)), "title"))
    assert {mark["level"] for mark in marks_of(figure)} == {"analyst", "engineer"}
    assert "Not drawn" in figure.spec["title"]["subtitle"]
