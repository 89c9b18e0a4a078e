"""Compared: which two levels of a factor a question is about, or why a sample cannot be asked it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from salarylab.disclosure import MIN_CELL
from salarylab.errors import Fault, ModelError, unknown
from salarylab.model.controls import MOST_LEVELS
from salarylab.model.factor import NO_ROLE, Factor, factor_in
from salarylab.model.usable import is_asked
from salarylab.sample import Sample
from salarylab.unanswered import Unanswered

PAIRS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "education": (
        ("bachelor", "secondary"),
        ("master", "bachelor"),
        ("bachelor or master", "some college"),
        ("bachelor or master", "secondary"),
        ("doctorate", "bachelor"),
        ("some college", "secondary"),
    ),
    "work_mode": (("remote", "on-site"), ("remote", "not remote"), ("hybrid", "on-site")),
    "seniority": (("senior", "mid"), ("mid", "junior"), ("senior", "junior"), ("lead", "senior")),
}
"""Pairs that a question is about where a notebook names none, in the order in which they are tried."""

ENOUGH_ROWS = 100
"""Rows that both levels of a declared pair hold: with log pay's usual spread of 0.5 the interval of their gap then
reaches about 15 % either way, which tells large gaps from none."""

ENOUGH_SHARE = 0.05
"""Share of those who answered that both levels hold: a pair of rare levels would lead a page about others."""

FEW_ROWS = "few rows"


@dataclass(frozen=True, slots=True)
class Pair:
    """Hold the two levels compared, and what a reader must know of their choice.

    Attributes
    ----------
    level, base : str
        The higher level first.
    notes : tuple of str
        Such as a base that the source does not have and what stands for it, or that few rows qualify.
    """

    level: str
    base: str
    notes: tuple[str, ...] = ()


def pair_of(sample: Sample, factor: str, level: str = "", base: str = "") -> Pair | Unanswered:
    """Choose the two levels that a question compares.

    Parameters
    ----------
    sample : Sample
        Who is asked.
    factor : str
        A categorical factor.
    level, base : str
        As a notebook names them; empty: chosen. A base that the source does not have falls back to the nearest declared
        level that ten rows hold, which is said.

    Returns
    -------
    Pair or Unanswered
        Without names the first pair of ``PAIRS`` of which both levels hold 100 rows and a twentieth of those who
        answered; else the pair with the larger smaller side, ten rows at least, marked "few rows".

    Raises
    ------
    ModelError
        For a factor that is not declared or has no levels, and for a level that nobody declared: with did-you-mean.
    """
    part = factor_in(sample, factor)
    if part.kind not in ("level", "text"):
        raise ModelError(unknown("factor with levels", factor, list(PAIRS)))
    if not is_asked(sample, factor):
        return Unanswered(f"{sample.provenance.source.key} never asked {part.label}", "Not asked")
    counts = counts_of(sample, part)
    held = {name: n for name, n in counts.items() if n >= MIN_CELL and name != NO_ROLE}
    _refuse_undeclared(sample, part, counts, level, base)
    _refuse_very_many(part, counts)
    if len(held) < 2:
        return Unanswered(f"fewer than two levels of {part.label} have {MIN_CELL} rows")
    if level and level not in held:
        return Unanswered(f"fewer than {MIN_CELL} rows of this sample are {level}")
    notes: tuple[str, ...] = ()
    if base and base not in held:
        nearest = _nearest(sample, part, held, base, level)
        notes = (f"no {MIN_CELL} rows of this sample are {base}: compared with {nearest}, the nearest level",)
        base = nearest
    if level and base and level == base:
        return Unanswered(f"{level} is compared with itself")
    return _chosen(part, counts, held, level, base, notes)


def counts_of(sample: Sample, part: Factor) -> dict[str, int]:
    """Return the rows at each level that a sample answers, in declared order."""
    answers = sample.table.select(part.expression.alias("level"))["level"].drop_nulls()
    rows = answers.value_counts().sort("level")
    return dict(zip(rows["level"].cast(pl.String), rows["count"], strict=True))


def declared_levels(sample: Sample, part: Factor) -> list[str]:
    """Return every level that a factor may have, in order: declared ones, or those of the sample."""
    dtype = sample.table.select(part.expression.alias("level")).schema["level"]
    return list(dtype.categories) if isinstance(dtype, pl.Enum) else list(counts_of(sample, part))


def _refuse_undeclared(sample: Sample, part: Factor, counts: Mapping[str, int], *named: str) -> None:
    declared = declared_levels(sample, part)
    # a text of few rows is refused in the words of one that nobody has
    public = [name for name in declared if part.kind == "level" or counts.get(name, 0) >= MIN_CELL]
    faults = [unknown(f"level of {part.label}:", name, public) for name in named if name and name not in public]
    if faults:
        raise ModelError(*faults)


def _refuse_very_many(part: Factor, counts: Mapping[str, int]) -> None:
    """Refuse a factor of more levels than small-sample covariances can lay out in a reader's time."""
    if len(counts) > MOST_LEVELS:
        raise ModelError(
            Fault(
                f"factor {part.name!r}",
                f"{len(counts):,} levels",
                f"at most {MOST_LEVELS}: their standard errors would take minutes",
                f"hold it equal instead (controls=[…, {part.name!r}]: it is absorbed), or fit an equation of your own "
                f"with Spec(factors=({part.name!r}, …), covariance='HC1')",
            )
        )


def _nearest(sample: Sample, part: Factor, held: Mapping[str, int], base: str, level: str) -> str:
    """Return the level nearest to one that is not there, in declared order; the lower of two that are as near."""
    order = declared_levels(sample, part)
    others = [name for name in held if name != level]
    return min(others, key=lambda name: (abs(order.index(name) - order.index(base)), order.index(name)))


def _chosen(
    part: Factor, counts: Mapping[str, int], held: Mapping[str, int], level: str, base: str, notes: tuple[str, ...]
) -> Pair:
    """Return the pair named, or of what was left open the first declared pair with rows enough."""
    if level and base:
        return Pair(level, base, (*notes, *_few(counts, level, base)))
    pairs = [pair for pair in _declared(part, held) if level in ("", pair[0]) and base in ("", pair[1])]
    if not pairs:  # one of the two was named, and no declared pair has it
        others = [name for name in held if name != (level or base)]
        common = max(others, key=lambda name: held[name])
        pairs = [(level or common, base or common)]
    answered = sum(counts.values())
    for higher, lower in pairs:
        if min(held[higher], held[lower]) >= max(ENOUGH_ROWS, ENOUGH_SHARE * answered):
            return Pair(higher, lower, notes)
    higher, lower = max(pairs, key=lambda pair: min(held[pair[0]], held[pair[1]]))
    return Pair(higher, lower, (*notes, *_few(counts, higher, lower)))


def _few(counts: Mapping[str, int], *pair: str) -> tuple[str, ...]:
    return (FEW_ROWS,) if min(counts[name] for name in pair) < ENOUGH_ROWS else ()


def _declared(part: Factor, held: Mapping[str, int]) -> list[tuple[str, str]]:
    """Return the pairs that a factor is asked about, of levels with ten rows: declared, else each over the base."""
    declared = [pair for pair in PAIRS.get(part.name, ()) if set(pair) <= set(held)]
    base = part.base if part.base in held else max(held, key=lambda name: held[name])
    return declared or [(name, str(base)) for name in sorted(held, key=lambda name: -held[name]) if name != base]
