"""Own guess: what the columns of a person's file may hold, by their names, labels and values.

A guess decides nothing: it is written into a draft that a person reads, and what it can't tell is left open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from salarylab import schema
from salarylab.records.own import words
from salarylab.records.own.cells import NO, YEARS, YES
from salarylab.records.own.layout import Layout
from salarylab.records.own.levels import level_of
from salarylab.records.own.profile import Profile, items_in, looks_like_code, numbers
from salarylab.records.own.words import likeliest, match

MOST, MANY = 0.8, 0.5  # shares of a column's cells that count as nearly all, and as enough
BY_VALUES = ("education", "work_mode", "employment", "gender")
"""Columns that their values alone can tell."""

MAGNITUDES: Mapping[str, tuple[float, float]] = {"hour": (5, 200), "month": (900, 12_000), "year": (18_000, 900_000)}
"""Medians of pay, in dollars, euros, pounds or francs, that leave one period only."""

HARD = ("USD", "EUR", "GBP", "CHF", "CAD", "AUD")


@dataclass(frozen=True, slots=True)
class Guess:
    """Hold what is guessed: raw columns by canonical name, and by the role that they have in pay and year.

    ``pay`` has keys of [pay] (column, low, high, band, base, bonus, equity); ``others`` are further columns
    that pay may stand in. What could not be guessed is None.
    """

    pay: Mapping[str, Profile]
    others: tuple[Profile, ...]
    currency: Profile | str | None
    period: Profile | str | None
    period_by_size: bool
    concept: str | None
    gross_net: str | None
    year: Profile | None
    columns: Mapping[str, Profile] = field(default_factory=dict)

    @property
    def used(self) -> tuple[str, ...]:
        """The raw columns that the guess has a place for."""
        asked = (*self.pay.values(), self.currency, self.period, self.year, *self.columns.values())
        return tuple(profile.name for profile in asked if isinstance(profile, Profile))


def guess(columns: Sequence[Profile], layout: Layout) -> Guess:
    """Return what the columns of a file may hold."""
    pay, others = _pay(columns)
    free = [c for c in columns if c not in pay.values()]
    currency = next((c for c in free if c.numbers < MANY and _coded(c, words.CODES)), None)
    period = next((c for c in free if c.says(words.PERIOD) and _coded(c, words.PERIODS)), None)
    free = [c for c in free if c not in (currency, period)]
    dated = [c for c in free if c.dates >= MOST]
    year = next((c for c in dated if c.says(words.YEARS)), None) or next(iter(dated), None)
    free = [c for c in free if c is not year and c not in others]
    told = tuple(word for profile in pay.values() for word in profile.told)
    code = currency or _currency_of(pay, told)
    named = period or likeliest(" ".join(told), words.PERIODS)
    size = None if named or not isinstance(code, str) else _period_by_size(pay, code, layout)
    return Guess(
        pay=pay,
        others=others,
        currency=code,
        period=named or size,
        period_by_size=named is None and size is not None,
        concept=_concept(pay, told),
        gross_net=_gross_net(told),
        year=year,
        columns=_columns(free),
    )


def _coded(profile: Profile, known: Mapping[str, str]) -> bool:
    """Tell whether nearly all cells of a column name one of the known things."""
    short = profile.cells.str.len_chars().max()
    if not len(profile.cells) or int(str(short)) > 20:
        return False
    counts = profile.counts().head(50)
    fits = [looks_like_code(v) or v in known or likeliest(v, known) is not None for v in counts["value"]]
    rows = counts["rows"].filter(pl.Series(fits, dtype=pl.Boolean)).sum()
    return int(rows) >= MOST * len(profile.cells)


def _pay(columns: Sequence[Profile]) -> tuple[dict[str, Profile], tuple[Profile, ...]]:
    """Return the columns of pay by their key under [pay], and the others that may hold pay."""
    amounts = [c for c in columns if c.amounts >= MANY and c.dates < MOST]
    parts = {name: c for name in ("bonus", "equity") for c in amounts if c.says(words.PARTS[name])}
    paid = [c for c in amounts if (c.says(words.PAY) or c.says(words.PARTS["base"])) and c not in parts.values()]
    low = next((c for c in paid if c.says(words.LOW)), None)
    high = next((c for c in paid if c.says(words.HIGH)), None)
    if low is not None and high is not None and low is not high:
        return {"low": low, "high": high} | parts, tuple(c for c in paid if c not in (low, high))
    if not paid:
        return parts, ()
    # a column of base pay leaves nothing open; else the one whose name says most
    best = max(paid, key=lambda c: (c.says(words.PARTS["base"]) > 0, c.says(words.PAY) * c.amounts))
    # amounts in words and bands are read by another rule than plain numbers
    key = "column" if best.numbers >= MOST or best.numbers >= best.amounts - 0.02 else "band"
    return {key: best} | parts, tuple(c for c in paid if c is not best)


def _currency_of(pay: Mapping[str, Profile], told: tuple[str, ...]) -> str | None:
    """Return the currency that the names of pay say, or else the signs in its cells."""
    named = likeliest(" ".join(told), words.CODES)
    if named is not None:
        return named
    for profile in pay.values():
        signs = profile.cells.head(500).str.replace_all(r"[\d.,\s'’–-]", " ").str.strip_chars()
        signs = signs.filter(signs != "")
        found = {likeliest(sign, words.CODES) for sign in signs.unique()}
        if len(found) == 1 and len(signs) >= MANY * min(len(profile.cells), 500):
            return found.pop()
    return None


def _period_by_size(pay: Mapping[str, Profile], code: str, layout: Layout) -> str | None:
    if code not in HARD or not pay:
        return None
    middle = numbers(next(iter(pay.values())).cells, layout).median()
    return next((p for p, (low, high) in MAGNITUDES.items() if middle and low <= float(str(middle)) <= high), None)


def _concept(pay: Mapping[str, Profile], told: tuple[str, ...]) -> str | None:
    """Return what pay includes where the names say so; a bare "salary" does not."""
    return "base" if pay and match(told, words.PARTS["base"]) and not match(told, words.TOTAL) else None


def _gross_net(told: tuple[str, ...]) -> str | None:
    gross, net = match(told, words.GROSS), match(told, words.NET)
    return None if bool(gross) == bool(net) else "gross" if gross else "net"


def _columns(free: Sequence[Profile]) -> dict[str, Profile]:
    """Return raw columns by canonical name, each once, the surest first."""
    scored = [(score, name, c) for c in free for name in words.COLUMNS if (score := _score(c, name)) > 0]
    found: dict[str, Profile] = {}
    for _, name, profile in sorted(scored, key=lambda each: -each[0]):
        if name not in found and profile not in found.values():
            found[name] = profile
    remote = found.get("work_mode")
    if remote is not None and (remote.numbers >= MOST or remote.cells.str.contains("%").mean() == 1.0):
        found["remote_share"] = found.pop("work_mode")
    return {name: found[name] for name in schema.BY_NAME if name in found}


def _score(profile: Profile, name: str) -> float:
    """Return how likely a raw column holds a canonical one; 0 where its cells forbid it."""
    column, said = schema.column(name), profile.says(words.COLUMNS[name])
    if name == "skills" and not said:
        said = 1.0 * _of_choices(profile)  # a column that is named for skills goes before it
    if not len(profile.cells) or profile.dates >= MOST or not (said or name in BY_VALUES):
        return 0.0
    if isinstance(column.dtype, pl.Float64):
        return said if profile.amounts >= MANY or _years_in_words(profile, name) else 0.0
    if isinstance(column.dtype, pl.Boolean) or (name == "work_mode" and profile.numbers >= MANY):
        return said
    if column.levels:
        known = _recognised(profile, name)
        if not known and profile.tally["value"].str.to_lowercase().is_in([*YES, *NO]).all():
            return 0.0
        return said + 10.0 * known if said else 6.0 * known if known >= MOST else 0.0
    return said if profile.numbers < MANY else 0.0


def _years_in_words(profile: Profile, name: str) -> bool:
    digits = profile.cells.str.contains(r"\d").sum() / len(profile.cells)
    return (name in YEARS or name == "remote_share") and digits >= MANY


def _of_choices(profile: Profile) -> bool:
    """Tell a question with several answers that is asked of what people use."""
    asked = profile.says(words.CHOICES) and not profile.says(words.NO_SKILLS)
    return bool(asked) and len(profile.cells) > 0 and items_in(profile) is not None


def _recognised(profile: Profile, name: str) -> float:
    """Return the share of filled cells whose value means a level."""
    counts = profile.counts()
    if len(counts) > 60:
        return 0.0
    asked = " ".join(profile.told)
    known = [bool(level_of(value, name, asked)) for value in counts["value"]]
    return int(counts["rows"].filter(pl.Series(known, dtype=pl.Boolean)).sum()) / len(profile.cells)
