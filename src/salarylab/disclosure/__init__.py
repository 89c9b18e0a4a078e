"""Disclosure: the one door through which numbers leave the house.

Whatever may be shown passes here, by one of three ways:

- a frame of cells through one of the ``release`` functions, which give a ``Released``: charts and tables are
  made from nothing else;
- a single number as a ``Finding``, which asks the same rules whether it may speak;
- a count or an amount in a sentence through ``show_count`` and ``significant``.

The rules, each with its source where it is written:

- a cell of 1 to 9 rows tells nothing; a percentile needs 30 (``cells``);
- a cell of which one contributor gives more than half tells nothing (``dominance``);
- a number of rows, or a share, is told in steps of ten rows and more, so that no two of them differ by a
  number that is known (``rounding``);
- where parts add up to a told whole, more is withheld until each withheld part may be any number from 1
  to 9 (``complement``);
- pay has at most four digits that count, and nobody's least or greatest is shown;
- degrees of freedom, and what they would follow from (standard errors, p-values), are told coarsely: they are a
  function of the sizes of the groups compared (``rounding``).

Thresholds may be made stricter by a caller, never looser. Rows themselves (``Records.table``, ``matrix``)
and exact counts (``Sample.attrition``) stay inside objects, whose displays name neither.

A limit: two samples that differ in a few rows (``only`` with one level more) differ in their estimates, and an
estimate is no count that rounding could hide. Whoever publishes both answers for what their difference tells.
"""

from salarylab.disclosure.cells import (
    MIN_PERCENTILE_CELL,
    Released,
    release,
    release_counts,
    release_flow,
    release_shares,
    share_cell,
    threshold,
)
from salarylab.disclosure.dominance import DOMINANT, dominated
from salarylab.disclosure.rounding import (
    LEAST_P,
    MIN_CELL,
    WITHHELD,
    round_count,
    round_df,
    round_p,
    round_share,
    show_count,
    significant,
)

__all__ = [
    "DOMINANT",
    "LEAST_P",
    "MIN_CELL",
    "MIN_PERCENTILE_CELL",
    "WITHHELD",
    "Released",
    "dominated",
    "release",
    "release_counts",
    "release_flow",
    "release_shares",
    "round_count",
    "round_df",
    "round_p",
    "round_share",
    "share_cell",
    "show_count",
    "significant",
    "threshold",
]


def __dir__() -> list[str]:
    """List what is public, for completion."""
    return sorted(__all__)
