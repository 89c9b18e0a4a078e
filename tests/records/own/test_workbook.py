"""Own workbook: text cells beside true numbers, titles above the header, and the sheet that holds the table."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from salarylab.errors import DataError
from salarylab.records.own.file import read_own
from salarylab.records.own.layout import Layout
from salarylab.records.own.sniff import numbers_of, sniff
from salarylab.records.own.workbook import read_workbook

Row = tuple[str | float | None, ...]
KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SCHEMA = "http://schemas.openxmlformats.org"
PACKAGE, OFFICE = f"{SCHEMA}/package/2006", f"{SCHEMA}/officeDocument/2006/relationships"


def cell(value: str | float | None) -> str:
    if value is None:
        return "<c/>"
    return f"<c><v>{value}</v></c>" if isinstance(value, float) else f'<c t="inlineStr"><is><t>{value}</t></is></c>'


def workbook(sheets: dict[str, dict[int, Row]]) -> bytes:
    """Write the least workbook of several sheets, rows by the number that Excel shows."""
    numbered = list(enumerate(sheets.items(), start=1))
    listed = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, (name, _) in numbered)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{KINDS}.sheet.main+xml"/>'
        + "".join(f'<Override PartName="/xl/{n}.xml" ContentType="{KINDS}.worksheet+xml"/>' for n, _ in numbered)
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r0" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{SCHEMA}/spreadsheetml/2006/main" xmlns:r="{OFFICE}">'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(f'<Relationship Id="r{n}" Type="{OFFICE}/worksheet" Target="{n}.xml"/>' for n, _ in numbered)
        + "</Relationships>",
    }
    for n, (_, rows) in numbered:
        lines = (f'<row r="{row}">{"".join(map(cell, cells))}</row>' for row, cells in rows.items())
        sheet = f'<worksheet xmlns="{SCHEMA}/spreadsheetml/2006/main"><sheetData>{"".join(lines)}</sheetData>'
        parts[f"xl/{n}.xml"] = f"{sheet}</worksheet>"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return content.getvalue()


MIXED: dict[int, Row] = {
    1: ("Pay", "Degree"),
    2: ("7.600 €", "MSc"),
    3: ("4.850,50", "BSc"),
    4: (7600.5, "BSc"),
    5: (7.125, "BSc"),
    6: (4000.0, "MSc"),
}
TITLED: dict[int, Row] = {
    2: ("A survey of pay", None, None),
    4: ("Pay", "Degree", "Year"),
    5: (50_000.0, "MSc", 2024.0),
    6: (None, None, None),
    7: (60_000.0, "BSc", 2024.0),
}
NOTES: dict[int, Row] = {1: ("Whoever answers must be read with care",), 2: ("Nobody was asked twice",)}


def saved(folder: Path, sheets: dict[str, dict[int, Row]]) -> Path:
    path = folder / "pay.xlsx"
    path.write_bytes(workbook(sheets))
    return path


def test_true_numbers_get_the_marks_of_the_texts_beside_them(tmp_path: Path) -> None:
    path = saved(tmp_path, {"A": MIXED})
    sniffed = sniff(path)
    told = numbers_of(read_own(sniffed.layout).texts, sniffed)
    assert (told.layout.decimal, told.layout.thousands) == (",", ".")
    cells = read_own(told.layout).cells["Pay"].to_list()
    assert cells == ["7.600 €", "4.850,50", "7600,5", "7,125", "4000"]


def test_a_workbook_of_numbers_alone_tells_no_marks(tmp_path: Path) -> None:
    sniffed = sniff(saved(tmp_path, {"A": TITLED}))
    assert "decimal" not in numbers_of(read_own(sniffed.layout).texts, sniffed).because


def test_the_header_is_found_below_a_title_and_numbered_as_excel_does(tmp_path: Path) -> None:
    path = saved(tmp_path, {"A": TITLED})
    layout = sniff(path).layout
    assert (layout.sheet, layout.header) == (None, 4)
    cells = read_own(layout).cells
    assert cells.columns == ["Pay", "Degree", "Year"]
    assert cells["Pay"].to_list() == ["50000", "60000"]  # an empty row is no record


def test_the_first_sheet_that_looks_like_a_table_is_chosen(tmp_path: Path) -> None:
    sniffed = sniff(saved(tmp_path, {"Empty": {}, "Notes": NOTES, "Answers": TITLED, "More": MIXED}))
    assert (sniffed.layout.sheet, sniffed.layout.header) == ("Answers", 4)
    assert "first of 4" in sniffed.because["sheet"]


def test_a_missing_sheet_lists_those_that_are_there(tmp_path: Path) -> None:
    path = saved(tmp_path, {"Notes": NOTES, "Answers": TITLED})
    with pytest.raises(DataError) as caught:
        sniff(path, sheet="Answer")
    (fault,) = caught.value.faults
    assert fault.expected == "one of: Notes, Answers"
    assert "did you mean 'Answers'?" in fault.remedy


def test_a_workbook_without_a_table_is_refused(tmp_path: Path) -> None:
    workbooks: tuple[dict[str, dict[int, Row]], ...] = ({"A": {}}, {"A": {}, "Notes": NOTES})
    for sheets in workbooks:
        with pytest.raises(DataError, match="no sheet that looks like a table"):
            sniff(saved(tmp_path, sheets))


@pytest.mark.parametrize("header", [1, 3, 8])
def test_a_header_that_is_not_there_is_refused(tmp_path: Path, header: int) -> None:
    path = saved(tmp_path, {"A": TITLED})
    with pytest.raises(DataError, match="rows 2 to 7"):
        read_workbook(path.read_bytes(), Layout(path, "excel", header=header))


def test_names_that_stand_twice_are_numbered_and_nameless_cells_kept(tmp_path: Path) -> None:
    path = saved(tmp_path, {"A": {1: ("Pay", "Pay", None, None), 2: (1.0, 2.0, 3.0, None)}})
    assert read_own(Layout(path, "excel")).cells.columns == ["Pay", "Pay_1", "column 3"]
