"""Theme: the one look of all charts: quiet, readable in print, safe for colour-blind readers."""

from __future__ import annotations

from typing import Any

WIDTH = 560

BLUE, ORANGE, GREEN, PURPLE, SKY = "#0072B2", "#D55E00", "#009E73", "#AA4499", "#56B4E9"
SERIES = [BLUE, ORANGE, GREEN, PURPLE, SKY, "#7a5c00", "#444444", "#CC79A7"]
"""Okabe and Ito's palette, with darker yellows for thin marks."""

CONFIG: dict[str, Any] = {
    "font": "system-ui, -apple-system, 'Segoe UI', sans-serif",
    "view": {"stroke": None},
    "axis": {
        "gridColor": "#e8e8e8",
        "domainColor": "#999",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "labelLimit": 260,
    },
    "legend": {"labelFontSize": 12, "titleFontSize": 12, "orient": "top", "labelLimit": 300},
    "header": {"labelFontSize": 12, "titleFontSize": 12, "labelLimit": 260},
    "title": {"anchor": "start", "fontSize": 15, "subtitleFontSize": 12, "subtitleColor": "#555", "offset": 12},
    "range": {"category": SERIES},
}
