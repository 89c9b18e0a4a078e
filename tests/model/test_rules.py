"""Spec: the covariance rule that a design calls for by its own size."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import salarylab as sl
from salarylab.errors import ModelError
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


@pytest.mark.parametrize("clusters", [None, "cluster"])
def test_very_many_levels_are_refused_under_the_default_rule_and_not_under_another(
    make_records: Any, clusters: str | None
) -> None:
    """1,100 employers under HC2 with Bell and McCaffrey's degrees of freedom did not end in two minutes."""
    n = 501 * 3
    records = make_records(
        pay_annual_usd=[4e4 + 100 * (i % 89) for i in range(n)],
        employer=[f"e{i % 501}" for i in range(n)],
        cluster=[f"c{i % 30}" for i in range(n)],
        education=["bachelor" if i % 2 else "master" for i in range(n)],
    )
    sample = sl.draw(records, [])
    spec = sl.Spec(factors=("education", "employer"), clusters=clusters)
    plain = "CR1" if clusters else "HC1"
    with pytest.raises(ModelError, match="501 levels under the default covariance") as refusal:
        sl.fit(sl.build(spec, sample))
    assert f"covariance={plain!r}" in str(refusal.value)
    assert "absorbed='employer'" in str(refusal.value)
    laid_out = sl.fit(sl.build(replace(spec, covariance=plain), sample))
    absorbed = sl.fit(sl.build(sl.Spec(factors=("education",), absorbed="employer", clusters=clusters), sample))
    values = [sl.contrast(one, "education", "master", "bachelor").value for one in (laid_out, absorbed)]
    assert values[0] == pytest.approx(values[1], rel=1e-8)
