"""Curve estimates: one coefficient and its robust standard error in thousands of equations on the same rows."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from salarylab.model.trust.curve_projected import Codes, Projected, scores
from salarylab.model.variance.clusters import FEW_EFFECTIVE

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Errors:
    """Hold standard errors (m,) and their degrees of freedom (m,); ``flipped`` (draws, m) are estimates by lot."""

    se: Array
    df: Array
    flipped: Array = field(repr=False)


def errors(
    some: Projected, clusters: Codes | None, signs: tuple[Codes, Array] | None = None, *, workers: int = 1
) -> Errors:
    """Return the standard errors of m equations: HC1 with t(n − k), or CR1 with t(G − 1) where there are clusters.

    ``signs`` are units (n,), the clusters where there are some, and lots (draws, units) of 1 and −1: an estimate by
    lot has each unit's part of the premium with that sign.

    **Source** Hemerik, Goeman and Finos (2020), Journal of the Royal Statistical Society B 82(3), 841–864, with the
    column's residual (the effective score), under which equations keep their dependence.
    """
    m = len(some.coefficients)
    variance, flipped = np.empty(m), np.empty((0 if signs is None else len(signs[1]), m))
    units = clusters if clusters is not None else None if signs is None else signs[0]
    for batch, found in scores(some, units, workers=workers):
        k, size = some.k[batch], some.size[batch]
        if clusters is None:
            variance[batch] = found.meat * some.n / (some.n - k) / size**2
        else:
            g = len(found.by_unit)
            factor = g / (g - 1) * (some.n - 1) / (some.n - k)
            effective = size**2 / (found.size_by_unit**2).sum(axis=0)
            meat = (found.by_unit**2).sum(axis=0) * factor
            variance[batch] = np.where(effective < FEW_EFFECTIVE, np.nan, meat / size**2)
        if signs is not None:
            flipped[:, batch] = signs[1] @ (found.by_unit + some.coefficients[batch] * found.size_by_unit) / size
    df = some.n - some.k if clusters is None else np.full(m, float(clusters.max()))
    return Errors(np.sqrt(variance), np.asarray(df, dtype=np.float64), flipped)
