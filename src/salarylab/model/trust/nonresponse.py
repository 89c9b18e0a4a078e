"""Nonresponse: what a pay gap can be when some who were asked did not say what they earn.

Lee's trimming bounds are left out: they bound a difference among those who would answer in either of two states, and
nobody stands in two levels of education.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import MIN_CELL, MIN_PERCENTILE_CELL, dominated, release, significant
from salarylab.errors import Fault, ModelError, unknown
from salarylab.finding import Finding
from salarylab.model.factor import factor as declared_factor
from salarylab.model.factor import outcome as declared_outcome
from salarylab.model.trust.bounds import Bound, bound, quantile_bounds, share_bounds
from salarylab.model.trust.resampling import exponential_weights
from salarylab.sample import Sample, positive_pay

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

DEPARTURES = (0.0, 0.05, 0.1, 0.2, 0.5, 1.0)


@dataclass(frozen=True, slots=True, repr=False)
class PayBounds:
    """Hold a gap between two levels, bounded for those who did not state their pay.

    ``bounds`` has one line a departure. ``breakdown`` is the least departure at which the bounds hold zero; 0 where
    the gap among those who answered is zero, None where no departure does it. ``answered`` are the shares who stated
    their pay at level and base.
    """

    sample: Sample = field(repr=False)
    subject: str
    base: str
    unit: str
    bounds: tuple[Bound, ...]
    breakdown: float | None
    answered: tuple[float, float]
    smallest_cell: int
    dominated: bool

    def __repr__(self) -> str:
        return self.finding.sentence

    @property
    def finding(self) -> Finding:
        """The gap among those who answered, with the widest departure's interval where that is closed."""
        value, widest = self.bounds[0].low, self.bounds[-1]
        closed = np.isfinite(widest.ci_low) and np.isfinite(widest.ci_high)
        provenance, source = self.sample.provenance, self.sample.provenance.source
        few = self.smallest_cell < MIN_CELL or self.dominated
        return Finding(
            question="what a gap can be, given those who did not state their pay",
            subject=f"{self.subject}, if the silent differ by up to {widest.departure:g}",
            unit="share" if self.unit == "share" else "log points",
            value=value,
            low=widest.ci_low if closed else None,
            high=widest.ci_high if closed else None,
            n=len(self.sample),
            smallest_cell=self.smallest_cell,
            dominated=self.dominated,
            base=self.base,
            covariance="Imbens–Manski interval; percentiles over exponentially reweighted rows or clusters",
            population=self.sample.population,
            source=source.key,
            headline=provenance.headline,
            licence=source.licence,
            data_sha256=tuple(stamp.sha256 for stamp in provenance.files),
            caveats=() if few else self._words,
        )

    @property
    def _words(self) -> tuple[str, ...]:
        widest = self.bounds[-1]
        words = ["the value is of those who answered; the interval is for the gap of all"]
        if not (np.isfinite(widest.low) and np.isfinite(widest.high)):
            words.append(f"at a departure of {widest.departure:g} the gap has no bound on one side or both")
        if self.breakdown is not None:
            words.append(f"zero is within the bounds from a departure of {significant(self.breakdown, 2):g} on")
        return tuple(words)

    @property
    def table(self) -> pl.DataFrame:
        """One row a departure: ``departure, low, high, ci_low, ci_high, n``; null where open or few."""
        lines = [[b.departure, *map(_closed, (b.low, b.high, b.ci_low, b.ci_high))] for b in self.bounds]
        names = ("departure", "low", "high", "ci_low", "ci_high")
        cells = pl.DataFrame(lines, schema=dict.fromkeys(names, pl.Float64()), orient="row")
        cells = cells.with_columns(n=pl.lit(self.smallest_cell), withheld=pl.lit(self.dominated))
        return release(cells, names[1:], dominated="withheld").frame


def pay_bounds(
    sample: Sample,
    factor: str,
    level: str,
    base: str,
    *,
    quantile: float = 0.5,
    above: float | None = None,
    outcome: str = "log_pay_annual",
    departures: Sequence[float] = DEPARTURES,
    resamples: int = 500,
    seed: int = 0,
) -> PayBounds:
    """Return the bounds of a gap in a quantile of log pay, or in the share paid ``above`` an amount.

    The sample must still hold those who did not answer pay: draw it without ``positive_pay``. A row that states
    a band alone counts as silent; one that states no pay at all (zero) is left out and counted. Survey weights are used
    where the source has them; rows of a cluster are resampled together. A bound with fewer than ten answers beyond it
    is open. Where pay is heaped on round amounts, so are bounds of quantiles: ± one step.

    Raises ``ModelError`` for a sample in which nobody is silent or that kept only those with pay, fewer than thirty
    answers at a level, a quantile or departure out of range, replicate weights, or fewer than 20 clusters.

    **Source** see ``bounds``.

    >>> from dataclasses import replace
    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept])
    >>> stated = pl.when(pl.int_range(pl.len()) % 10 > 0).then("pay_annual_usd")
    >>> silent = replace(sample, table=sample.table.with_columns(pay_annual_usd=stated))  # every tenth says nothing
    >>> pay_bounds(silent, "education", "master", "bachelor", resamples=200).table.columns
    ['departure', 'low', 'high', 'ci_low', 'ci_high', 'n']
    """
    wanted = declared_outcome(outcome, sample.asked).column
    _refuse_asked(sample, factor, wanted, quantile, departures, resamples)
    part = declared_factor(factor)
    sample = sample.without(pl.col(wanted) <= 0, f"pay of nothing: {wanted}")
    text = sample.table.select(part.expression.cast(pl.String).alias("level"))["level"]
    sides = [(text == name).fill_null(False).to_numpy() for name in (level, base)]
    amounts = sample.table[wanted].to_numpy()
    stated = np.isfinite(amounts)
    _refuse_sides(sample, factor, (level, base), sides, stated)
    weighted = sample.provenance.source.weighted
    w = sample.table["weight"].to_numpy().astype(np.float64) if weighted else np.ones(len(sample))
    if not (np.isfinite(w) & (w > 0)).all():
        raise ModelError(Fault("weights", "not positive, or none", "positive weights", "restrict the sample"))
    y = np.log(np.where(stated, amounts, 1.0))
    ask = _Asked([_Side(y, stated, inside) for inside in sides], quantile, None if above is None else np.log(above))
    grid = sorted({0.0, *departures})
    found = [ask.gap(w, k) for k in grid]
    lots = exponential_weights(len(sample), _clusters(sample), resamples, seed)
    drawn = np.array([[ask.gap(w * lot, k) for k in grid] for lot in lots])
    bounds = tuple(bound(k, ends, drawn[:, i]) for i, (k, ends) in enumerate(zip(grid, found, strict=True)))
    shares = [float(w[s & stated].sum() / w[s].sum()) for s in sides]
    what = f"share paid above {significant(above):,.0f} USD" if above is not None else f"pay at quantile {quantile:g}"
    held = any(dominated(w[s & stated], _contributors(sample)[s & stated]) for s in sides)
    least = min(int((s & t).sum()) for s in sides for t in (stated, ~stated) if (s & t).any())
    return PayBounds(
        sample,
        f"Raw gap of {level} to {base} in {what}",
        base,
        "log points" if above is None else "share",
        bounds,
        _breakdown(ask, w),
        (shares[0], shares[1]),
        least,
        held,
    )


class _Side:
    """Hold one level's rows: log pay of those who answered, sorted, and all rows."""

    def __init__(self, y: Array, stated: NDArray[np.bool_], inside: NDArray[np.bool_]) -> None:
        rows = np.flatnonzero(inside & stated)
        self.rows = rows[np.argsort(y[rows], kind="stable")]
        self.pay = y[self.rows]
        self.all = inside

    def answered(self, w: Array) -> float:
        return float(w[self.rows].sum() / w[self.all].sum())


@dataclass(frozen=True, slots=True)
class _Asked:
    """Hold what is asked of two sides: a quantile, or the share above a log amount."""

    sides: list[_Side]
    quantile: float
    above: float | None

    def gap(self, w: Array, departure: float) -> tuple[float, float]:
        (low, high), (base_low, base_high) = (self._of(side, w, departure) for side in self.sides)
        return float(low - base_high), float(high - base_low)

    def _of(self, side: _Side, w: Array, departure: float) -> Array:
        own = w[side.rows]
        if self.above is not None:
            return share_bounds(float(own[side.pay > self.above].sum() / own.sum()), side.answered(w), departure)
        ends = quantile_bounds(side.pay, own, side.answered(w), self.quantile, departure)
        # with fewer answers beyond it a bound would be nearly somebody's own pay
        beyond = np.array([(side.pay < ends[0]).sum(), (side.pay > ends[1]).sum()])
        return np.where(beyond < MIN_CELL, np.array([-np.inf, np.inf]), ends)


def _breakdown(ask: _Asked, w: Array) -> float | None:
    """Return the least departure at which the bounds hold zero, by bisection: they only widen."""

    def holds_zero(departure: float) -> bool:
        low, high = ask.gap(w, departure)
        return low <= 0 <= high

    if not holds_zero(1.0):
        return None
    inside, outside = 1.0, 0.0
    if holds_zero(0.0):
        return 0.0
    while inside - outside > 1e-6:
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if holds_zero(middle) else (inside, middle)
    return inside


def _closed(end: float) -> float | None:
    return end if np.isfinite(end) else None


def _clusters(sample: Sample) -> Codes | None:
    column = sample.table["cluster"]
    if column.null_count() == len(column):
        return None
    own = pl.format("\u0000{}", pl.int_range(pl.len()))
    keys = sample.table.select(pl.col("cluster").cast(pl.String).fill_null(own))["cluster"]
    return (keys.rank("dense").cast(pl.Int64) - 1).to_numpy()


def _contributors(sample: Sample) -> Array:
    """Return who stands behind each row: its employer, or itself."""
    own = pl.format("\u0000{}", pl.int_range(pl.len()))
    keys = sample.table.select(pl.col("employer").cast(pl.String).fill_null(own))["employer"]
    return keys.rank("dense").to_numpy()


# Refusals


def _refuse_asked(
    sample: Sample, factor: str, pay: str, quantile: float, departures: Sequence[float], resamples: int
) -> None:
    part = declared_factor(factor)
    faults = [unknown("column", name, sorted(sample.asked)) for name in (pay, *part.needs) if name not in sample.asked]
    if part.kind not in ("level", "text"):
        faults.append(Fault(f"factor {factor!r}", "a number", "a factor with levels", "choose one with levels"))
    if not 0 < quantile < 1:
        faults.append(Fault("quantile", f"{quantile:g}", "between 0 and 1", "0.5 is the median"))
    if not departures or not all(0 <= k <= 1 for k in departures):
        faults.append(Fault("departures", str(tuple(departures)), "one or more from 0 to 1", "1 is the worst case"))
    if resamples < 200:
        faults.append(Fault("resamples", str(resamples), "200 or more", "take 500"))
    if sample.provenance.source.replication is not None:
        remedy = "such surveys fill in the pay of the silent themselves: read their documentation"
        faults.append(Fault("sample", "replicate weights", "independent rows or clusters", remedy))
    if positive_pay.label in " ".join(sample.population):
        remedy = "draw it without positive_pay"
        faults.append(Fault("sample", f"restricted: {positive_pay.label}", "the silent still in it", remedy))
    if faults:
        raise ModelError(*faults)


def _refuse_sides(
    sample: Sample,
    factor: str,
    levels: tuple[str, str],
    sides: Sequence[NDArray[np.bool_]],
    stated: NDArray[np.bool_],
) -> None:
    faults = []
    for level, side in zip(levels, sides, strict=True):
        if (side & stated).sum() < MIN_PERCENTILE_CELL:
            found = f"fewer than {MIN_PERCENTILE_CELL} answers"
            faults.append(Fault(f"{factor}: {level}", found, f"{MIN_PERCENTILE_CELL} or more", "choose other levels"))
    if levels[0] == levels[1]:
        faults.append(Fault(f"{factor}: {levels[0]}", "compared with itself", "two levels", "choose another base"))
    if not faults and stated[sides[0] | sides[1]].all():
        removed = sample.attrition.filter(pl.col("stage") != "raw", pl.col("rows_lost") > 0)["reason"].to_list()
        found = "nobody is silent" + (f"; rows were lost to: {'; '.join(removed)}" if removed else "")
        remedy = "a source whose cleaning removes those without pay, or never shows them, can't be bounded"
        faults.append(Fault("sample", found, "rows that did not answer pay", remedy))
    if faults:
        raise ModelError(*faults)
