"""Shapley refused: designs whose R² cannot be split rightly, each fault by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from salarylab.disclosure import show_count
from salarylab.errors import Fault, ModelError, unknown
from salarylab.model.decompose.shapley_shares import Measure
from salarylab.model.design import Design
from salarylab.model.variance.clusters import FEW_CLUSTERS

MOST_FACTORS = 12
Groups = Mapping[str, Sequence[str]]


def refuse(design: Design, groups: Groups, measure: Measure, folds: int) -> None:
    """Raise ``ModelError`` with all that stands in the way of splitting a design's R²."""
    faults = [*_of_factors(design, groups), *_of_rows(design, measure, folds)]
    if faults:
        raise ModelError(*faults)


def _of_factors(design: Design, groups: Groups) -> list[Fault]:
    factors = design.spec.factors
    crossed = [name for name in factors if ":" in name]
    faults = [
        Fault(f"interaction {name!r}", "no factor by itself", "main factors", "leave it out, or declare their pairs")
        for name in crossed
    ]
    if not factors or len(factors) > MOST_FACTORS:
        expected = f"1 to {MOST_FACTORS}: {2**MOST_FACTORS:,} subsets of them"
        faults.append(Fault("factors", str(len(factors)), expected, "ask another number of factors"))
    named = [name for group in groups.values() for name in group]
    faults += [unknown("factor of this equation", name, factors) for name in named if name not in factors]
    twice = {name for name in named if named.count(name) > 1}
    faults += [Fault(f"factor {name!r}", "in two groups", "in one", "choose a group") for name in sorted(twice)]
    return faults


def _of_rows(design: Design, measure: Measure, folds: int) -> list[Fault]:
    faults = [
        Fault("design", what, "rows of one weight each, in one kind of cluster", "ask it of another equation")
        for what, there in (
            (f"{design.spec.absorbed!r} absorbed", design.absorbed is not None),
            ("rows that stand for several", design.counts is not None),
            ("two kinds of clusters", design.second_clusters is not None),
        )
        if there
    ]
    if measure == "adjusted" and (design.weights is not None or design.clusters is not None):
        found = "weighted or clustered rows"
        faults.append(Fault("adjusted R²", found, "independent rows of one weight", "take cross-fitted R²"))
    if measure not in ("adjusted", "cross-fitted"):
        faults.append(unknown("measure", measure, ["adjusted", "cross-fitted"]))
    clusters = None if design.clusters is None else int(design.clusters.max()) + 1
    least = folds if design.spec.few_clusters else FEW_CLUSTERS
    if clusters is not None and clusters < least:
        faults.append(Fault("clusters", show_count(clusters), f"at least {least}", "cluster on something finer"))
    if design.n * (folds - 1) <= len(design.terms) * folds:
        expected = f"more than {len(design.terms)} in {folds - 1} parts of {folds}"
        faults.append(Fault("rows", show_count(design.n), expected, "ask fewer factors, or choose coarser levels"))
    return faults
