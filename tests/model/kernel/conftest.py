"""Exact: weighted least squares and its sandwiches in rational arithmetic, for tables of a few dozen rows.

A double is a fraction with a power of two below: what is solved here is the equation that the program was given,
with no rounding but the last. It needs no citation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import isqrt

import numpy as np
import pytest

Row = list[Fraction]


class SingularError(Exception):
    """Say that some columns follow from others, exactly."""


@dataclass
class Exact:
    """Hold an equation: rows of columns, the outcome, weights, and clusters."""

    x: list[Row]
    y: Row
    w: Row
    clusters: Sequence[object] | None = None

    @cached_property
    def maps(self) -> list[Row]:
        """The map from outcomes to coefficients, (X'WX)⁻¹X'W, shape (k, n)."""
        return [[w * dot(line, row) for row, w in zip(self.x, self.w, strict=True)] for line in self.inverse]

    @cached_property
    def inverse(self) -> list[Row]:
        """(X'WX)⁻¹ by Gauss and Jordan."""
        k = len(self.x[0])
        gram = [
            [sum((w * row[i] * row[j] for row, w in zip(self.x, self.w, strict=True)), Fraction()) for j in range(k)]
            for i in range(k)
        ]
        wide = [[*line, *(Fraction(int(i == j)) for j in range(k))] for i, line in enumerate(gram)]
        for i in range(k):
            pivot = next((j for j in range(i, k) if wide[j][i]), None)
            if pivot is None:
                raise SingularError
            wide[i], wide[pivot] = wide[pivot], wide[i]
            wide[i] = [value / wide[i][i] for value in wide[i]]
            for j in range(k):
                if j != i and wide[j][i]:
                    wide[j] = [a - wide[j][i] * b for a, b in zip(wide[j], wide[i], strict=True)]
        return [line[k:] for line in wide]

    @cached_property
    def b(self) -> Row:
        """The coefficients."""
        return [dot(line, self.y) for line in self.maps]

    @cached_property
    def residuals(self) -> Row:
        """What is left of the outcome."""
        return [y - dot(row, self.b) for row, y in zip(self.x, self.y, strict=True)]

    @cached_property
    def leverage(self) -> Row:
        """The diagonal of the hat matrix."""
        return [sum((row[j] * self.maps[j][i] for j in range(len(row))), Fraction()) for i, row in enumerate(self.x)]

    def variances(self, rule: str) -> Row:
        """Return the variance of each coefficient under a rule."""
        n, k = len(self.y), len(self.b)
        if rule == "classical":
            s2 = sum((w * e * e for w, e in zip(self.w, self.residuals, strict=True)), Fraction()) / (n - k)
            return [s2 * self.inverse[j][j] for j in range(k)]
        if rule in ("CR0", "CR1"):
            assert self.clusters is not None
            groups = sorted(set(self.clusters), key=str)
            factor = Fraction(len(groups), len(groups) - 1) * Fraction(n - 1, n - k) if rule == "CR1" else Fraction(1)
            found = []
            for line in self.maps:
                sums = dict.fromkeys(groups, Fraction())
                for g, m, e in zip(self.clusters, line, self.residuals, strict=True):
                    sums[g] += m * e
                found.append(factor * sum((s * s for s in sums.values()), Fraction()))
            return found
        power = {"HC0": 0, "HC1": 0, "HC2": 1, "HC3": 2}[rule]
        factor = Fraction(n, n - k) if rule == "HC1" else Fraction(1)
        squares = [e * e / (1 - h) ** power for e, h in zip(self.residuals, self.leverage, strict=True)]
        return [factor * sum((m * m * s for m, s in zip(line, squares, strict=True)), Fraction()) for line in self.maps]

    @property
    def coefficients(self) -> np.ndarray:
        """The coefficients, each rounded once."""
        return np.array([float(value) for value in self.b])

    def errors(self, rule: str) -> np.ndarray:
        """Return standard errors, each rounded once."""
        return np.array([root(value) for value in self.variances(rule)])

    @property
    def unit(self) -> np.ndarray:
        """How far each coefficient moves when every outcome moves by its distance from the mean, signs at their worst.

        A double's last digits count beside it: a millionth of one of an outcome far from zero.
        """
        mean = sum(self.y, Fraction()) / len(self.y)
        size = [abs(y - mean) + abs(y) / 2**20 for y in self.y]
        return np.array([float(dot([abs(m) for m in line], size)) for line in self.maps])


def dot(a: Row, b: Row) -> Fraction:
    return sum((p * q for p, q in zip(a, b, strict=True)), Fraction())


def root(value: Fraction) -> float:
    """Return a square root, rounded once."""
    if not value:
        return 0.0
    shift = 220 + 2 * max(0, value.denominator.bit_length() - value.numerator.bit_length())
    return float(Fraction(isqrt((value.numerator << shift) // value.denominator), 1 << (shift // 2)))


Solver = Callable[..., Exact]


@pytest.fixture(scope="session")
def exact() -> Solver:
    """Return the equation of some columns (n, k), intercept first, in rational arithmetic; singular ones raise."""

    def stated(
        x: Sequence[Sequence[object]],
        y: Sequence[object],
        weights: Sequence[object] | None = None,
        clusters: Sequence[object] | None = None,
    ) -> Exact:
        w = [Fraction(1)] * len(y) if weights is None else [Fraction(value) for value in weights]
        return Exact([[Fraction(v) for v in row] for row in x], [Fraction(v) for v in y], w, clusters)

    return stated


@pytest.fixture(scope="session")
def singular() -> type[Exception]:
    """Return what an equation raises whose columns follow from others."""
    return SingularError
