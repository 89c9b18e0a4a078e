"""Estimates of the demo that figures and tables are drawn of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import salarylab as sl

Fit = Callable[..., sl.Estimate]


@pytest.fixture(scope="session")
def demo() -> sl.Sample:
    records = sl.load("demo")
    return sl.draw(records, sl.standard(records))


@pytest.fixture(scope="session")
def fit(demo: sl.Sample) -> Fit:
    """Return a function that fits an equation on the demo."""

    def fitted(*factors: str, **asked: Any) -> sl.Estimate:
        return sl.fit(sl.build(sl.Spec(factors=factors, **asked), demo))

    return fitted


@pytest.fixture(scope="session")
def raw(fit: Fit) -> sl.Estimate:
    return fit("education")


@pytest.fixture(scope="session")
def full(fit: Fit) -> sl.Estimate:
    return fit("education", "experience_spline", "work_mode", "role_family", "year")


@pytest.fixture(scope="session")
def marks_of() -> Callable[[Any], list[dict[str, Any]]]:
    """Return a function to the rows of a figure's largest set of data."""

    def largest(figure: Any) -> list[dict[str, Any]]:
        return max(figure.spec["datasets"].values(), key=len)

    return largest


@pytest.fixture
def invented(make_records: Callable[..., sl.Records]) -> Callable[..., sl.Sample]:
    """Return a function to a sample of invented workers, their pay a little apart."""

    def make(**told: list[Any]) -> sl.Sample:
        pay = [50_000.0 + 700 * (i % 11) for i in range(len(next(iter(told.values()))))]
        return sl.draw(make_records(**({"pay_annual_usd": pay} | told)), [])

    return make
