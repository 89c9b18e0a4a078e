"""Curve: one premium in every equation that could as well have been asked, and on every cleaning of the rows.

**Source** Simonsohn, Simmons and Nelson (2020), Nature Human Behaviour 4, 1208–1214; Girardi, Vesely, Lakens, Altoè,
Pastore, Calcagnì and Finos (2024), Psychometrika 89, 542–568 (inference by flipping signs).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import release, significant
from salarylab.errors import ModelError, unknown
from salarylab.finding import Finding
from salarylab.model.building import build
from salarylab.model.compared import categorical, refuse_levels
from salarylab.model.spec import Spec
from salarylab.model.telling import told_of
from salarylab.model.trust.curve_branch import BAND, Band, Branch, Tier, branch, side
from salarylab.model.trust.curve_lots import MOST_UNITS, lots
from salarylab.model.trust.curve_refused import refuse_asked, refuse_designs
from salarylab.sample import Sample
from salarylab.units import percent

Array = NDArray[np.float64]

MOST = 0.8
"""The part of one tier's equations that must clear the band on one side."""

SIDES = {1: "over", 0: "no", -1: "under"}
NUMBERS = ("value", "se", "low", "high", "clears")
QUESTIONS = "tiers are different questions; equations of one tier share their rows and are no votes"


@dataclass(frozen=True, slots=True)
class SpecificationCurve:
    """Hold one premium, of ``level`` over ``base``, in all equations of some tiers of controls.

    ``branches`` are equations of one tier, sample and outcome. An equation clears the band where its 95 % interval
    lies beyond it.
    """

    factor: str
    level: str = field(repr=False)
    base: str = field(repr=False)
    band: Band
    branches: tuple[Branch, ...] = field(repr=False)
    draws: int

    @property
    def tiers(self) -> tuple[str, ...]:
        """The tiers' names."""
        return tuple(dict.fromkeys(branch.tier for branch in self.branches))

    @property
    def table(self) -> pl.DataFrame:
        """One row per equation: tier, sample, outcome, controls (held ones too), value, se, low, high, clears and n.

        Numbers are log points, standard errors with two digits; ``clears`` is over, under or no; n are the rows in the
        smaller of the cells compared, rounded.
        """
        rows = [
            [b.tier, b.sample, b.design.outcome.label, " + ".join(b.controls[i]), *numbers, b.n, b.dominated]
            for b in self.branches
            for i, numbers in enumerate(
                zip(
                    b.value.tolist(),
                    [significant(se, 2) for se in b.se.tolist()],
                    b.low.tolist(),
                    b.high.tolist(),
                    [SIDES[s] for s in b.sides(self.band).tolist()],
                    strict=True,
                )
            )
        ]
        text, numbers = dict.fromkeys(("tier", "sample", "outcome", "controls"), pl.String()), NUMBERS[:-1]
        schema = text | dict.fromkeys(numbers, pl.Float64()) | {"clears": pl.String()}
        frame = pl.DataFrame(rows, schema=schema | {"n": pl.Int64(), "withheld": pl.Boolean()}, orient="row")
        return release(frame, NUMBERS, dominated="withheld").frame

    @property
    def left_out(self) -> tuple[str, ...]:
        """Equations that are in no number, and why."""
        found = []
        for one in self.branches:
            where = f"{one.tier}, {one.sample}, {one.design.outcome.label}"
            found += [f"{where}: all, for want of rows that may be told"] if one.withheld else []
            found += [f"{where}: {lost}" for lost in one.lost]
        return tuple(found)

    def clears(self, tier: str | None = None) -> str:
        """Return the side of the band that 80 % of a tier's equations clear: over, under, or no."""
        return SIDES[side([b.sides(self.band) for b in self._of(tier)], MOST)]

    def share(self, tier: str | None = None) -> Finding:
        """Return the share of a tier's equations that clear the band on one side, the one that more do.

        Its p-value is how often as many do by lot, were the premium zero in all of them; equations that are much alike
        clear a band together, and it is then hardly under .05: that of ``median`` says more. Raises ``ModelError``
        for a tier that is not there, or none named where there are several.
        """
        some = self._of(tier)
        found = np.concatenate([np.zeros(0, dtype=np.int64), *(b.sides(self.band) for b in some)])
        value = _more(found[None])
        by_lot = _more(np.hstack([b.sides_by_lot(self.band) for b in some])) if some and self.draws else np.zeros(0)
        words = " or ".join(f"{percent(end):+.1f}%" for end in self.band)
        subject = f"Share of equations in which the pay premium of {self._compared} clears {words} on one side"
        told = float(value[0]) if len(found) else None
        return self._told(tier, subject, unit="share of equations", value=told, p=_p(by_lot, value))

    def median(self, tier: str | None = None) -> Finding:
        """Return the median premium of a tier's equations; its p-value and errors are those of ``share``."""
        some = self._of(tier)
        values = np.concatenate([np.zeros(0), *(b.value for b in some)])
        by_lot = np.median(np.hstack([b.flipped for b in some]), axis=1) if some and self.draws else np.zeros(0)
        middle = float(np.median(values)) if len(values) else None
        subject = f"Median of the pay premium of {self._compared} over equations"
        p = None if middle is None else _p(np.abs(by_lot), np.abs(np.array([middle])))
        return self._told(tier, subject, unit="log points", value=middle, p=p)

    def _of(self, tier: str | None) -> list[Branch]:
        """Return what may be told of a tier."""
        named = self.tiers[0] if tier is None and len(self.tiers) == 1 else tier
        if named not in self.tiers:
            raise ModelError(unknown("tier of this curve", str(named), self.tiers))
        return [b for b in self.branches if b.tier == named and not b.withheld]

    def _told(self, tier: str | None, subject: str, **numbers: Any) -> Finding:
        some = self._of(tier)
        named = tier or self.tiers[0]
        first = next(b for b in self.branches if b.tier == named)
        m = sum(len(b.value) for b in some)
        block = categorical(first.design, self.factor)
        rule = (
            "HC1, t(n − k)"
            if first.design.clusters is None
            else f"CR1 by {first.design.cluster_label}, t(clusters − 1)"
        )
        by = "clusters" if first.design.clusters is not None else f"rows, in at most {MOST_UNITS:,} random parts"
        said = [f"{m:,} equations of tier {named!r} on {len({b.sample for b in some})} samples", QUESTIONS]
        said += [f"p by {self.draws} draws of signs for {by}"] if self.draws else []
        return told_of(
            first.design,
            f"{subject} of tier {named!r}",
            covariance=rule if first.design.weights is None else f"{rule}; weighted",
            base=block.told(self.base),
            smallest_cell=min((b.n for b in some), default=0),
            dominated=False,
            caveats=tuple(said),
            **numbers,
        )

    @property
    def _compared(self) -> str:
        block = categorical(self.branches[0].design, self.factor)
        return f"{block.told(self.level)} over {block.told(self.base)}"


def specifications(
    samples: Sample | Mapping[str, Sample],
    factor: str,
    level: str,
    base: str | None = None,
    *,
    tiers: Sequence[Tier],
    outcomes: Sequence[str] = ("log_pay",),
    band: Band = BAND,
    draws: int = 499,
    seed: int = 0,
    workers: int = 1,
    **asked: Any,
) -> SpecificationCurve:
    """Ask the premium of a level over a base in every equation of some tiers, on every sample and outcome.

    ``samples`` are the same records cleaned or restricted in other ways, by name. An equation has a tier's held
    controls and a subset of the others; all of a tier's equations on one sample are asked of the rows that answer all
    its controls. Standard errors are HC1, or CR1 with clusters; HC1 is too short for levels of a few tens of rows.
    ``draws`` are lots of signs, one for each cluster or row and the same in every equation, under which the premium is
    zero in all (0: no p-values); ``workers`` are threads; other keywords go to ``Spec``.

    Raises ``ModelError`` for tiers, factors and levels that cannot be asked, replicate weights, and few clusters.

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept, sl.positive_pay])
    >>> person = Tier("person", ("experience", "country"))
    >>> curve = specifications(sample, "education", "doctorate", tiers=[person], draws=0)
    >>> len(curve.table), curve.clears()
    (4, 'over')
    """
    refuse_asked(factor, tiers, outcomes, band, draws)
    named = {"all rows": samples} if isinstance(samples, Sample) else samples
    if not named:
        raise ModelError(unknown("sample", "none", []))
    bases = dict(asked.pop("bases", {})) | ({} if base is None else {factor: base})
    ways = [(tier, name, outcome) for tier in tiers for name in named for outcome in outcomes]
    designs = []
    for tier, name, outcome in ways:
        spec = Spec(outcome=outcome, factors=(factor, *tier.held, *tier.controls), bases=bases, **asked)
        designs.append(build(spec, named[name]))
        bases.setdefault(factor, categorical(designs[0], factor).base)
        refuse_levels(categorical(designs[-1], factor), level, bases[factor])
    refuse_designs(designs)
    branches = [
        branch(design, tier, name, factor, level, lot, workers)
        for design, (tier, name, _), lot in zip(designs, ways, lots(designs, draws, seed), strict=True)
    ]
    return SpecificationCurve(factor, level, bases[factor], band, tuple(branches), draws)


def _more(sides: NDArray[np.int64]) -> Array:
    """Return the greater of the shares of equations over and under, shape (draws,)."""
    return np.maximum((sides == 1).mean(axis=1), (sides == -1).mean(axis=1)) if sides.shape[1] else np.zeros(len(sides))


def _p(by_lot: Array, found: Array) -> float | None:
    """Return how often a number is as great by lot, the number itself counted in."""
    return (1 + int((by_lot >= found[0] - 1e-12).sum())) / (1 + len(by_lot)) if len(by_lot) else None
