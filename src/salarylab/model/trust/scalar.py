"""Scalar: one premium of an equation set apart from all that stands beside it.

Sensitivity to omitted variables is defined for one number at a time. The equation is rewritten so that the
premium asked about is the coefficient of one column; everything else in it stays what it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError
from salarylab.finding import Finding
from salarylab.model.contrast import contrast
from salarylab.model.design import Design, matrix
from salarylab.model.estimate import Estimate
from salarylab.model.least_squares import solve_dense

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scalar:
    """Hold one premium as a coefficient: y on ``asked`` (n,) and ``beside`` (n, k − 1), intercept first.

    ``owners`` names the factor of each column beside; those of the premium's own factor are its other levels.
    ``found`` is the premium as ``contrast`` finds it.
    """

    design: Design = field(repr=False)
    factor: str
    asked: Array = field(repr=False)
    beside: Array = field(repr=False)
    owners: tuple[str, ...]
    found: Finding

    @property
    def withheld(self) -> bool:
        """Whether nothing of this premium may be told."""
        return self.found.suppressed

    def columns(self, factors: Sequence[str]) -> NDArray[np.bool_]:
        """Return which columns beside belong to any of the factors, interactions with them included, shape (k − 1,)."""
        return np.array([bool(set(owner.split(":")) & set(factors)) for owner in self.owners])

    def told(self) -> dict[str, object]:
        """Return what any finding about this premium says of its cells and base."""
        return {name: getattr(self.found, name) for name in ("smallest_cell", "dominated", "base", "covariance")}


def set_apart(estimate: Estimate, factor: str, level: str, base: str | None = None) -> Scalar:
    """Return the premium of one level over another as one coefficient of its equation.

    With c'b the premium and i a term in it, b_i = (premium − Σ c_j b_j)/c_i is put into the equation. Raises
    ``ModelError`` for a level that is not there, or a factor that interacts with another: its premium is then
    several numbers.
    """
    design = estimate.design
    _refuse_interaction(design, factor)
    found = contrast(estimate, factor, level, base)
    base = base if base is not None else design.base_of[factor]
    signs = {level: 1.0, base: -1.0}
    c = np.array([signs.get(str(term.level), 0.0) if term.factor == factor else 0.0 for term in design.terms])
    i = int(np.flatnonzero(c)[0])
    x = matrix(design)
    asked = x[:, i] / c[i]
    others = np.arange(len(c)) != i
    owners = tuple(term.factor for term, other in zip(design.terms, others, strict=True) if other)
    return Scalar(design, factor, asked, x[:, others] - np.outer(asked, c[others]), owners, found)


def residual(x: Array, y: Array, weights: Array | None) -> Array:
    """Return what is left of y after x, in units of √w, shape (n,)."""
    return solve_dense(x, y, [f"column {j}" for j in range(x.shape[1])], weights).residuals


def _refuse_interaction(design: Design, factor: str) -> None:
    crossed = [term for term in design.spec.factors if ":" in term and factor in term.split(":")]
    if crossed:
        raise ModelError(
            Fault(
                f"premium by {factor}",
                f"it differs by what it interacts with: {', '.join(crossed)}",
                "one number: sensitivity to omitted variables is defined for one at a time",
                "leave the interaction out, or restrict the sample to one of its levels",
            )
        )
