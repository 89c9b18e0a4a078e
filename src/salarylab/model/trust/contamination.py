"""Contamination: how much of a level's coefficient is other levels' premia, and three ways without it.

A regression with several levels of a factor and additive controls gives each level a coefficient that mixes
in the premia of the other levels wherever premia differ with the controls. The parts are associations: which of
them a reader should want is another question.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import release
from salarylab.errors import Fault, ModelError
from salarylab.model.design import Design
from salarylab.model.kernel.residuals import FULL_LEVERAGE
from salarylab.model.least_squares import DenseFit, solve_dense
from salarylab.model.trust.comparison import Comparison, Mask, compare
from salarylab.model.trust.gaps import Gaps, least_squares, of_influence, of_least_squares, robust, too_few
from salarylab.model.trust.propensity import Logit, logit

Array = NDArray[np.float64]
Fits = list[tuple[Mask, DenseFit]]
"""The rows of each level, and the fit of pay on the controls among them."""

FLOOR = 1e-12
"""Propensity below which a row has no weight to speak of."""

PARTS = ("ols", "own", "contamination", "average", "one_at_a_time", "common")
CAVEATS = (
    "the parts rest on premia that are linear in the controls within each level: saturated where controls are levels",
)


@dataclass(frozen=True, slots=True)
class Contamination:
    """Hold the parts of each level's coefficient, and the alternatives, as ``Gaps``.

    ``ols`` = ``own`` + ``contamination``, exactly. ``average`` weights premia by the whole sample's controls,
    ``one_at_a_time`` fits each level and the base alone, ``common`` has the weights that are easiest to estimate,
    the same for all levels. ``from_level`` (m, m): row k, column l, the part of k's coefficient out of l's premia.
    """

    ols: Gaps
    own: Gaps
    contamination: Gaps
    average: Gaps
    one_at_a_time: Gaps
    common: Gaps
    from_level: Array = field(repr=False)

    @property
    def table(self) -> pl.DataFrame:
        """One row a level: each part and alternative in log points, with its standard error, released."""
        comparison = self.ols.comparison
        numbers: dict[str, Array] = {}
        for name in PARTS:
            gaps: Gaps = getattr(self, name)
            numbers |= {name: gaps.values, f"{name}_se": gaps.se}
        block = comparison.block
        told = {"level": [block.told(level) for level in comparison.levels]}
        whole = {**told, "base": [block.told(block.base)] * len(comparison.levels), **numbers}
        cells = pl.DataFrame({**whole, "n": comparison.n, "withheld": comparison.dominated})
        return release(cells.fill_nan(None), list(numbers), dominated="withheld").frame


def contamination(design: Design, factor: str) -> Contamination:
    """Split each level's coefficient into own premia and contamination, and give three alternatives.

    Standard errors are robust to unequal variances, or clustered. Raises ``ModelError`` as ``compare`` does, where
    a level has too few rows for the controls, or rows that are alone in their combination, and (collinear) where a
    level lacks a control's level.

    **Source** Goldsmith-Pinkham, Hull and Kolesár (2024), American Economic Review 114(12), 4015–4051.

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept, sl.positive_pay])
    >>> design = sl.build(sl.Spec(factors=("work_mode", "experience"), clusters=None), sample)
    >>> found = contamination(design, "work_mode")
    >>> bool(np.allclose(found.own.values + found.contamination.values, found.ols.values, atol=1e-12))
    True
    """
    comparison = compare(design, factor)
    _refuse_small(comparison)
    names = [*comparison.names(), *(f"{factor}[{comparison.block.told(level)}]" for level in comparison.levels)]
    x, p = np.hstack([comparison.controls, comparison.arms]), comparison.controls.shape[1]
    whole = least_squares(comparison, x, names)
    premia, fits = _premia(comparison)
    loads = (x @ whole.bread[:, p:]) * comparison.weights[:, None]
    ols = of_least_squares(comparison, "Pay premium", whole, p)
    mixed = np.einsum("ik,il,il->kl", loads, comparison.arms, comparison.controls @ premia)
    own, same = np.diag(mixed).copy(), np.eye(len(mixed), dtype=bool)
    own_influence, other_influence = (_part(comparison, loads, premia, fits, of) for of in (same, ~same))
    average, average_influence = _average(comparison, premia, fits)
    common, common_influence = _common(comparison)
    said = ("Own part of the coefficient", "Contamination of the coefficient")
    return Contamination(
        ols=ols,
        own=of_influence(comparison, said[0], own, own_influence, p, CAVEATS),
        contamination=of_influence(comparison, said[1], ols.values - own, other_influence, p, CAVEATS),
        average=of_influence(comparison, "Average pay gap", average, average_influence, p, CAVEATS),
        one_at_a_time=_one_at_a_time(comparison),
        common=of_influence(comparison, "Pay gap at common weights", common, common_influence, 1, CAVEATS),
        from_level=mixed,
    )


def _premia(comparison: Comparison) -> tuple[Array, Fits]:
    """Return each level's premium as linear in the controls, (p, m), and the fits behind it, the base's first."""
    design, controls = comparison.design, comparison.controls
    cells = [(comparison.block.base, comparison.base_rows)]
    cells += [(level, comparison.arms[:, j] > 0) for j, level in enumerate(comparison.levels)]
    fits = []
    for level, rows in cells:
        weights = None if design.weights is None else design.weights[rows]
        fit = solve_dense(controls[rows], design.y[rows], comparison.names(level), weights)
        _refuse_alone(comparison, level, fit)
        fits.append((rows, fit))
    found = np.column_stack([fit.coefficients for _, fit in fits])
    return found[:, 1:] - found[:, :1], fits


def _of_premia(fits: Fits, at: Array) -> Array:
    """Return the influence of each row on each level's premium at some controls ``at`` (p, m), shape (n, m)."""
    found = np.zeros((len(fits[0][0]), at.shape[1]))
    rows, fit = fits[0]
    found[rows] = -fit.influence(0.5) @ at
    for j, (rows, fit) in enumerate(fits[1:]):
        found[rows, j] = fit.influence(0.5) @ at[:, j]
    return found


def _part(comparison: Comparison, loads: Array, premia: Array, fits: Fits, of: NDArray[np.bool_]) -> Array:
    """Return the influences (n, m) of the parts of the coefficients that come from the levels ``of`` (m, m).

    A part is the coefficient of the level in a regression of those levels' premia, where they hold, on levels and
    controls: it varies with the rows drawn and with the premia estimated.
    """
    x = np.hstack([comparison.controls, comparison.arms])
    root = np.sqrt(comparison.weights)[:, None]
    at_level = comparison.arms * (comparison.controls @ premia)
    beyond = at_level - x @ np.linalg.lstsq(x * root, at_level * root, rcond=None)[0]
    found = loads * (beyond @ of.T)
    for k, levels in enumerate(of):
        reach = comparison.controls.T @ (loads[:, [k]] * comparison.arms * levels)
        found[:, k] += _of_premia(fits, reach).sum(axis=1)
    return found


def _average(comparison: Comparison, premia: Array, fits: Fits) -> tuple[Array, Array]:
    """Return the premia at the sample's mean controls (m,) and their influences (n, m)."""
    share = comparison.weights / comparison.weights.sum()
    mean = share @ comparison.controls
    drawn = share[:, None] * ((comparison.controls - mean) @ premia)
    return mean @ premia, drawn + _of_premia(fits, np.repeat(mean[:, None], premia.shape[1], axis=1))


def _one_at_a_time(comparison: Comparison) -> Gaps:
    """Return each level's coefficient in a regression of its rows and the base's alone."""
    m = len(comparison.levels)
    values, se, df, rule = np.empty(m), np.empty(m), np.empty(m), ""
    for j, level in enumerate(comparison.levels):
        rows = (comparison.arms[:, j] > 0) | comparison.base_rows
        x = np.column_stack([comparison.controls[rows], comparison.arms[rows, j]])
        fit = least_squares(comparison, x, [*comparison.names(level), comparison.block.told(level)], rows)
        values[j] = fit.coefficients[-1]
        (se[j],), (df[j],), rule = robust(comparison, fit, [x.shape[1] - 1])
    return Gaps(comparison, "Pay premium, this level and the base alone,", values, se, df, comparison.n, rule)


def _common(comparison: Comparison) -> tuple[Array, Array]:
    """Return gaps at the weights 1/Σ 1/p that are easiest to estimate (m,), and their influences (n, m).

    The influences count in that the propensities p are estimated.
    """
    cells = np.column_stack([comparison.base_rows, comparison.arms])
    fitted = logit(comparison.controls, cells.argmax(axis=1), cells.shape[1], comparison.design.weights)
    p = np.maximum(fitted.probabilities, FLOOR)
    overlap = 1.0 / (1.0 / p).sum(axis=1)
    inside = cells * (comparison.weights * overlap / (p * cells).sum(axis=1))[:, None]
    total = inside.sum(axis=0)
    mean = comparison.design.y @ inside / total
    drawn = inside * (comparison.design.y[:, None] - mean) / total
    return mean[1:] - mean[0], _with_propensities(comparison, fitted, cells, drawn)


def _with_propensities(comparison: Comparison, fitted: Logit, cells: Array, drawn: Array) -> Array:
    """Return the influences of the gaps (n, m), given those (n, L) that propensities, if known, would leave."""
    p = np.maximum(fitted.probabilities, FLOOR)
    overlap = 1.0 / (1.0 / p).sum(axis=1, keepdims=True)
    moved = [
        ((drawn[:, [arm]] * (overlap / p[:, 1:] - (np.arange(1, p.shape[1]) == arm))).T @ comparison.controls).ravel()
        for arm in range(p.shape[1])
    ]
    answer = np.linalg.lstsq(fitted.information, np.array(moved).T, rcond=None)[0]
    found = drawn.copy()
    for level, part in enumerate(np.split(answer, p.shape[1] - 1), start=1):
        step = comparison.weights * (cells[:, level] - p[:, level])
        found += step[:, None] * (comparison.controls @ part)
    return found[:, 1:] - found[:, :1]


def _refuse_small(comparison: Comparison) -> None:
    """Refuse levels with no more rows than controls: their premia can't be told apart from noise."""
    columns, faults = comparison.controls.shape[1], []
    for level, n in comparison.block.counts.items():
        if n <= columns:
            found, expected = too_few(comparison.block.told(level), n, columns)
            faults.append(Fault(f"factor {comparison.block.factor.name!r}", found, expected, "merge or drop levels"))
    if faults:
        raise ModelError(*faults)


def _refuse_alone(comparison: Comparison, level: str, fit: DenseFit) -> None:
    if (fit.leverage > FULL_LEVERAGE).any():
        found = f"rows alone in their combination of controls among {comparison.block.told(level)}"
        remedy = "choose coarser controls, or drop such rows"
        raise ModelError(Fault("equation", found, "two rows or more for every control within every level", remedy))
