"""Groups: a premium within roles, places and years."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

import salarylab as sl
from salarylab.source import Break


def test_premia_within_groups_equal_separate_regressions(workers: sl.Records) -> None:
    sample = sl.draw(workers)
    together = sl.premium_by(sample, "education", "role_family", clusters=None)
    assert isinstance(together, sl.GroupPremia)
    for family in ("core AI", "other tech", "other"):
        alone = sl.draw(workers, [sl.only(role_family=family)])
        own = sl.fit(sl.build(sl.Spec(factors=("education",), clusters=None), alone))
        separate = sl.contrast(own, "education", "master")
        row = together.table.filter(pl.col("group") == family, pl.col("level") == "master").row(0, named=True)
        assert (row["value"], row["se"]) == pytest.approx((separate.value, separate.se), rel=1e-8)


def years_of(make_records: Any, years: list[int], breaks: tuple[Break, ...] = ()) -> sl.Records:
    n = 40 * len(years)
    rng = np.random.default_rng(5)
    return make_records(
        breaks=breaks,
        year=[year for year in years for _ in range(40)],
        pay_annual_usd=np.exp(rng.normal(11, 0.2, n)).tolist(),
        work_mode=["remote", "on-site"] * (n // 2),
    )


def test_no_comparison_crosses_a_break(make_records: Any) -> None:
    records = years_of(make_records, [2020, 2021, 2022, 2023], (Break(2022, "another questionnaire"),))
    found = sl.premium_by(sl.draw(records), "work_mode", "year")
    assert isinstance(found, sl.GroupPremia)
    assert found.table["group"].to_list() == ["2022", "2023"]
    reasons = found.estimate.design.sample.attrition["reason"].to_list()
    assert "before the break of 2022: another questionnaire" in reasons


def test_one_year_only_is_said_and_not_drawn(make_records: Any) -> None:
    found = sl.premium_by(sl.draw(years_of(make_records, [2024])), "work_mode", "year")
    assert str(found) == "Not compared: year: one value only."
    assert found.joint.reason == found.reason
    assert sl.show.premium_by(found, "remote") is found


def test_only_the_largest_groups_are_kept_and_the_rest_counted(make_records: Any) -> None:
    n = 120
    records = make_records(
        pay_annual_usd=np.exp(np.random.default_rng(2).normal(11, 0.2, n)).tolist(),
        country=["US"] * 60 + ["FI"] * 40 + ["DE"] * 20,
        work_mode=["remote", "on-site"] * 60,
    )
    found = sl.premium_by(sl.draw(records), "work_mode", "country", top=2)
    assert isinstance(found, sl.GroupPremia)
    assert found.table["group"].to_list() == ["FI", "US"]
    lost = found.estimate.design.sample.attrition.row(-1, named=True)
    assert (lost["reason"], lost["rows_lost"]) == ("not among the 2 largest: country", 20)
