"""Projection: what an equation is in a whole population: the truth that its estimates are held against.

The truth of a simulation is not the planted parameter but the equation's own projection: an equation that
leaves something out is a different question with a different right answer.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from salarylab.model.building import build
from salarylab.model.design import Design, matrix
from salarylab.model.spec import Spec
from salarylab.sample import Sample
from salarylab.source import Truth

Array = NDArray[np.float64]

BLOCK = 100_000
DIGITS = 6


def project(spec: Spec, population: Sample) -> Truth:
    """Return what an equation is in a population: its least squares coefficients, in log points.

    The normal equations are summed over blocks of rows, so that two million rows need little more memory
    than their design.

    **Source** Angrist and Pischke (2009), Mostly Harmless Econometrics, section 3.1: the population
    regression function.
    """
    design = build(spec, population)
    x, y = matrix(design), design.y
    gram = np.zeros((x.shape[1], x.shape[1]))
    moment = np.zeros(x.shape[1])
    for start in range(0, len(y), BLOCK):
        block = x[start : start + BLOCK]
        gram += block.T @ block
        moment += block.T @ y[start : start + BLOCK]
    size = np.sqrt(np.diag(gram))
    coefficients = np.linalg.solve(gram / np.outer(size, size), moment / size) / size
    terms = zip(design.terms, coefficients, strict=True)
    return Truth(design.base_of, {term.name: round(float(b), DIGITS) for term, b in terms})


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
