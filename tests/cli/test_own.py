"""The wizard as a researcher walks it: a file of their own, drafted, decided, checked, and run."""

from __future__ import annotations

import io
import itertools
import random
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

import salarylab as sl
from salarylab import cli
from salarylab.disclosure import show_count
from salarylab.errors import DataError
from salarylab.sources import own

Told = tuple[int, str, str]
Tell = Callable[..., Told]

HEADER = (
    "Vastausaika;Kuukausipalkka (€, brutto);Bonus;Koulutus;Työkokemus;Etätyö;Paikkakunta;Viikkotunnit;Teknologiat"
    ";Yrityksen koko;Sukupuoli;Vapaa sana"
)
DEGREES = ("Ylempi korkeakoulututkinto", "Ammattikorkeakoulu", "Ylempi korkeakoulututkinto", "Elämänkoulu")
PLACES = ("Täysin etä", "Hybridi", "Toimistolla", "vaihtelee")
TOWNS, TOOLS, SIZES = ("Helsinki", "Tampere", "Oulu"), ("Python, SQL", "Java", ""), ("10-49", "yli 250")
YEARS = (
    "5 vuotta",
    "alle vuoden",
    "10 vuotta tai enemmän",
    "3,5",
    "2-4",
    "33 vuotta",
    "yli 21 vuotta",
    "15",
    "8",
    "27",
    "1",
    "19",
)


def survey(rows: int = 240) -> str:
    """Write an invented Finnish survey: decimal commas, free-text years, several tools in a cell, remarks."""
    draw = random.Random(7)
    lines = [HEADER]
    for row in range(rows):
        degree = {0: "en halua vastata", 1: "Puolet lukiosta"}.get(row % 80, draw.choice(DEGREES))
        pay = round(2_800 * draw.lognormvariate(0.2 * (degree == DEGREES[0]), 0.2), -1)
        written = f"{pay:,.0f}".replace(",", ".") + ",50"
        date = f"{draw.randint(1, 28):02}.{draw.randint(1, 12):02}.{draw.choice((2023, 2024))} 10.15"
        cells = (date, "kysy" if row == 7 else written, str(draw.choice((0, 100, 900))), degree, draw.choice(YEARS))
        more = (draw.choice(each) for each in (PLACES, TOWNS, ("37,5", "40"), TOOLS, SIZES, ("nainen", "mies")))
        lines.append(";".join((*cells, *more, f"huomio {row}")))
    return "\n".join(lines) + "\n"


@pytest.fixture
def tell(project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Tell:
    """Return a function that runs the command line in a folder of the researcher's own."""
    monkeypatch.setenv("COLUMNS", "200")
    (project / "mine").mkdir()
    monkeypatch.chdir(project / "mine")

    def run(*arguments: str) -> Told:
        monkeypatch.setattr(sys, "argv", ["salarylab", *arguments])
        code: object = 0
        try:
            cli.main()
        except SystemExit as stop:
            code = stop.code or 0
        told = capfd.readouterr()
        assert isinstance(code, int)
        return code, told.out, told.err

    return run


def decide(mapping: Path, **said: str) -> None:
    """Fill the decisions of a drafted mapping, and give the euro a rate that needs no network."""
    text = mapping.read_text(encoding="utf-8").replace('usd_rate = "market"', "usd_rate = { EUR = 0.9 }")
    for key, value in said.items():
        lines = [
            f'{line.split("=")[0]}= "{value}"' if key in line and "DECIDE" in line else line
            for line in text.split("\n")
        ]
        text = "\n".join(lines)
    mapping.write_text(text, encoding="utf-8")


def test_the_whole_way_from_a_messy_file_to_a_finding(tell: Tell) -> None:
    Path("palkat.csv").write_bytes(survey().encode("windows-1252"))
    code, out, err = tell("own", "new", "palkat.csv")
    assert (code, err) == (0, "")
    mapping = Path("palkat.toml")
    for part in ("';': 12 cells", "windows-1252", "decimal    ','", "EUR", "month", "without a place: Vapaa sana"):
        assert part in out
    assert out.index("Elämänkoulu") < out.index("next     fill them, then: salarylab own check palkat.toml")

    code, out, err = tell("own", "check", "palkat.toml")
    assert (code, out) == (2, "")
    for waiting in ("'Elämänkoulu'", "'vaihtelee'"):
        assert waiting in err  # all at once

    decide(mapping, Elämänkoulu="below secondary", vaihtelee="hybrid")
    code, out, err = tell("own", "check", "palkat.toml")
    assert (code, err) == (0, "")
    became = [line.split(maxsplit=1)[1] for line in out.splitlines() if line.startswith(("education ", "work_mode "))]
    assert any(line.startswith("Ylempi korkeakoulututkinto") and "master" in line for line in became)
    assert any(line.startswith("vaihtelee") and "hybrid" in line and "about" in line for line in became)
    assert any(line.startswith("Puolet lukiosta") and "fewer than 10" in line for line in became)
    assert "pay is not a readable number" in out
    assert "p50" in out
    assert out.rstrip().endswith("next     salarylab run 02_degree --set source=own:palkat.toml")

    records, raw = sl.load("own:palkat.toml"), [line.split(";") for line in survey().splitlines()[1:]]
    assert records.raw_rows == 240
    assert records.table["pay_annual_usd"][0] == pytest.approx(
        float(raw[0][1].replace(".", "")[:-3]) * 12 / 0.9 + 20 / 3
    )
    assert records.table["bonus_usd"][:3].to_list() == pytest.approx([float(cells[2]) / 0.9 for cells in raw[:3]])
    meant = dict(zip(YEARS, (5.0, 0.5, 10.0, 3.5, 3.0, 33.0, 21.0, 15.0, 8.0, 27.0, 1.0, 19.0), strict=True))
    assert records.table["experience_years"][:7].to_list() == [meant[cells[4]] for cells in raw[:7]]
    assert records.table["skills"][0].to_list() == raw[0][8].split(", ")
    assert "gender" not in records.asked

    code, out, err = tell("run", "02_degree", "--set", "source=own:palkat.toml")
    assert (code, err) == (0, "")
    assert "master" in out
    assert out.splitlines()[-1].startswith("page")


def test_rare_values_are_listed_without_a_number(tell: Tell) -> None:
    Path("palkat.csv").write_text(survey(), encoding="utf-8")
    tell("own", "new", "palkat.csv")
    text = Path("palkat.toml").read_text(encoding="utf-8")
    (rare,) = [line for line in text.splitlines() if line.startswith('"Puolet lukiosta"')]
    assert rare.endswith("fewer than 10 rows")
    (often,) = [line for line in text.splitlines() if line.startswith('"vaihtelee"')]
    carried = sum(line.split(";")[5] == "vaihtelee" for line in survey().splitlines())
    assert often.endswith(f" {show_count(carried)} rows")
    assert "huomio" not in text  # free text without a place is named by its column only


def test_so_many_rare_values_that_a_person_must_say_what_becomes_of_them(tell: Tell) -> None:
    rows = "".join(f"{40 + i}000,degree {i:03}\n" for i in range(60))
    Path("pay.csv").write_text(f"Annual base pay in USD,Degree\n{rows}")
    tell("own", "new", "pay.csv")
    text = Path("pay.toml").read_text()
    assert sum(line.startswith('"degree') for line in text.splitlines()) == 40
    assert 'unmatched = ""' in text
    code, _, err = tell("own", "check", "pay.toml")
    assert code == 2
    assert "unmatched" in err


def test_a_mapping_is_never_overwritten_unasked(tell: Tell) -> None:
    Path("pay.csv").write_text("Pay,Degree\n60000,MSc\n")
    Path("pay.toml").write_text("mine")
    code, _, err = tell("own", "new", "pay.csv")
    assert code == 2
    assert "--force" in err
    assert Path("pay.toml").read_text() == "mine"
    assert tell("own", "new", "pay.csv", "--force")[0] == 0
    assert "[file]" in Path("pay.toml").read_text()
    assert tell("own", "new", "pay.csv", "--out", "pay.csv", "--force")[0] == 2
    assert Path("pay.csv").read_text() == "Pay,Degree\n60000,MSc\n"


@pytest.mark.parametrize("content", [b"", b"<!doctype html><p>sorry</p>", b"Pay,Degree\n1,2,3\n", b"Pay,Pay\n1,2\n"])
def test_a_file_that_is_no_table_gets_no_mapping(tell: Tell, content: bytes) -> None:
    Path("pay.csv").write_bytes(content)
    code, _, err = tell("own", "new", "pay.csv")
    assert code == 2
    assert "own file pay.csv" in err
    assert not Path("pay.toml").exists()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("Pay,Degree\n", "a header and no row"),
        ("Dear colleague\nthis is not a table\nbut a letter\n", "no column holds figures"),
    ],
)
def test_a_header_alone_and_prose_get_no_mapping(tell: Tell, content: str, found: str) -> None:
    Path("pay.csv").write_text(content)
    code, _, err = tell("own", "new", "pay.csv")
    assert code == 2
    assert found in err
    assert not Path("pay.toml").exists()


@pytest.mark.parametrize(("verb", "named"), [("new", "."), ("new", ".."), ("check", "."), ("new", "maps")])
def test_a_folder_is_refused_as_one(tell: Tell, verb: str, named: str) -> None:
    Path("maps").mkdir()
    code, _, err = tell("own", verb, named)
    assert code == 2
    assert "a folder, not a file" in err


def test_a_clean_file_loads_at_once(tell: Tell) -> None:
    rows = "".join(f"{pay}000,2024,{level},remote\n" for pay, level in itertools.product(range(40, 60), ("BSc", "PhD")))
    Path("pay.csv").write_text(f"Annual gross base salary (USD),Year,Degree,Work mode\n{rows}")
    code, out, _ = tell("own", "new", "pay.csv", "--out", "m.toml")
    assert code == 0
    assert "DECIDE" not in out
    assert tell("own", "check", "m.toml")[0] == 0
    assert sl.load("own:m.toml").table["education"].unique().sort().to_list() == ["bachelor", "doctorate"]


STUDY = pl.DataFrame(
    {
        "salary": [30_000.0 + 500 * i for i in range(40)],
        "educ": [float(1 + i % 4) if i % 4 < 3 else 9.0 for i in range(40)],
        "yrs": [float(i % 20) for i in range(40)],
        "syear": [2022.0] * 40,
    }
)
LABELS = {
    "salary": "Annual gross base salary in USD",
    "educ": "Highest degree",
    "yrs": "Years of experience",
    "syear": "Survey year",
}
VALUES = {1.0: "High school", 2.0: "Bachelor", 3.0: "Master", 9.0: "Refused"}


def write_study(path: Path) -> None:
    """Write the invented study as the format of the path's suffix."""
    import pyreadstat

    named = STUDY.with_columns(pl.col("educ").replace_strict(VALUES, return_dtype=pl.String)).rename(LABELS)
    if path.suffix == ".sav":
        missing = {"educ": [9.0], "salary": [30_000.0]}
        pyreadstat.write_sav(
            STUDY, str(path), column_labels=LABELS, variable_value_labels={"educ": VALUES}, missing_ranges=missing
        )
    elif path.suffix == ".dta":
        whole = {int(code): label for code, label in VALUES.items()}
        coded = STUDY.with_columns(pl.col("educ").cast(pl.Int32))
        pyreadstat.write_dta(coded, str(path), column_labels=LABELS, variable_value_labels={"educ": whole})
    elif path.suffix == ".parquet":
        named.write_parquet(path)
    else:
        path.write_bytes(workbook(named))


def workbook(table: pl.DataFrame) -> bytes:
    """Write a table as the least workbook that a reader accepts."""
    kinds, schema = "application/vnd.openxmlformats-officedocument.spreadsheetml", "http://schemas.openxmlformats.org"

    def cell(value: object) -> str:
        return f"<c><v>{value}</v></c>" if isinstance(value, float) else f'<c t="inlineStr"><is><t>{value}</t></is></c>'

    rows = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in [table.columns, *table.rows()])
    part = '<Relationship Id="r1" Type="{}/officeDocument/2006/relationships/{}" Target="{}"/>'
    relations = f'<Relationships xmlns="{schema}/package/2006/relationships">'
    sheet = f'<worksheet xmlns="{schema}/spreadsheetml/2006/main">'
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{schema}/package/2006/content-types">'
        f'<Default Extension="rels" ContentType="{rels}"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
        f'<Override PartName="/xl/sheet1.xml" ContentType="{kinds}.worksheet+xml"/></Types>',
        "_rels/.rels": f"{relations}{part.format(schema, 'officeDocument', 'xl/workbook.xml')}</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{schema}/spreadsheetml/2006/main" '
        f'xmlns:r="{schema}/officeDocument/2006/relationships">'
        '<sheets><sheet name="Study" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"{relations}{part.format(schema, 'worksheet', 'sheet1.xml')}</Relationships>",
        "xl/sheet1.xml": f"{sheet}<sheetData>{rows}</sheetData></worksheet>",
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return content.getvalue()


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # pyreadstat's writers don't close
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("suffix", [".xlsx", ".parquet", ".dta", ".sav"])
def test_every_format_is_drafted_and_checked(tell: Tell, suffix: str) -> None:
    path = Path(f"study{suffix}")
    write_study(path)
    code, _, err = tell("own", "new", path.name)
    assert (code, err) == (0, "")
    text = Path("study.toml").read_text(encoding="utf-8")
    assert "DECIDE" not in text.split("\n", 3)[3]
    if suffix in (".dta", ".sav"):
        assert 'education = "educ"' in text
        assert "# Highest degree" in text  # variable labels are shown
    code, _, err = tell("own", "check", "study.toml")
    assert (code, err) == (0, "")
    table = sl.load("own:study.toml").table
    assert table["education"][:4].to_list() == ["secondary", "bachelor", "master", None]
    # SPSS's user-missing pay is not answered
    assert table["pay_annual_usd"][0] == (None if suffix == ".sav" else 30_000.0)
    assert table["pay_annual_usd"][1:].to_list() == STUDY["salary"][1:].to_list()
    assert table["experience_years"].to_list() == STUDY["yrs"].to_list()
    assert table["year"].unique().to_list() == [2022]


@pytest.mark.parametrize("name", ["study.dta", "study.sav"])
def test_a_damaged_study_is_refused(tell: Tell, name: str) -> None:
    Path(name).write_bytes(b"not that" * 40)
    code, _, err = tell("own", "new", name)
    assert code == 2
    assert f"own file {name}" in err


def test_rows_that_are_not_kept_are_counted(tell: Tell) -> None:
    rows = "".join(f"{40 + i}000,2024,{('Finland', 'Sweden')[i % 2]}\n" for i in range(40))
    Path("pay.csv").write_text(f"Annual base salary USD,Year,Country\n{rows}")
    tell("own", "new", "pay.csv")
    mapping = Path("pay.toml")
    mapping.write_text(mapping.read_text() + '\n[keep]\nCountry = ["Finland"]\n')
    records = sl.load("own:pay.toml")
    assert records.table["country"].unique().to_list() == ["FI"]
    lost = {step.rule: step.removed for step in records.steps if step.removed}
    assert lost == {"Country is not among the values to keep": 20}
    mapping.write_text(mapping.read_text().replace('["Finland"]', '"Finland"'))
    with pytest.raises(DataError, match="a list of texts"):
        sl.load("own:pay.toml")


def test_what_is_lost_or_far_from_the_rest_is_told(tell: Tell) -> None:
    rows = [f"{50 + i % 20}000,BSc,Finland,3 years" for i in range(180)]
    rows += ["ask my boss 12,BSc,Finland,3 years"] * 15 + ["60,BSc,Finland,many"] * 12
    Path("pay.csv").write_text("\n".join(["Annual base salary USD,Degree,Country,Years of experience", *rows]))
    tell("own", "new", "pay.csv")
    mapping = Path("pay.toml")
    mapping.write_text(mapping.read_text().replace('value = ""', "value = 2024"))
    code, out, err = tell("own", "check", "pay.toml")
    assert (code, err) == (0, "")
    assert out.startswith("check the losses: ")
    assert "ask my boss 9: about 20 rows" in out
    assert "under 1/20 of the median in about 10 rows" in out
    assert "pay that is doubted, by the rules above: about 10 rows" in out
    (read,) = [line for line in out.splitlines() if "3 years" in line]
    assert read.split()[-3:] == ["3", "about", "200"]
    (lost,) = [line for line in out.splitlines() if line.split()[1:2] == ["many"]]
    assert "not answered" in lost
    assert {"pay_doubt"} <= sl.load("own:pay.toml").asked


def test_few_rows_tell_no_quantile(tell: Tell) -> None:
    Path("pay.csv").write_text("Annual base salary USD,Year\n" + "50000,2024\n" * 29)
    tell("own", "new", "pay.csv")
    code, out, _ = tell("own", "check", "pay.toml")
    assert code == 0
    assert "too few rows to tell quantiles" in out
    assert "50,000" not in out


def test_markup_in_cells_and_names_stays_text(tell: Tell) -> None:
    rows = '50000,2024,"[bold]x[/bold] ""q"" \\ y"\n' * 12
    Path("pay.csv").write_text(f'Annual base salary USD,Year,"Degree [red]"\n{rows}')
    tell("own", "new", "pay.csv")
    decide(Path("pay.toml"), bold="master")
    code, out, _ = tell("own", "check", "pay.toml")
    assert code == 0
    assert '[bold]x[/bold] "q" \\ y' in out


def test_a_draft_can_be_written_from_python(project: Path) -> None:
    (project / "pay.csv").write_text("Annual base salary USD,Year\n50000,2024\n")
    (project / "maps").mkdir()
    drafted = own.new(project / "pay.csv", project / "maps" / "m.toml")
    assert drafted.decisions == ()
    assert 'path = "../pay.csv"' in drafted.text
    assert sl.load(f"own:{project / 'maps' / 'm.toml'}").raw_rows == 1


def test_a_workbook_that_unpacks_without_end_is_refused(tell: Tell) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sheet1.xml", b"0" * 50_000_000)
    Path("pay.xlsx").write_bytes(content.getvalue())
    code, _, err = tell("own", "new", "pay.xlsx")
    assert code == 2
    assert "unpack" in err
