"""Specification curves: sorted, thinned, the band and the choices said."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest

import salarylab as sl
from salarylab.disclosure import Released, release
from salarylab.errors import ReportError
from salarylab.show.intervals import PERCENT
from salarylab.show.specification import CHOICE, MOST, PLACE
from salarylab.unanswered import Unanswered


def released(values: Sequence[float], n: int | list[int] = 500) -> Released:
    """Return as many equations as values, of two choices."""
    chosen = itertools.islice(itertools.cycle(itertools.product(["spline", "none"], ["annual", "hourly"])), len(values))
    rows = [(v, v - 0.03, v + 0.03, *choice) for v, choice in zip(values, chosen, strict=True)]
    frame = pl.DataFrame(rows, schema=["value", "low", "high", "experience", "pay"], orient="row")
    counts = n if isinstance(n, list) else [n] * len(values)
    return release(frame.with_columns(pl.Series("n", counts)), ["value", "low", "high"])


def drawn(shown: Released) -> Any:
    return sl.show.specification_curve(shown, ["experience", "pay"], subject="Premium", headline="Invented")


def sets(figure: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the rows of the curve and of the choices."""
    rows = list(figure.spec["datasets"].values())
    return next(r for r in rows if PERCENT in r[0]), next(r for r in rows if CHOICE in r[0])


def test_equations_are_sorted_each_above_its_own_choices() -> None:
    curve, choices = sets(drawn(released([0.05, -0.01, 0.02, 0.0])))
    assert [point[PERCENT] for point in curve] == [-1.0, 0.0, 2.0, 5.1]
    first = [mark[CHOICE] for mark in choices if mark[PLACE] == 1]
    assert first == ["experience: spline", "pay: hourly"]


def test_of_many_equations_some_are_drawn_and_all_are_counted() -> None:
    figure = drawn(released(np.linspace(-0.05, 0.05, 501).tolist()))
    curve, _ = sets(figure)
    assert len(curve) == MOST
    assert [curve[0][PERCENT], curve[-1][PERCENT]] == [-4.9, 5.1]
    assert "60 of 501 equations, evenly spaced" in figure.spec["title"]["subtitle"]
    assert "40% of the estimates lie within -2% to +2%" in figure.summary


def test_the_band_is_shaded_once() -> None:
    (band,) = [
        layer for layer in drawn(released([0.01, 0.02])).spec["vconcat"][0]["layer"] if layer["mark"]["type"] == "rect"
    ]
    assert [band["encoding"][end]["datum"] for end in ("y", "y2")] == [-2.0, 2.0]
    assert band["transform"]


def test_what_may_not_be_told_is_left_out_and_counted() -> None:
    figure = drawn(released([0.05, 0.9, 0.02], n=[500, 9, 500]))
    assert [point[PERCENT] for point in sets(figure)[0]] == [2.0, 5.1]
    assert "2 equations (1 withheld)" in figure.spec["title"]["subtitle"]
    assert isinstance(drawn(released([0.9], n=[9])), Unanswered)


def test_a_choice_that_is_no_column_is_refused() -> None:
    with pytest.raises(ReportError, match="did you mean 'experience'"):
        sl.show.specification_curve(released([0.1]), ["experence"], subject="Premium", headline="Invented")
