"""Conformal intervals: a range of pay around the fitted one that covers, within each group, as often as it says.

One half of the sample fits pay; the other half shows, group by group, how far pay lies from the fit (Mondrian). The
promise holds for exchangeable rows at any sample size, whatever the equation misses. An interval is not a
distribution in which to place an offer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import MIN_CELL, MIN_PERCENTILE_CELL, release, significant
from salarylab.errors import Fault, ModelError, unknown
from salarylab.model.blocks import Levels, Numbers
from salarylab.model.contributors import one_gives_most, rows_of
from salarylab.model.design import Design, matrix
from salarylab.model.spline import restricted_cubic
from salarylab.model.trust.comparison import not_finite
from salarylab.units import percent

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
Mask = NDArray[np.bool_]

LEVEL = 0.9
STEP = 0.01
"""Log points to which a half-width is rounded, upwards."""
LEAST_SCALE = 0.2
"""Least scale of a row, as a share of the mean scale: no interval shrinks to nothing."""
NOTE = (
    "an interval for one more row drawn as these were, not a distribution in which to place an offer; promised for "
    "exchangeable rows only"
)


@dataclass(frozen=True, slots=True)
class ConformalIntervals:
    """Hold, for each level of the group, the half-width in log points (told coarsely) and its calibration rows.

    ``half_widths`` (L,) are NaN where withheld; with ``scaled`` they multiply a row's own scale. ``coefficients`` and
    ``scales`` (k,) give fitted log pay and its scale. ``withheld`` names groups with too few calibration rows.
    """

    design: Design = field(repr=False)
    group: str
    level: float
    scaled: bool
    coefficients: Array = field(repr=False)
    scales: Array = field(repr=False)
    least: float = field(repr=False)
    half_widths: Array = field(repr=False)
    calibrated: Codes = field(repr=False)
    withheld: tuple[str, ...]
    note: str = field(default=NOTE, repr=False)

    @property
    def table(self) -> pl.DataFrame:
        """One row a group: the interval's ends around fitted pay, in percent, with calibration rows as ``n``.

        With ``scaled`` they are those of a row with the mean scale. A group that may not be told shows nothing.
        """
        block = _levels(self.design, self.group)
        rows = [
            [block.told(at), *self._ends(j), int(self.calibrated[j]), one_gives_most(self.design, {self.group: at})]
            for j, at in enumerate(block.levels)
        ]
        schema = {"group": pl.String(), "percent_low": pl.Float64(), "percent_high": pl.Float64()}
        frame = pl.DataFrame(rows, schema=schema | {"n": pl.Int64(), "withheld": pl.Boolean()}, orient="row")
        return release(frame, ["percent_low", "percent_high"], dominated="withheld").frame

    def at(self, profile: Mapping[str, str | float]) -> pl.DataFrame:
        """Return the interval of pay at one profile: a level or number for every factor of the equation.

        Columns: group, low, typical, high (pay in the outcome's unit, three significant digits, the ends rounded
        outwards) and n, the calibration rows. Empty of numbers where the group is withheld, or a level of the
        profile has fewer than ten rows or mostly one contributor. Raises ``ModelError`` for a factor that is missing
        or a level not met.
        """
        row = _row(self.design, profile)
        block = _levels(self.design, self.group)
        j = block.levels.index(str(profile[self.group]))
        cells = [
            {name: str(profile[name]) for name in term.split(":") if name in self.design.base_of}
            for term in self.design.spec.factors
        ]
        rows = min(int(rows_of(self.design, cell).sum()) for cell in cells)
        out = rows < MIN_CELL or any(one_gives_most(self.design, cell) for cell in cells)
        reach = self.half_widths[j] * (max(float(row @ self.scales), self.least) if self.scaled else 1.0)
        fitted = float(row @ self.coefficients)
        low, typical, high = (
            float(np.exp(fitted + side * reach)) if np.isfinite(reach) else None for side in (-1, 0, 1)
        )
        told = {"low": _outwards(low, -1), "typical": None if typical is None else significant(typical, 3)}
        told |= {"high": _outwards(high, 1)}
        frame = pl.DataFrame(
            {"group": [block.told(block.levels[j])], **told, "n": [int(self.calibrated[j])], "out": [out]},
            schema_overrides=dict.fromkeys(told, pl.Float64()),
        )
        return release(frame, list(told), dominated="out").frame

    def _ends(self, j: int) -> list[float | None]:
        reach = float(self.half_widths[j])
        if not np.isfinite(reach):
            return [None, None]
        if self.scaled:
            reach *= float(np.maximum(matrix(self.design) @ self.scales, self.least).mean())
        return [float(np.floor(10 * percent(-reach)) / 10), float(np.ceil(10 * percent(reach)) / 10)]


def conformal_intervals(
    design: Design, group: str, *, level: float = LEVEL, scaled: bool = False, seed: int = 1
) -> ConformalIntervals:
    """Return conformal intervals of pay for each level of a factor of the equation.

    Half of the clusters (or rows), drawn by ``seed``, fit the equation; of the other half one row of each cluster
    calibrates each group. ``scaled`` lets the width follow a scale fitted to the first half's absolute residuals. A
    group is withheld, and named, with fewer than 30 calibration rows or fewer than ten beyond the end: the end
    is somebody's residual. Half-widths are rounded up to .01 log points. Raises ``ModelError`` for weights (a
    weighted row's like is not drawn as these were), a level out of range, a group that is no categorical factor
    of the equation, and fewer rows than columns in the half that fits.

    **Source** Vovk (2012), Proceedings of Machine Learning Research 25, 475–490 (by group); Lei et al. (2018),
    JASA 113(523), 1094–1111 (split, scaled; quantile scores instead: Romano, Patterson and Candès 2019, NeurIPS
    32); Dunn, Wasserman and Ramdas (2023), JASA 118(544), 2491–2502 (one row of each cluster).

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept, sl.positive_pay])
    >>> design = sl.build(sl.Spec(factors=("education", "experience")), sample)
    >>> conformal_intervals(design, "education").table.columns
    ['group', 'percent_low', 'percent_high', 'n']
    """
    _refuse(design, group, level)
    block = _levels(design, group)
    rng = np.random.default_rng(seed)
    fitting, calibrating = split(block.codes, design.clusters, rng)
    x = matrix(design)
    faults = not_finite(design.y, x)
    if fitting.sum() <= x.shape[1]:
        found = "a half of the sample with no more rows than the equation has columns"
        faults.append(Fault("equation", found, "more rows than columns in each half", "ask fewer factors"))
    if faults:
        raise ModelError(*faults)
    coefficients = _least_norm(x[fitting], design.y[fitting])
    away = np.abs(design.y - x @ coefficients)
    scales = _least_norm(x[fitting], away[fitting]) if scaled else np.zeros(x.shape[1])
    least = LEAST_SCALE * float(away[fitting].mean())
    scores = away / np.maximum(x @ scales, least) if scaled else away
    codes, scores = block.codes[calibrating], scores[calibrating]
    widths = np.array([_told_width(scores[codes == j], level) for j in range(len(block.levels))])
    counts = np.bincount(codes, minlength=len(block.levels))
    withheld = tuple(block.told(at) for at, width in zip(block.levels, widths, strict=True) if not np.isfinite(width))
    return ConformalIntervals(design, group, level, scaled, coefficients, scales, least, widths, counts, withheld)


def rank(n: int, level: float) -> int:
    """Return the rank ⌈(n + 1)·level⌉ of the calibration score that bounds one more, exactly.

    A rank above n says that no score does.

    >>> rank(19, 0.95), rank(19, 0.55), rank(18, 0.95)
    (19, 11, 19)
    """
    wanted = (n + 1) * Fraction(str(level))
    return int(-(-wanted // 1))


def half_width(scores: Array, level: float) -> float:
    """Return the score that one more, exchangeable with these (n,), stays below with probability ``level`` or more.

    >>> half_width(np.arange(1.0, 20.0), 0.9), half_width(np.arange(5.0), 0.9)
    (18.0, inf)
    """
    at = rank(len(scores), level)
    return float(np.sort(scores)[at - 1]) if at <= len(scores) else float("inf")


def split(groups: Codes, clusters: Codes | None, rng: np.random.Generator) -> tuple[Mask, Codes]:
    """Return which rows fit, (n,), and the numbers of those that calibrate.

    Half of the clusters fit; of each cluster of the other half one row a group calibrates, drawn at random.
    """
    n = len(groups)
    codes = np.arange(n) if clusters is None else clusters
    units = int(codes.max()) + 1
    first = np.zeros(units, dtype=bool)
    first[rng.permutation(units)[: units // 2]] = True
    order = rng.permutation(n)
    pairs = codes * (int(groups.max()) + 1) + groups
    one_each = order[np.unique(pairs[order], return_index=True)[1]]
    return first[codes], np.sort(one_each[~first[codes[one_each]]])


def _told_width(scores: Array, level: float) -> float:
    """Return a half-width rounded up, or NaN where it would be too few rows' own."""
    n = len(scores)
    if n < MIN_PERCENTILE_CELL or n - rank(n, level) < MIN_CELL:
        return float("nan")
    return float(np.ceil(half_width(scores, level) / STEP) * STEP)


def _least_norm(x: Array, y: Array) -> Array:
    """Return least-squares coefficients; a column that this half lacks counts for nothing."""
    length = np.linalg.norm(x, axis=0)
    length[length == 0] = 1.0
    return np.asarray(np.linalg.lstsq(x / length, y, rcond=None)[0] / length)


def _outwards(value: float | None, side: int) -> float | None:
    """Return an amount at three significant digits, rounded down or up."""
    if value is None:
        return None
    unit = 10.0 ** (np.floor(np.log10(value)) - 2)
    return float((np.ceil if side > 0 else np.floor)(value / unit) * unit)


def _levels(design: Design, name: str) -> Levels:
    block = design.blocks[name]
    assert isinstance(block, Levels)
    return block


def _row(design: Design, profile: Mapping[str, str | float]) -> Array:
    """Return the row of the design matrix at a profile, shape (k,)."""
    faults = [unknown("factor of this equation", name, design.blocks) for name in profile if name not in design.blocks]
    blocks: dict[str, Levels | Numbers] = {}
    for name, block in design.blocks.items():
        value = profile.get(name)
        if isinstance(block, Levels) and str(value) in block.levels:
            blocks[name] = replace(block, codes=np.array([block.levels.index(str(value))]))
        elif isinstance(block, Numbers) and isinstance(value, (int, float)) and np.isfinite(value):
            blocks[name] = replace(block, values=_numbers(block, float(value)))
        elif isinstance(block, Levels) and value is not None:
            faults.append(unknown(f"level of {name} in this sample:", str(value), block.named))
        else:
            wanted = "a level" if isinstance(block, Levels) else "a number"
            faults.append(Fault(f"profile: {name}", "no value" if value is None else repr(value), wanted, "say it"))
    if faults:
        raise ModelError(*faults)
    return np.asarray(matrix(replace(design, blocks=blocks, y=np.zeros(1)))[0])


def _numbers(block: Numbers, value: float) -> Array:
    """Return a numeric factor's columns at one value, shape (1, m)."""
    if block.factor.kind == "number":
        return np.array([[value]])
    bends = [int(name.rpartition(".")[2]) for name in block.names]
    return np.asarray(restricted_cubic(np.array([value]), block.factor.knots)[:, bends])


def _refuse(design: Design, group: str, level: float) -> None:
    faults = []
    known = [name for name, block in design.blocks.items() if isinstance(block, Levels)]
    if group not in known:
        faults.append(unknown("categorical factor of this equation", group, known))
    if not 0 < level < 1:
        faults.append(Fault("level", f"{level:g}", "a share between 0 and 1", f"take {LEVEL:g}"))
    if design.weights is not None:
        remedy = "Spec(weights=None), to speak of rows drawn as the sample was"
        faults.append(
            Fault("weights", "weighted rows", "rows that count alike: one more is drawn as they were", remedy)
        )
    if design.clusters is not None and len(np.unique(design.clusters)) < 2:
        faults.append(Fault("clusters", "one only", "two or more: a half each", "cluster on something finer"))
    if faults:
        raise ModelError(*faults)
