"""Table unfit: why an equation can't be asked of a table: columns, kinds and values that it does not have."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from salarylab.disclosure import show_count
from salarylab.errors import Fault, ModelError, unknown
from salarylab.model.factor import NUMERIC, Factor, Outcome
from salarylab.model.kernel.door import as_lazy
from salarylab.model.kernel.reading import Reading
from salarylab.model.spec import DECLARED, SURVEY, Spec
from salarylab.model.table_columns import OUTCOME, WEIGHT

NO_SPREAD = 1e-140
"""Distance of the least from the greatest outcome whose square is no longer a full double."""


def opened(table: object) -> pl.LazyFrame:
    """Return a table as a lazy frame; raises ``ModelError`` for what is no table, or has two columns of one name."""
    try:
        frame = as_lazy(table)
        frame.collect_schema()
    except (TypeError, ValueError, OSError, pl.exceptions.PolarsError) as why:
        expected = "a Parquet path, or a polars, pandas or pyarrow table with a name of its own for each column"
        raise ModelError(Fault("table", str(why).split("\n")[0], expected, "give another table")) from why
    return frame


def refuse_absent(spec: Spec, wanted: Outcome, parts: Sequence[Factor], frame: pl.LazyFrame) -> None:
    """Refuse columns that the table does not have."""
    there = frame.collect_schema().names()
    needs = [(f"factor {part.name!r}: column", column) for part in parts for column in part.needs]
    needs += [("outcome: column", wanted.column)]
    needs += [(f"{role}: column", column) for role, column in _roles(spec)]
    faults = [unknown(thing, column, there) for thing, column in needs if column not in there]
    asked = {
        "two kinds of clusters": isinstance(spec.clusters, tuple),
        "an absorbed factor": spec.absorbed is not None,
        "rows that stand for several": spec.counts is not None,
    }
    faults += [
        Fault("table", what, "a sample of records, for this", "load the file") for what, is_so in asked.items() if is_so
    ]
    if faults:
        raise ModelError(*faults)


def _roles(spec: Spec) -> list[tuple[str, str]]:
    """Return the columns that an equation names beside its factors, and what for."""
    found = [("weights", spec.weights)] if spec.weights not in (None, SURVEY) else []
    if isinstance(spec.clusters, str) and spec.clusters != DECLARED:
        found.append(("clusters", spec.clusters))
    return [(role, str(column)) for role, column in found]


def refuse_kinds(spec: Spec, wanted: Outcome, parts: Sequence[Factor], frame: pl.LazyFrame) -> None:
    """Refuse text and dates where numbers are asked for, and lists and the like where levels are."""
    asked = {f"factor {part.name!r}": (part.expression, part.kind in NUMERIC) for part in parts}
    asked[f"outcome {wanted.column!r}"] = (pl.col(wanted.column), True)
    asked |= {f"{role} {column!r}": (pl.col(column), role == "weights") for role, column in _roles(spec)}
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


def refuse_values(reading: Reading, wanted: Outcome, spec: Spec) -> None:
    """Refuse a table without rows, values that are not finite, weights not positive, an outcome of one value."""
    names = {OUTCOME: f"outcome {wanted.column!r}", WEIGHT: f"weights {spec.weights!r}"}
    unfinite = reading.unfinite | {
        name: rows for name, tally in reading.tallies.items() if (rows := tally.rows_at("NaN", "inf", "-inf"))
    }
    faults = [
        Fault(
            names.get(name, f"factor {name!r}"),
            f"{show_count(rows)} rows that are not finite" + (", such as the log of no pay" if name == OUTCOME else ""),
            "finite numbers",
            "leave these rows out first",
        )
        for name, rows in unfinite.items()
        if rows
    ]
    if bad := reading.nonpositive.get(WEIGHT):
        faults.append(
            Fault(names[WEIGHT], f"{show_count(bad)} rows at or below zero", "positive weights", "leave them out")
        )
    if not reading.n:
        told = f"no row with every answer; {show_count(reading.lost)} rows without"
        faults.append(Fault("table", told, "rows that answer every factor", "ask fewer factors"))
    elif 0.0 <= reading.highest - reading.lowest < NO_SPREAD:
        faults.append(Fault(names[OUTCOME], "one value in every row", "an outcome that differs", "choose another"))
    if faults:
        raise ModelError(*faults)
