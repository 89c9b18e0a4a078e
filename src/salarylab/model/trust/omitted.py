"""Omitted: how strong something left out of the equation must be to overturn a premium.

The strength of an omitted variable is two partial R²: of the contrast asked about, and of pay, each with all that
is in the equation taken out. That its coefficient would move as said here is algebra of least squares, whatever
the variance; where intervals are robust, how *they* move is approximated (``Omitted``).

**Source** Cinelli and Hazlett (2020), Journal of the Royal Statistical Society B 82(1), 39–67.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import release, significant
from salarylab.errors import Fault, ModelError, unknown
from salarylab.finding import Finding
from salarylab.model.estimate import Estimate
from salarylab.model.trust.scalar import Scalar, residual, set_apart

Array = NDArray[np.float64]

DECIMALS = 3
"""Of a log point, in tables: finer ones, with the standard error, would give the exact number of rows."""
GRID = tuple(round(0.05 * step, 2) for step in range(11))


def partial_r2(t: float, df: float) -> float:
    """Return the share of what is left of y that one column explains, from its classical t and ``df`` (residual).

    **Source** Cinelli and Hazlett (2020), see above.

    >>> round(partial_r2(4.18, 783), 3)
    0.022
    """
    return t**2 / (t**2 + df)


def robustness_value(t: float, df: float, *, q: float = 1.0, critical: float = 0.0) -> float:
    """Return the partial R², with pay and with the contrast alike, that takes a share q of the estimate away.

    ``t`` is the classical one. With ``critical`` > 0 it is what brings the interval's nearer end to (1 − q) of the
    estimate: ``critical`` is the half-width of the interval in classical standard errors, with the degree of freedom
    that the omitted variable uses: t(df − 1)·√(df/(df − 1)). 0 where the interval reaches there already.

    **Source** Cinelli and Hazlett (2020), see above.

    >>> from scipy.special import stdtrit
    >>> reach = float(stdtrit(782, 0.975)) * (783 / 782) ** 0.5
    >>> round(robustness_value(4.18, 783), 3), round(robustness_value(4.18, 783, critical=reach), 3)
    (0.139, 0.076)
    """
    f, reach = q * abs(t) / df**0.5, critical / df**0.5
    if f <= reach:
        return 0.0
    if f * reach > 1:  # the interval's end is nearest where pay's R² is smaller than the contrast's
        return float((f**2 - reach**2) / (1 + f**2))
    square = (f - reach) ** 2
    return float(0.5 * ((square**2 + 4 * square) ** 0.5 - square))


@dataclass(frozen=True, slots=True)
class Strength:
    """Hold the partial R² of an omitted variable: with the contrast given the equation, with pay given both."""

    with_contrast: float
    with_pay: float


def bounded(k: float, contrast_r2: float, pay_r2: float) -> Strength | None:
    """Return the most that a variable k times as strong as an observed block explains; None where there is none.

    ``contrast_r2`` is the block's partial R² with the contrast given the other controls, ``pay_r2`` with pay
    given these and the contrast. An omitted variable that would have to explain all of the contrast or more can't
    exist; of pay it can explain no more than all.

    **Source** Cinelli and Hazlett (2020), section 4.4, equations 18 and 20; blocks: their section 4.5.

    >>> bounded(1, 0.0091, 0.1246).with_pay > 0.1246
    True
    """
    odds = contrast_r2 / (1 - contrast_r2)
    shared = k * contrast_r2**2 / ((1 - k * contrast_r2) * (1 - contrast_r2)) if k * contrast_r2 < 1 else 1.0
    if k * odds >= 1 or shared >= 1:
        return None
    pay = (k**0.5 + shared**0.5) ** 2 / (1 - shared) * pay_r2 / (1 - pay_r2)
    return Strength(k * odds, min(pay, 1.0))


@dataclass(frozen=True, slots=True, repr=False)
class Omitted:
    """Hold what a premium would be beside an omitted variable of any strength.

    ``value`` in log points, ``classical_se`` and ``df`` those of s²(X'WX)⁻¹: with them the estimate's
    movement is exact. ``se`` and ``critical`` (of a 95 % interval) are those of the equation's own rule, None where
    it has none for this premium: they are taken to shrink or grow as the classical one does, which is an
    approximation unless the rule is classical (``approximate``). ``benchmarks`` are (block, k, strength).
    """

    found: Finding
    value: float
    classical_se: float
    df: int
    se: float | None
    critical: float | None
    approximate: bool
    benchmarks: tuple[tuple[str, float, Strength | None], ...] = field(repr=False)

    def __repr__(self) -> str:
        return self.finding.sentence

    @property
    def partial_r2(self) -> float:
        """The share of what is left of pay that the contrast explains."""
        return partial_r2(self.value / self.classical_se, self.df)

    def robustness(self, q: float = 1.0) -> float:
        """Return the robustness value of the estimate, in partial R²."""
        return robustness_value(self.value / self.classical_se, self.df, q=q)

    def robustness_of_interval(self, q: float = 1.0) -> float | None:
        """Return the robustness value of the 95 % interval, in partial R²; None without a standard error."""
        if self.se is None or self.critical is None:
            return None
        reach = self.critical * self.se / self.classical_se * self._one_less
        return robustness_value(self.value / self.classical_se, self.df, q=q, critical=reach)

    @property
    def _one_less(self) -> float:
        return float((self.df / (self.df - 1)) ** 0.5)

    def adjusted(self, strength: Strength) -> float:
        """Return the premium, in log points, beside an omitted variable that takes it towards zero (and past it)."""
        share = strength.with_pay * strength.with_contrast / (1 - strength.with_contrast)
        moved = self.classical_se * (self.df * share) ** 0.5
        return float(abs(self.value) - moved) * (1.0 if self.value >= 0 else -1.0)

    def adjusted_interval(self, strength: Strength) -> tuple[float, float] | None:
        """Return the 95 % interval beside such a variable, in log points; None without a standard error."""
        if self.se is None or self.critical is None:
            return None
        grown = ((1 - strength.with_pay) / (1 - strength.with_contrast)) ** 0.5 * self._one_less
        middle, reach = self.adjusted(strength), self.critical * self.se * grown
        return middle - reach, middle + reach

    @property
    def finding(self) -> Finding:
        """The premium, with what would overturn it said beside it."""
        return self.found if self.found.suppressed else replace(self.found, caveats=(*self.found.caveats, *self._words))

    @property
    def _words(self) -> tuple[str, ...]:
        of_interval = self.robustness_of_interval()
        words = [
            f"something left out would take it to zero if it explained {_percent(self.robustness())} of what the "
            "equation leaves of pay and of this contrast alike"
        ]
        if of_interval is not None:
            how = ", approximately: exact under the classical variance only" if self.approximate else ""
            words.append(f"its 95% interval would reach zero at {_percent(of_interval)}{how}")
        return tuple(words)

    @property
    def table(self) -> pl.DataFrame:
        """One row per benchmark: ``block, times, r2_contrast, r2_pay, log_points, low, high, n``.

        Null where no omitted variable can be that strong, or where the premium may not be told.
        """
        rows = [(block, k, *self._line(strength), self.found.smallest_cell) for block, k, strength in self.benchmarks]
        return self._released(rows, {"block": pl.String(), "times": pl.Float64()})

    def contour(self, grid: Sequence[float] = GRID) -> pl.DataFrame:
        """Return the premium over a grid of strengths: ``r2_contrast, r2_pay, log_points, low, high, n``."""
        rows = [(*self._line(Strength(d, y)), self.found.smallest_cell) for d in grid for y in grid]
        return self._released(rows, {})

    def _line(self, strength: Strength | None) -> tuple[float | None, ...]:
        if strength is None:
            return (None,) * 5
        low, high = self.adjusted_interval(strength) or (None, None)
        moved = (None if end is None else round(end, DECIMALS) for end in (self.adjusted(strength), low, high))
        return (significant(strength.with_contrast, 2), significant(strength.with_pay, 2), *moved)

    def _released(self, rows: Sequence[tuple[object, ...]], names: dict[str, pl.DataType]) -> pl.DataFrame:
        numbers = ("r2_contrast", "r2_pay", "log_points", "low", "high")
        schema: dict[str, pl.DataType] = names | dict.fromkeys(numbers, pl.Float64()) | {"n": pl.Int64()}
        cells = pl.DataFrame(rows, schema=schema, orient="row").with_columns(withheld=pl.lit(self.found.suppressed))
        return release(cells, numbers, dominated="withheld").frame


def omitted(
    estimate: Estimate,
    factor: str,
    level: str,
    base: str | None = None,
    *,
    benchmarks: Sequence[str] = (),
    times: Sequence[float] = (1, 2, 3),
) -> Omitted:
    """Return how one premium would move beside an omitted variable, and one as strong as observed blocks.

    ``benchmarks`` are factors of the equation, each a block of columns; ``times`` how many times as strong. Weights
    are those of the equation. Raises ``ModelError`` for a factor or level that is not there, a factor that
    interacts, a benchmark that is the factor itself, a ``times`` that is not positive, or too few rows.

    **Source** Cinelli and Hazlett (2020), see above.

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept, sl.positive_pay])
    >>> estimate = sl.fit(sl.build(sl.Spec(factors=("education", "experience_spline", "industry")), sample))
    >>> found = omitted(estimate, "education", "master", benchmarks=["industry"])
    >>> 0 < found.robustness_of_interval() < found.robustness() < 1
    True
    """
    one = set_apart(estimate, factor, level, base)
    _refuse(one, benchmarks, times)
    design, weights = one.design, one.design.weights
    e = residual(np.column_stack([one.beside, one.asked]), design.y, weights)
    d = residual(one.beside, one.asked, weights)
    df = len(e) - one.beside.shape[1] - 1
    if df < 2:
        raise ModelError(Fault("equation", f"{df} residual degrees of freedom", "two or more", "ask fewer factors"))
    value = float(one.found.value or 0.0)
    classical_se = float((e @ e / df / (d @ d)) ** 0.5)
    strengths = []
    for block in benchmarks:
        shares = _block_r2(one, block, float(e @ e), float(d @ d))
        strengths += [(design.blocks[block].factor.label, float(k), bounded(k, *shares)) for k in times]
    se, critical, approximate = one.found.se, None, estimate.kind != "classical"
    if se:
        assert one.found.high is not None
        critical = (one.found.high - value) / se if approximate else _critical(df - 1)
    return Omitted(one.found, value, classical_se, df, se, critical, approximate, tuple(strengths))


def _critical(df: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(df, 0.975))


def _block_r2(one: Scalar, block: str, rss_pay: float, rss_contrast: float) -> tuple[float, float]:
    """Return a block's partial R² with the contrast, and with pay given the contrast."""
    rest = one.beside[:, ~one.columns([block])]
    d = residual(rest, one.asked, one.design.weights)
    e = residual(np.column_stack([rest, one.asked]), one.design.y, one.design.weights)
    return 1 - rss_contrast / float(d @ d), 1 - rss_pay / float(e @ e)


def _refuse(one: Scalar, benchmarks: Sequence[str], times: Sequence[float]) -> None:
    factors = [name for name in one.design.spec.factors if ":" not in name and name != one.factor]
    faults = [unknown("benchmark", name, factors) for name in benchmarks if name not in factors]
    bad = [k for k in times if not (np.isfinite(k) and k > 0)]
    if bad:
        faults.append(Fault("times", ", ".join(map(str, bad)), "positive numbers", "as strong as a block is 1"))
    if faults:
        raise ModelError(*faults)


def _percent(share: float) -> str:
    return f"{significant(100 * share, 2):g}%"
