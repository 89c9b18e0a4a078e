"""Ladder: one premium asked again and again on one sample, with more held equal at each rung.

Rungs are different questions, not better and better answers: role and employer may themselves be
consequences of a degree, so the last rung is not "the" premium.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from salarylab.model.estimate import Fitted
from salarylab.model.held import fit_holding, laid_out, spec_holding
from salarylab.model.premia import premia
from salarylab.model.usable import usable, usable_together
from salarylab.sample import Sample

Steps = Sequence[tuple[str, Sequence[str]]]

EVERYBODY, ANSWERED = "everybody", "who answered all"
"""The two raw gaps that a ladder begins with."""


@dataclass(frozen=True, slots=True)
class Rung:
    """Hold one rung: its label, the estimate, and the factors held equal in it."""

    label: str
    estimate: Fitted
    held: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ladder:
    """Hold the rungs of one factor's premium, all on one sample, and what could not be held equal.

    ``everybody`` is the raw gap among all who state pay and the factor; the first rung is the same gap among those who
    answered every control, the ``sample``. ``left_out`` lists factors that the source never asked, that few answered,
    or that have one level in the sample.
    """

    factor: str
    everybody: Fitted
    rungs: tuple[Rung, ...]
    sample: Sample
    left_out: tuple[str, ...]

    @property
    def table(self) -> pl.DataFrame:
        """The factor's premia at each rung: column ``rung``, then the columns of ``premia``."""
        rungs = [Rung(EVERYBODY, self.everybody), *self.rungs]
        return pl.concat(
            premia(rung.estimate, self.factor).select(pl.lit(rung.label).alias("rung"), pl.all()) for rung in rungs
        )

    @property
    def last(self) -> Fitted:
        """The estimate of the last rung."""
        return self.rungs[-1].estimate


def ladder(
    sample: Sample,
    factor: str,
    steps: Steps,
    *,
    cumulative: bool = True,
    levels: Sequence[str] = (),
    bases: Mapping[str, str] | None = None,
    **asked: Any,
) -> Ladder:
    """Ask a factor's premium rung by rung; every rung is fitted on the rows that answer all of them.

    ``steps`` are (label, factors added); with ``cumulative=False`` each rung stands alone beside the raw
    gap. Factors that the sample cannot speak of are left out and named; a rung that adds nothing is
    skipped. Other keywords go to ``Spec``. Raises ``ModelError`` when the factor itself was never asked.

    **Source** Gelbach (2016), Journal of Labor Economics 34(2), 509–543: base and full equation on one sample.

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept])
    >>> rungs = ladder(sample, "work_mode", [("raw", ()), ("given education", ("education",))])
    >>> rungs.table["rung"].unique(maintain_order=True).to_list()
    ['everybody', 'raw', 'given education']
    """
    bases = dict(bases or {})
    wanted = list(dict.fromkeys(name for _, names in steps for name in names if name != factor))
    kept, out = usable_together(sample, factor, wanted, levels=levels)
    everybody = fit_holding(sample, [factor], (), bases=bases, **asked)[0]
    everything = laid_out(spec_holding(sample, [factor], kept, bases=bases, **asked), sample).sample
    kept, gone = usable(everything, kept)
    first, more = (steps[0][0], steps[1:]) if steps and not steps[0][1] else (ANSWERED, steps)
    rungs = [Rung(first, fit_holding(everything, [factor], (), bases=bases, **asked)[0])]
    held: tuple[str, ...] = ()
    dropped: set[str] = set()
    for label, names in more:
        added = tuple(name for name in names if name in kept and not (cumulative and name in held))
        if names and not added:
            continue
        beside = (*held, *added) if cumulative else added
        estimate, held, follow = fit_holding(everything, [factor], beside, bases=bases, **asked)
        gone = (*gone, *follow)
        dropped |= set(beside) - set(held)
        kept = tuple(name for name in kept if name in held or name not in beside)
        rungs.append(Rung(label, estimate, held))
    found = Ladder(factor, everybody, tuple(rungs), everything, tuple(dict.fromkeys((*out, *gone))))
    if not dropped:
        return found
    # nobody leaves for a control that is not held equal
    left = {label: [name for name in names if name not in dropped] for label, names in steps}
    fewer = [(label, left[label]) for label, names in steps if left[label] or not names]
    again = ladder(sample, factor, fewer, cumulative=cumulative, levels=levels, bases=bases, **asked)
    return replace(again, left_out=tuple(dict.fromkeys((*found.left_out, *again.left_out))))
