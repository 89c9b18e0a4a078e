"""acs_pums: persons of the American Community Survey's public-use sample, 2018, six small states.

Every person is a raw row; those without wages are rejected by name. Codes are those of the Census
Bureau's 2018 data dictionary; letters in NAICSP and SOCP mark aggregated codes, so both stay text, and
blank means that the question was not put to the person.

What the questionnaire does not tell: weeks of work are banded, so hourly pay is computed for 50 to 52
weeks only (as 52); class of worker, industry and occupation are those of the current or latest job,
while wages are those of the past 12 months; work mode is the usual means of travel in the week before
(worked at home: remote), which knows no hybrid; the Standard Occupational Classification of 2018 cannot
tell AI roles from other computer work.
"""

from __future__ import annotations

import math
import re
import zipfile
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from salarylab.errors import DataError, Fault, unknown
from salarylab.paths import mirror_folder, raw_folder
from salarylab.records import Records, from_ledger
from salarylab.records.audit import Ledger
from salarylab.records.recode import constant, require_columns, require_numbers, to_levels
from salarylab.schema import column
from salarylab.source import FileStamp, Provenance, RawFile, Replication, Source, fetch
from salarylab.units import WEEKS_PER_YEAR

YEAR = 2018
REPLICATES = 80

SOURCE = Source(
    key="acs_pums",
    title="American Community Survey 2018, 1-year public-use microdata, persons",
    publisher="US Census Bureau",
    home="https://www.census.gov/programs-surveys/acs/microdata.html",
    citation="U.S. Census Bureau, 2018 American Community Survey 1-Year Public Use Microdata Sample (PUMS), "
    "person records: Delaware, New Hampshire, Rhode Island, South Dakota, Vermont, Wyoming.",
    licence="Public domain (US Government work)",
    redistribution="free",
    headline="Six small US states, 2018: not the nation",
    asked=frozenset(
        {
            "weight",
            "replicate_weights",
            "pay_annual_usd",
            "pay_hourly_usd",
            "pay_annual_real_usd",
            "pay_concept",
            "gross_net",
            "pay_low_usd",
            "pay_high_usd",
            "currency",
            "period",
            "education",
            "experience_years",
            "experience_concept",
            "age",
            "role",
            "role_family",
            "employment",
            "hours_weekly",
            "full_year",
            "country",
            "region",
            "work_mode",
            "industry",
            "org_kind",
        }
    ),
    # Successive difference replication; scale and count: Census Bureau, PUMS Accuracy of the Data (2018). It names
    # no t distribution; 80 replicates around the full-sample estimate span at most 79 dimensions.
    replication=Replication(
        count=REPLICATES, scale=4.0 / REPLICATES, df=REPLICATES - 1.0, name="successive difference replication"
    ),
)


@dataclass(frozen=True, slots=True)
class State:
    """Declare one state's file: its name, FIPS code, hash, and the WAGP value that stands for top codes."""

    name: str
    fips: str
    sha256: str
    top_code: float


STATES: dict[str, State] = {
    "DE": State("Delaware", "10", "a9f680033e3ce6f20b01fce916abdee68026429fd737f958f83281cb372719c5", 476_000.0),
    "NH": State("New Hampshire", "33", "17c68e50530b61197abb9fd78a1678a5360bf05654d105501f4a5f73dccc70c8", 525_000.0),
    "RI": State("Rhode Island", "44", "c5a7155543b1e4296420955714e3160563c4bbe9682299c2761434e4007bd331", 402_000.0),
    "SD": State("South Dakota", "46", "14a45f25ae73f68f3ab01307b111a3650cd997c0a93de174fe488de4b56c30a9", 413_000.0),
    "VT": State("Vermont", "50", "e354dc8484d234e7e328ceffb57495d3e0a8a0a8d4f2fc3cbc30b833c3ce0dde", 417_000.0),
    "WY": State("Wyoming", "56", "236855a172f7c6fb5ac006ddd14f204b052823c084abdcd93c55d7f26751691c", 497_000.0),
}

NUMBERS = ("AGEP", "WAGP", "WKHP", "ADJINC", "PWGTP")
REPLICATE_NAMES = tuple(f"PWGTP{number}" for number in range(1, REPLICATES + 1))
COLUMNS = (*NUMBERS, "ST", "SCHL", "COW", "WKW", "JWTR", "NAICSP", "SOCP", "SEX", *REPLICATE_NAMES)

EDUCATION: dict[str, str] = {
    **{f"{code:02}": "below secondary" for code in range(1, 16)},
    "16": "secondary",
    "17": "secondary",  # GED or alternative credential
    "18": "some college",
    "19": "some college",
    "20": "associate",
    "21": "bachelor",
    "22": "master",
    "23": "professional",
    "24": "doctorate",
}

SCHOOLING_YEARS: dict[str, float] = {
    # none, nursery and kindergarten; grades as named; then the usual length of the degree after 12 years of
    # school (a convention: the survey asks for degrees, not years)
    **dict.fromkeys(("01", "02", "03"), 0.0),
    **{f"{code:02}": code - 3.0 for code in range(4, 16)},
    "16": 12.0,
    "17": 12.0,
    "18": 12.5,
    "19": 13.0,
    "20": 14.0,
    "21": 16.0,
    "22": 18.0,
    "23": 19.0,
    "24": 21.0,
}

INDUSTRY: dict[str, str] = {
    # by the first two signs of NAICSP
    "11": "agriculture, forestry, fishing",
    "21": "mining, oil and gas",
    "22": "utilities",
    "23": "construction",
    **dict.fromkeys(("31", "32", "33", "3M"), "manufacturing"),
    "42": "wholesale trade",
    **dict.fromkeys(("44", "45", "4M"), "retail trade"),
    **dict.fromkeys(("48", "49"), "transportation and warehousing"),
    "51": "information",
    "52": "finance and insurance",
    "53": "real estate and rental",
    "54": "professional, scientific, technical services",
    "55": "management of companies",
    "56": "administrative and waste services",
    "61": "educational services",
    "62": "health care and social assistance",
    "71": "arts, entertainment, recreation",
    "72": "accommodation and food services",
    "81": "other services",
    "92": "public administration",  # with the armed forces
}

ROLE: dict[str, str] = {
    # by the first two digits of SOCP: major groups of the Standard Occupational Classification, 2018
    "11": "management",
    "13": "business and financial operations",
    "15": "computer and mathematical",
    "17": "architecture and engineering",
    "19": "life, physical and social science",
    "21": "community and social service",
    "23": "legal",
    "25": "educational instruction and library",
    "27": "arts, design, entertainment, sports and media",
    "29": "healthcare practitioners and technical",
    "31": "healthcare support",
    "33": "protective service",
    "35": "food preparation and serving",
    "37": "building and grounds cleaning and maintenance",
    "39": "personal care and service",
    "41": "sales and related",
    "43": "office and administrative support",
    "45": "farming, fishing and forestry",
    "47": "construction and extraction",
    "49": "installation, maintenance and repair",
    "51": "production",
    "53": "transportation and material moving",
    "55": "military",
}
ROLE_FAMILY: dict[str, str] = {group: "other tech" if group == "15" else "other" for group in ROLE}

ORG_KIND: dict[str, str] = {
    "1": "private company",
    "2": "non-profit",
    **dict.fromkeys(("3", "4", "5"), "public sector"),
    **dict.fromkeys(("6", "7"), "self-employed"),
}
SELF_EMPLOYED = ("6", "7")

WORK_MODE: dict[str, str] = {**{f"{code:02}": "on-site" for code in (*range(1, 11), 12)}, "11": "remote"}
GENDER: dict[str, str] = {"1": "male", "2": "female"}

TIPPED_MINIMUM = 2.13
"""USD an hour: the lowest federal cash wage since 1991 (Fair Labor Standards Act, § 3(m), tipped workers)."""

UNMAPPED: dict[str, tuple[str, ...]] = {
    "COW": ("8", "9"),  # unpaid in a family business; no work in five years
    "NAICSP": ("99",),  # no work in five years
    "SOCP": ("99",),
}
"""Codes that name no level and become null, by the part of the code that is mapped."""


def load(years: Sequence[int] | None = None, states: Sequence[str] | None = None, gender: bool = False) -> Records:
    """Load wage earners of the asked states; by default 2018 and the states whose files are at hand.

    Where no file is at hand, all six declared ones are fetched. ``gender=True`` also keeps the sensitive
    column. Raises ``DataError`` naming every year and state that is not declared, or a file that is not the
    declared one.
    """
    chosen = _chosen(years, states)
    raw = persons(years, chosen)
    counts = dict(raw.group_by("file").len().iter_rows())
    stamps = tuple(FileStamp(_file(c).name, STATES[c].sha256, counts[_member(c)]) for c in chosen)
    options = {"years": [YEAR], "states": list(chosen), "gender": gender}
    asked = SOURCE.asked | ({"gender"} if gender else set())
    return from_ledger(clean(raw, gender=gender), Provenance(SOURCE, stamps, headline(chosen), options), asked)


def persons(years: Sequence[int] | None = None, states: Sequence[str] | None = None) -> pl.DataFrame:
    """Return every person of the asked states, whether or not they have wages: cells as text.

    One row a person: ``file``, ``row`` (number of the data row from 1) and the columns that cleaning uses.
    Raises ``DataError`` as ``load`` does.
    """
    return pl.concat(read(fetch(SOURCE, _file(code)), _member(code)) for code in _chosen(years, states))


def headline(states: Sequence[str]) -> str:
    """Return what a reader must know first: how many states, which, when.

    >>> headline(["DE", "WY"])
    'Two small US states (DE, WY), 2018: not the nation'
    """
    number = ("One", "Two", "Three", "Four", "Five", "Six")[len(states) - 1]
    return f"{number} small US state{'s' * (len(states) > 1)} ({', '.join(states)}), {YEAR}: not the nation"


def read(path: Path, member: str) -> pl.DataFrame:
    """Return the persons of one state's zip as text; nothing is unpacked to disk.

    Raises ``DataError`` where the zip is damaged, does not hold exactly the one named csv, or lacks columns.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            tables = [name for name in archive.namelist() if re.fullmatch(r"psam_p\w+\.csv", Path(name).name)]
            if tables != [member]:
                found = f"person tables: {', '.join(tables) or 'none'}"
                raise DataError(Fault(path.name, found, f"one: {member}", "fetch the publisher's file again"))
            content = archive.read(member)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise DataError(
            Fault(path.name, f"a damaged zip ({error})", f"a zip that holds {member}", "fetch it again")
        ) from error
    raw = pl.read_csv(content, infer_schema=False)
    require_columns(raw, COLUMNS, thing=f"{SOURCE.key}: {member}")
    return raw.select(pl.lit(member).alias("file"), pl.int_range(1, pl.len() + 1).alias("row"), *COLUMNS)


def clean(raw: pl.DataFrame, *, gender: bool = False) -> Ledger:
    """Return canonical records from person rows: those without wages rejected by name, codes recoded."""
    require_numbers(raw, (*NUMBERS, *REPLICATE_NAMES), thing=SOURCE.key)
    ledger = Ledger(raw).recode(pl.col(*NUMBERS, *REPLICATE_NAMES).cast(pl.Float64))
    ledger = ledger.recode(pl.col("WAGP").alias("pay_annual_usd"))
    ledger = ledger.reject("under 15 years old: wages not asked", pl.col("WAGP").is_null())
    ledger = ledger.reject("no wages in the past 12 months", pl.col("WAGP") == 0)
    ledger = _recode_work(_recode_pay(_bound_top_codes(ledger)))
    return _recode_person(ledger, gender=gender)


def _bound_top_codes(ledger: Ledger) -> Ledger:
    """Give top-coded wages their interval, and count them by state.

    The Census Bureau replaces wages at or above a state's cut-off by their mean. The cut-offs themselves are
    not at hand; a state's largest wage below the recorded mean is below its cut-off, so the interval
    from there upwards holds [cut-off, ∞).
    """
    state = pl.col("ST")
    top_code = state.replace_strict({s.fips: s.top_code for s in STATES.values()}, return_dtype=pl.Float64)
    is_top = pl.col("WAGP") == top_code
    largest_below = pl.col("WAGP").filter(~is_top).max().over(state)
    ledger = ledger.recode(
        pl.when(is_top).then(largest_below).alias("pay_low_usd"),
        pl.when(is_top).then(math.inf).alias("pay_high_usd"),
    )
    present = set(ledger.rows["ST"].unique())
    for code, declared in STATES.items():
        if declared.fips in present:
            rule = f"top-coded in {code}: the recorded value is a mean; low = largest wage below it, high = ∞"
            ledger = ledger.flag(rule, (state == declared.fips) & is_top)
    return ledger


def _recode_pay(ledger: Ledger) -> Ledger:
    full_year = pl.col("WKW") == "1"
    return ledger.recode(
        pl.when(full_year & (pl.col("WKHP") > 0))
        .then(pl.col("WAGP") / (WEEKS_PER_YEAR * pl.col("WKHP")))
        .alias("pay_hourly_usd"),
        (pl.col("WAGP") * pl.col("ADJINC") / 1e6).alias("pay_annual_real_usd"),
        pl.col("WKHP").alias("hours_weekly"),
        full_year.alias("full_year"),
        constant("pay_concept", "wage income"),
        constant("gross_net", "gross"),
        constant("currency", "USD"),
        constant("period", "year"),
    ).flag(
        f"implied hourly pay under {TIPPED_MINIMUM} USD, the lowest federal cash wage",
        pl.col("pay_hourly_usd") < TIPPED_MINIMUM,
    )


def _recode_work(ledger: Ledger) -> Ledger:
    sectors = pl.col("NAICSP", "SOCP").str.slice(0, 2)
    mapped = ledger.rows.with_columns(sectors).with_columns(
        pl.when(~pl.col(name).is_in(codes)).then(pl.col(name)).alias(name) for name, codes in UNMAPPED.items()
    )
    employment = (
        pl.when(pl.col("COW").is_in(SELF_EMPLOYED))
        .then(pl.lit("self-employed"))
        .when(pl.col("WKHP") >= 35)
        .then(pl.lit("full-time"))
        .when(pl.col("WKHP") < 35)
        .then(pl.lit("part-time"))
    )
    return ledger.recode(
        _levels(mapped, "NAICSP", "industry", INDUSTRY),
        _levels(mapped, "SOCP", "role_family", ROLE_FAMILY),
        pl.lit(mapped["SOCP"].replace_strict(ROLE, default=None, return_dtype=pl.String)).alias("role"),
        _levels(mapped, "COW", "org_kind", ORG_KIND),
        _levels(mapped, "JWTR", "work_mode", WORK_MODE),
        employment.cast(column("employment").dtype).alias("employment"),
    )


def _recode_person(ledger: Ledger, *, gender: bool) -> Ledger:
    names = {declared.fips: declared.name for declared in STATES.values()}
    schooling = pl.col("SCHL").replace_strict(SCHOOLING_YEARS, default=None, return_dtype=pl.Float64)
    asked_for = [_levels(ledger.rows, "SEX", "gender", GENDER)] if gender else []
    return ledger.recode(
        *asked_for,
        _levels(ledger.rows, "SCHL", "education", EDUCATION),
        (pl.col("AGEP") - schooling - 6.0).clip(lower_bound=0.0).alias("experience_years"),
        constant("experience_concept", "potential"),
        pl.col("AGEP").alias("age"),
        constant("country", "US"),
        pl.col("ST").replace_strict(names, return_dtype=pl.String).alias("region"),
        pl.col("PWGTP").alias("weight"),
        pl.concat_list(REPLICATE_NAMES).alias("replicate_weights"),
        pl.lit(YEAR, dtype=pl.Int32).alias("year"),
        pl.format("{}:{}", "file", "row").alias("record_id"),
        constant("source", SOURCE.key),
        constant("observation", "worker"),
    )


def _levels(rows: pl.DataFrame, name: str, into: str, levels: Mapping[str, str]) -> pl.Expr:
    return pl.lit(to_levels(rows, name, into, levels, source=SOURCE.key))


def _file(code: str) -> RawFile:
    name = f"csv_p{code.lower()}.zip"
    return RawFile(
        name=name,
        sha256=STATES[code].sha256,
        url=f"https://www2.census.gov/programs-surveys/acs/data/pums/{YEAR}/1-Year/{name}",
        mirror=f"acs_pums_{YEAR}/{name}",
    )


def _member(code: str) -> str:
    return f"psam_p{STATES[code].fips}.csv"


def _chosen(years: Sequence[int] | None, states: Sequence[str] | None) -> tuple[str, ...]:
    """Return the postal codes to read, in declared order; refuse every year and state not declared."""
    faults = [
        Fault(f"{SOURCE.key}: year {year}", "no file declared", f"{YEAR}", "ask for a declared year")
        for year in years or ()
        if year != YEAR
    ]
    faults += [unknown(f"{SOURCE.key}: state", state, STATES) for state in states or () if state not in STATES]
    if faults:
        raise DataError(*faults)
    return tuple(code for code in STATES if code in (states or _at_hand() or STATES))


def _at_hand() -> Collection[str]:
    """Return the states whose files are in data/raw or in the mirror folder."""
    mirror = mirror_folder()
    places = {code: [raw_folder(SOURCE.key) / _file(code).name] for code in STATES}
    if mirror is not None:
        for code in STATES:
            places[code].append(mirror / str(_file(code).mirror))
    return [code for code, paths in places.items() if any(path.is_file() for path in paths)]
