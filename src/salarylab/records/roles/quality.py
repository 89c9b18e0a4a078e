"""Quality of a crosswalk: precision, recall and misclassification against titles that people labelled.

The labelled titles must not have been seen by whoever wrote the crosswalk. ``MEASURED`` holds what was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from salarylab.errors import Fault, VocabularyError, unknown
from salarylab.records.audit import Ledger
from salarylab.records.recode import require_columns
from salarylab.records.roles.assignment import ROLE_MAP, assign
from salarylab.records.roles.role_list import ROLE_LIST
from salarylab.schema import ROLE_FAMILY, SKILL_AREAS

NO_ROLE = "none"
FAMILIES = (*ROLE_FAMILY, NO_ROLE)

_FAMILY = {role.name: role.family for role in ROLE_LIST}


@dataclass(frozen=True, slots=True)
class Misclassification:
    """Hold how many labelled titles of each true family were assigned to each family.

    ``counts`` has one row per assigned and one column per true family, both in the order of ``FAMILIES``.

    **Source**: the matrix is the known quantity of Aigner (1973), J. Econometrics 1, and Bollinger (1996),
    J. Econometrics 73, whose bounds take misclassification rates as given.
    """

    version: str
    counts: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        if [len(row) for row in self.counts] != [len(FAMILIES)] * len(FAMILIES):
            shape = " + ".join(str(len(row)) for row in self.counts)
            expected = f"{len(FAMILIES)} rows of {len(FAMILIES)}: {', '.join(FAMILIES)}"
            raise VocabularyError(Fault("misclassification counts", f"rows of {shape}", expected, "count every family"))

    @property
    def n(self) -> int:
        """Labelled titles counted."""
        return sum(map(sum, self.counts))

    def rate(self, true: str, assigned: str) -> float | None:
        """Return P(true family | assigned family), 0 to 1; None where no title was assigned to it.

        Raises ``VocabularyError`` for a name that is not in ``FAMILIES``.
        """
        strays = [unknown("family", name, FAMILIES) for name in (true, assigned) if name not in FAMILIES]
        if strays:
            raise VocabularyError(*strays)
        row = self.counts[FAMILIES.index(assigned)]
        return row[FAMILIES.index(true)] / sum(row) if sum(row) else None

    @property
    def frame(self) -> pl.DataFrame:
        """One row per pair: ``assigned``, ``true``, ``n``, ``rate`` = P(true | assigned)."""
        pairs = [(assigned, true) for assigned in FAMILIES for true in FAMILIES]
        counts = [count for row in self.counts for count in row]
        rows = [(*pair, n, self.rate(pair[1], pair[0])) for pair, n in zip(pairs, counts, strict=True)]
        schema = {"assigned": pl.String, "true": pl.String, "n": pl.Int64, "rate": pl.Float64}
        return pl.DataFrame(rows, schema=schema, orient="row")


MEASURED: dict[str, Misclassification] = {
    "2026-11": Misclassification(
        "2026-11",
        (
            (89, 0, 5, 0, 0, 0),
            (0, 172, 0, 0, 0, 0),
            (0, 0, 12, 0, 0, 0),
            (0, 3, 1, 279, 2, 2),
            (1, 0, 1, 1, 104, 0),
            (4, 3, 2, 18, 6, 33),
        ),
    ),
}
"""The family confusion of each crosswalk version on the held-out labelled titles: docs/roles.md."""


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
    faults = [unknown("labelled role", name, _FAMILY) for name in strays if name not in _FAMILY]
    if faults:
        raise VocabularyError(*faults)
    found = assign(Ledger(labelled.select("title")), version=version).rows
    true_family = labelled["role"].replace_strict(_FAMILY, default=NO_ROLE, return_dtype=pl.String)
    return pl.DataFrame(
        {
            "assigned_role": found["role"],
            "true_role": labelled["role"],
            "assigned_family": found["role_family"].cast(pl.String).fill_null(NO_ROLE),
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
    in_group = [side != NO_ROLE if group == "all" else side == group for side in (assigned, true)]
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
