"""Adjusted: the distribution of pay that a distribution regression gives with everybody at one level of a factor.

Everybody's other factors stay as they are. Each threshold has its own logit, so shares need not rise from one to
the next: they are rearranged to, and so are the ends of their intervals.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import MIN_CELL, release, share_cell
from salarylab.disclosure.rounding import share_step
from salarylab.errors import Fault, ModelError
from salarylab.finding import Finding
from salarylab.model.compared import given, refuse_unknown
from salarylab.model.contributors import one_gives_most
from salarylab.model.design import Design, matrix
from salarylab.model.distribution.below import DistributionRegression, below
from salarylab.model.distribution.counterfactual import at_level, averages, levels_of, pieces
from salarylab.model.distribution.logit import sigmoid
from salarylab.model.distribution.simultaneous import DRAWS, SEED, pointwise, sup_t
from salarylab.model.telling import told_of
from salarylab.model.variance.clusters import FEW_EFFECTIVE
from salarylab.model.variance.dependence import covariance_of, effective_groups

Array = NDArray[np.float64]

NUMBERS = ("share", "low", "high", "band_low", "band_high")


@dataclass(frozen=True, slots=True)
class AdjustedShares:
    """Hold the shares of pay at or below each threshold, with everybody at each level of a factor.

    ``shares`` (L, m) are as estimated, ``covariance`` (L·m, L·m) theirs, levels slowest. ``reach`` and ``uniform``
    (L,) are the numbers of standard errors of a 95 % interval and of a 95 % band over all thresholds; both are nan
    for a level that rests on one or a few clusters.
    """

    regression: DistributionRegression
    factor: str
    levels: tuple[str, ...] = field(repr=False)
    shares: Array = field(repr=False)
    covariance: Array = field(repr=False)
    reach: Array = field(repr=False)
    uniform: Array = field(repr=False)
    rule: str

    @property
    def design(self) -> Design:
        """The design whose rows are averaged over."""
        return self.regression.design

    @property
    def rearranged(self) -> Array:
        """The shares in rising order at each level, shape (L, m)."""
        return np.sort(self.shares, axis=1)

    @property
    def intervals(self) -> Array:
        """The ends of the 95 % intervals, threshold by threshold, rearranged, shape (2, L, m)."""
        return ends(self.shares, self.errors, self.reach[:, None])

    @property
    def bands(self) -> Array:
        """The ends of the bands that cover all thresholds of a level at once, rearranged, shape (2, L, m)."""
        return ends(self.shares, self.errors, self.uniform[:, None])

    @property
    def errors(self) -> Array:
        """Standard errors of the shares as estimated, shape (L, m)."""
        errors: Array = np.sqrt(np.diag(self.covariance)).reshape(self.shares.shape)
        return errors

    @property
    def table(self) -> pl.DataFrame:
        """One row per level and threshold: level, pay, share, low, high, band_low, band_high, n.

        n are the level's rows, rounded; a share with fewer than ten of them on one side, or of one contributor, is
        not told. Shares are told in steps of ten of the level's rows, interval ends rounded outwards.
        """
        block, told = levels_of(self.design, self.factor), np.stack([self.rearranged, *self.intervals, *self.bands])
        cells = _cells(self)
        rows = [
            [block.told(level), pay, *_stepped(told[:, i, j], n), n, bool(cells[i, j] < MIN_CELL)]
            for i, (level, n) in enumerate(block.counts.items())
            for j, pay in enumerate(self.regression.thresholds.tolist())
        ]
        schema = {"level": pl.String(), "pay": pl.Float64()} | dict.fromkeys(NUMBERS, pl.Float64())
        schema |= {"n": pl.Int64(), "withheld": pl.Boolean()}
        return release(pl.DataFrame(rows, schema=schema, orient="row"), NUMBERS, dominated="withheld").frame


def adjusted_shares(regression: DistributionRegression, factor: str, *, seed: int = SEED) -> AdjustedShares:
    """Return the distribution of pay with everybody at each level of a factor, the other factors as they are.

    The covariance counts that thresholds share rows, and that the sample's other factors are themselves drawn. Bands
    are sup-t from Gaussian multipliers (``seed``). Raises ``ModelError`` for a factor without levels, or with an
    empty cell in an interaction.

    **Source** Chernozhukov, Fernández-Val and Melly (2013), Econometrica 81(6), 2205–2268; rearrangement:
    Chernozhukov, Fernández-Val and Galichon (2009), Biometrika 96(3), 559–575.

    >>> import salarylab as sl
    >>> from salarylab.model.distribution import distribution_regression
    >>> design = sl.build(sl.Spec(factors=("education",)), sl.draw(sl.load("demo"), [sl.main_pay_concept]))
    >>> shares = adjusted_shares(distribution_regression(design, at=[20.0, 40.0]), "education")
    >>> bool((shares.rearranged[:, 0] <= shares.rearranged[:, 1]).all())
    True
    """
    design, rule = regression.design, regression.rule
    block, m = levels_of(design, factor), len(regression.thresholds)
    weights = np.ones(len(design.y)) if design.weights is None else design.weights

    def at(level: int, rows: slice) -> Array:
        return at_level(design, factor, block.levels[level], rows)

    found = averages(at, len(block.levels), regression.coefficients, weights)
    yes = below(design.y, regression.thresholds)
    added = pieces(at, matrix(design), yes, weights, regression.coefficients, regression.breads, found)
    covariance = covariance_of(added, rule)
    reach, uniform = np.full((2, len(block.levels)), np.nan)
    for i in range(len(block.levels)):
        amounts = weights * (block.codes == i)
        if rule.clusters is None or effective_groups(rule.clusters, amounts) >= FEW_EFFECTIVE:
            own = slice(i * m, (i + 1) * m)
            reach[i], uniform[i] = pointwise(rule.df), sup_t(covariance[own, own], rule.df, seed=seed)
    words = f"{rule.words}; bands sup-t, {DRAWS:,} draws of Gaussian multipliers, seed {seed}"
    return AdjustedShares(regression, factor, block.levels, found[0], covariance, reach, uniform, words)


def share_below(shares: AdjustedShares, level: str, pay: float) -> Finding:
    """Return the adjusted share of pay at or below one threshold at one level, as a finding.

    Raises ``ModelError`` for a level that is not in the sample or a pay that is no threshold.

    **Source** see ``adjusted_shares``.

    >>> import salarylab as sl
    >>> from salarylab.model.distribution import distribution_regression
    >>> design = sl.build(sl.Spec(factors=("education",)), sl.draw(sl.load("demo"), [sl.main_pay_concept]))
    >>> shares = adjusted_shares(distribution_regression(design, at=[20.0, 40.0]), "education")
    >>> share_below(shares, "master", 40.0).unit
    'share'
    """
    design, block = shares.design, levels_of(shares.design, shares.factor)
    refuse_unknown(block, level)
    thresholds = shares.regression.thresholds
    if pay not in thresholds:
        expected = f"one of: {', '.join(f'{at:,g}' for at in thresholds)}"
        raise ModelError(Fault(f"pay {pay:,g}", "no threshold of this regression", expected, "add it to at=[…]"))
    i, j = block.levels.index(level), int(np.flatnonzero(thresholds == pay)[0])
    told = [shares.rearranged[i, j], *shares.intervals[:, i, j]]
    value, low, high = _stepped(np.array(told), block.counts[level])
    beside = given(design, shares.factor)
    held = f" (given {beside})" if beside else ""
    return told_of(
        design,
        f"Share of pay at or below {pay:,g} {design.outcome.label.partition(', ')[2]} at {block.told(level)}{held}",
        covariance=shares.rule,
        unit="share",
        value=value,
        low=low,
        high=high,
        se=None if low is None else float(shares.errors[i, j]),
        df=shares.regression.rule.told_df,
        smallest_cell=int(_cells(shares)[i, j]),
        caveats=() if low is not None else ("no interval: identified inside one or a few clusters",),
    )


def ends(shares: Array, errors: Array, reach: Array) -> Array:
    """Return rearranged interval ends, shape (2, L, m), worked out in log odds, so that they stay inside 0 and 1."""
    odds = np.log(shares / (1.0 - shares))
    out = reach * errors / (shares * (1.0 - shares))
    rearranged: Array = np.sort(sigmoid(np.stack([odds - out, odds + out])), axis=2)
    return rearranged


def _cells(shares: AdjustedShares) -> NDArray[np.int64]:
    """Return the rows in the smallest cell that each share tells of, (L, m): none where one contributor gives most."""
    design, block = shares.design, levels_of(shares.design, shares.factor)
    yes, cells = below(design.y, shares.regression.thresholds), []
    for i, (level, n) in enumerate(block.counts.items()):
        may = not one_gives_most(design, {shares.factor: level})
        cells.append([may * share_cell(int(part), n) for part in yes[block.codes == i].sum(axis=0)])
    return np.array(cells)


def _stepped(told: Array, n: int) -> list[float | None]:
    """Return a share, then low and high ends, in steps of ten of n rows or more: the ends rounded outwards."""
    steps = told / share_step(n)
    whole = np.concatenate([np.round(steps[:1]), steps[1:]])
    whole[1::2], whole[2::2] = np.floor(steps[1::2]), np.ceil(steps[2::2])
    return [None if np.isnan(each) else round(float(each), 12) for each in np.clip(whole * share_step(n), 0.0, 1.0)]
