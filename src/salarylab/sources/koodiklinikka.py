"""Koodiklinikka: the pay survey of a Finnish community of software developers, in three waves.

Members and their friends answered of their own accord: in February 2021, in September 2023 (the form in Finnish
alone) and, about 2025, in February and March 2026. A few hundred people a wave know each other: names of
employers, remarks and all that was typed by hand, but job titles, are dropped as the file is read.

Pay is the stated gross monthly pay of employees, in EUR, times twelve: the holiday bonus, usually half a month's
pay, is no part of it (2025 asks for it, and it is counted with the bonuses). Those who send invoices stay as
records without pay: what they bill is turnover, no wage. 2021 and 2023 become USD at the rate of the month of
the answer, 2025 at the mean of that year's months.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from salarylab.disclosure import MIN_CELL
from salarylab.records import Records, from_ledger
from salarylab.records.amounts import HIGH, LOW, band_columns, bands, empty_outside, middle
from salarylab.records.audit import Ledger
from salarylab.records.degrees import read_degree
from salarylab.records.exchange import per_usd
from salarylab.records.labels import to_known_levels
from salarylab.records.reading import Dialect, read_csv
from salarylab.records.recode import constant, require_numbers, to_levels
from salarylab.records.roles import ASSIGNED, assign
from salarylab.records.slips import find_slips
from salarylab.records.waves import Wave, asked_in, choose, join, names_in, sign
from salarylab.schema import column
from salarylab.source import Break, Provenance, RawFile, Source, fetch, stamp
from salarylab.units import PERIODS_PER_YEAR, WEEKS_PER_YEAR

MONTHS = PERIODS_PER_YEAR["month"]


def _file(name: str, sha256: str) -> RawFile:
    commit = "e79aa5d126fb98841bb3109ca894c8fc001f2bec"
    return RawFile(
        name=name.replace("/", "-"),
        sha256=sha256,
        url=f"https://raw.githubusercontent.com/koodiklinikka/palkkakysely/{commit}/data/{name}",
        mirror=f"koodiklinikka/{name}",
    )


EVERY_WAVE = frozenset(
    {
        *("pay_annual_usd", "pay_annual_local", "base_usd", "pay_concept", "gross_net", "currency", "period"),
        "pay_doubt",
        *("experience_years", "experience_concept"),
        *("age", "age_low", "age_high", "gender", "title", "employment", "country", "region", "work_mode"),
        *ASSIGNED,
    }
)

WAVES: dict[int, Wave] = {
    2021: Wave(
        year=2021,
        file=_file("2021/results.tsv", "e833e31f3ab48c792002f845696618120530327105facf35bc4709cc76ee2caf"),
        dialect=Dialect("\t"),
        asked=EVERY_WAVE | {"pay_low_usd", "pay_high_usd"},
        questions=(
            ("told", "Timestamp"),
            ("town", "Missä kaupungissa työpaikkasi pääasiallinen toimisto sijaitsee?"),
            ("age", "Ikä"),
            ("gender", "Sukupuoli"),
            ("experience", "Työkokemus"),
            ("kind", "Työsuhteen luonne"),
            ("working_time", "Työaika (jos työsuhteessa)"),
            ("title", "Rooli"),
            ("remote_class", "Etänä vai paikallisesti?"),
            ("monthly", "Kuukausipalkka (jos työntekijä) (brutto)"),
            ("yearly", "Vuositulot (sis. bonukset, osingot yms) / Vuosilaskutus (jos laskutat)"),
        ),
    ),
    2023: Wave(
        year=2023,
        file=_file("2023/results-fi.tsv", "299dfff386ee7e43e5e8769cd7cab8065da5a35de1698d8ed182822e2702d8a5"),
        dialect=Dialect("\t"),
        asked=EVERY_WAVE | {"education", "org_kind", "remote_share"},
        questions=(
            ("told", "Timestamp"),
            ("kind", "Oletko palkansaaja vai laskuttaja?"),
            ("age", "Ikä"),
            ("gender", "Sukupuoli"),
            ("experience", "Työkokemus alalta (vuosina)"),
            ("education", "Koulutustaustasi"),
            ("town", "Missä kaupungissa työpaikkasi pääasiallinen toimisto sijaitsee?"),
            ("org_kind", "Millaisessa yrityksessä työskentelet?"),
            ("working_time", "Työaika"),
            ("office", "Kuinka suuren osan ajasta teet lähityönä toimistolla?"),
            ("title", "Rooli / titteli"),
            ("monthly", "Kuukausipalkka (brutto, euroina)"),
            ("yearly", "Vuositulot (sis. bonukset, osingot yms, euroina)"),
        ),
    ),
    2025: Wave(
        year=2025,
        file=_file("2025/data.tsv", "f6c790e0a528bbce043cefc32d6a8571d263aa84f1a03c52ccc3ce8949f6ed4f"),
        dialect=Dialect("\t", quote=""),  # a cell opens a quote that nothing closes
        asked=EVERY_WAVE
        | {"education", "field_of_study", "seniority", "track", "skills", "tenure_years", "hours_weekly"}
        | {"pay_hourly_usd", "bonus_usd", "equity_usd", "org_kind", "org_size", "remote_share"},
        questions=(
            ("told", "Timestamp"),
            ("kind", "Employee or entrepreneur"),
            ("age", "Age"),
            ("gender", "Gender"),
            ("experience", "Relevant work experience from the industry (in years)"),
            ("tenure", "Years at current employer "),
            ("org_size", "Company size"),
            ("education", "Education"),
            ("field_of_study", "Field of Study"),
            ("town", "City"),
            ("org_kind", "What kind of a company you work in?"),
            ("hours", "Working time (h/week)"),
            ("office", "Time in office (%)"),
            ("title", "Role / title"),
            ("seniority", "Seniority level"),
            ("monthly", "Base salary (gross, monthly EUR)"),
            ("commission", "Commission (gross, monthly EUR)"),
            ("holiday_bonus", "Lomaraha (Holiday bonus, in EUR)"),
            ("bonus", "Bonus (EUR)"),
            ("equity", "Equity (EUR)"),
            ("languages", "Language"),
            ("frameworks", "Web Frameworks"),
            ("data_tools", "Data Engineering & Machine Learning"),
            ("platforms", "DevOps & Cloud Platforms"),
            ("databases", "Databases"),
        ),
    ),
}

SOURCE = Source(
    key="koodiklinikka",
    title="Palkkakysely: pay surveys of software developers in Finland, 2021, 2023 and 2025",
    publisher="Koodiklinikka",
    home="https://koodiklinikka.fi/",
    citation="Koodiklinikka, palkkakysely (salary survey) 2021, 2023 and 2025.",
    licence="MIT for the repository; the data are not licensed separately",
    redistribution="unclear",
    headline="Gross base pay as members of a Finnish developer community state it themselves",
    asked=asked_in(tuple(WAVES.values()), gender=False),
    years=tuple(WAVES),
    breaks=(
        Break(2023, "years in the field; until 2021 years of any work", ("experience_years",)),
        Break(2023, "read from the share of time at the office; until 2021 one of three answers", ("work_mode",)),
        Break(2025, "a list of answers; until 2023 typed by hand", ("title", "education")),
    ),
)

MONTH = {2021: r"^(\d+)/", 2023: r"^\d+/(\d+)/"}
"""Where the time stamp tells the month: second in 2023. The pay of 2025 is not that of the month of the answer."""

PLAUSIBLE_MONTHLY = 20_000.0
"""EUR a month; a figure above it is a year's sum."""

PLAUSIBLE_YEARLY = 12_000.0
"""EUR a year; yearly income below it is doubtful: a month's pay, a bonus alone, or part of a year."""

OFFICE_DAY = 20.0
"""Percent of working time: one day of five."""

EMPLOYEE = ("Työntekijä / palkollinen", "Palkansaaja", "Employee")
INVOICING = {
    "Freelancer": "freelance",
    "Yrittäjä": "self-employed",
    "Laskuttaja": "self-employed",
    "Entrepreneur": "self-employed",
}

GENDER = {
    "mies": "male",
    "m": "male",
    "male": "male",
    "nainen": "female",
    "n": "female",
    "female": "female",
    "muu": "another",
    "other": "another",
    "muunsukupuolinen": "another",
    "non-binary": "another",
}

FIELDS = {
    "Information and Communication Technologies (ICT / Computer Science)": "information and communication",
    "Engineering, Manufacturing, and Construction": "engineering, manufacturing, construction",
    "Business, Administration, and Law": "business, administration, law",
    "Natural Sciences, Mathematics, and Statistics": "natural sciences, mathematics, statistics",
    "Arts and Humanities": "arts and humanities",
}

SENIORITY = {
    "Junior": "junior",
    "Mid-level": "mid",
    "Senior": "senior",
    "Staff / Principal / Lead": "staff",
    "Manager or People Lead": "lead",
}
TRACK = dict.fromkeys(SENIORITY, "individual contributor") | {"Manager or People Lead": "manager"}

ORG_KIND = {
    "Konsulttitalossa": "consulting",
    "Consulting": "consulting",
    "Tuotetalossa, jonka core-bisnes on softa": "product company",
    "Product company with software as their core business": "product company",
    "Yrityksessä, jossa softa on tukeva toiminto (esim pankit, terveysala, yms)": "in-house software",
    "A company where software is a support role (for example banks or healthcare)": "in-house software",
    "Julkinen tai kolmas sektori": "public or third sector",
    "Public or third sector": "public or third sector",
}

ORG_SIZE = {
    # bands end at 10, 50, 100 …, where the levels' next begin
    "1": "just me",
    "2": "under 10",
    "3-5": "under 10",
    "6-10": "under 10",
    "11-50": "10 to 49",
    "51-100": "50 to 99",
    "101-500": "100 to 499",
    "501-1000": "500 to 999",
    "1001-5000": "1,000 to 4,999",
    "5001-10000": "5,000 to 9,999",
    "10000+": "10,000 or more",
}

WORK_MODE = {
    "Pääosin tai kokonaan etätyö": "remote",
    "Noin 50/50 hybridimalli": "hybrid",
    "Pääosin tai kokonaan toimistolla": "on-site",
}

TOWNS = {
    "PK-Seutu (Helsinki, Espoo, Vantaa)": "Helsinki region",
    "Capital region (Helsinki, Espoo, Vantaa)": "Helsinki region",
    "Tampere": "Tampere",
    "Turku": "Turku",
    "Oulu": "Oulu",
    "Jyväskylä": "Jyväskylä",
}
"""Towns that ten or more people of a wave name; a smaller one could tell who answered."""

ANOTHER_TOWN, ANOTHER_TITLE = "another town", "another title"
"""What stands for towns and titles that could tell who answered."""

TOOLS = ("languages", "frameworks", "data_tools", "platforms", "databases")
NUMBERS = ("commission", "holiday_bonus", "bonus", "equity", "hours", "office", "tenure")


def load(years: Sequence[int] | None = None, repair_units: bool = True, gender: bool = False) -> Records:
    """Load the waves of ``years`` (2021, 2023, 2025; all where None), one record for each person who answered.

    ``repair_units=False`` leaves yearly sums typed as monthly pay as they stand, counted; ``gender=True`` also
    loads that sensitive column. Raises ``DataError`` for a year without a wave, a file that is not the declared
    one or not at hand (nothing is downloaded: the terms are unclear), and a header that is not mapped.
    """
    waves = choose(WAVES, years, who=SOURCE.key)
    raw = [read(fetch(SOURCE, wave.file), wave) for wave in waves]
    stamps = tuple(stamp(SOURCE, wave.file, len(rows)) for wave, rows in zip(waves, raw, strict=True))
    options = {"years": [wave.year for wave in waves], "repair_units": repair_units, "gender": gender}
    ledger = doubt_pay(clean(join(raw, WAVES), repair_units=repair_units, gender=gender))
    ledger = _only_common_titles(assign(ledger))
    asked = asked_in(waves, gender=gender)
    return from_ledger(ledger, Provenance(SOURCE, stamps, SOURCE.headline, options), asked)


def doubt_pay(ledger: Ledger) -> Ledger:
    """Flag pay that looks like a slip beside that of its year (roles are too few people); nothing is mended."""
    return find_slips(ledger, by=["year"], confusable=(), who="pay")


def _only_common_titles(ledger: Ledger) -> Ledger:
    """Leave out titles of fewer than ten rows, once each has its role: typed by hand in a small community."""
    rare = pl.len().over("title") < MIN_CELL
    other = pl.lit(ANOTHER_TITLE).alias("title")  # they did answer: only the words are nobody's business
    return ledger.repair("title of fewer than ten rows, left out", pl.col("title").is_not_null() & rare, other)


def read(path: Path | bytes, wave: Wave) -> pl.DataFrame:
    """Return the kept columns of a wave as text, under their names here, with ``year``, ``month``, ``record_id``.

    Raises ``DataError`` for a header that lacks one of them. Lines with tabs alone are records, all null.
    """
    headers = {header: name for name, header in wave.questions}
    thing = f"{SOURCE.key}: {wave.file.name}"
    raw = read_csv(path, thing=thing, columns=list(headers), dialect=wave.dialect).rename(headers)
    answered = pl.col("told").str.extract(MONTH[wave.year]) if wave.year in MONTH else pl.lit(None)
    return sign(raw, wave).with_columns(answered.cast(pl.Int32).alias("month"))


def clean(
    raw: pl.DataFrame, *, repair_units: bool = True, gender: bool = False, rates: pl.DataFrame | None = None
) -> Ledger:
    """Return one record for each person, from the answers of one or more waves, joined.

    ``rates`` replaces the Federal Reserve's exchange rates, as in ``per_usd``.
    """
    ledger = Ledger(require_numbers(raw, NUMBERS, thing=SOURCE.key))
    ledger = ledger.reject("an empty line", pl.all_horizontal(pl.col(names_in(WAVES)).is_null()))
    ledger = _recode_pay(_recode_employment(ledger), repair_units=repair_units, rates=rates)
    return _recode_person(_recode_place(_recode_job(ledger)), gender=gender)


def _recode_employment(ledger: Ledger) -> Ledger:
    """Tell employees by their hours (35 a week, or all of the time) and those who send invoices apart."""
    share = bands(ledger.rows["working_time"], ignore=["%"])[LOW]
    # above 100, or the hours of a week typed for a share: not read
    shorter = ((share >= 41) & (share < 100)) | (share < 35)
    hours = pl.col("hours")
    form = (
        pl.when(pl.col("kind").is_in(list(INVOICING)))
        .then(pl.col("kind").replace(INVOICING))
        .when((hours >= 35) | pl.lit(share == 100))
        .then(pl.lit("full-time"))
        .when((hours < 35) | pl.lit(shorter))
        .then(pl.lit("part-time"))
        .when(pl.col("kind").is_in(EMPLOYEE))
        .then(pl.lit("employed"))
    )
    return ledger.recode(
        form.cast(column("employment").dtype).alias("employment"),
        hours.alias("hours_weekly"),
        constant("source", SOURCE.key),
        constant("observation", "worker"),
    ).flag(
        "share of full time that may be hours, or is over 100 %: not read",
        pl.lit(~shorter & (share != 100)),
    )


def _recode_pay(ledger: Ledger, *, repair_units: bool, rates: pl.DataFrame | None) -> Ledger:
    """Take the year as twelve months of stated pay, in EUR and USD; the pay of those who send invoices is none."""
    monthly = bands(ledger.rows["monthly"])
    priced = ledger.recode(constant("currency", "EUR"))
    rate = pl.lit(per_usd(priced.rows, month="month", table=rates))
    low, high = pl.lit(monthly[LOW]), pl.lit(monthly[HIGH])
    one, wide = pl.when(low == high).then(MONTHS * low), low < high
    ledger = priced.recode(
        rate.alias("per_usd"),
        one.alias("pay_annual_local"),
        (one / rate).alias("pay_annual_usd"),
        pl.when(wide).then(MONTHS * low / rate).alias("pay_low_usd"),
        pl.when(wide).then(MONTHS * high / rate).alias("pay_high_usd"),
        constant("pay_concept", "base"),
        constant("gross_net", "gross"),
        constant("period", "month"),
    )
    figures = ("pay_annual_usd", "pay_annual_local", "pay_low_usd", "pay_high_usd")
    invoices = pl.col("kind").is_in(list(INVOICING))
    ledger = (
        ledger.flag("monthly pay not read", pl.col("monthly").is_not_null() & low.is_null())
        .flag("monthly pay a band: its ends kept, no single figure", wide)
        .repair(
            "sends invoices: a stated monthly pay is no wage, left out",
            invoices & low.is_not_null(),
            *(pl.lit(None, dtype=pl.Float64).alias(name) for name in figures),
        )
        .flag("pay of zero", pl.col("pay_annual_local") == 0)
    )
    return _recode_extras(_mend_yearly(ledger, repair_units=repair_units), ~invoices)


def _mend_yearly(ledger: Ledger, *, repair_units: bool) -> Ledger:
    """Divide by 12 what a year's sum typed as a month's makes too large, and count doubtful yearly income."""
    rule = f"over {PLAUSIBLE_MONTHLY:,.0f} EUR a month: a year's sum typed as monthly"
    typed = {
        rule: (pl.col("pay_annual_local") > MONTHS * PLAUSIBLE_MONTHLY, ("pay_annual_usd", "pay_annual_local")),
        f"commission {rule}": (pl.col("commission") > PLAUSIBLE_MONTHLY, ("commission",)),
    }
    for name, (wrong, figures) in typed.items():
        mended = [pl.col(figure) / MONTHS for figure in figures]
        ledger = (
            ledger.repair(f"{name}, divided by 12", wrong, *mended)
            if repair_units
            else ledger.flag(f"{name} (found, not mended)", wrong)
        )
    yearly = bands(ledger.rows["yearly"])[LOW]
    return ledger.flag("yearly income not read", pl.col("yearly").is_not_null() & pl.lit(yearly.is_null())).flag(
        f"yearly income or turnover under {PLAUSIBLE_YEARLY:,.0f} EUR (not used)", pl.lit(yearly < PLAUSIBLE_YEARLY)
    )


def _recode_extras(ledger: Ledger, employed: pl.Expr) -> Ledger:
    """Add base, cash beyond it (bonus, holiday bonus, twelve months of commission), equity, and pay an hour."""
    extras = [MONTHS * pl.col("commission"), pl.col("holiday_bonus"), pl.col("bonus")]
    stated = pl.any_horizontal(extra.is_not_null() for extra in extras)
    cash = pl.when(employed & stated).then(pl.sum_horizontal(extras))
    equity = pl.when(employed).then("equity")
    return ledger.recode(
        pl.col("pay_annual_usd").alias("base_usd"),
        (cash / pl.col("per_usd")).alias("bonus_usd"),
        (equity / pl.col("per_usd")).alias("equity_usd"),
        (pl.col("pay_annual_usd") / (WEEKS_PER_YEAR * pl.col("hours_weekly"))).alias("pay_hourly_usd"),
    ).flag("equity above a year's base pay: perhaps a whole grant", equity > pl.col("pay_annual_local"))


def _recode_job(ledger: Ledger) -> Ledger:
    rows = ledger.rows
    tracks = to_levels(rows, "seniority", "track", TRACK, source=SOURCE.key, unmatched="null")
    typed = rows.select(pl.col("org_kind").replace_strict(ORG_KIND, default="another kind")).to_series()
    tools = pl.concat_str(TOOLS, separator=", ", ignore_nulls=True).str.replace_all(r" \([^)]*\)", "").str.split(", ")
    for name, levels in (("seniority", SENIORITY), ("org_size", ORG_SIZE)):
        ledger = to_known_levels(ledger, name, name, levels, source=SOURCE.key)
    return ledger.recode(
        pl.lit(tracks),
        pl.when(pl.any_horizontal(pl.col(TOOLS).is_not_null()))
        .then(tools.list.unique(maintain_order=True))
        .alias("skills"),
        pl.when(pl.col("org_kind").is_not_null()).then(pl.lit(typed).cast(column("org_kind").dtype)).alias("org_kind"),
        pl.col("tenure").alias("tenure_years"),
    ).flag("a kind of company typed by hand, taken as another one", pl.lit(~rows["org_kind"].is_in(list(ORG_KIND))))


def _recode_place(ledger: Ledger) -> Ledger:
    """Recode towns and the share of time at the office: under a day a week is remote, over four on-site."""
    ledger = to_known_levels(ledger, "remote_class", "work_mode", WORK_MODE, source=SOURCE.key)
    office, town = pl.col("office"), pl.col("town").replace_strict(TOWNS, default=None)
    mode = (
        pl.when(office < OFFICE_DAY)
        .then(pl.lit("remote"))
        .when(office > 100.0 - OFFICE_DAY)
        .then(pl.lit("on-site"))
        .when(office.is_not_null())
        .then(pl.lit("hybrid"))
        .otherwise(pl.col("work_mode").cast(pl.String))
    )
    return ledger.recode(
        pl.when(pl.col("town").is_not_null()).then(town.fill_null(ANOTHER_TOWN)).alias("region"),
        pl.when(town.is_not_null()).then(pl.lit("FI")).alias("country"),
        mode.cast(column("work_mode").dtype).alias("work_mode"),
        (1.0 - office / 100.0).alias("remote_share"),
    ).flag("a town outside the five large ones, taken as another one", pl.col("town").is_not_null() & town.is_null())


def _recode_person(ledger: Ledger, *, gender: bool) -> Ledger:
    rows = ledger.rows
    experience = bands(rows["experience"]).select(middle().alias("experience_years")).to_series()
    age = band_columns(rows["age"], "age", "age", step=1.0)
    degrees = rows["education"].map_elements(read_degree, return_dtype=pl.String)
    genders = rows["gender"].str.to_lowercase().replace_strict(GENDER, default=None, return_dtype=pl.String)
    concept = pl.when(pl.col("year") == 2021).then(pl.lit("total")).otherwise(pl.lit("professional"))
    field = pl.col("field_of_study")
    ledger = (
        ledger.flag("experience not read", pl.col("experience").is_not_null() & pl.lit(experience.is_null()))
        .flag("age not read", pl.col("age").is_not_null() & pl.lit(age["age"].is_null()))
        .flag("education that says no finished degree", pl.col("education").is_not_null() & pl.lit(degrees.is_null()))
        .flag("a field of study outside the commonest, taken as another one", ~field.is_in(list(FIELDS)))
        .flag("gender not read", pl.col("gender").is_not_null() & pl.lit(genders.is_null()) & pl.lit(gender))
        .recode(
            *map(pl.lit, [experience, *age.get_columns()]),
            concept.cast(column("experience_concept").dtype).alias("experience_concept"),
            pl.lit(degrees).cast(column("education").dtype).alias("education"),
            pl.when(field.is_not_null())
            .then(field.replace_strict(FIELDS, default="another field"))
            .alias("field_of_study"),
            pl.lit(genders if gender else genders.clear(len(genders))).cast(column("gender").dtype).alias("gender"),
        )
    )
    return empty_outside(ledger, "age", 14.0, 100.0)
