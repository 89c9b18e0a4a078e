"""Table unfit: why an equation can't be asked of a table: columns and values that it does not have."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from salarylab.disclosure import show_count
from salarylab.errors import Fault, ModelError, unknown
from salarylab.model.factor import Factor, Outcome
from salarylab.model.kernel.door import as_lazy
from salarylab.model.kernel.reading import Reading
from salarylab.model.spec import Spec
from salarylab.model.table_columns import OUTCOME, WEIGHT
from salarylab.model.unfit import NO_SPREAD, beyond_squares, one_value, out_of_reach, roles


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
    needs += [(f"{role}: column", column) for role, column in roles(spec)]
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
    faults += [
        out_of_reach(names.get(name, f"factor {name!r}"))
        for name, (least, most) in reading.ends.items()
        if not unfinite.get(name) and reading.n and beyond_squares(least, most)
    ]
    if bad := reading.nonpositive.get(WEIGHT):
        faults.append(
            Fault(names[WEIGHT], f"{show_count(bad)} rows at or below zero", "positive weights", "leave them out")
        )
    if not reading.n:
        told = f"no row with every answer; {show_count(reading.lost)} rows without"
        faults.append(Fault("table", told, "rows that answer every factor", "ask fewer factors"))
    elif not faults and np.ptp(reading.ends[OUTCOME]) < NO_SPREAD:
        faults.append(one_value(names[OUTCOME]))
    if faults:
        raise ModelError(*faults)
