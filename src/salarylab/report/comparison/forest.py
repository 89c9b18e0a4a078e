"""Forest: both intervals of a finding as a drawing of two lines, all findings of a unit on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from salarylab.finding import Unit, amount
from salarylab.report.comparison.moved import Change, state
from salarylab.report.comparison.record import Record
from salarylab.report.comparison.told import interval, value

WIDTH = 220
MARGIN = 8


@dataclass(frozen=True, slots=True)
class Mark:
    """Hold where a finding's number and the ends of its interval are drawn; an end is None without an interval."""

    at: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Drawing:
    """Hold the marks of both sides (None: no number), where zero is (None: not on the scale), and it all in words."""

    a: Mark | None
    b: Mark | None
    zero: float | None
    label: str


@dataclass(frozen=True, slots=True)
class Scale:
    """Hold the ends of the scale that findings of a unit share."""

    unit: Unit
    low: float
    high: float

    @property
    def words(self) -> str:
        """The scale's ends as findings tell amounts."""
        return f"{amount(self.low, self.unit)} to {amount(self.high, self.unit)}"

    def at(self, number: float) -> float:
        """Return where a number is drawn."""
        share = (number - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return round(MARGIN + share * (WIDTH - 2 * MARGIN), 1)


def scales(changes: Sequence[Change]) -> dict[Unit, Scale]:
    """Return the scale of each unit: from the least to the greatest end, and zero for what has a sign.

    p-values have no interval and no distance that a line could show: they are not drawn.
    """
    found: dict[Unit, list[float]] = {}
    for change in changes:
        for record in (change.a, change.b):
            if state(record) == "told" and record["unit"] != "p-value":
                ends = [record.get(name) for name in ("value", "low", "high")]
                found.setdefault(record["unit"], []).extend(end for end in ends if end is not None)
    signed = {unit: [*ends, 0.0] if unit == "log points" else ends for unit, ends in found.items()}
    return {unit: Scale(unit, min(ends), max(ends)) for unit, ends in signed.items()}


def drawn(change: Change, scale: Scale | None) -> Drawing | None:
    """Return the drawing of a change; None where neither side tells a number."""
    if scale is None or "told" not in (state(change.a), state(change.b)):
        return None
    zero = scale.at(0.0) if scale.low <= 0 <= scale.high else None
    label = "; ".join(f"{letter} {_words(record)}" for letter, record in (("A", change.a), ("B", change.b)))
    return Drawing(_mark(change.a, scale), _mark(change.b, scale), zero, label)


def _mark(record: Record, scale: Scale) -> Mark | None:
    if state(record) != "told":
        return None
    low, high = (None if record.get(end) is None else scale.at(record[end]) for end in ("low", "high"))
    return Mark(scale.at(record["value"]), low, high)


def _words(record: Record) -> str:
    ends = interval(record)
    return f"{value(record)} (95% interval {ends})" if ends else value(record)
