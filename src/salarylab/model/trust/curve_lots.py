"""Curve lots: a sign for each unit of rows, the same in every sample that has the unit.

Cleanings share most of their rows: lots must fall alike in all of them, or their equations would seem independent.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.model.design import Design
from salarylab.model.spec import DECLARED

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

MOST_UNITS = 1_000
"""Units that rows without clusters are dealt to: as good as rows, and no more work for a million of them."""


def lots(designs: Sequence[Design], draws: int, seed: int) -> list[tuple[Codes, Array]]:
    """Return, for each design, the unit of each row (n,) and draws of 1 or −1 for each unit (draws, units).

    Units are clusters where there are some, else random parts of the rows, told apart by the rows' names.
    """
    rng = np.random.default_rng(seed)
    names = [_names(design) for design in designs]
    union = pl.concat(names).unique().sort()
    clustered = designs[0].clusters is not None
    unit_of = rng.permutation(len(union)) % (len(union) if clustered else min(MOST_UNITS, len(union)))
    signs = rng.choice([-1.0, 1.0], (draws, int(unit_of.max()) + 1))
    found = []
    for own in names:
        units = unit_of[union.search_sorted(own).to_numpy()]
        present, codes = np.unique(units, return_inverse=True)
        found.append((codes, signs[:, present]))
    return found


def _names(design: Design) -> pl.Series:
    """Return the name of each row's cluster, or of the row."""
    asked = str(design.spec.clusters)
    name = "record_id" if design.clusters is None else "cluster" if asked == DECLARED else asked
    own = pl.col("record_id").cast(pl.String)
    return design.sample.table.select(pl.coalesce(pl.col(name).cast(pl.String), own).alias("unit"))["unit"]
