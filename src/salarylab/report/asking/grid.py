"""Grid: several values of some parameters, and one set of values for each of their combinations."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from salarylab.errors import Fault, ReportError, unknown
from salarylab.report.asking import typed
from salarylab.report.asking.parameters import Parameter

LIMIT = 200
"""The reports that one grid may ask for."""


def read(declared: Sequence[Parameter], texts: Iterable[str]) -> tuple[dict[str, Any], list[Fault]]:
    """Return the alternatives that ``name=value,value`` texts stand for, and the faults of texts without a name.

    Those of a list are separated by semicolons: ``years=2023;2024;2023,2024``. JSON is read too. An alternative
    may be empty: ``country=,US`` is all countries, and the US.
    """
    named, faults = typed.named(texts, "--grid")
    kinds = {parameter.name: parameter.annotation for parameter in declared}
    return {name: _alternatives(text, kinds.get(name, "str")) for name, text in named.items()}, faults


def expand(
    declared: Sequence[Parameter], alternatives: Mapping[str, Any], *, thing: str = "grid"
) -> tuple[dict[str, Any], ...]:
    r"""Return one set of values for each combination, the last name varying fastest.

    Raises ``ReportError`` with the ``faults`` of the grid, and for more than ``LIMIT`` combinations. The values
    themselves are checked with the rest of a request.

    >>> from salarylab.report.asking.parameters import declared
    >>> cell = declared('country: str = ""\nlevel: str = "master"', notebook="n")
    >>> expand(cell, {"country": ["US", "DE"], "level": ["master"]})
    ({'country': 'US', 'level': 'master'}, {'country': 'DE', 'level': 'master'})
    """
    wrong = faults(declared, alternatives, thing=thing)
    if wrong:
        raise ReportError(*wrong.values())
    size = math.prod(map(len, alternatives.values()))
    if size > LIMIT:
        told = " × ".join(f"{len(values)} of {name}" for name, values in alternatives.items())
        found = f"{size} reports: {told}"
        raise ReportError(Fault(thing, found, f"at most {LIMIT} in one grid", "name fewer, or ask in parts"))
    combinations = itertools.product(*alternatives.values())
    return tuple(dict(zip(alternatives, values, strict=True)) for values in combinations)


def faults(declared: Sequence[Parameter], alternatives: Mapping[str, Any], *, thing: str) -> dict[str, Fault]:
    """Return the fault of each name that is not declared, or has no alternatives, or one of them twice."""
    known = [parameter.name for parameter in declared]
    found = {}
    for name, values in alternatives.items():
        if name not in known:
            found[name] = unknown(f"{thing}: parameter", name, known)
        elif not isinstance(values, list) or not values:
            remedy = "name some, or leave it out"
            found[name] = Fault(f"{thing}: {name}", repr(values), "a list of alternatives", remedy)
        elif twice := [value for number, value in enumerate(values) if value in values[:number]]:
            told = f"{', '.join(map(repr, twice))} a second time"
            found[name] = Fault(f"{thing}: {name}", told, "each alternative once", "name it once")
    return found


def _alternatives(text: str, annotation: str) -> list[Any]:
    """Return the alternatives of a type that a text stands for."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if isinstance(found, list):
        return found
    separator = ";" if annotation.startswith("list") else ","
    return [typed.read(part.strip(), annotation) for part in text.split(separator)]
