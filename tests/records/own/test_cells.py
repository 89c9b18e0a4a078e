"""Own cells: years, shares, weeks and words of yes and no, as people write them."""

from __future__ import annotations

import math
from pathlib import Path

import polars as pl
import pytest

from salarylab import schema
from salarylab.errors import DataError
from salarylab.records.own.answer import Answer
from salarylab.records.own.cells import read_cells
from salarylab.records.own.layout import Layout

LAYOUT = Layout(Path("pay.csv"), "csv")


def read(name: str, cells: list[str | None], **said: object) -> pl.DataFrame:
    answer = Answer("raw", **said)  # type: ignore[arg-type]
    return read_cells(pl.DataFrame({"raw": cells}), schema.column(name), answer, LAYOUT)


def test_years_come_from_bands_and_free_text_in_several_languages() -> None:
    cells = ["3-5", "10 Jahre oder mehr", "alle vuoden", "5 år", "since 2010", "many", None]
    rows = read("experience_years", cells)
    assert rows["experience_years"].to_list() == [4.0, 10.0, 0.5, 5.0, None, None, None]
    assert rows["experience_low"].to_list() == [3.0, 10.0, 0.0, 5.0, None, None, None]
    assert rows["experience_high"].to_list() == [5.0, math.inf, 1.0, 5.0, None, None, None]


def test_plain_years_have_no_bands() -> None:
    assert read("age", ["35", "41"]).columns == ["age"]
    assert read("tenure_years", ["1-3"]).columns == ["tenure_years"]


def test_a_share_is_said_as_one_in_percent_or_with_its_sign() -> None:
    assert read("remote_share", ["0.4", "40%", "40", "1"])["remote_share"].to_list() == [0.4, 0.4, None, 1.0]
    assert read("remote_share", ["40", "100", "1", "101"], unit="percent")["remote_share"].to_list() == [
        0.4, 1.0, 0.01, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "full"),
    [
        (["52", "50", "49", "60", None], [True, True, False, None, None]),
        (["yes", "No", "kyllä", "ні", "maybe"], [True, False, True, False, None]),
        (["1", "0", None], [True, False, None]),
    ],
)
def test_a_full_year_is_fifty_weeks_or_a_yes(cells: list[str | None], full: list[bool | None]) -> None:
    assert read("full_year", cells)["full_year"].to_list() == full


def test_words_of_a_full_year_are_mapped_to_yes_and_no() -> None:
    assert read("full_year", ["all of it", "some"], levels={"all of it": "yes"})["full_year"].to_list() == [True, None]
    with pytest.raises(DataError, match="one of: yes, no"):
        read("full_year", ["all"], levels={"all": "always"})


def test_a_value_may_mean_no_answer() -> None:
    rows = read("work_mode", ["remote", "none of your business"], nothing=("none of your business",))
    assert rows["work_mode"].to_list() == ["remote", None]
    rows = read("skills", ["R; none", "none"], nothing=("none",))
    assert rows["skills"].to_list() == [["R"], None]
