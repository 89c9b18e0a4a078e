"""Covariance of coefficients when rows are independent: classical, HC0 to HC3, and Bell–McCaffrey df.

All functions take a ``Solution``; shapes follow it: n rows, k coefficients.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError
from salarylab.model.least_squares import Solution

Array = NDArray[np.float64]
HC = Literal["HC0", "HC1", "HC2", "HC3"]

FULL_LEVERAGE = 1.0 - 1e-9


def classical(fit: Solution) -> Array:
    """Return s²(X'WX)⁻¹, shape (k, k): equal variances assumed."""
    n, k = fit.q.shape
    variance = float(fit.residuals @ fit.residuals) / (n - k)
    scaled: Array = fit.bread * variance
    return scaled


def heteroskedastic(fit: Solution, kind: HC) -> Array:
    """Return the HC0, HC1, HC2 or HC3 covariance, shape (k, k).

    Raises ``ModelError`` for HC2 and HC3 when a row has leverage 1: its residual is zero by construction.

    **Source** MacKinnon and White (1985), Journal of Econometrics 29(3), 305–325.
    """
    n, k = fit.q.shape
    if kind in ("HC2", "HC3"):
        _refuse_full_leverage(fit)
    power = {"HC0": 0.0, "HC1": 0.0, "HC2": 1.0, "HC3": 2.0}[kind]
    squares = fit.residuals**2 / (1.0 - fit.leverage) ** power if power else fit.residuals**2
    half = fit.backward @ ((fit.q * squares[:, None]).T @ fit.q) @ fit.backward.T
    return half * (n / (n - k)) if kind == "HC1" else half


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
