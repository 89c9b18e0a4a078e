"""Oster: what a premium would be if what is left out stood to it as the predetermined controls do.

Selection on omitted variables is taken to be δ times that on the controls named, and an equation with both would
have an R² of R_max. Both are assumptions that the caller declares; the rest is algebra.

**Source** Oster (2019), Journal of Business & Economic Statistics 37(2), 187–204, Proposition 2 and its corollary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import release
from salarylab.errors import Fault, ModelError, unknown
from salarylab.finding import Finding
from salarylab.model.estimate import Estimate
from salarylab.model.telling import told_of
from salarylab.model.trust.resampling import exponential_weights
from salarylab.model.trust.scalar import Scalar, set_apart

Array = NDArray[np.float64]

MORE = 1.3
"""R_max over the R² of the equation with controls: Oster's rule from randomised studies."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Hold all that the bound needs: coefficient and R² without and with the controls, and three variances.

    ``var_y`` is that of y; ``var_asked`` that of the contrast given what stands in both equations; ``var_left`` that
    of the contrast given the controls too.
    """

    without: float
    with_controls: float
    r2_without: float
    r2_with: float
    var_y: float
    var_asked: float
    var_left: float


def moments(gram: Array, held: int) -> Moments:
    """Return the moments from the Gram matrix of (held, controls, contrast, y), the intercept first.

    ``held`` columns stand in both equations. The matrix has shape (k + 1, k + 1), in units of weight.
    """
    k = len(gram) - 2
    short = np.linalg.cholesky(gram[np.ix_(*[[*range(held), k, k + 1]] * 2)])
    long = np.linalg.cholesky(gram)
    total = gram[0, 0] * (gram[k + 1, k + 1] - gram[0, k + 1] ** 2 / gram[0, 0])
    scale = float(gram[0, 0])
    return Moments(
        without=float(short[-1, -2] / short[-2, -2]),
        with_controls=float(long[-1, -2] / long[-2, -2]),
        r2_without=1 - float(short[-1, -1]) ** 2 * scale / float(total),
        r2_with=1 - float(long[-1, -1]) ** 2 * scale / float(total),
        var_y=float(total) / scale**2,
        var_asked=float(short[-2, -2]) ** 2 / scale,
        var_left=float(long[-2, -2]) ** 2 / scale,
    )


def delta_for(m: Moments, r_max: float, target: float = 0.0) -> float:
    """Return the δ at which the premium is ``target``: how many times as strongly what is left out must select.

    Infinite where no δ leads there.
    """
    moved, gained, room = m.without - m.with_controls, _gained(m), (r_max - m.r2_with) * m.var_y
    v, left, asked = m.with_controls - target, m.var_left, m.var_asked
    cubic = v**3 * (left * asked - left**2)
    needed = v * gained * left + v * asked * left * moved**2 + 2 * v**2 * left * moved * asked + cubic
    there = room * moved * asked + v * room * (asked - left) + v**2 * left * moved * asked + cubic
    return needed / there if there else float("inf")


def adjusted(m: Moments, r_max: float, delta: float = 1.0) -> tuple[float, tuple[float, ...], int]:
    """Return the premium under δ and R_max, all solutions, and how many of them can hold.

    The equation is a cubic (a quadratic at δ = 1) and may have three solutions. Returned is the nearest to the
    premium with controls among those in which the index of the controls goes with the contrast in the direction in
    which it is seen to (Oster's assumption 3) and both indices have a positive variance; where none does, the
    nearest of all. At δ = 1 one does; beyond 1, and below 0, several may.
    """
    moved, room = m.without - m.with_controls, (r_max - m.r2_with) * m.var_y
    left, asked = m.var_left, m.var_asked
    polynomial = [
        (delta - 1) * (left * asked - left**2),
        left * moved * asked * (delta - 2),
        delta * room * (asked - left) - _gained(m) * left - asked * left * moved**2,
        delta * room * moved * asked,
    ]
    found = np.roots(np.trim_zeros(polynomial, "f"))
    biases = np.sort(found[np.abs(found.imag) <= 1e-7 * (1e-300 + np.abs(found))].real)
    biases = biases if len(biases) else np.zeros(1)  # the controls move nothing: no bias follows from them
    index = moved * asked + biases * (asked - left)  # covariance of the contrast with the index of the controls
    can_hold = (index * moved > 0) & (delta * biases * index > 0)
    allowed = biases[can_hold] if can_hold.any() else biases
    nearest = float(allowed[np.argmin(np.abs(allowed))])
    return m.with_controls - nearest, tuple((m.with_controls - biases).tolist()), int(can_hold.sum())


def _gained(m: Moments) -> float:
    return (m.r2_with - m.r2_without) * m.var_y


@dataclass(frozen=True, slots=True, repr=False)
class Oster:
    """Hold a premium under declared selection: log points; ``low`` and ``high`` are None without resamples.

    ``solutions`` are all that satisfy the equation; ``can_hold`` how many of them can hold in some population (see
    ``adjusted``); ``delta_to_zero`` the δ at which the premium is zero.
    """

    one: Scalar = field(repr=False)
    predetermined: tuple[str, ...]
    moments: Moments
    r_max: float
    delta: float
    value: float
    solutions: tuple[float, ...]
    can_hold: int
    delta_to_zero: float
    low: float | None
    high: float | None

    def __repr__(self) -> str:
        return self.finding.sentence

    @property
    def finding(self) -> Finding:
        """The premium under the declared δ and R_max, with its percentile interval where one was asked for."""
        given = ", ".join(self.one.design.blocks[name].factor.label for name in self.predetermined)
        subject = f"{self.one.found.subject}, were what is left out {self.delta:g} times as selective as {given}"
        rule = "percentiles over exponentially reweighted rows" if self.low is not None else "no interval asked for"
        numbers = self.one.told() | {"covariance": rule, "low": self.low, "high": self.high}
        told = told_of(self.one.design, subject, unit="log points", value=self.value, **numbers)  # type: ignore[arg-type]
        return told if told.suppressed else replace(told, caveats=self._words)

    @property
    def _words(self) -> tuple[str, ...]:
        words = [f"assumes R² of {self.r_max:.2f} with all that is left out; zero at δ = {self.delta_to_zero:.2g}"]
        if self.can_hold > 1:
            words.append(f"{self.can_hold} solutions can hold: the nearest to the premium with controls is told")
        if not self.can_hold:
            words.append("no solution keeps the direction in which the controls are seen to select")
        return tuple(words)

    @property
    def table(self) -> pl.DataFrame:
        """One row: premium without, with controls and adjusted, R² of each, δ, δ to zero, solutions, interval, n."""
        m = self.moments
        line = {
            "log_points_without": m.without,
            "log_points_with": m.with_controls,
            "log_points_adjusted": self.value,
            "low": self.low,
            "high": self.high,
            "r2_without": round(m.r2_without, 3),
            "r2_with": round(m.r2_with, 3),
            "r2_max": round(self.r_max, 3),
            "delta": self.delta,
            "delta_to_zero": self.delta_to_zero,
        }
        cells = pl.DataFrame([line], schema=dict.fromkeys(line, pl.Float64())).with_columns(
            n=pl.lit(self.one.found.smallest_cell), withheld=pl.lit(self.one.withheld)
        )
        return release(cells, list(line), dominated="withheld").frame


def oster(
    estimate: Estimate,
    factor: str,
    level: str,
    base: str | None = None,
    *,
    predetermined: Sequence[str],
    held: Sequence[str] = (),
    delta: float = 1.0,
    r_max: float | None = None,
    resamples: int = 0,
    seed: int = 0,
) -> Oster:
    """Return one premium adjusted for omitted variables that select as predetermined controls do.

    ``predetermined`` names the factors of the equation that were settled before the contrast asked about; ``held``
    those that stand in both equations and are taken as unrelated to what is left out (the year, say), as are the other
    levels of the factor itself. Each factor of the equation is one or the other: a role or an employer may follow from
    the degree, and has no place here. ``r_max`` defaults to min(1, 1.3 R²). With ``resamples`` (200 or more) the
    interval is the percentiles over rows, or clusters, reweighted by exponential lots.

    Raises ``ModelError`` for factors that are neither, an interaction, δ or R_max out of range, replicate
    weights with ``resamples``, or fewer than 20 clusters with them.

    **Source** Oster (2019), see above.

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept, sl.positive_pay])
    >>> estimate = sl.fit(sl.build(sl.Spec(factors=("education", "experience_spline")), sample))
    >>> found = oster(estimate, "education", "master", predetermined=["experience_spline"])
    >>> found.moments.r2_with < found.r_max <= 1
    True
    """
    one = set_apart(estimate, factor, level, base)
    _refuse(one, predetermined, held, delta, resamples)
    controls = one.columns(predetermined)
    z, gram = _laid_out(one, controls)
    common = int((~controls).sum())
    found = moments(gram, common)
    most = _most(found, r_max)
    value, solutions, kept = adjusted(found, most, delta)
    low, high = None, None
    if resamples:
        draws = []
        for lot in exponential_weights(len(z), one.design.clusters, resamples, seed):
            again = moments((z * lot[:, None]).T @ z, common)
            draws.append(adjusted(again, max(most, again.r2_with) if r_max else _most(again, None), delta)[0])
        low, high = (float(end) for end in np.quantile(draws, (0.025, 0.975)))
    zero = delta_for(found, most)
    return Oster(one, tuple(predetermined), found, most, delta, value, solutions, kept, zero, low, high)


def _laid_out(one: Scalar, controls: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Return (held, controls, contrast, y) with an orthonormal basis of the former two, and its Gram matrix."""
    root = np.ones(len(one.asked)) if one.design.weights is None else np.sqrt(one.design.weights)
    order = np.argsort(controls, kind="stable")
    q = np.linalg.qr(one.beside[:, order] * root[:, None])[0]
    z = np.column_stack([q, one.asked * root, one.design.y * root])
    return z, z.T @ z


def _most(m: Moments, r_max: float | None) -> float:
    most = min(1.0, MORE * m.r2_with) if r_max is None else r_max
    if not m.r2_with < most <= 1:
        raise ModelError(
            Fault(
                "r_max", f"{most:g}", f"above the equation's R² of {m.r2_with:.2f}, at most 1", "declare a greater one"
            )
        )
    return most


def _refuse(one: Scalar, predetermined: Sequence[str], held: Sequence[str], delta: float, resamples: int) -> None:
    factors = [name for name in one.design.spec.factors if ":" not in name and name != one.factor]
    faults = [unknown("control", name, factors) for name in (*predetermined, *held) if name not in factors]
    open_ = [name for name in factors if name not in (*predetermined, *held)]
    if open_ or not predetermined or set(predetermined) & set(held):
        found = f"neither predetermined nor held: {', '.join(open_)}" if open_ else "none named, or named as both"
        remedy = "name each, or leave it out of the equation if it may follow from the contrast"
        faults.append(Fault("controls", found, "each factor as predetermined or as held, one at least", remedy))
    if not (np.isfinite(delta) and delta != 0):
        faults.append(Fault("delta", f"{delta:g}", "a finite number other than zero", "1 is equal selection"))
    if resamples and resamples < 200:
        faults.append(Fault("resamples", str(resamples), "0, or 200 and more", "take 1,000"))
    if resamples and one.design.replicates is not None:
        remedy = "leave resamples at 0, or build the equation with a weight column of its own"
        faults.append(Fault("resamples", "a design with replicate weights", "independent rows or clusters", remedy))
    if faults:
        raise ModelError(*faults)
