"""Spec: the name and the numbers of a chart inside a page."""

from __future__ import annotations

from typing import Any

import pytest

from salarylab.show.embed import Table, label, tables

AXES = {
    "x": {"field": "pay", "type": "quantitative", "title": "USD an hour"},
    "y": {"field": "level", "type": "nominal"},
}


def spec(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"data": {"values": rows}, "encoding": AXES}


@pytest.mark.parametrize(
    ("named", "name"),
    [
        ({"description": "Bars of pay", "title": "Pay"}, "Bars of pay"),
        ({"title": "Pay"}, "Pay"),
        ({"title": {"text": ["Pay", "by degree"]}}, "Pay by degree"),
        ({}, "Chart 3"),
    ],
)
def test_a_chart_is_named_by_its_description_else_its_title(named: dict[str, Any], name: str) -> None:
    assert label(named, 3) == name


def test_the_table_shows_what_is_drawn_under_the_drawn_titles() -> None:
    rows = [{"level": "master", "pay": 45.30, "order": 1}, {"level": "bachelor", "pay": None, "order": 2}]
    assert tables(spec(rows)) == [Table(("level", "USD an hour"), (("master", "45.3"), ("bachelor", "")), 2)]


@pytest.mark.parametrize(
    ("value", "shown"),
    [(45_300.0, "45,300"), (2024, "2024"), (2024.0, "2024"), (-0.125, "-0.125"), (-1e-9, "0"), ("a", "a")],
)
def test_numbers_are_shown_with_the_digits_they_have(value: object, shown: str) -> None:
    (table,) = tables(spec([{"pay": value}]))
    assert table.rows == ((shown,),)


def test_long_tables_are_cut_and_say_how_long_they_are() -> None:
    (table,) = tables(spec([{"pay": n} for n in range(60)]))
    assert (len(table.rows), table.total) == (50, 60)


def test_every_data_set_of_layers_is_shown_but_for_reference_lines() -> None:
    sets = {"a": [{"pay": 1}, {"pay": 2}], "b": [{"pay": 0}], "c": [{"pay": 3}, {"pay": 4}]}
    assert [table.rows[0] for table in tables({"datasets": sets, "layer": [{"encoding": AXES}]})] == [("1",), ("3",)]
