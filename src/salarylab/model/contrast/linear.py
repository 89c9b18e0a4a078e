"""Linear: one weighted sum of an estimate's terms: its variance, what stands behind it, and the finding it makes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from salarylab.disclosure import show_count
from salarylab.finding import Finding
from salarylab.model.clusters import FEW_EFFECTIVE, effective_clusters
from salarylab.model.contrast.detectable import detectable
from salarylab.model.covariance import bell_mccaffrey
from salarylab.model.estimate import Estimate, interval
from salarylab.model.projection import truth_of
from salarylab.model.telling import told_of

Array = NDArray[np.float64]


def degrees_of_freedom(estimate: Estimate, vector: Array) -> float:
    """Return the degrees of freedom of a weighted sum: Bell–McCaffrey's under HC2, else the rule's own."""
    if estimate.kind == "HC2":
        return float(bell_mccaffrey(estimate.solution, vector[None, :])[0])
    return float(estimate.df.min())


def effective(estimate: Estimate, vector: Array) -> float:
    """Return the effective number of clusters behind a weighted sum; infinite where rows are independent."""
    codes = estimate.design.clusters
    if codes is None or not estimate.kind.startswith("CR"):
        return float("inf")
    return float(effective_clusters(estimate.solution, codes, vector[None, :])[0])


def finding_of(estimate: Estimate, vector: Array, subject: str, base: str | None = None) -> Finding:
    """Return a weighted sum of terms as a finding of the whole sample; its cells are the caller's to say."""
    value = float(vector @ estimate.coefficients)
    if (estimate.unidentified & (vector != 0)).any() or effective(estimate, vector) < FEW_EFFECTIVE:
        why = ("no interval: identified inside one or a few clusters",)
        return described(
            estimate, subject, unit="log points", value=value, base=base, smallest_cell=estimate.n, caveats=why
        )
    se = float(vector @ estimate.covariance @ vector) ** 0.5
    df = degrees_of_freedom(estimate, vector)
    low, high, _, p = interval(value, se, df)
    return described(
        estimate,
        subject,
        unit="log points",
        value=value,
        se=se,
        df=estimate.told_df(df),
        low=low,
        high=high,
        p=p,
        base=base,
        smallest_cell=estimate.n,
        detectable=detectable(se, df),
        truth=truth_of(estimate.design, vector),
        covariance=rule_of(estimate, vector),
    )


def rule_of(estimate: Estimate, vector: Array) -> str:
    """Return the covariance rule, with the effective number of clusters behind this weighted sum."""
    behind = effective(estimate, vector)
    if behind == float("inf"):
        return estimate.rule
    return f"{estimate.rule}; effective clusters behind this premium: {show_count(round(behind))}"


def described(estimate: Estimate, subject: str, **numbers: object) -> Finding:
    """Return a finding of an estimate under its covariance rule; ``numbers`` are fields of ``Finding``."""
    return told_of(estimate.design, subject, **({"covariance": estimate.rule} | numbers))  # type: ignore[arg-type]
