"""Groups: the rows of two groups, the moments of their equations, and the covariance of what is made of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import ModelError
from salarylab.model.decompose.influence import Influence, Units, of_coefficients, of_means
from salarylab.model.decompose.oaxaca_parts import MOMENTS, Layout, Moments, Part, parts_of
from salarylab.model.least_squares import DenseFit, Refits, solve_dense
from salarylab.model.variance.replicates import empty_replicate

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Groups:
    """Hold the rows of two groups: x (n, k) with the constant first and no term for the group, y (n,), weights (n,).

    ``in_level`` (n,) marks the group asked about; ``names`` (k,) are the columns', ``told`` the two groups' names.
    """

    x: Array = field(repr=False)
    y: Array = field(repr=False)
    in_level: NDArray[np.bool_] = field(repr=False)
    weights: Array | None = field(repr=False)
    names: tuple[str, ...]
    told: tuple[str, str]

    def rows(self, level: bool) -> NDArray[np.int64]:
        """Return the rows of the level's or the base's group, in order."""
        return np.flatnonzero(self.in_level == level)


@dataclass(frozen=True, slots=True)
class Asked:
    """Hold which decomposition is meant: reference coefficients, two or three parts, and how terms are shown."""

    reference: str
    folds: int
    layout: Layout = field(repr=False)


@dataclass(frozen=True, slots=True)
class Fits:
    """Hold the three equations: of the level's rows, of the base's, and of both."""

    level: DenseFit
    base: DenseFit
    pooled: DenseFit | None


def fits_of(groups: Groups, reference: str) -> Fits:
    """Fit the equation of each group, and of both where the reference needs it.

    Raises ``ModelError`` as ``solve_dense`` does; a term is named with the group in which it follows from others.
    """
    by_group = []
    for level, told in zip((True, False), groups.told, strict=True):
        rows = groups.rows(level)
        w = None if groups.weights is None else groups.weights[rows]
        by_group.append(solve_dense(groups.x[rows], groups.y[rows], [f"{n} among {told}" for n in groups.names], w))
    if reference not in ("pooled", "neumark"):
        return Fits(by_group[0], by_group[1], None)
    x, names = _pooled(groups, reference)
    return Fits(by_group[0], by_group[1], solve_dense(x, groups.y, names, groups.weights))


def _pooled(groups: Groups, reference: str) -> tuple[Array, Sequence[str]]:
    if reference == "neumark":
        return groups.x, groups.names
    return np.column_stack([groups.x, groups.in_level]), [*groups.names, groups.told[0]]


def moments_of(groups: Groups, fits: Fits) -> Moments:
    """Return the moments of two groups that were fitted."""
    k = groups.x.shape[1]
    w = np.ones(len(groups.y)) if groups.weights is None else groups.weights
    means = [np.average(groups.x[rows], axis=0, weights=w[rows]) for rows in map(groups.rows, (True, False))]
    pooled = np.zeros(k) if fits.pooled is None else fits.pooled.coefficients[:k]
    share = float(w[groups.in_level].sum() / w.sum())
    return Moments(fits.level.coefficients, fits.base.coefficients, pooled, means[0], means[1], share)


# Lines: sums of terms of one part


def values_of(parts: Sequence[Part], of_parts: Array, of_terms: Array) -> Array:
    """Return the numbers shown, (m,): line i is the sum over parts and terms weighted of_parts[i] × of_terms[i].

    ``of_parts`` has shape (m, parts), ``of_terms`` (m, K).
    """
    found: Array = np.einsum("ip,it,pt->i", of_parts, of_terms, np.stack([part.values for part in parts]))
    return found


def influence_of(groups: Groups, fits: Fits, units: Units, asked: Asked, of_parts: Array, of_terms: Array) -> Influence:
    """Return what every unit adds to the numbers shown, through all coefficients, means and shares at once.

    **Source** Jann (2008), Stata Journal 8(4), 453–479, for the variance with means that are themselves estimated;
    here without its assumption that means and coefficients, and the two groups, are uncorrelated.
    """
    m = moments_of(groups, fits)
    parts = parts_of(m, asked.layout, asked.reference, asked.folds)
    slopes = {name: _slopes(parts, name, asked.layout, of_parts, of_terms) for name in MOMENTS}
    own = of_parts @ np.array([part.own for part in parts]) * np.asarray(of_terms.all(axis=1))[:, None]
    everyone = np.arange(len(groups.y))
    found = of_means(groups.in_level[:, None].astype(float), groups.weights, slopes["share"], units, everyone)
    sides = (("level", fits.level, m.level_b, m.level_x), ("base", fits.base, m.base_b, m.base_x))
    for (name, fit, b, means), pay in zip(sides, own.T[:, :, None], strict=True):
        rows = groups.rows(name == "level")
        w = None if groups.weights is None else groups.weights[rows]
        # where a total has mean pay, pay itself stands for means times coefficients: each of its own regression
        found += of_means(groups.y[rows, None], w, pay, units, rows)
        found += of_coefficients(fit, _less(slopes[f"{name}_b"], pay * means), units, rows)
        found += of_means(groups.x[rows], w, _less(slopes[f"{name}_x"], pay * b), units, rows)
    if fits.pooled is not None:
        beside = np.zeros((len(of_parts), fits.pooled.q.shape[1] - groups.x.shape[1]))
        found += of_coefficients(fits.pooled, np.hstack([slopes["pooled_b"], beside]), units, everyone)
    return found


def _less(slopes: Array, taken: Array) -> Array:
    """Return the difference, exactly zero where the two are equal but for rounding."""
    return np.where(np.isclose(slopes, taken, rtol=1e-10, atol=1e-14), 0.0, slopes - taken)


def _slopes(parts: Sequence[Part], name: str, to: Layout, of_parts: Array, of_terms: Array) -> Array:
    """Return the derivatives of the numbers shown in one of the moments, shape (m, k), or (m, 1) for the share."""
    nothing = np.zeros(of_terms.shape[1])
    each = np.einsum("ip,it,pt->it", of_parts, of_terms, np.stack([part.slopes.get(name, nothing) for part in parts]))
    if name == "share":
        return np.asarray(each.sum(axis=1, keepdims=True))
    return np.asarray(each @ (to.of_x if name.endswith("_x") else to.of_b))


# Replicate weights


def replicated(groups: Groups, replicates: Array, asked: Asked, of_parts: Array, of_terms: Array) -> Array:
    """Return the numbers shown under each replicate weight, shape (R, m); weights may be zero or negative.

    ``replicates`` has shape (n, R). Raises ``ModelError`` where a replicate leaves a level, or a group, without weight.
    """
    x, _ = _pooled(groups, "pooled" if asked.reference == "pooled" else "neumark")
    k = groups.x.shape[1]
    sides = [groups.rows(True), groups.rows(False)]
    bases = [Refits(groups.x[rows]) for rows in sides]
    both = Refits(x) if asked.reference in ("pooled", "neumark") else None
    found = np.empty((replicates.shape[1], len(of_parts)))
    for r, w in enumerate(replicates.T):
        sums = [w[rows].sum() for rows in sides]
        if min(sums) <= 0:
            raise ModelError(empty_replicate(r))
        b = [basis.under(w[rows], groups.y[rows], r) for basis, rows in zip(bases, sides, strict=True)]
        means = [w[rows] @ groups.x[rows] / total for rows, total in zip(sides, sums, strict=True)]
        pooled = np.zeros(k) if both is None else both.under(w, groups.y, r)[:k]
        moments = Moments(b[0], b[1], pooled, means[0], means[1], float(sums[0] / sum(sums)))
        found[r] = values_of(parts_of(moments, asked.layout, asked.reference, asked.folds), of_parts, of_terms)
    return found
