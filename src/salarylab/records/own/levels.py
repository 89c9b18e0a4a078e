"""Own levels: what one raw answer of a person's file seems to mean among the levels of its column.

An answer that may mean several levels, or one that is only near it, is left open.
"""

from __future__ import annotations

import math
import re

from salarylab import schema
from salarylab.records.amounts import read_band
from salarylab.records.own import words
from salarylab.records.own.answer import NOT_ANSWERED
from salarylab.records.own.words import meant, says_nothing, spans, tokens

PEOPLE = (
    *("employees", "people", "persons", "staff", "person", "henkilöä", "henkeä", "työntekijää", "mitarbeiter"),
    *("mitarbeitende", "beschäftigte", "personen", "осіб", "людей", "працівників", "співробітників", "человек"),
    *("сотрудников", "работников", "osób", "pracowników", "anställda", "salariés", "personnes", "empleados"),
)
"""Words of those whom an organisation's size counts."""


def level_of(value: str, column: str, asked: str = "") -> str:
    """Return the level that a raw value seems to mean, "not answered", or nothing.

    ``asked`` is the question: whether work is remote can be answered by yes or no.

    >>> level_of("Magister", "education"), level_of("51-200 employees", "org_size"), level_of("blue", "education")
    ('master', '50 to 199', '')
    >>> level_of("Nein", "work_mode", "Homeoffice?"), level_of("Nein", "work_mode", "Work mode")
    ('not remote', '')
    """
    if says_nothing(value):
        return NOT_ANSWERED
    exact = {level.lower(): level for level in _declared(column)}
    if value.strip().lower() in exact:
        return exact[value.strip().lower()]
    if column == "work_mode":
        return _work_mode(value, asked)
    size = _size(value) if column == "org_size" else ""
    return size or meant(value, _known(column), words.GENERAL.get(column, ()))


def nearest_size(value: str) -> str:
    """Return the declared band whose ends lie nearest to those of a stated one; nothing where none is stated.

    >>> nearest_size("51-300"), nearest_size("many")
    ('50 to 250', '')
    """
    said = read_band(value, PEOPLE)
    bands = {level: ends for level in schema.column("org_size").levels if (ends := read_band(level))}
    return min(bands, key=lambda level: _apart(said, bands[level])) if said else ""


def _declared(column: str) -> tuple[str, ...]:
    return ("yes", "no") if column == "full_year" else schema.column(column).levels


def _known(column: str) -> dict[str, str]:
    """Return the phrases of each level, its own name among them."""
    said = words.LEVELS.get(column, {})
    named = {level: f"{level.lower()} | {said.get(level, level.lower())}" for level in _declared(column)}
    return named | ({"": words.OPEN[column]} if column in words.OPEN else {})


def _size(value: str) -> str:
    """Return the declared band of employees that a stated one is, its edges to within one."""
    said = read_band(value, PEOPLE)
    if said == (1.0, 1.0):
        return "just me"
    for level in schema.column("org_size").levels:
        ends = read_band(level)
        if said and ends and all(a == b or abs(a - b) <= 1.0 for a, b in zip(said, ends, strict=True)):
            return level
    return ""


def _apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return how far the ends of two bands lie from each other, as ratios; an open end counts as tenfold."""
    closed = ((low, high if high < math.inf else 10.0 * low) for low, high in (one, other))
    return sum(abs(math.log1p(a) - math.log1p(b)) for a, b in zip(*closed, strict=True))


def _work_mode(value: str, asked: str) -> str:
    """Return where work is done; a number of days or a share says more than a level can tell."""
    known, general = _known("work_mode"), words.GENERAL["work_mode"]
    level = meant(value, known, general)
    if not level and _asks_whether_remote(asked):
        answers = {name: f"{phrases} | {words.REMOTE_ANSWERS.get(name, name)}" for name, phrases in known.items()}
        level = meant(value, answers, general)
        if level in general and not _whole(value, answers[level]):
            return ""
    return "" if level in general and re.search(r"\d", value.replace("100", "")) else level


def _asks_whether_remote(asked: str) -> bool:
    may = spans(tokens(asked), words.MAY)
    return not may and meant(asked, words.LEVELS["work_mode"], words.GENERAL["work_mode"]) == "remote"


def _whole(value: str, phrases: str) -> bool:
    """Tell whether every word of a text stands in one of the phrases."""
    said = tokens(value)
    return {place for start, end, _ in spans(said, phrases) for place in range(start, end)} == set(range(len(said)))
