"""Fitting: from a design to an estimate: the route its size calls for, and the covariance its own design calls for."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from salarylab.disclosure import MIN_CELL, round_count, show_count
from salarylab.errors import Fault, ModelError
from salarylab.model.coding import rows_of
from salarylab.model.design import Design
from salarylab.model.estimate import Estimate, told
from salarylab.model.kernel.cells import collapsed, worthwhile
from salarylab.model.kernel.residuals import Meat
from salarylab.model.kernel.rows import Rows
from salarylab.model.kernel.solution import Solution, solve
from salarylab.model.kernel.stream import Stream
from salarylab.model.spec import DEFAULT
from salarylab.model.table import TableDesign
from salarylab.model.variance.clusters import Clustered, clustered
from salarylab.model.variance.independent import bell_mccaffrey, classical, heteroskedastic
from salarylab.model.variance.replicates import replicate_covariance

Array = NDArray[np.float64]
Route = Literal["gram", "cells", "QR"]

LARGE, FULL_CELL = 100_000, 1_000
"""Rows, and rows in each cell compared, from which leverage is too small to matter and plain HC1 serves."""


@dataclass(frozen=True, slots=True)
class _Variance:
    """Hold a covariance (k, k), degrees of freedom (k,), terms without a standard error, the rule in words, notes."""

    covariance: Array
    df: Array
    rule: str
    unidentified: NDArray[np.bool_]
    notes: tuple[str, ...] = field(default=())


def fit(design: Design | TableDesign, *, route: Route | None = None, executor: Executor | None = None) -> Estimate:
    """Fit a design by (weighted) least squares under its spec's covariance rule.

    ``route`` is chosen by how alike the rows are and how well the equation is conditioned, unless given: ``gram`` sums
    over rows, ``cells`` over rows that are alike, ``QR`` factors the design; ``Estimate.route`` says which. Sums of
    parts of the rows are taken by ``executor``, any of ``concurrent.futures``; the numbers do not depend on it.

    Raises ``ModelError`` for collinear terms (all named), fewer than 20 clusters, or a rule that the
    design cannot serve.
    """
    kind, why = _kind(design)
    rows = design.source if isinstance(design, TableDesign) else rows_of(design)
    told_route, rows = _routed(rows, route, kind)
    named = cast("Design", design)  # a table's design answers to the same names
    names = [told(named, term)[0] for term in design.terms]
    meat, groups = _meat(kind), _groups(rows, kind)
    solution = solve(
        rows, names, meat=meat, clusters=groups, route=None if route == "cells" else route, executor=executor
    )
    found = _variance(design, solution, kind)
    weighted = (
        design.weighted if isinstance(design, TableDesign) else design.weights is not None
    ) and kind != "replicate"
    return Estimate(
        named,
        solution,
        solution.coefficients,
        found.covariance,
        found.df,
        found.unidentified,
        kind,
        found.rule + why + ("; weighted" if weighted else ""),
        1.0 - solution.rss / solution.tss,
        told_route + solution.route,
        found.notes,
    )


def _weighted(design: Design | TableDesign) -> bool:
    return design.weighted if isinstance(design, TableDesign) else design.weights is not None


# The route


def _routed(rows: Rows | Stream, route: Route | None, kind: str) -> tuple[str, Rows | Stream]:
    """Return in words what is summed over, and it."""
    if route == "cells" or (route is None and kind != "replicate" and isinstance(rows, Rows) and worthwhile(rows)):
        if not isinstance(rows, Rows) or rows.weights is not None or kind == "replicate":
            raise ModelError(_no_cells())
        cells = collapsed(rows)
        return f"{show_count(len(cells))} cells of {show_count(len(rows))} rows, ", cells
    if isinstance(rows, Stream):
        return "rows read anew for each walk, ", rows
    return "rows, ", rows


def _meat(kind: str) -> Meat:
    if kind.startswith("CR"):
        return "clusters"
    return cast("Meat", kind) if kind.startswith("HC") else "none"


def _groups(rows: Rows | Stream, kind: str) -> int:
    if not kind.startswith("CR"):
        return 0
    if isinstance(rows, Rows) and rows.clusters is not None:
        return int(rows.clusters.max()) + 1
    assert isinstance(rows, Stream)
    assert rows.columns.clusters is not None
    return len(rows.met[rows.columns.clusters])


def _no_cells() -> Fault:
    return Fault(
        "route 'cells'",
        "weighted rows, replicate weights, or a table read anew for each walk",
        "unweighted rows in memory",
        "leave the route to be chosen",
    )


# The covariance


def _kind(design: Design | TableDesign) -> tuple[str, str]:
    """Return the covariance rule, asked for or called for by the data's own design, and why in words."""
    kind, clusters, replicates = design.spec.covariance, _has_clusters(design), design.replicates is not None
    if kind == DEFAULT:
        if replicates or clusters:
            return ("replicate" if replicates else "CR1" if isinstance(design, TableDesign) else "CRV3"), ""
        if design.n >= LARGE and min(term.n for term in design.terms[1:] or design.terms) >= FULL_CELL:
            return "HC1", f"; every level has {FULL_CELL:,} rows or more"
        return "HC2", ""
    lacks = (kind.startswith("CR") and not clusters, kind == "replicate" and not replicates)
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


def _has_clusters(design: Design | TableDesign) -> bool:
    return design.cluster_label is not None


def _variance(design: Design | TableDesign, solution: Solution, kind: str) -> _Variance:
    k = solution.k
    all_told = np.zeros(k, dtype=bool)
    df = np.full(k, float(solution.n - k))
    residual = f"t(n − k), about {round_count(solution.n - k):,}"  # exact, it would give away n
    if kind == "replicate" and isinstance(design, Design) and design.replicates is not None:
        replication = design.replication
        assert replication is not None
        covariance = replicate_covariance(solution, design.replicates, replication.scale)
        return _Variance(covariance, np.full(k, replication.df), f"{replication.name}, t({replication.df:g})", all_told)
    if kind.startswith("CR"):
        found = clustered(solution, kind, few=design.spec.few_clusters)  # type: ignore[arg-type]
        rule, notes = _cluster_words(design, kind, found)
        return _Variance(found.covariance, found.df, rule, found.unidentified, notes)
    if kind == "classical":
        return _Variance(classical(solution), df, f"classical, {residual}", all_told)
    covariance = heteroskedastic(solution, kind)  # type: ignore[arg-type]
    if kind == "HC2":
        matched = bell_mccaffrey(solution, np.eye(k))
        return _Variance(covariance, matched, "HC2 with Bell–McCaffrey degrees of freedom", all_told)
    return _Variance(covariance, df, f"{kind}, {residual}", all_told)


def _cluster_words(design: Design | TableDesign, kind: str, found: Clustered) -> tuple[str, tuple[str, ...]]:
    freedom = "Satterthwaite degrees of freedom" if kind == "CR2" else "t(clusters − 1)"
    rule = f"{kind} clustered by {design.cluster_label}, {show_count(found.clusters)} clusters, {freedom}"
    lost = [term for term, gone in zip(design.terms, found.unidentified, strict=True) if gone]
    if not lost:
        return rule, ()
    named = [told(cast("Design", design), term)[0] for term in lost if term.n >= MIN_CELL]
    rare = len(lost) - len(named)
    in_words = ", ".join(named) + (f"{' and ' if named else ''}{rare} with fewer than {MIN_CELL} rows" if rare else "")
    return rule, (f"no standard error, identified inside one or a few clusters: {in_words}",)
