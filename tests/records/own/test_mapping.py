"""The mapping: a declaration read whole, and every fault of it named at once."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import polars as pl
import pytest

from salarylab.errors import DataError, Fault
from salarylab.records.own.mapping import MAPPABLE, OwnMapping, read_mapping
from salarylab.records.own.pay import asked_pay, lay_out_pay
from salarylab.records.own.table import clean, lay_out

LEAST = {
    "": "",
    "file": 'path = "pay.csv"',
    "pay": 'column = "Pay"\ncurrency = "USD"\nperiod = "year"\nconcept = "base"',
    "year": "value = 2024",
}


def written(tmp_path: Path, **tables: str) -> Path:
    """Write the least mapping with some tables replaced or added; `top` is what stands above them."""
    path = tmp_path / "mapping.toml"
    told = LEAST | {name.replace("__", "."): text for name, text in tables.items() if name != "top"}
    parts = [tables.get("top", ""), *(f"[{name}]\n{text}" for name, text in told.items() if name)]
    path.write_text("\n".join(parts), encoding="utf-8")
    return path


def read(tmp_path: Path, **tables: str) -> OwnMapping:
    declared, faults = read_mapping(written(tmp_path, **tables))
    assert faults == ()
    return declared


def faults_of(tmp_path: Path, **tables: str) -> dict[str, Fault]:
    _, faults = read_mapping(written(tmp_path, **tables))
    return {fault.thing.removeprefix("mapping.toml "): fault for fault in faults}


def test_the_least_mapping_has_honest_defaults(tmp_path: Path) -> None:
    declared = read(tmp_path)
    assert declared.layout.path == tmp_path / "pay.csv"
    assert (declared.layout.form, declared.layout.decimal, declared.layout.thousands) == ("csv", ".", ",")
    assert declared.constants == {"observation": "worker"}
    assert declared.pay.rates.stated == {"USD": 1.0}
    assert declared.pay.gross_net is None
    assert declared.source == {}
    assert declared.raw_columns == ("Pay",)


def test_a_declaration_is_frozen(tmp_path: Path) -> None:
    declared = read(tmp_path)
    with pytest.raises(dataclasses.FrozenInstanceError):
        declared.keep = {}  # type: ignore[misc]


@pytest.mark.parametrize(
    ("file", "form"), [("a.csv", "csv"), ("a.TSV", "csv"), ("a.parquet", "parquet"), ("a.xlsx", "excel")]
)
def test_the_format_is_told_by_the_suffix(tmp_path: Path, file: str, form: str) -> None:
    assert read(tmp_path, file=f'path = "{file}"').layout.form == form


def test_an_unknown_suffix_needs_a_format(tmp_path: Path) -> None:
    assert "one of: 'csv'" in faults_of(tmp_path, file='path = "pay.dat"')["[file] format"].expected
    assert read(tmp_path, file='path = "pay.dat"\nformat = "csv"').layout.form == "csv"


def test_a_decimal_comma_leaves_the_dot_for_thousands(tmp_path: Path) -> None:
    layout = read(tmp_path, file='path = "pay.csv"\ndecimal = ","').layout
    assert layout.thousands == "."
    both = faults_of(tmp_path, file='path = "pay.csv"\ndecimal = ","\nthousands = ","')
    assert set(both) == {"[file] thousands"}


@pytest.mark.parametrize(
    ("tables", "thing", "remedy"),
    [
        ({"top": 'observation = "workers"'}, "observation", "did you mean 'worker'?"),
        ({"file": 'path = "pay.csv"\nseperator = ";"'}, "[file]: key 'seperator'", "did you mean 'separator'?"),
        ({"file": "path = 5"}, "[file] path", "say path"),
        ({"file": 'path = "pay.csv"\nseparator = ";;"'}, "[file] separator", "a tab is written"),
        ({"file": 'path = "pay.csv"\nmissing = "NA"'}, "[file] missing", 'missing = ["NA", "-"]'),
        ({"yaer": "value = 2024"}, "mapping.toml: key 'yaer'", "did you mean 'year'?"),
        ({"year": "value = 24"}, "[year] value", "say value"),
        ({"year": 'value = 2024\ncolumn = "Year"'}, "[year] value", "value = 2024"),
        ({"year": 'value = 2024\nobservation = "worker"'}, "[year]: key 'observation'", "above the first [table]"),
        ({"columns": 'educaton = "Degree"'}, "[columns]: column 'educaton'", "did you mean 'education'?"),
        ({"columns": 'pay_annual_usd = "Pay"'}, "[columns]: column 'pay_annual_usd'", "pay is said under [pay]"),
        ({"columns": "education = 3"}, "[columns] education", "say education"),
        ({"levels__education": 'MSc = "master"'}, "[levels]: column 'education'", "map it under [columns] first"),
        ({"columns": 'age = "Age"', "levels__age": 'old = "60"'}, "[levels] [age]", "leave them out"),
        ({"source": "title = 1"}, "[source] title", "say title"),
    ],
)
def test_each_fault_says_what_to_do(tmp_path: Path, tables: dict[str, str], thing: str, remedy: str) -> None:
    _, faults = read_mapping(written(tmp_path, **tables))
    (fault,) = faults
    assert thing in fault.thing
    assert remedy in fault.remedy


PAY = 'concept = "base"\nperiod = "year"\n'


@pytest.mark.parametrize(
    ("pay", "thing", "expected"),
    [
        (PAY + 'currency = "USD"', "[pay] column", "either column, or low and high"),
        (PAY + 'currency = "USD"\ncolumn = "P"\nlow = "L"\nhigh = "H"', "[pay] column", "either column"),
        (PAY + 'currency = "USD"\nlow = "L"', "[pay] column", "either column"),
        (PAY + 'column = "P"', "[pay] currency", "an ISO code"),
        ('concept = "base"\ncurrency = "USD"\ncolumn = "P"', "[pay] period", "one of: hour"),
        ('concept = "base"\ncurrency = "USD"\ncolumn = "P"\nperiod = "yearly"', "[pay] period", "'year'"),
        ('period = "year"\ncurrency = "USD"\ncolumn = "P"', "[pay] concept", "'wage income'"),
        (PAY + 'column = "P"\ncurrency = "EUR"\nusd_rate = 0', "[pay] usd_rate", "EUR per USD"),
        (PAY + 'column = "P"\ncurrency = "EUR"\nusd_rate = { EUR = "1" }', "[pay] usd_rate", "EUR per USD"),
        (PAY + 'column = "P"\ncurrency = "USD"\nusd_rate = 1.1', "[pay] usd_rate", "1 for USD"),
        (PAY + 'column = "P"\ncurrency = { column = "C" }\nusd_rate = 1.1', "[pay] usd_rate", "a table"),
        (PAY + 'column = "P"\ncurrency = "USD"\nleast = "500"', "[pay] least", "a number above 0"),
        (PAY + 'column = "P"\ncurrency = "USD"\nmost = inf', "[pay] most", "a number above 0"),
        (PAY + 'column = "P"\ncurrency = "USD"\nleast = 9\nmost = 9', "[pay] most", "more than least = 9"),
        (PAY + 'column = "P"\ncurrency = { column = "C" }\nmost = 9', "[pay] most", "one for all rows"),
        (PAY + 'column = "P"\ncurrency = { map = { "€" = "EUR" } }', "[pay] [currency] column", "a text"),
    ],
)
def test_pay_must_be_declared_whole(tmp_path: Path, pay: str, thing: str, expected: str) -> None:
    told = faults_of(tmp_path, pay=pay)
    assert set(told) == {thing}
    assert expected in told[thing].expected


def test_hours_may_be_said_once(tmp_path: Path) -> None:
    pay = LEAST["pay"] + '\nhours = "Hours"'
    assert read(tmp_path, pay=pay).columns["hours_weekly"].column == "Hours"
    assert set(faults_of(tmp_path, pay=pay, columns='hours_weekly = "Hours"')) == {"[pay] hours"}


def test_what_is_no_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text('[file]\npath = "pay.csv"\nencoding = utf-8\n', encoding="utf-8")
    with pytest.raises(DataError, match="line 3"):
        read_mapping(path)
    path.write_bytes("title = 'Großverdiener'".encode("latin-1"))
    with pytest.raises(DataError, match="utf-8"):
        read_mapping(path)


def test_faults_of_every_table_come_together(tmp_path: Path) -> None:
    told = faults_of(
        tmp_path,
        top='observation = "person"',
        file='path = "pay.csv"\nsheat = "A"',
        pay='column = "P"\ncurrency = "USD"\nperiod = "year"\nconcept = "salary"',
        columns='educaton = "Degree"',
    )
    assert len(told) == 4


def test_pay_and_identity_cannot_be_mapped_as_columns() -> None:
    assert {"education", "weight", "cluster", "skill_areas"} <= set(MAPPABLE)
    assert not {"pay_annual_usd", "currency", "record_id", "source", "year", "replicate_weights"} & set(MAPPABLE)


# Applied to cells


def test_pay_to_dollars_a_year_and_an_hour(tmp_path: Path) -> None:
    declared = read(
        tmp_path,
        pay="""column = "Pay"
            currency = { column = "Cur", map = { "€" = "EUR" } }
            period = { column = "Per", map = { annual = "year" } }
            concept = "base"
            usd_rate = { EUR = 0.8 }""",
    )
    cells = pl.DataFrame(
        {
            "Pay": ["41,600", "40", "40", "4000", None],
            "Cur": ["USD", "€", "EUR", "EUR", "USD"],
            "Per": ["annual", "hour", "hour", "month", "year"],
        }
    )
    pay, faults = lay_out_pay(cells, declared, pl.Series([40.0, None, 30.0, None, 40.0]))
    assert faults == ()
    # 40 EUR an hour at 0.8 EUR per USD is 50 USD; × 2,080 hours, or × 52 × 30 where the row says 30
    assert pay["pay_annual_usd"].to_list() == [41_600.0, 104_000.0, 78_000.0, 60_000.0, None]
    assert pay["pay_hourly_usd"].to_list() == [20.0, 50.0, 50.0, None, None]
    assert pay["pay_annual_local"].to_list() == [41_600.0, 83_200.0, 62_400.0, 48_000.0, None]
    assert "pay_hourly_usd" in asked_pay(declared)


def test_a_range_keeps_both_ends_and_both_midpoints(tmp_path: Path) -> None:
    pay = 'low = "From"\nhigh = "To"\ncurrency = "EUR"\nperiod = "month"\nconcept = "base"\nusd_rate = 0.5'
    cells = pl.DataFrame({"From": ["100", "0", "300", "100"], "To": ["400", "100", "200", None]})
    laid_out, _ = lay_out_pay(cells, read(tmp_path, pay=pay), None)
    assert laid_out["pay_low_usd"].to_list() == [2_400.0, 0.0, None, None]
    assert laid_out["pay_high_usd"].to_list() == [9_600.0, 2_400.0, None, None]
    assert laid_out["pay_annual_usd"].to_list() == [4_800.0, 0.0, None, None]
    assert laid_out["pay_arithmetic_midpoint_usd"].to_list() == [6_000.0, 1_200.0, None, None]
    assert clean(laid_out).rows.height == 2


def test_what_the_file_shows_is_held_against_the_mapping_all_at_once(tmp_path: Path) -> None:
    declared = read(
        tmp_path,
        pay='column = "Pay"\ncurrency = { column = "Cur" }\nperiod = { column = "Per" }\nconcept = "base"',
        columns='education = "Degree"\nwork_mode = "Mode"\nage = "Aeg"',
        levels__education='MSc = "masters"',
    )
    raw = pl.DataFrame(
        {
            "Pay": ["1", "2", "3"],
            "Cur": ["EUR", "EUR", "SEK"],
            "Per": ["weekly", "month", "month"],
            "Degree": ["MSc", "BSc", "BSc"],
            "Mode": ["remote", "home", "hybrid"],
            "Age": ["1", "2", "3"],
        }
    )
    _, faults = lay_out(raw, declared)
    told = {fault.thing: f"{fault.found} {fault.remedy}" for fault in faults}
    assert "did you mean 'Age'?" in told["pay.csv: column 'Aeg'"]
    assert "did you mean 'master'?" in told["pay.csv: level 'masters' for column 'education'"]
    assert "'BSc' in 2 rows" in told["pay.csv: column 'Degree'"]
    assert "'home' in 1 rows" in told["pay.csv: column 'Mode'"]
    assert "'weekly' in 1 rows" in told["pay.csv: column 'Per'"]
    assert "'EUR' in 2 rows; 'SEK' in 1 rows" in told["pay.csv: currency"]
    assert len(faults) == 6


def test_unmatched_values_are_left_out_when_the_mapping_says_so(tmp_path: Path) -> None:
    declared = read(
        tmp_path,
        pay='column = "Pay"\ncurrency = { column = "Cur", unmatched = "null" }\nperiod = "year"\nconcept = "base"',
        columns='work_mode = "Mode"\nskill_areas = { column = "Areas", separator = "," }\nskills = "Tools"',
        levels__work_mode='home = "remote"\nunmatched = "null"',
        levels__skill_areas='ml = "AI/ML"\nsec = "security"\nunmatched = "null"',
    )
    raw = pl.DataFrame(
        {
            "Pay": ["1", "2", "3"],
            "Cur": ["USD", "XYZ", "USD"],
            "Mode": ["home", "home", "boat"],
            "Areas": ["ml, sec,ml,other", "ml", None],
            "Tools": ["R; SQL;;R", None, " ; "],
        }
    )
    rows, faults = lay_out(raw, declared)
    assert faults == ()
    assert rows["work_mode"].to_list() == ["remote", "remote", None]
    assert rows["skill_areas"].to_list() == [["AI/ML", "security"], ["AI/ML"], None]
    assert rows["skills"].to_list() == [["R", "SQL"], None, []]
    steps = {step.rule: step for step in clean(rows).steps}
    assert steps["currency of pay is not stated or has no rate"].removed == 1
    assert steps["work_mode: not readable as declared, counted as not answered"].touched == 1
