"""Oaxaca: how much of the pay gap between two groups goes with what differs between them, and how much does not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from salarylab.disclosure import MIN_CELL, release
from salarylab.errors import Fault, ModelError, unknown
from salarylab.finding import Finding
from salarylab.model.blocks import Levels, Numbers
from salarylab.model.building import build
from salarylab.model.decompose.measured import NUMBERS, Measured, measure
from salarylab.model.decompose.oaxaca_groups import (
    Asked,
    Groups,
    fits_of,
    influence_of,
    moments_of,
    replicated,
    values_of,
)
from salarylab.model.decompose.oaxaca_lines import (
    GAP,
    TOTAL,
    Line,
    lines_of,
    sums_of,
    support_fault,
    terms_of,
    unsupported,
)
from salarylab.model.decompose.oaxaca_parts import REFERENCES, Reference, parts_of
from salarylab.model.decompose.two_groups import of_two
from salarylab.model.design import Design, matrix
from salarylab.model.estimate import Estimate, told
from salarylab.model.telling import told_of

WORDS = {
    "explained": "goes with {0}",
    "unexplained": "does not go with {0}",
    "endowments": "goes with different {0}",
    "coefficients": "goes with different returns to {0}",
    "interaction": "goes with both different {0} and different returns",
}


@dataclass(frozen=True, slots=True)
class Oaxaca:
    """Hold the decomposition of one gap, in log points.

    ``measured`` has the numbers of ``lines`` with their joint covariance: the gap, then each part in total, by factor
    and by level. ``notes`` say what a reader of the parts must know.
    """

    design: Design = field(repr=False)
    factor: str
    level: str
    base: str
    lines: tuple[Line, ...] = field(repr=False)
    measured: Measured
    notes: tuple[str, ...]

    @property
    def table(self) -> pl.DataFrame:
        """One row per part, factor and level; a level with fewer than ten rows in either group is summed with others.

        Columns: part, factor ("total" for all), level (null for the whole factor), then value, se (two digits), df (as
        told), p, low and high in log points, and n, the rows in the smaller of the two groups, rounded. A spline is
        one line: its bends mean nothing one by one.
        """
        rows = [
            {"part": line.part, "factor": line.factor, "level": line.level}
            | self.measured.told(i)
            | {"n": line.n, "withheld": line.dominated}
            for i, line in enumerate(self.lines)
        ]
        text, numbers = ("part", "factor", "level"), dict.fromkeys(NUMBERS, pl.Float64())
        schema = dict.fromkeys(text, pl.String()) | numbers | {"n": pl.Int64(), "withheld": pl.Boolean()}
        return release(pl.DataFrame(rows, schema=schema), NUMBERS, dominated="withheld").frame

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the parts that add up to the gap."""
        return tuple(line.part for line in self.lines if line.factor == TOTAL and line.part != GAP)

    @property
    def gap(self) -> Finding:
        """The raw gap: the sum of all parts."""
        return self.part(GAP)

    @property
    def explained(self) -> Finding:
        """The part that goes with the factors; of three parts, that of endowments."""
        return self.part(self.parts[0])

    @property
    def share(self) -> Finding:
        """The explained part as a share of the gap, with Fieller's set: in words where it is no interval."""
        i, gap = self._total(self.parts[0]), self._total(GAP)
        told = self.lines[i].n >= MIN_CELL and not self.lines[i].dominated
        numbers, said = self.measured.share(i, gap, told)
        subject = f"Share of the pay gap of {self._groups} that {WORDS[self.parts[0]].format(self._labels)}"
        return self._found(i, subject, unit="share of a gap", caveats=(said, *self.notes), **numbers)

    def part(self, name: str) -> Finding:
        """Return one part in total as a finding; raises ``ModelError`` for a part that is not there."""
        if name not in (GAP, *self.parts):
            raise ModelError(unknown("part of this decomposition", name, (GAP, *self.parts)))
        i = self._total(name)
        which = "Raw pay gap" if name == GAP else "Part of the pay gap"
        rest = "" if name == GAP else f" that {WORDS[name].format(self._labels)}"
        subject = f"{which} of {self._groups}{rest}"
        return self._found(i, subject, unit="log points", caveats=self.notes, **self.measured.numbers(i))

    def _total(self, part: str) -> int:
        return next(i for i, line in enumerate(self.lines) if (line.part, line.factor) == (part, TOTAL))

    def _found(self, i: int, subject: str, **numbers: object) -> Finding:
        line = self.lines[i]
        cell: dict[str, object] = {"smallest_cell": line.n, "dominated": line.dominated}
        base = self._told(self.base)
        return told_of(self.design, subject, covariance=self.measured.rule, base=base, **cell, **numbers)

    def _told(self, level: str) -> str:
        block = self.design.blocks[self.factor]
        return block.told(level) if isinstance(block, Levels) else level

    @property
    def _groups(self) -> str:
        return f"{self._told(self.level)} to {self._told(self.base)}"

    @property
    def _labels(self) -> str:
        names = [name for name in self.design.spec.factors if ":" not in name and name != self.factor]
        return ", ".join(self.design.blocks[name].factor.label for name in names) or "nothing"


def oaxaca(
    asked: Design | Estimate,
    factor: str,
    level: str,
    base: str | None = None,
    *,
    reference: Reference = "pooled",
    folds: Literal[2, 3] = 2,
    normalised: bool = True,
    common_support: bool = False,
) -> Oaxaca:
    """Decompose the pay gap of one level of a factor to another by the other factors of an equation.

    The gap is mean log pay at ``level`` less that at ``base`` (default: the factor's base category); rows at other
    levels leave, counted. Two folds: ``explained``, the difference of means priced at the ``reference`` coefficients
    (``REFERENCES``), and ``unexplained``. Three folds: ``endowments`` at the base's coefficients, ``coefficients`` at
    the base's means, and ``interaction``. ``normalised`` prices every level of a categorical factor against the
    mean of its levels, so that no part depends on base categories. ``common_support`` leaves out, counted, rows at
    levels that one group lacks. What is not explained is not thereby discrimination.

    Weights, clusters and the covariance rule are the spec's; means are estimates too, and a cluster may have rows in
    both groups. Raises ``ModelError`` for a factor or level that is not in the equation, levels that one group
    lacks, interactions that cannot be told apart, collinear terms in a group, and a rule that cannot serve.

    **Source** Oaxaca (1973), International Economic Review 14(3), 693–709; Blinder (1973), Journal of Human
    Resources 8(4), 436–455; Jann (2008), Stata Journal 8(4), 453–479.

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept, sl.positive_pay])
    >>> design = sl.build(sl.Spec(factors=("work_mode", "education", "experience")), sample)
    >>> found = oaxaca(design, "work_mode", "remote")
    >>> found.table.filter(factor="total")["part"].to_list()
    ['gap', 'explained', 'unexplained']
    """
    design = asked.design if isinstance(asked, Estimate) else asked
    if reference not in REFERENCES or folds not in (2, 3):
        raise ModelError(
            *([] if reference in REFERENCES else [unknown("reference coefficients", reference, REFERENCES)]),
            *([] if folds in (2, 3) else [Fault("folds", f"{folds}", "2 or 3", "leave them at 2")]),
        )
    design = _supported(of_two(design, factor, level, base), factor, common_support=common_support)
    base = design.base_of[factor]
    terms = terms_of(design, factor, normal=normalised)
    ask = Asked(reference, folds, terms.layout)
    groups = _groups_of(design, factor, level, terms.columns)
    fits = fits_of(groups, reference if folds == 2 else "base")
    parts = parts_of(moments_of(groups, fits), terms.layout, reference, folds)
    lines = lines_of(design, factor, [part.name for part in parts], terms)
    sums = sums_of(lines, [part.name for part in parts], len(terms.labels))
    measured = measure(
        design,
        values_of(parts, *sums),
        lambda units: influence_of(groups, fits, units, ask, *sums),
        lambda weights: replicated(groups, weights, ask, *sums),
    )
    return Oaxaca(design, factor, level, base, tuple(lines), measured, _notes(design, ask, normalised=normalised))


def _supported(design: Design, factor: str, *, common_support: bool) -> Design:
    """Return the design where both groups have every level; raise ``ModelError`` unless rows may be lost for that."""
    while lonely := unsupported(design, factor):
        if not common_support:
            raise ModelError(*(support_fault(design, factor, name, rows) for name, rows in lonely.items()))
        name, rows = next(iter(lonely.items()))
        reason = f"outside the common support of the groups: {name}"
        design = build(design.spec, design.sample.without(pl.lit(pl.Series(rows)), reason))
    return design


def _groups_of(design: Design, factor: str, level: str, columns: tuple[int, ...]) -> Groups:
    block = design.blocks[factor]
    assert isinstance(block, Levels)
    at = block.codes == block.levels.index(level)
    other = next(name for name in block.levels if name != level)
    names = tuple(told(design, design.terms[i])[0] for i in columns)
    named = (block.told(level), block.told(other))
    return Groups(matrix(design)[:, list(columns)], design.y, at, design.weights, names, named)


def _notes(design: Design, asked: Asked, *, normalised: bool) -> tuple[str, ...]:
    """Return what a reader of the parts must know: whose coefficients price them, and what stays arbitrary."""
    numeric = [block.factor.label for block in design.blocks.values() if isinstance(block, Numbers)]
    split = "the unexplained part" if asked.folds == 2 else "the parts of coefficients and interaction"
    notes = [
        f"means priced at the coefficients {REFERENCES[asked.reference]}"
        if asked.folds == 2
        else "endowments priced at the coefficients of the group compared with",
        "levels of a factor are priced against the mean of its levels: no part depends on a base category"
        if normalised
        else "parts of factors within the whole depend on their base categories",
    ]
    if numeric:
        origin = f"how {split} falls to {', '.join(numeric)} or to the constant depends on where zero is put"
        notes.append(origin)
    return tuple(notes)
