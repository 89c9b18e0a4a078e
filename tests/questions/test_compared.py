"""Compared: the declared pair with rows enough on both sides, the nearest base, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

import salarylab as sl
from salarylab.errors import ModelError
from salarylab.model.factor import factor_in
from salarylab.questions.compared import FEW_ROWS, PAIRS, Pair, counts_of, pair_of
from salarylab.unanswered import Unanswered

Make = Callable[..., sl.Records]


def sample_of(make_records: Make, factor: str, sizes: Mapping[str | None, int], **more: Any) -> sl.Sample:
    """Return invented people, as many at each level as told."""
    levels = [level for level, size in sizes.items() for _ in range(size)]
    pay = [30_000.0 + 100 * (i % 97) for i in range(len(levels))]
    return sl.draw(make_records(**({"pay_annual_usd": pay, factor: levels} | more)), [])


ENOUGH: list[tuple[str, dict[str | None, int], tuple[str, str]]] = [
    ("education", {"secondary": 100, "bachelor": 100, "master": 500}, ("bachelor", "secondary")),
    ("education", {"secondary": 99, "bachelor": 100, "master": 100}, ("master", "bachelor")),  # a hundred rows
    ("education", {"secondary": 100, "bachelor": 1_901, "master": 300}, ("master", "bachelor")),  # a twentieth
    ("education", {"secondary": 101, "bachelor": 1_500, "master": 300}, ("bachelor", "secondary")),
    ("education", {"secondary": 101, "bachelor": 1_500, "master": 300, None: 500}, ("bachelor", "secondary")),
    ("education", {"some college": 300, "bachelor or master": 900}, ("bachelor or master", "some college")),
    ("work_mode", {"on-site": 300, "hybrid": 900, "remote": 200}, ("remote", "on-site")),
    ("work_mode", {"not remote": 300, "hybrid": 900, "remote": 200}, ("remote", "not remote")),
    ("work_mode", {"on-site": 300, "hybrid": 900, "remote": 50}, ("hybrid", "on-site")),
    ("seniority", {"junior": 200, "mid": 300, "senior": 300}, ("senior", "mid")),
    ("industry", {"manufacturing": 200, "information": 300, "construction": 150}, ("information", "manufacturing")),
    ("country", {"FI": 200, "SE": 300, "US": 900}, ("SE", "US")),  # no declared base: the commonest
]


@pytest.mark.parametrize(("factor", "sizes", "pair"), ENOUGH)
def test_the_first_declared_pair_of_which_both_levels_hold_rows_enough(
    make_records: Make, factor: str, sizes: dict[str | None, int], pair: tuple[str, str]
) -> None:
    assert pair_of(sample_of(make_records, factor, sizes), factor) == Pair(*pair)


FEW: list[tuple[dict[str | None, int], tuple[str, str]]] = [
    ({"secondary": 10, "bachelor": 60, "master": 40}, ("master", "bachelor")),  # the larger smaller side
    ({"secondary": 50, "bachelor": 60, "master": 40}, ("bachelor", "secondary")),
    ({"secondary": 50, "bachelor": 60, "master": 50}, ("bachelor", "secondary")),  # alike: the first declared
    ({"secondary": 10, "bachelor": 10}, ("bachelor", "secondary")),
    ({"below secondary": 15, "associate": 10, "bachelor": 20}, ("below secondary", "bachelor")),
]


@pytest.mark.parametrize(("sizes", "pair"), FEW)
def test_where_no_pair_has_rows_enough_the_largest_is_marked(
    make_records: Make, sizes: dict[str | None, int], pair: tuple[str, str]
) -> None:
    assert pair_of(sample_of(make_records, "education", sizes), "education") == Pair(*pair, (FEW_ROWS,))


def test_a_pair_of_rows_enough_but_no_twentieth_is_not_marked_few(make_records: Make) -> None:
    """Few rows is a word about rows: a hundred among three thousand are enough to read."""
    sample = sample_of(make_records, "education", {"secondary": 110, "bachelor": 3_000, "master": 120})
    assert pair_of(sample, "education") == Pair("master", "bachelor")


@pytest.mark.parametrize(
    ("sizes", "reason"),
    [
        ({"secondary": 9, "bachelor": 500}, "fewer than two levels of education have 10 rows"),
        ({"secondary": 0, "bachelor": 0, None: 50}, "fewer than two levels of education have 10 rows"),
    ],
)
def test_fewer_than_two_levels_are_no_comparison(make_records: Make, sizes: dict[str | None, int], reason: str) -> None:
    assert pair_of(sample_of(make_records, "education", sizes), "education") == Unanswered(reason)


def test_a_source_that_never_asked_is_an_answer(make_records: Make) -> None:
    sample = sample_of(make_records, "education", {"bachelor": 50, "master": 50})
    assert pair_of(sample, "work_mode") == Unanswered("invented never asked where the work is done", "Not asked")
    assert str(sl.premium(sample, "work_mode")) == "Not asked: invented never asked where the work is done."


FOUR: dict[str | None, int] = {"secondary": 120, "associate": 50, "bachelor": 300, "master": 110, "doctorate": 9}


@pytest.mark.parametrize(
    ("level", "base", "expected"),
    [
        ("master", "bachelor", Pair("master", "bachelor")),
        ("bachelor", "master", Pair("bachelor", "master")),  # as a notebook names them
        ("master", "", Pair("master", "bachelor")),
        ("", "bachelor", Pair("master", "bachelor")),
        ("", "secondary", Pair("bachelor", "secondary")),
        ("associate", "", Pair("associate", "bachelor", (FEW_ROWS,))),  # no declared pair: over the commonest
        ("associate", "secondary", Pair("associate", "secondary", (FEW_ROWS,))),
        ("doctorate", "", Unanswered("fewer than 10 rows of this sample are doctorate")),
        ("professional", "bachelor", Unanswered("fewer than 10 rows of this sample are professional")),
        ("master", "master", Unanswered("master is compared with itself")),
    ],
)
def test_levels_that_are_named_are_taken(
    make_records: Make, level: str, base: str, expected: Pair | Unanswered
) -> None:
    assert pair_of(sample_of(make_records, "education", FOUR), "education", level, base) == expected


@pytest.mark.parametrize(
    ("level", "base", "nearest"),
    [
        ("master", "some college", "secondary"),  # secondary and associate are as near: the lower of two
        ("secondary", "some college", "associate"),
        ("master", "doctorate", "bachelor"),  # never the level itself
        ("bachelor", "doctorate", "master"),
        ("master", "below secondary", "secondary"),
    ],
)
def test_a_base_that_the_source_does_not_have_falls_back_to_the_nearest_which_is_said(
    make_records: Make, level: str, base: str, nearest: str
) -> None:
    found = pair_of(sample_of(make_records, "education", FOUR), "education", level, base)
    assert isinstance(found, Pair)
    assert (found.level, found.base) == (level, nearest)
    assert found.notes[0] == f"no 10 rows of this sample are {base}: compared with {nearest}, the nearest level"
    answer = sl.premium(sample_of(make_records, "education", FOUR), "education", level, base)
    assert f"compared with {nearest}, the nearest level." in " ".join(answer.lines)


@pytest.mark.parametrize(
    ("factor", "level", "base", "about"),
    [
        ("educaton", "", "", "factor 'educaton'.*did you mean 'education'"),
        ("education", "masters", "", "'masters'.*did you mean 'master'"),
        ("education", "", "bachelors", "'bachelors'.*did you mean 'bachelor'"),
        ("experience_spline", "", "", "experience_spline"),
        ("age", "", "", "age"),
    ],
)
def test_names_that_nobody_declared_are_refused(
    make_records: Make, factor: str, level: str, base: str, about: str
) -> None:
    sample = sample_of(make_records, "education", FOUR)
    with pytest.raises(ModelError, match="(?s)" + about):
        pair_of(sample, factor, level, base)


def test_a_rare_text_is_refused_in_the_words_of_one_that_nobody_has(make_records: Make) -> None:
    sample = sample_of(make_records, "title", {"engineer": 50, "analyst": 40, "swan marker": 9})
    told = []
    for name in ("swan marker", "swan keeper"):
        with pytest.raises(ModelError) as refusal:
            pair_of(sample, "title", name)
        told.append(str(refusal.value).replace(name, "it"))
    assert told[0] == told[1]


@pytest.mark.parametrize(("levels", "refused"), [(100, False), (101, True)])
def test_a_factor_of_very_many_levels_is_refused_with_the_two_ways_out(
    make_records: Make, levels: int, refused: bool
) -> None:
    sample = sample_of(make_records, "employer", {f"e{i}": 11 for i in range(levels)})
    if not refused:
        assert isinstance(pair_of(sample, "employer"), Pair)
        return
    with pytest.raises(ModelError, match="101 levels") as refusal:
        sl.premium(sample, "employer")
    assert "controls=[…, 'employer']" in str(refusal.value)
    assert "covariance='HC1'" in str(refusal.value)


def test_those_whose_title_names_no_role_are_no_side_of_a_declared_pair(make_records: Make) -> None:
    role = {"nurse": 120, "tester": 110, None: 500}
    sample = sample_of(make_records, "role", role, title=["words on a form"] * 730)
    assert counts_of(sample, factor_in(sample, "role")) == {"no role known": 500, "nurse": 120, "tester": 110}
    assert pair_of(sample, "role") == Pair("tester", "nurse")


def test_declared_pairs_name_declared_levels_the_higher_first() -> None:
    from salarylab import schema

    orders = {"education": schema.EDUCATION, "seniority": schema.SENIORITY}
    for factor, pairs in PAIRS.items():
        levels = schema.BY_NAME[factor].levels
        assert levels is not None
        assert {level for pair in pairs for level in pair} <= set(levels)
        if factor in orders:
            assert all(orders[factor].index(level) > orders[factor].index(base) for level, base in pairs)
