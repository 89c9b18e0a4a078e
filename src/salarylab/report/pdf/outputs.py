"""Outputs: what a code cell showed, as parts of the printed report."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from salarylab.records.table import SOURCE_MIME
from salarylab.report.notebook import found_in
from salarylab.report.pdf import charts, tables
from salarylab.report.pdf.sheet import Sheet
from salarylab.show.figure import VEGALITE_MIME
from salarylab.show.tabulation import TABLE_MIME
from salarylab.show.typst import breakable, call, literal

EXHIBITS = {VEGALITE_MIME, TABLE_MIME}
LINE = 80
"""Letters of a printed word that a line holds."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Count the figures and the tables of a report, as its manifest numbers them."""

    figures: Iterator[int] = field(default_factory=lambda: count(1))
    tables: Iterator[int] = field(default_factory=lambda: count(1))


def shown(cell: Sequence[Mapping[str, Any]], numbers: Numbers, on: Sheet) -> Iterator[str]:
    """Yield a cell's outputs in order, findings that follow each other as one quotation.

    Raises ``ReportError`` for a chart that cannot be drawn.
    """
    pending: list[Mapping[str, Any]] = []
    for output in cell:
        content = output.get("data", {})
        findings = found_in(content)
        pending += findings
        if findings and not EXHIBITS & set(content):
            continue
        if pending:
            yield quotation(pending)
            pending = []
        yield _shown(output, content, numbers, on)
    if pending:
        yield quotation(pending)


def quotation(findings: Sequence[Mapping[str, Any]]) -> str:
    """Return findings as a quotation: each sentence with its caveats; what holds for all of them is told once."""
    notes = [_notes(finding) for finding in findings]
    common = [note for note in notes[0] if all(note in others for others in notes)]
    told = ""
    for finding, own in zip(findings, notes, strict=True):
        rest = " ".join(note for note in own if note not in common)
        told += f"  ({literal(finding['sentence'])}, {literal(rest)}),\n"
    return f"#findings((\n{told}), {literal(' '.join(common))})\n"


def _notes(finding: Mapping[str, Any]) -> list[str]:
    """Return what a reader has to know of a finding, each as a sentence."""
    rule = finding.get("covariance")
    errors = f"Standard errors: {rule}" if rule and finding.get("se") is not None else ""
    told = (finding.get("headline", ""), errors, *finding.get("caveats", ()))
    return [note if note.endswith(".") else f"{note}." for note in told if note]


def _shown(output: Mapping[str, Any], content: Mapping[str, Any], numbers: Numbers, on: Sheet) -> str:
    """Return one output in the richest form that print has; nothing for the source, which stands on top."""
    told = ""
    if VEGALITE_MIME in content:
        told += charts.chart(content[VEGALITE_MIME], next(numbers.figures), on)
    if TABLE_MIME in content:
        told += tables.table(content[TABLE_MIME], next(numbers.tables), on)
    return told if told or SOURCE_MIME in content else _plain(output, content)


def _plain(output: Mapping[str, Any], content: Mapping[str, Any]) -> str:
    """Return an output that is no exhibit: a picture, a sentence, or what was printed, line by line."""
    words = str(content.get("text/plain", output.get("text", ""))).rstrip()
    if "<table" in content.get("text/html", ""):
        why = (
            "Not printed: the notebook tells this table as a web page does and in no other form. Build the report anew."
        )
        return call("note", f"{words.splitlines()[0][:200] if words else 'A table'}. {why}")
    if "image/png" in content:
        pixels = ", ".join(map(str, base64.b64decode(content["image/png"])))
        return f"#picture(({pixels}), alt: {literal(words or 'A picture')})\n"
    if not words:
        return ""
    lined = output.get("output_type") == "stream" or "\n" in words
    return call("printed", breakable(words, LINE)) if lined else call("note", words)
