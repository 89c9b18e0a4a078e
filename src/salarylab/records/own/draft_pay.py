"""Own draft of pay: the table [pay] of a first mapping."""

from __future__ import annotations

from collections.abc import Callable

from salarylab import schema
from salarylab.disclosure import MIN_CELL, WITHHELD, round_count
from salarylab.records import exchange
from salarylab.records.own.guess import Guess
from salarylab.records.own.pay_terms import MARKET, PARTS
from salarylab.records.own.profile import Profile, looks_like_code
from salarylab.records.own.toml_lines import DECIDE, decide, key_line, one_of, quoted
from salarylab.records.own.words import CODES, PERIODS, likeliest

LISTED = 40
"""Values of a currency or period that are translated."""


def pay_lines(found: Guess) -> list[str]:
    """Return the table [pay]."""
    lines = ["", "[pay]"]
    whole = [key for key in found.pay if key not in PARTS]
    lines += [key_line(key, quoted(found.pay[key].name), _sample(found.pay[key])) for key in whole]
    if not whole:
        lines.append(decide("column", "the raw column that holds pay"))
    if found.others:
        lines.append(f"# pay may also stand in: {', '.join(quoted(c.name) for c in found.others)}")
    lines += _currency(found)
    lines += _period(found)
    concepts = one_of(schema.PAY_CONCEPT)
    said = found.concept
    lines.append(key_line("concept", quoted(said), concepts) if said else decide("concept", concepts))
    net = "of the worker's own taxes"
    if found.gross_net:
        lines.append(key_line("gross_net", quoted(found.gross_net), f"gross or net {net}"))
    else:
        lines.append(f'# gross_net = "gross"   # gross or net {net}, where you know it')
    for part in ("bonus", "equity"):
        if part in found.pay:
            name = quoted(found.pay[part].name)
            lines.append(key_line(part, f'{{ column = {name}, period = "year" }}', "its own period; check it"))
    return [*lines, *_rate(found)]


def _sample(profile: Profile) -> str:
    label = f"{profile.label}; " if profile.label else ""
    return f"{label}{_filled(profile)}"


def _filled(profile: Profile) -> str:
    count = len(profile.cells)
    return f"{round_count(count):,} cells filled" if count >= MIN_CELL else f"{WITHHELD} cells filled"


def _currency(found: Guess) -> list[str]:
    if isinstance(found.currency, Profile):
        return _coded("currency", found.currency, lambda value: value if looks_like_code(value) else _code(value))
    if found.currency is None:
        return [decide("currency", 'ISO code of all pay, such as "EUR", or { column = "…" }')]
    note = "told by name or sign" + ("; if these are US dollars" if found.currency == "USD" else "")
    return [key_line("currency", quoted(found.currency), note)]


def _code(value: str) -> str:
    return likeliest(value, CODES) or ""


def _period(found: Guess) -> list[str]:
    if isinstance(found.period, Profile):
        return _coded("period", found.period, lambda value: likeliest(value, PERIODS) or "")
    choices = one_of(schema.PERIOD)
    if found.period is None:
        return [decide("period", choices)]
    note = "told by the size of pay: check it" if found.period_by_size else "told by the column's name"
    return [key_line("period", quoted(found.period), f"{note}; {choices}")]


def _coded(key: str, profile: Profile, meaning: Callable[[str], str]) -> list[str]:
    """Return a key that is a raw column, its values translated where they need it."""
    values = profile.counts()["value"].head(LISTED).to_list()
    pairs = {value: meaning(value) for value in values}
    mapped = ", ".join(f"{quoted(value)} = {quoted(code)}" for value, code in pairs.items() if value != code)
    waiting = f" {DECIDE}: fill the empty ones" if "" in pairs.values() else ""
    inner = f", map = {{ {mapped} }}" if mapped else ""
    return [f"{key} = {{ column = {quoted(profile.name)}{inner} }}{waiting}"]


def _rate(found: Guess) -> list[str]:
    """Return the exchange rates: the market's where it quotes every currency, else a decision for each."""
    if isinstance(found.currency, Profile):
        values = found.currency.counts()["value"].head(LISTED)
        codes = sorted({value if looks_like_code(value) else _code(value) for value in values} - {""})
    else:
        codes = [found.currency] if found.currency else []
    foreign = [code for code in codes if code != "USD"]
    without = [code for code in foreign if code not in exchange.CURRENCIES.values()]
    if not foreign and codes:
        return []
    if not without:
        note = 'Federal Reserve, monthly averages; or your own: { EUR = 0.92 }, { file = "rates.csv" }'
        return [key_line("usd_rate", quoted(MARKET), note)]
    rates = ", ".join(f'{code} = ""' for code in foreign)
    return [f"usd_rate = {{ {rates} }} {DECIDE}: local units per US dollar (no market series for {', '.join(without)})"]
