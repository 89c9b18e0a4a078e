"""Row: the design row at which an equation is read: some factors fixed, the others at base or at the sample's means."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError
from salarylab.model.compared import partners
from salarylab.model.design import Design, matrix

Array = NDArray[np.float64]
Fixed = Mapping[str, Mapping[str, float]]
"""The values of each fixed factor's columns, by name; a column that is not named is zero."""


def row_at(design: Design, fixed: Fixed, means: Array | None = None) -> Array:
    """Return the design row, shape (k,), with some factors fixed.

    The others stand at ``means`` (k,), or without it at zero: at their bases, and without the intercept, as the
    difference of two rows needs. A product with one fixed factor takes the mean of the other.
    """
    rest = np.zeros(len(design.terms)) if means is None else means
    mean_of = {term.name: float(rest[i]) for i, term in enumerate(design.terms)}
    row = rest.copy()
    for i, term in enumerate(design.terms):
        parts = list(zip(term.factor.split(":"), term.parts, strict=True))
        if any(name in fixed for name, _ in parts):
            row[i] = np.prod([fixed[name].get(part, 0.0) if name in fixed else mean_of[part] for name, part in parts])
    return row


def at_levels(levels: Mapping[str, str]) -> Fixed:
    """Return factors fixed at one level each."""
    return {name: {f"{name}[{level}]": 1.0} for name, level in levels.items()}


def mean_row(design: Design) -> Array:
    """Return the (weighted) means of the design's columns in the sample, shape (k,)."""
    means: Array = np.average(matrix(design), axis=0, weights=design.weights)
    return means


def refuse_open_interaction(design: Design, factor: str, held: Mapping[str, str]) -> None:
    """Raise ``ModelError`` where a factor interacts with one that is not held at a level."""
    left = partners(design, factor) - {*held}
    if left:
        example = ", ".join(f'"{name}": …' for name in sorted(left))
        raise ModelError(
            Fault(
                f"contrast of {factor}",
                f"it interacts with {', '.join(sorted(left))}",
                "the level of every factor that it interacts with",
                f"contrast(…, within={{{example}}})",
            )
        )
