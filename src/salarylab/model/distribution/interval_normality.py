"""Normality: whether bands and open ends are what normal log pay would give."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from salarylab.disclosure import significant
from salarylab.errors import Fault, ModelError
from salarylab.finding import Finding
from salarylab.model.distribution.interval import IntervalEstimate
from salarylab.model.distribution.interval_covariance import inverse
from salarylab.model.distribution.interval_likelihood import Banded
from salarylab.model.telling import told_of

Array = NDArray[np.float64]
MOMENTS = 2
NOTHING_LEFT = 1e-8
LARGE = 5_000
"""Rows from which the test's size is near 5 %; at some hundreds it is 9 to 14 % (simulated)."""


def normality(estimate: IntervalEstimate) -> Finding:
    """Return the test that log pay is normal around an interval regression, by its third and fourth moments.

    The generalised residuals' moments are compared with a normal error's, with a variance that holds the estimated
    equation in account: robust, by clusters, or by replicate weights, as the estimate's is. Far tails are rare, so
    that in small samples the test rejects too often, and says so: read it beside ``without_bottom_band``. Raises
    ``ModelError`` for bands of so few cuts that any pay would do.

    **Source** Chesher and Irish (1987), Journal of Econometrics 34(1–2), 33–61; Newey (1985), Econometrica
    53(5), 1047–1070 (conditional moments).

    >>> import salarylab as sl
    >>> from salarylab.model.distribution.interval import interval
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept])
    >>> normality(interval(sl.Spec(factors=("education",)), sample)).unit
    'p-value'
    """
    from scipy.special import fdtrc

    total, rows = moment_test(estimate.banded, estimate.parameters)
    spread, d = _spread(estimate, rows)
    _refuse_few_cuts(estimate.banded, estimate.parameters, spread)
    n = len(estimate.design.y)
    f = (d - 1) / (d * MOMENTS) * float(total @ np.linalg.solve(spread, total))
    p = float(fdtrc(MOMENTS, d - 1, f))
    return told_of(
        estimate.design,
        f"Test that log pay is normal around the equation, F({MOMENTS}) = {significant(f, 2):g}",
        covariance=estimate.rule,
        unit="p-value",
        value=p,
        p=p,
        smallest_cell=n,
        caveats=("with so few rows the test rejects normal log pay more often than once in twenty",) * (n < LARGE),
    )


def moment_test(banded: Banded, found: Array) -> tuple[Array, Array]:
    """Return the sums of the third and fourth generalised moments (2,), and what each row adds to them (n, 2).

    A row adds its own moments and, by its score, what it moves the estimated equation's.
    """
    residuals, sigma = banded.at(found, order=4)
    w = banded.weights
    scores = np.hstack(
        [banded.x * (w * residuals.moments[0] / sigma)[:, None], banded.z * (w * residuals.moments[1])[:, None]]
    )
    slopes = np.stack(
        [np.r_[banded.x.T @ (w * residuals.along[j] / sigma), banded.z.T @ (w * residuals.across[j])] for j in (2, 3)]
    )
    moments = (w * residuals.moments[2:]).T
    added: Array = moments + scores @ inverse(banded.natural(found)[2]) @ slopes.T
    return moments.sum(axis=0), added


def _spread(estimate: IntervalEstimate, rows: Array) -> tuple[Array, float]:
    """Return the covariance of the summed moments (2, 2) under the estimate's rule, and its degrees of freedom."""
    design, df = estimate.design, float(estimate.df.min())
    if estimate.kind == "replicate" and design.replicates is not None and design.replication is not None:
        main = np.ones(len(rows)) if design.weights is None else design.weights
        moved = (design.replicates / main[:, None] - 1.0).T @ rows
        return design.replication.scale * moved.T @ moved, df
    if estimate.kind.startswith("CR") and design.clusters is not None:
        rows = np.stack([np.bincount(design.clusters, column) for column in rows.T], axis=1)
    return rows.T @ rows, df


def _refuse_few_cuts(banded: Banded, found: Array, spread: Array) -> None:
    """Refuse bands that the equation fits with nothing left over: with few cuts any pay is a normal's."""
    raw = np.linalg.norm(banded.weights * banded.at(found, order=4)[0].moments[2:], axis=1)
    if np.linalg.eigvalsh(spread / np.outer(raw, raw))[0] < NOTHING_LEFT:
        left = "ends of pay that leave no room for third and fourth moments"
        raise ModelError(Fault("test of normality", left, "four cuts or more", "take a source with more bands"))
