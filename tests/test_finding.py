"""Finding: one number, said, shown and recorded; withheld wholly where few rows stand behind it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salarylab.finding import FINDING_MIME, Finding

FINDING = Finding(
    question="How does a master's degree relate to pay?",
    subject="master over bachelor",
    unit="log points",
    value=math.log(1.1),
    se=0.01,
    df=512.25,
    low=math.log(1.05),
    high=math.log(1.16),
    p=1e-9,
    n=8_012,
    smallest_cell=1_404,
    base="bachelor",
    population=("pay is stated and above zero",),
    headline="Synthetic",
    data_sha256=("ab" * 32,),
    caveats=("selected sample",),
)


def numbers_in(value: Any) -> Iterator[float]:
    """Yield every number anywhere in a JSON value; true and false are none."""
    if isinstance(value, dict):
        for item in value.values():
            yield from numbers_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from numbers_in(item)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield value


def shown(finding: Finding) -> dict[str, Any]:
    return finding._repr_mimebundle_()


def test_a_finding_shows_itself_as_text_html_and_record() -> None:
    bundle = shown(FINDING)
    assert set(bundle) == {"text/plain", "text/html", FINDING_MIME}
    assert FINDING_MIME == "application/vnd.salarylab.finding+json"
    assert bundle["text/plain"] == "master over bachelor: +10.0% (95% interval +5.0% to +16.0%); about 8,000 rows."
    assert bundle["text/plain"] in bundle["text/html"]


def test_the_record_is_strict_json_in_a_fixed_order() -> None:
    record = shown(replace(FINDING, high=math.inf, se=math.nan))[FINDING_MIME]
    text = json.dumps(record, allow_nan=False)
    assert json.loads(text) == record
    assert list(record) == sorted(record)
    assert record["high"] is None
    assert record["se"] is None
    assert record["language"] == "association"


@given(st.floats(-50, 50))
def test_log_points_are_recorded_to_four_decimals_and_their_spread_to_two_digits(value: float) -> None:
    record = replace(FINDING, value=value, low=value - 1, high=value + 1, se=abs(value), detectable=0.02799).record()
    for name, exact in {"value": value, "low": value - 1, "high": value + 1}.items():
        assert record[name] == pytest.approx(exact, rel=0, abs=5.0000001e-5)
        assert record[name] == round(record[name], 4)
    assert record["se"] == pytest.approx(abs(value), rel=0.0500001)
    assert record["se"] == float(f"{record['se']:.2g}")
    assert record["detectable"] == 0.028


@pytest.mark.parametrize(("p", "told"), [(0.03124, 0.031), (0.2584, 0.26), (1e-9, 0.001), (1.0, 1.0)])
def test_p_values_are_recorded_to_two_digits_and_not_below_a_thousandth(p: float, told: float) -> None:
    assert replace(FINDING, p=p).record()["p"] == told
    assert replace(FINDING, unit="p-value", value=p, p=p).record()["value"] == told


def test_last_bits_of_a_processor_do_not_reach_the_record() -> None:
    assert replace(FINDING, value=0.1 + 0.2).record() == replace(FINDING, value=0.3).record()


def test_the_rows_of_numpy_are_recorded_as_plain_numbers() -> None:
    counted = replace(FINDING, value=np.float64(0.5), n=np.int64(8_012), smallest_cell=np.int64(1_404))
    record = json.loads(json.dumps(counted.record(), allow_nan=False))
    assert (record["value"], record["n"], record["smallest_cell"]) == (0.5, 8_000, 1_400)


@pytest.mark.parametrize("number", [float, np.float64], ids=["plain", "numpy"])
@pytest.mark.parametrize("cell", [0, 1, 9])
def test_a_suppressed_finding_carries_no_number_at_all(cell: int, number: type) -> None:
    held = replace(
        FINDING,
        smallest_cell=cell,
        truth=number(0.09),
        detectable=number(0.02),
        **{name: number(getattr(FINDING, name)) for name in ("value", "se", "df", "low", "high", "p")},
    )
    bundle = shown(held)
    assert list(numbers_in(bundle)) == []
    assert bundle[FINDING_MIME]["suppressed"] is True
    assert bundle["text/plain"] == "master over bachelor: withheld, fewer than 10 rows."
    assert "10.0" not in bundle["text/html"]


def test_ten_rows_are_enough() -> None:
    record = replace(FINDING, smallest_cell=10).record()
    assert record["suppressed"] is False
    assert record["value"] is not None


def test_nothing_in_a_finding_becomes_markup() -> None:
    hostile = replace(
        FINDING,
        subject="<script>alert(1)</script>",
        headline="<b>bold</b>",
        caveats=("<img src=x onerror=alert(1)>",),
    )
    page = shown(hostile)["text/html"]
    for tag in ("<script", "<b>", "<img"):
        assert tag not in page
    assert "&lt;script&gt;" in page
    assert shown(hostile)[FINDING_MIME]["subject"] == "<script>alert(1)</script>"  # escaping is the page's job


def test_a_value_that_was_not_estimated_says_why() -> None:
    untold = replace(FINDING, value=None, caveats=("one cluster only",))
    assert untold.sentence == "master over bachelor: not estimated (one cluster only)."


def test_the_rows_on_both_sides_are_named_and_recorded_rounded() -> None:
    told = replace(FINDING, n_level=313, n_base=4_912)
    assert told.sentence == (
        "master over bachelor: +10.0% (95% interval +5.0% to +16.0%); about 300 beside 4,900 rows."
    )
    assert (told.record()["n_level"], told.record()["n_base"]) == (300, 4_900)
    assert replace(FINDING, n_level=313).sentence.endswith("; about 8,000 rows.")  # one side alone is half a story
    assert list(numbers_in(replace(told, smallest_cell=9).record())) == []


def test_an_estimate_without_an_interval_says_why_once() -> None:
    why = "no interval: identified inside one or a few clusters"
    alone = replace(FINDING, low=None, high=None, se=None, caveats=("selected sample", why))
    assert alone.sentence == f"master over bachelor: +10.0% ({why}); about 8,000 rows."
    page = shown(alone)["text/html"]
    assert page.count(why) == 1
    assert "<li>selected sample</li>" in page


def test_the_truth_of_the_demo_stands_beside_the_estimate() -> None:
    assert replace(FINDING, truth=math.log(1.09)).sentence.endswith("Planted truth of this synthetic demo: +9.0%.")


@pytest.mark.parametrize(
    ("unit", "value", "told"),
    [
        ("share", 0.256, "25.6% of"),
        ("rows", 8_012.0, "about 8,000;"),
        ("p-value", 0.0004, "p < 0.001;"),
        ("p-value", 0.0312, "p = 0.031;"),
        ("p-value", 0.2584, "p = 0.26;"),
        ("USD a year", 123_456.0, "123,000 USD a year;"),
        ("USD an hour", 31.26, "31.3 USD an hour;"),
    ],
)
def test_each_unit_is_said_as_people_say_it(unit: Any, value: float, told: str) -> None:
    sentence = replace(FINDING, unit=unit, value=value, low=None, high=None).sentence
    assert sentence == f"master over bachelor: {told} about 8,000 rows."


def test_what_an_answer_words_itself_is_its_sentence_and_is_withheld_as_any_other() -> None:
    worded = replace(FINDING, said="A degree goes with 10.0% more pay.")
    assert worded.sentence == str(worded) == worded._repr_mimebundle_()["text/plain"] == worded.said
    assert worded.record()["sentence"] == worded.said
    for few in (replace(worded, smallest_cell=9), replace(worded, dominated=True)):
        assert "10.0%" not in json.dumps(few._repr_mimebundle_())
        assert few.sentence.startswith("master over bachelor: withheld")
