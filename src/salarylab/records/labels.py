"""Labels: a closed question's answers, by the labels that its publisher printed, to declared levels.

A label that the map does not know is never guessed. A few such answers are left empty and named in the audit;
where they are more than a few, the questionnaire is another one, and the map is refused.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from salarylab.disclosure import MIN_CELL
from salarylab.records.audit import Ledger
from salarylab.records.reading import ROW
from salarylab.records.recode import to_levels

Labels = Mapping[str, str | None]
"""Label → level; None for a label that stands for no level."""

FEW = 0.02
"""The share of a question's answers that may carry labels the map does not know."""

PARTS = ";"


def empty_strangers(ledger: Ledger, name: str, labels: Labels) -> Ledger:
    """Empty the answers of a question that hold a label unknown to the map, where they are few; name the labels.

    Several answers in one cell are parted by semicolons. Labels that fewer than ten rows carry are not named.
    Where the strangers are more than ``FEW``, nothing is emptied: ``to_level`` then refuses them all.

    >>> answers = pl.DataFrame({"job": ["tester"] * 99 + ["wizard"]})
    >>> ledger = empty_strangers(Ledger(answers), "job", {"tester": "QA engineer"})
    >>> ledger.rows["job"].null_count(), ledger.steps[0].rule
    (1, 'job: answers with labels that no map knows, left empty')
    """
    answers = ledger.rows[name]
    known = list(_plainly(labels))
    unknown = pl.element().is_not_null() & ~pl.element().is_in(known)
    strange = plain(answers).str.split(PARTS).list.eval(unknown).list.any().fill_null(False)
    if not strange.any() or strange.sum() > FEW * answers.count():
        return ledger
    counts = plain(answers.filter(strange)).str.split(PARTS).explode().alias("label").value_counts(sort=True)
    told = counts.filter(~pl.col("label").is_in(known), pl.col("count") >= MIN_CELL)["label"].to_list()
    rule = f"{name}: answers with labels that no map knows, left empty"
    rule += f" ({', '.join(told)})" if told else ""
    return ledger.repair(rule, pl.lit(strange), pl.lit(None, dtype=pl.String).alias(name))


def to_level(answers: pl.Series, into: str, labels: Labels, *, source: str) -> pl.Series:
    """Return answers as levels of a canonical column; dots and the shape of apostrophes don't count.

    Raises ``DataError`` listing every label that the map does not know.

    >>> answers, labels = pl.Series("degree", ["M.A.", "none"]), {"MA": "master", "none": None}
    >>> to_level(answers, "education", labels, source="an example").to_list()
    ['master', None]
    """
    levels, told = _plainly(labels), plain(answers)
    told = told.set(told.is_in([label for label, level in levels.items() if level is None]), None)
    known = {label: level for label, level in levels.items() if level is not None}
    return to_levels(told.to_frame(), answers.name, into, known, source=source)


def to_known_levels(ledger: Ledger, name: str, into: str, labels: Labels, *, source: str) -> Ledger:
    """Recode a question with a list of answers and room for one's own: the others are left empty and counted.

    For what people type, however many they are; a question without such room goes through ``empty_strangers``.

    >>> ledger = Ledger(pl.DataFrame({"rank": ["Senior", "wizard", None]}))
    >>> ledger = to_known_levels(ledger, "rank", "seniority", {"Senior": "senior"}, source="x")
    >>> ledger.rows["seniority"].to_list(), ledger.steps[0].touched
    (['senior', None, None], 1)
    """
    levels = to_levels(ledger.rows, name, into, labels, source=source, unmatched="null")
    return ledger.flag(f"{name}: answers outside the list, left out", ~pl.col(name).is_in(list(labels))).recode(
        pl.lit(levels)
    )


def of_several(rows: pl.DataFrame, name: str, into: str, labels: Labels, kept: pl.Expr, *, source: str) -> pl.Series:
    """Return one level a row (numbered in ``row``) of an answer that may hold several, by the aggregate ``kept``.

    Raises ``DataError`` as ``to_level`` does.

    >>> rows = pl.DataFrame({"row": [1], "work": ["part;full"]})
    >>> forms = {"full": "full-time", "part": "part-time"}
    >>> of_several(rows, "work", "employment", forms, pl.col("employment").min(), source="x").to_list()
    ['full-time']
    """
    ticked = rows.select(ROW, pl.col(name).str.split(PARTS)).explode(name)
    ticked = ticked.select(ROW, to_level(ticked[name], into, labels, source=source))
    return ticked.group_by(ROW, maintain_order=True).agg(kept.alias(into))[into]


def plain(answers: pl.Series) -> pl.Series:
    """Return labels without what their printings differ in: dots, and the shape of apostrophes."""
    return answers.str.replace_all("[‘’]", "'").str.replace_all(".", "", literal=True)


def _plainly(labels: Labels) -> dict[str, str | None]:
    return dict(zip(plain(pl.Series(list(labels))).to_list(), labels.values(), strict=True))
