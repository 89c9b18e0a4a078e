"""Property: drawings repeat, and share a page without sharing ids."""

from __future__ import annotations

import re
from typing import Any

import pytest

from salarylab.errors import ReportError
from salarylab.show import svg


def chart() -> dict[str, Any]:
    values = [{"a": 1, "b": 2, "t": 'x id="keep" y'}, {"a": 2, "b": 3, "t": "z"}]
    text = {"mark": {"type": "text", "clip": True}, "encoding": {"text": {"field": "t"}}}
    axes = {"x": {"field": "a", "type": "quantitative"}, "y": {"field": "b", "type": "quantitative"}}
    return {"data": {"values": values}, "layer": [{"mark": {"type": "line", "clip": True}}, text], "encoding": axes}


def ids(drawing: str) -> set[str]:
    return set(re.findall(r'\sid="([^"]+)"', re.sub(r">[^<]*<", "><", drawing)))


def test_a_chart_is_drawn_the_same_twice_with_ids_of_its_own() -> None:
    first, again, other = svg.draw(chart(), "chart-1"), svg.draw(chart(), "chart-1"), svg.draw(chart(), "chart-2")
    assert first == again
    assert ids(first)
    assert not ids(first) & ids(other)
    assert set(re.findall(r"url\(#([^)]+)\)", first)) <= ids(first)
    assert "keep" in first


@pytest.mark.parametrize(
    "changed", [{"data": {"url": "https://example.org/x.csv"}}, {"layer": None, "mark": "nonsense"}]
)
def test_a_chart_that_asks_the_network_or_cannot_be_drawn_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ReportError, match="chart-1"):
        svg.draw({key: value for key, value in (chart() | changed).items() if value is not None}, "chart-1")


def test_the_scripts_may_stand_inside_a_page() -> None:
    assert "</script" not in svg.bundle()
    assert "vegaEmbed" in svg.bundle()
