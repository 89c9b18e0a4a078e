"""Absorb: a factor of many levels taken out of an equation, with the coefficients that its dummies would leave.

Each block of rows is laid out less the means of its levels; only sums over blocks are kept, so that neither ten
thousand levels nor a million rows are ever a matrix.

**Source** Frisch and Waugh (1933), Econometrica 1(4), 387–401; Wooldridge (2010), Econometric Analysis of Cross
Section and Panel Data, 2nd ed., section 10.5 (within estimation).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError
from salarylab.model.kernel.counted import counted, group_means, refuse_shape
from salarylab.model.kernel.layout import centred
from salarylab.model.kernel.normal import inverse
from salarylab.model.kernel.orthogonal import CollinearError
from salarylab.model.kernel.passes import swept
from salarylab.model.kernel.residuals import FULL_LEVERAGE, POWERS, Meat, weighted_squares
from salarylab.model.kernel.rows import BLOCK, Block, Rows, dense
from salarylab.model.kernel.solution import Solution, placed
from salarylab.model.kernel.sums import ClusterSums, by_cluster

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

LEFT = 1e-9
"""Share of a column's squares left once levels and earlier columns are taken out, below which it follows from them."""

REFINEMENTS = 2


@dataclass(frozen=True, slots=True)
class Within:
    """Hold the level of each row (n,), and at each level the weight, and the means of the columns and the outcome."""

    levels: Codes
    mass: Array
    columns: Array
    outcome: Array

    def blocks(self, rows: Rows) -> Iterator[tuple[Block, Codes, Array]]:
        """Yield the rows in blocks, with their levels and their design less the means of these, shape (n, k)."""
        for i, block in enumerate(rows.blocks()):
            level = self.levels[i * BLOCK : i * BLOCK + len(block.y)]
            yield block, level, dense(block, rows.layout) - self.columns[level]


def solve_within(
    rows: Rows, levels: Codes, names: Sequence[str], *, meat: Meat = "none", clusters: int = 0
) -> Solution:
    """Fit the outcome on the columns of rows, with dense ``levels`` (n,) of one factor taken out.

    The coefficients are those beside the levels' dummies; the intercept is the mean of the levels' own, and has no
    variance. Raises ``ModelError`` when there are not more rows than columns and levels, ``CollinearError`` for columns
    that do not vary within levels or follow from others.
    """
    numbers, centre = rows.means()
    near = rows.under(centred(rows.layout, placed(rows.layout, numbers)), centre)
    first = swept(near, counted, near.layout)
    refuse_shape(first, near.layout.k + int(levels.max()))
    shifted = near.under(centred(near.layout, group_means(near.layout, first)), centre)
    within = _within(shifted, levels)
    gram, moment = _normal_equations(shifted, within)
    spread, rcond = _inverted(gram, np.diag(first.pairs.gram(shifted.layout)), names)
    inner = spread @ moment
    for _ in range(REFINEMENTS):
        met = _met(shifted, within, inner, spread, meat, clusters)
        inner = inner + spread @ met.moment
    inner[0] = (first.total - within.mass @ within.columns @ inner) / first.mass
    back = shifted.layout.back
    coefficients = back @ inner
    coefficients[0] += centre
    return Solution(
        shifted,
        coefficients,
        inner,
        spread,
        back @ spread @ back.T,
        round(first.n),
        met.rss,
        first.squares - first.total**2 / first.mass,
        rcond,
        "gram within levels",
        met.meat,
        meat,
        met.scores,
        met.full_leverage,
        within,
    )


def _within(rows: Rows, levels: Codes) -> Within:
    n = int(levels.max()) + 1
    columns, mass, outcome = ClusterSums(rows.layout, n), np.zeros(n), np.zeros(n)
    for i, block in enumerate(rows.blocks()):
        level = levels[i * BLOCK : i * BLOCK + len(block.y)]
        columns.add(replace(block, clusters=level), _mass(block), rows.layout)
        mass += np.bincount(level, weights=_mass(block), minlength=n)
        outcome += np.bincount(level, weights=_mass(block) * block.y, minlength=n)
    return Within(levels, mass, columns.matrix(rows.layout) / mass[:, None], outcome / mass)


def _mass(block: Block) -> Array:
    return np.ones(len(block.y)) if block.mass is None else block.mass


def _normal_equations(rows: Rows, within: Within) -> tuple[Array, Array]:
    gram, moment = np.zeros((rows.layout.k, rows.layout.k)), np.zeros(rows.layout.k)
    for block, level, x in within.blocks(rows):
        weighted = x * _mass(block)[:, None]
        gram += weighted.T @ x
        moment += weighted.T @ (block.y - within.outcome[level])
    gram[0] = gram[:, 0] = 0.0
    return gram, moment


def _inverted(gram: Array, before: Array, names: Sequence[str]) -> tuple[Array, float]:
    """Return the inverse of a Gram matrix within levels, without the intercept, and how well it is conditioned."""
    inside = gram[1:, 1:]
    size = np.sqrt(np.where(before > 0, before, 1.0))[1:]
    follow = _following(inside / np.outer(size, size))
    if follow:
        raise CollinearError(
            [names[j + 1] for j in follow],
            [j + 1 for j in follow],
            *(
                Fault(
                    f"term {names[j + 1]!r}",
                    "constant within the levels that are taken out, or given by other terms there",
                    "a term that varies within them",
                    "leave it out, or absorb nothing",
                )
                for j in follow
            ),
        )
    found = inverse(inside, LEFT)
    if found is None:
        told = "terms that hardly differ within the levels that are taken out"
        raise ModelError(Fault("equation", told, "terms that can be told apart", "leave one out, or absorb nothing"))
    spread = np.zeros_like(gram)
    spread[1:, 1:] = found[0]
    return spread, found[1]


def _following(scaled: Array) -> list[int]:
    """Return the columns of which little is left once those before are taken out, by elimination."""
    left, follow = scaled.copy(), []
    for j in range(len(left)):
        pivot = left[j, j]
        if pivot < LEFT:
            follow.append(j)
            left[j:, j] = left[j, j:] = 0.0
            continue
        left[j + 1 :, j + 1 :] -= np.outer(left[j + 1 :, j], left[j, j + 1 :]) / pivot
    return follow


@dataclass(slots=True)
class _Residuals:
    """Accumulate what residuals give within levels: sums against the columns, squares, the meat, scores by cluster."""

    moment: Array
    meat: Array | None
    scores: Array | None
    rss: float = 0.0
    full_leverage: int = 0


def _met(rows: Rows, within: Within, inner: Array, spread: Array, meat: Meat, clusters: int) -> _Residuals:
    k = rows.layout.k
    robust = meat.startswith("HC")
    met = _Residuals(np.zeros(k), np.zeros((k, k)) if robust else None, np.zeros((clusters, k)) if clusters else None)
    for block, level, x in within.blocks(rows):
        residual = block.y - within.outcome[level] - x @ inner
        score, squares = _mass(block) * residual, weighted_squares(block, residual)
        met.moment += x.T @ score
        met.rss += float(squares.sum())
        if met.scores is not None:
            assert block.clusters is not None
            met.scores += by_cluster(block.clusters, np.arange(len(score)), score, (clusters, len(score))) @ x
        if met.meat is not None:
            w = np.ones(len(level)) if block.weights is None else block.weights
            h = w * (np.einsum("ij,ij->i", x @ spread, x) + 1.0 / within.mass[level])
            alone = h > FULL_LEVERAGE
            met.full_leverage += int(alone.sum())
            v = squares * w * np.where(alone, 1.0, 1.0 - h) ** -POWERS.get(meat, 0.0)
            met.meat += (x * v[:, None]).T @ x
    return met
