"""Projection: what an equation is in a whole population: the truth that its estimates are held against.

The truth of a simulation is not the planted parameter but the equation's own projection: an equation that
leaves something out is a different question with a different right answer.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from salarylab.model.design import Design

Array = NDArray[np.float64]


def truth_of(design: Design, weights: Array) -> float | None:
    """Return the planted truth of a weighted sum of terms, where it is documented for this very question.

    Truth belongs to an equation in one population, and a term's truth to the bases of the factors that it
    stands for or interacts with: another restriction or base, another truth.
    """
    provenance = design.sample.provenance
    planted = provenance.truth.get(design.spec.formula)
    if planted is None or design.sample.population != provenance.truth_population:
        return None
    needed = [(term, weight) for term, weight in zip(design.terms, weights, strict=True) if weight]
    names = {name for term, _ in needed for name in _involved(design, term.factor)}
    bases = design.base_of
    if not needed or any(bases[name] != planted.bases.get(name) for name in names if name in bases):
        return None
    if any(term.name not in planted.terms for term, _ in needed):
        return None
    return float(sum(weight * planted.terms[term.name] for term, weight in needed))


def _involved(design: Design, factor: str) -> set[str]:
    """Return the factors of a term and those that they interact with."""
    own = set(factor.split(":"))
    crossed = [set(term.split(":")) for term in design.spec.factors if ":" in term]
    return own.union(*(names for names in crossed if names & own))
