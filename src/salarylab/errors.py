"""Errors a person can act on: the thing, what was found, what was expected, what to do.

One class per storey of the house. A call that finds several faults raises them all at once.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MOST_LISTED = 40


@dataclass(frozen=True, slots=True)
class Fault:
    """State one fault in the order a reader needs it.

    >>> print(Fault("parameter 'regoin'", "no such parameter", "one of: region", "set region=…"))
    parameter 'regoin'
      found:    no such parameter
      expected: one of: region
      to do:    set region=…
    """

    thing: str
    found: str
    expected: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.thing}\n  found:    {self.found}\n  expected: {self.expected}\n  to do:    {self.remedy}"


class SalarylabError(Exception):
    """Carry every fault that one call found; printed by the command line without a traceback."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        lines = [str(fault) for fault in faults]
        super().__init__("\n".join([f"{len(faults)} faults", *lines] if len(faults) > 1 else lines))


class VocabularyError(SalarylabError):
    """WORDS: a name, level, unit or path that the house does not know."""


class DataError(SalarylabError):
    """KNOW: a file, table or sample that is not what it claims to be."""


class ModelError(SalarylabError):
    """ASK: an equation that the sample cannot answer."""


class ReportError(SalarylabError):
    """TELL: a report that cannot be asked for, built or published."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the known names nearest to a mistyped or shortened one, as a question, or nothing.

    >>> did_you_mean("regoin", ["region", "country"])
    "did you mean 'region'?"
    >>> did_you_mean("acs", ["acs_pums", "demo"])
    "did you mean 'acs_pums'?"
    >>> did_you_mean("zzz", ["region", "country"])
    ''
    """
    names = list(known)
    begun = [other for other in names if len(name) > 1 and other.startswith(name)]
    near = list(dict.fromkeys([*begun, *difflib.get_close_matches(name, names, n=2)]))[:2]
    return f"did you mean {' or '.join(map(repr, near))}?" if near else ""


def unknown(thing: str, name: str, known: Iterable[str], remedy: str = "") -> Fault:
    """Return the fault for a name that is not among the known ones, with a suggestion.

    >>> print(unknown("factor", "degre", ["degree"]))
    factor 'degre'
      found:    a name that is not declared
      expected: one of: degree
      to do:    did you mean 'degree'?
    """
    names = list(known)
    advice = " ".join(part for part in (did_you_mean(name, names), remedy) if part)
    return Fault(
        thing=f"{thing} {name!r}",
        found="a name that is not declared",
        expected=f"one of: {_listed(names)}" if names else "nothing: none is declared here",
        remedy=advice or "use one of the names above",
    )


def unknown_code(thing: str, given: str, names: Mapping[str, str]) -> Fault:
    """Return the fault for a text that is none of the codes, with the code whose name it is, or nearly.

    >>> unknown_code("state", "new yrok", {"NY": "New York", "DE": "Delaware"}).remedy
    "did you mean 'NY'?"
    """
    codes = {name.casefold(): code for code, name in names.items()}
    near = difflib.get_close_matches(given.casefold(), codes, n=1)
    return unknown(thing, given, names, f"did you mean {codes[near[0]]!r}?" if near else "")


def _listed(names: list[str]) -> str:
    """Return names as a message lists them: more than fit on a few lines are counted."""
    rest = len(names) - MOST_LISTED
    return ", ".join(names) if rest <= 0 else f"{', '.join(names[:MOST_LISTED])} and {rest} more"
