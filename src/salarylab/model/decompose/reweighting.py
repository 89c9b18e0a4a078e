"""Reweighting: how much of a gap in any statistic of pay goes with composition, without an equation of pay.

The rows at the base are given the characteristics of the level. What pay there would then be, as it is paid at the
base, parts the gap in two: composition, and the rest, structure. Neither says what would follow from a change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import MIN_CELL, MIN_PERCENTILE_CELL, dominated, release, round_p, significant
from salarylab.errors import Fault, ModelError, unknown
from salarylab.finding import Finding
from salarylab.model.compared import partners
from salarylab.model.contributors import one_gives_most
from salarylab.model.decompose.measured import NUMBERS, Measured
from salarylab.model.decompose.reweighted import parts_of, reweighted, values_of
from salarylab.model.decompose.support import Support, on_support, support_of
from salarylab.model.decompose.two_groups import of_two
from salarylab.model.design import Design, matrix
from salarylab.model.distribution.basis import names_of
from salarylab.model.distribution.counterfactual import levels_of
from salarylab.model.distribution.redraws import DRAWS, SEED, Redraws, redraws_of
from salarylab.model.distribution.rif import sorted_redraws
from salarylab.model.distribution.statistic import Statistic, statistics
from salarylab.model.telling import told_of
from salarylab.model.variance.clusters import FEW_EFFECTIVE
from salarylab.model.variance.dependence import effective_groups

Array = NDArray[np.float64]
Part = Literal["gap", "composition", "structure"]

PARTS: tuple[Part, ...] = ("gap", "composition", "structure")
DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Reweighting:
    """Hold the gaps between two levels of a factor in several statistics of pay, each in two parts.

    ``values`` (3, S) are the statistics at the base, at the base reweighted, and at the level; ``measured`` has gap,
    composition and structure of every statistic, parts slowest, with their joint covariance. ``support`` says how
    far the two groups can be compared.
    """

    design: Design
    factor: str
    level: str = field(repr=False)
    base: str = field(repr=False)
    statistics: tuple[Statistic, ...]
    values: Array = field(repr=False)
    measured: Measured
    support: Support = field(repr=False)
    one_gives_most: bool = field(repr=False)

    @property
    def table(self) -> pl.DataFrame:
        """One row per statistic and part: statistic, part, value, se, df (as told), p, low, high, share, n.

        ``share`` is the part's share of the gap, where Fieller's set for it is an interval. n are the rows in the
        smaller group, rounded; a percentile needs thirty in each, and ten beyond it. Numbers have four decimals.
        """
        rows = []
        for s, of in enumerate(self.statistics):
            for part in PARTS:
                i, gap = self._place(part, s), self._place("gap", s)
                numbers = self.measured.numbers(i)
                se, p = numbers["se"], numbers["p"]
                numbers |= {"se": None if se is None else significant(se, 2), "p": None if p is None else round_p(p)}
                told = self._cell(of) >= MIN_CELL and not self.one_gives_most
                share = self.measured.share(i, gap)[0] if told and part != "gap" else {}
                ends = {"share": share.get("value") if "low" in share else None}
                rows.append({"statistic": of.name, "part": part} | numbers | ends | {"n": self._cell(of)})
        text, names = ("statistic", "part"), (*NUMBERS, "share")
        schema = dict.fromkeys(text, pl.String()) | dict.fromkeys(names, pl.Float64()) | {"n": pl.Int64()}
        cells = pl.DataFrame(rows, schema=schema).with_columns(pl.col(names).round(DECIMALS))
        smaller = pl.when(pl.col("n") >= MIN_CELL).then(min(self.support.rows)).otherwise(pl.col("n")).alias("n")
        withheld = pl.lit(self.one_gives_most).alias("withheld")
        return release(cells.with_columns(smaller, withheld), names, dominated="withheld").frame

    def part(self, name: Part, statistic: str = "mean") -> Finding:
        """Return one part of the gap in the mean or a percentile of log pay, as a finding.

        Raises ``ModelError`` for a part that is not there, or a statistic that is not or is not in log points.
        """
        if name not in PARTS:
            raise ModelError(unknown("part of this decomposition", name, PARTS))
        s = self._asked(statistic)
        words = {"gap": "", "composition": f" that goes with {self._labels}", "structure": f" beyond {self._labels}"}
        which = "Raw gap" if name == "gap" else "Part of the gap"
        subject = f"{which} of {self._groups} in the {self.statistics[s].label}{words[name]}"
        return self._found(s, subject, unit="log points", **self.measured.numbers(self._place(name, s)))

    def share(self, statistic: str = "mean") -> Finding:
        """Return the share of the gap that goes with composition, with Fieller's set: in words where it is no interval.

        Raises ``ModelError`` as ``part`` does.
        """
        s = self._asked(statistic)
        told = self._cell(self.statistics[s]) >= MIN_CELL and not self.one_gives_most
        numbers, said = self.measured.share(self._place("composition", s), self._place("gap", s), told)
        subject = f"Share of the gap of {self._groups} in the {self.statistics[s].label} that goes with {self._labels}"
        return self._found(s, subject, said, unit="share of a gap", **numbers)

    def _found(self, s: int, subject: str, *said: str, **numbers: object) -> Finding:
        few = () if not self.measured.unidentified[s] else ("no interval: one or a few clusters in a group",)
        return told_of(
            self.design,
            subject,
            covariance=self.measured.rule,
            base=self._told(self.base),
            smallest_cell=self._cell(self.statistics[s]),
            dominated=self.one_gives_most,
            caveats=(*said, self.support.words, *few),
            **numbers,
        )

    def _place(self, part: Part, s: int) -> int:
        return PARTS.index(part) * len(self.statistics) + s

    def _asked(self, statistic: str) -> int:
        known = {of.name: s for s, of in enumerate(self.statistics) if of.in_log_points}
        if statistic not in known:
            raise ModelError(unknown("statistic in log points", statistic, known))
        return known[statistic]

    def _cell(self, of: Statistic) -> int:
        """Return the rows in the smallest cell that a statistic's parts tell of, as its weights count."""
        fewest = int(min(*self.support.rows, *self.support.effective))
        if not of.quantiles:
            return fewest
        beyond = min(min(at, 1.0 - at) for at in of.quantiles)
        return int(fewest * beyond) if fewest >= MIN_PERCENTILE_CELL else 0

    def _told(self, level: str) -> str:
        return levels_of(self.design, self.factor).told(level)

    @property
    def _groups(self) -> str:
        return f"{self._told(self.level)} to {self._told(self.base)}"

    @property
    def _labels(self) -> str:
        names = [name for name in self.design.spec.factors if ":" not in name and name != self.factor]
        return f"composition ({', '.join(self.design.blocks[name].factor.label for name in names) or 'of nothing'})"


def reweighting(
    design: Design,
    factor: str,
    level: str,
    base: str | None = None,
    *,
    statistics_of_pay: Sequence[str] = ("mean", "p10", "p50", "p90"),
    common_support: bool = False,
    trim: float = 0.0,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Reweighting:
    """Part the gap of one level of a factor to another, in each statistic, by the other factors' composition.

    The gap is the statistic at ``level`` less that at ``base`` (default: the factor's base category); rows at other
    levels leave, counted. Weights are the odds of a logit of being at ``level`` on the other factors, fitted again in
    every draw; which rows are compared is held fixed. Statistics are those of ``rif_regression``.
    ``common_support`` leaves out, counted, rows without a counterpart in the other group; else they are refused by
    name. ``trim`` leaves out rows with a fitted probability below it or above one less it. Raises ``ModelError`` for
    factors, levels and statistics that are not there, an interaction of ``factor``, and below 20 clusters.

    **Source** DiNardo, Fortin and Lemieux (1996), Econometrica 64(5), 1001–1044.

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept, sl.positive_pay])
    >>> design = sl.build(sl.Spec(factors=("work_mode", "education")), sample)
    >>> found = reweighting(design, "work_mode", "remote", statistics_of_pay=["mean"], draws=99)
    >>> found.table["part"].to_list()
    ['gap', 'composition', 'structure']
    """
    asked = statistics(statistics_of_pay)
    if not 0.0 <= trim < 0.5:
        raise ModelError(Fault("trim", f"{trim:g}", "a probability from 0 to below 0.5", "such as 0.02, or leave it"))
    if partners(design, factor):
        raise ModelError(
            Fault(f"factor {factor!r}", "it interacts with another", "a factor that does not", "drop the term")
        )
    design = of_two(design, factor, level, base)
    base = design.base_of[factor]
    order = np.argsort(design.y, kind="stable")
    again = sorted_redraws(redraws_of(design, draws=draws, seed=seed), order)
    block = levels_of(design, factor)
    at_level = (block.codes == block.levels.index(level))[order]
    own = [j for j, term in enumerate(design.terms) if term.factor != factor]
    names = [name for name, term in zip(names_of(design), design.terms, strict=True) if term.factor != factor]
    x = matrix(design)[order][:, own]
    basis, found, kept = on_support(x, names, at_level, again.weights, trim=trim, drop=common_support)
    y, inside, again = design.y[order][kept], at_level[kept], sorted_redraws(again, np.flatnonzero(kept))
    values = values_of(basis, inside, y, again.weights, asked, found.along)
    drawn = [parts_of(values_of(basis, inside, y, weights, asked, found.along)) for weights in again]
    given = reweighted(found, inside, again.weights)
    behind = min(effective_groups(again.clusters, w) for w in (given, again.weights * inside))
    measured = _measured(parts_of(values), np.array(drawn), again, behind)
    told = (block.told(base), block.told(level))
    support = support_of(told, at_level, found.probabilities, (given, again.weights), kept)
    whose = np.arange(len(design.y)) if design.contributors is None else design.contributors
    most = any(one_gives_most(design, {factor: name}) for name in (level, base))
    most = most or dominated(given[~inside], whose[order][kept][~inside])
    return Reweighting(design, factor, level, base, asked, values, measured, support, most)


def _measured(parts: Array, drawn: Array, again: Redraws, behind: float) -> Measured:
    """Return the parts (m,) with the covariance of those drawn (R, m); ``behind`` effective rows or clusters.

    A group of few rows has few degrees of freedom, however large the other.
    """
    rule, one = f"{again.words}; reweighted by a logit fitted again in each", np.ones(len(parts))
    covariance = again.covariance(drawn, parts)
    if again.replicates is not None:
        return Measured(parts, covariance, again.df * one, one < 0, "replicate", rule)
    units = "rows" if again.clusters is None else "clusters"
    rule += f", t(effective {units} of the smaller group − 1)"
    return Measured(parts, covariance, max(behind - 1.0, 1.0) * one, one * behind < FEW_EFFECTIVE, "bootstrap", rule)
