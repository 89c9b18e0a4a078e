"""Tables: estimates, attrition and cleaning as a reader reads them, small cells withheld, counts rounded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from salarylab.disclosure import MIN_CELL, show_count, significant
from salarylab.model import Estimate, GroupPremia, Ladder, Unanswered
from salarylab.records import Records
from salarylab.sample import Sample

WITHHELD = f"under {MIN_CELL} rows"
SMALLER = "rows in the smaller group"


@dataclass(frozen=True, slots=True)
class Table:
    """Hold a finished table: its cells as text, its title and notes; HTML by great_tables."""

    cells: pl.DataFrame
    title: str
    subtitle: str
    notes: tuple[str, ...]
    name: str

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {"text/html": self._html(), "text/plain": f"{self.title} ({len(self.cells)} rows). {self.subtitle}"}

    def _html(self) -> str:
        import great_tables as gt

        made = gt.GT(self.cells, id=self.name).tab_header(title=self.title, subtitle=self.subtitle)
        first = self.cells.columns[0]
        made = made.cols_align("right", columns=[c for c in self.cells.columns if c != first])
        made = made.cols_align("left", columns=[first])
        made = made.tab_options(
            table_font_names="inherit",
            table_font_size="0.92rem",
            heading_align="left",
            heading_title_font_size="1rem",
            data_row_padding="0.3rem",
        )
        for note in self.notes:
            made = made.tab_source_note(note)
        return str(made.as_raw_html())


def terms(estimate: Estimate, factor: str) -> Table:
    """Return one factor's premia in an equation: percent, interval, log points, Kennedy's percent, rows."""
    rows = estimate.terms.filter(pl.col("factor") == factor)
    cells = rows.select(
        "level",
        _percent("percent").alias("difference"),
        _interval("percent_low", "percent_high").alias("95% interval"),
        _number("log_points").alias("log points"),
        _number("se").alias("s.e."),
        _percent("percent_kennedy").alias("Kennedy"),
        _count("n").alias(SMALLER),
    ).unique(maintain_order=True)
    base = estimate.design.base_of.get(factor, "")
    return Table(
        cells,
        f"Difference in pay, compared with {base}",
        f"{estimate.design.outcome.label}; {show_count(estimate.n)} rows",
        (
            f"Equation: {estimate.design.spec.formula}.",
            f"Standard errors: {estimate.rule}.",
            _READING,
            *_unclear(estimate),
        ),
        f"terms-{factor.replace(':', '-').replace('_', '-')}",
    )


def ladder(found: Ladder) -> Table:
    """Return a ladder as a table: a row a level, a column a rung, the last rung's interval at the end."""
    told = found.table.unique(["level", "rung"], maintain_order=True)  # rare levels share one name and no numbers
    wide = told.select(
        "level", "rung", told=pl.when(pl.col("value").is_null()).then(pl.lit(WITHHELD)).otherwise(_ratio("value"))
    ).pivot("rung", index="level", values="told", maintain_order=True)
    last = told.filter(pl.col("rung") == found.rungs[-1].label)
    ends = last.select(
        "level", _interval_of("low", "high").alias("95% interval, last rung"), _count("n").alias(SMALLER)
    )
    cells = wide.join(ends, on="level", how="left", maintain_order="left")
    base = found.last.design.base_of[found.factor]
    return Table(
        cells,
        f"Difference in pay, compared with {base}, as more is held equal",
        f"{found.last.design.outcome.label}; {show_count(found.last.n)} rows at every rung",
        (
            f"Last equation: {found.last.design.spec.formula}.",
            f"Standard errors: {found.last.rule}.",
            _READING,
            *_left_out(found),
        ),
        f"ladder-{found.factor.replace('_', '-')}",
    )


def premia(found: GroupPremia | Unanswered) -> Table | Unanswered:
    """Return the premia within each group as a table: a row a group and level, or why there is none."""
    if isinstance(found, Unanswered):
        return found
    cells = found.table.select(
        pl.col("group").alias(found.estimate.design.blocks[found.group].factor.label),
        "level",
        pl.when(pl.col("value").is_null()).then(pl.lit(WITHHELD)).otherwise(_ratio("value")).alias("difference"),
        _interval_of("low", "high").alias("95% interval"),
        _count("n").alias(SMALLER),
    ).unique(maintain_order=True)
    return Table(
        cells,
        f"Difference in pay, compared with {found.estimate.design.base_of[found.factor]}",
        f"{found.estimate.design.outcome.label}; {show_count(found.estimate.n)} rows",
        (
            f"Equation: {found.estimate.design.spec.formula}.",
            f"Standard errors: {found.estimate.rule}.",
            f"{found.joint.sentence}",
            _READING,
        ),
        f"premia-{found.factor}-{found.group}".replace("_", "-"),
    )


def attrition(sample: Sample) -> Table:
    """Return who was lost, to which reason, and the median pay of those lost and left (USD a year)."""
    cells = sample.attrition.select(
        pl.col("reason"),
        _count("rows_lost").alias("rows lost"),
        _count("rows_left").alias("rows left"),
        _money("median_pay_lost").alias("median pay, lost"),
        _money("median_pay_left").alias("median pay, left"),
    )
    notes = ("Counts are rounded; medians of fewer than 30 rows are withheld.",)
    return Table(cells, "From raw rows to the rows analysed", "median pay in USD a year", notes, "attrition")


def audit(records: Records) -> Table:
    """Return every cleaning rule with the rows it touched and removed, and median pay around it."""
    cells = records.audit.select(
        pl.col("rule"),
        pl.col("kind"),
        _count("touched").alias("rows touched"),
        _count("removed").alias("rows removed"),
        _money("median_before").alias("median pay before"),
        _money("median_after").alias("median pay after"),
    )
    return Table(cells, "Every cleaning rule", "median pay in USD a year", ("Counts are rounded.",), "audit")


_READING = (
    "Percent differences are ratios of geometric means: 100·(exp(b) − 1), interval ends transformed. "
    "Counts are rounded."
)


def _left_out(found: Ladder) -> tuple[str, ...]:
    """Return the notes on factors left out: those that a finer factor gives are held equal all the same."""
    given = [entry for entry in found.left_out if ": given by " in entry]
    lacking = [entry for entry in found.left_out if entry not in given]
    notes = (("Held equal already", given), ("Not held equal", lacking))
    return tuple(
        f"{what}: {'; '.join(entry.replace(': ', ' (', 1) + ')' for entry in which)}." for what, which in notes if which
    )


def _unclear(estimate: Estimate) -> tuple[str, ...]:
    count = int(estimate.unidentified.sum())
    return (f"{count} terms rest on one or a few clusters and have no standard error.",) if count else ()


def _ratio(name: str) -> pl.Expr:
    return _signed((pl.col(name).exp() - 1) * 100)


def _signed(value: pl.Expr) -> pl.Expr:
    """Return numbers as text with a sign and one decimal; nulls as withheld."""
    told = value.map_elements(lambda v: f"{v:+.1f}%", return_dtype=pl.String)
    return pl.when(value.is_null()).then(pl.lit(WITHHELD)).otherwise(told)


def _percent(name: str) -> pl.Expr:
    return _signed(pl.col(name))


def _interval(low: str, high: str) -> pl.Expr:
    known = pl.col(low).is_not_null()
    return pl.when(known).then(pl.format("{} to {}", _percent(low), _percent(high))).otherwise(pl.lit("–"))


def _interval_of(low: str, high: str) -> pl.Expr:
    known = pl.col(low).is_not_null()
    return pl.when(known).then(pl.format("{} to {}", _ratio(low), _ratio(high))).otherwise(pl.lit("–"))


def _number(name: str) -> pl.Expr:
    told = pl.col(name).map_elements(lambda v: f"{v:.3f}", return_dtype=pl.String)
    return pl.when(pl.col(name).is_null()).then(pl.lit("–")).otherwise(told)


def _count(name: str) -> pl.Expr:
    told = pl.col(name).map_elements(lambda n: show_count(n).removeprefix("about "), return_dtype=pl.String)
    return pl.when(pl.col(name).is_null()).then(pl.lit(WITHHELD)).otherwise(told)


def _money(name: str) -> pl.Expr:
    told = pl.col(name).map_elements(lambda v: f"{significant(v, 3):,.0f}", return_dtype=pl.String)
    return pl.when(pl.col(name).is_null()).then(pl.lit("–")).otherwise(told)
