"""First bytes: what a file is, told by how it begins, whatever its name says."""

from __future__ import annotations

import io
import re
import zipfile

Kind = tuple[str, str | None, str]
"""What a file is, the format that it may be read in, and what to do where another was said."""

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<table", b"<meta", b"<head")
_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _rename(suffix: str, form: str) -> str:
    return f'rename it to {suffix}, or say format = "{form}" under [file]'


PDF: Kind = ("a PDF", None, "ask for the data as a table: CSV or Excel")
WORKBOOK: Kind = ("an Excel workbook", "excel", _rename(".xlsx", "excel"))
OLD_WORKBOOK: Kind = ("an Excel workbook of the old kind", "excel", _rename(".xls", "excel"))
LOCKED: Kind = ("a workbook with a password", None, "open it, and save it without the password")
ARCHIVE: Kind = ("a zip archive", None, "unpack it, and name the table inside")
PARQUET: Kind = ("a Parquet file", "parquet", _rename(".parquet", "parquet"))
PAGE: Kind = (
    "a web page, not a table",
    None,
    "open it in a spreadsheet program and save it as .xlsx, or fetch it again",
)
TEXT: Kind = ("a text file", "csv", _rename(".csv", "csv"))


def misnamed(content: bytes, form: str) -> tuple[str, str] | None:
    """Return what a file is and what to do about it, or None where it may be of the format said.

    >>> misnamed(b"%PDF-1.7", "csv")[0], misnamed(b"Pay,Degree", "csv")
    ('a PDF', None)
    """
    kind = _kind(content)
    return None if kind is None or kind[1] == form else (kind[0], kind[2])


def _kind(content: bytes) -> Kind | None:
    """Return what a file is, where its bytes tell."""
    kind = TEXT if is_text(content) else None
    if content.startswith(_ZIP):
        kind = WORKBOOK if _is_workbook(content) else ARCHIVE
    elif content.startswith(_OLD):
        kind = LOCKED if _ENCRYPTED in content else OLD_WORKBOOK
    elif content.startswith((b"%PDF", b"PAR1")):
        kind = PDF if content.startswith(b"%PDF") else PARQUET
    elif content.lstrip(b"\xef\xbb\xbf \t\r\n")[:9].lower().startswith(_MARKUP):
        kind = PAGE
    return kind


def _is_workbook(content: bytes) -> bool:
    """Tell a workbook from other archives; one that is damaged may be one."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            return any(name.startswith("xl/") for name in opened.namelist())
    except zipfile.BadZipFile:
        return True


def is_text(content: bytes) -> bool:
    r"""Tell text from other bytes: no control signs but those of lines, or a byte-order mark.

    >>> is_text(b"Pay;Degree\r\n"), is_text(b"\x00\x01"), is_text(b"")
    (True, False, False)
    """
    start = content[:4096]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return bool(start) and not re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", start)
