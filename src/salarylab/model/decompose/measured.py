"""Measured: numbers of a decomposition with their joint covariance, whatever the rule that gave it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from salarylab.disclosure import round_df, round_p, significant
from salarylab.model.decompose.fieller import Ratio, fieller
from salarylab.model.decompose.influence import POWERS, Influence, Units, units_of
from salarylab.model.design import Design
from salarylab.model.estimate import interval
from salarylab.model.rules import served
from salarylab.model.variance.replicates import spread_of

Array = NDArray[np.float64]

NUMBERS = ("value", "se", "df", "p", "low", "high")


@dataclass(frozen=True, slots=True)
class Measured:
    """Hold numbers (m,), their covariance (m, m), and degrees of freedom (m,).

    ``unidentified`` (m,) marks numbers that rest on one or a few clusters and get no standard error. ``rule`` is the
    covariance rule in words.
    """

    values: Array = field(repr=False)
    covariance: Array = field(repr=False)
    df: Array = field(repr=False)
    unidentified: NDArray[np.bool_] = field(repr=False)
    kind: str
    rule: str

    def numbers(self, i: int) -> dict[str, float | None]:
        """Return value, se, df (as told), p, low and high of one number; the value alone where it is unidentified."""
        value = float(self.values[i])
        if self.unidentified[i]:
            return dict.fromkeys(NUMBERS) | {"value": value}
        se, df = float(self.covariance[i, i]) ** 0.5, float(self.df[i])
        low, high, _, p = interval(value, se, df)
        told = df if self.kind == "replicate" else round_df(df)
        return dict(zip(NUMBERS, (value, se, told, None if np.isnan(p) else p, low, high), strict=True))

    def told(self, i: int) -> dict[str, float | None]:
        """Return the same numbers as a table may tell them: with coarse errors, which would give away cells' sizes."""
        exact = self.numbers(i)
        se, p = exact["se"], exact["p"]
        coarse = {"se": None if se is None else significant(se, 2), "p": None if p is None else round_p(p)}
        return exact | coarse

    def ratio(self, i: int, j: int) -> Ratio:
        """Return number i over number j with its Fieller set, by the fewer of their degrees of freedom."""
        both = self.covariance[np.ix_([i, j], [i, j])]
        return fieller(float(self.values[i]), float(self.values[j]), both, float(min(self.df[i], self.df[j])))

    def share(self, i: int, j: int, told: bool = True) -> tuple[dict[str, float | None], str]:
        """Return number i over number j, with ends where it has an interval, and what must be said of these.

        Where the ratio may not be ``told``, nothing said has a number.
        """
        ratio = self.ratio(i, j)
        value = ratio.value if np.isfinite(ratio.value) else None
        if self.unidentified[i] or self.unidentified[j]:
            return {"value": value}, "no interval: identified inside one or a few clusters"
        if ratio.bounded:
            return {"value": value, "low": ratio.low, "high": ratio.high}, "interval of the ratio by Fieller"
        return {"value": value}, ratio.words if told else ratio.shape


def measure(
    design: Design, values: Array, influence: Callable[[Units], Influence], refit: Callable[[Array], Array]
) -> Measured:
    """Return the numbers of a design with their covariance under its rule.

    ``influence`` gives what each unit adds to the numbers; ``refit`` gives the numbers under each replicate weight,
    shape (R, m), from weights (n, R), for a survey that has them: V = scale · Σ(θr − θ)². Raises ``ModelError`` for a
    rule that the design cannot serve, and below 20 clusters.
    """
    kind = served(design, "HC2", (*POWERS, "replicate"))
    if kind == "replicate" and design.replicates is not None and design.replication is not None:
        covariance = spread_of(refit(design.replicates) - values, design.replication.scale)
        df = np.full(len(values), design.replication.df)
        rule = f"{design.replication.name}, t({design.replication.df:g})"
        return Measured(values, covariance, df, np.zeros(len(values), dtype=bool), kind, rule)
    units = units_of(design, kind)
    found = influence(units)
    rule = units.rule if design.weights is None else f"{units.rule}; weighted"
    return Measured(values, found.covariance(kind), found.df, found.unidentified(units), kind, rule)
