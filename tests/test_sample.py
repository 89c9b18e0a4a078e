from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from salarylab import schema
from salarylab.errors import DataError, VocabularyError
from salarylab.records import Records, from_ledger
from salarylab.records.audit import Ledger
from salarylab.sample import (
    ATTRITION_SCHEMA,
    draw,
    full_time_full_year,
    main_pay_concept,
    only,
    positive_pay,
    reported_pay,
    standard,
    working_age,
)
from salarylab.source import FileStamp, Provenance, Source

COLUMNS = ("pay_annual_usd", "pay_concept", "gross_net", "age", "work_mode", "hours_weekly", "full_year")

SOURCE = Source(
    key="invented",
    title="Invented workers",
    publisher="nobody",
    home="",
    citation="",
    licence="",
    redistribution="free",
    headline="Invented",
    asked=frozenset(COLUMNS),
)


def worker(pay: float | None = 50_000.0, **told: Any) -> dict[str, Any]:
    answers: dict[str, Any] = {
        "pay_annual_usd": pay,
        "pay_concept": "base",
        "gross_net": "gross",
        "age": 40.0,
        "work_mode": "remote",
        "hours_weekly": 40.0,
        "full_year": True,
    }
    return answers | told


def records(*workers: dict[str, Any], asked: frozenset[str] = SOURCE.asked) -> Records:
    names = [name for name in COLUMNS if name in asked]
    rows = pl.DataFrame(workers).select(pl.col(name).cast(schema.column(name).dtype) for name in names)
    identified = Ledger(rows).recode(
        pl.int_range(pl.len()).cast(pl.String).alias("record_id"),
        pl.lit("invented").alias("source"),
        pl.lit(2024, dtype=pl.Int32).alias("year"),
        pl.lit("worker").cast(schema.column("observation").dtype).alias("observation"),
    )
    ledger = identified.reject("pay over a million", pl.col("pay_annual_usd") > 1e6)
    return from_ledger(ledger, Provenance(SOURCE, (FileStamp("invented.csv", "0" * 64, len(rows)),), ""), asked)


def test_every_raw_row_is_in_the_sample_or_lost_to_one_reason() -> None:
    drawn = draw(
        records(worker(2e6), worker(0.0), worker(None), worker(age=17.0), worker(), worker(60_000.0)),
        [positive_pay, working_age],
    )
    assert drawn.attrition.select("stage", "reason", "rows_lost", "rows_left").rows() == [
        ("raw", "rows in the raw files", 0, 6),
        ("clean", "pay over a million", 1, 5),
        ("draw", "kept only if: pay is stated and above zero", 2, 3),
        ("draw", "kept only if: is 18 to 64 years old", 1, 2),
    ]
    assert dict(drawn.attrition.schema) == ATTRITION_SCHEMA
    assert drawn.population == (positive_pay.label, working_age.label)


def test_the_pay_of_those_lost_stands_beside_the_pay_of_those_left() -> None:
    old, young = [worker(30_000.0, age=70.0)] * 30, [worker(50_000.0), worker(60_000.0)] * 15
    drawn = draw(records(*old, *young), [working_age])
    assert drawn.attrition.select("median_pay_lost", "median_pay_left").row(-1) == (30_000.0, 55_000.0)
    few = draw(records(*old[:29], *young), [working_age])
    assert few.attrition.select("median_pay_lost", "median_pay_left").row(-1) == (None, 55_000.0)


def test_order_decides_who_takes_a_row_and_not_how_many_are_left() -> None:
    both = records(worker(0.0, age=17.0), worker(0.0), worker())
    one, other = draw(both, [positive_pay, working_age]), draw(both, [working_age, positive_pay])
    assert one.attrition["rows_lost"].to_list() == [0, 2, 0]
    assert other.attrition["rows_lost"].to_list() == [0, 1, 1]
    assert one.table.equals(other.table)


def test_what_was_not_answered_is_not_kept() -> None:
    drawn = draw(records(worker(hours_weekly=None), worker(full_year=None), worker()), [full_time_full_year])
    assert len(drawn) == 1


def test_rows_lost_later_join_the_attrition() -> None:
    drawn = draw(records(worker(), worker(work_mode=None)), [])
    built = drawn.without(pl.col("work_mode").is_null(), "not answered: work_mode")
    assert built.attrition.select("stage", "reason", "rows_lost").row(-1) == ("build", "not answered: work_mode", 1)
    assert (len(drawn), len(built)) == (2, 1)


@pytest.mark.parametrize(
    ("other", "name"), [({"pay_concept": "total cash"}, "pay_concept"), ({"gross_net": "net"}, "gross_net")]
)
def test_mixed_pay_is_refused_unless_told(other: dict[str, str], name: str) -> None:
    mixed = records(worker(), worker(), worker(**other))
    with pytest.raises(DataError, match=f"sample: {name}"):
        draw(mixed, [])
    assert len(draw(mixed, [], mix_pay=True)) == 3


def test_both_mixtures_are_named_at_once() -> None:
    with pytest.raises(DataError) as caught:
        draw(records(worker(), worker(pay_concept="total cash", gross_net="net")), [])
    assert len(caught.value.faults) == 2


def test_the_main_concept_is_the_commonest() -> None:
    mixed = records(worker(), worker(pay_concept="total cash"), worker(pay_concept="total cash"))
    drawn = draw(mixed, [main_pay_concept])
    assert (len(drawn), drawn.pay_concept) == (2, "total cash")
    assert draw(mixed, [], mix_pay=True).pay_concept == "base and total cash"


def test_every_restriction_on_what_was_never_asked_is_named() -> None:
    narrow = records(worker(), asked=frozenset({"pay_annual_usd", "pay_concept", "gross_net"}))
    with pytest.raises(DataError) as caught:
        draw(narrow, [working_age, positive_pay, full_time_full_year])
    told = [fault.found for fault in caught.value.faults]
    assert told == ["invented never asked age", "invented never asked hours_weekly, full_year"]


def test_an_empty_sample_is_refused_with_what_emptied_it() -> None:
    with pytest.raises(
        DataError, match="fewer than 10 to 'pay over a million'; fewer than 10 to 'kept only if: is 18 to 64 years old'"
    ):
        draw(records(worker(2e6), worker(age=17.0), worker(age=70.0)), [working_age])


def test_only_keeps_the_named_levels() -> None:
    modes = records(worker(), worker(work_mode="hybrid"), worker(work_mode="on-site"), worker(work_mode=None))
    assert len(draw(modes, [only(work_mode=["remote", "hybrid"])])) == 2
    assert len(draw(modes, [only(work_mode="on-site")])) == 1


def test_only_refuses_unknown_columns_and_levels() -> None:
    with pytest.raises(VocabularyError, match="did you mean 'remote'"):
        only(work_mode="remotely")
    with pytest.raises(VocabularyError, match="did you mean 'work_mode'"):
        only(work_mod="remote")


def test_a_restriction_is_lifted_in_the_years_that_did_not_ask_it(make_records) -> None:
    waves = make_records(
        year=[2023] * 3 + [2024] * 3, age=[17.0, 30.0, None, None, None, None], pay_annual_usd=[5e4] * 6
    )
    sample = draw(waves, standard(waves))
    assert sample.table["year"].to_list() == [2023, 2024, 2024, 2024]
    assert sample.population[-1] == "is 18 to 64 years old, but in 2024, where it was not asked"


def test_doubted_pay_and_part_time_work_are_no_part_of_a_standard_sample(make_records) -> None:
    asked = make_records(
        pay_annual_usd=[5e4] * 4,
        pay_doubt=[None, "monthly", None, None],
        employment=["full-time", "full-time", "part-time", "employed"],
    )
    assert draw(asked, standard(asked)).table["employment"].to_list() == ["full-time", "employed"]


def test_pay_in_an_open_band_alone_is_lost_for_a_reason_of_its_own(make_records) -> None:
    few = {"pay_low_usd": [4e4, None, None, 0.0, None], "pay_high_usd": [6e4, None, None, 1e3, None]}
    points = make_records(pay_annual_usd=[5e4, 5e4, 6e4, None, None], **few)
    lost = draw(points, standard(points)).attrition.filter(pl.col("rows_lost") > 0)
    assert lost.select("reason", "rows_lost").rows() == [
        ("kept only if: pay is known as a point, not as an open band alone", 1),
        ("kept only if: pay is stated and above zero", 1),
    ]


def test_where_most_pay_is_known_in_bands_every_band_stays(make_records) -> None:
    banded = make_records(pay_annual_usd=[5e4, None, None], pay_low_usd=[4e4, 0.0, None], pay_high_usd=[6e4, 1e3, None])
    sample = draw(banded)
    assert sample.banded
    assert len(sample) == 2
    lost = sample.attrition.filter(pl.col("rows_lost") > 0)
    assert lost.select("reason", "rows_lost").rows() == [("kept only if: pay is stated, as an amount or a band", 1)]


def test_pay_that_the_publisher_filled_in_leaves_the_standard_sample_for_a_reason_of_its_own(make_records) -> None:
    filled = [["pay_annual_usd"], ["hours_weekly"], ["full_year"], ["education", "role"], [], None]
    asked = make_records(
        pay_annual_usd=[1e4] * 30 + [2e4] * 30 + [3e4] * 30 + [4e4] * 30 + [5e4] * 30 + [6e4] * 30,
        pay_hourly_usd=[25.0] * 180,
        imputed=[names for names in filled for _ in range(30)],
    )
    sample = draw(asked, standard(asked))
    assert sample.table["pay_annual_usd"].unique().sort().to_list() == [4e4, 5e4, 6e4]
    assert sample.population[-1] == "pay was stated by the person, not filled in by the publisher"
    last = sample.attrition.row(-1, named=True)
    assert (last["rows_lost"], last["median_pay_lost"], last["median_pay_left"]) == (90, 2e4, 5e4)


def test_hours_that_were_filled_in_matter_where_pay_is_hourly(make_records) -> None:
    asked = make_records(
        pay_annual_usd=[5e4] * 3,
        pay_hourly_usd=[25.0, None, None],
        imputed=[["hours_weekly"]] * 2 + [["pay_annual_usd"]],
    )
    assert draw(asked, [reported_pay]).table["record_id"].to_list() == ["r1"]


def test_a_source_that_says_nothing_of_filling_in_is_not_restricted_by_it(make_records) -> None:
    asked = make_records(pay_annual_usd=[5e4] * 3)
    assert reported_pay.label not in draw(asked, standard(asked)).population


@pytest.mark.parametrize(("weighted", "left"), [(False, 30_500.0), (True, 40_000.0)])
def test_medians_of_the_attrition_are_weighted_where_rows_carry_weights(
    make_records, weighted: bool, left: float
) -> None:
    asked = make_records(
        pay_annual_usd=[1_000.0 * (i + 1) for i in range(60)] + [70_000.0] * 30,
        age=[40.0] * 60 + [70.0] * 30,
        weight=[1.0] * 39 + [20.0] + [1.0] * 50,
        weighted=weighted,
    )
    assert draw(asked, [working_age]).attrition.row(-1, named=True)["median_pay_left"] == left
