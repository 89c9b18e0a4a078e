"""Figure: a chart as a notebook output that validates, repeats byte for byte, and is drawn offline.

Altair's own renderers write a MIME type that nbformat refuses, or a script that asks a network. A Figure
emits its Vega-Lite specification (version 5 syntax), a drawing for other viewers, and one line of text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from salarylab.disclosure import Released
from salarylab.show import svg
from salarylab.show.theme import CONFIG

VEGALITE_MIME = "application/vnd.vegalite.v5+json"
SVG_MIME = "image/svg+xml"
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"


@dataclass(frozen=True, slots=True)
class Figure:
    """Hold one chart: its Vega-Lite specification, and what it shows in a sentence."""

    spec: Mapping[str, Any]
    summary: str

    @property
    def svg(self) -> str:
        """The chart as an SVG that stands by itself."""
        return svg.alone(self.spec)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {VEGALITE_MIME: dict(self.spec), SVG_MIME: self.svg, "text/plain": f"<chart: {self.summary}>"}


def drawing(shown: Released) -> Any:
    """Return an Altair chart of a released frame, without marks yet: the one place where a chart gets its data."""
    import altair as alt

    return alt.Chart(shown.frame)


def figure(chart: Any, *, title: str, subtitle: str, summary: str) -> Figure:
    """Return an Altair chart as a Figure, titled and themed; the summary is its accessible description."""
    import altair as alt

    chart = chart.properties(title=alt.TitleParams(title, subtitle=subtitle), description=summary)
    spec = chart.to_dict()
    spec["$schema"] = SCHEMA
    spec["config"] = CONFIG
    return Figure(spec, summary)
