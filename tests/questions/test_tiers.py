"""Tiers: what is held equal, in one order everywhere, and what a sample cannot hold equal."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

import salarylab as sl
from salarylab.model.factor import FACTORS
from salarylab.questions.compared import PAIRS, Pair
from salarylab.questions.tiers import HEADLINE, SAME, TIERS, headline_tier, steps_for

PAIR = Pair("master", "bachelor")


def test_titles_are_never_controls_and_every_control_is_a_factor() -> None:
    controls = [name for names in TIERS.values() for name in names]
    assert "title" not in controls
    assert set(controls) <= set(FACTORS)
    assert len(controls) == len(set(controls))
    assert tuple(TIERS) == ("person", "place", "job", "employer")
    assert set(HEADLINE) | set(SAME) <= set(FACTORS)
    assert "employer" not in HEADLINE.values()  # never the employer


@pytest.mark.parametrize(
    ("factor", "tier"), [("education", "place"), ("work_mode", "job"), ("seniority", "place"), ("industry", "job")]
)
def test_a_degree_is_asked_at_the_place_and_remote_work_at_the_job(factor: str, tier: str) -> None:
    assert headline_tier(factor) == tier


def test_every_control_that_was_asked_stands_in_its_tier(people: Any) -> None:
    sample, _ = people(n=2_000, employer=[f"e{i % 9}" for i in range(2_000)])
    steps, left_out = steps_for(sample, "education", PAIR, "place")
    assert steps == [
        ("+ person", ["experience_spline", "year"]),
        ("+ place", ["country"]),
        ("+ job", ["role"]),
        ("+ employer", ["employer"]),
    ]
    assert {"region: never asked", "seniority: never asked", "industry: never asked"} <= set(left_out)


def test_what_was_never_asked_makes_no_rung(people: Any) -> None:
    """Levels.fyi never asked age, and its page headlined a 'same age' premium."""
    sample, _ = people()
    table = sample.table.with_columns(
        pl.lit(None, pl.Float64).alias("experience_years"), pl.lit(2024, pl.Int32).alias("year")
    )
    from dataclasses import replace

    bare = replace(sample, table=table, asked=sample.asked - {"experience_years", "role", "title"})
    steps, left_out = steps_for(bare, "education", PAIR, "place")
    assert steps == [("+ place", ["country"])]
    assert {"experience: never asked", "year: one value only", "role: never asked"} <= set(left_out)
    answer = sl.premium(bare, "education")
    assert [rung.label for rung in answer.ladder.rungs] == ["who answered all", "+ place"]
    assert "experience" not in answer.headline.sentence


@pytest.mark.parametrize(
    ("factor", "absent"),
    [("education", "education"), ("role", "role_family"), ("country", "region"), ("track", "seniority")],
)
def test_neither_the_factor_nor_another_version_of_it_is_held_equal(people: Any, factor: str, absent: str) -> None:
    n = 1_500
    sample, _ = people(
        role_family=["core AI" if i % 3 else "other" for i in range(n)],
        region=[f"r{i % 5}" for i in range(n)],
        seniority=["senior" if i % 2 else "mid" for i in range(n)],
        track=["manager" if i % 5 == 0 else "individual contributor" for i in range(n)],
    )
    counts = sample.table[factor].value_counts().sort("count")[factor].cast(pl.String)
    steps, left_out = steps_for(sample, factor, Pair(counts[0], counts[1]), "job")
    held = [name for _, names in steps for name in names]
    assert factor not in held
    assert absent not in held
    assert not any(FACTORS[absent].label in reason for reason in left_out)  # no version of itself is missed


@pytest.mark.parametrize(("silent", "held"), [(149, True), (160, False)])
def test_a_control_beyond_the_headlines_tier_may_cost_a_tenth_of_the_rows(people: Any, silent: int, held: bool) -> None:
    industry = [None if i < silent else ("manufacturing" if i % 2 else "information") for i in range(1_500)]
    sample, _ = people(industry=industry)
    steps, left_out = steps_for(sample, "education", PAIR, "place")
    assert ("+ employer", ["industry"]) in steps or not held
    assert ("industry: a tenth of the rows or more have no answer to it" in left_out) is not held


def test_a_control_of_the_headlines_tier_costs_what_it_costs_up_to_half(people: Any) -> None:
    rng = np.random.default_rng(1)
    for share, held in ((0.4, True), (0.6, False)):
        silent = rng.random(1_500) < share
        country = [None if s else str(c) for s, c in zip(silent, rng.choice(["US", "FI"], 1_500), strict=True)]
        sample, _ = people(country=country)
        steps, left_out = steps_for(sample, "education", PAIR, "place")
        assert (("+ place", ["country"]) in steps) is held
        assert any(reason.startswith("country: answered by") for reason in left_out) is not held


def test_what_few_of_a_side_answered_is_no_control_and_named(people: Any) -> None:
    _, columns = people()
    silent = [degree == "master" and i % 3 > 0 for i, degree in enumerate(columns["education"])]
    role = [None if s else r for s, r in zip(silent, columns["role"], strict=True)]
    sample, _ = people(role=role, title=[None] * 1_500)
    steps, left_out = steps_for(sample, "education", PAIR, "job")
    assert "+ job" not in dict(steps)
    assert "role: answered by few of master" in left_out


def test_declared_pairs_are_of_factors_whose_headline_stands_at_a_tier() -> None:
    assert {headline_tier(factor) for factor in PAIRS} <= set(TIERS)
