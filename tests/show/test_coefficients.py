"""Coefficient plots: the marks are the estimates' own numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import salarylab as sl
from salarylab.errors import ReportError
from salarylab.show.intervals import HIGH, LOW, PERCENT
from salarylab.unanswered import Unanswered

Fit = Callable[..., sl.Estimate]
Drawn = Callable[[Any], list[dict[str, Any]]]


def test_marks_are_the_estimates_own_percents(raw: sl.Estimate, full: sl.Estimate, marks_of: Drawn) -> None:
    drawn = marks_of(sl.show.coefficients(raw, full, factors=["education"], labels=["raw", "full"]))
    told = {(mark["equation"], mark["term"]): (mark[PERCENT], mark[LOW], mark[HIGH]) for mark in drawn}
    expected = {
        (title, level): (round(value, 1), round(low, 1), round(high, 1))
        for title, estimate in (("(1) raw", raw), ("(2) full", full))
        for level, value, low, high in estimate.terms.filter(factor="education")
        .select("level", "percent", "percent_low", "percent_high")
        .iter_rows()
    }
    assert told == expected


def test_terms_of_several_factors_say_their_factor_and_base(full: sl.Estimate, marks_of: Drawn) -> None:
    drawn = marks_of(sl.show.coefficients(full, factors=["work_mode", "education"]))
    terms = [mark["term"] for mark in drawn]
    assert terms[:3] == [
        "where the work is done: hybrid over on-site",
        "where the work is done: remote over on-site",
        "education: below secondary over bachelor",
    ]


def test_bases_that_differ_are_said_in_each_term(raw: sl.Estimate, fit: Fit, marks_of: Drawn) -> None:
    other = fit("education", bases={"education": "master"})
    terms = {mark["term"] for mark in marks_of(sl.show.coefficients(raw, other))}
    assert {"master over bachelor", "bachelor over master"} <= terms


def test_several_equations_stand_apart_without_colour(raw: sl.Estimate, full: sl.Estimate) -> None:
    spec = sl.show.coefficients(raw, full, factors=["education"]).spec  # type: ignore[union-attr]
    scales = [
        layer["encoding"][channel]["scale"]["range"]
        for layer in spec["layer"]
        for channel in ("shape",)
        if channel in layer["encoding"]
    ]
    assert scales == [["circle", "square"]]


def test_a_small_cell_is_not_drawn_and_that_is_said(invented: Callable[..., sl.Sample], marks_of: Drawn) -> None:
    sample = invented(title=["engineer"] * 40 + ["analyst"] * 20 + ["swan marker"] * 3)
    drawn = sl.show.coefficients(sl.fit(sl.build(sl.Spec(factors=("title",)), sample)))
    assert [mark["term"] for mark in marks_of(drawn)] == ["analyst"]
    assert "Not drawn: fewer than 10 rows" in drawn.spec["title"]["subtitle"]  # type: ignore[union-attr]


def test_where_no_term_may_be_told_the_figure_says_so(invented: Callable[..., sl.Sample]) -> None:
    sample = invented(title=["engineer"] * 40 + ["swan marker"] * 3)
    found = sl.show.coefficients(sl.fit(sl.build(sl.Spec(factors=("title",)), sample)))
    assert isinstance(found, Unanswered)


def test_what_cannot_be_drawn_is_refused(raw: sl.Estimate) -> None:
    with pytest.raises(ReportError, match="did you mean 'education'"):
        sl.show.coefficients(raw, factors=["educaton"])
