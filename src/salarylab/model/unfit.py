"""Unfit: why an equation can't be asked of a sample: questions never asked, mixed, or answered by nobody."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from salarylab.disclosure import show_count
from salarylab.errors import Fault, ModelError
from salarylab.model.controls import CONCEPTS
from salarylab.model.factor import NUMERIC, Factor, Outcome
from salarylab.model.spec import DECLARED, SURVEY, Spec
from salarylab.sample import Sample


def refuse_never_asked(spec: Spec, sample: Sample, wanted: Outcome, parts: Sequence[Factor]) -> None:
    """Refuse what the source never asked: factors, the outcome, weights, clusters, what is absorbed."""
    key = sample.provenance.source.key
    needs = {f"factor {part.name!r}": part.needs for part in parts} | {f"outcome {wanted.name!r}": (wanted.column,)}
    clusters = spec.clusters if isinstance(spec.clusters, tuple) else (spec.clusters,)
    roles = [
        ("weights", spec.weights),
        *(("clusters", name) for name in clusters),
        ("absorbed", spec.absorbed),
        ("counts", spec.counts),
    ]
    needs |= {f"{role} {name!r}": (str(name),) for role, name in roles if name not in (None, SURVEY, DECLARED)}
    faults = [
        Fault(
            thing,
            f"{key} never asked {', '.join(missing)}",
            f"columns that it asked: {', '.join(sorted(sample.asked))}",
            "leave it out for this source, or choose a source that asked it",
        )
        for thing, columns in needs.items()
        if (missing := [c for c in columns if c not in sample.asked])
    ]
    if faults:
        raise ModelError(*faults)


def refuse_spliced(sample: Sample, parts: Sequence[Factor]) -> None:
    """Refuse a factor whose rows answer different questions: years of which work, degrees held or planned."""
    needed = {column for part in parts for column in part.needs}
    found = {name: sample.table[concept].drop_nulls().unique() for name, concept in CONCEPTS.items() if name in needed}
    faults = [
        Fault(
            f"factor on {name}",
            f"rows of several meanings: {', '.join(concepts.sort())}",
            f"one {CONCEPTS[name]}",
            f"restrict the sample, such as sl.only({CONCEPTS[name]}={concepts.sort()[0]!r}), or the years loaded",
        )
        for name, concepts in found.items()
        if len(concepts) > 1
    ]
    if faults:
        raise ModelError(*faults)


NO_SPREAD = 1e-140
"""Distance of the least from the greatest outcome whose square is no longer a full double."""

LARGEST = 1e140
"""A size whose square, summed, is still a double; so is that of one over it."""


def roles(spec: Spec) -> list[tuple[str, str]]:
    """Return the columns that an equation names beside its factors, and what for."""
    clusters = spec.clusters if isinstance(spec.clusters, tuple) else (spec.clusters,)
    named = [("weights", spec.weights), *(("clusters", name) for name in clusters), ("counts", spec.counts)]
    return [(role, name) for role, name in named if name is not None and name not in (SURVEY, DECLARED)]


def refuse_kinds(spec: Spec, wanted: Outcome, parts: Sequence[Factor], frame: pl.LazyFrame) -> None:
    """Refuse text and dates where numbers are asked for, and lists and the like where levels are."""
    asked = {f"factor {part.name!r}": (part.expression, part.kind in NUMERIC) for part in parts}
    asked[f"outcome {wanted.column!r}"] = (pl.col(wanted.column), True)
    asked |= {f"{role} {column!r}": (pl.col(column), role != "clusters") for role, column in roles(spec)}
    kinds = frame.select(value.alias(thing) for thing, (value, _) in asked.items()).collect_schema()
    faults = []
    for thing, (_, as_number) in asked.items():
        kind = kinds[thing]
        if as_number and not (kind.is_numeric() or kind in (pl.Boolean, pl.Null)):
            faults.append(Fault(thing, f"values of kind {kind}", "numbers", "cast it, or declare it as levels"))
        elif kind.is_nested() or kind in (pl.Object, pl.Binary):
            faults.append(Fault(thing, f"values of kind {kind}", "one level a row: text or whole numbers", "unnest it"))
    if faults:
        raise ModelError(*faults)


def refuse_values(sample: Sample, wanted: Outcome, known: pl.Expr, parts: Sequence[Factor], *, banded: bool) -> None:
    """Refuse numbers that are not finite, and an outcome of one value; that of a ``banded`` one may lie anywhere."""
    asked = {f"factor {part.name!r}": part.expression for part in parts if part.kind in NUMERIC}
    asked[f"outcome {wanted.name!r}"] = known
    found = sample.table.select(value.cast(pl.Float64).alias(thing) for thing, value in asked.items())
    faults = [
        Fault(thing, f"{show_count(bad)} rows that are not finite", "finite numbers", "restrict the sample")
        for thing in asked
        if (bad := int((~found[thing].is_finite()).sum()))
    ]
    ends = {thing: (float(found[thing].min()), float(found[thing].max())) for thing in asked}  # type: ignore[arg-type]
    if not faults:
        faults += [out_of_reach(thing) for thing, (least, most) in ends.items() if beyond_squares(least, most)]
    least, most = ends[f"outcome {wanted.name!r}"]
    if not (faults or banded) and most - least < NO_SPREAD:
        faults.append(one_value(f"outcome {wanted.name!r}"))
    if faults:
        raise ModelError(*faults)


def beyond_squares(least: float, most: float) -> bool:
    """Return whether numbers between these ends have squares that no double holds."""
    size = max(abs(least), abs(most))
    return size != 0 and not 1.0 / LARGEST < size < LARGEST


def out_of_reach(thing: str) -> Fault:
    """Return that numbers are so large, or so small, that their squares are no numbers."""
    return Fault(thing, "numbers whose squares no double holds", f"sizes up to {LARGEST:g}", "choose another unit")


def one_value(outcome: str) -> Fault:
    """Return that an outcome has one value in every row: there is nothing to explain."""
    return Fault(outcome, "one value in every row", "an outcome that differs", "choose another")


def nothing_left(sample: Sample) -> Fault:
    """Return that no row is left, and where they went."""
    lost = sample.attrition.filter(pl.col("stage") == "build", pl.col("rows_lost") > 0)
    told = "; ".join(
        f"{show_count(n)} rows to {reason!r}" for reason, n in lost.select("reason", "rows_lost").iter_rows()
    )
    return Fault("sample", f"no row left to fit: {told}", "rows that answer every factor", "ask fewer factors")
