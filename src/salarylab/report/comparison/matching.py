"""Matching: which finding of B is the one of A; a finding with no certain counterpart is left alone, never guessed."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
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

    In order of certainty, each over what is left: identical records; the same question, subject, unit, outcome and
    equation; the same question, subject and unit, where an outcome or equation is not stated or the data differ. A
    finding that several others would answer to is not paired.
    """
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for mark in (_whole, _exact, _loose):
        for left, right in _candidates(a, b, mark, pairs, taken):
            if mark is _whole:
                couples = list(zip(left, right, strict=False))
            elif len(left) == len(right) == 1 and (mark is _exact or _may_differ(a[left[0]], b[right[0]])):
                couples = [(left[0], right[0])]
            else:
                couples = []
            pairs.update(couples)
            taken.update(other for _, other in couples)
    lone_a = [i for i in range(len(a)) if i not in pairs]
    lone_b = [j for j in range(len(b)) if j not in taken]
    return Matched(
        tuple((a[i], b[pairs[i]]) for i in sorted(pairs)),
        tuple(Alone(a[i], _why(a[i], [b[j] for j in lone_b])) for i in lone_a),
        tuple(Alone(b[j], _why(b[j], [a[i] for i in lone_a])) for j in lone_b),
    )


def _candidates(
    a: Sequence[Record], b: Sequence[Record], mark: Mark, pairs: dict[int, int], taken: set[int]
) -> list[tuple[list[int], list[int]]]:
    """Return the places of unpaired findings that carry the same mark on both sides."""
    groups: dict[Hashable, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for i, finding in enumerate(a):
        if i not in pairs:
            groups[mark(finding)][0].append(i)
    for j, finding in enumerate(b):
        if j not in taken:
            groups[mark(finding)][1].append(j)
    return [(left, right) for left, right in groups.values() if left and right]


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
