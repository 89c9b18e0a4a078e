"""Support: where two groups can be compared: who has a counterpart in the other, and who weighs how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import MIN_CELL, MIN_PERCENTILE_CELL, release, show_count
from salarylab.errors import Fault, ModelError
from salarylab.model.distribution.basis import Basis, basis_of
from salarylab.model.distribution.logit import Logit, SeparatedError, logit
from salarylab.model.distribution.statistic import quantile
from salarylab.model.kernel.orthogonal import CollinearError

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

PROBABILITIES = (0.1, 0.25, 0.5, 0.75, 0.9)
LARGEST = 0.01
"""The part of a group's rows, those of the largest weight, whose share of all weight is shown."""


@dataclass(frozen=True, slots=True)
class Support:
    """Hold how two groups overlap: of the base (first) and of the level (second).

    ``rows`` and ``outside`` (2,) count rows compared and rows left out for want of a counterpart; ``fitted`` (2, 5)
    are quantiles of the fitted probability of being at the level; ``effective`` (2,) are rows as their weights
    count, the base's reweighted, and ``largest`` (2,) the share of weight on the one percent of rows with most.
    """

    names: tuple[str, str]
    rows: tuple[int, int] = field(repr=False)
    outside: tuple[int, int] = field(repr=False)
    fitted: Array = field(repr=False)
    effective: Array = field(repr=False)
    largest: Array = field(repr=False)

    @property
    def table(self) -> pl.DataFrame:
        """One row per group: group, rows left out, fitted probabilities p10 to p90, effective rows, largest, n.

        Counts are rounded or withheld as words; a group tells with thirty rows, probabilities have two decimals.
        """
        quantiles = [f"p{100 * at:.0f}" for at in PROBABILITIES]
        cells = [
            [name, show_count(out), show_count(int(rows_as)), *np.round(fitted, 2).tolist(), round(float(most), 2), n]
            for name, out, rows_as, fitted, most, n in zip(
                self.names, self.outside, self.effective, self.fitted, self.largest, self.rows, strict=True
            )
        ]
        schema = dict.fromkeys(("group", "left_out", "effective_rows"), pl.String())
        numbers = dict.fromkeys([*quantiles, "weight_of_largest"], pl.Float64())
        frame = pl.DataFrame(cells, schema=schema | numbers | {"n": pl.Int64()}, orient="row")
        return release(frame, list(numbers), at_least=MIN_PERCENTILE_CELL).frame

    @property
    def words(self) -> str:
        """The overlap in one sentence."""
        out = " and ".join(f"{show_count(n)} of {name}" for name, n in zip(self.names, self.outside, strict=True) if n)
        left = f"; rows without a counterpart left out: {out}" if out else ""
        return f"reweighted, the rows of {self.names[0]} count as {show_count(int(self.effective[0]))}{left}"


def support_of(names: tuple[str, str], at_level: Flags, p: Array, weights: tuple[Array, Array], kept: Flags) -> Support:
    """Return the overlap of two groups from the rows kept and all rows' ``kept`` flags (N,).

    ``at_level`` (N,) flags the level's rows among all; ``p`` (n,) fitted probabilities and ``weights`` (base
    reweighted, main), each (n,), are of the rows kept.
    """
    inside = at_level[kept]
    own = [weights[0][~inside], weights[1][inside]]
    fitted = []
    for group, w in ((~inside, weights[1][~inside]), (inside, weights[1][inside])):
        order = np.argsort(p[group])
        fitted.append([quantile(p[group][order], w[order], at) for at in PROBABILITIES])
    most = [float(np.sort(w)[::-1][: max(1, int(np.ceil(LARGEST * len(w))))].sum() / w.sum()) for w in own]
    return Support(
        names,
        (int((~inside).sum()), int(inside.sum())),
        (int((~at_level & ~kept).sum()), int((at_level & ~kept).sum())),
        np.array(fitted),
        np.array([float(w.sum() ** 2 / (w @ w)) for w in own]),
        np.array(most),
    )


def on_support(
    x: Array, names: Sequence[str], at_level: Flags, weights: Array, *, trim: float = 0.0, drop: bool = False
) -> tuple[Basis, Logit, Flags]:
    """Return the logit of being at the level, on the rows that can be compared, with its basis and those rows (n,).

    Where a characteristic belongs to one group alone, its rows have no counterpart: they are refused by name, or left
    out with ``drop``. ``trim`` leaves out rows with a fitted probability below it or above one less it, after which
    the logit is fitted again. Columns that are then given by others leave too. Raises ``ModelError`` also for columns
    that are collinear from the start, and for fewer than ten rows left of a group.

    **Source** Crump, Hotz, Imbens and Mitnik (2009), Biometrika 96(1), 187–199 (trimming).
    """
    basis_of(x, names, weights)  # refuses collinear columns, by name
    kept, columns = np.ones(len(x), dtype=bool), list(range(x.shape[1]))
    while True:
        try:
            basis = basis_of(x[kept][:, columns], [str(j) for j in columns], weights[kept])
            found = logit(basis, at_level[kept].astype(np.float64), weights[kept])
            outside = (found.probabilities < trim) | (found.probabilities > 1.0 - trim)
            trim = 0.0
        except SeparatedError as refused:
            outside = refused.outside
            if not drop:
                raise ModelError(_no_counterpart([names[int(j)] for j in refused.terms], int(outside.sum()))) from None
        except CollinearError as refused:
            columns = [j for j in columns if str(j) not in refused.terms]
            continue
        if not outside.any():
            return basis, found, kept
        kept[np.flatnonzero(kept)[outside]] = False
        _refuse_emptied(at_level[kept])


def _no_counterpart(terms: Sequence[str], rows: int) -> Fault:
    return Fault(
        "support",
        f"{show_count(rows)} rows without a counterpart in the other group, by {', '.join(dict.fromkeys(terms))}",
        "characteristics that both groups have",
        "leave these rows out and have them counted: common_support=True; or choose coarser levels",
    )


def _refuse_emptied(at_level: Flags) -> None:
    fewest = min(int(at_level.sum()), int((~at_level).sum()))
    if fewest < MIN_CELL:
        raise ModelError(
            Fault("support", f"{show_count(fewest)} rows of a group left", f"{MIN_CELL} of each", "ask fewer factors")
        )
