"""Parts: what goes with what, as bars: a gap and its parts, a premium as it changes, the variation of pay."""

from __future__ import annotations

from typing import Any

import polars as pl

from salarylab.disclosure import Released, release
from salarylab.model.blocks import Levels, Numbers
from salarylab.model.decompose import Gelbach, Oaxaca, Shapley
from salarylab.model.decompose.gelbach import ADDED, BASE, FULL, SHARES
from salarylab.model.decompose.measured import NUMBERS
from salarylab.model.decompose.oaxaca_lines import GAP, TOTAL
from salarylab.model.decompose.shapley import ALL
from salarylab.model.decompose.shapley import NUMBERS as OF_VARIATION
from salarylab.model.design import Design
from salarylab.show import intervals
from salarylab.show.coefficients import FEW
from salarylab.show.figure import Figure, drawing, figure
from salarylab.show.intervals import HIGH, IN_LOGS, LOW
from salarylab.show.theme import BLUE, ORANGE, SKY, WIDTH
from salarylab.unanswered import Unanswered, unless_unanswered

FROM, TO, LINE, KIND = "from", "to", "line", "kind"
SHARE, CHANCE = "percent of the variation of pay", "by chance"
WHOLE, PART = "whole", "part"


@unless_unanswered
def oaxaca(found: Oaxaca) -> Figure | Unanswered:
    """Draw a gap in log points, its parts, and what each factor gives to each part, with 95 % intervals."""
    block = found.design.blocks[found.factor]
    rows = release(found.table, NUMBERS).then(
        lambda told: (
            told.filter(pl.col("level").is_null())
            .drop_nulls("value")
            .select(
                pl.struct("part", "factor")
                .map_elements(lambda line: _line(found, line), return_dtype=pl.String)
                .alias(LINE),
                pl.when(pl.col("factor") == TOTAL).then(pl.lit(WHOLE)).otherwise(pl.lit(PART)).alias(KIND),
                *intervals.logs(),
                pl.col("n").alias(intervals.ROWS),
            )
        )
    )
    bars = rows.then(lambda told: told.with_columns(pl.lit(0.0).alias(FROM), pl.col(IN_LOGS).alias(TO)))
    if bars.frame.is_empty():
        return Unanswered(f"the parts of the gap: {FEW}")
    groups = _compared(block, found.level, found.base)
    return figure(
        _bars(bars),
        title=f"The pay gap of {groups}, and its parts",
        subtitle=f"{found.design.sample.provenance.headline}. Dark: in all; light: by factor; lines: 95% intervals",
        summary=f"Parts of the pay gap of {groups} in log points, in all and by factor, with 95% intervals",
    )


@unless_unanswered
def gelbach(found: Gelbach) -> Figure | Unanswered:
    """Draw how a premium changes, in log points: a step for each block added, from the base to the full equation."""
    rows = release(found.table, (*NUMBERS, *SHARES)).then(
        lambda told: told.filter(pl.col("block") != ADDED).drop_nulls("value")
    )
    if rows.frame.is_empty():
        return Unanswered(f"the change of the premium: {FEW}")
    groups = _compared(found.design.blocks[found.factor], found.level, found.base, "over")
    return figure(
        _bars(rows.then(lambda told: _steps(told, found.design))),
        title=f"The pay premium of {groups}, as more is held equal",
        subtitle=f"{found.design.sample.provenance.headline}. Light: what goes with each block; lines: 95% intervals",
        summary=f"Change of the pay premium of {groups} in log points, a step for each block that is added, with 95% "
        "intervals",
    )


@unless_unanswered
def shapley(found: Shapley) -> Figure | Unanswered:
    """Draw the share of the variation of pay that goes with each factor, greatest first, with 95 % intervals.

    An interval that begins at zero says "at most". Ticks are what a factor's values dealt at random stay below in 95
    of 100 draws.
    """
    whole = (pl.col("factor") == ALL) | pl.col("factor").str.starts_with("all of ")
    ends = {SHARE: "share", LOW: "low", HIGH: "high", CHANCE: "null_high"}
    rows = release(found.table, OF_VARIATION).then(
        lambda told: (
            told.drop_nulls("share")
            .with_columns(
                pl.when(pl.col("high").is_not_null()).then(pl.col("low").fill_null(pl.min_horizontal(0.0, "share")))
            )
            .with_columns(pl.when(whole).then(pl.lit(WHOLE)).otherwise(pl.lit(PART)).alias(KIND))
            .sort(KIND, "share", descending=True, maintain_order=True)
            .select(
                pl.col("factor")
                .map_elements(lambda name: _named(found.design, name), return_dtype=pl.String)
                .alias(LINE),
                KIND,
                *((100 * pl.col(name)).round(1).alias(shown) for shown, name in ends.items()),
                pl.lit(0.0).alias(FROM),
                (100 * pl.col("share")).round(1).alias(TO),
            )
        )
    )
    if rows.frame.is_empty():
        return Unanswered(f"the shares of the variation of pay: {FEW}")
    drawn_at_random = rows.frame[CHANCE].null_count() < len(rows.frame)
    return figure(
        _bars(rows, SHARE, CHANCE if drawn_at_random else ""),
        title=f"The variation of pay, by what goes with it ({found.measure} R²)",
        subtitle=f"{found.design.sample.provenance.headline}. Lines: 95% intervals"
        + ("; ticks: 95 of 100 draws at random stay below" if drawn_at_random else ""),
        summary="Shares of the variation of log pay in percent, with 95% intervals: "
        + ", ".join(rows.frame[LINE].to_list()),
    )


def _line(found: Oaxaca, line: dict[str, str]) -> str:
    if line["factor"] == TOTAL:
        return "raw gap" if line["part"] == GAP else line["part"]
    return f"{line['part']}: {_named(found.design, line['factor'])}"


def _named(design: Design, name: str) -> str:
    """Return a factor's label, or those of factors that are crossed or told together; other names as they are."""
    labels = {of: block.factor.label for of, block in design.blocks.items()}
    joint = " × " if ":" in name else " and "
    return joint.join(labels.get(part, part) for part in name.split(":" if ":" in name else " and "))


def _compared(block: Levels | Numbers, level: str, base: str, to: str = "to") -> str:
    """Return the two groups as they may be told."""
    assert isinstance(block, Levels)
    return f"{block.told(level)} {to} {block.told(base)}"


def _steps(rows: pl.DataFrame, design: Design) -> pl.DataFrame:
    """Return the blocks as steps down from the base premium; intervals stand around each step's end."""
    inside = ~pl.col("block").is_in([BASE, FULL])
    start = rows.filter(block=BASE)["value"].item()
    gone = pl.when(inside).then(pl.col("value")).otherwise(0.0).cum_sum()
    told = rows.with_columns(to=pl.when(inside).then(start - gone).otherwise(pl.col("value")))
    begun = pl.when(inside).then(pl.col("to") + pl.col("value")).otherwise(0.0)
    return told.select(
        pl.col("block").map_elements(lambda name: _named(design, name), return_dtype=pl.String).alias(LINE),
        pl.when(inside).then(pl.lit(PART)).otherwise(pl.lit(WHOLE)).alias(KIND),
        pl.col("value").round(3).alias(IN_LOGS),
        pl.when(inside).then(begun - pl.col("high")).otherwise(pl.col("low")).round(3).alias(LOW),
        pl.when(inside).then(begun - pl.col("low")).otherwise(pl.col("high")).round(3).alias(HIGH),
        begun.round(3).alias(FROM),
        pl.col("to").round(3).alias(TO),
        pl.col("n").alias(intervals.ROWS),
    )


def _bars(rows: Released, value: str = IN_LOGS, tick: str = "") -> Any:
    """Return bars from one number to another with the intervals of their ends; wholes are dark, parts light.

    ``tick`` is a column that is marked across each bar.
    """
    import altair as alt

    order = rows.frame[LINE].to_list()
    drawn = drawing(rows).encode(
        y=alt.Y(f"{LINE}:N", sort=order, title=None, axis=alt.Axis(labelLimit=320)),
        tooltip=[f"{LINE}:N", f"{value}:Q", f"{LOW}:Q", f"{HIGH}:Q"],
    )
    shade = alt.Color(f"{KIND}:N", scale=alt.Scale(domain=[WHOLE, PART], range=[BLUE, SKY]), legend=None)
    bars = drawn.mark_bar(height={"band": 0.6}, opacity=0.8).encode(
        x=alt.X(f"{FROM}:Q", title=value, axis=alt.Axis(tickCount=8)), x2=f"{TO}:Q", color=shade
    )
    reach = drawn.mark_rule(strokeWidth=1.6, color="#222").encode(x=f"{LOW}:Q", x2=f"{HIGH}:Q")
    zero = intervals.across(rows, 0, x=value)
    ticks = [drawn.mark_tick(color=ORANGE, thickness=2.5, height=16).encode(x=f"{tick}:Q")] if tick else []
    return alt.layer(bars, *ticks, reach, zero).properties(width=WIDTH - 120, height=alt.Step(26))
