from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from salarylab.errors import DataError
from salarylab.records.countries import CODES, MOST_LISTED, US_STATES, to_country, us_state


def told(*names: str | None) -> pl.DataFrame:
    return pl.DataFrame({"home": list(names)}, schema={"home": pl.String})


def test_names_are_found_whatever_their_case_and_the_dots_after_them() -> None:
    rows = told("NAMIBIA", " Viet Nam ", "Iran, Islamic Republic of...", "Korea, South", None)
    assert to_country(rows, "home", source="a test").to_list() == ["NA", "VN", "IR", "KR", None]


def test_a_name_that_is_no_country_is_listed_and_never_guessed() -> None:
    with pytest.raises(DataError, match=r"(?s)'Atlantis' in 2 rows.*") as caught:
        to_country(told("Chad", "Atlantis", "Atlantis"), "home", source="a test")
    assert "Chad" not in str(caught.value)
    assert to_country(told("Atlantis"), "home", source="a test", none_of_them=["Atlantis"]).to_list() == [None]


def test_of_many_unknown_names_the_most_frequent_are_listed() -> None:
    strays = [f"Atlantis {n}" for n in range(MOST_LISTED + 5)]
    with pytest.raises(DataError) as caught:
        to_country(told(*strays, "Lemuria", "Lemuria"), "home", source="a test")
    assert f"{MOST_LISTED + 6} values that are no country's name: 'Lemuria' in 2 rows" in str(caught.value)
    assert str(caught.value).count("in 1 rows") == MOST_LISTED - 1


def test_states_are_read_only_where_a_place_ends_in_one() -> None:
    places = told("Springfield, IL", "Springfield, XX", "IL", "Springfield, IL, United States", "Springfield,IL", None)
    assert places.select(us_state("home")).to_series().to_list() == ["IL", None, None, None, None, None]
    assert len(set(US_STATES)) == 51


@pytest.mark.real
def test_codes_are_those_of_the_world_bank(mirror: Path) -> None:
    # its table writes ISO 3166-1 alpha-2 codes beside English names, some of them in its own style
    listed = pl.read_csv(mirror / "world_bank_ppp" / "ppp-gdp.csv").select("Country", "Country ID").unique()
    theirs = {name.casefold(): code for name, code in listed.iter_rows()}
    shared = theirs.keys() & CODES.keys()
    assert len(shared) > 150
    assert {name: CODES[name] for name in shared} == {name: theirs[name] for name in shared}
