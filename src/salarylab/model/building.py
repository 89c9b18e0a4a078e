"""Building: from an equation and a sample to a design, dropping the rows that the equation cannot use.

Each is dropped for a named reason that joins the sample's attrition.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from os import PathLike
from typing import overload

import numpy as np
import polars as pl

from salarylab.errors import Fault, ModelError
from salarylab.model.blocks import Levels, Numbers, Term, crossed_terms, levels_of, main_terms, numbers
from salarylab.model.design import Design
from salarylab.model.factor import FACTORS, NUMERIC, Factor, factor_in, levels, outcome
from salarylab.model.spec import SURVEY, Spec
from salarylab.model.table import TableDesign, build_table
from salarylab.model.unfit import nothing_left, refuse_kinds, refuse_never_asked, refuse_spliced, refuse_values
from salarylab.model.weighting import clusters_of, codes_of, counts_of, replicates_of, weight_column, weights_of
from salarylab.sample import Sample


@overload
def build(spec: Spec, sample: Sample, *, pay: pl.Expr | None = None) -> Design: ...
@overload
def build(spec: Spec, sample: pl.LazyFrame | pl.DataFrame | str | PathLike[str]) -> TableDesign: ...
def build(
    spec: Spec,
    sample: Sample | pl.LazyFrame | pl.DataFrame | str | PathLike[str],
    *,
    pay: pl.Expr | None = None,
) -> Design | TableDesign:
    """Lay out an equation on a sample, or on any table, dropping unusable rows with their reasons counted.

    Dropped are rows without the outcome, rows that did not answer a factor, and rows that are alone at
    their level. ``pay`` stands in for the outcome's column where pay may be known as a band alone. A table that is no
    sample is a Parquet path, a polars frame (lazy or not), a pandas or pyarrow table: see ``table.build_table``.

    Raises ``ModelError`` naming every factor that the source never asked, factors with one
    level left, bases that are not in the sample, main weights that are not positive, and a factor whose rows
    answer different questions (years of professional and of all work).

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept])
    >>> build(Spec(factors=("work_mode",)), sample).base_of
    {'work_mode': 'on-site'}
    """
    if isinstance(sample, Sample):
        return _on_sample(spec, sample, pay)
    _refuse_records(sample)
    return build_table(spec, sample)


RECORDS = ("record_id", "source", "year", "observation", "pay_annual_usd")
"""Columns by which a table of records is known from a table of one's own."""


def _refuse_records(table: object) -> None:
    """Refuse a sample's bare table: it has lost weights, replicates, clusters, provenance and the rows' reasons."""
    if isinstance(table, (pl.DataFrame, pl.LazyFrame)) and set(RECORDS) <= set(table.collect_schema().names()):
        raise ModelError(
            Fault(
                "table",
                "the rows of records without their sample: weights, replicates, clusters and provenance are lost",
                "a sample, or a table of your own",
                "restrict by sl.draw(records, [*sl.standard(records), sl.where(…, …)]), add columns by sl.derive",
            )
        )


def _on_sample(spec: Spec, sample: Sample, pay: pl.Expr | None) -> Design:
    wanted = outcome(spec.outcome, sample.asked, hours_known=sample.hours_known, declared=spec.declared)
    parts = [factor_in(sample, name, spec.declared) for name in spec.factors if ":" not in name]
    refuse_never_asked(spec, sample, wanted, parts)
    refuse_kinds(spec, wanted, parts, sample.table.lazy())
    known = (pl.col(wanted.column) if pay is None else pay).cast(pl.Float64)
    there = known > 0 if wanted.log else known.is_not_null()
    sample = sample.without(~there.fill_null(False), f"pay not known: {wanted.column}")
    # at once: whether a region was asked is no question of who is left after another factor
    nulls = sample.table.select(part.expression.is_null().alias(part.name) for part in parts)
    for part in parts:
        lost = nulls[part.name]
        sample, nulls = sample.without(pl.lit(lost), f"not answered: {part.label}"), nulls.filter(~lost)
    weight = weight_column(spec, sample)
    if weight is not None:
        sample = sample.without(pl.col(weight).is_null(), f"no weight: {weight}")
    absorbed = _absorbed(spec, sample)
    for name, column in ((spec.absorbed, absorbed), (spec.counts, pl.col(spec.counts or ""))):
        if name is not None:
            unanswered = sample.table.select(column.is_null().alias("null"))["null"]
            sample = sample.without(pl.lit(unanswered), f"not answered: {name}")
    sample = _without_singletons(sample, spec)
    if not len(sample):
        raise ModelError(nothing_left(sample))
    refuse_spliced(sample, parts)
    refuse_values(sample, wanted, known, parts, banded=pay is not None)
    blocks = _blocks(spec, sample, parts)
    label, clusters, second = clusters_of(spec, sample)
    values = sample.table.select(known.alias("pay"))["pay"].to_numpy()
    replication = sample.provenance.source.replication if spec.weights == SURVEY else None
    return Design(
        spec=spec,
        sample=sample,
        outcome=wanted,
        y=np.log(values) if wanted.log else values,
        blocks=blocks,
        terms=_terms(spec, blocks, len(sample)),
        weights=weights_of(weight, sample),
        clusters=clusters,
        cluster_label=label,
        replicates=replicates_of(replication, sample),
        replication=replication,
        contributors=codes_of("employer", sample) if sample.table["employer"].null_count() < len(sample) else None,
        second_clusters=second,
        counts=counts_of(spec.counts, sample),
        absorbed=None if spec.absorbed is None else codes_of(spec.absorbed, sample, _absorbed(spec, sample)),
    )


def _absorbed(spec: Spec, sample: Sample) -> pl.Expr:
    """Return the levels that are taken out: a factor as the sample answers it, or a column as it is."""
    known = {*FACTORS, *sample.derived, *(own.name for own in spec.declared)}
    name = spec.absorbed or ""
    return factor_in(sample, name, spec.declared).expression if name in known else pl.col(name)


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
    if spec.absorbed is not None:
        cells.append([replace(levels(spec.absorbed), expression=_absorbed(spec, sample))])
    while True:
        before = len(sample)
        for parts in cells:
            alone = sample.table.select(pl.struct(part.expression.alias(part.name) for part in parts).is_unique())
            what = "level" if len(parts) == 1 else "cell"
            reason = f"only row of its {what}: {' × '.join(part.name for part in parts)}"
            sample = sample.without(pl.lit(alone.to_series()), reason)
        if len(sample) == before:
            return sample
