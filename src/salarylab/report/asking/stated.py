"""Stated: what the comment of a parameter says of its values; the rest of it is help.

The parts of a comment are separated by semicolons. One of them may state the values: ``one of: a | b | c``,
``5 to 100``, ``at least 5``, ``at most 100``, ``above 0``, ``below 1``, or a lower and an upper bound joined by
``and``. A part that begins like one of these and is none of them is refused, never taken for help.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from salarylab.report.asking import typed

FORM = (
    "`one of: a | b`, `5 to 100`, `at least 5`, `at most 100`, `above 0`, `below 1` or `above 0 and below 1`, "
    "help before or after a semicolon"
)
LOWER: dict[str, Callable[[Any, Any], bool]] = {"at least": operator.ge, "above": operator.gt}
UPPER: dict[str, Callable[[Any, Any], bool]] = {"at most": operator.le, "below": operator.lt}

_SPAN = re.compile(r"(\S+) to (\S+)")
_BOUND = re.compile(rf"({'|'.join(LOWER | UPPER)}) (\S+)")
_NUMBER = r"[-+]?\d"
_TRIES = re.compile(
    r"(?:one|any|some) of\b|.*\b(?:one|any) of:|choices?\b|at least\b|at most\b|no (?:more|less|fewer) than\b"
    r"|(?:above|below|over|under|between|within|range|from|up to|min(?:imum)?|max(?:imum)?)\W*(?:of\W+)?\d"
    rf"|(?:[<>]=?|[≤≥\[])\s*{_NUMBER}"
    r"|[^|]*\S *\| *\S"
    rf"|{_NUMBER}\S* *(?:(?:to|-|–|—|\.\.+|…|through|until|and) *{_NUMBER}|or (?:more|less|fewer|above|below)\b|\+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Range:
    """Hold the bounds that a number keeps to, each a word and a number, the lower one first.

    >>> half_open = Range((("above", 0.0), ("at most", 1.0)))
    >>> str(half_open), 0.0 in half_open, 1.0 in half_open
    ('above 0 and at most 1', False, True)
    """

    bounds: tuple[tuple[str, float], ...]

    def __contains__(self, value: Any) -> bool:
        return all((LOWER | UPPER)[word](value, bound) for word, bound in self.bounds)

    def __str__(self) -> str:
        words, numbers = zip(*self.bounds, strict=True)
        told = [str(number).removesuffix(".0") for number in numbers]
        if words == ("at least", "at most"):
            return " to ".join(told)
        return " and ".join(f"{word} {number}" for word, number in zip(words, told, strict=True))


@dataclass(frozen=True, slots=True)
class Stated:
    """Hold what a comment states: choices or a range (at most one of them), and help."""

    choices: tuple[Any, ...] = ()
    range: Range | None = None
    help: str = ""


def tries(text: str) -> bool:
    """Say whether a part of a comment begins like a statement of values.

    >>> tries("5-100 rows"), tries("rows of at least 10"), tries("at least ten")
    (True, False, True)
    """
    return _TRIES.match(text) is not None


def read(comment: str, kind: str) -> Stated:
    """Return what a comment states of the values of a type.

    Raises ``ValueError`` telling what was found where it tries to and cannot be read.

    >>> stated = read("5 to 100; rows a cell must have", "int")
    >>> str(stated.range), stated.help
    ('5 to 100', 'rows a cell must have')
    """
    parts = [part.strip() for part in comment.split(";")]
    stating = [part for part in parts if tries(part)]
    rest = "; ".join(part for part in parts if part and part not in stating)
    if not stating:
        return Stated(help=rest)
    if len(stating) > 1:
        raise ValueError(f"its values are stated {len(stating)} times: {'; '.join(stating)}")
    if stating[0].startswith("one of:"):
        return Stated(choices=_choices(stating[0].removeprefix("one of:"), typed.item(kind)), help=rest)
    return Stated(range=_range(stating[0], typed.item(kind)), help=rest)


def _choices(text: str, item: str) -> tuple[Any, ...]:
    """Return the choices that a list states, each of the type of an item."""
    choices = [typed.read(choice.strip(), item) for choice in text.split("|")]
    if item == "bool":
        raise ValueError(f"choices of a bool, which has two: {text.strip()}")
    strays = [choice for choice in choices if choice == "" or type(choice) is not typed.TYPES[item]]
    if strays:
        raise ValueError(f"choices that are no {item}: {', '.join(map(repr, strays))}")
    if len(choices) < 2 or len(set(choices)) < len(choices):
        raise ValueError(f"one choice alone, or one named twice: {text.strip()}")
    return tuple(choices)


def _range(text: str, item: str) -> Range:
    """Return the range that a text states, its bounds of the type of an item."""
    if item not in ("int", "float"):
        raise ValueError(f"no statement of values of type {item}: {text}")
    span = _SPAN.fullmatch(text)
    found = [_BOUND.fullmatch(bound) for bound in text.split(" and ")]
    pairs = [("at least", span[1]), ("at most", span[2])] if span else [(b[1], b[2]) for b in found if b]
    bounds = tuple((word, typed.read(number, item)) for word, number in pairs)
    numbers = all(type(number) is typed.TYPES[item] and math.isfinite(number) for _, number in bounds)
    if not numbers or not (span or all(found)):
        raise ValueError(f"no range of type {item}: {text}")
    sides = ["lower" if word in LOWER else "upper" for word, _ in bounds]
    if sides not in (["lower"], ["upper"], ["lower", "upper"]) or (len(bounds) == 2 and bounds[0][1] >= bounds[1][1]):
        raise ValueError(f"no lower bound and then a higher one: {text}")
    return Range(bounds)
