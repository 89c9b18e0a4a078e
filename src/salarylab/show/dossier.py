"""Charts of a data passport: the flow of the sample, who answered, how pay is spread and heaped."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Any

import polars as pl

from salarylab import passport
from salarylab.disclosure import release_flow, show_count, significant
from salarylab.records import Records
from salarylab.sample import Sample
from salarylab.schema import experience_kind
from salarylab.show.figure import Figure, drawing, figure
from salarylab.show.theme import BLUE, ORANGE, WIDTH
from salarylab.unanswered import Unanswered, unless_unanswered

REASON_WIDTH = 44
LINES = "split(datum.label, '\\n')"
UNANSWERED = "unanswered, percent"


@unless_unanswered
def flow(sample: Sample) -> Figure:
    """Draw the flow of the sample: rows left after each reason, with the rows lost to it."""
    import altair as alt

    losing = sample.attrition.filter((pl.col("rows_lost") > 0) | (pl.col("stage") == "raw"))
    steps = release_flow(losing)
    pay = f"{sample.provenance.source.median} pay, USD a year"
    bars = steps.then(lambda told: _bars(told, pay))
    chart = drawing(bars).encode(
        y=alt.Y("step:N", sort=None, title=None, axis=alt.Axis(labelExpr=LINES, labelLimit=380)),
        x=alt.X("rows:Q", title="rows", axis=alt.Axis(format="~s")),
        color=alt.Color("fate:N", scale=alt.Scale(domain=["left", "lost"], range=[BLUE, ORANGE]), title=None),
        tooltip=["step:N", "fate:N", "rows (rounded):N", f"{pay}:N"],
    )
    return figure(
        chart.mark_bar(height={"band": 0.7}).properties(width=WIDTH - 140, height=_room(bars.frame["step"])),
        title="From raw rows to the rows analysed",
        subtitle=f"{sample.provenance.headline}. Each reason loses the orange part",
        summary=f"Flow of the sample: {_counted(steps.frame['rows_left'][0])} raw rows, "
        f"{_counted(steps.frame['rows_left'][-1])} analysed, {len(losing) - 1} reasons",
    )


def _bars(steps: pl.DataFrame, pay: str) -> pl.DataFrame:
    """Return each step's bars, rows left and rows lost, with their median ``pay``; what is withheld is not drawn."""
    return pl.DataFrame(
        {
            "step": _wrapped(f"{i}. {step['reason']}"),
            "fate": fate,
            "rows": step[f"rows_{fate}"] or 0,
            "rows (rounded)": _counted(step[f"rows_{fate}"]),
            pay: "not told" if median is None else f"{significant(median, 3):,.0f}",
        }
        for i, step in enumerate(steps.iter_rows(named=True), 1)
        for fate in ("left", "lost")
        for median in [step[f"median_pay_{fate}"]]
    )


def _counted(told: int | None) -> str:
    """Return a released count in words."""
    return "withheld" if told is None else show_count(told)


def _wrapped(reason: str) -> str:
    """Return a reason broken into lines short enough for an axis."""
    return "\n".join(textwrap.wrap(reason, REASON_WIDTH))


def _room(reasons: Iterable[object]) -> Any:
    """Return a bar's step, high enough for the reason with the most lines."""
    import altair as alt

    lines = max((str(reason).count("\n") + 1 for reason in reasons), default=1)
    return alt.Step(max(28, 15 * lines + 4))


@unless_unanswered
def unanswered(records: Records) -> Figure:
    """Draw the share of records without an answer to each question, by year, as a map.

    Questions that everybody answered are left out where others were not; the subtitle counts them.
    """
    import altair as alt

    shares = passport.answered(records)
    gaps = shares.then(_incomplete)
    asked, incomplete = (shown.frame["column"].n_unique() for shown in (shares, gaps))
    cells = (gaps if incomplete else shares).then(
        lambda shown: shown.select(
            _question(records).alias("question"),
            pl.col("year").cast(pl.String),
            _fine(100 * (1 - pl.col("share"))).alias(UNANSWERED),
        )
    )
    position = drawing(cells).encode(
        y=alt.Y("question:N", sort=None, title=None),
        x=alt.X("year:N", title=None, axis=alt.Axis(labelAngle=0, orient="top")),
        tooltip=["question:N", "year:N", f"{UNANSWERED}:Q"],
    )
    shade = alt.Color(
        f"{UNANSWERED}:Q", scale=alt.Scale(scheme="oranges", domain=[0, 100]), legend=alt.Legend(gradientLength=180)
    )
    boxes = position.mark_rect(stroke="white").encode(color=shade)
    dark = alt.datum[UNANSWERED] > 75  # beyond, white letters are easier to read than black ones
    words = position.mark_text(fontSize=11).encode(
        text=f"{UNANSWERED}:Q", color=alt.condition(dark, alt.value("white"), alt.value("black"))
    )
    words = words.transform_filter(f"isValid(datum['{UNANSWERED}'])")
    few = position.mark_text(fontSize=11, color="#666").encode(text=alt.value("few"))
    few = few.transform_filter(f"!isValid(datum['{UNANSWERED}'])")
    years = cells.frame["year"].n_unique()
    return figure(
        alt.layer(boxes, words, few).properties(width=min(WIDTH - 140, 110 * max(years, 2)), height=alt.Step(22)),
        title="Who left what unanswered (not answered, or not put to them)",
        subtitle=f"{records.provenance.headline}. {asked - incomplete} of {asked} questions were answered by all",
        summary="Share of records in which a question was not answered, or not put to them, by year",
    )


def _question(records: Records) -> pl.Expr:
    """Return a question's column as words; years of experience that are age less schooling are called potential."""
    words = pl.col("column").str.replace_all("_", " ")
    kind = experience_kind(records.table)
    return words.str.replace("^experience", f"{kind} experience") if kind else words


def _incomplete(shares: pl.DataFrame) -> pl.DataFrame:
    """Return the shares of the questions that were not answered by all; a withheld share is no full one."""
    return shares.filter(~(pl.col("share") == 1).fill_null(False).all().over("column"))


def _fine(percent: pl.Expr) -> pl.Expr:
    """Return percents as whole numbers; those under one, or within one of all, with a decimal."""
    near = (percent < 1) | (percent > 99)
    return pl.when(near).then(percent.round(1)).otherwise(percent.round(0))


@unless_unanswered
def distribution(sample: Sample) -> Figure:
    """Draw the distribution of annual pay on a logarithmic scale; bars under ten rows are left out."""
    import altair as alt

    bars = passport.pay_distribution(sample).then(
        lambda bins: bins.select(
            pl.col("low").alias("from, USD a year"),
            pl.col("high").alias("to, USD a year"),
            (100 * pl.col("share")).round(2).alias("share of rows, percent"),
        )
    )
    ticks = [v for k in range(3, 8) for v in (10**k, 2 * 10**k, 5 * 10**k)]
    chart = drawing(bars).mark_bar(color=BLUE, stroke="white", strokeWidth=0.5)
    chart = chart.encode(
        x=alt.X(
            "from, USD a year:Q",
            scale=alt.Scale(type="log", nice=False),
            title="pay, USD a year (logarithmic)",
            axis=alt.Axis(values=ticks, format="~s"),
        ),
        x2="to, USD a year:Q",
        y=alt.Y("share of rows, percent:Q"),
        y2=alt.datum(0),
        tooltip=["from, USD a year:Q", "to, USD a year:Q", "share of rows, percent:Q"],
    )
    return figure(
        chart.properties(width=WIDTH, height=220),
        title=f"How pay is spread ({sample.pay_concept or 'pay'})",
        subtitle=f"{sample.provenance.headline}. Eight bars to a doubling of pay",
        summary="Histogram of annual pay in USD on a logarithmic scale",
    )


@unless_unanswered
def heaping(sample: Sample) -> Figure | Unanswered:
    """Draw how much of stated annual pay stands on round numbers; where none was stated, or all was rounded, say so."""
    import altair as alt

    found = passport.heaping(sample)
    if found.frame.is_empty():
        return Unanswered(sample.provenance.source.rounding or passport.NOT_STATED)
    rows = found.then(
        lambda shares: shares.drop_nulls("share").select(
            pl.col("multiple_of").map_elements("whole {:,}s".format, return_dtype=pl.String).alias("pay stated in"),
            (100 * pl.col("share")).round(1).alias("percent of rows"),
        )
    )
    steps = rows.frame["pay stated in"].to_list()
    bars = drawing(rows).encode(
        y=alt.Y("pay stated in:N", sort=steps, title=None),
        x=alt.X("percent of rows:Q", scale=alt.Scale(domain=[0, 100])),
        tooltip=["pay stated in:N", "percent of rows:Q"],
    )
    words = bars.mark_text(align="left", dx=4, fontSize=11, color="#444").encode(text="percent of rows:Q")
    return figure(
        alt.layer(bars.mark_bar(color=BLUE, height={"band": 0.65}), words).properties(
            width=WIDTH - 60, height=alt.Step(28)
        ),
        title="How often stated annual pay is a round number",
        subtitle=f"{sample.provenance.headline}. By chance: 0.1 percent of pay would be whole thousands",
        summary="Share of pay answers that are whole tens of thousands, five thousands and thousands",
    )


@unless_unanswered
def fates(records: Records) -> Figure:
    """Draw what cleaning found: duplicates, range pairs, unit slips; rows touched by each rule."""
    import altair as alt

    rules = passport.fates(records).then(
        lambda every: every.drop_nulls(["touched", "share"]).filter(pl.col("touched") > 0)
    )
    bars = rules.then(_rule_bars)
    chart = drawing(bars).encode(
        y=alt.Y("rule:N", sort=None, title=None, axis=alt.Axis(labelExpr=LINES, labelLimit=420)),
        x=alt.X("percent of raw rows:Q"),
        tooltip=["rule:N", "percent of raw rows:Q", "rows touched:N"],
    )
    names = chart.mark_text(align="left", dx=4, fontSize=11, color="#444").encode(text="rows touched:N")
    return figure(
        alt.layer(chart.mark_bar(color=BLUE, height={"band": 0.65}), names).properties(
            width=WIDTH - 200, height=_room(bars.frame["rule"])
        ),
        title="What cleaning found",
        subtitle=f"{records.provenance.headline}. Rows touched by each rule",
        summary="Rows touched by each cleaning rule: " + "; ".join(rules.frame["rule"].to_list()),
    )


def _rule_bars(rules: pl.DataFrame) -> pl.DataFrame:
    """Return the bars of cleaning rules: their names in lines, the share of raw rows, the rows touched."""
    return rules.select(
        pl.format("{} ({})", "rule", "kind").map_elements(_wrapped, return_dtype=pl.String).alias("rule"),
        "kind",
        (100 * pl.col("share")).round(2).alias("percent of raw rows"),
        pl.col("touched").map_elements(show_count, return_dtype=pl.String).alias("rows touched"),
    )
