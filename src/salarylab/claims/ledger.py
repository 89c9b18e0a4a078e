"""Ledger: the claims as data, dated before the pages that answer them, and the rule of their verdicts.

A row states a claim's estimand, its primary data and replications, the band that a difference must pass to matter, and
what would support or contradict it. Rows are never edited once a verdict refers to them: a change is a row of a later
date beside the old one.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files

from salarylab.errors import DataError, Fault

LEDGER = "claims.csv"
RULE = "verdicts.md"

SOURCES = {"A": "the skills article", "B": "the drivers article"}
"""How the two articles are cited. One of them is published by a firm that sells training."""

TESTABLE = {"T1": "as stated", "T2": "by a proxy", "T3": "not testable"}
TESTS = (
    "difference",
    "interaction",
    "dispersion",
    "share",
    "reversal",
    "equivalence",
    "order",
    "count",
)
"""Kinds of test, as the rule's table lists them."""

NONE = ("-", "none", "")
"""How the file writes that a claim without a test has no such thing."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Hold one claim, the question it becomes, and the rule that its answer is held to.

    Attributes
    ----------
    id : str
        ``C01`` to ``C89``.
    source : str
        The article: a key of ``SOURCES``.
    anchor, claim : str
        The article's words around the claim, and the claim in few words.
    factor, population : str
        What pay is compared by, and among whom.
    estimand : str
        Outcome, factor, levels with their base, and rows.
    concept : str
        The concept of pay: the ledger's column ``data``.
    supports_if, contradicts_if : str
        The interval, with ends L and U, that would support or contradict the claim.
    threats : str
        What else could make the number.
    testability : str
        A key of ``TESTABLE``.
    instead_if_not : str
        What is offered where the claim cannot be tested.
    report : str
        The notebook that speaks to it.
    primary_data, replications : str
        The data set that decides, with its years; the data sets shown beside it.
    band_percent : float or None
        The smallest difference that would matter, in percent or points; None without a test.
    band_reason, controls : str
        Why that band; what is held equal.
    test : str or None
        One of ``TESTS``; None for claims that are not testable.
    multiplicity_family : str or None
        The claims that share a familywise error rate of 5 %: those of one notebook.
    """

    id: str
    source: str
    anchor: str
    claim: str
    factor: str
    population: str
    estimand: str
    concept: str
    supports_if: str
    contradicts_if: str
    threats: str
    testability: str
    instead_if_not: str
    report: str
    primary_data: str
    replications: str
    band_percent: float | None
    band_reason: str
    controls: str
    test: str | None
    multiplicity_family: str | None


COLUMNS = tuple("data" if field.name == "concept" else field.name for field in fields(Claim))
"""Columns of the ledger, in order."""


@cache
def claims() -> Mapping[str, Claim]:
    """Read the claims, each checked.

    Returns
    -------
    Mapping of str to Claim
        By id, in the ledger's order.

    Raises
    ------
    DataError
        For a ledger that is not what its rule supposes, all faults at once.

    Examples
    --------
    >>> len(claims()), claims()["C01"].band_percent
    (89, 5.0)
    """
    return read_ledger(_content(LEDGER).decode("utf-8"))


def ledger_sha256() -> str:
    """Return the sha256 of the ledger as it is installed: verdicts say which ledger they were given under.

    Examples
    --------
    >>> ledger_sha256()[:12]
    '738499c72084'
    """
    return hashlib.sha256(_content(LEDGER)).hexdigest()


def rule() -> str:
    """Return the rule of the verdicts, in Markdown.

    Examples
    --------
    >>> rule().splitlines()[0]
    '# Verdicts: how each of the 89 claims gets its word'
    """
    return _content(RULE).decode("utf-8")


def _content(name: str) -> bytes:
    return (files("salarylab.claims") / name).read_bytes()


def read_ledger(text: str) -> Mapping[str, Claim]:
    """Read claims from the text of a ledger.

    Parameters
    ----------
    text : str
        A CSV table with the columns of ``Claim``.

    Returns
    -------
    Mapping of str to Claim
        By id.

    Raises
    ------
    DataError
        For other columns, an id that is no ``C01`` or stands twice, an article, testability or kind of test that is not
        declared, a claim with a test but without band, primary data, both outcomes or its notebook as family, and a
        claim without a test that has any of these or offers nothing instead: all at once.
    """
    rows = list(csv.DictReader(io.StringIO(text)))
    found = tuple(rows[0]) if rows else ()
    if found != COLUMNS:
        raise DataError(
            Fault(LEDGER, f"columns {', '.join(map(str, found))}", ", ".join(COLUMNS), "restore the committed ledger")
        )
    faults = [fault for row in rows for fault in _faults(row)]
    ids = [row["id"] for row in rows]
    faults += [
        Fault(f"claim {one}", "two rows", "one row an id", "give the later row an id of its own")
        for one in dict.fromkeys(ids)
        if ids.count(one) > 1
    ]
    if faults:
        raise DataError(*faults)
    return {row["id"]: _claim(row) for row in rows}


def _faults(row: Mapping[str, str]) -> Iterator[Fault]:
    named = f"claim {row['id']}"
    if not re.fullmatch(r"C\d\d", row["id"]):
        yield Fault(named, "that id", "C and two digits", "mend the id")
    for column, known in (("source", SOURCES), ("testability", TESTABLE)):
        if row[column] not in known:
            yield _undeclared(named, column, row[column], tuple(known))
    if not re.fullmatch(r"\d\d_\w+", row["report"]):
        yield Fault(f"{named}: report", repr(row["report"]), "a notebook, such as 02_degree", "name the notebook")
    yield from _untested(named, row) if row["testability"] == "T3" else _tested(named, row)


def _tested(named: str, row: Mapping[str, str]) -> Iterator[Fault]:
    """Yield what a claim with a test lacks."""
    if row["test"] not in TESTS:
        yield _undeclared(named, "test", row["test"], TESTS)
    for column in ("estimand", "supports_if", "contradicts_if", "primary_data", "band_reason", "controls"):
        if row[column] in NONE:
            yield Fault(f"{named}: {column}", "nothing", "a statement: the claim has a test", "state it")
    if not (_number(row["band_percent"]) or 0) > 0:
        yield Fault(f"{named}: band_percent", repr(row["band_percent"]), "a number above zero", "state the band")
    if row["multiplicity_family"] != row["report"]:
        yield Fault(
            f"{named}: multiplicity_family",
            repr(row["multiplicity_family"]),
            f"its notebook, {row['report']}",
            "a family is the tested claims of one notebook",
        )


def _untested(named: str, row: Mapping[str, str]) -> Iterator[Fault]:
    """Yield what a claim without a test must not have, and what it lacks."""
    for column in ("test", "band_percent", "multiplicity_family", "supports_if", "contradicts_if"):
        if row[column] not in NONE:
            yield Fault(f"{named}: {column}", repr(row[column]), "nothing: it is not testable", "empty it")
    if row["instead_if_not"] in NONE:
        yield Fault(f"{named}: instead_if_not", "nothing", "what is offered instead", "state it")


def _undeclared(named: str, column: str, found: str, known: Sequence[str]) -> Fault:
    return Fault(f"{named}: {column}", repr(found), f"one of: {', '.join(known)}", "mend the row")


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _claim(row: Mapping[str, str]) -> Claim:
    values: dict[str, str | float | None] = {name: cell for name, cell in row.items() if name != "data"}
    values |= {"concept": row["data"]} | {
        name: None if row[name] in NONE else row[name] for name in ("test", "multiplicity_family")
    }
    return Claim(**{**values, "band_percent": _number(row["band_percent"])})  # type: ignore[arg-type]
