"""Bottom: the premia of an interval regression without its bottom band."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from salarylab.disclosure import MIN_CELL, release
from salarylab.errors import Fault, ModelError
from salarylab.model.blocks import Levels, Term
from salarylab.model.contributors import Cell, cells_of, rows_of, term_withheld
from salarylab.model.design import Design
from salarylab.model.distribution.interval import IntervalEstimate, fitted
from salarylab.model.estimate import told

NUMBERS = ("whole", "whole_low", "whole_high", "above", "above_low", "above_high")


@dataclass(frozen=True, slots=True)
class WithoutBottom:
    """Hold an interval regression of all rows, and one of those known to be paid the lowest cut or more.

    ``above`` is fitted given that pay reaches the cut: were log pay normal, both would tell the same.
    """

    whole: IntervalEstimate
    above: IntervalEstimate

    @property
    def words(self) -> str:
        """What the two are, for the line under the table."""
        return (
            "Above: rows known to be paid at least the upper end of the bottom band, fitted given that they are. "
            "Where log pay is normal around the equation, both columns tell the same premium but for chance."
        )

    @property
    def table(self) -> pl.DataFrame:
        """One row a term: factor, level, base, then whole and above in log points with 95 % intervals, and n.

        A term shows no numbers where a cell of either may not be told, or the two differ by fewer than ten of its
        rows; n, rounded, is of the rows above.
        """
        there = {term.name: i for i, term in enumerate(self.above.design.terms)}
        rows: list[list[object]] = []
        for i, term in enumerate(self.whole.design.terms):
            j = there.get(term.name)
            ends = [None] * 6 if j is None else [*_ends(self.whole, i), *_ends(self.above, j)]
            n = 0 if j is None else self.above.design.terms[j].n
            rows.append([*told(self.whole.design, term), *ends, n, self._withheld(term)])
        text = dict.fromkeys(("term", "factor", "level", "base"), pl.String())
        schema = text | dict.fromkeys(NUMBERS, pl.Float64()) | {"n": pl.Int64(), "withheld": pl.Boolean()}
        return release(pl.DataFrame(rows, schema=schema, orient="row"), NUMBERS, dominated="withheld").frame

    def _withheld(self, term: Term) -> bool:
        """Return whether a term may not be told of both: by itself, or for the rows that alone tell the two apart."""
        cells = cells_of(self.whole.design, term) or [{}]
        lost = [_rows(self.whole.design, cell) - _rows(self.above.design, cell) for cell in cells]
        of_both = any(term_withheld(design, term) for design in (self.whole.design, self.above.design))
        return of_both or any(0 < few < MIN_CELL for few in lost)


def without_bottom_band(estimate: IntervalEstimate) -> WithoutBottom:
    """Fit an interval regression again without its bottom band, beside itself.

    Left are rows known to be paid at least the cut (the greatest upper end of a band that is open below), in a
    likelihood given that they are: to leave the others out without that would cut the sample off by pay itself.
    Raises ``ModelError`` where no band is open below, and as ``interval`` does.

    **Source** Hausman and Wise (1977), Econometrica 45(4), 919–938: regression in a truncated sample.

    >>> import salarylab as sl
    >>> from salarylab.model.distribution.interval import interval
    >>> whole = interval(sl.Spec(factors=("education",)), sl.draw(sl.load("demo"), [sl.main_pay_concept]))
    >>> without_bottom_band(whole)
    Traceback (most recent call last):
    salarylab.errors.ModelError: bottom band
      found:    none: no pay is open below
      expected: a band from zero
      to do:    read the estimate as it is
    """
    low, high = estimate.banded.low, estimate.banded.high
    bottom = np.isneginf(low)
    if not bottom.any():
        raise ModelError(
            Fault("bottom band", "none: no pay is open below", "a band from zero", "read the estimate as it is")
        )
    cut = float(high[bottom].max())
    design = estimate.design
    sample = design.sample.without(pl.lit(pl.Series(low < cut)), "pay not known to reach the end of the bottom band")
    spec = replace(design.spec, bases=dict(design.base_of))
    return WithoutBottom(estimate, fitted(spec, sample, spread=estimate.spread, ranges=True, floor=cut))


def _ends(estimate: IntervalEstimate, i: int) -> list[float | None]:
    """Return a term's value and the ends of its interval."""
    numbers = estimate.numbers(np.eye(len(estimate.coefficients))[i])
    return [numbers[0], numbers[5], numbers[6]]


def _rows(design: Design, cell: Cell) -> int:
    """Return the rows in a cell; none where a level is not there."""
    blocks = [design.blocks.get(name) for name in cell]
    there = all(isinstance(b, Levels) and at in b.levels for b, at in zip(blocks, cell.values(), strict=True))
    return int(rows_of(design, cell).sum()) if there else 0
