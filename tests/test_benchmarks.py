"""The peer that ``make bench`` times cleans by the same rules: else the ratio would compare unlike with unlike."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from salarylab.errors import DataError
from salarylab.records import reading
from salarylab.sources import acs_pums, aijobs

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.fixture
def peer(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import pandas_cleaning

    yield pandas_cleaning
    sys.modules.pop("pandas_cleaning")


def require_agreement(ours: object, theirs: object) -> None:
    import agreement

    agreement.require_agreement(ours, theirs)


def persons(count: int = 240) -> bytes:
    """Write invented persons of Delaware, some without wages, with top codes, blanks and every band of weeks."""
    lines = [",".join(("RT", *acs_pums.COLUMNS))]
    for i in range(count):
        told = {
            "AGEP": 16 + i % 60,
            "WAGP": "" if i % 11 == 0 else (0, 476_000, 900, 45_000 + 310 * i)[i % 4 if i % 3 else 3],
            "WKHP": "" if i % 17 == 0 else 5 + i % 60,
            "WKW": "" if i % 17 == 0 else 1 + (i % 7 if i % 7 < 6 else 0),
            "ADJINC": 1_013_097,
            "PWGTP": 40 + i,
            "ST": "10",
            "SCHL": f"{1 + i % 24:02}",
            "COW": "" if i % 13 == 0 else 1 + i % 9,
            "JWTR": "" if i % 5 == 0 else f"{1 + i % 12:02}",
            "NAICSP": ("", "622M", "3MS", "999920", "5415")[i % 5],
            "SOCP": ("", "151252", "291141", "999920", "41XXXX")[i % 5],
            "SEX": 1 + i % 2,
        }
        weights = {name: (i + number) % 90 - 3 for number, name in enumerate(acs_pums.REPLICATE_NAMES)}
        lines.append(",".join(str(value) for value in ("P", *({**told, **weights}[name] for name in acs_pums.COLUMNS))))
    return "\n".join(lines).encode() + b"\n"


def test_the_peer_cleans_persons_as_we_do(peer: ModuleType) -> None:
    content = persons()
    at = {"file": "2018/psam_p10.csv", "year": 2018}
    ours = reading.read_csv(content, thing="persons", columns=acs_pums.COLUMNS)
    ours = ours.with_columns(pl.lit(value).alias(name) for name, value in at.items())
    cleaned = acs_pums.clean(ours)
    assert {step.touched > 0 for step in cleaned.steps} == {True}  # the invented rows try every rule
    for numbers in ((), (*acs_pums.NUMBERS, *acs_pums.REPLICATE_NAMES)):
        theirs = peer.read_text(content, acs_pums.COLUMNS, numbers).assign(**at)
        require_agreement(cleaned, peer.clean_acs(theirs))


def postings() -> bytes:
    """Write invented ends of ranges: pairs, ties, repeats, a row alone, a quoted title, a blank, Namibia."""
    ends = [("90000", "99000"), ("40000", "44000"), ("70000", "77000"), ("70000", "77000"), ("65000", "71500")]
    lines = [",".join(aijobs.COLUMNS)]
    for i in range(120):
        title = ('"Tide, ""Wave"" Analyst"', "Dune Engineer", " Kelp Scientist ")[i // 5 % 3]
        place = ("NA", "DE", "")[i // 10 % 3]
        usd, local = ends[i % 5]
        identity = (str(2022 + i // 40), "MI", "FT", title, "EUR", place, "50", "DE", "M")
        lines.append(",".join((*identity, local, usd)))
    return "\r\n".join(lines).encode()


def test_the_peer_cleans_postings_as_we_do(peer: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "salaries.csv"
    path.write_bytes(postings())
    cleaned = aijobs.clean(aijobs.read(path))
    assert {step.touched > 0 for step in cleaned.steps} == {True}
    require_agreement(cleaned, peer.clean_aijobs(peer.read_aijobs(path)))


@pytest.mark.parametrize("broken", [b",x", b""], ids=["a cell too many", "a cell too few"])
def test_the_peer_refuses_what_we_refuse(peer: ModuleType, broken: bytes) -> None:
    line = b"2024,MI,FT,Tide Analyst,EUR,NA,50,NA,M,99000"
    content = b"%s\n%s,90000\n%s%s\n" % (",".join(aijobs.COLUMNS).encode(), line, line, broken and b",90000" + broken)
    with pytest.raises(DataError):
        reading.read_csv(content, thing="postings", columns=aijobs.COLUMNS)
    with pytest.raises(ValueError, match="widths"):
        peer.read_text(content, aijobs.COLUMNS, ("salary", "salary_in_usd"))
