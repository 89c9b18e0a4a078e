"""Pay terms: what a mapping declares of pay: its columns and parts, currency, period, concept and rates."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from salarylab import schema
from salarylab.records.own.answer import Answer, read_answer
from salarylab.records.own.toml_table import TomlTable

PARTS = ("base", "bonus", "equity")
KEYS = (
    *("column", "low", "high", "band", *PARTS),
    *("currency", "period", "concept", "gross_net", "hours", "usd_rate", "least", "most"),
)
SUMS = {"base": PARTS[:1], "total cash": PARTS[:2], "total with equity": PARTS}
"""The parts that make up each concept of pay, for files that state parts and no total."""

MARKET = "market"


@dataclass(frozen=True, slots=True)
class Rates:
    """Declare local units per USD: stated by currency, in a file of the user's, or the market's."""

    stated: Mapping[str, float] = field(default_factory=lambda: {"USD": 1.0})
    file: Path | None = None
    market: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Declare one part of pay: its raw column, and its period where that is not the period of pay."""

    column: str
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Pay:
    """Declare which columns hold pay, in what currency and period, and what the figure includes.

    One of ``column`` (plain numbers), ``band`` (amounts and bands as people write them), or ``low`` with
    ``high`` is set; where none is, the ``parts`` that ``concept`` names are summed. Pay below ``least`` or above
    ``most``, amounts in its one currency and period, is doubted.
    """

    column: str | None
    low: str | None
    high: str | None
    band: str | None
    parts: Mapping[str, Part]
    currency: Answer
    period: Answer
    concept: str | None
    gross_net: str | None
    rates: Rates
    least: float | None = None
    most: float | None = None

    @property
    def is_range(self) -> bool:
        """Whether pay has two ends."""
        return self.low is not None or self.band is not None

    @property
    def summed(self) -> tuple[str, ...]:
        """The parts whose sum is pay; none where the file states pay as one figure."""
        if self.column or self.is_range:
            return ()
        return tuple(name for name in SUMS.get(self.concept or "", ()) if name in self.parts)

    @property
    def amounts(self) -> tuple[str, ...]:
        """The raw columns that hold amounts."""
        named = (self.column, self.low, self.high, self.band, *(part.column for part in self.parts.values()))
        return tuple(name for name in named if name is not None)

    @property
    def columns(self) -> tuple[str, ...]:
        """The raw columns that pay is read from."""
        units = (self.currency.column, self.period.column)
        return (*self.amounts, *(name for name in units if name is not None))


def read_pay(pay: TomlTable, folder: Path) -> Pay:
    """Read the table [pay]; a relative file of rates starts at ``folder``."""
    column, low, high, band = (pay.text(key) for key in ("column", "low", "high", "band"))
    parts = {name: part for name in PARTS if (part := _part(pay, name)) is not None}
    concept = pay.choice("concept", schema.PAY_CONCEPT, required=True)
    ways = sum(given is not None for given in (column, band, low if low is not None else high))
    waits = any(pay.stated.get(key) == "" for key in KEYS[:7])  # a fault already
    misfit = ways > 1 or (low is None) != (high is None) or (not ways and not _summable(concept, parts))
    if misfit and (ways or not waits):
        given = [key for key in KEYS[:7] if pay.stated.get(key)]
        expected = "either column, or low and high, or band, or the parts that concept names"
        pay.refuse("column", given or pay.stated.get("column"), expected, "name the raw column or columns of pay")
    currency, period = (_constant_or_column(pay, key) for key in ("currency", "period"))
    if period.value is not None:
        pay.choice("period", schema.PERIOD)
    least, most = _bounds(pay, currency, period)
    return Pay(
        column=column,
        low=low,
        high=high,
        band=band,
        parts=parts,
        currency=currency,
        period=period,
        concept=concept,
        gross_net=pay.choice("gross_net", schema.column("gross_net").levels),
        rates=_rates(pay, currency, folder),
        least=least,
        most=most,
    )


def _summable(concept: str | None, parts: Mapping[str, Part]) -> bool:
    """Tell whether parts make up the concept; a concept that is itself at fault blames no other key."""
    return "base" in parts and (concept is None or concept in SUMS)


def _part(pay: TomlTable, name: str) -> Part | None:
    """Return a part of pay, said as a column or as a table with its own period."""
    if not isinstance(pay.stated.get(name), dict):
        column = pay.text(name)
        return None if column is None else Part(column)
    said = pay.table(name, ("column", "period"))
    column, period = said.text("column", required=True), said.choice("period", schema.PERIOD)
    return None if column is None else Part(column, period)


def _constant_or_column(pay: TomlTable, key: str) -> Answer:
    """Return an answer that is one text for all rows, or a column with a map of its own."""
    said = pay.stated.get(key)
    if isinstance(said, dict):
        return read_answer(pay.table(key, ("column", "map", "unmatched")))
    if isinstance(said, str) and said:
        return Answer(value=said)
    one = f"one of: {', '.join(schema.PERIOD)}" if key == "period" else 'an ISO code such as "EUR"'
    pay.refuse(key, said, f'{one}; or {{ column = "…" }}')
    return Answer()


def _bounds(pay: TomlTable, currency: Answer, period: Answer) -> tuple[float | None, float | None]:
    """Return the least and the most that pay may be; one amount serves one stated currency and period only."""
    bounds: dict[str, float | None] = {}
    for key in ("least", "most"):
        found = pay.stated.get(key)
        bounds[key] = float(found) if isinstance(found, int | float) and found is not True else None
        if found is not None and not 0 < (bounds[key] or 0) < math.inf:
            pay.refuse(key, found, "a number above 0, an amount as pay states it")
        elif found is not None and (currency.column is not None or period.column is not None):
            remedy = "leave it out: pay far from what is usual is counted and marked anyway"
            pay.refuse(key, found, "an amount where currency and period are one for all rows", remedy)
    least, most = bounds["least"], bounds["most"]
    if least is not None and most is not None and least >= most:
        pay.refuse("most", most, f"more than least = {least:g}")
    return least, most


def _rates(pay: TomlTable, currency: Answer, folder: Path) -> Rates:
    """Return local units per USD; one number serves one stated currency only."""
    stated = pay.stated.get("usd_rate", {})
    if stated == MARKET:
        return Rates({}, market=True)
    if isinstance(stated, dict) and isinstance(stated.get("file"), str):
        named = pay.table("usd_rate", ("file",)).text("file")
        return Rates({}, file=folder / Path(named or "").expanduser())
    if isinstance(stated, str):
        expected = f'a number, a table by currency, "{MARKET}", or {{ file = "rates.csv" }}'
        pay.refuse("usd_rate", stated, expected)
        return Rates({"USD": 1.0} | ({} if currency.value is None else {currency.value: float("nan")}))
    if not isinstance(stated, dict):
        if currency.column is not None:
            pay.refuse("usd_rate", stated, "a table, as currency is a column", "usd_rate = { EUR = 0.9, … }")
        stated = {} if currency.value is None else {currency.value: stated}
    rates = {code: float(rate) for code, rate in stated.items() if type(rate) in (int, float) and 0 < rate < 1e9}
    for code in stated.keys() - rates.keys():
        pay.refuse("usd_rate", stated[code], f"a number above 0: {code} per USD", f"say usd_rate = {{ {code} = … }}")
        rates[code] = float("nan")  # a rate at fault is no missing one
    if rates.get("USD", 1.0) != 1.0:
        pay.refuse("usd_rate", rates["USD"], "1 for USD", "rates are local units per USD")
    return Rates({"USD": 1.0} | rates)
