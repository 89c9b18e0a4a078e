"""Charts of a data passport: the flow of the sample, who answered, how pay is spread and heaped."""

from __future__ import annotations

import polars as pl

from salarylab import passport
from salarylab.disclosure import MIN_CELL, round_count, show_count, significant
from salarylab.records import Records
from salarylab.sample import Sample
from salarylab.show.figure import Figure, figure
from salarylab.show.theme import BLUE, GREY, ORANGE, WIDTH

REASON_WIDTH = 44


def flow(sample: Sample) -> Figure:
    """Draw the flow of the sample: rows left after each reason, with the rows lost to it."""
    import altair as alt

    steps = passport.attrition(sample).filter((pl.col("rows_lost") > 0) | (pl.col("stage") == "raw"))
    rows = [row for i, step in enumerate(steps.iter_rows(named=True), 1) for row in _flow_rows(i, step)]
    chart = alt.Chart(pl.DataFrame(rows)).encode(
        y=alt.Y("step:N", sort=None, title=None, axis=alt.Axis(labelLimit=380)),
        x=alt.X("rows:Q", title="rows", axis=alt.Axis(format="~s")),
        color=alt.Color("fate:N", scale=alt.Scale(domain=["left", "lost"], range=[BLUE, ORANGE]), title=None),
        tooltip=["step:N", "fate:N", "rows (rounded):N", "median pay, USD a year:N"],
    )
    return figure(
        chart.mark_bar(height={"band": 0.7}).properties(width=WIDTH - 140, height=alt.Step(28)),
        title="From raw rows to the rows analysed",
        subtitle=f"{sample.provenance.headline}. Each reason loses the orange part",
        summary=f"Flow of the sample: {show_count(int(steps['rows_left'][0]))} raw rows, "
        f"{show_count(len(sample))} analysed, {len(steps) - 1} reasons",
    )


def _flow_rows(i: int, step: dict[str, object]) -> list[dict[str, object]]:
    """Return one step's bars: left and lost, counts rounded, a loss of one to nine rows not drawn."""
    reason = str(step["reason"])
    name = f"{i}. {reason if len(reason) <= REASON_WIDTH else reason[: REASON_WIDTH - 1] + '…'}"
    bars: list[dict[str, object]] = []
    for fate in ("left", "lost"):
        count = int(step[f"rows_{fate}"])  # type: ignore[call-overload]
        median = step[f"median_pay_{fate}"]
        bars.append(
            {
                "step": name,
                "fate": fate,
                "rows": round_count(count) if count >= MIN_CELL else 0,
                "rows (rounded)": show_count(count),
                "median pay, USD a year": "not told"
                if median is None
                else f"{significant(float(str(median)), 3):,.0f}",
            }
        )
    return bars


def answered(records: Records) -> Figure:
    """Draw the share of records that answered each question, by year, as a map."""
    import altair as alt

    shares = passport.answered(records).with_columns(
        pl.col("column").str.replace_all("_", " ").alias("question"),
        (100 * pl.col("share")).round(0).alias("answered, percent"),
        pl.col("year").cast(pl.String),
    )
    shares = shares.select("question", "year", "answered, percent")
    position = alt.Chart(shares).encode(
        y=alt.Y("question:N", sort=None, title=None),
        x=alt.X("year:N", title=None, axis=alt.Axis(labelAngle=0, orient="top")),
        tooltip=["question:N", "year:N", "answered, percent:Q"],
    )
    colour = alt.Color(
        "answered, percent:Q", scale=alt.Scale(scheme="blues", domain=[0, 100]), legend=alt.Legend(gradientLength=180)
    )
    boxes = position.mark_rect(stroke="white").encode(color=colour)
    gaps = position.transform_filter(alt.datum["answered, percent"] < 99.5).mark_text(fontSize=11)
    words = gaps.encode(
        text="answered, percent:Q",
        color=alt.condition(alt.datum["answered, percent"] > 60, alt.value("white"), alt.value("#222")),
    )
    years = shares["year"].n_unique()
    return figure(
        alt.layer(boxes, words).properties(width=min(WIDTH - 140, 110 * max(years, 2)), height=alt.Step(19)),
        title="Who answered what",
        subtitle=f"{records.provenance.headline}. Percent of records with an answer; unlabelled cells are complete",
        summary="Share of records that answered each question, by year",
    )


def distribution(sample: Sample) -> Figure:
    """Draw the distribution of annual pay on a logarithmic scale; bars under ten rows are left out."""
    import altair as alt

    bins = passport.pay_distribution(sample).drop_nulls("share")
    bars = bins.select(
        pl.col("low").alias("from, USD a year"),
        pl.col("high").alias("to, USD a year"),
        (100 * pl.col("share")).round(1).alias("share of rows, percent"),
    )
    ticks = [v for k in range(3, 8) for v in (10**k, 2 * 10**k, 5 * 10**k)]
    chart = alt.Chart(bars).mark_bar(color=BLUE, stroke="white", strokeWidth=0.5)
    chart = chart.encode(
        x=alt.X(
            "from, USD a year:Q",
            scale=alt.Scale(type="log", nice=False),
            title="pay, USD a year (logarithmic)",
            axis=alt.Axis(values=ticks, format="~s"),
        ),
        x2="to, USD a year:Q",
        y=alt.Y("share of rows, percent:Q"),
        tooltip=["from, USD a year:Q", "to, USD a year:Q", "share of rows, percent:Q"],
    )
    return figure(
        chart.properties(width=WIDTH, height=220),
        title=f"How pay is spread ({sample.pay_concept or 'pay'})",
        subtitle=f"{sample.provenance.headline}. Eight bars to a doubling of pay",
        summary="Histogram of annual pay in USD on a logarithmic scale",
    )


def heaping(sample: Sample) -> Figure:
    """Draw how much of stated pay stands on round numbers, beside what chance would give."""
    import altair as alt

    rows = passport.heaping(sample).drop_nulls("share")
    steps = [f"whole {step:,}s" for step in rows["multiple_of"]]
    bars = pl.DataFrame(
        {
            "pay stated in": steps * 2,
            "what": ["as stated"] * len(rows) + ["by chance"] * len(rows),
            "percent of rows": [round(100 * v, 1) for v in (*rows["share"], *rows["by_chance"])],
        }
    )
    chart = (
        alt.Chart(bars)
        .mark_bar()
        .encode(
            y=alt.Y("pay stated in:N", sort=steps, title=None),
            yOffset=alt.YOffset("what:N"),
            x=alt.X("percent of rows:Q", scale=alt.Scale(domain=[0, 100])),
            color=alt.Color(
                "what:N", scale=alt.Scale(domain=["as stated", "by chance"], range=[BLUE, GREY]), title=None
            ),
            tooltip=["pay stated in:N", "what:N", "percent of rows:Q"],
        )
    )
    return figure(
        chart.properties(width=WIDTH - 60, height=alt.Step(18)),
        title="Pay is told in round numbers",
        subtitle=f"{sample.provenance.headline}. Heaped answers make medians sticky",
        summary="Share of pay answers that are whole tens of thousands, five thousands and thousands, beside chance",
    )


def fates(records: Records) -> Figure:
    """Draw what cleaning found: duplicates, range pairs, unit slips; rows touched by each rule."""
    import altair as alt

    rules = passport.fates(records).drop_nulls("share")
    bars = rules.select(
        pl.format("{} ({})", pl.col("rule").str.slice(0, 70), "kind").alias("rule"),
        "kind",
        (100 * pl.col("share")).round(1).alias("percent of raw rows"),
        pl.col("touched").map_elements(show_count, return_dtype=pl.String).alias("rows touched"),
    )
    chart = alt.Chart(bars).encode(
        y=alt.Y("rule:N", sort=None, title=None, axis=alt.Axis(labelLimit=420)),
        x=alt.X("percent of raw rows:Q"),
        tooltip=["rule:N", "percent of raw rows:Q", "rows touched:N"],
    )
    names = chart.mark_text(align="left", dx=4, fontSize=11, color="#444").encode(text="rows touched:N")
    return figure(
        alt.layer(chart.mark_bar(color=BLUE, height={"band": 0.65}), names).properties(
            width=WIDTH - 200, height=alt.Step(26)
        ),
        title="What cleaning found",
        subtitle=f"{records.provenance.headline}. Rows touched by each rule",
        summary="Rows touched by each cleaning rule: " + "; ".join(rules["rule"].to_list()),
    )
