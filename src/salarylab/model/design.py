"""Design: what an equation meets in a sample: dense codes, base levels, weights and clusters.

``build`` drops the rows that the equation cannot use, each for a named reason that joins the sample's
attrition. The dense matrix exists only while ``fit`` runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab.disclosure import show_count
from salarylab.errors import Fault, ModelError
from salarylab.model.blocks import (
    Levels,
    Numbers,
    Term,
    columns,
    crossed,
    crossed_parts,
    crossed_terms,
    levels_of,
    main_terms,
    numbers,
)
from salarylab.model.factor import NUMERIC, Factor, Outcome, outcome
from salarylab.model.spec import DECLARED, SURVEY, Spec
from salarylab.sample import Sample
from salarylab.source import Replication

Array = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Design:
    """Lay out one equation on one sample.

    ``y`` has shape (n,); ``weights`` shape (n,) or None; ``clusters`` are dense codes of shape (n,) or
    None; ``replicates`` has shape (n, R) or None. ``terms`` names the columns of ``matrix(design)``.
    ``contributors`` are codes of the employers behind the rows, shape (n,), or None where none is known.
    """

    spec: Spec
    sample: Sample
    outcome: Outcome
    y: Array = field(repr=False)
    blocks: dict[str, Levels | Numbers] = field(repr=False)
    terms: tuple[Term, ...] = field(repr=False)
    weights: Array | None = field(repr=False)
    clusters: Codes | None = field(repr=False)
    cluster_label: str | None
    replicates: Array | None = field(repr=False)
    replication: Replication | None
    contributors: Codes | None = field(repr=False)

    def told_base(self, factor: str) -> str:
        """Return a factor's base level as it may be told; nothing for a factor without levels."""
        block = self.blocks.get(factor)
        return block.told(block.base) if isinstance(block, Levels) else ""

    @property
    def base_of(self) -> dict[str, str]:
        """The base level of each categorical factor."""
        return {name: block.base for name, block in self.blocks.items() if isinstance(block, Levels)}


def build(spec: Spec, sample: Sample, *, pay: pl.Expr | None = None) -> Design:
    """Lay out an equation on a sample, dropping unusable rows with their reasons counted.

    Dropped are rows without the outcome, rows that did not answer a factor, and rows that are alone at
    their level. ``pay`` stands in for the outcome's column where pay may be known as a band alone.
    Raises ``ModelError`` naming every factor that the source never asked, factors with one
    level left, bases that are not in the sample, main weights that are not positive, and a factor whose rows
    answer different questions (years of professional and of all work).
    """
    wanted = outcome(spec.outcome, sample.asked, hours_known=sample.hours_known, declared=spec.declared)
    parts = _main_factors(spec)
    _refuse_never_asked(spec, sample, wanted, parts)
    known = pl.col(wanted.column) if pay is None else pay
    sample = sample.without(~(known > 0).fill_null(False), f"pay not known: {wanted.column}")
    for part in parts:
        unanswered = sample.table.select(part.expression.is_null().alias("null"))["null"]
        sample = sample.without(pl.lit(unanswered), f"not answered: {part.name}")
    weight_column = _weight_column(spec, sample)
    if weight_column is not None:
        sample = sample.without(pl.col(weight_column).is_null(), f"no weight: {weight_column}")
    sample = _without_singletons(sample, spec)
    if not len(sample):
        raise ModelError(_nothing_left(sample))
    _refuse_spliced(sample, parts)
    blocks = _blocks(spec, sample, parts)
    label, clusters = _clusters(spec, sample)
    replication = sample.provenance.source.replication if spec.weights == SURVEY else None
    return Design(
        spec=spec,
        sample=sample,
        outcome=wanted,
        y=np.log(sample.table.select(known.alias("pay"))["pay"].to_numpy()),
        blocks=blocks,
        terms=_terms(spec, blocks, len(sample)),
        weights=_weights(weight_column, sample),
        clusters=clusters,
        cluster_label=label,
        replicates=_replicates(replication, sample),
        replication=replication,
        contributors=_codes("employer", sample) if sample.table["employer"].null_count() < len(sample) else None,
    )


def matrix(design: Design) -> Array:
    """Return the design matrix, shape (n, k), intercept first, columns in the order of ``terms``."""
    n = len(design.y)
    laid_out = [np.ones((n, 1))]
    for term in design.spec.factors:
        if ":" in term:
            left, right = (design.blocks[part] for part in term.split(":"))
            filled = {t.parts for t in design.terms if t.factor == term}
            laid_out.append(crossed(left, right)[:, [parts in filled for parts in crossed_parts(left, right)]])
        else:
            laid_out.append(columns(design.blocks[term]))
    return np.hstack(laid_out)


def _terms(spec: Spec, blocks: dict[str, Levels | Numbers], n: int) -> tuple[Term, ...]:
    at_base = {name: b.codes == b.levels.index(b.base) for name, b in blocks.items() if isinstance(b, Levels)}
    everywhere = np.ones(n, dtype=bool)
    of_all = np.logical_and.reduce([everywhere, *at_base.values()])
    terms = [Term(("intercept",), "intercept", None, None, int(of_all.sum()))]
    for name in spec.factors:
        if ":" in name:
            left, right = (blocks[part] for part in name.split(":"))
            terms += crossed_terms(name, left, right)
        else:
            partners = {part for term in spec.factors if name in term.split(":") for part in term.split(":")} - {name}
            beside = np.logical_and.reduce([everywhere, *(at_base[p] for p in partners if p in at_base)])
            terms += main_terms(blocks[name], beside)
    return tuple(terms)


# From sample to blocks


def _outcome(wanted: Outcome, sample: Sample) -> Array:
    values = sample.table[wanted.column].cast(pl.Float64).to_numpy()
    return np.log(values) if wanted.log else values


def _main_factors(spec: Spec) -> list[Factor]:
    return [spec.factor(name) for name in spec.factors if ":" not in name]


def _blocks(spec: Spec, sample: Sample, parts: Sequence[Factor]) -> dict[str, Levels | Numbers]:
    faults: list[Fault] = []
    blocks: dict[str, Levels | Numbers] = {}
    for part in parts:
        values = sample.table.select(part.expression.alias(part.name))[part.name]
        if part.kind in NUMERIC:
            blocks[part.name] = numbers(part, values.cast(pl.Float64).to_numpy())
            continue
        block = levels_of(part, values, spec.bases.get(part.name))
        if isinstance(block, Fault):
            faults.append(block)
        else:
            blocks[part.name] = block
    if faults:
        raise ModelError(*faults)
    return blocks


def _without_singletons(sample: Sample, spec: Spec) -> Sample:
    """Drop rows alone at a level or in a cell of an interaction.

    Such a row fits itself exactly and says nothing about any other term.
    """
    terms = [[spec.factor(name) for name in term.split(":")] for term in spec.factors]
    cells = [parts for parts in terms if all(part.kind in ("level", "text") for part in parts)]
    while True:
        before = len(sample)
        for parts in cells:
            alone = sample.table.select(pl.struct(part.expression.alias(part.name) for part in parts).is_unique())
            what = "level" if len(parts) == 1 else "cell"
            reason = f"only row of its {what}: {' × '.join(part.name for part in parts)}"
            sample = sample.without(pl.lit(alone.to_series()), reason)
        if len(sample) == before:
            return sample


# Weights, clusters, replicates


def _weight_column(spec: Spec, sample: Sample) -> str | None:
    if spec.weights == SURVEY:
        source = sample.provenance.source
        return "weight" if source.weighted or source.replication is not None else None
    return spec.weights


def _weights(name: str | None, sample: Sample) -> Array | None:
    if name is None:
        return None
    weights = sample.table[name].to_numpy()
    bad = int((weights <= 0).sum())
    if bad:
        raise ModelError(
            Fault(
                f"weights {name!r}",
                f"{show_count(bad)} rows at or below zero",
                "positive main weights",
                "restrict the sample",
            )
        )
    return weights.astype(np.float64)


def _replicates(replication: Replication | None, sample: Sample) -> Array | None:
    if replication is None:
        return None
    lengths = sample.table["replicate_weights"].list.len().unique().to_list()
    if lengths != [replication.count]:
        raise ModelError(
            Fault("replicate weights", f"{lengths} per row", f"{replication.count} in every row", "reload the source")
        )
    return sample.table["replicate_weights"].list.to_array(replication.count).to_numpy()


def _clusters(spec: Spec, sample: Sample) -> tuple[str | None, Codes | None]:
    """Return the name of the clusters and their codes."""
    name = "cluster" if spec.clusters == DECLARED else spec.clusters
    if name is None or (spec.clusters == DECLARED and sample.table[name].null_count() == len(sample)):
        return None, None
    return name, _codes(name, sample)


def _codes(name: str, sample: Sample) -> Codes:
    """Return a column as dense codes by sorted name; a row without a value has a code of its own."""
    own = pl.format("\u0000{}", pl.int_range(pl.len()))
    keys = sample.table.select(pl.col(name).cast(pl.String).fill_null(own))[name]
    return (keys.rank("dense").cast(pl.Int64) - 1).to_numpy()


# Refusals


def _refuse_never_asked(spec: Spec, sample: Sample, wanted: Outcome, parts: Sequence[Factor]) -> None:
    key = sample.provenance.source.key
    needs = {f"factor {part.name!r}": part.needs for part in parts} | {f"outcome {wanted.name!r}": (wanted.column,)}
    for role, name in (("weights", spec.weights), ("clusters", spec.clusters)):
        if name not in (None, SURVEY, DECLARED):
            needs[f"{role} {name!r}"] = (str(name),)
    faults = [
        Fault(
            thing,
            f"{key} never asked {', '.join(missing)}",
            f"columns that it asked: {', '.join(sorted(sample.asked))}",
            "leave it out for this source, or choose a source that asked it",
        )
        for thing, columns in needs.items()
        if (missing := [c for c in columns if c not in sample.asked])
    ]
    if faults:
        raise ModelError(*faults)


CONCEPTS = {"experience_years": "experience_concept", "education": "education_concept"}
"""Columns whose meaning another column states, row by row."""


def _refuse_spliced(sample: Sample, parts: Sequence[Factor]) -> None:
    """Refuse a factor whose rows answer different questions: years of which work, degrees held or planned."""
    needed = {column for part in parts for column in part.needs}
    found = {name: sample.table[concept].drop_nulls().unique() for name, concept in CONCEPTS.items() if name in needed}
    faults = [
        Fault(
            f"factor on {name}",
            f"rows of several meanings: {', '.join(concepts.sort())}",
            f"one {CONCEPTS[name]}",
            f"restrict the sample, such as sl.only({CONCEPTS[name]}={concepts.sort()[0]!r}), or the years loaded",
        )
        for name, concepts in found.items()
        if len(concepts) > 1
    ]
    if faults:
        raise ModelError(*faults)


def _nothing_left(sample: Sample) -> Fault:
    lost = sample.attrition.filter(pl.col("stage") == "build", pl.col("rows_lost") > 0)
    told = "; ".join(
        f"{show_count(n)} rows to {reason!r}" for reason, n in lost.select("reason", "rows_lost").iter_rows()
    )
    return Fault("sample", f"no row left to fit: {told}", "rows that answer every factor", "ask fewer factors")
