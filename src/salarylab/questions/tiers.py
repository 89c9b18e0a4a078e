"""Tiers: what is held equal, in sets declared in advance, each holding those before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from salarylab.model.ladder import Steps
from salarylab.model.usable import rows_that_answer, usable_together
from salarylab.questions.compared import Pair
from salarylab.sample import Sample

TIERS: Mapping[str, tuple[str, ...]] = {
    "person": ("education", "experience_spline", "year"),
    "place": ("country", "region"),
    "job": ("role_family", "role", "seniority"),
    "employer": ("industry", "org_size", "org_kind", "employer"),
}
"""Controls by tier, in the order in which they are added everywhere. Titles are never among them: two people of one
title string are hardly ever found, and a title says role and seniority at once."""

HEADLINE: Mapping[str, str] = {
    "education": "place",
    "seniority": "place",
    "track": "place",
    "role": "place",
    "role_family": "place",
}
"""The tier at which a factor's headline stands, the job for all others. A job may follow from a degree; never the
employer, which few sources ask and which may follow from anything."""

SAME: Mapping[str, tuple[str, ...]] = {
    "role": ("role_family",),
    "role_family": ("role",),
    "country": ("region",),
    "region": ("country",),
    "age_spline": ("experience_spline",),
    "track": ("seniority",),
}
"""Controls that are another version of the factor asked about."""

MOST_LOST = 0.1
"""Share of the rows that a control beyond the headline's tier may cost: it would change who the headline is about."""


def headline_tier(factor: str) -> str:
    """Return the tier at which a factor's headline stands."""
    return HEADLINE.get(factor, "job")


def steps_for(sample: Sample, factor: str, pair: Pair, tier: str) -> tuple[Steps, tuple[str, ...]]:
    """Choose the controls of each tier that a sample can hold equal, and say why others cannot be.

    Parameters
    ----------
    sample : Sample
        Who is asked.
    factor : str
        The factor asked about; it and other versions of it are no controls.
    pair : Pair
        The levels compared: what fewer than half of either answered is no control.
    tier : str
        The headline's. Controls of later tiers must not cost more than a tenth of the rows.

    Returns
    -------
    steps, left_out : tuple
        Steps of a ladder, a tier each; why controls were left out.
    """
    asked = {name: [c for c in names if c != factor and c not in SAME.get(factor, ())] for name, names in TIERS.items()}
    order = list(TIERS)
    before = [c for name in order[: order.index(tier) + 1] for c in asked[name]]
    compared = (pair.level, pair.base)
    kept, out = usable_together(sample, factor, before, levels=compared)
    rows = rows_that_answer(sample, factor, kept)
    left_out = list(out)
    for name in order[order.index(tier) + 1 :]:
        for control in asked[name]:
            more, why = usable_together(sample, factor, [*kept, control], levels=compared)
            if control not in more:
                left_out += [reason for reason in why if reason not in left_out]
            elif rows_that_answer(sample, factor, more) < (1 - MOST_LOST) * rows:
                left_out.append(f"{control.replace('_', ' ')}: a tenth of the rows or more have no answer to it")
            else:
                kept = more
    return [(f"+ {name}", [c for c in asked[name] if c in kept]) for name in order if _any(asked[name], kept)], tuple(
        left_out
    )


def _any(names: Sequence[str], kept: Sequence[str]) -> bool:
    return any(name in kept for name in names)
