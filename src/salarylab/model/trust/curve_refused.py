"""Curve refused: what a specification curve cannot be asked, each fault by name."""

from __future__ import annotations

from collections.abc import Sequence

from salarylab.errors import Fault, ModelError, unknown
from salarylab.model.design import Design
from salarylab.model.spec import DEFAULT
from salarylab.model.trust.curve_branch import Band, Tier
from salarylab.model.variance.clusters import refuse_few

MOST_CONTROLS = 16


def refuse_asked(factor: str, tiers: Sequence[Tier], outcomes: Sequence[str], band: Band, draws: int) -> None:
    """Raise ``ModelError`` for tiers, outcomes and a band that cannot be asked, all at once."""
    faults = [] if tiers else [Fault("tiers", "none", "one or more", "declare Tier(name, controls)")]
    names = [tier.name for tier in tiers]
    faults += [
        Fault(f"tier {n!r}", "twice", "once", "name them apart")
        for n in sorted({n for n in names if names.count(n) > 1})
    ]
    for tier in tiers:
        asked = (*tier.controls, *tier.held)
        faults += [_fault(tier, name, "the factor asked about", "other factors") for name in asked if name == factor]
        faults += [_fault(tier, name, "an interaction", "main factors") for name in asked if ":" in name]
        faults += [
            _fault(tier, n, "named twice", "each once") for n in sorted({n for n in asked if asked.count(n) > 1})
        ]
        if len(tier.controls) > MOST_CONTROLS:
            found = f"{len(tier.controls)} controls, {2 ** len(tier.controls):,} equations"
            faults.append(Fault(f"tier {tier.name!r}", found, f"at most {MOST_CONTROLS}", "hold some of them always"))
    if not outcomes:
        faults.append(Fault("outcomes", "none", "one or more", "name one"))
    if not band[0] < 0 < band[1]:
        told = f"{band[0]:g} to {band[1]:g}"
        faults.append(Fault("band", told, "log points on both sides of zero", "(math.log(0.98), math.log(1.02))"))
    if draws < 0:
        faults.append(Fault("draws", str(draws), "0 or more", "give another number"))
    if faults:
        raise ModelError(*faults)


def refuse_designs(designs: Sequence[Design]) -> None:
    """Raise ``ModelError`` for designs whose robust variance would not be right here, and few clusters."""
    faults = []
    rules = (DEFAULT, "HC1") if designs[0].clusters is None else (DEFAULT, "CR1")
    kind = designs[0].spec.covariance
    if kind not in rules:
        faults.append(unknown("covariance of a specification curve", kind, rules))
    what = {
        "replicate weights": any(design.replicates is not None for design in designs),
        "an absorbed factor": any(design.absorbed is not None for design in designs),
        "rows that stand for several": any(design.counts is not None for design in designs),
        "two kinds of clusters": any(design.second_clusters is not None for design in designs),
        "clusters in some samples alone": len({design.clusters is None for design in designs}) > 1,
    }
    expected, remedy = (
        "rows of one weight each, in clusters of one kind or none",
        "name weights='weight', or other clusters",
    )
    faults += [Fault("design", thing, expected, remedy) for thing, there in what.items() if there]
    if faults:
        raise ModelError(*faults)
    for design in designs:
        if design.clusters is not None:
            refuse_few(int(design.clusters.max()) + 1, design.spec.few_clusters)


def _fault(tier: Tier, name: str, found: str, expected: str) -> Fault:
    return Fault(f"control {name!r} of tier {tier.name!r}", found, expected, "take it out")
