"""Usable: which factors a sample can speak of, and why not of others."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from salarylab.disclosure import MIN_PERCENTILE_CELL, threshold
from salarylab.errors import Fault, ModelError
from salarylab.model.factor import factor as declared_factor
from salarylab.model.factor import factor_in
from salarylab.sample import Sample

MOSTLY = 0.5
"""The share of a sample that must have answered a factor for it to be held equal."""


def usable(sample: Sample, factors: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the factors that this sample can speak of, and the reasons why the others are left out.

    A factor is left out when the source never asked it, when fewer than half of the sample answered it (a wave
    may not have asked it), when all gave the same answer, or when a finer factor on the list already gives it
    (a region, its country). Raises ``ModelError`` for a name that is no factor.

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept])
    >>> usable(sample, ["education", "role", "role_family"])
    (('education', 'role'), ('role family: given by role',))
    """
    kept: list[str] = []
    out: list[str] = []
    for name in factors:
        part = factor_in(sample, name)
        if not _asked(sample, name):
            out.append(f"{part.label}: never asked")
            continue
        answers = sample.table.select(part.expression.alias("value"))["value"].drop_nulls()
        if answers.n_unique() < 2:
            out.append(f"{part.label}: one value only" if len(answers) else f"{part.label}: never answered")
        elif len(answers) < MOSTLY * len(sample):
            out.append(f"{part.label}: answered by fewer than half")
        else:
            kept.append(name)
    for coarse in list(kept):
        finer = next((fine for fine in kept if fine != coarse and determines(sample, fine, coarse)), None)
        if finer is not None:
            kept.remove(coarse)
            out.append(f"{factor_in(sample, coarse).label}: given by {factor_in(sample, finer).label}")
    return tuple(kept), tuple(out)


def usable_together(sample: Sample, factor: str, beside: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the factors that can be held equal beside one, on the rows that answer all, and why others can't.

    Judged are the rows that answered ``factor``. Where nobody answered all that is left, or all who did are of one
    level of ``factor``, the factor that fewest answered goes first; then those of which one value is left.
    """
    part = factor_in(sample, factor)
    among = sample.without(part.expression.is_null(), f"not answered: {factor}") if _asked(sample, factor) else sample
    kept, out = (list(names) for names in usable(among, beside))
    comparable = _asked(sample, factor) and len(usable(among, [factor])[0]) > 0
    while kept:
        values = among.table.select(factor_in(sample, name).expression.alias(name) for name in (factor, *kept))
        whole = values.drop_nulls()
        alone = [name for name in kept if whole[name].n_unique() < 2]
        lost = comparable and whole[factor].n_unique() < 2
        if not (alone or lost):
            break
        goes = max(kept, key=lambda name: values[name].null_count()) if lost or not len(whole) else alone[0]
        kept.remove(goes)
        why = "answered by one side of the comparison only" if lost else "one value only where the others are answered"
        out.append(f"{factor_in(sample, goes).label}: {why}")
    return tuple(kept), tuple(out)


def _asked(sample: Sample, factor: str) -> bool:
    return all(column in sample.asked for column in declared_factor(factor).needs)


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
    pairs = sample.table.select(part.expression.alias(part.name) for part in parts).drop_nulls().unique()
    return len(pairs) == pairs[fine].n_unique() and len(pairs) > 1
