from __future__ import annotations

import csv
import hashlib
import math
import os
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

import salarylab as sl
from salarylab.errors import DataError
from salarylab.sources import acs_pums

# Sums of PWGTP, wage earners, full-time full-year wage earners of 18 to 64, top-coded rows:
# counted from the same files by other hands (research notes on the data, § 2.1)
ORACLE = {
    "DE": (967_171, 4_532, 2_731, 63),
    "NH": (1_356_410, 7_532, 4_445, 61),
    "RI": (1_057_315, 5_496, 3_238, 79),
    "SD": (882_235, 4_532, 2_779, 36),
    "VT": (626_299, 3_457, 1_864, 40),
    "WY": (577_737, 2_900, 1_761, 29),
}


def person(**told: Any) -> dict[str, Any]:
    """One invented person: a nurse in Delaware who worked all year."""
    answers: dict[str, Any] = {
        "file": "2018/psam_p10.csv",
        "year": 2018,
        "row": "1",
        "ST": "10",
        "AGEP": "40",
        "WAGP": "52000",
        "WKHP": "40",
        "ADJINC": "1013097",
        "PWGTP": "100",
        "SCHL": "21",
        "COW": "2",
        "WKW": "1",
        "JWTR": "01",
        "NAICSP": "622M",
        "SOCP": "291141",
        "SEX": "2",
        "FOD1P": "6107",
        **dict.fromkeys(acs_pums.FLAGS, "0"),
        **dict.fromkeys(acs_pums.REPLICATE_NAMES, "90"),
    }
    return answers | told


def table(*persons: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(persons, schema=dict.fromkeys(person(), pl.String) | {"year": pl.Int32})


def cleaned(*persons: dict[str, Any], gender: bool = False) -> pl.DataFrame:
    return acs_pums.clean(table(*persons), gender=gender).rows


def first(name: str, **told: Any) -> object:
    return cleaned(person(**told))[name][0]


def test_a_person_becomes_a_record() -> None:
    record = cleaned(person()).row(0, named=True)
    expected = {
        "record_id": "2018/psam_p10.csv:1",
        "year": 2018,
        "pay_annual_usd": 52_000.0,
        "pay_hourly_usd": 25.0,
        "pay_low_usd": None,
        "education": "bachelor",
        "field_of_study": "health",
        "imputed": [],
        "experience_years": 18.0,
        "industry": "health care and social assistance",
        "role": "healthcare practitioners and technical",
        "role_family": "other",
        "employment": "full-time",
        "org_kind": "non-profit",
        "work_mode": "on-site",
        "full_year": True,
        "region": "Delaware",
        "weight": 100.0,
        "replicate_weights": [90.0] * 80,
    }
    assert {name: record[name] for name in expected} == expected
    assert record["pay_annual_real_usd"] == pytest.approx(52_681.044)


def test_real_pay_of_several_years_is_at_the_prices_of_the_latest() -> None:
    # US CPI-U: 251.107 in 2018, 292.655 in 2022 (BLS, CUUR0000SA0)
    alone = first("pay_annual_real_usd")
    assert isinstance(alone, float)
    both = cleaned(person(), person(year=2022, WKW="52"))["pay_annual_real_usd"]
    assert both.to_list() == pytest.approx([alone * 292.655 / 251.107, alone])


def test_persons_without_wages_are_rejected_each_by_name() -> None:
    raw = table(person(), person(WAGP=None), person(WAGP="0"))
    rejected = {step.rule: step.removed for step in acs_pums.clean(raw).steps if step.kind == "reject"}
    assert rejected == {"under 15 years old: wages not asked": 1, "no wages in the past 12 months": 1}


def test_hourly_pay_needs_a_full_year() -> None:
    assert first("pay_hourly_usd", WKW="2") is None
    assert first("full_year", WKW="2") is False


@pytest.mark.parametrize(
    ("year", "weeks", "full"),
    [
        (2012, "1", True),
        (2018, "6", False),
        (2019, "1", False),
        (2019, "49", False),
        (2019, "50", True),
        (2023, "52", True),
    ],
)
def test_weeks_are_bands_until_2018_and_numbers_from_2019(year: int, weeks: str, full: bool) -> None:
    assert first("full_year", year=year, WKW=weeks) is full
    # full years alone have hourly pay, as 52 weeks in every year
    assert first("pay_hourly_usd", year=year, WKW=weeks) == (25.0 if full else None)


def test_top_codes_become_intervals_above_the_largest_other_wage_of_the_state_and_year() -> None:
    records = cleaned(
        person(WAGP="476000"),
        person(WAGP="270000"),
        person(WAGP="90000"),
        person(ST="56", WAGP="300000"),  # another state's wages bound nothing in Delaware
        person(year=2019, WAGP="300000"),  # nor do another year's
    )
    assert records["pay_low_usd"].to_list() == [270_000.0, None, None, None, None]
    assert records["pay_high_usd"].to_list() == [math.inf, None, None, None, None]


def test_top_codes_that_are_not_declared_are_flagged_as_not_bounded() -> None:
    ledger = acs_pums.clean(table(person(year=2019, WAGP="476000"), person(year=2019), person(ST="06", WAGP="800000")))
    assert ledger.rows["pay_low_usd"].null_count() == 3
    assert {step.rule: step.touched for step in ledger.steps if "no top code is declared" in step.rule} == {
        "largest wage where no top code is declared: it may be the mean of several, and nothing bounds it": 2
    }


def test_low_implied_hourly_pay_is_counted_and_kept() -> None:
    raw = table(person(), person(WAGP="1000"))
    ledger = acs_pums.clean(raw)
    assert ledger.steps[-1].touched == 1
    assert len(ledger.rows) == 2


@pytest.mark.parametrize(
    ("told", "name", "expected"),
    [
        ({"JWTR": "11"}, "work_mode", "remote"),
        ({"JWTR": None}, "work_mode", None),
        ({"SOCP": "15124X"}, "role_family", "other tech"),
        ({"SOCP": "999920"}, "role", None),
        ({"NAICSP": "3MS"}, "industry", "manufacturing"),
        ({"NAICSP": "4MS"}, "industry", "retail trade"),
        ({"NAICSP": "928110P1"}, "industry", "public administration"),
        ({"NAICSP": "999920"}, "industry", None),
        ({"COW": "7", "WKHP": "20"}, "employment", "self-employed"),
        ({"COW": "1", "WKHP": "20"}, "employment", "part-time"),
        ({"COW": "8"}, "org_kind", None),
        ({"SCHL": "24", "AGEP": "25"}, "experience_years", 0.0),
        ({"SCHL": "15", "AGEP": "20"}, "experience_years", 2.0),
        # zeros before a code that a file leaves out
        ({"SCHL": "1", "AGEP": "20"}, "education", "below secondary"),
        ({"JWTR": "1"}, "work_mode", "on-site"),
        ({"ST": "6"}, "region", "California"),
        ({"FOD1P": "2102"}, "field_of_study", "computers and information"),
        ({"FOD1P": "2499"}, "field_of_study", "engineering"),
        ({"FOD1P": "2500"}, "field_of_study", "architecture, construction, technologies"),
        ({"SCHL": "20", "FOD1P": None}, "field_of_study", None),
    ],
)
def test_codes(told: dict[str, str | None], name: str, expected: object) -> None:
    assert first(name, **told) == expected


@pytest.mark.parametrize(
    ("flag", "columns"),
    [
        ("FWAGP", ["pay_annual_usd"]),
        ("FWKHP", ["employment", "hours_weekly"]),
        ("FWKWP", ["full_year"]),
        ("FSCHLP", ["education", "experience_years"]),
        ("FAGEP", ["experience_years", "age"]),
        ("FFODP", ["field_of_study"]),
        ("FOCCP", ["role", "role_family"]),
        ("FINDP", ["industry"]),
        ("FCOWP", ["employment", "org_kind"]),
        ("FJWTRP", ["work_mode"]),
        ("FSEXP", ["gender"]),
    ],
)
def test_an_answer_that_the_bureau_filled_in_is_named(flag: str, columns: list[str]) -> None:
    assert cleaned(person(**{flag: "1"}))["imputed"].to_list() == [columns]


def test_answers_filled_in_are_each_named_once_in_the_tables_order() -> None:
    both = cleaned(person(FSCHLP="1", FAGEP="1", FWAGP="1"), person())["imputed"]
    assert both.to_list() == [["pay_annual_usd", "education", "experience_years", "age"], []]


@pytest.mark.parametrize("found", [None, "2", "Yes"])
def test_an_allocation_flag_is_zero_or_one(found: str | None) -> None:
    with pytest.raises(DataError, match="'FOCCP'") as caught:
        cleaned(person(), person(FOCCP=found))
    assert len(caught.value.faults) == 1


def test_a_field_of_degree_of_no_known_group_is_refused() -> None:
    with pytest.raises(DataError, match="'FOD1P'"):
        cleaned(person(FOD1P="9900"))


def test_medians_of_the_audit_are_weighted() -> None:
    few = [person(WAGP=str(10_000 + 1_000 * i), PWGTP="1") for i in range(40)]
    step = acs_pums.clean(table(*few, person(WAGP="90000", PWGTP="30"), person(WAGP="0", PWGTP="20"))).steps[1]
    assert step.rule == "no wages in the past 12 months"
    # half of 90 lies at the 25th of the forty and below, with the 20 at nothing; half of 70 at the 35th
    assert (step.median_before, step.median_after) == (34_500.0, 44_500.0)


def test_gender_is_there_only_when_asked_for() -> None:
    assert "gender" not in cleaned(person()).columns
    assert cleaned(person(), person(SEX="1"), gender=True)["gender"].to_list() == ["female", "male"]


def test_unknown_codes_and_words_for_numbers_are_refused() -> None:
    with pytest.raises(DataError, match="'SCHL'"):
        cleaned(person(SCHL="25"))
    with pytest.raises(DataError) as caught:
        cleaned(person(WAGP="lots", WKHP="many"))
    assert len(caught.value.faults) == 2


def in_year(year: int, **told: Any) -> dict[str, str]:
    """One invented person as a file of that year writes her: its names, its cases, columns that we don't read."""
    answers = {name: str(value) for name, value in person(**told).items() if name not in ("file", "year", "row")}
    if year >= 2019:
        answers |= {"JWTRNS": answers.pop("JWTR"), "WKWN": told.get("WKW", "52")}
        answers |= {"FJWTRNSP": answers.pop("FJWTRP"), "FWKWNP": answers.pop("FWKWP")}
        del answers["WKW"]
    if year == 2023:
        answers["STATE"] = answers.pop("ST")
    if year < 2017:
        answers = {name.lower() if name in acs_pums.REPLICATE_NAMES else name: told for name, told in answers.items()}
    return {"RT": "P", "SERIALNO": "0000001", **answers, "FRETP": "0"}


def write_zip(path: Path, member: str, *persons: dict[str, str], others: tuple[str, ...] = ()) -> Path:
    lines = [",".join(persons[0]), *(",".join(told.values()) for told in persons)]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (member, *others):
            archive.writestr(name, "\n".join(lines) + "\n")
    return path


def member(year: int) -> str:
    return f"ss{year % 100}pde.csv" if year < 2017 else "psam_p10.csv"


@pytest.mark.parametrize("year", [2012, 2016, 2019, 2023])
def test_a_file_of_every_shape_is_read_to_the_same_columns(tmp_path: Path, year: int) -> None:
    path = write_zip(tmp_path / "csv_pde.zip", member(year), in_year(year), in_year(year, SEX="1"))
    raw = acs_pums.read(path, year=year, state="DE")
    assert raw.columns == ["file", "year", "row", *acs_pums.COLUMNS]
    assert raw.select("file", "year", "row", "ST", "JWTR", "PWGTP80").row(0) == (
        f"{year}/{member(year)}",
        year,
        1,
        "10",
        "01",
        "90",
    )
    record = acs_pums.clean(raw).rows.row(0, named=True)
    expected = {
        "record_id": f"{year}/{member(year)}:1",
        "year": year,
        "pay_hourly_usd": 25.0,
        "full_year": True,
        "region": "Delaware",
        "work_mode": "on-site",
        "replicate_weights": [90.0] * 80,
    }
    assert {name: record[name] for name in expected} == expected
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["ss18pde.csv", "psam_p33.csv", "../psam_p10.csv"])
def test_a_zip_without_the_person_file_of_the_year_and_state_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match=r"csv_pde\.zip"):
        acs_pums.read(write_zip(tmp_path / "csv_pde.zip", name, in_year(2018)), year=2018, state="DE")


def test_persons_of_another_state_are_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "csv_pde.zip", member(2018), in_year(2018), in_year(2018, ST="33"))
    with pytest.raises(DataError, match="1 persons of 33"):
        acs_pums.read(path, year=2018, state="DE")


def test_a_damaged_zip_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "csv_pde.zip", member(2018), in_year(2018))
    whole = path.read_bytes()
    flipped = bytearray(whole)
    flipped[60] ^= 0xFF
    for damaged in (whole[:-30], bytes(flipped)):
        path.write_bytes(damaged)
        with pytest.raises(DataError, match="damaged archive"):
            acs_pums.read(path, year=2018, state="DE")


@pytest.mark.parametrize(("year", "columns"), [(2018, ("WAGP", "SCHL")), (2023, ("WKWN", "STATE")), (2012, ("WKW",))])
def test_missing_columns_are_all_named_as_the_year_names_them(
    tmp_path: Path, year: int, columns: tuple[str, ...]
) -> None:
    told = {f"X{name}" if name in columns else name: value for name, value in in_year(year).items()}
    with pytest.raises(DataError) as caught:
        acs_pums.read(write_zip(tmp_path / "csv_pde.zip", member(year), told), year=year, state="DE")
    assert len(caught.value.faults) == len(columns)
    for name, fault in zip(columns, caught.value.faults, strict=True):
        assert repr(name) in fault.thing
        assert f"X{name}" in fault.remedy


def test_bytes_that_are_not_the_declared_ones_are_refused_and_nothing_is_written(project: Path) -> None:
    raw = project / "data" / "raw" / "acs_pums"
    raw.mkdir(parents=True)
    path = write_zip(raw / "csv_pde.zip", member(2018), in_year(2018))
    before = path.read_bytes()
    with pytest.raises(DataError, match=acs_pums.SHA256["DE"]):
        sl.load("acs_pums", states=["DE"])
    assert path.read_bytes() == before
    assert not (project / "data" / "processed").exists()


def mirrored(folder: Path, year: int, *persons: dict[str, str]) -> None:
    """Put invented persons of Delaware where the mirror has a year's file."""
    place = folder / f"acs_pums_{year}"
    place.mkdir(parents=True)
    write_zip(place / "csv_pde.zip", member(year), *persons)


def test_years_are_pooled_and_files_without_a_published_hash_are_kept_to(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirrored(tmp_path / "mirror", 2016, in_year(2016), in_year(2016, WAGP="0"))
    mirrored(tmp_path / "mirror", 2019, in_year(2019))
    monkeypatch.setenv("SALARYLAB_MIRROR", str(tmp_path / "mirror"))
    records = sl.load("acs_pums", years=[2019, 2016], states=["DE"])
    assert records.table.select("record_id", "year").rows() == [
        ("2016/ss16pde.csv:1", 2016),
        ("2019/psam_p10.csv:1", 2019),
    ]
    told = records.provenance
    assert told.headline == "Delaware, 2016, 2019: not the nation; each year's weights stand for the whole population"
    assert "2016, 2019 American Community Survey" in told.source.citation
    assert [(file.name, file.rows) for file in told.files] == [("2016_csv_pde.zip", 2), ("2019_csv_pde.zip", 1)]
    assert [file.sha256 for file in told.files] == [
        hashlib.sha256((tmp_path / "mirror" / f"acs_pums_{year}" / "csv_pde.zip").read_bytes()).hexdigest()
        for year in (2016, 2019)
    ]
    assert {"pay_low_usd", "pay_high_usd"}.isdisjoint(records.asked)  # no top code of these years is declared

    at_hand = project / "data" / "raw" / "acs_pums" / "2019_csv_pde.zip"
    at_hand.chmod(0o644)
    write_zip(at_hand, member(2019), in_year(2019), in_year(2019))
    with pytest.raises(DataError, match=told.files[1].sha256):
        sl.load("acs_pums", years=[2019], states=["DE"])


def test_undeclared_years_and_states_are_refused_all_at_once(project: Path) -> None:
    with pytest.raises(DataError) as caught:
        sl.load("acs_pums", years=[2018, 2011, 2020], states=["DE", "Texas", "PR"])
    assert [fault.thing for fault in caught.value.faults] == [
        "acs_pums: year '2011'",
        "acs_pums: year '2020'",
        "acs_pums: state 'Texas'",
        "acs_pums: state 'PR'",
    ]
    assert "experimental" in caught.value.faults[1].remedy
    assert "did you mean 'TX'?" in caught.value.faults[2].remedy


@pytest.mark.parametrize(
    ("years", "states", "told"),
    [
        ([2018], list(acs_pums.SHA256), "Six small US states (DE, NH, RI, SD, VT, WY), 2018: not the nation"),
        ([2021], ["CA", "DE"], "Two US states (CA, DE), 2021: not the nation"),
        ([2019], list(acs_pums.STATES), "The US: 50 states and DC, 2019"),
        ([2012, 2013, 2014], ["DC"], "District of Columbia, 2012–2014: not the nation"),
    ],
)
def test_the_headline_tells_states_and_years(years: list[int], states: list[str], told: str) -> None:
    pooled = "; each year's weights stand for the whole population" if len(years) > 1 else ""
    assert acs_pums.headline(years, states) == told + pooled


def test_by_default_the_states_at_hand_are_read_or_all_where_none_is(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert acs_pums._chosen(None, None) == ((2018,), tuple(acs_pums.SHA256))
    folder = tmp_path / "mirror" / "acs_pums_2018"
    folder.mkdir(parents=True)
    (folder / "csv_pvt.zip").touch()
    monkeypatch.setenv("SALARYLAB_MIRROR", str(folder.parent))
    assert acs_pums._chosen(None, None) == ((2018,), ("VT",))
    assert acs_pums._chosen([2018], ["WY", "DE"]) == ((2018,), ("DE", "WY"))
    assert acs_pums._chosen([2018], ["wy", "De"]) == ((2018,), ("DE", "WY"))
    assert acs_pums._chosen([2018, 2019], None) == ((2018, 2019), tuple(acs_pums.SHA256))


@pytest.fixture
def dictionary(mirror: Path) -> dict[str, dict[str, str]]:
    """Codes and labels of each variable, from the Census Bureau's data dictionary; blank codes left out."""
    codes: dict[str, dict[str, str]] = {}
    with (mirror / "acs_pums_2018" / "PUMS_Data_Dictionary_2018.csv").open(encoding="utf-8", newline="") as lines:
        for line in csv.reader(lines):
            if line[0] == "VAL" and line[4].strip("b"):
                codes.setdefault(line[1], {})[line[4]] = line[6]
    return codes


@pytest.mark.real
@pytest.mark.parametrize(
    ("variable", "known"),
    [
        ("SCHL", acs_pums.EDUCATION),
        ("SCHL", acs_pums.SCHOOLING_YEARS),
        ("JWTR", acs_pums.WORK_MODE),
        ("COW", acs_pums.ORG_KIND),
        ("SEX", acs_pums.GENDER),
        ("NAICSP", acs_pums.INDUSTRY),
        ("SOCP", acs_pums.ROLE),
        ("SOCP", acs_pums.ROLE_FAMILY),
        ("FOD1P", acs_pums.FIELD_OF_STUDY),
    ],
)
def test_every_code_of_the_dictionary_is_mapped_or_listed_as_not(
    dictionary: dict[str, dict[str, str]], variable: str, known: dict[str, object]
) -> None:
    parts = {code[:2] for code in dictionary[variable]}
    assert parts == set(known) | set(acs_pums.UNMAPPED.get(variable, ()))


@pytest.mark.real
def test_industries_agree_with_the_dictionarys_own_groups(dictionary: dict[str, dict[str, str]]) -> None:
    # the dictionary prefixes each label with a group of sectors (AGR-, MFG- …); three groups hold several sectors
    groups = {
        "AGR": {"agriculture, forestry, fishing"},
        "EXT": {"mining, oil and gas"},
        "UTL": {"utilities"},
        "CON": {"construction"},
        "MFG": {"manufacturing"},
        "WHL": {"wholesale trade"},
        "RET": {"retail trade"},
        "TRN": {"transportation and warehousing"},
        "INF": {"information"},
        "FIN": {"finance and insurance", "real estate and rental"},
        "PRF": {
            "professional, scientific, technical services",
            "management of companies",
            "administrative and waste services",
        },
        "EDU": {"educational services"},
        "MED": {"health care and social assistance"},
        "SCA": {"health care and social assistance"},
        "ENT": {"arts, entertainment, recreation", "accommodation and food services"},
        "SRV": {"other services"},
        "ADM": {"public administration"},
        "MIL": {"public administration"},
    }
    found: dict[str, set[str]] = {}
    for code, label in dictionary["NAICSP"].items():
        if label[:3] in groups:
            found.setdefault(label[:3], set()).add(acs_pums.INDUSTRY[code[:2]])
    assert found == groups


@pytest.mark.real
def test_states_agree_with_the_dictionary(dictionary: dict[str, dict[str, str]]) -> None:
    declared = {fips: f"{name}/{code}" for code, (name, fips) in acs_pums.STATES.items()}
    assert dictionary["ST"] == declared | {"72": "Puerto Rico/PR"}


@pytest.mark.real
def test_declared_files_agree_with_the_catalogue(mirror: Path) -> None:
    catalogue = pl.read_csv(mirror / "CATALOG.csv").filter(pl.col("path").str.ends_with(".zip"))
    listed = {path: (digest, url) for path, digest, url in catalogue.select("path", "sha256", "url").iter_rows()}
    for code in acs_pums.SHA256:
        file = acs_pums._file(2018, code)
        assert listed[str(file.mirror)] == (file.sha256, file.url)


@pytest.mark.real
def test_weights_sum_to_the_populations(mirror: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALARYLAB_MIRROR", str(mirror))
    persons = acs_pums.persons(states=list(acs_pums.SHA256))
    summed = persons.group_by("ST").agg(pl.col("PWGTP").cast(pl.Int64).sum())
    assert len(persons) == 54_554
    assert dict(summed.iter_rows()) == {acs_pums.STATES[code][1]: sums[0] for code, sums in ORACLE.items()}
    assert summed["PWGTP"].sum() == 5_467_167


@pytest.mark.real
def test_counts_of_the_real_files(mirror: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALARYLAB_MIRROR", str(mirror))
    records = sl.load("acs_pums", years=[2018])
    assert records.provenance.headline == "Six small US states (DE, NH, RI, SD, VT, WY), 2018: not the nation"
    names = {acs_pums.STATES[code][0]: sums for code, sums in ORACLE.items()}
    by_region = dict(records.table["region"].value_counts().iter_rows())
    assert by_region == {name: sums[1] for name, sums in names.items()}
    top = records.table.filter(pl.col("pay_high_usd").is_infinite())
    assert dict(top["region"].value_counts().iter_rows()) == {name: sums[3] for name, sums in names.items()}
    assert top.select((pl.col("pay_low_usd") < pl.col("pay_annual_usd")).all()).item()

    sample = sl.draw(records, [sl.full_time_full_year, sl.working_age, sl.positive_pay])
    drawn = dict(sample.table["region"].value_counts().iter_rows())
    assert drawn == {name: sums[2] for name, sums in names.items()}
    assert len(sample) == 16_818
    assert sample.attrition["rows_lost"].sum() + len(sample) == 54_554
    technical = sample.table.filter(pl.col("role_family") == "other tech")
    assert len(technical) == 603
    assert (technical["education"] == "doctorate").sum() == 8
    assert (technical["work_mode"] == "remote").sum() == 68


@pytest.fixture(scope="module")
def raw() -> pd.DataFrame:
    """Every person of the six states, straight from the zips by pandas: text, and numbers where there are any."""
    named = os.environ.get("SALARYLAB_MIRROR") or "../shared/mirror"
    folder = (Path(__file__).resolve().parents[2] / named).resolve() / "acs_pums_2018"
    if not folder.is_dir():
        pytest.skip("no publishers' files")
    paths = [folder / f"csv_p{code.lower()}.zip" for code in ORACLE]
    tables = []
    for path in paths:
        with zipfile.ZipFile(path) as archive:
            (member,) = (name for name in archive.namelist() if name.endswith(".csv"))
            tables.append(pd.read_csv(archive.open(member), dtype={"SOCP": str, "NAICSP": str}, low_memory=False))
    return pd.concat(tables, ignore_index=True)


def standard_rows(raw: pd.DataFrame) -> pd.DataFrame:
    """Full-time full-year wage earners of 18 to 64 who are not self-employed."""
    full = (raw.WAGP > 0) & (raw.WKHP >= 35) & (raw.WKW == 1) & raw.AGEP.between(18, 64)
    return raw[full & ~raw.COW.isin([6, 7])]


def half_of_the_weight(rows: pd.DataFrame) -> float:
    rows = rows.sort_values("WAGP")
    return float(rows.WAGP[rows.PWGTP.cumsum() >= rows.PWGTP.sum() / 2].iloc[0])


@pytest.mark.real
def test_wages_hours_and_weeks_that_the_bureau_filled_in_leave_the_standard_sample(
    raw: pd.DataFrame, mirror: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALARYLAB_MIRROR", str(mirror))
    records = sl.load("acs_pums", states=list(ORACLE))
    rows = standard_rows(raw)
    filled = (rows.FWAGP == 1) | (rows.FWKHP == 1) | (rows.FWKWP == 1)
    # the issue's count of wages filled in, by other hands
    assert (len(rows), int((rows.FWAGP == 1).sum())) == (15_915, 2_832)
    sample = sl.draw(records, sl.standard(records))
    assert len(sample) == int((~filled).sum()) == 12_741
    last = sample.attrition.row(-1, named=True)
    assert last["rows_lost"] == int(filled.sum())
    assert last["median_pay_lost"] == half_of_the_weight(rows[filled])
    assert last["median_pay_left"] == half_of_the_weight(rows[~filled])
    before = sample.attrition.row(-2, named=True)
    assert before["median_pay_left"] == half_of_the_weight(rows) == 48_000  # 50,000 without weights
    assert rows.WAGP.median() == 50_000


@pytest.mark.real
def test_each_flag_of_the_raw_file_is_named(
    raw: pd.DataFrame, mirror: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALARYLAB_MIRROR", str(mirror))
    table = sl.load("acs_pums", states=list(ORACLE)).table
    earners = raw[raw.WAGP > 0]
    named = table["imputed"].list.explode().value_counts()
    counts = dict(named.drop_nulls().iter_rows())
    assert counts["pay_annual_usd"] == int((earners.FWAGP == 1).sum())
    assert counts["hours_weekly"] == int((earners.FWKHP == 1).sum())
    assert counts["full_year"] == int((earners.FWKWP == 1).sum())
    assert counts["education"] == int((earners.FSCHLP == 1).sum())
    assert counts["experience_years"] == int(((earners.FSCHLP == 1) | (earners.FAGEP == 1)).sum())
    assert counts["role"] == counts["role_family"] == int((earners.FOCCP == 1).sum())
    assert counts["employment"] == int(((earners.FCOWP == 1) | (earners.FWKHP == 1)).sum())
    assert counts["work_mode"] == int((earners.FJWTRP == 1).sum())
    assert counts["industry"] == int((earners.FINDP == 1).sum())
    assert counts["field_of_study"] == int((earners.FFODP == 1).sum())
    sums = earners.groupby("ST").PWGTP.sum()  # weights are as the Bureau gives them
    assert dict(table.group_by("region").agg(pl.col("weight").sum()).iter_rows()) == {
        acs_pums.STATES[code][0]: sums[int(acs_pums.STATES[code][1])] for code in ORACLE
    }


@pytest.mark.real
def test_only_holders_of_a_bachelors_degree_have_a_field_of_study(
    raw: pd.DataFrame, mirror: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALARYLAB_MIRROR", str(mirror))
    table = sl.load("acs_pums", states=list(ORACLE)).table
    graduates = raw[(raw.WAGP > 0) & (raw.SCHL >= 21)]
    assert table["field_of_study"].count() == len(graduates) == graduates.FOD1P.count()
    assert set(table.drop_nulls("field_of_study")["education"].unique()) == {
        "bachelor",
        "master",
        "professional",
        "doctorate",
    }
    by_field = dict(table["field_of_study"].drop_nulls().value_counts().iter_rows())
    assert by_field["computers and information"] == int(graduates.FOD1P.between(2100, 2107).sum())
    assert by_field["engineering"] == int(graduates.FOD1P.between(2400, 2499).sum())
    assert by_field["business"] == int(graduates.FOD1P.between(6200, 6299).sum())
    # the Bureau's own flag of science and engineering
    science = {"computers and information", "engineering", "mathematics and statistics", "physical sciences"}
    science |= {"psychology", "social sciences", "biology, agriculture, environment"}
    flagged = graduates.groupby(graduates.FOD1P // 100).SCIENGP.agg(lambda flags: (flags == 1).mean())
    for group, share in flagged.items():
        if acs_pums.FIELD_OF_STUDY[f"{group:.0f}"] in science:
            assert share > 0.5, group


@pytest.mark.real
def test_wages_are_rounded_as_the_source_says(raw: pd.DataFrame) -> None:
    wages = raw.WAGP[(raw.WAGP > 0) & (raw.WAGP < 400_000)]
    assert "to 1,000 USD from 50,000, to 100 from 1,000, to 10 below" in acs_pums.SOURCE.rounding
    assert (wages[wages >= 50_000] % 1_000 == 0).all()
    assert (wages[wages.between(1_000, 49_999)] % 100 == 0).all()
    assert (wages[wages.between(8, 999)] % 10 == 0).all()
    assert (wages[wages.between(1_000, 49_999)] % 1_000 != 0).mean() > 0.1


@pytest.mark.real
def test_replicate_weights_keep_their_zeros_and_negatives(
    mirror: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALARYLAB_MIRROR", str(mirror))
    replicates = acs_pums.persons(states=list(acs_pums.SHA256)).select(acs_pums.REPLICATE_NAMES).cast(pl.Int64)
    # research notes on inference, § 1.4
    assert sum((replicates[name] == 0).sum() for name in replicates.columns) == 16_804
    assert sum((replicates[name] < 0).sum() for name in replicates.columns) == 65


@pytest.mark.real
def test_asked_is_exactly_what_is_filled(mirror: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALARYLAB_MIRROR", str(mirror))
    records = sl.load("acs_pums", states=["VT"], gender=True)
    assert {s.name for s in records.table if s.null_count() < len(s)} == records.asked
    assert "gender" in records.asked
    assert [len(row) for row in records.table["replicate_weights"].head(3)] == [80, 80, 80]
