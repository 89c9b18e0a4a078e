"""Passport: what is in a source's records, and is it usable: summaries with small cells withheld.

Every function returns a small table or findings; charts and pages take these, never records.
"""

from __future__ import annotations

import polars as pl

from salarylab import schema
from salarylab.disclosure import MIN_CELL, suppress
from salarylab.finding import Finding
from salarylab.records import Records
from salarylab.sample import Sample
from salarylab.source import Provenance

ROUND_STEPS = (10_000, 5_000, 1_000)
IDENTITY = ("record_id", "source", "year", "observation", "weight", "replicate_weights", "cluster")
BINS_PER_DOUBLING = 8


def answered(records: Records) -> pl.DataFrame:
    """Return the share of records that answered each question, by year of pay.

    Columns: column, group, year, share (0 to 1), n (records of that year and kind of observation that the
    question could have been put to). Only columns that the source asked; cells under ten rows withheld.
    """
    table = records.table
    asked = [c for c in schema.COLUMNS if c.name in records.asked and c.name not in IDENTITY and not c.sensitive]
    put_to = table.group_by("observation").agg(pl.col(c.name).is_not_null().any() for c in asked)
    parts = []
    for declared in asked:
        kinds = put_to.filter(pl.col(declared.name))["observation"]
        counted = (
            table.filter(pl.col("observation").is_in(kinds.to_list()))
            .group_by("year")
            .agg(pl.col(declared.name).is_not_null().mean().alias("share"), pl.len().cast(pl.Int64).alias("n"))
        )
        parts.append(
            counted.select(
                column=pl.lit(declared.name), group=pl.lit(declared.group), year="year", share="share", n="n"
            )
        )
    shares = pl.concat(parts).sort(pl.int_range(pl.len()))
    return suppress(shares, ["share"]).sort("year", maintain_order=True)


def attrition(sample: Sample) -> pl.DataFrame:
    """Return the attrition: counts are exact, medians of fewer than thirty rows were never taken."""
    return sample.attrition


def pay_distribution(sample: Sample) -> pl.DataFrame:
    """Return a histogram of annual pay in USD on a logarithmic scale, eight bins to a doubling.

    Columns: low and high (USD a year), share of the sample, n. Bins under ten rows are withheld.
    """
    step = 2 ** (1 / BINS_PER_DOUBLING)
    position = (pl.col("pay_annual_usd").log() / pl.lit(step).log()).floor().cast(pl.Int64)
    counted = (
        sample.table.filter(pl.col("pay_annual_usd") > 0)
        .group_by(position.alias("bin"))
        .agg(pl.len().cast(pl.Int64).alias("n"))
        .sort("bin")
    )
    histogram = counted.select(
        low=(pl.lit(step) ** pl.col("bin")).round_sig_figs(4),
        high=(pl.lit(step) ** (pl.col("bin") + 1)).round_sig_figs(4),
        share=pl.col("n") / len(sample),
        n="n",
    )
    return suppress(histogram, ["share"])


def heaping(sample: Sample) -> pl.DataFrame:
    """Return how often stated pay is a round number, beside how often it would be by chance.

    Pay is annual, in the currency in which it was stated where that is known. Columns: multiple_of, share,
    by_chance, n. Heaped pay makes a median sticky: differences smaller than the step may not show at all.
    """
    pay = "pay_annual_local" if "pay_annual_local" in sample.asked else "pay_annual_usd"
    stated = sample.table[pay].drop_nulls().round()
    shares = [float((stated % step == 0).mean() or 0.0) for step in ROUND_STEPS]  # type: ignore[arg-type]
    rows = pl.DataFrame(
        {
            "multiple_of": list(ROUND_STEPS),
            "share": shares,
            "by_chance": [1 / step for step in ROUND_STEPS],
            "n": [len(stated)] * len(ROUND_STEPS),
        }
    )
    return suppress(rows, ["share"])


def fates(records: Records) -> pl.DataFrame:
    """Return what cleaning did, one row per rule that touched at least one row.

    Columns: rule, kind (reject, repair, merge, flag), rows touched, rows removed, share of the raw rows.
    """
    steps = records.audit.filter(pl.col("touched") > 0)
    shared = steps.select("rule", "kind", "touched", "removed", share=pl.col("touched") / records.raw_rows)
    return suppress(shared, ["share", "removed"], count="touched")


def used(records: Records, sample: Sample) -> Finding:
    """Return the share of raw rows that reach the sample, as a finding."""
    return _share(records.provenance, "Rows of the raw files that are analysed", len(sample), records.raw_rows, sample)


def touched(records: Records, kind: str, subject: str) -> Finding:
    """Return the share of raw rows touched by cleaning rules of one kind (merge, reject, repair, flag)."""
    count = sum(step.touched for step in records.steps if step.kind == kind)
    return _share(records.provenance, subject, count, records.raw_rows)


def on_round_thousands(records: Records, sample: Sample) -> Finding:
    """Return the share of pay answers that are whole thousands, as a finding."""
    row = heaping(sample).filter(pl.col("multiple_of") == ROUND_STEPS[-1]).row(0, named=True)
    count = round((row["share"] or 0.0) * (row["n"] or 0))
    return _share(records.provenance, "Pay stated as whole thousands", count, row["n"] or 0, sample)


def _share(provenance: Provenance, subject: str, count: int, of: int, sample: Sample | None = None) -> Finding:
    """Return a share as a finding; a count of one to nine is withheld, a true zero is told."""
    return Finding(
        question=subject,
        subject=subject,
        unit="share",
        value=count / of if of else None,
        n=of,
        smallest_cell=count if 0 < count < MIN_CELL else of,
        population=sample.population if sample else (),
        source=provenance.source.key,
        headline=provenance.headline,
        licence=provenance.source.licence,
        data_sha256=tuple(stamp.sha256 for stamp in provenance.files),
    )
