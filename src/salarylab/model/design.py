"""Design: what an equation meets in a sample: dense codes, base levels, weights and clusters.

``building.build`` lays it out. The dense matrix exists only where it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError
from salarylab.model.blocks import Levels, Numbers, Term, columns, crossed, crossed_parts
from salarylab.model.factor import Outcome
from salarylab.model.spec import Spec
from salarylab.sample import Sample
from salarylab.source import Replication

Array = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Design:
    """Lay out one equation on one sample.

    ``y`` has shape (n,); ``weights`` shape (n,) or None; ``clusters`` are dense codes of shape (n,) or
    None, ``second_clusters`` those of a second kind; ``absorbed`` codes of the column whose levels are taken out.
    ``replicates`` has shape (n, R) or None. ``terms`` names the columns of ``matrix(design)``.
    ``contributors`` are codes of the employers behind the rows, shape (n,), or None where none is known.
    """

    spec: Spec
    sample: Sample
    outcome: Outcome
    y: Array = field(repr=False)
    blocks: dict[str, Levels | Numbers] = field(repr=False)
    terms: tuple[Term, ...] = field(repr=False)
    weights: Array | None = field(repr=False)
    clusters: Codes | None = field(repr=False)
    cluster_label: str | None
    replicates: Array | None = field(repr=False)
    replication: Replication | None
    contributors: Codes | None = field(repr=False)
    second_clusters: Codes | None = field(repr=False, default=None)
    absorbed: Codes | None = field(repr=False, default=None)

    @property
    def n(self) -> int:
        """Rows."""
        return len(self.y)

    def told_base(self, factor: str) -> str:
        """Return a factor's base level as it may be told; nothing for a factor without levels."""
        block = self.blocks.get(factor)
        return block.told(block.base) if isinstance(block, Levels) else ""

    @property
    def base_of(self) -> dict[str, str]:
        """The base level of each categorical factor."""
        return {name: block.base for name, block in self.blocks.items() if isinstance(block, Levels)}


def matrix(design: Design) -> Array:
    """Return the design matrix, shape (n, k), intercept first, columns in the order of ``terms``.

    Raises ``ModelError`` where a factor is absorbed: its levels are never laid out.
    """
    if design.absorbed is not None:
        raise ModelError(
            Fault(
                "design",
                f"{design.spec.absorbed!r} is absorbed",
                "an equation whose levels are all laid out, for this analysis",
                "make it a factor, or leave it out",
            )
        )
    n = len(design.y)
    laid_out = [np.ones((n, 1))]
    for term in design.spec.factors:
        if ":" in term:
            left, right = (design.blocks[part] for part in term.split(":"))
            filled = {t.parts for t in design.terms if t.factor == term}
            laid_out.append(crossed(left, right)[:, [parts in filled for parts in crossed_parts(left, right)]])
        else:
            laid_out.append(columns(design.blocks[term]))
    return np.hstack(laid_out)
