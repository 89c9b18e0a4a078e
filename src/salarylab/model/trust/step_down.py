"""Step-down: p-values for several premia of one equation at once, from how their estimates move together.

**Source** Romano and Wolf (2005), Econometrica 73(4), 1237–1282; Romano and Wolf (2016), Statistics &
Probability Letters 113, 38–40 (p-values).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import release, round_p
from salarylab.errors import Fault, ModelError
from salarylab.model.blocks import Levels
from salarylab.model.compared import categorical, partners
from salarylab.model.contrast import contrast
from salarylab.model.design import matrix
from salarylab.model.estimate import Estimate
from salarylab.model.least_squares import solve_dense
from salarylab.model.variance.clusters import few_clusters
from salarylab.model.variance.dependence import sums_by

Array = NDArray[np.float64]


def romano_wolf(observed: Array, resampled: Array) -> Array:
    """Return step-down p-values that bound the chance of any false finding, shape (m,).

    ``observed`` (m,) are statistics that are large against the null; ``resampled`` (B, m) the same under the null,
    a row per resample. For a two-sided test give absolute values. Raises ``ModelError`` for shapes that do not
    meet, values that are not finite, or no resample.

    **Source** Romano and Wolf (2005); Romano and Wolf (2016), see above.

    >>> romano_wolf(np.array([3.0, 1.0]), np.array([[0.5, 2.0], [1.0, 0.2], [0.1, 0.3]])).tolist()
    [0.25, 0.5]
    """
    _refuse(observed, resampled)
    order = np.argsort(observed)[::-1]
    greatest = np.maximum.accumulate(resampled[:, order[::-1]], axis=1)[:, ::-1]  # among those not yet stepped past
    beyond = (1 + (greatest >= observed[order]).sum(axis=0)) / (1 + len(resampled))
    p = np.empty(len(observed))
    p[order] = np.maximum.accumulate(beyond)
    return p


def multiplier_t(scores: Array, resamples: int, seed: int) -> Array:
    """Return resampled t statistics, shape (B, m), from Rademacher signs on independent contributions (G, m).

    A column of ``scores`` holds what each row or cluster adds to one estimate's deviation; dividing by its length
    makes every statistic of variance one, with the correlation of the estimates.

    **Source** Chernozhukov, Chetverikov and Kato (2013), Annals of Statistics 41(6), 2786–2819.

    >>> multiplier_t(np.array([[3.0], [4.0]]), 4, seed=1).shape
    (4, 1)
    """
    rng = np.random.default_rng(seed)
    unit = scores / np.linalg.norm(scores, axis=0)
    return np.vstack([rng.choice((-1.0, 1.0), len(unit)) @ unit for _ in range(resamples)])


@dataclass(frozen=True, slots=True, repr=False)
class Stepped:
    """Hold the premia of a factor's levels with p-values for each alone and among all; shape (m,).

    ``log_points, p, p_stepped`` are exact; ``n`` the rows in the smaller cell of each comparison.
    """

    factor: str
    levels: tuple[str, ...]
    log_points: Array
    p: Array
    p_stepped: Array
    n: tuple[int, ...]
    withheld: tuple[bool, ...]

    def __repr__(self) -> str:
        return f"Stepped({self.factor}: {len(self.levels)} premia)"

    @property
    def table(self) -> pl.DataFrame:
        """One row a level: ``level, log_points, p, p_stepped, n``; no numbers where the cell may not be told."""
        cells = pl.DataFrame(
            {
                "level": list(self.levels),
                "log_points": self.log_points,
                "p": [round_p(float(p)) for p in self.p],
                "p_stepped": [round_p(float(p)) for p in self.p_stepped],
                "n": list(self.n),
                "withheld": list(self.withheld),
            }
        )
        return release(cells, ("log_points", "p", "p_stepped"), dominated="withheld").frame


def step_down(estimate: Estimate, factor: str, *, resamples: int = 9_999, seed: int = 0) -> Stepped:
    """Return, for each level's premium over the base, a p-value that allows for there being several.

    The family is every level that may be told and has a standard error. Each t counts as the normal deviate of its
    own p-value, so degrees of freedom are honoured; the null's come from signs on rows, or clusters. Levels are
    reported as they may be told. Raises ``ModelError`` for a factor that is not there or interacts, replicate
    weights, fewer than 20 clusters, fewer than 999 resamples, or no premium with a standard error.

    **Source** Romano and Wolf (2005), see above.

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept, sl.positive_pay])
    >>> found = step_down(sl.fit(sl.build(sl.Spec(factors=("education",)), sample)), "education", resamples=999)
    >>> bool((found.p_stepped >= found.p).all())
    True
    """
    from scipy.special import ndtri

    block = _block(estimate, factor, resamples)
    levels = [level for level in block.levels if level != block.base]
    premia = {level: contrast(estimate, factor, level) for level in levels}
    judged = [level for level in levels if premia[level].se and not premia[level].suppressed]
    if not judged:
        raise ModelError(
            Fault(f"premia by {factor}", "none with ten rows and a standard error", "one at least", "coarser levels")
        )
    columns = [
        i for level in judged for i, t in enumerate(estimate.design.terms) if (t.factor, t.level) == (factor, level)
    ]
    p = np.array([premia[level].p for level in judged], dtype=float)
    null = np.abs(multiplier_t(_scores(estimate)[:, columns], resamples, seed))
    stepped = romano_wolf(-ndtri(np.maximum(p, 1e-300) / 2), null)
    values = np.array([premia[level].value for level in judged], dtype=float)
    return Stepped(
        factor,
        tuple(block.told(level) for level in judged),
        values,
        p,
        np.maximum(stepped, p),
        tuple(premia[level].smallest_cell for level in judged),
        tuple(premia[level].dominated for level in judged),
    )


def _scores(estimate: Estimate) -> Array:
    """Return what each row, or cluster, adds to the coefficients' deviation, shape (n or G, k)."""
    design = estimate.design
    fit = solve_dense(matrix(design), design.y, [term.name for term in design.terms], design.weights)
    rows = fit.influence(0.5)
    return rows if design.clusters is None else sums_by(design.clusters, rows)


def _block(estimate: Estimate, factor: str, resamples: int) -> Levels:
    design = estimate.design
    block, faults = categorical(design, factor), []
    if partners(design, factor):
        faults.append(Fault(f"premia by {factor}", "it interacts", "one premium a level", "leave the interaction out"))
    if design.replicates is not None:
        remedy = "take holm() of the premia's p-values"
        faults.append(Fault("resamples", "a design with replicate weights", "independent rows or clusters", remedy))
    if design.clusters is not None:
        faults += few_clusters(int(design.clusters.max()) + 1, remedy="take holm() of the p-values")
    if resamples < 999:
        faults.append(Fault("resamples", str(resamples), "999 or more", "take 9,999"))
    if faults:
        raise ModelError(*faults)
    return block


def _refuse(observed: Array, resampled: Array) -> None:
    faults = []
    if resampled.ndim != 2 or observed.ndim != 1 or resampled.shape[1:] != observed.shape or not resampled.size:
        found = f"shapes {observed.shape} and {resampled.shape}"
        faults.append(Fault("statistics", found, "(m,) observed and (B, m) resampled", "one column a test"))
    if not (np.isfinite(observed).all() and np.isfinite(resampled).all()):
        faults.append(Fault("statistics", "values that are not finite", "numbers", "leave out what has no statistic"))
    if faults:
        raise ModelError(*faults)
