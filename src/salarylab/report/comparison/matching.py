"""Matching: which finding of B is the one of A; a finding with no certain counterpart is left alone, never guessed."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from salarylab.report.comparison.moved import related
from salarylab.report.comparison.record import Record

STATISTIC = re.compile(r", F\([^)]*\) = \S+$")
"""What a joint test found, at the end of its subject: no part of what was asked."""

Mark = Callable[[Record], Hashable]


@dataclass(frozen=True, slots=True)
class Alone:
    """Hold a finding that one side has, and why it was not compared, where there is more to say."""

    finding: Record
    why: str = ""


@dataclass(frozen=True, slots=True)
class Matched:
    """Hold the findings of both sides in pairs, in A's order, and those of one side alone."""

    pairs: tuple[tuple[Record, Record], ...]
    only_a: tuple[Alone, ...]
    only_b: tuple[Alone, ...]


def asked(record: Record) -> str:
    """Return what a finding is about, without the statistic that tests tell in their subject.

    >>> asked({"subject": "Joint test that pay does not differ by year, F(6, 200 or more) = 0.87"})
    'Joint test that pay does not differ by year'
    """
    return STATISTIC.sub("", str(record["subject"]))


def match(a: Sequence[Record], b: Sequence[Record]) -> Matched:
    """Return two sides' findings in pairs.

    In order of certainty: identical records; the same question, subject, unit, outcome and equation; the same
    question, subject and unit, where an outcome or equation is not stated or the data differ. A finding that shares
    these with another one of its own side is not paired, not by elimination either.
    """
    pairs: dict[int, int] = {}
    for mark in (_whole, _exact, _loose):
        for left, right in _groups(a, b, mark):
            if mark is _whole:
                pairs.update(zip(left, right, strict=False))
            elif len(left) == len(right) == 1:
                (i,), (j,) = left, right
                free = i not in pairs and j not in pairs.values()
                if free and (mark is _exact or _may_differ(a[i], b[j])):
                    pairs[i] = j
    lone_a = [a[i] for i in range(len(a)) if i not in pairs]
    lone_b = [b[j] for j in range(len(b)) if j not in pairs.values()]
    return Matched(
        tuple((a[i], b[pairs[i]]) for i in sorted(pairs)),
        tuple(Alone(finding, _why(finding, lone_b)) for finding in lone_a),
        tuple(Alone(finding, _why(finding, lone_a)) for finding in lone_b),
    )


def _groups(a: Sequence[Record], b: Sequence[Record], mark: Mark) -> Iterable[tuple[list[int], list[int]]]:
    """Return the places of findings that carry the same mark, of both sides."""
    groups: dict[Hashable, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for which, findings in enumerate((a, b)):
        for place, finding in enumerate(findings):
            groups[mark(finding)][which].append(place)
    return groups.values()


def _whole(record: Record) -> Hashable:
    return json.dumps(record, sort_keys=True)


def _exact(record: Record) -> Hashable:
    return _loose(record), record.get("outcome"), record.get("equation")


def _loose(record: Record) -> Hashable:
    return record["question"], asked(record), record["unit"]


def _may_differ(a: Record, b: Record) -> bool:
    """Whether outcome and equation may differ: not stated on one side, or told of other files."""
    differing = [name for name in ("outcome", "equation") if a.get(name) != b.get(name)]
    silent = all(a.get(name) is None or b.get(name) is None for name in differing)
    return silent or related(a, b) == "other files"


def _why(finding: Record, others: Sequence[Record]) -> str:
    """Return why a finding has no counterpart, where one seemed near."""
    near = [other for other in others if _loose(other) == _loose(finding)]
    if len(near) > 1 or any(_exact(other) == _exact(finding) for other in near):
        return "ambiguous: several findings are told in the same words"
    differing = [name for name in ("outcome", "equation") for other in near if other.get(name) != finding.get(name)]
    return f"the other side's has another {' and '.join(differing)}" if differing else ""
