"""Told: a comparison in words, for the terminal and the page alike."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from salarylab.disclosure import show_count, significant
from salarylab.finding import amount
from salarylab.report.comparison.comparison import Comparison
from salarylab.report.comparison.made import Line
from salarylab.report.comparison.matching import asked
from salarylab.report.comparison.moved import Change, Yardstick, state
from salarylab.report.comparison.record import Record
from salarylab.units import percent

P_LINE = 0.05
EQUALS = ("base", "outcome", "equation", "covariance")
CALLED = {"covariance": "standard errors"}

NOTES: dict[Yardstick, str] = {
    "standard error of A": "standard errors of A: rows in common, so this is no test but how far the told number moved",
    "standard error of the difference": (
        "standard errors of the difference of two independent samples (a z); samples that share people, as two waves "
        "of one survey may, are more alike than it says"
    ),
    "normal score": "for p-values: steps of the standard normal value that has this two-sided p",
    "none": "a finding without a standard error counts as moved by any change beyond rounding",
}


@dataclass(frozen=True, slots=True)
class Row:
    """Hold the change of one finding as text: what it is about, both amounts, the change, the verdict, the rest."""

    subject: str
    a: str
    b: str
    difference: str
    errors: str
    verdict: str
    words: tuple[str, ...]
    change: Change


def rows(comparison: Comparison) -> tuple[Row, ...]:
    """Return the changes as text, in A's order; words that hold of all of them are left to ``in_all``."""
    of_all = in_all(comparison)
    return tuple(
        Row(
            subject=asked(change.a),
            a=value(change.a),
            b=value(change.b),
            difference=difference(change),
            errors=errors(change),
            verdict=verdict(change, comparison.threshold),
            words=tuple(word for word in words(change) if word not in of_all),
            change=change,
        )
        for change in comparison.changes
    )


def in_all(comparison: Comparison) -> tuple[str, ...]:
    """Return the words that hold of every change, where there are several."""
    counts = Counter(word for change in comparison.changes for word in words(change))
    return tuple(word for word, count in counts.items() if count == len(comparison.changes) > 1)


def value(record: Record) -> str:
    """Return what a finding tells: an amount, or why there is none."""
    told = state(record)
    return amount(record["value"], record["unit"]) if told == "told" else told


def interval(record: Record) -> str:
    """Return a finding's interval in words, or nothing."""
    if record.get("low") is None or record.get("high") is None:
        return ""
    return f"{amount(record['low'], record['unit'])} to {amount(record['high'], record['unit'])}"


def difference(change: Change) -> str:
    """Return B − A in the finding's unit; log points also as the percent difference they stand for."""
    by = change.difference
    if by is None or change.same:
        return ""
    unit = change.a["unit"]
    if unit == "log points":
        return f"{by:+.4f} ({percent(by):+.1f}%)"
    if unit.startswith("share"):
        return f"{100 * by:+.2g} points"
    if unit == "p-value":
        return f"{by:+.2g}"
    before = change.a["value"]
    relative = f" ({100 * by / abs(before):+.1f}%)" if before else ""
    return f"{significant(by):+,g}{relative}"


def errors(change: Change) -> str:
    """Return the change in units of its yardstick, to two digits: standard errors are not told more precisely."""
    if change.same:
        return "0"
    if change.errors is None:
        return ""
    return "beyond" if math.isinf(change.errors) else f"{significant(change.errors, 2):+g}"


def verdict(change: Change, threshold: float) -> str:
    """Return in a word or two how the change stands to the threshold."""
    return "the same" if change.same else "moved" if change.beyond(threshold) else "within"


def words(change: Change) -> tuple[str, ...]:
    """Return what a number does not say: signs, zero and the interval, rows, how each side was worked out."""
    return (*_of_the_numbers(change), *_of_the_making(change))


def missing(comparison: Comparison) -> tuple[tuple[str, str, str], ...]:
    """Return the findings of one side alone: the side, the subject with its amount, and why."""
    sides = (("only in A", comparison.only_a), ("only in B", comparison.only_b))
    return tuple(
        (where, f"{asked(lone.finding)}: {value(lone.finding)}", lone.why) for where, alone in sides for lone in alone
    )


def summary(comparison: Comparison) -> str:
    """Return in one line how many findings are the same, within the threshold, moved, or on one side alone."""
    if not comparison.changes and not comparison.only_a and not comparison.only_b:
        return "no finding on either side"
    parts = [(len(comparison.same), "the same"), (len(comparison.within), f"within {comparison.threshold:g} SE"),
             (len(comparison.moved), "moved"), (len(comparison.only_a), "only in A"),
             (len(comparison.only_b), "only in B")]  # fmt: skip
    told = ", ".join(f"{count} {what}" for count, what in parts if count)
    return told if comparison.changes else f"{told}; no finding that both have"


def notes(comparison: Comparison) -> tuple[str, ...]:
    """Return how the changes were measured: what SE stands for, and what to keep in mind with it."""
    used = {change.yardstick for change in comparison.changes if not change.same and change.difference is not None}
    return tuple(text for yardstick, text in NOTES.items() if yardstick in used)


def brief(lines: tuple[Line, ...], most: int = 4, *, named: bool = True) -> str:
    """Return what differs among lines, in one line; what one side alone has is ``named``, or counted.

    >>> brief((Line("source", "demo", "acs_pums"), Line("group", "role", "role"), Line("years", "–", "2018")))
    'source: demo → acs_pums; only in B: years'
    """
    if not lines:
        return "not told by both"
    changed = [f"{line.name}: {line.a} → {line.b}" for line in lines if line.verdict == "changed"]
    told = [_first(changed, most)] if changed else []
    alone = {where: [line.name for line in lines if line.verdict == where] for where in ("only in A", "only in B")}
    told += [f"{where}: {_first(names, most) if named else len(names)}" for where, names in alone.items() if names]
    return "; ".join(told) or "the same"


def tally(lines: tuple[Line, ...]) -> str:
    """Return how many lines are the same, changed or on one side alone.

    >>> tally((Line("a.csv", "0f", "0f"), Line("b.csv", "0f", "1f")))
    '1 the same, 1 changed'
    """
    counts = Counter(line.verdict for line in lines)
    order = ("the same", "changed", "only in A", "only in B")
    return ", ".join(f"{counts[kind]} {kind}" for kind in order if counts[kind]) or "not told"


def _first(texts: list[str], most: int) -> str:
    return "; ".join(texts[:most]) + (f"; and {len(texts) - most} more" if len(texts) > most else "")


def _of_the_numbers(change: Change) -> Iterator[str]:
    a, b = change.a, change.b
    if (state(a), state(b)) != ("told", "told"):
        if state(a) != state(b):
            yield f"{state(a)} in A, {state(b)} in B"
        return
    if a["unit"] == "p-value":
        if (a["value"] < P_LINE) != (b["value"] < P_LINE):
            yield f"under {P_LINE:g} in {'A' if a['value'] < P_LINE else 'B'} only"
    elif a["value"] * b["value"] < 0:
        yield "the sign differs"
    apart_from_zero = [excludes_zero(record) for record in (a, b)]
    if None not in apart_from_zero and apart_from_zero[0] != apart_from_zero[1]:
        yield f"the interval excludes zero in {'A' if apart_from_zero[0] else 'B'} only"
    if a.get("se") != b.get("se") and (a.get("se") or b.get("se")):
        yield f"standard error {_number(a.get('se'))} → {_number(b.get('se'))}"


def _of_the_making(change: Change) -> Iterator[str]:
    a, b = change.a, change.b
    if a.get("n") != b.get("n"):
        yield f"{_rows(a)} → {_rows(b)} rows"
    for name in EQUALS:
        if a.get(name) != b.get(name):
            yield f"{CALLED.get(name, name)}: {a.get(name) or 'not stated'} → {b.get(name) or 'not stated'}"
    if change.relation != "other files" and (a.get("population") or []) != (b.get("population") or []):
        yield "drawn by other rules"
    if change.relation == "some of the same files":
        yield "some of the files are the same"
    if change.relation == "files not stated":
        yield "files not stated: taken to be the same"


def excludes_zero(record: Record) -> bool | None:
    """Return whether a finding's interval lies on one side of zero; None where it has no interval."""
    low, high = record.get("low"), record.get("high")
    return None if low is None or high is None else bool(low > 0 or high < 0)


def _number(number: float | None) -> str:
    return "none" if number is None else f"{number:g}"


def _rows(record: Record) -> str:
    return "not told" if record.get("n") is None else show_count(record["n"])
