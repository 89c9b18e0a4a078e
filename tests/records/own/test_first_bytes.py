"""First bytes: a file that is not what its name says is told for what it is."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from salarylab.errors import DataError
from salarylab.records.own.first_bytes import misnamed
from salarylab.records.own.sniff import sniff


def archive(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as opened:
        for name in names:
            opened.writestr(name, "x")
    return content.getvalue()


OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 40


@pytest.mark.parametrize(
    ("content", "name", "found", "remedy"),
    [
        (b"%PDF-1.7", "pay.csv", "a PDF", "CSV or Excel"),
        (b"%PDF-1.7", "pay.pdf", "a PDF", "CSV or Excel"),
        (archive("xl/workbook.xml"), "pay.csv", "an Excel workbook", "rename it to .xlsx"),
        (archive("pay.csv"), "pay.csv", "a zip archive", "unpack it"),
        (archive("pay.csv"), "pay.xlsx", "a zip archive", "unpack it"),
        (b"Pay;Degree\n1;MSc\n", "pay.xlsx", "a text file", "rename it to .csv"),
        (b"<html><table></table></html>", "pay.xls", "a web page", "save it as .xlsx"),
        (OLD, "pay.csv", "an Excel workbook of the old kind", "rename it to .xls"),
        (
            OLD + "EncryptedPackage".encode("utf-16-le"),
            "pay.xlsx",
            "a workbook with a password",
            "without the password",
        ),
        (b"PAR1", "pay.csv", "a Parquet file", "rename it to .parquet"),
    ],
)
def test_a_file_under_another_name_is_told(tmp_path: Path, content: bytes, name: str, found: str, remedy: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError) as caught:
        sniff(tmp_path / name)
    (fault,) = caught.value.faults
    assert found in fault.found
    assert remedy in fault.remedy


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (b"Pay,Degree\n", "csv"),
        ("Palkka;Ikä".encode("utf-16"), "csv"),
        (archive("xl/workbook.xml"), "excel"),
        (OLD, "excel"),
        (b"PAR1", "parquet"),
        (b"<stata_dta><header>\x00", "stata"),
        (b"$FL2@(#) SPSS\x02\x00", "spss"),
        (b"", "csv"),
    ],
)
def test_a_file_of_its_name_is_let_in(content: bytes, form: str) -> None:
    assert misnamed(content, form) is None
