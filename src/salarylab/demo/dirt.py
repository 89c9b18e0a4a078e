"""Dirt: clean workers typed into a form as people type, with every planted fault written down.

Answers go missing by observed covariates only, people round to either side, and slips of unit fall on
anybody alike: a cleaner that finds the dirt gets the population's premia back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.demo.places import CURRENCIES, PLACES
from salarylab.demo.population import canonical, level
from salarylab.demo.questionnaire import ANSWERS, BLANKS, CURRENCY_NAMES, FULL_YEAR
from salarylab.demo.typing_habits import ROUNDING, Text, answer, listed, money_as_typed, round_as_people, years_as_typed
from salarylab.demo.workers import GROUPS, LEVELS, Array, Flags, Workers

SHARES = {
    "exact duplicates": 0.015,
    "monthly pay typed as annual": 0.02,
    "thousands typed as units": 0.012,
    "monthly pay stated as monthly, outside the US": 0.20,
}
FOREIGN_CURRENCY = {"CA": ("USD", 0.06), "IN": ("USD", 0.10), "BR": ("USD", 0.10), "PL": ("EUR", 0.12)}
"""Where a share of workers states pay in another currency than the country's."""

UNANSWERED = {
    # a share for everybody, and what is added where an observed answer is the one named
    "industry": (0.04, {("seniority", "junior"): 0.06, ("year", "2021"): 0.04}),
    "org_size": (0.05, {("seniority", "junior"): 0.05, ("country", "DE"): 0.04}),
    "work_mode": (0.04, {("year", "2021"): 0.07, ("country", "GB"): 0.04}),
}
"""So mild that premia among those who answer are the population's to about 0.0002 log points."""

UNANSWERED_BY_VALUE = ((60_000.0, 0.04), (120_000.0, 0.12), (200_000.0, 0.25), (float("inf"), 0.45))
"""Column ``pay_missing_by_value``: share left out where true USD a year is below each bound."""


@dataclass(frozen=True, slots=True)
class DirtLog:
    """Name the rows of one file (1 is the first after the header) in which each kind of dirt stands."""

    rows: Mapping[str, frozenset[int]]

    @property
    def counts(self) -> dict[str, int]:
        """The number of rows of each kind."""
        return {kind: len(rows) for kind, rows in self.rows.items()}


def type_answers(workers: Workers, rng: np.random.Generator) -> tuple[pl.DataFrame, dict[str, Flags]]:
    """Return the form as filled in, all text, and which workers made which slip or left which answer out."""
    clean = canonical(
        workers, ["country", "residence_country", "region", "title", "role", "employer", "field_of_study"]
    )
    columns: dict[str, Text | pl.Series] = {"survey_year": level(workers, "year").cast(pl.String)}
    columns |= {name: clean[name].fill_null("") for name in clean.columns}
    for name in ("education", "seniority", "industry", "org_size", "org_kind", "employment", "gender"):
        columns[name] = answer(canonical(workers, [name])[name], ANSWERS[name], rng)
    columns["leads_people"] = answer(canonical(workers, ["track"])["track"], ANSWERS["track"], rng)
    columns["work_mode"] = answer(level(workers, "work_mode"), ANSWERS["work_mode"], rng)
    columns["remote_share"] = [f"{share:.0%}" for share in workers.numbers["remote_share"]]
    columns["years_experience"] = years_as_typed(workers.numbers["experience_years"], rng)
    columns |= {
        "age": _whole(workers.numbers["age"]),
        "weekly_hours": [f"{hours:g}" for hours in workers.numbers["hours_weekly"]],
        "weeks_paid": answer(pl.Series(workers.flags["full_year"]), FULL_YEAR, rng),
    }
    columns |= {name: listed(workers, name) for name in ("skill_areas", "skills")}
    pay, slips = _pay_as_typed(workers, rng)
    missing = _leave_out(columns, workers, rng)
    columns |= pay | _weights(workers)
    return pl.DataFrame(columns), slips | missing


def submit_twice(
    form: pl.DataFrame, faults: dict[str, Flags], rng: np.random.Generator
) -> tuple[pl.DataFrame, DirtLog]:
    """Return the file's rows, some sent in again a little later, and the rows in which all dirt stands."""
    rows = len(form)
    again = np.sort(rng.choice(rows, round(SHARES["exact duplicates"] * rows), replace=False))
    sent = np.concatenate([np.arange(rows), again])
    time = np.concatenate([np.arange(rows), again + rng.integers(1, 300, len(again)) + 0.5])
    order = np.argsort(time, kind="stable")
    is_copy = (np.arange(len(sent)) >= rows)[order]
    found = {"exact duplicates": _numbers(is_copy)}
    found |= {kind: _numbers(flag[sent][order] & ~is_copy) for kind, flag in faults.items()}
    return form[sent[order]], DirtLog(found)


def _numbers(flags: Flags) -> frozenset[int]:
    return frozenset((np.flatnonzero(flags) + 1).tolist())


def _pay_as_typed(workers: Workers, rng: np.random.Generator) -> tuple[dict[str, Text], dict[str, Flags]]:
    """Return the pay columns as typed, and who typed monthly pay as annual, or thousands as units."""
    currency, rate = _stated_currency(workers, rng)
    states_month, monthly, thousands = _periods_and_slips(workers, rng)
    month = states_month | monthly
    tenfold = np.where(currency == CURRENCIES.index("INR"), 10.0, 1.0)
    habit = rng.choice(list(ROUNDING), len(workers), p=list(ROUNDING.values()))
    usd = canonical(workers, ["pay_annual_usd"])["pay_annual_usd"].to_numpy()
    pay = round_as_people(usd * rate / np.where(month, 12.0, 1.0), habit, tenfold * np.where(month, 0.1, 1.0))
    typed = money_as_typed(np.where(thousands, pay / 1_000.0, pay), rng)
    limits, shares = (np.array(column) for column in zip(*UNANSWERED_BY_VALUE, strict=True))
    hidden = rng.random(len(workers)) < shares[np.searchsorted(limits, usd, side="right")]
    columns = {
        "currency": answer(pl.Series(np.array(CURRENCIES)[currency]), CURRENCY_NAMES, rng),
        "pay_period": ["a month" if stated else "a year" for stated in states_month],
        "pay": typed,
        "pay_missing_by_value": ["" if gone else text for gone, text in zip(hidden, typed, strict=True)],
    }
    for part in ("bonus", "equity"):
        amount = usd * rate * workers.numbers[f"{part}_over_base"]
        columns[part] = _whole(np.rint(amount / (100 * tenfold)) * 100 * tenfold)
    slips = {"monthly pay typed as annual": monthly, "thousands typed as units": thousands}
    return columns, slips | {"pay missing by its own value": hidden}


def _periods_and_slips(workers: Workers, rng: np.random.Generator) -> tuple[Flags, Flags, Flags]:
    """Return who states pay a month; of the others, who types monthly pay, and who types thousands."""
    abroad = workers.codes["country"] != LEVELS["country"].index("US")
    states_month = abroad & (rng.random(len(workers)) < SHARES["monthly pay stated as monthly, outside the US"])
    slip = rng.random(len(workers))
    bounds = np.cumsum([SHARES["monthly pay typed as annual"], SHARES["thousands typed as units"]])
    monthly = ~states_month & (slip < bounds[0])
    thousands = ~states_month & (slip >= bounds[0]) & (slip < bounds[1])
    return states_month, monthly, thousands


def _stated_currency(workers: Workers, rng: np.random.Generator) -> tuple[NDArray[np.int64], Array]:
    """Return the currency in which each worker states pay (code into CURRENCIES) and its units per USD."""
    country, year = workers.codes["country"], workers.codes["year"]
    own = [place.currency for place in PLACES]
    other, chance = zip(*(FOREIGN_CURRENCY.get(p.country, (p.currency, 0.0)) for p in PLACES), strict=True)
    states_other = rng.random(len(workers)) < np.array(chance)[country]
    codes = [np.array([CURRENCIES.index(name) for name in names])[country] for names in (own, other)]
    currency = np.where(states_other, codes[1], codes[0])
    by_currency = {place.currency: place.rates for place in PLACES}
    return currency, np.array([by_currency[name] for name in CURRENCIES])[currency, year]


def _leave_out(columns: dict[str, Text | pl.Series], workers: Workers, rng: np.random.Generator) -> dict[str, Flags]:
    """Blank answers by observed covariates; whoever skips the work mode skips the remote share too."""
    missing = {}
    for name, (everybody, more) in UNANSWERED.items():
        chance = np.full(len(workers), everybody)
        for (column, value), added in more.items():
            chance += added * (level(workers, column).cast(pl.String) == value).to_numpy()
        gone = rng.random(len(workers)) < chance
        missing[f"{name} not answered"] = gone
        for blanked in (name, "remote_share") if name == "work_mode" else (name,):
            words = rng.integers(0, len(BLANKS), len(workers))
            columns[blanked] = _blanked(columns[blanked], gone, words)
    return missing


def _blanked(texts: Text | pl.Series, gone: Flags, words: NDArray[np.int64]) -> Text:
    return [BLANKS[word] if left_out else text for text, left_out, word in zip(texts, gone, words, strict=True)]


def _weights(workers: Workers) -> dict[str, Text]:
    replicates: Sequence[Sequence[float]] = canonical(workers, ["replicate_weights"])["replicate_weights"].to_list()
    by_replicate = zip(*replicates, strict=True)
    named = {f"w{i}": _whole(np.array(weights)) for i, weights in zip(range(1, GROUPS + 1), by_replicate, strict=True)}
    return {"weight": _whole(workers.numbers["weight"]), **named}


def _whole(numbers: Array) -> Text:
    return [str(int(number)) for number in numbers.tolist()]


def truth() -> dict[str, object]:
    """Return the planted shares of dirt among workers as plain values for ``truth.json``."""
    unanswered = {
        name: {
            "everybody": everybody,
            "added": {f"{column} = {value}": share for (column, value), share in more.items()},
        }
        for name, (everybody, more) in UNANSWERED.items()
    }
    by_value = {f"below {limit:,.0f} USD a year": share for limit, share in UNANSWERED_BY_VALUE[:-1]}
    by_value["above"] = UNANSWERED_BY_VALUE[-1][1]
    return {
        "shares": SHARES,
        "rounded_to": {f"{grid:,}": share for grid, share in ROUNDING.items()},
        "pay_stated_in_another_currency": {country: list(told) for country, told in FOREIGN_CURRENCY.items()},
        "not_answered": unanswered,
        "pay_missing_by_value": by_value,
    }
