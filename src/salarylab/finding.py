"""Finding: one sayable number with its interval, sample, equation, base and data.

Displaying a Finding in a notebook records it: the display carries text, HTML and JSON, and the runner
harvests the JSON from the executed notebook. A finding that stands on fewer than ten rows, or on one
contributor, carries no numbers at all.
"""

from __future__ import annotations

import dataclasses
import html
import math
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, Literal

from salarylab.disclosure import LEAST_P, MIN_CELL, round_count, round_p, show_count, significant
from salarylab.units import percent

FINDING_MIME = "application/vnd.salarylab.finding+json"
DIGITS = 9  # significant digits of shares: coarser than a processor's last bits
DECIMALS = 4  # of a log point: 0.01 %

ENDS = ("value", "low", "high", "truth")  # what is in the finding's unit
SPREAD = ("se", "detectable")
COUNTS = ("n", "smallest_cell", "n_level", "n_base")

NO_INTERVAL = "no interval: "
"""How a caveat begins that says why an estimate has no interval; the sentence says it too."""

Share = Literal["share", "share of a gap", "share of variation", "share of equations"]
Unit = Literal["log points", Share, "rows", "USD a year", "USD an hour", "p-value", "years", "units of the outcome"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Finding:
    """Hold one result as it is told, recorded and compared.

    ``value``, ``low``, ``high`` and ``se`` are in ``unit``; a difference in log points is told as a
    percent difference of geometric means. Numbers are exact here, but for ``df``, and rounded in the record.
    ``n`` is the exact number of rows in the sample,
    ``smallest_cell`` the rows in the smaller of the groups compared, ``dominated`` whether one
    contributor gives more than half of either; none of the three is told as it is. ``n_level`` and ``n_base`` are the
    rows on the two sides of a contrast, where both may be published. ``sentence`` is the whole of what is told, in
    words of association: ``said`` where an answer words its headline itself.
    """

    question: str
    subject: str
    unit: Unit
    value: float | None
    n: int
    smallest_cell: int
    dominated: bool = False
    n_level: int | None = None
    n_base: int | None = None
    se: float | None = None
    df: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    base: str | None = None
    outcome: str | None = None
    equation: str | None = None
    covariance: str | None = None
    population: tuple[str, ...] = ()
    source: str = ""
    headline: str = ""
    licence: str = ""
    data_sha256: tuple[str, ...] = ()
    detectable: float | None = None
    truth: float | None = None
    caveats: tuple[str, ...] = ()
    said: str = ""
    language: Literal["association"] = "association"

    @property
    def suppressed(self) -> bool:
        """Whether too few rows, or too few contributors, stand behind the finding for any number to be shown."""
        return bool(self.smallest_cell < MIN_CELL or self.dominated)

    @property
    def rows(self) -> str:
        """The rows behind the finding as a sentence counts them: on both sides of a contrast, else in the sample."""
        if self.n_level is None or self.n_base is None:
            return f"{show_count(self.n)} rows"
        return f"{show_count(self.n_level)} beside {show_count(self.n_base).removeprefix('about ')} rows"

    @property
    def sentence(self) -> str:
        """The finding as a person would say it, rounded for reading."""
        if self.suppressed:
            why = f"fewer than {MIN_CELL} rows" if self.smallest_cell < MIN_CELL else "mostly one contributor"
            return f"{self.subject}: withheld, {why}."
        if self.said:
            return self.said
        if self.value is None:
            return f"{self.subject}: not estimated ({'; '.join(self.caveats) or 'no reason recorded'})."
        told = f"{self.subject}: {amount(self.value, self.unit)}"
        if self.low is not None and self.high is not None:
            told += f" (95% interval {amount(self.low, self.unit)} to {amount(self.high, self.unit)})"
        told += "".join(f" ({caveat})" for caveat in self.caveats if caveat.startswith(NO_INTERVAL))
        told += f"{' of' if self.unit == 'share' else ';'} {self.rows}."
        if self.truth is not None:
            told += f" Planted truth of this synthetic demo: {amount(self.truth, self.unit)}."
        return told

    def __str__(self) -> str:
        return self.sentence

    __repr__ = __str__

    def record(self) -> dict[str, Any]:
        """Return the finding as plain JSON values, keys sorted: log points to four decimals, pay to four digits.

        Counts are rounded: two exact ones would give away a third. An interval over its standard error, or a
        p-value with its t, gives degrees of freedom back and these a cell's size: standard errors and p-values
        have two digits. A suppressed finding carries no numbers and no counts.
        """
        # what an answer words itself is in the sentence, which a withheld finding has without numbers
        fields = {field.name: getattr(self, field.name) for field in dataclasses.fields(self) if field.name != "said"}
        fields |= {"sentence": self.sentence, "suppressed": self.suppressed}
        fields |= {name: round_count(int(fields[name])) for name in COUNTS if fields[name] is not None}
        fields |= {name: _in_unit(fields[name], self.unit) for name in ENDS if fields[name] is not None}
        fields |= {name: significant(fields[name], 2) for name in SPREAD if fields[name] is not None}
        fields |= {"p": None if self.p is None else round_p(self.p)}
        if self.suppressed:
            fields |= {name: None for name, value in fields.items() if _is_number(value)}
        return {name: _plain(fields[name]) for name in sorted(fields)}

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {"text/plain": self.sentence, "text/html": self._html(), FINDING_MIME: self.record()}

    def _html(self) -> str:
        errors = f"Standard errors: {self.covariance}" if self.covariance and self.se is not None else ""
        told = (self.headline, errors, *(caveat for caveat in self.caveats if caveat not in self.sentence))
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in told if note)
        return (
            f'<blockquote class="finding"><p>{html.escape(self.sentence)}</p>'
            + (f"<ul>{notes}</ul>" if notes else "")
            + "</blockquote>"
        )


def amount(value: float, unit: Unit) -> str:
    """Return a value as read aloud: a sign and a percent for log points, separators for money."""
    if unit == "log points":
        return f"{percent(value):+.1f}%"
    if unit.startswith("share"):
        return f"{100 * value:.1f}%"
    if unit == "p-value":
        return "p < 0.001" if value < LEAST_P else f"p = {round_p(value):g}"
    if unit == "rows":
        return show_count(round(value))
    if unit == "units of the outcome":
        return f"{significant(value, 3):,g} {unit}"
    return f"{value:,.1f} {unit}" if abs(value) < 1000 else f"{float(f'{value:.3g}'):,.0f} {unit}"


def _in_unit(value: float, unit: Unit) -> float:
    """Return a value as it is recorded in its unit; shares are rounded where they are made."""
    if unit == "log points":
        return round(float(value), DECIMALS) + 0.0  # no negative zero
    if unit == "p-value":
        return round_p(value)
    if unit == "rows":
        return round_count(round(value))
    return value if unit == "share" else significant(value)


def _is_number(value: Any) -> bool:
    """Tell numbers, numpy's included, from all else; true and false are none."""
    return isinstance(value, Real) and not isinstance(value, bool)


def _plain(value: Any) -> Any:
    """Return a JSON value: tuples as lists, floats at nine significant digits, infinities as null."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Integral) and _is_number(value):
        return int(value)
    if _is_number(value):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    return value
