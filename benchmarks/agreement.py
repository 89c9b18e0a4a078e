"""Do salarylab and its pandas peer agree? Record by record, and rule by rule in the audit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
from pandas_cleaning import Audited

from salarylab.records.audit import Ledger


def require_agreement(ours: Ledger, theirs: Audited) -> None:
    """Raise ``AssertionError`` where a column of the peer's records, or a step of its audit, is not as ours."""
    assert list(ours.steps) == theirs.steps
    assert len(ours.rows) == len(theirs.rows)
    for name in theirs.rows:
        _require_same(name, ours.rows[name], theirs.rows[name])
    replicates = theirs.rows.attrs.get("replicate_weights")
    if replicates is not None:
        np.testing.assert_array_equal(np.array(ours.rows["replicate_weights"].to_list()), replicates)


def _require_same(name: str, ours: pl.Series, theirs: pd.Series) -> None:
    if ours.dtype.is_numeric():
        np.testing.assert_allclose(
            ours.cast(pl.Float64).to_numpy(), theirs.to_numpy(dtype="float64"), rtol=1e-12, err_msg=name
        )
    else:
        told = theirs.astype(object)
        assert ours.to_list() == told.where(told.notna(), None).to_list(), name
