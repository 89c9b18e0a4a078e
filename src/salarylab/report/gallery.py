"""Gallery: findings and the first chart of a report, kept in the repository with source, licence and hashes.

Aggregates only: what is kept has passed the disclosure rules on its way into the report.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from salarylab.errors import Fault, ReportError
from salarylab.paths import reports_folder
from salarylab.records.table import SOURCE_MIME
from salarylab.report import notebook
from salarylab.show.figure import VEGALITE_MIME
from salarylab.show.svg import draw

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def check_name(name: str) -> None:
    """Raise ``ReportError`` for a name that could lead out of the gallery or hide in it.

    >>> check_name("degree_acs_2018")
    """
    if not NAME.fullmatch(name):
        expected = "letters, digits, '.', '_' and '-', a letter or digit first"
        raise ReportError(Fault(f"name to keep {name!r}", "not a plain name", expected, "say --keep degree_2024"))


def keep(report: Path, name: str) -> Path:
    """Keep a published report's findings, source card and first chart under a name; return the chart's path.

    ``report`` is the report's folder. Writes ``reports/gallery/NAME.{svg,findings.jsonl,source.json}``. Raises
    ``ReportError`` for a report without a chart, and for a name that is no plain file name.
    """
    check_name(name)
    executed = notebook.read(report / "notebook.ipynb")
    charts = notebook.displays(executed, VEGALITE_MIME)
    if not charts:
        raise ReportError(Fault(f"report {report.name}", "no chart", "a report with a chart", "keep another report"))
    gallery = reports_folder() / "gallery"
    gallery.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(report / "findings.jsonl", gallery / f"{name}.findings.jsonl")
    cards = notebook.displays(executed, SOURCE_MIME)
    (gallery / f"{name}.source.json").write_text(json.dumps(cards, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    chart = gallery / f"{name}.svg"
    white = charts[0] | {"background": "white", "padding": 12}
    chart.write_text(draw(white, name) + "\n", encoding="utf-8")
    return chart
