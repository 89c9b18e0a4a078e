"""Variants: a headline beside the same premium on other pay, or by another method: one table, one line each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from salarylab import show
from salarylab.disclosure import release
from salarylab.finding import Finding
from salarylab.show.answer import answer_bundle

NUMBERS = ("value", "low", "high")


@dataclass(frozen=True, slots=True)
class Variants:
    """Hold a premium as it was first given, and as it is otherwise.

    Attributes
    ----------
    title : str
        What is compared.
    rows : tuple of (str, Finding)
        What differs, in words, and the premium; the headline first.
    notes : tuple of str
        What a reader must know, and what the source cannot say.
    """

    title: str
    rows: tuple[tuple[str, Finding], ...]
    notes: tuple[str, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The premia but for the headline, which its own answer has."""
        return tuple(replace(found, subject=f"{found.subject}, {label}") for label, found in self.rows[1:])

    @property
    def table(self) -> show.Table:
        """A row a variant: the difference with its interval and the rows of the smaller group."""
        shown = [(label, found) for label, found in self.rows]
        cells = pl.DataFrame(
            [
                [label, *(getattr(found, name) for name in NUMBERS), found.smallest_cell, found.dominated]
                for label, found in shown
            ],
            schema={
                "pay": pl.String(),
                **dict.fromkeys(NUMBERS, pl.Float64()),
                "n": pl.Int64(),
                "withheld": pl.Boolean(),
            },
            orient="row",
        )
        return show.table.variants(release(cells, NUMBERS, dominated="withheld"), self.title, self.notes)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        lines: Sequence[str] = [f"{label}: {found.sentence}" for label, found in self.rows]
        return answer_bundle("", "\n".join([*lines, *self.notes]), self.findings, table=self.table)
