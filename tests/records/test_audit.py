from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salarylab.records.audit import Ledger, audit_frame, median_pay


def ledger(*pay: float | None) -> Ledger:
    return Ledger(pl.DataFrame({"pay_annual_usd": pay}, schema={"pay_annual_usd": pl.Float64}))


UNDER_50 = pl.col("pay_annual_usd") < 50.0


def test_a_rejection_keeps_the_pay_of_those_lost_beside_those_kept() -> None:
    step = ledger(*[10.0, 20.0, 60.0, 80.0] * 15).reject("pay under 50", UNDER_50).steps[0]
    assert (step.kind, step.examined, step.touched, step.removed) == ("reject", 60, 30, 30)
    assert (step.median_before, step.median_after, step.median_removed) == (40.0, 70.0, 15.0)


def test_what_is_not_known_is_not_rejected() -> None:
    assert len(ledger(None, 60.0).reject("pay under 50", UNDER_50).rows) == 2


def test_a_repair_changes_only_the_rows_that_were_wrong() -> None:
    repaired = ledger(10.0, None, 60.0).repair(
        "thousands typed as units", UNDER_50, (pl.col("pay_annual_usd") * 1000).alias("pay_annual_usd")
    )
    assert repaired.rows["pay_annual_usd"].to_list() == [10_000.0, None, 60.0]
    assert (repaired.steps[0].touched, repaired.steps[0].removed) == (1, 0)


def test_a_repair_judges_every_column_by_the_rows_before_it() -> None:
    both = Ledger(pl.DataFrame({"low": [1.0, 5.0], "high": [9.0, 2.0]})).repair(
        "ends swapped", pl.col("low") > pl.col("high"), pl.col("high").alias("low"), pl.col("low").alias("high")
    )
    assert both.rows.rows() == [(1.0, 9.0), (2.0, 5.0)]


def test_a_flag_counts_and_leaves_the_rows() -> None:
    flagged = ledger(10.0, None, 60.0).flag("pay under 50", UNDER_50)
    assert (flagged.steps[0].kind, flagged.steps[0].touched, len(flagged.rows)) == ("flag", 1, 3)


def test_flags_of_several_rules_are_those_of_each_alone() -> None:
    rows, rules = ledger(*[10.0, 20.0, 60.0, None] * 15), {"under 50": UNDER_50, "over": pl.col("pay_annual_usd") > 50}
    one_by_one = rows
    for rule, found in rules.items():
        one_by_one = one_by_one.flag(rule, found)
    assert rows.flag_each(rules).steps == one_by_one.steps
    assert [step.touched for step in one_by_one.steps] == [30, 15]
    assert rows.flag_each({}).steps == ()


def test_a_merge_counts_the_rows_that_are_gone() -> None:
    before = ledger(10.0, 20.0, 60.0)
    merged = before.merge("two rows are one", before.rows.head(2), touched=2)
    assert (merged.steps[0].touched, merged.steps[0].removed) == (2, 1)


def test_recoding_writes_no_step() -> None:
    assert ledger(10.0).recode(pl.lit("US").alias("country")).steps == ()


def test_medians_are_unknown_while_pay_is() -> None:
    assert median_pay(pl.DataFrame({"salary": [1.0]})) is None
    assert median_pay(ledger().rows) is None
    assert median_pay(ledger(None).rows) is None


def test_a_median_needs_thirty_rows_of_known_pay() -> None:
    assert median_pay(ledger(*[40.0] * 29, *[None] * 5).rows) is None
    assert median_pay(ledger(*[40.0] * 30).rows) == 40.0


def test_few_lost_have_no_median_beside_the_median_of_those_left() -> None:
    step = ledger(*[10.0] * 29, *[60.0] * 30).reject("pay under 50", UNDER_50).steps[0]
    assert (step.median_removed, step.median_after) == (None, 60.0)


@given(st.lists(st.one_of(st.none(), st.floats(0, 100)), max_size=30), st.lists(st.floats(0, 100), max_size=5))
def test_rows_never_vanish(pay: list[float | None], limits: list[float]) -> None:
    walked = ledger(*pay)
    for limit in limits:
        walked = walked.reject(f"pay under {limit}", pl.col("pay_annual_usd") < limit)
    assert len(walked.rows) + sum(step.removed for step in walked.steps) == len(pay)
    assert [step.examined for step in walked.steps[1:]] == [s.examined - s.removed for s in walked.steps[:-1]]


def test_the_audit_is_a_table_in_the_order_of_the_rules() -> None:
    walked = ledger(10.0, 60.0).flag("one", UNDER_50).reject("two", UNDER_50)
    table = audit_frame(walked.steps)
    assert table["rule"].to_list() == ["one", "two"]
    assert table["removed"].sum() == 1
    assert audit_frame(()).schema == table.schema


def test_steps_are_values() -> None:
    start = ledger(10.0, 60.0)
    start.reject("pay under 50", UNDER_50)
    assert start.steps == ()
    with pytest.raises(AttributeError):
        start.steps = ()  # type: ignore[misc]


@pytest.mark.parametrize("seed", range(5))
def test_a_weighted_median_is_the_median_of_rows_repeated_by_their_weights(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = pl.DataFrame({"pay_annual_usd": rng.integers(1, 30, 41).astype(float), "weight": rng.integers(1, 6, 41)})
    rows = rows.with_columns(pl.col("weight").cast(pl.Float64))
    repeated = np.repeat(rows["pay_annual_usd"].to_numpy(), rows["weight"].cast(pl.Int64).to_numpy())
    assert median_pay(rows, weighted=True) == np.median(repeated)
    assert median_pay(rows.with_columns(weight=pl.lit(0.7)), weighted=True) == median_pay(rows)


def test_rows_without_a_weight_count_for_nothing_and_thirty_must_have_one() -> None:
    rows = pl.DataFrame({"pay_annual_usd": [1.0] * 30 + [9.0] * 50, "weight": [2.0] * 30 + [None] * 50})
    assert (median_pay(rows), median_pay(rows, weighted=True)) == (9.0, 1.0)
    assert median_pay(rows.tail(79), weighted=True) is None
