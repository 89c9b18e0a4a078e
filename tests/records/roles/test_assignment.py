"""Roles: titles in ten languages, the crosswalk's own order, areas, seniority, what is left over, the real files."""

from __future__ import annotations

import hashlib
import importlib
import re
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records.roles.measuring import coverage

from salarylab.errors import DataError, VocabularyError
from salarylab.records.audit import Ledger
from salarylab.records.roles.assignment import (
    ROLE_MAP,
    ROLE_MAPS,
    assign,
    classify,
    crosswalk,
    seniority_of,
    unmatched,
)
from salarylab.records.roles.crosswalk import Crosswalk, decide, expand
from salarylab.records.roles.role_list import ROLE_LIST
from salarylab.schema import SKILL_AREAS

TABLE = crosswalk()
AI, CLOUD, SECURITY, DATA, ARCHITECTURE = SKILL_AREAS

FINGERPRINTS = {"2026-11": "1246d920f696e8dd"}

TITLES = {
    "en": {
        "Sr. Data Scientist II (Remote)": "data scientist",
        "Machine Learning Engineer, Search": "machine learning engineer",
        "Software Engineer - Machine Learning": "machine learning engineer",
        "ML Platform Engineer": "MLOps engineer",
        "Staff Software Engineer in Test": "QA engineer",
        "VP of Engineering": "engineering manager",
        "AI Ethics Lead": "AI governance",
        "Data Annotation Specialist": "AI trainer",
        "AI Account Executive": "AI business",
        "Product Manager, Data Science": "AI product manager",
        "Smart Contract Developer": "blockchain developer",
        "Customer Success Manager": "sales",
        "C# Developer": "software engineer",
        "UI/UX Designer": "designer",
        "Biostatistician": "statistician",
        "Civil Engineer": "engineer of another kind",
    },
    "fi": {
        "Ohjelmistokehittäjä": "software engineer",
        "Data-analyytikko": "data analyst",
        "Koneoppimisinsinööri": "machine learning engineer",
        "Tietoturva-asiantuntija": "security engineer",
        "Järjestelmäasiantuntija": "system administrator",
        "Projektipäällikkö": "project manager",
        "Full-stack-kehittäjä": "full-stack developer",
        "Ohjelmistoarkkitehti": "solutions architect",
    },
    "uk": {
        "Розробник програмного забезпечення": "software engineer",
        "Аналітик даних": "data analyst",
        "Інженер з машинного навчання": "machine learning engineer",
        "Менеджер проєктів": "project manager",
        "Тестувальник": "QA engineer",
        "Бізнес-аналітик": "business analyst",
        "Фахівець з кібербезпеки": "security engineer",
    },
    "ru": {
        "Ведущий разработчик Python": "software engineer",
        "Инженер данных": "data engineer",
        "Системный администратор": "system administrator",
        "Продуктовый менеджер": "product manager",
        "Программист 1С": "enterprise software consultant",
        "Мобильный разработчик": "mobile developer",
    },
    "de": {
        "Softwareentwickler (m/w/d)": "software engineer",
        "Entwickler:in Backend": "back-end developer",
        "Datenanalyst*in": "data analyst",
        "Dateningenieur": "data engineer",
        "KI-Entwickler": "machine learning engineer",
        "Projektleiterin": "project manager",
        "Bauingenieur": "engineer of another kind",
    },
    "fr": {
        "Développeur full stack H/F": "full-stack developer",
        "Analyste de données": "data analyst",
        "Ingénieur en apprentissage automatique": "machine learning engineer",
        "Chef de projet": "project manager",
        "Développeur·euse web": "front-end developer",
        "Architecte logiciel": "solutions architect",
    },
    "es": {
        "Desarrollador/a de software": "software engineer",
        "Ingeniero de datos": "data engineer",
        "Científica de datos": "data scientist",
        "Arquitecto de soluciones": "solutions architect",
        "Analista de seguridad": "security engineer",
        "Desarrollador móvil": "mobile developer",
    },
    "pt": {
        "Engenheiro de dados": "data engineer",
        "Cientista de dados": "data scientist",
        "Analista de negócios": "business analyst",
        "Gerente de projetos": "project manager",
        "Administrador de banco de dados": "database administrator",
        "Desenvolvedor(a) front-end": "front-end developer",
    },
    "pl": {
        "Starszy programista": "software engineer",
        "Inżynier danych": "data engineer",
        "Inżynier uczenia maszynowego": "machine learning engineer",
        "Tester oprogramowania": "QA engineer",
        "Architekt rozwiązań": "solutions architect",
        "Księgowa": "finance and operations",
    },
    "sv": {
        "Mjukvaruutvecklare": "software engineer",
        "Dataingenjör": "data engineer",
        "Lösningsarkitekt": "solutions architect",
        "Projektledare": "project manager",
        "Maskininlärningsingenjör": "machine learning engineer",
        "Lärare": "teaching",
    },
}

CONVENTIONS = {
    "Engineer": None,
    "Senior Manager": None,
    "Lead Analyst": None,
    "Developer": "software engineer",
    "Architect": "solutions architect",
    "Head of AI": "machine learning engineer",
    "Data Engineering Manager": "data engineer",
    "Software Engineering Manager": "engineering manager",
    "Engineering Manager, Machine Learning": "machine learning engineer",
    "Data Quality Engineer": "data manager",
    "Data Governance Analyst": "data manager",
    "Data Operations Engineer": "data manager",
    "Data Strategy Consultant": "data manager",
    "Data Integration Analyst": "data engineer",
    "Data Visualization Analyst": "business intelligence",
    "Data Reporting Analyst": "business intelligence",
    "Data Engineer / Data Scientist": "data engineer",
    "Data Scientist / Data Engineer": "data scientist",
    "Business/Data Analyst": "business analyst",
    "Business Data Analyst": "data analyst",
    "Azure Data Engineer": "data engineer",
    "Finance Data Analyst": "data analyst",
}


def roles_of(titles: list[str]) -> dict[str, str | None]:
    found = classify(pl.Series(titles))
    return dict(zip(found["title"], found["role"], strict=True))


def frame(titles: list[str | None], **columns: list[object]) -> pl.DataFrame:
    return pl.DataFrame({"pay_annual_usd": [1.0] * len(titles), "title": titles, **columns})


# What titles become


@pytest.mark.parametrize("language", TITLES)
def test_titles_of_each_language_find_their_role(language: str) -> None:
    assert roles_of(list(TITLES[language])) == TITLES[language]


def test_the_conventions_of_the_codebook_hold() -> None:
    assert roles_of(list(CONVENTIONS)) == CONVENTIONS


def test_what_names_no_role_finds_none() -> None:
    strangers = [
        "",
        "   ",
        "???",
        "Associate",
        "Other (please specify):",
        "Currently not employed",
        "Student",
        "Retired",
    ]
    assert set(roles_of(strangers).values()) == {None}


def test_the_family_is_that_of_the_role() -> None:
    families = {role.name: role.family for role in ROLE_LIST}
    found = classify(pl.Series([entry.example for entry in TABLE.entries]))
    assert found["role_family"].cast(pl.String).to_list() == [families[role] for role in found["role"]]


VARIANTS = [title for titles in TITLES.values() for title in titles] + [entry.example for entry in TABLE.entries]


CHANGES = st.tuples(
    st.sampled_from(VARIANTS), st.sampled_from(["upper", "lower", "title"]), st.sampled_from(["", " ", "\t", "\u00a0 "])
)


@settings(max_examples=10)
@given(st.lists(CHANGES, min_size=20, max_size=60))
def test_case_and_space_decide_nothing(changes: list[tuple[str, str, str]]) -> None:
    changed = [space + getattr(title, case)().replace(" ", f" {space}") + space for title, case, space in changes]
    found = decide(pl.Series([title for title, _, _ in changes] + changed), TABLE)["entry"].to_list()
    assert None not in found
    assert found[: len(changes)] == found[len(changes) :]


@settings(max_examples=10)
@given(st.lists(st.text(max_size=30) | st.sampled_from(VARIANTS), min_size=1, max_size=20))
def test_any_text_is_read_and_alone_as_in_company(titles: list[str]) -> None:
    together = decide(pl.Series(titles), TABLE)["entry"].to_list()
    assert together[:1] == decide(pl.Series(titles[:1]), TABLE)["entry"].to_list()


# The table itself


def test_every_pattern_decides_its_own_example() -> None:
    decided = decide(pl.Series([entry.example for entry in TABLE.entries]), TABLE)["entry"].to_list()
    dead = [entry.example for number, entry in enumerate(TABLE.entries) if decided[number] != number]
    assert dead == []


def test_the_table_names_every_role_of_the_list_and_no_other() -> None:
    assert {entry.role for entry in TABLE.entries} == {role.name for role in ROLE_LIST}


def test_every_word_class_is_used_and_declared() -> None:
    patterns = [entry.pattern for entry in TABLE.entries] + [*TABLE.words.values(), *TABLE.area_words.values()]
    used = {name for pattern in patterns for name in re.findall(r"<(\w+)>", pattern)}
    assert used == set(TABLE.words)


def test_areas_are_those_of_the_schema_and_tools_are_lower_case() -> None:
    assert set(TABLE.area_words) == set(TABLE.tools) == set(SKILL_AREAS)
    tools = [tool for named in TABLE.tools.values() for tool in named]
    assert tools == [tool.strip().lower() for tool in tools]


def fingerprint(table: Crosswalk) -> str:
    """Return the first 16 hex digits of a hash over all that decides a title."""
    decides = (
        table.reading,
        sorted(table.words.items()),
        [[(entry.role, entry.pattern) for entry in tier] for tier in table.tiers],
        sorted(table.area_words.items()),
        sorted(table.tools.items()),
        [(role.name, role.family, role.areas) for role in ROLE_LIST],
    )
    return hashlib.sha256(repr(decides).encode()).hexdigest()[:16]


def test_a_change_of_the_table_changes_the_version() -> None:
    """Whoever changes a table declares a new version: records already made say which one they used."""
    found = {version: fingerprint(table) for version, table in ROLE_MAPS.items()}
    assert found == FINGERPRINTS
    assert max(ROLE_MAPS) == ROLE_MAP


def test_the_patterns_stand_in_a_module_named_for_their_version() -> None:
    for version in ROLE_MAPS:
        module = importlib.import_module(f"salarylab.records.roles.crosswalk_{version.replace('-', '_')}")
        assert module.CROSSWALK.version == version


def test_an_undeclared_class_or_version_is_refused() -> None:
    with pytest.raises(VocabularyError, match="word class <nosuch>"):
        expand("<nosuch> engineer", TABLE.words)
    with pytest.raises(VocabularyError, match="did you mean '2026-11'"):
        crosswalk("2026-1")


# Records


def areas(ledger: Ledger) -> list[list[str] | None]:
    return ledger.rows["skill_areas"].to_list()


def test_areas_come_from_the_role_the_words_and_the_tools() -> None:
    rows = frame(
        ["Data Scientist / Data Engineer", "Cloud Security Engineer", "Software Engineer", "Engineer", None],
        tools=[None, ["Terraform"], ["PyTorch", " kubernetes"], ["Spark"], []],
    )
    assert areas(assign(Ledger(rows))) == [[AI, DATA], [CLOUD, SECURITY], [], None, None]
    assert areas(assign(Ledger(rows), skills="tools")) == [[AI, DATA], [CLOUD, SECURITY], [AI, CLOUD], [DATA], []]


def test_rows_keep_their_order_and_the_step_counts_titles_without_a_role() -> None:
    titles = ["Nurse", "Engineer", "Data Analyst", None, "Engineer", "Nurse"]
    ledger = assign(Ledger(frame(titles)))
    assert ledger.rows["title"].to_list() == titles
    assert ledger.rows["role"].to_list() == ["other occupation", None, "data analyst", None, None, "other occupation"]
    assert ledger.rows.columns == ["pay_annual_usd", "title", "role", "role_family", "skill_areas"]
    (step,) = ledger.steps
    assert (step.rule, step.kind, step.touched) == ("title finds no role in the crosswalk 2026-11", "flag", 2)


def test_a_source_s_own_role_is_kept_where_told() -> None:
    rows = frame(["Engineer", "Data Engineer", "Data Engineer"], role=["data scientist", None, "a name of its own"])
    kept = assign(Ledger(rows), keep=True)
    assert kept.rows["role"].to_list() == ["data scientist", "data engineer", "a name of its own"]
    assert kept.rows["role_family"].to_list() == ["core AI", "adjacent technical", "adjacent technical"]
    assert kept.steps[0].touched == 0
    assert assign(Ledger(rows)).rows["role"].to_list() == [None, "data engineer", "data engineer"]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(DataError, match="'titel'"):
        assign(Ledger(frame(["Nurse"])), title="titel")


def test_unmatched_titles_are_listed_by_frequency_and_never_below_ten() -> None:
    rows = frame(["Engineer"] * 11 + ["Manager "] * 6 + ["Manager"] * 6 + ["Keeper"] * 9 + [None] * 20)
    rows = rows.with_columns(pl.lit(None, dtype=pl.String).alias("role"))
    assert unmatched(rows).rows() == [("Manager", 12), ("Engineer", 11)]
    assert unmatched(rows, at_least=12).rows() == [("Manager", 12)]
    with pytest.raises(VocabularyError, match="at least 10"):
        unmatched(rows, at_least=9)


def test_coverage_is_of_the_titles_there_were_when_roles_were_assigned() -> None:
    ledger = assign(Ledger(frame([None, "Engineer", "Data Engineer", "Nurse"])))
    nothing = pl.lit(None, dtype=pl.String).alias("title")
    ledger = ledger.repair("rare titles, left out", pl.col("title") != "Nurse", nothing)
    assert coverage(ledger.steps) == (3, 2)
    assert coverage(Ledger(frame(["Nurse"])).steps) == (0, 0)


def test_titles_that_a_source_keeps_from_the_crosswalk_are_covered_by_no_role() -> None:
    ledger = Ledger(frame(["Manager", "Manager", "Nurse"])).flag(
        "title of managers: no role", pl.col("title") != "Nurse"
    )
    ledger = ledger.recode(pl.when(pl.col("title") == "Nurse").then("title").alias("put"))
    assert coverage(assign(ledger, title="put").steps) == (3, 1)


# Seniority


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("Data Science Intern", "intern"),
        ("Werkstudent Data Science (m/w/d)", "intern"),
        ("Jr. Developer", "junior"),
        ("Молодший розробник", "junior"),
        ("Nuorempi ohjelmistokehittäjä", "junior"),
        ("Middle QA", "mid"),
        ("Desarrollador semi senior", "mid"),
        ("Desenvolvedor pleno", "mid"),
        ("SR DATA ENGINEER", "senior"),
        ("Starszy programista", "senior"),
        ("Старший аналитик", "senior"),
        ("Desenvolvedor Sênior", "senior"),
        ("Principal Engineer", "staff"),
        ("Member of Technical Staff", None),
        ("Senior Lead Engineer", "lead"),
        ("Тімлід", "lead"),
        ("Lead Generation Specialist", None),
        ("Head of Data", "head"),
        ("Directeur des données", "head"),
        ("VP of Engineering", "executive"),
        ("Assistant Vice President", None),
        ("Chief Technology Officer", "executive"),
        ("Chief of Staff", None),
        ("Data Engineer", None),
        ("Internal Auditor", None),
        (None, None),
    ],
)
def test_seniority_is_what_a_title_names(title: str | None, level: str | None) -> None:
    rows = pl.DataFrame({"title": [title]}, schema={"title": pl.String})
    assert rows.select(seniority_of())["seniority"].to_list() == [level]


# The real files


@pytest.mark.real
def test_the_bare_titles_of_ai_jobs_stay_without_a_role(mirror: Path) -> None:
    """Oracle: the counts of bare titles in the publisher's file (Engineer 4,106, Manager 2,538, Analyst 1,439)."""
    raw = pl.read_csv(mirror / "aijobs" / "salaries.csv", infer_schema=False)
    ledger = assign(Ledger(raw.with_columns(pl.lit(1.0).alias("pay_annual_usd"))), title="job_title")
    left = unmatched(ledger.rows, title="job_title")
    assert left.rows()[:3] == [("Engineer", 4106), ("Manager", 2538), ("Analyst", 1439)]
    assert ledger.rows["role"].null_count() / len(raw) < 0.13
