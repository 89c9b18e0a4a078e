"""Who earns what: rows, medians and quartiles of pay by one or two factors, with nothing held equal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salarylab import show
from salarylab.disclosure import MIN_CELL, MIN_PERCENTILE_CELL, Released, dominated, release, significant
from salarylab.errors import Fault, ModelError
from salarylab.finding import Finding
from salarylab.model.controls import CATEGORICAL
from salarylab.model.distribution.below import weighted_quantile
from salarylab.model.factor import Factor, factor_in
from salarylab.model.usable import is_asked
from salarylab.questions.shown import shown
from salarylab.sample import Sample
from salarylab.unanswered import Unanswered

QUARTILES = (0.25, 0.5, 0.75)
USD = ("usd_25", "usd_50", "usd_75")
LOCAL = ("own_25", "own_50", "own_75")


@dataclass(frozen=True, slots=True)
class Description:
    """Hold pay by group, as it may be published.

    Attributes
    ----------
    sample : Sample
        Who is described.
    by : tuple of str
        The factors.
    cells : Released
        One row a group: its levels, n (rounded), quartiles of annual pay in US dollars and in the pay's own currency
        where the group has one. Groups under ten rows, and quartiles of under thirty, are withheld.
    """

    sample: Sample = field(repr=False)
    by: tuple[str, ...]
    cells: Released = field(repr=False)

    @property
    def table(self) -> pl.DataFrame:
        """One row a group, columns as in ``cells``."""
        return self.cells.frame

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The median of each group that may be published, in US dollars a year."""
        return tuple(self._finding(row) for row in self.table.iter_rows(named=True) if row["usd_50"] is not None)

    @property
    def figure(self) -> show.Figure:
        """Medians and quartiles, a line a group."""
        return show.quartiles(self.cells, self.by, self.subtitle)

    @property
    def subtitle(self) -> str:
        """Whose pay, and what the medians are."""
        source = self.sample.provenance.source
        banded = ", of the middles of bands" if self.sample.banded else ""
        return f"{self.sample.provenance.headline}. Annual pay, {source.median}s{banded}"

    def _finding(self, row: Mapping[str, Any]) -> Finding:
        provenance = self.sample.provenance
        group = " × ".join(str(row[name]) for name in self.by)
        return Finding(
            question=f"pay by {', '.join(self.by)}",
            subject=f"{provenance.source.median.capitalize()} pay, {group}",
            unit="USD a year",
            value=row["usd_50"],
            n=row["n"],
            smallest_cell=row["n"],
            population=self.sample.population,
            source=provenance.source.key,
            headline=provenance.headline,
            licence=provenance.source.licence,
            data_sha256=tuple(stamp.sha256 for stamp in provenance.files),
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        most = max(self.findings, key=lambda one: one.value or 0.0, default=None)
        says = "No group of this sample has thirty rows." if most is None else most.sentence
        return shown(self.sample, says, (f"{self.subtitle}.",), self.findings, self.figure)


def describe(sample: Sample, by: str | tuple[str, str]) -> Description | Unanswered:
    """Describe pay by one or two factors, with nothing held equal.

    Parameters
    ----------
    sample : Sample
        Who is described: weighted where the source's rows carry weights.
    by : str or pair of str
        Factors with levels, such as ``"industry"`` or ``("role_family", "seniority")``.

    Returns
    -------
    Description or Unanswered
        ``Unanswered`` says why the source cannot tell: it never asked, or nobody answered.

    Raises
    ------
    ModelError
        For a name that is no factor, with did-you-mean, and for a factor without levels.

    Notes
    -----
    Quartiles are the least amount at or below which lies that share of the weight (the inverse of the empirical
    distribution). Of pay known in bands they are quartiles of the bands' middles: read no step of them closely.
    **Source** Hyndman and Fan (1996), American Statistician 50(4), 361–365, definition 1.

    Examples
    --------
    >>> import salarylab as sl
    >>> sl.describe(sl.draw(sl.load("demo")), by="education").table.columns[:4]
    ['education', 'n', 'usd_25', 'usd_50']
    """
    names = (by,) if isinstance(by, str) else tuple(by)
    parts = [factor_in(sample, name) for name in names]
    faults = [
        Fault(f"factor {part.name!r}", "a number", "a factor with levels", "cut it: sl.derive(sample, name=sl.band(…))")
        for part in parts
        if part.kind not in CATEGORICAL
    ]
    if faults:
        raise ModelError(*faults)
    never = [part.label for part in parts if not is_asked(sample, part.name)]
    if never:
        return Unanswered(f"{sample.provenance.source.key} never asked {' and '.join(never)}", "Not asked")
    groups = _grouped(sample, parts)
    if groups.is_empty():
        return Unanswered(f"nobody answered {' and '.join(part.label for part in parts)}")
    frame = pl.DataFrame([_described(sample, names, rows) for rows in groups.partition_by(names, maintain_order=True)])
    frame = frame.with_columns(pl.col(USD + LOCAL).cast(pl.Float64), pl.col("currency").cast(pl.String))
    told = frame.with_columns(
        pl.when(pl.col("n") >= MIN_PERCENTILE_CELL).then(pl.col(name)).alias(name)
        for name in (*USD, *LOCAL, "currency")
    )
    return Description(sample, names, release(told, [*USD, *LOCAL, "currency"], dominated="dominated"))


def _grouped(sample: Sample, parts: list[Factor]) -> pl.DataFrame:
    """Return the rows that answer every factor and have an amount, in declared order of the levels."""
    amount = pl.coalesce(
        "pay_annual_usd", (pl.col("pay_low_usd").fill_null(0.0) + pl.col("pay_high_usd")) / 2, "pay_low_usd"
    )
    levels = [part.expression.alias(part.name) for part in parts]
    behind = pl.col("employer").fill_null(pl.format("row {}", pl.int_range(pl.len())))
    rows = sample.table.select(
        *levels, amount.alias("usd"), "pay_annual_local", "currency", "weight", behind.alias("behind")
    )
    names = [part.name for part in parts]
    answered = rows.drop_nulls([*names, "usd"]).sort(names)
    texts = [part.name for part in parts if part.kind == "text"]  # a rare text may name somebody
    return answered.filter(pl.len().over(names) >= MIN_CELL) if texts else answered


def _described(sample: Sample, names: tuple[str, ...], rows: pl.DataFrame) -> dict[str, object]:
    weights = rows["weight"].to_numpy() if sample.provenance.source.has_weights else np.ones(len(rows))
    own = rows["currency"].drop_nulls().unique().to_list()
    local = rows["pay_annual_local"] if len(own) == 1 and rows["pay_annual_local"].null_count() == 0 else None
    return {
        **{name: str(rows[name][0]) for name in names},
        "n": len(rows),
        **dict(zip(USD, _quartiles(rows["usd"].to_numpy(), weights), strict=True)),
        **dict(zip(LOCAL, _quartiles(local.to_numpy(), weights) if local is not None else [None] * 3, strict=True)),
        "currency": own[0] if local is not None else None,
        "dominated": dominated(np.ones(len(rows)), rows["behind"].to_numpy()),
    }


def _quartiles(amounts: NDArray[np.float64], weights: NDArray[np.float64]) -> list[float]:
    order = np.argsort(amounts, kind="stable")
    return [significant(weighted_quantile(amounts[order], weights[order].astype(float), p)) for p in QUARTILES]
