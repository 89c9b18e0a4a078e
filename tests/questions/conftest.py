"""Invented people of several countries and waves, whose pay is an equation plus noise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import salarylab as sl

People = Callable[..., tuple[sl.Sample, dict[str, Any]]]


@pytest.fixture
def people(make_records: Callable[..., sl.Records]) -> People:
    """Return a function to a standard sample of invented people and the columns that it was made of."""

    def make(n: int = 1_500, seed: int = 7, **more: Any) -> tuple[sl.Sample, dict[str, Any]]:
        rng = np.random.default_rng(seed)
        degree = rng.choice(["secondary", "bachelor", "master"], n, p=[0.3, 0.45, 0.25])
        role = rng.choice(["nurse", "tester", "manager"], n)
        country = rng.choice(["US", "FI", "SE"], n)
        years = rng.uniform(0, 35, n).round(1)
        premium = {"secondary": -0.25, "bachelor": 0.0, "master": 0.15}
        pay = 10.4 + np.array([premium[d] for d in degree]) + 0.02 * years + 0.2 * (role == "manager")
        pay += 0.3 * (country == "US") + rng.normal(0, 0.3, n)
        columns = {
            "pay_annual_usd": np.exp(pay).tolist(),
            "education": degree.tolist(),
            "role": role.tolist(),
            "title": ["words on a form"] * n,
            "country": country.tolist(),
            "experience_years": years.tolist(),
            "year": rng.choice([2023, 2024], n).tolist(),
        } | {name: values for name, values in more.items() if isinstance(values, list)}
        options = {name: value for name, value in more.items() if not isinstance(value, list)}
        return sl.draw(make_records(**columns, **options)), columns

    return make
