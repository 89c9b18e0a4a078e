"""Spec: a chart drawn for a phone is as wide as the phone, and no label is cut off or shrunk."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from salarylab.show import narrow, svg
from salarylab.show.theme import CONFIG

LONG = (
    "kept only if: works at least 35 hours a week, paid for 50 weeks or more",
    "professional or doctorate",
    "a",
    "unbreakable-as-one-word-of-it-is",
)
CUT = re.compile(r">[^<]*…<")


def chart(**changed: Any) -> dict[str, Any]:
    rows = [{"level": level, "kind": f"{level} kind", "pay": 40.0 + i} for i, level in enumerate(LONG)]
    return {
        "config": CONFIG,
        "width": 560,
        "height": {"step": 20},
        "datasets": {"rows": rows},
        "data": {"name": "rows"},
        "mark": {"type": "point", "clip": True},
        "encoding": {
            "y": {"field": "level", "type": "nominal", "title": None, "axis": {"labelLimit": 40}},
            "x": {"field": "pay", "type": "quantitative", "title": "pay, USD an hour, as it is told " * 2},
            "color": {"field": "kind", "type": "nominal", "title": None, "legend": {"labelLimit": 40}},
        },
    } | changed


def drawn(spec: dict[str, Any]) -> str:
    return svg.draw(narrow.narrow(spec), "x")


def texts(drawing: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]+)<|<tspan[^>]*>([^<]+)<", drawing)


def test_it_is_as_wide_as_a_phone_and_every_label_is_whole() -> None:
    spec = chart()
    assert CUT.search(svg.draw(spec, "x"))  # there is something to mend
    drawing = drawn(spec)
    assert svg.width(drawing) == narrow.WIDTH
    assert not CUT.search(drawing)
    told = " ".join(one or two for one, two in texts(drawing))
    assert [level for level in LONG if level not in told] == []


def test_rows_are_high_enough_for_the_lines_of_their_labels() -> None:
    lines = len(narrow._broken(LONG[0], narrow.LINE))
    assert lines >= 4
    assert narrow.narrow(chart())["height"] == len(LONG) * (narrow.HEIGHT * lines + 4)
    assert narrow.narrow(chart(height=2000))["height"] == 2000


def test_python_and_vega_break_a_label_into_the_same_lines() -> None:
    """The height of rows is worked out here, the lines are broken by Vega: they must agree."""
    drawing = drawn(chart(encoding={"y": chart()["encoding"]["y"]}))
    lines = [one or two for one, two in texts(drawing)]
    assert lines == [line for level in sorted(LONG) for line in narrow._broken(level, narrow.LINE)]


def test_names_along_the_foot_are_turned_where_they_do_not_fit() -> None:
    across = {"x": {"field": "level", "type": "nominal"}, "y": {"field": "pay", "type": "quantitative"}}
    drawing = drawn(chart(encoding=across, height=200))
    assert "rotate(315)" in drawing
    assert not CUT.search(drawing)
    assert svg.width(drawing) == narrow.WIDTH
    years = chart(encoding=across, height=200, datasets={"rows": [{"level": str(y), "pay": 1.0} for y in (2023, 2024)]})
    assert "rotate(315)" not in drawn(years)


def test_charts_above_each_other_keep_one_width_of_labels() -> None:
    axis = {"minExtent": 240, "maxExtent": 240, "labelLimit": 232}
    part = {"mark": "point", "width": 520, "height": {"step": 17}, "data": {"name": "rows"}}
    part["encoding"] = {"y": {"field": "level", "type": "nominal", "axis": axis, "title": None}}
    rows = [row for row in chart()["datasets"]["rows"] if " " in row["level"]]
    spec = {"config": CONFIG, "vconcat": [part, part], "datasets": {"rows": rows}}
    drawing = drawn(spec)
    assert abs(svg.width(drawing) - narrow.WIDTH) <= 5
    assert not CUT.search(drawing)


def test_the_data_are_the_same_and_the_page_is_told_the_changes_alone() -> None:
    spec = json.loads(json.dumps(chart()))
    changes = narrow.changed(spec)
    assert not {"datasets", "data", "mark"} & set(changes)
    assert {**spec, **changes} == narrow.narrow(spec)
    assert spec == json.loads(json.dumps(chart()))
    assert drawn(spec) == drawn(spec)


@pytest.mark.parametrize("axis", [None, {"title": "x"}])
def test_an_axis_that_is_not_there_stays_away(axis: Any) -> None:
    place = {"x": {"field": "pay", "type": "quantitative", "axis": axis}}
    assert (narrow.narrow(chart(encoding=place))["encoding"]["x"]["axis"] is None) == (axis is None)
