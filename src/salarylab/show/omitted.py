"""Contour: what a premium would be beside something left out, over how strong that is.

**Source** Cinelli and Hazlett (2020), Journal of the Royal Statistical Society B 82(1), 39–67, figure 2.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from salarylab.disclosure import Released, release, significant
from salarylab.model.trust import Omitted
from salarylab.show.figure import Figure, drawing, figure
from salarylab.show.theme import BLUE, ORANGE, WIDTH
from salarylab.unanswered import Unanswered, unless_unanswered
from salarylab.units import percent

NUMBERS = ("r2_contrast", "r2_pay", "log_points", "low", "high")
CONTRAST, PAY = "share of the contrast that it explains", "share of pay that it explains"
PREMIUM, BLOCK, LABEL = "premium, percent", "as strong as", "label"
POINTS, LINES = 9, 2
NEAREST = 0.9  # of the premium: a line nearer to it lies along the axes
NARROWEST, WIDEST = 0.05, 0.95
NEAR, NAME_WIDTH = 0.05, 0.3  # of an axis

Place = tuple[float, float]


@unless_unanswered
def contour(found: Omitted) -> Figure | Unanswered:
    """Draw the lines of equal premium over the strength of something left out, with observed blocks as benchmarks.

    The strength is two partial R²: of the contrast, and of pay, each with all that is in the equation taken out.
    """
    import altair as alt

    if found.found.suppressed:
        return Unanswered(found.found.sentence.rstrip("."))
    marks = release(found.table, NUMBERS).then(_benchmarks)
    robust = significant(found.robustness(), 2)
    wide, high = (_limit([robust, *marks.frame[name].to_list()]) for name in (CONTRAST, PAY))
    corners = release(found.contour([0.0, wide]), NUMBERS)
    named = [(x / wide, y / high) for x, y in marks.frame.select(CONTRAST, PAY).iter_rows()]
    lines = corners.then(lambda told: pl.DataFrame(list(_lines(told, wide, high, named)), schema=LINE, orient="row"))
    x = alt.X(f"{CONTRAST}:Q", scale=alt.Scale(domain=[0, wide], nice=False), axis=alt.Axis(format="%", tickCount=6))
    y = alt.Y(f"{PAY}:Q", scale=alt.Scale(domain=[0, high], nice=False), axis=alt.Axis(format="%", tickCount=6))
    none = alt.datum[PREMIUM] == 0
    curves = drawing(lines).mark_line(color=BLUE, interpolate="monotone").encode(x=x, y=y, detail=f"{PREMIUM}:N")
    curves = curves.encode(
        strokeWidth=alt.condition(none, alt.value(3), alt.value(1.2)),
        strokeDash=alt.condition(none, alt.value([1, 0]), alt.value([5, 3])),
    )
    layers = [curves, *_words(lines, x, y, LABEL), *_marked(marks.then(lambda told: _apart(told, wide, high)), x, y)]
    what = found.found.subject.rpartition(" (given ")[0] or found.found.subject
    return figure(
        alt.layer(*layers).properties(width=WIDTH - 80, height=360),
        title=f"{what}, beside something left out",
        subtitle=f"{found.found.headline}. Lines: the premium; diamonds: so many times as strong as a factor",
        summary=f"{found.finding.sentence} {'; '.join(found.finding.caveats)}. Lines of equal premium by the strength "
        "of something left out",
    )


LINE = {PREMIUM: pl.Float64(), CONTRAST: pl.Float64(), PAY: pl.Float64(), LABEL: pl.String()}


def _lines(
    corners: pl.DataFrame, wide: float, high: float, named: Sequence[Place]
) -> Iterator[tuple[float, float, float, str]]:
    """Yield the points of each line of equal premium; the one nearest to the diagonal, off any name, bears its label.

    A premium falls by C·√(y·x/(1 − x)) from where it stands; C follows from the farthest corner.
    """
    ends = {row["r2_contrast"]: row["log_points"] for row in corners.iter_rows(named=True) if row["r2_pay"] > 0}
    start, farthest = ends[0.0], ends[max(ends)]
    per_root = (start - farthest) / (wide * wide / (1 - wide)) ** 0.5
    for level in _levels(percent(start)):
        odds = ((start - math.log1p(level / 100)) / per_root) ** 2  # y·x/(1 − x) along the line
        first = odds / (high + odds)
        if 0 < first < wide:
            xs = [first * (wide / first) ** (i / POINTS) for i in range(POINTS + 1)]
            points = [(x, odds * (1 - x) / x) for x in xs]
            middle = min(points, key=lambda at: _out_of_place((at[0] / wide, at[1] / high), named))
            yield from ((level, round(x, 4), round(y, 4), _told(level) if (x, y) == middle else "") for x, y in points)


def _out_of_place(at: Place, named: Sequence[Place]) -> tuple[bool, float]:
    """Return whether a label would stand on a benchmark's name, right of its diamond, and how far off the diagonal."""
    taken = any(-NEAR < at[0] - x < NAME_WIDTH and abs(at[1] - y) < NEAR for x, y in named)
    return taken, abs(at[0] - at[1])


def _told(level: float) -> str:
    return f"{level:+g}%" if level else "0%"


def _levels(premium: float) -> list[float]:
    """Return round premia from the one found towards zero, and as far again beyond it.

    >>> _levels(12.7)
    [8.0, 4.0, 0.0, -4.0, -8.0]
    """
    size = 10.0 ** math.floor(math.log10(abs(premium))) if premium else 1.0
    steps = (part * size for part in (0.4, 0.5, 0.6, 0.8, 1.0, 1.5, 2.0, 2.5, 3.0))
    step = next(step for step in steps if NEAREST * abs(premium) < (LINES + 1) * step)
    most = int(NEAREST * abs(premium) / step)
    sign = 1.0 if premium >= 0 else -1.0
    return [round(sign * step * i, 9) + 0.0 for i in range(most, -most - 1, -1)]


def _limit(strengths: list[float | None]) -> float:
    """Return the end of an axis: round, and a fourth beyond the strengths on it."""
    most = max((strength for strength in strengths if strength is not None), default=0.0)
    return min(max(math.ceil(25 * most) / 20, NARROWEST), WIDEST)


def _benchmarks(table: pl.DataFrame) -> pl.DataFrame:
    """Return observed blocks by how strong something left out would be, were it so many times as strong."""
    return table.drop_nulls("r2_contrast").select(
        pl.format("{}× {}", pl.col("times").map_elements("{:g}".format, return_dtype=pl.String), "block").alias(BLOCK),
        pl.col("r2_contrast").alias(CONTRAST),
        pl.col("r2_pay").alias(PAY),
        ((pl.col("log_points").exp() - 1) * 100).round(1).alias(PREMIUM),
    )


def _apart(marks: pl.DataFrame, wide: float, high: float) -> pl.DataFrame:
    """Return the benchmarks with labels for those that stand apart: of near ones the strongest."""
    labelled: list[Place] = []
    labels = []
    for name, x, y in reversed(list(marks.select(BLOCK, CONTRAST, PAY).iter_rows())):
        at = (x / wide, y / high)
        apart = all(abs(at[0] - there[0]) > NAME_WIDTH or abs(at[1] - there[1]) > NEAR for there in labelled)
        labelled += [at] if apart else []
        labels.append(name if apart else "")
    return marks.with_columns(pl.Series(LABEL, labels[::-1], dtype=pl.String))


def _words(shown: Released, x: Any, y: Any, label: str, **placed: Any) -> list[Any]:
    """Return labels on a white edge, where there are any."""
    import altair as alt

    drawn = drawing(shown).transform_filter(alt.datum[label] != "").encode(x=x, y=y, text=f"{label}:N")
    edge = {"stroke": "white", "strokeWidth": 5, "strokeJoin": "round"}
    return [drawn.mark_text(fontSize=11, **placed, **look) for look in (edge, {"color": "#222"})]


def _marked(marks: Released, x: Any, y: Any) -> list[Any]:
    """Return the benchmarks as diamonds with their names."""
    if marks.frame.is_empty():
        return []
    drawn = drawing(marks).encode(x=x, y=y, tooltip=[BLOCK, CONTRAST, PAY, PREMIUM])
    points = drawn.mark_point(shape="diamond", filled=True, size=90, color=ORANGE, opacity=1, clip=True)
    return [*_words(marks, x, y, LABEL, align="left", dx=9, clip=True), points]
