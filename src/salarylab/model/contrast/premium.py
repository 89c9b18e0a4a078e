"""Premium: the difference in pay of one level of a factor over another, as a finding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from salarylab.errors import Fault, ModelError, unknown
from salarylab.finding import Finding
from salarylab.model.blocks import Levels
from salarylab.model.contrast.linear import finding_of
from salarylab.model.contributors import one_gives_most, rows_of
from salarylab.model.estimate import Estimate

Array = NDArray[np.float64]


def contrast(
    estimate: Estimate,
    factor: str,
    level: str,
    base: str | None = None,
    *,
    within: Mapping[str, str] | None = None,
    subject: str | None = None,
) -> Finding:
    """Return the premium of one level of a factor over another, at the equation's covariates.

    ``base`` defaults to the factor's base category. ``within`` fixes the levels of factors that interact
    with it ({"role_family": "core AI"}). The finding is in log points and is told in percent; its
    ``detectable`` is the difference against zero that would be found with 80 % power.

    Raises ``ModelError`` for a factor or level that is not in the equation, a level compared with itself, or
    a factor that interacts with one that ``within`` does not fix.
    """
    levels = _categorical(estimate, factor)
    base = base if base is not None else levels.base
    _refuse_levels(levels, level, base)
    held = dict(within or {})
    for name, at in held.items():
        _refuse_unknown(_categorical(estimate, name), at)
    _refuse_open_interaction(estimate, factor, held)
    vector = _vector(estimate, factor, level, held) - _vector(estimate, factor, base, held)
    named, compared = levels.told(level), levels.told(base)
    found = finding_of(estimate, vector, subject or _sentence(estimate, factor, named, compared, held), compared)
    cells = [{factor: end, **held} for end in (level, base)]
    return replace(
        found,
        smallest_cell=min(int(rows_of(estimate.design, cell).sum()) for cell in cells),
        dominated=any(one_gives_most(estimate.design, cell) for cell in cells),
    )


def _vector(estimate: Estimate, factor: str, level: str, held: Mapping[str, str]) -> Array:
    """Return the contrast vector of being at a level (and at the levels held), relative to the bases."""
    active = {f"{factor}[{level}]", *(f"{name}[{at}]" for name, at in held.items())}
    alone = {f"{name}[{at}]" for name, at in held.items()}
    return np.array(
        [1.0 if set(term.parts) <= active and not set(term.parts) <= alone else 0.0 for term in estimate.design.terms]
    )


def _sentence(estimate: Estimate, factor: str, level: str, base: str, held: Mapping[str, str]) -> str:
    """Return the contrast in words: a gap where nothing is held equal, a premium given what is."""
    fixed = [_categorical(estimate, name).told(at) for name, at in held.items()]
    where = f" among {', '.join(fixed)}" if held else ""
    others = [n for n in estimate.design.spec.factors if ":" not in n and n != factor and n not in held]
    if not others:
        return f"Raw pay gap of {level} to {base}{where}"
    given = ", ".join(estimate.design.blocks[name].factor.label for name in others)
    return f"Pay premium of {level} over {base}{where} (given {given})"


def _categorical(estimate: Estimate, factor: str) -> Levels:
    blocks = {name: b for name, b in estimate.design.blocks.items() if isinstance(b, Levels)}
    if factor not in blocks:
        raise ModelError(unknown("categorical factor of this equation", factor, blocks))
    return blocks[factor]


def _refuse_open_interaction(estimate: Estimate, factor: str, held: Mapping[str, str]) -> None:
    terms = [term.split(":") for term in estimate.design.spec.factors if ":" in term]
    partners = {name for term in terms if factor in term for name in term} - {factor, *held}
    if partners:
        example = ", ".join(f'"{name}": …' for name in sorted(partners))
        raise ModelError(
            Fault(
                f"contrast of {factor}",
                f"it interacts with {', '.join(sorted(partners))}",
                "the level of every factor that it interacts with",
                f"contrast(…, within={{{example}}})",
            )
        )


def _refuse_unknown(block: Levels, level: str) -> None:
    if level not in block.levels:
        raise ModelError(unknown(f"level of {block.factor.name} in this sample:", level, block.named))


def _refuse_levels(block: Levels, level: str, base: str) -> None:
    for name in (level, base):
        _refuse_unknown(block, name)
    if level == base:
        raise ModelError(
            Fault(
                f"contrast of {block.factor.name}",
                f"{level!r} with itself" + (" (it is the base category)" if level == block.base else ""),
                "two different levels: a level's premium over itself is zero by construction",
                f"compare with one of: {', '.join(name for name in block.named if name != level)}",
            )
        )
