"""Spec: names that know their choices, wherever a notebook declares them."""

from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path

import pytest

from salarylab import sources
from salarylab.errors import Fault, ReportError
from salarylab.report.asking import parameters
from salarylab.report.asking.parameters import declared

CELL = """\
source: str = "demo"
years: list[int] = []
country: str = ""
role_map: str = ""
"""


def check(cell: str = CELL, **values: object) -> dict[str, object]:
    return parameters.check(declared(cell, notebook="n"), values, thing="n", base=Path())


def faults(cell: str = CELL, **values: object) -> tuple[Fault, ...]:
    with pytest.raises(ReportError) as refused:
        check(cell, **values)
    return refused.value.faults


def test_what_is_known_passes_and_empty_is_free() -> None:
    values = {"source": "acs_pums", "years": [2018, 2023], "country": "US", "role_map": "2026-11"}
    assert check(**values) == values
    assert check(source="textbook_wage1")["years"] == []
    assert (
        check("years: list[int] | None = None\ncountry: list[str] = []\nrole_map: str | None = None")["years"] is None
    )


def test_the_years_are_those_of_the_source() -> None:
    (wave,) = faults(source="koodiklinikka", years=[2021, 2022])
    assert (wave.thing, wave.found) == ("n: parameter 'years' 2022", "a year that koodiklinikka does not hold")
    assert wave.expected == "one of: 2021, 2023, 2025"
    assert "did you mean" in wave.remedy
    (without,) = faults(source="textbook_wage1", years=[1976])
    assert "textbook_wage1" in without.expected
    assert [fault.thing for fault in faults(source="acs", years=[1800])] == ["n: parameter 'source': 'acs'"]


def test_years_are_one_value_in_whatever_order() -> None:
    assert check(years=[2024, 2021, 2024])["years"] == [2021, 2024]


def test_years_without_a_source_and_years_that_are_a_number_are_free() -> None:
    assert check("years: list[int] = []", years=[1066])["years"] == [1066]
    assert check("source: str = 'demo'\nyears: int = 5", years=7)["years"] == 7


@pytest.mark.parametrize("key", sorted(sources.keys()))
def test_a_source_states_years_where_its_load_takes_them(key: str) -> None:
    takes = inspect.signature(import_module(f"salarylab.sources.{key}").load).parameters
    assert bool(sources.describe(key).years) == ("years" in takes)


@pytest.mark.parametrize("key", ["dou", "koodiklinikka", "stackoverflow"])
def test_the_years_of_waves_are_those_stated(key: str) -> None:
    assert sources.describe(key).years == tuple(import_module(f"salarylab.sources.{key}").WAVES)


@pytest.mark.parametrize(
    ("given", "meant"), [("Germany", "DE"), ("germny", "DE"), ("us", "US"), ("UK", "GB"), ("Ivory Coast", "CI")]
)
def test_a_country_is_its_code_and_a_name_is_told_its_own(given: str, meant: str) -> None:
    (fault,) = faults(country=given)
    assert fault.remedy == f"did you mean '{meant}'?"


def test_each_unknown_country_of_a_list_is_named() -> None:
    told = faults("country: list[str] = []", country=["US", "XX", "Deutschland"])
    assert [fault.thing.rpartition(" ")[2] for fault in told] == ["'XX'", "'Deutschland'"]
    assert "ISO 3166-1" in told[0].remedy


def test_a_role_map_is_a_version_of_the_crosswalk() -> None:
    (fault,) = faults(role_map="2026-1")
    assert (fault.expected, fault.remedy) == ("one of: 2026-11", "did you mean '2026-11'?")


def test_what_the_notebook_states_goes_before_what_the_name_knows() -> None:
    cell = 'country: str = "Nowhere"  # one of: Nowhere | Erewhon'
    assert check(cell, country="Erewhon")["country"] == "Erewhon"
    assert "one of: Nowhere, Erewhon" in faults(cell, country="DE")[0].expected


def test_params_can_tell_what_each_expects() -> None:
    assert [parameter.expected for parameter in declared(CELL, notebook="n")] == [
        "str, a source's key or own:FILE",
        "list[int], each a year that the source holds",
        "str, a code of ISO 3166-1, such as DE",
        "str, a version of the roles' crosswalk: 2026-11",
    ]


def test_empty_years_load_what_a_source_loads_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    from salarylab.errors import DataError

    assert len(sources.load("textbook_wage1", years=[]).table) == len(sources.load("textbook_wage1").table)
    assert "years" not in sources.load("textbook_wage1", years=[]).provenance.options
    with pytest.raises(DataError, match="option of source textbook_wage1: 'years'"):
        sources.load("textbook_wage1", years=[1976])


STATES = """\
source: str = "acs_pums"
states: list[str] = []
"""


def test_states_are_those_of_the_source_in_any_case_and_order() -> None:
    assert check(STATES, states=["wy", "DE", "de"])["states"] == ["DE", "WY"]
    assert check(STATES)["states"] == []
    assert [parameter.expected for parameter in declared(STATES, notebook="n")][1] == (
        "list[str], each a postal code of a state that the source holds, such as DE"
    )


@pytest.mark.parametrize(("given", "meant"), [("Delaware", "DE"), ("new yrok", "NY"), ("DEL", "DE")])
def test_an_unknown_state_is_told_whose_name_it_is(given: str, meant: str) -> None:
    (fault,) = faults(STATES, states=["VT", given])
    assert fault.thing == f"n: parameter 'states' '{given}'"
    assert f"did you mean '{meant}'" in fault.remedy


def test_states_of_a_source_without_any_are_refused_by_name_and_empty_ones_taken() -> None:
    (fault,) = faults(STATES, source="demo", states=["DE"])
    assert fault.expected == "nothing: source demo has no choice of states"
    assert check(STATES, source="demo")["states"] == []


@pytest.mark.parametrize("key", sorted(sources.keys()))
def test_a_source_states_its_states_where_its_load_takes_them(key: str) -> None:
    takes = inspect.signature(import_module(f"salarylab.sources.{key}").load).parameters
    assert bool(sources.describe(key).states) == ("states" in takes)


def test_empty_states_load_what_a_source_loads_by_default() -> None:
    from salarylab.errors import DataError

    assert len(sources.load("textbook_wage1", years=[], states=[]).table) == 526
    with pytest.raises(DataError, match="option of source textbook_wage1: 'states'"):
        sources.load("textbook_wage1", states=["DE"])
