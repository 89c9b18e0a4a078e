"""Dependence: how rows depend on each other, and the covariance of numbers from what each row adds to them.

A smooth number's error is, to first order, a sum over rows. Rows that are independent, clusters, and a survey's
replicate weights differ only in how that sum is spread.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from salarylab.disclosure import round_count, round_df, show_count
from salarylab.model.variance.clusters import refuse_few
from salarylab.model.variance.effective import inverse_herfindahl

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
Pieces = Iterable[tuple[slice, Array]]
"""Blocks of rows, each with what its rows add to m numbers, shape (rows, m)."""


@dataclass(frozen=True, slots=True)
class RowRule:
    """Say how rows depend on each other: independent (HC1), in clusters (CR1), or as replicate weights tell.

    ``factor`` multiplies the sum of squares; ``ratios`` (n, R) are replicate over main weights; ``df`` goes with the
    variance, ``words`` are the rule in words.
    """

    kind: Literal["HC1", "CR1", "replicate"]
    factor: float
    df: float
    words: str
    clusters: Codes | None = field(default=None, repr=False)
    ratios: Array | None = field(default=None, repr=False)

    @property
    def told_df(self) -> float:
        """Degrees of freedom as they may be told: coarsely, but for those of replicates, which anybody knows."""
        return self.df if self.kind == "replicate" else round_df(self.df)


def row_rule(n: int, k: int, clusters: Codes | None = None, *, few: bool = False) -> RowRule:
    """Return the rule for n rows and k coefficients: HC1 with t(n − k), or CR1 with t(G − 1) for cluster codes (n,).

    Raises ``ModelError`` below 20 clusters unless ``few``; one cluster is refused always.

    **Source** MacKinnon and White (1985), Journal of Econometrics 29(3), 305–325; Liang and Zeger (1986),
    Biometrika 73(1), 13–22.

    >>> row_rule(100, 3).words
    'HC1, t(n − k), about 100'
    """
    if clusters is None:
        return RowRule("HC1", n / (n - k), float(n - k), f"HC1, t(n − k), about {round_count(n - k):,}")
    groups = int(clusters.max()) + 1
    refuse_few(groups, few)
    factor = groups / (groups - 1) * (n - 1) / (n - k)
    return RowRule("CR1", factor, groups - 1.0, f"CR1, {show_count(groups)} clusters, t(clusters − 1)", clusters)


def covariance_of(pieces: Pieces, rule: RowRule) -> Array:
    """Return the covariance (m, m) of m numbers from blocks of what each row adds to them.

    >>> added = np.array([[1.0], [-1.0], [2.0], [-2.0]])
    >>> covariance_of([(slice(0, 4), added)], row_rule(4, 2)).tolist()
    [[20.0]]
    """
    total: Array | None = None
    for rows, added in pieces:
        if rule.clusters is not None:
            part = sums_by(rule.clusters[rows], added, int(rule.clusters.max()) + 1)
        elif rule.ratios is not None:
            part = rule.ratios[rows].T @ added
        else:
            part = added.T @ added
        total = part if total is None else total + part
    assert total is not None, "a sample has rows"
    spread = total if rule.kind == "HC1" else total.T @ total
    return rule.factor * spread


def sums_by(codes: Codes, values: Array, count: int = 0) -> Array:
    """Return the sums of values (n, m) at each code (n,), shape (count, m), or as many as the codes say.

    >>> sums_by(np.array([0, 1, 0]), np.array([[1.0], [2.0], [3.0]])).tolist()
    [[4.0], [2.0]]
    """
    return np.stack([np.bincount(codes, column, minlength=count) for column in values.T], axis=1)


def effective_groups(clusters: Codes | None, amounts: Array) -> float:
    """Return the effective number of clusters behind some rows, by their amounts (n,): inverse Herfindahl index.

    Where rows are independent, that of rows.

    >>> effective_groups(np.array([0, 0, 1, 1]), np.ones(4))
    2.0
    """
    given = amounts if clusters is None else np.bincount(clusters, amounts).astype(np.float64)
    return float(inverse_herfindahl(given[:, None])[0])
