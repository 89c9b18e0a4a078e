"""Source: a report as the source text of one Typst document, which reads no file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from salarylab.report.manifest import Manifest
from salarylab.report.notebook import INJECTED, Notebook, heading
from salarylab.report.pdf import colophon, outputs
from salarylab.report.pdf.prose import prose
from salarylab.report.pdf.sheet import MARGIN, Sheet
from salarylab.show.typst import call, literal

HOUSE = Path(__file__).with_name("house.typ")
TOLD_ELSEWHERE = {"parameters", INJECTED}


def document(executed: Notebook, made: Manifest, findings: Sequence[Mapping[str, Any]], *, name: str, on: Sheet) -> str:
    """Return the document of a report: source and findings first, then the notebook, then how it was made.

    Code is left out. Raises ``ReportError`` for a chart that cannot be drawn.
    """
    shape = f"paper: {literal(on.name)}, margin: {MARGIN}pt, synthetic: {str(made.synthetic).lower()}"
    parts = [
        HOUSE.read_text(encoding="utf-8"),
        f"#show: report.with({shape}, title: {literal(made.title)}, name: {literal(name)})\n",
        *_banners(made),
        *([call("note", made.unanswered)] if made.unanswered else _answered(executed, findings, on)),
        colophon.made(made),
    ]
    return "\n".join(part for part in parts if part)


def _answered(executed: Notebook, findings: Sequence[Mapping[str, Any]], on: Sheet) -> Iterator[str]:
    yield _found([finding["sentence"] for finding in findings])
    yield from _cells(executed, on)


def _banners(made: Manifest) -> Iterator[str]:
    for card in made.sources:
        origin = f"{card['title']}, {card['publisher']}."
        yield call("banner", headline=f"{card['headline']}.", origin=origin, synthetic=bool(card["synthetic"]))
    if not made.sources:
        nothing = "The notebook shows no source: nothing is known of the origin of its numbers."
        yield call("banner", headline=nothing)
    if made.settings:
        yield call("note", f"Parameters set: {', '.join(made.settings)}.")


def _found(sentences: Sequence[str]) -> str:
    listed = "".join(f"{literal(sentence)}, " for sentence in sentences)
    return f"== What we found\n#found(({listed}))\n" if sentences else ""


def _cells(executed: Notebook, on: Sheet) -> Iterator[str]:
    """Yield prose and outputs in the notebook's order; its title and its parameters are told elsewhere."""
    cells = [cell for cell in executed.cells if not TOLD_ELSEWHERE & set(cell.metadata.get("tags", []))]
    written = [cell.source for cell in cells if cell.cell_type == "markdown"]
    if heading(executed):
        written[0] = re.sub(r"\A\s*# +.+\n?", "", written[0])
    told = iter(prose(written))
    numbers = outputs.Numbers()
    for cell in cells:
        if cell.cell_type == "markdown":
            yield next(told)
        elif cell.cell_type == "code":
            yield from outputs.shown(cell.outputs, numbers, on)
