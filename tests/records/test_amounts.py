from __future__ import annotations

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salarylab.records.amounts import WORDS, band_columns, bands, middle, read_band

OPEN = math.inf


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("5,5", 5.5),
        ("7,123€", 7_123.0),
        ("4567,80", 4_567.8),
        ("43\u00a0210", 43_210.0),
        ("43\u202f210", 43_210.0),
        ("1'234'567", 1_234_567.0),
        ("12,00,000", 1_200_000.0),
        ("1.234,50", 1_234.5),
        ("~61k", 61_000.0),
        ("noin 3500 e", 3_500.0),
        ("60 тис.", 60_000.0),
        ("0.125", 0.125),
        ("3 місяці", 0.25),
        ("9 months", 0.75),
        ("6 kk", 0.5),
        ("Півроку", 0.5),
        ("полгода", 0.5),
        ("puoli vuotta", 0.5),
        ("ein halbes Jahr", 0.5),
        ("medio año", 0.5),
        ("half a year", 0.5),
        ("puolitoista vuotta", 1.5),
        ("un an et demi", 1.5),
        ("a year and a half", 1.5),
        ("2 роки", 2.0),
        ("5 vuotta", 5.0),
        ("5v 3kk", 5.25),
        ("1 year and 6 months", 1.5),
        ("un año", 1.0),
    ],
)
def test_one_amount_is_read_in_every_language(text: str, amount: float) -> None:
    assert read_band(text) == pytest.approx((amount, amount))


@pytest.mark.parametrize(
    ("text", "band"),
    [
        ("10+ years", (10, OPEN)),
        ("10 years or more", (10, OPEN)),
        ("10 и более лет", (10, OPEN)),
        ("10 і більше років", (10, OPEN)),
        ("10 Jahre oder mehr", (10, OPEN)),
        ("10 vuotta tai enemmän", (10, OPEN)),
        ("más de 10 años", (10, OPEN)),
        ("plus de 10 ans", (10, OPEN)),
        ("yli 10 vuotta", (10, OPEN)),
        (">$1,000,000", (1e6, OPEN)),
        ("> 10 years", (10, OPEN)),
        ("8000+", (8000, OPEN)),
        ("< 1 years", (0, 1)),
        ("Less than a year", (0, 1)),
        ("менше року", (0, 1)),
        ("alle vuoden", (0, 1)),
        ("moins d'un an", (0, 1)),
        ("Менше 3 місяців", (0, 0.25)),
        ("до 3 років", (0, 3)),
        ("$0-999", (0, 999)),
        ("25,000-29,999", (25_000, 29_999)),
        ("$500,000-999,999", (500_000, 999_999)),
        ("2100-3300", (2_100, 3_300)),
        ("2100 – 3300 €", (2_100, 3_300)),
        ("1-2k", (1_000, 2_000)),
        ("6-12 months", (0.5, 1)),
        ("from 5 to 10", (5, 10)),
        ("від 3 до 5 років", (3, 5)),
        ("entre 5 y 10 años", (5, 10)),
        ("de 5 à 10 ans", (5, 10)),
        ("5 bis 10 Jahre", (5, 10)),
    ],
)
def test_bands_and_open_ends(text: str, band: tuple[float, float]) -> None:
    assert read_band(text) == band


@pytest.mark.parametrize(
    "text",
    [
        "2500*12,5",
        "150000 (sis. ALV)",
        "3000 or 4000",
        "5 and 10",
        "10 000 12 000",
        "3000 / 4000",
        "1.234",  # thousands or a decimal: who knows
        "12,345,6",
        "1e3",
        "3300-2100",
        "less than 5 or more",
        "more than 5 to 10",
        "10 -",
        "-3",
        "+",
        "year",
        "many",
        "in 2019",
        "",
    ],
)
def test_what_is_not_wholly_understood_is_null(text: str) -> None:
    assert read_band(text) is None
    assert bands(pl.Series([text, "5"]))["low"].to_list() == [None, 5.0]


@given(
    number=st.decimals(0, 10**9, places=2, allow_nan=False),
    marks=st.sampled_from([(",", "."), (".", ","), (" ", "."), (" ", ","), ("\u00a0", ","), ("", "."), ("", ",")]),
)
def test_a_number_reads_back_however_it_is_printed(number: float, marks: tuple[str, str]) -> None:
    group, point = marks
    printed = f"{number:,.2f}".replace(",", "g").replace(".", point).replace("g", group)
    assert read_band(printed) == (float(number), float(number))


@given(low=st.integers(0, 10**8), width=st.integers(0, 10**6), sign=st.sampled_from(["", "$", "€", "£"]))
def test_a_band_reads_back_however_it_is_printed(low: int, width: int, sign: str) -> None:
    high = low + width
    assert read_band(f"{sign}{low:,}-{high:,}") == (low, high)
    assert read_band(f"{low:,}{sign} – {high:,}{sign}".replace(",", "\u202f")) == (low, high)
    assert read_band(f"{sign}{low}+") == read_band(f"> {sign}{low}") == (low, OPEN)


@given(st.text())
def test_any_text_gives_a_band_in_order_or_nothing(text: str) -> None:
    band = read_band(text)
    assert band is None or 0 <= band[0] <= band[1]


@given(
    st.sampled_from([(meaning, word) for meaning in ("year", "month") for word in WORDS[meaning]]), st.integers(0, 99)
)
def test_every_word_for_a_unit_counts(unit: tuple[str, str], number: int) -> None:
    meaning, word = unit
    years = number if meaning == "year" else number / 12
    assert read_band(f"{number} {word}") == pytest.approx((years, years))


def test_cells_keep_their_order_and_words_that_say_nothing_can_be_named() -> None:
    cells = pl.Series(["100 to 499 employees", None, "just me", "100 to 499 employees"])
    assert bands(cells)["low"].null_count() == 4
    read = bands(cells, ignore=["employees"])
    assert read.rows() == [(100.0, 499.0), (None, None), (None, None), (100.0, 499.0)]


def test_no_cells_at_all() -> None:
    assert bands(pl.Series([], dtype=pl.String)).schema == {"low": pl.Float64, "high": pl.Float64}
    assert bands(pl.Series([None, None], dtype=pl.String)).rows() == [(None, None)] * 2


def test_the_middle_of_an_open_band_is_its_low_end() -> None:
    read = bands(pl.Series(["1-2 years", "10+", "4", None]))
    assert read.select(middle()).to_series().to_list() == [1.5, 10.0, 4.0, None]


def test_bands_of_completed_years_end_where_the_next_begins() -> None:
    told = ["Less than 1 year", "0-2 years", "3-5 years", "7", "30 or more years", "many", None]
    read = band_columns(pl.Series(told), "years", "worked", step=1.0)
    assert read.columns == ["years", "worked_low", "worked_high"]
    assert read.rows() == [
        (0.5, 0.0, 1.0),
        (1.5, 0.0, 3.0),
        (4.5, 3.0, 6.0),
        (7.0, None, None),
        (30.0, 30.0, OPEN),
        (None, None, None),
        (None, None, None),
    ]


def test_bands_that_touch_end_where_they_say() -> None:
    touching = band_columns(pl.Series(["1-3 years", "3-5 years"]), "years", "years")
    assert touching.rows() == [(2.0, 1.0, 3.0), (4.0, 3.0, 5.0)]


@given(st.integers(0, 60), st.integers(1, 15))
def test_neighbours_of_a_list_of_completed_years_touch(begin: int, width: int) -> None:
    told = [f"{begin}-{begin + width - 1}", f"{begin + width}-{begin + 2 * width}"]
    first, second = band_columns(pl.Series(told), "age", "age", step=1.0).rows(named=True)
    assert first["age_high"] == second["age_low"]
    assert first["age"] == begin + width / 2


@pytest.mark.parametrize(
    ("text", "years"),
    [
        *(
            ("3 міс.", 0.25),
            ("6 мес", 0.5),
            ("1 рік 3 міс.", 1.25),
            ("4 mo.", 1 / 3),
            ("2 yrs 3 mos", 2.25),
            ("6 kk.", 0.5),
        ),
        *(("6 månader", 0.5), ("3 år 6 mån", 3.5), ("6 miesięcy", 0.5), ("5 lat", 5.0), ("2 J.", 2.0), ("1,5 v.", 1.5)),
    ],
)
def test_months_and_years_are_read_in_their_short_forms(text: str, years: float) -> None:
    assert read_band(text) == pytest.approx((years, years))
