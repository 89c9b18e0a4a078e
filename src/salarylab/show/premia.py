"""Charts of premia: the ladder, premia by group, and the map of all of them.

Differences are drawn in percent. Numbers are rounded before they are drawn.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from salarylab.disclosure import MIN_CELL, Released, release
from salarylab.errors import ReportError, unknown
from salarylab.model import GroupPremia, Ladder
from salarylab.model.ladder import EVERYBODY
from salarylab.show.figure import Figure, drawing, figure
from salarylab.show.theme import BLUE, ORANGE, SERIES, WIDTH
from salarylab.source import Provenance
from salarylab.unanswered import Unanswered, unless_unanswered

AXIS = "difference in pay, percent"
FULL_SHADE = 50
"""Percent difference at which a map's colours are at their strongest."""

PERCENT, LOW, HIGH, TRUTH = "percent difference", "95% low", "95% high", "planted truth"


@unless_unanswered
def ladder(found: Ladder, *, levels: list[str] | None = None) -> Figure:
    """Draw a premium at each rung with its 95 % interval, one panel a level; planted truth where known.

    ``levels`` picks the levels to draw; all with at least ten rows by default.
    """
    drawn = found.table.drop_nulls("value")
    if levels:
        _refuse_unknown(levels, drawn)
        drawn = drawn.filter(pl.col("level").is_in(levels))
    label = found.rungs[0].estimate.design.blocks[found.factor].factor.label
    base = found.rungs[0].estimate.design.told_base(found.factor)
    rungs = [EVERYBODY, *(rung.label for rung in found.rungs)]
    shown = _order(drawn, "level")
    chart = _intervals(percents(drawn, "rung", "level"), "rung", rungs, shown)
    return figure(
        chart,
        title=f"Pay {f'of {shown[0]}' if len(shown) == 1 else f'by {label}'}, compared with {base}",
        subtitle=_subtitle(found.sample.provenance),
        summary=f"Pay premium of each level of {label} over {base}, with 95% intervals, as more is held equal: "
        + ", ".join(rungs),
    )


def premium_by(found: GroupPremia | Unanswered, level: str) -> Figure | Unanswered:
    """Draw one level's premium within each group with its 95 % interval; planted truth where known.

    A question that could not be put to the sample is handed through: it says why.
    """
    if isinstance(found, Unanswered):
        return found
    _refuse_unknown([level], found.table)
    drawn = found.table.filter(pl.col("level") == level).drop_nulls("value")
    base = found.estimate.design.told_base(found.factor)
    label = found.estimate.design.blocks[found.group].factor.label
    chart = _intervals(percents(drawn, "group", "level"), "group", _order(found.table, "group"), [level])
    return figure(
        chart,
        title=f"Pay premium of {level} over {base}, by {label}",
        subtitle=_subtitle(found.estimate.design.sample.provenance),
        summary=f"Pay premium of {level} over {base} within each {label}, with 95% intervals",
    )


def premium_map(found: GroupPremia | Unanswered) -> Figure | Unanswered:
    """Draw the premia of all levels in all groups as a map; cells under ten rows are grey and say so.

    A question that could not be put to the sample is handed through: it says why.
    """
    import altair as alt

    if isinstance(found, Unanswered):
        return found

    design = found.estimate.design
    base = design.told_base(found.factor)
    across, down = (design.blocks[name].factor.label for name in (found.factor, found.group))
    few = pl.col(PERCENT).is_null()
    told = pl.col(PERCENT).map_elements(lambda percent: f"{percent:+.0f}%", return_dtype=pl.String)
    # rare levels share one name and no numbers: one cell stands for them
    cells = percents(found.table, "group", "level").then(
        lambda shown: shown.unique(maintain_order=True).with_columns(
            told=pl.when(few).then(pl.lit("few")).otherwise(told)
        )
    )
    position = drawing(cells).encode(
        x=alt.X(
            "level:N",
            sort=_order(cells.frame, "level"),
            title=across,
            axis=alt.Axis(labelAngle=0, labelLimit=96, labelFontSize=11),
        ),
        y=alt.Y("group:N", sort=_order(cells.frame, "group"), title=None),
        tooltip=_tooltip("group", "level"),
    )
    shade = alt.Color(
        f"{PERCENT}:Q",
        scale=alt.Scale(scheme="blueorange", domain=[-FULL_SHADE, FULL_SHADE], clamp=True, reverse=True),
        legend=alt.Legend(title="difference in pay, percent", gradientLength=180),
    )
    # white letters where they are easier to read than black ones: contrast is 4.5 or more either way
    dark = (alt.datum[PERCENT] > 0.78 * FULL_SHADE) | (alt.datum[PERCENT] < -0.85 * FULL_SHADE)
    # cells without a number would be dropped from the shaded layer, so grey lies under all of them
    grey = position.mark_rect(stroke="white", strokeWidth=2, color="#dcdcdc")
    boxes = position.mark_rect(stroke="white", strokeWidth=2).encode(color=shade)
    words = position.mark_text(fontSize=12).encode(
        text="told:N", color=alt.condition(dark, alt.value("white"), alt.value("black"))
    )
    return figure(
        alt.layer(grey, boxes, words).properties(width=alt.Step(92), height=alt.Step(38)),
        title=f"Pay premium over {base}, by {down}",
        subtitle=f"{design.sample.provenance.headline}. Grey: fewer than {MIN_CELL} rows, or mostly one contributor",
        summary=f"Map of pay premia over {base}: {across} by {down}",
    )


def percents(premia: pl.DataFrame, *labels: str) -> Released:
    """Return premia for drawing, released: percent differences to one decimal, counts rounded."""

    def in_percent(name: str) -> pl.Expr:
        return ((pl.col(name).exp() - 1) * 100).round(1)

    return release(premia, ["value", "low", "high", "truth"]).then(
        lambda told: told.select(
            *labels,
            in_percent("value").alias(PERCENT),
            in_percent("low").alias(LOW),
            in_percent("high").alias(HIGH),
            in_percent("truth").alias(TRUTH),
            pl.col("n").alias("rows (rounded)"),
        )
    )


def _refuse_unknown(levels: list[str], premia: pl.DataFrame) -> None:
    """Refuse levels that the table doesn't name: those not in the sample, and rare text."""
    named = premia["level"].unique(maintain_order=True).to_list()
    faults = [unknown("level", level, named) for level in levels if level not in named]
    if faults:
        raise ReportError(*faults)


def _intervals(points: Released, rows: str, order: list[str], levels: list[str]) -> Any:
    """Return dots with interval bars, one line a row, coloured by level, with planted truth as diamonds."""
    import altair as alt

    many = len(levels) > 1
    has_truth = points.frame[TRUTH].null_count() < len(points.frame)
    colour = alt.Color("level:N", sort=levels, scale=alt.Scale(domain=levels, range=SERIES[: len(levels)]), title=None)
    y = alt.Y(f"{rows}:N", sort=order, title=None, axis=alt.Axis(grid=True))
    shared = drawing(points).encode(
        y=y,
        color=colour if many else alt.value(BLUE),
        tooltip=_tooltip(rows, "level"),
        **({"yOffset": alt.YOffset("level:N", sort=levels)} if many else {}),
    )
    x = alt.X(f"{PERCENT}:Q", title=AXIS, scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=8))
    bars = shared.mark_rule(strokeWidth=2.5, opacity=0.75).encode(x=alt.X(f"{LOW}:Q"), x2=alt.X2(f"{HIGH}:Q"))
    dots = shared.mark_point(filled=True, size=70, opacity=1).encode(x=x)
    # one line, whatever the number of points
    once = drawing(points).transform_aggregate(points="count()")
    zero = once.mark_rule(color="#777", strokeDash=[3, 3]).encode(x=alt.XDatum(0, title=AXIS))
    layers = [zero, bars, dots]
    if not many:  # one number a line: it stands at its dot
        layers.append(shared.mark_text(dy=-11, fontSize=11).encode(x=x, text=alt.Text(f"{PERCENT}:Q", format="+.1f")))
    if has_truth:
        truth = shared.mark_point(shape="diamond", filled=False, size=150, strokeWidth=1.8).encode(
            x=f"{TRUTH}:Q", **({} if many else {"color": alt.value(ORANGE)})
        )
        layers.append(truth)
    step = 16 * len(levels) + 14 if many else 34
    return alt.layer(*layers).properties(width=WIDTH, height=alt.Step(step) if not many else step * len(order))


def _tooltip(*labels: str) -> list[str]:
    return [*(f"{label}:N" for label in labels), f"{PERCENT}:Q", f"{LOW}:Q", f"{HIGH}:Q", "rows (rounded):Q"]


def _order(rows: pl.DataFrame, name: str) -> list[str]:
    return rows[name].unique(maintain_order=True).to_list()


def _subtitle(provenance: Provenance) -> str:
    planted = "; ◇ planted truth" if provenance.truth else ""
    return f"{provenance.headline}. Dots: estimates; bars: 95% intervals{planted}"
