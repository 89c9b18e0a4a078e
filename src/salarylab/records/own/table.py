"""Own table: a person's raw cells laid out as canonical columns, by what their mapping declares.

Laying out judges no row: it reads every cell and marks what could not be read. Cleaning then removes the
rows whose pay or year could not be read, each for one named reason, and counts the rest.
"""

from __future__ import annotations

import polars as pl

from salarylab import schema
from salarylab.errors import DataError, Fault
from salarylab.records.audit import Ledger
from salarylab.records.own.cells import read_cells
from salarylab.records.own.file import wrong_separator
from salarylab.records.own.mapping import OwnMapping
from salarylab.records.own.pay import REJECT, lay_out_pay
from salarylab.records.own.when import dates
from salarylab.records.recode import blank_to_null, require_columns

FLAG = "flag: "  # heads the name of a column that marks rows to count, as REJECT does for rows to remove


def lay_out(raw: pl.DataFrame, declared: OwnMapping) -> tuple[pl.DataFrame, tuple[Fault, ...]]:
    """Return one canonical row per raw row, with columns of marks, and everything wrong with the mapping.

    ``raw`` is all text. A raw column that the file lacks is a fault and reads as null, so that the other
    columns are still held against the file.
    """
    if not raw.width:
        raw = pl.DataFrame(schema=dict.fromkeys(declared.raw_columns or ("nothing",), pl.String))
    faults = _absent(raw, declared)
    absent = [pl.lit(None, pl.String).alias(name) for name in declared.raw_columns if name not in raw.columns]
    cells = blank_to_null(raw.with_columns(absent), declared.layout.missing)
    when = dates(cells, declared.year)
    columns = [_identity(cells, declared), _kept(cells, declared), _dated(when)]
    for name, answer in declared.columns.items():
        try:
            read = read_cells(cells, schema.column(name), answer, declared.layout)
        except DataError as error:
            faults += error.faults
            continue
        columns.append(_marked(read, name, cells[answer.column or ""], declared))
    rows = pl.concat(columns, how="horizontal")
    hours = rows["hours_weekly"] if "hours_weekly" in rows.columns else None
    pay, more = lay_out_pay(cells, declared, hours, when)
    return pl.concat([rows, pay], how="horizontal"), (*faults, *more)


def clean(rows: pl.DataFrame) -> Ledger:
    """Remove the rows marked for rejection, reason by reason, and count the other marks."""
    ledger = Ledger(rows, weighted="weight" in rows.columns)
    for name in rows.columns:
        if name.startswith(REJECT):
            ledger = ledger.reject(name.removeprefix(REJECT), pl.col(name))
    for name in rows.columns:
        if name.startswith(FLAG):
            ledger = ledger.flag(name.removeprefix(FLAG), pl.col(name))
    return ledger


def _absent(raw: pl.DataFrame, declared: OwnMapping) -> list[Fault]:
    """Return a fault for every raw column that the file lacks, or one for the separator that hides them all."""
    layout = declared.layout
    try:
        require_columns(raw, declared.raw_columns, thing=layout.path.name)
    except DataError as error:
        if layout.form != "csv" or raw.width != 1:
            return list(error.faults)
        found, remedy = wrong_separator(raw.columns[0], layout)
        return [Fault(layout.path.name, found, f"columns {', '.join(map(repr, declared.raw_columns))}", remedy)]
    return []


def _identity(cells: pl.DataFrame, declared: OwnMapping) -> pl.DataFrame:
    """Return who speaks, the constants of the mapping, and the mark of exact repeats."""
    constants = {
        "source": "own",
        **declared.constants,
        "pay_concept": declared.pay.concept,
        "gross_net": declared.pay.gross_net,
    }
    number = pl.int_range(1, pl.len() + 1).cast(pl.String)
    first = pl.struct(pl.all()).is_first_distinct() if cells.width else pl.lit(True)
    return cells.select(
        pl.concat_str(pl.lit(f"{declared.layout.path.name}:"), number).alias("record_id"),
        *(pl.lit(value).cast(schema.column(name).dtype).alias(name) for name, value in constants.items()),
        (~first).alias(f"{FLAG}exact repeats of an earlier row, kept"),
    )


def _kept(cells: pl.DataFrame, declared: OwnMapping) -> pl.DataFrame:
    """Return, for each raw column under [keep], the mark of rows whose value is not among those kept."""
    return cells.select(
        (~pl.col(name).is_in(list(values)).fill_null(False)).alias(f"{REJECT}{name} is not among the values to keep")
        for name, values in declared.keep.items()
    )


def _dated(when: pl.DataFrame) -> pl.DataFrame:
    return when.select("year", pl.col("year").is_null().alias(f"{REJECT}year is not stated or not readable"))


def _marked(read: pl.DataFrame, name: str, raw: pl.Series, declared: OwnMapping) -> pl.DataFrame:
    """Return canonical columns with the mark of cells that hold no such number or no known level."""
    answered = raw.is_not_null() & ~raw.is_in(list(declared.columns[name].nothing))
    unread = (answered & read[name].is_null()).alias(f"{FLAG}{name}: not readable as declared, counted as not answered")
    mine = [other for other in read.columns if other == name or other not in declared.columns]
    return read.select(mine).with_columns(unread)
