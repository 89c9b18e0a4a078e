"""Own table: a person's raw cells laid out as canonical columns, by what their mapping declares.

Laying out judges no row: it reads every cell and marks what could not be read. Cleaning then removes the
rows whose pay or year could not be read, each for one named reason, and counts the rest.
"""

from __future__ import annotations

import polars as pl

from salarylab import schema
from salarylab.errors import DataError, Fault
from salarylab.records.audit import Ledger
from salarylab.records.mapping import Answer, Layout, OwnMapping
from salarylab.records.own_pay import REJECT, lay_out_pay
from salarylab.records.recode import blank_to_null, first_number, require_columns, to_levels, to_number

FLAG = "flag: "  # heads the name of a column that marks rows to count, as REJECT does for rows to remove


def lay_out(raw: pl.DataFrame, declared: OwnMapping) -> tuple[pl.DataFrame, tuple[Fault, ...]]:
    """Return one canonical row per raw row, with columns of marks, and everything wrong with the mapping.

    ``raw`` is all text. A raw column that the file lacks is a fault and reads as null, so that the other
    columns are still held against the file.
    """
    faults = _absent(raw, declared)
    absent = [pl.lit(None, pl.String).alias(name) for name in declared.raw_columns if name not in raw.columns]
    cells = blank_to_null(raw.with_columns(absent), declared.layout.missing)
    columns = [_identity(cells, declared), cells.select(_year(declared.year))]
    for name, answer in declared.columns.items():
        try:
            columns.append(_read(cells, schema.column(name), answer, declared.layout))
        except DataError as error:
            faults += error.faults
    rows = pl.concat(columns, how="horizontal")
    pay, more = lay_out_pay(cells, declared, rows["hours_weekly"] if "hours_weekly" in rows.columns else None)
    return pl.concat([rows, pay], how="horizontal"), (*faults, *more)


def ask_separator(layout: Layout) -> str:
    """Return what to do about a file that has one column only."""
    return f"is separator {layout.separator!r} right? if not, say separator = … under [file]"


def clean(rows: pl.DataFrame) -> Ledger:
    """Remove the rows marked for rejection, reason by reason, and count the other marks."""
    ledger = Ledger(rows)
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
        found = f"the header has 1 cell: {raw.columns[0]!r}"
        expected = f"columns {', '.join(map(repr, declared.raw_columns))}"
        return [Fault(layout.path.name, found, expected, ask_separator(layout))]
    return []


def _identity(cells: pl.DataFrame, declared: OwnMapping) -> pl.DataFrame:
    """Return who speaks, the constants of the mapping, and the mark of exact repeats."""
    constants = {
        "source": "own",
        "observation": declared.observation,
        "experience_concept": declared.experience_concept,
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


def _year(year: Answer) -> list[pl.Expr]:
    """Return the calendar year: one for all rows, or the first four-digit one in the text of a column."""
    if year.column is None:
        value = pl.repeat(year.value, pl.len(), dtype=pl.String).cast(pl.Int32)
    else:
        value = pl.col(year.column).str.extract(r"(?:^|\D)((?:19|20)\d{2})(?:\D|$)").cast(pl.Int32)
    return [value.alias("year"), value.is_null().alias(f"{REJECT}year is not stated or not readable")]


def _read(cells: pl.DataFrame, column: schema.Column, answer: Answer, layout: Layout) -> pl.DataFrame:
    """Return one canonical column, and the mark of cells that hold no such number or no known level.

    Raises ``DataError`` for levels that are not declared or not mapped.
    """
    raw = answer.column or ""
    if isinstance(column.dtype, pl.Float64):
        values = cells.select(_number(column, raw, layout)).to_series()
    elif isinstance(column.dtype, pl.List):
        values = _lists(cells, column, answer, layout.path.name)
    elif column.levels:
        values = _levels(cells, column, answer, layout.path.name)
    else:
        values = cells[raw].replace(dict(answer.levels))
    unread = cells[raw].is_not_null() & values.is_null()
    mark = f"{FLAG}{column.name}: not readable as declared, counted as not answered"
    return pl.DataFrame({column.name: values, mark: unread})


def _number(column: schema.Column, raw: str, layout: Layout) -> pl.Expr:
    """Return a number of the column's range; years of experience may stand in free text ("10+ years")."""
    if column.name == "experience_years":
        number = first_number(raw)
    else:
        number = to_number(raw, decimal=layout.decimal, thousands=layout.thousands)
    allowed = number >= column.minimum if column.minimum is not None else pl.lit(True)
    return pl.when(allowed & (number <= 1) if column.name == "remote_share" else allowed).then(number)


def _levels(cells: pl.DataFrame, column: schema.Column, answer: Answer, file: str) -> pl.Series:
    itself = {level: level for level in column.levels}
    levels, raw = itself | dict(answer.levels), answer.column or ""
    return to_levels(cells, raw, column.name, levels, source=file, unmatched=answer.unmatched)


def _lists(cells: pl.DataFrame, column: schema.Column, answer: Answer, file: str) -> pl.Series:
    """Return the items of each cell as a list: trimmed, each once, in the order written."""
    raw, row = answer.column or "", "number of the row"
    items = cells.select(pl.int_range(pl.len()).alias(row), pl.col(raw).str.split(answer.separator)).explode(raw)
    items = items.select(row, blank_to_null(items.select(raw)).to_series())
    coded = _levels(items, column, answer, file) if column.levels else items[raw].replace(dict(answer.levels))
    gathered = items.select(row, coded.alias("item")).group_by(row, maintain_order=True)
    lists = gathered.agg(pl.col("item").drop_nulls().unique(maintain_order=True))["item"]
    answered = cells[raw].is_not_null()
    return pl.select(pl.when(answered).then(lists)).to_series().cast(column.dtype).alias(column.name)
