"""Imputed: which answers a publisher filled in, named from its flags."""

from __future__ import annotations

import polars as pl
import pytest

from salarylab.errors import DataError
from salarylab.records.audit import Ledger
from salarylab.records.imputed import name_imputed

FLAGS = {"FAGE": ["age", "experience_years"], "FDEGREE": ["education", "experience_years"], "FWAGE": ["pay_annual_usd"]}


def test_columns_are_named_once_and_in_the_tables_order() -> None:
    rows = pl.DataFrame({"FAGE": ["1", "0", "1"], "FDEGREE": ["1", "0", "0"], "FWAGE": ["1", "0", "0"]})
    assert name_imputed(Ledger(rows), FLAGS, thing="survey").rows["imputed"].to_list() == [
        ["pay_annual_usd", "education", "experience_years", "age"],
        [],
        ["experience_years", "age"],
    ]


def test_every_flag_with_other_cells_is_refused() -> None:
    rows = pl.DataFrame({"FAGE": ["1", None], "FDEGREE": ["0", "0"], "FWAGE": ["2", "no"]})
    with pytest.raises(DataError) as caught:
        name_imputed(Ledger(rows), FLAGS, thing="survey")
    assert [(fault.thing, fault.found) for fault in caught.value.faults] == [
        ("survey: allocation flag 'FAGE'", "1 other cells"),
        ("survey: allocation flag 'FWAGE'", "2 other cells"),
    ]
