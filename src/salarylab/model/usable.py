"""Usable: which factors a sample can speak of, and why not of others."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from salarylab.disclosure import MIN_PERCENTILE_CELL, threshold
from salarylab.errors import Fault, ModelError
from salarylab.model.controls import CATEGORICAL, as_controls, several_meanings
from salarylab.model.factor import Factor, factor_in
from salarylab.sample import Sample

MOSTLY = 0.5
"""The share of a sample that must have answered a factor for it to be held equal."""


def usable(
    sample: Sample, factors: Sequence[str], *, enough: float = MOSTLY
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the factors that this sample can speak of, and the reasons why the others are left out.

    A factor is left out when the source never asked it, when less than a share ``enough`` of those who were asked
    answered it, when all gave the same answer (a level of one row, which fits itself, is none), or when a finer factor
    on the list already gives it (a region, its country). Raises ``ModelError`` for a name that is no factor.

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept])
    >>> usable(sample, ["education", "role", "role_family"])
    (('education', 'role'), ('role family: given by role',))
    """
    kept: list[str] = []
    out: list[str] = []
    for name in factors:
        part = factor_in(sample, name)
        if not is_asked(sample, name):
            out.append(f"{part.label}: never asked")
            continue
        answers = sample.table.select("year", part.expression.alias("value")).drop_nulls("value")
        waves = answers["year"].unique().to_list()  # those that asked
        asked = len(sample.table.filter(pl.col("year").is_in(waves)))
        if _varied(answers, ["value"] if part.kind in CATEGORICAL else [])["value"].n_unique() < 2:
            out.append(f"{part.label}: one value only" if len(answers) else f"{part.label}: never answered")
        elif len(answers) < enough * asked:
            out.append(f"{part.label}: answered by fewer than {'half' if enough == MOSTLY else f'{enough:.0%}'}")
        else:
            kept.append(name)
    for coarse in list(kept):
        finer = next((fine for fine in kept if fine != coarse and determines(sample, fine, coarse)), None)
        if finer is not None:
            kept.remove(coarse)
            out.append(f"{factor_in(sample, coarse).label}: given by {factor_in(sample, finer).label}")
    return tuple(kept), tuple(out)


def usable_together(
    sample: Sample, factor: str, beside: Sequence[str], *, levels: Sequence[str] = (), enough: float = MOSTLY
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the factors that can be held equal beside one, on the rows that answer all, and why others can't.

    Judged are the rows that answered ``factor``. A factor that fewer than half of one of the ``levels`` compared
    answered is left out: those who did would not stand for the level. Where nobody answered all that is left, or all
    who did are of one level of ``factor``, the factor that fewest answered goes first; then those of which one value
    is left.
    """
    part = factor_in(sample, factor)
    among = sample.without(part.expression.is_null(), f"not answered: {factor}") if is_asked(sample, factor) else sample
    lifted = {one.name: one for one in as_controls(among, beside)}
    mixed = [
        n for n in beside if n not in lifted and is_asked(among, n) and several_meanings(among, factor_in(among, n))
    ]
    sided = {name: level for name in beside if (level := _silent(among, part, lifted.get(name) or name, levels))}
    kept, out = (
        list(names) for names in usable(among, [n for n in beside if n not in {*mixed, *sided}], enough=enough)
    )
    out += [f"{factor_in(among, name).label}: asked in several meanings" for name in mixed]
    out += [f"{factor_in(among, name).label}: answered by few of {level}" for name, level in sided.items()]
    comparable = is_asked(sample, factor) and len(usable(among, [factor])[0]) > 0
    while kept:
        lifted = {one.name: one for one in as_controls(among, kept)}
        parts = [lifted.get(name) or factor_in(among, name) for name in (factor, *kept)]
        values = among.table.select(part.expression.alias(part.name) for part in parts)
        whole = _varied(values.drop_nulls(), [part.name for part in parts if part.kind in CATEGORICAL])
        alone = [name for name in kept if whole[name].n_unique() < 2]
        lost = comparable and whole[factor].n_unique() < 2
        if not (alone or lost):
            break
        goes = max(kept, key=lambda name: values[name].null_count()) if lost or not len(whole) else alone[0]
        kept.remove(goes)
        why = "answered by one side of the comparison only" if lost else "one value only where the others are answered"
        out.append(f"{factor_in(sample, goes).label}: {why}")
    return tuple(kept), tuple(out)


def _silent(among: Sample, asked: Factor, control: Factor | str, levels: Sequence[str]) -> str:
    """Return a level compared of which fewer than half answered a control; nothing where there is none."""
    part = factor_in(among, control) if isinstance(control, str) else control
    if isinstance(control, str) and not is_asked(among, control):
        return ""
    answers = among.table.select(asked.expression.cast(pl.String).alias("at"), part.expression.is_null().alias("null"))
    shares = answers.group_by("at").agg(pl.col("null").mean())
    silent = shares.filter(pl.col("at").is_in(list(levels)), pl.col("null") > 1 - MOSTLY)["at"].sort()
    return str(silent[0]) if len(silent) and not answers["null"].all() else ""


def _varied(answers: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Return the rows less those that are alone at a level of one of the columns named, until none is."""
    while True:
        alone = [~pl.col(name).is_unique() for name in names]
        left = answers.filter(*alone) if alone else answers
        if len(left) == len(answers):
            return left
        answers = left


def rows_that_answer(sample: Sample, factor: str, controls: Sequence[str]) -> int:
    """Return how many rows answer a factor and every control, none of them alone at a level."""
    lifted = {one.name: one for one in as_controls(sample, controls)}
    parts = [lifted.get(name) or factor_in(sample, name) for name in (factor, *controls)]
    values = sample.table.select(part.expression.alias(part.name) for part in parts)
    return len(_varied(values.drop_nulls(), [part.name for part in parts if part.kind in CATEGORICAL]))


def is_asked(sample: Sample, factor: str) -> bool:
    """Return whether the source ever asked what a factor needs."""
    return all(column in sample.asked for column in factor_in(sample, factor).needs)


def first_usable(sample: Sample, factors: Sequence[str]) -> str:
    """Return the first of the factors that this sample can speak of.

    Where it can speak of none, the first is returned: a comparison by it will say why it cannot be made. Raises
    ``ModelError`` for a name that is no factor.
    """
    return next((name for name in factors if usable(sample, [name])[0]), factors[0])


def top_level(sample: Sample, factor: str, at_least: int = MIN_PERCENTILE_CELL) -> str:
    """Return the highest declared level of a factor with enough rows in the sample.

    Raises ``ModelError`` when no level has ``at_least`` rows, ``VocabularyError`` for fewer than ten.

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept])
    >>> top_level(sample, "education")
    'doctorate'
    """
    at_least = threshold(at_least)
    part = factor_in(sample, factor)
    missing = [column for column in part.needs if column not in sample.asked]
    if missing:
        key = sample.provenance.source.key
        found = f"{key} never asked {', '.join(missing)}"
        expected = f"columns that it asked: {', '.join(sorted(sample.asked))}"
        raise ModelError(Fault(f"factor {factor!r}", found, expected, "choose a source that asked it"))
    counts = sample.table.select(part.expression.alias("level"))["level"].drop_nulls().value_counts()
    levels = counts.filter(pl.col("count") >= at_least).sort("level")["level"]
    if not len(levels):
        raise ModelError(
            Fault(f"factor {factor!r}", "no level with enough rows", f"{at_least} rows", "widen the sample")
        )
    return str(levels[-1])


def determines(sample: Sample, fine: str, coarse: str) -> bool:
    """Return whether each level of a categorical factor lies within one level of a coarser one."""
    parts = [factor_in(sample, name) for name in (fine, coarse)]
    if any(part.kind not in ("level", "text") for part in parts):
        return False
    values = sample.table.select("year", *(part.expression.alias(f"{part.name}?") for part in parts)).filter(
        pl.col(f"{coarse}?").is_not_null()
    )
    answered = values.filter(pl.col(f"{fine}?").is_not_null())
    if answered["year"].n_unique() < values["year"].n_unique():  # where it was not asked, it gives nothing
        return False
    pairs = answered.select(f"{fine}?", f"{coarse}?").unique()
    return len(pairs) == pairs[f"{fine}?"].n_unique() and len(pairs) > 1
