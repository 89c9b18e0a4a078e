"""Heaping: how often pay is one of a few round values, what that does to a quantile, and dithering.

People round their pay, so that a quantile of it takes only the values that they round to: a difference of less than a
step may show as none, or as a whole step. An exact solver is exact about the rounded pay alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from salarylab.disclosure import MIN_CELL, round_share
from salarylab.errors import Fault, ModelError

Array = NDArray[np.float64]

HEAP = 0.005
"""Share of rows at one value from which it is a heap, where that is at least ten rows."""

HEAPED = 0.25
"""Share of rows on heaps from which quantiles are said to be lattice-valued."""


@dataclass(frozen=True, slots=True)
class Heaping:
    """Hold how heaped an outcome is: rows on its heaps, on the commonest of them, and on the fit, of ``n`` rows.

    ``heaps`` (H,) are the values of the heaps, in order. ``step`` is the distance between neighbouring heaps at the
    fit, in log points, zero where quantiles are not lattice-valued.
    """

    n: int
    heaped: int
    commonest: int
    tied: int
    heaps: Array = field(repr=False)
    step: float

    @property
    def words(self) -> tuple[str, ...]:
        """What a reader must know of it, in shares that may be told; nothing where pay is not heaped."""
        if not self.step:
            return ()
        heaped, commonest, tied = (_percent(part, self.n) for part in (self.heaped, self.commonest, self.tied))
        return (
            f"pay is heaped: {heaped} of rows on {len(self.heaps)} round values, {commonest} on the commonest, {tied} "
            f"on the fit; a quantile is known to one step of {100 * np.expm1(self.step):.1f}% at best",
        )


def heaping(y: Array, fitted: Array, tied: int) -> Heaping:
    """Return how heaped an outcome (n,) in logs is at fitted values (n,), of which ``tied`` rows lie on the fit.

    The step is the distance between the heaps on either side of a fitted value, of nearly all (95 %) of them.

    >>> pay = np.log(np.repeat([40_000.0, 45_000.0, 50_000.0], 20))
    >>> found = heaping(pay, np.full(60, pay[25]), 20)
    >>> found.heaped, found.commonest, round(found.step, 3)
    (60, 20, 0.118)
    """
    values, counts = _values(y)
    large = counts >= max(MIN_CELL, HEAP * len(y))
    heaps, heaped = values[large], int(counts[large].sum())
    step = 0.0
    if heaped >= HEAPED * len(y) and len(heaps) > 1:
        at = np.clip(np.searchsorted(heaps, fitted - 1e-9), 1, len(heaps) - 1)
        step = float(np.quantile(heaps[at] - heaps[at - 1], 0.95))
    return Heaping(len(y), heaped, int(counts.max()), tied, heaps, step)


def dithered(y: Array, seed: int, step: float | None = None) -> Array:
    """Return an outcome in logs (n,) with the pay at each heap spread evenly over the heap's width.

    A heap reaches half-way to its neighbours, or ``step`` (in the unit of pay) wide; rows off the heaps stay. The
    spread is of pay, before the log. Raises ``ModelError`` for a step that is not positive or reaches zero pay.

    **Source** Machado and Santos Silva (2005), Journal of the American Statistical Association 100(472), 1226–1237
    (smoothing by seeded jitter); Heitjan and Rubin (1990), Journal of the American Statistical Association 85(410),
    304–314 (heaped data as coarsened).

    >>> bool(np.abs(np.exp(dithered(np.log(np.full(50, 1_000.0)), seed=1, step=100.0)) - 1_000.0).max() <= 50.0)
    True
    """
    values, counts = _values(y)
    heaps = np.exp(values[counts >= max(MIN_CELL, HEAP * len(y))])
    if step is not None and not 0 < step < 2.0 * float(np.exp(y.min())):
        raise ModelError(Fault("step", f"{step:g}", "above zero and below twice the least pay", "leave it out"))
    if not len(heaps) or (step is None and len(heaps) < 2):
        return y.copy()
    gaps = np.diff(heaps) if step is None else np.full(max(len(heaps) - 1, 1), step)
    down, up = (np.concatenate([gaps[:1], gaps]), np.concatenate([gaps, gaps[-1:]])) if len(heaps) > 1 else (gaps, gaps)
    down = np.minimum(down, heaps)  # never to zero pay
    pay = np.exp(y)
    nearest = np.clip(np.searchsorted(heaps, pay * (1.0 - 1e-9)), 0, len(heaps) - 1)
    on = np.abs(pay / heaps[nearest] - 1.0) < 1e-9
    drawn = np.random.default_rng(seed).uniform(-0.5, 0.5, len(y))
    spread = np.where(drawn < 0, down[nearest], up[nearest]) * drawn
    return np.log(np.where(on, pay + spread, pay))


def _values(y: Array) -> tuple[Array, NDArray[np.int64]]:
    """Return the values that pay takes, those equal but for rounding as one, and how many rows take each."""
    values, counts = np.unique(np.round(y, 9), return_counts=True)
    return values, counts


def _percent(part: int, whole: int) -> str:
    return f"{100 * round_share(part, whole):g}%"
