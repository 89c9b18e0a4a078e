"""Spec: the covariance rule that a design calls for by its own size."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import salarylab as sl
from salarylab.model.rules import rule_for


@pytest.mark.parametrize(
    ("rows", "cell", "rule"),
    [(100_000, 1_000, "HC1"), (99_999, 1_000, "HC2"), (60_000, 30_000, "HC2"), (100_000, 999, "HC2")],
)
def test_plain_hc1_serves_from_100_000_rows_with_1_000_in_each_cell(
    make_records: Any, rows: int, cell: int, rule: str
) -> None:
    records = make_records(pay_annual_usd=[50_000.0, 60_000.0] * 20, education=["bachelor"] * 20 + ["master"] * 20)
    small = sl.build(sl.Spec(factors=("education",)), sl.draw(records))
    intercept, premium = small.terms
    large = replace(small, y=np.zeros(rows), terms=(replace(intercept, n=500), replace(premium, n=cell)))
    assert rule_for(large)[0] == rule
    assert ("1,000 rows or more" in rule_for(large)[1]) == (rule == "HC1")
