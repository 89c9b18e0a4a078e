"""Invented workers whose pay is an equation plus noise."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from salarylab.records import Records

Make = Callable[..., Records]


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
