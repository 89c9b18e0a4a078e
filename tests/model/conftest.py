"""Invented records: a canonical table of any columns, from a source made up for the test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from salarylab import schema
from salarylab.records.audit import Ledger
from salarylab.records.table import Records, from_ledger
from salarylab.source import Break, FileStamp, Provenance, Replication, Source

Make = Callable[..., Records]


@pytest.fixture
def make_records() -> Make:
    """Return a function from canonical columns (lists) to records of an invented source."""

    def make(
        *, replication: Replication | None = None, breaks: tuple[Break, ...] = (), truth: Any = None, **columns: Any
    ) -> Records:
        n = len(next(iter(columns.values())))
        identity = {
            "record_id": [f"r{i}" for i in range(n)],
            "source": ["invented"] * n,
            "year": [2024] * n,
            "observation": ["worker"] * n,
            "pay_concept": ["base"] * n,
        }
        values = identity | columns
        table = pl.DataFrame(
            [pl.Series(name, value, dtype=schema.BY_NAME[name].dtype) for name, value in values.items()]
        )
        source = Source(
            key="invented",
            title="Invented rows",
            publisher="a test",
            home="",
            citation="",
            licence="MIT",
            redistribution="free",
            headline="Invented rows",
            asked=frozenset(values),
            replication=replication,
            breaks=breaks,
            synthetic=True,
        )
        return from_ledger(
            Ledger(table), Provenance(source, (FileStamp("none", "0" * 64, n),), "Invented rows", truth=truth or {})
        )

    return make


@pytest.fixture
def workers(make_records: Make) -> Records:
    """Return 600 invented workers whose log pay is an equation plus noise."""
    rng = np.random.default_rng(20260101)
    n = 600
    education = rng.choice(["secondary", "bachelor", "master", "doctorate"], n, p=[0.3, 0.4, 0.2, 0.1])
    family = rng.choice(["core AI", "other tech", "other"], n)
    premium = {"secondary": -0.3, "bachelor": 0.0, "master": 0.15, "doctorate": 0.3}
    years = rng.uniform(0, 35, n).round(1)
    log_pay = 10.5 + np.array([premium[e] for e in education]) + 0.02 * years + rng.normal(0, 0.3, n)
    mode: list[str | None] = rng.choice(["on-site", "remote"], n).tolist()
    mode[:7] = [None] * 7
    return make_records(
        pay_annual_usd=np.exp(log_pay).tolist(),
        education=education.tolist(),
        role_family=family.tolist(),
        experience_years=years.tolist(),
        work_mode=mode,
        country=["US" if i % 3 else "FI" for i in range(n)],
        cluster=[f"employer {i % 40}" for i in range(n)],
        weight=rng.uniform(0.5, 2.0, n).tolist(),
    )
