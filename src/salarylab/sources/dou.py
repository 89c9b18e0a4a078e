"""DOU: the pay survey of Ukraine's largest community of IT workers, in three waves.

Readers of DOU.ua answered of their own accord in December 2019, December 2024 and June 2025; nobody knows whom
they stand for, and the war lies between the first wave and the others. Pay is net of tax, in USD a month, the
base rate alone; a year is twelve months of it. Questions and answers are Ukrainian: columns are matched by
their place in each wave, and the header is held against the declared beginning of each question.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from salarylab.errors import DataError, Fault
from salarylab.records import Records, from_ledger
from salarylab.records.amounts import band_columns, bands, middle
from salarylab.records.audit import Ledger
from salarylab.records.labels import to_known_levels
from salarylab.records.reading import ROW, Dialect, read_csv
from salarylab.records.recode import constant, require_numbers, to_levels
from salarylab.records.roles import ASSIGNED, assign
from salarylab.records.slips import find_slips
from salarylab.records.waves import Wave, asked_in, choose, join, names_in, sign
from salarylab.source import Break, Provenance, RawFile, Source, fetch, stamp
from salarylab.units import PERIODS_PER_YEAR

PAY = frozenset({"pay_annual_usd", "pay_doubt", "base_usd", "pay_annual_local", "pay_concept", "gross_net"})
TERMS = frozenset({"currency", "period"})
PERSON = frozenset({"experience_years", "experience_low", "experience_high", "experience_concept"})
JOB = ASSIGNED | {"title", "seniority", "track", "skills", "org_kind", "country", "residence_country"}
EVERY_WAVE = PAY | TERMS | PERSON | JOB


def _file(name: str, sha256: str) -> RawFile:
    commit = "5089fdb4ebdb9daa66cb597fc3fbaaa9986983e8"
    return RawFile(
        name=name,
        sha256=sha256,
        url=f"https://raw.githubusercontent.com/devua/csv/{commit}/salaries/{name}",
        mirror=f"dou/{name}",
    )


WAVES: dict[int, Wave] = {
    2019: Wave(
        year=2019,
        file=_file("2019_dec_raw.csv", "b67c60cf46de3f45e4c9e3407eccc83a9266c22fa874844a6da3f6a5c769bdb7"),
        dialect=Dialect(),
        asked=EVERY_WAVE | {"education", "domains", "org_size", "region", "work_mode", "tenure_years", "age", "gender"},
        questions=(
            ("told", "Отметка времени"),
            ("post", "Оберіть вашу посаду"),
            ("language", "Основна мова програмування"),
            ("second_language", "Додаткова мова програмування"),
            ("frameworks", "Фреймворки, бібліотеки й платформи"),
            ("qa_kind", "Вкажіть вашу спеціалізацію"),
            ("qa_language", "Яку мову програмування ви використовуєте"),
            ("design_post", "Оберіть вашу посаду_1"),
            ("hr_post", "Оберіть вашу посаду_2"),
            ("areas", "В якій області ви працюєте?"),
            ("place", "Місто"),
            ("org_kind", "Тип компанії"),
            ("org_size", "Кількість технічних спеціалістів у вашій компанії"),
            ("experience", "Загальний стаж роботи за спеціальністю"),
            ("tenure", "Стаж на поточному місці роботи"),
            ("pay", "Зарплата за місяць, net, після податків"),
            ("pay_change", "Наскільки змінилась ваша зарплата"),
            ("gender", "Стать"),
            ("age", "Вік"),
            ("education", "Освіта"),
            ("university", "ЗВО"),
            ("english", "Знання англійської мови"),
        ),
    ),
    2024: Wave(
        year=2024,
        file=_file("2024_dec_raw.csv", "2e2dd76777abb091351ef76b0520f88d3fe41ced99bb50f8ebe013f3ea989605"),
        dialect=Dialect(),
        asked=EVERY_WAVE | {"employment", "region", "gender"},
        questions=(
            ("told", "Submitted at"),
            ("employment", "Ваша основна зайнятість в ІТ зараз"),
            ("pay", "Зарплата / дохід в IT у $$$ за місяць, лише ставка"),
            ("rank", "Оберіть ваш тайтл або роль у компанії"),
            ("category", "Categories"),
            ("post", "Position"),
            ("specialisation", "Розробники -  основна спеціалізація"),
            ("language", "Основна мова програмування"),
            ("org_kind", "Основний напрям роботи компанії"),
            ("experience", "Загальний стаж роботи за нинішньою ІТ-спеціальністю"),
            ("english", "Знання англійської мови"),
            ("lives", "Де ви зараз живете?"),
            ("place", "В якій області ви зараз живете?"),
            ("gender", "Ваша стать"),
        ),
    ),
    2025: Wave(
        year=2025,
        file=_file("2025_june_raw.csv", "48b03a18fad8f6c64f7cb48e45f2ac545b63ff8c25925dd96b26af0454188805"),
        dialect=Dialect(encoding="cp1251"),
        asked=EVERY_WAVE | {"employment", "bonus_usd", "domains", "org_size", "field_of_study", "age"},
        questions=(
            ("told", "Submitted at"),
            ("employment", "Ваша основна зайнятість в ІТ зараз"),
            ("pay", "ЗАРПЛАТА / СУМАРНИЙ ДОХІД в IT у $$$ за місяць, лише ставка"),
            ("bonus", "Всі бонуси (на місяць)"),
            ("rank", "Тайтл"),
            ("category", "Категорія"),
            ("post", "Почніть вводити і оберіть вашу ОСНОВНУ посаду зі списку"),
            ("domain", "У якій сфері проєкт, в якому ви зараз працюєте?"),
            ("specialisation", "Вкажіть вашу основну спеціалізацію"),
            ("any_language", "Чи використовуєте ви у своїй роботі мови програмування"),
            ("language", "Основна мова програмування"),
            ("org_kind", "Основний напрям роботи компанії"),
            ("org_size", "Кількість спеціалістів у вашій компанії в Україні"),
            ("experience", "Загальний стаж роботи за нинішньою ІТ-спеціальністю"),
            ("english", "Знання англійської мови"),
            ("lives", "Де ви зараз живете?"),
            ("field_of_study", "За яким напрямом ви навчалися / навчаєтеся у виші?"),
            ("age", "Ваш вік"),
        ),
    ),
}

SOURCE = Source(
    key="dou",
    title="Salary surveys of IT workers in Ukraine, December 2019, December 2024 and June 2025",
    publisher="DOU.ua",
    home="https://dou.ua/",
    citation="DOU.ua, IT salary surveys, December 2019, December 2024 and June 2025. https://dou.ua/",
    licence="No formal licence: free for research; a publication names DOU with an active link to https://dou.ua/",
    redistribution="attribution",
    headline="Net base pay as readers of DOU.ua, IT workers of Ukraine, state it themselves",
    asked=asked_in(tuple(WAVES.values()), gender=False),
    years=tuple(WAVES),
    breaks=(
        Break(
            2024,
            "the level is asked for; until 2019 it is read from the post, which tells it for some posts only",
            ("seniority", "track"),
        ),
        Break(2024, "lists of posts, of kinds of company and of places are new", ("title", "org_kind", "region")),
        Break(2024, "the longest answer is 15 years or more, not 10", ("experience_years", "experience_high")),
        Break(2024, "one language a person; until 2019 two, and frameworks", ("skills",)),
        Break(2025, "the longest answer is 20 years or more", ("experience_years", "experience_high")),
        Break(2025, "fields of a project from a longer list", ("domains",)),
        Break(2025, "all specialists in Ukraine, not the technical ones", ("org_size",)),
    ),
)

HIGHEST_PLAUSIBLE = 15_000.0
"""USD a month above which pay is counted as doubtful."""

EMPLOYMENT = {
    "Працюю full-time": "full-time",
    "Працюю part-time": "part-time",
    "Працюю в IT-компанії / ІТ-департаменті": "employed",
    "Я контрактор(-ка) в IT (прямий контракт з іноземним замовником)": "contract",
    "Я фрилансер(-ка)": "freelance",
    "Я фрилансер(-ка) в ІТ": "freelance",
    "Втратив(-ла) роботу і шукаю нову": "not working",
    "Втратив(-ла) роботу / звільнився(-лася) і шукаю нову": "not working",
    "Тимчасово не працюю і не шукаю роботу (sabbatical, декрет, волонтерство etc)": "not working",
    "Працював(-ла) в IT, нині на військовій службі": "not working",
    "Зараз в неоплачуваній відпустці / бенчі": "not working",
    "Зараз на бенчі / в неоплачуваній відпустці": "not working",
}

SENIORITY = {
    "Intern/Trainee": "intern",
    "Junior": "junior",
    "Middle": "mid",
    "Senior": "senior",
    "Staff": "staff",
    "Principal": "staff",
    "Architect": "staff",
    "Lead/Team Lead": "lead",
    "Lead / Team Lead": "lead",
    "Tech Lead": "lead",
    "Head": "head",
    "CEO / C-level (Chief) / Director / VP": "executive",
    # posts of 2019; the list has a junior and a senior post beside the plain ones
    "Junior Software Engineer": "junior",
    "Software Engineer": "mid",
    "Senior Software Engineer": "senior",
    "Junior QA": "junior",
    "QA Engineer": "mid",
    "Senior QA Engineer": "senior",
    "Senior Project Manager / Program Manager": "senior",
    "System Architect": "staff",
    "QA Tech Lead": "lead",
    "Team Lead": "lead",
    "Technical Lead": "lead",
    "Director of Engineering / Program Director": "head",
}
"""Titles and posts that say a level; "manager", in Ukraine a word for posts of every level, says none."""

TRACK = {
    "Lead/Team Lead": "manager",
    "Lead / Team Lead": "manager",
    "Team Lead": "manager",
    "Head": "manager",
    "CEO / C-level (Chief) / Director / VP": "manager",
    "Director of Engineering / Program Director": "manager",
    "Intern/Trainee": "individual contributor",
    "Junior": "individual contributor",
    "Middle": "individual contributor",
    "Senior": "individual contributor",
    "Staff": "individual contributor",
    "Principal": "individual contributor",
    "Architect": "individual contributor",
    "Junior Software Engineer": "individual contributor",
    "Software Engineer": "individual contributor",
    "Senior Software Engineer": "individual contributor",
    "Junior QA": "individual contributor",
    "QA Engineer": "individual contributor",
    "Senior QA Engineer": "individual contributor",
    "System Architect": "individual contributor",
}

EXPERIENCE_CODES = {
    (2024, "0.1"): "less than 3 months",
    (2024, "15"): "15+",
    (2025, "0.1"): "less than 3 months",
    (2025, "18"): "15-20",
    (2025, "20"): "20+",
}
"""Numbers that stand for a band, read from the gaps between the others: 14 is followed by 18, and 18 by 20."""

EDUCATION = {
    "Середня": "secondary",
    "Технікум / Коледж": "associate",
    "Вища": "bachelor or master",  # and specialist, between the two
    "Дві вищих": "bachelor or master",
    "Ще студент": "some college",
    "Незакінчена вища": "some college",
    "Кандидат": "doctorate",
}

FIELDS = {
    "Комп'ютерні науки/інженерія, інженерія ПЗ, кібербезпека": "computing",
    "Інші технічні науки та інженерія (радіотехніка, електроніка, космонавтика, електротехніка і т.п.)": (
        "other engineering"
    ),
    "Інші гуманітарні та суспільні науки": "humanities and other social sciences",
    "Суспільно-економічні науки (економіка, соціологія)": "economics and sociology",
    "Точні науки (математика, інформатика)": "mathematics and informatics",
    "Природничі науки (фізика, хімія, біологія)": "natural sciences",
    "Медицина": "medicine",
}
NEVER_STUDIED = "Не вступав у виш"
ANOTHER_FIELD = "another field"

GENDER = {"Чоловік": "male", "Жінка": "female"}

ORG_KIND = {
    "Продуктова": "product company",
    "Аутсорсингова": "outsourcing",
    "Сервісна (аутсорсингова)": "outsourcing",
    "Аутстафінгова": "outstaffing",
    "Стартап": "start-up",
    "ІТ-відділ в НЕ ІТ-компанії (банк, телеком, ритейл тощо)": "in-house software",
    "Державне підприємство / установа": "public sector",
    "Фриланс": "self-employed",
    "Інша": "another kind",
    "Інша (ГО / агенція / заклад освіти тощо)": "another kind",
}

ORG_SIZE = {
    "до 10 спеціалістів": "under 10",
    "до 50": "10 to 49",
    "до 200": "50 to 199",
    "до 1000": "200 to 999",
    "понад 1000": "1,000 or more",
}
NO_TEAM = "працюю на іноземного роботодавця, в Україні він не має сформованої команди"

AT_HOME = "В Україні"
REMOTE = "Віддалено"
ANOTHER_PLACE = "Інше"
ANOTHER_TOWN, NO_TOWN = "another town", "no town named: works remotely"
TOWNS = {
    "Київ": "Kyiv",
    "Харків": "Kharkiv",
    "Львів": "Lviv",
    "Дніпро": "Dnipro",
    "Одеса": "Odesa",
    "Вінниця": "Vinnytsia",
    "Запоріжжя": "Zaporizhzhia",
    "Івано-Франківськ": "Ivano-Frankivsk",
    "Чернівці": "Chernivtsi",
    "Хмельницький": "Khmelnytskyi",
    "Миколаїв": "Mykolaiv",
    "Черкаси": "Cherkasy",
    "Житомир": "Zhytomyr",
    "Тернопіль": "Ternopil",
    "Суми": "Sumy",
    "Ужгород": "Uzhhorod",
    "Чернігів": "Chernihiv",
    "Рівне": "Rivne",
    "Луцьк": "Lutsk",
    "Полтава": "Poltava",
    "Кривий Ріг": "Kryvyi Rih",
    "Херсон": "Kherson",
    "Кропивницький": "Kropyvnytskyi",
    "Донецька": "Donetsk and Luhansk",
}
"""Towns of 2019; in 2024 the same with their oblast ("Київ чи область")."""

ANOTHER_DOMAIN = "another domain"
DOMAINS = {
    "Веб-розробка": "web development",
    "Корпоративні системи": "enterprise systems",
    "Фінанси та банки": "finance and banking",
    "Телекомунікації": "telecommunications",
    "Системне програмування": "systems programming",
    "Мультимедіа": "multimedia",
    "several": "several projects, none of them main",
    "Інше": ANOTHER_DOMAIN,
    "Other": ANOTHER_DOMAIN,
} | {
    name: name
    for name in (
        *("Android", "iOS", "eCommerce", "Desktop Applications", "Gamedev", "Embedded", "E-commerce", "SaaS"),
        *("Fintech / Banking / Capital Management", "Gambling", "Mobile", "Medtech / Healthcare", "AI / ML"),
        *("GameDev", "Edtech / Education", "Adtech / Advertising / Marketing", "Enterprise", "Telecom", "ERP"),
        *("Media / Entertainment", "Retail / marketplace", "Security", "Logistics / Supply Chain", "Big Data"),
        *("Business Intelligence / Data Warehouse", "Cloud Computing", "Automotive", "Blockchain", "Travel"),
        *("Data Science", "Insurance", "Public services / Government", "Internet of Things", "Real estate"),
        *("Miltech", "Energy / Oil / Gas", "Wellbeing / Sports", "Hardware", "Manufacturing", "Hospitality"),
        *("High Load Systems", "Dating", "Domains / Hosting", "Legal", "Agriculture", "Geospatial", "AR/VR"),
        *("Uberfication", "Robotics", "RPA (Robotic Process Automation)"),
    )
}
SEVERAL = "Різнопланові проєкти, немає одного основного (HR etc)"
"""The one answer of 2025 with the mark in it that parts the answers."""

SKILLS = {"C# / .NET": "C#/.NET", "C#": "C#/.NET", "1С": "1C"}
NO_SKILL = ("Не використовую", "Інша", "Іншу", "Не можу обрати одну основну мову")


def load(years: Sequence[int] | None = None, gender: bool = False) -> Records:
    """Load the waves of ``years`` (2019, 2024, 2025; all where None), one record for each worker.

    ``gender=True`` also loads that sensitive column, which 2025 did not ask. Raises ``DataError`` for a year
    without a wave, a file that is not the declared one, and a header or an answer that is not mapped.
    """
    waves = choose(WAVES, years, who=SOURCE.key)
    raw = [read(fetch(SOURCE, wave.file), wave) for wave in waves]
    stamps = tuple(stamp(SOURCE, wave.file, len(rows)) for wave, rows in zip(waves, raw, strict=True))
    options = {"years": [wave.year for wave in waves], "gender": gender}
    ledger = doubt_pay(assign(clean(join(raw, WAVES), gender=gender), skills="skills"))
    asked = asked_in(waves, gender=gender)
    return from_ledger(ledger, Provenance(SOURCE, stamps, SOURCE.headline, options), asked)


def read(path: Path | bytes, wave: Wave) -> pl.DataFrame:
    """Return a wave's answers as text under the names of its questions, with ``year`` and ``record_id``.

    Raises ``DataError`` naming every column whose header does not begin as the declared question does.
    """
    thing = f"{SOURCE.key}: {wave.file.name}"
    raw = read_csv(path, thing=thing, dialect=wave.dialect)
    found = [name for name in raw.columns if name != ROW]
    faults = [
        Fault(f"{thing}: column {place}", repr(header), f"a header that begins {start!r}", "map this wave anew")
        for place, (header, (_, start)) in enumerate(zip(found, wave.questions, strict=False), start=1)
        if not header.startswith(start)
    ]
    if len(found) != len(wave.questions):
        known = f"{len(wave.questions)} columns"
        surplus = ", ".join(map(repr, found[len(wave.questions) :]))
        faults.append(
            Fault(thing, f"{len(found)} columns {surplus}".strip(), known, "check that this is the wave's file")
        )
    if faults:
        raise DataError(*faults)
    named = raw.rename({header: name for header, (name, _) in zip(found, wave.questions, strict=True)})
    return sign(named, wave)


def clean(raw: pl.DataFrame, *, gender: bool = False) -> Ledger:
    """Return one record for each person who works, from the answers of one or more waves, joined."""
    answers, named = require_numbers(raw, ["pay", "bonus", "age"], thing=SOURCE.key), names_in(WAVES)
    ledger = Ledger(answers).reject("an empty record", pl.all_horizontal(pl.col(named).is_null()))
    alike = pl.struct("year", *(name for name in named if name != "told"))
    ledger = _recode_pay(ledger).flag(
        "every answer as in an earlier record (hours to weeks apart, so taken for two people)",
        ~alike.is_first_distinct(),
    )
    ledger = _recode_place(_recode_employer(_recode_job(_recode_employment(ledger))))
    # last, so that every other rule counts the wave's answers whole
    return _recode_person(ledger, gender=gender).reject(
        "not working now (job lost, pause, unpaid leave or bench, army): pay of the past",
        pl.col("employment") == "not working",
    )


def doubt_pay(ledger: Ledger) -> Ledger:
    """Flag pay that looks like a slip beside that of its year, role and level; nothing is mended.

    Those whose title says no level are of every level: pay spreads widest among them, so each level of a year is
    judged by its own spread.
    """
    ledger = ledger.recode(pl.col("seniority").cast(pl.String).fill_null("no level told").alias("level_told"))
    by, cells = ["year", "role", "level_told"], [["year", "level_told"]]
    return find_slips(ledger, by=by, cells=cells, confusable=(), who="pay")


def _recode_pay(ledger: Ledger) -> Ledger:
    """Take the year as twelve months of the stated base rate, and count what looks odd in it."""
    months = PERIODS_PER_YEAR["month"]
    monthly = pl.col("pay")
    return (
        ledger.recode(
            *((months * monthly).alias(name) for name in ("pay_annual_usd", "pay_annual_local", "base_usd")),
            (months * pl.col("bonus")).alias("bonus_usd"),
            constant("pay_concept", "base"),
            constant("gross_net", "net"),
            constant("currency", "USD"),
            constant("period", "month"),
            constant("source", SOURCE.key),
            constant("observation", "worker"),
        )
        .flag("pay not stated", monthly.is_null())
        .flag("pay of zero", monthly == 0)
        .flag(f"pay over {HIGHEST_PLAUSIBLE:,.0f} USD a month", monthly > HIGHEST_PLAUSIBLE)
    )


def _recode_employment(ledger: Ledger) -> Ledger:
    return to_known_levels(ledger, "employment", "employment", EMPLOYMENT, source=SOURCE.key)


def _recode_job(ledger: Ledger) -> Ledger:
    """Recode title, level, track and skills; in 2019 the post itself says the level."""
    said = pl.when(pl.col("year") == 2019).then("post").otherwise("rank").alias("said")
    rows = ledger.rows.with_columns(said)
    levels = to_levels(rows, "said", "seniority", SENIORITY, source=SOURCE.key, unmatched="null")
    tracks = to_levels(rows, "said", "track", TRACK, source=SOURCE.key, unmatched="null")
    named = pl.concat_list("language", "second_language", "qa_language").list.drop_nulls()
    frameworks = pl.col("frameworks").str.split(";").fill_null([])
    asked = pl.any_horizontal(
        pl.col("language", "second_language", "qa_language", "frameworks", "any_language").is_not_null()
    )
    skill = pl.element().filter(~pl.element().is_in(NO_SKILL)).replace(SKILLS)
    return ledger.recode(
        pl.lit(levels),
        pl.lit(tracks),
        pl.coalesce("qa_kind", "design_post", "hr_post", "post").alias("title"),
        pl.when(asked)
        .then(named.list.concat(frameworks).list.eval(skill).list.unique(maintain_order=True))
        .alias("skills"),
    ).flag("title or post that says no level of seniority", pl.lit(levels.is_null()))


def _recode_employer(ledger: Ledger) -> Ledger:
    no_team = pl.col("org_size") == NO_TEAM
    rows = ledger.rows.with_columns(pl.when(~no_team).then("org_size").alias("org_size"))
    several = pl.col("domain").str.replace_all(SEVERAL, "several", literal=True).str.split(", ")
    domains = pl.coalesce(pl.col("areas").str.split(";"), several)
    domain = pl.element().replace_strict(DOMAINS, default=ANOTHER_DOMAIN)
    typed = domains.list.eval(~pl.element().is_in(list(DOMAINS))).list.any()
    return (
        ledger.flag("employer abroad without a team in Ukraine: no size", no_team)
        .flag("a domain typed by hand, taken as another one", typed)
        .recode(
            pl.lit(to_levels(rows, "org_kind", "org_kind", ORG_KIND, source=SOURCE.key)),
            pl.lit(to_levels(rows, "org_size", "org_size", ORG_SIZE, source=SOURCE.key)),
            domains.list.eval(domain).list.unique(maintain_order=True).alias("domains"),
        )
    )


def _recode_place(ledger: Ledger) -> Ledger:
    """Recode places; 2019's list of towns holds "remote", a way to work that all who name a place have not."""
    town = pl.col("place").str.replace(" чи .*$", "").replace_strict(TOWNS, default=None)
    unlisted = pl.col("place").is_not_null() & town.is_null() & ~pl.col("place").is_in([REMOTE, ANOTHER_PLACE])
    other = pl.col("place").is_not_null() & town.is_null()
    ukraine = pl.when((pl.col("lives") == AT_HOME) | town.is_not_null()).then(pl.lit("UA"))
    mode = (
        pl.when(pl.col("place") == REMOTE)
        .then(constant("work_mode", "remote"))
        .when(pl.col("place").is_not_null())
        .then(constant("work_mode", "not remote"))
    )
    return ledger.recode(
        pl.when(pl.col("place") == REMOTE)
        .then(pl.lit(NO_TOWN))
        .when(other)
        .then(pl.lit(ANOTHER_TOWN))
        .otherwise(town)
        .alias("region"),
        ukraine.alias("country"),
        ukraine.alias("residence_country"),
        pl.when(pl.col("year") == 2019).then(mode).alias("work_mode"),
    ).flag("place outside the declared list, taken as another town", unlisted)


def _recode_person(ledger: Ledger, *, gender: bool) -> Ledger:
    rows = ledger.rows
    codes = {f"{year} {number}": band for (year, number), band in EXPERIENCE_CODES.items()}
    code = pl.concat_str("year", pl.lit(" "), "experience")
    told = rows.select(code.replace_strict(codes, default=pl.col("experience"))).to_series()
    experience = band_columns(told, "experience_years", "experience")
    tenure = bands(rows["tenure"])
    field = pl.col("field_of_study")
    education = to_levels(rows, "education", "education", EDUCATION, source=SOURCE.key)
    genders = to_levels(rows, "gender", "gender", GENDER, source=SOURCE.key)
    return (
        ledger.flag("never studied at a university: no field", field == NEVER_STUDIED)
        .flag(
            "a field of study outside the declared list, taken as another one", ~field.is_in([*FIELDS, NEVER_STUDIED])
        )
        .flag("years of experience not read", pl.lit(experience["experience_years"].is_null()))
        .recode(
            *map(pl.lit, experience.get_columns()),
            constant("experience_concept", "professional"),
            pl.lit(tenure.select(middle()).to_series()).alias("tenure_years"),
            pl.lit(education),
            pl.when(field != NEVER_STUDIED)
            .then(field.replace_strict(FIELDS, default=ANOTHER_FIELD))
            .alias(field.meta.output_name()),
            pl.lit(genders if gender else genders.clear(len(genders))).alias("gender"),
        )
    )
