"""Dates: year and month in a declared order, or the first year in a text."""

from __future__ import annotations

import polars as pl
import pytest

from salarylab.records.own.when import When, dates


@pytest.mark.parametrize(
    ("order", "text", "found"),
    [
        ("day/month/year", "04/09/2023 10:15", (2023, 9)),
        ("month/day/year", "04/09/2023 10:15", (2023, 4)),
        ("year/month/day", "2024-01-31", (2024, 1)),
        ("day/month/year", "31.12.23", (2023, 12)),
        ("day/month/year", "31.12.99", (1999, 12)),
        ("month/day/year", "31.12.2023", (None, None)),
        ("day/month/year", "31.12.203", (None, None)),
        ("day/month/year", "soon", (None, None)),
        (None, "31.12.2023", (2023, None)),
        (None, "2024-01-31T10:00", (2024, 1)),
        (None, "wave 2019", (2019, None)),
        (None, "120190", (None, None)),
    ],
)
def test_a_date_is_read_in_its_order(order: str | None, text: str, found: tuple[int | None, int | None]) -> None:
    assert dates(pl.DataFrame({"when": [text]}), When("when", order=order)).rows() == [found]


def test_a_column_of_months_stands_beside_one_year() -> None:
    cells = pl.DataFrame({"month": ["1", "12", "13", None, "03"]})
    assert dates(cells, When(value=2024, month="month"))["month"].to_list() == [1, 12, None, None, 3]
    assert dates(cells, When(value=2024))["year"].to_list() == [2024] * 5
