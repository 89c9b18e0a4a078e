"""Lines: the terms that a decomposition shows, and the sums of them that may be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from salarylab.disclosure import MIN_CELL
from salarylab.errors import Fault, ModelError
from salarylab.model.blocks import Levels
from salarylab.model.contributors import Cell, one_gives_most
from salarylab.model.decompose.fold import Told, told_factors, told_levels
from salarylab.model.decompose.oaxaca_parts import Layout, normalised, plain
from salarylab.model.design import Design
from salarylab.model.factor import factor as declared

Array = NDArray[np.float64]

TOTAL, CONSTANT, OTHER_FACTORS = "total", "constant", "other factors"
GAP = "gap"
OF_COEFFICIENTS = ("unexplained", "coefficients")
"""Parts in which the constant has a share."""


@dataclass(frozen=True, slots=True)
class Line:
    """Hold one line: which part, of which factor and level, the rows in the smaller group, and the terms it sums."""

    part: str
    factor: str
    level: str | None
    n: int
    dominated: bool
    terms: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """Hold the columns that the two groups' equations have, the terms shown, and each term's factor and level."""

    columns: tuple[int, ...]
    layout: Layout
    labels: tuple[tuple[str, str | None], ...]


def terms_of(design: Design, factor: str, *, normal: bool) -> Terms:
    """Return the terms of a decomposition by a factor; ``normal`` shows all levels, bases too, as deviations.

    Raises ``ModelError`` for interactions with the factor itself, and under ``normal`` with any categorical one.
    """
    _refuse_interactions(design, factor, normal=normal)
    columns = tuple(i for i, term in enumerate(design.terms) if term.factor != factor)
    kept = [design.terms[i] for i in columns]
    labels = [(CONSTANT if term.factor == "intercept" else term.factor, term.level) for term in kept]
    if not normal:
        return Terms(columns, plain(len(columns)), tuple(labels))
    blocks = {name: b for name, b in design.blocks.items() if isinstance(b, Levels) and name != factor}
    levels = [(name, level) for name, block in blocks.items() for level in block.levels]
    of_factors = [
        [None if level == block.base else labels.index((name, level)) for level in block.levels]
        for name, block in blocks.items()
    ]
    others = [label for label in labels if label not in levels]
    return Terms(columns, normalised(len(columns), of_factors), (*others, *levels))


def lines_of(design: Design, factor: str, parts: Sequence[str], terms: Terms) -> list[Line]:
    """Return the lines that may be told: the gap, each part in total, by factor, and by level.

    A level with fewer than ten rows in either group is summed into "other levels", a factor of which no two levels
    may be told apart into "other factors", both with others where the sum would be one small cell.
    """
    of_groups = design.blocks[factor]
    assert isinstance(of_groups, Levels)
    groups = [{factor: level} for level in of_groups.levels]
    n = min(of_groups.counts.values())
    one = any(one_gives_most(design, group) for group in groups)
    names = [name for name in design.spec.factors if name != factor]
    levels = {name: _told(design, name, groups, terms) for name in names if isinstance(design.blocks.get(name), Levels)}
    opaque = [name in levels and not levels[name] for name in names]
    together = told_factors(opaque, n)
    apart = [name for name, in_sum in zip(names, together, strict=True) if not in_sum]
    rest = tuple(i for name, in_sum in zip(names, together, strict=True) if in_sum for i in _of(terms, name))
    lines = [Line(GAP, TOTAL, None, n, one, tuple(range(len(terms.labels))))]
    for part in parts:
        # where one factor is all there is, and may not be told, the total would tell it
        lines.append(Line(part, TOTAL, None, 0 if opaque == [True] else n, one, lines[0].terms))
        for name in apart:
            lines.append(Line(part, name, None, n, one, _of(terms, name)))
            lines += [Line(part, name, told.name, told.n, one, _at(terms, name, told)) for told in levels.get(name, ())]
        if apart and rest:
            lines.append(Line(part, OTHER_FACTORS, None, n, one, rest))
        if (apart or not names) and part in OF_COEFFICIENTS:
            lines.append(Line(part, CONSTANT, None, n, one, _of(terms, CONSTANT)))
    return [line for line in lines if line.terms]


def _told(design: Design, name: str, groups: Sequence[Cell], terms: Terms) -> list[Told]:
    """Return a factor's lines; none where its levels are compared with a base that may not be told."""
    block = design.blocks[name]
    assert isinstance(block, Levels)
    lines = told_levels(design, name, groups)
    compared = (name, block.base) in terms.labels or any(line.name == block.base for line in lines)
    return lines if compared else []


def _at(terms: Terms, name: str, told: Told) -> tuple[int, ...]:
    return tuple(i for i, (factor, level) in enumerate(terms.labels) if factor == name and level in told.levels)


def _of(terms: Terms, name: str) -> tuple[int, ...]:
    return tuple(i for i, (factor, _) in enumerate(terms.labels) if factor == name)


def sums_of(lines: Sequence[Line], parts: Sequence[str], k: int) -> tuple[Array, Array]:
    """Return which parts (m, parts) and which terms (m, k) each line sums."""
    of_parts = np.array([[float(line.part in (GAP, part)) for part in parts] for line in lines])
    of_terms = np.zeros((len(lines), k))
    for i, line in enumerate(lines):
        of_terms[i, list(line.terms)] = 1.0
    return of_parts, of_terms


def unsupported(design: Design, factor: str) -> dict[str, NDArray[np.bool_]]:
    """Return the factors with levels that one of the groups lacks, or has one row of, and the rows at them (n,)."""
    groups = design.blocks[factor]
    assert isinstance(groups, Levels)
    found = {}
    for name, block in design.blocks.items():
        if name != factor and isinstance(block, Levels):
            counts = np.zeros((len(block.levels), len(groups.levels)), dtype=np.int64)
            np.add.at(counts, (block.codes, groups.codes), 1)
            lonely = np.asarray((counts < 2).any(axis=1))
            if lonely.any():
                found[name] = lonely[block.codes]
    return found


def support_fault(design: Design, factor: str, name: str, outside: NDArray[np.bool_]) -> Fault:
    """Return the fault of a factor with levels that one of the groups lacks; levels of few rows are not named."""
    block, groups = design.blocks[name], design.blocks[factor]
    assert isinstance(block, Levels)
    assert isinstance(groups, Levels)
    lonely = sorted(set(block.codes[outside].tolist()))
    named = [block.levels[code] for code in lonely if (block.codes == code).sum() >= MIN_CELL]
    rare = len(lonely) - len(named)
    told = ", ".join([*named, *([f"{rare} with fewer than {MIN_CELL} rows"] if rare else [])])
    return Fault(
        f"common support of {declared(name).label}",
        f"levels that {' or '.join(groups.told(level) for level in groups.levels)} lacks, or has one row of: {told}",
        "levels that both groups have: the other's coefficient is not known",
        "oaxaca(…, common_support=True) leaves those rows out, counted; or choose coarser levels",
    )


def _refuse_interactions(design: Design, factor: str, *, normal: bool) -> None:
    crossed = [name for name in design.spec.factors if ":" in name]
    own = [name for name in crossed if factor in name.split(":")]
    faults = [
        Fault(
            f"interaction {name!r}",
            f"one with {factor}, the groups themselves",
            "one equation in each group, in which all coefficients differ",
            "leave the interaction out of the spec",
        )
        for name in own
    ]
    faults += [
        Fault(
            f"interaction {name!r}",
            "parts that depend on the base categories",
            "factors whose levels can be normalised one by one",
            "oaxaca(…, normalised=False), knowing that parts by factor then depend on bases",
        )
        for name in crossed
        if normal and name not in own and any(isinstance(design.blocks[p], Levels) for p in name.split(":"))
    ]
    if faults:
        raise ModelError(*faults)
