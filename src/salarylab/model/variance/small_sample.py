"""Small sample: the factors by which cluster rules scale their sums of squares, as the field's programs choose them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Rule = Literal["CR0", "CR1", "CR2", "CRV3"]


@dataclass(frozen=True, slots=True)
class SmallSample:
    """Choose the small-sample factors of CR1 and CRV3; CR0 and CR2 have none.

    ``groups`` is whether the number of clusters counts: G/(G − 1) for CR1, (G − 1)/G for CRV3; with clusters two
    ways ``"own"`` takes each sum's own G, ``"fewest"`` the lesser of the two. ``rows`` is whether CR1 is
    multiplied by (n − 1)/(n − k); ``columns`` is that k where it is not all columns (fixest leaves out fixed effects
    nested in the clusters).

    >>> SmallSample().factor("CR1", 100, 4, 20) == 20 / 19 * 99 / 96
    True
    >>> SmallSample(groups=None).factor("CRV3", 100, 4, 20)
    1.0
    """

    groups: Literal["own", "fewest"] | None = "own"
    rows: bool = True
    columns: int | None = None

    @property
    def words(self) -> str:
        """The choice as a reader is told it."""
        groups = {"own": "G/(G − 1)", "fewest": "G/(G − 1) of the fewest clusters", None: "no factor for clusters"}
        rows = "(n − 1)/(n − k)" if self.rows else "no factor for rows"
        return f"{groups[self.groups]}, {rows}" + (f" with k = {self.columns}" if self.columns is not None else "")

    def factor(self, kind: Rule, n: int, k: int, clusters: int) -> float:
        """Return the factor of a rule with n rows, k columns and so many clusters."""
        if kind in ("CR0", "CR2"):
            return 1.0
        by_groups = 1.0 if self.groups is None else clusters / (clusters - 1)
        if kind == "CRV3":
            return 1.0 / by_groups
        columns = k if self.columns is None else self.columns
        return by_groups * ((n - 1) / (n - columns) if self.rows else 1.0)

    def counted(self, clusters: Sequence[int]) -> list[int]:
        """Return the number of clusters that each sum's factor takes, for sums over several kinds of clusters."""
        return [min(clusters)] * len(clusters) if self.groups == "fewest" else list(clusters)
