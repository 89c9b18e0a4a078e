"""Ladders: every rung on the same rows, and what is left out."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import salarylab as sl
from salarylab.model.usable import usable


def test_every_rung_stands_on_the_same_rows(workers: sl.Records) -> None:
    steps = [("raw gap", []), ("+ experience", ["experience_spline"]), ("+ mode", ["work_mode", "industry"])]
    found = sl.ladder(sl.draw(workers, []), "education", steps, clusters=None)
    assert [rung.estimate.n for rung in found.rungs] == [593, 593, 593]
    assert found.left_out == ("industry: never asked",)
    assert found.table["rung"].unique(maintain_order=True).to_list() == [
        "everybody",
        "raw gap",
        "+ experience",
        "+ mode",
    ]
    assert found.everybody.n == 600
    raw = found.rungs[0].estimate.design.sample.table
    means = raw.group_by("education").agg(pl.col("pay_annual_usd").log().mean())
    by_level = dict(means.iter_rows())
    row = found.table.filter(rung="raw gap").row(0, named=True)
    assert row["value"] == pytest.approx(by_level[row["level"]] - by_level["bachelor"])


def test_a_finer_factor_takes_the_place_of_the_coarser(make_records: Any) -> None:
    regions = ["US-1", "US-2", "FI-1", "FI-2"] * 10
    records = make_records(
        pay_annual_usd=[50_000.0 + i for i in range(40)],
        region=regions,
        country=[r[:2] for r in regions],
        education=["bachelor", "bachelor", "master", "bachelor", "master"] * 8,
    )
    kept, out = usable(sl.draw(records, []), ["country", "region", "education"])
    assert kept == ("region", "education")
    assert out == ("country: given by region",)


def test_the_first_factor_that_can_be_used_and_the_highest_level_with_enough_rows(workers: sl.Records) -> None:
    sample = sl.draw(workers, [])
    assert sl.first_usable(sample, ["industry", "role_family"]) == "role_family"
    assert sl.top_level(sample, "education") == "doctorate"
    assert sl.top_level(sample, "education", at_least=100) == "master"
    none = sl.first_usable(sample, ["industry", "region"])
    assert none == "industry"
    assert str(sl.premium_by(sample, "education", none)) == "Not compared: industry: never asked."
