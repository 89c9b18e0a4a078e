"""Projection: what an equation is in a whole population: the truth that its estimates are held against.

The truth of a simulation is not the planted parameter but the equation's own projection: an equation that
leaves something out is a different question with a different right answer.
"""

from __future__ import annotations

import numpy as np

from salarylab.model.design import build, matrix
from salarylab.model.spec import Spec
from salarylab.sample import Sample

BLOCK = 100_000
DIGITS = 6


def project(spec: Spec, population: Sample) -> tuple[str, dict[str, float]]:
    """Return an equation in a population: its question, and its least squares coefficients in log points.

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
    return design.question, {term.name: round(float(b), DIGITS) for term, b in terms}
