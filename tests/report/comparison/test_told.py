"""Spec: a comparison in words: what differs, never more than the records tell."""

from __future__ import annotations

import pytest

from salarylab.errors import ReportError
from salarylab.report.comparison import compare, made, told
from salarylab.report.comparison.moved import measure

OTHER = {"data_sha256": ["b" * 64], "source": "elsewhere"}


def test_a_change_is_told_in_log_points_percent_and_standard_errors(finding) -> None:
    change = measure(finding(), finding(value=0.35, low=0.31, high=0.39))
    assert told.difference(change) == "+0.0500 (+5.1%)"
    assert told.errors(change) == "+2.5"
    assert [told.verdict(change, threshold) for threshold in (1, 3)] == ["moved", "within"]


def test_other_units_are_told_in_their_own(finding) -> None:
    def change(unit: str, a: float, b: float):
        return measure(*(finding(unit=unit, value=v, low=None, high=None, se=None) for v in (a, b)))

    assert told.difference(change("share", 0.2, 0.25)) == "+5 points"
    assert told.difference(change("USD a year", 50_000, 51_000)) == "+1,000 (+2.0%)"
    assert told.difference(change("p-value", 0.04, 0.5)) == "+0.46"
    assert told.errors(change("share", 0.2, 0.25)) == ""


def test_signs_zero_rows_and_rules_are_told_in_words(finding) -> None:
    a = finding(value=0.03, low=0.01, high=0.05, n=1000)
    b = finding(value=-0.01, low=-0.03, high=0.01, n=2000, covariance="HC1", population=["pay is stated", "is 18"])
    assert told.words(measure(a, b)) == (
        "the sign differs",
        "the interval excludes zero in A only",
        "about 1,000 → about 2,000 rows",
        "standard errors: HC2 → HC1",
        "drawn by other rules",
    )
    assert told.words(measure(a, a)) == ()


def test_of_a_withheld_finding_no_number_is_told(finding) -> None:
    withheld = finding(value=None, low=None, high=None, se=None, p=None, n=None, suppressed=True)
    change = measure(finding(), withheld)
    assert (told.value(withheld), told.difference(change), told.errors(change)) == ("withheld", "", "")
    assert told.words(change)[0] == "told in A, withheld in B"


def test_what_holds_of_all_is_told_once(side, finding) -> None:
    a = side(finding(subject="one"), finding(subject="two"))
    b = side(finding(subject="one", n=2000, se=0.03), finding(subject="two", n=2000))
    found = compare(a, b)
    assert told.in_all(found) == ("about 1,000 → about 2,000 rows",)
    assert [row.words for row in told.rows(found)] == [("standard error 0.02 → 0.03",), ()]


def test_the_summary_counts_and_the_rest_is_listed(side, finding) -> None:
    a = side(finding(subject="one"), finding(subject="two"), finding(subject="three"), finding(subject="gone"))
    b = side(finding(subject="one"), finding(subject="two", value=0.31), finding(subject="three", value=0.5))
    found = compare(a, b)
    assert told.summary(found) == "1 the same, 1 within 1 SE, 1 moved, 1 only in A"
    assert told.missing(found) == (("only in A", "gone: +35.0%", ""),)
    assert [change.a["subject"] for change in found.moved] == ["three"]


def test_a_missing_finding_counts_unless_it_is_allowed_and_something_was_compared(side, finding) -> None:
    one, two = finding(subject="one"), finding(subject="two")
    for found in (compare(side(one, two), side(one)), compare(side(one), side(one, two))):
        assert found.differs()
        assert not found.differs(allow_missing=True)
    assert compare(side(one), side(two)).differs(allow_missing=True)
    assert not compare(side(), side()).differs()


@pytest.mark.parametrize("threshold", [-1.0, float("nan"), float("inf")])
def test_a_threshold_is_a_number_of_standard_errors(side, threshold) -> None:
    with pytest.raises(ReportError, match="threshold"):
        compare(side(), side(), threshold)


def test_notes_say_which_standard_error_was_used(side, finding) -> None:
    assert "independent samples" in told.notes(compare(side(finding()), side(finding(value=0.5) | OTHER)))[0]
    assert "rows in common" in told.notes(compare(side(finding()), side(finding(value=0.5))))[0]
    assert told.notes(compare(side(finding()), side(finding()))) == ()


STAGES = [{"source": "demo", "stages": [{"stage": "raw", "reason": "rows in the raw files", "rows_left": 1200}]}]


def test_parameters_inputs_samples_and_software_stand_beside_each_other(side, finding) -> None:
    card = {"key": "demo", "files": [{"name": "a.csv", "sha256": "a" * 64}]}
    common = {"library": "0.1.0", "python": "3.11", "notebook": {"name": "n.ipynb", "sha256": "c" * 64}}
    a = common | {"parameters": {"years": [2018]}, "packages": {"numpy": "2.4"}, "stages": STAGES,
                  "inputs": [{"source": "demo", **card["files"][0]}]}  # fmt: skip
    b = common | {"parameters": {"years": []}, "packages": {"numpy": "2.5"},
                  "inputs": [{"source": "demo", "name": "a.csv", "sha256": "b" * 64}]}  # fmt: skip
    one, other = side(finding(), manifest=a), side(finding(population=["pay is stated", "is 18"]), manifest=b)
    assert made.parameters(one, other) == (made.Line("years", "2018", "empty"),)
    assert made.inputs(one, other) == (made.Line("demo: a.csv", "a" * 12, "b" * 12),)
    assert [line.verdict for line in made.samples(one, other)] == ["the same", "only in A"]
    assert told.brief(made.samples(one, other), named=False) == "only in A: 1"
    assert made.samples(one, other)[1].a == "about 1,200"
    assert len(made.samples(one, side(finding()))) == 1  # stages of one side alone are no difference
    assert [line.name for line in made.population(one, other) if line.verdict == "only in B"] == ["is 18"]
    assert [line.name for line in made.software(one, other) if not line.same] == ["numpy"]
    # a card tells the files too; without either, the findings' hashes do
    assert made.inputs(one, side(finding(), cards=(card,)))[0].same
    assert made.inputs(side(finding()), side(finding())) == (made.Line("a" * 12, "a" * 12, "a" * 12),)
    assert made.parameters(one, side(finding())) == ()


def test_two_samples_of_one_report_are_told_apart(side) -> None:
    (line, again) = made.samples(*[side(manifest={"stages": STAGES * 2})] * 2)[1:]
    assert (line.name, again.name) == ("demo: rows in the raw files", "demo: rows in the raw files #2")
