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
            "FOD1P": f"{(11, 24, 62)[i % 3]}00" if i % 24 > 19 else "",
            **{flag: int(i % 7 == place) for place, flag in enumerate(acs_pums.FLAGS)},
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


@pytest.fixture
def benchmarks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and Path(str(sys.modules[name].__file__)).parent == BENCHMARKS:
            del sys.modules[name]


@pytest.mark.usefixtures("benchmarks")
def test_the_invented_wages_are_the_same_for_the_same_seed_and_hold_every_level(tmp_path: Path) -> None:
    import wages

    wages.write(tmp_path / "wages.parquet", 5_000)
    table = pl.read_parquet(tmp_path / "wages.parquet")
    assert table.equals(wages.wages(5_000, (1, 0)))
    assert not table.equals(wages.wages(5_000, (2, 0)))
    assert {name: table[name].n_unique() for name in wages.SIZES} == wages.SIZES
    assert table["exper"].dtype == pl.Int8


@pytest.mark.usefixtures("benchmarks")
def test_our_fit_of_the_invented_wages_is_statsmodels_fit(tmp_path: Path) -> None:
    import ours
    import peers
    import turns
    import wages

    path = str(tmp_path / "wages.parquet")
    wages.write(Path(path), 3_000)
    mine, theirs = ours.robust(path)(), peers.statsmodels_robust(path)()
    assert set(mine["terms"]) == set(theirs["terms"])
    assert len(mine["terms"]) == 148
    found = turns.differences(mine, theirs)
    assert found["coefficients"] < 1e-9
    assert found["standard errors"] < 1e-8
    assert ours.shapley(path)()["adjusted"] == pytest.approx(mine["adjusted"], rel=1e-12)


@pytest.mark.usefixtures("benchmarks")
def test_the_curve_ends_with_the_fullest_equation(tmp_path: Path) -> None:
    import ours
    import wages

    import salarylab as sl

    path = str(tmp_path / "wages.parquet")
    wages.write(Path(path), 2_000)
    told = ours.curve(path)()
    fullest = sl.fit(sl.build(ours.equation((*wages.SIZES, *wages.SKILLS)), path)).terms
    (expected,) = fullest.filter(pl.col("term") == wages.FOCUS).select("log_points", "se").rows()
    assert told["equations"] == 4_096
    assert told["terms"][wages.FOCUS] == pytest.approx(expected, rel=1e-9)


@pytest.mark.usefixtures("benchmarks")
def test_the_median_has_no_greater_loss_than_its_neighbours(tmp_path: Path) -> None:
    import ours
    import wages

    path = str(tmp_path / "wages.parquet")
    wages.write(Path(path), 3_000)
    found = ours.quantile(path)()
    assert len(found["terms"]) == 26
    for name, (b, se) in found["terms"].items():
        for moved in (b - se, b + se):
            assert wages.check_loss(path, {**found["terms"], name: (moved, se)}) > found["loss"]


@pytest.mark.usefixtures("benchmarks")
def test_sides_that_tell_other_terms_are_not_compared() -> None:
    import turns

    with pytest.raises(ValueError, match="lacks"):
        turns.differences({"terms": {"a": [1.0, 1.0]}}, {"terms": {"b": [1.0, 1.0]}})


@pytest.mark.usefixtures("benchmarks")
def test_a_line_tells_ratios_bounds_and_differences_that_are_too_large() -> None:
    import estimation
    from lines import Beside, Line
    from turns import Turn, Turns

    def turns(seconds: float, b: float) -> Turns:
        return Turns(tuple(Turn(s, s, s, 300.0, {"terms": {"a": [b, 1.0]}}) for s in (seconds, seconds, 99.0)))

    beside = (Beside("peer", "p", 1, 4.0, 8.0), Beside("part", "k", 1, None, 3.0, kin=True), Beside("gone", "g", 1))
    line = Line("x", "work", 10, "o", 3, beside, memory=250.0)
    told = estimation.rows(line, {"o": turns(2.0, 1.0), "p": turns(10.0, 1.0 + 1e-6), "k": turns(1.0, 1.0)})
    peer, part, gone = told
    assert peer[1] == "2.00 s, 300 MB (more than the 250)"
    assert peer[4] == "**5.0 × faster**"
    assert peer[6:8] == ["4 ×", "8 ×"]
    assert "coefficients 1e-06 (too far)" in peer[8]
    assert part[4] == "**2.00 × as long**"
    assert part[7] == "within 3 ×"
    assert gone[3] == "not installed"


@pytest.mark.usefixtures("benchmarks")
def test_a_section_of_results_is_written_in_its_own_place(tmp_path: Path) -> None:
    import page

    path = tmp_path / "RESULTS.md"
    for told in ("# Benchmarks\n\nheading", "## A\n\nfirst", "## B\n\n### within\n\nsecond", "## A\n\nanew"):
        page.put(told, path)
    assert (
        path.read_text(encoding="utf-8") == "# Benchmarks\n\nheading\n\n## A\n\nanew\n\n## B\n\n### within\n\nsecond\n"
    )
