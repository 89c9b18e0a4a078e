"""Spec: what a parameters cell declares, and what it refuses, all faults at once."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salarylab.errors import ReportError
from salarylab.report.asking import origin, parameters
from salarylab.report.asking.parameters import Parameter, declared, parse

CELL = """\
# What the reader may choose
source: str = "demo"  # a source's key, or own:mapping.toml
level: str = "master"  # one of: bachelor | master | doctorate
modes: list[str] = ["remote"]  # one of: on-site | hybrid | remote; several may be named
years: list[int] = []  # empty: all
share: float = 0.5
robust: bool = True
seed: int | None = None
"""


def check(values: dict[str, object], base: Path = Path()) -> dict[str, object]:
    return parameters.check(declared(CELL, notebook="n"), values, thing="n", base=base)


def test_declarations_are_read_without_running_them() -> None:
    found = declared(CELL, notebook="n")
    assert [p.name for p in found] == ["source", "level", "modes", "years", "share", "robust", "seed"]
    assert found[1] == Parameter("level", "str", "master", ("bachelor", "master", "doctorate"))
    assert (found[2].choices, found[2].help) == (("on-site", "hybrid", "remote"), "several may be named")
    assert found[6] == Parameter("seed", "int | None", None)


@pytest.mark.parametrize(
    "line",
    [
        "x = 1",
        "x: int",
        "x: dict = {}",
        "x: int = len('a')",
        "import os",
        "def f(): ...",
        "x: list = []",
        "x: list[int] = {[1]: 2}",
    ],
)
def test_anything_but_an_annotated_literal_is_refused(line: str) -> None:
    with pytest.raises(ReportError, match="parameters cell"):
        declared(line, notebook="n")


def test_every_bad_line_is_named() -> None:
    with pytest.raises(ReportError) as refused:
        declared("x = 1\ny: int = 2\nz: set = set()", notebook="n")
    assert [fault.found for fault in refused.value.faults] == ["x = 1", "z: set = set()"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("level=007", "007"),
        ("level=a=b", "a=b"),
        ("years=2023, 2024", [2023, 2024]),
        ("years=[2023]", [2023]),
        ("years=", []),
        ("modes=on-site,remote", ["on-site", "remote"]),
        ("share=1", 1.0),
        ("robust=false", False),
        ("robust=yes", "yes"),
        ("seed=none", None),
        ("seed=7", 7),
        ("seed=many", "many"),
    ],
)
def test_text_is_read_by_the_declared_type(text: str, value: object) -> None:
    (read,) = parse(declared(CELL, notebook="n"), [text]).values()
    assert read == value
    assert type(read) is type(value)


def test_text_without_a_name_and_a_name_given_twice_are_refused_together() -> None:
    with pytest.raises(ReportError) as refused:
        parse(declared(CELL, notebook="n"), ["nonsense", "level=master", "level=bachelor"])
    assert [fault.found for fault in refused.value.faults] == ["nonsense", "set twice"]


def test_all_faults_are_told_at_once_with_suggestions() -> None:
    with pytest.raises(ReportError) as refused:
        check({"levle": "master", "level": "masters", "years": ["x"], "modes": ["home"], "source": "dem", "share": "x"})
    told = str(refused.value)
    assert len(refused.value.faults) == 6
    assert "did you mean 'level'" in told
    assert "one of: bachelor, master, doctorate" in told
    assert "any of: on-site, hybrid, remote" in told
    assert "did you mean 'demo'" in told


def test_whole_numbers_pass_for_a_float_but_not_the_reverse() -> None:
    assert check({"share": 1})["share"] == 1
    with pytest.raises(ReportError):
        check({"seed": 1.5})
    with pytest.raises(ReportError):
        check({"seed": True})


@pytest.mark.parametrize("line", ['level: str = "phd"  # one of: bachelor | master', "n: int = 3  # at least 5"])
def test_a_default_outside_what_its_comment_states_is_refused(line: str) -> None:
    with pytest.raises(ReportError, match="mend the default"):
        parameters.check(declared(line, notebook="n"), {}, thing="n", base=Path())


RANGED = """\
min_cell: int = 10  # 5 to 100; rows a cell must have
share: float = 0.5  # above 0 and below 1
bounds: list[float] = [0.5]  # at least 0
cap: int | None = None  # at most 9
free: float = 0.0
"""


def ranged(**values: object) -> dict[str, object]:
    return parameters.check(declared(RANGED, notebook="n"), values, thing="n", base=Path())


def test_numbers_keep_to_their_ranges_items_of_lists_each() -> None:
    good = {"min_cell": 5, "share": 0.999, "bounds": [0.0, 3.0], "cap": 9, "free": -1.5}
    assert ranged(**good) == good
    bad = {"min_cell": 101, "share": 1, "bounds": [1.0, -0.1], "cap": 10}
    with pytest.raises(ReportError) as refused:
        ranged(**bad)
    assert [(fault.found, fault.expected) for fault in refused.value.faults] == [
        ("101", "int, 5 to 100"),
        ("1", "float, above 0 and below 1"),
        ("[1.0, -0.1]", "list[float], each at least 0"),
        ("10", "int | None, at most 9"),
    ]


@pytest.mark.parametrize("value", [True, math.nan, math.inf, -math.inf, "1", None])
@pytest.mark.parametrize("name", ["min_cell", "share", "free"])
def test_no_bool_infinity_or_text_is_a_number(name: str, value: object) -> None:
    with pytest.raises(ReportError):
        ranged(**{name: value})
    with pytest.raises(ReportError):
        ranged(bounds=[value])


def test_choices_tell_a_bool_from_a_number() -> None:
    cell = declared("a: int = 1  # one of: 1 | 2\nb: float = 1.0  # one of: 0.5 | 1", notebook="n")
    assert parameters.check(cell, {"a": 2, "b": 1}, thing="n", base=Path()) == {"a": 2, "b": 1.0}
    for name in "ab":
        with pytest.raises(ReportError):
            parameters.check(cell, {name: True}, thing="n", base=Path())


def test_a_whole_number_of_a_float_is_the_same_report_as_its_fraction() -> None:
    cell = declared(RANGED, notebook="n")
    assert parameters.folder(cell, ranged(free=2)) == parameters.folder(cell, ranged(free=2.0))


def test_every_comment_that_cannot_be_read_is_a_fault_of_the_notebook() -> None:
    text = "a: int = 1  # 5-100\nb: str = 'x'  # at least 3\n# one of: x | y\nc: str = 'x'  # choices: x, y\nd: int = 1"
    with pytest.raises(ReportError) as refused:
        declared(text, notebook="n")
    assert [fault.thing for fault in refused.value.faults] == [
        "n: comment of a: int = 1",
        "n: comment of b: str = 'x'",
        "n: comment of c: str = 'x'",
        "n: parameters cell",
    ]
    assert "# one of: x | y" in refused.value.faults[-1].found


def test_a_name_declared_twice_is_refused() -> None:
    with pytest.raises(ReportError, match="x: int = 2 a second time"):
        declared("x: int = 1\nx: int = 2", notebook="n")


def test_names_that_a_model_keeps_for_itself_may_be_declared() -> None:
    cell = declared("_x: int = 1\njson: str = 'a'\nmodel_dump: int = 2\np0: int = 3", notebook="n")
    values = {"_x": 4, "json": "b", "model_dump": 5, "p0": 6}
    assert parameters.check(cell, values, thing="n", base=Path()) == values
    with pytest.raises(ReportError, match="'p1'"):
        parameters.check(cell, {"p1": 1}, thing="n", base=Path())


def test_an_own_file_must_exist_and_travels_absolute(tmp_path: Path, write_mapping) -> None:
    mapping = tmp_path / "mapping.toml"
    write_mapping(mapping)
    assert check({"source": "own:mapping.toml"}, tmp_path)["source"] == f"own:{mapping}"
    mapping.write_text(mapping.read_text(encoding="utf-8").replace("2024", "24"), encoding="utf-8")
    with pytest.raises(ReportError, match="a year such as 2024"):
        check({"source": "own:mapping.toml"}, tmp_path)
    with pytest.raises(ReportError, match="no such file"):
        check({"source": "own:other.toml"}, tmp_path)
    with pytest.raises(ReportError, match="no such file"):
        check({"source": "own:~nobody_of_that_name/other.toml"}, tmp_path)
    with pytest.raises(ReportError, match=r"own:mapping\.toml"):
        check({"source": "own"}, tmp_path)


def test_folder_names_are_short_safe_and_tell_values_apart() -> None:
    cell = declared(CELL, notebook="n")
    defaults = parameters.check(cell, {}, thing="n", base=Path())
    names = [
        parameters.folder(cell, defaults | changed)
        for changed in ({"level": "a/b"}, {"level": "a b"}, {"level": "../x"}, {"level": "y" * 300}, {"years": [1, 2]})
    ]
    assert len(set(names)) == len(names)
    assert all(len(name) <= 70 and "/" not in name and " " not in name and not name.startswith(".") for name in names)
    assert names[0].startswith("level-a-b-")
    assert parameters.folder(cell, defaults) == "default"


@given(st.tuples(st.text(), st.text()), st.tuples(st.lists(st.text()), st.lists(st.text())))
def test_two_sets_of_values_never_share_a_folder_whatever_the_file_system(
    words: tuple[str, str], lists: tuple[list[str], list[str]]
) -> None:
    cell = declared('word: str = "a"\nwords: list[str] = []', notebook="n")
    one, other = ({"word": w, "words": ws} for w, ws in zip(words, lists, strict=True))
    names = {parameters.folder(cell, values).casefold() for values in (one, other)}
    assert len(names) == 1 + (one != other)
    assert all(re.fullmatch(r"[a-z0-9._+-]{1,70}", name) for name in names)


def test_two_cases_of_a_word_have_two_folders_and_the_empty_text_its_own() -> None:
    cell = declared('word: str = "a"', notebook="n")
    names = {parameters.folder(cell, {"word": word}).casefold() for word in ("US", "us", "", "-", "a")}
    assert len(names) == 5


def test_an_own_file_is_told_without_machine_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside, outside = tmp_path / "project" / "mine" / "m.toml", tmp_path / "m.toml"
    inside.parent.mkdir(parents=True)
    monkeypatch.setenv("SALARYLAB_ROOT", str(tmp_path / "project"))
    assert origin.portable(f"own:{inside}") == "own:mine/m.toml"
    assert origin.portable(f"own:{outside}") == "own:m.toml"
    cell = declared('source: str = "demo"', notebook="n")
    told = {parameters.folder(cell, {"source": f"own:{path}"}) for path in (inside, outside)}
    assert len(told) == 2
    assert not any(tmp_path.name in name for name in told)
