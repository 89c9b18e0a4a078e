"""Every way in which a raw file goes wrong: a clear error, nothing half-written, the raw file untouched.

Each source is loaded from a damaged copy of its own file, first as it comes (its hash gives it away), then past
the hash, as if the publisher had declared the damaged bytes: what reads the file must refuse it too.
"""

import csv
import importlib
import io
import random
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import salarylab as sl
from salarylab.errors import DataError, SalarylabError
from salarylab.records import exchange, prices
from salarylab.records.reading import Dialect
from salarylab.sources import stackoverflow

pytestmark = pytest.mark.real


@dataclass(frozen=True)
class Case:
    """One file of a source: how to load it, a column that it can't do without, how its text is written."""

    source: str
    column: str
    options: dict[str, Any] = field(default_factory=dict)
    file: str = ""
    dialect: Dialect = field(default_factory=Dialect)

    def __str__(self) -> str:
        return f"{self.source}-{self.file}"


EVERYDAY = (
    Case("aijobs", "salary_in_usd", file="salaries.csv"),
    Case("dou", "Тайтл", {"years": [2025]}, "2025_june_raw.csv", Dialect(encoding="windows-1251")),
    Case("koodiklinikka", "Role / title", {"years": [2025]}, "2025-data.tsv", Dialect("\t", quote="")),
)
SLOW = (
    *(
        Case("acs_pums", "WAGP", {"states": [code]}, f"csv_p{code.lower()}.zip")
        for code in ("DE", "NH", "RI", "SD", "VT", "WY")
    ),
    Case("datajobs", "salary_year_avg", file="data_jobs_salary_all.xlsx"),
    Case("dou", "Вкажіть вашу спеціалізацію", {"years": [2019]}, "2019_dec_raw.csv"),
    Case("dou", "Position", {"years": [2024]}, "2024_dec_raw.csv"),
    Case("kaggle_survey", "Q29", file="kaggle-survey-2022.zip"),
    Case("koodiklinikka", "Rooli", {"years": [2021]}, "2021-results.tsv", Dialect("\t")),
    Case("koodiklinikka", "Rooli / titteli", {"years": [2023]}, "2023-results-fi.tsv", Dialect("\t")),
    Case("levels_fyi", "totalyearlycompensation", file="Levels_Fyi_Salary_Data.csv.zip"),
)
CASES = (*EVERYDAY, *(pytest.param(case, marks=pytest.mark.slow) for case in SLOW))

READERS: dict[str, tuple[Callable[[Path], object], str]] = {
    "fed_fx/monthly.csv": (exchange.rates, "Exchange rate"),
    "world_bank_ppp/ppp-gdp.csv": (prices.factors, "PPP"),
    "stackoverflow_2023/survey_results_public.csv": (partial(stackoverflow.read, year=2023), "ConvertedCompYearly"),
    "stackoverflow_2025/survey_results_public.csv": (partial(stackoverflow.read, year=2025), "ConvertedCompYearly"),
}
"""Files that are no source's own: tables of money, and the first rows of two surveys."""


# Damage to the text of a table


def _records(text: str, dialect: Dialect) -> list[list[str]]:
    quoting = csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE
    return list(
        csv.reader(
            io.StringIO(text, newline=""), delimiter=dialect.separator, quotechar=dialect.quote or None, quoting=quoting
        )
    )


def _written(records: list[list[str]], dialect: Dialect) -> str:
    if not dialect.quote:
        return "\n".join(dialect.separator.join(record) for record in records) + "\n"
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=dialect.separator, lineterminator="\n").writerows(records)
    return text.getvalue()


def _rename(records: list[list[str]], column: str) -> list[list[str]]:
    return [[f"x_{name}" if name == column else name for name in records[0]], *records[1:]]


def _drop(records: list[list[str]], column: str) -> list[list[str]]:
    place = records[0].index(column)
    return [record[:place] + record[place + 1 :] for record in records]


def _duplicate(records: list[list[str]], column: str) -> list[list[str]]:
    place = records[0].index(column)
    return [[*record, record[place] if place < len(record) else ""] for record in records]


def _lose_a_cell(records: list[list[str]], _: str) -> list[list[str]]:
    middle = len(records) // 2
    return [*records[:middle], records[middle][:-1], *records[middle + 1 :]]


def _gain_a_cell(records: list[list[str]], _: str) -> list[list[str]]:
    middle = len(records) // 2
    return [*records[:middle], [*records[middle], "1"], *records[middle + 1 :]]


TABLES: dict[str, Callable[[list[list[str]], str], list[list[str]]]] = {
    "column renamed": _rename,
    "column dropped": _drop,
    "column twice": _duplicate,
    "a cell lost": _lose_a_cell,
    "a cell gained": _gain_a_cell,
}

BYTES: dict[str, Callable[[bytes, Dialect], bytes]] = {
    "empty": lambda _, __: b"",
    "a web page": lambda _, __: b"<!DOCTYPE html><html><body>404: not found</body></html>",
    "re-encoded": lambda content, dialect: content.decode(dialect.encoding).encode("utf-16"),
    "another separator": lambda content, dialect: content.replace(dialect.separator.encode(), b"|"),
    "header only in bytes": lambda content, _: content[:20],
}
HARMLESS_AT_TIMES: dict[str, Callable[[bytes, Dialect], bytes]] = {
    # a cut may fall on the end of a line, a flipped bit may make one digit another: no reader can see that
    "truncated": lambda content, _: content[: int(len(content) * 0.6)],
    "bytes flipped": lambda content, _: _flipped(content),
}


def _flipped(content: bytes) -> bytes:
    damaged, dice = bytearray(content), random.Random(1)
    for _ in range(20):
        damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
    return bytes(damaged)


# Damage to archives


def _bomb() -> bytes:
    """Return ten gigabytes of zeros as a deflate stream of ten megabytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = packer.compress(bytes(1 << 24)) + packer.flush(zlib.Z_FULL_FLUSH)
    return piece * 640 + b"\x03\x00"


def _bombed(member: str) -> bytes:
    """Return an archive whose one member unpacks to ten gigabytes (zip64, by hand; the checksum is not looked at)."""
    packed, name, size = _bomb(), member.encode(), 640 << 24
    extra = struct.pack("<HHQQ", 1, 16, size, len(packed))
    common = struct.pack("<HHHHHIIIHH", 45, 0, 8, 0, 33, 0, 0xFFFFFFFF, 0xFFFFFFFF, len(name), len(extra))
    local = b"PK\x03\x04" + common + name + extra + packed
    central = b"PK\x01\x02" + struct.pack("<H", 45) + common + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name + extra
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


def _repacked(path: Path, change: Callable[[str, bytes], list[tuple[str, bytes]]]) -> bytes:
    """Return an archive with each member changed into any number of members."""
    packed = io.BytesIO()
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as written:
        for name in archive.namelist():
            for member in change(name, archive.read(name)):
                written.writestr(*member)
    return packed.getvalue()


def _main_member(path: Path) -> str:
    """Return the largest table of an archive, or the first sheet of a workbook."""
    with zipfile.ZipFile(path) as archive:
        tables = [m for m in archive.infolist() if m.filename.endswith((".csv", "sheet1.xml")) and m.file_size > 1000]
        return max(tables, key=lambda member: member.file_size).filename


def _damaged_files(path: Path, case: Case) -> dict[str, tuple[bytes, bool]]:
    """Return every damaged version of a file, and whether it must be refused."""
    content = path.read_bytes()
    if not zipfile.is_zipfile(path):
        return _damaged_texts(content, case)
    member = _main_member(path)
    with zipfile.ZipFile(path) as archive:
        text = archive.read(member)
    damaged = {name: (change(content, case.dialect), True) for name, change in HARMLESS_AT_TIMES.items()}
    damaged |= {name: (BYTES[name](content, case.dialect), True) for name in ("empty", "a web page")}
    damaged["a bomb"] = (_bombed(member), True)
    damaged["a name that leads out"] = (_repacked(path, lambda n, c: [(n, c), (f"../{Path(n).name}", c)]), True)
    damaged["the table is missing"] = (_repacked(path, lambda n, c: [] if n == member else [(n, c)]), True)
    if member.endswith(".csv"):
        for name, (inner, must) in _damaged_texts(text, case).items():
            swapped = _repacked(path, lambda n, c, inner=inner: [(n, inner if n == member else c)])
            damaged[f"{name} inside"] = (swapped, must)
    return damaged


def _damaged_texts(content: bytes, case: Case) -> dict[str, tuple[bytes, bool]]:
    encoding = "utf-8-sig" if case.dialect.encoding == "utf-8" else case.dialect.encoding
    records = _records(content.decode(encoding), case.dialect)
    assert _written(_rename(records, case.column), case.dialect) != content.decode(encoding), "no such column"
    damaged = {name: (change(content, case.dialect), True) for name, change in BYTES.items()}
    damaged |= {name: (change(content, case.dialect), False) for name, change in HARMLESS_AT_TIMES.items()}
    for name, change in TABLES.items():
        damaged[name] = (_written(change(records, case.column), case.dialect).encode(encoding), True)
    return damaged


# What must hold


@pytest.fixture
def original(mirror: Path, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the case's file as the mirror has it, in a project of the test's own."""
    root = tmp_path / "project"
    root.mkdir()
    monkeypatch.setenv("SALARYLAB_ROOT", str(root))
    module = importlib.import_module(f"salarylab.sources.{case.source}")
    fetched: dict[str, Path] = {}
    real_fetch = module.fetch

    def spy(source: Any, file: Any) -> Path:
        fetched[file.name] = real_fetch(source, file)
        return fetched[file.name]

    with monkeypatch.context() as spying:
        spying.setattr(module, "fetch", spy)
        records = module.load(**case.options)
    assert records.raw_rows == len(records.table) + records.audit["removed"].sum()
    return fetched[case.file]


def _written_anywhere(root: Path) -> list[str]:
    processed = root / "data" / "processed"
    return sorted(str(p) for p in processed.rglob("*")) if processed.exists() else []


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_damaged_file_is_refused_by_its_hash(case, original, mirror, tmp_path, monkeypatch):
    root, content = tmp_path / "project", original.read_bytes()
    shutil.rmtree(root / "data")
    other = tmp_path / "mirror"
    for path in pl.read_csv(mirror / "CATALOG.csv", infer_schema=False)["path"]:
        (other / path).parent.mkdir(parents=True, exist_ok=True)
        if (mirror / path).stat().st_size == len(content):
            (other / path).write_bytes(_flipped(content))
    monkeypatch.setenv("SALARYLAB_MIRROR", str(other))
    with pytest.raises(DataError, match="sha256"):
        sl.load(case.source, **case.options)
    assert _written_anywhere(root) == []
    assert [p.name for p in (root / "data" / "raw").rglob("*") if p.is_file()] == []


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_damaged_file_is_refused_past_its_hash_and_left_as_it_is(case, original, tmp_path, monkeypatch):
    module = importlib.import_module(f"salarylab.sources.{case.source}")
    real_fetch, damaged_path = module.fetch, tmp_path / case.file
    monkeypatch.setattr(
        module, "fetch", lambda source, file: damaged_path if file.name == case.file else real_fetch(source, file)
    )
    root, accepted = tmp_path / "project", []
    for name, (content, must_be_refused) in _damaged_files(original, case).items():
        damaged_path.write_bytes(content)
        records = _load_or_refuse(case)
        assert damaged_path.read_bytes() == content, f"{name}: the raw file was changed"
        if records is None:
            assert _written_anywhere(root) == [], name
            continue
        assert not must_be_refused, f"{case}: {name} was read"
        assert records.raw_rows == len(records.table) + records.audit["removed"].sum()
        accepted.append(name)
        shutil.rmtree(root / "data" / "processed")
    assert set(accepted) <= {f"{name}{inside}" for name in HARMLESS_AT_TIMES for inside in ("", " inside")}


@pytest.mark.parametrize("file", READERS)
def test_a_damaged_table_is_refused_by_its_reader(file, mirror, tmp_path):
    (read, column), content = READERS[file], (mirror / file).read_bytes()
    damaged = _damaged_texts(content, Case("", column))
    for name, (changed, must_be_refused) in damaged.items():
        if name == "a cell lost" and "stackoverflow" in file:
            continue  # marked by the reader, rejected by name in cleaning
        path = tmp_path / Path(file).name
        path.write_bytes(changed)
        try:
            read(path)
        except SalarylabError:
            continue
        assert not must_be_refused, f"{file}: {name} was read"


def _load_or_refuse(case: Case) -> Any:
    """Return the records, or None where they are refused as a person can be told; anything else is a defect."""
    try:
        return sl.load(case.source, **case.options)
    except DataError as refused:
        if not all(fault.thing and fault.found and fault.expected and fault.remedy for fault in refused.faults):
            raise
        return None
