"""Sniffing: how a file is written is found where its bytes tell, in every code page that pay files come in."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from salarylab.errors import DataError
from salarylab.records.own.layout import Layout
from salarylab.records.own.sniff import Sniffed, encoding_of, numbers_of, separator_of, sniff


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Зарплата на місяць; досвід роботи", "windows-1251"),
        ("Gehälter für Ärzte, Köln", "windows-1252"),
        ("työkokemus, etätyö, Jyväskylä", "windows-1252"),
        ("Łódź, wykształcenie wyższe, miesięczny", "windows-1250"),
        ("työkokemus", "utf-8"),
        ("pay, degree", "utf-8"),
        ("Ikä; palkka", "utf-16"),
    ],
)
def test_the_encoding_of_a_text_is_found(text: str, encoding: str) -> None:
    found, why = encoding_of((text * 20).encode(encoding))
    assert found == encoding
    assert why


def test_a_byte_order_mark_is_utf_8() -> None:
    assert encoding_of("\ufeffpay".encode())[0] == "utf-8"


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_separator_is_the_one_that_gives_every_record_its_cells(mark: str) -> None:
    rows = [mark.join(['"a, b; c|d"', "1.200,5", "x"])] * 3
    assert separator_of("\n".join([mark.join("abc"), *rows]))[0] == mark


def test_a_file_of_one_column_has_the_usual_separator() -> None:
    assert separator_of("Pay\n60000\n") == (",", "one column")


@pytest.mark.parametrize(
    ("cells", "decimal", "thousands"),
    [
        (["4.500,50", "5.200,00"], ",", "."),
        (["4,500.50"], ".", ","),
        (["4.500", "12.000"], ",", "."),
        (["4,500", "12,000"], ".", ","),
        (["37,5", "40"], ",", "."),
        (["37.5", "40"], ".", ","),
        (["4'500.50"], ".", "'"),
        (["€ 3 500,00"], ",", "."),
        (["31.12.2023", "40"], ".", ","),
        (["many", "5 and a half"], ".", ","),
    ],
)
def test_the_decimal_mark_is_read_off_the_cells(cells: list[str], decimal: str, thousands: str) -> None:
    start = Sniffed(Layout(Path("pay.csv"), "csv"), {})
    layout = numbers_of(pl.DataFrame({"cell": cells}), start).layout
    assert (layout.decimal, layout.thousands) == (decimal, thousands)


def test_no_file_and_no_format_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        sniff(tmp_path / "gone.csv")
    (tmp_path / "pay.dat").write_bytes(b"Pay,Degree")
    with pytest.raises(DataError, match="a suffix that tells no format"):
        sniff(tmp_path / "pay.dat")


def test_a_wrong_path_names_the_folder_and_near_names(tmp_path: Path) -> None:
    (tmp_path / "palkat.csv").write_text("Pay\n1\n")
    with pytest.raises(DataError) as caught:
        sniff(tmp_path / "palkka.csv")
    (fault,) = caught.value.faults
    assert str(tmp_path) in fault.found
    assert "did you mean 'palkat.csv'?" in fault.remedy
    with pytest.raises(DataError, match="a folder, not a file"):
        sniff(tmp_path)
