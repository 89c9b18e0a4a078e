"""Orthogonal: orthonormal columns in place of a design's own, where their Gram matrix would lose digits.

Normal equations, residuals and sandwiches then have none to lose: they meet these columns, and are mapped back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError
from salarylab.model.kernel.layout import Layout, of_numbers
from salarylab.model.kernel.rows import Block, Rows, Source, dense

Array = NDArray[np.float64]
Long = NDArray[np.longdouble]

DEPENDENT = 1e-10
"""Length of a unit column after the earlier columns are taken out, below which it depends on them."""

DEPENDENT_IN_DOUBLE = 1e-7
"""The same where there are too many rows for extended precision: seven of sixteen digits may go."""

HELD = 30_000_000
"""Numbers of a design up to which its orthonormal columns are kept; else they are made anew for each walk."""

EXTENDED = 100_000_000
"""Products of rows and squared columns up to which a design is factored in extended precision."""


class CollinearError(ModelError):
    """Refuse an equation in which some terms follow from others: their names, and their places among the columns."""

    def __init__(self, terms: Sequence[str], columns: Sequence[int], *faults: Fault) -> None:
        super().__init__(*faults)
        self.terms = tuple(terms)
        self.columns = tuple(columns)


@dataclass(frozen=True, slots=True)
class Turned:
    """Give rows under orthonormal columns in place of their own, made block by block; ``maps`` (k, k − 1) make them."""

    source: Source
    layout: Layout
    maps: Array = field(repr=False)

    @property
    def centre(self) -> float:
        """What is taken off the outcome."""
        return self.source.centre

    def means(self) -> tuple[Array, float]:
        """Return about what the means of the numbers (c,) and of the outcome are."""
        return np.zeros(self.layout.k - 1), self.source.centre

    def blocks(self) -> Iterator[Block]:
        """Yield the rows."""
        shift = self.layout.shift[self.layout.numbers]
        for block in self.source.blocks():
            numbers = dense(block, self.source.layout) @ self.maps - shift
            yield replace(block, codes=(np.zeros(len(block.y), dtype=np.int64),), numbers=numbers)

    def under(self, layout: Layout, centre: float) -> Turned:
        """Return the same rows under a layout with other values at the same codes, and another centre."""
        return replace(self, layout=layout, source=self.source.under(self.source.layout, centre))


def turned(source: Source, names: Sequence[str]) -> Rows | Turned:
    """Return a source under columns that are orthonormal, by the triangular factor of its weighted design.

    ``source`` is shifted near its means. Blocks of rows are factored onto the triangle of those before. Raises
    ``CollinearError`` when columns are collinear: all of them, each with the columns that it depends on.

    **Source** Golub and Van Loan (2013), Matrix Computations, 4th ed., section 5.3; Demmel, Grigori, Hoemmen and
    Langou (2012), SIAM Journal on Scientific Computing 34(1), A206–A239 (blocks).
    """
    layout, mass = source.layout, 0.0
    stacked = np.zeros((layout.k, layout.k))
    for block in source.blocks():
        rows = dense(block, layout)
        mass += len(rows) if block.mass is None else float(block.mass.sum())
        if block.mass is not None:
            rows *= np.sqrt(block.mass)[:, None]
        stacked = np.asarray(np.linalg.qr(np.vstack([stacked, rows]), mode="r"))
    r = stacked * np.where(np.diag(stacked) < 0, -1.0, 1.0)[:, None]
    length = _unit(np.linalg.norm(r, axis=0))
    refuse_collinear(r / length, names, DEPENDENT_IN_DOUBLE)
    backward = np.linalg.solve(r / length, np.eye(layout.k)) / length[:, None] * np.sqrt(mass)
    found = Turned(source, of_numbers(layout.back @ backward), backward[:, 1:])
    if not isinstance(source, Rows) or len(source) * layout.k > HELD:
        return found
    numbers = np.vstack([block.numbers for block in found.blocks()])
    return replace(source, layout=found.layout, codes=(np.zeros(len(source), dtype=np.uint8),), numbers=numbers)


def extended(rows: Rows, names: Sequence[str]) -> tuple[Rows, Long, Long, float]:
    """Return rows under orthonormal columns, and the fit of those asked for, by extended precision.

    ``rows`` are under the layout as asked, with a centre. The fit is its coefficients (k,) of the outcome less that
    centre, the inverse of X'WX (k, k) and the residual sum of squares. Columns are orthogonalised twice. Where the
    machine has no extended precision this is plain double. Raises as ``turned``.

    **Source** Björck (1996), Numerical Methods for Least Squares Problems, section 2.4.
    """
    blocks = list(rows.blocks())
    mass = np.concatenate([np.ones(len(block.y)) if block.mass is None else block.mass for block in blocks])
    y = rows.y.astype(np.longdouble) - (rows.centre - rows.origin)
    root, total = np.sqrt(mass.astype(np.longdouble)), np.sqrt(mass.astype(np.longdouble).sum())
    x = np.vstack([dense(block, rows.layout) for block in blocks]).astype(np.longdouble)
    means = mass @ x / mass.sum()
    means[0] = 0.0
    q = (x - means) * root[:, None]
    length = _unit(np.sqrt((q**2).sum(axis=0)))
    q, r = _gram_schmidt(q / length)
    refuse_collinear(r.astype(np.float64), names, DEPENDENT if _has_extended() else DEPENDENT_IN_DOUBLE)
    backward = _back_substituted(r) / length[:, None]
    backward[0] -= means @ backward
    along = q.T @ (root * y)
    residual = root * y - q @ along
    numbers = (q[:, 1:] / root[:, None] * total).astype(np.float64)
    layout = of_numbers((backward * total).astype(np.float64))
    found = replace(rows, layout=layout, codes=(np.zeros(len(rows), dtype=np.uint8),), numbers=numbers)
    return found, backward @ along, backward @ backward.T, float(residual @ residual) + _within(rows)


def _has_extended() -> bool:
    return bool(np.finfo(np.longdouble).eps < np.finfo(np.float64).eps)


def _gram_schmidt(a: Long) -> tuple[Long, Long]:
    """Return the QR factors of unit columns; one that depends on those before becomes zero."""
    q, r = a.copy(), np.zeros((a.shape[1], a.shape[1]), dtype=np.longdouble)
    for j in range(a.shape[1]):
        for _ in range(2):
            along = q[:, :j].T @ q[:, j]
            q[:, j] -= q[:, :j] @ along
            r[:j, j] += along
        r[j, j] = np.sqrt(q[:, j] @ q[:, j])
        q[:, j] = 0.0 if r[j, j] < np.finfo(np.float64).eps else q[:, j] / r[j, j]
    return q, r


def _back_substituted(r: Long) -> Long:
    """Return the inverse of a triangle."""
    inverse = np.zeros_like(r)
    for j in range(len(r) - 1, -1, -1):
        inverse[j] = -r[j, j + 1 :] @ inverse[j + 1 :]
        inverse[j, j] += 1.0
        inverse[j] /= r[j, j]
    return inverse


def _unit(length: Array) -> Array:
    return np.where(length == 0, 1.0, length)


def _within(rows: Rows) -> float:
    if rows.within is None:
        return 0.0
    return float(rows.within.sum() if rows.weights is None else rows.weights @ rows.within)


def refuse_collinear(r: Array, names: Sequence[str], limit: float) -> None:
    """Refuse columns that follow from earlier ones: all of them, each with those that it depends on."""
    dependent = [j for j in range(len(names)) if abs(r[j, j]) < limit]
    if not dependent:
        return
    faults = []
    for j in dependent:
        earlier = [i for i in range(j) if i not in dependent]
        weights = np.linalg.lstsq(r[:, earlier], r[:, j], rcond=None)[0] if earlier else np.zeros(0)
        partners = [names[i] for i, w in zip(earlier, weights, strict=True) if abs(w) > 1e-6]
        faults.append(
            Fault(
                f"term {names[j]!r}",
                f"collinear with {', '.join(partners)}" if partners else "the same in every row",
                "a term that the others do not already give",
                "drop one of the factors, or choose coarser levels",
            )
        )
    raise CollinearError([names[j] for j in dependent], dependent, *faults)
