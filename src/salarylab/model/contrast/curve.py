"""Curve: the premium over years of experience or age, relative to a reference year, with bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import MIN_CELL, dominated, release
from salarylab.errors import Fault, ModelError, unknown
from salarylab.model.blocks import Numbers
from salarylab.model.compared import categorical, refuse_unknown
from salarylab.model.contrast.linear import Linear, linear, rule_of, with_coarse_errors
from salarylab.model.contrast.row import at_levels, refuse_open_interaction, row_at
from salarylab.model.contrast.simultaneous import SEED, ends, simultaneous_level
from salarylab.model.contributors import rows_of
from salarylab.model.design import Design
from salarylab.model.estimate import Estimate
from salarylab.model.spline import restricted_cubic

Array = NDArray[np.float64]

NEAR = 1.0
"""Rows within so many units of a point of the grid stand near it."""

NUMBERS = ("value", "se", "df", "low", "high", "band_low", "band_high")


@dataclass(frozen=True, slots=True)
class Curve:
    """Hold the premium at each point ``at`` (m,) of a grid over the reference, in log points.

    ``level`` is the pointwise level at which the band covers the whole curve with 95 %; ``counts`` (m,) are the rows
    near each point. The reference itself, where the premium is zero by construction, is no point of the curve.
    """

    design: Design = field(repr=False)
    factor: str
    reference: float
    rule: str
    level: float
    at: Array = field(repr=False)
    found: Linear = field(repr=False)
    counts: NDArray[np.int64] = field(repr=False)

    @property
    def table(self) -> pl.DataFrame:
        """One row a point: value, se and df as told, pointwise interval, simultaneous band, rows near, rounded."""
        numbers = [self.found.values, self.found.se, self.found.degrees_told]
        numbers += [*ends(self.found), *ends(self.found, self.level)]
        columns = dict(zip(NUMBERS, numbers, strict=True))
        cells = pl.DataFrame({"at": self.at, **columns, "n": self.counts})
        return release(with_coarse_errors(cells), NUMBERS).frame


def curve(
    estimate: Estimate,
    factor: str,
    reference: float,
    *,
    grid: Sequence[float] | None = None,
    within: Mapping[str, str] | None = None,
    seed: int = SEED,
) -> Curve:
    """Return the premium over a numeric factor's reference value along a grid, with a sup-t band.

    ``grid`` defaults to whole units. Points are kept from the tenth smallest to the tenth largest value observed
    (inwards to whole units), where ten rows, not mostly one contributor's, stand within one unit; the reference must be
    such a point. ``within`` fixes the levels of factors that interact with it. Raises ``ModelError`` for a factor
    without numbers, a reference or a grid where too few rows stand, and an interaction that is left open.

    **Source** Montiel Olea and Plagborg-Møller (2019), Journal of Applied Econometrics 34(1), 1–17.

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept])
    >>> estimate = sl.fit(sl.build(sl.Spec(factors=("experience_spline",)), sample))
    >>> curve(estimate, "experience_spline", 2, grid=[5, 10, 20]).table["at"].to_list()
    [5.0, 10.0, 20.0]
    """
    design, held = estimate.design, dict(within or {})
    block = _numeric(design, factor)
    for name, at in held.items():
        refuse_unknown(categorical(design, name), at)
    refuse_open_interaction(design, factor, held)
    points, counts = _supported(design, block, held, reference, grid)
    rows = np.stack([_row(design, block, x, held) for x in (reference, *points)])
    found = linear(estimate, rows[1:] - rows[0])
    level = simultaneous_level(found.covariance, found.identified, seed=seed)
    told = f"{rule_of(estimate, found)}; band of the whole curve (sup-t, draws of seed {seed})"
    return Curve(design, factor, float(reference), told, level, points, found, counts)


def _row(design: Design, block: Numbers, x: float, held: Mapping[str, str]) -> Array:
    """Return the design row at a value of the factor, and at the levels held, relative to the bases."""
    name, knots = block.factor.name, block.factor.knots
    value = np.array([float(x)])
    basis = restricted_cubic(value, knots)[0] if knots else value
    columns = [name] if not knots else [f"{name}.{i}" for i in range(len(basis))]
    return row_at(design, {name: dict(zip(columns, basis.tolist(), strict=True)), **at_levels(held)})


def _supported(
    design: Design, block: Numbers, held: Mapping[str, str], reference: float, grid: Sequence[float] | None
) -> tuple[Array, NDArray[np.int64]]:
    """Return the points of the grid that may be told, but for the reference, with the rows near each."""
    inside, values = rows_of(design, held), block.values[:, 0]
    seen = np.sort(values[inside])
    low, high = np.inf, -np.inf
    if len(seen) >= MIN_CELL:  # in whole units: finer, a fine grid would find out the tenth person's own
        low, high = float(np.ceil(seen[MIN_CELL - 1])), float(np.floor(seen[-MIN_CELL]))

    def near(x: float) -> NDArray[np.bool_]:
        return inside & (np.abs(values - x) <= NEAR)

    def told(x: float) -> bool:
        return low <= x <= high and _told(design, near(x))

    whole = np.arange(low, high + 0.5) if low <= high else np.array([])
    points = np.unique(whole if grid is None else np.asarray(grid, dtype=np.float64)).tolist()
    kept = [x for x in points if x != reference and told(x)]
    of, near_it = f"the curve of {block.factor.name}", f"{MIN_CELL} rows near it, and as many on either side"
    faults = []
    if not told(reference):
        faults.append(Fault(f"reference of {of}", f"{reference:g}", f"a value with {near_it}", "choose another"))
    if not kept:
        faults.append(Fault(f"grid of {of}", "no point besides the reference", f"a point with {near_it}", "widen it"))
    if faults:
        raise ModelError(*faults)
    return np.array(kept), np.array([int(near(x).sum()) for x in kept])


def _told(design: Design, rows: NDArray[np.bool_]) -> bool:
    """Return whether ten rows are meant, and no contributor gives most of them."""
    if rows.sum() < MIN_CELL:
        return False
    amounts = np.ones(len(rows)) if design.weights is None else design.weights
    behind = np.arange(len(rows)) if design.contributors is None else design.contributors
    return not dominated(amounts[rows], behind[rows])


def _numeric(design: Design, factor: str) -> Numbers:
    blocks = {name: block for name, block in design.blocks.items() if isinstance(block, Numbers)}
    if factor not in blocks:
        raise ModelError(unknown("numeric factor of this equation", factor, blocks))
    return blocks[factor]
