"""Contrast: the premium of one level over another, and joint tests, as findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from salarylab.disclosure import MIN_CELL, show_count, significant
from salarylab.errors import Fault, ModelError, unknown
from salarylab.finding import Finding
from salarylab.model.blocks import Levels
from salarylab.model.clusters import FEW_EFFECTIVE, effective_clusters
from salarylab.model.contributors import one_gives_most, rows_of, term_withheld
from salarylab.model.covariance import bell_mccaffrey
from salarylab.model.estimate import Estimate, interval, wald
from salarylab.model.projection import truth_of
from salarylab.model.telling import told_of

Array = NDArray[np.float64]

POWER = 0.80


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
    found = _finding(estimate, vector, subject or _sentence(estimate, factor, named, compared, held), compared)
    cells = [{factor: end, **held} for end in (level, base)]
    return replace(
        found,
        smallest_cell=min(int(rows_of(estimate.design, cell).sum()) for cell in cells),
        dominated=any(one_gives_most(estimate.design, cell) for cell in cells),
    )


def joint_test(estimate: Estimate, factor: str, *, subject: str | None = None) -> Finding:
    """Return the joint test that all terms of a factor, or of an interaction "a:b", are zero.

    Terms with fewer than ten rows or without a standard error are left out; where none is left, or the
    variance cannot judge so many, the finding says so and has no value. Raises ``ModelError`` for a factor
    that is not in the equation.

    **Source** Wald (1943); see ``estimate.wald``.
    """
    terms = estimate.design.terms
    if factor not in (term.factor for term in terms):
        raise ModelError(unknown("factor of this equation", factor, dict.fromkeys(term.factor for term in terms)))
    told = subject or f"Joint test that {_words(estimate, factor)}"
    of_factor = [i for i, term in enumerate(terms) if term.factor == factor]
    tested = [i for i in of_factor if not (estimate.unidentified[i] or term_withheld(estimate.design, terms[i]))]
    if not tested:
        return _untested(estimate, told, "no term with ten rows and a standard error")
    try:
        f, df, p = wald(estimate, tested)
    except ModelError as error:
        return _untested(estimate, told, f"{error.faults[0].found}; expected {error.faults[0].expected}")
    df, cell = estimate.told_df(df), min(terms[i].n for i in tested)
    behind = f"{df:.0f}" if estimate.kind == "replicate" else f"{df:.0f} or more"
    out = len(of_factor) - len(tested)
    caveats = (
        (f"{out} of {len(of_factor)} terms left out: fewer than {MIN_CELL} rows, or no standard error",) if out else ()
    )
    told = f"{told}, F({len(tested)}, {behind}) = {significant(f, 2):g}"
    return _described(estimate, told, unit="p-value", value=p, p=p, df=df, smallest_cell=cell, caveats=caveats)


def _untested(estimate: Estimate, told: str, why: str) -> Finding:
    return _described(estimate, told, unit="p-value", value=None, smallest_cell=estimate.n, caveats=(why,))


def _words(estimate: Estimate, factor: str) -> str:
    """Return the hypothesis of a joint test in words."""
    labels = [estimate.design.blocks[name].factor.label for name in factor.split(":")]
    if len(labels) == 1:
        return f"pay does not differ by {labels[0]}, given the rest"
    return f"the premium by {labels[0]} is the same at every {labels[1]}"


def detectable(se: float, df: float) -> float:
    """Return the difference from zero that a 5 % test finds with 80 % power, in the unit of the se.

    **Source** Bloom (1995), Evaluation Review 19(5), 547–556: 2.8 standard errors in large samples.

    >>> round(detectable(1.0, 1e9), 2)
    2.8
    """
    from scipy.special import stdtrit

    return float(stdtrit(df, 0.975) + stdtrit(df, POWER)) * se


def degrees_of_freedom(estimate: Estimate, vector: Array) -> float:
    """Return the degrees of freedom of a contrast: Bell–McCaffrey's under HC2, else the rule's own."""
    if estimate.kind == "HC2":
        return float(bell_mccaffrey(estimate.solution, vector[None, :])[0])
    return float(estimate.df.min())


def _finding(estimate: Estimate, vector: Array, subject: str, base: str) -> Finding:
    """Return a contrast as a finding of the whole sample; its cells are the caller's to say."""
    value = float(vector @ estimate.coefficients)
    if (estimate.unidentified & (vector != 0)).any() or _effective(estimate, vector) < FEW_EFFECTIVE:
        why = ("no interval: identified inside one or a few clusters",)
        return _described(
            estimate, subject, unit="log points", value=value, base=base, smallest_cell=estimate.n, caveats=why
        )
    se = float(vector @ estimate.covariance @ vector) ** 0.5
    df = degrees_of_freedom(estimate, vector)
    low, high, _, p = interval(value, se, df)
    return _described(
        estimate,
        subject,
        unit="log points",
        value=value,
        se=se,
        df=estimate.told_df(df),
        low=low,
        high=high,
        p=p,
        base=base,
        smallest_cell=estimate.n,
        detectable=detectable(se, df),
        truth=truth_of(estimate.design, vector),
        covariance=_rule(estimate, vector),
    )


def _effective(estimate: Estimate, vector: Array) -> float:
    """Return the effective number of clusters behind a contrast; infinite where rows are independent."""
    codes = estimate.design.clusters
    if codes is None or not estimate.kind.startswith("CR"):
        return float("inf")
    return float(effective_clusters(estimate.solution, codes, vector[None, :])[0])


def _rule(estimate: Estimate, vector: Array) -> str:
    """Return the covariance rule, with the effective number of clusters behind this contrast."""
    effective = _effective(estimate, vector)
    if effective == float("inf"):
        return estimate.rule
    return f"{estimate.rule}; effective clusters behind this premium: {show_count(round(effective))}"


def _described(estimate: Estimate, subject: str, **numbers: object) -> Finding:
    return told_of(estimate.design, subject, **({"covariance": estimate.rule} | numbers))  # type: ignore[arg-type]


# The vector of a level


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
