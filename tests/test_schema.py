"""Schema: the canonical table as the design states it, and a conform that names every stray."""

from __future__ import annotations

import polars as pl
import pytest

from salarylab import schema
from salarylab.errors import VocabularyError


def test_levels_are_declared_in_the_designs_order() -> None:
    assert schema.column("education").levels == (
        "below secondary",
        "secondary",
        "some college",
        "associate",
        "bachelor",
        "master",
        "bachelor or master",
        "professional",
        "doctorate",
        "professional or doctorate",
    )
    assert schema.column("work_mode").levels == ("on-site", "hybrid", "remote", "worker's choice", "not remote")
    assert schema.column("observation").levels == ("worker", "posting")
    assert len(schema.column("skill_areas").levels) == 5
    assert len(schema.NAICS_SECTORS) == 20
    assert schema.column("industry").levels[:20] == schema.NAICS_SECTORS


def test_names_and_levels_are_unique_and_types_are_the_houses() -> None:
    names = [column.name for column in schema.COLUMNS]
    assert len(set(names)) == len(names)
    for column in schema.COLUMNS:
        assert len(set(column.levels)) == len(column.levels)
        assert not isinstance(column.dtype, pl.Categorical)
        assert column.meaning


def test_only_gender_is_sensitive() -> None:
    assert [column.name for column in schema.COLUMNS if column.sensitive] == ["gender"]


def test_an_unknown_column_is_suggested() -> None:
    with pytest.raises(VocabularyError, match="did you mean 'work_mode'"):
        schema.column("workmode")


def test_conform_fills_what_was_never_asked_with_typed_nulls() -> None:
    table = schema.conform(pl.DataFrame({"age": [30.0, None], "record_id": ["a", "b"]}))
    assert table.columns == [column.name for column in schema.COLUMNS]
    assert dict(table.schema) == {column.name: column.dtype for column in schema.COLUMNS}
    assert table["age"].to_list() == [30.0, None]
    assert table["education"].null_count() == 2


def test_conform_keeps_a_table_that_conforms() -> None:
    once = schema.conform(pl.DataFrame({"year": pl.Series([2024], dtype=pl.Int32)}))
    assert schema.conform(once).equals(once)


def test_conform_of_no_rows_is_an_empty_table_of_the_right_types() -> None:
    empty = schema.conform(pl.DataFrame(schema={"age": pl.Float64}))
    assert len(empty) == 0
    assert empty.schema["work_mode"] == pl.Enum(schema.WORK_MODE)


def test_conform_names_every_fault_at_once() -> None:
    table = pl.DataFrame(
        {
            "educaton": ["bachelor"],
            "age": [30],
            "work_mode": ["remote"],
            "hours_weekly": [-1.0],
            "pay_annual_usd": [float("nan")],
        }
    )
    with pytest.raises(VocabularyError) as caught:
        schema.conform(table)
    told = {fault.thing: fault for fault in caught.value.faults}
    assert set(told) == {f"column {name!r}" for name in table.columns}
    assert told["column 'educaton'"].remedy == "did you mean 'education' or 'education_concept'?"
    assert (told["column 'age'"].found, told["column 'age'"].expected) == ("type Int64", "type Float64")
    assert "at least 0" in told["column 'hours_weekly'"].expected
    assert told["column 'pay_annual_usd'"].found.startswith("1 values")


def test_levels_in_another_order_are_another_type() -> None:
    turned = pl.Series(["remote"], dtype=pl.Enum(schema.WORK_MODE[::-1]))
    with pytest.raises(VocabularyError, match="work_mode"):
        schema.conform(pl.DataFrame({"work_mode": turned}))


def test_a_top_code_may_be_infinite_and_a_replicate_weight_negative() -> None:
    table = schema.conform(pl.DataFrame({"pay_high_usd": [float("inf")], "replicate_weights": [[1.0, -2.0, 0.0]]}))
    assert table["pay_high_usd"].to_list() == [float("inf")]
    assert table["replicate_weights"].to_list() == [[1.0, -2.0, 0.0]]
