from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

import salarylab as sl
from salarylab import schema
from salarylab.errors import DataError, ModelError, VocabularyError
from salarylab.records import Records, from_ledger
from salarylab.records.audit import Ledger
from salarylab.sample import (
    ATTRITION_SCHEMA,
    Sample,
    band,
    derive,
    draw,
    full_time_full_year,
    main_pay_concept,
    only,
    point_pay,
    positive_pay,
    reported_pay,
    standard,
    stated_pay,
    undoubted_pay,
    where,
    working_age,
)
from salarylab.source import FileStamp, Provenance, Replication, Source

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


def answers(make_records, n: int = 60, **others: Any) -> Records:
    """Return invented workers of a weighted survey with replicates and clusters, some young, some doubted."""
    return make_records(
        **{
            "pay_annual_usd": [20_000.0 + 500 * i for i in range(n)],
            "pay_doubt": ["monthly" if i % 20 == 3 else None for i in range(n)],
            "age": [17.0 if i % 12 == 5 else 20.0 + i % 40 for i in range(n)],
            "experience_years": [None if i % 15 == 7 else float(i % 30) for i in range(n)],
            "country": ["US", "FI", None] * (n // 3),
            "weight": [1.0 + i % 4 for i in range(n)],
            "replicate_weights": [[1.0 + i % 4, 2.0] for i in range(n)],
            "cluster": [f"c{i % 5}" for i in range(n)],
        }
        | others,
        weighted=True,
        replication=Replication(2, 1.0, 1.0, "invented"),
    )


# Drawing, banded pay, and what left by a restriction back


def test_nothing_named_is_the_standard_sample_and_an_empty_list_keeps_every_row(make_records) -> None:
    records = answers(make_records)
    plain, named = draw(records), draw(records, standard(records))
    assert plain.table.equals(named.table)
    assert plain.attrition.equals(named.attrition)
    assert (plain.population, plain.hours_known) == (named.population, named.hours_known)
    assert len(plain) < 60 == len(draw(records, []))
    assert draw(records, []).population == ()


@pytest.mark.parametrize(
    ("banded", "observation", "expected"),
    [(31, "worker", True), (30, "worker", False), (60, "worker", True), (60, "posting", False), (0, "worker", False)],
)
def test_pay_is_banded_where_more_than_half_of_the_people_stated_a_band(
    make_records, banded: int, observation: str, expected: bool
) -> None:
    low = [10_000.0] * banded + [None] * (60 - banded)
    records = make_records(
        pay_annual_usd=[15_000.0] * 60, pay_low_usd=low, pay_high_usd=[None] * 60, observation=[observation] * 60
    )
    assert draw(records, []).banded is expected
    labels = draw(records).population
    assert (stated_pay.label in labels, positive_pay.label in labels) == (expected, not expected)


def test_stated_pay_is_an_amount_above_zero_or_a_band_with_one_end(make_records) -> None:
    records = make_records(
        pay_annual_usd=[5e4, 0.0, None, None, None, 0.0],
        pay_low_usd=[None, None, 0.0, None, None, None],
        pay_high_usd=[None, None, None, 1e3, None, None],
    )
    assert draw(records, [stated_pay]).table["record_id"].to_list() == ["r0", "r2", "r3"]
    assert draw(records, [point_pay]).table["record_id"].to_list() == ["r0", "r1", "r3", "r4", "r5"]


def test_open_bands_stay_where_most_pay_is_banded(make_records) -> None:
    """The bottom band of 0 to 999 has both ends, the top band one: neither is left out of a survey of bands."""
    records = make_records(
        pay_annual_usd=[500.0] * 30 + [5e4] * 20 + [None] * 10,
        pay_low_usd=[0.0] * 30 + [4e4] * 20 + [2e5] * 10,
        pay_high_usd=[999.0] * 30 + [6e4] * 20 + [None] * 10,
    )
    assert len(draw(records)) == 60


def test_those_who_left_by_a_restriction_are_back_and_own_columns_too(make_records) -> None:
    records = answers(make_records)
    sample = derive(draw(records), old=band("age", [40]), tenfold=pl.col("pay_annual_usd") * 10)
    assert sample.table["pay_doubt"].null_count() == len(sample)
    back = sample.with_back(undoubted_pay)
    assert back is not None
    expected = records.table.filter(pl.col("age") >= 18)
    assert back.table["record_id"].to_list() == expected["record_id"].to_list()
    assert len(back) > len(sample)
    assert undoubted_pay.label not in back.population
    assert (back.table["tenfold"] == back.table["pay_annual_usd"] * 10).all()
    assert set(back.derived) == {"old", "tenfold"}
    assert sample.with_back(reported_pay) is None  # nobody left by it


def test_a_restriction_lifted_from_some_years_is_known_by_its_columns(make_records) -> None:
    waves = make_records(
        year=[2023] * 3 + [2024] * 3, age=[17.0, 30.0, 31.0, None, None, None], pay_annual_usd=[5e4] * 6
    )
    sample = draw(waves)
    assert sample.population[-1].endswith("where it was not asked")
    back = sample.with_back(working_age)
    assert back is not None
    assert len(back) == 6


# Restrictions and columns of one's own


def test_where_keeps_those_for_whom_it_holds_and_a_null_is_not_kept(make_records) -> None:
    records = answers(make_records)
    veterans = where(pl.col("experience_years") > 5, "over five years' experience")
    sample = draw(records, [*standard(records), veterans])
    assert sample.table.equals(draw(records).table.filter(pl.col("experience_years") > 5))
    assert sample.population[-1] == "over five years' experience"
    last = sample.attrition.row(-1, named=True)
    assert (last["reason"], last["rows_lost"]) == (
        "kept only if: over five years' experience",
        len(draw(records)) - len(sample),
    )
    assert sample.provenance == records.provenance
    assert sample.table["replicate_weights"].null_count() == 0


def test_where_refuses_columns_that_are_not_canonical_all_at_once() -> None:
    with pytest.raises(VocabularyError) as caught:
        where((pl.col("experience_year") > 5) & (pl.col("contry") == "FI"), "mistyped")
    assert len(caught.value.faults) == 2
    assert "did you mean 'experience_years'" in str(caught.value)
    assert "did you mean 'country'" in str(caught.value)


def test_where_needs_what_it_reads_and_a_source_that_never_asked_it_is_named(make_records) -> None:
    restriction = where((pl.col("experience_years") > 5) & (pl.col("age") < 40), "young veterans")
    assert restriction.needs == ("age", "experience_years")
    with pytest.raises(DataError, match="invented never asked age, experience_years"):
        draw(make_records(pay_annual_usd=[5e4] * 20), [restriction])


def test_derive_adds_columns_and_keeps_all_else(make_records) -> None:
    sample = draw(answers(make_records))
    more = derive(sample, old=band("age", [40]), tenfold=pl.col("pay_annual_usd") * 10)
    assert more.table.drop("old", "tenfold").equals(sample.table)
    assert more.asked == sample.asked | {"old", "tenfold"}
    for kept in ("attrition", "population", "provenance", "hours_known", "origin"):
        assert getattr(more, kept) is getattr(sample, kept)
    # and by columns that were derived before
    again = derive(more, hundredfold=pl.col("tenfold") * 10)
    assert (again.table["hundredfold"] == again.table["pay_annual_usd"] * 100).all()
    assert set(again.derived) == {"old", "tenfold", "hundredfold"}


def test_own_columns_of_own_columns_are_back_with_those_who_left(make_records) -> None:
    sample = derive(draw(answers(make_records)), tenfold=pl.col("pay_annual_usd") * 10)
    back = derive(sample, hundredfold=pl.col("tenfold") * 10).with_back(undoubted_pay)
    assert back is not None
    assert (back.table["hundredfold"] == back.table["pay_annual_usd"] * 100).all()


def test_derive_refuses_canonical_names_and_unknown_columns_all_at_once(make_records) -> None:
    sample = draw(answers(make_records))
    with pytest.raises(VocabularyError) as caught:
        derive(sample, age=pl.col("age") + 1, other=pl.col("experience_yers"))
    assert [fault.thing for fault in caught.value.faults] == ["column 'age'", "column 'experience_yers'"]
    assert "did you mean 'experience_years'" in str(caught.value)


def weights_of(sample: Sample) -> tuple[Any, ...]:
    design = sl.build(sl.Spec(factors=("old",), declared=(sl.factor.levels("old"),), clusters="cluster"), sample)
    return design.weights.tolist(), design.replicates.tolist(), design.clusters.tolist(), design.replication.name


def test_a_restricted_and_derived_sample_has_its_rows_weights_replicates_and_clusters(make_records) -> None:
    """By hand from the records' own columns, in the order of the rows kept."""
    records = answers(make_records)
    older = where(pl.col("age") >= 30, "thirty or older")
    sample = derive(draw(records, [*standard(records), older]), old=band("age", [40]))
    rows = records.table.filter(pl.col("age") >= 30, pl.col("pay_doubt").is_null())
    weights, replicates, clusters, name = weights_of(sample)
    assert weights == rows["weight"].to_list()
    assert replicates == rows["replicate_weights"].to_list()
    ids = rows["cluster"].to_list()
    assert all((clusters[i] == clusters[0]) == (ids[i] == ids[0]) for i in range(len(ids)))
    assert name == "invented"


@pytest.mark.parametrize("amount", [1.5, 2.0, 9.999, 10.0, 0.0, 31.0, None])
def test_a_band_holds_its_lower_edge(make_records, amount: float | None) -> None:
    sample = derive(
        draw(make_records(pay_annual_usd=[5e4] * 3, experience_years=[amount, 5.0, None]), []),
        career=band("experience_years", [2, 10, 30.5]),
    )
    dtype = sample.table.schema["career"]
    assert isinstance(dtype, pl.Enum)
    names = dtype.categories.to_list()
    assert names == ["under 2", "2 to under 10", "10 to under 30.5", "30.5 or more"]
    expected = None if amount is None else names[int(np.searchsorted([2, 10, 30.5], amount, side="right"))]
    assert sample.table["career"].to_list() == [expected, "2 to under 10", None]


@pytest.mark.parametrize(
    ("column", "edges", "about"),
    [
        ("experience_yers", [1], "did you mean 'experience_years'"),
        ("country", [1], "no numbers"),
        ("age", [], "one number or more, rising"),
        ("age", [40, 30], "one number or more, rising"),
        ("age", [40, 40], "one number or more, rising"),
    ],
)
def test_bands_of_no_numbers_or_edges_that_do_not_rise_are_refused(column: str, edges: list[float], about: str) -> None:
    with pytest.raises(VocabularyError, match=about):
        band(column, edges)


@pytest.mark.parametrize("by", ["memory", "lazy"])
def test_the_bare_rows_of_a_sample_are_no_table_of_ones_own(make_records, by: str) -> None:
    rows = draw(answers(make_records)).table.filter(pl.col("age") > 30)
    spec = sl.Spec(
        "pay_annual_usd", ("country",), declared=(sl.factor.Outcome("pay_annual_usd", "pay", "pay_annual_usd"),)
    )
    with pytest.raises(ModelError, match="without their sample: weights, replicates, clusters and provenance are lost"):
        sl.build(spec, rows.lazy() if by == "lazy" else rows)
    # two columns of it are a table of one's own
    assert sl.build(spec, rows.select("pay_annual_usd", "country")) is not None
