"""Typing habits: how people write years, money and answers into a form; no fault, no slip of unit."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.demo.population import canonical
from salarylab.demo.questionnaire import LIST_MARK, NONE_OF_THESE
from salarylab.demo.workers import Array, Workers

ROUNDING = {500: 0.25, 1_000: 0.45, 5_000: 0.30}
"""What people round annual pay to; ten times as much in rupees, a tenth in monthly pay."""

Text = list[str]


def round_as_people(amount: Array, habit: NDArray[np.int64], unit: Array) -> Array:
    """Return amounts rounded to the habit, in units of 1 (annual), 0.1 (monthly) or 10 (rupees).

    Below 50,000 nobody rounds to 5,000, below 10,000 people round to 100.

    >>> round_as_people(np.array([87_654.0, 34_567.0, 8_765.0]), np.array([5_000] * 3), np.ones(3)).tolist()
    [90000.0, 35000.0, 8800.0]
    """
    size = amount / unit
    grid = np.where(size < 50_000, np.minimum(habit, 1_000), habit)
    grid = np.where(size < 10_000, 100, grid)
    return np.round(np.rint(size / grid) * grid * unit, 1)


def years_as_typed(years: Array, rng: np.random.Generator) -> Text:
    """Return years of experience in free text; each text holds the number exactly.

    "10+ years" is typed by people in their eleventh year, "less than 1 year" is half a year.
    """
    typed = []
    for number, style in zip(years, rng.integers(0, 10, len(years)), strict=True):
        plain = f"{number:g}"
        comma = plain.replace(".", ",")
        below_one = "less than 1 year" if number < 1 else f"{plain} years"
        forms = (plain, plain, plain, plain, plain, comma, comma, below_one, f"{plain} yrs", f"{plain}+ years")
        typed.append(forms[style])
    return typed


def money_as_typed(amounts: Array, rng: np.random.Generator) -> Text:
    """Return amounts as people type them: mostly 85000, also 85,000 and 85 000; 62.5 where it is no whole number."""
    marks = ("", "", "", ",", ",", " ")
    turn = rng.integers(0, len(marks), len(amounts)).tolist()
    whole = [int(amount) if amount == int(amount) else amount for amount in amounts.tolist()]
    return [f"{amount:,}".replace(",", marks[i]) for amount, i in zip(whole, turn, strict=True)]


def answer(levels: pl.Series, answers: Mapping[str, object], rng: np.random.Generator) -> Text:
    """Return for each level one of the answers that stand for it."""
    forms: dict[object, Text] = {}
    for answer, stands_for in answers.items():
        forms.setdefault(stands_for, []).append(answer)
    turn = rng.integers(0, 12, len(levels)).tolist()
    return [forms[known][i % len(forms[known])] for known, i in zip(levels.to_list(), turn, strict=True)]


def listed(workers: Workers, name: str) -> pl.Series:
    """Return a list column as text with a mark between its items; an empty list is an answer too."""
    items = canonical(workers, [name])[name].cast(pl.List(pl.String))
    return items.list.join(LIST_MARK).replace({"": NONE_OF_THESE})
