"""Coding: a design, or a matrix, as the kernel reads it: each factor as a key with its columns, or as plain numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError
from salarylab.model.blocks import Levels, Numbers, columns, crossed
from salarylab.model.design import Design, has_term
from salarylab.model.kernel.layout import Piece, joint_codes, lay_out
from salarylab.model.kernel.rows import Rows

Array = NDArray[np.float64]
Codes = NDArray[np.integer]

MOST_VALUES = 400
"""Distinct values of a number that is read as a key, as years of experience are."""

Coded = tuple[Codes, Array]
"""A factor as a key: a code per row (n,) and the columns at each code (levels, m)."""


def rows_of(design: Design) -> Rows:
    """Return a design's rows for the kernel, columns in the order of ``design.terms``.

    Categorical factors, and numbers of few distinct values, are keys; other numbers stay numbers, as do their
    interactions.
    """
    coded = {name: _coded(block) for name, block in design.blocks.items()}
    keys = [name for name, key in coded.items() if key is not None]
    pieces: list[Piece] = []
    numbers: list[Array] = []
    places: list[int] = []
    column = 1
    for name in design.spec.factors:
        parts = name.split(":")
        if all(coded[part] is not None for part in parts):
            values = _values(design, name, [coded[part] for part in parts])  # type: ignore[misc]
            pieces.append(Piece(tuple(keys.index(p) for p in parts), values, _places(column, values)))
        else:
            values = _plain(design, name)
            numbers.append(values)
            places += _places(column, values)
        column += values.shape[1]
    codes = [key[0] for key in coded.values() if key is not None]
    layout = lay_out([len(key[1]) for key in coded.values() if key is not None], pieces, places, column)
    return Rows(
        layout,
        tuple(joint_codes(group, codes or [np.zeros(len(design.y), dtype=np.int64)]) for group in layout.groups),
        np.hstack(numbers) if numbers else np.zeros((len(design.y), 0)),
        design.y,
        design.weights,
        count=design.counts,
        within=None if design.counts is None else np.zeros(len(design.y)),
        clusters=design.clusters,
    )


def plain(x: Array, y: Array, weights: Array | None = None, clusters: Codes | None = None) -> Rows:
    """Return the rows of a matrix x (n, k), the intercept first and all other columns numbers; y and others (n,).

    >>> plain(np.array([[1.0, 3.0], [1.0, 4.0]]), np.zeros(2)).numbers.tolist()
    [[3.0], [4.0]]
    """
    if not (x[:, 0] == 1.0).all():
        raise ModelError(Fault("first column", "values other than one", "the intercept", "put the intercept first"))
    layout = lay_out([], [], range(1, x.shape[1]), x.shape[1])
    return Rows(layout, (np.zeros(len(y), dtype=np.int64),), x[:, 1:], y, weights, clusters=clusters)


def _places(column: int, values: Array) -> tuple[int, ...]:
    return tuple(range(column, column + values.shape[1]))


def _coded(block: Levels | Numbers) -> Coded | None:
    """Return a factor as a key, or None for a number of many distinct values."""
    if isinstance(block, Levels):
        return block.codes, np.delete(np.eye(len(block.levels)), block.levels.index(block.base), axis=1)
    found, first, codes = np.unique(block.values[:, 0], return_index=True, return_inverse=True)
    if len(found) > MOST_VALUES:
        return None
    return codes, block.values[first]


def _values(design: Design, name: str, parts: Sequence[Coded]) -> Array:
    """Return the columns of a factor, or of two crossed, at each (joint) level."""
    if len(parts) == 1:
        return parts[0][1][:, has_term(design, name)]
    (_, left), (_, right) = parts
    products: Array = np.einsum("ai,bj->abij", left, right).reshape(len(left) * len(right), -1)
    return products[:, has_term(design, name)]


def _plain(design: Design, name: str) -> Array:
    """Return the columns of a factor of numbers, or of two factors crossed, shape (n, m)."""
    parts = [design.blocks[part] for part in name.split(":")]
    return (columns(parts[0]) if len(parts) == 1 else crossed(*parts))[:, has_term(design, name)]
