from __future__ import annotations

import math
from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salarylab.errors import DataError
from salarylab.records import Records, from_ledger
from salarylab.records.audit import Ledger
from salarylab.records.postings import (
    TIES,
    arithmetic_midpoint,
    collapse_pairs,
    drop_repeats,
    geometric_midpoint,
    is_repeat,
    mark_overlap,
    signature,
)

IDENTITY = ["title", "place"]
SCHEMA = {"row": pl.Int64, "title": pl.String, "place": pl.String, "usd": pl.Float64}


def ends(*rows: tuple[str | None, str | None, float | None]) -> Ledger:
    return Ledger(pl.DataFrame([(i + 1, *row) for i, row in enumerate(rows)], schema=SCHEMA, orient="row"))


def collapsed(ledger: Ledger) -> Ledger:
    return collapse_pairs(ledger, pay="usd", identity=IDENTITY)


def found(ledger: Ledger) -> list[tuple[int, float | None, float | None]]:
    return collapsed(ledger).rows.select("row", "pay_low", "pay_high").rows()


def scan(rows: list[tuple[int, str | None, str | None, float | None]]) -> list[tuple[int, float | None, float | None]]:
    """The rule as a person would follow it down the page."""
    postings, i = [], 0
    while i < len(rows):
        row, *identity, high = rows[i]
        if i + 1 < len(rows):
            next_row, *next_identity, low = rows[i + 1]
            neighbours = next_row == row + 1 and next_identity == identity
            if neighbours and high is not None and low is not None and high >= low:
                postings.append((row, low, high))
                i += 2
                continue
        postings.append((row, high, high))
        i += 1
    return postings


@given(
    st.lists(
        st.tuples(
            st.integers(1, 2),  # gap to the row before: 2 means that a row of the file is gone
            st.sampled_from(["engineer", "analyst", None]),
            st.sampled_from(["DE", None]),
            st.sampled_from([None, 90.0, 100.0, 110.0]),
        ),
        max_size=40,
    )
)
def test_the_vectorised_scan_equals_the_loop(drawn: list[tuple[int, str | None, str | None, float | None]]) -> None:
    number, rows = 0, []
    for gap, *rest in drawn:
        number += gap
        rows.append((number, *rest))
    ledger = Ledger(pl.DataFrame(rows, schema=SCHEMA, orient="row"))
    assert found(ledger) == scan(rows)
    assert len(ledger.rows) == len(found(ledger)) + collapsed(ledger).steps[0].removed


def test_a_run_of_falling_ends_is_paired_from_the_top() -> None:
    run = ends(*[("engineer", "DE", pay) for pay in (150.0, 140.0, 130.0, 120.0, 110.0)])
    assert found(run) == [(1, 140.0, 150.0), (3, 120.0, 130.0), (5, 110.0, 110.0)]


def test_low_then_high_is_no_pair() -> None:
    assert len(found(ends(("engineer", "DE", 100.0), ("engineer", "DE", 150.0)))) == 2


def test_nulls_agree_in_identity_and_never_pair_in_pay() -> None:
    assert found(ends(("engineer", None, 150.0), ("engineer", None, 100.0))) == [(1, 100.0, 150.0)]
    assert len(found(ends(("engineer", None, 150.0), ("engineer", "DE", 100.0)))) == 2
    assert len(found(ends(("engineer", "DE", None), ("engineer", "DE", 100.0)))) == 2


def test_rows_are_counted_and_ties_reported() -> None:
    ledger = collapsed(ends(*[("engineer", "DE", pay) for pay in (100.0, 100.0, 150.0, 100.0)]))
    merge, ties = ledger.steps
    assert (merge.kind, merge.touched, merge.removed) == ("merge", 4, 2)
    assert (ties.rule, ties.kind, ties.touched, ties.removed) == (TIES, "flag", 1, 0)


def test_both_ends_of_another_column_are_kept() -> None:
    ledger = ends(("engineer", "DE", 150.0), ("engineer", "DE", 100.0)).recode((pl.col("usd") * 2).alias("euro"))
    postings = collapse_pairs(ledger, pay="usd", identity=IDENTITY, also=["euro"])
    assert postings.rows.select("euro_low", "euro_high").row(0) == (200.0, 300.0)


def test_repeats_go_only_where_the_whole_posting_agrees() -> None:
    ledger = collapsed(ends(*[("engineer", "DE", pay) for pay in (150.0, 100.0, 150.0, 100.0, 150.0, 110.0)]))
    distinct = drop_repeats(ledger, IDENTITY)
    assert distinct.rows["pay_low"].to_list() == [100.0, 110.0]
    assert distinct.steps[-1].removed == 1


def test_signatures_never_collide_across_fields() -> None:
    fields = pl.DataFrame({"title": ["a,b", "a", None, "null"], "place": ["c", "b,c", "x", "x"]})
    assert fields.select(signature(IDENTITY)).to_series().n_unique() == 4


def test_midpoints() -> None:
    middle = pl.DataFrame({"low": [90_000.0], "high": [160_000.0]}).select(
        geometric=geometric_midpoint("low", "high"), arithmetic=arithmetic_midpoint("low", "high")
    )
    assert middle["geometric"][0] == pytest.approx(math.exp((math.log(90_000) + math.log(160_000)) / 2), rel=1e-12)
    assert middle["arithmetic"][0] == 125_000.0


def test_rows_out_of_file_order_are_refused() -> None:
    shuffled = ends(("engineer", "DE", 150.0), ("engineer", "DE", 100.0))
    with pytest.raises(DataError, match="file order"):
        collapsed(Ledger(shuffled.rows.reverse()))


def test_every_missing_column_is_named() -> None:
    with pytest.raises(DataError) as caught:
        collapse_pairs(ends(("engineer", "DE", 1.0)), pay="uds", identity=["title", "plaec"])
    assert len(caught.value.faults) == 2
    assert "did you mean 'usd'?" in str(caught.value)
    assert "did you mean 'place'?" in str(caught.value)


# Another source's postings


def test_repeats_are_rows_that_agree_in_every_field_with_an_earlier_one() -> None:
    rows = pl.DataFrame({"title": ["a", "a", "a", None, None], "pay": [1.0, 2.0, 1.0, None, None]})
    assert rows.select(is_repeat(["title", "pay"]).alias("repeat"))["repeat"].to_list() == [
        False,
        False,
        True,
        False,
        True,
    ]


def test_overlap_is_counted_and_written_down() -> None:
    ledger = Ledger(pl.DataFrame({"via": ["a board", "elsewhere", None]}))
    marked = mark_overlap(ledger, pl.col("via") == "a board", "aijobs")
    assert marked.rows["also_in"].to_list() == ["aijobs", None, None]
    (step,) = marked.steps
    assert (step.rule, step.kind, step.touched) == ("may also stand in aijobs; never pool the two", "flag", 1)


def test_two_sources_make_no_records(make_records: Callable[..., Records]) -> None:
    one = make_records(pay_annual_usd=[90_000.0, 80_000.0])
    two = one.table.with_columns(pl.Series("source", ["invented", "aijobs"]))
    with pytest.raises(DataError, match="rows of aijobs"):
        from_ledger(Ledger(two), one.provenance)
