"""Measuring a crosswalk: precision, recall and misclassification against titles that people labelled, and coverage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from salarylab.errors import VocabularyError, unknown
from salarylab.records.audit import Ledger, Step
from salarylab.records.recode import require_columns
from salarylab.records.roles.assignment import FINDS_NO_ROLE, NO_ROLE, ROLE_MAP, assign
from salarylab.records.roles.quality import FAMILIES, Misclassification
from salarylab.records.roles.quality import NO_ROLE as UNASSIGNED
from salarylab.records.roles.role_list import ROLE_LIST
from salarylab.schema import ROLE_FAMILY, SKILL_AREAS

FAMILY = {role.name: role.family for role in ROLE_LIST}


def confusion(labelled: pl.DataFrame, version: str = ROLE_MAP) -> Misclassification:
    """Return how the crosswalk's families stand to the labelled ones, titles without a role as ``none``.

    ``labelled`` holds ``title`` and ``role``, null for none. Raises ``DataError`` for a column that is not
    there, ``VocabularyError`` for a role that is not in the list.

    >>> labelled = pl.DataFrame({"title": ["Data Scientist", "Engineer"], "role": ["data scientist", None]})
    >>> confusion(labelled).rate("core AI", "core AI")
    1.0
    """
    judged = _judged(labelled, version)
    pairs = judged.group_by("assigned_family", "true_family").len().rows()
    found = {(assigned, true): n for assigned, true, n in pairs}
    return Misclassification(version, tuple(tuple(found.get((a, t), 0) for t in FAMILIES) for a in FAMILIES))


def quality(labelled: pl.DataFrame, version: str = ROLE_MAP) -> pl.DataFrame:
    """Return precision and recall of a crosswalk on labelled titles, for all and for each role family.

    ``labelled`` holds ``title``, ``role`` (null for none) and, where areas were labelled, ``areas``: a list, or
    text with ";" between. One row per ``level`` (role, family, area) and ``group`` (all, a family, an area):
    ``n`` titles, ``assigned``, ``labelled`` and ``right`` of them (of title–area pairs at the level of areas),
    ``precision`` = right / assigned, ``recall`` = right / labelled, each null where nothing was. Raises as
    ``confusion`` does.
    """
    judged = _judged(labelled, version)
    rows = [_counted(judged, level, group) for level in ("role", "family") for group in ("all", *ROLE_FAMILY)]
    if "areas" in labelled.columns:
        areas = [_area_counts(judged, area) for area in SKILL_AREAS]
        total = {name: sum(row[name] for row in areas) for name in ("assigned", "labelled", "right")}
        rows += [{"level": "area", "group": "all", "n": len(judged), **total}, *areas]
    share = [
        pl.when(pl.col(name) > 0).then(pl.col("right") / pl.col(name)).alias(rate)
        for rate, name in (("precision", "assigned"), ("recall", "labelled"))
    ]
    return pl.DataFrame(rows).with_columns(share)


def _judged(labelled: pl.DataFrame, version: str) -> pl.DataFrame:
    """Return a row per labelled title with the assigned and the true role, family and areas."""
    require_columns(labelled, ["title", "role"], thing="labelled titles")
    strays = labelled["role"].drop_nulls().unique().sort().to_list()
    faults = [unknown("labelled role", name, FAMILY) for name in strays if name not in FAMILY]
    if faults:
        raise VocabularyError(*faults)
    found = assign(Ledger(labelled.select("title")), version=version).rows
    true_family = labelled["role"].replace_strict(FAMILY, default=UNASSIGNED, return_dtype=pl.String)
    return pl.DataFrame(
        {
            "assigned_role": found["role"],
            "true_role": labelled["role"],
            "assigned_family": found["role_family"].cast(pl.String).fill_null(UNASSIGNED),
            "true_family": true_family,
            "assigned_areas": found["skill_areas"].cast(pl.List(pl.String)),
            "true_areas": _listed(labelled["areas"]) if "areas" in labelled.columns else None,
        }
    )


def _listed(areas: pl.Series) -> pl.Series:
    """Return labelled areas as lists of known areas, from lists or from text with ";" between."""
    lists = areas.str.split(";") if areas.dtype == pl.String else areas.cast(pl.List(pl.String))
    lists = lists.list.eval(pl.element().str.strip_chars()).list.eval(pl.element().filter(pl.element() != ""))
    strays = lists.explode(empty_as_null=True).drop_nulls().unique().sort().to_list()
    faults = [unknown("labelled area", name, SKILL_AREAS) for name in strays if name not in SKILL_AREAS]
    if faults:
        raise VocabularyError(*faults)
    return lists


def _counted(judged: pl.DataFrame, level: str, group: str) -> dict[str, Any]:
    """Return the counts of one family ("all" is every title that has a role) at the level of roles or families."""
    assigned, true = pl.col("assigned_family"), pl.col("true_family")
    in_group = [side != UNASSIGNED if group == "all" else side == group for side in (assigned, true)]
    agree = pl.col(f"assigned_{level}") == pl.col(f"true_{level}")
    counts = (in_group[0], in_group[1], in_group[0] & in_group[1] & agree.fill_null(False))
    return _line(judged, level, group, counts)


def _area_counts(judged: pl.DataFrame, area: str) -> dict[str, Any]:
    """Return the counts of one skill area."""
    assigned, true = (pl.col(f"{side}_areas").list.contains(area).fill_null(False) for side in ("assigned", "true"))
    return _line(judged, "area", area, (assigned, true, assigned & true))


def _line(judged: pl.DataFrame, level: str, group: str, counts: tuple[pl.Expr, pl.Expr, pl.Expr]) -> dict[str, Any]:
    assigned, labelled, right = judged.select(
        condition.sum().cast(pl.Int64).alias(name) for name, condition in zip("alr", counts, strict=True)
    ).row(0)
    return {
        "level": level,
        "group": group,
        "n": len(judged),
        "assigned": assigned,
        "labelled": labelled,
        "right": right,
    }


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
