"""Covariance of coefficients when rows are independent: classical, HC0 to HC4, and Bell–McCaffrey df.

All functions take a ``Solution``; shapes follow it: n rows, k coefficients.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError
from salarylab.model.least_squares import Solution

Array = NDArray[np.float64]
HC = Literal["HC0", "HC1", "HC2", "HC3", "HC4"]

FULL_LEVERAGE = 1.0 - 1e-9
BLOCK = 1_000


def classical(fit: Solution) -> Array:
    """Return s²(X'WX)⁻¹, shape (k, k): equal variances assumed."""
    n, k = fit.q.shape
    variance = float(fit.residuals @ fit.residuals) / (n - k)
    scaled: Array = fit.bread * variance
    return scaled


def heteroskedastic(fit: Solution, kind: HC) -> Array:
    """Return the HC0 to HC4 covariance, shape (k, k).

    Raises ``ModelError`` for HC2, HC3 and HC4 when a row has leverage 1: its residual is zero by construction.

    **Source** MacKinnon and White (1985), Journal of Econometrics 29(3), 305–325; Cribari-Neto (2004),
    Computational Statistics & Data Analysis 45(2), 215–233 (HC4).
    """
    n, k = fit.q.shape
    if kind in ("HC2", "HC3", "HC4"):
        _refuse_full_leverage(fit)
    fixed = {"HC0": 0.0, "HC1": 0.0, "HC2": 1.0, "HC3": 2.0}
    power = np.minimum(4.0, n * fit.leverage / k) if kind == "HC4" else np.full(n, fixed[kind])
    squares = fit.residuals**2 * np.where(power > 0, 1.0 - fit.leverage, 1.0) ** -power
    half = fit.backward @ ((fit.q * squares[:, None]).T @ fit.q) @ fit.backward.T
    scaled: Array = half * (n / (n - k)) if kind == "HC1" else half
    return scaled


def bell_mccaffrey(fit: Solution, contrasts: Array) -> Array:
    """Return the degrees of freedom that go with HC2, one per contrast, shape (m,).

    ``contrasts`` has shape (m, k). The HC2 variance of c'b is matched, under equal variances, to a scaled
    chi-square with the same first two moments. Leverage belongs to cells and not to n: a level of five
    rows has few degrees of freedom at any n.

    **Source** Bell and McCaffrey (2002), Survey Methodology 28(2), 169–181; Imbens and Kolesár (2016),
    Review of Economics and Statistics 98(4), 701–712.
    """
    kept = 1.0 - fit.leverage
    loads = fit.q @ (contrasts @ fit.backward).T
    found = np.empty(loads.shape[1])
    for j, load in enumerate(loads.T):
        weight = load**2 / kept
        shared = (fit.q * weight[:, None]).T @ fit.q
        spread = float(weight**2 @ (1.0 - 2.0 * fit.leverage)) + float(np.sum(shared * shared))
        found[j] = float(load @ load) ** 2 / spread
    return found


def wishart_df(fit: Solution, tested: Sequence[int]) -> float:
    """Return the degrees of freedom of the HC2 variance matrix of several coefficients.

    The matrix, standardised under equal variances, is matched to a Wishart matrix by its total variance;
    for one coefficient this is Bell and McCaffrey's number.

    **Source** Zhang (2013), as used by Pustejovsky and Tipton (2018), Journal of Business & Economic
    Statistics 36(4), 672–683, equation 14.
    """
    rows = list(tested)
    half = np.linalg.cholesky(fit.bread[np.ix_(rows, rows)])
    loads = np.linalg.solve(half, fit.backward[rows] @ fit.q.T).T / np.sqrt(1.0 - fit.leverage)[:, None]
    length = np.einsum("ij,ij->i", loads, loads)
    spread = float(length**2 @ (1.0 - 2.0 * fit.leverage))
    for start in range(0, len(loads), BLOCK):
        part = slice(start, start + BLOCK)
        spread += float(np.sum(((fit.q[part] @ fit.q.T) * (loads[part] @ loads.T)) ** 2))
    return len(rows) * (len(rows) + 1) / (2.0 * spread)


def _refuse_full_leverage(fit: Solution) -> None:
    full = int((fit.leverage > FULL_LEVERAGE).sum())
    if full:
        raise ModelError(
            Fault(
                "equation",
                f"{full} rows with leverage 1: alone in their combination of levels",
                "at least two rows for every term, for HC2 and HC3",
                "choose coarser levels, or covariance='HC1' and say so",
            )
        )
