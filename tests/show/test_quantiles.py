"""The quantile process: one term at each quantile, thirty rows behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

import salarylab as sl
from salarylab.errors import ReportError
from salarylab.model.distribution import quantile_regression
from salarylab.show.intervals import HIGH, LOW, PERCENT
from salarylab.show.quantiles import AT, STEP_HIGH
from salarylab.unanswered import Unanswered

Drawn = Callable[[Any], list[dict[str, Any]]]


def test_marks_are_the_regressions_own(raw: sl.Estimate, marks_of: Drawn) -> None:
    found = quantile_regression(raw.design, [0.25, 0.5, 0.75])
    drawn = marks_of(sl.show.quantile_process(found, "education[doctorate]"))
    rows = found.table.filter(pl.col("term") == "education[doctorate]").sort("quantile")
    assert [mark[AT] for mark in drawn] == [0.25, 0.5, 0.75]
    for mark, row in zip(drawn, rows.iter_rows(named=True), strict=True):
        ends = [mark[PERCENT], mark[LOW], mark[HIGH]]
        assert ends == pytest.approx([100 * np.expm1(row[name]) for name in ("value", "low", "high")], abs=0.051)


def test_heaped_pay_widens_the_bars_and_is_named(invented: Callable[..., sl.Sample], marks_of: Drawn) -> None:
    heaped = [50_000.0 + 10_000 * (i % 7) for i in range(400)]
    sample = invented(title=["engineer", "analyst"] * 200, pay_annual_usd=heaped)
    figure = sl.show.quantile_process(
        quantile_regression(sl.build(sl.Spec(factors=("title",)), sample)), "title[engineer]"
    )
    assert all(mark[STEP_HIGH] > mark[HIGH] for mark in marks_of(figure))
    assert "one step of heaped pay" in figure.spec["title"]["subtitle"]  # type: ignore[union-attr]


def test_under_thirty_rows_nothing_is_drawn_and_no_rare_name_known(invented: Callable[..., sl.Sample]) -> None:
    titles = ["engineer"] * 60 + ["analyst"] * 20 + ["swan marker"] * 3
    found = quantile_regression(sl.build(sl.Spec(factors=("title",)), invented(title=titles)))
    assert isinstance(sl.show.quantile_process(found, "title[analyst]"), Unanswered)
    with pytest.raises(ReportError) as refused:
        sl.show.quantile_process(found, "title[swan]")
    assert "swan marker" not in str(refused.value)
