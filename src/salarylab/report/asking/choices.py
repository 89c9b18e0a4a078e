"""Choices: what ``years``, ``states``, ``country`` and ``role_map`` may be, in every notebook that declares them.

``source``, which knows its choices too, is looked up by ``origin``. A notebook that states choices or a range of its
own goes by these alone. Empty and None stand for what the notebook does without the parameter.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from salarylab import sources
from salarylab.errors import Fault, did_you_mean, unknown, unknown_code
from salarylab.records.countries import CODES
from salarylab.records.roles import ROLE_MAPS

TYPES = {"years": ("list[int]",), "states": ("list[str]",), "country": ("str", "list[str]"), "role_map": ("str",)}
"""The types under which a name means this; ``years: int`` counts years."""

EXPECTED = {
    "source": "a source's key or own:FILE",
    "years": "a year that the source holds",
    "states": "a postal code of a state that the source holds, such as DE",
    "country": "a code of ISO 3166-1, such as DE",
    "role_map": f"a version of the roles' crosswalk: {', '.join(ROLE_MAPS)}",
}
"""What the values of each name are, in words."""


def knows(name: str, kind: str) -> bool:
    """Say whether a parameter of this name and type has choices that are declared here."""
    return kind in TYPES.get(name, ())


def settled(name: str, value: Any) -> Any:
    """Return a value in the one form of all that ask the same: years and states once, in order; states in capitals.

    >>> settled("years", [2024, 2023, 2024]), settled("states", ["wy", "DE", "de"])
    ([2023, 2024], ['DE', 'WY'])
    """
    if name == "states" and value:
        value = [state.upper() for state in value]
    return sorted(set(value)) if name in ("years", "states") and value else value


def faults(name: str, value: Any, *, source: str | None, thing: str) -> list[Fault]:
    """Return the faults of a value of the right type; ``source`` is the notebook's, None where it has no choice."""
    asked = [one for one in (value if isinstance(value, list) else [value]) if one not in ("", None)]
    if name in ("years", "states"):
        return _not_held(name, asked, source, thing)
    if name == "country":
        return [_no_country(one, thing) for one in asked if one not in CODES.values()]
    return [unknown(thing, one, ROLE_MAPS) for one in asked if one not in ROLE_MAPS]


def _not_held(name: str, asked: Sequence[Any], source: str | None, thing: str) -> list[Fault]:
    """Return the faults of years, or states, that a source does not hold: all, where it has no choice of them."""
    if source is None or not asked:
        return []
    key = source.partition(":")[0]
    held = sources.describe(key)
    if not (held.years if name == "years" else held.states):
        told = ", ".join(map(str, asked))
        remedy = f"leave {name} empty, or name a source that has"
        return [Fault(thing, told, f"nothing: source {key} has no choice of {name}", remedy)]
    if name == "states":
        return [unknown_code(thing, state, held.states) for state in asked if state.upper() not in held.states]
    known = list(map(str, held.years))
    return [
        Fault(
            f"{thing} {year}",
            f"a year that {key} does not hold",
            f"one of: {', '.join(known)}",
            did_you_mean(str(year), known) or "use one of these years",
        )
        for year in asked
        if year not in held.years
    ]


def _no_country(value: str, thing: str) -> Fault:
    """Return the fault of a text that is no country's code, with that of the country whose name it is, or nearly."""
    near = difflib.get_close_matches(value.casefold(), CODES, n=1, cutoff=0.75)
    code = value.upper() if value.upper() in CODES.values() else CODES[near[0]] if near else None
    remedy = f"did you mean {code!r}?" if code else "look the country's code up in ISO 3166-1"
    return Fault(f"{thing} {value!r}", "no code of ISO 3166-1", "two capitals, such as US, DE or IN", remedy)
