"""Moved: how far a finding of B is from the same finding of A, in units of a standard error.

Where both sides have rows in common, the doubt that two samples differ by chance does not apply: the change is told in
standard errors of A, as how far a published number has moved within its own stated doubt. Samples of other files, of
another source or drawn by other rules (one country, then another) are taken to be independent, and the change is told
in standard errors of a difference, √(se_A² + se_B²): a z. Both standard errors are rounded to two digits, so that a
change in units of them is known to about a twentieth of itself.

**Source** of the z: Clogg, Petkova and Haritou (1995), American Journal of Sociology 100(5), 1261–1293.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from salarylab.report.comparison.precision import Span, apart, normal_score, score_span, span
from salarylab.report.comparison.record import Record

Relation = Literal["the same files", "some of the same files", "other files", "files not stated"]
Yardstick = Literal["standard error of A", "standard error of the difference", "normal score", "none"]
State = Literal["told", "withheld", "not estimated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Hold one finding on both sides, and how far the second is from the first.

    ``difference`` is B − A in the finding's unit, ``errors`` the same in units of the ``yardstick``. ``least`` is the
    least size of the change, of the value or of an end of its interval, that rounding leaves possible, in units of the
    yardstick: 0 where all may be as it was; infinite where there is a change and nothing to measure it by.
    """

    a: Record
    b: Record
    relation: Relation
    yardstick: Yardstick = "none"
    difference: float | None = None
    errors: float | None = None
    least: float = 0.0

    @property
    def same(self) -> bool:
        """Whether the records may round the same numbers."""
        return self.least == 0.0

    def beyond(self, threshold: float) -> bool:
        """Whether the finding moved more than so many standard errors, whatever rounding did."""
        return self.least > threshold


def measure(a: Record, b: Record) -> Change:
    """Return the change from one record of a finding to another.

    >>> old = {"unit": "log points", "value": 0.30, "se": 0.02, "data_sha256": ["f" * 64]}
    >>> round(measure(old, old | {"value": 0.25}).errors, 6)
    -2.5
    """
    relation = related(a, b)
    states = state(a), state(b)
    if states != ("told", "told"):
        return Change(a=a, b=b, relation=relation, least=0.0 if states[0] == states[1] else math.inf)
    difference = float(b["value"]) - float(a["value"])
    if a["unit"] == "p-value":
        errors = normal_score(b["value"]) - normal_score(a["value"])
        least = _gap(score_span(a), score_span(b))
        return Change(a=a, b=b, relation=relation, yardstick="normal score", difference=difference,
                      errors=errors, least=least)  # fmt: skip
    other_rows = _other_rows(a, b)
    yardstick, spread, widest = _spread(a, b, other_rows=other_rows)
    gap = max(_gaps(a, b, other_rows=other_rows))
    if spread is None:
        least = math.inf if gap else 0.0
        return Change(a=a, b=b, relation=relation, difference=difference, least=least)
    return Change(a=a, b=b, relation=relation, yardstick=yardstick, difference=difference,
                  errors=difference / spread, least=gap / widest)  # fmt: skip


def state(record: Record) -> State:
    """Return whether a finding tells a number."""
    if record.get("suppressed"):
        return "withheld"
    return "not estimated" if record.get("value") is None else "told"


def related(a: Record, b: Record) -> Relation:
    """Return what the files of two findings have in common, by their hashes."""
    files, others = set(a.get("data_sha256") or ()), set(b.get("data_sha256") or ())
    if not files or not others:
        return "files not stated"
    if files == others:
        return "the same files"
    return "some of the same files" if files & others else "other files"


def _other_rows(a: Record, b: Record) -> bool:
    """Return whether two findings tell of samples of their own, as far as files, source and rules tell."""
    stated = [(a.get(name), b.get(name)) for name in ("source", "population")]
    return related(a, b) == "other files" or any(one and other and one != other for one, other in stated)


def _spread(a: Record, b: Record, *, other_rows: bool) -> tuple[Yardstick, float | None, float]:
    """Return the yardstick, its length, and its greatest length that rounding leaves possible."""
    one, other = a.get("se"), b.get("se")
    of_a, of_b = span(a, "se"), span(b, "se")
    if other_rows:
        if not one or not other or of_a is None or of_b is None:
            return "none", None, math.inf
        return "standard error of the difference", math.hypot(one, other), math.hypot(of_a.high, of_b.high)
    if not one or of_a is None:
        return "none", None, math.inf
    return "standard error of A", float(one), of_a.high


def _gaps(a: Record, b: Record, *, other_rows: bool) -> Iterator[float]:
    """Yield how far value and, of the same rows, the ends of the interval are apart."""
    yield _gap(span(a, "value"), span(b, "value"))
    if not other_rows:  # samples of other sizes have other intervals
        yield from (_gap(span(a, end), span(b, end)) for end in ("low", "high"))


def _gap(one: Span | None, other: Span | None) -> float:
    if one is None or other is None:
        return 0.0 if one is other else math.inf
    return apart(one, other)
