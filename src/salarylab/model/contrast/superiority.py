"""Superiority: how often pay at one level of a factor exceeds pay at another, whatever its distribution."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from salarylab.disclosure import MIN_CELL, round_df, show_count
from salarylab.finding import Finding
from salarylab.model.compared import categorical, refuse_levels
from salarylab.model.contrast.brunner_munzel import Exceeds, brunner_munzel, placements
from salarylab.model.contributors import one_gives_most, rows_of
from salarylab.model.design import Design
from salarylab.model.estimate import interval
from salarylab.model.spec import DEFAULT
from salarylab.model.telling import told_of
from salarylab.model.variance.clusters import FEW_EFFECTIVE, refuse_few

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

DIGITS = 3
"""Decimals of a probability as told: with more, a ratio of counts would give these away."""


def superiority(design: Design, factor: str, level: str, base: str | None = None) -> Finding:
    """Return the probability that pay at one level exceeds pay at another, ties half: one half means no difference.

    It compares rows as they are, with nothing held equal; ``base`` defaults to the factor's base category. Replicate
    weights or clusters are used where the design has them, and told. The p-value is that of one half; the
    probability has three decimals. Raises ``ModelError`` for a factor or level that is not in the equation,
    groups that do not overlap, and fewer than 20 clusters unless the spec allows few.

    **Source** see ``brunner_munzel``.

    >>> import salarylab as sl
    >>> design = sl.build(sl.Spec(factors=("education",)), sl.draw(sl.load("demo"), [sl.main_pay_concept]))
    >>> superiority(design, "education", "master").unit
    'share'
    """
    block = categorical(design, factor)
    base = base if base is not None else block.base
    refuse_levels(block, level, base)
    above, below = (rows_of(design, {factor: end}) for end in (level, base))
    subject = (
        f"Probability that pay at {block.told(level)} exceeds pay at {block.told(base)} (ties half, nothing equal)"
    )
    smallest = min(int(above.sum()), int(below.sum()))
    dominated = any(one_gives_most(design, {factor: end}) for end in (level, base))
    cells: dict[str, object] = {"smallest_cell": smallest, "dominated": dominated, "base": block.told(base)}
    if smallest < MIN_CELL or dominated:
        return told_of(design, subject, unit="share", value=None, covariance="", **cells)
    found, rule = _compared(design, above, below)
    value = round(found.probability, DIGITS)
    if found.effective < FEW_EFFECTIVE:
        why = ("no interval: one or a few clusters, or weights, make up most of a group",)
        return told_of(design, subject, unit="share", value=value, covariance=rule, caveats=why, **cells)
    low, high = (round(end, DIGITS) for end in probability_interval(found))
    p = interval(found.probability - 0.5, found.se, found.df)[3]
    df = found.df if _by_replicates(design) else round_df(found.df)
    numbers = {"value": value, "se": found.se, "df": df, "low": low, "high": high, "p": p}
    return told_of(design, subject, unit="share", covariance=rule, **numbers, **cells)


def probability_interval(found: Exceeds, level: float = 0.95) -> tuple[float, float]:
    """Return the ends of a probability's t interval, made on the scale of log odds: they lie between 0 and 1.

    It covers with 95 % or more down to groups of ten; the plain interval falls to 90 % where the probability is 0.85.

    **Source** Newcombe (2006), Statistics in Medicine 25(4), 559–573: intervals for P(X > Y) on transformed scales.

    >>> low, high = probability_interval(Exceeds(0.9, 0.05, 20.0, 20.0))
    >>> round(low, 2), round(high, 2)
    (0.74, 0.97)
    """
    from scipy.special import expit, logit

    spread = found.se / (found.probability * (1.0 - found.probability))
    low, high, _, _ = interval(float(logit(found.probability)), spread, found.df, level)
    return float(expit(low)), float(expit(high))


def _compared(design: Design, above: Mask, below: Mask) -> tuple[Exceeds, str]:
    """Return the comparison under the design's own variance rule, and the rule in words."""
    rows = above | below
    y, first = design.y[rows], above[rows]
    weights = None if design.weights is None else design.weights[rows]
    clusters = None if design.clusters is None or _by_replicates(design) else design.clusters[rows]
    if clusters is not None:
        refuse_few(len(np.unique(clusters)), design.spec.few_clusters)
    found = brunner_munzel(y, first, weights, clusters)
    weighted = "" if weights is None else "; weighted"
    if _by_replicates(design):
        return _replicated(design, found, y, first, rows)
    if clusters is None:
        return found, f"Brunner–Munzel with Welch degrees of freedom, interval on log odds{weighted}"
    behind = f"effective clusters in the smaller group: {show_count(round(found.effective))}"
    named = f"Brunner–Munzel clustered by {design.cluster_label}, interval on log odds"
    return found, f"{named}; {behind}{weighted}"


def _by_replicates(design: Design) -> bool:
    return design.replicates is not None and design.spec.covariance in (DEFAULT, "replicate")


def _replicated(design: Design, found: Exceeds, y: Array, first: Mask, rows: Mask) -> tuple[Exceeds, str]:
    """Return the comparison with the variance of its replicates around it."""
    assert design.replicates is not None
    assert design.replication is not None
    replicates = design.replicates[rows].T
    again = [np.average(placements(y, first, w)[first], weights=w[first]) for w in replicates]
    variance = design.replication.scale * float(np.sum((np.array(again) - found.probability) ** 2))
    told = f"{design.replication.name}, t({design.replication.df:g}), interval on log odds"
    return replace(found, se=variance**0.5, df=design.replication.df), told
