"""stackoverflow: the yearly Developer Survey, 2018 to 2025, people who write code all over the world.

Who answers: visitors who came upon the survey through Stack Overflow's own channels (banners, mail, blog,
social media) and cared to finish it. Nobody was drawn: engaged users of the site, English and countries where
it is much used weigh more than they do among developers, and no weight mends that.

What the questionnaire does not tell. Pay is what people state in the currency of their daily life: gross salary
in 2018, from 2019 salary, bonuses and perks before taxes and deductions. US dollars are the publisher's own
conversion, at one rate a currency, with 12 months or 50 weeks to the year. People say where they live, not where
they are employed: ``country`` is that of residence. Until 2022 they ticked as many roles as they liked, and only
those with one have a ``role``; from 2022 to 2024 also forms of employment, of which the first in the schema's order
is kept. Years of coding at work were asked until 2024, of any work from 2022 (of all in 2025): ``experience``
chooses, and no equation takes both.

The maps of 2023 and 2025 and the questions of 2022 were held against the publisher's files, the others against
what users of those files have published. Answers with a label that no map knows are emptied and counted by
question; where they are more than a few in a hundred, the file is refused.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import polars as pl

from salarylab.errors import DataError, Fault, unknown
from salarylab.paths import mirror_folder, raw_folder
from salarylab.records import Records, from_ledger
from salarylab.records.amounts import band_columns, empty_outside
from salarylab.records.audit import PAY, Ledger
from salarylab.records.countries import CODES, to_country
from salarylab.records.labels import Labels, empty_strangers, of_several, to_level
from salarylab.records.reading import CUT, ROW, read_csv
from salarylab.records.recode import blank_to_null, constant, to_number
from salarylab.records.roles import assign
from salarylab.records.roles.role_list import ROLE_LIST
from salarylab.records.slips import AGAIN, LOCAL, find_slips
from salarylab.records.waves import in_time, one_ledger
from salarylab.source import Break, Provenance, RawFile, Source, fetch, stamp

Experience = Literal["professional", "total"]
ASKED: Mapping[str, tuple[str, ...]] = {
    # the canonical columns that each question fills
    "pay_usd": ("pay_annual_usd", "pay_doubt", "pay_concept", "gross_net"),
    "pay_local": ("pay_annual_local", "period"),
    "period": ("period",),
    "currency": ("currency",),
    "country": ("country", "residence_country"),
    "education": ("education",),
    "professional": ("experience_years", "experience_low", "experience_high", "experience_concept"),
    "total": ("experience_years", "experience_low", "experience_high", "experience_concept"),
    "age": ("age", "age_low", "age_high"),
    "gender": ("gender",),
    "role": ("role", "role_family", "title", "skill_areas"),
    "employment": ("employment",),
    "track": ("track",),
    "work_mode": ("work_mode",),
    "org_size": ("org_size",),
    "industry": ("industry",),
    "ai_use": ("ai_use",),
}
_PAY = ("pay_annual_usd", "pay_annual_local")
TRIMMED = (1_000_000.0, 2_000_000.0)  # outside and inside the US
ENDS = frozenset({"pay_low_usd", "pay_high_usd"})
SOURCE = Source(
    key="stackoverflow",
    title="Stack Overflow Developer Survey",
    publisher="Stack Exchange Inc.",
    home="https://survey.stackoverflow.co",
    citation="Stack Overflow. Annual Developer Survey, 2018 to 2025. https://survey.stackoverflow.co",
    licence="ODbL 1.0, contents DbCL 1.0: name Stack Overflow beside what you make of it; "
    "a database derived from it may be passed on under ODbL only",
    redistribution="attribution",
    headline="People who write code and answered Stack Overflow's survey: not a sample of developers",
    asked=frozenset({name for names in ASKED.values() for name in names} - {"gender"} | {"skills", *ENDS}),
    years=tuple(range(2018, 2026)),
    breaks=(
        Break(2019, "total compensation is asked for, no longer gross salary", (*_PAY, "pay_concept")),
        Break(2019, "years are numbers, no longer bands of three", ASKED["total"]),
        Break(2019, '"Just me" joins the sizes of employers', ("org_size",)),
        Break(2019, "age is a number, no longer a band", ("age",)),
        Break(2021, "age is a band again", ("age",)),
        Break(2022, "three classes; before (2019 only) how often one worked from home", ("work_mode",)),
        Break(
            2022, "several forms of employment may be ticked: the first in the schema's order is kept", ("employment",)
        ),
        Break(2023, "pay is asked for by the year; before by the week, month or year", (*_PAY, "period")),
        Break(2023, "doctorates stand among professional degrees", ("education",)),
        Break(2023, "one role only; before as many as one liked, of whom those with one role are kept", ASKED["role"]),
        Break(2024, "other industries are offered", ("industry",)),
        Break(2025, "years of any work; before years of coding at work", ASKED["total"]),
        Break(
            2025, "engineers of AI and data and applied scientists stand apart, new roles are offered", ASKED["role"]
        ),
        Break(2025, "five classes, with the worker's own choice among them", ("work_mode",)),
        Break(2025, "one form of employment, hours no longer asked", ("employment",)),
        Break(2025, "the main employer of the past year; under 20 is one answer", ("org_size",)),
        Break(2025, "asked of all, no longer in a part that one could leave out", ("industry", "track")),
        Break(2025, "how often AI tools are used, no longer whether", ("ai_use",)),
        Break(2025, "build and cloud tools are one question, other libraries are none", ("skills",)),
    ),
)


@dataclass(frozen=True, slots=True)
class Wave:
    """Declare one year's file: its hash, the column that answers each question, and what pay includes.

    ``trimmed`` are the thresholds, in USD a year, that the publisher put for all pay above them.
    """

    sha256: str
    questions: Mapping[str, str]
    skills: tuple[str, ...]
    pay_concept: str = "total cash"
    trimmed: tuple[float, ...] = ()


_EVERY_YEAR = {"country": "Country", "age": "Age", "employment": "Employment", "role": "DevType"}
_TO_2022 = _EVERY_YEAR | {
    "education": "EdLevel",
    "professional": "YearsCodePro",
    "org_size": "OrgSize",
    "gender": "Gender",
    "pay_usd": "ConvertedCompYearly",
    "pay_local": "CompTotal",
    "period": "CompFreq",
    "currency": "Currency",
}
_TO_2020 = _TO_2022 | {"pay_usd": "ConvertedComp", "currency": "CurrencySymbol"}
_FROM_2022 = {"total": "WorkExp", "work_mode": "RemoteWork", "track": "ICorPM"}
_FROM_2023 = {
    **{question: name for question, name in _TO_2022.items() if question not in ("period", "gender")},
    **_FROM_2022,
    "industry": "Industry",
    "ai_use": "AISelect",
}
_FROM_2025 = {question: name for question, name in _FROM_2023.items() if question != "professional"}
_TOOLS = tuple(
    f"{kind}HaveWorkedWith" for kind in ("Language", "Database", "Platform", "Webframe", "MiscTech", "ToolsTech")
)
WAVES: Mapping[int, Wave] = {
    # the years that there is a map for
    2018: Wave(
        "f4d8371b44a3154a79632b929a19e4eca6288eb481a099992df5baba252c3bde",
        _EVERY_YEAR
        | {
            "education": "FormalEducation",
            "professional": "YearsCodingProf",
            "org_size": "CompanySize",
            "gender": "Gender",
            "pay_usd": "ConvertedSalary",
            "pay_local": "Salary",
            "period": "SalaryType",
            "currency": "CurrencySymbol",
        },
        ("LanguageWorkedWith", "DatabaseWorkedWith", "PlatformWorkedWith", "FrameworkWorkedWith"),
        pay_concept="base",
        trimmed=TRIMMED,
    ),
    2019: Wave(
        "4b2e6f54b54fb1a28ace74aaa8a51892221023572ddc52b4e2b41627fb233740",
        _TO_2020 | {"work_mode": "WorkRemote"},
        (
            "LanguageWorkedWith",
            "DatabaseWorkedWith",
            "PlatformWorkedWith",
            "WebFrameWorkedWith",
            "MiscTechWorkedWith",
        ),
        trimmed=TRIMMED,
    ),
    2020: Wave(
        "a1206c0d33c8fc717eccbbad0cb3b06e2942893eaa408b00492dbbaed937a500",
        _TO_2020,
        (
            "LanguageWorkedWith",
            "DatabaseWorkedWith",
            "PlatformWorkedWith",
            "WebframeWorkedWith",
            "MiscTechWorkedWith",
        ),
        trimmed=TRIMMED,
    ),
    2021: Wave("1ba4560d4cf84756ad7d0f88f796a1cf5c0abded14e7637fa4e7db3bcd3b5126", _TO_2022, _TOOLS),
    2022: Wave("adcbfc17e2a91bb8fe5e09665c55e20df3b5b7c69f2cdbad1f6c3771e220f034", _TO_2022 | _FROM_2022, _TOOLS),
    2023: Wave("828874a3cf0fa1bbb4c3da6a87e5822b8563bbc04b21f9869479480dbcff410c", _FROM_2023, _TOOLS),
    2024: Wave(
        "7f2c2dbf6989d00b80a7351de4bb3af4b52b21cc52d5c947891bbc4f4e5cbe49",
        _FROM_2023,
        (*_TOOLS, "EmbeddedHaveWorkedWith"),
    ),
    2025: Wave("2d1f65308877282edfb4470520eabbc08cb499118432a3dcec6a66c086aa2baa", _FROM_2025, _TOOLS[:4]),
}
ARCHIVE = (
    "https://media.githubusercontent.com/media/StackExchange/Survey/"
    "2d76d569e4805c4f69cda406e292175172925bc3/packages/archive"
)

EDUCATION: Labels = {
    # apostrophes are straight and full stops left out when labels are compared: the years differ in both (B.A., BA);
    # None stands for an answer that names no level
    "I never completed any formal education": "below secondary",
    "They never completed any formal education": "below secondary",
    "Primary/elementary school": "below secondary",
    "Secondary school (e.g. American high school, German Realschule or Gymnasium, etc.)": "secondary",
    "Some college/university study without earning a degree": "some college",
    "Associate degree": "associate",
    "Associate degree (A.A., A.S., etc.)": "associate",
    "Bachelor's degree (B.A., B.S., B.Eng., etc.)": "bachelor",
    "Master's degree (M.A., M.S., M.Eng., MBA, etc.)": "master",
    "Professional degree (JD, MD, etc.)": "professional",
    "Other doctoral degree (Ph.D., Ed.D., etc.)": "doctorate",
    "Professional degree (JD, MD, Ph.D, Ed.D, etc.)": "professional or doctorate",
    "Something else": None,
    "Other (please specify):": None,
}
WORK_MODE: Labels = {
    # 2019 asked how often one works from home: hybrid is any time between hardly ever and almost always
    "Less than once per month / Never": "on-site",
    "A few days each month": "hybrid",
    "Less than half the time, but at least one day each week": "hybrid",
    "About half the time": "hybrid",
    "More than half, but not all, the time": "hybrid",
    "All or almost all the time (I'm full-time remote)": "remote",
    "It's complicated": None,
    # from 2022
    "Full in-person": "on-site",
    "In-person": "on-site",
    "Hybrid (some remote, some in-person)": "hybrid",
    "Hybrid (some in-person, leans heavy to flexibility)": "hybrid",
    "Hybrid (some remote, leans heavy to in-person)": "hybrid",
    "Fully remote": "remote",
    "Remote": "remote",
    "Your choice (very flexible, you can come in when you want or just as needed)": "worker's choice",
}
ORG_SIZE: Labels = {
    "Just me - I am a freelancer, sole proprietor, etc.": "just me",
    # one band, as 2025 asks: the smaller ones of the years before can't be told there
    "Fewer than 10 employees": "under 20",
    "2-9 employees": "under 20",
    "2 to 9 employees": "under 20",
    "10 to 19 employees": "under 20",
    "Less than 20 employees": "under 20",
    "20 to 99 employees": "20 to 99",
    "100 to 499 employees": "100 to 499",
    "500 to 999 employees": "500 to 999",
    "1,000 to 4,999 employees": "1,000 to 4,999",
    "5,000 to 9,999 employees": "5,000 to 9,999",
    "10,000 or more employees": "10,000 or more",
    "I don't know": None,
    "I prefer not to answer": None,
}
INDUSTRY: Labels = {
    # 2023
    "Information Services, IT, Software Development, or other Technology": "information technology",
    "Financial Services": "finance and insurance",
    "Manufacturing, Transportation, or Supply Chain": "manufacturing, transport, supply chain",
    "Oil & Gas": "mining, oil and gas",
    "Legal Services": "professional, scientific, technical services",
    "Advertising Services": "media and advertising",
    "Wholesale": "wholesale trade",
    "Other": "all other industries",
    # from 2024
    "Software Development": "information technology",
    "Computer Systems Design and Services": "information technology",
    "Internet, Telecomm or Information Services": "information",
    "Fintech": "finance and insurance",
    "Banking/Financial Services": "finance and insurance",
    "Manufacturing": "manufacturing",
    "Transportation, or Supply Chain": "transportation and warehousing",
    "Energy": "energy",
    "Government": "public administration",
    "Media & Advertising Services": "media and advertising",
    "Other:": "all other industries",
    # all years
    "Insurance": "finance and insurance",
    "Healthcare": "health care and social assistance",
    "Higher Education": "educational services",
    "Retail and Consumer Services": "retail and consumer services",
}
TRACK: Labels = {
    "Individual contributor": "individual contributor",
    "Independent contributor": "individual contributor",  # so the question of 2022
    "People manager": "manager",
}
AI_USE: Labels = {
    "Yes, I use AI tools daily": "daily",
    "Yes, I use AI tools weekly": "weekly",
    "Yes, I use AI tools monthly or infrequently": "monthly or less",
    "Yes": "yes",
    "No, but I plan to soon": "planned",
    "No, and I don't plan to": "no",
}
PERIOD: Labels = {"Weekly": "week", "Monthly": "month", "Yearly": "year"}
LABELS: Mapping[str, Labels] = {
    # questions with one answer
    "education": EDUCATION,
    "work_mode": WORK_MODE,
    "org_size": ORG_SIZE,
    "industry": INDUSTRY,
    "track": TRACK,
    "ai_use": AI_USE,
    "period": PERIOD,
}
EMPLOYMENT: Labels = {
    **dict.fromkeys(("Employed full-time", "Employed, full-time"), "full-time"),
    **dict.fromkeys(("Employed part-time", "Employed, part-time"), "part-time"),
    "Employed": "employed",
    "Independent contractor, freelancer, or self-employed": "self-employed",
    **dict.fromkeys(("Student", "Student, full-time", "Student, part-time"), "student"),
    "Not employed": "not working",
    "Not employed, but looking for work": "not working",
    "Not employed, and not looking for work": "not working",
    "Retired": "not working",
    "I prefer not to say": None,
}
GENDER: Labels = {
    **dict.fromkeys(("Female", "Woman"), "female"),
    **dict.fromkeys(("Male", "Man"), "male"),
    "Non-binary, genderqueer, or gender non-conforming": "another",
    "Or, in your own words:": "another",
    "Transgender": None,  # 2018 offered it beside the others
    "Prefer not to say": None,
}
PERIODS_A_YEAR: Mapping[str, float] = {
    # as in the publisher's conversion (schemas of 2018 to 2020)
    "week": 50.0,
    "month": 12.0,
    "year": 1.0,
}
MENDED = (
    # thousands typed as units are not among them: hourly pay looks like them
    "monthly",
    AGAIN,
    "currency",
)
AGES = (10.0, 100.0)  # typed ages outside are no ages
NO_AGE = "Prefer not to say"
ROLE: Labels = {
    # a label that names two roles goes to the first, also where their families differ (data or business analyst)
    "AI/ML engineer": "machine learning engineer",
    "Academic researcher": "academic researcher",
    "Applied scientist": "applied scientist",
    "Architect, software or solutions": "solutions architect",
    "Back-end developer": "back-end developer",
    "Blockchain": "blockchain developer",
    "C-suite executive (CEO, CTO, etc.)": "technology executive",
    "Cloud infrastructure engineer": "cloud engineer",
    "Cybersecurity or InfoSec professional": "security engineer",
    "Data engineer": "data engineer",
    "Data or business analyst": "data analyst",
    "Data scientist": "data scientist",
    "Data scientist or machine learning specialist": "data scientist",
    "Database administrator": "database administrator",
    "Database administrator or engineer": "database administrator",
    "Designer": "designer",
    "Desktop or enterprise applications developer": "software engineer",
    "DevOps engineer or professional": "DevOps engineer",
    "DevOps specialist": "DevOps engineer",
    "Developer Advocate": "developer advocate",
    "Developer Experience": "developer advocate",
    "Developer, AI": "machine learning engineer",
    "Developer, AI apps or physical AI": "machine learning engineer",
    "Developer, QA or test": "QA engineer",
    "Developer, back-end": "back-end developer",
    "Developer, desktop or enterprise applications": "software engineer",
    "Developer, embedded applications or devices": "embedded developer",
    "Developer, front-end": "front-end developer",
    "Developer, full-stack": "full-stack developer",
    "Developer, game or graphics": "game developer",
    "Developer, mobile": "mobile developer",
    "Educator": "teaching",
    "Educator or academic researcher": "teaching",
    "Embedded applications or devices developer": "embedded developer",
    "Engineer, data": "data engineer",
    "Engineer, site reliability": "site reliability engineer",
    "Engineering manager": "engineering manager",
    "Financial analyst or engineer": "finance and operations",
    "Founder, technology or otherwise": "technology executive",
    "Front-end developer": "front-end developer",
    "Full-stack developer": "full-stack developer",
    "Game or graphics developer": "game developer",
    "Hardware Engineer": "hardware engineer",
    "Marketing or sales professional": "marketing",
    "Mobile developer": "mobile developer",
    "Product manager": "product manager",
    "Project manager": "project manager",
    "QA or test developer": "QA engineer",
    "Security professional": "security engineer",
    "Senior Executive (C-Suite, VP, etc.)": "technology executive",
    "Senior executive (C-suite, VP, etc.)": "technology executive",
    "Senior executive/VP": "technology executive",
    "Support engineer or analyst": "IT support",
    "System administrator": "system administrator",
    "UX, Research Ops or UI design professional": "designer",
    # no role of the list, or no job
    "Other": None,
    "Other (please specify):": None,
    "Research & Development role": None,
    "Retired": None,
    "Scientist": None,
    "Student": None,
}
FAMILY: Labels = {
    label: {known.name: known.family for known in ROLE_LIST}.get(role or "") for label, role in ROLE.items()
}
CLOSED: Mapping[str, Labels] = {**LABELS, "employment": EMPLOYMENT, "gender": GENDER, "role": ROLE}
NO_SKILL = ("Other(s):", "Other (please specify):", "Other", "None of the above")
NOWHERE = ("Nomadic", "Other Country (Not Listed Above)", "I prefer not to say", "Other (please specify):")


def load(
    years: Sequence[int] | None = None,
    experience: Experience | None = None,
    gender: bool = False,
    mend_slips: bool = False,
) -> Records:
    """Load the answers of the asked years; by default of those whose files are at hand.

    ``experience`` chooses ``"professional"`` years (to 2024) or ``"total"`` ones (from 2022), None the former
    where asked. ``gender=True`` also keeps the sensitive column (to 2022). ``mend_slips=True`` mends slips of
    period and currency, which are flagged otherwise. Raises ``DataError`` for years without a map, files that are
    not the declared ones, and where no year is named and no file at hand: only years that are named are downloaded.
    """
    chosen = in_time(WAVES, years or _at_hand(), who=SOURCE.key)
    asked = frozenset[str]().union(*(_asked(WAVES[year], experience, gender=gender) for year in chosen))
    ledgers, stamps = {}, []
    for year in chosen:
        raw = read(fetch(SOURCE, _file(year)), year, gender=gender)
        ledgers[year] = clean(raw, year, experience=experience, gender=gender, mend_slips=mend_slips)
        stamps.append(stamp(SOURCE, _file(year), len(raw)))
    options = {"years": list(chosen), "experience": experience, "gender": gender, "mend_slips": mend_slips}
    told = f"{SOURCE.headline} ({', '.join(map(str, chosen))})"
    return from_ledger(
        assign(one_ledger(ledgers), skills="skills", keep=True), Provenance(SOURCE, tuple(stamps), told, options), asked
    )


def read(path: Path, year: int, *, gender: bool = False) -> pl.DataFrame:
    """Return the columns that cleaning uses of one year's file, as text, with ``row`` and ``cut``.

    Raises ``DataError`` for a year without a map, and for a file whose header lacks columns of that year.
    """
    in_time(WAVES, [year], who=SOURCE.key)
    wave = WAVES[year]
    answers = [name for question, name in wave.questions.items() if gender or question != "gender"]
    return read_csv(path, thing=f"{SOURCE.key} {year}", columns=[*answers, *wave.skills], mark_cut=True)


def clean(
    raw: pl.DataFrame,
    year: int,
    *,
    experience: Experience | None = None,
    gender: bool = False,
    mend_slips: bool = False,
) -> Ledger:
    """Return canonical records from one year's raw rows: answers without pay are records too.

    Raises ``DataError`` for a year without a map, and for labels that the maps do not know where they are many.
    """
    in_time(WAVES, [year], who=SOURCE.key)
    wave = WAVES[year]
    ledger = Ledger(blank_to_null(raw, words=("", "NA"))).reject("record cut short in the file", pl.col(CUT))
    known = {**CLOSED, "country": _countries(ledger.rows[wave.questions["country"]])}
    for question, name in wave.questions.items():
        if question in known and name in raw.columns:
            ledger = empty_strangers(ledger, name, known[question])
    ledger = ledger.recode(
        pl.lit(year, dtype=pl.Int32).alias("year"),
        pl.format("{}:{}", pl.lit(_file(year).name), ROW).alias("record_id"),
        constant("source", SOURCE.key),
        constant("observation", "worker"),
        constant("pay_concept", wave.pay_concept),
        constant("gross_net", "gross"),
    )
    ledger = _recode_work(_recode_pay(_recode_levels(ledger, wave, gender=gender), wave), wave)
    ledger = _recode_years(ledger, wave, _concept(wave, experience))
    ledger = ledger.recode(pl.col("role").fill_null("none or several").alias("role_told"))
    mended = MENDED if mend_slips else ()
    # a role in a small country is few people: judged by the spread of all that is left there once roles are told
    ledger = find_slips(ledger, by=["country", "role_told"], cells=[["country"]], mended=mended, who="pay")
    return _bound_trimmed(ledger, wave)


def _file(year: int) -> RawFile:
    url = f"{ARCHIVE}/{year}/results.csv"
    return RawFile(f"results_{year}.csv", WAVES[year].sha256, url, f"{SOURCE.key}_{year}/results.csv")


def _at_hand() -> list[int]:
    """Return the years whose files are in data/raw or in the mirror folder; refuse to guess where none is."""
    mirror, here = mirror_folder(), raw_folder(SOURCE.key)
    brought = {year for year in WAVES if mirror is not None and (mirror / str(_file(year).mirror)).is_file()}
    if not (found := [year for year in WAVES if year in brought or (here / _file(year).name).is_file()]):
        remedy = f"name a year to download it: --set 'years=[{max(WAVES)}]', in Python years=[{max(WAVES)}]; "
        remedy += f"licence: {SOURCE.licence}"
        raise DataError(Fault(f"{SOURCE.key}: years", "none named, and no file at hand", "a year's file", remedy))
    return found


def _asked(wave: Wave, experience: Experience | None, *, gender: bool) -> frozenset[str]:
    """Return the canonical columns that a wave asked, gender and the kind of experience as wanted."""
    left_out = {"professional", "total"} - {_concept(wave, experience)} | (set() if gender else {"gender"})
    asked = {name for question in wave.questions if question not in left_out for name in ASKED[question]}
    return frozenset(asked | {"skills"} | (ENDS if wave.trimmed else set()))


def _concept(wave: Wave, experience: Experience | None) -> Experience | None:
    """Return which years of work a wave tells: the wanted ones if it asked them, by default professional first."""
    kinds: tuple[Experience, ...] = get_args(Experience)
    if experience is not None and experience not in kinds:
        raise DataError(unknown(f"{SOURCE.key}: kind of experience", experience, kinds))
    return next((kind for kind in kinds if kind in wave.questions and experience in (None, kind)), None)


def _recode_levels(ledger: Ledger, wave: Wave, *, gender: bool) -> Ledger:
    """Recode the questions whose answers are levels; of several answers one is kept, by a rule."""
    rows, form = ledger.rows, wave.questions["employment"]
    recoded = [
        to_level(rows[name], to, LABELS[to], source=SOURCE.key) for to, name in wave.questions.items() if to in LABELS
    ]
    recoded.append(of_several(rows, form, "employment", EMPLOYMENT, pl.col("employment").min(), source=SOURCE.key))
    if gender and "gender" in wave.questions:
        told, another = pl.col("gender").drop_nulls().unique(), constant("gender", "another")
        kept = pl.when(told.len() == 1).then(told.first()).when(told.len() > 1).then(another)
        recoded.append(of_several(rows, wave.questions["gender"], "gender", GENDER, kept, source=SOURCE.key))
    rule = "several forms of employment ticked: the first in the schema's order kept"
    return ledger.recode(*map(pl.lit, recoded)).flag(rule, pl.col(form).str.contains(";"))


def _recode_pay(ledger: Ledger, wave: Wave) -> Ledger:
    """Recode pay: US dollars as the publisher converted them, and local pay as it was stated, by the year."""
    usd, local, currency = (wave.questions[name] for name in ("pay_usd", "pay_local", "currency"))
    if "period" not in wave.questions:
        ledger = ledger.recode(pl.when(pl.col(local).is_not_null()).then(constant("period", "year")).alias("period"))
    times = pl.col("period").cast(pl.String).replace_strict(PERIODS_A_YEAR, default=None, return_dtype=pl.Float64)
    ledger = ledger.recode(
        to_number(usd).alias(PAY),
        to_number(local).alias("stated"),
        (to_number(local) * times).alias(LOCAL),
        pl.col(currency).str.extract(r"^([A-Z]{3})\b").alias("currency"),
    )
    pay, stated = pl.col(PAY), pl.col("stated")
    unread = (pl.col(usd).is_not_null() & pay.is_null()) | (pl.col(local).is_not_null() & stated.is_null())
    nothing = [pl.lit(None, dtype=pl.Float64).alias(name) for name in (PAY, LOCAL, "stated")]
    return (
        ledger.flag("pay that is no number, left empty", unread)
        .repair("pay of 0 or less is no pay, emptied", (pay <= 0) | (stated <= 0), *nothing)
        .flag("pay in USD is the publisher's own conversion", pay.is_not_null())
        .flag("pay stated, not converted by the publisher", stated.is_not_null() & pay.is_null())
        .flag("pay stated without its period: no annual local pay", stated.is_not_null() & pl.col("period").is_null())
        .flag("currency without a code, left empty", pl.col(currency).is_not_null() & pl.col("currency").is_null())
    )


def _bound_trimmed(ledger: Ledger, wave: Wave) -> Ledger:
    """Give pay at a threshold that stands for all above it the interval from there upwards, where a year has any."""
    if not wave.trimmed:
        return ledger
    at = pl.col(PAY).is_in(wave.trimmed)
    ends = (pl.when(at).then(PAY).alias("pay_low_usd"), pl.when(at).then(math.inf).alias("pay_high_usd"))
    return ledger.recode(*ends).flag("pay at a threshold put for all above it: low = the threshold, high = ∞", at)


def _countries(answers: pl.Series) -> Labels:
    """Return those of the answers that are a country's name, or stand for none."""
    names = [name for name in answers.drop_nulls().unique() if name.strip(" .").casefold() in CODES]
    return dict.fromkeys([*names, *NOWHERE])


def _recode_work(ledger: Ledger, wave: Wave) -> Ledger:
    """Recode the country, the role where one was ticked, and the skills."""
    country = to_country(ledger.rows, wave.questions["country"], source=SOURCE.key, none_of_them=NOWHERE)
    role = pl.col(wave.questions["role"])
    several = role.str.contains(";")
    ledger = ledger.flag("several roles ticked: none kept", several).recode(pl.when(~several).then(role).alias("title"))
    skills = pl.concat_str(wave.skills, separator=";", ignore_nulls=True)
    return ledger.recode(
        pl.lit(country),
        pl.lit(country.alias("residence_country")),
        pl.col("title").replace_strict(ROLE, default=None, return_dtype=pl.String).alias("role"),
        pl.lit(to_level(ledger.rows["title"].alias(wave.questions["role"]), "role_family", FAMILY, source=SOURCE.key)),
        pl.when(skills != "").then(skills.str.split(";").list.set_difference(NO_SKILL).list.sort()).alias("skills"),
    )


def _recode_years(ledger: Ledger, wave: Wave, concept: Experience | None) -> Ledger:
    """Recode age and years of work; figures that can't be are emptied."""
    # the middle of "under 18" is outside too
    ledger = empty_outside(_recode_bands(ledger, wave.questions["age"], "age", "age"), "age", *AGES)
    if concept is None:
        return ledger
    ledger = _recode_bands(ledger, wave.questions[concept], "experience_years", "experience")
    ledger = ledger.recode(constant("experience_concept", concept))
    ceiling = pl.min_horizontal(pl.coalesce("age_high", "age", pl.lit(AGES[1])), pl.lit(AGES[1]))
    beyond = pl.col("experience_years") >= ceiling
    nothing = [
        pl.lit(None, dtype=pl.Float64).alias(name) for name in ("experience_years", "experience_low", "experience_high")
    ]
    return ledger.repair("years of work not below the age, emptied", beyond, *nothing)


def _recode_bands(ledger: Ledger, name: str, figure: str, stem: str) -> Ledger:
    """Recode numbers, and bands of completed years; an open band stands at its end, and is counted."""
    recoded = band_columns(ledger.rows[name], figure, stem, ignore=("old",), step=1.0)
    unread = pl.col(name).is_not_null() & (pl.col(name) != NO_AGE) & pl.col(figure).is_null()
    return (
        ledger.recode(*map(pl.lit, recoded.get_columns()))
        .flag(f"{name} in an open band, which stands at its end", pl.col(f"{stem}_high").is_infinite())
        .flag(f"{name} that can't be read, left empty", unread)
    )
