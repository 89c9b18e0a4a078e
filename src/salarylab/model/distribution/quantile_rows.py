"""Rows of a design for quantile regression: dense, or as codes into tables of what each level adds to a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.integer]

BLOCK = 16_384
"""Rows of coded columns worked on at once: they stay in the cache."""

MOST_LEVELS = 2_048
"""Joint levels of columns packed into one: their table stays in the cache."""


class Rows(Protocol):
    """Stand for a design matrix X of shape (n, k), of which few rows are ever laid out."""

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns (n, k)."""

    def times(self, b: Array) -> Array:
        """Return X b, shape (n,) or (n, c), for b of shape (k,) or (k, c)."""

    def take(self, rows: NDArray[np.int64]) -> Array:
        """Return some rows of X, shape (m, k)."""

    def sums(self, v: Array) -> Array:
        """Return X'v, shape (k,), for v of shape (n,)."""

    def among(self, rows: NDArray[np.int64]) -> Rows:
        """Return some rows as a design of their own."""


@dataclass(frozen=True, slots=True)
class Dense:
    """Hold the design matrix itself, shape (n, k)."""

    x: Array = field(repr=False)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns (n, k)."""
        return self.x.shape[0], self.x.shape[1]

    def times(self, b: Array) -> Array:
        """Return X b, shape (n,) or (n, c)."""
        return self.x @ b

    def take(self, rows: NDArray[np.int64]) -> Array:
        """Return some rows of X, shape (m, k)."""
        return self.x[rows]

    def sums(self, v: Array) -> Array:
        """Return X'v, shape (k,)."""
        return v @ self.x

    def among(self, rows: NDArray[np.int64]) -> Rows:
        """Return some rows as a design of their own."""
        return Dense(self.x[rows])


@dataclass(frozen=True, slots=True)
class Coded:
    """Hold a design of discrete columns: row i is the sum over columns j of ``tables[j][codes[j][i]]``.

    ``codes`` are arrays of shape (n,) from 0 to the column's levels less one; ``tables[j]`` has shape (levels, k).

    >>> sex, years = np.array([0, 1, 1]), np.array([2, 0, 1])
    >>> rows = Coded((sex, years), (np.array([[1.0, 0, 0], [1, 1, 0]]), np.array([[0.0, 0, 0], [0, 0, 1], [0, 0, 2]])))
    >>> rows.take(np.arange(3)).tolist()
    [[1.0, 0.0, 2.0], [1.0, 1.0, 0.0], [1.0, 1.0, 1.0]]
    """

    codes: Sequence[Codes] = field(repr=False)
    tables: Sequence[Array] = field(repr=False)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns (n, k)."""
        return len(self.codes[0]), self.tables[0].shape[1]

    def times(self, b: Array) -> Array:
        """Return X b, shape (n,) or (n, c)."""
        product = np.empty((1 if b.ndim == 1 else b.shape[1], len(self.codes[0])))
        for column, coefficients in zip(product, np.atleast_2d(b.T), strict=True):
            parts = [table @ coefficients for table in self.tables]
            for start in range(0, len(column), BLOCK):
                some = slice(start, start + BLOCK)
                column[some] = _added([part[code[some]] for part, code in zip(parts, self.codes, strict=True)])
        return product[0] if b.ndim == 1 else product.T

    def take(self, rows: NDArray[np.int64]) -> Array:
        """Return some rows of X, shape (m, k)."""
        return _added([table[code[rows]] for table, code in zip(self.tables, self.codes, strict=True)])

    def sums(self, v: Array) -> Array:
        """Return X'v, shape (k,)."""
        parts = zip(self.codes, self.tables, strict=True)
        return _added([np.bincount(code, v, minlength=len(table)) @ table for code, table in parts])

    def among(self, rows: NDArray[np.int64]) -> Rows:
        """Return some rows as a design of their own."""
        return Coded([code[rows] for code in self.codes], self.tables)


def packed(rows: Coded) -> Coded:
    """Return the same design in fewer columns: several with at most ``MOST_LEVELS`` joint levels become one."""
    codes: list[Codes] = []
    tables: list[Array] = []
    for j in sorted(range(len(rows.tables)), key=lambda j: len(rows.tables[j])):
        code, table = rows.codes[j], rows.tables[j]
        if tables and len(tables[-1]) * len(table) <= MOST_LEVELS:
            codes[-1] = codes[-1] * len(table) + code
            tables[-1] = (tables[-1][:, None, :] + table).reshape(-1, table.shape[1])
        else:
            codes.append(np.asarray(code, dtype=np.int64))
            tables.append(table)
    return Coded(codes, tables)


def _added(parts: list[Array]) -> Array:
    total = parts[0]
    for part in parts[1:]:
        total += part
    return total
