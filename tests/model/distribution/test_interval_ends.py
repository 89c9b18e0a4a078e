"""Which rows an interval regression keeps, and between which ends their pay lies."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.distribution.interval_ends import banded_design, shares_of_ends
from salarylab.records import Records

Make = Callable[..., Records]
EDUCATION = ["bachelor", "master"] * 4


def ends(records: Records, outcome: str = "log_pay_annual", **asked: bool) -> list[tuple[float, float]]:
    spec = sl.Spec(outcome=outcome, factors=("education",))
    _, low, high = banded_design(spec, sl.draw(records, []), **asked)
    return list(zip(np.exp(low).round(6).tolist(), np.exp(high).round(6).tolist(), strict=True))


def test_bounds_come_before_the_amount_and_rows_without_either_leave_by_name(make_records: Make) -> None:
    records = make_records(
        education=EDUCATION,
        pay_annual_usd=[50.0, 70.0, None, None, 90.0, None, 0.0, None],
        pay_low_usd=[None, 60.0, 0.0, 100.0, 80.0, None, None, 0.0],
        pay_high_usd=[None, 80.0, 10.0, math.inf, math.inf, 20.0, None, math.inf],
    )
    found = [(50.0, 50.0), (60.0, 80.0), (0.0, 10.0), (100.0, math.inf), (80.0, math.inf), (0.0, 20.0)]
    assert ends(records) == found
    design, low, high = banded_design(sl.Spec(outcome="log_pay_annual", factors=("education",)), sl.draw(records, []))
    assert ((low <= design.y) & (design.y <= high)).all()
    lost = design.sample.attrition.filter(stage="build").select("reason", "rows_lost").rows()
    assert lost == [("pay not known: pay_annual_usd", 2)]
    # the rows themselves are as they were
    assert design.sample.table["pay_annual_usd"].to_list() == [50.0, 70.0, None, None, 90.0, None]


def test_hourly_bounds_are_over_the_hours_of_the_row(make_records: Make) -> None:
    records = make_records(
        education=EDUCATION,
        pay_annual_usd=[52_000.0, 52_000.0, None, None, None, 60_000.0, 52_000.0, 52_000.0],
        pay_hourly_usd=[25.0, 25.0, None, None, None, None, 26.0, 25.0],
        hours_weekly=[40.0, 40.0, 40.0, None, 40.0, 40.0, 40.0, 40.0],
        full_year=[True, True, None, True, False, True, True, True],
        pay_low_usd=[None, 41_600.0, 20_800.0, 20_800.0, 20_800.0, 20_800.0, None, None],
        pay_high_usd=[None, 62_400.0, math.inf, math.inf, math.inf, math.inf, None, None],
    )
    expected = [(25.0, 25.0), (20.0, 30.0), (10.0, math.inf), (26.0, 26.0), (25.0, 25.0)]
    assert ends(records, "log_pay_hourly") == expected


def posted(make_records: Make, low: float) -> Records:
    return make_records(
        education=EDUCATION,
        observation=["posting"] * 8,
        pay_annual_usd=[60.0] * 8,
        pay_low_usd=[low] * 8,
        pay_high_usd=[80.0] * 8,
    )


def test_posted_ranges_are_refused_unless_told(make_records: Make) -> None:
    with pytest.raises(ModelError, match="posted ranges"):
        ends(posted(make_records, 50.0))
    assert ends(posted(make_records, 50.0), ranges=True)[0] == (50.0, 80.0)
    assert ends(posted(make_records, 80.0))[0] == (80.0, 80.0)  # one amount, posted


def test_crossed_ends_and_other_units_are_refused(make_records: Make) -> None:
    with pytest.raises(ModelError, match="2 faults") as refused:
        ends(posted_mixed(make_records))
    assert "a lower end above the upper one in fewer than 10 rows" in str(refused.value)
    records = make_records(education=EDUCATION, pay_annual_usd=[1.0] * 8, pay_annual_ppp=[1.0] * 8)
    with pytest.raises(ModelError, match="US dollars at the market rate only"):
        ends(records, "log_pay_ppp")


def posted_mixed(make_records: Make) -> Records:
    return make_records(
        education=EDUCATION,
        observation=["posting"] * 8,
        pay_annual_usd=[60.0] * 8,
        pay_low_usd=[90.0] * 4 + [50.0] * 4,
        pay_high_usd=[80.0] * 8,
    )


def test_shares_are_of_points_bands_and_open_ends_and_hide_a_few() -> None:
    low = np.r_[np.zeros(60), np.zeros(20), np.full(15, -np.inf), np.zeros(5)]
    high = np.r_[np.zeros(60), np.ones(20), np.ones(15), np.full(5, np.inf)]
    told = dict(shares_of_ends(low, high).select("known_as", "share").iter_rows())
    assert told == {"point": 0.6, "band": 0.2, "open below": 0.1, "open above": None}
