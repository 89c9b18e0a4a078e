"""Money: geometric mean pay at the levels compared, everything else as it is in the whole sample."""

from __future__ import annotations

import numpy as np

from salarylab.model.blocks import Levels
from salarylab.model.estimate import Fitted


def pay_at(estimate: Fitted, factor: str, *levels: str) -> tuple[float, ...] | None:
    """Work out geometric mean pay at levels of a factor, at the covariates of the whole sample.

    Parameters
    ----------
    estimate : Fitted
        An equation of log pay in which the factor does not interact.
    factor : str
        A categorical factor of it.
    *levels : str
        Its levels.

    Returns
    -------
    tuple of float or None
        Pay in the outcome's unit, a level each: their ratio is the premium. None where the outcome is no log.

    Notes
    -----
    exp(ȳ + b_level − Σ s_l b_l), s_l the (weighted) shares of the sample at each level: fitted log pay with all rows
    moved to the level. It holds whether or not another factor was absorbed. Of bands ȳ is the mean of fitted log pay.
    **Source** Searle, Speed and Milliken (1980), American Statistician 34(4), 216–221.
    """
    design = estimate.design
    block = design.blocks[factor]
    if not design.outcome.log or not isinstance(block, Levels):
        return None
    of_term = {
        term.level: b for term, b in zip(design.terms, estimate.coefficients, strict=True) if term.factor == factor
    }
    b = np.array([float(of_term.get(level, 0.0)) for level in block.levels])
    weights = np.ones(design.n) if design.weights is None else design.weights
    shares = np.bincount(block.codes, weights, minlength=len(block.levels)) / weights.sum()
    centre = float(np.average(_log_pay(estimate), weights=weights)) - float(shares @ b)
    return tuple(float(np.exp(centre + b[block.levels.index(level)])) for level in levels)


def _log_pay(estimate: Fitted) -> np.ndarray:
    """Return log pay: as stated, or as fitted where it is known as bands."""
    from salarylab.model.design import matrix
    from salarylab.model.estimate import Estimate

    design = estimate.design
    return design.y if isinstance(estimate, Estimate) else matrix(design) @ estimate.coefficients
