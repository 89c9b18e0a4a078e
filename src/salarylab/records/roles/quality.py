"""Quality of a crosswalk: precision, recall and misclassification against titles that people labelled.

The labelled titles must not have been seen by whoever wrote the crosswalk. ``MEASURED`` holds what was found.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from salarylab.errors import Fault, VocabularyError, unknown
from salarylab.schema import ROLE_FAMILY

NO_ROLE = "none"
FAMILIES = (*ROLE_FAMILY, NO_ROLE)


@dataclass(frozen=True, slots=True)
class Misclassification:
    """Hold how many labelled titles of each true family were assigned to each family.

    ``counts`` has one row per assigned and one column per true family, both in the order of ``FAMILIES``.

    **Source**: the matrix is the known quantity of Aigner (1973), J. Econometrics 1, and Bollinger (1996),
    J. Econometrics 73, whose bounds take misclassification rates as given.
    """

    version: str
    counts: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        if [len(row) for row in self.counts] != [len(FAMILIES)] * len(FAMILIES):
            shape = " + ".join(str(len(row)) for row in self.counts)
            expected = f"{len(FAMILIES)} rows of {len(FAMILIES)}: {', '.join(FAMILIES)}"
            raise VocabularyError(Fault("misclassification counts", f"rows of {shape}", expected, "count every family"))

    @property
    def n(self) -> int:
        """Labelled titles counted."""
        return sum(map(sum, self.counts))

    def rate(self, true: str, assigned: str) -> float | None:
        """Return P(true family | assigned family), 0 to 1; None where no title was assigned to it.

        Raises ``VocabularyError`` for a name that is not in ``FAMILIES``.
        """
        strays = [unknown("family", name, FAMILIES) for name in (true, assigned) if name not in FAMILIES]
        if strays:
            raise VocabularyError(*strays)
        row = self.counts[FAMILIES.index(assigned)]
        return row[FAMILIES.index(true)] / sum(row) if sum(row) else None

    @property
    def frame(self) -> pl.DataFrame:
        """One row per pair: ``assigned``, ``true``, ``n``, ``rate`` = P(true | assigned)."""
        pairs = [(assigned, true) for assigned in FAMILIES for true in FAMILIES]
        counts = [count for row in self.counts for count in row]
        rows = [(*pair, n, self.rate(pair[1], pair[0])) for pair, n in zip(pairs, counts, strict=True)]
        schema = {"assigned": pl.String, "true": pl.String, "n": pl.Int64, "rate": pl.Float64}
        return pl.DataFrame(rows, schema=schema, orient="row")


MEASURED: dict[str, Misclassification] = {
    "2026-11": Misclassification(
        "2026-11",
        (
            (89, 0, 5, 0, 0, 0),
            (0, 172, 0, 0, 0, 0),
            (0, 0, 12, 0, 0, 0),
            (0, 3, 1, 279, 2, 2),
            (1, 0, 1, 1, 104, 0),
            (4, 3, 2, 18, 6, 33),
        ),
    ),
}
"""The family confusion of each crosswalk version on the held-out labelled titles: docs/roles.md."""
