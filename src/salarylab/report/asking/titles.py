"""Titles: the title of a report in a set may name parameters in braces: ``A degree in {country}``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from string import Formatter
from typing import Any

from salarylab.errors import Fault, ReportError, unknown

FORM = "names of parameters in braces, such as {country}; a brace itself is doubled"


def faults(title: str, names: Iterable[str], *, thing: str) -> list[Fault]:
    """Return what is wrong with a title, whatever the values."""
    try:
        parts = list(Formatter().parse(title))
    except ValueError as error:
        return [Fault(f"{thing}: title {title!r}", str(error), FORM, "mend the title")]
    known = list(names)
    fields = [(name, bool(spec or conversion)) for _, name, spec, conversion in parts if name is not None]
    strays = [unknown(f"{thing}: placeholder", name, known) for name, _ in fields if name not in known]
    shaped = [name for name, more in fields if name in known and more]
    return [*strays, *(Fault(f"{thing}: placeholder {name!r}", "a format", FORM, "leave it out") for name in shaped)]


def filled(title: str, told: Mapping[str, Any], *, thing: str) -> str:
    """Return a faultless title with the values that it names.

    Raises ``ReportError`` naming every placeholder whose value is empty.

    >>> filled("Pay in {country}, {years}", {"country": "DE", "years": [2023, 2024]}, thing="n")
    'Pay in DE, 2023, 2024'
    """
    named = {name for _, name, _, _ in Formatter().parse(title) if name}
    texts = {name: ", ".join(map(str, v)) if isinstance(v, list) else str(v) for name, v in told.items()}
    empty = [name for name in told if name in named and (told[name] is None or not texts[name])]
    if empty:
        remedy = "give such a report an entry and a title of its own"
        raise ReportError(
            *(Fault(f"{thing}: placeholder {n!r}", "an empty value", "one to tell", remedy) for n in empty)
        )
    return title.format_map(texts)


def literal(title: str) -> str:
    """Return a finished title as one that stands as it is: its braces name no parameter.

    >>> filled(literal("Pay {raw}"), {}, thing="n")
    'Pay {raw}'
    """
    return title.replace("{", "{{").replace("}", "}}")
