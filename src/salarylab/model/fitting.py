"""Fitting: from a design to an estimate, by the route that its size calls for."""

from __future__ import annotations

import os
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Literal, cast, get_args

import numpy as np
from numpy.typing import NDArray

from salarylab.disclosure import show_count
from salarylab.errors import Fault, ModelError, unknown
from salarylab.model.coding import rows_of
from salarylab.model.design import Design
from salarylab.model.estimate import Estimate, told
from salarylab.model.kernel.absorb import solve_within
from salarylab.model.kernel.cells import collapsed, worthwhile
from salarylab.model.kernel.orthogonal import CollinearError
from salarylab.model.kernel.residuals import Meat
from salarylab.model.kernel.rows import Rows
from salarylab.model.kernel.solution import Solution, solve
from salarylab.model.kernel.stream import Stream
from salarylab.model.rules import rule_for, variance
from salarylab.model.table import TableDesign

Array = NDArray[np.float64]
Route = Literal["gram", "cells", "QR"]

MANY = 500_000
"""Rows from which threads share a walk over them."""


def fit(design: Design | TableDesign, *, route: Route | None = None, executor: Executor | None = None) -> Estimate:
    """Fit a design by (weighted) least squares under its spec's covariance rule.

    ``route`` is chosen by how alike the rows are and how well the equation is conditioned, unless given: ``gram`` sums
    over rows, ``cells`` over rows that are alike, ``QR`` factors the design; ``Estimate.route`` says which. Sums of
    parts of the rows are taken by ``executor``, any of ``concurrent.futures``; the numbers do not depend on it.

    Raises ``ModelError`` for collinear terms (all named, unless the spec drops them), fewer than 20 clusters, or a
    rule that the design cannot serve.

    **Source** see ``kernel.solution`` and, for the rule, the room ``variance``.

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept])
    >>> estimate = fit(sl.build(sl.Spec(factors=("work_mode",)), sample))
    >>> print(estimate.rule, estimate.route, sep="; ")
    HC2 with Bell–McCaffrey degrees of freedom; fewer than 10 cells of about 7,500 rows, QR, extended precision
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1, user_api="blas"), _workers(design.n, executor) as workers:
        try:
            return _fitted(design, route, workers)
        except CollinearError as refused:
            if not (design.spec.drop_collinear and isinstance(design, Design)):
                raise
            return _without(design, refused, route, workers)


def _workers(n: int, executor: Executor | None) -> AbstractContextManager[Executor | None]:
    """Return who takes the sums: who was given, else a thread for each processor where rows are many.

    The matrices are small: threads of the linear algebra library would wait for each other, so ``fit`` allows it one.
    """
    if executor is not None or n < MANY:
        return nullcontext(executor)
    return ThreadPoolExecutor(os.cpu_count())


def _without(design: Design, refused: CollinearError, route: Route | None, executor: Executor | None) -> Estimate:
    """Return the estimate without the terms that follow from others, and named as left out."""
    left = tuple(term for i, term in enumerate(design.terms) if i not in refused.columns)
    estimate = _fitted(replace(design, terms=left), route, executor)
    out = f"left out, as they follow from other terms: {', '.join(refused.terms)}"
    return replace(estimate, notes=(*estimate.notes, out))


def _fitted(design: Design | TableDesign, route: Route | None, executor: Executor | None) -> Estimate:
    kind, why = rule_for(design)
    rows = design.source if isinstance(design, TableDesign) else rows_of(design)
    told_route, rows = _routed(rows, route, kind, design.spec.absorbed is not None)
    named = cast("Design", design)  # a table's design answers to the same names
    names = [told(named, term)[0] for term in design.terms]
    meat, groups = _meat(kind), _groups(rows, kind)
    if isinstance(design, Design) and design.absorbed is not None and isinstance(rows, Rows):
        solution = solve_within(rows, design.absorbed, names, meat=meat, clusters=groups)
    else:
        by = None if route == "cells" else route
        solution = solve(rows, names, meat=meat, clusters=groups, route=by, executor=executor)
    found = variance(design, solution, kind)
    weighted = kind != "replicate" and _weighted(design)
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


def refit(design: Design, y: Array, weights: Array | None, kind: str) -> Solution:
    """Fit another outcome y (n,) under other weights (n,) on a design's columns, as a covariance rule needs it.

    So is met the least squares that stands for an equation fitted otherwise. Raises ``ModelError`` as ``fit`` does.
    """
    rows = replace(rows_of(design), y=y, weights=weights)
    names = [told(design, term)[0] for term in design.terms]
    return solve(rows, names, meat=_meat(kind), clusters=_groups(rows, kind))


# The route


def _routed(rows: Rows | Stream, route: Route | None, kind: str, absorbs: bool) -> tuple[str, Rows | Stream]:
    """Return in words what is summed over, and it."""
    if route is not None and route not in get_args(Route):
        raise ModelError(unknown("route", route, get_args(Route)))
    if absorbs and route is not None:
        raise ModelError(Fault(f"route {route!r}", "an absorbed factor", "no route asked for", "leave it to be chosen"))
    if route == "cells" or (
        route is None and not absorbs and kind != "replicate" and isinstance(rows, Rows) and worthwhile(rows)
    ):
        if not isinstance(rows, Rows) or rows.weights is not None or kind == "replicate":
            raise ModelError(_no_cells())
        cells = collapsed(rows)
        return f"{show_count(len(cells))} cells of {show_count(len(rows))} rows, ", cells
    if isinstance(rows, Stream):
        return "rows read anew for each walk, ", rows
    return "rows, ", rows


def _meat(kind: str) -> Meat:
    if kind.startswith("CR") or kind == "wild":
        return "clusters"
    return cast("Meat", kind) if kind.startswith("HC") else "none"


def _groups(rows: Rows | Stream, kind: str) -> int:
    if _meat(kind) != "clusters":
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
