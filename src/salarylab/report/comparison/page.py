"""Page: a comparison as one file that opens anywhere, without a script."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from salarylab.report.comparison import charts, forest, made, told
from salarylab.report.comparison.comparison import Comparison
from salarylab.show import pages


@dataclass(frozen=True, slots=True)
class Section:
    """Hold a table of what both sides were made from, its title, and what is said where there is none."""

    title: str
    lines: tuple[made.Line, ...]
    without: str


def page(comparison: Comparison) -> str:
    """Return the page of a comparison: the same bytes for the same two sides.

    Raises ``ReportError`` for a chart that cannot be drawn.
    """
    a, b = comparison.a, comparison.b
    scales = forest.scales(comparison.changes)
    rows = told.rows(comparison)
    return pages.page(
        "compare.html.j2",
        title=f"{a.name} and {b.name}, compared",
        style=pages.text("compare.css"),
        comparison=comparison,
        summary=told.summary(comparison),
        rows=[(row, forest.drawn(row.change, scales.get(row.change.a["unit"]))) for row in rows],
        scales=[scales[unit] for unit in sorted(scales)],
        interval=told.interval,
        in_all=told.in_all(comparison),
        missing=told.missing(comparison),
        notes=told.notes(comparison),
        pairs=charts.pairs(a, b),
        sections=_sections(comparison),
        command=f"salarylab compare {shlex.quote(a.name)} {shlex.quote(b.name)} --threshold {comparison.threshold:g}",
    )


def _sections(comparison: Comparison) -> tuple[Section, ...]:
    a, b = comparison.a, comparison.b
    no_manifest = "Not told: a manifest is missing."
    return (
        Section("Parameters", made.parameters(a, b), no_manifest if _lacking(comparison) else "None is declared."),
        Section("Inputs", made.inputs(a, b), "No file is named."),
        Section("Samples", made.samples(a, b), "Not told."),
        Section("Whose pay", made.population(a, b), "Not told."),
        Section(
            "Software that differs",
            tuple(line for line in made.software(a, b) if not line.same),
            no_manifest if _lacking(comparison) else "None.",
        ),
    )


def _lacking(comparison: Comparison) -> bool:
    return comparison.a.manifest is None or comparison.b.manifest is None
