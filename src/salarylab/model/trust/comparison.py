"""Comparison: the levels of one factor against its base, beside the controls of an equation."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from salarylab.disclosure import show_count
from salarylab.errors import Fault, ModelError, unknown
from salarylab.model.blocks import Levels, Term
from salarylab.model.compared import categorical, given
from salarylab.model.contributors import one_gives_most
from salarylab.model.design import Design, matrix
from salarylab.model.estimate import told
from salarylab.model.variance.clusters import FEW_EFFECTIVE, few_clusters
from salarylab.model.variance.dependence import covariance_of, effective_groups, row_rule

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
Mask = NDArray[np.bool_]

ALLOWED = ("default", "HC2", "CRV3")
"""Covariance rules of a spec that these estimators follow: robust to unequal variances, or clustered."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Hold what is compared: ``arms`` (n, m), indicators of the levels but the base; ``controls`` (n, p).

    ``terms`` name the columns of ``controls``, intercept first.
    """

    design: Design
    block: Levels = field(repr=False)
    arms: Array = field(repr=False)
    controls: Array = field(repr=False)
    terms: tuple[Term, ...] = field(repr=False)

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels compared with the base, in order."""
        return tuple(level for level in self.block.levels if level != self.block.base)

    @property
    def base_rows(self) -> Mask:
        """Which rows are at the base, shape (n,)."""
        return np.asarray(self.block.codes == self.block.levels.index(self.block.base))

    @property
    def weights(self) -> Array:
        """A weight per row, ones where there are none, shape (n,)."""
        return np.ones(len(self.design.y)) if self.design.weights is None else self.design.weights

    @property
    def n(self) -> Codes:
        """Rows in the smaller of the two cells that each level compares, shape (m,)."""
        counts = self.block.counts
        return np.array([min(counts[level], counts[self.block.base]) for level in self.levels])

    @property
    def dominated(self) -> Mask:
        """Whether one contributor gives most of either cell, shape (m,)."""
        name = self.block.factor.name
        of = {level: one_gives_most(self.design, {name: level}) for level in self.block.levels}
        return np.array([of[level] or of[self.block.base] for level in self.levels])

    @property
    def given(self) -> str:
        """The controls in words."""
        return given(self.design, self.block.factor.name)

    def names(self, among: str = "") -> list[str]:
        """Return the names of the controls as they may be told, with the level among whose rows they stand."""
        where = f" among {self.block.told(among)}" if among else ""
        return [told(self.design, term)[0] + where for term in self.terms]

    def index(self, level: str) -> int:
        """Return the place of a level among those compared; raises ``ModelError`` for any other."""
        if level not in self.levels:
            known = [name for name in self.block.named if name != self.block.base]
            raise ModelError(unknown(f"level of {self.block.factor.name} compared with its base:", level, known))
        return self.levels.index(level)


def compare(design: Design, factor: str) -> Comparison:
    """Return the comparison of a factor's levels with its base in a design.

    Raises ``ModelError``, all faults at once, for a factor that is not a categorical one of the equation or that
    interacts with another, for replicate weights or a covariance rule that would be ignored, below 20 clusters, and
    for values that are not finite.
    """
    block = categorical(design, factor)
    x = matrix(design)
    faults = _unserved(design, factor) + not_finite(design.y, x)
    if faults:
        raise ModelError(*faults)
    own = np.array([term.factor == factor for term in design.terms])
    kept = tuple(term for term in design.terms if term.factor != factor)
    return Comparison(design, block, x[:, own], x[:, ~own], kept)


def _unserved(design: Design, factor: str) -> list[Fault]:
    """Return a fault for everything in the design that the estimators of this room would otherwise ignore."""
    faults = []
    crossed = [term for term in design.spec.factors if ":" in term and factor in term.split(":")]
    if crossed:
        advice = "leave the interaction out: these estimators let the premium differ by the controls by themselves"
        faults.append(Fault(f"factor {factor!r}", f"it interacts: {', '.join(crossed)}", "a main term alone", advice))
    return faults + unserved_variance(design)


def not_finite(y: Array, x: Array) -> list[Fault]:
    """Return the fault of an outcome (n,) or a matrix (n, k) with values that are not finite, if there are any."""
    if np.isfinite(y).all() and np.isfinite(x).all():
        return []
    return [Fault("equation", "values that are not finite", "numbers", "restrict the sample to known values")]


def unserved_variance(design: Design) -> list[Fault]:
    """Return the faults of a design whose variance rule an estimator with HC2 or CRV3 alone can't follow."""
    rule, faults = design.spec.covariance, []
    if rule not in ALLOWED:
        faults.append(
            Fault(f"covariance {rule!r}", "no rule for it here", ", ".join(ALLOWED), "ask for one of these rules")
        )
    if rule == "default" and design.replicates is not None:
        remedy = "name the rule, Spec(covariance='HC2'), to use the point weights alone"
        faults.append(Fault("replicate weights", "no replicate variance here", "a rule without them", remedy))
    if (rule == "CRV3") > (design.clusters is not None):
        faults.append(Fault("covariance 'CRV3'", "no clusters in this design", "clusters", "name them in the Spec"))
    if design.clusters is not None and rule == "HC2":
        found = f"clusters by {design.cluster_label} would be ignored"
        faults.append(Fault("covariance 'HC2'", found, "CRV3 where rows are clustered", "Spec(clusters=None), or CRV3"))
    if design.clusters is not None:
        faults += few_clusters(len(np.unique(design.clusters)), design.spec.few_clusters)
    return faults


def spread(influence: Array, clusters: Codes | None) -> Array:
    """Return the covariance of estimates with influences (n, m), summed within clusters where there are any.

    **Source** Liang and Zeger (1986), Biometrika 73(1), 13–22, with the factor G/(G − 1).

    >>> spread(np.array([[1.0], [-1.0], [1.0], [-1.0]]), np.array([0, 0, 1, 1])).tolist()
    [[0.0]]
    """
    rule = row_rule(len(influence), 1, clusters, few=True)
    return covariance_of([(slice(None), influence)], rule)


def freedom(comparison: Comparison, rows: Mask | None = None, spent: int = 1) -> tuple[Array, Mask]:
    """Return the degrees of freedom behind each level's gap (m,), and which gaps clusters can judge (m,).

    They are the rows, or the clusters, of the smaller cell less ``spent``, the numbers fitted to it (one, with
    clusters). ``rows`` (n, m) marks those used, where not all are. A cell in fewer than four effective clusters
    has no standard error.
    """
    used = np.ones(comparison.arms.shape, dtype=bool) if rows is None else rows
    found, judged = np.empty(used.shape[1]), np.ones(used.shape[1], dtype=bool)
    for j in range(used.shape[1]):
        cells = [cell & used[:, j] for cell in (comparison.arms[:, j] > 0, comparison.base_rows)]
        if comparison.design.clusters is None:
            found[j] = min(int(cell.sum()) for cell in cells) - spent
            continue
        sizes = [np.bincount(comparison.design.clusters[cell]) for cell in cells]
        found[j] = min(int((size > 0).sum()) for size in sizes) - 1
        behind = (effective_groups(comparison.design.clusters, cell.astype(float)) for cell in cells)
        judged[j] = min(behind) >= FEW_EFFECTIVE
    return np.maximum(found, 0.0), judged & (found > 0)


def influence_rule(design: Design, spent: int = 1) -> str:
    """Return the variance rule of influence functions in words; see ``freedom`` for ``spent``."""
    weighted = "" if design.weights is None else "; weighted"
    if design.clusters is None:
        return f"influence functions, t(rows of the smaller cell − {spent}){weighted}"
    told_clusters = show_count(len(np.unique(design.clusters)))
    by = f"clustered by {design.cluster_label}, {told_clusters} clusters, t(clusters of the smaller cell − 1)"
    return f"influence functions {by}{weighted}"
