"""A person's own file: CSV, Parquet and Excel through a mapping, every row accounted for."""

from __future__ import annotations

import contextlib
import copy
import functools
import hashlib
import io
import json
import re
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import salarylab as sl
from salarylab import schema
from salarylab.errors import DataError
from salarylab.records.own.mapping import MAPPABLE
from salarylab.sample import undoubted_pay
from salarylab.sources import describe
from salarylab.sources.own import load as load_own

ROOT = Path(__file__).resolve().parents[2]

MAPPING = """
[file]
path = "FILE"
decimal = ","

[pay]
column = "Pay"
currency = "USD"
period = "year"
concept = "base"
gross_net = "gross"

[year]
value = 2024

[columns]
education = "Degree"
experience_years = "Years"

[levels.education]
MSc = "master"
BSc = "bachelor"
"""

CSV = """Pay,Degree,Years,age
"50.000,50",MSc,10+ years,unmapped
60000,BSc,"5,5",unmapped
,BSc,3,unmapped
about sixty,BSc,3,unmapped
-5,BSc,3,unmapped
60000,BSc,"5,5",unmapped
60.000.5,MSc,many,unmapped

inf,MSc,1,unmapped
"""


@pytest.fixture
def own(project: Path) -> Path:
    """Return a folder for a person's files inside the test's own project."""
    folder = project / "mine"
    folder.mkdir()
    return folder


def write(own: Path, content: str | bytes = CSV, *, mapping: str = MAPPING, name: str = "pay.csv") -> str:
    """Write a file and its mapping; return the key that loads it."""
    (own / name).write_bytes(content.encode() if isinstance(content, str) else content)
    (own / "mapping.toml").write_text(mapping.replace("FILE", name), encoding="utf-8")
    return f"own:{own / 'mapping.toml'}"


def test_the_source_declares_itself_before_any_file_is_named() -> None:
    source = describe("own")
    assert (source.key, source.title, source.redistribution) == ("own", "Your own file", "unclear")
    assert source.asked == frozenset()


def test_a_file_is_read_as_its_mapping_says(own: Path) -> None:
    records = sl.load(write(own))
    assert records.table["pay_annual_usd"].to_list() == [50_000.5, 60_000.0, None, 60_000.0]
    assert records.table["education"].to_list() == ["master", "bachelor", "bachelor", "bachelor"]
    assert records.table["experience_years"].to_list() == [10.0, 5.5, 3.0, 5.5]
    assert records.table["record_id"].to_list() == ["pay.csv:1", "pay.csv:2", "pay.csv:3", "pay.csv:6"]
    assert records.table["year"].unique().to_list() == [2024]
    assert records.table["pay_concept"].unique().to_list() == ["base"]
    assert records.table["age"].null_count() == 4  # a raw column that happens to be called age is not mapped
    assert {"education", "experience_years", "pay_annual_usd", "gross_net"} <= records.asked
    assert not {"age", "hours_weekly", "pay_hourly_usd"} & records.asked


def test_every_raw_row_is_a_record_or_lost_to_a_named_reason(own: Path) -> None:
    records = sl.load(write(own))
    assert records.raw_rows == 8
    lost = {step.rule: step.removed for step in records.steps if step.removed}
    assert lost == {"pay is not a readable number": 3, "pay is below zero": 1}
    assert len(records.table) + sum(lost.values()) == records.raw_rows
    touched = {step.rule: step.touched for step in records.steps if step.kind == "flag"}
    assert touched["exact repeats of an earlier row, kept"] == 1
    sample = sl.draw(records, [sl.positive_pay])
    assert int(sample.attrition["rows_lost"].sum()) + len(sample) == 8


def test_file_and_mapping_are_stamped_with_their_hashes(own: Path) -> None:
    key = write(own)
    file, mapping = sl.load(key).provenance.files
    assert (file.name, file.rows) == ("pay.csv", 8)
    assert file.sha256 == hashlib.sha256(CSV.encode()).hexdigest()
    assert mapping.sha256 == hashlib.sha256((own / "mapping.toml").read_bytes()).hexdigest()


def test_what_is_not_stated_about_a_file_is_said_honestly(own: Path) -> None:
    records = sl.load(write(own))
    assert records.provenance.headline == ("Your own file pay.csv; nothing is known about how its rows were sampled")
    assert records.provenance.source.licence == "not stated"
    said = '\n[source]\ntitle = "A guild"\nheadline = "Members of one guild"\n'
    stated = sl.load(write(own, mapping=MAPPING + said))
    assert stated.provenance.source.title == "A guild"
    assert stated.provenance.headline == "Members of one guild"


def test_no_path_of_the_machine_reaches_the_provenance(own: Path) -> None:
    assert str(own) not in repr(sl.load(write(own)).provenance)


@pytest.mark.parametrize("folder", [".", "notebooks", "mine"])
def test_a_relative_mapping_is_found_from_the_root_and_from_a_kernel(
    own: Path, project: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    write(own)
    monkeypatch.chdir(project / folder)
    key = "own:mapping.toml" if folder == "mine" else "own:mine/mapping.toml"
    assert len(sl.load(key).table) == 4


def test_the_working_directory_wins_over_the_root(own: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(project, mapping=MAPPING + '[source]\ntitle = "at the root"\n')
    write(own, mapping=MAPPING + '[source]\ntitle = "here"\n')
    monkeypatch.chdir(own)
    assert sl.load("own:mapping.toml").provenance.source.title == "here"


def test_a_mapping_that_is_nowhere_is_named(own: Path) -> None:
    with pytest.raises(DataError, match="no such file") as caught:
        sl.load("own:gone.toml")
    assert "own-data.md" in caught.value.faults[0].remedy
    with pytest.raises(DataError, match="no mapping"):
        sl.load("own")


def test_three_faults_are_named_in_one_error(own: Path) -> None:
    mapping = (
        MAPPING.replace('"master"', '"masters"')
        .replace('"Years"', '"Yeers"')
        .replace("[levels", 'rolle = "age"\n[levels')
    )
    with pytest.raises(DataError) as caught:
        sl.load(write(own, mapping=mapping))
    told = {fault.thing: f"{fault.expected} {fault.remedy}" for fault in caught.value.faults}
    assert len(told) == 3
    assert "did you mean 'role'" in told["mapping.toml [columns]: column 'rolle'"]
    level = told["pay.csv: level 'masters' for column 'education'"]
    assert "did you mean 'master'?" in level
    assert "some college" in level
    assert "did you mean 'Years'?" in told["pay.csv: column 'Yeers'"]


def test_a_faulty_mapping_publishes_nothing(own: Path, project: Path) -> None:
    with pytest.raises(DataError):
        sl.load(write(own, mapping=MAPPING.replace('"master"', '"masters"')))
    assert not list((project / "data").rglob("own*"))
    assert (own / "pay.csv").read_bytes() == CSV.encode()


def test_faults_of_the_mapping_are_named_beside_those_of_the_file(own: Path) -> None:
    mapping = MAPPING.replace('"base"', '"bass"').replace('"master"', '"masters"')
    key = write(own, mapping=mapping)
    (own / "pay.csv").unlink()
    with pytest.raises(DataError) as caught:
        sl.load(key)
    told = " ".join(f"{fault.thing} {fault.remedy}" for fault in caught.value.faults)
    for part in ("did you mean 'base'?", "own file pay.csv", "did you mean 'master'?"):
        assert part in told


def test_a_currency_without_a_rate_says_so(own: Path) -> None:
    with pytest.raises(DataError, match="no rate for 'EUR' in 8 rows") as caught:
        sl.load(write(own, mapping=MAPPING.replace("USD", "EUR")))
    assert "usd_rate" in caught.value.faults[0].remedy


def test_pay_that_can_nowhere_be_read_is_a_fault_not_an_empty_table(own: Path) -> None:
    with pytest.raises(DataError, match="no cell holds a readable number") as caught:
        sl.load(write(own, "Pay,Degree,Years\n850.50,MSc,1\n900.25,BSc,2\n"))
    assert "decimal" in caught.value.faults[0].remedy


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (CSV + "60000,BSc\n", "record 10 has 2"),
        (CSV + "60,000,BSc,3,x\n", "record 10 has 5"),
        (CSV + '60000,"BSc,3,x\n', "record 10 has 2"),
        (CSV + '60000,BSc,3,"x\n', "could not parse"),
        ("", "an empty file"),
        ("<!doctype html><p>not found</p>", "a web page"),
        ("Pay,Pay,Degree,Years\n1,2,MSc,3\n", "columns of the same name: 'Pay'"),
    ],
    ids=["short", "long", "open quote", "open quote in the last cell", "empty", "web page", "same name"],
)
def test_a_record_that_does_not_fit_the_header_is_refused(own: Path, content: str, found: str) -> None:
    key = write(own, content)
    with pytest.raises(DataError, match="own file pay") as caught:
        sl.load(key)
    assert found in caught.value.faults[0].found


def test_bytes_in_another_encoding_are_refused_until_it_is_named(own: Path) -> None:
    content = "Pay,Degree,Years,Місто\n60000,BSc,3,Львів\n".encode("windows-1251")
    title = MAPPING.replace("[levels", 'region = "Місто"\n[levels', 1)
    with pytest.raises(DataError, match="utf-8"):
        sl.load(write(own, content, mapping=title))
    named = title.replace("[pay]", 'encoding = "windows-1251"\n[pay]')
    assert sl.load(write(own, content, mapping=named)).table["region"].to_list() == ["Львів"]
    with pytest.raises(DataError, match="unknown encoding"):
        sl.load(write(own, content, mapping=title.replace("[pay]", 'encoding = "klingon"\n[pay]')))


def test_a_byte_order_mark_and_newlines_in_cells_are_understood(own: Path) -> None:
    content = b'\xef\xbb\xbfPay,Degree,Years,"long\nheader"\r\n60000,BSc,3,"two\nlines"\r\n'
    records = sl.load(write(own, content, mapping=MAPPING.replace("[levels", 'title = "long\\nheader"\n[levels', 1)))
    assert records.table["title"].to_list() == ["two\nlines"]


def test_quoting_can_be_switched_off(own: Path) -> None:
    content = 'Pay\tDegree\tYears\n60000\tBSc\t"3 years, I think\n'
    mapping = MAPPING.replace("[pay]", 'quote = ""\n[pay]')
    assert sl.load(write(own, content, mapping=mapping, name="pay.tsv")).table["experience_years"].to_list() == [3.0]


def test_markup_in_a_cell_is_kept_as_text(own: Path) -> None:
    content = "Pay,Degree,Years,Job\n60000,BSc,3,<script>alert(1)</script>\n"
    records = sl.load(write(own, content, mapping=MAPPING.replace("[levels", 'title = "Job"\n[levels', 1)))
    assert records.table["title"].to_list() == ["<script>alert(1)</script>"]


def test_the_year_is_read_from_dates_and_a_row_without_one_is_lost(own: Path) -> None:
    content = "Pay,Degree,Years,When\n1,BSc,3,04/09/2023 10:15\n2,BSc,3,2024-01-31\n3,BSc,3,soon\n4,BSc,3,\n"
    records = sl.load(write(own, content, mapping=MAPPING.replace("value = 2024", 'column = "When"')))
    assert records.table["year"].to_list() == [2023, 2024]
    assert {step.rule: step.removed for step in records.steps if step.removed} == {
        "year is not stated or not readable": 2
    }


TYPED = pl.DataFrame(
    {
        "Pay": [50_000.5, 60_000.0, None],
        "Degree": ["MSc", "BSc", None],
        "Years": [10, 5, None],
        "Tools": [["R", "SQL"], [], None],
        "Nested": [{"a": 1}, {"a": 2}, {"a": 3}],
    }
)


def test_parquet_is_read_as_the_same_file_in_csv(own: Path) -> None:
    content = io.BytesIO()
    TYPED.write_parquet(content)
    mapping = MAPPING.replace("[levels", 'skills = "Tools"\n[levels', 1)
    records = sl.load(write(own, content.getvalue(), mapping=mapping, name="pay.parquet"))
    assert records.table["pay_annual_usd"].to_list() == [50_000.5, 60_000.0, None]  # not 500,005: the mark is a comma
    assert records.table["experience_years"].to_list() == [10.0, 5.0, None]
    assert records.table["skills"].to_list() == [["R", "SQL"], None, None]  # no item is a blank cell


def workbook(*rows: tuple[str | float | None, ...]) -> bytes:
    """Write the least workbook that a reader accepts: one sheet, named Answers."""
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    schema = "http://schemas.openxmlformats.org"
    cell = {str: '<c t="inlineStr"><is><t>{}</t></is></c>', float: "<c><v>{}</v></c>", type(None): "<c/>"}
    lines = ("".join(cell[type(value)].format(value) for value in row) for row in rows)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{schema}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
        f'<Override PartName="/xl/sheet1.xml" ContentType="{kinds}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{schema}/package/2006/relationships"><Relationship Id="r1" '
        f'Type="{schema}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{schema}/spreadsheetml/2006/main" '
        f'xmlns:r="{schema}/officeDocument/2006/relationships">'
        '<sheets><sheet name="Answers" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{schema}/package/2006/relationships"><Relationship '
        f'Id="r1" Type="{schema}/officeDocument/2006/relationships/worksheet" Target="sheet1.xml"/></Relationships>',
        "xl/sheet1.xml": f'<worksheet xmlns="{schema}/spreadsheetml/2006/main"><sheetData>'
        + "".join(f"<row>{line}</row>" for line in lines)
        + "</sheetData></worksheet>",
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return content.getvalue()


BOOK = workbook(("Pay", "Degree", "Years"), (50_000.5, "MSc", 10.0), (60_000.0, "BSc", 5.0), (None, "BSc", None))


def test_excel_is_read_as_the_same_file_in_csv(own: Path) -> None:
    mapping = MAPPING.replace("[pay]", 'sheet = "Answers"\n[pay]')
    for told in (MAPPING, mapping):
        records = sl.load(write(own, BOOK, mapping=told, name="pay.xlsx"))
        assert records.table["pay_annual_usd"].to_list() == [50_000.5, 60_000.0, None]
        assert records.table["education"].to_list() == ["master", "bachelor", "bachelor"]
        assert records.table["experience_years"].to_list() == [10.0, 5.0, None]


def test_numbers_among_words_in_excel_never_grow_a_hundredfold(own: Path) -> None:
    book = workbook(("Pay", "Degree", "Years"), ("50.000,50", "MSc", 1.0), (60_000.5, "BSc", 2.0))
    records = sl.load(write(own, book, name="pay.xlsx"))
    assert records.table["pay_annual_usd"].to_list() == [50_000.5, 60_000.5]


@pytest.mark.parametrize("name", ["pay.parquet", "pay.xlsx"])
def test_a_file_that_is_not_its_format_is_refused(own: Path, name: str) -> None:
    with pytest.raises(DataError, match=re.escape(f"own file {name}")):
        sl.load(write(own, b"not that", name=name))


def test_a_sheet_that_is_not_there_is_named(own: Path) -> None:
    with pytest.raises(DataError, match="Missing"):
        sl.load(write(own, BOOK, mapping=MAPPING.replace("[pay]", 'sheet = "Missing"\n[pay]'), name="pay.xlsx"))


def test_the_documented_example_works_as_printed(own: Path) -> None:
    mapping, _ = re.findall(r"```toml\n(.*?)```", DOCUMENTED, re.DOTALL)
    (content,) = re.findall(r"```csv\n(.*?)```", DOCUMENTED, re.DOTALL)
    records = sl.load(write(own, content, mapping=mapping))
    assert records.table["pay_annual_usd"].round(2).to_list() == [
        round(4_500.5 * 12 / 0.92, 2),
        round(5_200 * 12 / 0.92, 2),
        round(48_000 * 12 / 10.6, 2),
    ]
    assert records.table["experience_years"].to_list() == [10.0, 5.5, 0.5]
    assert records.table["work_mode"].to_list() == ["remote", "on-site", "hybrid"]
    assert records.table["country"].to_list() == ["FI", "FI", "SE"]
    assert records.table["skills"].to_list() == [["Python", "SQL"], ["Excel"], None]
    assert records.table["pay_hourly_usd"].null_count() == 0
    assert records.table["bonus_usd"].round(2).to_list() == [round(1_000 / 0.92, 2), None, 0.0]
    assert records.table["full_year"].to_list() == [True, True, False]
    assert records.table["education_concept"].unique().to_list() == ["held"]


def toml(value: object) -> str:
    """Write a value as TOML, tables inline."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {toml(inner)}" for key, inner in value.items()) + " }"
    return json.dumps(value)


def leaves(table: dict[str, Any], *above: str) -> Iterator[tuple[str, ...]]:
    for key, value in table.items():
        yield (*above, key)
        if isinstance(value, dict):
            yield from leaves(value, *above, key)


DOCUMENTED = (ROOT / "docs" / "own-data.md").read_text(encoding="utf-8")
COMPLETE = tomllib.loads(DOCUMENTED.split("```toml\n")[1].split("```")[0])


@pytest.mark.parametrize("key", list(leaves(COMPLETE)), ids=".".join)
def test_whatever_a_key_says_the_answer_is_records_or_faults(own: Path, key: tuple[str, ...]) -> None:
    content = DOCUMENTED.split("```csv\n")[1].split("```")[0]
    for odd in (None, "twenty", 7, ["x"], {"column": "Hours"}):
        mapping = copy.deepcopy(COMPLETE)
        table = functools.reduce(dict.__getitem__, key[:-1], mapping)
        table.pop(key[-1])
        table |= {} if odd is None else {key[-1]: odd}
        write(own, content, mapping="\n".join(f"{name} = {toml(value)}" for name, value in mapping.items()))
        with contextlib.suppress(DataError):
            assert load_own(mapping=str(own / "mapping.toml")).raw_rows == 3


def test_rows_are_neither_changed_nor_copied(own: Path, project: Path) -> None:
    sl.load(write(own))
    assert (own / "pay.csv").read_text(encoding="utf-8") == CSV
    assert sorted(path.name for path in own.iterdir()) == ["mapping.toml", "pay.csv"]
    assert not (project / "data" / "processed").exists()


@pytest.mark.parametrize("row", ["60000;MSc;5", "60000;MSc;5,5"])
def test_a_wrong_separator_is_told_as_one(own: Path, row: str) -> None:
    with pytest.raises(DataError) as caught:
        sl.load(write(own, f"Pay;Degree;Years\n{row}\n"))
    (fault,) = caught.value.faults
    assert "the header has 1 cell" in fault.found
    assert "is separator ',' right?" in fault.remedy


def test_the_separator_that_would_fit_is_named(own: Path) -> None:
    with pytest.raises(DataError) as caught:
        sl.load(write(own, "Pay, a month;Degree;Years\n60000;MSc;5\n60000;MSc;5\n"))
    assert 'separator = ";"' in caught.value.faults[0].remedy


def test_a_header_is_named_in_excel_only_and_as_a_row(own: Path) -> None:
    titled = workbook(("A guild", None, None), ("Pay", "Degree", "Years"), (60_000.0, "BSc", 5.0))
    told = MAPPING.replace("[pay]", "header = 2\n[pay]")
    assert sl.load(write(own, titled, mapping=told, name="pay.xlsx")).table["experience_years"].to_list() == [5.0]
    with pytest.raises(DataError, match="only Excel names"):
        sl.load(write(own, mapping=told))
    with pytest.raises(DataError, match="the number of a row"):
        sl.load(write(own, titled, mapping=told.replace("header = 2", 'header = "2"'), name="pay.xlsx"))


def test_a_wrong_path_names_the_folder_and_near_names(own: Path) -> None:
    key = write(own)
    (own / "pay.csv").rename(own / "pays.csv")
    with pytest.raises(DataError) as caught:
        sl.load(key)
    fault = caught.value.faults[0]
    assert str(own) in fault.found
    assert "did you mean 'pays.csv'?" in fault.remedy


@pytest.mark.parametrize("text", ["", "# nothing\n", "[file]\n[pay]\n[year]\n", '[file]\npath = "gone.csv"\n'])
def test_a_mapping_that_says_nothing_is_refused_not_a_defect(own: Path, text: str) -> None:
    (own / "mapping.toml").write_text(text)
    with pytest.raises(DataError, match=r"mapping\.toml") as caught:
        sl.load(f"own:{own / 'mapping.toml'}")
    assert sum("path" in fault.thing or "own file" in fault.thing for fault in caught.value.faults) == 1


def test_pay_that_waits_is_listed_once(own: Path) -> None:
    with pytest.raises(DataError) as caught:
        sl.load(write(own, mapping=MAPPING.replace('column = "Pay"', 'column = ""')))
    assert [fault.thing for fault in caught.value.faults] == ["mapping.toml [pay] column"]


def test_a_file_of_one_column_is_a_file(own: Path) -> None:
    mapping = MAPPING.partition("[columns]")[0]
    assert sl.load(write(own, "Pay\n60000\n", mapping=mapping)).table["pay_annual_usd"].to_list() == [60_000.0]


def test_another_encoding_is_told_with_its_remedy(own: Path) -> None:
    content = "Pay,Degree,Years\n60000,MSc,5 år\n".encode("windows-1252")
    with pytest.raises(DataError) as caught:
        sl.load(write(own, content))
    (fault,) = caught.value.faults
    assert "is not utf-8" in fault.found
    assert 'encoding = "windows-1252"' in fault.remedy
    with pytest.raises(DataError) as caught:
        sl.load(write(own, "Pay,Degree,Years\n60000,Магистр,5\n".encode("windows-1251")))
    assert 'encoding = "windows-1251"' in caught.value.faults[0].remedy
    told = MAPPING.replace("[pay]", 'encoding = "windows-1252"\n[pay]')
    assert sl.load(write(own, content, mapping=told)).table["experience_years"].to_list() == [5.0]


def test_the_documentation_lists_every_level_of_every_column() -> None:
    listed = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", DOCUMENTED, re.M))
    worded = {name: schema.column(name).levels for name in MAPPABLE if schema.column(name).levels}
    assert {name: tuple(re.findall(r"`([^`]+)`", levels)) for name, levels in listed.items()} == worded


def test_the_smallest_mapping_of_the_documentation_loads(own: Path) -> None:
    mapping = DOCUMENTED.split("```toml\n")[2].split("```")[0]
    rows = "60000,master,utilities\n50000,bachelor,construction\n"
    records = sl.load(write(own, f"Pay,Degree,Industry\n{rows}", mapping=mapping))
    assert {"pay_annual_usd", "year", "education", "industry"} <= records.asked
    assert records.table["education"].to_list() == ["master", "bachelor"]


def test_the_documentation_names_every_column_that_can_be_mapped() -> None:
    assert [name for name in MAPPABLE if f"`{name}`" not in DOCUMENTED] == []


@pytest.mark.real
def test_market_rates_come_from_the_federal_reserve(mirror: Path, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALARYLAB_MIRROR", str(mirror))
    mapping = MAPPING.replace('currency = "USD"', 'currency = "EUR"\nusd_rate = "market"')
    mapping = mapping.replace("value = 2024", 'column = "When"\norder = "day/month/year"')
    rows = "60000,MSc,3,31.08.2022\n60000,MSc,3,31.10.2022\n"
    records = sl.load(write(own, f"Pay,Degree,Years,When\n{rows}", mapping=mapping))
    august, october = records.table["pay_annual_usd"] / 60_000
    # monthly averages of EUR in USD, Federal Reserve G.5: 1.0128 in August 2022, 0.9853 in October 2022
    assert (august, october) == pytest.approx((1.0128, 0.9853), abs=0.002)
    assert "fed_fx/monthly.csv" in [stamp.name for stamp in records.provenance.files]


def test_titles_find_their_roles_unless_the_mapping_names_roles_itself(own: Path) -> None:
    content = "Pay,Degree,Job,Group\n60000,BSc,Data Engineer,mine\n70000,MSc,Wizard,mine\n"
    titled = MAPPING.replace('experience_years = "Years"', 'title = "Job"').replace('decimal = ","', 'decimal = "."')
    records = sl.load(write(own, content, mapping=titled))
    assert records.table["role"].to_list() == ["data engineer", None]
    assert records.table["role_family"].to_list() == ["adjacent technical", None]
    assert [step.touched for step in records.steps if "finds no role" in step.rule] == [1]
    named = titled.replace('title = "Job"', 'title = "Job"\nrole = "Group"')
    assert sl.load(write(own, content, mapping=named)).table["role"].to_list() == ["mine", "mine"]


def absurd(*odd: str, columns: str = 'country = "Land"\ntitle = "Job"') -> tuple[str, str]:
    """Return a file of testers in one country and a mapping for it; ``odd`` are further rows."""
    rows = [f"{50_000 + 500 * i},FI,{'Tester' if i % 2 else 'Wizard'}" for i in range(60)]
    mapping = MAPPING.split("[columns]", maxsplit=1)[0].replace('decimal = ","', "") + f"[columns]\n{columns}\n"
    return "\n".join(["Pay,Land,Job", *rows, *odd]), mapping


@pytest.mark.parametrize(
    "row", ["9999999999,FI,Wizard", "9999999999,FI,Astronaut", "9999999999,SE,Tester", "9999999999,,"]
)
@pytest.mark.parametrize(
    "columns",
    ['country = "Land"\ntitle = "Job"', 'country = "Land"', 'role = "Job"', 'title = "Job"', 'region = "Land"'],
)
def test_an_amount_of_ten_digits_is_doubted_whatever_is_known_of_the_row(own: Path, row: str, columns: str) -> None:
    content, mapping = absurd(row, columns=columns)
    records = sl.load(write(own, content, mapping=mapping))
    assert records.table["pay_doubt"].is_not_null().to_list() == [False] * 60 + [True]
    sample = sl.draw(records, sl.standard(records))
    assert (len(sample), sample.table["pay_annual_usd"].max()) == (60, 79_500.0)
    again = sample.with_back(undoubted_pay)
    assert again is not None
    assert again.table["pay_annual_usd"].max() == 9_999_999_999.0


def test_pay_outside_the_bounds_of_a_mapping_is_doubted_in_the_unit_that_pay_is_stated_in(own: Path) -> None:
    content, mapping = absurd("4000,FI,Tester", "3999,FI,Tester", "60001,FI,Tester")
    bounded = mapping.replace('currency = "USD"\nperiod = "year"', 'currency = "EUR"\nusd_rate = 0.5\nperiod = "month"')
    bounded = bounded.replace("[year]", "least = 4000\nmost = 79000\n[year]")
    records = sl.load(write(own, content, mapping=bounded.replace("[columns]", '[columns]\nregion = "Job"')))
    doubts = records.table["pay_doubt"].to_list()
    assert doubts[59] == "above the most stated"  # 79,500 a month
    assert doubts[58] is None  # 79,000: within
    counted = {step.rule: step.touched for step in records.steps}
    assert counted["pay: below the least stated, never mended"] == 1
    assert counted["pay: above the most stated, never mended"] == 1
    assert len(sl.draw(records, sl.standard(records)).table.filter(pl.col("pay_annual_local") == 79_500 * 12)) == 0


def test_an_hourly_bound_is_held_against_hourly_pay(own: Path) -> None:
    mapping = MAPPING.replace('period = "year"', 'period = "hour"\nhours = "Hours"\nleast = 9.99')
    content = "Pay,Degree,Years,Hours\n" + "\n".join(f'"{pay}",BSc,3,"37,5"' for pay in ("9,98", "9,99", "9,99"))
    records = sl.load(write(own, content, mapping=mapping))
    assert records.table["pay_doubt"].to_list() == ["below the least stated", None, None]
