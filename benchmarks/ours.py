"""Our side of each line: from a Parquet file to a table of terms, as a reader of the documentation would ask for it.

Each function does what is timed, and returns how to tell what it found, which is not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from wages import FOCUS, SIZES, SKILLS, SMALL_EQUATION, TAU, check_loss, level_names
from worker import Found, Tell

import salarylab as sl
from salarylab.model.blocks import Term
from salarylab.model.estimate import Estimate
from salarylab.model.factor import Outcome, levels, polynomial

COLUMNS = ("log_pay", "exper", *SIZES)


def equation(factors: tuple[str, ...] = tuple(SIZES), covariance: str = "HC1", clusters: str | None = None) -> sl.Spec:
    """Return the equation of a table of wages: experience, its square and factors, first levels as bases."""
    bases = {name: level_names(name)[0] for name in factors}
    declared = [levels(name) for name in factors]
    return sl.Spec(
        outcome="log_pay",
        factors=("exper", *factors),
        bases=bases,
        clusters=clusters,
        covariance=covariance,
        declared=(Outcome("log_pay", "log pay", "log_pay", log=False), polynomial("exper"), *declared),
    )


def robust(path: str) -> Tell:
    """Fit the equation of 148 columns with HC1."""
    return _told(sl.fit(sl.build(equation(), path)))


def clustered(path: str) -> Tell:
    """Fit it with standard errors clustered by a column that is no factor."""
    return _told(sl.fit(sl.build(equation(covariance="CR1", clusters="cluster"), path)))


def _told(estimate: Estimate) -> Tell:
    shown = estimate.terms

    def tell() -> Found:
        assert len(shown) == len(estimate.coefficients)
        return {
            "terms": named(estimate.design.terms, estimate.coefficients, np.sqrt(np.diag(estimate.covariance))),
            "adjusted": 1.0 - (1.0 - estimate.r_squared) * (estimate.n - 1) / (estimate.n - len(shown)),
        }

    return tell


def named(terms: Sequence[Term], b: np.ndarray, se: np.ndarray) -> dict[str, tuple[float, float]]:
    """Return coefficient and standard error by the name of the term."""
    return {term.name: (float(x), float(s)) for term, x, s in zip(terms, b, se, strict=True)}


def decoded(path: str) -> Tell:
    """Read the columns of the equation and do nothing with them."""
    table = pl.scan_parquet(path).select(COLUMNS).collect(engine="streaming")
    return lambda: {"rows": len(table)}


def shapley(path: str) -> Tell:
    """Split adjusted R² among ten blocks, experience and its square apart: 1,024 equations."""
    from salarylab.model.decompose.shapley_shares import owen_weights, scored
    from salarylab.model.kernel.moments import near_means, summed

    design = sl.build(equation(covariance="classical"), path)
    blocks = list(blocks_of(design.terms).values())
    found = owen_weights(len(blocks)) @ scored([summed(near_means(design.source))], blocks, "adjusted")
    return lambda: {"subsets": 2 ** len(blocks), "adjusted": float(found.sum())}


def curve(path: str) -> Tell:
    """Fit one premium beside every subset of twelve blocks of controls: 4,096 equations with HC1."""
    import os

    from salarylab.model.trust.curve_estimates import errors
    from salarylab.model.trust.curve_projected import projected

    design = sl.build(equation((*SIZES, *SKILLS)), path)
    blocks = blocks_of(design.terms)
    always = [i for i in blocks.pop("degree") if design.terms[i].name != FOCUS]
    focus = [term.name for term in design.terms].index(FOCUS)
    workers = os.cpu_count() or 1
    found = projected(design.source, focus, list(blocks.values()), always)
    se = errors(found, None, workers=workers).se
    return lambda: {"equations": len(se), "terms": {FOCUS: (float(found.coefficients[-1]), float(se[-1]))}}


def blocks_of(terms: Sequence[Term]) -> dict[str, list[int]]:
    """Return the columns of each block by name: a factor's, and each power of experience alone."""
    blocks: dict[str, list[int]] = {}
    for i, term in enumerate(terms[1:], start=1):
        blocks.setdefault(term.name if term.factor == "exper" else term.factor, []).append(i)
    return blocks


def quantile(path: str) -> Tell:
    """Fit the median of the equation of 26 columns, exactly, with standard errors."""
    from salarylab.model.distribution.quantile_solver import solve_quantile
    from salarylab.model.distribution.quantile_variance import densities, linear_covariance
    from salarylab.model.kernel.rows import dense

    design = sl.build(equation(SMALL_EQUATION, "classical"), path)
    rows = design.source
    x = np.vstack([dense(block, rows.layout) for block in rows.blocks()])
    optimum = solve_quantile(x, rows.y, TAU)
    covariance = linear_covariance(x, None, densities("nid", x, rows.y, None, optimum), TAU)

    def tell() -> Found:
        assert optimum.certified
        terms = named(design.terms, optimum.coefficients, np.sqrt(np.diag(covariance)))
        return {"terms": terms, "loss": check_loss(path, terms), "unique": optimum.unique}

    return tell
