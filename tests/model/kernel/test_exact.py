"""Every route against exact rational arithmetic: the same numbers to 1e-9, or a refusal that names what is wrong.

Tables are small and unkind: near-collinear and repeated columns, one value in every row, scales from 1e-8 to 1e8, years
squared, levels with one row, one row more than columns, outcomes that are fitted without a rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salarylab.errors import ModelError
from salarylab.model.building import build
from salarylab.model.estimate import Estimate
from salarylab.model.factor import Factor, Outcome, levels, number, polynomial
from salarylab.model.fitting import fit
from salarylab.model.kernel import orthogonal, reading, solution
from salarylab.model.spec import Spec
from salarylab.model.table import TableDesign

pytestmark = pytest.mark.skipif(
    np.finfo(np.longdouble).eps == np.finfo(np.float64).eps, reason="no extended precision on this machine"
)

RTOL, FLOOR = 1e-9, 1e-12
"""Asked of coefficients: a share of each and of its standard error; of its ``unit`` where a fit leaves no rest."""

SE_RTOL = {None: 1e-9, "cells": 1e-9, "gram": 1e-8, "QR in double": 1e-7, "streamed": 1e-7}
"""Asked of standard errors by route: tables this small go by extended precision where they are left alone."""

SE_FLOOR = {None: 1e-10, "cells": 1e-10, "gram": 1e-8, "QR in double": 1e-8, "streamed": 1e-8}
"""The same, as a share of ``unit``."""

NO_SE_FLOOR = 1e-6
"""The same where a standard error is zero: it is the root of a variance rounded near 1e-16, and enters the others'."""

TOLD_APART = 1e7
"""Condition of a centred, scaled design up to which nothing may be refused as collinear."""

RULES = ("classical", "HC0", "HC1", "HC2", "HC3", "CR0", "CR1")


@dataclass(frozen=True)
class Asked:
    """Hold a table and an equation for it."""

    table: pl.DataFrame
    spec: Spec


@st.composite
def numbers_of(draw: st.DrawFn, n: int, earlier: list[list[float]]) -> list[float]:
    """Draw a column of numbers: whole, far from zero, tiny, huge, constant, or nearly an earlier one."""
    whole = draw(st.lists(st.integers(-9, 9), min_size=n, max_size=n))
    scale, offset = draw(
        st.sampled_from(
            [(1.0, offset) for offset in (0.0, 2018.0, 1e4, 1e6, 1e8)]
            + [(0.0, value) for value in (0.0, 3.0, 0.1, 1e9)]
            + [(1e-8, 0.0), (1e-3, 0.0), (0.1, 0.0), (1e8, 0.0), (0.1, 1e5)]
        )
    )
    near = draw(st.sampled_from([None, None, 0.0, *(10.0**-p for p in range(1, 13))])) if earlier else None
    if near is not None:
        return [a + near * v for a, v in zip(earlier[-1], whole, strict=True)]
    return [offset + scale * v for v in whole]


@st.composite
def tables(draw: st.DrawFn) -> Asked:
    """Draw a table of 4 to 24 rows, and an equation with up to two factors, two numbers and two interactions."""
    n = draw(st.integers(4, 24))
    columns: dict[str, Any] = {}
    declared: list[Factor | Outcome] = [Outcome("y", "y", "y", log=False)]
    names: list[str] = []
    for name in ["g", "h"][: draw(st.integers(0, 2))]:
        columns[name] = [f"l{v}" for v in draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))]
        declared.append(levels(name))
        names.append(name)
    drawn: list[list[float]] = []
    for name in ["u", "v"][: draw(st.integers(0, 2))]:
        drawn.append(draw(numbers_of(n, drawn)))
        is_whole = all(v == int(v) for v in drawn[-1])
        # a power is exact in doubles where it stays below 2^53; elsewhere the column asked for would itself be rounded
        squared = is_whole and max(map(abs, drawn[-1])) < 2**26 and draw(st.booleans())
        columns[name] = [int(v) for v in drawn[-1]] if is_whole and draw(st.booleans()) else drawn[-1]
        declared.append(polynomial(name) if squared else number(name))
        names.append(name)
    pairs = [f"{a}:{b}" for i, a in enumerate(names) for b in names[i + 1 :]]
    crossed = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=2)) if pairs else []
    columns["y"] = draw(outcomes(n, drawn))
    columns["w"] = draw(st.lists(st.sampled_from([0.25, 0.5, 1.0, 2.0, 3.0, 1000.0]), min_size=n, max_size=n))
    columns["c"] = draw(st.lists(st.integers(0, 5), min_size=n, max_size=n))
    rule = draw(st.sampled_from(RULES))
    spec = Spec(
        outcome="y",
        factors=(*names, *crossed),
        weights=draw(st.sampled_from([None, "w"])),
        clusters="c" if rule.startswith("CR") else None,
        covariance=rule,
        few_clusters=True,
        declared=tuple(declared),
    )
    return Asked(pl.DataFrame(columns), spec)


@st.composite
def outcomes(draw: st.DrawFn, n: int, numbers: list[list[float]]) -> list[float]:
    """Draw an outcome: whole numbers at some scale and offset, or one that the numbers fit without a rest."""
    whole = draw(st.lists(st.integers(-50, 50), min_size=n, max_size=n))
    kind = draw(st.sampled_from(["whole", "offset", "tiny", "huge", "perfect"]))
    if kind == "perfect" and numbers:
        return [3.0 + 2.0 * v for v in numbers[0]]
    scale, offset = {"offset": (0.25, 1e7), "tiny": (2.0**-40, 0.0), "huge": (2.0**40, 0.0)}.get(kind, (1.0, 0.0))
    return [offset + scale * v for v in whole]


def column(part: str, table: pl.DataFrame) -> list[int | float]:
    """Return the column that a part of a term's name stands for, from the table itself."""
    if part == "intercept":
        return [1] * len(table)
    if "[" in part:
        name, level = part[:-1].split("[", 1)
        return [int(value == level) for value in table[name].to_list()]
    name, _, power = part.partition("^")
    return [value ** int(power or 1) for value in table[name].to_list()]


def asked_of(design: TableDesign, table: pl.DataFrame) -> list[list[int | float]]:
    """Return the design that the terms' names promise, shape (n, k), in numbers that Python multiplies exactly."""
    rows = []
    for i in range(len(table)):
        row = []
        for term in design.terms:
            value = Fraction(1)
            for part in term.parts:
                value *= Fraction(column(part, table)[i])
            row.append(value)
        rows.append(row)
    return rows


def compared(asked: Asked, exact: Callable[..., Any], singular: type[Exception], seen: Counter[str]) -> None:
    """Hold every route to the exact answer, and every refusal to a reason."""
    table, spec = asked.table, asked.spec
    try:
        design = build(spec, table)
    except ModelError as error:
        if not _deserved(error, table):
            raise
        seen["refused when built"] += 1
        return
    assert isinstance(design, TableDesign)
    x = asked_of(design, table)
    weights = table["w"].to_list() if spec.weights else None
    truth = exact(x, table["y"].to_list(), weights, table["c"].to_list())
    try:
        held = Held.of(truth, spec.covariance)
    except singular:
        held = None
    for route, se_rtol in SE_RTOL.items():
        try:
            found = fitted(design, spec, table, route)
        except ModelError as error:
            about = str(error)
            fair = (
                held is None
                or len(table) <= len(design.terms)
                or ("collinear" in about and _condition(x, weights) > TOLD_APART)
                or ("leverage 1" in about and held.leverage > 1 - 1e-8)
                or ("route 'cells'" in about and route == "cells")
                or ("clusters" in about and table["c"].n_unique() == 1)
            )
            if not fair:
                raise
            seen[f"refused: {next(word for word in REASONS if word in about)}"] += 1
            continue
        assert held is not None, f"{route}: solved, though columns follow from others: {found.coefficients}"
        share = 10.0 * RTOL if route in ("QR in double", "streamed") else RTOL
        allowed = share * (np.abs(held.coefficients) + held.classical) + FLOOR * held.unit
        off = np.abs(found.coefficients - held.coefficients)
        assert (off <= allowed).all(), (route, found.coefficients, held.coefficients)
        assert held.errors is not None, f"{route}: a variance, though there is none"
        variances = np.diag(found.covariance)
        assert (variances >= 0).all(), (route, variances)
        floor = (NO_SE_FLOOR if (held.errors == 0).any() else SE_FLOOR[route]) * held.unit
        off = np.abs(np.sqrt(variances) - held.errors) - floor
        assert (off <= se_rtol * held.errors).all(), (
            route,
            found.route,
            np.sqrt(variances),
            held.errors,
        )
        seen[f"solved by {'cells' if route == 'cells' else found.route.split(', ', 1)[1]}"] += 1


@dataclass(frozen=True)
class Held:
    """Hold what an equation's numbers are held to; no errors where the rule has none."""

    coefficients: np.ndarray
    errors: np.ndarray | None
    classical: np.ndarray
    unit: np.ndarray
    leverage: float

    @classmethod
    def of(cls, truth: Any, rule: str) -> Held:
        """Return the numbers of an equation; leverage of one leaves no HC2, as few rows as columns no variance."""
        none = np.zeros(len(truth.b))
        classical = truth.errors("classical") if len(truth.y) > len(truth.b) else none
        try:
            errors = truth.errors(rule)
        except ZeroDivisionError:
            errors = None
        return cls(truth.coefficients, errors, classical, truth.unit, max(truth.leverage))


REASONS = (
    "leverage 1",
    "collinear",
    "same in every row",
    "more rows than columns",
    "route 'cells'",
    "clusters",
    "rows",
)


def fitted(design: TableDesign, spec: Spec, table: pl.DataFrame, route: str | None) -> Estimate:
    """Return an equation fitted by a route; two of them are those of tables too large for the others."""
    with pytest.MonkeyPatch.context() as patched:
        if route == "QR in double":
            patched.setattr(solution, "EXTENDED", 0)
            return fit(design, route="QR")
        if route == "streamed":
            patched.setattr(reading, "HELD", 0)
            patched.setattr(orthogonal, "HELD", 0)
            return fit(build(spec, table.lazy()))
        return fit(design, route=route)  # type: ignore[arg-type]


def _deserved(error: ModelError, table: pl.DataFrame) -> bool:
    """Return whether the table has what it was refused for."""
    one_level = any(table[name].n_unique() == 1 for name in ("g", "h") if name in table.columns)
    constant = table["y"].max() - table["y"].min() < 1e-140  # type: ignore[operator]
    many_values = "is a number with many values" in str(error)
    return one_level or constant or many_values


def _condition(x: list[list[Any]], weights: list[float] | None) -> float:
    """Return the condition of the centred, scaled design."""
    w = [Fraction(1)] * len(x) if weights is None else [Fraction(v) for v in weights]
    centred = []
    for j in range(1, len(x[0])):
        mean = sum((v * row[j] for v, row in zip(w, x, strict=True)), Fraction()) / sum(w)
        centred.append([float(row[j] - mean) * float(v) ** 0.5 for v, row in zip(w, x, strict=True)])
    if not centred:
        return 1.0
    scaled = np.array(centred) / np.linalg.norm(centred, axis=1)[:, None]
    values = np.linalg.svd(scaled, compute_uv=False)
    return float(values[0] / values[-1]) if values[-1] > 0 else np.inf


RELAXED = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.large_base_example]


@given(asked=tables())
@settings(max_examples=120, suppress_health_check=RELAXED)
def test_every_route_is_exact_or_refuses(asked: Asked, exact: Callable[..., Any], singular: type[Exception]) -> None:
    compared(asked, exact, singular, Counter())


@pytest.mark.slow
def test_every_route_is_exact_or_refuses_in_thousands_of_tables(
    exact: Callable[..., Any], singular: type[Exception]
) -> None:
    seen: Counter[str] = Counter()

    @given(asked=tables())
    @settings(max_examples=6_000, suppress_health_check=RELAXED)
    def tried(asked: Asked) -> None:
        compared(asked, exact, singular, seen)

    tried()
    print(dict(seen))
    assert min(seen["solved by gram"], seen["solved by QR, extended precision"], seen["solved by QR"]) > 1_000
    assert seen["solved by cells"] > 100
