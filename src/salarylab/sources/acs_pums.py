"""acs_pums: persons of the American Community Survey's public-use sample, by year and state.

Every person is a raw row; those without wages are rejected by name. By default the sample is that of six
small states in 2018, whose files are declared with their hashes; files of other states and years are
recorded when they first arrive. Codes are those of the Census Bureau's data dictionaries; letters in NAICSP
and SOCP mark aggregated codes, so both stay text, and blank means that the question was not put to the person.

Several years are several samples: the weights of each sum to the whole population; real pay is at the prices of
the latest year (ADJINC within a year, CPI-U between years). 2020 and Puerto Rico have files of their own: not read.

What the questionnaire does not tell: until 2018 weeks of work are banded, so hourly pay is computed for 50 to
52 weeks only (as 52), in every year by the same rule; class of worker, industry and occupation are those of
the current or latest job, while wages are those of the past 12 months; the region is the state of residence;
work mode is the usual means of travel in the week before (worked at home: remote), which knows no hybrid; the
field of study is that of a bachelor's degree, none below it; the Standard Occupational Classification cannot tell AI
roles from other computer work. The Bureau fills in answers that are not given and flags them: ``imputed`` names them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import polars as pl

from salarylab.errors import DataError, Fault, unknown, unknown_code
from salarylab.paths import mirror_folder, raw_folder
from salarylab.records import Records, from_ledger
from salarylab.records.audit import Ledger
from salarylab.records.imputed import name_imputed
from salarylab.records.prices import to_latest_prices
from salarylab.records.reading import ROW, read_csv, read_member
from salarylab.records.recode import constant, require_numbers, to_levels
from salarylab.records.top_codes import bound_top_codes
from salarylab.source import Break, Provenance, RawFile, Replication, Source, fetch, stamp
from salarylab.units import WEEKS_PER_YEAR

REPLICATES = 80

# Codes and names of 2013, 2018, 2021 and 2023 were read in the data dictionaries of those years; that the years
# between and before agree with them is recalled, and so are the members' names.
MEMBERS: dict[int, str] = {
    # the person file inside a state's zip
    **{year: f"ss{year % 100}p{{postal}}.csv" for year in range(2012, 2017)},
    **dict.fromkeys((2017, 2018, 2019, 2021, 2022, 2023), "psam_p{fips}.csv"),
}
YEARS = tuple(MEMBERS)
SINCE_2019 = {"JWTR": "JWTRNS", "FJWTRP": "FJWTRNSP", "WKW": "WKWN", "FWKWP": "FWKWNP"}
NAMES: dict[int, dict[str, str]] = {
    # what a year calls a column that 2018 calls otherwise
    **dict.fromkeys((2019, 2021, 2022), SINCE_2019),
    2023: SINCE_2019 | {"ST": "STATE"},
}
NO_FILE = {2020: "2020 has no standard 1-year file: its answers came out with experimental weights only"}

STATES: dict[str, tuple[str, str]] = {
    # name and FIPS code by postal code
    "AK": ("Alaska", "02"),
    "AL": ("Alabama", "01"),
    "AR": ("Arkansas", "05"),
    "AZ": ("Arizona", "04"),
    "CA": ("California", "06"),
    "CO": ("Colorado", "08"),
    "CT": ("Connecticut", "09"),
    "DC": ("District of Columbia", "11"),
    "DE": ("Delaware", "10"),
    "FL": ("Florida", "12"),
    "GA": ("Georgia", "13"),
    "HI": ("Hawaii", "15"),
    "IA": ("Iowa", "19"),
    "ID": ("Idaho", "16"),
    "IL": ("Illinois", "17"),
    "IN": ("Indiana", "18"),
    "KS": ("Kansas", "20"),
    "KY": ("Kentucky", "21"),
    "LA": ("Louisiana", "22"),
    "MA": ("Massachusetts", "25"),
    "MD": ("Maryland", "24"),
    "ME": ("Maine", "23"),
    "MI": ("Michigan", "26"),
    "MN": ("Minnesota", "27"),
    "MO": ("Missouri", "29"),
    "MS": ("Mississippi", "28"),
    "MT": ("Montana", "30"),
    "NC": ("North Carolina", "37"),
    "ND": ("North Dakota", "38"),
    "NE": ("Nebraska", "31"),
    "NH": ("New Hampshire", "33"),
    "NJ": ("New Jersey", "34"),
    "NM": ("New Mexico", "35"),
    "NV": ("Nevada", "32"),
    "NY": ("New York", "36"),
    "OH": ("Ohio", "39"),
    "OK": ("Oklahoma", "40"),
    "OR": ("Oregon", "41"),
    "PA": ("Pennsylvania", "42"),
    "RI": ("Rhode Island", "44"),
    "SC": ("South Carolina", "45"),
    "SD": ("South Dakota", "46"),
    "TN": ("Tennessee", "47"),
    "TX": ("Texas", "48"),
    "UT": ("Utah", "49"),
    "VA": ("Virginia", "51"),
    "VT": ("Vermont", "50"),
    "WA": ("Washington", "53"),
    "WI": ("Wisconsin", "55"),
    "WV": ("West Virginia", "54"),
    "WY": ("Wyoming", "56"),
}

BREAKS = (
    # recalled: the years of the classifications
    Break(
        2018,
        "occupations are coded by SOC 2018, before by SOC 2010: care aides, for one, moved between groups",
        ("role", "role_family"),
    ),
    Break(
        2019,
        "weeks of work are asked as a number, before in bands of which the highest is 50 to 52",
        ("full_year", "pay_hourly_usd"),
    ),
)

SOURCE = Source(
    key="acs_pums",
    title="American Community Survey, 1-year public-use microdata, persons",
    publisher="US Census Bureau",
    home="https://www.census.gov/programs-surveys/acs/microdata.html",
    citation="U.S. Census Bureau, American Community Survey 1-Year Public Use Microdata Sample (PUMS), person records.",
    licence="Public domain (US Government work)",
    redistribution="free",
    headline="US persons by state and year; by default six small states, 2018: not the nation",
    asked=frozenset(
        {
            "weight",
            "replicate_weights",
            "imputed",
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
            "field_of_study",
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
    years=YEARS,
    states={postal: name for postal, (name, _) in STATES.items()},
    breaks=BREAKS,
    # Census Bureau, PUMS user guide, section "Rounding Rules for Income Variables"
    rounding="the Census Bureau rounds wages: to 1,000 USD from 50,000, to 100 from 1,000, to 10 below",
    # Successive difference replication; scale and count: Census Bureau, PUMS Accuracy of the Data (2018). It names
    # no t distribution; 80 replicates around the full-sample estimate span at most 79 dimensions.
    replication=Replication(
        count=REPLICATES, scale=4.0 / REPLICATES, df=REPLICATES - 1.0, name="successive difference replication"
    ),
)

WEEKS_COUNTED = 2019
"""Year from which WKW holds the number of weeks worked (WKWN); before, bands of which 1 is 50 to 52 weeks."""

NUMBER_WORDS = dict(enumerate(("Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"), start=2))

YEAR = 2018
SHA256: dict[str, str] = {
    # of the files of 2018
    "DE": "a9f680033e3ce6f20b01fce916abdee68026429fd737f958f83281cb372719c5",
    "NH": "17c68e50530b61197abb9fd78a1678a5360bf05654d105501f4a5f73dccc70c8",
    "RI": "c5a7155543b1e4296420955714e3160563c4bbe9682299c2761434e4007bd331",
    "SD": "14a45f25ae73f68f3ab01307b111a3650cd997c0a93de174fe488de4b56c30a9",
    "VT": "e354dc8484d234e7e328ceffb57495d3e0a8a0a8d4f2fc3cbc30b833c3ce0dde",
    "WY": "236855a172f7c6fb5ac006ddd14f204b052823c084abdcd93c55d7f26751691c",
}
TOP_CODES: dict[str, float] = {
    # the value of WAGP that stands for all wages at or above a state's cut-off
    "DE, 2018": 476_000.0,
    "NH, 2018": 525_000.0,
    "RI, 2018": 402_000.0,
    "SD, 2018": 413_000.0,
    "VT, 2018": 417_000.0,
    "WY, 2018": 497_000.0,
}
NUMBERS = ("AGEP", "WAGP", "WKHP", "WKW", "ADJINC", "PWGTP")
REPLICATE_NAMES = tuple(f"PWGTP{number}" for number in range(1, REPLICATES + 1))
FLAGS: dict[str, tuple[str, ...]] = {
    # allocation flags (1: the answer was filled in), and what is read from the answer that each is of
    "FWAGP": ("pay_annual_usd",),
    "FWKHP": ("hours_weekly", "employment"),
    "FWKWP": ("full_year",),
    "FSCHLP": ("education", "experience_years"),
    "FFODP": ("field_of_study",),
    "FAGEP": ("age", "experience_years"),
    "FSEXP": ("gender",),
    "FOCCP": ("role", "role_family"),
    "FCOWP": ("org_kind", "employment"),
    "FINDP": ("industry",),
    "FJWTRP": ("work_mode",),
}
COLUMNS = (*NUMBERS, "ST", "SCHL", "FOD1P", "COW", "JWTR", "NAICSP", "SOCP", "SEX", *FLAGS, *REPLICATE_NAMES)

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
FIELD_OF_STUDY: dict[str, str] = {
    # by the first two digits of FOD1P, the code's own groups, small ones joined
    **dict.fromkeys(("11", "13", "36"), "biology, agriculture, environment"),
    **dict.fromkeys(("14", "25", "38", "51", "56", "57", "59"), "architecture, construction, technologies"),
    **dict.fromkeys(("19", "20"), "communications"),
    "21": "computers and information",
    **dict.fromkeys(("22", "29", "41"), "personal services, family, fitness"),
    **dict.fromkeys(("23", "35"), "education and library science"),
    "24": "engineering",
    **dict.fromkeys(("15", "26", "33"), "languages, literature, area studies"),
    **dict.fromkeys(("32", "53", "54"), "law, protective services, public affairs"),
    **dict.fromkeys(("34", "48", "49", "64"), "humanities, history, religion"),
    "37": "mathematics and statistics",
    "40": "interdisciplinary studies",
    "50": "physical sciences",
    "52": "psychology",
    "55": "social sciences",
    "60": "fine arts",
    "61": "health",
    "62": "business",
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
    # by the first two digits of SOCP: major groups of the Standard Occupational Classification, named as in 2018
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
    """Load wage earners of the asked years and states (postal codes of any case); by default six small states in 2018.

    Of the six those are read whose files are at hand, or all where none is. ``gender=True`` also keeps the
    sensitive column. Raises ``DataError`` naming every year and state that is not declared, or a file that is
    not what it was.
    """
    years, states = _chosen(years, states)
    files = read_all(_fetched(years, states))
    stamps = tuple(stamp(SOURCE, _file(*each), len(raw)) for each, raw in files.items())
    options = {"years": list(years), "states": list(states), "gender": gender}
    asked = SOURCE.asked | ({"gender"} if gender else set())
    if not any(f"{state}, {year}" in TOP_CODES for year, state in files):
        asked -= {"pay_low_usd", "pay_high_usd"}
    ledger = clean(pl.concat(files.values()), gender=gender)
    return from_ledger(ledger, Provenance(_cited(years, states), stamps, headline(years, states), options), asked)


def persons(years: Sequence[int] | None = None, states: Sequence[str] | None = None) -> pl.DataFrame:
    """Return every person of the asked years and states, whether or not they have wages: cells as text.

    One row a person: ``file``, ``year``, ``row`` (number of the data row from 1) and the columns that cleaning
    uses, named as in 2018. Raises ``DataError`` as ``load`` does.
    """
    return pl.concat(read_all(_fetched(*_chosen(years, states))).values())


def headline(years: Sequence[int], states: Sequence[str]) -> str:
    """Return what a reader must know first: which states, when, and what pooled weights stand for.

    >>> headline([2018], ["DE", "WY"])
    'Two small US states (DE, WY), 2018: not the nation'
    >>> headline([2019, 2021, 2022], ["CA"])
    "California, 2019–2022 without 2020: not the nation; each year's weights stand for the whole population"
    """
    named, kind = ", ".join(states), "small US" if set(states) <= set(SHA256) else "US"
    told = f"{NUMBER_WORDS.get(len(states), len(states))} {kind} states ({named}), {_span(years)}: not the nation"
    if len(states) == 1:
        told = f"{STATES[states[0]][0]}, {_span(years)}: not the nation"
    if len(states) == len(STATES):
        told = f"The US: 50 states and DC, {_span(years)}"
    return told + ("; each year's weights stand for the whole population" if len(years) > 1 else "")


def read(path: Path, *, year: int, state: str) -> pl.DataFrame:
    """Return the persons of one year's and state's zip as text; nothing is unpacked to disk.

    Raises ``DataError`` where the zip is damaged or lacks the year's person file, or that file a column.
    """
    fips, named = STATES[state][1], NAMES.get(year, {})
    member = MEMBERS[year].format(postal=state.lower(), fips=fips)
    content = read_member(path, member, thing=f"{SOURCE.key}: {path.name}")
    # early years write pwgtp1 for PWGTP1 (recalled)
    header = content[: content.find(b"\n")].decode("utf-8-sig", errors="replace").strip().split(",")
    written = {name.strip('"').upper(): name.strip('"') for name in header}
    columns = {written.get(name, name): ours for ours in COLUMNS for name in [named.get(ours, ours)]}
    thing = f"{SOURCE.key}: {member} of {year}"
    raw = read_csv(content, thing=thing, columns=list(columns)).rename(columns)
    strays = raw.select("ST").filter(pl.col("ST").str.zfill(2).ne_missing(fips))["ST"]
    if len(strays):
        found = f"{len(strays)} persons of {', '.join(map(str, strays.unique().sort().head(5)))}"
        raise DataError(Fault(f"{thing}: state", found, f"{fips} throughout", "fetch the publisher's file again"))
    return raw.select(pl.lit(f"{year}/{member}").alias("file"), pl.lit(year).alias("year"), ROW, *COLUMNS)


def read_all(paths: Mapping[tuple[int, str], Path]) -> dict[tuple[int, str], pl.DataFrame]:
    """Return the persons of several zips by year and state, as ``read`` does; raises as it does.

    Two are read at a time, one unpacked while another is parsed: more would take more memory, not less time.
    """
    with ThreadPoolExecutor(max_workers=2) as pool:
        return dict(zip(paths, pool.map(lambda at: read(paths[at], year=at[0], state=at[1]), paths), strict=True))


def clean(raw: pl.DataFrame, *, gender: bool = False) -> Ledger:
    """Return canonical records from person rows: those without wages rejected by name, codes recoded."""
    numbers = require_numbers(raw, (*NUMBERS, *REPLICATE_NAMES), thing=SOURCE.key)
    if blank := sum(numbers.select(REPLICATE_NAMES).null_count().row(0)):
        raise DataError(Fault(f"{SOURCE.key}: replicate weights", f"{blank} blank", "none", "fetch the file again"))
    # the replicate weights, most of the table, stay behind until it is known whose are kept
    ledger = Ledger(numbers.drop(REPLICATE_NAMES).with_row_index("at"), weighted=True)
    # a file may leave out the zeros that its dictionary puts before a code
    codes = pl.col("ST", "SCHL", "JWTR").str.zfill(2)
    ledger = ledger.recode(codes, pl.col("WAGP").alias("pay_annual_usd"), pl.col("PWGTP").alias("weight"))
    ledger = ledger.reject("under 15 years old: wages not asked", pl.col("WAGP").is_null())
    ledger = ledger.reject("no wages in the past 12 months", pl.col("WAGP") == 0)
    postal = pl.col("ST").replace_strict({fips: state for state, (_, fips) in STATES.items()}, default=None)
    ledger = bound_top_codes(ledger, pl.format("{}, {}", postal, "year"), TOP_CODES)
    ledger = _recode_person(_recode_work(_recode_pay(name_imputed(ledger, FLAGS, thing=SOURCE.key))), gender=gender)
    # through numpy: concat_list takes a hundred times as long, concat_arr six times
    replicates = numbers.select(REPLICATE_NAMES)[ledger.rows["at"]].to_numpy(order="c")
    return ledger.recode(pl.lit(pl.Series("replicate_weights", replicates).arr.to_list()))


def _recode_pay(ledger: Ledger) -> Ledger:
    weeks = pl.col("WKW")
    full_year = pl.when(pl.col("year") >= WEEKS_COUNTED).then(weeks >= 50).otherwise(weeks == 1)
    return ledger.recode(
        pl.when(full_year & (pl.col("WKHP") > 0))
        .then(pl.col("WAGP") / (WEEKS_PER_YEAR * pl.col("WKHP")))
        .alias("pay_hourly_usd"),
        (pl.col("WAGP") * pl.col("ADJINC") / 1e6 * to_latest_prices(ledger.rows["year"])).alias("pay_annual_real_usd"),
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
    rows = ledger.rows.with_columns(pl.col("NAICSP", "SOCP").str.head(2))
    employment = (
        pl.when(pl.col("COW").is_in(SELF_EMPLOYED))
        .then(constant("employment", "self-employed"))
        .when(pl.col("WKHP") >= 35)
        .then(constant("employment", "full-time"))
        .when(pl.col("WKHP") < 35)
        .then(constant("employment", "part-time"))
    )
    return ledger.recode(
        _levels(rows, "NAICSP", "industry", INDUSTRY),
        _levels(rows, "SOCP", "role_family", ROLE_FAMILY),
        pl.lit(rows["SOCP"].replace_strict(ROLE, default=None, return_dtype=pl.String)).alias("role"),
        _levels(rows, "COW", "org_kind", ORG_KIND),
        _levels(rows, "JWTR", "work_mode", WORK_MODE),
        employment.alias("employment"),
    )


def _recode_person(ledger: Ledger, *, gender: bool) -> Ledger:
    names = {fips: name for name, fips in STATES.values()}
    schooling = pl.col("SCHL").replace_strict(SCHOOLING_YEARS, default=None, return_dtype=pl.Float64)
    asked_for = [_levels(ledger.rows, "SEX", "gender", GENDER)] if gender else []
    return ledger.recode(
        *asked_for,
        _levels(ledger.rows, "SCHL", "education", EDUCATION),
        _levels(ledger.rows.select(pl.col("FOD1P").str.head(2)), "FOD1P", "field_of_study", FIELD_OF_STUDY),
        (pl.col("AGEP") - schooling - 6.0).clip(lower_bound=0.0).alias("experience_years"),
        constant("experience_concept", "potential"),
        pl.col("AGEP").alias("age"),
        constant("country", "US"),
        pl.col("ST").replace_strict(names, default=None, return_dtype=pl.String).alias("region"),
        pl.col("year").cast(pl.Int32),
        pl.format("{}:{}", "file", "row").alias("record_id"),
        constant("source", SOURCE.key),
        constant("observation", "worker"),
    )


def _levels(rows: pl.DataFrame, name: str, into: str, levels: dict[str, str]) -> pl.Expr:
    return pl.lit(to_levels(rows, name, into, levels | dict.fromkeys(UNMAPPED.get(name, ())), source=SOURCE.key))


def _fetched(years: Sequence[int], states: Sequence[str]) -> dict[tuple[int, str], Path]:
    return {(year, state): fetch(SOURCE, _file(year, state)) for year in years for state in states}


def _file(year: int, state: str) -> RawFile:
    published = f"csv_p{state.lower()}.zip"  # in every year
    return RawFile(
        name=published if year == YEAR else f"{year}_{published}",
        sha256=SHA256.get(state) if year == YEAR else None,
        url=f"https://www2.census.gov/programs-surveys/acs/data/pums/{year}/1-Year/{published}",
        mirror=f"acs_pums_{year}/{published}",
    )


def _cited(years: Sequence[int], states: Sequence[str]) -> Source:
    """Return the source with a title and a citation of what was read."""
    return replace(
        SOURCE,
        title=f"American Community Survey {_span(years)}, 1-year public-use microdata, persons",
        citation=f"U.S. Census Bureau, {_span(years)} American Community Survey 1-Year Public Use Microdata Sample "
        f"(PUMS), person records: {', '.join(STATES[state][0] for state in states)}.",
    )


def _span(years: Sequence[int]) -> str:
    """Return years as a reader is told them: 2018; 2019, 2022; 2019–2022 without 2020."""
    between = tuple(year for year in YEARS if years[0] <= year <= years[-1])
    if len(years) < 3 or tuple(years) != between:
        return ", ".join(map(str, years))
    return f"{years[0]}–{years[-1]}" + (" without 2020" if years[0] < 2020 < years[-1] else "")


def _chosen(years: Sequence[int] | None, states: Sequence[str] | None) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return years and postal codes to read, in declared order; refuse every one not declared."""
    faults = [
        unknown(f"{SOURCE.key}: year", str(year), map(str, YEARS), NO_FILE.get(year, ""))
        for year in years or ()
        if year not in YEARS
    ]
    faults += [unknown_code(f"{SOURCE.key}: state", s, SOURCE.states) for s in states or () if s.upper() not in STATES]
    if faults:
        raise DataError(*faults)
    asked = tuple(year for year in YEARS if year in (years or (YEAR,)))
    postal = [state.upper() for state in states or ()]
    return asked, tuple(state for state in STATES if state in (postal or _at_hand(asked) or SHA256))


def _at_hand(years: Sequence[int]) -> Collection[str]:
    """Return those of the six small states whose files of every year are in data/raw or in the mirror folder."""
    mirror = mirror_folder()

    def there(file: RawFile) -> bool:
        in_mirror = mirror is not None and (mirror / str(file.mirror)).is_file()
        return in_mirror or (raw_folder(SOURCE.key) / file.name).is_file()

    return [state for state in SHA256 if all(there(_file(year, state)) for year in years)]
