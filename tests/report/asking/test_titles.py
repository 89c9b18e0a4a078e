"""Spec: titles name parameters that there are, and values that can be told."""

from __future__ import annotations

import pytest

from salarylab.errors import ReportError
from salarylab.report.asking import titles

NAMES = ("country", "years")


def test_a_title_tells_the_values_that_it_names() -> None:
    told = {"country": "DE", "years": [2023, 2024]}
    assert titles.filled("{{Pay}} in {country}: {years}", told, thing="n") == "{Pay} in DE: 2023, 2024"


@pytest.mark.parametrize("title", ["{contry}", "{}", "{country!r}", "{years:>9}", "{years[0]}", "{country", "country}"])
def test_a_placeholder_that_is_no_parameter_is_refused(title: str) -> None:
    assert len(titles.faults(f"Pay {title}", NAMES, thing="n")) == 1


def test_every_placeholder_is_looked_at() -> None:
    told = titles.faults("{contry} and {yeras} and {years}", NAMES, thing="n")
    assert [fault.remedy for fault in told] == ["did you mean 'country'?", "did you mean 'years'?"]


@pytest.mark.parametrize("empty", ["", [], None])
def test_an_empty_value_is_not_told(empty: object) -> None:
    with pytest.raises(ReportError, match="an empty value"):
        titles.filled("Pay in {country}", {"country": empty}, thing="n")
