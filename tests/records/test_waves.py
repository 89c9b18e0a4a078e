from __future__ import annotations

import polars as pl
import pytest

from salarylab.errors import DataError
from salarylab.records.reading import Dialect
from salarylab.records.waves import Wave, asked_in, choose, join, names_in, sign
from salarylab.source import RawFile


def wave(year: int, asked: set[str], *names: str) -> Wave:
    file = RawFile(name=f"{year}.csv", sha256="0" * 64)
    return Wave(year, file, Dialect(), frozenset(asked), tuple((name, f"{name}?") for name in names))


WAVES = {2020: wave(2020, {"age", "gender"}, "age", "gender"), 2022: wave(2022, {"region"}, "town", "age")}


def test_waves_are_chosen_in_order_of_time_and_strays_are_all_named() -> None:
    assert [chosen.year for chosen in choose(WAVES, [2022, 2020], who="invented")] == [2020, 2022]
    assert choose(WAVES, None, who="invented") == tuple(WAVES.values())
    with pytest.raises(DataError) as caught:
        choose(WAVES, [2019, 2020, 2021], who="invented")
    assert [fault.thing for fault in caught.value.faults] == ["invented: wave of '2019'", "invented: wave of '2021'"]


def test_gender_counts_as_asked_only_where_it_is_loaded() -> None:
    assert asked_in(tuple(WAVES.values()), gender=True) == {"age", "gender", "region"}
    assert asked_in(tuple(WAVES.values()), gender=False) == {"age", "region"}
    assert asked_in([WAVES[2022]], gender=True) == {"region"}


def test_what_a_wave_did_not_ask_is_null_in_the_joined_table() -> None:
    first = sign(pl.DataFrame({"row": [1], "age": [" 30 "]}), WAVES[2020])
    joined = join([first, sign(pl.DataFrame({"row": [1], "town": [""]}), WAVES[2022])], WAVES)
    assert names_in(WAVES) == ["age", "gender", "town"]
    assert joined.select("record_id", "year", *names_in(WAVES)).rows() == [
        ("2020.csv:1", 2020, "30", None, None),
        ("2022.csv:1", 2022, None, None, None),
    ]
