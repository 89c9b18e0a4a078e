"""Data-job postings of 2023 with stated pay, as a web search for jobs found them (datanerd.tech).

A posting's pay is the arithmetic midpoint of what was advertised, a year or an hour; the ends of the range
are not in the file, so the geometric midpoint of other sources can't be made: at a usual range the arithmetic
one is one to two percent higher. Hourly pay becomes annual by 2,080 hours where the posting says full-time
and nothing else.

A role is what the full title names by the crosswalk. Only where it names none is the publisher's short title
taken, a third party's classifier: it disagrees with the crosswalk in 15 of 100 postings. Work is remote where
the place is "Anywhere"; elsewhere no more is told than that it is not.

Postings that came by way of Ai-Jobs.net may also stand in source ``aijobs``; ``keep_overlap=False`` leaves them
out. Half of them share twelve pay figures (of the others a third), so that some may be that site's estimates.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from salarylab.errors import DataError, Fault
from salarylab.records import Records, from_ledger
from salarylab.records.audit import Ledger
from salarylab.records.countries import to_country, us_state
from salarylab.records.doubts import doubt_hundredfold
from salarylab.records.postings import ROW, is_repeat, mark_overlap, signature
from salarylab.records.reading import read_sheet, require_header
from salarylab.records.recode import constant, to_levels
from salarylab.records.roles import ASSIGNED, assign, classify, seniority_of
from salarylab.records.roles.role_list import ROLE_LIST
from salarylab.schema import column
from salarylab.source import Provenance, RawFile, Source, fetch, stamp
from salarylab.units import HOURS_PER_YEAR

SOURCE = Source(
    key="datajobs",
    title="Data job postings of 2023 with stated pay",
    publisher="Luke Barousse (datanerd.tech)",
    home="https://github.com/lukebarousse/Excel_Data_Analytics_Course",
    citation="Barousse, L. Data job postings of 2023 with stated pay (datanerd.tech), from job search results.",
    licence="none stated in the publisher's repository",
    redistribution="unclear",
    headline="Advertised pay, arithmetic midpoints: data-job postings of 2023; not to be set beside geometric ones",
    asked=frozenset(
        {
            "cluster",
            "also_in",
            "pay_annual_usd",
            "pay_hourly_usd",
            "pay_concept",
            "pay_doubt",
            "gross_net",
            "pay_arithmetic_midpoint_usd",
            "period",
            "title",
            "skills",
            "seniority",
            "employment",
            "country",
            "region",
            "work_mode",
            "employer",
        }
        | ASSIGNED
    ),
    clusters_are="posting",
)

FILE = RawFile(
    name="data_jobs_salary_all.xlsx",
    sha256="8cce18c42efea76adc5f895b66450dcb3146b34fa18f7619aa88c6969ea025c5",
    url="https://raw.githubusercontent.com/lukebarousse/Excel_Data_Analytics_Course/"
    "83894a8a693ea9253cf7107fdf05df99230cff64/0_Resources/Datasets/data_jobs_salary_all.xlsx",
    mirror="datajobs_2023/data_jobs_salary_all.xlsx",
)

TYPES: Mapping[str, pl.DataType] = {
    "job_title_short": pl.String(),
    "job_title": pl.String(),
    "job_location": pl.String(),
    "job_via": pl.String(),
    "job_schedule_type": pl.String(),
    "job_work_from_home": pl.Boolean(),
    "job_posted_date": pl.Datetime("ms"),
    "job_country": pl.String(),
    "salary_rate": pl.String(),
    "salary_year_avg": pl.Float64(),
    "salary_hour_avg": pl.Float64(),
    "company_name": pl.String(),
    "job_skills": pl.String(),
}
"""The columns read. The flags "no degree mentioned" and "health insurance" have no canonical column."""

IDENTITY = ("job_title_short", "job_title", "company_name", "job_location")
PAY = ("salary_year_avg", "salary_hour_avg")
REPEAT = "repeats an earlier posting: title, company, place and pay"

SENIOR = "Senior "
ROLE = {
    # the publisher's short titles, "Senior" taken off
    "Business Analyst": "business analyst",
    "Cloud Engineer": "cloud engineer",
    "Data Analyst": "data analyst",
    "Data Engineer": "data engineer",
    "Data Scientist": "data scientist",
    "Machine Learning Engineer": "machine learning engineer",
    "Software Engineer": "software engineer",
}
_FAMILIES = {role.name: role.family for role in ROLE_LIST}
FAMILY = {short: _FAMILIES[role] for short, role in ROLE.items()}
EMPLOYMENT = {
    "Full-time": "full-time",
    "Part-time": "part-time",
    "Contractor": "contract",
    "Temp work": "temporary",
    "Internship": "internship",
}
PERIOD = {"year": "year", "hour": "hour"}
ANYWHERE = "Anywhere"
VIA_AIJOBS = "via Ai-Jobs.net"


def load(keep_repeats: bool = False, keep_overlap: bool = True) -> Records:
    """Load the postings from the file that the user brought.

    ``keep_repeats`` keeps postings that repeat an earlier one, counted; ``keep_overlap=False`` leaves out
    those that may also stand in source ``aijobs``. Raises ``DataError``, with the licence, where the file is
    not at hand or is another one.
    """
    raw = read(fetch(SOURCE, FILE))
    ledger = doubt_hundredfold(clean(raw, keep_repeats=keep_repeats, keep_overlap=keep_overlap), who="pay")
    files = (stamp(SOURCE, FILE, len(raw)),)
    options = {"keep_repeats": keep_repeats, "keep_overlap": keep_overlap}
    asked = SOURCE.asked if keep_overlap else SOURCE.asked - {"also_in"}
    return from_ledger(find_roles(ledger), Provenance(SOURCE, files, SOURCE.headline, options), asked)


def read(path: Path) -> pl.DataFrame:
    """Return the workbook's sheet as it is typed there, with ``row``, the number of the data row from 1.

    Raises ``DataError`` for a workbook without the columns, or with columns of another type.
    """
    sheet = read_sheet(path, thing=SOURCE.key)
    require_header(sheet.columns, list(TYPES), thing=SOURCE.key)
    faults = [
        Fault(f"{SOURCE.key}: column {name!r}", f"type {sheet.schema[name]}", f"type {dtype}", "check the release")
        for name, dtype in TYPES.items()
        if sheet.schema[name] != dtype
    ]
    if faults:
        raise DataError(*faults)
    return sheet.select(*TYPES).with_row_index(ROW, offset=1)


def clean(raw: pl.DataFrame, *, keep_repeats: bool = False, keep_overlap: bool = True) -> Ledger:
    """Return canonical postings from raw rows in file order."""
    ledger = _recode_job(_recode_place(_recode_pay(Ledger(raw))))
    via_aijobs = pl.col("job_via") == VIA_AIJOBS
    ledger = mark_overlap(ledger, via_aijobs, "aijobs")
    if not keep_overlap:
        ledger = ledger.reject("left out as asked: may also stand in aijobs", via_aijobs)
    repeated = is_repeat([*IDENTITY, *PAY])
    ledger = ledger.flag(f"{REPEAT} (kept)", repeated) if keep_repeats else ledger.reject(REPEAT, repeated)
    return ledger.recode(
        pl.col("job_posted_date").dt.year().cast(pl.Int32).alias("year"),
        signature(IDENTITY).alias("cluster"),
        pl.format("{}:{}", pl.lit(FILE.name), ROW).alias("record_id"),
        constant("source", SOURCE.key),
        constant("observation", "posting"),
    )


def find_roles(ledger: Ledger) -> Ledger:
    """Give cleaned postings the role that the full title names; where it names none, the publisher's.

    Family and skill areas follow the role. Roles that the title's words don't confirm are counted.
    """
    titles = ledger.rows.select("title")
    known = classify(titles["title"]).select("title", by_title="role")
    by_title = titles.join(known, on="title", how="left", maintain_order="left")["by_title"]
    ledger = ledger.recode(pl.lit(by_title))
    none_found = pl.col("by_title").is_null()
    ledger = ledger.flag(
        "role by the publisher's short title: the crosswalk finds none in the full one", none_found
    ).flag("role by the full title: the publisher's short one names another", pl.col("role") != pl.col("by_title"))
    fallback = [pl.when(none_found).then(name).alias(name) for name in ("role", "role_family")]
    return assign(ledger.recode(fallback), skills="skills", keep=True)


def _recode_pay(ledger: Ledger) -> Ledger:
    """Give pay as stated; an hour's becomes a year's for full-time postings alone."""
    hourly = pl.col("salary_hour_avg").is_not_null()
    full_time = pl.col("job_schedule_type").eq_missing(pl.lit("Full-time"))
    ledger = ledger.recode(
        pl.lit(to_levels(ledger.rows, "salary_rate", "period", PERIOD, source=SOURCE.key)),
        pl.col("salary_year_avg").alias("pay_annual_usd"),
        pl.col("salary_hour_avg").alias("pay_hourly_usd"),
        constant("pay_concept", "advertised midpoint"),
        constant("gross_net", "gross"),
    )
    return (
        ledger.repair(
            "hourly pay of a full-time posting, times 2,080 hours a year",
            hourly & full_time,
            (pl.col("salary_hour_avg") * HOURS_PER_YEAR).alias("pay_annual_usd"),
        )
        .flag("hourly pay of a posting that is not plainly full-time: no annual pay", hourly & ~full_time)
        .recode(pl.col("pay_annual_usd").alias("pay_arithmetic_midpoint_usd"))
    )


def _recode_place(ledger: Ledger) -> Ledger:
    """Mend the country where the place names the US; the search filed other countries' postings under Sudan too."""
    countries = to_country(ledger.rows, "job_country", source=SOURCE.key)
    place, astray = pl.col("job_location"), pl.col("country") == "SD"
    mended = pl.lit("US").alias("country")
    ledger = ledger.recode(pl.lit(countries), us_state("job_location").alias("region"))
    return (
        ledger.repair("country Sudan, place a US city and state: US", astray & pl.col("region").is_not_null(), mended)
        .repair("country Sudan, place the United States: US", astray & (place == "United States"), mended)
        .repair("country Sudan, other place: unknown", astray, pl.lit(None, dtype=pl.String).alias("country"))
        .recode(pl.when(pl.col("country") == "US").then("region").alias("region"))
    )


def _recode_job(ledger: Ledger) -> Ledger:
    """Recode schedule, title, place of work and skills, each only as far as the posting says one thing plainly."""
    schedule, short = pl.col("job_schedule_type"), pl.col("job_title_short")
    several = schedule.str.contains(r",| and ")
    ledger = ledger.flag("several forms of employment at once: none taken", several).recode(
        pl.when(~several).then(schedule).alias("one_schedule"),
        short.str.strip_prefix(SENIOR).alias("short_title"),
        pl.when(short.str.starts_with(SENIOR)).then(constant("seniority", "senior")).alias("senior"),
    )
    employment = to_levels(ledger.rows, "one_schedule", "employment", EMPLOYMENT, source=SOURCE.key)
    family = to_levels(ledger.rows, "short_title", "role_family", FAMILY, source=SOURCE.key)
    ledger = ledger.recode(
        pl.lit(employment),
        pl.lit(family),
        pl.col("short_title").replace_strict(ROLE, return_dtype=pl.String).alias("role"),
        pl.col("job_title").alias("title"),
        pl.coalesce(seniority_of("job_title"), "senior").alias("seniority"),
        pl.lit(read_skills(ledger.rows["job_skills"])),
        pl.col("company_name").str.strip_chars().alias("employer"),
    )
    intern = (pl.col("seniority") == "intern") & pl.col("employment").ne_missing(constant("employment", "internship"))
    ledger = ledger.repair("title names an intern: an internship", intern, constant("employment", "internship"))
    return _recode_work_mode(ledger)


def _recode_work_mode(ledger: Ledger) -> Ledger:
    """Take work as remote where the place is "Anywhere"; of another place no more is known than that it isn't."""
    anywhere = pl.col("job_location") == ANYWHERE
    mode = pl.when(anywhere).then(pl.lit("remote")).when(~anywhere).then(pl.lit("not remote"))
    ledger = ledger.recode(mode.cast(column("work_mode").dtype).alias("work_mode"))
    return (
        ledger.repair(
            "work from home is said, or not, against the place: place of work unknown",
            pl.col("job_work_from_home") != anywhere.fill_null(False),
            pl.lit(None, dtype=column("work_mode").dtype).alias("work_mode"),
        )
        .flag("place not told: no work mode", pl.col("job_location").is_null())
        .flag(
            "country US, place not a city and state: no region",
            (pl.col("country") == "US") & pl.col("region").is_null(),
        )
    )


def read_skills(lists: pl.Series) -> pl.Series:
    """Return the skills that a Python list in text names, as ``skills``; a null stays null.

    The text is parsed as a literal, never run. Raises ``DataError`` counting texts that are no list of words.

    >>> read_skills(pl.Series(["['python', 'sql']", None])).to_list()
    [['python', 'sql'], None]
    """
    read: dict[str, list[str]] = {}
    strays = 0
    for text in lists.drop_nulls().unique():
        try:
            skills = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            skills = None
        if isinstance(skills, list) and all(isinstance(skill, str) for skill in skills):
            read[text] = skills
        else:
            strays += 1
    if strays:
        found = f"{strays} different texts that are no list of words"
        raise DataError(
            Fault(f"{SOURCE.key}: column 'job_skills'", found, "Python lists of text", "check the file's release")
        )
    return pl.Series("skills", [None if text is None else read[text] for text in lists], dtype=pl.List(pl.String))
