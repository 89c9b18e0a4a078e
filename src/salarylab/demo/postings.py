"""Postings: advertised ranges on a made-up job board, high end and low end as rows that follow one another.

The jobs are drawn like the workers' jobs and pay by the same equation. Some postings state one figure
only; some are posted again unchanged, later in the file.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.demo.dirt import DirtLog
from salarylab.demo.population import canonical, level
from salarylab.demo.questionnaire import ANSWERS
from salarylab.demo.typing_habits import Text, answer, listed, money_as_typed
from salarylab.demo.workers import Array, Flags, Workers

REPEATED = 0.08
"""Share of distinct postings that are posted once more."""

RANGED = 0.85
"""Share of distinct postings that state a range."""

IN_USD = 0.5
"""Share of postings outside the US that state USD."""

RATIOS = (1.2, 1.3, 1.4, 1.5, 1.6)
"""High end over low end."""


def post(jobs: Workers, rng: np.random.Generator) -> tuple[pl.DataFrame, DirtLog]:
    """Return the board's rows in file order, all text, and which rows open a pair or repeat a posting."""
    described, low, high = _describe(jobs, rng)
    order, is_repeat = _file_order(len(jobs), rng)
    ranged = (high > low)[order]
    rows_each = np.where(ranged, 2, 1)
    first_row = np.cumsum(rows_each) - rows_each + 1
    posting = np.repeat(order, rows_each)
    is_low_end = np.arange(1, len(posting) + 1) > np.repeat(first_row, rows_each)
    pay = money_as_typed(np.where(is_low_end, low[posting], high[posting]), rng)
    found = {
        "high/low pairs": frozenset(first_row[ranged].tolist()),
        "single postings": frozenset(first_row[~ranged].tolist()),
        "repeats of a posting": frozenset(first_row[is_repeat].tolist()),
    }
    return described[posting].with_columns(pl.Series("pay", pay)), DirtLog(found)


def _file_order(postings: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], Flags]:
    """Return which posting stands at each place of the board, and whether it is there again.

    Postings of the first half are repeated in the second: none stands next to its own repeat, where a
    single figure and its repeat would look like a pair.
    """
    half = postings // 2
    again = rng.choice(half, round(REPEATED * postings), replace=False)
    place = np.concatenate([np.arange(postings), half + 0.5 + rng.integers(0, postings - half, len(again))])
    order = np.argsort(place, kind="stable")
    return np.concatenate([np.arange(postings), again])[order], order >= postings


def _describe(jobs: Workers, rng: np.random.Generator) -> tuple[pl.DataFrame, Array, Array]:
    """Return the fields of each posting but its pay, and the low and high end of its range as advertised."""
    rows = len(jobs)
    plain = ["country", "region", "title", "role", "employer"]
    columns: dict[str, Text | pl.Series] = {"posted": _dates(jobs, rng)}
    columns |= {name: canonical(jobs, [name])[name] for name in plain}
    for name in ("seniority", "employment", "work_mode", "industry", "org_size", "org_kind"):
        columns[name] = answer(canonical(jobs, [name])[name], ANSWERS[name], rng)
    columns |= {name: listed(jobs, name) for name in ("skill_areas", "skills")}
    in_usd = (jobs.codes["country"] == 0) | (rng.random(rows) < IN_USD)
    own = canonical(jobs, ["currency"])["currency"].to_list()
    columns["currency"] = ["USD" if dollars else currency for dollars, currency in zip(in_usd, own, strict=True)]
    columns["pay_period"] = ["a year"] * rows
    amounts = canonical(jobs, ["pay_annual_usd", "pay_annual_local"])
    middle = np.where(in_usd, amounts["pay_annual_usd"], amounts["pay_annual_local"])
    ratio = np.where(rng.random(rows) < RANGED, rng.choice(RATIOS, rows), 1.0)
    grid = np.where(np.array(columns["currency"]) == "INR", 10_000.0, 1_000.0)
    low, high = (np.maximum(np.rint(end / grid), 1.0) * grid for end in (middle / ratio**0.5, middle * ratio**0.5))
    return pl.DataFrame(columns), low, high


def _dates(jobs: Workers, rng: np.random.Generator) -> Text:
    months, days = rng.integers(1, 13, len(jobs)), rng.integers(1, 29, len(jobs))
    years = level(jobs, "year").to_list()
    return [f"{year}-{month:02d}-{day:02d}" for year, month, day in zip(years, months, days, strict=True)]


def truth() -> dict[str, object]:
    """Return the planted shares of the job board as plain values for ``truth.json``."""
    return {"postings": {"repeated": REPEATED, "with_a_range": RANGED, "high_over_low": list(RATIOS), "in_usd": IN_USD}}
