"""Spec and property: which findings are compared, and which are left alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from salarylab.report.comparison import Side, compare
from salarylab.report.comparison.matching import match

HERE, THERE = {"data_sha256": ["a" * 64]}, {"data_sha256": ["b" * 64]}
records = st.builds(
    lambda subject, value, outcome, files: (
        {"question": "q", "subject": subject, "unit": "log points", "value": value, "se": 0.02, "n": 1000,
         "outcome": outcome} | files
    ),
    st.sampled_from(["one", "two", "three"]),
    st.integers(0, 9).map(lambda n: n / 10),
    st.sampled_from(["an hour", "a year", None]),
    st.sampled_from([HERE, THERE]),
)  # fmt: skip
sides = st.lists(records, max_size=6)


def paired(a, b) -> list:
    return [(one["value"], other["value"]) for one, other in match(a, b).pairs]


@given(sides)
def test_a_side_compared_with_itself_shows_nothing(findings: list) -> None:
    side = Side(name="x", findings=tuple(findings))
    found = compare(side, side, 0)
    assert not found.differs()
    assert len(found.same) == len(findings)


@given(sides, sides, st.randoms(use_true_random=False))
def test_the_order_of_findings_does_not_matter(a: list, b: list, random) -> None:
    mixed = random.sample(a, len(a)), random.sample(b, len(b))
    assert sorted(paired(a, b)) == sorted(paired(*mixed))


@given(sides, sides)
def test_every_finding_is_either_paired_or_alone(a: list, b: list) -> None:
    found = match(a, b)
    assert len(found.pairs) + len(found.only_a) == len(a)
    assert len(found.pairs) + len(found.only_b) == len(b)
    assert sorted(paired(a, b)) == sorted((one, other) for other, one in paired(b, a))


def test_what_a_joint_test_found_is_no_part_of_what_it_asked(finding) -> None:
    told = "Joint test that the premium is the same at every year, F(6, 200 or more) = "
    a, b = (finding(subject=f"{told}{f}", unit="p-value", value=p) for f, p in ((3.2, 0.001), (0.87, 0.52)))
    assert paired([a], [b]) == [(0.001, 0.52)]


def test_a_number_that_was_asked_is_part_of_it(finding) -> None:
    asked = [finding(subject=f"the gap, if the silent differ by up to {by}") for by in (0.1, 0.2)]
    assert match(asked[:1], asked[1:]).pairs == ()


def test_of_the_same_files_another_equation_is_another_finding(finding) -> None:
    other = finding(equation="log_pay ~ education + year")
    found = match([finding()], [other])
    assert found.pairs == ()
    assert found.only_a[0].why == found.only_b[0].why == "the other side's has another equation"
    assert match([finding()], [other | THERE]).pairs == ((finding(), other | THERE),)
    assert len(match([finding()], [finding(equation=None)]).pairs) == 1


def test_what_one_side_does_not_state_excuses_nothing_else(finding) -> None:
    other = finding(equation=None, outcome="log pay, USD a year")
    found = match([finding()], [other])
    assert found.pairs == ()
    assert found.only_a[0].why == "the other side's has another outcome and equation"


def test_the_same_words_twice_are_not_guessed(finding) -> None:
    a = [finding(value=0.1), finding(value=0.2)]
    found = match(a, [finding(value=0.3)])
    assert found.pairs == ()
    assert {lone.why for lone in (*found.only_a, *found.only_b)} == {
        "ambiguous: several findings are told in the same words"
    }
    # identical records are no guess; what remains beside them would be one
    assert paired(a, [finding(value=0.2), finding(value=0.3)]) == [(0.2, 0.2)]
    assert paired(a, [finding(value=0.3, **THERE)]) == []
