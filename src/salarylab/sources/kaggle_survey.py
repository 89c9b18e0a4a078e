"""Kaggle's survey of 2022: users of a site for data science and machine learning, half of them students.

The site asked its own users: over a third live in India, an eighth in the United States. Pay is a band, asked of
those who are no students; a band with two ends above zero also gives its geometric midpoint. The bottom band
(0 to 999 USD, an answer in seven) and the open top one have none: they stay intervals, so equations on
midpoints are about 1,000 to 1,000,000 USD, and interval equations about everyone; ``pay_low_usd > 0`` leaves out
the bottom band. The degree is one held or planned within two years. What pay includes was not said; it is taken
as total cash. Home is asked, and taken as the place of work too. Managers of every kind share one title, which
names no role.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from salarylab.errors import DataError, Fault
from salarylab.records import Records, from_ledger
from salarylab.records.amounts import middle
from salarylab.records.audit import Ledger
from salarylab.records.countries import to_country
from salarylab.records.doubts import doubt_hundredfold
from salarylab.records.postings import geometric_midpoint
from salarylab.records.reading import ROW, read_csv, read_member, require_header
from salarylab.records.recode import blank_to_null, constant, require_columns, to_levels
from salarylab.records.roles import ASSIGNED, assign
from salarylab.schema import column
from salarylab.source import Provenance, RawFile, Source, fetch, stamp

SOURCE = Source(
    key="kaggle_survey",
    title="Kaggle Machine Learning & Data Science Survey 2022",
    publisher="Kaggle",
    home="https://www.kaggle.com/competitions/kaggle-survey-2022",
    citation="Kaggle (2022). 2022 Kaggle Machine Learning & Data Science Survey.",
    licence="Kaggle competition data; terms not confirmed",
    redistribution="unclear",
    headline="Pay in bands, of users of Kaggle in 2022; degrees held or planned; a seventh of pay under 1,000 USD",
    asked=frozenset(
        {
            "pay_annual_usd",
            "pay_concept",
            "pay_doubt",
            "pay_low_usd",
            "pay_high_usd",
            "currency",
            "period",
            "education",
            "education_concept",
            "experience_years",
            "experience_low",
            "experience_high",
            "experience_concept",
            "age",
            "age_low",
            "age_high",
            "title",
            "skills",
            "employment",
            "country",
            "residence_country",
            "industry",
            "org_size",
        }
        | ASSIGNED
    ),
)

FILE = RawFile(
    name="kaggle-survey-2022.zip",
    sha256="a9f2b8e860ac30f15c4f367296dbdc037c6b97f509fe3042c54d6588fdedcc07",
    url="https://raw.githubusercontent.com/brunokiyoshi/state-of-ml/"
    "214b3a6872f9db8eac8215071954e14bab16a2e3/kaggle-survey-2022.zip",
    mirror="kaggle_survey_2022/kaggle-survey-2022.zip",
)
MEMBER = "kaggle_survey_2022_responses.csv"
YEAR = 2022

DURATION = "Duration (in seconds)"
REPEATED = "repeated"
"""Whether an answer equals an earlier one but for the time that it took."""

QUESTIONS: Mapping[str, str] = {
    "Q2": "What is your age",
    "Q3": "What is your gender?",
    "Q4": "In which country do you currently reside?",
    "Q5": "Are you currently a student?",
    "Q8": "What is the highest level of formal education that you have attained or plan to attain",
    "Q11": "For how many years have you been writing code",
    "Q23": "Select the title most similar to your current role",
    "Q24": "In what industry is your current employer",
    "Q25": "What is the size of the company where you are employed?",
    "Q29": "What is your current yearly compensation (approximate $USD)?",
}
"""How the text of each question begins, as the file's second line has it."""

TOOLS: Mapping[str, int] = {
    "Q12": 15,  # programming languages
    "Q13": 14,  # development environments
    "Q14": 16,  # hosted notebooks
    "Q15": 15,  # charts
    "Q17": 15,  # machine-learning frameworks
    "Q31": 12,  # cloud platforms
    "Q33": 5,  # cloud computing
    "Q34": 8,  # storage
    "Q35": 16,  # databases
    "Q36": 15,  # business intelligence
    "Q37": 13,  # managed machine learning
    "Q38": 8,  # automated machine learning
    "Q39": 12,  # serving
    "Q40": 15,  # monitoring
    "Q41": 9,  # responsible AI
}
"""Questions that name tools, and in how many columns: one column holds one tool's name, or nothing."""

TOOL_COLUMNS = tuple(f"{question}_{n}" for question, count in TOOLS.items() for n in range(1, count + 1))
OTHER = "Other"
NO_TOOL = ("None", "No / None", OTHER)
MISSING = ("", "nan")

EDUCATION = {
    "No formal education past high school": "secondary",
    "Some college/university study without earning a bachelor’s degree": "some college",
    "Bachelor’s degree": "bachelor",
    "Master’s degree": "master",
    "Professional doctorate": "professional",
    "Doctoral degree": "doctorate",
}
NOT_SAID = "I prefer not to answer"
NO_COUNTRY = ("Other", "I do not wish to disclose my location")
ANOTHER_COUNTRY = "another country"
"""The answer of those whose country the list does not have: an answer, and no code."""
GENDER = {
    "Woman": "female",
    "Man": "male",
    "Nonbinary": "another",
    "Prefer to self-describe": "another",
}
GENDER_NOT_SAID = "Prefer not to say"

STUDENT, NO_STUDENT = "Yes", "No"
NOT_EMPLOYED = "Currently not employed"
MANAGER = "Manager (Program, Project, Operations, Executive-level, etc)"

INDUSTRY = {
    "Academics/Education": "educational services",
    "Accounting/Finance": "finance and insurance",
    "Broadcasting/Communications": "information",
    "Computers/Technology": "information technology",
    "Energy/Mining": "energy",
    "Government/Public Service": "public administration",
    "Insurance/Risk Assessment": "finance and insurance",
    "Manufacturing/Fabrication": "manufacturing",
    "Marketing/CRM": "media and advertising",
    "Medical/Pharmaceutical": "health care and social assistance",
    "Non-profit/Service": "other services",
    "Online Service/Internet-based Services": "online services",
    "Other": "all other industries",
    "Retail/Sales": "retail trade",
    "Shipping/Transportation": "transportation and warehousing",
}
ORG_SIZE = {
    "0-49 employees": "under 50",
    "50-249 employees": "50 to 250",
    "250-999 employees": "250 to 999",
    "1000-9,999 employees": "1,000 to 9,999",
    "10,000 or more employees": "10,000 or more",
}

Band = tuple[float, float]

CODING: Mapping[str, Band] = {
    "I have never written code": (0.0, 0.0),
    "< 1 years": (0.0, 1.0),
    "1-3 years": (1.0, 3.0),
    "3-5 years": (3.0, 5.0),
    "5-10 years": (5.0, 10.0),
    "10-20 years": (10.0, 20.0),
    "20+ years": (20.0, math.inf),
}
# a person is 21 until the 22nd birthday, and a band of pay ends where the next begins
AGE: Mapping[str, Band] = {
    "18-21": (18.0, 22.0),
    "22-24": (22.0, 25.0),
    "25-29": (25.0, 30.0),
    "30-34": (30.0, 35.0),
    "35-39": (35.0, 40.0),
    "40-44": (40.0, 45.0),
    "45-49": (45.0, 50.0),
    "50-54": (50.0, 55.0),
    "55-59": (55.0, 60.0),
    "60-69": (60.0, 70.0),
    "70+": (70.0, math.inf),
}
PAY: Mapping[str, Band] = {
    "$0-999": (0.0, 1_000.0),
    "1,000-1,999": (1_000.0, 2_000.0),
    "2,000-2,999": (2_000.0, 3_000.0),
    "3,000-3,999": (3_000.0, 4_000.0),
    "4,000-4,999": (4_000.0, 5_000.0),
    "5,000-7,499": (5_000.0, 7_500.0),
    "7,500-9,999": (7_500.0, 10_000.0),
    "10,000-14,999": (10_000.0, 15_000.0),
    "15,000-19,999": (15_000.0, 20_000.0),
    "20,000-24,999": (20_000.0, 25_000.0),
    "25,000-29,999": (25_000.0, 30_000.0),
    "30,000-39,999": (30_000.0, 40_000.0),
    "40,000-49,999": (40_000.0, 50_000.0),
    "50,000-59,999": (50_000.0, 60_000.0),
    "60,000-69,999": (60_000.0, 70_000.0),
    "70,000-79,999": (70_000.0, 80_000.0),
    "80,000-89,999": (80_000.0, 90_000.0),
    "90,000-99,999": (90_000.0, 100_000.0),
    "100,000-124,999": (100_000.0, 125_000.0),
    "125,000-149,999": (125_000.0, 150_000.0),
    "150,000-199,999": (150_000.0, 200_000.0),
    "200,000-249,999": (200_000.0, 250_000.0),
    "250,000-299,999": (250_000.0, 300_000.0),
    "300,000-499,999": (300_000.0, 500_000.0),
    "$500,000-999,999": (500_000.0, 1_000_000.0),
    ">$1,000,000": (1_000_000.0, math.inf),
}


def load(gender: bool = False) -> Records:
    """Load the answers from the file that the user brought; ``gender=True`` keeps that sensitive column.

    Raises ``DataError``, with the licence, where the file is not at hand or is another one.
    """
    raw = read(fetch(SOURCE, FILE))
    files = (stamp(SOURCE, FILE, len(raw)),)
    asked = SOURCE.asked | ({"gender"} if gender else set())
    provenance = Provenance(SOURCE, files, SOURCE.headline, {"gender": gender})
    ledger = doubt_hundredfold(find_roles(clean(raw, gender=gender)), who="pay")
    return from_ledger(ledger, provenance, asked)


def read(path: Path) -> pl.DataFrame:
    """Return the archive's answers as text, with ``row`` and ``repeated``.

    The file's second line holds the questions: it belongs to the header, so it is no record, and ``row``
    counts from the line after it. Raises ``DataError`` where that line does not hold them.
    """
    table = read_csv(read_member(path, MEMBER, thing=SOURCE.key), thing=SOURCE.key)
    require_header(table.columns, [DURATION, *QUESTIONS, *TOOL_COLUMNS], thing=SOURCE.key)
    _require_questions(table.head(1))
    answers = table.slice(1).with_columns(pl.col(ROW) - 1)
    whole = pl.struct(pl.exclude(ROW, DURATION))
    answers = answers.with_columns((~whole.is_first_distinct()).alias(REPEATED))
    return answers.select(ROW, *QUESTIONS, *TOOL_COLUMNS, REPEATED)


def clean(raw: pl.DataFrame, *, gender: bool = False) -> Ledger:
    """Return canonical records from raw answers; none is removed, and those without pay stay."""
    require_columns(raw, [*QUESTIONS, *TOOL_COLUMNS, REPEATED], thing=SOURCE.key)
    ledger = _recode_pay(Ledger(blank_to_null(raw, MISSING)))
    ledger = _recode_job(_recode_person(ledger, gender=gender))
    return ledger.flag("repeats an earlier answer, time taken apart", pl.col(REPEATED)).recode(
        pl.lit(YEAR, dtype=pl.Int32).alias("year"),
        pl.format("{}:{}", pl.lit(MEMBER), ROW).alias("record_id"),
        constant("source", SOURCE.key),
        constant("observation", "worker"),
    )


def find_roles(ledger: Ledger) -> Ledger:
    """Give cleaned answers the role that their title names; the one answer of all managers names none."""
    manager = pl.col("title") == MANAGER
    ledger = ledger.flag("title of managers of every kind: no role", manager)
    ledger = ledger.recode(pl.when(~manager).then("title").alias("title_of_one_role"))
    return assign(ledger, title="title_of_one_role", skills="skills")


def _require_questions(line: pl.DataFrame) -> None:
    """Raise ``DataError`` where the file's second line is not the text of the questions."""
    told = line.row(0, named=True) if len(line) else {}
    faults = [
        Fault(f"{SOURCE.key}: second line, column {name!r}", "another text", f"{text!r} …", "check the file's release")
        for name, text in QUESTIONS.items()
        if not (told.get(name) or "").startswith(text)
    ]
    if faults:
        raise DataError(*faults)


def _bands(rows: pl.DataFrame, name: str, into: str, bands: Mapping[str, Band], unit: str = "") -> list[pl.Series]:
    """Return the two ends of a column's bands; raise ``DataError`` listing answers that are none of them."""
    strays = rows[name].filter(rows[name].is_not_null() & ~rows[name].is_in(list(bands)))
    if len(strays):
        listed = ", ".join(map(repr, strays.unique().sort().head(20)))
        known = ", ".join(map(repr, bands))
        raise DataError(
            Fault(f"{SOURCE.key}: column {name!r}", f"no band: {listed}", known, "check the file's release")
        )
    return [
        rows[name]
        .replace_strict({band: ends[i] for band, ends in bands.items()}, default=None, return_dtype=pl.Float64)
        .alias(f"{into}_{end}{unit}")
        for i, end in enumerate(("low", "high"))
    ]


def _recode_pay(ledger: Ledger) -> Ledger:
    """Give pay as the band stated, and as its geometric midpoint where it has one."""
    low, high = pl.col("pay_low_usd"), pl.col("pay_high_usd")
    ledger = ledger.recode([pl.lit(ends) for ends in _bands(ledger.rows, "Q29", "pay", PAY, "_usd")])
    midpoint = geometric_midpoint("pay_low_usd", "pay_high_usd")
    return (
        ledger.recode(
            pl.when((low > 0) & high.is_finite()).then(midpoint).alias("pay_annual_usd"),
            constant("pay_concept", "total cash"),
            constant("currency", "USD"),
            constant("period", "year"),
        )
        .flag("pay in the bottom band, under 1,000: an interval from 0, no midpoint", low == 0)
        .flag("pay in the open top band: an interval without end, no midpoint", high.is_infinite())
        .flag("pay not answered, or not asked of students", low.is_null())
        .flag("pay of a student, who was not asked", low.is_not_null() & (pl.col("Q5") == STUDENT))
    )


def _recode_person(ledger: Ledger, *, gender: bool) -> Ledger:
    rows = ledger.rows.with_columns(pl.col("Q3", "Q8").replace([NOT_SAID, GENDER_NOT_SAID], [None, None]))
    home = to_country(rows, "Q4", source=SOURCE.key, none_of_them=NO_COUNTRY)
    another = pl.when(rows["Q4"] == NO_COUNTRY[0]).then(pl.lit(ANOTHER_COUNTRY))
    home = rows.select(another.otherwise(home).alias("country"))["country"]
    asked_for = [to_levels(rows, "Q3", "gender", GENDER, source=SOURCE.key)] if gender else []
    withheld = {"degree not disclosed: none": pl.col("Q8") == NOT_SAID}
    withheld |= {"gender not disclosed: none": pl.col("Q3") == GENDER_NOT_SAID} if gender else {}
    recoded = [
        *_bands(rows, "Q11", "experience", CODING),
        *_bands(rows, "Q2", "age", AGE),
        to_levels(rows, "Q8", "education", EDUCATION, source=SOURCE.key),
        *asked_for,
    ]
    return (
        ledger.recode([pl.lit(answers) for answers in recoded])
        .recode(
            middle("experience_low", "experience_high").alias("experience_years"),
            middle("age_low", "age_high").alias("age"),
            pl.lit(home),
            pl.lit(home.alias("residence_country")),
            constant("education_concept", "held or planned"),
            constant("experience_concept", "coding"),
        )
        .flag("years of coding in an open band: its lower end", pl.col("experience_high").is_infinite())
        .flag("age in an open band: its lower end", pl.col("age_high").is_infinite())
        .flag("country not disclosed: none", pl.col("country").is_null())
        .flag_each(withheld)
    )


def _recode_job(ledger: Ledger) -> Ledger:
    rows, title = ledger.rows, pl.when(pl.col("Q23") != NOT_EMPLOYED).then("Q23")
    named = [pl.when(~pl.col(name).is_in(NO_TOOL)).then(name) for name in TOOL_COLUMNS]
    tools = pl.concat_list(named).list.drop_nulls().list.unique(maintain_order=True)
    return ledger.recode(
        pl.lit(to_levels(rows, "Q24", "industry", INDUSTRY, source=SOURCE.key)),
        pl.lit(to_levels(rows, "Q25", "org_size", ORG_SIZE, source=SOURCE.key)),
        pl.when(pl.any_horizontal(pl.col(TOOL_COLUMNS).is_not_null())).then(tools).alias("skills"),
        _employment().alias("employment"),
        title.alias("title"),
    ).flag_each(
        {
            "a student's, who was asked nothing about a job": pl.col("Q5") == STUDENT,
            "another tool than the list's: not kept": pl.any_horizontal(pl.col(TOOL_COLUMNS) == OTHER),
        }
    )


def _employment() -> pl.Expr:
    """Return who is a student, who works and who doesn't; hours were not asked."""
    told = (
        pl.when(pl.col("Q5") == STUDENT)
        .then(pl.lit("student"))
        .when(pl.col("Q23") == NOT_EMPLOYED)
        .then(pl.lit("not working"))
        .when(pl.col("Q23").is_not_null())
        .then(pl.lit("employed"))
    )
    return told.cast(column("employment").dtype)
