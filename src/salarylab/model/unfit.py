"""Unfit: why an equation can't be asked of a sample: questions never asked, mixed, or answered by nobody."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from salarylab.disclosure import show_count
from salarylab.errors import Fault, ModelError
from salarylab.model.factor import Factor, Outcome
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


CONCEPTS = {"experience_years": "experience_concept", "education": "education_concept"}
"""Columns whose meaning another column states, row by row."""


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


def nothing_left(sample: Sample) -> Fault:
    """Return that no row is left, and where they went."""
    lost = sample.attrition.filter(pl.col("stage") == "build", pl.col("rows_lost") > 0)
    told = "; ".join(
        f"{show_count(n)} rows to {reason!r}" for reason, n in lost.select("reason", "rows_lost").iter_rows()
    )
    return Fault("sample", f"no row left to fit: {told}", "rows that answer every factor", "ask fewer factors")
