"""Designs from arrays, for numbers tested by the thousand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import salarylab as sl
from salarylab.model.blocks import Levels, Numbers, Term, main_terms
from salarylab.model.factor import factor, outcome

LayOut = Callable[..., sl.Design]


@pytest.fixture(scope="session")
def lay_out(make_records: Any) -> LayOut:
    """Return a function from log pay and columns (codes of levels, or numbers) to a design; code 0 is the base."""
    sample = sl.draw(make_records(pay_annual_usd=[50_000.0] * 10), [])

    def make(y: Any, *, weights: Any = None, clusters: Any = None, few: bool = False, **given: Any) -> sl.Design:
        blocks: dict[str, Levels | Numbers] = {}
        terms = [Term(("intercept",), "intercept", None, None, len(y))]
        for name, values in given.items():
            if values.dtype.kind == "i":
                levels = tuple(f"{name} {code}" for code in range(int(values.max()) + 1))
                blocks[name] = Levels(factor(name), levels, levels[0], values)
            else:
                blocks[name] = Numbers(factor(name), (name,), values[:, None])
            terms += main_terms(blocks[name], np.ones(len(y), dtype=bool))
        return sl.Design(
            spec=sl.Spec(factors=tuple(given), few_clusters=few),
            sample=sample,
            outcome=outcome("log_pay", sample.asked),
            y=y,
            blocks=blocks,
            terms=tuple(terms),
            weights=weights,
            clusters=clusters,
            cluster_label=None if clusters is None else "cluster",
            replicates=None,
            replication=None,
            contributors=None,
        )

    return make


@pytest.fixture(scope="session")
def within_band() -> Callable[[Any, int, float], bool]:
    """Return a test that each of several coverages lies in a simultaneous binomial band (false alarm 1 in 1,000)."""
    from scipy.stats import binom

    def test(covered: Any, seeds: int, level: float = 0.95) -> bool:
        hits = np.atleast_1d(covered)
        print("coverage", np.round(hits / seeds, 4).tolist(), "over", seeds)
        part = 0.001 / 2 / len(hits)
        return bool(((hits >= binom.ppf(part, seeds, level)) & (hits <= binom.ppf(1 - part, seeds, level))).all())

    return test
