"""Levels.fyi: pay that users of a site for technology workers typed in, June 2017 to August 2021.

Whoever looked up offers was asked for base, stock, bonus and total a year, in USD; most work for large US
firms and are paid well. A part of 0 is a part not given. The degree is known of one in a hundred in
2017–18, of two thirds in 2021, so the period is part of any comparison by degree. Years of experience are
taken as professional, the form says no more. Levels are each firm's own ladder and give no seniority; they
only tell who leads people, where they say so. Rows of one employer share a cluster. Pay that looks like a slip
beside that of its country and role is marked in ``pay_doubt``, never mended. Race is never kept, free text neither.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from salarylab.records import Records, from_ledger
from salarylab.records.audit import Ledger
from salarylab.records.countries import GONE, to_country, us_state
from salarylab.records.reading import ROW, read_csv, read_member
from salarylab.records.recode import blank_to_null, constant, require_columns, require_numbers, to_levels
from salarylab.records.roles import ASSIGNED, assign
from salarylab.records.slips import find_slips
from salarylab.schema import column
from salarylab.source import Break, Provenance, RawFile, Source, fetch, stamp

SOURCE = Source(
    key="levels_fyi",
    title="Levels.fyi submissions 2017 to 2021 (Kaggle: data science and STEM salaries)",
    publisher="levels.fyi (user submissions), via Kaggle",
    home="https://www.kaggle.com/datasets/jackogozaly/data-science-and-stem-salaries",
    citation="levels.fyi user submissions 2017-2021, Kaggle data set data-science-and-stem-salaries.",
    licence="unclear: the site's terms may forbid passing it on",
    redistribution="unclear",
    headline="Pay that users of Levels.fyi typed in, equity at face value; not a sample of workers",
    asked=frozenset(
        {
            "cluster",
            "pay_annual_usd",
            "pay_doubt",
            "pay_concept",
            "gross_net",
            "base_usd",
            "equity_usd",
            "bonus_usd",
            "currency",
            "period",
            "education",
            "education_concept",
            "experience_years",
            "experience_concept",
            "title",
            "skills",
            "domains",
            "track",
            "tenure_years",
            "country",
            "region",
            "employer",
        }
        | ASSIGNED
    ),
    breaks=(
        Break(
            2020, "the degree is known of 1 to 8 percent before 2020, of 56 to 69 percent from then on", ("education",)
        ),
    ),
    clusters_are="employer",
)

FILE = RawFile(
    name="Levels_Fyi_Salary_Data.csv.zip",
    sha256="7e49292a6753dc3aff48f48ea87f5882f193eeebc6b1bf8766a5a81d44953805",
    url="https://raw.githubusercontent.com/MA615-LillianW/MA678-Midterm-Project/"
    "26d750a7310106c6920cbb827fbd1cf79079e9ad/Levels_Fyi_Salary_Data.csv.zip",
    mirror="levels_fyi/Levels_Fyi_Salary_Data.csv.zip",
)
MEMBER = "Levels_Fyi_Salary_Data.csv"

FLAGS = ("Masters_Degree", "Bachelors_Degree", "Doctorate_Degree", "Highschool", "Some_College")
NUMBERS = (
    *("totalyearlycompensation", "basesalary", "stockgrantvalue", "bonus"),
    *("yearsofexperience", "yearsatcompany", *FLAGS),
)
TEXTS = ("timestamp", "company", "level", "title", "location", "tag", "Education")
NEVER_KEPT = (
    *("Race_Asian", "Race_White", "Race_Two_Or_More", "Race_Black", "Race_Hispanic", "Race"),
    *("otherdetails", "cityid", "dmaid"),
)
COLUMNS = (*TEXTS, *NUMBERS, "gender", "rowNumber", *NEVER_KEPT)

REPEATED = "repeated"
"""Whether a submission equals an earlier one but for its time stamp and number."""

EDUCATION = {
    "Highschool": "secondary",
    "Some College": "some college",
    "Bachelor's Degree": "bachelor",
    "Master's Degree": "master",
    "PhD": "doctorate",
}
DEGREE_FLAG = {"master": "Masters_Degree", "bachelor": "Bachelors_Degree", "doctorate": "Doctorate_Degree"}
GENDER = {"Female": "female", "Male": "male", "Other": "another"}
PARTS = {"base_usd": "base pay", "equity_usd": "stock", "bonus_usd": "bonus"}

ENGINEER, ENGINEERING_MANAGER = "Software Engineer", "Software Engineering Manager"
TECHNICAL = (ENGINEER, ENGINEERING_MANAGER, "Data Scientist", "Hardware Engineer", "Mechanical Engineer")
"""Titles whose tag is a skill (back end, ML / AI); of the others it is the field that the work serves."""

MOST_YEARS = 60.0
"""Years of work beyond which a figure is no answer."""

LEADS = r"(?i)\b(manager|sdm|director|head|vp|vice president)\b"
LEADS_NOBODY = r"^ICT?-?\d"


def load(gender: bool = False) -> Records:
    """Load the submissions from the file that the user brought; ``gender=True`` keeps that sensitive column.

    Raises ``DataError``, with the licence, where the file is not at hand or is another one.
    """
    raw = read(fetch(SOURCE, FILE))
    files = (stamp(SOURCE, FILE, len(raw)),)
    asked = SOURCE.asked | ({"gender"} if gender else set())
    provenance = Provenance(SOURCE, files, SOURCE.headline, {"gender": gender})
    ledger = find_doubts(assign(clean(raw, gender=gender), skills="skills"))
    return from_ledger(ledger, provenance, asked)


def read(path: Path) -> pl.DataFrame:
    """Return the archive's table as text with ``row`` and ``repeated``, less what is never kept."""
    table = read_csv(read_member(path, MEMBER, thing=SOURCE.key), thing=SOURCE.key, columns=COLUMNS)
    whole = pl.struct(pl.exclude(ROW, "timestamp", "rowNumber"))
    return table.with_columns((~whole.is_first_distinct()).alias(REPEATED)).drop(NEVER_KEPT)


def clean(raw: pl.DataFrame, *, gender: bool = False) -> Ledger:
    """Return canonical records from raw rows; no row is removed, every doubt is counted."""
    require_columns(raw, [*TEXTS, *NUMBERS, REPEATED, *(["gender"] if gender else [])], thing=SOURCE.key)
    raw = blank_to_null(raw if gender else raw.drop("gender", strict=False))
    require_numbers(raw, NUMBERS, thing=SOURCE.key)
    ledger = _recode_pay(Ledger(raw).recode(pl.col(NUMBERS).cast(pl.Float64)))
    ledger = _recode_job(_recode_person(_recode_place(ledger), gender=gender))
    return ledger.flag("repeats an earlier submission, time stamp and number apart", pl.col(REPEATED)).recode(
        pl.col("timestamp").str.extract(r"^\d{1,2}/\d{1,2}/(\d{4}) ").cast(pl.Int32).alias("year"),
        pl.format("{}:{}", pl.lit(MEMBER), ROW).alias("record_id"),
        constant("source", SOURCE.key),
        constant("observation", "worker"),
    )


def find_doubts(ledger: Ledger) -> Ledger:
    """Mark pay that looks like a slip of unit beside that of its country and role; the ledger needs ``role``."""
    return find_slips(ledger, by=["country", "role"], cells=[["country"]], confusable=(), who="submissions")


def _recode_pay(ledger: Ledger) -> Ledger:
    """Flag parts that don't make the total, then take parts of 0 as not given."""
    total, base = pl.col("pay_annual_usd"), pl.col("base_usd")
    ledger = ledger.recode(
        pl.col("totalyearlycompensation").alias("pay_annual_usd"),
        pl.col("basesalary").alias("base_usd"),
        pl.col("stockgrantvalue").alias("equity_usd"),
        pl.col("bonus").alias("bonus_usd"),
    )
    parts = pl.sum_horizontal(*PARTS)
    ledger = (
        ledger.flag("parts don't make the total", parts != total)
        .flag("base given, and parts off the total by 5% or more", (base > 0) & ((parts - total).abs() >= 0.05 * total))
        .flag("base above the total", base > total)
        .flag("total under 20,000: thousands, or another currency", total < 20_000)
    )
    for name, said in PARTS.items():
        unknown = pl.lit(None, dtype=pl.Float64).alias(name)
        ledger = ledger.repair(f"{said} of 0 is not given: a true zero can't be told", pl.col(name) == 0, unknown)
    return ledger.recode(
        constant("pay_concept", "total with equity"), constant("gross_net", "gross"), constant("period", "year")
    )


def _recode_place(ledger: Ledger) -> Ledger:
    """Read the state where a place ends in one, else the country that it ends in."""
    ledger = ledger.recode(
        us_state("location").alias("region"),
        pl.col("location").str.extract(r"(Korea, South|[^,]+)$").str.strip_chars().alias("last_part"),
    )
    abroad = ledger.rows.select(pl.when(pl.col("region").is_null()).then("last_part").alias("location"))
    countries = to_country(abroad, "location", source=SOURCE.key, none_of_them=GONE)
    return (
        ledger.recode(
            pl.when(pl.col("region").is_not_null()).then(pl.lit("US")).otherwise(countries).alias("country"),
            pl.when(pl.col("region").is_not_null()).then(pl.lit("USD")).alias("currency"),
        )
        .flag("place outside the US states: the currency of entry is unknown", pl.col("currency").is_null())
        .flag("place in a country that is no more: no country", pl.col("last_part").is_in(GONE))
        .flag("place not given: no country", pl.col("location").is_null())
    )


def _recode_person(ledger: Ledger, *, gender: bool) -> Ledger:
    education = to_levels(ledger.rows, "Education", "education", EDUCATION, source=SOURCE.key)
    ledger = ledger.recode(
        pl.lit(education),
        constant("education_concept", "held"),
        constant("experience_concept", "professional"),
        pl.col("yearsofexperience").alias("experience_years"),
        pl.col("yearsatcompany").alias("tenure_years"),
    )
    years = {"experience_years": "of experience", "tenure_years": "with the employer"}
    for name, said in years.items():
        unknown = pl.lit(None, dtype=pl.Float64).alias(name)
        ledger = ledger.repair(f"more than {MOST_YEARS:.0f} years {said}: emptied", pl.col(name) > MOST_YEARS, unknown)
    ledger = (
        ledger.flag("degree not given", pl.col("education").is_null())
        .flag("flags of both a master's and a bachelor's degree", _flag("master") & _flag("bachelor"))
        .flag("flag of a doctorate, but the degree is given as another", _flag("doctorate") & _is_not("doctorate"))
        .flag("more years with the employer than in all", pl.col("tenure_years") > pl.col("experience_years"))
    )
    if not gender:
        return ledger
    ledger = ledger.repair(
        "gender that is none of the form's answers",
        ~pl.col("gender").is_in(list(GENDER)),
        pl.lit(None, dtype=pl.String).alias("gender"),
    )
    return ledger.recode(pl.lit(to_levels(ledger.rows, "gender", "gender", GENDER, source=SOURCE.key)))


def _recode_job(ledger: Ledger) -> Ledger:
    """Give the title, whom it leads, what the tag says, and the firm by one spelling."""
    tags, employer = pl.concat_list("tag"), pl.col("company").str.to_lowercase()
    technical, tagged = pl.col("title").is_in(TECHNICAL), pl.col("tag").is_not_null()
    return ledger.recode(
        pl.when(technical & tagged).then(tags).alias("skills"),
        pl.when(~technical & tagged).then(tags).alias("domains"),
        _track().cast(column("track").dtype).alias("track"),
        employer.alias("employer"),
        employer.alias("cluster"),
    ).flag("employer not given: in no cluster", pl.col("employer").is_null())


def _track() -> pl.Expr:
    """Return who leads people: the publisher parts engineers from their managers; of others only IC levels say."""
    leads, level = pl.col("level").str.contains(LEADS), pl.col("level").str.contains(LEADS_NOBODY)
    manager = pl.col("title") == ENGINEERING_MANAGER
    own_work = ((pl.col("title") == ENGINEER) & ~leads.fill_null(False)) | level.fill_null(False)
    return (
        pl.when(manager & ~own_work)
        .then(pl.lit("manager"))
        .when(own_work & ~manager)
        .then(pl.lit("individual contributor"))
    )


def _flag(degree: str) -> pl.Expr:
    return pl.col(DEGREE_FLAG[degree]) == 1


def _is_not(degree: str) -> pl.Expr:
    return pl.col("education").cast(pl.String) != degree
