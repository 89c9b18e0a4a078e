"""Double selection: a factor's premium among many controls, of which few matter for pay or for the factor.

The controls are chosen twice, where they predict pay and where they predict the level, and the premium is then
least squares given all that were chosen. Choosing once, by pay alone, misses controls that mostly tell who has the
level.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.errors import ModelError, unknown
from salarylab.model.design import Design
from salarylab.model.estimate import told
from salarylab.model.kernel.orthogonal import CollinearError
from salarylab.model.kernel.solution import Solution
from salarylab.model.trust.comparison import Comparison, compare
from salarylab.model.trust.gaps import Gaps, least_squares, of_least_squares
from salarylab.model.trust.lasso import Lasso, lasso
from salarylab.model.variance.dependence import sums_by

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
Mask = NDArray[np.bool_]

SLACK = 1.1
ROUNDS = 15
PROMISE = (
    "promised for sparse designs only: where few of the controls, next to the rows, tell pay or level apart; which "
    "controls are chosen depends on the base levels of their factors"
)


@dataclass(frozen=True, slots=True)
class DoubleSelection:
    """Hold the premia given the selected controls, as ``Gaps``, and what was selected.

    ``selected`` names the controls kept for pay or for any level, as they may be told; ``penalty`` is the plug-in
    penalty λ; ``violation`` is the greatest breach of a lasso's optimality conditions.
    """

    gaps: Gaps
    selected: tuple[str, ...]
    among: int
    penalty: float
    violation: float
    promise: str = field(default=PROMISE, repr=False)

    @property
    def table(self) -> pl.DataFrame:
        """One row a level, as ``Gaps.table``."""
        return self.gaps.table


def double_selection(design: Design, factor: str, *, always: Sequence[str] = ()) -> DoubleSelection:
    """Return a factor's premia given the controls that a lasso keeps for pay or for any of its levels.

    ``always`` names factors of the equation that are kept unpenalised. Penalties are plug-in, robust to unequal
    variances, clustered where rows are; premia have HC2 or CRV3 standard errors. The equation may have more
    columns than rows. Raises ``ModelError`` as ``compare`` does, for names in ``always`` that are not controls, and
    as ``solve`` does.

    **Source** Belloni, Chernozhukov and Hansen (2014), Review of Economic Studies 81(2), 608–650; penalties:
    Belloni, Chen, Chernozhukov and Hansen (2012), Econometrica 80(6), 2369–2429; clusters: Belloni,
    Chernozhukov, Hansen and Kozbur (2016), Journal of Business & Economic Statistics 34(4), 590–605.

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept, sl.positive_pay])
    >>> spec = sl.Spec(factors=("work_mode", "education", "role_family"), clusters=None)
    >>> double_selection(sl.build(spec, sample), "work_mode").table["level"].to_list()
    ['hybrid', 'remote']
    """
    comparison = compare(design, factor)
    controls = dict.fromkeys(term.factor for term in comparison.terms[1:])
    strays = [name for name in always if name not in controls]
    if strays:
        raise ModelError(*(unknown("control of this equation", name, controls) for name in strays))
    kept = np.array([term.name == "intercept" or term.factor in always for term in comparison.terms])
    root = np.sqrt(comparison.weights / comparison.weights.mean())
    open_ = _partialled(comparison.controls[:, ~kept], comparison.controls[:, kept], root)
    targets = _partialled(np.column_stack([design.y, comparison.arms]), comparison.controls[:, kept], root)
    level = plug_in(len(design.y), open_.shape[1], design.clusters)
    lassos = [select(open_, target, level, design.clusters) for target in targets.T]
    chosen = kept.copy()
    chosen[~kept] = np.logical_or.reduce([found.active for found in lassos])
    fit, chosen = _fitted(comparison, chosen)
    names = [told(design, term)[0] for term, used in zip(comparison.terms, chosen & ~kept, strict=True) if used]
    caveats = (PROMISE, f"{int((chosen & ~kept).sum())} of {int((~kept).sum())} control columns were kept")
    gaps = of_least_squares(comparison, "Pay premium, controls selected twice,", fit, int(chosen.sum()), caveats)
    violation = max(found.violation for found in lassos)
    return DoubleSelection(gaps, tuple(dict.fromkeys(names)), int((~kept).sum()), level, violation)


def plug_in(n: int, p: int, clusters: Codes | None = None) -> float:
    """Return the plug-in penalty λ = 2c√n·Φ⁻¹(1 − γ/2p) with c = 1.1 and γ = .1/log n, n counting clusters.

    >>> round(plug_in(100, 50), 2)
    77.4
    """
    from scipy.special import ndtri

    units = n if clusters is None else len(np.unique(clusters))
    return float(2 * SLACK * np.sqrt(n) * ndtri(1 - 0.1 / np.log(max(units, 3)) / (2 * max(p, 1))))


def select(x: Array, y: Array, level: float, clusters: Codes | None = None) -> Lasso:
    """Return the lasso of y on x under penalty λ with loadings iterated from least squares on what it keeps.

    ``x`` (n, p) and ``y`` (n,) are centred. The loading of a column is the root mean square of its product with
    the residual, the products summed within clusters first.
    """
    n, p = x.shape
    residual, before = y, np.ones(p, dtype=bool)
    found = Lasso(np.zeros(p), 0.0)
    for _ in range(ROUNDS if p else 0):
        loadings = np.maximum(_loadings(x * residual[:, None], clusters), 1e-12 * np.sqrt(np.mean(x**2) + 1e-300))
        found = lasso(x, y, level * loadings / (2 * n))
        if (found.active == before).all():
            break
        before = found.active
        kept = x[:, before]
        residual = y - kept @ np.linalg.lstsq(kept, y, rcond=None)[0]
    return found


def _loadings(products: Array, clusters: Codes | None) -> Array:
    n = len(products)
    if clusters is not None:
        products = sums_by(clusters, products)
    return np.asarray(np.sqrt((products**2).sum(axis=0) / n))


def _partialled(columns: Array, kept: Array, root: Array) -> Array:
    """Return columns less their projection on the kept controls, rows in units of √weight."""
    q, _ = np.linalg.qr(kept * root[:, None])
    target = columns * root[:, None]
    return np.asarray(target - q @ (q.T @ target))


def _fitted(comparison: Comparison, chosen: Mask) -> tuple[Solution, Mask]:
    """Return least squares of pay on chosen controls and arms, less controls that follow from the others."""
    arms = [f"{comparison.block.factor.name}[{comparison.block.told(level)}]" for level in comparison.levels]
    names = np.array([str(i) for i in range(len(comparison.terms))])
    while True:
        x = np.hstack([comparison.controls[:, chosen], comparison.arms])
        try:
            return least_squares(comparison, x, [*names[chosen], *arms]), chosen
        except CollinearError as refused:
            follow = np.isin(names, refused.terms)
            if not follow.any():
                told_names = [*np.array(comparison.names())[chosen], *arms]
                return least_squares(comparison, x, told_names), chosen
            chosen = chosen & ~follow
