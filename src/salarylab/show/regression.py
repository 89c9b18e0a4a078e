"""Regression: several equations side by side, as the cells of a table.

A term is a row, an equation a column; beneath each number stands its standard error, or its interval. A factor that
is held equal and not listed is a row of yes and no.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from salarylab.disclosure import Released, release, show_count
from salarylab.errors import Fault, ReportError, unknown
from salarylab.model import Estimate
from salarylab.model.blocks import Levels, Numbers
from salarylab.model.estimate import NUMBERS
from salarylab.show import text

Unit = Literal["log points", "percent"]
Beneath = Literal["se", "interval"]

INDENT = "\u00a0\u00a0"
BASE, UNJUDGED = "base", "(–)"
STARS = ((0.01, "***"), (0.05, "**"), (0.1, "*"))
NAMED = re.compile(r"(?:^|(?<= × ))\w+\[(.*?)\](?=$| × )")
"""A level behind the name of its factor, as in the terms of an interaction."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Hold what is asked of a regression table: the equations, their columns' titles, the factors with rows."""

    estimates: tuple[Estimate, ...]
    columns: tuple[str, ...]
    factors: tuple[str, ...]
    unit: Unit
    beneath: Beneath
    stars: bool


def asked(
    estimates: Sequence[Estimate],
    labels: Sequence[str] | None,
    factors: Sequence[str] | None,
    *,
    unit: Unit,
    beneath: Beneath,
    stars: bool,
) -> Asked:
    """Return what is asked, with the columns numbered; raises ``ReportError`` for what no table can show."""
    every = list(dict.fromkeys(name for one in estimates for name in one.design.spec.factors))
    faults = [unknown("factor", name, every) for name in factors or () if name not in every]
    if not estimates:
        faults.append(Fault("regression table", "no estimate", "at least one", "regression(estimate, …)"))
    if labels is not None and len(labels) != len(estimates):
        found = f"{len(labels)} for {len(estimates)} estimates"
        faults.append(Fault("labels", found, "one for each estimate", "name them all, or none"))
    if unit == "percent" and beneath == "se":
        faults.append(
            Fault("beneath", "standard errors of percents", "'interval'", "a percent's error is not symmetric")
        )
    if unit == "percent" and not all(one.design.outcome.log for one in estimates):
        faults.append(Fault("unit", "percents of an outcome that is no log", "'log points'", "show coefficients"))
    if faults:
        raise ReportError(*faults)
    columns = tuple(f"({i + 1})" + (f" {labels[i]}" if labels else "") for i in range(len(estimates)))
    # the bends of a spline mean nothing one by one
    rows = factors or [name for name in every if not any(_bent(one, name) for one in estimates)]
    return Asked(tuple(estimates), columns, tuple(dict.fromkeys(rows)), unit, beneath, stars)


def cells(table: Asked) -> Released:
    """Return the cells of a regression table: terms by factor, what else is held equal, and the foot."""
    return terms(table).then(lambda told: _laid_out(_written(told, table), table))


def terms(table: Asked) -> Released:
    """Return the terms of all equations, released: equation, factor, label, base, numbers and rows."""
    return release(pl.concat([_terms(i, one) for i, one in enumerate(table.estimates)]), NUMBERS).then(
        lambda told: told.filter(pl.col("factor").is_in(table.factors))
    )


def notes(table: Asked, told: Released) -> tuple[str, ...]:
    """Return the notes below the table: each equation, its rule, and what a reader of its numbers must know."""
    alike = len({one.rule for one in table.estimates}) == 1
    said = []
    for column, one in zip(table.columns, table.estimates, strict=True):
        rule = "" if alike else f"; standard errors: {one.rule}"
        said.append(f"{column}: {one.design.spec.formula}{rule}.")
    said += [f"Standard errors: {table.estimates[0].rule}."] if alike else []
    beneath = "standard errors in parentheses" if table.beneath == "se" else "95% intervals in brackets"
    what = "Percent differences of geometric means" if table.unit == "percent" else "Log points (of pay in logs)"
    said.append(f"{what}, {beneath}. Counts are rounded.")
    if told.frame.select(pl.any_horizontal(pl.all() == UNJUDGED).any()).item():
        said.append(f"{UNJUDGED}: no standard error, for the term rests on one or a few clusters.")
    said += ["* p < 0.1, ** p < 0.05, *** p < 0.01."] if table.stars else []
    return (*said, *dict.fromkeys(note for one in table.estimates for note in one.notes))


def _terms(i: int, estimate: Estimate) -> pl.DataFrame:
    """Return the terms of one equation, by the names that a reader knows."""
    labels = [_label(estimate, *row) for row in estimate.terms.select("term", "factor", "level").iter_rows()]
    return estimate.terms.select(
        pl.lit(i).alias("equation"), "factor", pl.Series("label", labels, dtype=pl.String), "base", *NUMBERS, "n"
    )


def _label(estimate: Estimate, term: str, factor: str, level: str | None) -> str:
    if level is not None:
        return NAMED.sub(r"\1", level) if ":" in factor else level
    block = estimate.design.blocks.get(factor)
    if not isinstance(block, Numbers):
        return term
    _, _, power = term.partition("^")
    bend = f", bend {term.rpartition('.')[2]}" if block.factor.knots else ""
    return block.factor.label + (f", power {power}" if power else bend)


def _written(told: pl.DataFrame, table: Asked) -> pl.DataFrame:
    """Return terms with their numbers as text: ``top`` and ``under``."""
    percent = table.unit == "percent"
    top = text.signed("percent") if percent else text.number("log_points")
    if table.beneath == "se":
        under = pl.format("({})", text.error())
    elif percent:
        under = pl.format("[{}]", text.interval("percent_low", "percent_high"))
    else:
        under = pl.format("[{} to {}]", text.number("ci_low"), text.number("ci_high"))
    marks = pl.lit("")
    for most, mark in reversed(STARS) if table.stars else ():
        marks = pl.when((pl.col("p") < most).fill_null(False)).then(pl.lit(mark)).otherwise(marks)
    shown, judged = pl.col("n").is_not_null(), pl.col("se").is_not_null()
    return told.with_columns(
        top=pl.when(shown).then(pl.concat_str(top, marks)).otherwise(pl.lit(text.WITHHELD)),
        under=pl.when(shown & judged).then(under).when(shown).then(pl.lit(UNJUDGED)).otherwise(pl.lit("")),
    )


def _laid_out(told: pl.DataFrame, table: Asked) -> pl.DataFrame:
    """Return the table's lines from terms as text."""
    found = {
        (factor, label, i): (top, under)
        for factor, label, i, top, under in told.select("factor", "label", "equation", "top", "under").iter_rows()
    }
    lines = [line for factor in table.factors for line in _of_factor(factor, found, table)]
    lines += [*_held_equal(table), *_foot(table)]
    return pl.DataFrame(lines, schema=dict.fromkeys(("term", *table.columns), pl.String()), orient="row")


def _of_factor(factor: str, found: dict[tuple[str, str, int], tuple[str, str]], table: Asked) -> list[list[str]]:
    """Return the lines of one factor: its name and base, then two for every term."""
    equations = range(len(table.estimates))
    bases = [one.design.told_base(factor) for one in table.estimates]
    labels = list(dict.fromkeys(label for of, label, _ in found if of == factor))
    compared = [name for name in dict.fromkeys(bases) if name]
    order = [name for one in table.estimates for name in _levels(one, factor)]
    labels.sort(key=lambda label: order.index(label) if label in order else len(order))
    lines: list[list[str]] = []
    if compared or ":" in factor:
        one = f", compared with {compared[0]}" if len(compared) == 1 else ""
        many = [f"{BASE}: {base}" if base and not one else "" for base in bases]
        lines.append([named(factor, table) + one, *many])
    indent = INDENT if lines else ""
    for label in labels:
        pairs = [found.get((factor, label, i), (BASE if label == bases[i] else "", "")) for i in equations]
        lines.append([indent + label, *(top for top, _ in pairs)])
        if any(under for _, under in pairs):
            lines.append(["", *(under for _, under in pairs)])
    return lines


def _held_equal(table: Asked) -> list[list[str]]:
    """Return the lines of what is held equal beside the terms that are listed: yes or no."""
    every = dict.fromkeys(name for one in table.estimates for name in one.design.spec.factors)
    lines = [
        [named(name, table), *("yes" if name in one.design.spec.factors else "no" for one in table.estimates)]
        for name in every
        if name not in table.factors
    ]
    absorbed = dict.fromkeys(one.design.spec.absorbed for one in table.estimates if one.design.spec.absorbed)
    lines += [
        [f"{name} (absorbed)", *("yes" if one.design.spec.absorbed == name else "no" for one in table.estimates)]
        for name in absorbed
    ]
    blank = [""] * len(table.estimates)
    return [["also held equal", *blank], *([INDENT + name, *said] for name, *said in lines)] if lines else []


def _foot(table: Asked) -> list[list[str]]:
    """Return what each equation rests on: outcome, rows, fit, and its covariance rule by its short name."""
    designs = [one.design for one in table.estimates]
    lines = [
        ["outcome", *(design.outcome.label for design in designs)],
        ["rows", *(show_count(one.n).removeprefix("about ") for one in table.estimates)],
        ["R²", *(f"{one.r_squared:.2f}" for one in table.estimates)],
        ["standard errors", *(one.kind for one in table.estimates)],
    ]
    if any(design.cluster_label for design in designs):
        lines.append(["clusters", *(design.cluster_label or "none" for design in designs)])
    if any(design.weights is not None for design in designs):
        lines.append(["weights", *("no" if design.weights is None else "yes" for design in designs)])
    return lines


def named(factor: str, table: Asked) -> str:
    """Return a factor's label for people; of an interaction, its parts'."""
    labels = {name: block.factor.label for one in table.estimates for name, block in one.design.blocks.items()}
    return " × ".join(labels.get(part, part) for part in factor.split(":"))


def _levels(estimate: Estimate, factor: str) -> list[str]:
    block = estimate.design.blocks.get(factor)
    return [block.told(level) for level in block.levels] if isinstance(block, Levels) else []


def _bent(estimate: Estimate, factor: str) -> bool:
    blocks = (estimate.design.blocks.get(part) for part in factor.split(":"))
    return any(isinstance(block, Numbers) and bool(block.factor.knots) for block in blocks)
