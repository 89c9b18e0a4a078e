"""Comparison: two sides beside each other, and whether the second is as the first within a threshold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from salarylab.errors import Fault, ReportError
from salarylab.report.comparison.matching import Alone, match
from salarylab.report.comparison.moved import Change, measure
from salarylab.report.comparison.side import Side

THRESHOLD = 1.0
"""In standard errors. Of the same rows a rerun should give the same number, and a change of one standard error is as
much as the report itself says it may be off by chance. Of two samples one is passed by chance in a third of all
findings: ask for 2 there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Hold two sides, the change of each finding that both have, and the findings that one alone has."""

    a: Side
    b: Side
    threshold: float
    changes: tuple[Change, ...]
    only_a: tuple[Alone, ...]
    only_b: tuple[Alone, ...]

    @property
    def moved(self) -> tuple[Change, ...]:
        """The changes beyond the threshold."""
        return tuple(change for change in self.changes if change.beyond(self.threshold))

    @property
    def within(self) -> tuple[Change, ...]:
        """The changes that rounding does not account for, within the threshold."""
        return tuple(change for change in self.changes if not change.same and not change.beyond(self.threshold))

    @property
    def same(self) -> tuple[Change, ...]:
        """The findings that are the same as far as their records tell."""
        return tuple(change for change in self.changes if change.same)

    def differs(self, *, allow_missing: bool = False) -> bool:
        """Whether a finding moved beyond the threshold, appeared or vanished.

        ``allow_missing`` does not count the last two, as long as there is a finding that both sides have.
        """
        missing = bool(self.only_a or self.only_b)
        return bool(self.moved) or (missing and not (allow_missing and self.changes))


def compare(a: Side, b: Side, threshold: float = THRESHOLD) -> Comparison:
    """Return the comparison of two sides; ``threshold`` is in standard errors, 0 for any change beyond rounding.

    Raises ``ReportError`` for a threshold that is no number from 0 upwards.
    """
    if not (math.isfinite(threshold) and threshold >= 0):
        fault = Fault("threshold", f"{threshold:g}", "a number of standard errors, 0 or more", "say --threshold 1")
        raise ReportError(fault)
    matched = match(a.findings, b.findings)
    changes: Sequence[Change] = [measure(one, other) for one, other in matched.pairs]
    return Comparison(
        a=a, b=b, threshold=threshold, changes=tuple(changes), only_a=matched.only_a, only_b=matched.only_b
    )
