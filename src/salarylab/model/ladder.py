"""Ladder: one premium asked again and again on one sample, with more held equal at each rung.

Rungs are different questions, not better and better answers: role and employer may themselves be
consequences of a degree, so the last rung is not "the" premium.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from salarylab.finding import Finding
from salarylab.model.contrast import contrast, joint_test
from salarylab.model.design import build
from salarylab.model.estimate import Estimate, fit
from salarylab.model.factor import factor as declared_factor
from salarylab.model.spec import Spec
from salarylab.sample import Sample

NUMBERS = ("value", "se", "df", "p", "low", "high", "truth")

Steps = Sequence[tuple[str, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Rung:
    """Hold one rung: its label and the estimate with everything held equal up to it."""

    label: str
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Ladder:
    """Hold the rungs of one factor's premium, all on one sample, and what could not be held equal.

    ``left_out`` lists factors that the source never asked, or that have one level in the sample.
    """

    factor: str
    rungs: tuple[Rung, ...]
    sample: Sample
    left_out: tuple[str, ...]

    @property
    def table(self) -> pl.DataFrame:
        """The factor's premia at each rung: column ``rung``, then the columns of ``premia``."""
        return pl.concat(
            premia(rung.estimate, self.factor).select(pl.lit(rung.label).alias("rung"), pl.all()) for rung in self.rungs
        )

    @property
    def last(self) -> Estimate:
        """The estimate of the last rung."""
        return self.rungs[-1].estimate


def usable(sample: Sample, factors: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the factors that this sample can speak of, and the reasons why the others are left out.

    A factor is left out when the source never asked it, when nobody in the sample answered it, when all
    gave the same answer, or when a finer factor on the list already gives it (a region, its country).
    """
    kept: list[str] = []
    out: list[str] = []
    for name in factors:
        part = declared_factor(name)
        if any(column not in sample.asked for column in part.needs):
            out.append(f"{part.label}: never asked")
            continue
        values = sample.table.select(part.expression.alias("value"))["value"].drop_nulls().n_unique()
        if values < 2:
            out.append(f"{part.label}: one value only" if values else f"{part.label}: never answered")
        else:
            kept.append(name)
    for coarse in list(kept):
        finer = next((fine for fine in kept if fine != coarse and _gives(sample, fine, coarse)), None)
        if finer is not None:
            kept.remove(coarse)
            out.append(f"{declared_factor(coarse).label}: given by {declared_factor(finer).label}")
    return tuple(kept), tuple(out)


def _gives(sample: Sample, fine: str, coarse: str) -> bool:
    """Return whether each level of a categorical factor lies within one level of a coarser one."""
    parts = [declared_factor(name) for name in (fine, coarse)]
    if any(part.kind not in ("level", "text") for part in parts):
        return False
    pairs = sample.table.select(part.expression.alias(part.name) for part in parts).drop_nulls().unique()
    return len(pairs) == pairs[fine].n_unique() and len(pairs) > 1


def ladder(
    sample: Sample,
    factor: str,
    steps: Steps,
    *,
    cumulative: bool = True,
    bases: Mapping[str, str] | None = None,
    **asked: Any,
) -> Ladder:
    """Ask a factor's premium rung by rung; every rung is fitted on the rows that answer all of them.

    ``steps`` are (label, factors added); with ``cumulative=False`` each rung stands alone beside the raw
    gap. Factors that the sample cannot speak of are left out and named; a rung that adds nothing is
    skipped. Other keywords go to ``Spec``. Raises ``ModelError`` when the factor itself was never asked.

    **Source** Gelbach (2016), Journal of Labor Economics 34(2), 509–543: base and full equation on one sample.
    """
    bases = dict(bases or {})
    wanted = list(dict.fromkeys(name for _, names in steps for name in names))
    kept, out = usable(sample, wanted)
    everything = build(Spec(factors=(factor, *kept), bases=bases, **asked), sample).sample
    kept, gone = usable(everything, kept)
    rungs: list[Rung] = []
    held: tuple[str, ...] = ()
    for label, names in steps:
        added = tuple(name for name in names if name in kept and name not in held)
        if names and not added:
            continue
        held = (*held, *added) if cumulative else added
        spec = Spec(factors=(factor, *held), bases=bases, **asked)
        rungs.append(Rung(label, fit(build(spec, everything))))
    return Ladder(factor, tuple(rungs), everything, (*out, *gone))


@dataclass(frozen=True, slots=True)
class GroupPremia:
    """Hold a factor's premia within each level of a group, from one interacted equation.

    ``table`` has the columns of ``premia`` after ``group``; ``joint`` tests that the premium is the same
    everywhere.
    """

    factor: str
    group: str
    estimate: Estimate
    table: pl.DataFrame
    joint: Finding


def premium_by(
    sample: Sample,
    factor: str,
    group: str,
    controls: Sequence[str] = (),
    *,
    bases: Mapping[str, str] | None = None,
    **asked: Any,
) -> GroupPremia:
    """Return the premium of each level of a factor within each level of a group.

    One equation with the interaction factor:group and the controls; for ``group="year"`` years before
    the source's last break are dropped first, with the reason counted. Other keywords go to ``Spec``.
    Raises ``ModelError`` when fewer than two groups are left.
    """
    if group == "year":
        sample = after_last_break(sample)
    kept, _ = usable(sample, [name for name in controls if name not in (factor, group)])
    spec = Spec(factors=(factor, group, *kept, f"{factor}:{group}"), bases=dict(bases or {}), **asked)
    estimate = fit(build(spec, sample))
    frames = [
        premia(estimate, factor, {group: at}).select(pl.lit(at).alias("group"), pl.all())
        for at in _levels(estimate, group)
    ]
    return GroupPremia(factor, group, estimate, pl.concat(frames), joint_test(estimate, f"{factor}:{group}"))


def after_last_break(sample: Sample) -> Sample:
    """Return the sample less the years before the source's last break, if it declares one."""
    breaks = sample.provenance.source.breaks
    if not breaks:
        return sample
    last = max(breaks, key=lambda b: b.year)
    return sample.without(pl.col("year") < last.year, f"before the break of {last.year}: {last.reason}")


def premia(estimate: Estimate, factor: str, within: Mapping[str, str] | None = None) -> pl.DataFrame:
    """Return the premium of each level of a factor over its base, one row a level, in declared order.

    Columns: level, base, then value, se, df, p, low, high and any planted truth in log points, and n, the
    rows in the smaller of the two cells compared. A level under ten rows shows no numbers.
    """
    base = estimate.design.base_of[factor]
    levels = [level for level in _levels(estimate, factor) if level != base]
    rows = [_premium(contrast(estimate, factor, level, within=within), level) for level in levels]
    schema = {"level": pl.String(), "base": pl.String()} | dict.fromkeys(NUMBERS, pl.Float64()) | {"n": pl.Int64()}
    return pl.DataFrame(rows, schema=schema)


def _premium(found: Finding, level: str) -> dict[str, Any]:
    told = {name: None if found.suppressed else getattr(found, name) for name in NUMBERS}
    return {"level": level, "base": found.base, **told, "n": None if found.suppressed else found.smallest_cell}


def _levels(estimate: Estimate, name: str) -> tuple[str, ...]:
    return estimate.design.blocks[name].levels  # type: ignore[union-attr]
