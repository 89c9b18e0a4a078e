"""The canonical table: every column and level that a pay record may carry.

One row is one pay observation (a worker's report, or one job posting) in one year. A column that a
source never asked is *not asked*: it is null throughout and not among ``Records.asked``. A null in a
column that it did ask is *not answered*. Levels are ``pl.Enum`` in declared order: the order and the
codes of ``pl.Categorical`` depend on what else the process has read. Numbers are Float64, so that no
later arithmetic can overflow a small integer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from salarylab.errors import Fault, VocabularyError, unknown

EDUCATION = (
    "below secondary",
    "secondary",
    "some college",
    "associate",
    "bachelor",
    "master",
    "bachelor or master",  # for sources that merged the two
    "professional",
    "doctorate",
    "professional or doctorate",  # for sources that merged the two
)
SENIORITY = ("intern", "junior", "mid", "senior", "staff", "lead", "head", "executive")
WORK_MODE = ("on-site", "hybrid", "remote", "worker's choice", "not remote")  # the last where no more was told
ROLE_FAMILY = ("core AI", "adjacent technical", "non-technical AI", "other tech", "other")
SKILL_AREAS = (
    "AI/ML",
    "cloud & MLOps",
    "security",
    "data engineering & analytics",
    "architecture & reliability",
)
NAICS_SECTORS = (
    "agriculture, forestry, fishing",
    "mining, oil and gas",
    "utilities",
    "construction",
    "manufacturing",
    "wholesale trade",
    "retail trade",
    "transportation and warehousing",
    "information",
    "finance and insurance",
    "real estate and rental",
    "professional, scientific, technical services",
    "management of companies",
    "administrative and waste services",
    "educational services",
    "health care and social assistance",
    "arts, entertainment, recreation",
    "accommodation and food services",
    "other services",
    "public administration",
)
INDUSTRY = (
    *NAICS_SECTORS,
    # for sources that cannot tell the sectors apart
    "non-durable manufacturing",
    "wholesale and retail trade",
    "transport, communication, utilities",
    "services",
    "professional services",
    "information technology",
    "online services",
    "media and advertising",
    "energy",
    "manufacturing, transport, supply chain",
    "retail and consumer services",
    "all other industries",
)
ORG_SIZE = (
    # bands overlap because sources band differently; one source uses one family of them, its edges to within one
    "just me",
    "under 10",
    "under 20",
    "under 50",
    "10 to 49",
    "20 to 99",
    "50 to 99",
    "50 to 199",
    "50 to 250",
    "100 to 499",
    "200 to 999",
    "250 to 999",
    "over 250",
    "500 to 999",
    "1,000 to 4,999",
    "1,000 to 9,999",
    "1,000 or more",
    "5,000 to 9,999",
    "10,000 or more",
)
ORG_KIND = (
    "private company",
    "start-up",
    "product company",
    "outsourcing",
    "outstaffing",
    "consulting",
    "in-house software",
    "public sector",
    "public or third sector",
    "non-profit",
    "self-employed",
    "another kind",
)
EMPLOYMENT = (
    "full-time",
    "part-time",
    "employed",  # hours not asked
    "contract",
    "temporary",
    "internship",
    "freelance",
    "self-employed",
    "student",
    "not working",
)
AI_USE = ("daily", "weekly", "monthly or less", "yes", "planned", "no")
PAY_CONCEPT = ("base", "total cash", "total with equity", "wage income", "advertised midpoint")
PAY_DOUBT = (
    "monthly",
    "annual again",
    "thousands",
    "currency",
    "ambiguous",
    "far out",
    "a hundredfold off",  # beside the median of the year, where no smaller cell judges
    "below the least stated",
    "above the most stated",
)
PERIOD = ("hour", "day", "week", "month", "year")


@dataclass(frozen=True, slots=True)
class Column:
    """Declare one canonical column: its name, type, group and meaning (unit included).

    ``derived`` marks what nobody is asked by itself: what cleaning works out, and what goes with another question.
    """

    name: str
    dtype: pl.DataType
    group: str
    meaning: str
    sensitive: bool = False
    minimum: float | None = None
    derived: bool = False

    @property
    def levels(self) -> tuple[str, ...]:
        """The declared levels in order; empty for columns that have none."""
        inner = self.dtype.inner if isinstance(self.dtype, pl.List) else self.dtype
        return tuple(inner.categories) if isinstance(inner, pl.Enum) else ()


def _text(name: str, group: str, meaning: str, *, derived: bool = False) -> Column:
    return Column(name, pl.String(), group, meaning, derived=derived)


def _number(name: str, group: str, meaning: str, minimum: float | None = 0.0, *, derived: bool = False) -> Column:
    return Column(name, pl.Float64(), group, meaning, minimum=minimum, derived=derived)


def _level(
    name: str,
    group: str,
    levels: tuple[str, ...],
    meaning: str,
    *,
    sensitive: bool = False,
    derived: bool = False,
) -> Column:
    return Column(name, pl.Enum(levels), group, meaning, sensitive=sensitive, derived=derived)


COLUMNS: tuple[Column, ...] = (
    _text("record_id", "identity", "stable within a source: file and row number of the raw answer", derived=True),
    _text("source", "identity", "key of the source", derived=True),
    Column("year", pl.Int32(), "identity", "calendar year the pay refers to", derived=True),
    _level("observation", "identity", ("worker", "posting"), "who speaks: a worker, or a job posting", derived=True),
    _number("weight", "identity", "persons that this row stands for", minimum=None, derived=True),
    Column(
        "replicate_weights",
        pl.List(pl.Float64()),
        "identity",
        "the survey's replicate weights, in order; zero or negative is legal",
        derived=True,
    ),
    _text("cluster", "identity", "rows that are not independent of each other share a value", derived=True),
    Column(
        "imputed",
        pl.List(pl.String()),
        "identity",
        "columns whose answer the publisher filled in; empty: none of them; null: the source says nothing of it",
        derived=True,
    ),
    _text(
        "also_in", "identity", "key of another source that may hold the same posting: never pool the two", derived=True
    ),
    _number("pay_annual_usd", "pay", "USD a year, nominal, at the market rate"),
    _number("pay_hourly_usd", "pay", "USD an hour, nominal, at the market rate, where hours are known", derived=True),
    _level("pay_concept", "pay", PAY_CONCEPT, "what the pay figure includes", derived=True),
    _level("gross_net", "pay", ("gross", "net"), "before or after the worker's own taxes", derived=True),
    _number("pay_low_usd", "pay", "USD a year: lower end of a band, posted range or top code", derived=True),
    _number("pay_high_usd", "pay", "USD a year: upper end; infinite for a top code", derived=True),
    _number(
        "pay_arithmetic_midpoint_usd", "pay", "USD a year: (low + high) / 2, beside the geometric one", derived=True
    ),
    _level(
        "pay_doubt",
        "pay",
        PAY_DOUBT,
        "why pay is doubted: a slip of unit or currency not mended, far from what is usual, outside the bounds stated",
        derived=True,
    ),
    _number("base_usd", "pay", "USD a year: base pay"),
    _number("bonus_usd", "pay", "USD a year: cash bonus"),
    _number("equity_usd", "pay", "USD a year: equity at face value"),
    _text("currency", "pay", "ISO 4217 code in which pay was stated", derived=True),
    _level("period", "pay", PERIOD, "period in which pay was stated", derived=True),
    _number("pay_annual_local", "pay", "local currency a year, nominal", derived=True),
    _number("pay_annual_ppp", "pay", "international dollars a year, at purchasing power parity", derived=True),
    _number("pay_annual_real_usd", "pay", "USD a year at the prices of the source's stated year", derived=True),
    _level("education", "person", EDUCATION, "highest degree held"),
    _level("education_concept", "person", ("held", "held or planned"), "which degree was asked for", derived=True),
    _text("field_of_study", "person", "field of the highest degree, or of the first one where the source asked that"),
    _number("experience_years", "person", "years of experience, of the stated concept; the middle of a stated band"),
    _number(
        "experience_low", "person", "years: lower end of a stated band; null where a number was stated", derived=True
    ),
    _number(
        "experience_high",
        "person",
        "years: where a stated band ends and the next begins; infinite if open",
        derived=True,
    ),
    _level(
        "experience_concept",
        "person",
        ("potential", "professional", "total", "coding"),
        "potential = age − schooling − 6; professional = in the occupation; total = any work; coding = writing code",
        derived=True,
    ),
    _number("age", "person", "years; the middle of a stated band"),
    _number("age_low", "person", "years: lower end of a stated band; null where a number was stated", derived=True),
    _number(
        "age_high", "person", "years: where a stated band ends and the next begins; infinite if open", derived=True
    ),
    _level("gender", "person", ("female", "male", "another"), "sensitive: off unless asked for", sensitive=True),
    _text("title", "job", "job title as stated"),
    _text("role", "job", "role, by a source's own list or a crosswalk", derived=True),
    _level("role_family", "job", ROLE_FAMILY, "family of roles", derived=True),
    Column(
        "skill_areas", pl.List(pl.Enum(SKILL_AREAS)), "job", "areas of skill that the job or worker names", derived=True
    ),
    Column("skills", pl.List(pl.String()), "job", "skills, languages and tools named"),
    _level("ai_use", "job", AI_USE, "how often AI tools are used at work"),
    _level("seniority", "job", SENIORITY, "level of seniority"),
    _level("track", "job", ("individual contributor", "manager"), "does the job lead people"),
    _level("employment", "job", EMPLOYMENT, "form of employment"),
    _number("tenure_years", "job", "years with this employer"),
    _number("hours_weekly", "job", "usual paid hours a week"),
    Column("full_year", pl.Boolean(), "job", "paid for at least 50 weeks of the year"),
    _text("country", "place", "ISO 3166-1 alpha-2 code of the workplace"),
    _text("residence_country", "place", "ISO 3166-1 alpha-2 code of the worker's home"),
    _text("region", "place", "state, province or region of the workplace"),
    _level("work_mode", "place", WORK_MODE, "where the work is done"),
    _number("remote_share", "place", "share of working time away from the employer's site, 0 to 1", derived=True),
    _level("industry", "employer", INDUSTRY, "NAICS sector of the employer"),
    Column("domains", pl.List(pl.String()), "employer", "fields that the product or project serves, as stated"),
    _level("org_size", "employer", ORG_SIZE, "employees of the employer"),
    _level("org_kind", "employer", ORG_KIND, "kind of employer"),
    _text("employer", "employer", "employer's name"),
)

BY_NAME: dict[str, Column] = {column.name: column for column in COLUMNS}


def column(name: str) -> Column:
    """Return the declaration of one canonical column.

    Raises ``VocabularyError`` for a name that is not canonical, with a suggestion.

    >>> column("work_mode").levels
    ('on-site', 'hybrid', 'remote', "worker's choice", 'not remote')
    """
    if name not in BY_NAME:
        raise VocabularyError(unknown("column", name, BY_NAME))
    return BY_NAME[name]


EXPERIENCE_KINDS = {"potential": "potential", "coding": "coding"}
"""Concepts of experience that a label names: age less years of schooling less 6, and years of writing code."""


def experience_kind(table: pl.DataFrame) -> str:
    """Return how years of experience are called wherever they are known; empty where they are work, or several kinds.

    >>> experience_kind(conform(pl.DataFrame({"age": [40.0]})))
    ''
    """
    found = table["experience_concept"].drop_nulls().unique().to_list()
    return EXPERIENCE_KINDS.get(found[0], "") if len(found) == 1 else ""


def conform(table: pl.DataFrame) -> pl.DataFrame:
    """Return the table with every canonical column, in order and of its declared type.

    Columns that the table lacks become null (*not asked*). Raises ``VocabularyError`` naming every
    column that is not canonical, has another type than declared, or holds a number out of bounds.
    """
    faults = [unknown("column", name, BY_NAME) for name in table.columns if name not in BY_NAME]
    for declared in COLUMNS:
        if declared.name in table.columns:
            faults += _column_faults(table, declared)
    if faults:
        raise VocabularyError(*faults)
    return table.select(
        pl.col(c.name) if c.name in table.columns else pl.lit(None, dtype=c.dtype).alias(c.name) for c in COLUMNS
    )


def _column_faults(table: pl.DataFrame, declared: Column) -> list[Fault]:
    """Return what is wrong with one column that is present: its type, or numbers out of bounds."""
    found: Any = table.schema[declared.name]
    if found != declared.dtype:
        return [Fault(f"column {declared.name!r}", f"type {found}", f"type {declared.dtype}", "cast it in the cleaner")]
    if not isinstance(declared.dtype, pl.Float64):
        return []
    values = table[declared.name]
    bad = int(values.is_nan().sum())
    if declared.minimum is not None:
        bad += int((values < declared.minimum).sum())
    if not bad:
        return []
    bound = "a number" if declared.minimum is None else f"a number of at least {declared.minimum:g}"
    return [
        Fault(f"column {declared.name!r}", f"{bad} values below it or not a number", bound, "reject or mend these rows")
    ]
