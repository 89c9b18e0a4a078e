"""Rules: which covariance an equation calls for by its data's own design, and that covariance in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from salarylab.disclosure import MIN_CELL, round_count, show_count
from salarylab.errors import Fault, ModelError
from salarylab.model.blocks import Levels
from salarylab.model.design import Design
from salarylab.model.estimate import told
from salarylab.model.kernel.solution import Solution
from salarylab.model.spec import DEFAULT
from salarylab.model.table import TableDesign
from salarylab.model.variance.clusters import Clustered, clustered, inside_one, refuse_few
from salarylab.model.variance.dependence import RowRule, row_rule
from salarylab.model.variance.independent import bell_mccaffrey, classical, heteroskedastic
from salarylab.model.variance.replicates import replicate_covariance
from salarylab.model.variance.two_way import two_way

Array = NDArray[np.float64]

MOST_COLUMNS = 500
"""Levels of one factor that the default small-sample rules lay out: their time grows with the square of the columns,
and 1,100 employers did not end in two minutes."""

LARGE, FULL_CELL = 100_000, 1_000
"""Rows, and rows in each cell compared, from which leverage is too small to matter and plain HC1 serves."""


@dataclass(frozen=True, slots=True)
class Variance:
    """Hold a covariance (k, k), degrees of freedom (k,), the rule in words, terms without a standard error, notes."""

    covariance: Array
    df: Array
    rule: str
    unidentified: NDArray[np.bool_]
    notes: tuple[str, ...] = ()


def rule_for(design: Design | TableDesign) -> tuple[str, str]:
    """Return the covariance rule, asked for or called for by the data's own design, and why in words."""
    kind, clusters, replicates = design.spec.covariance, _has_clusters(design), design.replicates is not None
    if isinstance(design.spec.clusters, tuple):
        return _kind_two_ways(kind), ""
    if design.spec.absorbed is not None:
        return _kind_within(kind, clusters, replicates), ""
    if kind == DEFAULT:
        _refuse_very_many(design, clusters=clusters)
        if replicates or clusters:
            return ("replicate" if replicates else "CR1" if isinstance(design, TableDesign) else "CRV3"), ""
        if design.n >= LARGE and min(term.n for term in design.terms[1:] or design.terms) >= FULL_CELL:
            return "HC1", f"; every level has {FULL_CELL:,} rows or more"
        return "HC2", ""
    lacks = ((kind.startswith("CR") or kind == "wild") and not clusters, kind == "replicate" and not replicates)
    if any(lacks):
        what = "clusters" if lacks[0] else "replicate weights"
        raise ModelError(
            Fault(
                f"covariance {kind!r}",
                f"no {what} in this design",
                f"a source or spec with {what}",
                "name them, or take the default rule",
            )
        )
    return kind, ""


def _refuse_very_many(design: Design | TableDesign, *, clusters: bool) -> None:
    """Refuse a factor of very many levels under a default rule that would not end, with the two ways out."""
    sizes = {name: len(block.levels) for name, block in design.blocks.items() if isinstance(block, Levels)}
    rule = "CR1" if clusters else "HC1"
    faults = [
        Fault(
            f"factor {name!r}",
            f"{n:,} levels under the default covariance",
            f"at most {MOST_COLUMNS} levels laid out: its time grows with the square of the columns",
            f"covariance={rule!r} for their coefficients, or absorbed={name!r} to hold them equal",
        )
        for name, n in sizes.items()
        if n > MOST_COLUMNS
    ]
    if faults:
        raise ModelError(*faults)


WITHIN = ("classical", "HC0", "HC1", "HC2", "HC3", "CR0", "CR1")


def _kind_within(kind: str, clusters: bool, replicates: bool) -> str:
    """Return the covariance rule of an equation with an absorbed factor: some need its levels laid out."""
    if replicates and kind == DEFAULT:
        what = "an absorbed factor in a survey with replicate weights"
        remedy = "name the factor among the factors, or ask for covariance='HC2' knowingly"
        raise ModelError(Fault("covariance", what, "every level laid out for each replicate", remedy))
    kind = ("CR1" if clusters else "HC2") if kind == DEFAULT else kind
    if kind not in WITHIN or (kind.startswith("CR") and not clusters):
        raise ModelError(
            Fault(f"covariance {kind!r}", "an absorbed factor", f"one of {', '.join(WITHIN)}", "take the default rule")
        )
    return kind


def _kind_two_ways(kind: str) -> str:
    if kind not in (DEFAULT, "CR1"):
        raise ModelError(Fault(f"covariance {kind!r}", "clusters of two kinds", "CR1", "take the default rule"))
    return "CR1"


def _has_clusters(design: Design | TableDesign) -> bool:
    return design.cluster_label is not None


def served(design: Design, rows: str, serves: Sequence[str]) -> str:
    """Return the rule of an estimator that serves only some: the one asked for, else replicates, CRV3 or ``rows``.

    Raises ``ModelError`` for a rule that is not in ``serves``, or for which the design has no replicates, no
    clusters, or too few.
    """
    kind = design.spec.covariance
    if kind == DEFAULT:
        kind = "replicate" if design.replicates is not None else rows if design.clusters is None else "CRV3"
    clusters = 0 if design.clusters is None else int(design.clusters.max()) + 1
    what = f"covariance {kind!r}"
    if kind not in serves:
        fault = Fault(what, "a rule for least squares", f"one of: {', '.join(serves)}", "take the default rule")
    elif kind.startswith("CR") and clusters < 2:
        found = "one cluster only" if clusters else "no clusters in this design"
        fault = Fault(what, found, "a spec with two clusters and more", "name clusters, or another rule")
    elif kind == "replicate" and design.replicates is None:
        fault = Fault(what, "no replicate weights in this design", "a source that has them", "take the default rule")
    else:
        if kind.startswith("CR"):
            refuse_few(clusters, design.spec.few_clusters)
        return kind
    raise ModelError(fault)


def row_rule_of(design: Design) -> RowRule:
    """Return the rule that a design calls for: its survey's replicates, else its clusters, else independent rows.

    Replicates are applied to each row's influence, which equals refitting under each of them to first order.

    **Source** Wolter (2007), Introduction to Variance Estimation, 2nd ed., section 6.7.
    """
    if design.replicates is not None and design.replication is not None:
        main = np.ones(len(design.y)) if design.weights is None else design.weights
        replication = design.replication
        words = f"{replication.name} of each row's influence, t({replication.df:g})"
        ratios = design.replicates / main[:, None]
        return RowRule("replicate", replication.scale, replication.df, words, ratios=ratios)
    return row_rule(len(design.y), len(design.terms), design.clusters, few=design.spec.few_clusters)


def variance(design: Design | TableDesign, solution: Solution, kind: str) -> Variance:
    """Return the covariance of a design's solution under a rule."""
    if kind == "replicate":
        assert isinstance(design, Design)
        return _replicated(design, solution)
    if kind == "wild":
        return _wild(design, solution)
    if kind.startswith("CR"):
        second = design.second_clusters if isinstance(design, Design) else None
        return _clustered(design, solution, kind) if second is None else _two_ways(design, solution)
    return _independent(design, solution, kind)


def _independent(design: Design | TableDesign, solution: Solution, kind: str) -> Variance:
    free = solution.n - solution.parameters
    df, told_all = np.full(solution.k, float(free)), np.zeros(solution.k, dtype=bool)
    rule = f"{kind}, t(n − k), about {round_count(free):,}"  # exact, it would give away n
    if solution.within is not None:
        told_all[0] = True  # the intercept is a mean of levels that were taken out
        rule += f"; levels of {design.spec.absorbed} taken out"
    if kind == "classical":
        return Variance(classical(solution), df, rule, told_all)
    covariance = heteroskedastic(solution, kind)  # type: ignore[arg-type]
    if kind == "HC2" and solution.within is None:
        matched = bell_mccaffrey(solution, np.eye(solution.k))
        return Variance(covariance, matched, "HC2 with Bell–McCaffrey degrees of freedom", told_all)
    return Variance(covariance, df, rule, told_all)


def _replicated(design: Design, solution: Solution) -> Variance:
    replication, replicates = design.replication, design.replicates
    assert replication is not None
    assert replicates is not None
    covariance = replicate_covariance(solution, replicates, replication.scale)
    rule = f"{replication.name}, t({replication.df:g})"
    return Variance(covariance, np.full(solution.k, replication.df), rule, np.zeros(solution.k, dtype=bool))


def _clustered(design: Design | TableDesign, solution: Solution, kind: str) -> Variance:
    found = clustered(solution, kind, few=design.spec.few_clusters, small_sample=design.spec.small_sample)  # type: ignore[arg-type]
    rule, notes = _cluster_words(design, kind, found)
    unidentified = found.unidentified
    if solution.within is not None:
        unidentified = unidentified | (np.arange(solution.k) == 0)
        rule += f"; levels of {design.spec.absorbed} taken out"
    return Variance(found.covariance, found.df, rule, unidentified, notes)


def _two_ways(design: Design | TableDesign, solution: Solution) -> Variance:
    first, second = design.clusters, design.second_clusters
    assert first is not None
    assert second is not None
    found = two_way(solution, first, second, few=design.spec.few_clusters, small_sample=design.spec.small_sample)
    counts = " and ".join(map(show_count, found.clusters))
    rule = f"CR1 clustered by {design.cluster_label}, {counts} clusters, t(fewest clusters − 1)"
    lost = _lost(design, found.unidentified)
    return Variance(found.covariance, found.df, rule, found.unidentified, (*found.notes, *lost))


def _wild(design: Design | TableDesign, solution: Solution) -> Variance:
    """Return CR1 for the standard errors that are shown; intervals and p-values are the bootstrap's own."""
    found = clustered(solution, "CR1", few=True)
    inside = inside_one(solution)
    rule = (
        f"wild cluster bootstrap by {design.cluster_label}, {show_count(found.clusters)} clusters, "
        "intervals by inversion; standard errors CR1"
    )
    return Variance(found.covariance, found.df, rule, inside, _lost(design, inside))


def _cluster_words(design: Design | TableDesign, kind: str, found: Clustered) -> tuple[str, tuple[str, ...]]:
    freedom = "Satterthwaite degrees of freedom" if kind == "CR2" else "t(clusters − 1)"
    rule = f"{kind} clustered by {design.cluster_label}, {show_count(found.clusters)} clusters, {freedom}"
    if design.spec.small_sample is not None:
        rule += f"; {design.spec.small_sample.words}"
    screened = ("effective clusters read from each column by itself: the rows are many",) if found.screened else ()
    return rule, (*_lost(design, found.unidentified), *screened)


def _lost(design: Design | TableDesign, unidentified: NDArray[np.bool_]) -> tuple[str, ...]:
    """Return which terms have no standard error."""
    lost = [term for term, gone in zip(design.terms, unidentified, strict=True) if gone]
    if not lost:
        return ()
    named = [told(cast("Design", design), term)[0] for term in lost if term.n >= MIN_CELL]
    rare = len(lost) - len(named)
    in_words = ", ".join(named) + (f"{' and ' if named else ''}{rare} with fewer than {MIN_CELL} rows" if rare else "")
    return (f"no standard error, identified inside one or a few clusters: {in_words}",)
