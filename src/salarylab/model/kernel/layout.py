"""Layout: the columns of an equation as functions of discrete keys, and of numbers that are not discrete.

Every column of a design is a linear map of one-hot keys: an indicator, a spline of years, an interaction. Keys are
packed into groups with one joint code each; a group's ``values`` say what its columns are at each joint level.
No row is seen here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import prod

import numpy as np
from numpy.typing import NDArray

from salarylab.model.kernel.packing import pack

Array = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Piece:
    """Hold some columns as functions of one key, or of several together.

    ``values`` (levels, m) at the joint level of ``keys``, the last fastest; ``columns`` their places in the design.
    """

    keys: tuple[int, ...]
    values: Array = field(repr=False)
    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Hold keys that are read as one joint code, and the design columns at each of its levels, shape (size, m)."""

    keys: tuple[int, ...]
    sizes: tuple[int, ...]
    values: Array = field(repr=False)
    columns: Codes = field(repr=False)

    @property
    def size(self) -> int:
        """Joint levels."""
        return prod(self.sizes)


@dataclass(frozen=True, slots=True)
class Layout:
    """Hold the groups of an equation of ``k`` columns, and the places of its numbers, shape (c,).

    Column 0 is the intercept. ``shift`` (k,) is what has been taken off each column: zero, until ``centred``. ``turn``
    (k, k) maps coefficients of columns that stand for others (orthonormal ones) to those of the columns as asked.
    """

    k: int
    groups: tuple[Group, ...]
    numbers: Codes = field(repr=False)
    shift: Array = field(repr=False)
    turn: Array | None = field(repr=False, default=None)

    @property
    def back(self) -> Array:
        """The map from coefficients of the columns as they are to those of the columns as asked, shape (k, k)."""
        back = np.eye(self.k)
        back[0] -= self.shift
        return back if self.turn is None else self.turn @ back


def lay_out(sizes: Sequence[int], pieces: Sequence[Piece], numbers: Sequence[int], k: int) -> Layout:
    """Return the layout of an equation with keys of these sizes; pieces and numbers cover columns 1 to k − 1.

    >>> layout = lay_out([2, 3], [Piece((0,), np.array([[0.0], [1.0]]), (1,))], [2], 3)
    >>> [group.keys for group in layout.groups], layout.groups[0].values.tolist()[-1]
    ([(1, 0)], [1.0, 1.0])
    """
    sizes = list(sizes) or [1]
    intercept = Piece((0,), np.ones((sizes[0], 1)), (0,))
    packed = pack(sizes, [piece.keys for piece in pieces if len(piece.keys) > 1])
    groups = tuple(_group(keys, sizes, [intercept, *pieces]) for keys in packed)
    return Layout(k, groups, np.array(numbers, dtype=np.int64), np.zeros(k))


def of_numbers(turn: Array) -> Layout:
    """Return the layout of an intercept and numbers that stand for the columns asked for, by ``turn`` (k, k)."""
    k = len(turn)
    intercept = Group((0,), (1,), np.ones((1, 1)), np.zeros(1, dtype=np.int64))
    return Layout(k, (intercept,), np.arange(1, k), np.zeros(k), turn)


def _group(keys: Sequence[int], sizes: Sequence[int], pieces: Sequence[Piece]) -> Group:
    own = tuple(sizes[key] for key in keys)
    at = dict(zip(keys, np.unravel_index(np.arange(prod(own)), own), strict=True))
    inside = [piece for piece in pieces if piece.keys[0] in at]
    values = [
        piece.values[np.ravel_multi_index([at[key] for key in piece.keys], [sizes[key] for key in piece.keys])]
        for piece in inside
    ]
    columns = [column for piece in inside for column in piece.columns]
    laid_out = np.hstack(values) if values else np.zeros((prod(own), 0))
    return Group(tuple(keys), own, laid_out, np.array(columns, dtype=np.int64))


def joint_codes(group: Group, codes: Sequence[NDArray[np.integer]]) -> NDArray[np.integer]:
    """Return the joint code of a group's keys, in the smallest unsigned type; ``codes`` are those of all keys."""
    kind = np.dtype(np.uint16 if group.size <= 2**16 else np.uint32)
    joint: NDArray[np.unsignedinteger] = codes[group.keys[0]].astype(kind)
    for key, size in zip(group.keys[1:], group.sizes[1:], strict=True):
        joint = joint * kind.type(size) + codes[key].astype(kind, copy=False)
    return joint


def centred(layout: Layout, shift: Array) -> Layout:
    """Return the layout with ``shift`` (k,) taken off each column but the intercept.

    The rows' codes stay what they are; numbers are shifted where they are read.
    """
    shift = np.concatenate([[0.0], shift[1:]])
    groups = tuple(replace(group, values=group.values - shift[group.columns]) for group in layout.groups)
    return replace(layout, groups=groups, shift=layout.shift + shift)
