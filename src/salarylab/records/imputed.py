"""Imputed: which answers of a row its publisher filled in, from the publisher's flags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from salarylab.errors import DataError, Fault
from salarylab.records.audit import Ledger
from salarylab.schema import BY_NAME


def name_imputed(ledger: Ledger, flags: Mapping[str, Sequence[str]], *, thing: str) -> Ledger:
    """Give each row the list ``imputed`` of canonical columns whose answer was filled in, in the table's order.

    ``flags`` maps a raw column, 1 where the answer was filled in and 0 elsewhere, to the canonical columns that are
    read from that answer. Raises ``DataError`` naming every flag with other cells.

    >>> rows = pl.DataFrame({"FWAGP": ["1", "0"], "FAGEP": ["1", "0"]})
    >>> flags = {"FAGEP": ["age"], "FWAGP": ["pay_annual_usd"]}
    >>> name_imputed(Ledger(rows), flags, thing="survey").rows["imputed"].to_list()
    [['pay_annual_usd', 'age'], []]
    """
    strays = ledger.rows.select((~pl.col(list(flags)).is_in(["0", "1"]).fill_null(False)).sum())
    faults = [
        Fault(f"{thing}: allocation flag {flag!r}", f"{count} other cells", "0 or 1", "check the file's release")
        for flag, count in strays.row(0, named=True).items()
        if count
    ]
    if faults:
        raise DataError(*faults)
    of = {name: [flag for flag, columns in flags.items() if name in columns] for name in BY_NAME}
    named = [pl.when(pl.any_horizontal(pl.col(f) == "1")).then(pl.lit(name)) for name, f in of.items() if f]
    # rows share a few hundred sets of flags: lists are made once for each of them
    sets = ledger.rows.select(list(flags)).unique().with_columns(imputed=pl.concat_list(named).list.drop_nulls())
    return replace(ledger, rows=ledger.rows.join(sets, on=list(flags), how="left", maintain_order="left"))
