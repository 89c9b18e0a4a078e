"""Roles: from job titles to roles, families and skill areas by a versioned crosswalk, and to seniority by words.

Nothing is guessed: a title that no pattern fits has no role, and is counted. How often the crosswalk is right
stands in ``role_quality``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from salarylab.disclosure import threshold
from salarylab.errors import VocabularyError, unknown
from salarylab.records.audit import Ledger, Step
from salarylab.records.recode import require_columns
from salarylab.records.roles import crosswalk_2026_11
from salarylab.records.roles.crosswalk import Crosswalk, decide, expand, folded
from salarylab.records.roles.role_list import ROLE_LIST
from salarylab.schema import ROLE_FAMILY, SENIORITY, SKILL_AREAS

ROLE_MAP = "2026-11"
ROLE_MAPS: dict[str, Crosswalk] = {table.version: table for table in (crosswalk_2026_11.CROSSWALK,)}

ASSIGNED = frozenset({"role", "role_family", "skill_areas"})
"""The canonical columns that ``assign`` fills."""

FINDS_NO_ROLE, NO_ROLE = "title finds no role", ": no role"
"""How the rule of ``assign`` begins, and how a source's rule ends that keeps titles from it."""

_FAMILY = {role.name: role.family for role in ROLE_LIST}
_AREAS = pl.List(pl.Enum(SKILL_AREAS))

SENIORITY_WORDS: dict[str, str] = {
    "intern": r"intern(?:ship)?|trainee|working student|werkstudent(?:in)?|praktikant(?:in)?|harjoittelija"
    r"|stagiaire|alternant[e]?"
    r"|becari[oa]|pasante|practicante|estagiari[oa]|stazyst(?:a|ka)|praktykant(?:ka)?|apprentice|стаж[еёи]р(?:ка)?"
    r"|стажист(?:ка)?",
    "executive": r"chief|ceo|cto|cio|cfo|coo|cmo|cpo|cdo|ciso|c level|c suite|svp|evp|vp|vice president"
    r"|executive director|founder"
    r"|co ?founder|president|toimitusjohtaja|teknologiajohtaja|geschaftsfuhrer(?:in)?|verkstallande direktor",
    "head": r"head|director|johtaja|abteilungsleiter(?:in)?|direktor(?:in)?|directeur|directrice|director[a]"
    r"|diretor[a]?|dyrektor(?:ka)?"
    r"|директор(?:ка)?|(?:керівник|керівниця) (?:відділу|напряму|департаменту)|(?:руководитель|начальник) (?:отдела"
    r"|направления)",
    "lead": r"lead|leader|teamlead|techlead|teamleiter(?:in)?|leitende[r]?|tiimi(?:n)?vetaja|vetaja|teamledare|ledande"
    r"|chef d equipe|lider|тімлід|тимлид|техлід|техлид|лід|лид|провідн(?:ий|а)|ведущ(?:ий|ая)",
    "staff": r"staff|principal|distinguished|fellow engineer|johtava|головн(?:ий|а)|главн(?:ый|ая)|glown[ya]",
    "mid": r"mid|midd|middle|intermediate|medior|semi senior|ssr|pleno|confirmee?|мідл|мидл",
    "senior": r"senior[a]?|sr|snr|vanhempi|старш(?:ий|а|ая)|starsz[ya]|сеньйор|сеньор|сініор",
    "junior": r"junior[a]?|jr|jnr|entry level|graduate|nuorempi|молодш(?:ий|а)|младш(?:ий|ая)|mlodsz[ya]|джуніор"
    r"|джуниор",
}
"""Words that name a level, in ten languages; of several levels named the first in this order holds."""

_NO_LEVEL = (
    r" (?:lead gen(?:eration)?|chief of staff|technical staff|head ?hunter|(?:assistant|associate) vice president) "
)
"""Phrases that hold such words and name no level."""


def crosswalk(version: str = ROLE_MAP) -> Crosswalk:
    """Return the crosswalk of one version.

    Raises ``VocabularyError`` for a version that is not declared.

    >>> crosswalk("2026-11").version
    '2026-11'
    """
    if version not in ROLE_MAPS:
        raise VocabularyError(unknown("role map", version, ROLE_MAPS))
    return ROLE_MAPS[version]


def classify(titles: pl.Series, version: str = ROLE_MAP) -> pl.DataFrame:
    """Return one row per distinct title: ``title``, ``role``, ``role_family``, and the ``word_areas`` its words name.

    >>> classify(pl.Series(["Sr. Data Engineer (m/f/d)", "Engineer"])).sort("title")["role"].to_list()
    [None, 'data engineer']
    """
    table = crosswalk(version)
    distinct = titles.drop_nulls().unique().alias("title")
    decided = decide(distinct, table)
    roles = pl.Series([entry.role for entry in table.entries])
    named = [
        pl.when(pl.col("plain").str.contains(expand(pattern, table.words))).then(pl.lit(area))
        for area, pattern in table.area_words.items()
    ]
    return decided.select(
        pl.lit(distinct),
        pl.col("entry")
        .replace_strict(pl.int_range(len(roles), eager=True), roles, return_dtype=pl.String)
        .alias("role"),
        pl.concat_list(named).list.drop_nulls().cast(_AREAS).alias("word_areas"),
    ).with_columns(_family(pl.col("role")))


def _family(role: pl.Expr) -> pl.Expr:
    return role.replace_strict(_FAMILY, default=None, return_dtype=pl.Enum(ROLE_FAMILY)).alias("role_family")


def assign(
    ledger: Ledger,
    *,
    title: str = "title",
    skills: str | None = None,
    version: str = ROLE_MAP,
    keep: bool = False,
) -> Ledger:
    """Add role, family and skill areas by the crosswalk, and a step that counts the titles, and those without a role.

    Areas are those of the role, of words in the title, and of the tools in the list column ``skills``; null
    where nothing is known of them, empty where there is a role or a list of tools that names none. ``keep``
    keeps a role and family that a row already has from its source's own list. Raises ``DataError`` for a
    column that is not there, ``VocabularyError`` for a version that is not declared.

    >>> ledger = assign(Ledger(pl.DataFrame({"pay_annual_usd": [1.0], "title": ["MLOps Engineer"]})))
    >>> ledger.rows["role"].item(), ledger.rows["skill_areas"].to_list()
    ('MLOps engineer', [['AI/ML', 'cloud & MLOps']])
    """
    own = ("role", "role_family") if keep else ()
    require_columns(ledger.rows, [title, *([skills] if skills else [])], thing="roles")
    known = classify(ledger.rows[title], version).rename({"role": "_role", "role_family": "_family"})
    rows = ledger.rows.join(known, left_on=title, right_on="title", how="left", maintain_order="left")
    role = pl.coalesce([*[name for name in own[:1] if name in rows.columns], "_role"])
    family = pl.coalesce([*[name for name in own[1:] if name in rows.columns], _family(role), "_family"])
    rows = rows.with_columns(role.alias("role"), family.alias("role_family"))
    rows = rows.with_columns(_areas(crosswalk(version), skills)).drop("_role", "_family", "word_areas")
    lost = pl.col(title).is_not_null() & pl.col("role").is_null()
    counted = replace(ledger, rows=rows).flag(f"{FINDS_NO_ROLE} in the crosswalk {version}", lost)
    step = replace(counted.steps[-1], examined=rows[title].count())
    return replace(counted, steps=(*ledger.steps, step))


def _areas(table: Crosswalk, skills: str | None) -> pl.Expr:
    """Return skill areas from the columns ``role`` and ``word_areas``, and from a list of tools where one is named."""
    tools = pl.col(skills).list.eval(pl.element().str.to_lowercase().str.strip_chars()) if skills else None
    named = []
    for area in SKILL_AREAS:
        by_role = pl.col("role").is_in([role.name for role in ROLE_LIST if area in role.areas])
        holds = by_role.fill_null(False) | pl.col("word_areas").list.contains(area).fill_null(False)
        if tools is not None:
            holds |= tools.list.eval(pl.element().is_in(table.tools.get(area, ()))).list.any().fill_null(False)
        named.append(pl.when(holds).then(pl.lit(area)))
    areas = pl.concat_list(named).list.drop_nulls().cast(_AREAS)
    known = pl.col("role").is_not_null() | (areas.list.len() > 0)
    return pl.when(known | pl.col(skills).is_not_null() if skills else known).then(areas).alias("skill_areas")


def seniority_of(title: str = "title") -> pl.Expr:
    """Return an expression for the level of seniority that a title names; null where it names none.

    Of several levels the highest holds, but an intern is one whatever else is said; "principal" counts as staff.

    >>> titles = pl.DataFrame({"title": ["Sr. Data Engineer", "Провідний аналітик", "Data Science Intern", "Manager"]})
    >>> titles.select(seniority_of())["seniority"].to_list()
    ['senior', 'lead', 'intern', None]
    """
    words = folded(pl.col(title)).str.replace_all(r"[^\p{L}\p{N}]+", " ")
    spaced = pl.concat_str(pl.lit(" "), words, pl.lit(" ")).str.replace_all(_NO_LEVEL, " ")
    level = pl.coalesce(
        pl.when(spaced.str.contains(f" (?:{pattern}) ")).then(pl.lit(level))
        for level, pattern in SENIORITY_WORDS.items()
    )
    return level.cast(pl.Enum(SENIORITY)).alias("seniority")


def unmatched(rows: pl.DataFrame, at_least: int | None = None, *, title: str = "title") -> pl.DataFrame:
    """Return the titles without a role, as ``title`` and ``rows``, the most frequent first.

    A title of fewer than ten rows is never listed. Raises ``VocabularyError`` when asked to list it.

    >>> rows = pl.DataFrame({"title": ["Engineer"] * 12 + ["Keeper"], "role": [None] * 13})
    >>> unmatched(rows).rows()
    [('Engineer', 12)]
    """
    least = threshold(at_least)
    lost = rows.filter(pl.col("role").is_null() & pl.col(title).is_not_null())
    counts = lost.group_by(pl.col(title).str.strip_chars().alias("title")).agg(pl.len().cast(pl.Int64).alias("rows"))
    return counts.filter(pl.col("rows") >= least).sort(["rows", "title"], descending=[True, False])


def coverage(steps: Sequence[Step]) -> tuple[int, int]:
    """Return the rows that had a title when roles were assigned, and those of them that found a role.

    Taken from the audit: a source may leave out rare titles, or rows, afterwards. Rows whose title a source kept
    from the crosswalk, for it names no role, are counted too.

    >>> coverage(assign(Ledger(pl.DataFrame({"title": ["Data Engineer", "Engineer", None]}))).steps)
    (2, 1)
    """
    put = [step for step in steps if step.rule.startswith(FINDS_NO_ROLE)]
    kept_away = sum(step.touched for step in steps if step.rule.endswith(NO_ROLE))
    examined, lost = sum(step.examined for step in put), sum(step.touched for step in put)
    return examined + kept_away, examined - lost
