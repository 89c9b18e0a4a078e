"""Tables: estimates, attrition and cleaning as a reader reads them, small cells withheld, counts rounded."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from salarylab import passport
from salarylab.disclosure import MIN_CELL, Released, release, release_flow, show_count
from salarylab.model import Estimate, GroupPremia, Ladder
from salarylab.model.design import Design
from salarylab.model.estimate import NUMBERS
from salarylab.model.premia import NUMBERS as VALUES
from salarylab.records import Records
from salarylab.sample import Sample
from salarylab.show import regression as side_by_side
from salarylab.show import text
from salarylab.show.tabulation import SAMPLE_MIME, Table
from salarylab.show.text import WHY_WITHHELD, WITHHELD
from salarylab.unanswered import Unanswered, unless_unanswered

__all__ = [
    "attrition",
    "audit",
    "ladder",
    "pay_by_year",
    "premia",
    "regression",
    "terms",
    "variants",
    "without_role",
]


def __dir__() -> list[str]:
    """List what is public, for completion."""
    return sorted(__all__)


SMALLER = "rows in the smaller group"


@unless_unanswered
def terms(estimate: Estimate, factor: str) -> Table:
    """Return one factor's premia in an equation: percent, interval, log points, Kennedy's percent, rows."""
    rows = release(estimate.terms.filter(pl.col("factor") == factor), NUMBERS)
    cells = rows.then(
        lambda told: told.select(
            "level",
            text.signed("percent").fill_null(WITHHELD).alias("difference"),
            text.interval("percent_low", "percent_high").alias("95% interval"),
            text.number("log_points").alias("log points"),
            text.error().fill_null("–").alias("s.e."),
            text.signed("percent_kennedy").fill_null("–").alias("Kennedy"),
            text.count("n").alias(SMALLER),
        ).unique(maintain_order=True)
    )
    base = estimate.design.told_base(factor)
    return Table(
        cells,
        f"Difference in pay, compared with {base}",
        f"{estimate.design.outcome.label}; {show_count(estimate.n)} rows",
        (
            f"Equation: {estimate.design.spec.formula}.",
            f"Standard errors: {estimate.rule}.",
            _READING,
            *_withheld(cells),
            *_unclear(estimate),
        ),
        f"terms-{factor.replace(':', '-').replace('_', '-')}",
    )


@unless_unanswered
def regression(
    *estimates: Estimate,
    labels: Sequence[str] | None = None,
    factors: Sequence[str] | None = None,
    unit: side_by_side.Unit = "log points",
    beneath: side_by_side.Beneath | None = None,
    stars: bool = False,
) -> Table:
    r"""Return several equations side by side: a line a term, a column an equation.

    ``labels`` name the columns beside their numbers. ``factors`` are those whose terms are listed, by default all but
    splines; the rest are said to be held equal or not. ``beneath`` each coefficient stands its standard error, each
    percent its 95 % interval, or either by name. ``stars`` mark p-values; journals advise against them. Raises
    ``ReportError`` for no estimate, labels that are too few or too many, a factor that no equation has, and standard
    errors of percents.

    >>> import salarylab as sl
    >>> sample = sl.draw(sl.load("demo"), [sl.main_pay_concept])
    >>> raw, more = (sl.fit(sl.build(sl.Spec(factors=f), sample)) for f in (("work_mode",), ("work_mode", "year")))
    >>> regression(raw, more, factors=["work_mode"]).cells["term"].to_list()[:2]
    ['where the work is done, compared with on-site', '\xa0\xa0hybrid']
    """
    under = beneath or ("interval" if unit == "percent" else "se")
    asked = side_by_side.asked(estimates, labels, factors, unit=unit, beneath=under, stars=stars)
    cells = side_by_side.cells(asked)
    headlines = dict.fromkeys(one.design.sample.provenance.headline for one in estimates)
    notes = (*side_by_side.notes(asked, cells), *_withheld(cells))
    return Table(cells, "Equations side by side", "; ".join(headlines), notes, "regression")


@unless_unanswered
def ladder(found: Ladder, level: str = "") -> Table:
    """Return a ladder as a table.

    Parameters
    ----------
    found : Ladder
        A factor's premia as more is held equal.
    level : str
        A level: a row a rung, with the controls that it adds, its interval and the rows of the smaller group. Empty: a
        row a level and a column a rung, with the last rung's interval.
    """
    base = found.last.design.told_base(found.factor)
    cells = release(found.table, VALUES).then(
        lambda told: (
            _one(told.filter(pl.col("level") == level), found) if level else _rungs(told, found.rungs[-1].label)
        )
    )
    return Table(
        cells,
        f"Difference in pay{f', {level}' if level else ''}, compared with {base}, as more is held equal",
        f"{found.last.design.outcome.label}; {show_count(found.everybody.n)} rows answered the factor, "
        f"{show_count(found.last.n)} every control",
        (
            f"Last equation: {found.last.design.spec.formula}.",
            f"Standard errors: {found.last.rule}.",
            _READING,
            *_withheld(cells),
            *_left_out(found),
        ),
        f"ladder-{found.factor.replace('_', '-')}{f'-{level}' if level else ''}".replace(" ", "-"),
    )


def _one(told: pl.DataFrame, found: Ladder) -> pl.DataFrame:
    """Return one level's premium at each rung, a row a rung named with the controls that it adds."""
    names, before = {}, set[str]()
    for rung in found.rungs:
        added = ", ".join(_held(rung.estimate.design, name) for name in rung.held if name not in before)
        names[rung.label] = f"{rung.label}: {added}" if added else rung.label
        before |= set(rung.held)
    return told.select(
        pl.col("rung").replace(names),
        text.difference().alias("difference"),
        text.interval_of("low", "high").alias("95% interval"),
        text.count("n").alias(SMALLER),
    )


def _held(design: Design, name: str) -> str:
    block = design.blocks.get(name)
    return name.replace("_", " ") if block is None else block.factor.label


def _rungs(told: pl.DataFrame, last: str) -> pl.DataFrame:
    """Return a ladder's premia as a row a level and a column a rung, with the interval at the last."""
    told = told.unique(["level", "rung"], maintain_order=True)  # rare levels share one name and no numbers
    wide = told.select("level", "rung", told=text.difference()).pivot(
        "rung", index="level", values="told", maintain_order=True
    )
    ends = told.filter(pl.col("rung") == last).select(
        "level", text.interval_of("low", "high").alias("95% interval, last rung"), text.count("n").alias(SMALLER)
    )
    return wide.join(ends, on="level", how="left", maintain_order="left")


def premia(found: GroupPremia | Unanswered) -> Table | Unanswered:
    """Return the premia within each group as a table: a row a group and level, or why there is none."""
    if isinstance(found, Unanswered):
        return found
    label = found.estimate.design.blocks[found.group].factor.label
    cells = release(found.table, VALUES).then(
        lambda told: told.select(
            pl.col("group").alias(label),
            "level",
            text.difference().alias("difference"),
            text.interval_of("low", "high").alias("95% interval"),
            text.count("n").alias(SMALLER),
        ).unique(maintain_order=True)
    )
    return Table(
        cells,
        f"Difference in pay, compared with {found.estimate.design.told_base(found.factor)}",
        f"{found.estimate.design.outcome.label}; {show_count(found.estimate.n)} rows",
        (
            f"Equation: {found.estimate.design.spec.formula}.",
            f"Standard errors: {found.estimate.rule}.",
            f"{found.joint.sentence}",
            _READING,
            *_withheld(cells),
        ),
        f"premia-{found.factor}-{found.group}".replace("_", "-"),
    )


@unless_unanswered
def variants(cells: Released, title: str, notes: tuple[str, ...]) -> Table:
    """Return one premium as it is on other pay, a row a variant.

    Parameters
    ----------
    cells : Released
        Columns ``pay`` (what differs), ``value``, ``low``, ``high`` in log points, and ``n``, the smaller group's rows.
    title : str
        What is compared.
    notes : tuple of str
        What stands below.
    """
    told = cells.then(
        lambda frame: frame.select(
            "pay",
            text.difference().alias("difference"),
            text.interval_of("low", "high").alias("95% interval"),
            text.count("n").alias(SMALLER),
        )
    )
    return Table(told, title, "at the headline's controls", (*notes, _READING, *_withheld(told)), "other-pay")


@unless_unanswered
def attrition(sample: Sample) -> Table:
    """Return who was lost, to which reason, and the median pay of those lost and left (USD a year)."""
    steps, median = release_flow(sample.attrition), sample.provenance.source.median
    cells = steps.then(
        lambda told: told.select(
            pl.col("reason"),
            text.count("rows_lost").alias("rows lost"),
            text.count("rows_left").alias("rows left"),
            text.money("median_pay_lost").alias(f"{median} pay, lost"),
            text.money("median_pay_left").alias(f"{median} pay, left"),
        )
    )
    notes = (_COUNTS, "Medians of fewer than 30 rows are withheld.")
    stages = steps.frame.select("stage", "reason", "rows_lost", "rows_left").to_dicts()
    told = {SAMPLE_MIME: {"source": sample.provenance.source.key, "stages": stages}}
    return Table(cells, "From raw rows to the rows analysed", f"{median} pay in USD a year", notes, "attrition", told)


@unless_unanswered
def audit(records: Records) -> Table:
    """Return every cleaning rule with the rows it touched and removed, and median pay around it."""
    median = records.provenance.source.median
    cells = passport.fates(records).then(
        lambda told: told.select(
            pl.col("rule"),
            pl.col("kind"),
            text.count("touched").alias("rows touched"),
            text.count("removed").alias("rows removed"),
            text.money("median_before").alias(f"{median} pay before"),
            text.money("median_after").alias(f"{median} pay after"),
        )
    )
    return Table(cells, "Every cleaning rule", f"{median} pay in USD a year", (_COUNTS,), "audit")


@unless_unanswered
def pay_by_year(records: Records, sample: Sample) -> Table:
    """Return median annual pay by year, nominal, at purchasing power parity and real, side by side."""
    cells = passport.pay_by_year(sample).then(
        lambda told: told.select(
            pl.col("year").cast(pl.String),
            text.money("nominal").alias("nominal, USD"),
            text.money("ppp").alias("international dollars"),
            text.money("real").alias("real, USD"),
            text.count("n").alias("rows"),
        )
    )
    notes = (
        "Different people in each year: a change of the median need not be a change in anybody's pay.",
        "Within a year all medians are of the same rows: those that have every figure told.",
        f"International dollars: at parities of GDP. Real pay: {passport.real_prices(records)}.",
        "A dash: not worked out, or not for 30 rows and half of the year's.",
    )
    return Table(
        cells, f"{sample.provenance.source.median.capitalize()} pay, side by side", "a year", notes, "pay-by-year"
    )


@unless_unanswered
def without_role(records: Records) -> Table:
    """Return the commonest titles that name no role."""
    cells = passport.without_role(records).then(lambda told: told.select("title", text.count("n").alias("rows")))
    told = "the commonest first" if len(cells.frame) else "none that ten rows carry, or no titles asked"
    notes = ("Titles of fewer than ten rows are not listed.",)
    return Table(cells, "Titles without a role", told, notes, "without-role")


_COUNTS = f"Counts are rounded; those under {MIN_CELL}, and those from which one would follow, are withheld."
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


def _withheld(cells: Released) -> tuple[str, ...]:
    """Return the note on withheld cells where there are some."""
    return (WHY_WITHHELD,) if WITHHELD in cells.frame.unpivot()["value"].to_list() else ()


def _unclear(estimate: Estimate) -> tuple[str, ...]:
    count = int(estimate.unidentified.sum())
    return (f"{count} terms rest on one or a few clusters and have no standard error.",) if count else ()
