"""Adjusted gaps: levels compared over the same rows' controls, by outcome model and propensities together (AIPW).

Each row gets, for each level, its fitted pay plus its own residual over the propensity of the level it has. The gap
is right in large samples where either model is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import MIN_CELL
from salarylab.errors import Fault, ModelError
from salarylab.model.design import Design
from salarylab.model.trust.comparison import Comparison, compare, freedom, influence_rule, spread
from salarylab.model.trust.gaps import Gaps, too_few
from salarylab.model.trust.overlap import Overlap
from salarylab.model.trust.propensity import logit

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
Mask = NDArray[np.bool_]
Outcome = Literal["by level", "additive"]

TRIM = 0.01


@dataclass(frozen=True, slots=True)
class AdjustedGaps:
    """Hold the adjusted gap of each level to the base, and the overlap that it rests on.

    ``gaps`` are ``Gaps``; a level without ten rows on both sides after trimming has no number there.
    """

    gaps: Gaps
    overlap: Overlap

    @property
    def table(self) -> pl.DataFrame:
        """One row a level, as ``Gaps.table``."""
        return self.gaps.table


def adjusted_gaps(
    design: Design,
    factor: str,
    *,
    folds: int = 5,
    seed: int = 1,
    trim: float = TRIM,
    outcome: Outcome = "by level",
) -> AdjustedGaps:
    """Return every level's adjusted pay gap to the base: AIPW, cross-fitted, with influence-function variance.

    ``folds`` are drawn by ``seed`` over clusters, or over rows at each level; 1 fits every row by all. Rows whose
    propensity of the level or of the base is below ``trim`` are left out of that level's gap, which then
    speaks of the others. ``outcome`` fits pay on the controls within each level, or with levels added up.
    Raises ``ModelError`` as ``compare`` does, for options out of range, for levels too small for the outcome model,
    and where no level overlaps with the base (a control that separates them).

    **Source** Robins, Rotnitzky and Zhao (1994), JASA 89(427), 846–866; Cattaneo (2010), Journal of Econometrics
    155(2), 138–154 (several levels); Chernozhukov et al. (2018), Econometrics Journal 21(1), C1–C68 (folds);
    Crump et al. (2009), Biometrika 96(1), 187–199 (trimming).

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept, sl.positive_pay])
    >>> design = sl.build(sl.Spec(factors=("work_mode", "experience"), clusters=None), sample)
    >>> adjusted_gaps(design, "work_mode").table["level"].to_list()
    ['hybrid', 'remote']
    """
    comparison = compare(design, factor)
    _refuse(comparison, folds, trim, outcome)
    cells = np.column_stack([comparison.base_rows, comparison.arms])
    fold = _folds(cells.argmax(axis=1), design.clusters, folds, seed)
    propensities, fitted = cross_fit(design.y, cells, comparison.controls, comparison.weights, fold, outcome)
    kept = (propensities[:, 1:] >= trim) & (propensities[:, :1] >= trim)
    overlap = Overlap(comparison, propensities, kept, trim)
    n = np.array([min(int((kept[:, j] & rows).sum()) for rows in (comparison.base_rows, arm > 0))
                  for j, arm in enumerate(comparison.arms.T)])  # fmt: skip
    if not (n >= MIN_CELL).any():
        found = "no level with ten rows on both sides that could be at either: a control separates them"
        raise ModelError(Fault(f"factor {factor!r}", found, "levels that overlap in the controls", "fewer controls"))
    pseudo = scores(design.y, cells, propensities, fitted)
    differences = np.where(kept, pseudo[:, 1:] - pseudo[:, :1], 0.0)
    share = kept * comparison.weights[:, None]
    share = share / np.maximum(share.sum(axis=0), 1e-300)
    values = np.where(n >= MIN_CELL, (share * differences).sum(axis=0), np.nan)
    influence = share * (differences - np.nan_to_num(values))
    df, judged = freedom(comparison, kept)
    se = np.where(judged & (n >= MIN_CELL), np.sqrt(np.diag(spread(influence, design.clusters))), np.nan)
    rule = influence_rule(design)
    return AdjustedGaps(Gaps(comparison, "Adjusted pay gap", values, se, df, n, rule, _caveats(folds, trim)), overlap)


def cross_fit(
    y: Array, cells: Array, controls: Array, weights: Array, fold: Codes, outcome: Outcome
) -> tuple[Array, Array]:
    """Return propensities and fitted outcomes of each level, both (n, L), from the rows of other folds.

    ``cells`` (n, L) are indicators of the levels; with one fold all rows are fitted by all. A column that the
    other folds lack counts for nothing in the fitted outcome.
    """
    propensities, fitted = np.empty(cells.shape), np.empty(cells.shape)
    for f in range(int(fold.max()) + 1):
        held = fold == f
        used = ~held if fold.max() else held
        codes = cells[used].argmax(axis=1)
        propensities[held] = logit(controls[used], codes, cells.shape[1], weights[used]).at(controls[held])
        root = np.sqrt(weights[used])
        if outcome == "additive":
            x = np.hstack([cells[used, 1:], controls[used]])
            b = _least_norm(x, y[used], root)
            fitted[held] = (controls[held] @ b[cells.shape[1] - 1 :])[:, None] + np.append(0, b[: cells.shape[1] - 1])
            continue
        for j in range(cells.shape[1]):
            at = codes == j
            fitted[held, j] = controls[held] @ _least_norm(controls[used][at], y[used][at], root[at])
    return propensities, fitted


def scores(y: Array, cells: Array, propensities: Array, fitted: Array) -> Array:
    """Return each row's doubly robust score of the outcome at each level, shape (n, L).

    >>> scores(np.array([2.0]), np.array([[0.0, 1.0]]), np.array([[0.5, 0.5]]), np.array([[1.0, 1.5]])).tolist()
    [[1.0, 2.5]]
    """
    return np.asarray(fitted + cells * (y[:, None] - fitted) / np.maximum(propensities, 1e-300))


def _least_norm(x: Array, y: Array, root: Array) -> Array:
    """Return the least-squares coefficients of least norm, in columns of unit length; ``root`` are √weights."""
    length = np.linalg.norm(x * root[:, None], axis=0)
    length[length == 0] = 1.0
    return np.asarray(np.linalg.lstsq(x * root[:, None] / length, y * root, rcond=None)[0] / length)


def _folds(codes: Codes, clusters: Codes | None, count: int, seed: int) -> Codes:
    """Return the fold of each row: clusters dealt out at random, or rows dealt out level by level."""
    rng = np.random.default_rng(seed)
    if clusters is not None:
        dealt = np.empty(int(clusters.max()) + 1, dtype=np.int64)
        dealt[rng.permutation(len(dealt))] = np.arange(len(dealt)) % count
        return np.asarray(dealt[clusters])
    order = rng.permutation(len(codes))
    order = order[np.argsort(codes[order], kind="stable")]
    fold = np.empty(len(codes), dtype=np.int64)
    fold[order] = np.arange(len(codes)) % count
    return fold


def _refuse(comparison: Comparison, folds: int, trim: float, outcome: Outcome) -> None:
    faults = []
    units = len(comparison.design.y) if comparison.design.clusters is None else len(set(comparison.design.clusters))
    if not 1 <= folds <= units:
        faults.append(Fault("folds", f"{folds}", "1, or 2 and more, no more than clusters or rows", "take 5"))
    if not 0 < trim < 0.5:
        faults.append(Fault("trim", f"{trim:g}", "a propensity above 0 and below a half", f"take {TRIM:g}"))
    if outcome not in ("by level", "additive"):
        faults.append(Fault("outcome", repr(outcome), "'by level' or 'additive'", "take one of the two"))
    columns = comparison.controls.shape[1]
    for level, rows in comparison.block.counts.items():
        if outcome == "by level" and 2 * columns > rows * (1 - 1 / folds if folds > 1 else 1):
            told = comparison.block.told(level)
            found, _ = too_few(told, rows, columns)
            expected = f"twice the {columns} controls or more, in the rows that a fold leaves"
            remedy = "outcome='additive', fewer controls, or coarser levels"
            faults.append(Fault(f"factor {comparison.block.factor.name!r}", found, expected, remedy))
    if faults:
        raise ModelError(*faults)


def _caveats(folds: int, trim: float) -> tuple[str, ...]:
    fitted = f"cross-fitted in {folds} folds" if folds > 1 else "fitted without folds"
    return (
        f"of the rows whose propensities of level and base are {trim:g} or more; the interval takes them as given",
        f"outcome linear in the controls, propensities multinomial logit, {fitted}",
    )
