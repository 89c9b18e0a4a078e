"""Passport: what is in a source's records, and is it usable: summaries with small cells withheld.

Every function returns a released frame or a finding; charts and pages take these, never records.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import polars as pl

from salarylab import schema
from salarylab.disclosure import (
    MIN_CELL,
    MIN_PERCENTILE_CELL,
    Released,
    release,
    release_counts,
    release_shares,
    round_share,
    share_cell,
)
from salarylab.finding import Finding
from salarylab.records import Records, roles
from salarylab.records.audit import median_pay
from salarylab.records.prices import REAL
from salarylab.sample import Sample
from salarylab.source import Provenance

ROUND_STEPS = (10_000, 5_000, 1_000)
BINS_PER_DOUBLING = 8
LEAST_SHARED = 100
"""Rows of which the shares of parts are told: of fewer, a share's step is not the parts' own."""
NOT_STATED = "no annual pay was stated as one amount"


def answered(records: Records) -> Released:
    """Return the share of records that answered each question, by year of pay.

    Columns: column, group, year, share (0 to 1), n (records of that year and kind of observation that the
    question could have been put to). Only questions that the source asked, in the years in which anybody
    answered them, and years of ten rows. A share is withheld where one to nine rows answered, or did not; it is told
    in steps of ten rows or more.
    """
    table = records.table
    asked = [c for c in schema.COLUMNS if c.name in records.asked and not (c.derived or c.sensitive)]
    put_to = table.group_by("observation").agg(pl.col(c.name).is_not_null().any() for c in asked)
    parts = []
    for declared in asked:
        kinds = put_to.filter(pl.col(declared.name))["observation"]
        counted = (
            table.filter(pl.col("observation").is_in(kinds.to_list()))
            .group_by("year")
            .agg(pl.col(declared.name).count().cast(pl.Int64).alias("rows"), pl.len().cast(pl.Int64).alias("n"))
        )
        parts.append(
            counted.filter(pl.col("rows") > 0).select(  # what nobody answered in a year was not asked in it
                column=pl.lit(declared.name),
                group=pl.lit(declared.group),
                year="year",
                rows="rows",
                n="n",
            )
        )
    told = release_shares(pl.concat(parts).sort("year", maintain_order=True), "rows")
    return told.then(lambda shares: shares.drop_nulls("n").select("column", "group", "year", "share", "n"))


def pay_distribution(sample: Sample) -> Released:
    """Return a histogram of annual pay in USD on a logarithmic scale, eight bins to a doubling.

    Columns: low and high (USD a year), share of the rows with pay, n. Listed are the bins that may be told:
    not those under ten rows, in which the least and the greatest pay lie. Of fewer than 100 rows no shares are told:
    their steps would tell more than the counts do.
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
        share=pl.Series(_shares(counted["n"].to_list()), dtype=pl.Float64),
        n="n",
    )
    return release(histogram, ["share"], parts=True).then(lambda bins: bins.drop_nulls("n"))


SIDES = {"nominal": "pay_annual_usd", "ppp": "pay_annual_ppp", "real": REAL}
REAL_BASE = re.compile(r"real pay at the prices of (\d{4})")
MOST_NAMED = 5
"""Countries that are named, not counted."""


def pay_by_year(sample: Sample) -> Released:
    """Return median annual pay by year: nominal (USD), at purchasing power parity, and real, side by side.

    Columns: year, nominal, ppp (international dollars), real (USD, see ``real_prices``), n. The medians of a year are
    of the same n rows: those that have all figures told; they are weighted where the source's rows carry weights. A
    figure is left out where fewer than 30 rows, or less than half of the year's, would have it and the figures before
    it.
    """
    years = sample.table.select("year", "weight", *SIDES.values()).partition_by("year")
    types = {"year": pl.Int32()} | dict.fromkeys(SIDES, pl.Float64()) | {"n": pl.Int64()}
    weighted = sample.provenance.source.has_weights
    by_year = pl.DataFrame([_medians(rows, weighted=weighted) for rows in years], schema=types).sort("year")
    told = by_year.with_columns(pl.col(list(SIDES)).round_sig_figs(4))
    return release(told, list(SIDES), parts=True).then(lambda shown: shown.drop_nulls("n"))


def _medians(rows: pl.DataFrame, *, weighted: bool) -> dict[str, float | int | None]:
    """Return the medians of a year's figures, all of the rows that have each of them."""
    same, kept = rows, list[str]()
    for side, name in SIDES.items():
        both = same.filter(pl.col(name).is_not_null())
        if len(both) >= MIN_PERCENTILE_CELL and 2 * len(both) >= len(rows):
            same, kept = both, [*kept, side]
    medians = {side: median_pay(same, SIDES[side], weighted=weighted) if side in kept else None for side in SIDES}
    return {"year": rows["year"][0], **medians, "n": len(same)}


def real_prices(records: Records) -> str:
    """Return in words at which prices real pay is told, and of which countries: as far as the records say it.

    >>> import salarylab as sl
    >>> real_prices(sl.load("demo"))
    "at the prices of the source's stated year"
    """
    if REAL not in records.asked:
        return "not worked out"
    years = [found[1] for step in records.steps if (found := REAL_BASE.match(step.rule))]
    if not years:
        return "at the prices of the source's stated year"
    place = "country" if "country" in records.asked else "residence_country"
    counts = records.table.filter(pl.col(REAL).is_not_null())[place].value_counts()
    known = counts.filter(pl.col("count") >= MIN_CELL)[place].drop_nulls().sort().to_list()
    where = ", ".join(known) if len(known) <= MOST_NAMED else f"{len(known)} countries"
    return f"at the prices of {years[-1]}, of pay in {where or 'no country of ten rows'}"


def without_role(records: Records, most: int = 20) -> Released:
    """Return the titles that name no role, by frequency, ``most`` of them at the most.

    Columns: title, n. Titles of fewer than ten rows are not listed; nothing is where titles or roles were not asked.
    """
    asked = not records.never_asked(("title", "role"))
    listed = roles.unmatched(records.table if asked else records.table.clear())
    return release(listed.rename({"rows": "n"}).head(most), [])


def _shares(parts: list[int]) -> list[float | None]:
    """Return the share of each part in their sum, as it may be told; of a whole that is too small, none."""
    return [round_share(part, sum(parts)) if sum(parts) >= LEAST_SHARED else None for part in parts]


def heaping(sample: Sample) -> Released:
    """Return how often stated pay is a round number.

    Pay is annual as it was stated, in its own currency where that is known: hourly or monthly pay and the
    middle of a range are nobody's answer and left out. Columns: multiple_of, share, n; no row
    where nobody stated annual pay as one amount, or where the publisher rounded what was stated
    (``Source.rounding``). Heaped pay makes a median sticky: differences smaller
    than the step may not show at all. Whole tens of thousands are whole thousands too: where they differ by
    one to nine rows, only the share of the latter is told.
    """
    stated = _stated(sample).round()
    rounds = [int((stated % step == 0).sum()) for step in ROUND_STEPS]
    rows = pl.DataFrame(
        {
            "multiple_of": ROUND_STEPS,
            "n": [len(stated)] * len(ROUND_STEPS),
            "rows": rounds,
        }
    )
    beside = [0 < wider - rounder < MIN_CELL for rounder, wider in pairwise(rounds)]
    told = pl.when(~pl.Series([*beside, False], dtype=pl.Boolean)).then("share").alias("share")
    if not len(stated):
        return release_shares(rows.clear(), "rows")
    return release_shares(rows, "rows").then(lambda shares: shares.select("multiple_of", told, "n"))


def _stated(sample: Sample) -> pl.Series:
    """Return annual pay that was stated as one amount a year; none where the publisher rounded what was stated."""
    pay = "pay_annual_local" if "pay_annual_local" in sample.asked else "pay_annual_usd"
    as_stated = pl.lit(not sample.provenance.source.rounding)
    rows = sample.table.filter(as_stated & pl.col("pay_low_usd").is_null())
    return (rows.filter(pl.col("period") == "year") if "period" in sample.asked else rows)[pay].drop_nulls()


def fates(records: Records) -> Released:
    """Return what cleaning did, one row per rule.

    Columns: rule, kind (reject, repair, merge, flag), rows touched, rows removed, share of the raw rows, median
    pay before and after (USD a year; weighted where the source's rows carry weights).
    """
    rules = records.audit.select(
        "rule",
        "kind",
        "touched",
        "removed",
        "median_before",
        "median_after",
        rows="touched",
        of=pl.lit(records.raw_rows),
    )
    shares = release_shares(rules, "rows", count="of").frame.drop("of")
    told = release_counts(shares.drop("share"), ["touched", "removed"])
    return told.then(
        lambda steps: steps.with_columns(share=pl.when(steps["touched"].is_not_null()).then(shares["share"]))
    )


def used(records: Records, sample: Sample) -> Finding:
    """Return the share of cleaned records that reach the sample, as a finding."""
    return _share(records.provenance, "Cleaned records that are analysed", len(sample), len(records.table), sample)


def touched(records: Records, kind: str, subject: str) -> Finding:
    """Return the share of raw rows touched by cleaning rules of one kind (merge, reject, repair, flag).

    Of repairs only those of a pay figure count. A row that several rules touched counts with each of them.
    """
    count = sum(step.touched for step in records.steps if step.kind == kind and (kind != "repair" or step.of_pay))
    return _share(records.provenance, subject, min(count, records.raw_rows), records.raw_rows)


def on_round_thousands(records: Records, sample: Sample) -> Finding:
    """Return the share of stated annual pay that is whole thousands, as a finding, or why it is not known."""
    stated = _stated(sample).round()
    count = int((stated % ROUND_STEPS[-1] == 0).sum())
    found = _share(records.provenance, "Pay stated as whole thousands", count, len(stated), sample)
    if len(stated):
        return found
    why = records.provenance.source.rounding or NOT_STATED
    return replace(found, n=len(sample), smallest_cell=len(sample), caveats=(why,))


def _share(provenance: Provenance, subject: str, count: int, of: int, sample: Sample | None = None) -> Finding:
    """Return a share as a finding, in steps of ten rows; withheld where one to nine are on either side of it."""
    return Finding(
        question=subject,
        subject=subject,
        unit="share",
        value=round_share(count, of) if of else None,
        n=of,
        smallest_cell=share_cell(count, of),
        population=sample.population if sample else (),
        source=provenance.source.key,
        headline=provenance.headline,
        licence=provenance.source.licence,
        data_sha256=tuple(stamp.sha256 for stamp in provenance.files),
    )
