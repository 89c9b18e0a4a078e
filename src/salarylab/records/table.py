"""Records: the canonical table with what was asked, where it came from, and the audit of its making."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl

from salarylab import schema
from salarylab.disclosure import MIN_CELL, round_count, show_count
from salarylab.errors import DataError, Fault, unknown
from salarylab.records.audit import Ledger, Step, audit_frame
from salarylab.records.doubts import doubt_outside
from salarylab.source import Provenance

IDENTITY = ("record_id", "source", "year", "observation")
"""The columns that every record fills."""

SOURCE_MIME = "application/vnd.salarylab.source+json"


@dataclass(frozen=True, slots=True, repr=False)
class Records:
    """Hold canonical rows, the columns that were ever asked, their provenance and the cleaning steps.

    ``raw_rows`` is the number of rows in the raw files; it equals the rows of ``table`` plus all rows
    that the steps removed.
    """

    table: pl.DataFrame
    asked: frozenset[str]
    provenance: Provenance
    steps: tuple[Step, ...]
    raw_rows: int

    @property
    def audit(self) -> pl.DataFrame:
        """One row per cleaning rule: rows examined, touched, removed, median pay around it."""
        return audit_frame(self.steps)

    def never_asked(self, columns: Iterable[str]) -> tuple[str, ...]:
        """Return those of the canonical columns that the source never asked, in the order given."""
        return tuple(name for name in columns if schema.column(name).name not in self.asked)

    def __repr__(self) -> str:
        source, size = self.provenance.source, show_count(len(self.table))
        return f"{self.provenance.headline}. {source.title}; {size} records. Licence: {source.licence}."

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        source = self.provenance.source
        card = {
            "key": source.key,
            "title": source.title,
            "headline": self.provenance.headline,
            "publisher": source.publisher,
            "home": source.home,
            "citation": source.citation,
            "licence": source.licence,
            "synthetic": source.synthetic,
            "files": [{"name": f.name, "sha256": f.sha256, "rows": _told(f.rows)} for f in self.provenance.files],
            "raw_rows": _told(self.raw_rows),
            "records": _told(len(self.table)),
        }
        told = repr(self)
        return {
            "text/plain": told,
            "text/html": f'<p class="source">{html.escape(told)}<br>{html.escape(source.citation)}</p>',
            SOURCE_MIME: card,
        }


def _told(count: int) -> int | None:
    """Return a count as a card tells it: rounded, None for 1 to 9. An exact one would give away rows removed."""
    return round_count(count) if count >= MIN_CELL or not count else None


def from_ledger(ledger: Ledger, provenance: Provenance, asked: Iterable[str] | None = None) -> Records:
    """Return the records that a cleaner arrived at, checked against the schema and the raw row count.

    Pay outside the bounds that the source states is marked in ``pay_doubt``, and counted.
    Columns of the ledger that are not canonical are left behind. Raises ``DataError`` when rows are not
    accounted for, when a record has no identity or is another source's, or when a column was filled but never
    declared asked.
    """
    declared = frozenset(asked if asked is not None else provenance.source.asked)
    if provenance.source.pay_bounds is not None:
        ledger, declared = doubt_outside(ledger, *provenance.source.pay_bounds, who="pay"), declared | {"pay_doubt"}
    table = schema.conform(ledger.rows.select(c for c in ledger.rows.columns if c in schema.BY_NAME))
    raw_rows = sum(stamp.rows for stamp in provenance.files)
    removed = sum(step.removed for step in ledger.steps)
    faults = [unknown("asked column", name, schema.BY_NAME) for name in declared - set(schema.BY_NAME)]
    if raw_rows != len(table) + removed:
        faults.append(
            Fault(
                f"{provenance.source.key}: rows",
                f"{len(table)} records and {removed} removed with a reason",
                f"{raw_rows} raw rows in all",
                "give every removed row a named step in the cleaner",
            )
        )
    filled = {s.name for s in table if s.null_count() < len(s)}
    undeclared = sorted(filled - declared - set(IDENTITY))
    if undeclared:
        faults.append(
            Fault(
                f"{provenance.source.key}: asked",
                f"filled but not declared: {', '.join(undeclared)}",
                "filled ⊆ asked",
                "declare them in the source",
            )
        )
    faults += _identity_faults(table, provenance.source.key)
    if faults:
        raise DataError(*faults)
    return Records(table, declared | set(IDENTITY), provenance, ledger.steps, raw_rows)


def _identity_faults(table: pl.DataFrame, key: str) -> list[Fault]:
    """Return what is wrong with who the records are: some without identity, or of another source."""
    faults = []
    nameless = [name for name in IDENTITY if table[name].null_count()]
    if nameless:
        faults.append(Fault(f"{key}: identity", f"nulls in {', '.join(nameless)}", "none", "fill them in the cleaner"))
    strangers = sorted(set(table["source"].drop_nulls().unique()) - {key})
    if strangers:
        expected = "rows of one source: sources overlap and ask differently, so they are never pooled"
        remedy = "load each by itself and compare the findings"
        faults.append(Fault(f"{key}: source", f"rows of {', '.join(strangers)}", expected, remedy))
    return faults
