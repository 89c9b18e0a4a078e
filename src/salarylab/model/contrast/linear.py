"""Linear: weighted sums of an estimate's terms: their variance, what stands behind them, the findings they make."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars import selectors

from salarylab.disclosure import show_count
from salarylab.finding import Finding
from salarylab.model.contrast.detectable import detectable
from salarylab.model.estimate import Fitted
from salarylab.model.projection import truth_of
from salarylab.model.telling import told_of
from salarylab.model.variance.clusters import FEW_EFFECTIVE, satterthwaite
from salarylab.model.variance.effective import effective_clusters
from salarylab.model.variance.independent import bell_mccaffrey

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """Hold what is asked of an estimate: the weights of its terms (k,), in words, and the cells behind it.

    ``base`` is what is compared with, as told; ``smallest_cell`` the rows in the smallest cell, ``dominated`` whether
    one contributor gives most of one. ``n_level`` and ``n_base`` are the rows on the two sides of a contrast, where
    they may be published.
    """

    vector: Array = field(repr=False)
    subject: str
    base: str | None
    smallest_cell: int = field(repr=False)
    dominated: bool = field(repr=False)
    n_level: int | None = field(repr=False, default=None)
    n_base: int | None = field(repr=False, default=None)

    @property
    def cells(self) -> dict[str, object]:
        """What a finding must know of the cells compared: its fields of these names."""
        cells = ("base", "smallest_cell", "dominated", "n_level", "n_base")
        return {name: getattr(self, name) for name in cells}


@dataclass(frozen=True, slots=True)
class Linear:
    """Hold weighted sums of terms: ``values``, ``df`` and ``effective`` clusters (m,), ``covariance`` (m, m).

    ``identified`` (m,) marks those that have a variance; ``effective`` is infinite where rows are independent.
    ``degrees_told`` are the degrees of freedom as they may be told.
    """

    values: Array
    covariance: Array
    df: Array
    degrees_told: tuple[float, ...]
    effective: Array
    identified: NDArray[np.bool_]

    @property
    def se(self) -> Array:
        """Standard errors, shape (m,); not a number where there is none."""
        variance = np.where(self.identified, np.diag(self.covariance), np.nan)
        return np.asarray(np.sqrt(variance))


def linear(estimate: Fitted, rows: Array) -> Linear:
    """Return weighted sums of an estimate's terms; ``rows`` (m, k) are the weights, no row all zero."""
    effective = _effective(estimate, rows)
    few = effective < FEW_EFFECTIVE if estimate.kind != "wild" else np.zeros(len(rows), dtype=bool)  # its ends say it
    rests_on_few = ((rows != 0) & estimate.unidentified).any(axis=1) | few
    df, covariance = _df(estimate, rows), rows @ estimate.covariance @ rows.T
    told = tuple(estimate.told_df(float(one)) for one in df)
    return Linear(rows @ estimate.coefficients, covariance, df, told, effective, ~rests_on_few)


def _df(estimate: Fitted, rows: Array) -> Array:
    """Return degrees of freedom, shape (m,): Bell–McCaffrey's under HC2, else the rule's own."""
    if estimate.kind == "HC2" and estimate.solution.within is None:
        asked = rows != 0
        df = estimate.df[asked.argmax(axis=1)]  # a single term's are known, whatever its weight
        several = asked.sum(axis=1) > 1
        if several.any():
            df[several] = bell_mccaffrey(estimate.solution, rows[several])
        return np.asarray(df)
    if estimate.kind == "CR2":
        return satterthwaite(estimate.solution, rows)
    return np.full(len(rows), float(estimate.df.min()))


def _effective(estimate: Fitted, rows: Array) -> Array:
    """Return the effective numbers of clusters, shape (m,); infinite where rows are independent."""
    if not (estimate.kind.startswith("CR") or estimate.kind == "wild"):
        return np.full(len(rows), np.inf)
    return effective_clusters(estimate.solution, rows)


def finding_of(estimate: Fitted, asked: Asked) -> Finding:
    """Return what is asked of an estimate as a finding in log points, or in the unit of an outcome that is no log."""
    found = linear(estimate, asked.vector[None, :])
    value, df = float(found.values[0]), float(found.df[0])
    numbers: dict[str, object] = {"caveats": ("no interval: identified inside one or a few clusters",)}
    if found.identified[0]:
        se = float(found.se[0])
        low, high, _, p = estimate.interval_of(asked.vector, value, se, df)
        numbers = {"se": se, "df": found.degrees_told[0], "low": low, "high": high, "p": p}
        numbers |= {"caveats": estimate.interval_notes(asked.vector)}
        numbers |= {"detectable": detectable(se, df), "truth": truth_of(estimate.design, asked.vector)}
        numbers |= {"covariance": rule_of(estimate, found)}
    return described(estimate, asked.subject, unit=estimate.design.outcome.unit, value=value, **asked.cells, **numbers)


def with_coarse_errors(cells: pl.DataFrame) -> pl.DataFrame:
    """Return cells with standard errors of two digits, as ``Finding`` records them; what has none is null."""
    return cells.with_columns(selectors.float().fill_nan(None)).with_columns(pl.col("se").round_sig_figs(2))


def rule_of(estimate: Fitted, found: Linear) -> str:
    """Return the covariance rule, with the least effective number of clusters behind these sums."""
    behind = float(found.effective.min())
    if behind == float("inf"):
        return estimate.rule
    return f"{estimate.rule}; effective clusters behind this premium: {show_count(round(behind))}"


def described(estimate: Fitted, subject: str, **numbers: object) -> Finding:
    """Return a finding of an estimate under its covariance rule; ``numbers`` are fields of ``Finding``."""
    return told_of(estimate.design, subject, **({"covariance": estimate.rule} | numbers))  # type: ignore[arg-type]
