"""Spec: a question without an answer shows its reason once, and everything asked of it after that shows nothing."""

from __future__ import annotations

import inspect
import json
import pickle
from types import ModuleType

import pytest
from IPython.core.formatters import DisplayFormatter

import salarylab as sl
from salarylab.unanswered import UNANSWERED_MIME, Unanswered

LACKING = Unanswered("invented never asked education & more", "Not asked")
ASKED_OF_IT = ("ladder", "table", "figure", "joint", "by", "sample", "level", "last")


def shown(found: object) -> dict[str, object]:
    """Return what IPython emits for an object that a cell ends with."""
    return DisplayFormatter().format(found)[0]


def test_it_shows_its_reason_as_text_markup_and_record() -> None:
    told = "Not asked: invented never asked education & more."
    assert str(LACKING) == repr(LACKING) == told
    assert shown(LACKING) == {
        "text/plain": told,
        "text/html": '<blockquote class="unanswered"><p>Not asked: invented never asked education &amp; more.</p>'
        "</blockquote>",
        UNANSWERED_MIME: {"kind": "Not asked", "reason": "invented never asked education & more"},
    }
    assert str(Unanswered("few rows")) == "Not compared: few rows."


@pytest.mark.parametrize("name", ASKED_OF_IT)
def test_what_is_asked_of_it_afterwards_shows_nothing_and_has_the_reason_still(name: str) -> None:
    once = getattr(LACKING, name)
    again = getattr(once, name)
    for found in (once, again):
        assert isinstance(found, Unanswered)
        assert shown(found) == {}
        assert (found.reason, found.kind) == (LACKING.reason, LACKING.kind)
        assert (list(found), found.findings) == ([], ())


def test_it_is_empty_travels_between_processes_and_has_no_private_parts() -> None:
    assert (list(LACKING), LACKING.findings) == ([], ())
    assert pickle.loads(pickle.dumps(LACKING)) == LACKING
    assert LACKING.ladder != LACKING
    assert not hasattr(LACKING, "_repr_png_")
    assert json.loads(json.dumps(LACKING.record())) == {"kind": "Not asked", "reason": LACKING.reason}


def functions(module: ModuleType, names: list[str]) -> list[tuple[str, object]]:
    return [(name, getattr(module, name)) for name in names if inspect.isfunction(getattr(module, name))]


OF_TABLES = [
    name
    for name, found in vars(sl.show.table).items()
    if inspect.isfunction(found) and found.__module__ == sl.show.table.__name__ and not name.startswith("_")
]


@pytest.mark.parametrize(
    ("name", "show"),
    [*functions(sl.show, sl.show.__all__), *functions(sl.show.table, OF_TABLES)],
    ids=lambda part: part if isinstance(part, str) else part.__module__,
)
def test_every_figure_and_table_hands_it_through(name: str, show: object) -> None:
    more = {"premium_by": ("master",), "pay_by_year": (None,), "quantile_process": ("master",), "terms": ("education",)}
    more |= {"specification_curve": ([],), "quartiles": (("education",), ""), "variants": ("", ())}
    assert show(LACKING, *more.get(name, ())) is LACKING


def test_there_are_figures_and_tables_to_hand_it_through() -> None:
    assert len(functions(sl.show, sl.show.__all__)) >= 17
    assert {"ladder", "attrition", "premia"} <= set(OF_TABLES)
