"""Design: what an equation meets in a sample: dense codes, base levels, weights and clusters.

``building.build`` lays it out. The dense matrix exists only where it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError
from salarylab.model.blocks import Levels, Numbers, Term, columns, crossed, crossed_parts, main_parts
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
    None, ``second_clusters`` those of a second kind; ``absorbed`` codes of the column whose levels are taken out,
    ``counts`` (n,) how many rows each stands for.
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
    counts: Array | None = field(repr=False, default=None)

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

    Raises ``ModelError`` where a factor is absorbed, its levels never laid out, or where rows stand for several.
    """
    if design.absorbed is not None or design.counts is not None:
        what = f"{design.spec.absorbed!r} is absorbed" if design.absorbed is not None else "rows that stand for several"
        raise ModelError(
            Fault("design", what, "every level and every row laid out, for this analysis", "ask it of another equation")
        )
    laid_out = [np.ones((len(design.y), 1))]
    for term in design.spec.factors:
        parts = [design.blocks[part] for part in term.split(":")]
        values = columns(parts[0]) if len(parts) == 1 else crossed(*parts)
        laid_out.append(values[:, has_term(design, term)])
    return np.hstack(laid_out)


def has_term(design: Design, factor: str) -> list[bool]:
    """Return which columns of a factor, or of two crossed, are terms: not an empty cell, not one left out."""
    blocks = [design.blocks[part] for part in factor.split(":")]
    kept = {term.parts for term in design.terms if term.factor == factor}
    return [parts in kept for parts in (main_parts(*blocks) if len(blocks) == 1 else crossed_parts(*blocks))]
