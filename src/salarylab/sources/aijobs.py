"""ai-jobs: the salary index of AI, machine-learning and data jobs, which is a list of postings.

The publisher calls it a survey. From 2022 on its rows are the two ends of posted ranges, high then low,
in file order: they are paired first, then collapsed, then exact repeats are dropped
(``keep_repeats=True`` keeps them). Pay is the geometric midpoint of the range, at the publisher's own
conversion to USD, which uses one rate per currency and year.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from salarylab.errors import DataError, Fault
from salarylab.records import Records, from_ledger
from salarylab.records.audit import Ledger
from salarylab.records.doubts import doubt_hundredfold
from salarylab.records.postings import (
    ROW,
    arithmetic_midpoint,
    collapse_pairs,
    drop_repeats,
    geometric_midpoint,
    signature,
)
from salarylab.records.reading import read_csv
from salarylab.records.recode import blank_to_null, constant, require_columns, require_numbers, to_levels
from salarylab.records.roles import ASSIGNED, assign
from salarylab.source import Break, Provenance, RawFile, Source, fetch, stamp

SOURCE = Source(
    key="aijobs",
    title="Global AI, ML, Data Science Salary Index, file of 2025-01-19",
    publisher="foorilla (aijobs.net)",
    home="https://github.com/foorilla/ai-jobs-net-salaries",
    citation="aijobs.net / foorilla (2025). Global AI, ML, Data Science Salary Index, file of 2025-01-19.",
    licence="CC0-1.0",
    redistribution="free",
    headline="Advertised midpoints, not pay: ai-jobs postings",
    asked=frozenset(
        {
            "cluster",
            "pay_annual_usd",
            "pay_concept",
            "pay_doubt",
            "gross_net",
            "pay_low_usd",
            "pay_high_usd",
            "pay_arithmetic_midpoint_usd",
            "currency",
            "period",
            "pay_annual_local",
            "title",
            "seniority",
            "employment",
            "country",
            "residence_country",
            "work_mode",
            "remote_share",
            "org_size",
        }
        | ASSIGNED
    ),
    years=tuple(range(2020, 2026)),
    breaks=(
        Break(
            2022,
            "a survey of 293 answers becomes a list of postings: ranges in pairs rise from 5 to 86 percent of rows, "
            "the US from 45 to 81 percent",
        ),
    ),
    clusters_are="posting",
)

FILE = RawFile(
    name="salaries.csv",
    sha256="fce1318d2fa6f574cd36ce192bf3c38debcb61892d15255eb8f772a05e4a5aef",
    url="https://raw.githubusercontent.com/foorilla/ai-jobs-net-salaries/"
    "9c225876510af8fbdabdb7ca39d1a6d44be0072b/salaries.csv",
    mirror="aijobs/salaries.csv",
)

IDENTITY = (
    "work_year",
    "experience_level",
    "employment_type",
    "job_title",
    "salary_currency",
    "employee_residence",
    "remote_ratio",
    "company_location",
    "company_size",
)
"""Every field of a posting but its pay."""

COLUMNS = (*IDENTITY, "salary", "salary_in_usd")

NUMBERS = ("work_year", "salary", "salary_in_usd", "remote_ratio")

SENIORITY = {"EN": "junior", "MI": "mid", "SE": "senior", "EX": "executive"}
EMPLOYMENT = {"FT": "full-time", "PT": "part-time", "CT": "contract", "FL": "freelance"}
WORK_MODE = {"0": "on-site", "50": "hybrid", "100": "remote"}
ORG_SIZE = {"S": "under 50", "M": "50 to 250", "L": "over 250"}


def load(keep_repeats: bool = False, years: Sequence[int] | None = None) -> Records:
    """Load the postings: ``keep_repeats`` keeps exact repeats of a posting, ``years`` keeps those years.

    Raises ``DataError`` where the file is not the declared one, lacks a column, holds a level that is not
    mapped, or has no row of an asked year.
    """
    path = fetch(SOURCE, FILE)
    raw = read(path)
    ledger = doubt_hundredfold(clean(raw, keep_repeats=keep_repeats, years=years), who="pay")
    files = (stamp(SOURCE, FILE, len(raw)),)
    options = {"keep_repeats": keep_repeats, "years": list(years) if years else None}
    return from_ledger(assign(ledger), Provenance(SOURCE, files, SOURCE.headline, options))


def read(path: Path) -> pl.DataFrame:
    """Return the file's cells as text, with ``row``, the number of the data row in file order from 1.

    Raises ``DataError`` where the file is no table or lacks a column.
    """
    return read_csv(path, thing=f"{SOURCE.key}: {path.name}", columns=COLUMNS)


def clean(raw: pl.DataFrame, *, keep_repeats: bool = False, years: Sequence[int] | None = None) -> Ledger:
    """Return canonical postings from raw rows in file order: paired, then chosen, then recoded."""
    require_columns(raw, COLUMNS, thing=SOURCE.key)
    # only an empty cell is missing: NA is Namibia
    raw = blank_to_null(raw, words=("",))
    numbers = require_numbers(raw, NUMBERS, thing=SOURCE.key)
    ledger = Ledger(raw.with_columns(numbers.select("salary", "salary_in_usd")))
    ledger = collapse_pairs(ledger, pay="salary_in_usd", identity=IDENTITY, also=["salary"])
    ledger = ledger.recode(
        geometric_midpoint("pay_low", "pay_high").alias("pay_annual_usd"),
        pl.col("work_year").cast(pl.Int32).alias("year"),
    )
    if years:
        ledger = _only_years(ledger, years)
    if not keep_repeats:
        ledger = drop_repeats(ledger, IDENTITY)
    return _recode_pay(_recode_job(ledger))


def _only_years(ledger: Ledger, years: Sequence[int]) -> Ledger:
    """Remove the postings of other years, as a counted step."""
    known = ledger.rows["year"].unique().sort().to_list()
    absent = [year for year in years if year not in known]
    if absent:
        raise DataError(
            Fault(
                f"{SOURCE.key}: years",
                f"no row of {', '.join(map(str, absent))}",
                f"some of {', '.join(map(str, known))}",
                "ask for years that the file holds",
            )
        )
    told = ", ".join(map(str, sorted(years)))
    return ledger.reject(f"year other than asked for ({told})", ~pl.col("year").is_in(list(years)))


def _recode_job(ledger: Ledger) -> Ledger:
    rows = ledger.rows
    recoded = [
        to_levels(rows, "experience_level", "seniority", SENIORITY, source=SOURCE.key),
        to_levels(rows, "employment_type", "employment", EMPLOYMENT, source=SOURCE.key),
        to_levels(rows, "remote_ratio", "work_mode", WORK_MODE, source=SOURCE.key),
        to_levels(rows, "company_size", "org_size", ORG_SIZE, source=SOURCE.key),
    ]
    return ledger.recode(
        *(pl.lit(levels) for levels in recoded),
        signature(IDENTITY).alias("cluster"),
        (pl.col("remote_ratio").cast(pl.Float64) / 100.0).alias("remote_share"),
        pl.col("job_title").alias("title"),
        pl.col("company_location").alias("country"),
        pl.col("employee_residence").alias("residence_country"),
        pl.format("{}:{}", pl.lit(FILE.name), ROW).alias("record_id"),
        constant("source", SOURCE.key),
        constant("observation", "posting"),
    )


def _recode_pay(ledger: Ledger) -> Ledger:
    return ledger.recode(
        pl.col("pay_low").alias("pay_low_usd"),
        pl.col("pay_high").alias("pay_high_usd"),
        arithmetic_midpoint("pay_low", "pay_high").alias("pay_arithmetic_midpoint_usd"),
        geometric_midpoint("salary_low", "salary_high").alias("pay_annual_local"),
        pl.col("salary_currency").alias("currency"),
        constant("pay_concept", "advertised midpoint"),
        constant("gross_net", "gross"),
        constant("period", "year"),
    )
